// What the quiet coach says, in English, about what a story still lacks: what it is, why it matters, what to ask.

import type { CoachWords, coachFr } from "./coach.fr";

export const coachEn: Record<keyof typeof coachFr, CoachWords> = {
  consent: {
    lack: "The person’s agreement is not complete yet.",
    why: "A clear yes or no to each question tells what may be kept, and what may be shown.",
    probe: "Before we go on, what do you agree to, and what would you rather refuse?",
  },
  title: {
    lack: "This story has no title yet.",
    why: "A short title, without anybody’s name, helps to find the story and to speak of it without exposing anyone.",
    probe: "Which simple words of this story would make it known again, without pointing to anyone?",
  },
  before: {
    lack: "We do not know yet how it was before.",
    why: "A change is measured from what was there before it.",
    probe: "In those days, how did things go?",
  },
  what_happened: {
    lack: "We do not know yet what happened.",
    why: "It is the path from before to now: it shows who acted, and what led to what.",
    probe: "How did things happen, from the beginning?",
  },
  now: {
    lack: "We do not know yet how it is now.",
    why: "Set beside before, now shows what has moved, for better or for worse, and what has stayed.",
    probe: "And these days, how do things go?",
  },
  changes: {
    lack: "No change is noted yet.",
    why: "A story is read through its changes; one is enough, even a small one, even a bad one.",
    probe: "In what you are telling me, what has become different, and what has stayed the same?",
  },
  level: {
    lack: "The level of this change is not chosen yet.",
    why: "The level sets this story beside others that tell of the same kind of change.",
    probe:
      "Where does the change lie: in one person, among people acting together, in the life of the village or commune, in an association?",
  },
  who: {
    lack: "We do not know yet who changed.",
    why: "A change is always somebody’s; to say which group or what kind of person is enough.",
    probe: "Without giving a name, in whom can it be seen?",
  },
  what: {
    lack: "We cannot see yet what changed.",
    why: "What can be seen or heard, somebody else can check.",
    probe: "In everyday life, what is done differently?",
  },
  when: {
    lack: "We do not know yet since when.",
    why: "To know what came first helps to understand what led to what; a season or a feast is enough.",
    probe: "When did you first notice it?",
  },
  where: {
    lack: "We do not know yet where.",
    why: "The place tells how far the change reaches, and where it could be seen.",
    probe: "In which places does it happen, and in which places not?",
  },
  direction: {
    lack: "We do not know yet whether it is for the better or for the worse.",
    why: "A bad change teaches us as much as a good one, and it is for the person to judge.",
    probe: "From what they say of it, does the person live this change as better or as worse?",
  },
  importance: {
    lack: "We do not know yet how important it is.",
    why: "When a panel selects stories, it starts from what matters to those who lived them.",
    probe: "How much room does this change take in your life, from almost nothing to everything?",
  },
  importance_reason: {
    lack: "We do not know yet where this importance comes from.",
    why: "The reason, in the person’s words, says more than the number.",
    probe: "What makes you give it that room, large or small?",
  },
  evidence: {
    lack: "No evidence is noted yet.",
    why: "Evidence, even weak, lets those who were not there judge for themselves; everybody is asked for it.",
    probe: "How could a visitor come to notice it?",
  },
  evidence_description: {
    lack: "We do not know yet what this evidence shows.",
    why: "A few words are enough to make it useful to whoever reads the story, with or without a file.",
    probe: "What does it let us see, and what does it not tell?",
  },
  evidence_strength: {
    lack: "The strength of this evidence is not noted yet.",
    why: "To say what evidence is worth helps to see what is left to check; weak evidence keeps its place.",
    probe:
      "Where does it come from: from hearsay, from one person who saw it, from several who agree, from a trace one can go and see?",
  },
  contribution: {
    lack: "We do not know yet whether the project had a part, small or large, or none.",
    why: "The aim is to understand, not to prove the project right: “none” is a good answer.",
    probe: "What part, if any, did the project have in all this: none, low, medium or high?",
  },
  contribution_reason: {
    lack: "We do not know yet what this view of the project rests on.",
    why: "Precise facts let one judge, whether the project helped, hindered, or had nothing to do with it.",
    probe: "What did you see or hear that makes you say so?",
  },
  other_causes: {
    lack: "We do not know yet what played a part, apart from the project.",
    why: "A change often has several reasons, and the project is not always one of them; “nothing” is an answer too.",
    probe: "At that time, who or what pushed one way or the other?",
  },
  without: {
    lack: "We do not know yet what would have happened without the project.",
    why: "To imagine things without it helps to weigh its part, if it has one; “the same” or “I do not know” are written down too.",
    probe: "If the project had never come here, how would things be: the same, or different?",
  },
  project_named: {
    lack: "We do not know yet whether the person spoke of the project or not.",
    why: "What they say unprompted carries more weight; to have said nothing of it is a good answer.",
    probe: "In your view, where did this change come from?",
  },
};
