// What an administrator asks of headquarters about devices, and about the codes by which they are taken in.

import type { CampaignId } from "../../lib/bindings/CampaignId";
import type { DeviceId } from "../../lib/bindings/DeviceId";
import type { DeviceLine } from "../../lib/bindings/DeviceLine";
import type { EnrolmentCode } from "../../lib/bindings/EnrolmentCode";
import type { NewCodes } from "../../lib/bindings/NewCodes";
import type { OpenCode } from "../../lib/bindings/OpenCode";
import type { PersonName } from "../../lib/bindings/PersonName";
import { call } from "../call";

export const devices = () => call<DeviceLine[]>("GET", "devices");
export const revoke = (id: DeviceId) => call<void>("POST", `devices/${id}/revoke`);
export const erase = (id: DeviceId) => call<void>("POST", `devices/${id}/erase`);

export const openCodes = (campaign: CampaignId) => call<OpenCode[]>("GET", `campaigns/${campaign}/codes`);
export const makeCodes = (campaign: CampaignId, people: PersonName[]) =>
  call<EnrolmentCode[]>("POST", `campaigns/${campaign}/codes`, { people } satisfies NewCodes);
export const takeBackCode = (campaign: CampaignId, id: number) =>
  call<void>("DELETE", `campaigns/${campaign}/codes/${id}`);
