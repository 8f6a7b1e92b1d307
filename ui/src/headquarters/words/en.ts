// What people read at headquarters, in English.

import type { HeadquartersWords } from "./fr";

const counted = (n: number, one: string, many: string) => `${n}\u00a0${n === 1 ? one : many}`;

export const en: HeadquartersWords = {
  place: "Headquarters",
  tagline: "Stories of change",
  name: "Name",
  password: "Password",
  signIn: "Sign in",
  signingIn: "Signing in…",
  signInTitle: "Sign in",
  signOut: "Sign out",
  campaign: "Campaign",
  reload: "Reload",

  role: {
    collector: "Collection",
    supervisor: "Supervision",
    analyst: "Analysis",
    admin: "Administration",
    custodian: "Custody of identities",
  },

  list: {
    title: "Stories",
    count: (n) => counted(n, "story", "stories"),
    all: "All",
    none: "No story has arrived yet. They appear here as soon as a device syncs.",
    noneHere: "No story in this state.",
    by: (who) => `Collected by ${who}`,
    files: (there, all) => (there === all ? counted(all, "file", "files") : `${there} of ${all} files`),
    conflict: "Two revisions to settle",
    search: "Find a title, a place, a name",
    training: "See practice",
    counted: "See the stories that count",
  },

  story: {
    backToList: "All stories",
    collector: "Collected by",
    revisionRead: "Revision read",
    newest: "the newest",
    old: "You are reading an older revision. A decision is about the newest.",
    note: "The collector’s word",
    clock: (ahead, span) =>
      `The clock of the device was ${span} ${ahead ? "ahead" : "behind"} when it sent this revision: read its dates and times so.`,
    arrived: (have, all) => `${have} of ${all} have arrived.`,
    ask: "Ask for this file first",
    asked: "Asked for: it will come before others.",
    conflictRevisions:
      "Two revisions were made apart. Read both; return the story so that the collector brings them together.",
    conflictDecisions: "Decisions were made apart. A new decision replaces them.",
    history: "History",
    revisedBy: (who) => `Revision signed off by ${who}`,
    returnedBy: (who, comments) => `Returned by ${who} with ${counted(comments, "comment", "comments")}`,
    approvedBy: (who) => `Approved by ${who}`,
  },

  review: {
    title: "Your review",
    lead: "Comment on an answer below it, or on the story as a whole.",
    comment: "Comment",
    commentWhole: "Comment on the whole story",
    commentOn: (answer) => `Comment on “${answer}”`,
    keep: "Keep this comment",
    drop: "Remove this comment",
    change: (n) => `change ${n}`,
    pending: (n) => counted(n, "comment to send", "comments to send"),
    nonePending: "No comment to send.",
    return: (n) => `Return with ${counted(n, "comment", "comments")}`,
    returnTitle: "Return this story?",
    returnText: (who) => `${who} receives it at the next sync, with your comments.`,
    approve: "Approve",
    approveTitle: "Approve this story?",
    approveText: (who) => `${who} sees it approved at the next sync.`,
    approveNote: "A word to the collector (optional)",
    approvePending: "Your comments that were not sent will be lost.",
    onlyRead: "Your account may read this story, not decide on it.",
    done: "Your decision is recorded.",
    unsent: "Some comments have not been sent. Leaving this page loses them.",
    leave: "Leave without sending",
    leaveTitle: "Leave this story?",
  },
};
