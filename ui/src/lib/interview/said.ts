// An answer in the words of whoever reads it.

import type { Item } from "../bindings/Item";

/** A choice or several by their labels; anything else as it is. */
export function said(item: Item, answer: string): string {
  if (item.choices.length === 0) return answer;
  const label = (name: string) => item.choices.find((choice) => choice.name === name)?.label;
  return answer
    .split(/\s+/)
    .map((name) => label(name) ?? name)
    .join(", ");
}

/** What a story keeps as yes or no, which a questionnaire names. */
const named: Record<string, string> = { true: "yes", false: "no" };

/** What a story keeps for the answer, in the same words. */
export const kept = (item: Item, value: string) =>
  item.choices.find((choice) => choice.name === (named[value] ?? value))?.label ?? value;
