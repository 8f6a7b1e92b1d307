// What a supervisor writes about a story until it is sent: comments, ratings, questions to a verifier.

import type { ChangeId } from "../bindings/ChangeId";
import type { ChangeRating } from "../bindings/ChangeRating";
import type { Comment } from "../bindings/Comment";
import type { PersonName } from "../bindings/PersonName";
import type { Story } from "../bindings/Story";
import type { Verdict } from "../bindings/Verdict";
import type { ReviewDraft } from "./reviewDraft";

/** How somebody is about to rate a change. */
export type RatingDraft = Pick<ChangeRating, "ratings" | "note">;

/** Whom somebody is about to ask, and what. */
export type RequestDraft = { verifier: PersonName; question: string };

export class Reviewing {
  /** Kept comments, to be sent together. */
  comments: Comment[] = $state([]);
  /** The answer a comment is being written on, and its words so far. */
  open: string | null = $state(null);
  text = $state("");
  /** The second of a recording that it is about. */
  second: number | null = $state(null);
  /** Ratings and requests that were begun, by the change they are about. */
  ratings: Record<ChangeId, RatingDraft> = $state({});
  requests: Record<ChangeId, RequestDraft> = $state({});
  /** The word that is to go with an approval. */
  note = $state("");
  /** Why the story is left out, or why a decision is taken back. */
  reason = $state("");

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

  /** Keeps what is being written on an answer that the story no longer has: its box is nowhere. */
  settle(story: Story): void {
    const [, id, , piece] = this.open?.split("/") ?? [];
    const change = story.changes.find((one) => one.id === id);
    const stands = !id || (change && (!piece || change.evidence.some((one) => one.id === piece)));
    if (!stands) this.keep();
  }

  drop(comment: Comment): void {
    this.comments = this.comments.filter((c) => c !== comment);
  }

  /** How many comments are not sent yet, the one being written included. */
  get unsent(): number {
    return this.comments.length + (this.text.trim() ? 1 : 0);
  }

  /** Whether anything is written that was not sent. */
  get begun(): boolean {
    const kept = Object.keys(this.ratings).length + Object.keys(this.requests).length;
    return this.unsent + kept > 0 || Boolean(this.note.trim() || this.reason.trim());
  }

  /** Lets go of what went with a decision: the comments, and the words that belong to it. Ratings and requests stay. */
  clear(decided: Verdict["kind"]): void {
    if (decided === "approved") this.note = "";
    if (decided === "rejected" || decided === "reopened") this.reason = "";
    this.comments = [];
    this.open = null;
    this.text = "";
    this.second = null;
  }

  /** All that is written, to be kept; null when nothing is begun. */
  snapshot(): ReviewDraft | null {
    if (!this.begun) return null;
    // A box without words is no comment.
    const [open, second] = this.text.trim() ? [this.open, this.second] : [null, null];
    return $state.snapshot({
      comments: this.comments,
      open,
      text: open === null ? "" : this.text,
      second,
      ratings: this.ratings,
      requests: this.requests,
      note: this.note,
      reason: this.reason,
    });
  }

  /** Goes on with what was kept. */
  restore({ comments, open, text, second, ratings, requests, note, reason }: ReviewDraft): void {
    this.comments = comments;
    this.open = open;
    this.text = text;
    this.second = second;
    this.ratings = ratings;
    this.requests = requests;
    this.note = note ?? "";
    this.reason = reason ?? "";
  }
}
