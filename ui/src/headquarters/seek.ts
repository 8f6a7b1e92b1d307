// Names: finding them by what was typed, whatever the accents and capitals, and putting them in order.
import { locale } from "../lib/i18n";

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether every word that was typed stands in one of the texts. */
export function matches(typed: string, ...texts: string[]): boolean {
  const found = plain(texts.join(" "));
  return plain(typed)
    .split(/\s+/)
    .every((word) => found.includes(word));
}

/** Whether two names are the same but for capitals. */
export const sameName = (one: string, other: string) =>
  one.normalize("NFC").toLowerCase() === other.normalize("NFC").toLowerCase();

/** The order of names as people write lists: accents do not matter, 2 comes before 10. */
export const inOrder = (one: string, other: string) =>
  new Intl.Collator(locale(), { numeric: true }).compare(one, other);
