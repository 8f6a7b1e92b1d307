// What the set-up asks of headquarters.

import type { CampaignFile } from "../../lib/bindings/CampaignFile";
import type { CampaignHere } from "../../lib/bindings/CampaignHere";
import { changeCampaign } from "../campaigns/api";

/** Gives a campaign the keys to which names are sealed from now on; everything else of it stays. */
export function sealTo(here: CampaignHere, recipients: string[]): Promise<CampaignHere> {
  const file: CampaignFile = { ...here.campaign, plan: here.plan, custodian_keys: recipients };
  return changeCampaign(here.campaign.id, file, here.sum);
}
