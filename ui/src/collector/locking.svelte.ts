// Locking: by hand, when nobody touches the app, when it is out of sight, and at once to a screen that says nothing. The page
// is loaded anew each time, so that nothing that was read or typed stays in it. What is typed is saved first; should a page
// hang, the shell locks a little later by itself.

import * as device from "../lib/device";
import { saveInHand } from "../lib/beforeLock";
import { go, goInstead, locking, refresh, screen, startLocking } from "./app.svelte";

/** How often it is looked whether it is time. */
const LOOK_MS = 1000;

/** How often the shell is told of touches. */
const TELL_MS = 5000;

/** How long the window may be out of sight; the shell's own limit is a little longer. */
const AWAY_MS = 30_000;

/** Two presses of Escape within this are the quick exit. */
const TWICE_MS = 600;

const TOUCHES = ["pointerdown", "pointermove", "keydown", "input", "wheel", "touchstart"];

/** Locks the app; what was on the screen is there again once it is open. */
export async function lockApp(): Promise<void> {
  if (locking()) return;
  startLocking();
  void device.locking();
  try {
    // Some fields are saved when they are left.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    await saveInHand();
  } finally {
    await device.lock();
    location.reload();
  }
}

/** Shows a screen that says nothing, and locks behind it. */
export function leaveAtOnce(): void {
  if (locking()) return;
  document.querySelectorAll("dialog[open]").forEach((dialog) => (dialog as HTMLDialogElement).close());
  // What is to be saved is still there: the screens beneath go only now.
  void lockApp();
  goInstead({ name: "clock" });
}

/** From the screen that says nothing to the door. */
export function comeBack(): void {
  go({ name: "stories" });
  document.title = "Blon";
}

/** Watches over an open app until it is closed; gives the way to end that. */
export function watch(minutes: () => number, recording: () => boolean): () => void {
  let touched = Date.now();
  let told = 0;
  let away: number | null = null;
  let picking = false;
  let escaped = 0;

  const touch = () => {
    touched = Date.now();
    if (touched - told < TELL_MS) return;
    told = touched;
    void device.touched();
  };

  const leave = () => {
    if (away !== null) return;
    away = Date.now();
    void device.outOfSight(picking);
    // A phone may stop these scripts any moment now. A recording goes on.
    if (!recording()) void saveInHand();
  };

  const back = () => {
    if (document.hidden) return;
    away = null;
    picking = false;
    touch();
    void device.inSight();
    // The shell may have locked meanwhile.
    refresh().catch(() => undefined);
  };

  const look = () => {
    if (recording()) {
      touch();
      return;
    }
    const idle = minutes() * 60_000;
    const now = Date.now();
    const gone = away !== null && now - away >= (picking ? idle : Math.min(AWAY_MS, idle));
    // A clock that was set back counts from now on.
    if (touched > now) touched = now;
    if (gone || now - touched >= idle) void lockApp();
  };

  const seen = () => (document.hidden ? leave() : back());
  const clicked = (event: Event) => {
    const at = event.target;
    // The camera or the list of files comes over the window.
    if (at instanceof HTMLInputElement && at.type === "file") picking = true;
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - escaped < TWICE_MS && escaped > 0) {
      // Nor does it close what it was pressed in, or lead back at once.
      event.stopImmediatePropagation();
      leaveAtOnce();
    }
    escaped = event.timeStamp;
  };

  // The page before this one may have ended out of sight.
  if (!document.hidden && document.hasFocus()) void device.inSight();
  const options = { capture: true, passive: true };
  TOUCHES.forEach((name) => document.addEventListener(name, touch, options));
  document.addEventListener("visibilitychange", seen);
  document.addEventListener("click", clicked, true);
  document.addEventListener("keydown", pressed, true);
  window.addEventListener("blur", leave);
  window.addEventListener("focus", back);
  const ticking = setInterval(look, LOOK_MS);
  return () => {
    TOUCHES.forEach((name) => document.removeEventListener(name, touch, options));
    document.removeEventListener("visibilitychange", seen);
    document.removeEventListener("click", clicked, true);
    document.removeEventListener("keydown", pressed, true);
    window.removeEventListener("blur", leave);
    window.removeEventListener("focus", back);
    clearInterval(ticking);
  };
}

/** Whether the screen that says nothing is shown. */
export const isHidden = () => screen().name === "clock";
