// What a questionnaire says, set as the screens set their own words. Answers are left as they are.

import type { Asked } from "../bindings/Asked";
import type { Item } from "../bindings/Item";
import type { Page } from "../bindings/Page";
import type { Section } from "../bindings/Section";
import { locale, typeset } from "../i18n";

export function typesetAsked(asked: Asked): Asked {
  if (locale() === "en") return asked;
  const item = (one: Item): Item => ({
    ...one,
    label: typeset(one.label),
    hint: typeset(one.hint),
    guidance_hint: typeset(one.guidance_hint),
    probes: typeset(one.probes),
    choices: one.choices.map((choice) => ({ ...choice, label: typeset(choice.label) })),
    fault: one.fault && { ...one.fault, message: typeset(one.fault.message) },
  });
  const section = (one: Section): Section => ({ ...one, label: typeset(one.label), hint: typeset(one.hint) });
  const page = (one: Page): Page => ({ ...one, around: typeset(one.around) });
  const { sections, pages } = asked.outline;
  return {
    ...asked,
    items: asked.items.map(item),
    outline: { sections: sections.map(section), pages: pages.map(page) },
    advice: asked.advice.map((one) => ({ ...one, probe: typeset(one.probe) })),
  };
}
