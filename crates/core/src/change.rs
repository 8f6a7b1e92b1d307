//! A change: who changed what, when and where, how much it matters, and what enabled it.

use crate::evidence::Evidence;
use crate::id::ChangeId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a change happened among people (domain.md, the four levels of the Kangaba training).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A person's knowledge, attitude, conduct or situation.
    Individual,
    /// People acting together: a family, a research group, parties to a conflict.
    Collective,
    /// A village or commune: norms, relations, customary institutions.
    Community,
    /// An association: its life, membership and role.
    Associative,
}

/// Whether the storyteller finds the change good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A change for the better.
    Positive,
    /// A change for the worse. Asked for on purpose: a story need not please the project.
    Negative,
}

/// How much the project enabled the change (Contribution Analysis).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Contribution {
    /// It would have happened all the same.
    None,
    /// The project helped a little, among other causes.
    Low,
    /// The project helped, and so did other causes.
    Medium,
    /// Without the project it would hardly have happened.
    High,
}

/// Whether the storyteller named the project, and whether that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ProjectNamed {
    /// The storyteller named it first.
    Unprompted,
    /// Only when the collector asked.
    Prompted,
    /// Not even then.
    NotAtAll,
}

/// A rating on the five steps of the method's rubrics: 1 (least) to 5 (most).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export, as = "u8")]
#[serde(try_from = "u8", into = "u8")]
pub struct Rating(u8);

/// A rating outside 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rating goes from 1 to 5, not {0}")]
pub struct InvalidRating(pub u8);

impl TryFrom<u8> for Rating {
    type Error = InvalidRating;
    fn try_from(steps: u8) -> Result<Self, InvalidRating> {
        if (1..=5).contains(&steps) { Ok(Rating(steps)) } else { Err(InvalidRating(steps)) }
    }
}

impl From<Rating> for u8 {
    fn from(rating: Rating) -> u8 {
        rating.0
    }
}

/// One change told in a story. Choices are `None` and texts empty until answered; [`crate::gaps`] says what
/// must be there before the collector signs off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Stable over revisions.
    pub id: ChangeId,
    /// Among whom it happened.
    pub level: Option<Level>,
    /// Who changed.
    pub who: String,
    /// What they do now that can be observed.
    pub what: String,
    /// When, in the storyteller's words ("after the rains of 2021").
    pub when: String,
    /// Where, in the storyteller's words.
    #[serde(rename = "where")]
    pub place: String,
    /// For the better or for the worse.
    pub direction: Option<Direction>,
    /// Whether it was expected.
    pub expected: Option<bool>,
    /// How much it matters, 1 to 5.
    pub importance: Option<Rating>,
    /// Why it matters, in the storyteller's words.
    pub importance_reason: String,
    /// How much the project enabled it.
    pub contribution: Option<Contribution>,
    /// How the project enabled it.
    pub contribution_reason: String,
    /// What else enabled it.
    pub other_causes: String,
    /// What would have happened without the project.
    pub without: String,
    /// Whether the project was named, and by whom first.
    pub project_named: Option<ProjectNamed>,
    /// What supports the claim.
    pub evidence: Vec<Evidence>,
}
