// What administrators read about devices, in French: the shape that every other language must fill.

import { countedFr as counted } from "../../../lib/i18n/counted";
import type { Standing } from "../standing";

export const fr = {
  title: "Appareils",
  lead: "Chacun inscrit son téléphone lui-même, avec un code à usage unique.",
  reload: "Actualiser",
  makeCodes: "Faire des codes",
  lacking: (n: number) =>
    n === 1
      ? "Une personne n’a encore ni appareil ni code."
      : `${n} personnes n’ont encore ni appareil ni code.`,
  forWhom: "Des codes pour qui ?",
  forWhomWhy: "Ceux qui n’ont encore ni appareil ni code sont choisis d’avance.",
  those: "Ceux qui n’ont rien",
  noneOfThem: "Personne",
  noTeam: "Sans équipe",
  hasOne: "a un appareil",
  hasCode: "a un code ouvert",
  nobody: "Personne dans les équipes de cette campagne ne travaille avec l’application.",
  toPeople: "Ajouter des personnes",
  makeThese: (n: number) => (n === 0 ? "Faire les codes" : `Faire ${counted(n, "code", "codes")}`),

  sheetTitle: (n: number) => counted(n, "code à remettre", "codes à remettre"),
  sheetOnce:
    "Ces codes ne sont montrés que maintenant. Imprimez-les, ou faites-les photographier ici à l’écran. Qui tient une carte peut inscrire un appareil à ce nom.",
  print: "Imprimer",
  closeSheet: "C’est remis",
  qrOf: (who: string) => `Code à photographier pour ${who}`,
  code: "Code",
  address: "Adresse du siège",
  until: "Valable jusqu’au",
  steps: [
    "Ouvrez Blon et choisissez votre phrase secrète. Ne l’écrivez pas ici.",
    "« Inscrire cet appareil » : photographiez le carré, ou tapez l’adresse et le code.",
    "Quand l’appareil est inscrit, déchirez cette carte.",
  ],

  openCodes: (n: number) => counted(n, "code pas encore utilisé", "codes pas encore utilisés"),
  goodUntil: (when: string) => `Jusqu’au ${when}`,
  takeBack: "Reprendre",

  devices: (n: number) => (n === 0 ? "Aucun appareil" : counted(n, "appareil", "appareils")),
  none: "Aucun appareil n’est encore inscrit à cette campagne.",
  noneFound: "Aucun appareil ne correspond.",
  search: "Chercher une personne, une version",
  standing: {
    active: "En service",
    never: "Inscrit, pas encore synchronisé",
    revoked: "Révoqué",
    asked: "À effacer au prochain contact",
    told: "Effacement en cours",
    done: "Effacé",
  } as Record<Standing, string>,
  lastContact: "Dernier contact",
  never: "Jamais",
  enrolled: (when: string) => `inscrit le ${when}`,
  waiting: "Restait à envoyer",
  outbox: (records: number, bytes: string) =>
    records === 0 && !bytes
      ? "Rien"
      : [records > 0 && counted(records, "texte", "textes"), bytes && `${bytes} de fichiers`]
          .filter(Boolean)
          .join(", "),
  clockTitle: "Horloge",
  clockRight: "À l’heure",
  clock: (ahead: boolean, by: string) => (ahead ? `Avance de ${by}` : `Retard de ${by}`),
  free: "Place libre",
  app: "Version de l’application",
  tellsLittle: "L’application de cet appareil est plus ancienne : elle n’en dit pas plus.",

  revoke: "Révoquer",
  erase: "Effacer",
  sure: {
    revoke: (who: string) => `Révoquer l’appareil de ${who} ?`,
    erase: (who: string) => `Effacer l’appareil de ${who} ?`,
  },
  surePlain: {
    revoke: "L’appareil ne pourra plus rien recevoir ni envoyer.",
    erase: "Au prochain contact, l’appareil envoie ses textes, puis détruit tout ce que Blon y garde.",
  },
  sureMore: {
    revoke: [
      "Gardé : tout ce que le siège a reçu.",
      "Reste sur l’appareil, chiffré : ce qui n’était pas envoyé. Ce n’est plus envoyé de lui-même.",
      "Pour réadmettre l’appareil, il faudra un nouveau code.",
    ],
    erase: [
      "Gardé : tout ce que le siège a reçu, et les textes qui arrivent à ce contact.",
      "Perdu : les sons et les photos pas encore envoyés, les brouillons, et les noms qui n’étaient que sur cet appareil.",
      "Cela ne peut plus être défait dès que l’appareil l’a appris. Sans réseau, rien ne se passe.",
    ],
  },
  revokeEndsErase: "L’effacement demandé n’aura plus lieu : l’appareil ne sera plus entendu.",
  eraseLetsIn: "L’appareil est révoqué : il sera entendu une dernière fois, pour cela seulement.",

  lost: "Un appareil est perdu ou volé : que faire ?",
  lostSteps: [
    "Cherchez l’appareil par le nom de la personne. Notez son dernier contact et ce qui restait à envoyer : c’est ce qui peut manquer.",
    "S’il peut encore être retrouvé en bonnes mains, attendez un jour : le contenu est chiffré, et ne s’ouvre qu’avec la phrase secrète.",
    "Sinon, « Effacer » : s’il retrouve le réseau, il envoie ses textes, puis se vide. Si vous craignez que quelqu’un connaisse la phrase secrète et s’en serve, « Révoquer » : il n’est plus entendu du tout.",
    "Si la personne se connectait au siège avec cet appareil, ouvrez sa page sous Personnes : terminez ses sessions et faites-lui choisir un nouveau mot de passe.",
    "Prévenez qui veille à la protection des sources : des noms peuvent être sur l’appareil.",
    "Faites un nouveau code pour le téléphone qui le remplace.",
  ],
};

export type DeviceWords = typeof fr;
