// The one door from the pages to headquarters. Every call rejects with a Problem.

import type { Campaign } from "../lib/bindings/Campaign";
import type { CampaignId } from "../lib/bindings/CampaignId";
import type { Decide } from "../lib/bindings/Decide";
import type { Digest } from "../lib/bindings/Digest";
import type { QueueQuery } from "../lib/bindings/QueueQuery";
import type { Remark } from "../lib/bindings/Remark";
import type { Problem } from "../lib/bindings/Problem";
import type { Session } from "../lib/bindings/Session";
import type { StoryId } from "../lib/bindings/StoryId";
import type { StoryList } from "../lib/bindings/StoryList";
import type { StoryPage } from "../lib/bindings/StoryPage";

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
export const stories = (campaign: CampaignId, query: Partial<QueueQuery>) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const asked = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return call<StoryList>("GET", `campaigns/${campaign}/stories?${asked}`);
};
export const story = (campaign: CampaignId, id: StoryId) =>
  call<StoryPage>("GET", `campaigns/${campaign}/stories/${id}`);
export const decide = (campaign: CampaignId, id: StoryId, decision: Decide) =>
  call<StoryPage>("POST", `campaigns/${campaign}/stories/${id}/decisions`, decision);

export const remark = (campaign: CampaignId, id: StoryId, remark: Remark) =>
  call<StoryPage>("POST", `campaigns/${campaign}/stories/${id}/remarks`, remark);

/** Devices send this file before others. */
export const askForFile = (campaign: CampaignId, sha256: Digest) =>
  call<void>("POST", `campaigns/${campaign}/files/${sha256}/ask`);

/** Where the browser finds a file's bytes. */
export const fileAddress = (campaign: CampaignId, sha256: Digest) =>
  `/api/campaigns/${campaign}/files/${sha256}`;
