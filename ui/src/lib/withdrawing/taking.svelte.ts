// A withdrawal as it is being taken: the code, then a second step that says what will happen, then the receipt. Whether a code is
// one is the word of whoever takes it.

import type { Problem } from "../bindings/Problem";
import { asProblem } from "../problem";

export class Taking<Receipt> {
  /** The code as it was typed. */
  code = $state("");
  step: "code" | "sure" | "taken" = $state("code");
  busy = $state(false);
  /** What is wrong with the code: said at its field. */
  wrong: Problem | null = $state(null);
  /** Whatever else went wrong. */
  problem: Problem | null = $state(null);
  receipt: Receipt | null = $state.raw(null);

  #take: (code: string) => Promise<Receipt>;

  /** `code`: what stands in the field from the start. */
  constructor(take: (code: string) => Promise<Receipt>, code = "") {
    this.#take = take;
    this.code = code;
  }

  /** The code is written: what will happen is said before anything does. */
  ask(): void {
    if (this.code.trim() === "") return;
    this.wrong = this.problem = null;
    this.step = "sure";
  }

  /** Back to the field; what was typed is still there. */
  back(): void {
    this.step = "code";
  }

  async confirm(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      this.show(await this.#take(this.code));
    } catch (thrown) {
      const found = asProblem(thrown);
      if (found.code === "withdrawal_code_wrong") {
        this.wrong = found;
        this.step = "code";
      } else this.problem = found;
    } finally {
      this.busy = false;
    }
  }

  /** Shows the receipt of a withdrawal that was taken. */
  show(receipt: Receipt): void {
    this.receipt = receipt;
    this.step = "taken";
  }

  /** Begins with another one. */
  another(): void {
    this.code = "";
    this.receipt = null;
    this.wrong = this.problem = null;
    this.step = "code";
  }
}
