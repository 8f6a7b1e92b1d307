// How far the set-up of a campaign has come: read off what exists, so that it can be left and come back to.

import type { CampaignHere } from "../../lib/bindings/CampaignHere";

/** In their order; the first is done once somebody is signed in. */
export const steps = ["account", "campaign", "questionnaire", "key"] as const;
export type Step = (typeof steps)[number];

/** What is left to do. */
export function openSteps(here: CampaignHere | undefined): Step[] {
  if (!here) return ["campaign", "questionnaire", "key"];
  if (here.plan.archived) return [];
  const open: Step[] = [];
  if (!here.form) open.push("questionnaire");
  if (!here.campaign.custodian_keys?.length) open.push("key");
  return open;
}
