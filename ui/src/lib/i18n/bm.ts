// What both entries say in Bambara, as far as it is sure. Everything else shows in French until a speaker of the
// language has written it here; no word is guessed.

import type { Part } from "./locale.svelte";
import type { SharedWords } from "./fr";

export const bm: Part<SharedWords> = {
  yes: "Ɔwɔ",
  no: "Ayi",
};
