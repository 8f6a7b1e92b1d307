// Hears from headquarters that something changed. Where that is not to be had, it is asked now and then.

/** How often it is asked where it does not tell. */
const ASK_MS = 30_000;

/** `onchange` is called whenever something may have changed; gives the way to end it. */
export function hearChanges(onchange: () => void): () => void {
  // Until it tells: some lines never let it.
  let timer: ReturnType<typeof setInterval> | undefined = setInterval(onchange, ASK_MS);
  let heard = false;
  const source = new EventSource("/api/changes");
  source.addEventListener("changed", onchange);
  source.onopen = () => {
    clearInterval(timer);
    timer = undefined;
    // What changed while nobody listened.
    if (heard) onchange();
    heard = true;
  };
  source.onerror = () => (timer ??= setInterval(onchange, ASK_MS));
  return () => {
    source.close();
    clearInterval(timer);
  };
}
