// What people read while headquarters is set up.

import { catalogue } from "../../lib/i18n";
import type { Step } from "../setup/steps";

const fr = {
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
    there: "Les noms sont scellés pour le gardien de cette clé.",
    missing: "Pas encore de clé : un nom donné en confidence reste sur l’appareil où il a été donné.",
    current: "Moitié publique, celle qui scelle",
    change: "Changer de clé",
    changeWarning:
      "Ce qui est déjà scellé ne s’ouvre qu’avec l’ancienne clé : gardez-la. La nouvelle vaut pour ce qui sera scellé ensuite.",
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

const en: typeof fr = {
  welcome: "Set up headquarters",
  welcomeWhy:
    "Nobody can sign in here yet. You will be the administrator: you prepare the campaign, then you invite the others.",
  token: "Token from the terminal",
  tokenHint: "The window in which “blon-server serve” runs shows it. It works once.",
  yourName: "Your name",
  yourNameHint: "You will sign in under this name.",
  begin: "Begin",

  title: "Set-up",
  lead: "One thing after the other. Stop whenever you like and come back: nothing that is done is lost.",
  step: {
    account: "Administrator",
    campaign: "Campaign",
    questionnaire: "Questionnaire",
    key: "Custodian’s key",
  },
  stepDone: "done",
  why: {
    campaign:
      "Where and when stories are collected, in which languages, with which teams. The quickest way: begin with the example, then change what is different with you.",
    questionnaire: "What collectors ask. An Excel file (XLSForm) is enough.",
    key: "Names are sealed on the devices. Only whoever keeps the key can open them.",
  },
  later: "Later",
  goOn: "Go on",
  left: {
    account: "",
    campaign: "The campaign is still missing.",
    questionnaire: "The questionnaire is still missing: without it devices ask nothing.",
    key: "The custodian’s key is still missing: without it names stay on the device where they were given.",
  },
  ready: (campaign) => `${campaign} is ready.`,
  next: "What comes next",
  nextPeople: "Add the people",
  nextPeopleWhy: "A whole team at once: paste the list of names.",
  nextDevices: "Enrol the phones",
  nextDevicesWhy: "Print a sheet of codes; everybody enrols their own device.",

  key: {
    title: "Key of the identity custodian",
    what: "This key has two halves. The one that seals goes to headquarters and the devices. The one that opens stays with the custodian and nowhere else: nobody can make it again.",
    there: "Names are sealed for whoever keeps this key.",
    missing: "No key yet: a name given in confidence stays on the device where it was given.",
    current: "Public half, the one that seals",
    change: "Change the key",
    changeWarning:
      "What is sealed already opens only with the old key: keep it. The new one counts for what is sealed from then on.",
    make: "Make a pair of keys here",
    have: "I have a key already",
    save: "1. Save the custodian’s file",
    saveWhy: "It holds the half that opens. Best done on the custodian’s own computer.",
    keep: "2. Keep it in two places",
    kept: "The file is kept in two safe places, such as two USB sticks in two buildings.",
    use: "3. Give headquarters the public half",
    public: "Public half",
    useNow: "Use this key",
    drop: "Drop this pair",
    lostForGood: "If the file is lost, nobody will ever be able to open the sealed names.",
    pasteHint: "It begins with “age1”.",
    secretPasted:
      "That is the half that opens! It was not sent. Remove it from here and paste the one that begins with “age1”.",
  },
};

export const say = catalogue(fr, en);
