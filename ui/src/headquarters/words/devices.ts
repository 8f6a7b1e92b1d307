// What administrators read about devices.

import { catalogue } from "../../lib/i18n";
import { countedEn, countedFr } from "../../lib/i18n/counted";
import type { Standing } from "../devices/standing";

const fr = {
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
  makeThese: (n: number) => (n === 0 ? "Faire les codes" : `Faire ${countedFr(n, "code", "codes")}`),

  sheetTitle: (n: number) => countedFr(n, "code à remettre", "codes à remettre"),
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

  openCodes: (n: number) => countedFr(n, "code pas encore utilisé", "codes pas encore utilisés"),
  goodUntil: (when: string) => `Jusqu’au ${when}`,
  takeBack: "Reprendre",

  devices: (n: number) => (n === 0 ? "Aucun appareil" : countedFr(n, "appareil", "appareils")),
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
      : [records > 0 && countedFr(records, "texte", "textes"), bytes && `${bytes} de fichiers`]
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

const en: typeof fr = {
  title: "Devices",
  lead: "Everybody enrols their own phone, with a code that works once.",
  reload: "Reload",
  makeCodes: "Make codes",
  lacking: (n) =>
    n === 1
      ? "One person has neither a device nor a code yet."
      : `${n} people have neither a device nor a code yet.`,
  forWhom: "Codes for whom?",
  forWhomWhy: "Those who have neither a device nor a code yet are chosen beforehand.",
  those: "Those who have nothing",
  noneOfThem: "Nobody",
  noTeam: "No team",
  hasOne: "has a device",
  hasCode: "has an open code",
  nobody: "Nobody in this campaign’s teams works with the app.",
  toPeople: "Add people",
  makeThese: (n) => (n === 0 ? "Make the codes" : `Make ${countedEn(n, "code", "codes")}`),

  sheetTitle: (n) => countedEn(n, "code to hand over", "codes to hand over"),
  sheetOnce:
    "These codes are shown only now. Print them, or have them photographed from this screen. Whoever holds a card can enrol a device under that name.",
  print: "Print",
  closeSheet: "Handed over",
  qrOf: (who) => `Code to photograph for ${who}`,
  code: "Code",
  address: "Headquarters’ address",
  until: "Good until",
  steps: [
    "Open Blon and choose your passphrase. Do not write it here.",
    "“Enrol this device”: photograph the square, or type the address and the code.",
    "Once the device is enrolled, tear this card up.",
  ],

  openCodes: (n) => countedEn(n, "code not used yet", "codes not used yet"),
  goodUntil: (when) => `Until ${when}`,
  takeBack: "Take back",

  devices: (n) => (n === 0 ? "No device" : countedEn(n, "device", "devices")),
  none: "No device is enrolled in this campaign yet.",
  noneFound: "No device matches.",
  search: "Look for a person, a version",
  standing: {
    active: "In use",
    never: "Enrolled, not synced yet",
    revoked: "Revoked",
    asked: "To be erased at next contact",
    told: "Being erased",
    done: "Erased",
  },
  lastContact: "Last contact",
  never: "Never",
  enrolled: (when) => `enrolled on ${when}`,
  waiting: "Was still to be sent",
  outbox: (records, bytes) =>
    records === 0 && !bytes
      ? "Nothing"
      : [records > 0 && countedEn(records, "text", "texts"), bytes && `${bytes} of files`]
          .filter(Boolean)
          .join(", "),
  clockTitle: "Clock",
  clockRight: "Right",
  clock: (ahead, by) => (ahead ? `Ahead by ${by}` : `Behind by ${by}`),
  free: "Free space",
  app: "Version of the app",
  tellsLittle: "The app on this device is older: it tells no more.",

  revoke: "Revoke",
  erase: "Erase",
  sure: {
    revoke: (who) => `Revoke the device of ${who}?`,
    erase: (who) => `Erase the device of ${who}?`,
  },
  surePlain: {
    revoke: "The device will be able to receive and send nothing any more.",
    erase: "At its next contact the device sends its texts, then destroys everything that Blon keeps on it.",
  },
  sureMore: {
    revoke: [
      "Kept: everything that headquarters received.",
      "Stays on the device, encrypted: what was not sent. It is not sent of itself any more.",
      "To let the device in again takes a new code.",
    ],
    erase: [
      "Kept: everything that headquarters received, and the texts that come at this contact.",
      "Lost: sound and photos that were not sent, drafts, and the names that were on this device only.",
      "It cannot be undone once the device was told. Without a network nothing happens.",
    ],
  },
  revokeEndsErase: "The erasing that was asked for will not take place: the device is not heard any more.",
  eraseLetsIn: "The device is revoked: it will be heard one last time, for this alone.",

  lost: "A device is lost or stolen: what to do?",
  lostSteps: [
    "Find the device by the person’s name. Note its last contact and what was still to be sent: that is what may be missing.",
    "If it may still turn up in good hands, wait a day: its content is encrypted, and opens only with the passphrase.",
    "If not, “Erase”: should it find a network, it sends its texts, then empties itself. If you fear that somebody knows the passphrase and uses it, “Revoke”: it is not heard at all any more.",
    "If the person signed in to headquarters with this device, open their page under People: end their sessions and have them choose a new password.",
    "Tell whoever watches over the protection of sources: names may be on the device.",
    "Make a new code for the phone that replaces it.",
  ],
};

export const say = catalogue(fr, en);
