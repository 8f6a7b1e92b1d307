//! What columns are called: by their name, or in words of French or English. The words agree with those on the screens.

use super::tables::Column;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What stands above the columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Headings {
    /// Their names, for programs.
    #[default]
    Name,
    /// French.
    Fr,
    /// English.
    En,
}

impl std::str::FromStr for Headings {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "name" => Ok(Headings::Name),
            "fr" => Ok(Headings::Fr),
            "en" => Ok(Headings::En),
            _ => Err(format!("{word:?} is none of name, fr and en")),
        }
    }
}

impl Headings {
    /// The headings of a table, no two of them the same: where two columns have the same words, the second has its name beside.
    pub fn of(self, columns: &[Column]) -> Vec<String> {
        let mut taken = BTreeSet::new();
        let mut headings = Vec::with_capacity(columns.len());
        for column in columns {
            let words = match self {
                Headings::Name => &column.name,
                Headings::Fr => &column.fr,
                Headings::En => &column.en,
            };
            let mut heading = words.split_whitespace().collect::<Vec<_>>().join(" ");
            if heading.is_empty() {
                heading.clone_from(&column.name);
            }
            if !taken.insert(heading.to_lowercase()) {
                heading = format!("{heading} ({})", column.name);
                // Names are never the same; an author's words may end in just that.
                while !taken.insert(heading.to_lowercase()) {
                    heading.push('*');
                }
            }
            headings.push(heading);
        }
        headings
    }
}

/// The words for a column of the model, in French and in English; `None` for a name that is none.
pub fn words(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "story_id" => ("Identifiant du récit", "Story id"),
        "storyteller" => ("Code de la personne qui raconte", "Storyteller’s code"),
        "campaign" => ("Campagne", "Campaign"),
        "collector" => ("Collecteur", "Collector"),
        "status" => ("Statut", "Status"),
        "conflict" => ("Conflit à régler", "Conflict to settle"),
        "revisions" => ("Nombre de versions", "Number of revisions"),
        "revised_at" => ("Version finalisée le", "Revision signed off at"),
        "date" => ("Date", "Date"),
        "commune" => ("Commune", "Commune"),
        "village" => ("Village", "Village"),
        "language" => ("Langue de l’entretien", "Language of the interview"),
        "interview_kind" => ("Entretien avec", "Interview with"),
        "sex" => ("Sexe", "Sex"),
        "age_band" => ("Âge", "Age"),
        "occupation" => ("Occupation", "Occupation"),
        "relation" => ("Lien avec le projet", "Relation to the project"),
        "consent_interview" => (
            "Accord : être interviewé et que le récit soit gardé",
            "Consent: to be interviewed and have the story kept",
        ),
        "consent_audio" => ("Accord : être enregistré (son)", "Consent: to be recorded (sound)"),
        "consent_photo" => ("Accord : être photographié", "Consent: to be photographed"),
        "consent_quote" => ("Accord : être cité mot à mot", "Consent: to be quoted word by word"),
        "consent_named" => ("Accord : être nommé", "Consent: to be named"),
        "consent_contact_again" => ("Accord : être recontacté", "Consent: to be contacted again"),
        "consent_given_by" => ("Consentement donné", "Consent given"),
        "withheld" => ("Retenu faute d’accord", "Withheld"),
        "title" => ("Titre", "Title"),
        "before" => ("La situation avant", "The situation before"),
        "what_happened" => ("Ce qui s’est passé", "What happened"),
        "now" => ("La situation maintenant", "The situation now"),
        "changes" => ("Nombre de changements", "Number of changes"),
        "levels" => ("Niveaux", "Levels"),
        "evidence" => ("Nombre de preuves", "Pieces of evidence"),
        "files" => ("Nombre de fichiers", "Number of files"),
        "difficulty" => ("Difficulté rencontrée", "Difficulty met"),
        "solution" => ("Solution trouvée", "Solution found"),
        "form" => ("Questionnaire", "Questionnaire"),
        "form_version" => ("Version du questionnaire", "Version of the questionnaire"),
        "change_id" => ("Identifiant du changement", "Change id"),
        "change_number" => ("Numéro du changement", "Change number"),
        "level" => ("Niveau", "Level"),
        "who" => ("Qui a changé", "Who changed"),
        "what" => ("Ce qui a changé", "What changed"),
        "when" => ("Quand", "When"),
        "where" => ("Où", "Where"),
        "direction" => ("En bien ou en mal", "Better or worse"),
        "expected" => ("Attendu ou non", "Expected or not"),
        "importance" => ("Importance", "Importance"),
        "importance_reason" => ("Pourquoi c’est important", "Why it matters"),
        "contribution" => ("Contribution du projet", "The project’s contribution"),
        "contribution_reason" => ("Comment le projet y a contribué", "How the project contributed"),
        "other_causes" => ("Ce qui a aidé d’autre", "What else helped"),
        "without" => ("Sans le projet", "Without the project"),
        "project_named" => ("Le projet a été nommé", "The project was named"),
        "rated_evidence" => ("Note du superviseur : preuves", "Supervisor’s rating: evidence"),
        "rated_contribution" => ("Note du superviseur : contribution", "Supervisor’s rating: contribution"),
        "rated_importance" => ("Note du superviseur : importance", "Supervisor’s rating: importance"),
        "rated_quality" => ("Note du superviseur : qualité", "Supervisor’s rating: quality"),
        "raters" => ("Nombre de superviseurs qui ont noté", "Number of supervisors who rated"),
        "verified" => ("Vérification", "Verification"),
        "evidence_id" => ("Identifiant de la preuve", "Evidence id"),
        "evidence_number" => ("Numéro de la preuve", "Evidence number"),
        "kind" => ("Type de preuve", "Kind of evidence"),
        "description" => ("Description", "Description"),
        "strength" => ("Solidité de la preuve", "Strength of the evidence"),
        "file_name" => ("Fichier", "File"),
        "file_sha256" => ("Empreinte du fichier (SHA-256)", "File’s SHA-256"),
        "file_media_type" => ("Type de fichier", "File’s media type"),
        "file_bytes" => ("Taille du fichier (octets)", "File’s size (bytes)"),
        "file_at_headquarters" => ("Fichier arrivé au siège", "File has arrived"),
        "file_withheld" => ("Fichier retenu faute d’accord", "File withheld"),
        "around_id" => ("Identifiant de la répétition parente", "Id of the repetition around it"),
        "repetition_id" => ("Identifiant de la répétition", "Repetition id"),
        "number" => ("Numéro", "Number"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exports::fields::{CHANGE, EVIDENCE, REPETITION, STORY};

    #[test]
    fn every_column_of_the_model_has_words_and_no_two_the_same() {
        for table in [STORY, CHANGE, EVIDENCE, REPETITION] {
            for pick in [|w: (&'static str, &'static str)| w.0, |w: (&'static str, &'static str)| w.1] {
                let all: Vec<&str> = table.iter().map(|f| pick(words(f.name).expect(f.name))).collect();
                let each: BTreeSet<&&str> = all.iter().collect();
                assert_eq!(each.len(), all.len(), "{all:?}");
            }
        }
    }
}
