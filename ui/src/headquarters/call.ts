// One request to headquarters. Every call rejects with a Problem.

import type { Problem } from "../lib/bindings/Problem";

/** Shows headquarters that a request is this page's own; known once somebody is signed in. */
let csrf = "";

/** The word that a session's changing requests repeat. */
export const remember = (word: string) => void (csrf = word);

/** What goes to headquarters: JSON, or the bytes of a file as they are. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers: {
        "content-type": body instanceof Blob ? "application/octet-stream" : "application/json",
        "x-blon-csrf": csrf,
      },
      body: body === undefined ? null : body instanceof Blob ? body : JSON.stringify(body),
    });
  } catch (thrown) {
    throw { code: "unreachable", message: String(thrown) } satisfies Problem;
  }
  const text = await response.text();
  let answer: unknown;
  try {
    answer = text ? JSON.parse(text) : undefined;
  } catch {
    throw { code: "bad_answer", message: `${response.status} ${response.url}` } satisfies Problem;
  }
  if (!response.ok) throw answer;
  return answer as T;
}
