// What people read who look at how far a collection has come, in English.

import { countedEn as counted } from "../../../lib/i18n/counted";
import type { CoverageWords } from "./fr";

const stories = (n: number) => counted(n, "story", "stories");

export const en: CoverageWords = {
  title: "Coverage",
  print: "Print",
  stories: "Stories",
  approved: "Approved",
  wanted: "Wanted",
  part: (percent) => `${percent}% of what is wanted`,
  approvedPart: (percent) => `${percent}% of the stories`,
  noTargets: "No targets are set.",
  none: "No story yet. The pictures come with the first stories that devices send.",

  waits: {
    title: "What waits",
    nothing: "Nothing waits.",
    since: (span) => `the oldest for ${span}`,
    where: {
      draft: (n) => `${stories(n)} as drafts`,
      finalised: (n) => `${stories(n)} to be sent`,
      received: (n) => `${stories(n)} received that nobody has opened yet`,
      in_review: (n) => `${stories(n)} in review`,
      returned: (n) => `${stories(n)} to be corrected by ${n === 1 ? "its collector" : "their collectors"}`,
      approved: (n) => `${stories(n)} approved`,
      rejected: (n) => `${stories(n)} rejected`,
    },
    files: (n) => `${stories(n)} with photos or sounds still on their way`,
  },

  unheard: {
    title: "Who has not been heard yet",
    nothing: "In every commune women and men of every age have told a story.",
    place: (commune) => `No story in ${commune}`,
    sex: { female: "by a woman", male: "by a man", mixed: "by a mixed group" },
    of: (who, commune) => `No story ${who} in ${commune}`,
    aged: (who, age, commune) => `No story ${who}, “${age}”, in ${commune}`,
    more: (n) => `And ${n} more`,
  },

  targets: {
    title: "Targets",
    notReached: (n, all) =>
      n === 0 ? "All targets are reached." : `${n} of ${counted(all, "target", "targets")} not reached yet.`,
    lacks: (who, told, wanted) => `${who}: ${told} of ${wanted}`,
    target: "Target",
    told: "Stories",
    wanted: "Wanted",
    missing: "Missing",
    reached: "reached",
    anybody: "All stories",
    by: (collector) => `by ${collector}`,
  },

  parts: {
    communes: "By commune",
    weeks: "By week",
    sexes: "By sex",
    ages: "By age band",
    levels: "By level of change",
    collectors: "By collector",
  },
  head: {
    communes: "Commune",
    weeks: "Week of",
    sexes: "Sex",
    ages: "Age",
    levels: "Level",
    collectors: "Collector",
  },
  levelsHint: "One story may tell changes of several levels.",
  table: "The figures",
  caption: (title) => `${title}: the figures of the picture`,
  unknown: "Not said",
};
