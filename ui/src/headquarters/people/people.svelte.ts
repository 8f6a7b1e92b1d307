// The people who work with headquarters, as an administrator looks through them.

import type { NewPerson } from "../../lib/bindings/NewPerson";
import type { PersonLine } from "../../lib/bindings/PersonLine";
import type { Role } from "../../lib/bindings/Role";
import { inOrder, matches } from "../seek";
import * as api from "./api";

export class People {
  lines = $state<PersonLine[] | null>(null);
  sought = $state("");
  role = $state<Role | "">("");
  team = $state("");
  /** Those who were added last. */
  added = $state<PersonLine[]>([]);

  /** Whoever is looked for, those who are shut out last. */
  get shown(): PersonLine[] {
    return (this.lines ?? [])
      .filter(
        (line) =>
          matches(this.sought, line.name, line.team) &&
          (!this.role || line.role === this.role) &&
          (!this.team || line.team === this.team),
      )
      .sort((a, b) => Number(a.disabled) - Number(b.disabled) || inOrder(a.name, b.name));
  }

  get narrowed(): boolean {
    return Boolean(this.sought.trim() || this.role || this.team);
  }

  /** The teams in use. */
  get teams(): string[] {
    const teams = new Set((this.lines ?? []).map((line) => line.team).filter(Boolean));
    return [...teams].sort(inOrder);
  }

  called(name: string): PersonLine | undefined {
    return this.lines?.find((line) => line.name === name);
  }

  clear(): void {
    this.sought = this.role = this.team = "";
  }

  async load(): Promise<void> {
    this.lines = await api.people();
  }

  async add(people: NewPerson[]): Promise<void> {
    this.added = await api.addPeople(people);
    this.lines = [...(this.lines ?? []), ...this.added];
  }

  /** How somebody stands now. */
  put(now: PersonLine): void {
    this.lines = (this.lines ?? []).map((line) => (line.name === now.name ? now : line));
  }
}
