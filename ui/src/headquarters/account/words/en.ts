// What everybody reads about their own account, in English.

import { countedEn as counted } from "../../../lib/i18n/counted";
import type { AccountWords } from "./fr";

export const en: AccountWords = {
  title: "My account",
  goOn: "Go on",
  password: "Password",
  passwordNow: "Current password",
  passwordWrong: "That is not your current password.",
  passwordChange: "Change the password",
  passwordChanged: "The password is changed. Your other sessions have ended.",

  second: "Second factor",
  secondWhy:
    "An app on your phone (such as Aegis, FreeOTP or Google Authenticator) shows six digits, which headquarters will ask for after the password. Whoever steals your password cannot come in then.",
  secondOn: "Headquarters asks for six digits of your phone whenever you sign in.",
  secondBegin: "Take a second factor",
  secondOff: "Give up the second factor",
  secondPasswordWhy: "To be sure that it is you.",
  secondScan: "In the app on your phone, photograph this square.",
  secondQr: "Second factor to photograph",
  secondType: "Or type this key",
  secondDigits: "The six digits that it shows",
  secondTake: "Confirm",

  sessions: "My sessions",
  sessionsWhy: "Where you are signed in. End those that you do not know, and change your password.",

  tokens: "API tokens",
  tokensWhy:
    "A token lets a program (Excel, Power BI, a script) act in your name, within what you tick. Every program has its own.",
  token: "Token",
  noToken: "No token.",
  tokenNew: "New token",
  tokenName: "For which program?",
  tokenNameHint: "The name by which you will know it in this list.",
  scopes: "What it may do",
  scope: { read: "Read", export: "Export", review: "Review", manage: "Manage" },
  scopeWhy: {
    read: "See the stories and the coverage, as far as you see them.",
    export: "Download the exports and the tables for Excel or Power BI.",
    review: "Comment on, return and approve stories in your name.",
    manage: "Change people, devices, campaigns and questionnaires in your name.",
  },
  days: "Good for",
  term: (days) => (days > 365 ? "a year" : counted(days, "day", "days")),
  tokenMake: "Make the token",
  tokenOnce: (name) => `The token for “${name}” is shown only now. Copy it into the program.`,
  tokenUntil: (when) => `Until ${when}`,
  tokenUsed: (when) => `used ${when}`,
  tokenUnused: "never used",
  tokenWithdraw: "Withdraw",
  tokenWithdrawSure: (name) => `Withdraw the token “${name}”?`,
  tokenWithdrawWhy: "The program that uses it will have no access any more, at once and for good.",
};
