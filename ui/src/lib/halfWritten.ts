// Words that were begun and not sent: kept by their place, where the host of these screens can, so that a lock or a kill
// takes none away.

import { beforeLock } from "./beforeLock";

export interface Keeper {
  get(place: string): Promise<string>;
  /** Keeps them: they are on the disk when this resolves. Empty: nothing is half-written there. */
  set(place: string, text: string): Promise<void>;
}

/** Rest after a keystroke before words are kept. */
const PAUSE_MS = 400;

let keeper: Keeper | null = null;

export function keepHalfWrittenBy(one: Keeper): void {
  keeper = one;
}

/** The half-written words of one place. */
export class HalfWritten {
  readonly #place: string;
  #latest: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: () => void;

  constructor(place: string) {
    this.#place = place;
    this.#stop = beforeLock(() => this.flush());
  }

  /** What was written before; what cannot be read is as good as nothing. */
  async before(): Promise<string> {
    return keeper ? keeper.get(this.#place).catch(() => "") : "";
  }

  write(text: string): void {
    this.#latest = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const text = this.#latest;
    if (text === null || !keeper) return;
    this.#latest = null;
    // They stay on the screen; the next keystroke tries again.
    await keeper.set(this.#place, text).catch(() => (this.#latest ??= text));
  }

  /** The screen is left. */
  close(): void {
    this.#stop();
    void this.flush();
  }
}
