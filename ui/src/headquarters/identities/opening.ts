// Opening and sealing, by the kept library of age. What it takes to do so is only fetched then.

import type { Problem } from "../../lib/bindings/Problem";
import type { SealedCopy } from "../../lib/bindings/SealedCopy";
import { bytesOf, textOf } from "./sealedFile";

/** Who told a story, as the device sealed it. */
export interface Inside {
  /** What the storyteller is called: another than the story's, if it was put beside another story. */
  of: string;
  name: string;
  phone: string;
  place: string;
  /** What stood in the story's words and was masked there. */
  masked: string;
}

/** The key in what a custodian gave: a file as age writes it, or the key alone. */
export function keyIn(text: string): string | undefined {
  return /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/i.exec(text)?.[0].toUpperCase();
}

/** The half that seals.
 *
 *  Rejects with `key_unreadable` for what is no key, without a word of it in the message. */
export async function publicHalf(secret: string): Promise<string> {
  const { identityToRecipient } = await import("age-encryption");
  try {
    return await identityToRecipient(secret);
  } catch {
    throw { code: "key_unreadable", message: "this is no key of age" } satisfies Problem;
  }
}

/** What was sealed, byte for byte; null where the key does not open it. */
export async function opened(sealed: string, secret: string): Promise<Uint8Array | null> {
  const { Decrypter } = await import("age-encryption");
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(secret);
    return await decrypter.decrypt(bytesOf(sealed));
  } catch {
    return null;
  }
}

/** Seals the same to others. */
export async function sealedTo(words: Uint8Array, recipients: string[]): Promise<string> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return textOf(await encrypter.encrypt(words));
}

/** A photo of a storyteller's face, or why there is none to be seen: it is not at headquarters yet, the key does not open it, or it
 *  is another's, put beside this story. */
export type Face = Uint8Array<ArrayBuffer> | "awaited" | "unopened" | "misplaced";

/** Who told a story as one of its sealings says it. */
export interface Copy {
  received: string;
  /** Null where the key does not open it. */
  inside: Inside | null;
  /** Null where none was photographed. */
  face: Face | null;
}

/** What stands in one sealing of who this storyteller is. */
export async function copyOf(sealed: SealedCopy, storyteller: string, secret: string): Promise<Copy> {
  const words = await opened(sealed.sealed, secret);
  const inside = words && insideOf(words);
  words?.fill(0);
  return { received: sealed.received, inside, face: await faceIn(sealed, storyteller, secret) };
}

async function faceIn(sealed: SealedCopy, storyteller: string, secret: string): Promise<Face | null> {
  if (!sealed.face) return sealed.face_awaited ? "awaited" : null;
  const photo = await opened(sealed.face, secret);
  if (!photo) return "unopened";
  return ofWhom(photo) === storyteller ? new Uint8Array(photo) : "misplaced";
}

/** Of whom an opened face says that it is: it stands in a comment at the start of the JPEG. */
export function ofWhom(face: Uint8Array): string | undefined {
  const begins = [0xff, 0xd8, 0xff, 0xfe].every((byte, at) => face[at] === byte);
  if (!begins) return undefined;
  const length = ((face[4] ?? 0) << 8) | (face[5] ?? 0);
  return new TextDecoder().decode(face.subarray(6, 4 + length));
}

/** Who told a story; null for what no device of ours sealed. */
export function insideOf(words: Uint8Array): Inside | null {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(words));
    if (typeof read !== "object" || read === null) return null;
    const said = (name: string) => String((read as Record<string, unknown>)[name] ?? "");
    const { masked } = read as { masked?: { words: string }[] };
    return {
      of: said("of"),
      name: said("name"),
      phone: said("phone"),
      place: said("place"),
      masked: (masked ?? []).map(({ words }) => words).join(" · "),
    };
  } catch {
    return null;
  }
}
