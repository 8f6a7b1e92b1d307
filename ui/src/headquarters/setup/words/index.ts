import { catalogue } from "../../../lib/i18n";
import { en } from "./en";
import { fr } from "./fr";

/** What people read while headquarters is set up, in the language of the screen. */
export const say = catalogue(fr, en);
