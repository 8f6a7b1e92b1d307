// Errors as screens see them: always a code. What a screen says about it stands in the catalogue.

import type { Problem } from "./bindings/Problem";

/** Whatever was thrown, as a problem with a code. */
export function asProblem(thrown: unknown): Problem {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    return thrown as Problem;
  }
  return { code: "internal", message: String(thrown) };
}
