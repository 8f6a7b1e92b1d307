// What an interview says on the screen, in English.

import { coachEn } from "../../i18n/coach.en";
import { countedEn as counted } from "../../i18n/counted";
import type { InterviewWords } from "./fr";
import { techniquesEn } from "./techniques.en";

export const en: InterviewWords = {
  save: {
    saved: "Saved",
    saving: "Saving…",
    failed: "Not saved",
  },

  interview: {
    review: "Review",
    next: "Next",
    previous: "Previous",
    undo: "Take the last answer back",
    clear: "Clear the answer",
    choose: "Choose…",
    today: "Today",
    acknowledge: "I have read this",
    probes: "Probes",
    guidance: "More about this",
    toAnswer: "To look at again",
    sealed:
      "Sealed at headquarters already: leave it empty. What you write here is sealed beside what is there.",
    refused: "Without the person’s consent the interview ends here. Nothing they said may remain.",
    discard: "Delete this draft",
    discardTitle: "Delete this draft?",
    discardText: "It leaves the list. You can still take it back from “Deleted drafts”.",
    eraseText: "Everything written in it and its files will be erased from this device for good.",
    abandon: "Give up the correction",
    abandonTitle: "Give up this correction?",
    abandonText:
      "The story stays as it was signed off. You can still take your edits back from “Deleted drafts”.",
  },
  joining: {
    title: "Two versions to bring together",
    lead: (n) =>
      `This story was corrected in two places. This correction joins the two versions, and nothing of them is lost. ${n === 1 ? "One answer" : `${n} answers`} had been changed on both sides: read ${n === 1 ? "it" : "them"} again.`,
    here: "The two versions do not say the same here. Keep what is right.",
    one: "One version",
    other: "The other version",
    both: (one, other) => `“${one}” · “${other}”`,
    clashes: (n) => counted(n, "answer to join", "answers to join"),
  },
  map: {
    title: "Map of the interview",
    loose: "Questions",
    cards: "The list",
    missing: (n) => counted(n, "answer needed", "answers needed"),
    answered: (n, all) => `${n} of ${all} answered`,
  },
  coach: {
    title: "What the story lacks",
    lead: "Ideas for what comes next. Nothing here is compulsory; keep what serves the person and the story.",
    nothing: "The story says who, what, when, where, why, and what shows it.",
    why: "Why it matters",
  },
  card: { title: "Technique cards", say: "For example", avoid: "To avoid" },
  quoted: (words) => (words.includes("“") ? words : `“${words}”`),
  questionType: {
    opening: "Opening question",
    open: "Open question",
    probing: "Probing question",
    closed: "Closed question",
    checking: "Checking question",
  },
  techniques: techniquesEn,
  lacks: coachEn,

  repeats: {
    changes: { none: "No change noted yet.", add: "Note a change", another: "Note another change" },
    evidence: { none: "No evidence noted yet.", add: "Add evidence", another: "Add more evidence" },
    other: { none: "Nothing is noted yet.", add: "Add", another: "Add another" },
  },
  cards: {
    complete: "Complete",
    remove: "Remove",
    removeTitle: (what) => `Remove “${what}”?`,
    removeText: "Its answers will be taken away. The arrow back, at the top, brings them back.",
  },

  file: {
    photo: "Take a photo",
    choosePhoto: "Choose a photo",
    chooseSound: "Choose a sound",
    choose: "Choose a file",
    notHere: "On the device a photo, a recording or a file is put in here. The preview takes none.",
    attaching: "Putting the file in safety…",
    erase: "Erase the file",
    eraseTitle: "Erase this file?",
    eraseText: "It will be erased from this device at once and for good.",
  },
  recording: {
    start: "Record",
    how: (format, kilobits) =>
      `${format}, ${kilobits} kbit/s: an hour takes about ${Math.round(kilobits * 0.45)} MB.`,
    running: "Recording",
    pause: "Pause",
    resume: "Go on",
    mark: "Mark",
    marks: (n) => counted(n, "passage marked", "passages marked"),
    end: "End",
    erase: "Stop and erase",
    eraseTitle: "Erase this recording?",
    eraseText: "All that has just been recorded will be erased at once and for good.",
    level: "Sound level",
    free: (left) => `${left} free`,
    refused:
      "The person does not want to be recorded, and there is a recording in this story. Erase it at its question, before their eyes. It will not be sent.",
    hindrance: {
      unsupported:
        "This device cannot record inside the app. Record with another app, then choose the file here.",
      denied:
        "Blon may not use the microphone. Allow it in the phone’s settings, or choose a sound file. Nothing is lost.",
      no_microphone: "No microphone was found. Plug one in, or choose a sound file. Nothing is lost.",
    },
  },
  place: {
    latitude: "Latitude",
    longitude: "Longitude",
    measure: "Measure here",
    measuring: "Measuring…",
    failed: "The place could not be measured. You can type it in.",
    accuracy: (metres) => `Within ${metres} m`,
    coarse:
      "When it is signed off, the place is rounded to some ten kilometres, unless the campaign needs more and the storyteller agreed.",
  },

  review: {
    ready: "The story is complete.",
    readyHint:
      "Read it over to the person if you can. Once signed off, it goes to headquarters with the next sync.",
    missing: (n) => `Before signing off, ${counted(n, "answer is", "answers are")} needed:`,
    sign: "Sign off",
    signing: "Signing off…",
    signTitle: "Sign this story off?",
    signText: "It will be ready to send. You can still read it, and correct it with a new version.",
    signTraining: "This is practice: it travels apart and will never be counted.",
    read: "What will be sent",
    others: "Other answers",
    note: "What did you correct?",
    noteHint: "A word for your supervisor.",
    leftOver: "Earlier answers",
    leftOverHint: "The questionnaire no longer asks these questions. Their answers are kept.",
  },
  leaks: {
    title: "What may tell who told it",
    lead: "Mask what tells who told this story. Somebody else may be named with good reason: nothing keeps you from signing off.",
    sealed: "What you mask leaves only sealed: the identity custodian alone can read it.",
    stays: "This campaign has no identity custodian yet: what you mask stays on this device only.",
    known: {
      name: "It is in the person’s name.",
      phone: "It is the person’s number.",
      place: "It is where the person is found.",
      email: "It is the person’s address.",
    },
    like: {
      name: "It looks like a name.",
      phone: "It looks like a telephone number.",
      place: "It looks like an exact place.",
      email: "It looks like an e-mail address.",
    },
    mask: "Mask",
    maskThis: (words) => `Mask “${words}”`,
    leave: "Leave",
    leaveThis: (words) => `Leave “${words}”`,
    coach: (n) =>
      `${counted(n, "passage seems", "passages seem")} to tell who told it: to be looked at before signing off.`,
  },
  need: {
    missing: "Answer needed",
    interview_refused: "The interview was refused: this story cannot be kept.",
    not_consented: "File without the person’s consent",
  },
  fault: {
    missing: "Answer needed",
    not_of_type: "This answer does not have the right form.",
    not_offered: "This answer is not on the list.",
    out_of_range: "This number is off the scale.",
    constraint: "This answer does not fit.",
  },
};
