// Where the interviews of this device are kept: in its encrypted store.

import type { StoryId } from "../lib/bindings/StoryId";
import * as device from "../lib/device";
import type { InterviewDoor } from "../lib/interview/door";
import { fileUrl } from "./files";

/** The door through which the interview of a story is held. */
export const doorTo = (id: StoryId): InterviewDoor => ({
  answer: (path, answer) => device.answer(id, path, answer),
  add: (path) => device.addRepetition(id, path),
  remove: (path) => device.removeRepetition(id, path),
  mask: (path, words) => device.mask(id, path, words),
  undo: () => device.undo(id),
  stand: (path) => device.stand(id, path),
  setNote: (note) => device.setNote(id, note),
  story: async () => (await device.draft(id)).story,
  files: {
    attach: (path, file, onPart) => device.attach(id, path, file, onPart),
    url: fileUrl,
    begin: (path, mediaType) => device.recordBegin(id, path, mediaType),
    chunk: device.recordChunk,
    mark: device.recordMark,
    end: device.recordEnd,
    erase: device.recordErase,
    free: device.freeSpace,
  },
});
