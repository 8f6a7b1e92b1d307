// The language of the screen. French comes first; a choice is remembered on this device and says nothing
// about anybody, so it may stand in plain in the browser's own storage.

export type Locale = "fr" | "en";

const KEY = "blon.locale";

const chosen = $state({ locale: remembered() });

function remembered(): Locale {
  return localStorage.getItem(KEY) === "en" ? "en" : "fr";
}

export function locale(): Locale {
  return chosen.locale;
}

export function choose(locale: Locale): void {
  chosen.locale = locale;
  localStorage.setItem(KEY, locale);
  document.documentElement.lang = locale;
}

document.documentElement.lang = chosen.locale;

/** A catalogue: the compiler holds the English one to the shape of the French one, so none has a hole. */
export function catalogue<Words>(fr: Words, en: NoInfer<Words>): () => Words {
  return () => (chosen.locale === "fr" ? fr : en);
}
