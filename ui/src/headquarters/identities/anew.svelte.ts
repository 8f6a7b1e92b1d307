// Custodians change: everything that a key still opens is sealed to the campaign's keys of now, and put back in batches. It can be
// stopped at any moment and gone on with; doing it twice loses nothing.

import type { CampaignId } from "../../lib/bindings/CampaignId";
import type { IdentityLine } from "../../lib/bindings/IdentityLine";
import type { Problem } from "../../lib/bindings/Problem";
import type { SealAnew } from "../../lib/bindings/SealAnew";
import type { TakenOut } from "../../lib/bindings/TakenOut";
import { asProblem } from "../../lib/problem";
import { campaigns } from "../api";
import * as api from "./api";
import type { HeldKey } from "./heldKey.svelte";
import { insideOf, ofWhom, opened, sealedTo } from "./opening";

/** How many stories are put back at once. */
const BATCH = 25;

export class SealingAnew {
  running = $state(false);
  /** Whether everything was gone through. */
  finished = $state(false);
  all = $state(0);
  /** The stories that were gone through, whatever became of them. */
  done = $state(0);
  /** How many sealings were put back. */
  sealed = $state(0);
  /** The storytellers of whom something is left as it was: the key does not open it. */
  left = $state.raw<string[]>([]);
  /** The storytellers beside whose story another's identity was put. */
  misplaced = $state.raw<string[]>([]);

  #through = new Set<string>();
  #stopped = false;

  stop(): void {
    this.#stopped = true;
  }

  /** Goes through what is left to do. Rejects with a Problem; what was put back stays so. */
  async run(campaign: CampaignId, recipients: string[], reason: string, key: HeldKey): Promise<void> {
    this.running = true;
    this.#stopped = false;
    if (this.finished) this.#begin();
    try {
      await areStill(campaign, recipients);
      const lines = await api.identities(campaign);
      const open = lines.filter(({ story }) => !this.#through.has(story));
      this.all = this.#through.size + open.length;
      while (open.length && !this.#stopped) {
        await this.#batch(campaign, recipients, reason, key, open.splice(0, BATCH));
      }
      this.finished = this.#through.size === this.all;
    } finally {
      this.running = false;
      this.done = this.#through.size;
    }
  }

  #begin(): void {
    this.#through.clear();
    this.done = this.sealed = 0;
    this.left = this.misplaced = [];
    this.finished = false;
  }

  async #batch(
    campaign: CampaignId,
    recipients: string[],
    reason: string,
    key: HeldKey,
    lines: IdentityLine[],
  ): Promise<void> {
    const anew: SealAnew[] = [];
    const through: string[] = [];
    const [left, misplaced] = [new Set(this.left), new Set(this.misplaced)];
    for (const { story, storyteller } of lines) {
      if (this.#stopped) break;
      const secret = key.use();
      if (!secret) {
        this.#stopped = true;
        break;
      }
      const taken = await unlessGone(api.takeOut(campaign, story, reason));
      for (const { record, sealed, face: sealedFace, face_awaited: awaited } of taken?.copies ?? []) {
        const words = await opened(sealed, secret);
        if (!words) {
          left.add(storyteller);
          continue;
        }
        const face = sealedFace ? await opened(sealedFace, secret) : undefined;
        // One that is still to come is sealed to the keys of before.
        if (awaited || face === null) left.add(storyteller);
        if (insideOf(words)?.of !== storyteller || (face && ofWhom(face) !== storyteller))
          misplaced.add(storyteller);
        const one: SealAnew = { record, sealed: await sealedTo(words, recipients) };
        if (face) one.face = await sealedTo(face, recipients);
        anew.push(one);
        words.fill(0);
        face?.fill(0);
      }
      through.push(story);
      this.done = this.#through.size + through.length;
    }
    this.sealed += await putBack(campaign, anew);
    for (const story of through) this.#through.add(story);
    [this.left, this.misplaced] = [[...left], [...misplaced]];
  }
}

/** Rejects with `campaign_changed` where the campaign's keys are no longer those that the custodian saw. */
async function areStill(campaign: CampaignId, recipients: string[]): Promise<void> {
  const here = (await campaigns()).find((one) => one.campaign.id === campaign);
  if ((here?.campaign.custodian_keys ?? []).join() !== recipients.join()) {
    throw { code: "campaign_changed", message: "the keys are others by now" } satisfies Problem;
  }
}

/** Nothing, where the story was withdrawn meanwhile. */
async function unlessGone(taken: Promise<TakenOut>): Promise<TakenOut | undefined> {
  try {
    return await taken;
  } catch (thrown) {
    if (asProblem(thrown).code !== "story_not_found") throw thrown;
    return undefined;
  }
}

/** Gives how many were put back. One that was withdrawn meanwhile does not hold the others up. */
async function putBack(campaign: CampaignId, anew: SealAnew[]): Promise<number> {
  if (anew.length === 0) return 0;
  try {
    await api.putAnew(campaign, anew);
    return anew.length;
  } catch (thrown) {
    if (asProblem(thrown).code !== "story_not_found") throw thrown;
    if (anew.length === 1) return 0;
    let put = 0;
    for (const one of anew) put += await putBack(campaign, [one]);
    return put;
  }
}
