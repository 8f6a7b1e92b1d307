// What a supervisor reads who reviews stories, in French: the shape that every other language must fill.

import type { Criterion } from "../../bindings/Criterion";
import type { Deed } from "../../bindings/Deed";
import type { Finding } from "../../bindings/Finding";
import type { Lack } from "../../bindings/Lack";
import type { Verified } from "../../bindings/Verified";
import { coachFr, type CoachWords } from "../../i18n/coach.fr";
import { countedFr as counted } from "../../i18n/counted";

export const fr = {
  reload: "Recharger",

  list: {
    title: "Récits",
    all: "Tous",
    none: "Aucun récit n’est encore arrivé. Les récits viennent quand les appareils synchronisent.",
    noneHere: "Aucun récit ne répond à cette recherche.",
    waits: (span: string) => `Attend depuis ${span}`,
    threads: (n: number) => counted(n, "discussion en cours", "discussions en cours"),
    more: "Afficher la suite",
    order: "Ordre",
    newest: "Les plus récents",
    waiting: "En attente d’abord",
    filters: "Filtres",
    anyCommune: "Toutes",
    anyCollector: "Tous",
    anyLevel: "Tous",
    anyEvidence: "Avec ou sans",
    evidence: { missing: "Fichiers en chemin", whole: "Fichiers tous arrivés", none: "Sans fichier" },
    commune: "Commune",
    collector: "Collecteur",
    level: "Niveau",
    evidenceLabel: "Fichiers",
    from: "Récits du",
    to: "au",
    clear: "Tout montrer",
    keys: "Touches : j et k pour avancer et reculer, Entrée pour ouvrir, / pour chercher.",
    by: (who: string) => `Recueilli par ${who}`,
    files: (there: number, all: number) =>
      there === all
        ? counted(all, "fichier", "fichiers")
        : `${counted(there, "fichier", "fichiers")} sur ${all}`,
    conflict: "À départager",
    refused: "Refusé par le siège : à lire",
    search: "Chercher un mot, un lieu",
    training: "Voir l’entraînement",
    counted: "Revenir aux vrais récits",
  },

  story: {
    backToList: "Tous les récits",
    storyteller: "Qui raconte",
    collector: "Recueilli par",
    revisionRead: "Version lue",
    newest: "la plus récente",
    against: "comparée à",
    same: "Aucune réponse n’a changé.",
    old: "Vous lisez une version ancienne. La décision porte sur la plus récente.",
    changed: "Ce récit a changé depuis que vous l’avez ouvert. Relisez-le avant de décider.",
    note: "Mot du collecteur",
    clock: (ahead: boolean, span: string) =>
      `L’horloge de l’appareil ${ahead ? "avançait" : "retardait"} de ${span} quand il a envoyé cette version : ses dates et ses heures sont à lire ainsi.`,
    arrived: (have: string, all: string) => `${have} sur ${all} sont arrivés.`,
    ask: "Demander ce fichier en premier",
    withheld:
      "Pas montré : on y entend une voix ou on y voit un visage, et la personne n’y a pas consenti. Qui relit les récits peut le voir.",
    asked: "Demandé : il viendra avant les autres.",
    conflictRevisions: (numbers: string) =>
      `Les versions ${numbers} ont été écrites séparément ; aucune ne remplace l’autre. Ce qui les sépare est marqué plus bas ; « Version lue » passe de l’une à l’autre.`,
    joining: (who: string) =>
      `Rien n’est perdu : ${who} les réunit sur son appareil. Renvoyez le récit avec un commentaire pour le lui demander.`,
    conflictDecisions: "Des superviseurs ont décidé chacun de leur côté :",
    settling: "La prochaine décision tranche. Celles-ci restent dans l’historique.",
    settles: (whose: string) => `Tranche entre les décisions de ${whose}`,
    withdraw: "La personne retire ce récit",
    history: "Historique",
    revisedBy: (who: string) => `Version signée par ${who}`,
    returnedBy: (who: string, comments: number) =>
      `Renvoyé par ${who} avec ${counted(comments, "commentaire", "commentaires")}`,
    approvedBy: (who: string) => `Approuvé par ${who}`,
    rejectedBy: (who: string) => `Non retenu par ${who}`,
    reopenedBy: (who: string) => `Décision retirée par ${who}`,
  },

  refused: {
    what: (deed: string) => `Le siège a refusé : ${deed}.`,
    deed: {
      finalise: "signer une version",
      return: "renvoyer ce récit",
      approve: "approuver ce récit",
      reject: "ne pas retenir ce récit",
      reopen: "revenir sur la décision",
      comment: "un commentaire",
      reply: "une réponse dans une discussion",
      resolve: "marquer une discussion comme réglée",
      rate: "noter un changement",
      ask_verification: "demander une vérification",
      verify: "un rapport de vérification",
    } as Record<Deed, string>,
    words: "Vous aviez écrit :",
    lead: "Ce qui est refusé ne compte pas.",
    copy: "Copiez les mots à redire : ils ne seront plus montrés ensuite.",
    read: "J’ai lu",
  },

  rating: {
    title: "Notes données à ce changement",
    own: (n: number) => `Collecteur : d’après la version ${n}`,
    collector: "Collecteur",
    supervisors: "Superviseurs",
    criterion: {
      evidence: "Preuves",
      contribution: "Contribution du projet",
      importance: "Importance",
      quality: "Qualité du récit",
    } as Record<Criterion, string>,
    gap: (n: number) => `écart de ${n}`,
    open: "Noter ce changement",
    note: "Pourquoi ces notes (facultatif)",
    save: "Enregistrer",
    saved: "Vos notes sont enregistrées.",
  },

  verification: {
    title: "Vérification",
    stands: {
      asked: "Vérification demandée",
      agrees: "Confirmé",
      partly: "Confirmé en partie",
      disagrees: "Pas confirmé",
    } as Record<Verified, string>,
    askedBy: (verifier: string, by: string) => `Vérification demandée à ${verifier} par ${by}`,
    waits: (who: string) => `En attente du rapport de ${who}`,
    reportOf: (who: string) => `Rapport de ${who}`,
    found: {
      agrees: (who: string) => `Rapport de ${who} : confirmé`,
      partly: (who: string) => `Rapport de ${who} : confirmé en partie`,
      disagrees: (who: string) => `Rapport de ${who} : pas confirmé`,
    } as Record<Finding, (who: string) => string>,
    why: "Ce qu’en dit la personne interrogée",
    informant: "Comment cette personne peut le savoir",
    sealed: "Nom scellé pour le gardien des identités",
    open: "Demander une vérification",
    lead: "Le vérificateur reçoit ce qui est affirmé de ce changement, sans savoir qui l’a raconté. Ne nommez pas cette personne dans la question.",
    verifier: "À qui",
    choose: "Choisir un vérificateur",
    question: "Ce qu’il faut surtout demander (facultatif)",
    ask: "Demander",
    asked: "Votre demande est enregistrée.",
    nobody:
      "Cette campagne n’a pas encore de vérificateur. Le siège peut en inscrire un : demandez-le à la personne qui gère les comptes.",
  },

  lacks: coachFr as Record<Lack, CoachWords>,
  leaks: {
    found: (passages: string[]) =>
      `${passages.length > 1 ? "Ces passages semblent" : "Ce passage semble"} dire qui a raconté : ${passages.map((words) => `« ${words} »`).join(", ")}`,
    lead: "Il se peut qu’une autre personne y soit nommée à bon droit. Sinon, le collecteur peut le masquer.",
    suggest: "Demander de le masquer",
    comment:
      "Ce passage semble dire qui a raconté ce récit. Si c’est le cas, corrigez le récit et touchez « Masquer » à la relecture.",
  },
  open: {
    title: "Ce qui manque encore",
    lead: "D’après la méthode. Rien de cela n’empêche de décider.",
    none: "D’après la méthode, rien n’y manque.",
    ask: (probe: string) => `Question à poser : « ${probe} »`,
    suggest: "En faire un commentaire",
  },

  review: {
    title: "Votre relecture",
    lead: "Touchez la bulle à côté d’une réponse pour la commenter, ou commentez ici le récit entier.",
    comment: (answer: string) => `Commenter : ${answer}`,
    commentWhole: "Commenter le récit entier",
    commentChanges: "Commenter les changements",
    commentEvidence: "Commenter les preuves",
    commentOn: (answer: string) => `Commentaire sur « ${answer} »`,
    keep: "Ajouter ce commentaire",
    drop: "Retirer ce commentaire",
    pending: (n: number) => counted(n, "commentaire à envoyer", "commentaires à envoyer"),
    nonePending: "Aucun commentaire à envoyer.",
    return: (n: number) =>
      n === 0 ? "Renvoyer" : `Renvoyer avec ${counted(n, "commentaire", "commentaires")}`,
    returnHint: "Pour renvoyer, commentez d’abord une réponse.",
    returnTitle: "Renvoyer ce récit ?",
    returnText: (who: string) => `${who} le recevra à sa prochaine synchronisation, avec vos commentaires.`,
    approve: "Approuver",
    approveTitle: "Approuver ce récit ?",
    approveText: (who: string) => `${who} le verra approuvé à sa prochaine synchronisation.`,
    approveNote: "Un mot au collecteur (facultatif)",
    approvePending: "Vos commentaires non envoyés seront perdus.",
    send: (n: number) => `Envoyer ${counted(n, "commentaire", "commentaires")} sans renvoyer`,
    reject: "Ne pas retenir ce récit",
    rejectTitle: "Ne pas retenir ce récit ?",
    rejectText: (who: string) => `Il ne comptera pas. ${who} verra la raison à sa prochaine synchronisation.`,
    reopen: "Revenir sur la décision",
    reopenTitle: "Revenir sur la décision ?",
    reopenText: "La décision est retirée ; le récit est de nouveau en relecture.",
    reason: "La raison",
    reasonLead: "Dites pourquoi : le collecteur la lira.",
    decided: {
      approved: "Ce récit est approuvé.",
      rejected: "Ce récit n’est pas retenu.",
    },
    onlyRead: "Votre compte permet de lire ce récit, pas d’en décider.",
    done: "Votre décision est enregistrée.",
    returned: (who: string) => `Le récit est renvoyé à ${who}.`,
    sent: "Vos commentaires sont enregistrés.",
    unsent: "Ce que vous avez écrit n’est pas encore envoyé. Si vous quittez cette page, ce sera perdu.",
    leave: "Quitter sans envoyer",
    leaveTitle: "Quitter ce récit ?",
  },
};

export type ReviewWords = typeof fr;
