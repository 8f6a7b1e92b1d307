// The one sync of this app: it goes on while the collector writes, so its state belongs to no screen.

import type { LastSync } from "../lib/bindings/LastSync";
import type { SyncProgress } from "../lib/bindings/SyncProgress";
import * as device from "../lib/device";

const state = $state<{ running: boolean; waiting: SyncProgress | null; last: LastSync | null }>({
  running: false,
  waiting: null,
  last: null,
});

export function syncing(): Readonly<typeof state> {
  return state;
}

/** Reads what waits and how the last sync ended. */
export async function look(): Promise<void> {
  state.waiting = await device.waiting();
  state.last = await device.lastSync();
}

/** Syncs. How it ended, well or not, is what the device itself noted. */
export async function start(): Promise<void> {
  if (state.running) return;
  state.running = true;
  try {
    await device.sync((left) => (state.waiting = left));
  } finally {
    state.running = false;
    await look();
  }
}
