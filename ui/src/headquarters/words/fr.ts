// What people read at headquarters, in French: the shape that every other language must fill.

import type { Role } from "../../lib/bindings/Role";

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
  noStories: {
    verifier: "Les vérificateurs travaillent avec l’application. Ici il n’y a rien à lire.",
    admin: "Votre rôle ne donne accès à aucun récit.",
    custodian: "Votre rôle ne donne accès à aucun récit.",
  } as Partial<Record<Role, string>>,
};

export type HeadquartersWords = typeof fr;
