// The devices of a campaign, the codes that are open, and for whom codes are made next.

import { SvelteSet } from "svelte/reactivity";
import type { DeviceLine } from "../../lib/bindings/DeviceLine";
import type { EnrolmentCode } from "../../lib/bindings/EnrolmentCode";
import type { CampaignHere } from "../../lib/bindings/CampaignHere";
import type { OpenCode } from "../../lib/bindings/OpenCode";
import type { PersonLine } from "../../lib/bindings/PersonLine";
import type { PersonName } from "../../lib/bindings/PersonName";
import { people } from "../people/api";
import { hasDevice } from "../roles";
import { inOrder, matches } from "../seek";
import * as api from "./api";
import { isIn } from "./standing";

/** Somebody for whom a code may be made. */
export interface Candidate {
  person: PersonLine;
  /** Whether a device of theirs is in this campaign. */
  device: boolean;
  /** Whether a code of theirs is open. */
  code: boolean;
}

export class Devices {
  devices = $state<DeviceLine[] | null>(null);
  codes = $state<OpenCode[]>([]);
  made = $state<EnrolmentCode[]>([]);
  chosen = new SvelteSet<PersonName>();
  sought = $state("");

  #here: CampaignHere;
  #people = $state<PersonLine[]>([]);

  constructor(here: CampaignHere) {
    this.#here = here;
  }

  get #id() {
    return this.#here.campaign.id;
  }

  /** Those that may sync first. */
  get shown(): DeviceLine[] {
    return (this.devices ?? [])
      .filter((device) => matches(this.sought, device.person, device.app ?? ""))
      .sort((a, b) => Number(isIn(b)) - Number(isIn(a)) || inOrder(a.person, b.person));
  }

  /** Those of the campaign's teams who work with the app, by team. */
  get teams(): [string, Candidate[]][] {
    const { teams } = this.#here.plan;
    const candidates = this.#people
      .filter(({ role, team, disabled }) => {
        return hasDevice(role) && !disabled && (teams.length === 0 || teams.includes(team));
      })
      .sort((a, b) => inOrder(a.team, b.team) || inOrder(a.name, b.name))
      .map((person) => ({
        person,
        device: (this.devices ?? []).some((device) => device.person === person.name && isIn(device)),
        code: this.codes.some((code) => code.person === person.name),
      }));
    const names = [...new Set(candidates.map(({ person }) => person.team))];
    return names.map((name) => [name, candidates.filter(({ person }) => person.team === name)]);
  }

  get candidates(): Candidate[] {
    return this.teams.flatMap(([, candidates]) => candidates);
  }

  async load(): Promise<void> {
    const [all, codes, everybody] = await Promise.all([api.devices(), api.openCodes(this.#id), people()]);
    this.devices = all.filter((device) => device.campaign === this.#id);
    this.codes = codes;
    this.#people = everybody;
  }

  /** Those who have neither a device nor a code yet. */
  get lacking(): Candidate[] {
    return this.candidates.filter(({ device, code }) => !device && !code);
  }

  chooseThoseLacking(): void {
    this.chosen.clear();
    for (const { person } of this.lacking) this.chosen.add(person.name);
  }

  async make(): Promise<void> {
    const wanted = this.candidates.map(({ person }) => person.name).filter((name) => this.chosen.has(name));
    this.made = await api.makeCodes(this.#id, wanted);
    this.chosen.clear();
    this.codes = await api.openCodes(this.#id);
  }

  async takeBack(code: OpenCode): Promise<void> {
    await api.takeBackCode(this.#id, code.id);
    this.codes = await api.openCodes(this.#id);
  }

  async revoke(device: DeviceLine): Promise<void> {
    await api.revoke(device.id);
    await this.load();
  }

  async erase(device: DeviceLine): Promise<void> {
    await api.erase(device.id);
    await this.load();
  }
}
