// The one door from the screens to the device, and the only module that knows which host carries it:
// another host (a browser, another shell) is another file like this one. Every call rejects with a Problem.

import { Channel, invoke } from "@tauri-apps/api/core";
import type { ChangeId } from "./bindings/ChangeId";
import type { DeviceState } from "./bindings/DeviceState";
import type { Digest } from "./bindings/Digest";
import type { Draft } from "./bindings/Draft";
import type { Enrolment } from "./bindings/Enrolment";
import type { EvidenceId } from "./bindings/EvidenceId";
import type { Gap } from "./bindings/Gap";
import type { Identity } from "./bindings/Identity";
import type { LastSync } from "./bindings/LastSync";
import type { Story } from "./bindings/Story";
import type { StoryId } from "./bindings/StoryId";
import type { StoryLine } from "./bindings/StoryLine";
import type { StoryView } from "./bindings/StoryView";
import type { SyncProgress } from "./bindings/SyncProgress";
import type { SyncReport } from "./bindings/SyncReport";

/** Bytes of a file handed over at once: one chunk row of the store. */
const PIECE = 256 * 1024;

export const state = () => invoke<DeviceState>("state");
export const createStore = (passphrase: string) => invoke<void>("create_store", { passphrase });
export const unlock = (passphrase: string) => invoke<void>("unlock", { passphrase });
export const lock = () => invoke<void>("lock");
export const enrol = (url: string, code: string) => invoke<Enrolment>("enrol", { url, code });

export const stories = () => invoke<StoryLine[]>("stories");
export const story = (id: StoryId) => invoke<StoryView>("story", { id });

/** A fresh id for a change or a piece of evidence. */
export const newId = () => invoke<string>("new_id");
export const newDraft = () => invoke<Draft>("new_draft");
export const draft = (id: StoryId) => invoke<Draft>("draft", { id });
/** Opens a correction of a story that was signed off, or goes on with the one that is open. */
export const correct = (id: StoryId) => invoke<Draft>("correct", { id });
/** Resolves once the answers are on the disk; gives what still holds the story back. */
export const saveDraft = (id: StoryId, story: Story, identity: Identity, note: string) =>
  invoke<Gap[]>("save_draft", { id, story, identity, note });
export const discardDraft = (id: StoryId) => invoke<void>("discard_draft", { id });
export const finalise = (id: StoryId) => invoke<StoryLine>("finalise", { id });

/**
 * Puts a file into the encrypted store as the file of one piece of evidence. `onPart` hears the part that is
 * in, from 0 to 1. Save the draft first: what comes back is the draft as the store holds it.
 */
export async function attach(
  id: StoryId,
  change: ChangeId,
  evidence: EvidenceId,
  file: File,
  onPart: (part: number) => void,
): Promise<Draft> {
  const upload = await invoke<number>("attach_begin", {
    id,
    mediaType: file.type || "application/octet-stream",
  });
  for (let start = 0; start < file.size; start += PIECE) {
    const piece = new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer());
    await invoke<void>("attach_chunk", piece, { headers: { upload: String(upload) } });
    onPart(Math.min(1, (start + PIECE) / file.size));
  }
  return invoke<Draft>("attach_finish", { upload, change, evidence });
}

export const file = (sha256: Digest) => invoke<ArrayBuffer>("file", { sha256 });

/** One sync. It goes on when nobody listens any more. */
export function sync(onProgress: (left: SyncProgress) => void): Promise<SyncReport> {
  return invoke<SyncReport>("sync", { onProgress: new Channel<SyncProgress>(onProgress) });
}

export const lastSync = () => invoke<LastSync | null>("last_sync");
export const waiting = () => invoke<SyncProgress>("waiting");
