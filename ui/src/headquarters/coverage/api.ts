// What the page of coverage asks of headquarters. Rejects with a Problem.

import type { CampaignId } from "../../lib/bindings/CampaignId";
import type { Coverage } from "../../lib/bindings/Coverage";
import { call } from "../call";

export const coverage = (id: CampaignId) => call<Coverage>("GET", `campaigns/${id}/coverage`);
