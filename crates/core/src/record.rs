//! A record: one immutable act on a story, made where it happened.

use crate::id::{CampaignId, ChangeId, DeviceId, EvidenceId, PersonName, RecordId, StoryId};
use crate::story::Story;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// One act on one story. Records are only ever added; everything else is derived by [`crate::fold`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// UUIDv7, made where the act happened.
    pub id: RecordId,
    /// The campaign the story belongs to.
    pub campaign: CampaignId,
    /// The story acted on.
    pub story: StoryId,
    /// Who acted.
    pub author: PersonName,
    /// The device it happened on; `None` for headquarters' own pages.
    pub device: Option<DeviceId>,
    /// That device's clock, right or wrong. Nothing is ordered by it.
    pub clock: DateTime<FixedOffset>,
    /// The records this act had in sight: for a revision those it replaces, for a decision the revision
    /// decided on and any earlier decisions on it.
    pub builds_on: Vec<RecordId>,
    /// What was done.
    pub act: Act,
}

/// What can be done to a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// The collector signs off a revision; the first one begins the story.
    Finalise {
        /// The whole content, not a difference: a revision can be read alone.
        story: Box<Story>,
        /// What the collector says of the correction; empty for the first revision.
        #[serde(default)]
        note: String,
    },
    /// A supervisor sends a revision back with at least one comment.
    Return {
        /// What to look at again.
        comments: Vec<Comment>,
    },
    /// A supervisor approves a revision.
    Approve {
        /// A word to the collector; may be empty.
        #[serde(default)]
        note: String,
    },
}

/// A remark pinned to one answer, or to the story as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The answer it is about.
    pub answer: AnswerPath,
    /// The remark: 1 to 4,000 characters.
    pub text: String,
}

/// The longest remark, in characters.
pub const COMMENT_LIMIT: usize = 4_000;

/// A pointer at one answer of a story, written as text:
/// `story` (the whole), `narrative.before`, `changes/<id>/what`, `changes/<id>/evidence/<id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[ts(export, as = "String")]
#[serde(into = "String")]
pub enum AnswerPath {
    /// The story as a whole.
    Whole,
    /// A question outside the changes.
    Field(&'static str),
    /// A question about one change.
    Change(ChangeId, &'static str),
    /// One piece of evidence.
    Evidence(ChangeId, EvidenceId),
}

/// The answers outside the changes that a comment can point at.
pub const STORY_FIELDS: &[&str] = &[
    "title",
    "context.date",
    "context.commune",
    "context.village",
    "context.language",
    "context.kind",
    "storyteller.sex",
    "storyteller.age_band",
    "storyteller.occupation",
    "storyteller.relation",
    "consent.interview",
    "consent.audio",
    "consent.photo",
    "consent.quote",
    "consent.named",
    "consent.contact_again",
    "consent.given_by",
    "narrative.before",
    "narrative.what_happened",
    "narrative.now",
    "changes",
    "notes.difficulty",
    "notes.solution",
];

/// The answers of a change that a comment can point at.
pub const CHANGE_FIELDS: &[&str] = &[
    "level",
    "who",
    "what",
    "when",
    "where",
    "direction",
    "expected",
    "importance",
    "importance_reason",
    "contribution",
    "contribution_reason",
    "other_causes",
    "without",
    "project_named",
    "evidence",
];

/// A text that points at no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} points at no answer of a story")]
pub struct InvalidAnswerPath(pub String);

fn known(fields: &[&'static str], name: &str) -> Option<&'static str> {
    fields.iter().find(|f| **f == name).copied()
}

impl FromStr for AnswerPath {
    type Err = InvalidAnswerPath;

    fn from_str(text: &str) -> Result<Self, InvalidAnswerPath> {
        let parts: Vec<&str> = text.split('/').collect();
        let path = match parts.as_slice() {
            ["story"] => Some(AnswerPath::Whole),
            [field] => known(STORY_FIELDS, field).map(AnswerPath::Field),
            ["changes", change, field] => {
                change.parse().ok().zip(known(CHANGE_FIELDS, field)).map(|(c, f)| AnswerPath::Change(c, f))
            }
            ["changes", change, "evidence", evidence] => {
                change.parse().ok().zip(evidence.parse().ok()).map(|(c, e)| AnswerPath::Evidence(c, e))
            }
            _ => None,
        };
        path.ok_or_else(|| InvalidAnswerPath(text.to_owned()))
    }
}

impl fmt::Display for AnswerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnswerPath::Whole => f.write_str("story"),
            AnswerPath::Field(field) => f.write_str(field),
            AnswerPath::Change(change, field) => write!(f, "changes/{change}/{field}"),
            AnswerPath::Evidence(change, evidence) => write!(f, "changes/{change}/evidence/{evidence}"),
        }
    }
}

// By hand: the derive would borrow from the input for the fields' `&'static str`.
impl<'de> Deserialize<'de> for AnswerPath {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

impl From<AnswerPath> for String {
    fn from(path: AnswerPath) -> String {
        path.to_string()
    }
}

impl AnswerPath {
    /// Whether this story has the answer pointed at.
    pub fn exists_in(&self, story: &Story) -> bool {
        match self {
            AnswerPath::Whole | AnswerPath::Field(_) => true,
            AnswerPath::Change(change, _) => story.change(*change).is_some(),
            AnswerPath::Evidence(change, evidence) => {
                story.change(*change).is_some_and(|c| c.evidence.iter().any(|e| e.id == *evidence))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_being_written_and_read() {
        let id = uuid::Uuid::from_u128(7);
        for text in [
            "story".to_owned(),
            "narrative.before".to_owned(),
            format!("changes/{id}/importance_reason"),
            format!("changes/{id}/evidence/{id}"),
        ] {
            assert_eq!(text.parse::<AnswerPath>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_path_to_nowhere_is_refused() {
        for text in ["", "before", "changes/1/what", "changes/x/evidence", "storyteller.name", "a/b/c/d/e"] {
            assert!(text.parse::<AnswerPath>().is_err(), "{text}");
        }
    }
}
