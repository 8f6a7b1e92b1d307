// What all pages ask of headquarters; what one room asks stands in its own `api.ts`. Every call rejects with a Problem.

import type { CampaignHere } from "../lib/bindings/CampaignHere";
import type { CampaignId } from "../lib/bindings/CampaignId";
import type { FirstAdmin } from "../lib/bindings/FirstAdmin";
import type { Invited } from "../lib/bindings/Invited";
import type { PersonName } from "../lib/bindings/PersonName";
import type { Session } from "../lib/bindings/Session";
import type { SetUp } from "../lib/bindings/SetUp";
import type { SignIn } from "../lib/bindings/SignIn";
import type { TakeInvitation } from "../lib/bindings/TakeInvitation";
import type { Door } from "../lib/review/door";
import { call, remember } from "./call";
import { hearChanges } from "./live";

async function opened(asked: Promise<Session>): Promise<Session> {
  const session = await asked;
  remember(session.csrf);
  return session;
}

export const session = () => opened(call<Session>("GET", "session"));
export const signIn = (who: SignIn) => opened(call<Session>("POST", "session", who));
export const signOut = () => call<void>("DELETE", "session");

/** Whether nobody can sign in yet. */
export const setUp = () => call<SetUp>("GET", "set-up");
export const beFirstAdmin = (admin: FirstAdmin) => opened(call<Session>("POST", "set-up", admin));

/** Whom an invitation is for. */
export const invitedBy = (secret: string) =>
  call<PersonName>("POST", "invitations/who", { secret } satisfies Invited);
export const takeInvitation = (taken: TakeInvitation) => opened(call<Session>("POST", "invitations", taken));

export const campaigns = () => call<CampaignHere[]>("GET", "campaigns");

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
