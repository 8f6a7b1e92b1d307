// The review asks for stories and decides on them through this door, so that the same screens work wherever one
// stands behind it. The campaign is the door's own.

import type { Decide } from "../bindings/Decide";
import type { Digest } from "../bindings/Digest";
import type { FileRef } from "../bindings/FileRef";
import type { QueueQuery } from "../bindings/QueueQuery";
import type { Remark } from "../bindings/Remark";
import type { StoryId } from "../bindings/StoryId";
import type { StoryList } from "../bindings/StoryList";
import type { StoryPage } from "../bindings/StoryPage";
import type { ReviewDraft } from "./reviewDraft";

/** What the review needs of the place where it is done. Every promise rejects with a Problem. */
export interface Door {
  /** One page of what is asked for; what is left out narrows nothing, and nothing in it is empty. */
  stories(query: Partial<QueueQuery>): Promise<StoryList>;
  story(id: StoryId): Promise<StoryPage>;
  /** Records a decision about what was in sight; gives the story as it is then. */
  decide(id: StoryId, decision: Decide): Promise<StoryPage>;
  /** Says something about a story without deciding; gives the story as it is then. */
  remark(id: StoryId, remark: Remark): Promise<StoryPage>;
  /** What was refused has been read; gives the story as it is then. Only where acts can be refused after they were done. */
  setRefusedAside?(id: StoryId): Promise<StoryPage>;
  /** What was being written about a story, as it was kept. Only where that outlives the page. */
  draft?(id: StoryId): Promise<unknown>;
  /** Keeps what is being written; null where nothing is. */
  keepDraft?(id: StoryId, draft: ReviewDraft | null): Promise<void>;
  /** Devices send this file before others. */
  askForFile(sha256: Digest): Promise<void>;
  /** Where the bytes of a file that the page calls complete can be loaded from; null while they are not there. */
  fileUrl(file: FileRef): Promise<string | null>;
  /** `onchange` is called whenever something may have changed; gives the way to end it. */
  hearChanges(onchange: () => void): () => void;
}
