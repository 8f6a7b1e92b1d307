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
  campaign: "Campaign",
  noStories: {
    verifier: "Verifiers work with the app. There is nothing to read here.",
    admin: "Your role gives access to no story.",
    custodian: "Your role gives access to no story.",
  },
};
