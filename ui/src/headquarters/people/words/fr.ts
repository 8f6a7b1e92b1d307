// What administrators read about people, in French: the shape that every other language must fill.

import type { Role } from "../../../lib/bindings/Role";
import { countedFr as counted } from "../../../lib/i18n/counted";

export const fr = {
  title: "Personnes",
  lead: "Qui travaille avec le siège, dans quel rôle et dans quelle équipe.",
  add: "Ajouter des personnes",
  reload: "Actualiser",
  search: "Chercher un nom, une équipe",
  role: "Rôle",
  anyRole: "Tous les rôles",
  team: "Équipe",
  anyTeam: "Toutes les équipes",
  all: (n: number) => counted(n, "personne", "personnes"),
  some: (n: number, all: number) => `${counted(n, "personne", "personnes")} sur ${all}`,
  none: "Personne ne correspond.",
  clear: "Tout montrer",
  back: "Toutes les personnes",
  notThere: "Cette personne n’existe pas.",

  disabled: "Exclue",
  invitedUntil: (when: string) => `Invitation jusqu’au ${when}`,
  noPassword: "Sans mot de passe",
  second: "Second facteur",
  devices: (n: number) => (n === 0 ? "Sans appareil" : counted(n, "appareil", "appareils")),
  sessions: (n: number) => counted(n, "session", "sessions"),

  names: "Noms",
  namesHint:
    "Un nom par ligne ; une liste copiée d’ailleurs va aussi. Le même rôle et la même équipe pour tous.",
  teamHint: "Choisissez-en une ou écrivez-en une nouvelle. Peut rester vide.",
  roleHint: {
    collector: "Recueille les récits, avec l’application.",
    supervisor: "Relit les récits de son équipe, ici et avec l’application.",
    verifier: "Demande à d’autres si le changement a eu lieu, avec l’application.",
    analyst: "Lit tous les récits, prépare les campagnes et les questionnaires, exporte.",
    admin: "Tient les comptes, les appareils et les campagnes. Ne lit aucun récit.",
    custodian: "Garde la clé des identités. Ne lit aucun récit.",
  } as Record<Role, string>,
  addThese: (n: number) => (n === 0 ? "Ajouter" : `Ajouter ${counted(n, "personne", "personnes")}`),
  nobodyAdded: "Personne n’a été ajouté. À corriger :",
  fault: {
    taken: (line: number, name: string) => `Ligne ${line} : « ${name} » existe déjà.`,
    twice: (line: number, name: string) => `Ligne ${line} : « ${name} » est deux fois dans la liste.`,
    long: (line: number, name: string) => `Ligne ${line} : « ${name} » est trop long.`,
  },
  added: (n: number) => (n === 1 ? "Une personne ajoutée." : `${n} personnes ajoutées.`),
  addedDevices: "Faire les codes pour leurs appareils",
  addedInvite: "Ouvrez leur nom dans la liste pour les inviter à choisir un mot de passe.",

  roleAndTeam: "Rôle et équipe",
  changeEnds:
    "Ses sessions se terminent : cette personne se connectera de nouveau, avec ses nouveaux droits.",
  save: "Enregistrer",
  saved: "Enregistré.",
  password: "Mot de passe",
  hasPassword: "A choisi un mot de passe.",
  hasNoPassword: "N’a pas encore choisi de mot de passe : ne peut pas se connecter ici.",
  invite: "Inviter",
  inviteAnew: "Refaire l’invitation",
  reset: "Faire choisir un nouveau mot de passe",
  resetWhy: "L’ancien reste bon jusqu’à ce qu’un nouveau soit choisi.",
  invitationMade: (who: string) => `Invitation pour ${who}`,
  invitationOnce: (when: string) =>
    `Donnez-la de la main à la main ou par un canal sûr. Elle sert une fois, jusqu’au ${when}, et ne sera plus montrée.`,
  link: "Lien à ouvrir",
  readOut: "La dicter au téléphone",
  readAddress: "Dans le navigateur, ouvrir",
  readButton: "Toucher « J’ai une invitation ».",
  readSecret: "Taper ceci (grandes et petites lettres comptent) :",
  handedOver: "C’est transmis",

  secondWhy: "Six chiffres de son téléphone sont demandés à chaque connexion.",
  secondRemove: "Retirer le second facteur",
  secondRemoveWhy: (who: string) =>
    `Seulement si ${who} a perdu son téléphone, et si vous êtes sûr que c’est bien cette personne qui demande. Le mot de passe suffira de nouveau.`,

  sessionsTitle: "Sessions ouvertes",
  noSession: "Aucune session ouverte.",
  endSessions: "Terminer ses sessions",
  endSessionsWhy: (who: string) =>
    `${who} devra se connecter de nouveau partout. Ce qui n’était pas envoyé de ces pages est perdu.`,

  devicesTitle: "Appareils",
  noDevice: "Aucun appareil ne synchronise pour cette personne.",
  toDevices: "Voir les appareils",

  access: "Accès",
  isEnabled: "Cette personne peut travailler avec le siège.",
  isDisabled: "Cette personne ne peut ni se connecter ni synchroniser. Ce qu’elle a fait reste.",
  disable: "Exclure",
  enable: "Réadmettre",
  sure: (action: string, who: string) => `${action} ${who} ?`,
  disableWhy:
    "Ses sessions se terminent et ses appareils ne synchronisent plus. Ce qui est au siège reste ; ce qui n’était pas encore envoyé reste sur ses appareils. Vous pourrez la réadmettre.",
  enableWhy:
    "Cette personne pourra de nouveau se connecter et synchroniser, avec le même mot de passe et les mêmes appareils.",
};

export type PeopleWords = typeof fr;
