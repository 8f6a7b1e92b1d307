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
  rejected: "With rejected stories",
  download: "Download",
  shapes: {
    "stories.xlsx": {
      name: "Excel workbook",
      what: "A sheet for stories, one for changes, one for evidence, with a dictionary of the columns.",
    },
    "stories.csv": {
      name: "CSV, one table",
      what: "One row a story. Opens in any spreadsheet and any program for statistics.",
    },
    "csv.zip": {
      name: "CSV, all tables",
      what: "Stories, changes and evidence, each in its table, linked by their ids, in one archive.",
    },
    "stories.jsonl": {
      name: "JSON Lines",
      what: "One whole story a line, with all that is in it. For programs.",
    },
    "evidence.zip": {
      name: "Evidence",
      what: "The stories with their photos, sounds and documents, in one archive. May be large.",
    },
    "manifest.json": {
      name: "Inventory",
      what: "What the export of evidence holds, file by file, with its checksum: to verify an archive.",
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
