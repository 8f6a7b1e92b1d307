// A report while it is written. Everything is saved as it is given; "saved" means that the device has confirmed exactly what
// stands on the screen.

import type { Evidence } from "../../lib/bindings/Evidence";
import type { EvidenceId } from "../../lib/bindings/EvidenceId";
import type { Problem } from "../../lib/bindings/Problem";
import type { RecordId } from "../../lib/bindings/RecordId";
import type { ReportDraft } from "../../lib/bindings/ReportDraft";
import type { ReportLack } from "../../lib/bindings/ReportLack";
import type { TaskView } from "../../lib/bindings/TaskView";
import * as device from "../../lib/device";
import { asProblem } from "../../lib/problem";

/** Rest after a keystroke before it is saved; leaving a field does not wait. */
const PAUSE_MS = 250;

/** Rest before another try when the device could not save. */
const RETRY_MS = 3000;

const blank: ReportDraft = { finding: null, why: "", informant: "", name: "", evidence: [] };

export class Reporting {
  readonly task: RecordId;
  draft: ReportDraft = $state.raw(blank);
  state: "saved" | "saving" | "failed" = $state("saved");
  /** Why it could not be saved. */
  problem: Problem | null = $state(null);
  /** What the disk has lacks this, says the device. */
  lacking: ReportLack[] = $state.raw([]);
  /** Whether the disk has anything: before, nothing is marked as lacking. */
  begun = $state(false);

  /** What the disk has. */
  #kept: ReportDraft;
  #running: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(task: TaskView) {
    this.task = task.id;
    this.draft = task.draft ?? blank;
    this.#kept = this.draft;
    this.lacking = task.lacks;
    this.begun = task.draft !== null;
  }

  /** Takes in what was given; it is saved when the hands rest. */
  give(part: Partial<ReportDraft>): void {
    this.draft = { ...this.draft, ...part };
    if (this.state === "saved") this.state = "saving";
    this.#flushIn(PAUSE_MS);
  }

  addPiece(): void {
    const id = crypto.randomUUID();
    const piece = { id, kind: null, description: "", strength: null, file: null };
    this.give({ evidence: [...this.draft.evidence, piece] });
  }

  describe(id: EvidenceId, part: Partial<Evidence>): void {
    this.give({
      evidence: this.draft.evidence.map((piece) => (piece.id === id ? { ...piece, ...part } : piece)),
    });
  }

  removePiece(id: EvidenceId): void {
    this.give({ evidence: this.draft.evidence.filter((piece) => piece.id !== id) });
  }

  /** Puts a photo in. What goes wrong is the caller's to show. */
  async attach(file: File): Promise<void> {
    await this.flush();
    await this.#inTurn(async () => {
      const before = new Set(this.draft.evidence.map((piece) => piece.id));
      const now = await device.reportPhoto(this.task, file);
      this.begun = true;
      const added = now.evidence.filter((piece) => !before.has(piece.id));
      // What was written meanwhile stays, and is saved next.
      const same = this.draft === this.#kept;
      this.draft = { ...this.draft, evidence: [...this.draft.evidence, ...added] };
      if (same) this.#kept = this.draft;
    });
    await this.flush();
  }

  /** Waits until everything that was given is on the disk. Gives whether it is. */
  flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    return this.#inTurn(() => this.#save());
  }

  async #save(): Promise<boolean> {
    // What was given while this was saved is saved next.
    while (this.draft !== this.#kept && !this.#closed) {
      const draft = this.draft;
      try {
        this.lacking = await device.saveReport(this.task, draft);
        this.#kept = draft;
        this.begun = true;
      } catch (thrown) {
        this.problem = asProblem(thrown);
        this.state = "failed";
        this.#flushIn(RETRY_MS);
        return false;
      }
    }
    this.state = "saved";
    this.problem = null;
    return true;
  }

  /** Signs it off, once all of it is on the disk. Gives whether it was; what the device says against it is the caller's. */
  async sign(): Promise<boolean> {
    if (!(await this.flush())) return false;
    await this.#inTurn(() => device.signOffReport(this.task));
    this.close();
    return true;
  }

  /** Erases it. What goes wrong is the caller's to show. */
  async erase(): Promise<void> {
    await this.#inTurn(async () => {
      await device.eraseReport(this.task);
      this.close();
    });
  }

  /** Signed off, erased or left: nothing more is saved. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** One after the other: the device keeps what was given last. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#running.then(work);
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  #flushIn(rest: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.flush(), rest);
  }
}
