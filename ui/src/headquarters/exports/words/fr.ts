// What people read who take stories out of headquarters, in French: the shape that every other language must fill.

import type { Shape } from "../api";

export const fr = {
  title: "Exports",
  lead: "Les récits de la campagne, pour un tableur, un logiciel d’analyse ou des archives.",
  consent: {
    title: "Le consentement est tenu dans chaque export",
    withheld: [
      "Qui raconte n’est jamais nommé, et un lieu exact (GPS) ne sort jamais.",
      "Sans un oui à être cité, aucune parole ne sort : ni le titre, ni le récit, ni ce qui est écrit des changements et des preuves. Ce qui a été choisi, compté et daté reste.",
      "Un son, une photo, une vidéo ne sortent qu’avec leur propre oui. Les autres fichiers suivent le récit.",
      "Un récit d’entraînement, ou sans un oui à l’entretien, n’est dans aucun export.",
    ],
  },
  options: "Ce qui est exporté",
  headings: "Intitulés des colonnes",
  headingsOf: { name: "Noms techniques", fr: "En français", en: "In English" },
  from: "Entretiens du",
  to: "au",
  status: "Récits",
  every: "Tous, quel que soit leur état",
  audience: "Pour qui",
  audiences: { team: "L’équipe de la collecte", partner: "Aussi les partenaires", public: "Tout le monde" },
  rejected: "Avec les récits non retenus",
  download: "Télécharger",
  shapes: {
    "stories.xlsx": {
      name: "Classeur Excel",
      what: "Une feuille pour les récits, une pour les changements, une pour les preuves, et une pour chaque liste que le questionnaire ajoute.",
    },
    "stories.csv": {
      name: "CSV, une table",
      what: "Une ligne par récit, pour les logiciels de statistique. Excel en français l’ouvre mal par un double clic : prenez plutôt le classeur.",
    },
    "csv.zip": {
      name: "CSV, toutes les tables",
      what: "Les récits, les changements, les preuves et les listes du questionnaire, chacun dans sa table, avec l’inventaire, en une archive.",
    },
    "stories.jsonl": {
      name: "JSON Lines",
      what: "Un récit entier par ligne, avec tout ce qui y tient. Pour les programmes.",
    },
    "evidence.zip": {
      name: "Preuves",
      what: "Toutes les tables, les récits en JSON Lines, et les photos, sons et documents qui peuvent sortir, en une archive. Peut être grande.",
    },
    "manifest.json": {
      name: "Inventaire",
      what: "Ce que contiendraient les exports maintenant, fichier par fichier, avec son empreinte ; ce qui est retenu, et pourquoi.",
    },
  } as Record<Shape, { name: string; what: string }>,
  odata: {
    title: "Toujours à jour dans Excel ou Power BI",
    lead: "Le tableur lit les récits à cette adresse (OData) et se met à jour d’une touche.",
    address: "Adresse du flux",
    steps: [
      "Faites un jeton avec le droit « export » dans votre compte, et copiez-le.",
      "Dans Excel : Données, Obtenir des données, À partir d’autres sources, À partir d’un flux OData. Dans Power BI : Obtenir les données, Flux OData. Collez l’adresse.",
      "Choisissez « De base », votre nom comme utilisateur et le jeton comme mot de passe.",
    ],
    token: "Faire un jeton",
  },
};

export type ExportWords = typeof fr;
