import { catalogue } from "../../../lib/i18n";
import { en } from "./en";
import { fr } from "./fr";

/** What administrators read in the audit log, in the language of the screen. */
export const say = catalogue(fr, en);
