// What people read while headquarters is set up, in English.

import type { SetUpWords } from "./fr";

export const en: SetUpWords = {
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
    there: "Names are sealed for whoever keeps these keys: each of them can open them alone.",
    missing: "No key yet: a name given in confidence stays on the device where it was given.",
    current: "Public half, the one that seals",
    change: "Add a custodian",
    dropOne: "Seal to this key no longer",
    changeWarning:
      "What is sealed already opens only with the keys of then: keep them, or have their custodian seal everything anew. The new one counts for what is sealed from then on.",
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
