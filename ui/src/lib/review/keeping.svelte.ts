// Keeps what a supervisor writes about one story where the door can: whatever ends the app, the words are there again. They are
// kept by the screen as it knows them; until they are sent they are nobody else's.

import type { Problem } from "../bindings/Problem";
import type { StoryId } from "../bindings/StoryId";
import { asProblem } from "../problem";
import type { Door } from "./door";
import { asReviewDraft } from "./reviewDraft";
import type { Reviewing } from "./reviewing.svelte";

export class Keeping {
  /** Why what is written could not be read or kept. */
  problem: Problem | null = $state(null);

  #door: Door;
  #id: StoryId;
  #reviewing: Reviewing;
  /** Whether what was kept before is on the screen: until then nothing may be kept over it. */
  #restored = $state(false);
  /** What the door has. */
  #kept = "null";
  #running: Promise<unknown> = Promise.resolve();
  /** Whether the story is gone, and with it whatever was written about it. */
  #forgotten = false;

  constructor(door: Door, id: StoryId, reviewing: Reviewing) {
    this.#door = door;
    this.#id = id;
    this.#reviewing = reviewing;
  }

  /** Whether what is written outlives the page. */
  get safe(): boolean {
    return this.#restored && this.problem === null;
  }

  /** Goes on with what was kept, once; what is written by then stays. */
  async restore(): Promise<void> {
    if (this.#restored || !this.#door.draft || !this.#door.keepDraft) return;
    try {
      const draft = asReviewDraft(await this.#door.draft(this.#id));
      if (draft && !this.#reviewing.begun) {
        this.#reviewing.restore(draft);
        this.#kept = this.#written();
      }
      this.#restored = true;
      this.problem = null;
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
  }

  /** Keeps what is written now, after what was to be kept before. Gives whether it is kept. */
  keep(): Promise<boolean> {
    const turn = this.#running.then(() => this.#keep());
    this.#running = turn;
    return turn;
  }

  /** The story was withdrawn: what was written about it is kept no longer, and nothing more is. */
  async forget(): Promise<void> {
    this.#forgotten = true;
    // What was kept while the story went away goes too.
    this.#kept = "";
    await this.keep();
  }

  #written(): string {
    return this.#forgotten ? "null" : JSON.stringify(this.#reviewing.snapshot());
  }

  async #keep(): Promise<boolean> {
    if (!this.#restored || !this.#door.keepDraft) return false;
    const written = this.#written();
    try {
      if (written !== this.#kept) {
        await this.#door.keepDraft(this.#id, JSON.parse(written));
        this.#kept = written;
      }
      this.problem = null;
      return true;
    } catch (thrown) {
      const found = asProblem(thrown);
      // The same again is not said again, over what is being written.
      if (this.problem?.code !== found.code) this.problem = found;
      return false;
    }
  }
}
