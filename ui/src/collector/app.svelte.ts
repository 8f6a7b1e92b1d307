// Where the collector is in the app, and whose device it is. The screen stands in the address, so that the
// phone's back button does what people expect.

import type { DeviceState } from "../lib/bindings/DeviceState";
import type { Campaign } from "../lib/bindings/Campaign";
import type { StoryId } from "../lib/bindings/StoryId";
import * as device from "../lib/device";

export type Screen =
  | { name: "stories" }
  | { name: "sync" }
  | { name: "story"; id: StoryId }
  | { name: "interview"; id: StoryId };

const app = $state<{ device: DeviceState | null; screen: Screen }>({
  device: null,
  screen: read(location.hash),
});

window.addEventListener("hashchange", () => (app.screen = read(location.hash)));

function read(hash: string): Screen {
  const [name, id] = hash.replace(/^#\/?/, "").split("/");
  if ((name === "story" || name === "interview") && id) return { name, id };
  return name === "sync" ? { name } : { name: "stories" };
}

export function screen(): Screen {
  return app.screen;
}

export function go(screen: Screen): void {
  location.hash = "id" in screen ? `/${screen.name}/${screen.id}` : `/${screen.name}`;
}

/** Goes there without leaving this screen in the way back. */
export function goInstead(screen: Screen): void {
  const hash = "id" in screen ? `#/${screen.name}/${screen.id}` : `#/${screen.name}`;
  history.replaceState(null, "", hash);
  app.screen = screen;
}

export function deviceState(): DeviceState | null {
  return app.device;
}

/** The campaign, on every screen behind enrolment. */
export function campaign(): Campaign | null {
  return app.device?.enrolment?.campaign ?? null;
}

/** Asks the device how far the app may go. */
export async function refresh(): Promise<void> {
  app.device = await device.state();
}

export async function lockApp(): Promise<void> {
  await device.lock();
  goInstead({ name: "stories" });
  await refresh();
}
