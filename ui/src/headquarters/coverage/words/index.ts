import { catalogue } from "../../../lib/i18n";
import { en } from "./en";
import { fr } from "./fr";

/** The words of the pages of coverage, in the language of the screen. */
export const say = catalogue(fr, en);
