// The custodian's key, in the memory of this page and nowhere else. It is forgotten five minutes after it was last used, and with
// it whatever it opened.

import { keyIn, publicHalf } from "./opening";

const FORGOTTEN_AFTER_MS = 5 * 60_000;

export class HeldKey {
  /** The half that seals, for whoever wants to know which key it is; empty where none is held. */
  recipient = $state("");
  /** Whether it was forgotten because nobody used it. */
  expired = $state(false);

  #secret = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onforget: () => void;

  /** `onforget` hears that what was opened must go, too. */
  constructor(onforget: () => void) {
    this.#onforget = onforget;
  }

  /** Takes the key out of what was given. Rejects with `key_unreadable`. */
  async take(given: string): Promise<void> {
    this.forget();
    const secret = keyIn(given) ?? "";
    const recipient = await publicHalf(secret);
    this.#secret = secret;
    this.recipient = recipient;
    this.expired = false;
    this.#wind();
  }

  /** The half that opens, for the moment in which it does; empty where none is held. */
  use(): string {
    if (this.#secret) this.#wind();
    return this.#secret;
  }

  forget(): void {
    clearTimeout(this.#timer);
    if (!this.#secret) return;
    this.#secret = this.recipient = "";
    this.#onforget();
  }

  #wind(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.forget();
      this.expired = true;
    }, FORGOTTEN_AFTER_MS);
  }
}
