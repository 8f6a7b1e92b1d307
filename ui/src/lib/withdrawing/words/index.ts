import { catalogue } from "../../i18n";
import { en } from "./en";
import { fr } from "./fr";

/** What is read while a withdrawal is taken, in the language of the screen. */
export const say = catalogue(fr, en);
