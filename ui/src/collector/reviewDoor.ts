// A supervisor's work in the field: the door of the review, over the device.

import type { Door } from "../lib/review/door";
import * as device from "../lib/device";
import { asProblem } from "../lib/problem";
import { fileUrl } from "./files";
import { hearEnds } from "./syncing.svelte";

export const reviewDoor: Door = {
  stories: device.review,
  story: device.reviewPage,
  decide: device.decide,
  remark: device.remark,
  setRefusedAside: device.setRefusedAside,
  draft: device.reviewDraft,
  keepDraft: device.keepReviewDraft,
  askForFile: device.wantFile,
  fileUrl: async (file) => {
    try {
      return await fileUrl(file);
    } catch (thrown) {
      if (asProblem(thrown).code === "file_not_found") return null;
      throw thrown;
    }
  },
  hearChanges: hearEnds,
};
