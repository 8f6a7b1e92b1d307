// How a device stands, in one word, from what headquarters says of it.

import type { ChipTone } from "../../lib/parts/Chip.svelte";
import type { IconName } from "../../lib/parts/Icon.svelte";
import type { DeviceLine } from "../../lib/bindings/DeviceLine";

export type Standing = "active" | "never" | "revoked" | "asked" | "told" | "done";

export function standingOf(device: DeviceLine): Standing {
  if (device.erase) return device.erase === "done" || !device.revoked ? device.erase : "revoked";
  if (device.revoked) return "revoked";
  return device.last_sync === null ? "never" : "active";
}

/** Whether it may sync, or could again without a new code. */
export const isIn = (device: DeviceLine) => ["active", "never", "asked", "told"].includes(standingOf(device));

export const looks: Record<Standing, [IconName, ChipTone]> = {
  active: ["check", "good"],
  never: ["clock", "warn"],
  revoked: ["lock", "bad"],
  asked: ["clock", "warn"],
  told: ["sync", "warn"],
  done: ["trash", "done"],
};
