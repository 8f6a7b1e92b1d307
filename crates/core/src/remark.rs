//! A remark: what people say to each other about a story, and where it points.

use crate::id::{ChangeId, EvidenceId, RecordId};
use crate::story::Story;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// A remark pinned to one answer, or to the story as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The answer it is about.
    pub answer: AnswerPath,
    /// The remark: 1 to 4,000 characters.
    pub text: String,
    /// In a recording, the second it is about. Version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<u32>,
}

/// The longest remark, in characters.
pub const COMMENT_LIMIT: usize = 4_000;

/// A thread: a remark and what was answered to it. It is named by the record that holds the remark, and by the remark's
/// place in it, since a story goes back with several: written as text, `<record>/<place>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export, as = "String")]
#[serde(try_from = "String", into = "String")]
pub struct ThreadId {
    /// The record that holds the remark.
    pub record: RecordId,
    /// Which of its remarks, from 0 on.
    pub place: u16,
}

/// A text that names no thread.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no thread")]
pub struct InvalidThreadId(pub String);

impl FromStr for ThreadId {
    type Err = InvalidThreadId;

    fn from_str(text: &str) -> Result<Self, InvalidThreadId> {
        let parts = text.split_once('/');
        let id = parts.and_then(|(record, place)| {
            Some(ThreadId { record: record.parse().ok()?, place: place.parse().ok()? })
        });
        id.ok_or_else(|| InvalidThreadId(text.to_owned()))
    }
}

impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.record, self.place)
    }
}

impl TryFrom<String> for ThreadId {
    type Error = InvalidThreadId;

    fn try_from(text: String) -> Result<Self, InvalidThreadId> {
        text.parse()
    }
}

impl From<ThreadId> for String {
    fn from(id: ThreadId) -> String {
        id.to_string()
    }
}

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
    fn a_thread_survives_being_written_and_read() {
        let id = ThreadId { record: RecordId(uuid::Uuid::from_u128(7)), place: 3 };
        assert_eq!(id.to_string().parse::<ThreadId>().unwrap(), id);
        for text in ["", "7/3", &format!("{}", id.record), &format!("{}/-1", id.record)] {
            assert!(text.parse::<ThreadId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_to_nowhere_is_refused() {
        for text in ["", "before", "changes/1/what", "changes/x/evidence", "storyteller.name", "a/b/c/d/e"] {
            assert!(text.parse::<AnswerPath>().is_err(), "{text}");
        }
    }
}
