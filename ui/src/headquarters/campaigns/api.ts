// What the pages of campaigns and questionnaires ask of headquarters. Every call rejects with a Problem.

import type { CampaignFile } from "../../lib/bindings/CampaignFile";
import type { CampaignHere } from "../../lib/bindings/CampaignHere";
import type { CampaignId } from "../../lib/bindings/CampaignId";
import type { Coverage } from "../../lib/bindings/Coverage";
import type { PersonName } from "../../lib/bindings/PersonName";
import type { Preview } from "../../lib/bindings/Preview";
import type { Previewed } from "../../lib/bindings/Previewed";
import type { QuestionnairePage } from "../../lib/bindings/QuestionnairePage";
import type { Said } from "../../lib/bindings/Said";
import type { Uploaded } from "../../lib/bindings/Uploaded";
import type { Which } from "../../lib/bindings/Which";
import { call } from "../call";
import { put } from "./upload";

/** A campaign's file with its questionnaire, whose rows no page looks into. */
export type WholeFile = CampaignFile & { questionnaire?: unknown };

export const example = () => call<WholeFile>("GET", "example");
export const campaignFile = (id: CampaignId) => call<WholeFile>("GET", `campaigns/${id}/file`);
export const createCampaign = (file: WholeFile) => call<CampaignHere>("POST", "campaigns", file);
/** A file without a questionnaire, or without a key, leaves the one that is there. `seen` is the sum of what was read before. */
export const changeCampaign = (id: CampaignId, file: WholeFile, seen: string) =>
  call<CampaignHere>("PUT", `campaigns/${id}?seen=${seen}`, file);
/** All that is wrong with a campaign that was refused; nothing where the problem is another. */
export const findingsOf = (thrown: unknown): Said[] =>
  (thrown as Partial<{ findings: Said[] }> | null)?.findings ?? [];
/** Who collects for a campaign. */
export const collectors = async (id: CampaignId): Promise<PersonName[]> =>
  (await call<Coverage>("GET", `campaigns/${id}/coverage`)).collectors.map((count) => count.of);

export const questionnaire = (id: CampaignId) =>
  call<QuestionnairePage>("GET", `campaigns/${id}/questionnaire`);
/** Reads a workbook as the draft. `csrf` is the session's; `onPart` hears the part that is sent, from 0 to 1. */
export const upload = (id: CampaignId, workbook: File, csrf: string, onPart: (part: number) => void) =>
  put<Uploaded>(`campaigns/${id}/questionnaire/draft`, workbook, csrf, onPart);
export const takeDraftBack = (id: CampaignId) =>
  call<QuestionnairePage>("DELETE", `campaigns/${id}/questionnaire/draft`);
export const publish = (id: CampaignId) =>
  call<QuestionnairePage>("POST", `campaigns/${id}/questionnaire/publish`);
export const preview = (id: CampaignId, which: Which, step: Preview) =>
  call<Previewed>("POST", `campaigns/${id}/questionnaire/preview?which=${which}`, step);

// Where the browser downloads from.
export const fileAddress = (id: CampaignId) => `/api/campaigns/${id}/file`;
export const workbookAddress = (id: CampaignId, which: Which) =>
  `/api/campaigns/${id}/questionnaire.xlsx?which=${which}`;
