// What people read who take stories out of headquarters, in English.

import type { ExportWords } from "./fr";

export const en: ExportWords = {
  title: "Exports",
  lead: "The stories of the campaign, for a spreadsheet, a program for analysis, or an archive.",
  consent: {
    title: "Consent is kept in every export",
    withheld: [
      "Whoever tells is never named, and an exact place (GPS) never leaves.",
      "Without a yes to being quoted no words leave: neither the title, nor the narrative, nor what is written of changes and evidence. What was chosen, counted and dated stays.",
      "Sounds, pictures and video leave with their own yes alone. Other files stay with the story.",
      "A story for practice, or without a yes to the interview, is in no export.",
    ],
  },
  options: "What is exported",
  headings: "Headings of columns",
  headingsOf: { name: "Technical names", fr: "En français", en: "In English" },
  from: "Interviews from",
  to: "to",
  status: "Stories",
  every: "All, wherever they stand",
  audience: "For whom",
  audiences: { team: "The collection’s team", partner: "Partners as well", public: "Anybody" },
  rejected: "With rejected stories",
  download: "Download",
  shapes: {
    "stories.xlsx": {
      name: "Excel workbook",
      what: "A sheet for stories, one for changes, one for evidence, and one for each list that the questionnaire adds.",
    },
    "stories.csv": {
      name: "CSV, one table",
      what: "One row a story, for programs for statistics. Where Excel is set to French, take the workbook instead.",
    },
    "csv.zip": {
      name: "CSV, all tables",
      what: "Stories, changes, evidence and the lists of the questionnaire, each in its table, with the inventory, in one archive.",
    },
    "stories.jsonl": {
      name: "JSON Lines",
      what: "One whole story a line, with all that is in it. For programs.",
    },
    "evidence.zip": {
      name: "Evidence",
      what: "All tables, the stories as JSON Lines, and the photos, sounds and documents that may leave, in one archive. May be large.",
    },
    "manifest.json": {
      name: "Inventory",
      what: "What the exports would hold now, file by file, with its checksum; what is withheld, and why.",
    },
  },
  odata: {
    title: "Always up to date in Excel or Power BI",
    lead: "The spreadsheet reads the stories at this address (OData) and is brought up to date by one key.",
    address: "Address of the feed",
    steps: [
      "Make a token with the right “export” in your account, and copy it.",
      "In Excel: Data, Get Data, From Other Sources, From OData Feed. In Power BI: Get data, OData feed. Paste the address.",
      "Choose “Basic”, your name as the user and the token as the password.",
    ],
    token: "Make a token",
  },
};
