// The technique cards, in English: what helps in the middle of an interview, each read in twenty seconds.

import type { Technique, techniquesFr } from "./techniques.fr";

export const techniquesEn: Record<keyof typeof techniquesFr, Technique> = {
  open_questions: {
    title: "Ask open questions",
    gist: "An open question invites a story; a yes or a no closes the door again.",
    do: [
      "Begin with “how”, “who”, “what”, “tell me”.",
      "Go from the broad to the precise.",
      "Ask one question only, then listen.",
    ],
    say: ["Tell me how it came about.", "How was that for you?", "Give me an example that you saw."],
    avoid: ["A bare “why?”: it may sound like blame.", "Two questions in one breath."],
  },
  silence: {
    title: "Leave the silence",
    gist: "Silence gives the person time to look for their words.",
    do: [
      "Count to ten in your head.",
      "Keep a calm and kindly face.",
      "If the silence grows heavy, offer a break.",
    ],
    say: [
      "Take all the time you need.",
      "I am listening.",
      "We can also talk about something else, as you like.",
    ],
    avoid: [
      "Finishing the sentence for them.",
      "Looking at the time or the phone.",
      "Repeating the question too soon.",
    ],
  },
  rephrasing: {
    title: "Say it back to check",
    gist: "Say back in a few words what you heard, and the person will correct it.",
    do: [
      "Use their words, in two sentences at most.",
      "Say back what is bad as well.",
      "Wait for the correction, and give thanks for it.",
    ],
    say: [
      "Here is what I heard… What should I correct?",
      "You spoke of harmony: what does that word mean to you?",
      "What have I passed over?",
    ],
    avoid: [
      "Adding your opinion or your explanation.",
      "Making it prettier or softer.",
      "Cutting in to say it back.",
    ],
  },
  no_leading: {
    title: "Do not prompt the answer",
    gist: "A question that hands over its answer teaches you nothing new.",
    do: [
      "Let the person be the first to name the causes.",
      "Make room for the bad, and for what has stayed put.",
      "Keep the same face for a yes and for a no.",
    ],
    say: [
      "What is different, and what has stayed the same?",
      "Where does it come from, in your view?",
      "Who sees things differently?",
    ],
    avoid: [
      "“It is thanks to the project, isn’t it?”",
      "“Things are better, aren’t they?”",
      "Nodding when you like the answer.",
    ],
  },
  do_no_harm: {
    title: "Do no harm",
    gist: "The person’s safety comes before the story.",
    do: [
      "If somebody comes near, change the subject.",
      "Leave out any detail that would give someone away.",
      "If grief or fear rises, stop.",
    ],
    say: [
      "What is better left unwritten?",
      "Where would we be more at ease to talk?",
      "We can stop here, it is no trouble at all.",
    ],
    avoid: [
      "Writing a name in the story, or in a notebook.",
      "Pressing on what hurts.",
      "Telling elsewhere what you have heard.",
    ],
  },
  consent: {
    title: "Ask for agreement",
    gist: "Agreement is free, given point by point, and can be taken back.",
    do: [
      "Explain slowly, in the person’s language.",
      "Ask for each agreement apart, and wait.",
      "In a group, ask each of them.",
    ],
    say: [
      "You can say no: nothing will change for you.",
      "In your own words, what am I proposing?",
      "If you change your mind, even later on, tell me.",
    ],
    avoid: [
      "Taking one yes for all the others.",
      "Asking the reason for a refusal.",
      "Promising money or help.",
    ],
  },
  evidence: {
    title: "Ask for evidence",
    gist: "Evidence lets someone from elsewhere see the change in their turn.",
    do: [
      "Say that you ask everybody this.",
      "Think of everything: a word, a notebook, an object, a place, an act.",
      "Note weak evidence too.",
    ],
    say: [
      "How does it show?",
      "Who else can speak of it, at no risk to anyone?",
      "Who would tell it differently?",
    ],
    avoid: [
      "Showing doubt, or insisting on a paper.",
      "Photographing or recording without agreement.",
      "Telling a witness who spoke to you of it.",
    ],
  },
  note_taking: {
    title: "Take notes",
    gist: "Write little while the person speaks, and fill in the rest straight after.",
    do: [
      "Write key words, and their strongest sentences as they are.",
      "Look up often.",
      "Keep what is said apart from what you think.",
    ],
    say: [
      "One moment, I want to keep your words.",
      "How do you say that in your language?",
      "Let me read you my notes: what is missing?",
    ],
    avoid: [
      "Putting your words in place of theirs.",
      "Writing a name, even shortened.",
      "Waiting for the evening to fill in the rest.",
    ],
  },
};
