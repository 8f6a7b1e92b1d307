// The way out that every screen of an open app shows in its head. Where there is no such way, none is shown.

import { getContext, setContext } from "svelte";

const KEY = Symbol("quick exit");

/** The screens beneath can be left at once. */
export const setQuickExit = (leave: () => unknown) => setContext(KEY, leave);

export const quickExit = () => getContext<(() => unknown) | undefined>(KEY);
