// What a screen is doing and what went wrong with it. A session that ended is the shell's matter, anything else is
// said where it was asked for.

import type { Problem } from "../lib/bindings/Problem";
import { asProblem } from "../lib/problem";

export class Doing {
  busy = $state(false);
  problem = $state<Problem | null>(null);

  #onproblem: ((problem: Problem) => void) | undefined;

  /** `onproblem` hears that the session ended; without it that is said here, too. */
  constructor(onproblem?: (problem: Problem) => void) {
    this.#onproblem = onproblem;
  }

  /** Does it; gives whether it went well. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      const found = asProblem(thrown);
      if (found.code === "signed_out" && this.#onproblem) this.#onproblem(found);
      else this.problem = found;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
