// An interview under the collector's hands. Every answer is saved as it is given; what the screen says about it is
// never ahead of the disk: "saved" means that the door has confirmed exactly what stands on the screen.

import { createContext } from "svelte";
import type { Asked } from "../bindings/Asked";
import type { Clash } from "../bindings/Clash";
import type { FileRef } from "../bindings/FileRef";
import type { Item } from "../bindings/Item";
import type { Leak } from "../bindings/Leak";
import type { Thread } from "../bindings/Thread";
import type { Page } from "../bindings/Page";
import type { Problem } from "../bindings/Problem";
import type { StoryId } from "../bindings/StoryId";
import { asProblem } from "../problem";
import type { InterviewDoor } from "./door";
import { Recording } from "./recording.svelte";
import { typesetAsked } from "./typesetting";

/** Rest after a keystroke before it is saved; a choice and leaving a field do not wait. */
const PAUSE_MS = 400;

/** Rest before another try when the device could not save. */
const RETRY_MS = 3000;

/** The page after the last question: reading the story over, and signing it off. */
export const REVIEW = "*";

export class Interviewing {
  readonly id: StoryId;
  readonly door: InterviewDoor;
  /** None where no files can be put in. */
  readonly recording: Recording | null;
  asked: Asked = $state.raw({} as Asked);
  /** The page on the screen, by its path, or `REVIEW`. */
  here: string = $state("");
  state: "saved" | "saving" | "failed" = $state("saved");
  problem: Problem | null = $state(null);
  /** Pages that were left: only there is an answer that is missing marked as such. */
  #left: Record<string, true> = $state({});
  /** What was typed or chosen and is not confirmed yet, by path. */
  #given: Record<string, string> = $state({});

  /** Passages that the collector looked at and leaves as they are, until the interview is closed. */
  #leftAsTheyAre: Record<string, true> = $state({});

  #attaching: Promise<unknown> = Promise.resolve();
  #running: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(asked: Asked, door: InterviewDoor) {
    this.id = asked.id;
    this.door = door;
    this.asked = typesetAsked(asked);
    this.here = asked.page || REVIEW;
    this.recording = door.files ? new Recording(door.files, (now) => this.#show(now)) : null;
  }

  get page(): Page | undefined {
    return this.asked.outline.pages.find((page) => page.path === this.here);
  }

  /** The items of a page. */
  itemsOf(page: Page): Item[] {
    return page.items.flatMap((place) => this.asked.items[place] ?? []);
  }

  /** The page that an item stands on, by the item's path. */
  pageOf(path: string): string {
    const place = this.asked.items.findIndex((item) => item.path === path);
    const { pages } = this.asked.outline;
    const on = pages.find((page) => page.items.includes(place));
    return (on ?? pages.find((page) => page.within === path))?.path ?? REVIEW;
  }

  /** The item that fills an answer of the story; for an answer of one, where there is none of its own. */
  itemFor(answer: string): Item | undefined {
    const { items } = this.asked;
    return items.find((item) => item.fills === answer) ?? items.find((item) => item.path === answer);
  }

  /** What stands in a field: what was typed, else what is kept. */
  valueOf(item: Item): string {
    return this.#given[item.path] ?? item.answer;
  }

  fileOf(item: Item): FileRef | undefined {
    return this.asked.files.find((file) => file.sha256 === item.answer);
  }

  commentsOn(item: Item): Thread[] {
    return item.fills ? this.asked.comments.filter((comment) => comment.answer === item.fills) : [];
  }

  clashesOn(item: Item): Clash[] {
    return item.fills ? this.asked.clashes.filter((clash) => clash.answer === item.fills) : [];
  }

  /** Whether what is missing on this page is marked: once the collector has gone on from it. */
  marks(item: Item): boolean {
    if (item.fault?.kind !== "missing") return this.#given[item.path] === undefined;
    return this.#left[this.here] === true;
  }

  /** Takes a keystroke in; it is saved when the hands rest. */
  type(path: string, answer: string): void {
    this.#given[path] = answer;
    if (this.state === "saved") this.state = "saving";
    this.#flushIn(PAUSE_MS);
  }

  /** Takes a choice in and saves it at once. */
  choose(path: string, answer: string): Promise<boolean> {
    this.type(path, answer);
    return this.flush();
  }

  /** Waits until everything that was given is on the disk. Gives whether it is. */
  flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    return this.#inTurn(() => this.#saveAll());
  }

  async #saveAll(): Promise<boolean> {
    for (const [path, answer] of Object.entries(this.#given)) {
      if (this.#closed) return true;
      try {
        const now = await this.door.answer(path, answer);
        // What was typed meanwhile is saved next.
        if (this.#given[path] === answer) delete this.#given[path];
        this.#show(now);
      } catch (thrown) {
        const problem = asProblem(thrown);
        // A question that went away meanwhile: the answer before it was changed, so nothing is asked there any more.
        if (problem.code === "answer_not_asked") delete this.#given[path];
        this.problem = problem;
        this.state = "failed";
        this.#flushIn(RETRY_MS);
        return false;
      }
    }
    if (Object.keys(this.#given).length > 0) return this.#saveAll();
    this.state = "saved";
    this.problem = null;
    return true;
  }

  /** One after the other: answers are kept in the order they were given. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#running.then(work);
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  #flushIn(rest: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), rest);
  }

  #show(now: Asked): void {
    this.asked = typesetAsked(now);
    // The page on the screen may have gone with the answer that asked for it.
    if (this.here !== REVIEW && !this.page) this.here = now.page || REVIEW;
  }

  /** Shows another page, once everything given on this one is on the disk. Gives whether it does. */
  async go(path: string): Promise<boolean> {
    if (!(await this.flush())) return false;
    this.#left[this.here] = true;
    this.here = path;
    await this.#try(() => this.door.stand(path));
    return true;
  }

  /** Turns the page: where that leads is known once this page's answers are kept, since they decide it. */
  async turn(way: "previous" | "next"): Promise<void> {
    const from = this.here;
    if (!(await this.flush()) || this.here !== from) return;
    const { page } = this;
    const outside = this.asked.outline.pages.filter((one) => one.within === "");
    const to = page ? page[way] : way === "previous" ? outside.at(-1)?.path : undefined;
    const end = way === "next" ? REVIEW : undefined;
    await this.go(to ?? end ?? from);
  }

  async add(repeat: string): Promise<void> {
    await this.flush();
    let added = "";
    await this.#change(async () => {
      const { id, asked } = await this.door.add(repeat);
      added = `${repeat}/${id}`;
      return asked;
    });
    if (added) await this.go(this.pageOf(added));
  }

  async remove(repetition: string): Promise<void> {
    await this.flush();
    await this.#change(() => this.door.remove(repetition));
  }

  /** Takes the last change back and shows where it was. */
  async undo(): Promise<void> {
    await this.flush();
    await this.#change(() => this.door.undo());
    if (this.asked.page) await this.go(this.asked.page);
  }

  /** Puts a file in as an answer, where the door takes any. What goes wrong is the caller's to show. */
  async attach(path: string, file: File, onPart: (part: number) => void): Promise<void> {
    const { files } = this.door;
    if (!files) return;
    await this.flush();
    const attached = files.attach(path, file, onPart);
    this.#attaching = attached.catch(() => undefined);
    this.#show(await attached);
  }

  /** What still seems to tell who told the story; the same words in one answer, once. */
  get leaks(): Leak[] {
    const seen = new Set(Object.keys(this.#leftAsTheyAre));
    return this.asked.leaks.filter((leak) => !seen.has(passage(leak)) && seen.add(passage(leak)));
  }

  leaveAsItIs(leak: Leak): void {
    this.#leftAsTheyAre[passage(leak)] = true;
  }

  /** Masks a passage, where the door can. */
  async mask(leak: Leak): Promise<void> {
    const { mask } = this.door;
    if (!mask || !(await this.flush())) return;
    await this.#change(() => mask(leak.path, leak.words));
  }

  /** Keeps the note on a correction. */
  async setNote(note: string): Promise<void> {
    if (note === this.asked.note) return;
    const kept = await this.#try(() => this.#inTurn(() => this.door.setNote(note).then(() => true)));
    if (kept) this.asked = { ...this.asked, note };
  }

  /** Everything is on the disk, recording and files included. Gives whether it is. */
  async settle(): Promise<boolean> {
    const ended = (await this.recording?.end()) ?? true;
    await this.#attaching;
    return (await this.flush()) && ended;
  }

  /** The draft is gone, signed off or deleted: nothing more is saved. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #change(work: () => Promise<Asked>): Promise<void> {
    const now = await this.#try(() => this.#inTurn(work));
    if (now) this.#show(now);
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await work();
      if (this.state !== "failed") this.problem = null;
      return done;
    } catch (thrown) {
      this.problem = asProblem(thrown);
      return undefined;
    }
  }
}

const passage = ({ path, words }: Leak) => JSON.stringify([path, words]);

/** What the questions of an interview share. */
export const [interviewing, setInterviewing] = createContext<Interviewing>();
