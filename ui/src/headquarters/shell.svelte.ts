// Who is signed in, which campaigns they take part in, and where they are. A session that ends puts the sign-in over
// the page without taking it down: what was being written is still there after.

import type { CampaignHere } from "../lib/bindings/CampaignHere";
import type { Problem } from "../lib/bindings/Problem";
import type { Session } from "../lib/bindings/Session";
import { asProblem } from "../lib/problem";
import * as api from "./api";
import { type Place, placeAt } from "./rooms";

export class Shell {
  session = $state<Session | null>(null);
  /** Whether it is known if somebody is signed in. */
  asked = $state(false);
  /** Whether the session ended while somebody worked. */
  signedOut = $state(false);
  /** Whether nobody can sign in yet. */
  needsSetUp = $state(false);
  /** The secret of the invitation that somebody came with; empty where it is still to be typed. */
  invitation = $state<string | null>(null);
  problem = $state<Problem | null>(null);
  hash = $state("");

  #listed = $state<CampaignHere[] | null>(null);
  #chosen = $state<string | null>(null);

  /** Whether it is known which campaigns there are. */
  get known(): boolean {
    return this.#listed !== null;
  }

  /** Those in work first. */
  get campaigns(): CampaignHere[] {
    return [...(this.#listed ?? [])].sort((a, b) => Number(a.plan.archived) - Number(b.plan.archived));
  }

  get campaign(): CampaignHere | undefined {
    return this.campaigns.find(({ campaign }) => campaign.id === this.#chosen) ?? this.campaigns[0];
  }

  get place(): Place | undefined {
    return this.session && this.known
      ? placeAt(this.hash, this.session.role, this.campaigns.length > 0)
      : undefined;
  }

  async start(): Promise<void> {
    this.go();
    try {
      await this.begin(await api.session());
    } catch (thrown) {
      const found = asProblem(thrown);
      if (found.code === "signed_out") await this.#askSetUp();
      else this.problem = found;
    } finally {
      this.asked = true;
    }
  }

  async #askSetUp(): Promise<void> {
    try {
      this.needsSetUp = (await api.setUp()).needed;
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
  }

  /** Somebody is signed in now. */
  async begin(found: Session): Promise<void> {
    const other = this.session !== null && this.session.person !== found.person;
    this.session = found;
    this.signedOut = false;
    this.needsSetUp = false;
    this.invitation = null;
    if (other) {
      this.#listed = this.#chosen = null;
      location.hash = "";
    }
    await this.read();
  }

  /** Reads anew which campaigns there are. */
  async read(): Promise<void> {
    try {
      this.#listed = await api.campaigns();
      this.problem = null;
    } catch (thrown) {
      this.fail(asProblem(thrown));
    }
  }

  choose(campaign: string): void {
    this.#chosen = campaign;
  }

  /** A campaign was made or changed. */
  async changed(campaign?: string): Promise<void> {
    await this.read();
    if (campaign !== undefined) this.#chosen = campaign;
  }

  fail(found: Problem): void {
    if (found.code === "signed_out") this.signedOut = true;
    else this.problem = found;
  }

  /** The address has changed. What an invitation says must not stay in it, nor in what the browser remembers. */
  go(): void {
    const invited = /^#\/invitation(?:\/(.*))?$/.exec(location.hash);
    if (invited) {
      this.invitation = invited[1] ?? "";
      history.replaceState(null, "", location.pathname + location.search);
    }
    if (this.hash !== location.hash) this.problem = null;
    this.hash = location.hash;
  }

  async leave(): Promise<void> {
    try {
      await api.signOut();
    } finally {
      location.hash = "";
      location.reload();
    }
  }
}
