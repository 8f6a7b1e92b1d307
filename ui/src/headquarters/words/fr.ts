// What people read at headquarters, in French: the shape that every other language must fill.

const counted = (n: number, one: string, many: string) => `${n}\u00a0${n < 2 ? one : many}`;

export const fr = {
  place: "Siège",
  tagline: "Récits de changement",
  name: "Nom",
  password: "Mot de passe",
  signIn: "Se connecter",
  signingIn: "Connexion…",
  signInTitle: "Se connecter",
  signOut: "Se déconnecter",
  campaign: "Campagne",
  reload: "Recharger",

  role: {
    collector: "Collecte",
    supervisor: "Supervision",
    analyst: "Analyse",
    admin: "Administration",
    custodian: "Garde des identités",
  } as Record<string, string>,

  list: {
    title: "Récits",
    count: (n: number) => counted(n, "récit", "récits"),
    all: "Tous",
    none: "Aucun récit n’est arrivé encore. Ils paraissent ici dès qu’un appareil synchronise.",
    noneHere: "Aucun récit dans cet état.",
    by: (who: string) => `Recueilli par ${who}`,
    files: (there: number, all: number) =>
      there === all ? counted(all, "fichier", "fichiers") : `${there} fichiers sur ${all}`,
    conflict: "Deux révisions à départager",
    search: "Chercher un titre, un lieu, un nom",
    training: "Voir l’entraînement",
    counted: "Voir les récits qui comptent",
  },

  story: {
    backToList: "Tous les récits",
    collector: "Recueilli par",
    revisionRead: "Révision lue",
    newest: "la plus récente",
    old: "Vous lisez une révision ancienne. La décision porte sur la plus récente.",
    note: "Mot du collecteur",
    clock: (ahead: boolean, span: string) =>
      `L’horloge de l’appareil ${ahead ? "avançait" : "retardait"} de ${span} quand il a envoyé cette révision : ses dates et ses heures sont à lire ainsi.`,
    arrived: (have: string, all: string) => `${have} sur ${all} sont arrivés.`,
    ask: "Demander ce fichier en premier",
    asked: "Demandé : il viendra avant les autres.",
    conflictRevisions:
      "Deux révisions ont été faites chacune de leur côté. Lisez les deux ; renvoyez le récit pour que le collecteur les réunisse.",
    conflictDecisions:
      "Des décisions ont été prises chacune de leur côté. Une nouvelle décision les remplace.",
    history: "Historique",
    revisedBy: (who: string) => `Révision signée par ${who}`,
    returnedBy: (who: string, comments: number) =>
      `Renvoyé par ${who} avec ${counted(comments, "commentaire", "commentaires")}`,
    approvedBy: (who: string) => `Approuvé par ${who}`,
  },

  review: {
    title: "Votre relecture",
    lead: "Commentez une réponse sous celle-ci, ou le récit dans son ensemble.",
    comment: "Commenter",
    commentWhole: "Commenter le récit entier",
    commentOn: (answer: string) => `Commentaire sur « ${answer} »`,
    keep: "Garder ce commentaire",
    drop: "Retirer ce commentaire",
    change: (n: number) => `changement ${n}`,
    pending: (n: number) => counted(n, "commentaire à envoyer", "commentaires à envoyer"),
    nonePending: "Aucun commentaire à envoyer.",
    return: (n: number) => `Renvoyer avec ${counted(n, "commentaire", "commentaires")}`,
    returnTitle: "Renvoyer ce récit ?",
    returnText: (who: string) => `${who} le recevra à sa prochaine synchronisation, avec vos commentaires.`,
    approve: "Approuver",
    approveTitle: "Approuver ce récit ?",
    approveText: (who: string) => `${who} le verra approuvé à sa prochaine synchronisation.`,
    approveNote: "Un mot au collecteur (facultatif)",
    approvePending: "Vos commentaires non envoyés seront perdus.",
    onlyRead: "Votre compte permet de lire ce récit, pas d’en décider.",
    done: "Votre décision est enregistrée.",
    unsent: "Des commentaires ne sont pas encore envoyés. Quitter cette page les perdra.",
    leave: "Quitter sans envoyer",
    leaveTitle: "Quitter ce récit ?",
  },
};

export type HeadquartersWords = typeof fr;
