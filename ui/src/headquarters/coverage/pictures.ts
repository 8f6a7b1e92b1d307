// The pictures of a coverage as data: what stands at each bar, and in which looks. The tables beside them show the same.

import type { Campaign } from "../../lib/bindings/Campaign";
import type { Count } from "../../lib/bindings/Count";
import type { Coverage } from "../../lib/bindings/Coverage";
import type { Sex } from "../../lib/bindings/Sex";
import { choiceLabel, words } from "../../lib/i18n";
import { inOrder } from "../seek";
import { say } from "./words";

/** How a bar is drawn, so that it is known without its colour. */
export type Look = "solid" | "striped" | "hollow";

export interface Series {
  name: string;
  look: Look;
  values: (number | null)[];
}

export interface Picture {
  key: "communes" | "weeks" | "sexes" | "ages" | "levels" | "collectors";
  /** Whether its bars lie, so that long names have room, or stand as time goes on. */
  lying: boolean;
  labels: string[];
  series: Series[];
}

const has = (counts: Count[]) => counts.some((count) => count.wanted !== null);

function counted(key: Picture["key"], counts: Count[], name: (of: string) => string): Picture {
  const wanted: Series = { name: say().wanted, look: "hollow", values: counts.map((count) => count.wanted) };
  return {
    key,
    lying: true,
    labels: counts.map(({ of }) => (of === "" ? say().unknown : name(of))),
    series: [
      { name: say().stories, look: "solid", values: counts.map((count) => count.stories) },
      { name: say().approved, look: "striped", values: counts.map((count) => count.approved) },
      ...(has(counts) ? [wanted] : []),
    ],
  };
}

/** Every picture that has something to show. `shortDay` writes a Monday. */
export function pictures(
  coverage: Coverage,
  campaign: Campaign,
  shortDay: (day: string) => string,
): Picture[] {
  const one = (values: number[]): Series[] => [{ name: say().stories, look: "solid", values }];
  const sexes = words().sex;
  const collectors = [...coverage.collectors].sort((a, b) => inOrder(a.of, b.of));
  const all: Picture[] = [
    counted("communes", coverage.communes, (of) => of),
    {
      key: "weeks",
      lying: false,
      labels: coverage.weeks.map((week) => shortDay(week.monday)),
      series: one(coverage.weeks.map((week) => week.stories)),
    },
    counted("sexes", coverage.sexes, (of) => sexes[of as Sex] ?? of),
    counted("ages", coverage.ages, (of) => choiceLabel(campaign.age_bands, of)),
    {
      key: "levels",
      lying: true,
      labels: coverage.levels.map(({ level }) => words().level[level]),
      series: one(coverage.levels.map((level) => level.stories)),
    },
    counted("collectors", collectors, (of) => of),
  ];
  return all.filter((picture) => picture.labels.length > 0);
}
