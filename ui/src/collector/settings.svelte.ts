// How big the text is and whether the screens are light or dark: the collector's own choice, over the system's.

import { locale } from "../lib/i18n";
import { followScheme, type Scheme } from "../lib/scheme";

export const SIZES = ["100", "125", "150", "200"] as const;
export type Size = (typeof SIZES)[number];
export const SCHEMES: Scheme[] = ["auto", "light", "dark"];

const kept = <T extends string>(key: string, known: readonly T[], usual: T): T =>
  known.find((value) => value === localStorage.getItem(key)) ?? usual;

const settings = $state({
  size: kept("blon.size", SIZES, "100"),
  scheme: kept("blon.scheme", SCHEMES, "auto"),
});

export const size = () => settings.size;
export const scheme = () => settings.scheme;

export function setSize(size: Size): void {
  settings.size = size;
  localStorage.setItem("blon.size", size);
  apply();
}

export function setScheme(scheme: Scheme): void {
  settings.scheme = scheme;
  localStorage.setItem("blon.scheme", scheme);
  apply();
}

/** Hands what is chosen to `keep`, whenever it changes: the webview forgets it with the app's end. */
export function keepLooks(keep: (looks: Record<string, string>) => Promise<void>): void {
  let first = true;
  $effect.root(() => {
    $effect(() => {
      const looks = { "blon.locale": locale(), "blon.size": settings.size, "blon.scheme": settings.scheme };
      // What is there now is what was kept. What cannot be kept is as chosen until the app ends.
      if (!first) keep(looks).catch(() => undefined);
      first = false;
    });
  });
}

export function apply(): void {
  document.documentElement.style.fontSize = settings.size === "100" ? "" : `${settings.size}%`;
  followScheme(settings.scheme);
}
