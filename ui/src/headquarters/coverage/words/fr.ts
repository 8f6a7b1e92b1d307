// What people read who look at how far a collection has come, in French: the shape that every other language must fill.

import type { Status } from "../../../lib/bindings/Status";
import { countedFr as counted } from "../../../lib/i18n/counted";

const stories = (n: number) => counted(n, "récit", "récits");

export const fr = {
  title: "Couverture",
  print: "Imprimer",
  stories: "Récits",
  approved: "Approuvés",
  wanted: "Voulus",
  part: (percent: number) => `${percent} % de ce qui est voulu`,
  approvedPart: (percent: number) => `${percent} % des récits`,
  noTargets: "Aucun objectif n’est fixé.",
  none: "Aucun récit encore. Les figures viennent avec les premiers récits que les appareils envoient.",

  waits: {
    title: "Ce qui attend",
    nothing: "Rien n’attend.",
    since: (span: string) => `le plus ancien depuis ${span}`,
    where: {
      draft: (n) => `${stories(n)} en brouillon`,
      finalised: (n) => `${stories(n)} à envoyer`,
      received: (n) =>
        n < 2
          ? `${stories(n)} reçu, que personne n’a encore ouvert`
          : `${stories(n)} reçus, que personne n’a encore ouverts`,
      in_review: (n) => `${stories(n)} en relecture`,
      returned: (n) => `${stories(n)} à corriger par ${n < 2 ? "son collecteur" : "leurs collecteurs"}`,
      approved: (n) => (n < 2 ? `${stories(n)} approuvé` : `${stories(n)} approuvés`),
      rejected: (n) => (n < 2 ? `${stories(n)} non retenu` : `${stories(n)} non retenus`),
    } as Record<Status, (n: number) => string>,
    files: (n: number) =>
      n < 2
        ? `${stories(n)} dont des photos ou des sons sont encore en chemin`
        : `${stories(n)} dont des photos ou des sons sont encore en chemin`,
  },

  unheard: {
    title: "Qui n’a pas encore parlé",
    nothing: "Dans chaque commune, des femmes et des hommes de chaque âge ont raconté.",
    place: (commune: string) => `Aucun récit à ${commune}`,
    sex: { female: "d’une femme", male: "d’un homme", mixed: "d’un groupe mixte" },
    of: (who: string, commune: string) => `Aucun récit ${who} à ${commune}`,
    aged: (who: string, age: string, commune: string) => `Aucun récit ${who}, « ${age} », à ${commune}`,
    more: (n: number) => `Et ${n} de plus`,
  },

  targets: {
    title: "Objectifs",
    notReached: (n: number, all: number) =>
      n === 0
        ? "Tous les objectifs sont atteints."
        : `${counted(n, "objectif", "objectifs")} sur ${all} pas encore ${n < 2 ? "atteint" : "atteints"}.`,
    lacks: (who: string, told: number, wanted: number) => `${who} : ${told} sur ${wanted}`,
    target: "Objectif",
    told: "Récits",
    wanted: "Voulus",
    missing: "Manquent",
    reached: "atteint",
    anybody: "Tous les récits",
    by: (collector: string) => `par ${collector}`,
  },

  parts: {
    communes: "Par commune",
    weeks: "Par semaine",
    sexes: "Par sexe",
    ages: "Par tranche d’âge",
    levels: "Par niveau de changement",
    collectors: "Par collecteur",
  },
  head: {
    communes: "Commune",
    weeks: "Semaine du",
    sexes: "Sexe",
    ages: "Âge",
    levels: "Niveau",
    collectors: "Collecteur",
  },
  levelsHint: "Un récit peut dire des changements de plusieurs niveaux.",
  table: "Les chiffres",
  caption: (title: string) => `${title} : les chiffres de l’image`,
  unknown: "Non précisé",
};

export type CoverageWords = typeof fr;
