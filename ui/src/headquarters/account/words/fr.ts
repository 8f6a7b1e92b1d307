// What everybody reads about their own account, in French: the shape that every other language must fill.

import type { Scope } from "../../../lib/bindings/Scope";
import { countedFr as counted } from "../../../lib/i18n/counted";

export const fr = {
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
  term: (days: number) => (days > 365 ? "un an" : counted(days, "jour", "jours")),
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

export type AccountWords = typeof fr;
