// A code is read, said and copied in groups of four.

/** The letters of a code as somebody wrote it, in groups of four. */
export function groupsOf(written: string): string[] {
  const letters = written.toUpperCase().replace(/[\s.–-]/g, "");
  return letters.match(/.{1,4}/gu) ?? [];
}
