// The technique cards, in French: what helps in the middle of an interview, each read in twenty seconds.
// The screen puts the quotation marks around what `say` holds.

export type Technique = { title: string; gist: string; do: string[]; say: string[]; avoid: string[] };

export const techniquesFr = {
  open_questions: {
    title: "Poser des questions ouvertes",
    gist: "Une question ouverte invite à raconter ; un oui ou un non referme la porte.",
    do: [
      "Commencez par « comment », « qui », « que », « racontez-moi ».",
      "Allez du large au précis.",
      "Posez une seule question, puis écoutez.",
    ],
    say: [
      "Racontez-moi comment c’est arrivé.",
      "Comment l’avez-vous vécu ?",
      "Donnez-moi un exemple que vous avez vu.",
    ],
    avoid: [
      "Dire « pourquoi ? » tout court : on peut y entendre un reproche.",
      "Enchaîner deux questions d’un souffle.",
    ],
  },
  silence: {
    title: "Laisser le silence",
    gist: "Le silence donne à la personne le temps de chercher ses mots.",
    do: [
      "Comptez jusqu’à dix dans votre tête.",
      "Gardez un visage calme et bienveillant.",
      "Si le silence devient lourd, proposez une pause.",
    ],
    say: [
      "Prenez tout votre temps.",
      "Je vous écoute.",
      "Nous pouvons aussi parler d’autre chose, comme vous voulez.",
    ],
    avoid: [
      "Finir la phrase à sa place.",
      "Regarder l’heure ou le téléphone.",
      "Répéter la question trop vite.",
    ],
  },
  rephrasing: {
    title: "Redire pour vérifier",
    gist: "Redites en peu de mots ce que vous avez entendu, et la personne corrigera.",
    do: [
      "Reprenez ses mots, en deux phrases au plus.",
      "Redites aussi ce qui va mal.",
      "Attendez la correction, et remerciez.",
    ],
    say: [
      "Voici ce que j’ai entendu… Que faut-il corriger ?",
      "Vous avez parlé d’entente : qu’est-ce que ce mot veut dire pour vous ?",
      "Qu’est-ce que j’ai laissé de côté ?",
    ],
    avoid: [
      "Ajouter votre avis ou votre explication.",
      "Embellir ou adoucir.",
      "Couper la parole pour redire.",
    ],
  },
  no_leading: {
    title: "Ne pas souffler la réponse",
    gist: "Une question qui souffle la réponse ne vous apprend rien de neuf.",
    do: [
      "Laissez la personne nommer les causes la première.",
      "Faites une place au mauvais, et à ce qui n’a pas bougé.",
      "Gardez le même visage pour un oui et pour un non.",
    ],
    say: [
      "Qu’est-ce qui est différent, et qu’est-ce qui est resté pareil ?",
      "D’où cela vient-il, d’après vous ?",
      "Qui voit les choses autrement ?",
    ],
    avoid: [
      "« C’est grâce au projet, n’est-ce pas ? »",
      "« Cela va mieux, non ? »",
      "Approuver de la tête quand la réponse vous plaît.",
    ],
  },
  do_no_harm: {
    title: "Ne pas nuire",
    gist: "La sécurité de la personne passe avant le récit.",
    do: [
      "Si quelqu’un s’approche, changez de sujet.",
      "Laissez de côté tout détail qui ferait reconnaître quelqu’un.",
      "Si la peine ou la peur monte, arrêtez-vous.",
    ],
    say: [
      "Qu’est-ce qu’il vaut mieux ne pas écrire ?",
      "Où serions-nous plus tranquilles pour parler ?",
      "Nous pouvons nous arrêter là, sans aucun souci.",
    ],
    avoid: [
      "Écrire un nom dans le récit, ou dans un cahier.",
      "Insister sur ce qui fait mal.",
      "Raconter ailleurs ce que vous avez entendu.",
    ],
  },
  consent: {
    title: "Demander l’accord",
    gist: "L’accord est libre, il se donne point par point et peut être repris.",
    do: [
      "Expliquez lentement, dans la langue de la personne.",
      "Posez chaque question d’accord à part, et attendez.",
      "En groupe, demandez à chacun.",
    ],
    say: [
      "Vous pouvez dire non : rien ne changera pour vous.",
      "Avec vos mots, qu’est-ce que je vous propose ?",
      "Si vous changez d’avis, même plus tard, dites-le-moi.",
    ],
    avoid: [
      "Prendre un oui pour tous les autres.",
      "Demander la raison d’un refus.",
      "Promettre de l’argent ou une aide.",
    ],
  },
  evidence: {
    title: "Demander des preuves",
    gist: "Une preuve permet à quelqu’un d’ailleurs de voir le changement à son tour.",
    do: [
      "Dites que vous le demandez à tout le monde.",
      "Pensez à tout : parole, cahier, objet, lieu, geste.",
      "Notez aussi une preuve faible.",
    ],
    say: [
      "À quoi cela se voit-il ?",
      "Qui d’autre peut en parler, sans risque pour personne ?",
      "Qui le raconterait autrement ?",
    ],
    avoid: [
      "Montrer du doute, ou exiger un papier.",
      "Photographier ou enregistrer sans accord.",
      "Dire à un témoin qui vous en a parlé.",
    ],
  },
  note_taking: {
    title: "Prendre des notes",
    gist: "Notez peu pendant que la personne parle, et complétez tout de suite après.",
    do: [
      "Écrivez des mots clés, et ses phrases fortes telles quelles.",
      "Levez souvent les yeux.",
      "Séparez ce qui est dit de ce que vous pensez.",
    ],
    say: [
      "Un instant, je veux garder vos mots.",
      "Comment dit-on cela dans votre langue ?",
      "Je vous relis mes notes : qu’est-ce qui manque ?",
    ],
    avoid: [
      "Remplacer ses mots par les vôtres.",
      "Écrire un nom, même en abrégé.",
      "Attendre le soir pour compléter.",
    ],
  },
} satisfies Record<string, Technique>;
