// What people read at headquarters, in French: the shape that every other language must fill. Each room has
// its own catalogue.

import type { Role } from "../../lib/bindings/Role";
import type { RoomName } from "../rooms";

export const fr = {
  place: "Siège",
  tagline: "Récits de changement",
  name: "Nom",
  password: "Mot de passe",
  signIn: "Se connecter",
  signingIn: "Connexion…",
  signInTitle: "Se connecter",
  signOut: "Se déconnecter",
  secondTitle: "Second facteur",
  secondWhy: "Le mot de passe est bon. Tapez les six chiffres que montre l’application de votre téléphone.",
  digits: "Six chiffres",
  otherAccount: "Se connecter sous un autre nom",
  haveInvitation: "J’ai une invitation",
  show: "Montrer",
  hide: "Cacher",
  newPassword: "Nouveau mot de passe",
  passwordHint: (least: number) =>
    `Au moins ${least} caractères. Le plus sûr et le plus facile à retenir : quatre ou cinq mots qui n’ont rien à voir entre eux.`,
  passwordAgain: "Le même, encore une fois",
  passwordsDiffer: "Ce n’est pas le même.",
  copy: "Copier",
  copied: "Copié",

  invitation: {
    title: "Invitation",
    secret: "Invitation",
    secretHint: "Le lien entier, ou ce qui suit « #/invitation/ » dans le lien. Les espaces ne comptent pas.",
    go: "Continuer",
    asking: "On cherche pour qui est cette invitation…",
    welcome: (who: string) => `Bienvenue, ${who}`,
    why: "Choisissez votre mot de passe. Vous êtes seul à le connaître ; l’invitation ne sert plus ensuite.",
    take: "Choisir ce mot de passe",
    signInNow: "Votre mot de passe est choisi. Connectez-vous avec lui et votre second facteur.",
  },

  session: {
    here: "Cette session-ci",
    unknown: "Navigateur inconnu",
    used: (when: string) => `Utilisée ${when}`,
    begun: (when: string) => `ouverte le ${when}`,
    end: "Terminer",
  },

  campaign: "Campagne",
  archived: (name: string) => `${name} (archivée)`,
  menu: "Menu",
  rooms: {
    setup: "Mise en place",
    stories: "Récits",
    coverage: "Couverture",
    campaign: "Campagne",
    questionnaire: "Questionnaire",
    exports: "Exports",
    withdrawals: "Retraits",
    identities: "Identités",
    people: "Personnes",
    devices: "Appareils",
    audit: "Journal",
    account: "Mon compte",
  } as Record<RoomName, string>,
  roomFailed: "Cette page n’est pas arrivée jusqu’ici. Vérifiez la ligne, puis réessayez.",
  noCampaign: "Vous ne prenez part à aucune campagne pour l’instant.",
  noCampaignYet: "Il n’y a pas encore de campagne.",
  makeCampaign: "Préparer une campagne",
  noStories: {
    verifier: "Les vérificateurs travaillent avec l’application. Ici, il n’y a que votre compte.",
    custodian:
      "Votre rôle ne donne accès à aucun récit. Ici, vous pouvez ouvrir qui a raconté, prendre le retrait d’un récit, et tenir votre compte.",
  } as Partial<Record<Role, string>>,
};

export type HeadquartersWords = typeof fr;
