// All that the pages ask of headquarters. Every call rejects with a Problem.

import type { Campaign } from "../lib/bindings/Campaign";
import type { CampaignId } from "../lib/bindings/CampaignId";
import type { Session } from "../lib/bindings/Session";
import type { Door } from "../lib/review/door";
import { call, remember } from "./call";
import { hearChanges } from "./live";

async function opened(asked: Promise<Session>): Promise<Session> {
  const session = await asked;
  remember(session.csrf);
  return session;
}

export const session = () => opened(call<Session>("GET", "session"));
export const signIn = (name: string, password: string) =>
  opened(call<Session>("POST", "session", { name, password }));
export const signOut = () => call<void>("DELETE", "session");

export const campaigns = () => call<Campaign[]>("GET", "campaigns");

/** The door through which the stories of a campaign are reviewed. */
export function doorTo(campaign: CampaignId): Door {
  const path = `campaigns/${campaign}`;
  return {
    stories: (query) => {
      const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
      return call("GET", `${path}/stories?${asked}`);
    },
    story: (id) => call("GET", `${path}/stories/${id}`),
    decide: (id, decision) => call("POST", `${path}/stories/${id}/decisions`, decision),
    remark: (id, remark) => call("POST", `${path}/stories/${id}/remarks`, remark),
    askForFile: (sha256) => call("POST", `${path}/files/${sha256}/ask`),
    fileUrl: async ({ sha256 }) => `/api/${path}/files/${sha256}`,
    hearChanges,
  };
}
