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

/** The other way round. A file comes to a few thousand bytes at most. */
export function textOf(bytes: Uint8Array): string {
  const binary = String.fromCharCode(...bytes);
  const end = endOfHead(binary);
  return binary.slice(0, end) + btoa(binary.slice(end)).replace(/=+$/, "");
}
