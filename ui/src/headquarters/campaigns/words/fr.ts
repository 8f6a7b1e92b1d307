// What people read who set up a campaign and its questionnaire, in French: the shape that every other language must fill.

import type { Criterion } from "../../../lib/bindings/Criterion";
import type { Which } from "../../../lib/bindings/Which";
import { countedFr as counted } from "../../../lib/i18n/counted";
import type { Maker } from "../draft";

const questions = (n: number) => counted(n, "question", "questions");

export const fr = {
  campaign: {
    new: "Nouvelle campagne",
    running: "En cours",
    archived: "Archivée",
    dates: (start: string, end: string) => `Du ${start} au ${end}`,
    export: "Exporter dans un fichier",
    archive: "Archiver la campagne",
    archiveTitle: "Archiver cette campagne ?",
    archiveText:
      "Plus aucun appareil ne pourra s’y inscrire. Tout est gardé : les récits restent à lire, ce que des appareils apportent encore est pris, et vous pourrez la rouvrir.",
    bringBack: "Rouvrir la campagne",
    archivedHint:
      "Cette campagne est archivée : aucun appareil ne s’y inscrit plus. Ce que des appareils apportent encore est pris.",
    wrong: "Le siège ne peut pas la prendre ainsi. À corriger :",
    unsaved: "Des changements ne sont pas enregistrés.",
    save: "Enregistrer",
    create: "Créer la campagne",
    saving: "Enregistrement…",
    abandon: "Abandonner",
    saved: "Enregistré. Les appareils l’apprennent à leur prochaine synchronisation.",
    created: "La campagne est créée.",
    abandonTitle: "Abandonner ce que vous avez écrit ?",
    abandonText: "La campagne reste telle qu’elle est au siège.",
    abandonNewText: "Rien n’a encore été créé.",
  },

  start: {
    title: "Commencer avec…",
    lead: "Tout pourra être changé avant de créer la campagne, et après. Chaque campagne est à part : ses récits, son questionnaire, ses appareils.",
    example: "L’exemple de Kangaba",
    exampleHint:
      "Complet, avec son questionnaire : neuf communes, des listes, un texte de consentement, des grilles. Le plus rapide.",
    copy: "Une campagne d’ici",
    copyHint: "Ses listes, ses grilles, ses objectifs et son questionnaire, sous un autre nom.",
    copyOf: "Campagne à reprendre",
    copyGo: "Reprendre",
    file: "Un fichier",
    fileHint: "Une campagne exportée d’ici ou d’un autre siège (.json).",
    choose: "Choisir un fichier",
    empty: "Rien",
    emptyHint: "Tout écrire soi-même.",
    emptyGo: "Commencer à vide",
    exampleGo: "Prendre l’exemple",
    holds: "Ce que contient ce fichier",
    holdsGo: "Continuer avec ce fichier",
    another: "Un autre choix",
    unreadable:
      "Ce fichier n’est pas une campagne : ce n’est pas du JSON, ou il y manque un nom ou des listes.",
  },

  holds: {
    name: "Nom",
    place: "Lieu",
    dates: "Dates",
    communes: "Communes",
    lists: "Listes",
    listsOf: (languages: number, ages: number, relations: number, domains: number) =>
      [
        counted(languages, "langue", "langues"),
        counted(ages, "tranche d’âge", "tranches d’âge"),
        counted(relations, "lien", "liens"),
        counted(domains, "domaine", "domaines"),
      ].join(", "),
    rubrics: "Grilles",
    teams: "Équipes",
    everyTeam: "toutes",
    targets: "Objectifs",
    questionnaire: "Questionnaire",
    rows: (n: number) => counted(n, "ligne", "lignes"),
    none: "aucun",
  },

  where: {
    title: "La campagne",
    name: "Nom complet",
    nameHint: "Tel que les collecteurs le liront.",
    id: "Nom court",
    idHint: "Lettres simples, chiffres et tirets. Il ne changera plus.",
    nameWanted: "Donnez un nom à la campagne.",
    idWanted: "De 1 à 64 lettres minuscules sans accent, chiffres ou tirets.",
    dayWanted: "Indiquez un jour.",
    idStays: "Il ne change plus : les appareils la connaissent sous ce nom.",
    place: "Lieu",
    start: "Premier jour",
    end: "Dernier jour",
  },

  lists: {
    title: "Listes",
    communes: "Communes",
    communesHint: "Une par ligne, dans l’ordre où elles seront proposées.",
    languages: "Langues des entretiens",
    ages: "Tranches d’âge",
    relations: "Liens avec le projet",
    domains: "Domaines de changement",
    domainsHint:
      "Pour comparer et choisir des récits (le changement le plus significatif). Peut rester vide.",
    value: "Valeur gardée",
    fr: "En français",
    en: "En anglais",
    add: "Ajouter",
    remove: (what: string) => `Retirer ${what}`,
    up: (what: string) => `Monter ${what}`,
    row: (n: number) => `la ligne ${n}`,
    none: "Rien encore.",
    valueHint:
      "La valeur gardée est proposée d’après le français. Ne la changez plus une fois la collecte commencée.",
  },

  consent: {
    title: "Texte du consentement",
    hint: "Le collecteur le lit à voix haute avant de demander l’accord. Phrases courtes, mots de tous les jours.",
    fr: "En français",
    en: "En anglais",
  },

  rubrics: {
    title: "Grilles d’appréciation",
    hint: "Ce que veut dire chaque degré, du plus faible au plus fort. Celles de l’exemple conviennent à la plupart des campagnes.",
    criterion: {
      evidence: "Preuve",
      contribution: "Contribution du projet",
      importance: "Importance",
      quality: "Qualité du récit",
    } as Record<Criterion, string>,
    step: (n: number, language: string) => `Degré ${n}, ${language}`,
    french: "en français",
    english: "en anglais",
    drop: "Ne pas utiliser cette grille",
    use: "Utiliser cette grille",
  },

  teams: {
    title: "Équipes",
    hint: "Les équipes qui participent. Sans équipe ici, toutes participent.",
    every: "Toutes les équipes participent.",
    name: "Nom de l’équipe",
    add: "Ajouter l’équipe",
    remove: (team: string) => `Retirer l’équipe ${team}`,
  },

  targets: {
    title: "Objectifs",
    hint: "Combien de récits sont voulus, et de qui. Ce qui reste ouvert peut être n’importe quoi.",
    none: "Aucun objectif.",
    maker: "Faire des objectifs d’un coup",
    makerHint: "Les objectifs de la même sorte sont remplacés.",
    number: "Récits",
    each: {
      commune: "par commune",
      sex: "par sexe",
      commune_sex: "par commune et sexe",
      age: "par tranche d’âge",
    } as Record<Maker, string>,
    make: (n: number, each: string) => `${n} ${each}`,
    commune: "Commune",
    anyCommune: "Toutes",
    collector: "Collecteur",
    anyCollector: "Tous",
    sex: "Sexe",
    anySex: "Tous",
    age: "Âge",
    anyAge: "Tous",
    storiesWanted: "De 1 à 1 000 000 récits.",
    stories: "Récits",
    add: "Ajouter un objectif",
    remove: (n: number) => `Retirer l’objectif ${n}`,
    removeAll: "Retirer tous les objectifs",
    row: (n: number) => `Objectif ${n}`,
  },

  questionnaire: {
    title: "Questionnaire",
    upload: "Envoyer un questionnaire",
    uploadHint:
      "Un classeur XLSForm (.xlsx, .xlsm) ou le même en .json, jusqu’à 20 Mo. Il devient un brouillon : rien ne change sur les appareils avant la publication.",
    drop: "ou déposez-le ici",
    choose: "Choisir un classeur",
    sending: (percent: number) => `Envoi : ${percent} %`,
    reading: "Lecture…",
    taken: (file: string, n: number) =>
      `« ${file} » peut être posé : ${questions(n)}. Il est maintenant le brouillon.`,
    refused: (file: string, n: number) =>
      `« ${file} » ne peut pas encore être posé : ${counted(n, "erreur", "erreurs")}. Rien n’a été changé au siège.`,
    findings: "Toutes les erreurs du classeur",
    everySheet: "Toutes les feuilles",
    sheet: "Feuille",
    row: "Ligne",
    column: "Colonne",
    message: "Erreur",
    copy: "Copier la liste",
    copied: "La liste est copiée.",
    which: { current: "En usage", draft: "Brouillon" } as Record<Which, string>,
    noCurrent:
      "Aucun questionnaire n’est encore en usage. Les collecteurs ne peuvent pas commencer d’entretien.",
    noDraft: "Aucun brouillon. Envoyez un classeur pour en faire un.",
    form: "Formulaire",
    version: "Version",
    asks: "Questions",
    uploaded: "Envoyé",
    published: "Publié",
    byTool: "par l’outil du siège",
    by: (who: string) => `par ${who}`,
    preview: "Voir l’aperçu",
    download: "Télécharger (.xlsx)",
    publish: "Publier",
    publishTitle: (version: string) => `Publier la version ${version} ?`,
    publishText:
      "Les appareils la reçoivent à leur prochaine synchronisation. Les brouillons d’entretien passent à la nouvelle version sans rien perdre : une réponse que plus aucune question ne demande reste gardée et se lit à part. Les récits déjà signés ne changent pas.",
    publishing: "Publication…",
    publishedNow: "Publié. Les appareils le reçoivent à leur prochaine synchronisation.",
    takeBack: "Retirer le brouillon",
    takeBackTitle: "Retirer ce brouillon ?",
    takeBackText: "Il est effacé du siège. Le questionnaire en usage ne change pas.",
    earlier: (n: number) => `Versions d’avant (${n})`,
    number: "N°",
    languages: "Langues",
  },

  preview: {
    title: "Aperçu",
    lead: "Ce que verra le collecteur, avec les mêmes écrans et le même moteur. Rien n’est gardé.",
    language: "Langue du questionnaire",
    restart: "Recommencer",
    close: "Fermer l’aperçu",
    pages: "Pages",
    review: "Relecture",
    loose: "Questions",
    frame: "L’écran du collecteur",
    wrong: (n: number) => counted(n, "réponse attendue", "réponses attendues"),
    languages: { fr: "Français", en: "English", bm: "Bamanankan" } as Record<string, string>,
  },
};

export type CampaignWords = typeof fr;
