// Whether somebody is being recorded: the app is not locked over it.

const now = $state<{ running: () => boolean }>({ running: () => false });

export const isRecording = () => now.running();

/** An interview is on the screen that can record; gives the way to say that it is not any more. */
export function mayRecord(running: () => boolean): () => void {
  now.running = running;
  return () => (now.running = () => false);
}
