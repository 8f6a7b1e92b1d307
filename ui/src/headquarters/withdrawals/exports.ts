// The same people take the same shapes again and again: what left headquarters is told once for each of them.

import type { PastExport } from "../../lib/bindings/PastExport";
import type { PersonName } from "../../lib/bindings/PersonName";

/** What somebody took out in one shape. */
export interface Taken {
  what: string;
  times: number;
  /** The last time. */
  at: string;
}

/** Who took what, in the order in which it comes: the newest first. Null is whoever used the tool on headquarters' machine. */
export function byPerson(exports: PastExport[]): [PersonName | null, Taken[]][] {
  const people = new Map<PersonName | null, Map<string, Taken>>();
  for (const { who, what, at } of exports) {
    const theirs = people.get(who) ?? new Map<string, Taken>();
    const before = theirs.get(what);
    theirs.set(what, before ? { ...before, times: before.times + 1 } : { what, times: 1, at });
    people.set(who, theirs);
  }
  return [...people].map(([who, theirs]) => [who, [...theirs.values()]]);
}
