// What the questions of an interview share: the draft, and how the screen shows what is still to do.

import { createContext } from "svelte";
import type { Gap } from "../../lib/bindings/Gap";
import type { Writing } from "./writing.svelte";

export type Asking = {
  writing: Writing;
  /** Whether missing answers are marked: once the collector has been told about them in the review. */
  markGaps: () => boolean;
};

export const [asking, setAsking] = createContext<Asking>();

/** The parts of the interview, in order; the last is the review. */
export const steps = [
  "context",
  "consent",
  "storyteller",
  "narrative",
  "changes",
  "notes",
  "review",
] as const;
export type Step = (typeof steps)[number];

/** Where an answer is asked. */
export function stepOf(path: string): Step {
  if (path.startsWith("changes")) return "changes";
  if (path === "title") return "narrative";
  const part = path.split(".")[0];
  return steps.find((step) => step === part) ?? "review";
}

/** The gaps of one change, its evidence included. */
export function gapsOf(gaps: Gap[], change: string): Gap[] {
  return gaps.filter((gap) => gap.answer.startsWith(`changes/${change}/`));
}
