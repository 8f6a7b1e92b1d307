// What is read at headquarters about withdrawals, in French: the shape that every other language must fill.

import { countedFr as counted } from "../../../lib/i18n/counted";

export const fr = {
  title: "Retraits",
  lead: "Qui a raconté peut reprendre son récit à tout moment, sans dire pourquoi. Il suffit du code qui est sur son papier.",
  reload: "Actualiser",
  take: "Prendre un retrait",

  consequences: {
    here: "Au siège, tout ce qui est de ce récit est effacé tout de suite : texte, photos, sons, décisions.",
    devices: "Sur les appareils, il est effacé à leurs prochaines synchronisations.",
    exports:
      "Ce qui a été exporté avant ne peut pas être effacé d’ici. Le reçu dit à qui demander de le faire.",
  },

  receipt: "Reçu de retrait",
  campaign: "Campagne",
  code: "Code",
  when: "Retiré le",
  heard: "Su au siège le",
  by: "Pris par",
  onDevice: (who: string) => `${who}, sur un appareil`,
  atHeadquarters: (who: string) => `${who}, au siège`,
  tool: "L’outil, sur la machine du siège",
  erasing: "Effacé",
  erased: (when: string, files: number) =>
    files === 0
      ? `Le récit est effacé au siège depuis le ${when}.`
      : `Le récit et ${counted(files, "fichier", "fichiers")} sont effacés au siège depuis le ${when}.`,
  notCome: "Aucun récit avec ce code n’est encore arrivé au siège. S’il arrive, il n’en sera rien gardé.",
  devices: "Les appareils qui ont ce récit l’effacent à leur prochaine synchronisation.",
  exported: (times: number) =>
    `Avant ce retrait, des récits de la campagne étaient sortis du siège ${counted(times, "fois", "fois")}. Ces fichiers ne peuvent être effacés que par ceux qui les ont ; le siège le leur demande.`,
  signature: "Date et signature de qui a pris le retrait",
  print: "Imprimer le reçu",
  another: "Revenir aux retraits",

  left: "Sorti du siège avant ce retrait",
  leftWhy: "Ce récit peut être dans ces fichiers. D’ici, personne ne peut l’en effacer.",
  nothingLeft: "Rien n’était sorti du siège avant : il n’y a rien à demander à personne.",
  ask: (who: string) => `Demandez à ${who} d’effacer :`,
  askTool: "Demandez à qui se sert de la machine du siège d’effacer :",
  taken: (times: number, last: string) =>
    times === 1 ? `sorti le ${last}` : `sorti ${times} fois, la dernière le ${last}`,

  list: (n: number) => (n === 0 ? "Aucun retrait" : counted(n, "retrait", "retraits")),
  none: "Personne n’a encore retiré de récit de cette campagne.",
  waits: "Attend le récit",
  waitsWhy: "Aucun récit avec ce code n’est encore venu. Il sera effacé en arrivant.",
  erasedOn: (when: string) => `Effacé au siège le ${when}`,
  files: (n: number) => `avec ${counted(n, "fichier", "fichiers")}`,
  show: "Reçu",
  showOf: (code: string) => `Reçu du retrait ${code}`,
};

export type WithdrawalsWords = typeof fr;
