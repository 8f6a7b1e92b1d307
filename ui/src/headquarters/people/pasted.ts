// Names as they are pasted: one a line. What is wrong with one of them is said with its line.

import type { PersonLine } from "../../lib/bindings/PersonLine";
import { sameName } from "../seek";

/** The most characters of a name: `PersonName` in the core's `id.rs`. */
const NAME_LIMIT = 64;

/** A name and the line it stands on, from 1 on. */
export interface PastedName {
  line: number;
  name: string;
}

export interface Fault extends PastedName {
  why: "taken" | "twice" | "long";
}

/** The names in a text; empty lines and the marks of lists do not count. */
export const namesIn = (text: string): PastedName[] =>
  text
    .split(/\r?\n/)
    .map((line, index) => ({
      line: index + 1,
      name: line
        .replace(/^\s*(?:[-•*]|\d+[.)])\s+/, "")
        .replace(/\s+/g, " ")
        .trim(),
    }))
    .filter(({ name }) => name !== "");

/** Why these names may have been refused. */
export const faultsOf = (names: PastedName[], known: PersonLine[]): Fault[] =>
  names.flatMap((one, index): Fault[] => {
    const isThis = (other: { name: string }) => sameName(other.name, one.name);
    if ([...one.name].length > NAME_LIMIT) return [{ ...one, why: "long" }];
    if (known.some(isThis)) return [{ ...one, why: "taken" }];
    if (names.slice(0, index).some(isThis)) return [{ ...one, why: "twice" }];
    return [];
  });
