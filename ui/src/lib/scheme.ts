// Light or dark, as the system wants it. By day the screens are light: dark ones cannot be read in the sun.

/** Follows the system's choice, now and when it changes. */
export function followScheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => (document.documentElement.dataset.scheme = dark.matches ? "dark" : "light");
  dark.addEventListener("change", follow);
  follow();
}
