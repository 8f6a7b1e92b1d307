// The technique cards, by the words that questionnaires use for them.

import { techniquesFr } from "./words/techniques.fr";

export type TechniqueName = keyof typeof techniquesFr;

/** A questionnaire of somebody else may name a technique that there is no card for. */
export function isTechnique(name: string): name is TechniqueName {
  return name in techniquesFr;
}
