// What a custodian of identities reads at headquarters, in English.

import { listed } from "../../../lib/i18n";
import { countedEn as counted } from "../../../lib/i18n/counted";
import type { IdentitiesWords } from "./fr";

export const en: IdentitiesWords = {
  title: "Identities",
  lead: "Who told a story is sealed at headquarters, which cannot open it. Here you open it with your key, for a reason that the log keeps.",
  reload: "Reload",

  key: {
    title: "Your key",
    why: "It stays in this page’s memory: it is neither sent nor stored. It is forgotten when you leave this page, and five minutes after it was last used.",
    file: "Take the key’s file",
    paste: "Or paste the key",
    take: "Take this key",
    held: "This page holds the key whose public half is:",
    forget: "Forget the key",
    expired: "The key was not used for five minutes: it is forgotten, and what it had opened is closed.",
  },

  search: "Find a storyteller’s code",
  count: (n) => (n === 0 ? "No identity" : counted(n, "sealed identity", "sealed identities")),
  none: "No sealed identity has come yet.",
  more: "Show more",
  line: (collector, when, copies) =>
    `Collected by ${collector}, came on ${when}${copies > 1 ? `, sealed ${copies} times` : ""}`,

  open: "Open",
  openOf: (storyteller) => `Open who ${storyteller} is`,
  reason: "Reason",
  reasonHint: "It stays in headquarters’ log, with your name. Do not write there who it is.",
  keyFirst: "Take your key first, at the top of this page.",
  openNow: "Take out and open",
  cancel: "Cancel",
  close: "Close",

  inside: { name: "Name", phone: "Telephone", place: "Exact place", masked: "Masked in the story" },
  face: {
    alt: "The storyteller’s face",
    awaited: "A photo of the face was taken; it is not at headquarters yet. Photos come after the words.",
    unopened: "There is a photo of the face; your key does not open it.",
    misplaced:
      "Beware: the photo beside this story is another storyteller’s. Do not use it; tell the administrator.",
  },
  contactAgain: (agreed) =>
    agreed
      ? "They agreed to be contacted again."
      : agreed === false
        ? "They did not agree to be contacted again: do not call."
        : "They were not asked whether they may be contacted again.",
  last: (when) => `Sealed last, came on ${when}`,
  earlier: (when) => `Sealed before, came on ${when}`,
  unopened: "Your key does not open this one: it is sealed to other custodians.",
  misplaced: (of, storyteller) =>
    `Beware: this is the identity of ${of}, not of ${storyteller}. It was put beside another story. Call nobody; tell the administrator.`,

  anew: {
    title: "Seal everything anew",
    why: "When custodians change, whoever still has a key that opens seals everything to the custodians of today. Each story is taken out for the reason given, opened and sealed here, then put back. It can be stopped and gone on with.",
    noKey: "The campaign has no custodian’s key to seal to.",
    to: (n) =>
      n === 1 ? "Everything will open with this key:" : "Everything will open with each of these keys:",
    yours: "Yours",
    known: "I have checked with the custodians that these are their keys, all of them, and no other.",
    reasonHint: "It is noted for each story.",
    begin: "Seal everything anew",
    goOn: "Go on",
    stop: "Stop",
    progress: (done, all) => `${done} of ${counted(all, "story", "stories")}`,
    done: (n) => `Done: ${counted(n, "identity", "identities")} sealed anew.`,
    left: (storytellers) => `Left as they were, since this key does not open them: ${listed(storytellers)}.`,
    misplaced: (storytellers) =>
      `Beside these stories stands somebody else’s identity: ${listed(storytellers)}. Tell the administrator.`,
  },
};
