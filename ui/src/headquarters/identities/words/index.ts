import { catalogue } from "../../../lib/i18n";
import { en } from "./en";
import { fr } from "./fr";

/** What a custodian of identities reads, in the language of the screen. */
export const say = catalogue(fr, en);
