// The one door from the screens to the device, and the only module that knows which host carries it:
// another host (a browser, another shell) is another file like this one. Every call rejects with a Problem.

import { Channel, invoke } from "@tauri-apps/api/core";
import type { Asked } from "./bindings/Asked";
import type { Carried } from "./bindings/Carried";
import type { Clocks } from "./bindings/Clocks";
import type { DataUse } from "./bindings/DataUse";
import type { Decide } from "./bindings/Decide";
import type { DeviceState } from "./bindings/DeviceState";
import type { Digest } from "./bindings/Digest";
import type { Discarded } from "./bindings/Discarded";
import type { Draft } from "./bindings/Draft";
import type { Enrolment } from "./bindings/Enrolment";
import type { FilePolicy } from "./bindings/FilePolicy";
import type { Freeable } from "./bindings/Freeable";
import type { Invitation } from "./bindings/Invitation";
import type { Network } from "./bindings/Network";
import type { Parcel } from "./bindings/Parcel";
import type { PastSync } from "./bindings/PastSync";
import type { Protection } from "./bindings/Protection";
import type { QueueQuery } from "./bindings/QueueQuery";
import type { RecordId } from "./bindings/RecordId";
import type { Remark } from "./bindings/Remark";
import type { ReportDraft } from "./bindings/ReportDraft";
import type { ReportLack } from "./bindings/ReportLack";
import type { StoriesFound } from "./bindings/StoriesFound";
import type { ReviewSpace } from "./bindings/ReviewSpace";
import type { StoryId } from "./bindings/StoryId";
import type { StoryLine } from "./bindings/StoryLine";
import type { StoryList } from "./bindings/StoryList";
import type { StoryPage } from "./bindings/StoryPage";
import type { StoryQuery } from "./bindings/StoryQuery";
import type { StoryView } from "./bindings/StoryView";
import type { SyncNews } from "./bindings/SyncNews";
import type { SyncProgress } from "./bindings/SyncProgress";
import type { SyncReport } from "./bindings/SyncReport";
import type { TaskView } from "./bindings/TaskView";
import type { ThreadId } from "./bindings/ThreadId";
import type { WithdrawalView } from "./bindings/WithdrawalView";
import { locale } from "./i18n";
import { asProblem } from "./problem";

/** Bytes of a file handed over at once: one chunk row of the store. */
const PIECE = 256 * 1024;

/** A page begins: what the one before left undone is done. */
export const begin = () => invoke<DeviceState>("begin");
export const state = () => invoke<DeviceState>("state");
export const createStore = (passphrase: string) => invoke<void>("create_store", { passphrase });
export const unlock = (passphrase: string) => invoke<void>("unlock", { passphrase });
/** What is in hand is being saved, and a lock follows. Should this page not come to that, the shell locks. */
export const locking = () => invoke<void>("locking");
export const lock = () => invoke<void>("lock");
/** Wraps the store's key by another passphrase; the present one is tried as at the door. */
export const changePassphrase = (present: string, next: string) =>
  invoke<void>("change_passphrase", { present, new: next });
/** Sets a store aside whose passphrase was forgotten; says where it is. */
export const setAside = () => invoke<string>("set_aside");
export const protection = () => invoke<Protection>("protection");
export const setLockAfter = (minutes: number) => invoke<void>("set_lock_after", { minutes });
/** Null: wrong passphrases erase nothing. */
export const setEraseAfter = (tries: number | null) => invoke<void>("set_erase_after", { tries });
/** Null: there is none any more. */
export const setDuress = (passphrase: string | null) => invoke<void>("set_duress", { passphrase });
// The shell locks too, where the screens cannot: these tell it how the app is used.
export const touched = () => invoke<void>("touched");
export const outOfSight = (picking: boolean) => invoke<void>("out_of_sight", { picking });
export const inSight = () => invoke<void>("in_sight");
/** Keeps how the screens look: the webview itself forgets it. */
export const setLooks = (looks: Record<string, string>) => invoke<void>("set_looks", { looks });
/** What was begun at this place and not sent; empty where nothing was. */
export const halfWritten = (place: string) => invoke<string>("half_written", { place });
/** Keeps it: it is on the disk when this resolves. */
export const keepHalfWritten = (place: string, text: string) =>
  invoke<void>("keep_half_written", { place, text });
/** Reads the link of an invitation. */
export const readInvitation = (line: string) => invoke<Invitation>("read_invitation", { line });
/** Reads the invitation in a picture of its QR code. */
export const readQr = async (picture: File) => invoke<Invitation>("read_qr", await bytesOf(picture));
export const enrol = (invitation: Invitation) => invoke<Enrolment>("enrol", { invitation });

export const findStories = (query: StoryQuery) => invoke<StoriesFound>("find_stories", { query });
export const reply = (id: StoryId, thread: ThreadId, text: string) =>
  invoke<StoryView>("reply", { id, thread, text });
export const story = (id: StoryId) => invoke<StoryView>("story", { id });

// A supervisor's work. What a query leaves out narrows nothing.
export const review = (query: Partial<QueueQuery>) => invoke<StoryList>("review", { query });
export const reviewPage = (id: StoryId) => invoke<StoryPage>("review_page", { id });
/** Records a decision about what was in sight; gives the story as it is then. */
export const decide = (id: StoryId, decision: Decide) => invoke<StoryPage>("decide", { id, decision });
/** Says something about a story without deciding; gives the story as it is then. */
export const remark = (id: StoryId, remark: Remark) => invoke<StoryPage>("remark", { id, remark });
/** What headquarters refused of a story has been read; gives the story as it is then. */
export const setRefusedAside = (id: StoryId) => invoke<StoryPage>("set_refused_aside", { id });
/** What is being written about a story, as the screen kept it. */
export const reviewDraft = (id: StoryId) => invoke<unknown>("review_draft", { id });
/** Keeps it: it is on the disk when this resolves. Null: nothing is being written. */
export const keepReviewDraft = (id: StoryId, draft: unknown) =>
  invoke<void>("keep_review_draft", { id, draft });
/** The next sync fetches this file before others, whatever it costs. */
export const wantFile = (sha256: Digest) => invoke<void>("want_file", { sha256 });

// A verifier's work.
/** What is to be verified, and what has come of it; what asks for something first. */
export const tasks = () => invoke<TaskView[]>("tasks");
/** Keeps what is written of a task: it is on the disk when this resolves. Gives what it still lacks. */
export const saveReport = (id: RecordId, draft: ReportDraft) =>
  invoke<ReportLack[]>("save_report", { id, draft });
/** Erases what is written of a task; one that is asked for no longer goes with it. */
export const eraseReport = (id: RecordId) => invoke<void>("erase_report", { id });
/** Adds a photo to what is written of a task, made small and silent; gives what is written then. */
export const reportPhoto = async (task: RecordId, file: File) =>
  invoke<ReportDraft>("report_photo", await bytesOf(file), { headers: { task } });
export const signOffReport = (id: RecordId) => invoke<void>("sign_off_report", { id });

// An interview is asked in the language of the screen. Each of these resolves once all is on the disk, and gives
// what is asked then.
const inLanguage = <T>(command: string, given: Record<string, unknown>) =>
  invoke<T>(command, { ...given, language: locale() });

export const beginInterview = (training: boolean) => inLanguage<Asked>("begin_interview", { training });
/** Begins an interview with what a like one was told, but for what is everybody's own. */
export const beginLike = (like: StoryId) => inLanguage<Asked>("begin_like", { like });
export const interview = (id: StoryId) => inLanguage<Asked>("interview", { id });
export const answer = (id: StoryId, path: string, answer: string) =>
  inLanguage<Asked>("answer", { id, path, answer });
export const addRepetition = (id: StoryId, path: string) =>
  inLanguage<{ id: string; asked: Asked }>("add_repetition", { id, path });
export const removeRepetition = (id: StoryId, path: string) =>
  inLanguage<Asked>("remove_repetition", { id, path });
export const mask = (id: StoryId, path: string, words: string) =>
  inLanguage<Asked>("mask", { id, path, words });

export const undo = (id: StoryId) => inLanguage<Asked>("undo", { id });
/** The collector looks at this answer now; after a kill the interview goes on here. */
export const stand = (id: StoryId, path: string) => invoke<void>("stand", { id, path });
export const leave = () => invoke<void>("leave");
export const setNote = (id: StoryId, note: string) => invoke<void>("set_note", { id, note });

/** The open draft of a story, as it stands on the disk. */
export const draft = (id: StoryId) => invoke<Draft>("draft", { id });
/** Opens a correction of a story that was signed off, or goes on with the draft that is open. */
export const correct = (id: StoryId) => invoke<Draft>("correct", { id });
export const discardDraft = (id: StoryId) => invoke<void>("discard_draft", { id });
export const discardedDrafts = () => invoke<Discarded[]>("discarded_drafts");
export const restoreDraft = (id: StoryId) => invoke<void>("restore_draft", { id });
export const eraseDraft = (id: StoryId) => invoke<void>("erase_draft", { id });
export const finalise = (id: StoryId) => invoke<StoryLine>("finalise", { id });

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

/**
 * Puts a file into the encrypted store as the answer at `path`; a picture is made small and silent before. `onPart`
 * hears the part that is in, from 0 to 1.
 */
export async function attach(
  id: StoryId,
  path: string,
  file: File,
  onPart: (part: number) => void,
): Promise<Asked> {
  if (file.type.startsWith("image/")) return attachPhoto(id, path, file);
  const upload = await invoke<number>("attach_begin", {
    id,
    mediaType: file.type || "application/octet-stream",
  });
  for (let start = 0; start < file.size; start += PIECE) {
    try {
      const piece = await bytesOf(file.slice(start, start + PIECE));
      await invoke<void>("attach_chunk", piece, { headers: { upload: String(upload) } });
    } catch (thrown) {
      // A picture that the system did not call one: the device knows it by its first bytes.
      if (asProblem(thrown).code === "picture_not_prepared") return attachPhoto(id, path, file);
      throw thrown;
    }
    onPart(Math.min(1, (start + PIECE) / file.size));
  }
  return inLanguage<Asked>("attach_answer", { upload, path });
}

async function attachPhoto(id: StoryId, path: string, file: File): Promise<Asked> {
  const headers = { story: id, path: encodeURIComponent(path), language: locale() };
  return invoke<Asked>("attach_photo", await bytesOf(file), { headers });
}

/** Begins a recording for the answer at `path`; gives its key. */
export const recordBegin = (id: StoryId, path: string, mediaType: string) =>
  invoke<number>("record_begin", { id, path, mediaType });
/** Keeps the next seconds of a recording. */
export const recordChunk = async (recording: number, bytes: Blob) =>
  invoke<void>("record_chunk", await bytesOf(bytes), { headers: { upload: String(recording) } });
/** Marks a place, in milliseconds from the start. */
export const recordMark = (recording: number, at: number) => invoke<void>("record_mark", { recording, at });
/** The recording is over and becomes the answer at `path`. */
export const recordEnd = (recording: number, path: string) =>
  inLanguage<Asked>("attach_answer", { upload: recording, path });
/** Lets go of a recording, and of every byte of it. */
export const recordErase = (recording: number) => invoke<void>("record_erase", { recording });
/** Bytes that are free on the device. */
export const freeSpace = () => invoke<number>("free_space");

export const file = (sha256: Digest) => invoke<ArrayBuffer>("file", { sha256 });

/** One sync; `allFiles`: this once, files go whatever they cost. What happens meanwhile is heard by `hearSyncs`. */
export const sync = (allFiles: boolean) => invoke<SyncReport>("sync", { allFiles });
export const cancelSync = () => invoke<void>("cancel_sync");
/** From now on every sync is heard, whoever began it. */
export const hearSyncs = (onNews: (news: SyncNews) => void) =>
  invoke<void>("hear_syncs", { ear: new Channel<SyncNews>(onNews) });
/** The system says that the line is back, and what it costs. */
export const lineReturned = (network: Network) => invoke<void>("line_returned", { network });
export const withdraw = (code: string) => invoke<WithdrawalView>("withdraw", { code });
export const withdrawals = () => invoke<WithdrawalView[]>("withdrawals");
export const pastSyncs = (most: number) => invoke<PastSync[]>("past_syncs", { most });
export const waiting = () => invoke<SyncProgress>("waiting");
export const clocks = () => invoke<Clocks>("clocks");
export const dataUse = () => invoke<DataUse>("data_use");
export const setFilePolicy = (policy: FilePolicy) => invoke<void>("set_file_policy", { policy });
export const setSyncByItself = (byItself: boolean) => invoke<void>("set_sync_by_itself", { byItself });
export const freeable = () => invoke<Freeable>("freeable");
/** The room that the team's files may take here, and take. */
export const reviewSpace = () => invoke<ReviewSpace>("review_space");
export const setReviewSpace = (most: number) => invoke<void>("set_review_space", { most });
/** Lets go of the bytes of files that headquarters has confirmed. */
export const freeFiles = () => invoke<Freeable>("free_files");

/** Writes all that waits to one sealed file, for where there is no network; says where. */
export const exportParcel = (name: string) => invoke<Parcel>("export_parcel", { name });
export const importReceipt = async (receipt: File) =>
  invoke<Parcel>("import_receipt", await bytesOf(receipt));
/** Takes in somebody else's parcel, to carry it to headquarters. */
export async function carry(parcel: File): Promise<Carried> {
  const upload = await invoke<number>("carry_begin");
  for (let start = 0; start < parcel.size; start += PIECE) {
    const piece = await bytesOf(parcel.slice(start, start + PIECE));
    await invoke<void>("carry_chunk", piece, { headers: { upload: String(upload) } });
  }
  return invoke<Carried>("carry_end", { upload });
}
export const carried = () => invoke<Carried[]>("carried");
/** Writes the receipt for a carried parcel, to be brought back; says where. */
export const handBack = (sha256: Digest, name: string) => invoke<string>("hand_back", { sha256, name });
export const dropCarried = (sha256: Digest) => invoke<void>("drop_carried", { sha256 });
