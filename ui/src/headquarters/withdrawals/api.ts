// What is asked of headquarters about withdrawals.

import type { CampaignId } from "../../lib/bindings/CampaignId";
import type { WithdrawalLine } from "../../lib/bindings/WithdrawalLine";
import type { WithdrawalReceipt } from "../../lib/bindings/WithdrawalReceipt";
import { call } from "../call";

const path = (campaign: CampaignId) => `campaigns/${campaign}/withdrawals`;

export const withdrawals = (campaign: CampaignId) => call<WithdrawalLine[]>("GET", path(campaign));
/** Takes a withdrawal; for one that was taken, gives its receipt again and changes nothing. */
export const withdraw = (campaign: CampaignId, code: string) =>
  call<WithdrawalReceipt>("POST", path(campaign), { code });
