// A decision in words.

import type { Decision } from "../bindings/Decision";
import { say } from "./words";

/** Who decided what. */
export function decidedBy({ author, verdict }: Decision): string {
  switch (verdict.kind) {
    case "approved":
      return say().story.approvedBy(author);
    case "rejected":
      return say().story.rejectedBy(author);
    case "reopened":
      return say().story.reopenedBy(author);
    case "returned":
      return say().story.returnedBy(author, verdict.comments.length);
  }
}

/** What was said with it, apart from comments. */
export function saidWith({ verdict }: Decision): string {
  if (verdict.kind === "returned") return "";
  return verdict.kind === "approved" ? verdict.note : verdict.reason;
}
