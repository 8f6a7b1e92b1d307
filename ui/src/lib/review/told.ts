// Where and when a story was told, on one line.

import type { Context } from "../bindings/Context";
import { day } from "../i18n";

export function told({ village, commune, date }: Pick<Context, "village" | "commune" | "date">): string {
  const place = [village, commune].filter(Boolean).join(", ");
  return [place, date && day(date)].filter(Boolean).join(" · ");
}
