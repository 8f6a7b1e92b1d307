// A campaign as it stands in the form: what a new one begins with, and the small things that are proposed.

import type { CampaignHere } from "../../lib/bindings/CampaignHere";
import type { Choice } from "../../lib/bindings/Choice";
import type { Criterion } from "../../lib/bindings/Criterion";
import type { Target } from "../../lib/bindings/Target";
import type { WholeFile } from "./api";

/** The criteria with the number of their steps, as `Criterion::steps` in the core's `rubric.rs` has them. */
export const criteria: [Criterion, number][] = [
  ["evidence", 5],
  ["contribution", 4],
  ["importance", 5],
  ["quality", 5],
];

/** Nothing yet: what everybody must write themselves. */
export const empty = (): WholeFile => ({
  id: "",
  name: "",
  place: "",
  start: "",
  end: "",
  communes: [],
  languages: [],
  age_bands: [],
  relations: [],
  domains: [],
  consent_script: { fr: "", en: "" },
  rubrics: [],
  plan: { teams: [], targets: [], archived: false },
});

/** The same with everything in it that a file may leave out. */
export const filled = (file: Partial<WholeFile>): WholeFile => ({
  ...empty(),
  ...file,
  plan: { ...empty().plan, ...file.plan },
});

/** What is there, as a file: without the questionnaire, which stays as it is. */
export const fileOf = ({ campaign, plan }: CampaignHere): WholeFile => filled({ ...campaign, plan });

/** What a chosen file holds; null where it is no campaign. Whether it can be used, headquarters says. */
export function readFile(text: string): WholeFile | null {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null || !("name" in found)) return null;
    const file = filled(found as Partial<WholeFile>);
    const lists = [file.communes, file.languages, file.age_bands, file.relations, file.domains, file.rubrics];
    return lists.every(Array.isArray) && Array.isArray(file.plan.targets) ? file : null;
  } catch {
    return null;
  }
}

/** How many rows the questionnaire of a file has; none where there is none in it. */
export function rows({ questionnaire }: WholeFile): number {
  if (typeof questionnaire !== "object" || questionnaire === null || !("survey" in questionnaire)) return 0;
  return Array.isArray(questionnaire.survey) ? questionnaire.survey.length : 0;
}

/** Another campaign's file as the beginning of a new one, which has its own name, key and life. */
export const another = (file: WholeFile): WholeFile => ({
  ...file,
  id: "",
  name: "",
  custodian_keys: [],
  plan: { ...file.plan, archived: false },
});

/** A short name such as `kangaba-2022` out of words. */
export const shortName = (words: string): string =>
  words
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);

/** Whether it may be one: `CampaignId` in the core's `id.rs`. */
export const isShortName = (text: string): boolean => /^[a-z0-9-]{1,64}$/.test(text);

export const noChoice = (): Choice => ({ value: "", fr: "", en: "" });

export const noTarget = (): Target => ({ commune: "", collector: null, sex: null, age_band: "", stories: 1 });

/** Whether a target may want so many: `STORIES_LIMIT` in the core's `plan.rs`. */
export const isWantable = (stories: number | null | undefined): boolean =>
  Number.isInteger(stories) && Number(stories) >= 1 && Number(stories) <= 1_000_000;

/** What targets can be made of at once. */
export type Maker = "commune" | "sex" | "commune_sex" | "age";
export const makers: Maker[] = ["commune", "sex", "commune_sex", "age"];

/** So many stories of each commune, sex or age band. */
export function made(maker: Maker, stories: number, file: WholeFile): Target[] {
  const target = (part: Partial<Target>) => ({ ...noTarget(), ...part, stories });
  const sexes = ["female", "male"] as const;
  const by: Record<Maker, () => Target[]> = {
    commune: () => file.communes.map((commune) => target({ commune })),
    sex: () => sexes.map((sex) => target({ sex })),
    commune_sex: () => file.communes.flatMap((commune) => sexes.map((sex) => target({ commune, sex }))),
    age: () => file.age_bands.map(({ value }) => target({ age_band: value })),
  };
  return by[maker]();
}

/** Whether two targets are about the same properties, whatever those are. */
export const alike = (one: Target, other: Target): boolean =>
  [one.commune !== "", one.collector !== null, one.sex !== null, one.age_band !== ""].join() ===
  [other.commune !== "", other.collector !== null, other.sex !== null, other.age_band !== ""].join();
