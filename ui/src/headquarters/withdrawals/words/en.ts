// What is read at headquarters about withdrawals, in English.

import { countedEn as counted } from "../../../lib/i18n/counted";
import type { WithdrawalsWords } from "./fr";

export const en: WithdrawalsWords = {
  title: "Withdrawals",
  lead: "Whoever told a story can take it back at any time, without saying why. The code on their slip is all it takes.",
  reload: "Reload",
  take: "Take a withdrawal",

  consequences: {
    here: "At headquarters, all that is of this story is erased at once: text, photos, sound, decisions.",
    devices: "On devices, it is erased with their next syncs.",
    exports: "What was exported before cannot be erased from here. The receipt says whom to ask.",
  },

  receipt: "Receipt of a withdrawal",
  campaign: "Campaign",
  code: "Code",
  when: "Withdrawn on",
  heard: "Known at headquarters on",
  by: "Taken by",
  onDevice: (who) => `${who}, on a device`,
  atHeadquarters: (who) => `${who}, at headquarters`,
  tool: "The tool, on headquarters’ machine",
  erasing: "Erased",
  erased: (when, files) =>
    files === 0
      ? `The story has been erased at headquarters since ${when}.`
      : `The story and ${counted(files, "file", "files")} have been erased at headquarters since ${when}.`,
  notCome: "No story with this code has come to headquarters yet. If it comes, nothing of it will be kept.",
  devices: "Devices that have this story erase it with their next sync.",
  exported: (times) =>
    `Before this withdrawal, stories of the campaign had left headquarters ${counted(times, "time", "times")}. Only whoever has these files can erase them; headquarters asks them to.`,
  signature: "Date and signature of whoever took the withdrawal",
  print: "Print the receipt",
  another: "Back to the withdrawals",

  left: "Left headquarters before this withdrawal",
  leftWhy: "This story may be in these files. From here, nobody can erase it there.",
  nothingLeft: "Nothing had left headquarters before: there is nothing to ask of anybody.",
  ask: (who) => `Ask ${who} to erase:`,
  askTool: "Ask whoever uses headquarters’ machine to erase:",
  taken: (times, last) => (times === 1 ? `taken on ${last}` : `taken ${times} times, the last on ${last}`),

  list: (n) => (n === 0 ? "No withdrawal" : counted(n, "withdrawal", "withdrawals")),
  none: "Nobody has withdrawn a story of this campaign yet.",
  waits: "Waits for the story",
  waitsWhy: "No story with this code has come yet. It will be erased as it comes.",
  erasedOn: (when) => `Erased at headquarters on ${when}`,
  files: (n) => `with ${counted(n, "file", "files")}`,
  show: "Receipt",
  showOf: (code) => `Receipt of the withdrawal ${code}`,
};
