//! A record: one immutable act on a story, made where it happened.

use crate::change::Rating;
use crate::evidence::FileRef;
use crate::id::{CampaignId, ChangeId, DeviceId, PersonName, RecordId, StoryId};
use crate::remark::{Comment, ThreadId};
use crate::review::Role;
use crate::rubric::Criterion;
use crate::story::Story;
use crate::verification::Findings;
use chrono::{DateTime, FixedOffset};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
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
    /// The records this act had in sight: for a revision those it replaces; for a decision the revision decided on and any
    /// earlier decisions on it; for a comment the revision it points into; for what is said in a thread all that was said
    /// there before; for a request to verify the revision and the decisions in sight; for a rating the revision and the author's own earlier ones of that change; for a report the record that
    /// asked for it.
    pub builds_on: Vec<RecordId>,
    /// What was done.
    pub act: Act,
}

/// What can be done to a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
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
    /// A supervisor rejects a story: it will not count. Version 3.
    Reject {
        /// Why: 1 to 4,000 characters.
        reason: String,
    },
    /// A supervisor takes an approval or a rejection back: the story is in review again. Version 3.
    Reopen {
        /// Why: 1 to 4,000 characters.
        reason: String,
    },
    /// A remark without a decision; it begins a thread. Version 3.
    Comment {
        /// What, and where.
        comment: Comment,
    },
    /// An answer in a thread; it opens one that was resolved. Version 3.
    Reply {
        /// Which.
        thread: ThreadId,
        /// 1 to 4,000 characters.
        text: String,
    },
    /// Nothing more is to be said in a thread, as far as it was in sight. Version 3.
    Resolve {
        /// Which.
        thread: ThreadId,
    },
    /// A supervisor rates a change by the campaign's rubrics. Version 4.
    Rate {
        /// Which.
        change: ChangeId,
        /// At least one.
        ratings: BTreeMap<Criterion, Rating>,
        /// Why; may be empty.
        #[serde(default)]
        note: String,
    },
    /// A supervisor asks somebody independent whether a change happened. Version 4.
    AskVerification {
        /// Which.
        change: ChangeId,
        /// Whom.
        verifier: PersonName,
        /// What to ask in particular; may be empty.
        #[serde(default)]
        question: String,
    },
    /// What a verifier found. Version 4.
    Verify {
        /// The record that asked for it.
        asked: RecordId,
        /// What they found.
        findings: Findings,
    },
}

impl Serialize for Act {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Act::serialize(self, out)
    }
}

/// The kind stands first wherever Blon wrote it, and a story is then read as it comes: to gather an act in pieces until its kind is
/// known took half of what it takes to read a record.
impl<'de> Deserialize<'de> for Act {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReadsAct)
    }
}

struct ReadsAct;

impl<'de> Visitor<'de> for ReadsAct {
    type Value = Act;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was done to a story")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Act, M::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Finalised {
            story: Box<Story>,
            #[serde(default)]
            note: String,
        }
        let key = map.next_key::<String>()?;
        if key.as_deref() != Some("kind") {
            return Act::deserialize(MapAccessDeserializer::new(Again { key, kind: None, map }));
        }
        let kind: String = map.next_value()?;
        if kind == "finalise" {
            let Finalised { story, note } = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
            return Ok(Act::Finalise { story, note });
        }
        Act::deserialize(MapAccessDeserializer::new(Again { key, kind: Some(kind), map }))
    }
}

/// A map from its beginning, of which the first key was read, and its value where that is the kind.
struct Again<M> {
    key: Option<String>,
    kind: Option<String>,
    map: M,
}

impl<'de, M: MapAccess<'de>> MapAccess<'de> for Again<M> {
    type Error = M::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, M::Error> {
        match self.key.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, M::Error> {
        match self.kind.take() {
            Some(kind) => seed.deserialize(kind.into_deserializer()),
            None => self.map.next_value_seed(seed),
        }
    }
}

/// What can be done to a story, without what goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// [`Act::Finalise`]
    Finalise,
    /// [`Act::Return`]
    Return,
    /// [`Act::Approve`]
    Approve,
    /// [`Act::Reject`]
    Reject,
    /// [`Act::Reopen`]
    Reopen,
    /// [`Act::Comment`]
    Comment,
    /// [`Act::Reply`]
    Reply,
    /// [`Act::Resolve`]
    Resolve,
    /// [`Act::Rate`]
    Rate,
    /// [`Act::AskVerification`]
    AskVerification,
    /// [`Act::Verify`]
    Verify,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Deed; 11] = [
        Deed::Finalise,
        Deed::Return,
        Deed::Approve,
        Deed::Reject,
        Deed::Reopen,
        Deed::Comment,
        Deed::Reply,
        Deed::Resolve,
        Deed::Rate,
        Deed::AskVerification,
        Deed::Verify,
    ];
}

impl Deed {
    /// Whether it says how good a story is, and leaves the story as it is.
    pub fn assesses(self) -> bool {
        matches!(self, Deed::Rate | Deed::AskVerification | Deed::Verify)
    }

    /// Whether somebody of this role does not hear of it: whoever told a claim does not know who checks it, and with whom, so
    /// that those who are asked are independent.
    pub fn is_kept_from(self, role: Role) -> bool {
        role == Role::Collector && matches!(self, Deed::AskVerification | Deed::Verify)
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Deed::Finalise => "finalise",
            Deed::Return => "return",
            Deed::Approve => "approve",
            Deed::Reject => "reject",
            Deed::Reopen => "reopen",
            Deed::Comment => "comment on",
            Deed::Reply => "reply about",
            Deed::Resolve => "resolve a thread of",
            Deed::Rate => "rate",
            Deed::AskVerification => "ask for a verification of",
            Deed::Verify => "verify",
        })
    }
}

impl Record {
    /// The version of the protocol that a device must speak to read it.
    pub fn version(&self) -> u32 {
        match &self.act {
            Act::Finalise { .. } | Act::Approve { .. } => 1,
            Act::Return { comments } if comments.iter().all(|comment| comment.second.is_none()) => 1,
            Act::Rate { .. } | Act::AskVerification { .. } | Act::Verify { .. } => 4,
            _ => 3,
        }
    }
}

impl Act {
    /// What somebody wrote in it, in their own words; a story's content is not among them.
    pub fn words(&self) -> Vec<&str> {
        let words = match self {
            Act::Finalise { note, .. } | Act::Approve { note } | Act::Rate { note, .. } => {
                vec![note.as_str()]
            }
            Act::Return { comments } => comments.iter().map(|comment| comment.text.as_str()).collect(),
            Act::Reject { reason } | Act::Reopen { reason } => vec![reason.as_str()],
            Act::Comment { comment } => vec![comment.text.as_str()],
            Act::Reply { text, .. } => vec![text.as_str()],
            Act::Resolve { .. } => Vec::new(),
            Act::AskVerification { question, .. } => vec![question.as_str()],
            Act::Verify { findings, .. } => vec![findings.why.as_str(), findings.informant.as_str()],
        };
        words.into_iter().filter(|words| !words.trim().is_empty()).collect()
    }

    /// The files that it names, and whose bytes travel apart from it.
    pub fn files(&self) -> Vec<&FileRef> {
        match self {
            Act::Finalise { story, .. } => story.files().collect(),
            Act::Verify { findings, .. } => findings.files().collect(),
            _ => Vec::new(),
        }
    }

    /// What is done.
    pub fn deed(&self) -> Deed {
        match self {
            Act::Finalise { .. } => Deed::Finalise,
            Act::Return { .. } => Deed::Return,
            Act::Approve { .. } => Deed::Approve,
            Act::Reject { .. } => Deed::Reject,
            Act::Reopen { .. } => Deed::Reopen,
            Act::Comment { .. } => Deed::Comment,
            Act::Reply { .. } => Deed::Reply,
            Act::Resolve { .. } => Deed::Resolve,
            Act::Rate { .. } => Deed::Rate,
            Act::AskVerification { .. } => Deed::AskVerification,
            Act::Verify { .. } => Deed::Verify,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_read_wherever_its_kind_stands_and_nothing_stands_twice() {
        let read = |text: &str| serde_json::from_str::<Act>(text);
        let approved = Act::Approve { note: "Bien".to_owned() };
        assert_eq!(read(r#"{"kind":"approve","note":"Bien"}"#).unwrap(), approved);
        assert_eq!(read(r#"{"note":"Bien","kind":"approve"}"#).unwrap(), approved);
        let story =
            serde_json::to_string(&Story { title: "Le puits".to_owned(), ..Story::default() }).unwrap();
        let told = read(&format!(r#"{{"kind":"finalise","story":{story}}}"#)).unwrap();
        assert_eq!(read(&format!(r#"{{"story":{story},"kind":"finalise"}}"#)).unwrap(), told);
        assert_eq!(read(&serde_json::to_string(&told).unwrap()).unwrap(), told);
        for wrong in [
            "{}",
            "[]",
            r#"{"kind":7}"#,
            r#"{"kind":"forget"}"#,
            r#"{"kind":"approve","kind":"approve"}"#,
            r#"{"kind":"approve","note":"a","note":"b"}"#,
            r#"{"kind":"approve","more":1}"#,
            r#"{"kind":"finalise"}"#,
            r#"{"kind":"finalise","story":{},"story":{}}"#,
            r#"{"kind":"finalise","story":{},"more":1}"#,
            r#"{"story":{"title":{"$serde_json::private::RawValue":"\"a\""}},"kind":"finalise"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
