// What the collector reads, in French: the shape that every other language must fill.

import type { Cause } from "../../lib/bindings/Cause";
import type { ErasedWhy } from "../../lib/bindings/ErasedWhy";
import type { Conflict } from "../../lib/bindings/Conflict";
import type { Network } from "../../lib/bindings/Network";
import type { Finding } from "../../lib/bindings/Finding";
import type { Role } from "../../lib/bindings/Role";
import type { TaskState } from "../../lib/bindings/TaskState";
import { listed } from "../../lib/i18n";
import { countedFr as counted } from "../../lib/i18n/counted";
import { fr as interviewFr } from "../../lib/interview/words/fr";

export const fr = {
  ...interviewFr,

  tagline: "Récits de changement",
  lock: "Verrouiller",
  first: {
    title: "Bienvenue",
    why: "Les paroles que vous recueillez peuvent mettre quelqu’un en danger. Elles sont gardées chiffrées sur cet appareil ; votre phrase secrète seule les ouvre.",
    passphrase: "Choisissez une phrase secrète",
    hint: "Au moins 6 caractères. Quatre mots au hasard valent mieux qu’un mot compliqué.",
    repeat: "Encore une fois",
    differ: "Les deux ne sont pas pareilles.",
    forgotten:
      "Personne ne peut la retrouver pour vous, pas même le siège : si vous l’oubliez, les récits non envoyés sont perdus.",
    erased: {
      headquarters: (when: string) => `Cet appareil a été effacé sur demande du siège, le ${when}.`,
      attempts: (when: string) =>
        `La phrase secrète a été fausse trop souvent : cet appareil s’est effacé, le ${when}.`,
    } as Record<ErasedWhy, (when: string) => string>,
    erasedHint:
      "Plus rien n’y est gardé. Ce qui avait été envoyé est au siège. Pour recommencer, choisissez une phrase secrète, puis demandez une invitation au siège.",
    make: "Créer ma base",
    making: "Création de la base…",
  },
  unlock: {
    title: "Bonjour",
    passphrase: "Phrase secrète",
    open: "Ouvrir",
    opening: "Ouverture…",
    show: "Montrer",
    hide: "Cacher",
    wait: (span: string) => `Prochain essai dans ${span}`,
    triesLeft: (n: number) =>
      n > 1
        ? `Après ${n} essais faux de plus, tout ce qui est sur cet appareil sera effacé.`
        : "Encore un essai faux, et tout ce qui est sur cet appareil sera effacé.",
    waitWhy:
      "Après plusieurs essais faux, chaque essai attend plus longtemps : celui qui devine n’avance pas. Fermer l’application recommence l’attente ; changer l’heure n’y change rien.",
  },
  clock: "Horloge",
  forgotten: {
    title: "Phrase oubliée",
    link: "J’ai oublié ma phrase secrète",
    why: "Personne ne peut la retrouver ni l’ouvrir pour vous, pas même le siège. Vous pouvez recommencer à neuf, avec une nouvelle invitation du siège.",
    what: [
      "Ce qui a été envoyé est au siège, et revient à la première synchronisation.",
      "Ce qui n’a pas été envoyé, et les noms des personnes, restent fermés : perdus, sauf si la phrase vous revient.",
      "L’ancienne base n’est pas effacée : elle est mise de côté sur cet appareil, chiffrée, dans un dossier qui vous sera nommé.",
    ],
    begin: "Recommencer à neuf",
    back: "Essayer encore",
    sure: "Mettre l’ancienne base de côté ?",
    sureText:
      "Vous choisirez une nouvelle phrase secrète, puis il faudra une invitation du siège pour inscrire cet appareil.",
    done: "L’ancienne base est mise de côté, chiffrée.",
    where: "Elle est ici",
  },
  protection: {
    title: "Protection",
    lockAfter: "Verrouiller sans activité",
    minutes: (n: number) => `Après ${counted(n, "minute", "minutes")}`,
    lockHint:
      "Aussi 30 secondes après avoir quitté l’écran de l’application. Jamais pendant un enregistrement. Ce qui est écrit est gardé, et l’entretien reprend au même endroit.",
    exitHint:
      "Sortie rapide : le bouton en haut à droite, ou deux fois Échap, verrouille aussitôt derrière une simple horloge. Pour revenir : un appui long, ou Échap.",
    eraseAfter: "Effacer après des essais faux",
    tries: (n: number | null) => (n === null ? "Jamais" : `Après ${n} phrases fausses de suite`),
    eraseHint:
      "Tout ce qui est sur cet appareil serait perdu, sauf ce que le siège a reçu. Celui qui a copié le disque auparavant garde sa copie chiffrée.",
    change: "Changer la phrase secrète",
    present: "Phrase secrète actuelle",
    next: "Nouvelle phrase secrète",
    changed: "La phrase secrète est changée. L’ancienne n’ouvre plus rien ici.",
  },
  duress: {
    title: "Phrase de contrainte",
    on: "oui",
    off: "non",
    what: "Une seconde phrase, pour qui est forcé d’ouvrir l’application. Entrée à la porte à la place de la vôtre, elle détruit la clé de vos récits et ouvre une application vide, comme neuve.",
    limits: "Ce qu’elle ne peut pas faire",
    limitsList: [
      "Rien ne revient : ce qui n’était pas envoyé est perdu, même entrée par erreur.",
      "Elle ne protège pas contre qui a déjà copié l’appareil : sa copie s’ouvre avec la vraie phrase.",
      "Une application vide étonne qui vous a vu travailler, et le siège, lui, connaît toujours cet appareil.",
      "Qui examine la mémoire du téléphone peut voir que de la place vient d’être libérée.",
      "Détruire des données devant qui les exige peut mettre en danger : c’est à vous d’en juger.",
    ],
    isOn: "Une phrase de contrainte est choisie.",
    passphrase: "Phrase de contrainte",
    hint: "Au moins 6 caractères, bien différente de la vôtre : une faute de frappe ne doit pas la donner.",
    set: "Choisir cette phrase",
    another: "En choisir une autre",
    takeAway: "La retirer",
  },
  enrol: {
    title: "Inscrire cet appareil",
    why: "Le siège vous a donné une invitation : un code QR, un lien, ou une adresse et un code. Elle sert une fois et vaut 24 heures. Il faut du réseau maintenant, et plus tard seulement pour envoyer.",
    scan: "Scanner le code QR",
    picture: "Choisir l’image du code",
    reading: "Lecture du code…",
    read: "Invitation lue. Vérifiez l’adresse, puis inscrivez l’appareil.",
    pinned: "La clé du siège y est : l’application ne parlera qu’à lui.",
    url: "Adresse du siège",
    urlHint: "Ou collez ici le lien entier, qui commence par blon://",
    code: "Code d’inscription",
    go: "Inscrire",
    going: "Inscription…",
    again: "Inscrire de nouveau",
    againWhy: (person: string) =>
      `Avec une nouvelle invitation du siège, pour la même personne : ${person}. Tout ce qui est sur cet appareil y reste.`,
  },

  stories: {
    title: "Mes récits",
    new: "Nouvel entretien",
    none: "Aucun récit encore.",
    noneHint: "Un entretien commence par le consentement ; tout s’enregistre à mesure, sans réseau.",
    returned: "À corriger",
    drafts: "Brouillons",
    waiting: "À envoyer",
    sent: "Au siège",
    correctionOpen: "Correction en cours",
    filesOf: (there: number, all: number) => `${there} fichiers sur ${all} reçus`,
    filesDone: (all: number) => (all === 1 ? "1 fichier reçu" : `${all} fichiers reçus`),
    setAside: "Refusé par le siège, gardé ici",
    counted: "Récits",
    training: "Entraînement",
    newTraining: "Nouvel entraînement",
    noTraining: "Aucun entraînement encore.",
    noTrainingHint:
      "Un entretien d’entraînement se mène sur les mêmes écrans. Il reste à part et n’est jamais compté.",
    search: "Chercher un mot, un lieu",
    filter: "Filtrer",
    everyStatus: "Tous les états",
    everyLevel: "Tous les niveaux",
    everyCommune: "Toutes les communes",
    nothingFound: "Aucun récit ne correspond.",
    more: "Montrer la suite",
  },

  sync: {
    title: "Synchroniser",
    waiting: (records: number, files: number, withdrawals: number) =>
      listed(
        [
          records > 0 ? counted(records, "texte", "textes") : "",
          files > 0 ? counted(files, "fichier", "fichiers") : "",
          withdrawals > 0 ? counted(withdrawals, "retrait", "retraits") : "",
        ].filter(Boolean),
      ),
    toSend: "À envoyer",
    nothing: "Rien à envoyer.",
    nothingHint: {
      collector: "Synchronisez aussi pour recevoir les commentaires de votre superviseur.",
      supervisor: "Synchronisez aussi pour recevoir les récits de votre équipe.",
      verifier: "Synchronisez aussi pour recevoir ce qui est à vérifier.",
      analyst: "Synchronisez aussi pour recevoir les nouvelles du siège.",
      admin: "Synchronisez aussi pour recevoir les nouvelles du siège.",
      custodian: "Synchronisez aussi pour recevoir les nouvelles du siège.",
    } as Record<Role, string>,
    go: "Synchroniser maintenant",
    going: "Synchronisation…",
    stop: "Arrêter",
    left: "Reste",
    timeLeft: (seconds: number) =>
      seconds < 90
        ? "Encore une minute environ"
        : `Encore ${counted(Math.round(seconds / 60), "minute", "minutes")} environ`,
    goOn: "Vous pouvez continuer à écrire pendant ce temps.",
    cost: (bytes: string) => `Environ ${bytes} à envoyer`,
    held: (bytes: string) =>
      `${bytes} de photos et de sons attendent un réseau gratuit ou demain : c’est votre choix dans les réglages. Les textes partent toujours.`,
    all: (bytes: string) => `Tout envoyer maintenant (${bytes} de plus)`,
    done: "Synchronisation terminée",
    stopped: "Synchronisation interrompue",
    sent: (n: number) => counted(n, "texte reçu par le siège", "textes reçus par le siège"),
    filesSent: (n: number) => counted(n, "fichier reçu par le siège", "fichiers reçus par le siège"),
    received: (n: number) => counted(n, "nouvelle du siège", "nouvelles du siège"),
    erased: (n: number) =>
      n < 2
        ? "1 récit retiré par la personne qui l’a raconté : il est effacé de cet appareil"
        : `${n} récits retirés par les personnes qui les ont racontés : ils sont effacés de cet appareil`,
    unread: (n: number) =>
      `${counted(n, "nouvelle", "nouvelles")} du siège à lire après la mise à jour de l’application`,
    refused: (n: number) => counted(n, "texte refusé, gardé ici", "textes refusés, gardés ici"),
    cuts: (n: number) => `La ligne a été coupée ${counted(n, "fois", "fois")} ; l’envoi a repris.`,
    data: (up: string, down: string) => `Données : ${up} envoyées, ${down} reçues`,
    past: (n: number) => `Synchronisations passées (${n})`,
    causes: {
      asked: "demandée",
      start: "à l’ouverture",
      finalised: "après une signature",
      line_returned: "au retour du réseau",
      changed: "après un changement",
      again: "toute seule",
    } as Record<Cause, string>,
    clock: (ahead: boolean, span: string) =>
      `L’horloge de cet appareil ${ahead ? "avance" : "retarde"} de ${span}.`,
    clockHint: "Rien n’est perdu et rien n’en dépend, mais réglez-la : les dates seront justes.",
    last: "Dernière fois",
    never: "Pas encore synchronisé.",
    headquarters: "Siège",
  },

  parcel: {
    title: "Sans réseau",
    lead: "Tout ce qui attend peut partir dans un fichier chiffré : sur une clé, ou avec quelqu’un qui va là où il y a du réseau. Seul le siège peut l’ouvrir.",
    export: "Écrire le colis",
    written: (texts: number, files: number) =>
      `Le colis est écrit : ${counted(texts, "texte", "textes")} et ${counted(files, "fichier", "fichiers")}.`,
    where: "Il est ici",
    still: "Rien n’est compté comme envoyé avant le récépissé du siège.",
    receipt: "Lire le récépissé",
    read: (texts: number, files: number) =>
      `Le siège a reçu ${counted(texts, "texte", "textes")} et ${counted(files, "fichier", "fichiers")}.`,
    carry: "Porter le colis d’un collègue",
    carried: "Colis portés",
    waits: "attend le réseau",
    delivered: "au siège",
    handBack: "Écrire son récépissé",
    drop: "Ne plus le porter",
    dropTitle: "Ne plus porter ce colis ?",
    dropText: "Il est retiré de cet appareil. Votre collègue a toujours tout ce qu’il contient.",
  },

  settings: {
    title: "Réglages",
    language: "Langue",
    languageHint: "En bambara, ce qui n’est pas encore traduit paraît en français.",
    size: "Taille du texte",
    sizes: { "100": "Normale", "125": "Grande", "150": "Très grande", "200": "Double" } as Record<
      string,
      string
    >,
    scheme: "Clair ou sombre",
    schemes: { auto: "Comme l’appareil", light: "Clair, pour le soleil", dark: "Sombre, pour la nuit" },
    device: "Cet appareil",
    campaign: "Campagne",
    headquarters: "Siège",
    free: "Place libre",
    data: "Envoi et données",
    reviewSpace: "Place pour les photos et les sons de l’équipe",
    reviewSpaceNone: "Aucune : les textes seulement",
    reviewSpaceHint: (used: string) =>
      `${used} occupés. Les textes viennent toujours. Les plus petits fichiers des récits en attente viennent d’abord ; ceux des récits déjà décidés leur laissent la place.`,
    byItself: "Synchroniser tout seul",
    byItselfHint: "À l’ouverture, après une signature, et dès que le réseau revient.",
    files: "Photos et sons",
    policies: {
      free_only: "Seulement par un réseau gratuit (Wi-Fi)",
      daily: (megabytes: number) => `Jusqu’à ${megabytes} Mo payants par jour`,
      any: "Par n’importe quel réseau",
    },
    network: { free: "gratuit", paid: "payant", unknown: "inconnu, compté comme payant" } as Record<
      Network,
      string
    >,
    networkNow: "Réseau",
    usedToday: "Photos et sons payés aujourd’hui",
    toFree: (files: number, bytes: string) =>
      `Libérer ${bytes} : ${counted(files, "fichier", "fichiers")} que le siège a`,
    freeTitle: "Retirer ces fichiers d’ici ?",
    freeText:
      "Le siège a confirmé chacun d’eux, octet par octet. Ils ne pourront plus être ouverts sur cet appareil ; les récits y restent.",
    freed: (bytes: string) => `${bytes} libérés.`,
  },
  bin: {
    title: "Brouillons effacés",
    none: "Aucun brouillon effacé.",
    hint: "Ils restent ici, chiffrés, jusqu’à ce que vous les effaciez pour toujours.",
    restore: "Reprendre",
    erase: "Effacer pour toujours",
    eraseTitle: "Effacer pour toujours ?",
    deleted: (when: string) => `Effacé le ${when}`,
    justNow: "Le brouillon est effacé de la liste.",
    back: "Le reprendre",
  },

  withdraw: {
    title: "Retirer un récit",
    this: "La personne retire ce récit",
    lead: "La personne qui a raconté peut reprendre son récit à tout moment, sans dire pourquoi. Il suffit du code qui est sur son papier.",
    giveNow: "Donnez maintenant ce code à la personne",
    code: "Code de retrait de la personne",
    aloud: "À dire :",
    sentence:
      "Avec ce code, vous pouvez retirer votre récit à tout moment, sans dire pourquoi. Donnez-le à un collecteur, à un superviseur ou au siège : votre récit sera effacé.",
    slip: "Copiez-le sur un papier, puis relisez-le ensemble. N’y écrivez ni nom ni village.",
    erasedHere:
      "Sur cet appareil, tout ce qui est de ce récit est effacé tout de suite : texte, photos, sons, nom.",
    erasedElsewhere:
      "Au siège et sur les autres appareils, il est effacé à leurs prochaines synchronisations.",
    exports:
      "Ce qui a été exporté du siège avant ne peut pas être effacé d’ici. Le siège saura à qui le demander.",
    taken: "Le récit est retiré",
    when: "Retiré le",
    here: "Sur cet appareil",
    erased: "Le récit y était. Il est effacé.",
    nothingHere: "Rien de ce récit n’y était.",
    headquarters: "Au siège",
    told: "Le siège le sait",
    untold: "Attend la synchronisation",
    takenSentence:
      "Votre retrait est enregistré. Votre récit sera effacé au siège et sur chaque appareil qui l’a, dès qu’il aura du réseau.",
    receiptSlip: "Écrivez le jour et l’heure sur le papier de la personne : c’est son reçu.",
    done: "Revenir à la liste",
    another: "Retirer un autre récit",
    list: "Retraits pris sur cet appareil",
  },

  story: {
    duplicate: "Nouvel entretien à partir de celui-ci",
    duplicateTitle: "Commencer un nouvel entretien ?",
    duplicateText:
      "Ses réponses sont reprises, sauf ce qui est à chacun : le consentement, l’identité, le jour et les fichiers.",
    correct: "Corriger ce récit",
    resume: "Continuer la correction",
    returnedLead: (n: number) =>
      n < 2 ? "Votre superviseur a laissé un commentaire." : `Votre superviseur a laissé ${n} commentaires.`,
    approved: "Votre superviseur a approuvé ce récit.",
    rejected:
      "Votre superviseur n’a pas retenu ce récit : la raison est en bas de page. Une correction sera relue.",
    inReview: "Votre superviseur lit ce récit.",
    waiting: "Ce récit est signé. Il partira à la prochaine synchronisation.",
    textThere: "Le texte est au siège ; le reste suit.",
    received: "Le siège a reçu ce récit.",
    receipt: "Où en est l’envoi",
    text: "Texte",
    kinds: { photo: "Photo", sound: "Son", file: "Fichier" },
    there: "au siège",
    parts: (have: number, all: number) => `${counted(have, "part", "parts")} sur ${all} au siège`,
    waits: "attend",
    gone: "au siège, plus sur cet appareil",
    lost: "ni ici ni au siège : dites-le à votre superviseur",
    refused: "Le siège a refusé ce récit. Il est gardé ici.",
    join: "Réunir les deux versions",
    conflicts: {
      revisions:
        "Ce récit a été corrigé à deux endroits, et les deux versions sont gardées. Ce qui diffère est marqué plus bas, mot à mot. Réunissez-les par une correction : elle commence avec tout ce que disent les deux.",
      decisions:
        "Deux décisions ont été prises sur ce récit, chacune sans connaître l’autre. Vos superviseurs les voient aussi ; elles sont en bas de la page.",
    } as Record<Conflict["kind"], string>,
    history: "Historique",
    identity: "Identité, sous scellés",
    face: "le visage du conteur",
    sealed:
      "Scellée pour les gardiens des identités, qui seuls peuvent la lire. Elle n’est plus sur cet appareil.",
    code: "Au siège, cette personne s’appelle",
  },

  verify: {
    title: "Vérifications",
    toDo: "À vérifier",
    done: "Rapports faits",
    none: "Rien à vérifier.",
    noneHint: "Ce qu’un superviseur vous demande arrive avec la synchronisation.",
    askedBy: (who: string) => `Demandé par ${who}`,
    reports: (n: number) => counted(n, "rapport signé", "rapports signés"),
    states: {
      todo: "À faire",
      writing: "En cours",
      waiting: "Attend l’envoi",
      sent: "Envoyé",
      refused: "Refusé : à reprendre",
    } as Record<TaskState, string>,
    refused: "Le siège a refusé ce rapport.",
    again:
      "Ses mots sont de nouveau dans le formulaire : corrigez-les, puis signez encore une fois. Si vous aviez donné un nom, donnez-le de nouveau.",
    withdrawn: "Cette vérification n’est plus demandée.",
    withdrawnHint: "Ce que vous avez écrit peut encore être signé, ou effacé.",
    withdrawnMark: "N’est plus demandé",
    names: "Qui a été interrogé",
    namesStay: "Cela reste sur cet appareil : rien n’en est envoyé.",
    erase: "Effacer ce rapport",
    eraseTitle: "Effacer ce rapport ?",
    eraseText: "Ce qui est dans le formulaire sera perdu, photos comprises, et ne sera pas envoyé.",
    report: "Rapport",
    claim: "Ce qui est affirmé",
    reportWaits: "Votre rapport est signé. Il partira à la prochaine synchronisation.",
    reportSent: "Votre rapport est au siège.",
    another: "Si vous interrogez une autre personne, faites un autre rapport ici.",
    askAnother: "Interroger une autre personne",
    signedReports: "Ce que vous avez rapporté",
    finding: "La personne interrogée est-elle d’accord ?",
    findings: { agrees: "D’accord", partly: "En partie", disagrees: "Pas d’accord" } as Record<
      Finding,
      string
    >,
    why: "Pourquoi ?",
    whyHint: "Avec ses mots : ce qu’elle a vu, ce qui s’est passé autrement.",
    informant: "Comment le sait-elle ?",
    informantHint: "Sans nom. Par exemple : une voisine, sage-femme, qui n’est pas du projet.",
    name: "Son nom (facultatif)",
    nameSealed:
      "Scellé à la signature : seul le gardien des identités pourra le lire. Ni le siège ni vos collègues ne le peuvent.",
    nameStays: "Il reste sur cet appareil : il n’est pas envoyé.",
    evidence: "Preuves",
    evidenceHint: "Ce qui appuie ce qu’elle dit. Rien n’est obligatoire ici.",
    kind: "Quelle preuve",
    description: "Ce qu’elle montre",
    addEvidence: "Ajouter une preuve",
    addPhoto: "Ajouter une photo",
    removeText: "Sa description et sa photo seront retirées de ce rapport.",
    sign: "Signer ce rapport",
    signTitle: "Signer ce rapport ?",
    signText:
      "Il partira à la prochaine synchronisation et ne pourra plus être changé. Vous pourrez en faire un autre.",
  },
};

export type CollectorWords = typeof fr;
