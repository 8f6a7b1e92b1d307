// Gaps and targets as sentences. The labels of bands of age are a campaign's own and may be any text, so they stand apart.

import type { Choice } from "../../lib/bindings/Choice";
import type { Target } from "../../lib/bindings/Target";
import type { Unheard } from "../../lib/bindings/Unheard";
import { choiceLabel, words } from "../../lib/i18n";
import { say } from "./words";

/** "No story by a woman, “18 to 35”, in Nouga." */
export function unheardSentence({ commune, sex, age_band }: Unheard, bands: Choice[]): string {
  const said = say().unheard;
  if (sex === null) return said.place(commune);
  const who = said.sex[sex];
  return age_band === "" ? said.of(who, commune) : said.aged(who, choiceLabel(bands, age_band), commune);
}

/** "Nouga · Femme · 18 à 35 ans". */
export function targetName({ commune, sex, age_band, collector }: Target, bands: Choice[]): string {
  const parts = [
    commune,
    sex ? words().sex[sex] : "",
    age_band ? choiceLabel(bands, age_band) : "",
    collector ? say().targets.by(collector) : "",
  ].filter(Boolean);
  return parts.join(" · ") || say().targets.anybody;
}
