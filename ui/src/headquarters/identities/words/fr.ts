// What a custodian of identities reads at headquarters, in French: the shape that every other language must fill.

import { listed } from "../../../lib/i18n";
import { countedFr as counted } from "../../../lib/i18n/counted";

export const fr = {
  title: "Identités",
  lead: "Qui a raconté est scellé au siège, qui ne peut pas l’ouvrir. Ici, vous l’ouvrez avec votre clé, pour une raison que le journal garde.",
  reload: "Actualiser",

  key: {
    title: "Votre clé",
    why: "Elle reste dans la mémoire de cette page : elle n’est ni envoyée ni enregistrée. Elle est oubliée quand vous quittez cette page, et cinq minutes après son dernier usage.",
    file: "Prendre le fichier de la clé",
    paste: "Ou coller la clé",
    take: "Prendre cette clé",
    held: "Cette page tient la clé dont voici la moitié publique :",
    forget: "Oublier la clé",
    expired:
      "La clé n’a pas servi depuis cinq minutes : elle est oubliée, et ce qu’elle avait ouvert est refermé.",
  },

  search: "Chercher un code de conteur",
  count: (n: number) => (n === 0 ? "Aucune identité" : counted(n, "identité scellée", "identités scellées")),
  none: "Aucune identité scellée n’est encore arrivée.",
  more: "Montrer la suite",
  line: (collector: string, when: string, copies: number) =>
    `Recueilli par ${collector}, arrivé le ${when}${copies > 1 ? `, scellé ${copies} fois` : ""}`,

  open: "Ouvrir",
  openOf: (storyteller: string) => `Ouvrir qui est ${storyteller}`,
  reason: "Raison",
  reasonHint: "Elle reste dans le journal du siège, avec votre nom. N’y écrivez pas qui c’est.",
  keyFirst: "Prenez d’abord votre clé, en haut de cette page.",
  openNow: "Sortir et ouvrir",
  cancel: "Annuler",
  close: "Refermer",

  inside: { name: "Nom", phone: "Téléphone", place: "Lieu exact", masked: "Masqué dans le récit" },
  face: {
    alt: "Le visage du conteur",
    awaited:
      "Une photo du visage a été prise ; elle n’est pas encore au siège. Les photos arrivent après les textes.",
    unopened: "Il y a une photo du visage ; votre clé ne l’ouvre pas.",
    misplaced:
      "Attention : la photo à côté de ce récit est celle d’un autre conteur. Ne vous en servez pas ; prévenez l’administrateur.",
  },
  contactAgain: (agreed: boolean | null): string =>
    agreed
      ? "Cette personne accepte d’être recontactée."
      : agreed === false
        ? "Cette personne n’accepte pas d’être recontactée : n’appelez pas."
        : "On ne lui a pas demandé si elle accepte d’être recontactée.",
  last: (when: string) => `Scellé en dernier, arrivé le ${when}`,
  earlier: (when: string) => `Scellé avant, arrivé le ${when}`,
  unopened: "Votre clé n’ouvre pas celui-ci : il est scellé pour d’autres gardiens.",
  misplaced: (of: string, storyteller: string) =>
    `Attention : ceci est l’identité de ${of}, et non de ${storyteller}. Elle a été mise à côté d’un autre récit. N’appelez personne ; prévenez l’administrateur.`,

  anew: {
    title: "Tout sceller à nouveau",
    why: "Quand les gardiens changent, qui tient encore une clé qui ouvre scelle tout pour les gardiens d’aujourd’hui. Chaque récit est sorti pour la raison donnée, ouvert et scellé ici, puis remis. Cela peut s’arrêter et reprendre.",
    noKey: "La campagne n’a aucune clé de gardien pour laquelle sceller.",
    to: (n: number): string =>
      n < 2 ? "Tout s’ouvrira avec cette clé :" : "Tout s’ouvrira avec chacune de ces clés :",
    yours: "La vôtre",
    known: "J’ai vérifié avec les gardiens que ce sont bien leurs clés, toutes, et aucune autre.",
    reasonHint: "Elle est notée pour chaque récit.",
    begin: "Tout sceller à nouveau",
    goOn: "Reprendre",
    stop: "Arrêter",
    progress: (done: number, all: number) => `${done} sur ${counted(all, "récit", "récits")}`,
    done: (n: number) => `C’est fait : ${counted(n, "identité scellée", "identités scellées")} à nouveau.`,
    left: (storytellers: string[]) =>
      `Laissés comme ils étaient, car cette clé ne les ouvre pas : ${listed(storytellers)}.`,
    misplaced: (storytellers: string[]) =>
      `À côté de ces récits se trouve l’identité de quelqu’un d’autre : ${listed(storytellers)}. Prévenez l’administrateur.`,
  },
};

export type IdentitiesWords = typeof fr;
