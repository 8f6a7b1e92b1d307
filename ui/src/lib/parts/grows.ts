// A field for a story is as high as its words: nobody should scroll inside a box on a small screen.

/** Keeps a field as high as its words, whenever they change or have another width to stand in. */
export function grows(area: HTMLTextAreaElement, _words: string) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 4}px`;
  };
  fit();
  let width = area.clientWidth;
  // A fold that opens, a phone that is turned.
  const seen = new ResizeObserver(() => {
    if (area.clientWidth === width) return;
    width = area.clientWidth;
    fit();
  });
  seen.observe(area);
  return { update: fit, destroy: () => seen.disconnect() };
}
