// Where the interviews of a preview are held: nowhere. The answers stand in this page's memory and travel with each step;
// headquarters asks by the same engine as the devices and keeps nothing.

import type { Answers } from "../../lib/bindings/Answers";
import type { Asked } from "../../lib/bindings/Asked";
import type { Preview } from "../../lib/bindings/Preview";
import type { Previewed } from "../../lib/bindings/Previewed";
import type { PreviewStep } from "../../lib/bindings/PreviewStep";
import type { InterviewDoor } from "../../lib/interview/door";

type Moment = { answers: Answers; at: string };

/** How many steps can be taken back. */
const PAST = 100;

export class PreviewDoor implements InterviewDoor {
  #ask: (step: Preview) => Promise<Previewed>;
  #language: string;
  #now: Moment | null = null;
  #past: Moment[] = [];
  #note = "";

  constructor(ask: (step: Preview) => Promise<Previewed>, language: string) {
    this.#ask = ask;
    this.#language = language;
  }

  /** What is asked now, in this language. */
  async begin(language: string): Promise<Asked> {
    this.#language = language;
    return (await this.#step()).asked;
  }

  async answer(path: string, answer: string): Promise<Asked> {
    return (await this.#step({ kind: "answer", path, answer })).asked;
  }

  async add(path: string): Promise<{ id: string; asked: Asked }> {
    const { added, asked } = await this.#step({ kind: "add", path });
    return { id: added ?? "", asked };
  }

  async remove(path: string): Promise<Asked> {
    return (await this.#step({ kind: "remove", path })).asked;
  }

  async undo(): Promise<Asked> {
    const before = this.#past.at(-1);
    if (before) {
      const now = this.#now;
      this.#now = before;
      this.#past.pop();
      try {
        return (await this.#step()).asked;
      } catch (thrown) {
        this.#past.push(before);
        this.#now = now;
        throw thrown;
      }
    }
    return (await this.#step()).asked;
  }

  async stand(path: string): Promise<void> {
    if (this.#now) this.#now = { ...this.#now, at: path };
  }

  async setNote(note: string): Promise<void> {
    this.#note = note;
  }

  /** Without a step: what is asked over the answers that are there. */
  async #step(step?: PreviewStep): Promise<Previewed> {
    const before = this.#now;
    const given = {
      language: this.#language,
      at: before?.at ?? "",
      ...(before && { answers: before.answers }),
      ...(step && { step }),
    };
    const done = await this.#ask(given);
    if (before && step) this.#past = [...this.#past, before].slice(-PAST);
    this.#now = { answers: done.answers, at: done.asked.page };
    return { ...done, asked: { ...done.asked, can_undo: this.#past.length > 0, note: this.#note } };
  }
}
