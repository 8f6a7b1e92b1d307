// Light or dark, as the system wants it or as somebody chose. By day the screens are light: dark ones cannot be read
// in the sun.

export type Scheme = "auto" | "light" | "dark";

const dark = matchMedia("(prefers-color-scheme: dark)");
let chosen: Scheme = "auto";

function draw(): void {
  const now = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  document.documentElement.dataset.scheme = now;
}

dark.addEventListener("change", draw);

/** Follows a choice, or the system's, now and when it changes. */
export function followScheme(scheme: Scheme = "auto"): void {
  chosen = scheme;
  draw();
}
