// Where the person is in the app, and whose device it is. The screen stands in the address, so that the
// phone's back button does what people expect.

import type { DeviceState } from "../lib/bindings/DeviceState";
import type { Campaign } from "../lib/bindings/Campaign";
import type { PersonName } from "../lib/bindings/PersonName";
import type { RecordId } from "../lib/bindings/RecordId";
import type { Role } from "../lib/bindings/Role";
import type { StoryId } from "../lib/bindings/StoryId";
import type { WithdrawalCode } from "../lib/bindings/WithdrawalCode";
import * as device from "../lib/device";
import { hearEnds, lineReturned } from "./syncing.svelte";

const PLACES = [
  "stories",
  "training",
  "sync",
  "settings",
  "enrol",
  "bin",
  "passphrase",
  "duress",
  "clock",
] as const;

/** `stories` is home, whatever a person's role lists there. */
export type Screen =
  | { name: (typeof PLACES)[number] }
  /** `signed`: right after it was signed off, when the storyteller is given its code. */
  | { name: "story"; id: StoryId; signed?: boolean }
  | { name: "interview"; id: StoryId }
  /** With the code of a story where one comes from it. */
  | { name: "withdraw"; code?: WithdrawalCode }
  | { name: "task"; id: RecordId };

/** What the address of a story says right after it was signed off. */
const SIGNED = "signed";

const app = $state<{
  device: DeviceState | null;
  screen: Screen;
  deleted: StoryId | null;
  withdrawn: boolean;
  waiting: number;
  lockAfter: number;
  locking: boolean;
  aside: string | null;
}>({
  device: null,
  screen: read(location.hash),
  deleted: null,
  withdrawn: false,
  waiting: 0,
  lockAfter: 5,
  locking: false,
  aside: null,
});

window.addEventListener("hashchange", () => (app.screen = read(location.hash)));

function read(hash: string): Screen {
  const [name = "", id, more] = hash.replace(/^#\/?/, "").split("/");
  if (name === "story" && id) return { name, id, signed: more === SIGNED };
  if ((name === "interview" || name === "task") && id) return { name, id };
  if (name === "withdraw") return id ? { name, code: id } : { name };
  return { name: PLACES.find((place) => place === name) ?? "stories" };
}

export function screen(): Screen {
  return app.screen;
}

function address(screen: Screen): string {
  const parts: string[] = [screen.name];
  if ("id" in screen) parts.push(screen.id);
  if ("code" in screen && screen.code) parts.push(screen.code);
  if ("signed" in screen && screen.signed) parts.push(SIGNED);
  return `/${parts.join("/")}`;
}

/** Where a link to a screen leads. */
export const hrefOf = (screen: Screen) => `#${address(screen)}`;

export function go(screen: Screen): void {
  location.hash = address(screen);
}

/** Goes there without leaving this screen in the way back. */
export function goInstead(screen: Screen): void {
  history.replaceState(null, "", hrefOf(screen));
  // Where it is shown already it is not opened anew: a page that was loaded again stands where its address says.
  if (address(screen) !== address(app.screen)) app.screen = screen;
}

export function deviceState(): DeviceState | null {
  return app.device;
}

/** The campaign, on every screen behind enrolment. */
export function campaign(): Campaign | null {
  return app.device?.enrolment?.campaign ?? null;
}

/** What the person does, on every screen behind enrolment. */
export function role(): Role {
  return app.device?.enrolment?.role ?? "collector";
}

/** Whether the way to a withdrawal is shown. The device itself refuses whoever takes none; this only spares them a way that is shut. */
export function takesWithdrawals(): boolean {
  return role() !== "verifier";
}

export function person(): PersonName {
  return app.device?.enrolment?.person ?? "";
}

/** How much waits for this person, as their list found it last. */
export function waiting(): number {
  return app.waiting;
}

/** Keeps how much waits, and says it in the window's title, where it is seen from outside too. */
export function tellWaiting(count: number): void {
  app.waiting = count;
  // Behind the clock nothing is said.
  if (app.screen.name !== "clock") document.title = count > 0 ? `(${count}) Blon` : "Blon";
}

/** A page begins: tells the device, and shows what may be seen. */
export async function begin(): Promise<void> {
  await show(await device.begin());
}

/** Asks the device how far the app may go. */
export async function refresh(): Promise<void> {
  await show(await device.state());
}

/** After a kill or a lock an interview goes on where it was. */
async function show(found: DeviceState): Promise<void> {
  const opened = app.device?.phase !== "ready" && found.phase === "ready";
  // What is as it was stays the same thing: whatever follows it has nothing to do anew.
  if (JSON.stringify(found) !== JSON.stringify(app.device)) app.device = found;
  if (found.phase !== "ready") tellWaiting(0);
  // What stood on the screen went with the rest.
  if (found.erased) goInstead({ name: "stories" });
  // The store that opened does not know yet what the network costs.
  if (opened) {
    lineReturned();
    setLockAfter((await device.protection()).lock_after);
  }
  if (opened && found.on_screen) goInstead({ name: "interview", id: found.on_screen });
}

// A sync may bring the campaign as it is now: its rubrics, the custodian's key. What a screen has stays as it is.
hearEnds(() => void refresh().catch(() => undefined));

/** The draft that was deleted last, to offer the way back at once. */
export function deletedLast(): StoryId | null {
  return app.deleted;
}

export function deleted(id: StoryId | null): void {
  app.deleted = id;
}

/** Whether the story that was open has just been erased, since its storyteller withdrew it: the list says so. */
export function withdrawnLast(): boolean {
  return app.withdrawn;
}

export function withdrawn(is: boolean): void {
  app.withdrawn = is;
}

/** Minutes without a touch after which the app locks itself. */
export const lockAfter = () => app.lockAfter;

export function setLockAfter(minutes: number): void {
  app.lockAfter = minutes;
}

/** Whether the app is being locked: what leaves the screen now is to be there again afterwards. */
export const locking = () => app.locking;

export function startLocking(): void {
  app.locking = true;
}

/** Where the store is whose passphrase was forgotten, until the next start. */
export const aside = () => app.aside;

/** A store was set aside there: its person begins anew. */
export async function setAsideAs(place: string): Promise<void> {
  app.aside = place;
  await refresh();
}
