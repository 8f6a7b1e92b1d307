// What is being written about a campaign. It is kept above the page: whoever looks at something else meanwhile, or signs in
// anew, finds it as they left it.

import { untrack } from "svelte";
import type { CampaignId } from "../../lib/bindings/CampaignId";
import type { PersonName } from "../../lib/bindings/PersonName";
import type { Said } from "../../lib/bindings/Said";
import type { WholeFile } from "./api";
import { shortName } from "./draft";

export class Editing {
  /** What stands in the form; null where nobody has said yet what a new campaign begins with. */
  file: WholeFile | null = $state(null);
  /** What is wrong with it by headquarters' word, as it answered last. */
  findings: Said[] = $state([]);
  /** What was done last, in words. */
  done = $state("");
  /** What headquarters has, or what a new one began with. */
  #base = $state("null");
  /** Whether the short name is still proposed by the full one. */
  #proposes = $state(false);

  get dirty(): boolean {
    return JSON.stringify(this.file) !== this.#base;
  }

  /** Begins a new campaign with what is in `file`; `proposes`: its short name follows the full one until somebody writes it. */
  begin(file: WholeFile, proposes: boolean): void {
    this.file = $state.snapshot(file) as WholeFile;
    this.#base = JSON.stringify(file);
    this.#proposes = proposes;
    this.findings = [];
  }

  /** Shows what headquarters has, unless something else is being written. */
  follow(file: WholeFile): void {
    untrack(() => {
      if (!this.dirty) this.settle(file);
    });
  }

  /** Headquarters has it now. */
  settle(file: WholeFile): void {
    this.file = $state.snapshot(file) as WholeFile;
    this.#base = JSON.stringify(this.file);
    this.findings = [];
  }

  /** Lets go of what was written. */
  abandon(): void {
    this.file = JSON.parse(this.#base) as WholeFile | null;
    this.findings = [];
  }

  /** Nothing is being made any more. */
  clear(): void {
    this.file = null;
    this.#base = "null";
    this.findings = [];
  }

  name(name: string): void {
    if (!this.file) return;
    this.file.name = name;
    if (this.#proposes) this.file.id = shortName(name);
  }

  id(id: string): void {
    if (!this.file) return;
    this.#proposes = id === "";
    this.file.id = id;
  }
}

const kept = new Map<string, Editing>();

/** What this person is writing about a campaign, or about a new one. */
export function editingOf(person: PersonName, campaign: CampaignId | undefined): Editing {
  const key = JSON.stringify([person, campaign ?? null]);
  const there = kept.get(key) ?? new Editing();
  kept.set(key, there);
  return there;
}
