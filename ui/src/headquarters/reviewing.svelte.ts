// A supervisor's comments while they are being written, and the decision they go with.

import type { Comment } from "../lib/bindings/Comment";

export class Reviewing {
  /** Kept comments, to be sent together. */
  comments: Comment[] = $state([]);
  /** The answer a comment is being written on, and its words so far. */
  open: string | null = $state(null);
  text = $state("");
  /** The second of a recording that it is about. */
  second: number | null = $state(null);

  begin(answer: string, second: number | null = null): void {
    this.keep();
    this.open = answer;
    this.text = "";
    this.second = second;
  }

  /** Keeps what is being written; blank words are no comment. */
  keep(): void {
    if (this.open && this.text.trim()) {
      const second = this.second === null ? {} : { second: this.second };
      this.comments.push({ answer: this.open, text: this.text.trim(), ...second });
    }
    this.open = null;
    this.text = "";
    this.second = null;
  }

  drop(comment: Comment): void {
    this.comments = this.comments.filter((c) => c !== comment);
  }

  /** How many comments headquarters does not have yet, the one being written included. */
  get unsent(): number {
    return this.comments.length + (this.text.trim() ? 1 : 0);
  }

  clear(): void {
    this.comments = [];
    this.open = null;
    this.text = "";
  }
}
