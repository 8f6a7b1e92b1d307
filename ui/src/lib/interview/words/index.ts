import { catalogue } from "../../i18n";
import { en } from "./en";
import { fr } from "./fr";

/** The words of an interview, in the language of the screen. */
export const say = catalogue(fr, en);
