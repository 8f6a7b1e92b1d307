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

/** What people read of a text that comes in both languages, as a campaign or a finding brings it; French shows where there is no English. */
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

/** A calendar day where there is little room, such as `14 sept.`. */
export function shortDay(date: string): string {
  return new Intl.DateTimeFormat(written(), { day: "numeric", month: "short", timeZone: "UTC" }).format(
    Date.parse(`${date}T00:00Z`),
  );
}

/** A moment of a clock. */
export function moment(at: string): string {
  return new Intl.DateTimeFormat(written(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}

/** The time of day of a moment, as the clock here shows it. */
export const timeOf = (at: string) =>
  new Intl.DateTimeFormat(written(), { timeStyle: "short" }).format(new Date(at));

/** How long before `now`, in milliseconds, a moment was, as people say it: `il y a 3 heures`. */
export function ago(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const steps: [number, number, Intl.RelativeTimeFormatUnit][] = [
    [90, 1, "second"],
    [5400, 60, "minute"],
    [129_600, 3600, "hour"],
    [5_184_000, 86_400, "day"],
    [Infinity, 2_629_800, "month"],
  ];
  const [, one = 1, unit = "second"] = steps.find(([below]) => Math.abs(seconds) < below) ?? [];
  // Nobody counts the seconds.
  const many = unit === "second" ? 0 : Math.round(seconds / one);
  return new Intl.RelativeTimeFormat(written(), { numeric: "auto" }).format(many, unit);
}

/** How long something still takes, such as `4:09`. */
export const countdown = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** A number as it is written. */
export const number = (n: number) => new Intl.NumberFormat(written()).format(n);

/** A size in bytes, as short as it can be read. */
export function size(bytes: number): string {
  const units = words().byteUnits;
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const inDigits = new Intl.NumberFormat(written(), { maximumFractionDigits: step > 1 ? 1 : 0 });
  return `${inDigits.format(bytes / 1000 ** step)}\u00a0${units[step]}`;
}
