//! What a storyteller agreed to. Each question is put separately, and "not asked" is not "no".

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How consent was given (domain.md: spoken, signed, thumbprint).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ConsentForm {
    /// Said aloud before the collector.
    Spoken,
    /// Signed on paper.
    Signed,
    /// Given by thumbprint on paper.
    Thumbprint,
}

/// How far a story may go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// To those who work on the collection. It goes no further where nobody was asked.
    #[default]
    Team,
    /// To partners of the project as well.
    Partner,
    /// To anybody.
    Public,
}

/// The separate answers of a storyteller; `None` where the question has not been put yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct Consent {
    /// To be interviewed and have the story kept. Without a yes nothing may be signed off.
    pub interview: Option<bool>,
    /// To be recorded in sound.
    pub audio: Option<bool>,
    /// To be photographed.
    pub photo: Option<bool>,
    /// To be quoted word by word.
    pub quote: Option<bool>,
    /// To be named.
    pub named: Option<bool>,
    /// To be contacted again.
    pub contact_again: Option<bool>,
    /// How far the story may go.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, as = "Option<Audience>")]
    pub audience: Option<Audience>,
    /// How it was given.
    pub given_by: Option<ConsentForm>,
}
