// What a role needs at headquarters. The rules are the server's; these spare people what it would refuse.

import type { Role } from "../lib/bindings/Role";

/** In the order in which people are added: the many first. */
export const roles: readonly Role[] = [
  "collector",
  "supervisor",
  "verifier",
  "analyst",
  "admin",
  "custodian",
];

/** Whether somebody signs in to these pages, and so needs a password. */
export const signsIn = (role: Role) => role !== "collector";

/** Whether somebody works with the app, and so needs a device. */
export const hasDevice = (role: Role) => ["collector", "supervisor", "verifier"].includes(role);
