// The list that a supervisor works through: what is asked for, and what has come of it so far.

import type { PersonName } from "../bindings/PersonName";
import type { QueueQuery } from "../bindings/QueueQuery";
import type { Status } from "../bindings/Status";
import type { StoryList } from "../bindings/StoryList";
import type { StoryRow } from "../bindings/StoryRow";
import { STORIES_LIMIT } from "../limits";
import type { Door } from "./door";

/** What is asked for at first: everything, what came last at the top. */
const everything: Partial<QueueQuery> = { training: false, order: "newest" };

/** How many stories are fetched at once. */
const PAGE = 50;

export class Queue {
  asked = $state<Partial<QueueQuery>>({ ...everything });
  stories = $state<StoryRow[] | null>(null);
  counts = $state<Partial<Record<Status, number>>>({});
  /** Where counting ended, if it did: of what has so many there may be more. */
  countedTo = $state<number | null>(null);
  collectors = $state<PersonName[]>([]);
  /** Where the next page begins; null after the last. */
  next = $state<string | null>(null);
  /** Whether the story that was open was withdrawn while it was read: the list says so. */
  withdrawn = $state(false);
  /** Whether no story is there at all: none that was looked for is another matter. */
  empty = $state(false);

  #door: Door;
  #turn = 0;

  constructor(door: Door) {
    this.#door = door;
  }

  /** Whether more is asked for than a state, an order and a shelf. */
  get narrowed(): boolean {
    const { words, commune, collector, level, from, to, evidence, status } = this.asked;
    return Boolean(words || commune || collector || level || from || to || evidence || status);
  }

  get total(): string {
    const counts = Object.values(this.counts);
    const more = counts.length ? counts.some((count) => this.#isLeast(count)) : this.countedTo !== null;
    return `${counts.reduce((sum, count) => sum + count, 0)}${more ? "+" : ""}`;
  }

  /** How many there are of this state, as the reader is told. */
  count(status: Status): string {
    const count = this.counts[status] ?? 0;
    return `${count}${this.#isLeast(count) ? "+" : ""}`;
  }

  #isLeast(count: number): boolean {
    return this.countedTo !== null && count >= this.countedTo;
  }

  clear(): void {
    const { training, order } = this.asked;
    this.asked = { ...everything, training, order };
  }

  /** The first page of what is asked for now; one that comes late to an earlier question is passed over. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    await this.#fetch(PAGE, turn);
  }

  async #fetch(count: number, turn: number): Promise<void> {
    const everything = !this.narrowed && this.asked.order === "newest";
    const list = await this.#ask("", count);
    if (turn !== this.#turn) return;
    this.empty = everything && list.stories.length === 0;
    this.stories = list.stories;
    this.counts = Object.fromEntries(list.counts);
    this.countedTo = list.counted_to;
    this.collectors = list.collectors;
    this.next = list.next;
  }

  /** Whatever is empty is left out: a door takes an empty word for a name or a day that it cannot read. */
  #ask(after: string, count: number): Promise<StoryList> {
    const asked = Object.entries({ ...this.asked, after, count });
    return this.#door.stories(
      Object.fromEntries(asked.filter(([, value]) => value !== undefined && value !== "")),
    );
  }

  /** What is shown, as it is now. A list that is longer than one answer is left until somebody asks. */
  async refresh(): Promise<void> {
    const turn = this.#turn;
    const count = Math.max(PAGE, this.stories?.length ?? 0);
    if (count > STORIES_LIMIT) return;
    await this.#fetch(count, turn);
  }

  /** The page after those that are shown. */
  async more(): Promise<void> {
    const turn = this.#turn;
    if (this.next === null) return;
    const list = await this.#ask(this.next, PAGE);
    if (turn !== this.#turn) return;
    this.stories = [...(this.stories ?? []), ...list.stories];
    this.next = list.next;
  }
}
