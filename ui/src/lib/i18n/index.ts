// What every screen asks for words.

import type { Choice } from "../bindings/Choice";
import { bm } from "./bm";
import { en } from "./en";
import { fr } from "./fr";
import { catalogue, locale } from "./locale.svelte";

export { catalogue, choose, languages, locale, type Locale, type Part, typeset } from "./locale.svelte";

/** The words both entries share, in the language of the screen. */
export const words = catalogue(fr, en, bm);

export type AnswerKey = keyof typeof fr.answers;

/** What a path points at, in words: the change is not named, since the page shows which one it is. */
export function answerLabel(path: string): string {
  const parts = path.split("/");
  const key = parts.length === 4 ? "evidence" : (parts.at(-1) ?? path);
  return words().answers[key as AnswerKey] ?? path;
}

/** What people read for a stored value of one of the campaign's lists. */
export function choiceLabel(choices: Choice[], value: string): string {
  const choice = choices.find((c) => c.value === value);
  return choice ? campaignText(choice) : value;
}

/** What people read of a text that the campaign brings along; French shows where there is no English. */
export const campaignText = ({ fr, en }: { fr: string; en: string }) => (locale() === "en" && en) || fr;

/** How numbers and days are written: systems know no Bambara, and people there write as in French. */
const written = () => (locale() === "bm" ? "fr" : locale());

/** Names or numbers as a sentence counts them up. */
export const listed = (items: string[]) => new Intl.ListFormat(written()).format(items);

/** A calendar day such as `2022-09-14`, without shifting it by a time zone. */
export function day(date: string): string {
  const [year = 1970, month = 1, dayOfMonth = 1] = date.split("-").map(Number);
  return new Intl.DateTimeFormat(written(), { dateStyle: "long", timeZone: "UTC" }).format(
    Date.UTC(year, month - 1, dayOfMonth),
  );
}

/** A moment of a clock. */
export function moment(at: string): string {
  return new Intl.DateTimeFormat(written(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}

/** A size in bytes, as short as it can be read. */
export function size(bytes: number): string {
  const units = words().byteUnits;
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const number = new Intl.NumberFormat(written(), { maximumFractionDigits: step > 1 ? 1 : 0 });
  return `${number.format(bytes / 1000 ** step)}\u00a0${units[step]}`;
}
