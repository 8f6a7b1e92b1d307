//! What headquarters tells its pages and scripts; every shape here is also a TypeScript type.

use blon_core::change::Level;
use blon_core::coach::Lack;
use blon_core::fold::{Conflict, Decision, Status, Thread, Verdict};
use blon_core::id::{Digest, PersonName, RecordId, StoryId};
use blon_core::record::Deed;
use blon_core::remark::{AnswerPath, Comment, ThreadId};
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
    /// Since when it waits for a supervisor, in Unix seconds of headquarters' clock; `None` where it does not.
    #[ts(type = "number | null")]
    pub waiting_since: Option<i64>,
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
    /// How many threads about it are open.
    pub threads_open: u32,
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

/// In which order the list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum QueueOrder {
    /// What came last, first.
    #[default]
    Newest,
    /// Only what waits for a supervisor, what has waited longest first.
    Waiting,
}

/// How a story stands for evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum HasEvidence {
    /// It names files that have not come whole.
    Missing,
    /// It names files, and all have come.
    Whole,
    /// It names none.
    None,
}

/// Which stories are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
#[serde(default, deny_unknown_fields)]
pub struct QueueQuery {
    /// Beginnings of words, in any order, accents or none; empty for all.
    pub words: String,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those of this commune; empty for all.
    pub commune: String,
    /// Only those of this collector.
    pub collector: Option<PersonName>,
    /// Only those with a change of this level.
    pub level: Option<Level>,
    /// Only those told on this day or later.
    pub from: Option<NaiveDate>,
    /// Only those told on this day or before.
    pub to: Option<NaiveDate>,
    /// Only those that stand so for evidence.
    pub evidence: Option<HasEvidence>,
    /// Practice, in place of what counts.
    pub training: bool,
    /// In which order.
    pub order: QueueOrder,
    /// [`StoryList::next`] of the page before; empty for the first.
    pub after: String,
    /// How many at most, from 1 to 200.
    pub count: u32,
}

impl Default for QueueQuery {
    fn default() -> Self {
        QueueQuery {
            words: String::new(),
            status: None,
            commune: String::new(),
            collector: None,
            level: None,
            from: None,
            to: None,
            evidence: None,
            training: false,
            order: QueueOrder::default(),
            after: String::new(),
            count: 50,
        }
    }
}

/// The stories of a campaign that the reader may see and asked for: one page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StoryList {
    /// In the order that was asked for.
    pub stories: Vec<StoryRow>,
    /// How many there are of each status, whatever status was asked for.
    pub counts: Vec<(Status, u32)>,
    /// The collectors in sight who have stories.
    pub collectors: Vec<PersonName>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
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
    /// What the method sees lacking in it; holds nothing back.
    pub open: Vec<Open>,
    /// The whole content.
    pub story: Story,
}

/// What a story leaves open.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Open {
    /// The answer that would help.
    pub about: AnswerPath,
    /// What is lacking.
    pub lack: Lack,
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
    /// What was said about it apart from decisions, oldest first.
    pub threads: Vec<Thread>,
    /// What people did apart.
    pub conflicts: Vec<Conflict>,
    /// What a decision made now is about: sent back with it.
    pub in_sight: Vec<RecordId>,
    /// What the reader may do to it now.
    pub may: Vec<Deed>,
}

/// What is said about a story apart from a decision.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Remark {
    /// Begins a thread.
    Comment {
        /// The revision that it points into.
        about: RecordId,
        /// What, and where.
        comment: Comment,
    },
    /// Answers in one.
    Reply {
        /// Which.
        thread: ThreadId,
        /// The replies that were read before.
        seen: Vec<RecordId>,
        /// 1 to 4,000 characters.
        text: String,
    },
    /// Nothing more is to be said in it.
    Resolve {
        /// Which.
        thread: ThreadId,
        /// The replies that were read before.
        seen: Vec<RecordId>,
    },
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
