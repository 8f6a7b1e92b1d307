//! How far a story has come: as records alone can tell, and as people are told.

use super::{Decision, Verdict};
use crate::id::RecordId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far a story has come, as far as records alone can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Signed off; nobody has said anything of the newest revision.
    Finalised,
    /// Somebody has begun to look at it; no decision stands on the newest revision.
    InReview,
    /// The newest revision was returned.
    Returned,
    /// Every newest revision was approved.
    Approved,
    /// Every newest revision was rejected.
    Rejected,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Standing; 5] =
        [Standing::Finalised, Standing::InReview, Standing::Returned, Standing::Approved, Standing::Rejected];
}

/// The life of a story (domain.md), as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Only on the device, not signed off.
    Draft,
    /// Signed off; headquarters does not have all of it.
    Finalised,
    /// Headquarters has it whole, files included.
    Received,
    /// A supervisor has begun to look at it.
    InReview,
    /// Back to the collector, with comments.
    Returned,
    /// Approved by a supervisor.
    Approved,
    /// Rejected by a supervisor.
    Rejected,
}

impl Standing {
    /// What people are told: a decision comes first; without one it matters whether headquarters has the
    /// story whole, with every file.
    pub fn status(self, whole_at_headquarters: bool) -> Status {
        match self {
            Standing::Returned => Status::Returned,
            Standing::Approved => Status::Approved,
            Standing::Rejected => Status::Rejected,
            Standing::InReview => Status::InReview,
            Standing::Finalised if whole_at_headquarters => Status::Received,
            Standing::Finalised => Status::Finalised,
        }
    }

    /// Where decisions that were made apart disagree, the one that asks for most comes first; the conflict says the rest.
    pub(super) fn of(heads: &[RecordId], open: &[&Decision], looked_at: bool) -> Self {
        let of = |verdict: fn(&Verdict) -> bool| {
            move |head: &RecordId| open.iter().any(|d| d.builds_on.contains(head) && verdict(&d.verdict))
        };
        if open.iter().any(|d| matches!(d.verdict, Verdict::Returned { .. })) {
            Standing::Returned
        } else if open.iter().any(|d| matches!(d.verdict, Verdict::Reopened { .. })) {
            Standing::InReview
        } else if heads.iter().all(of(|v| matches!(v, Verdict::Rejected { .. }))) {
            Standing::Rejected
        } else if heads.iter().all(of(|v| matches!(v, Verdict::Approved { .. }))) {
            Standing::Approved
        } else if looked_at || !open.is_empty() {
            Standing::InReview
        } else {
            Standing::Finalised
        }
    }
}
