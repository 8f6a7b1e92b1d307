// What people read at headquarters, in English.

import type { HeadquartersWords } from "./fr";

export const en: HeadquartersWords = {
  place: "Headquarters",
  tagline: "Stories of change",
  name: "Name",
  password: "Password",
  signIn: "Sign in",
  signingIn: "Signing in…",
  signInTitle: "Sign in",
  signOut: "Sign out",
  secondTitle: "Second factor",
  secondWhy: "The password is right. Type the six digits that the app on your phone shows.",
  digits: "Six digits",
  otherAccount: "Sign in under another name",
  haveInvitation: "I have an invitation",
  show: "Show",
  hide: "Hide",
  newPassword: "New password",
  passwordHint: (least) =>
    `At least ${least} characters. Safest and easiest to remember: four or five words that have nothing to do with each other.`,
  passwordAgain: "The same once more",
  passwordsDiffer: "That is not the same.",
  copy: "Copy",
  copied: "Copied",

  invitation: {
    title: "Invitation",
    secret: "Invitation",
    secretHint: "The whole link, or what follows “#/invitation/” in it. Blanks do not count.",
    go: "Go on",
    asking: "Looking for whom this invitation is…",
    welcome: (who) => `Welcome, ${who}`,
    why: "Choose your password. Nobody but you knows it; the invitation is of no use afterwards.",
    take: "Choose this password",
    signInNow: "Your password is chosen. Sign in with it and your second factor.",
  },

  session: {
    here: "This session",
    unknown: "Unknown browser",
    used: (when) => `Used ${when}`,
    begun: (when) => `opened on ${when}`,
    end: "End",
  },

  campaign: "Campaign",
  archived: (name) => `${name} (archived)`,
  menu: "Menu",
  rooms: {
    setup: "Set-up",
    stories: "Stories",
    coverage: "Coverage",
    campaign: "Campaign",
    questionnaire: "Questionnaire",
    exports: "Exports",
    withdrawals: "Withdrawals",
    identities: "Identities",
    people: "People",
    devices: "Devices",
    audit: "Audit log",
    account: "My account",
  },
  roomFailed: "This page has not come through. Check the line, then try again.",
  noCampaign: "You take part in no campaign for now.",
  noCampaignYet: "There is no campaign yet.",
  makeCampaign: "Prepare a campaign",
  noStories: {
    verifier: "Verifiers work with the app. Here there is only your account.",
    custodian:
      "Your role gives access to no story. Here you can open who told one, take the withdrawal of one, and keep your account.",
  },
};
