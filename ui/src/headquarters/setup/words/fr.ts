// What people read while headquarters is set up, in French: the shape that every other language must fill.

import type { Step } from "../steps";

export const fr = {
  welcome: "Mettre en place le siège",
  welcomeWhy:
    "Personne ne peut encore se connecter ici. Vous serez l’administrateur : vous préparez la campagne, puis vous invitez les autres.",
  token: "Jeton du terminal",
  tokenHint: "La fenêtre où « blon-server serve » tourne l’affiche. Il ne sert qu’une fois.",
  yourName: "Votre nom",
  yourNameHint: "C’est sous ce nom que vous vous connecterez.",
  begin: "Commencer",

  title: "Mise en place",
  lead: "Une chose après l’autre. Vous pouvez vous arrêter à tout moment et revenir : rien de ce qui est fait ne se perd.",
  step: {
    account: "Administrateur",
    campaign: "Campagne",
    questionnaire: "Questionnaire",
    key: "Clé du gardien",
  } as Record<Step, string>,
  stepDone: "fait",
  why: {
    campaign:
      "Où et quand on recueille, dans quelles langues, avec quelles équipes. Le plus vite : partir de l’exemple, puis changer ce qui est différent chez vous.",
    questionnaire: "Ce que les collecteurs demandent. Un fichier Excel (XLSForm) suffit.",
    key: "Les noms sont scellés sur les appareils. Seul celui qui garde la clé peut les ouvrir.",
  },
  later: "Plus tard",
  goOn: "Continuer",
  left: {
    account: "",
    campaign: "Il manque encore la campagne.",
    questionnaire: "Il manque encore le questionnaire : sans lui, les appareils ne demandent rien.",
    key: "Il manque encore la clé du gardien : sans elle, les noms restent sur l’appareil où ils ont été donnés.",
  } as Record<Step, string>,
  ready: (campaign: string) => `${campaign} est prête.`,
  next: "Et maintenant",
  nextPeople: "Ajouter les personnes",
  nextPeopleWhy: "Toute une équipe à la fois : collez la liste des noms.",
  nextDevices: "Inscrire les téléphones",
  nextDevicesWhy: "Imprimez une feuille de codes ; chacun inscrit son appareil lui-même.",

  key: {
    title: "Clé du gardien des identités",
    what: "Cette clé a deux moitiés. Celle qui scelle va au siège et sur les appareils. Celle qui ouvre reste chez le gardien, et nulle part ailleurs : personne ne peut la refaire.",
    there: "Les noms sont scellés pour les gardiens de ces clés : chacun peut les ouvrir seul.",
    missing: "Pas encore de clé : un nom donné en confidence reste sur l’appareil où il a été donné.",
    current: "Moitié publique, celle qui scelle",
    change: "Ajouter un gardien",
    dropOne: "Ne plus sceller pour cette clé",
    changeWarning:
      "Ce qui est déjà scellé ne s’ouvre qu’avec les clés d’alors : gardez-les, ou que leur gardien scelle tout à nouveau. La nouvelle vaut pour ce qui sera scellé ensuite.",
    make: "Faire une paire de clés ici",
    have: "J’ai déjà une clé",
    save: "1. Enregistrez le fichier du gardien",
    saveWhy: "Il contient la moitié qui ouvre. Faites-le de préférence sur l’ordinateur du gardien.",
    keep: "2. Rangez-le à deux endroits",
    kept: "Le fichier est rangé à deux endroits sûrs, par exemple deux clés USB dans deux bâtiments.",
    use: "3. Donnez la moitié publique au siège",
    public: "Moitié publique",
    useNow: "Employer cette clé",
    drop: "Abandonner cette paire",
    lostForGood: "Si le fichier se perd, personne ne pourra plus jamais ouvrir les noms scellés.",
    pasteHint: "Elle commence par « age1 ».",
    secretPasted:
      "C’est la moitié qui ouvre ! Elle n’a pas été envoyée. Effacez-la d’ici et collez celle qui commence par « age1 ».",
  },
};

export type SetUpWords = typeof fr;
