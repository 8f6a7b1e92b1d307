// All that the pages ask of headquarters. Every call rejects with a Problem.

import type { Campaign } from "../lib/bindings/Campaign";
import type { CampaignId } from "../lib/bindings/CampaignId";
import type { Problem } from "../lib/bindings/Problem";
import type { Session } from "../lib/bindings/Session";
import type { Door } from "../lib/review/door";
import { hearChanges } from "./live";

/** Shows headquarters that a request is this page's own; known once somebody is signed in. */
let csrf = "";

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers: { "content-type": "application/json", "x-blon-csrf": csrf },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (thrown) {
    throw { code: "unreachable", message: String(thrown) } satisfies Problem;
  }
  const text = await response.text();
  let answer: unknown;
  try {
    answer = text ? JSON.parse(text) : undefined;
  } catch {
    throw { code: "bad_answer", message: `${response.status} ${response.url}` } satisfies Problem;
  }
  if (!response.ok) throw answer;
  return answer as T;
}

async function opened(asked: Promise<Session>): Promise<Session> {
  const session = await asked;
  csrf = session.csrf;
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
