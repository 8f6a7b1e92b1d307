// What everybody reads about their own account.

import type { Scope } from "../../lib/bindings/Scope";
import { catalogue } from "../../lib/i18n";
import { countedEn, countedFr } from "../../lib/i18n/counted";

const fr = {
  title: "Mon compte",
  goOn: "Continuer",
  password: "Mot de passe",
  passwordNow: "Mot de passe actuel",
  passwordWrong: "Ce n’est pas votre mot de passe actuel.",
  passwordChange: "Changer le mot de passe",
  passwordChanged: "Le mot de passe est changé. Vos autres sessions sont terminées.",

  second: "Second facteur",
  secondWhy:
    "Une application de votre téléphone (par exemple Aegis, FreeOTP ou Google Authenticator) montre six chiffres, que le siège demandera après le mot de passe. Qui vole votre mot de passe ne peut alors pas entrer.",
  secondOn: "Le siège demande six chiffres de votre téléphone à chaque connexion.",
  secondBegin: "Prendre un second facteur",
  secondOff: "Renoncer au second facteur",
  secondPasswordWhy: "Pour être sûr que c’est vous.",
  secondScan: "Dans l’application de votre téléphone, photographiez ce carré.",
  secondQr: "Second facteur à photographier",
  secondType: "Ou tapez cette clé",
  secondDigits: "Les six chiffres qu’elle montre",
  secondTake: "Confirmer",

  sessions: "Mes sessions",
  sessionsWhy:
    "Là où vous êtes connecté. Terminez celles que vous ne connaissez pas, et changez de mot de passe.",

  tokens: "Jetons d’API",
  tokensWhy:
    "Un jeton laisse un programme (Excel, Power BI, un script) agir en votre nom, dans les limites que vous cochez. Chaque programme a le sien.",
  token: "Jeton",
  noToken: "Aucun jeton.",
  tokenNew: "Nouveau jeton",
  tokenName: "Pour quel programme ?",
  tokenNameHint: "Le nom sous lequel vous le reconnaîtrez dans cette liste.",
  scopes: "Ce qu’il peut faire",
  scope: { read: "Lire", export: "Exporter", review: "Relire", manage: "Administrer" } as Record<
    Scope,
    string
  >,
  scopeWhy: {
    read: "Voir les récits et la couverture, autant que vous les voyez.",
    export: "Télécharger les exports et les tableaux pour Excel ou Power BI.",
    review: "Commenter, retourner et approuver des récits en votre nom.",
    manage: "Changer personnes, appareils, campagnes et questionnaires en votre nom.",
  } as Record<Scope, string>,
  days: "Valable",
  term: (days: number) => (days > 365 ? "un an" : countedFr(days, "jour", "jours")),
  tokenMake: "Faire le jeton",
  tokenOnce: (name: string) =>
    `Le jeton pour « ${name} » n’est montré que maintenant. Copiez-le dans le programme.`,
  tokenUntil: (when: string) => `Jusqu’au ${when}`,
  tokenUsed: (when: string) => `utilisé ${when}`,
  tokenUnused: "jamais utilisé",
  tokenWithdraw: "Retirer",
  tokenWithdrawSure: (name: string) => `Retirer le jeton « ${name} » ?`,
  tokenWithdrawWhy: "Le programme qui s’en sert n’aura plus accès, tout de suite et pour de bon.",
};

const en: typeof fr = {
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
  term: (days) => (days > 365 ? "a year" : countedEn(days, "day", "days")),
  tokenMake: "Make the token",
  tokenOnce: (name) => `The token for “${name}” is shown only now. Copy it into the program.`,
  tokenUntil: (when) => `Until ${when}`,
  tokenUsed: (when) => `used ${when}`,
  tokenUnused: "never used",
  tokenWithdraw: "Withdraw",
  tokenWithdrawSure: (name) => `Withdraw the token “${name}”?`,
  tokenWithdrawWhy: "The program that uses it will have no access any more, at once and for good.",
};

export const say = catalogue(fr, en);
