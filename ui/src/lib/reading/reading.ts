// What the parts of a story's page share, so that each part asks only for what it shows.

import { createContext, type Snippet } from "svelte";
import type { Campaign } from "../bindings/Campaign";
import type { Change } from "../bindings/Change";
import type { FileRef } from "../bindings/FileRef";
import type { Story } from "../bindings/Story";

export type Reading = {
  story: Story;
  /** The revision before this one: what differs is marked. */
  previous: Story | null;
  /** Whether that one was made apart from it, and is just as new: what differs is open to be read. */
  apart?: boolean;
  campaign: Campaign;
  /** Where the bytes can be loaded from; null while they are not there. */
  fileUrl: (file: FileRef) => Promise<string | null>;
  /** Whether what may not be quoted is marked: for those who could pass it on. */
  consent?: "marked";
  /** What stands at the end of an answer's label: a way to begin a remark on it. */
  begin?: Snippet<[string]> | undefined;
  /** What stands under an answer: its comments, the place to write one. */
  annotate: Snippet<[string]> | null;
  /** What stands at the end of a change: what others than its collector say of it. */
  change?: Snippet<[Change]>;
  /** Begins a remark at a second of a recording: the answer, and the second. */
  onsecond?: ((path: string, second: number) => void) | undefined;
  /** What stands in the place of a file whose bytes are not there. */
  absent?: Snippet<[FileRef]>;
};

// A function, because the story on the page may change under it.
export const [reading, setReading] = createContext<() => Reading>();
