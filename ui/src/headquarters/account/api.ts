// What anybody asks of headquarters about their own account.

import type { ChangePassword } from "../../lib/bindings/ChangePassword";
import type { MadeToken } from "../../lib/bindings/MadeToken";
import type { NewSecondFactor } from "../../lib/bindings/NewSecondFactor";
import type { NewToken } from "../../lib/bindings/NewToken";
import type { SecondFactorCode } from "../../lib/bindings/SecondFactorCode";
import type { Session } from "../../lib/bindings/Session";
import type { SessionLine } from "../../lib/bindings/SessionLine";
import type { TokenLine } from "../../lib/bindings/TokenLine";
import type { WithPassword } from "../../lib/bindings/WithPassword";
import { call } from "../call";

export const changePassword = (change: ChangePassword) => call<void>("PUT", "me/password", change);

/** A second factor that counts once a code of it was shown. */
export const beginSecondFactor = (password: string) =>
  call<NewSecondFactor>("POST", "me/second-factor", { password } satisfies WithPassword);
export const takeSecondFactor = (code: string) =>
  call<Session>("PUT", "me/second-factor", { code } satisfies SecondFactorCode);
export const giveUpSecondFactor = (password: string) =>
  call<Session>("POST", "me/second-factor/off", { password } satisfies WithPassword);

export const sessions = () => call<SessionLine[]>("GET", "me/sessions");
export const endSession = (id: number) => call<void>("DELETE", `me/sessions/${id}`);

export const tokens = () => call<TokenLine[]>("GET", "me/tokens");
export const makeToken = (token: NewToken) => call<MadeToken>("POST", "me/tokens", token);
export const withdrawToken = (id: number) => call<void>("DELETE", `me/tokens/${id}`);
