// The rooms of headquarters' pages, and who has a door to them. Headquarters itself refuses whoever may not; this only
// spares people doors that stay shut.

import type { Role } from "../lib/bindings/Role";
import type { IconName } from "../lib/parts/Icon.svelte";

export type RoomName =
  | "setup"
  | "stories"
  | "coverage"
  | "campaign"
  | "questionnaire"
  | "exports"
  | "withdrawals"
  | "identities"
  | "people"
  | "devices"
  | "audit"
  | "account";

export interface Room {
  /** Also its address: `#/people`. */
  name: RoomName;
  icon: IconName;
  roles: readonly Role[];
  /** Whether it is about one campaign, and empty without. */
  ofCampaign?: boolean;
}

const everybody: Role[] = ["collector", "supervisor", "analyst", "admin", "custodian", "verifier"];

/** In the order in which they stand in the navigation. */
export const rooms: readonly Room[] = [
  { name: "setup", icon: "flag", roles: ["admin"] },
  { name: "stories", icon: "card", roles: ["supervisor", "analyst"], ofCampaign: true },
  { name: "coverage", icon: "chart", roles: ["supervisor", "analyst", "admin"], ofCampaign: true },
  { name: "campaign", icon: "community", roles: ["analyst", "admin"] },
  { name: "questionnaire", icon: "questions", roles: ["analyst", "admin"], ofCampaign: true },
  { name: "exports", icon: "file", roles: ["supervisor", "analyst"], ofCampaign: true },
  {
    name: "withdrawals",
    icon: "undo",
    roles: ["supervisor", "analyst", "admin", "custodian"],
    ofCampaign: true,
  },
  { name: "identities", icon: "key", roles: ["custodian"], ofCampaign: true },
  { name: "people", icon: "collective", roles: ["admin"] },
  { name: "devices", icon: "phone", roles: ["admin"], ofCampaign: true },
  { name: "audit", icon: "list", roles: ["admin"] },
  { name: "account", icon: "individual", roles: everybody },
];

/** Whose place in the navigation is the first is not where they begin. */
const beginsIn: Partial<Record<Role, RoomName>> = { admin: "people", custodian: "identities" };

export interface Place {
  room: Room;
  /** What the address says after the room: a story, a person; empty for the room itself. */
  rest: string;
}

export const addressOf = (room: RoomName, rest = "") =>
  `#/${room}${rest ? `/${encodeURIComponent(rest)}` : ""}`;

/** The rooms of a role. */
export const roomsOf = (role: Role) => rooms.filter((room) => room.roles.includes(role));

/** Where an address leads somebody; wherever it leads nowhere, to where they begin. */
export function placeAt(hash: string, role: Role, anyCampaign: boolean): Place | undefined {
  const [, room = "", rest = ""] = hash.split("/");
  const theirs = roomsOf(role);
  const meant = theirs.find(({ name }) => name === (room === "story" ? "stories" : room));
  if (meant) return { room: meant, rest: decoded(rest) };
  const first = role === "admin" && !anyCampaign ? "campaign" : beginsIn[role];
  const begin = theirs.find(({ name }) => name === first) ?? theirs[0];
  return begin && { room: begin, rest: "" };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
