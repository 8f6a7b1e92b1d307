//! What headquarters tells its pages and scripts; every shape here is also a TypeScript type.

use blon_core::change::Level;
use blon_core::fold::{Conflict, Decision, Status, Verdict};
use blon_core::id::{Digest, PersonName, RecordId, StoryId};
use blon_core::review::Role;
use blon_core::story::Story;
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Name and password of somebody who signs in.
#[derive(Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The person's name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Session {
    /// The person.
    pub person: PersonName,
    /// What they do.
    pub role: Role,
    /// Their team; may be empty.
    pub team: String,
    /// Sent back in the `x-blon-csrf` header of every request that changes something.
    pub csrf: String,
}

/// A file that a story names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EvidenceFile {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many of them headquarters has.
    pub have: u64,
    /// Whether headquarters has it whole.
    pub complete: bool,
    /// Whether a supervisor asked for it before others.
    pub asked: bool,
}

/// One story in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StoryRow {
    /// Which story.
    pub id: StoryId,
    /// Whether it is practice, which never counts.
    pub training: bool,
    /// Where it is in its life.
    pub status: Status,
    /// Who collected it.
    pub collector: PersonName,
    /// Its title.
    pub title: String,
    /// The levels of its changes, each once.
    pub levels: Vec<Level>,
    /// How many revisions were signed off.
    pub revisions: u32,
    /// How many changes it tells.
    pub changes: u32,
    /// The files of its newest revision.
    pub evidence: Vec<EvidenceFile>,
    /// Where it was told.
    pub commune: String,
    /// Where it was told.
    pub village: String,
    /// The day of the interview.
    pub date: Option<NaiveDate>,
    /// Whether people did something apart that somebody must look at.
    pub conflict: bool,
}

/// The stories of a campaign that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StoryList {
    /// Newest first.
    pub stories: Vec<StoryRow>,
}

/// One signed-off revision.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct RevisionView {
    /// The record that made it.
    pub id: RecordId,
    /// Who signed it off.
    pub author: PersonName,
    /// By the device's clock.
    #[ts(type = "string")]
    pub clock: DateTime<FixedOffset>,
    /// How many seconds that clock was ahead of headquarters' (behind, if less than 0) at the sync that brought the
    /// revision; only where it was so wrong that people should know.
    #[ts(type = "number | null")]
    pub clock_ahead: Option<i64>,
    /// The collector's note on the correction.
    pub note: String,
    /// Whether it is a newest revision.
    pub head: bool,
    /// The whole content.
    pub story: Story,
}

/// One story, whole.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct StoryPage {
    /// As in the list.
    pub row: StoryRow,
    /// Every revision, oldest first.
    pub revisions: Vec<RevisionView>,
    /// Every decision, oldest first.
    pub decisions: Vec<Decision>,
    /// What people did apart.
    pub conflicts: Vec<Conflict>,
    /// What a decision made now is about: sent back with it.
    pub in_sight: Vec<RecordId>,
    /// Whether the reader may decide on this story.
    pub may_decide: bool,
}

/// A supervisor's decision.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// [`StoryPage::in_sight`] of the page that was read.
    pub in_sight: Vec<RecordId>,
    /// What was decided.
    pub verdict: Verdict,
}
