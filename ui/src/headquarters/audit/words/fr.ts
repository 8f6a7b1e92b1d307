// What administrators read in the audit log, in French: the shape that every other language must fill.

import type { AuditWhat } from "../../../lib/bindings/AuditWhat";

type What = AuditWhat | "device_erase_asked" | "device_erased";

export const fr = {
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
    campaign_changed: "Campagne modifiée",
    custodian_key_changed: "Clé du gardien changée",
    questionnaire_uploaded: "Questionnaire envoyé (brouillon)",
    questionnaire_dropped: "Brouillon de questionnaire retiré",
    campaign_imported: "Campagne reprise ou changée",
    story_withdrawn: "Récit retiré par la personne qui l’a raconté",
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

export type AuditWords = typeof fr;
