// What an interview says on the screen, in French: the shape that every other language must fill. What is asked is the
// questionnaire's own.

import type { FaultKind } from "../../bindings/FaultKind";
import type { Lack } from "../../bindings/Lack";
import type { QuestionType } from "../../bindings/QuestionType";
import type { Telling } from "../../bindings/Telling";
import { coachFr, type CoachWords } from "../../i18n/coach.fr";
import { countedFr as counted } from "../../i18n/counted";
import { type Technique, techniquesFr } from "./techniques.fr";

export const fr = {
  save: {
    saved: "Enregistré",
    saving: "Un instant…",
    failed: "Pas enregistré",
  },

  interview: {
    review: "Relecture",
    next: "Suivant",
    previous: "Précédent",
    undo: "Revenir sur la dernière réponse",
    clear: "Effacer la réponse",
    choose: "Choisir…",
    today: "Aujourd’hui",
    acknowledge: "C’est lu",
    probes: "Relances",
    guidance: "Pour en savoir plus",
    toAnswer: "À revoir",
    sealed:
      "Déjà scellé au siège : laissez vide. Ce que vous écririez ici serait scellé à côté de ce qui y est.",
    refused:
      "Sans l’accord de la personne, l’entretien s’arrête ici. Rien de ce qu’elle a dit ne doit rester.",
    discard: "Effacer ce brouillon",
    discardTitle: "Effacer ce brouillon ?",
    discardText: "Il sera retiré de la liste. Vous pourrez encore le reprendre dans « Brouillons effacés ».",
    eraseText: "Tout ce qui y est écrit et ses fichiers seront effacés de cet appareil pour toujours.",
    abandon: "Abandonner la correction",
    abandonTitle: "Abandonner cette correction ?",
    abandonText:
      "Le récit reste tel qu’il a été signé. Vous pourrez encore reprendre vos modifications dans « Brouillons effacés ».",
  },
  joining: {
    title: "Deux versions à réunir",
    lead: (n: number) =>
      `Ce récit a été corrigé à deux endroits. Cette correction réunit les deux versions, et rien n’en est perdu. ${n < 2 ? "Une réponse avait été changée" : `${n} réponses avaient été changées`} des deux côtés : relisez-${n < 2 ? "la" : "les"}.`,
    here: "Les deux versions ne disent pas la même chose ici. Gardez ce qui est juste.",
    one: "Une version",
    other: "L’autre version",
    both: (one: string, other: string) => `« ${one} » · « ${other} »`,
    clashes: (n: number) => counted(n, "réponse à réunir", "réponses à réunir"),
  },
  map: {
    title: "Plan de l’entretien",
    loose: "Questions",
    cards: "La liste",
    missing: (n: number) => counted(n, "réponse attendue", "réponses attendues"),
    answered: (n: number, all: number) => `${n} sur ${all} répondues`,
  },
  coach: {
    title: "Ce qui manque au récit",
    lead: "Des idées pour la suite. Rien n’est obligatoire ici ; gardez ce qui sert la personne et son récit.",
    nothing: "Le récit dit qui, quoi, quand, où, pourquoi, et ce qui le prouve.",
    why: "Pourquoi cela compte",
  },
  card: { title: "Cartes de technique", say: "Par exemple", avoid: "À éviter" },
  quoted: (words: string) => (words.includes("«") ? words : `« ${words} »`),
  questionType: {
    opening: "Question d’ouverture",
    open: "Question ouverte",
    probing: "Question de relance",
    closed: "Question fermée",
    checking: "Question de vérification",
  } as Record<QuestionType, string>,
  techniques: techniquesFr as Record<keyof typeof techniquesFr, Technique>,
  lacks: coachFr as Record<Lack, CoachWords>,

  repeats: {
    changes: {
      none: "Aucun changement noté encore.",
      add: "Noter un changement",
      another: "Noter un autre changement",
    },
    evidence: {
      none: "Aucune preuve notée encore.",
      add: "Ajouter une preuve",
      another: "Ajouter une autre preuve",
    },
    other: { none: "Rien n’est noté encore.", add: "Ajouter", another: "Ajouter encore" },
  } as Record<string, { none: string; add: string; another: string }> & {
    other: { none: string; add: string; another: string };
  },
  cards: {
    complete: "Complet",
    remove: "Retirer",
    removeTitle: (what: string) => `Retirer « ${what} » ?`,
    removeText: "Ses réponses seront retirées. La flèche de retour, en haut, les ramène.",
  },

  file: {
    photo: "Prendre une photo",
    choosePhoto: "Choisir une photo",
    chooseSound: "Choisir un son",
    choose: "Choisir un fichier",
    notHere:
      "Ici, sur l’appareil, se prend une photo, un enregistrement ou un fichier. L’aperçu n’en prend pas.",
    attaching: "Mise en sûreté du fichier…",
    erase: "Effacer le fichier",
    eraseTitle: "Effacer ce fichier ?",
    eraseText: "Il sera effacé de cet appareil tout de suite et pour toujours.",
  },
  recording: {
    start: "Enregistrer",
    how: (format: string, kilobits: number) =>
      `Format ${format}, ${kilobits} kbit/s : une heure prend environ ${Math.round(kilobits * 0.45)} Mo.`,
    running: "Enregistrement en cours",
    pause: "Pause",
    resume: "Reprendre",
    mark: "Marquer",
    marks: (n: number) => counted(n, "passage marqué", "passages marqués"),
    end: "Terminer",
    erase: "Arrêter et effacer",
    eraseTitle: "Effacer cet enregistrement ?",
    eraseText: "Tout ce qui vient d’être enregistré sera effacé tout de suite et pour toujours.",
    level: "Niveau du son",
    free: (left: string) => `${left} libres`,
    refused:
      "La personne ne veut pas être enregistrée, et il y a un enregistrement dans ce récit. Effacez-le à sa question, devant elle. Il ne partira pas.",
    hindrance: {
      unsupported:
        "Cet appareil ne peut pas enregistrer dans l’application. Enregistrez avec une autre application, puis choisissez le fichier ici.",
      denied:
        "Le micro est refusé à Blon. Autorisez-le dans les réglages du téléphone, ou choisissez un fichier de son. Rien n’est perdu.",
      no_microphone:
        "Aucun micro n’a été trouvé. Branchez-en un, ou choisissez un fichier de son. Rien n’est perdu.",
    },
  },
  place: {
    latitude: "Latitude",
    longitude: "Longitude",
    measure: "Mesurer ici",
    measuring: "Mesure…",
    failed: "La position n’a pas pu être mesurée. Vous pouvez l’écrire à la main.",
    accuracy: (metres: string) => `À ${metres} m près`,
    coarse:
      "À la signature, le lieu est arrondi à une dizaine de kilomètres, sauf si la campagne a besoin de plus et que la personne l’a accepté.",
  },

  review: {
    ready: "Le récit est complet.",
    readyHint:
      "Relisez-le à la personne si vous le pouvez. Après la signature, il part au siège à la prochaine synchronisation.",
    missing: (n: number) => `Avant de signer, il manque ${counted(n, "réponse", "réponses")} :`,
    sign: "Signer et finaliser",
    signing: "Finalisation…",
    signTitle: "Finaliser ce récit ?",
    signText: "Il sera prêt à envoyer. Vous pourrez encore le lire, et le corriger par une nouvelle version.",
    signTraining: "C’est un entraînement : il partira à part et ne sera jamais compté.",
    read: "Ce qui sera envoyé",
    others: "Autres réponses",
    note: "Qu’avez-vous corrigé ?",
    noteHint: "Un mot pour votre superviseur.",
    leftOver: "Réponses d’avant",
    leftOverHint: "Le questionnaire ne pose plus ces questions. Leurs réponses sont gardées.",
  },
  leaks: {
    title: "Ce qui peut dire qui a raconté",
    lead: "Masquez ce qui dit qui a raconté ce récit. Une autre personne peut y être nommée à bon droit : rien n’empêche de signer.",
    sealed: "Ce que vous masquez ne part que scellé : seul le gardien des identités peut le lire.",
    stays:
      "Cette campagne n’a pas encore de gardien des identités : ce que vous masquez reste sur cet appareil seulement.",
    known: {
      name: "C’est dans le nom de la personne.",
      phone: "C’est le numéro de la personne.",
      place: "C’est là qu’on trouve la personne.",
      email: "C’est l’adresse de la personne.",
    } as Record<Telling, string>,
    like: {
      name: "Cela ressemble à un nom.",
      phone: "Cela ressemble à un numéro de téléphone.",
      place: "Cela ressemble à un lieu exact.",
      email: "Cela ressemble à une adresse de courriel.",
    } as Record<Telling, string>,
    mask: "Masquer",
    maskThis: (words: string) => `Masquer « ${words} »`,
    leave: "Laisser",
    leaveThis: (words: string) => `Laisser « ${words} »`,
    coach: (n: number) =>
      `${counted(n, "passage semble", "passages semblent")} dire qui a raconté : à voir avant de signer.`,
  },
  need: {
    missing: "Réponse attendue",
    interview_refused: "L’entretien est refusé : ce récit ne peut pas être gardé.",
    not_consented: "Fichier sans accord de la personne",
  },
  fault: {
    missing: "Réponse attendue",
    not_of_type: "Cette réponse n’a pas la bonne forme.",
    not_offered: "Cette réponse n’est pas dans la liste.",
    out_of_range: "Ce nombre est hors de l’échelle.",
    constraint: "Cette réponse ne convient pas.",
  } as Record<FaultKind, string>,
};

export type InterviewWords = typeof fr;
