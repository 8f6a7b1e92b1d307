// A file on its way to headquarters. `fetch` does not tell how far it has come; this does.

import type { Problem } from "../../lib/bindings/Problem";

/** Sends the bytes of a file; `onPart` hears the part that is sent, from 0 to 1. Rejects with a Problem. */
export function put<T>(path: string, file: File, csrf: string, onPart: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject: (problem: Problem) => void) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/api/${path}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-blon-csrf", csrf);
    request.upload.onprogress = ({ loaded, total }) => onPart(total > 0 ? loaded / total : 0);
    request.onerror = () => reject({ code: "unreachable", message: path });
    request.onload = () => {
      let answer: unknown;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        return reject({ code: "bad_answer", message: `${request.status} ${path}` });
      }
      if (request.status < 300) resolve(answer as T);
      else reject(answer as Problem);
    };
    request.send(file);
  });
}
