// What people read at headquarters, in French: the shape that every other language must fill.

export const fr = {
  place: "Siège",
  tagline: "Récits de changement",
  name: "Nom",
  password: "Mot de passe",
  signIn: "Se connecter",
  signingIn: "Connexion…",
  signInTitle: "Se connecter",
  signOut: "Se déconnecter",
  campaign: "Campagne",
};

export type HeadquartersWords = typeof fr;
