// What is asked of headquarters about sealed identities. No key, and nothing that a key opened, stands in any of it.

import type { CampaignId } from "../../lib/bindings/CampaignId";
import type { IdentityLine } from "../../lib/bindings/IdentityLine";
import type { SealAnew } from "../../lib/bindings/SealAnew";
import type { StoryId } from "../../lib/bindings/StoryId";
import type { TakenOut } from "../../lib/bindings/TakenOut";
import type { TakeOut } from "../../lib/bindings/TakeOut";
import { call } from "../call";

const path = (campaign: CampaignId) => `campaigns/${campaign}/identities`;

export const identities = (campaign: CampaignId) => call<IdentityLine[]>("GET", path(campaign));
/** Takes out what is sealed of a story; headquarters notes who did, and why. */
export const takeOut = (campaign: CampaignId, story: StoryId, reason: string) =>
  call<TakenOut>("POST", `${path(campaign)}/${story}`, { reason } satisfies TakeOut);
/** Puts other sealed files in the place of those that are there: all or none. */
export const putAnew = (campaign: CampaignId, anew: SealAnew[]) => call<void>("PUT", path(campaign), anew);
