// The one sync of this app: it goes on while the collector writes, and begins by itself, so its state belongs to no screen.

import type { Clocks } from "../lib/bindings/Clocks";
import type { Network } from "../lib/bindings/Network";
import type { PastSync } from "../lib/bindings/PastSync";
import type { SyncProgress } from "../lib/bindings/SyncProgress";
import * as device from "../lib/device";

const state = $state<{
  running: boolean;
  waiting: SyncProgress | null;
  /** Withdrawals that headquarters does not know of yet. */
  withdrawals: number;
  last: PastSync | null;
  clocks: Clocks | null;
}>({ running: false, waiting: null, withdrawals: 0, last: null, clocks: null });

export function syncing(): Readonly<typeof state> {
  return state;
}

/** Whether anything is to be sent. */
export function waits(): boolean {
  const { waiting, withdrawals } = state;
  return waiting !== null && waiting.records_left + waiting.files_left + withdrawals > 0;
}

/** Reads what waits and how the last sync ended. */
export async function look(): Promise<void> {
  const [waiting, withdrawals, [last], clocks] = await Promise.all([
    device.waiting(),
    device.withdrawals(),
    device.pastSyncs(1),
    device.clocks(),
  ]);
  if (!state.running) state.waiting = waiting;
  state.withdrawals = withdrawals.filter(({ told }) => !told).length;
  state.last = last ?? null;
  state.clocks = clocks;
}

/** Syncs. What happens is heard like of any other sync; how it ended is what the device itself noted. */
export async function start(allFiles: boolean): Promise<void> {
  if (!state.running) await device.sync(allFiles);
}

const ears = new Set<() => void>();

/** Calls `onended` after every sync, once what it brought is there; gives the way to end it. */
export function hearEnds(onended: () => void): () => void {
  ears.add(onended);
  return () => void ears.delete(onended);
}

const quietly = (work: Promise<unknown>) => void work.catch(() => undefined);

quietly(
  device.hearSyncs((news) => {
    if (news.kind === "progress") state.waiting = news.left;
    else state.running = news.kind === "began";
    if (news.kind !== "ended") return;
    // A store that was locked meanwhile has nothing to tell.
    quietly(look());
    ears.forEach((onended) => onended());
  }),
);

// What browsers on phones know of the network; those on desktops have no word for it.
type Connection = EventTarget & { type?: string };
const connection = (navigator as { connection?: Connection }).connection;

function network(): Network {
  const type = connection?.type;
  if (type === "wifi" || type === "ethernet") return "free";
  return type === "cellular" || type === "wimax" ? "paid" : "unknown";
}

/** Says that the line is there, and what it costs. While the store is locked nobody listens. */
export function lineReturned(): void {
  quietly(device.lineReturned(network()));
}

window.addEventListener("online", lineReturned);

// It changes with every estimate of speed; only another kind of network is news.
let before = connection?.type;
connection?.addEventListener("change", () => {
  if (connection.type !== before && connection.type !== "none") lineReturned();
  before = connection.type;
});
