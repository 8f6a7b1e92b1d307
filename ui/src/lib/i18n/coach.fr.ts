// What the quiet coach says, in French, about what a story still lacks: what it is, why it matters, what to ask.
// The screen puts the quotation marks around `probe`.

export type CoachWords = { lack: string; why: string; probe: string };

export const coachFr = {
  consent: {
    lack: "L’accord de la personne n’est pas encore complet.",
    why: "Un oui ou un non clair à chaque question dit ce que l’on peut garder, et ce que l’on peut montrer.",
    probe: "Avant de continuer, qu’est-ce que vous acceptez, et qu’est-ce que vous préférez refuser ?",
  },
  title: {
    lack: "Ce récit n’a pas encore de titre.",
    why: "Un titre court, sans nom de personne, aide à retrouver le récit et à en parler sans exposer personne.",
    probe: "Quels mots simples de ce récit le feraient reconnaître, sans désigner personne ?",
  },
  before: {
    lack: "On ne sait pas encore comment c’était avant.",
    why: "Un changement se mesure à partir de ce qu’il y avait avant lui.",
    probe: "En ce temps-là, comment les choses se passaient-elles ?",
  },
  what_happened: {
    lack: "On ne sait pas encore ce qui s’est passé.",
    why: "C’est le chemin entre avant et maintenant : on y voit qui a agi, et ce qui a mené à quoi.",
    probe: "Comment les choses se sont-elles passées, depuis le début ?",
  },
  now: {
    lack: "On ne sait pas encore comment c’est maintenant.",
    why: "Mis à côté d’avant, maintenant montre ce qui a bougé, en bien ou en mal, et ce qui est resté.",
    probe: "Et ces temps-ci, comment cela se passe-t-il ?",
  },
  changes: {
    lack: "Aucun changement n’est encore noté.",
    why: "Le récit se lit à travers ses changements ; un seul suffit, même petit, même mauvais.",
    probe:
      "Dans ce que vous racontez, qu’est-ce qui est devenu différent, et qu’est-ce qui est resté pareil ?",
  },
  level: {
    lack: "Le niveau de ce changement n’est pas encore choisi.",
    why: "Le niveau permet de rapprocher ce récit d’autres qui parlent du même genre de changement.",
    probe:
      "Où est le changement : chez une personne, entre des gens qui agissent ensemble, dans la vie du village ou de la commune, dans une association ?",
  },
  who: {
    lack: "On ne sait pas encore qui a changé.",
    why: "Un changement est toujours celui de quelqu’un ; dire quel groupe ou quel genre de personne suffit.",
    probe: "Sans donner de nom, chez qui cela se voit-il ?",
  },
  what: {
    lack: "On ne voit pas encore ce qui a changé.",
    why: "Ce que l’on peut voir ou entendre, quelqu’un d’autre pourra le vérifier.",
    probe: "Dans la vie de tous les jours, qu’est-ce qui se fait autrement ?",
  },
  when: {
    lack: "On ne sait pas encore depuis quand.",
    why: "Savoir ce qui est venu d’abord aide à comprendre ce qui a mené à quoi ; une saison ou une fête suffit.",
    probe: "Quand l’avez-vous remarqué pour la première fois ?",
  },
  where: {
    lack: "On ne sait pas encore où.",
    why: "Le lieu dit jusqu’où va le changement, et où l’on pourrait le constater.",
    probe: "Dans quels endroits cela se passe-t-il, et dans quels endroits non ?",
  },
  direction: {
    lack: "On ne sait pas encore si c’est en bien ou en mal.",
    why: "Un mauvais changement nous apprend autant qu’un bon, et c’est à la personne d’en juger.",
    probe: "D’après ce qu’elle en dit, la personne vit-elle ce changement en bien ou en mal ?",
  },
  importance: {
    lack: "On ne sait pas encore quelle importance il a.",
    why: "Quand un comité choisit des récits, il part de ce qui compte pour ceux qui les ont vécus.",
    probe: "Quelle place ce changement prend-il dans votre vie, de presque rien à tout ?",
  },
  importance_reason: {
    lack: "On ne sait pas encore d’où vient cette importance.",
    why: "La raison, dans les mots de la personne, en dit plus long que le chiffre.",
    probe: "Qu’est-ce qui vous fait lui donner cette place, grande ou petite ?",
  },
  evidence: {
    lack: "Aucune preuve n’est encore notée.",
    why: "Une preuve, même faible, permet à ceux qui n’étaient pas là de juger par eux-mêmes ; on la demande à tous.",
    probe: "Comment un visiteur pourrait-il s’en rendre compte ?",
  },
  evidence_description: {
    lack: "On ne sait pas encore ce que montre cette preuve.",
    why: "Quelques mots suffisent pour qu’elle serve à celui qui relit, avec ou sans fichier.",
    probe: "Qu’est-ce que cela fait voir, et qu’est-ce que cela ne dit pas ?",
  },
  evidence_strength: {
    lack: "La solidité de cette preuve n’est pas encore notée.",
    why: "Dire ce que vaut une preuve aide à voir ce qu’il reste à vérifier ; une preuve faible garde sa place.",
    probe:
      "D’où vient-elle : d’un ouï-dire, d’une personne qui l’a vu, de plusieurs qui concordent, d’une trace que l’on peut aller voir ?",
  },
  contribution: {
    lack: "On ne sait pas encore si le projet a eu une part, petite ou grande, ou aucune.",
    why: "On cherche à comprendre, non à donner raison au projet : « aucune » est une bonne réponse.",
    probe:
      "Quelle part, s’il en a eu une, le projet a-t-il eue dans tout cela : aucune, faible, moyenne ou forte ?",
  },
  contribution_reason: {
    lack: "On ne sait pas encore sur quoi repose cet avis sur le projet.",
    why: "Des faits précis permettent d’en juger, que le projet ait aidé, gêné, ou n’y soit pour rien.",
    probe: "Qu’avez-vous vu ou entendu qui vous fait dire cela ?",
  },
  other_causes: {
    lack: "On ne sait pas encore ce qui a joué, en dehors du projet.",
    why: "Un changement a souvent plusieurs raisons, et le projet n’en est pas forcément une ; « rien » est aussi une réponse.",
    probe: "À ce moment-là, qui ou quoi a poussé dans un sens ou dans l’autre ?",
  },
  without: {
    lack: "On ne sait pas encore ce qui serait arrivé sans le projet.",
    why: "Imaginer les choses sans lui aide à peser sa part, s’il en a une ; « pareil » ou « je ne sais pas » s’écrivent aussi.",
    probe: "Si le projet n’était jamais venu ici, comment seraient les choses : pareilles, ou autrement ?",
  },
  project_named: {
    lack: "On ne sait pas encore si la personne a parlé du projet, ou non.",
    why: "Ce qu’elle dit sans qu’on le lui souffle a plus de poids ; n’en avoir rien dit est une bonne réponse.",
    probe: "À votre avis, d’où ce changement est-il venu ?",
  },
} satisfies Record<string, CoachWords>;
