// An interview is asked and kept through this door, so that the same screens work wherever one stands behind it: on a
// collector's device, and where a questionnaire is tried before it is published. The story is the door's own.

import type { Asked } from "../bindings/Asked";
import type { FileRef } from "../bindings/FileRef";
import type { Story } from "../bindings/Story";

/** What an interview needs of the place where it is held. Every promise rejects with a Problem. */
export interface InterviewDoor {
  /** Gives an answer, which is kept when this resolves. Gives what is asked then, as each of these does. */
  answer(path: string, answer: string): Promise<Asked>;
  /** Adds a repetition to the repeat at `path`; `id` is the new one's. */
  add(path: string): Promise<{ id: string; asked: Asked }>;
  /** Takes the repetition at `path` away. */
  remove(path: string): Promise<Asked>;
  /** Masks these words, which tell who told the story, in the answer at `path`. Only where one is kept. */
  mask?(path: string, words: string): Promise<Asked>;
  undo(): Promise<Asked>;
  /** The collector looks at this page now. */
  stand(path: string): Promise<void>;
  setNote(note: string): Promise<void>;
  /** The story as it is kept, to be read over. Only where one is kept. */
  story?(): Promise<Story>;
  /** Only where files can be put in. */
  files?: FilesDoor;
}

/** What files and recordings need of it. */
export interface FilesDoor {
  /** Puts a file in as the answer at `path`. `onPart` hears the part that is in, from 0 to 1. */
  attach(path: string, file: File, onPart: (part: number) => void): Promise<Asked>;
  /** Where the bytes of a file can be loaded from. */
  url(file: FileRef): Promise<string>;
  /** Begins a recording for the answer at `path`; gives its key. */
  begin(path: string, mediaType: string): Promise<number>;
  /** Keeps the next seconds of a recording. */
  chunk(recording: number, bytes: Blob): Promise<void>;
  /** Marks a place, in milliseconds from the start. */
  mark(recording: number, at: number): Promise<void>;
  /** The recording is over and becomes the answer at `path`. */
  end(recording: number, path: string): Promise<Asked>;
  /** Lets go of a recording, and of every byte of it. */
  erase(recording: number): Promise<void>;
  /** Bytes that are free. */
  free(): Promise<number>;
}
