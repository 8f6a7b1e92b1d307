// The language of the screen. French comes first; a choice is remembered on this device and says nothing
// about anybody, so it may stand in plain in the browser's own storage.

/** The languages of the screens, each in its own words. Bambara shows French where a speaker has not yet written. */
export const languages = { fr: "Français", en: "English", bm: "Bamanankan" };
export type Locale = keyof typeof languages;

const KEY = "blon.locale";

const chosen = $state({ locale: remembered() });

function remembered(): Locale {
  const kept = localStorage.getItem(KEY) ?? "";
  return kept in languages ? (kept as Locale) : "fr";
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

/** Of a catalogue, what a speaker has written so far. */
export type Part<Words> = {
  [Key in keyof Words]?: Words[Key] extends string | ((...given: never[]) => unknown) | string[]
    ? Words[Key]
    : Part<Words[Key]>;
};

/**
 * A catalogue: the compiler holds the English one to the shape of the French one, so none has a hole. The Bambara
 * one may have holes; French shows through them.
 */
export function catalogue<Words extends object>(
  fr: Words,
  en: NoInfer<Words>,
  bm: Part<NoInfer<Words>> = {},
): () => Words {
  const french = typeset(fr);
  const bambara = over(french, bm);
  return () => (chosen.locale === "en" ? en : chosen.locale === "bm" ? bambara : french);
}

function over<Words extends object>(whole: Words, part: Part<Words>): Words {
  const laid = Object.entries(whole).map(([key, value]) => {
    const own = (part as Record<string, unknown>)[key];
    const deeper = typeof value === "object" && !Array.isArray(value) && own !== undefined;
    return [key, deeper ? over(value as object, own as object) : (own ?? value)];
  });
  return Object.fromEntries(laid) as Words;
}

/** French puts a space before a high sign, and no line may break there. */
export function typeset<Words>(words: Words): Words {
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
