// A log is read day by day, as the days are where it is read.

import type { AuditEntry } from "../../lib/bindings/AuditEntry";

/** The calendar day of a moment here, such as `2022-09-14`. */
function dayOf(at: string): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The entries by day, in the order in which they come. */
export function byDay(entries: AuditEntry[]): [string, AuditEntry[]][] {
  const days = new Map<string, AuditEntry[]>();
  for (const entry of entries) {
    const day = dayOf(entry.at);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days];
}
