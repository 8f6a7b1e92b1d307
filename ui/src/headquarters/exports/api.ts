// Where the browser downloads exports from.

import type { Audience } from "../../lib/bindings/Audience";
import type { CampaignId } from "../../lib/bindings/CampaignId";
import type { Status } from "../../lib/bindings/Status";

/** What can be downloaded, by the name that headquarters has for it. */
export const shapes = [
  "stories.xlsx",
  "stories.csv",
  "csv.zip",
  "stories.jsonl",
  "evidence.zip",
  "manifest.json",
] as const;
export type Shape = (typeof shapes)[number];

/** How the columns of an export are headed. */
export type Headings = "name" | "fr" | "en";

/** What is exported; what is empty narrows nothing. */
export interface Wanted {
  headings: Headings;
  from: string;
  to: string;
  status: Status | "";
  /** To whom it goes. */
  audience: Audience;
  rejected: boolean;
}

export function address(campaign: CampaignId, shape: Shape, wanted: Wanted): string {
  const asked = Object.entries(wanted)
    .map(([name, value]): [string, string] => [name, String(value)])
    .filter(([, value]) => value !== "");
  return `/api/campaigns/${campaign}/exports/${shape}?${new URLSearchParams(asked)}`;
}

/** What spreadsheets read by themselves. */
export const feed = (campaign: CampaignId) => `${location.origin}/api/campaigns/${campaign}/odata`;
