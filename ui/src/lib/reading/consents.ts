// The yes/no questions of consent, in the order in which they are put (domain.md).

import type { Consent } from "../bindings/Consent";

export const consentRows = [
  "interview",
  "audio",
  "photo",
  "quote",
  "named",
  "contact_again",
] as const satisfies (keyof Consent)[];
