// What administrators read in the audit log.

import type { AuditWhat } from "../../lib/bindings/AuditWhat";
import { catalogue } from "../../lib/i18n";

type What = AuditWhat | "device_erase_asked" | "device_erased";

const fr = {
  title: "Journal",
  lead: "Qui a fait quoi, et quand. Chaque entrée scelle celles d’avant : rien ne peut en être ôté ni changé sans que cela se voie.",
  reload: "Actualiser",
  none: "Rien encore.",
  older: "Plus ancien",
  seq: (n: number) => `n° ${n}`,
  tool: "L’outil, sur la machine du siège",
  unknown: "Quelqu’un qui n’était pas connecté",
  verify: "Vérifier la chaîne",
  verifying: "Vérification…",
  whole: (n: string, count: number) =>
    count < 2 ? `La chaîne est intacte : ${n} entrée.` : `La chaîne est intacte : ${n} entrées.`,
  last: "Empreinte de la dernière entrée",
  lastWhy:
    "Notez-la ailleurs, avec la date et le nombre d’entrées. Si un jour la fin du journal manque, cette note le montrera.",
  what: {
    campaign_imported: "Campagne reprise ou changée",
    exported: "Récits sortis du siège",
    questionnaire_published: "Questionnaire publié",
    person_added: "Personne ajoutée",
    person_changed: "Rôle ou équipe changés",
    person_disabled: "Personne exclue",
    person_enabled: "Personne réadmise",
    password_reset: "Mot de passe refait",
    person_invited: "Invitation faite",
    invitation_taken: "Invitation acceptée, mot de passe choisi",
    password_changed: "Mot de passe changé",
    second_factor_taken: "Second facteur pris",
    second_factor_given_up: "Second facteur retiré",
    sessions_ended: "Sessions terminées",
    token_made: "Jeton d’API fait",
    token_revoked: "Jeton d’API retiré",
    code_made: "Code d’inscription fait",
    code_revoked: "Code d’inscription repris",
    device_enrolled: "Appareil inscrit",
    device_revoked: "Appareil révoqué",
    device_erase_asked: "Effacement d’un appareil demandé",
    device_erased: "Appareil effacé",
    signed_in: "Connexion",
    sign_in_held_up: "Connexion retenue : trop d’essais",
    set_up: "Siège mis en place",
  } as Record<What, string>,
};

const en: typeof fr = {
  title: "Audit log",
  lead: "Who did what, and when. Every entry seals those before: nothing can be taken out or changed without its being seen.",
  reload: "Reload",
  none: "Nothing yet.",
  older: "Older",
  seq: (n) => `no. ${n}`,
  tool: "The tool, on headquarters’ machine",
  unknown: "Somebody who was not signed in",
  verify: "Verify the chain",
  verifying: "Verifying…",
  whole: (n, count) =>
    count === 1 ? `The chain is intact: ${n} entry.` : `The chain is intact: ${n} entries.`,
  last: "Fingerprint of the last entry",
  lastWhy:
    "Note it elsewhere, with the date and the number of entries. Should the end of the log be missing one day, this note will show it.",
  what: {
    campaign_imported: "Campaign taken in or changed",
    exported: "Stories taken out of headquarters",
    questionnaire_published: "Questionnaire published",
    person_added: "Person added",
    person_changed: "Role or team changed",
    person_disabled: "Person shut out",
    person_enabled: "Person let in again",
    password_reset: "Password made anew",
    person_invited: "Invitation made",
    invitation_taken: "Invitation taken, password chosen",
    password_changed: "Password changed",
    second_factor_taken: "Second factor taken",
    second_factor_given_up: "Second factor given up",
    sessions_ended: "Sessions ended",
    token_made: "API token made",
    token_revoked: "API token withdrawn",
    code_made: "Enrolment code made",
    code_revoked: "Enrolment code taken back",
    device_enrolled: "Device enrolled",
    device_revoked: "Device revoked",
    device_erase_asked: "Erasing of a device asked for",
    device_erased: "Device erased",
    signed_in: "Signed in",
    sign_in_held_up: "Sign-in held up: too many attempts",
    set_up: "Headquarters set up",
  },
};

export const say = catalogue(fr, en);
