// What administrators read about people.

import type { Role } from "../../lib/bindings/Role";
import { catalogue } from "../../lib/i18n";
import { countedEn, countedFr } from "../../lib/i18n/counted";

const fr = {
  title: "Personnes",
  lead: "Qui travaille avec le siège, dans quel rôle et dans quelle équipe.",
  add: "Ajouter des personnes",
  reload: "Actualiser",
  search: "Chercher un nom, une équipe",
  role: "Rôle",
  anyRole: "Tous les rôles",
  team: "Équipe",
  anyTeam: "Toutes les équipes",
  all: (n: number) => countedFr(n, "personne", "personnes"),
  some: (n: number, all: number) => `${countedFr(n, "personne", "personnes")} sur ${all}`,
  none: "Personne ne correspond.",
  clear: "Tout montrer",
  back: "Toutes les personnes",
  notThere: "Cette personne n’existe pas.",

  disabled: "Exclue",
  invitedUntil: (when: string) => `Invitation jusqu’au ${when}`,
  noPassword: "Sans mot de passe",
  second: "Second facteur",
  devices: (n: number) => (n === 0 ? "Sans appareil" : countedFr(n, "appareil", "appareils")),
  sessions: (n: number) => countedFr(n, "session", "sessions"),

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
  addThese: (n: number) => (n === 0 ? "Ajouter" : `Ajouter ${countedFr(n, "personne", "personnes")}`),
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

const en: typeof fr = {
  title: "People",
  lead: "Who works with headquarters, in which role and in which team.",
  add: "Add people",
  reload: "Reload",
  search: "Look for a name, a team",
  role: "Role",
  anyRole: "All roles",
  team: "Team",
  anyTeam: "All teams",
  all: (n) => countedEn(n, "person", "people"),
  some: (n, all) => `${n} of ${countedEn(all, "person", "people")}`,
  none: "Nobody matches.",
  clear: "Show everybody",
  back: "All people",
  notThere: "There is no such person.",

  disabled: "Shut out",
  invitedUntil: (when) => `Invited until ${when}`,
  noPassword: "No password",
  second: "Second factor",
  devices: (n) => (n === 0 ? "No device" : countedEn(n, "device", "devices")),
  sessions: (n) => countedEn(n, "session", "sessions"),

  names: "Names",
  namesHint: "One name a line; a list copied from elsewhere will do. The same role and team for all.",
  teamHint: "Choose one or write a new one. May stay empty.",
  roleHint: {
    collector: "Collects stories, with the app.",
    supervisor: "Reviews the stories of a team, here and with the app.",
    verifier: "Asks others whether the change happened, with the app.",
    analyst: "Reads all stories, prepares campaigns and questionnaires, exports.",
    admin: "Keeps accounts, devices and campaigns. Reads no story.",
    custodian: "Keeps the key of the identities. Reads no story.",
  },
  addThese: (n) => (n === 0 ? "Add" : `Add ${countedEn(n, "person", "people")}`),
  nobodyAdded: "Nobody was added. To correct:",
  fault: {
    taken: (line, name) => `Line ${line}: “${name}” exists already.`,
    twice: (line, name) => `Line ${line}: “${name}” is in the list twice.`,
    long: (line, name) => `Line ${line}: “${name}” is too long.`,
  },
  added: (n) => (n === 1 ? "One person added." : `${n} people added.`),
  addedDevices: "Make the codes for their devices",
  addedInvite: "Open their name in the list to invite them to choose a password.",

  roleAndTeam: "Role and team",
  changeEnds: "Their sessions end: they will sign in again, with what they may do now.",
  save: "Save",
  saved: "Saved.",
  password: "Password",
  hasPassword: "Has chosen a password.",
  hasNoPassword: "Has not chosen a password yet: cannot sign in here.",
  invite: "Invite",
  inviteAnew: "Make the invitation anew",
  reset: "Have a new password chosen",
  resetWhy: "The old one stays good until a new one is chosen.",
  invitationMade: (who) => `Invitation for ${who}`,
  invitationOnce: (when) =>
    `Hand it over in person or by a safe channel. It works once, until ${when}, and will not be shown again.`,
  link: "Link to open",
  readOut: "Read it out over the telephone",
  readAddress: "In the browser, open",
  readButton: "Touch “I have an invitation”.",
  readSecret: "Type this (capital and small letters count):",
  handedOver: "It is handed over",

  secondWhy: "Six digits of their phone are asked for whenever they sign in.",
  secondRemove: "Remove the second factor",
  secondRemoveWhy: (who) =>
    `Only if ${who} has lost the phone, and if you are sure that it is this person who asks. The password alone will do again.`,

  sessionsTitle: "Open sessions",
  noSession: "No open session.",
  endSessions: "End their sessions",
  endSessionsWhy: (who) =>
    `${who} will have to sign in again everywhere. What was not sent from these pages is lost.`,

  devicesTitle: "Devices",
  noDevice: "No device syncs for this person.",
  toDevices: "See the devices",

  access: "Access",
  isEnabled: "This person may work with headquarters.",
  isDisabled: "This person can neither sign in nor sync. What they did stays.",
  disable: "Shut out",
  enable: "Let in again",
  sure: (action, who) => `${action}: ${who}?`,
  disableWhy:
    "Their sessions end and their devices sync no more. What is at headquarters stays; what was not sent yet stays on their devices. You can let them in again.",
  enableWhy:
    "This person will be able to sign in and sync again, with the same password and the same devices.",
};

export const say = catalogue(fr, en);
