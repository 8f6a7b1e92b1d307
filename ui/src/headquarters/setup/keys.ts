// A custodian's pair of keys, made here in the browser: the half that opens never leaves it but as a file for the
// custodian's own keeping.

/** A pair of keys as age writes them. */
export interface KeyPair {
  /** The half that seals: it may be known to everybody. */
  recipient: string;
  /** The half that opens, as `age-keygen` writes it into a file. */
  file: string;
}

/** Makes a pair. What it takes to do so is only fetched then. */
export async function makeKeyPair(now: Date): Promise<KeyPair> {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const created = now.toISOString().replace(/\.\d+Z$/, "Z");
  return { recipient, file: `# created: ${created}\n# public key: ${recipient}\n${identity}\n` };
}

/** Whether a text looks like the half that opens, which must never be sent. */
export const opens = (text: string) => /AGE-SECRET-KEY-/i.test(text);

/** The public half out of what was pasted: alone, or among the lines of a key file. */
export const recipientIn = (text: string) => /\bage1[0-9a-z]+\b/.exec(text)?.[0] ?? "";

/** Hands a text over as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
