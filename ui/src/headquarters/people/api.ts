// What an administrator asks of headquarters about people.

import type { ChangePerson } from "../../lib/bindings/ChangePerson";
import type { PersonInvitation } from "../../lib/bindings/PersonInvitation";
import type { NewPerson } from "../../lib/bindings/NewPerson";
import type { PersonLine } from "../../lib/bindings/PersonLine";
import type { PersonName } from "../../lib/bindings/PersonName";
import type { SessionLine } from "../../lib/bindings/SessionLine";
import { call } from "../call";

const at = (name: PersonName) => `people/${encodeURIComponent(name)}`;

export const people = () => call<PersonLine[]>("GET", "people");
/** Adds all of them, or nobody; gives those that were added. */
export const addPeople = (added: NewPerson[]) => call<PersonLine[]>("POST", "people", added);
export const changePerson = (name: PersonName, change: ChangePerson) =>
  call<PersonLine>("PATCH", at(name), change);
/** A way for somebody to choose a password, or a new one. */
export const invite = (name: PersonName) => call<PersonInvitation>("POST", `${at(name)}/invitation`);
export const removeSecondFactor = (name: PersonName) =>
  call<PersonLine>("DELETE", `${at(name)}/second-factor`);
export const sessionsOf = (name: PersonName) => call<SessionLine[]>("GET", `${at(name)}/sessions`);
export const endSessionsOf = (name: PersonName) => call<void>("DELETE", `${at(name)}/sessions`);
