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
export function catalogue<Words extends object>(fr: Words, en: NoInfer<Words>): () => Words {
  const french = typeset(fr);
  return () => (chosen.locale === "fr" ? french : en);
}

/** French puts a space before a high sign, and no line may break there. */
function typeset<Words>(words: Words): Words {
  if (typeof words === "string")
    return words.replace(/ ([?!:;»])/g, "\u00a0$1").replace(/« /g, "«\u00a0") as Words;
  if (typeof words === "function") {
    return ((...given: unknown[]) =>
      typeset((words as unknown as (...g: unknown[]) => unknown)(...given))) as Words;
  }
  if (Array.isArray(words)) return words.map(typeset) as Words;
  return Object.fromEntries(
    Object.entries(words as object).map(([key, value]) => [key, typeset(value)]),
  ) as Words;
}
