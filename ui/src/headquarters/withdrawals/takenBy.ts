// Who took a withdrawal, and where.

import type { WithdrawalLine } from "../../lib/bindings/WithdrawalLine";
import { say } from "./words";

export function takenBy({ by, device }: WithdrawalLine): string {
  if (by === null) return say().tool;
  return device === null ? say().atHeadquarters(by) : say().onDevice(by);
}
