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

  role: {
    collector: "Collecte",
    supervisor: "Supervision",
    analyst: "Analyse",
    admin: "Administration",
    custodian: "Garde des identités",
  } as Record<string, string>,
};

export type HeadquartersWords = typeof fr;
