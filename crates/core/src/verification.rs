//! Verification, which the method calls substantiation: somebody independent is asked whether a change happened
//! (Outcome Harvesting).

use crate::change::{Change, Direction, Level};
use crate::evidence::{Evidence, FileRef};
use crate::id::{ChangeId, PersonName, RecordId, StoryId};
use crate::sealed::Sealed;
use crate::story::Story;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What whoever was asked says of the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// It happened as it is claimed.
    Agrees,
    /// A part of it did, or otherwise.
    Partly,
    /// It did not.
    Disagrees,
}

/// What a verifier reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// Whether the claim holds.
    pub finding: Finding,
    /// Why, in the words of whoever was asked: 1 to 4,000 characters.
    pub why: String,
    /// What makes them fit to know, without a name ("une voisine, sage-femme"): 1 to 4,000 characters.
    pub informant: String,
    /// Who they are, sealed to the custodian's key: nobody else can read it. `None` where no name was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// What supports what they say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

impl Findings {
    /// The files of what supports it.
    pub fn files(&self) -> impl Iterator<Item = &FileRef> {
        self.evidence.iter().filter_map(|evidence| evidence.file.as_ref())
    }
}

/// What a verifier needs to know of a change to ask about it: the claim, and not who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Claim {
    /// Among whom it happened.
    pub level: Option<Level>,
    /// Who changed.
    pub who: String,
    /// What they do now that can be observed.
    pub what: String,
    /// When.
    pub when: String,
    /// Where.
    #[serde(rename = "where")]
    pub place: String,
    /// For the better or for the worse.
    pub direction: Option<Direction>,
    /// The commune in which to ask.
    pub commune: String,
}

impl Claim {
    /// The claim of one change of a story. The village of the interview is where its storyteller lives, and stays out.
    pub fn of(story: &Story, change: &Change) -> Self {
        Claim {
            level: change.level,
            who: change.who.clone(),
            what: change.what.clone(),
            when: change.when.clone(),
            place: change.place.clone(),
            direction: change.direction,
            commune: story.context.commune.clone(),
        }
    }
}

/// A verification that somebody was asked for, as it travels to their device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Task {
    /// The record that asked.
    pub id: RecordId,
    /// The story that the report will be about.
    pub story: StoryId,
    /// Whether it is practice.
    #[serde(default)]
    pub training: bool,
    /// What is claimed.
    pub claim: Claim,
    /// What to ask in particular; may be empty.
    pub question: String,
    /// Who asks for it.
    pub by: PersonName,
    /// Whether headquarters has a report of it.
    pub reported: bool,
}

/// A verification, as the story shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Verification {
    /// The record that asked for it.
    pub id: RecordId,
    /// The revision that was in sight then.
    pub about: RecordId,
    /// Which of its changes.
    pub change: ChangeId,
    /// Who asked for it.
    pub by: PersonName,
    /// By the clock of the place where it was asked for.
    #[ts(type = "string")]
    pub clock: DateTime<FixedOffset>,
    /// Who is to verify.
    pub verifier: PersonName,
    /// What to ask in particular; may be empty.
    pub question: String,
    /// What came of it; several where more than one person was asked.
    pub reports: Vec<Report>,
}

impl Verification {
    /// The files of all its reports.
    pub fn files(&self) -> impl Iterator<Item = &FileRef> {
        self.reports.iter().flat_map(|report| report.findings.files())
    }
}

/// One report of a verifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Report {
    /// The record that holds it.
    pub id: RecordId,
    /// By the clock of the device on which it was made.
    #[ts(type = "string")]
    pub clock: DateTime<FixedOffset>,
    /// What it says.
    #[serde(flatten)]
    #[ts(flatten)]
    pub findings: Findings,
}

/// How far the verification of a story has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// Somebody was asked, and nothing has come back.
    Asked,
    /// Everybody who reported agrees; others may still be asked.
    Agrees,
    /// Somebody agrees only in part.
    Partly,
    /// Somebody disagrees.
    Disagrees,
}

/// What all verifications of a story come to: the most doubtful answer counts. `None` where nobody was asked.
pub fn verified(verifications: &[Verification]) -> Option<Verified> {
    let worst = verifications.iter().flat_map(|v| &v.reports).map(|report| report.findings.finding).max();
    match worst {
        Some(Finding::Agrees) => Some(Verified::Agrees),
        Some(Finding::Partly) => Some(Verified::Partly),
        Some(Finding::Disagrees) => Some(Verified::Disagrees),
        None => (!verifications.is_empty()).then_some(Verified::Asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_says_nothing_of_who_told_it() {
        let mut story = Story { title: "Le puits de Fatou".to_owned(), ..Story::default() };
        (story.context.commune, story.context.village) = ("Karan".to_owned(), "Kéniéro".to_owned());
        story.narrative.before = "Sec".to_owned();
        story.storyteller.occupation = "Sage-femme".to_owned();
        let change = serde_json::from_value(serde_json::json!({
            "id": uuid::Uuid::from_u128(1), "level": "community", "who": "Les familles", "what": "partagent le puits",
            "when": "2022", "where": "au bas du village", "direction": "positive", "expected": true, "importance": 3,
            "importance_reason": "Elle le dit.", "contribution": "high", "contribution_reason": "", "other_causes": "",
            "without": "", "project_named": "prompted", "evidence": []
        }))
        .unwrap();
        let told = serde_json::to_string(&Claim::of(&story, &change)).unwrap();
        for needed in ["Les familles", "partagent le puits", "au bas du village", "Karan"] {
            assert!(told.contains(needed), "{needed}");
        }
        for hidden in ["Fatou", "Kéniéro", "Sec", "Sage-femme", "Elle le dit."] {
            assert!(!told.contains(hidden), "{hidden}");
        }
    }
}
