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
};
