//! A story of change as it was told: one interview with one storyteller or group.
//!
//! A storyteller's name, telephone number and exact place have no field here, on purpose. They are an [`Identity`], which
//! no record holds, so a story cannot carry a name to headquarters by mistake.

use crate::change::{Change, Level};
use crate::consent::Consent;
use crate::evidence::{Evidence, FileRef};
use crate::id::ChangeId;
use crate::questionnaire::answers::Answers;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One person or a group was interviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum InterviewKind {
    /// One storyteller.
    Individual,
    /// Several together.
    Group,
}

/// The sex of the storyteller; a group may be mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// A woman, or women.
    Female,
    /// A man, or men.
    Male,
    /// A group of women and men.
    Mixed,
}

/// Where and how the interview took place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct Context {
    /// The day of the interview, as the collector gives it: clocks are often wrong.
    pub date: Option<NaiveDate>,
    /// One of the campaign's communes.
    pub commune: String,
    /// The village, in the collector's words.
    pub village: String,
    /// The language spoken in the interview, such as `maninka`.
    pub language: String,
    /// With one person or with a group.
    pub kind: Option<InterviewKind>,
}

/// Who the storyteller is, as far as headquarters may know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct Storyteller {
    /// Woman, man, or a mixed group.
    pub sex: Option<Sex>,
    /// A band of the campaign's list, such as `36-59`.
    pub age_band: String,
    /// What they live from.
    pub occupation: String,
    /// How they stand to the project: a choice of the campaign's list, or the collector's words.
    pub relation: String,
}

/// The storyteller's own words, in the order the method asks for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct Narrative {
    /// The situation before.
    pub before: String,
    /// What happened.
    pub what_happened: String,
    /// The situation now.
    pub now: String,
}

/// What the collector adds: how the interview went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct FieldNotes {
    /// A difficulty met.
    pub difficulty: String,
    /// The solution found.
    pub solution: String,
}

/// The content of one revision of a story, or of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct Story {
    /// Practice: told to learn, never counted. The first revision decides it for the story's whole life.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub training: bool,
    /// A short title, given by the collector.
    pub title: String,
    /// Where and how.
    pub context: Context,
    /// Who, without a name.
    pub storyteller: Storyteller,
    /// What they agreed to.
    pub consent: Consent,
    /// Their words.
    pub narrative: Narrative,
    /// What changed.
    pub changes: Vec<Change>,
    /// How the interview went.
    pub notes: FieldNotes,
    /// The questionnaire it was told to; `None` for a story that came as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<FormVersion>,
    /// What the questionnaire asked beyond all this.
    #[serde(skip_serializing_if = "Answers::is_empty")]
    pub other: Answers,
    /// The files among those answers, such as a recording of the whole story.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<FileRef>,
}

/// Which questionnaire, and which version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct FormVersion {
    /// The short name that all versions share.
    pub id: String,
    /// The version.
    pub version: String,
}

/// Who the storyteller is. Never part of a [`Story`] or of a record; it leaves the device only sealed to the custodians
/// ([`crate::sealed`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// Name of the person or the group.
    pub name: String,
    /// A telephone number, if they gave one.
    pub phone: String,
    /// The exact place where they are found, if the campaign asks for it: words, or a point as questions of places give it.
    pub place: String,
    /// A photo of their face, if the campaign asks for it.
    pub face: Option<FileRef>,
}

impl Identity {
    /// Whether nothing is known of them.
    pub fn is_empty(&self) -> bool {
        self.face.is_none()
            && [&self.name, &self.phone, &self.place].iter().all(|part| part.trim().is_empty())
    }
}

impl Story {
    /// The levels of the story's changes, each once, in the order of [`Level`].
    pub fn levels(&self) -> Vec<Level> {
        let mut levels: Vec<Level> = self.changes.iter().filter_map(|c| c.level).collect();
        levels.sort_unstable();
        levels.dedup();
        levels
    }

    /// Every piece of evidence, in the order of the changes it supports.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.changes.iter().flat_map(|c| c.evidence.iter())
    }

    /// Every file of the story: those of its evidence, then the attachments.
    pub fn files(&self) -> impl Iterator<Item = &FileRef> {
        self.evidence().filter_map(|e| e.file.as_ref()).chain(&self.attachments)
    }

    /// The change with this id.
    pub fn change(&self, id: ChangeId) -> Option<&Change> {
        self.changes.iter().find(|c| c.id == id)
    }
}
