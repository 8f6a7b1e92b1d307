// By what a change is rated, and how far people are apart.

import type { Campaign } from "../bindings/Campaign";
import type { Criterion } from "../bindings/Criterion";
import { campaignText } from "../i18n";

/** In the order in which they are shown. */
export const criteria: Criterion[] = ["evidence", "contribution", "importance", "quality"];

/** How many steps each has; `Criterion::steps` says why. */
export const steps: Record<Criterion, number> = { evidence: 5, contribution: 4, importance: 5, quality: 5 };

/** What each step means, in the words of the campaign's rubric; none where it has no words for them. */
export const stepTexts = (campaign: Campaign, criterion: Criterion): string[] =>
  campaign.rubrics.find((rubric) => rubric.criterion === criterion)?.steps.map(campaignText) ?? [];

/** How many steps lie between the least and the most that was said; 0 where all agree. */
export const spread = (said: number[]) => (said.length > 0 ? Math.max(...said) - Math.min(...said) : 0);
