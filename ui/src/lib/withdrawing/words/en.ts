// What is read on both sides while a withdrawal is taken, in English.

import type { WithdrawingWords } from "./fr";

export const en: WithdrawingWords = {
  field: "Withdrawal code",
  hint: "Twelve letters and digits, as on the slip. Capitals, dashes and blanks do not count.",
  missing: "Write the code first.",
  nothingDone: "Nothing was erased.",
  next: "Go on",
  sure: "Withdraw this story?",
  noWayBack: "Nobody will be able to bring this story back.",
  take: "Withdraw for good",
  taking: "Withdrawing…",
  notNow: "Do not withdraw",
};
