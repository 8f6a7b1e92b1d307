// A field for a story is as high as its words: nobody should scroll inside a box on a small screen.

/** Keeps a field as high as its words, whenever they change. */
export function grows(area: HTMLTextAreaElement, _words: string) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 4}px`;
  };
  fit();
  return { update: fit };
}
