// A sealed file as it travels: its head, which is text already, as it is; what follows in base64 without padding.

/** Where the head of an age file ends; 0 for what is none. */
function endOfHead(text: string): number {
  const last = text.indexOf("\n--- ");
  return last < 0 ? 0 : text.indexOf("\n", last + 1) + 1;
}

/** The bytes of the file, as age's tools read them. */
export function bytesOf(sealed: string): Uint8Array {
  const end = endOfHead(sealed);
  const binary = sealed.slice(0, end) + atob(sealed.slice(end));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** The other way round. */
export function textOf(bytes: Uint8Array): string {
  let binary = "";
  // A call takes no more arguments than this everywhere.
  for (let at = 0; at < bytes.length; at += 4096)
    binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  const end = endOfHead(binary);
  return binary.slice(0, end) + btoa(binary.slice(end)).replace(/=+$/, "");
}
