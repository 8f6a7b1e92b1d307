/** Says at a field what is wrong with it, in the page's language where a browser would speak its own; empty where nothing is. */
export function wants(field: HTMLInputElement, wrong: string) {
  const update = (now: string) => field.setCustomValidity(now);
  update(wrong);
  return { update };
}
