// What administrators read about people, in English.

import type { Role } from "../../../lib/bindings/Role";
import { countedEn as counted } from "../../../lib/i18n/counted";
import type { PeopleWords } from "./fr";

export const en: PeopleWords = {
  title: "People",
  lead: "Who works with headquarters, in which role and in which team.",
  add: "Add people",
  reload: "Reload",
  search: "Look for a name, a team",
  role: "Role",
  anyRole: "All roles",
  team: "Team",
  anyTeam: "All teams",
  all: (n) => counted(n, "person", "people"),
  some: (n, all) => `${n} of ${counted(all, "person", "people")}`,
  none: "Nobody matches.",
  clear: "Show everybody",
  back: "All people",
  notThere: "There is no such person.",

  disabled: "Shut out",
  invitedUntil: (when) => `Invited until ${when}`,
  noPassword: "No password",
  second: "Second factor",
  devices: (n) => (n === 0 ? "No device" : counted(n, "device", "devices")),
  sessions: (n) => counted(n, "session", "sessions"),

  names: "Names",
  namesHint: "One name a line; a list copied from elsewhere will do. The same role and team for all.",
  teamHint: "Choose one or write a new one. May stay empty.",
  roleHint: {
    collector: "Collects stories, with the app.",
    supervisor: "Reviews the stories of a team, here and with the app.",
    verifier: "Asks others whether the change happened, with the app.",
    analyst: "Reads all stories, prepares campaigns and questionnaires, exports.",
    admin: "Keeps accounts, devices and campaigns. Reads no story.",
    custodian: "Keeps the key of the identities. Reads no story.",
  },
  addThese: (n) => (n === 0 ? "Add" : `Add ${counted(n, "person", "people")}`),
  nobodyAdded: "Nobody was added. To correct:",
  fault: {
    taken: (line, name) => `Line ${line}: “${name}” exists already.`,
    twice: (line, name) => `Line ${line}: “${name}” is in the list twice.`,
    long: (line, name) => `Line ${line}: “${name}” is too long.`,
  },
  added: (n) => (n === 1 ? "One person added." : `${n} people added.`),
  addedDevices: "Make the codes for their devices",
  addedInvite: "Open their name in the list to invite them to choose a password.",

  roleAndTeam: "Role and team",
  changeEnds: "Their sessions end: they will sign in again, with what they may do now.",
  save: "Save",
  saved: "Saved.",
  password: "Password",
  hasPassword: "Has chosen a password.",
  hasNoPassword: "Has not chosen a password yet: cannot sign in here.",
  invite: "Invite",
  inviteAnew: "Make the invitation anew",
  reset: "Have a new password chosen",
  resetWhy: "The old one stays good until a new one is chosen.",
  invitationMade: (who) => `Invitation for ${who}`,
  invitationOnce: (when) =>
    `Hand it over in person or by a safe channel. It works once, until ${when}, and will not be shown again.`,
  link: "Link to open",
  readOut: "Read it out over the telephone",
  readAddress: "In the browser, open",
  readButton: "Touch “I have an invitation”.",
  readSecret: "Type this (capital and small letters count):",
  handedOver: "It is handed over",

  secondWhy: "Six digits of their phone are asked for whenever they sign in.",
  secondRemove: "Remove the second factor",
  secondRemoveWhy: (who) =>
    `Only if ${who} has lost the phone, and if you are sure that it is this person who asks. The password alone will do again.`,

  sessionsTitle: "Open sessions",
  noSession: "No open session.",
  endSessions: "End their sessions",
  endSessionsWhy: (who) =>
    `${who} will have to sign in again everywhere. What was not sent from these pages is lost.`,

  devicesTitle: "Devices",
  noDevice: "No device syncs for this person.",
  toDevices: "See the devices",

  access: "Access",
  isEnabled: "This person may work with headquarters.",
  isDisabled: "This person can neither sign in nor sync. What they did stays.",
  disable: "Shut out",
  enable: "Let in again",
  sure: (action, who) => `${action}: ${who}?`,
  disableWhy:
    "Their sessions end and their devices sync no more. What is at headquarters stays; what was not sent yet stays on their devices. You can let them in again.",
  enableWhy:
    "This person will be able to sign in and sync again, with the same password and the same devices.",
};
