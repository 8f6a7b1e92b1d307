// A draft under the collector's hands. Every answer is saved as it is given; what the screen says about it is
// never ahead of the disk: "saved" means that the device has confirmed exactly what stands on the screen.

import type { ChangeId } from "../../lib/bindings/ChangeId";
import type { Comment } from "../../lib/bindings/Comment";
import type { Draft } from "../../lib/bindings/Draft";
import type { EvidenceId } from "../../lib/bindings/EvidenceId";
import type { Gap } from "../../lib/bindings/Gap";
import type { Identity } from "../../lib/bindings/Identity";
import type { Problem } from "../../lib/bindings/Problem";
import type { Story } from "../../lib/bindings/Story";
import type { StoryId } from "../../lib/bindings/StoryId";
import * as device from "../../lib/device";
import { asProblem } from "../../lib/problem";

/** Rest after a keystroke before it is saved; a choice and leaving a field do not wait. */
const PAUSE_MS = 400;

/** Rest before another try when the device could not save. */
const RETRY_MS = 3000;

type Content = { story: Story; identity: Identity; note: string };

export class Writing {
  readonly id: StoryId;
  readonly correcting: boolean;
  readonly comments: Comment[];
  content: Content = $state({} as Content);
  gaps: Gap[] = $state([]);
  state: "saved" | "saving" | "failed" = $state("saved");
  problem: Problem | null = $state(null);

  /** What the device has confirmed. */
  #kept: string;
  #running: Promise<boolean> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(draft: Draft) {
    this.id = draft.id;
    this.correcting = draft.correcting;
    this.comments = draft.comments;
    this.content = { story: draft.story, identity: draft.identity, note: draft.note };
    this.gaps = draft.gaps;
    this.#kept = JSON.stringify(this.content);
  }

  /** Runs in an effect: depends on every answer, and sees to it that an edit is saved soon. */
  watch(): void {
    if (JSON.stringify(this.content) !== this.#kept && !this.#closed) {
      if (this.state === "saved") this.state = "saving";
      this.#saveIn(PAUSE_MS);
    }
  }

  #saveIn(rest: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), rest);
  }

  /** Saves what is not saved yet; resolves to whether everything is. Saves never overtake one another. */
  flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#running ??= this.#saveAll().finally(() => (this.#running = null));
    return this.#running;
  }

  async #saveAll(): Promise<boolean> {
    for (let now = JSON.stringify(this.content); now !== this.#kept; now = JSON.stringify(this.content)) {
      if (this.#closed) return false;
      if (this.state === "saved") this.state = "saving";
      const { story, identity, note } = JSON.parse(now) as Content;
      try {
        this.gaps = await device.saveDraft(this.id, story, identity, note);
        this.#kept = now;
      } catch (thrown) {
        this.problem = asProblem(thrown);
        this.state = "failed";
        this.#saveIn(RETRY_MS);
        return false;
      }
    }
    this.problem = null;
    this.state = "saved";
    return true;
  }

  /** Puts a file into a piece of evidence. What is typed meanwhile stays. */
  async attach(change: ChangeId, evidence: EvidenceId, file: File, onPart: (part: number) => void) {
    if (!(await this.flush())) throw this.problem;
    const draft = await device.attach(this.id, change, evidence, file, onPart);
    const find = (story: Story) =>
      story.changes.find((c) => c.id === change)?.evidence.find((e) => e.id === evidence);
    const here = find(this.content.story);
    if (here) here.file = find(draft.story)?.file ?? null;
    this.gaps = draft.gaps;
  }

  /** The draft is gone, finalised or discarded: nothing more is saved. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
