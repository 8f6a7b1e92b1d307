// The bytes of an evidence file, from the encrypted store to the screen.

import type { FileRef } from "../lib/bindings/FileRef";
import * as device from "../lib/device";

export async function fileUrl(file: FileRef): Promise<string> {
  return URL.createObjectURL(new Blob([await device.file(file.sha256)], { type: file.media_type }));
}
