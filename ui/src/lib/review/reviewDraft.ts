// What a supervisor has begun about a story, as it is kept until it is sent. Another version of the app may have kept it: what
// does not have this shape is none.

import type { ChangeId } from "../bindings/ChangeId";
import type { Comment } from "../bindings/Comment";
import { criteria } from "./ratings";
import type { RatingDraft, RequestDraft } from "./reviewing.svelte";

export type ReviewDraft = {
  comments: Comment[];
  /** The comment that is being written: its answer, its words so far, the second of the recording that it is about. */
  open: string | null;
  text: string;
  second: number | null;
  ratings: Record<ChangeId, RatingDraft>;
  requests: Record<ChangeId, RequestDraft>;
  /** Words for a decision; an older version of the app kept none. */
  note?: string;
  reason?: string;
};

/** What was kept, where it is what this version keeps. */
export function asReviewDraft(found: unknown): ReviewDraft | null {
  if (!isObject(found)) return null;
  const { comments, open, text, second, ratings, requests, note, reason } = found;
  const whole =
    Array.isArray(comments) &&
    comments.every(isComment) &&
    (open === null || isText(open)) &&
    isText(text) &&
    isSecond(second) &&
    isObject(ratings) &&
    Object.values(ratings).every(isRating) &&
    isObject(requests) &&
    Object.values(requests).every(isRequest) &&
    isText(note ?? "") &&
    isText(reason ?? "");
  return whole ? (found as ReviewDraft) : null;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isSecond = (value: unknown): value is number | null => value === null || isNumber(value);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isComment(value: unknown): value is Comment {
  if (!isObject(value)) return false;
  return isText(value["answer"]) && isText(value["text"]) && isSecond(value["second"] ?? null);
}

function isRating(value: unknown): value is RatingDraft {
  if (!isObject(value) || !isText(value["note"]) || !isObject(value["ratings"])) return false;
  const known: string[] = criteria;
  return Object.entries(value["ratings"]).every(([name, step]) => known.includes(name) && isNumber(step));
}

function isRequest(value: unknown): value is RequestDraft {
  return isObject(value) && isText(value["verifier"]) && isText(value["question"]);
}
