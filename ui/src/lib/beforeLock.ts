// What is still to be saved when the app is locked: whoever has something in hand says so here. Where nothing is ever
// locked, nobody asks.

/** Longer than this nobody waits who must lock now; what can be saved is saved within it. */
const PATIENCE_MS = 3000;

const inHand = new Set<() => unknown>();

/** Does this work before a lock. Gives the way to take it back. */
export function beforeLock(work: () => unknown): () => void {
  inHand.add(work);
  return () => void inHand.delete(work);
}

/** Saves everything that anybody has in hand. */
export async function saveInHand(): Promise<void> {
  const all = Promise.allSettled([...inHand].map((work) => work()));
  await Promise.race([all, new Promise((done) => setTimeout(done, PATIENCE_MS))]);
}
