//! One story, as those see it who review: headquarters' pages and a supervisor's device. What is read here is derived by the
//! fold; every shape is also a TypeScript type.

use crate::change::Rating;
use crate::coach::{Lack, lacks};
use crate::error::Problem;
use crate::fold::{ChangeRating, Conflict, Decision, Folded, Thread, Verdict};
use crate::id::{ChangeId, PersonName, RecordId};
use crate::leaks::Leak;
use crate::protocol::CLOCK_TOLERANCE;
use crate::queue::{EvidenceFile, StoryRow};
use crate::record::{Act, Deed};
use crate::remark::{AnswerPath, Comment, ThreadId};
use crate::review::{Role, deeds};
use crate::rubric::Criterion;
use crate::story::Story;
use crate::verification::Verification;
use crate::withdrawal::WithdrawalCode;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// One signed-off revision.
#[derive(Debug, Clone, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What in its words looks as if it told who told it; who did is not known here.
    pub leaks: Vec<Leak>,
    /// The whole content.
    pub story: Story,
}

/// What a story leaves open.
#[derive(Debug, Clone, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Open {
    /// The answer that would help.
    pub about: AnswerPath,
    /// What is lacking.
    pub lack: Lack,
}

/// One story, whole.
#[derive(Debug, Clone, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct StoryPage {
    /// As in the list.
    pub row: StoryRow,
    /// What the storyteller is called: a code, never a name.
    pub storyteller: String,
    /// What the storyteller was given to withdraw with.
    pub withdrawal: WithdrawalCode,
    /// Every revision, oldest first.
    pub revisions: Vec<RevisionView>,
    /// Every decision, oldest first.
    pub decisions: Vec<Decision>,
    /// What was said about it apart from decisions, oldest first.
    pub threads: Vec<Thread>,
    /// How supervisors rate its changes, oldest first.
    pub ratings: Vec<ChangeRating>,
    /// What collectors said of the same.
    pub own_ratings: Vec<OwnRating>,
    /// Who was asked to verify, and what they found; oldest first.
    pub verifications: Vec<Verification>,
    /// Where the files of their reports are.
    pub report_files: Vec<EvidenceFile>,
    /// Who can be asked to.
    pub verifiers: Vec<PersonName>,
    /// What people did apart.
    pub conflicts: Vec<Conflict>,
    /// What was done on this device and headquarters refused: it counts for nothing, and its words are not lost.
    pub refused: Vec<RefusedAct>,
    /// What a decision made now is about: sent back with it.
    pub in_sight: Vec<RecordId>,
    /// What the reader may do to it now.
    pub may: Vec<Deed>,
}

/// Something that was done on this device and that headquarters refused.
#[derive(Debug, Clone, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct RefusedAct {
    /// The record.
    pub id: RecordId,
    /// What was to be done.
    pub deed: Deed,
    /// Why headquarters never will.
    pub problem: Problem,
    /// What was written with it.
    pub words: Vec<String>,
}

/// What the collector said of a change, in the steps of a rubric.
#[derive(Debug, Clone, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct OwnRating {
    /// Which change of the newest revision.
    pub change: ChangeId,
    /// Of which criterion.
    pub criterion: Criterion,
    /// Which step.
    pub rating: Rating,
}

impl StoryPage {
    /// The page of a story as somebody of this role sees it. `skews` says by how many seconds clocks were ahead that came with
    /// its records, where that is known. `report_files` says where the files of its reports are.
    pub fn of(
        mut folded: Folded,
        mut row: StoryRow,
        role: Role,
        skews: &BTreeMap<RecordId, i64>,
        (verifiers, mut report_files): (Vec<PersonName>, Vec<EvidenceFile>),
    ) -> Self {
        if Deed::Verify.is_kept_from(role) {
            folded.verifications.clear();
            report_files.clear();
            row.verified = None;
        }
        let wrong = |skew: &i64| skew.abs() > CLOCK_TOLERANCE.num_seconds();
        let own_ratings = folded.current().map(|revision| own_ratings(&revision.story)).unwrap_or_default();
        StoryPage {
            storyteller: folded.story.storyteller(),
            withdrawal: WithdrawalCode::of(folded.story),
            row,
            in_sight: folded.in_sight(),
            may: deeds(&folded, role),
            own_ratings,
            report_files,
            verifiers,
            threads: folded.threads,
            revisions: folded
                .revisions
                .into_iter()
                .map(|r| RevisionView {
                    head: folded.heads.contains(&r.id),
                    id: r.id,
                    author: r.author,
                    clock: r.clock,
                    clock_ahead: skews.get(&r.id).copied().filter(wrong),
                    note: r.note,
                    open: lacks(&r.story).into_iter().map(|(about, lack)| Open { about, lack }).collect(),
                    leaks: r.story.leaks(),
                    story: r.story,
                })
                .collect(),
            refused: Vec::new(),
            decisions: folded.decisions,
            ratings: folded.ratings,
            verifications: folded.verifications,
            conflicts: folded.conflicts,
        }
    }
}

fn own_ratings(story: &Story) -> Vec<OwnRating> {
    let of = |criterion: Criterion| {
        let rated = move |change: &crate::change::Change| {
            let rating = criterion.by_collector(change)?;
            Some(OwnRating { change: change.id, criterion, rating })
        };
        story.changes.iter().filter_map(rated)
    };
    Criterion::ALL.into_iter().flat_map(of).collect()
}

/// What is said about a story apart from a decision.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Rates a change by the campaign's rubrics, in place of what the same person said of it before.
    Rate {
        /// The revision that was read.
        about: RecordId,
        /// The person's own ratings of that change that were in sight.
        seen: Vec<RecordId>,
        /// Which change.
        change: ChangeId,
        /// At least one.
        ratings: BTreeMap<Criterion, Rating>,
        /// Why; may be empty.
        note: String,
    },
    /// Asks somebody independent whether a change happened.
    AskVerification {
        /// The revision that was read.
        about: RecordId,
        /// The decisions that were in sight.
        seen: Vec<RecordId>,
        /// Which change.
        change: ChangeId,
        /// Whom.
        verifier: PersonName,
        /// What to ask in particular; may be empty.
        question: String,
    },
}

impl Remark {
    /// The act that it is, and the records which that builds on.
    pub fn act(self) -> (Vec<RecordId>, Act) {
        let after = |first: RecordId, seen: Vec<RecordId>| [vec![first], seen].concat();
        match self {
            Remark::Comment { about, comment } => (vec![about], Act::Comment { comment }),
            Remark::Reply { thread, seen, text } => (after(thread.record, seen), Act::Reply { thread, text }),
            Remark::Resolve { thread, seen } => (after(thread.record, seen), Act::Resolve { thread }),
            Remark::Rate { about, seen, change, ratings, note } => {
                (after(about, seen), Act::Rate { change, ratings, note })
            }
            Remark::AskVerification { about, seen, change, verifier, question } => {
                (after(about, seen), Act::AskVerification { change, verifier, question })
            }
        }
    }
}

/// A supervisor's decision.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// [`StoryPage::in_sight`] of the page that was read.
    pub in_sight: Vec<RecordId>,
    /// What was decided.
    pub verdict: Verdict,
}

impl Decide {
    /// The act that it is, and the records which that builds on.
    pub fn act(self) -> (Vec<RecordId>, Act) {
        let act = match self.verdict {
            Verdict::Returned { comments } => Act::Return { comments },
            Verdict::Approved { note } => Act::Approve { note },
            Verdict::Rejected { reason } => Act::Reject { reason },
            Verdict::Reopened { reason } => Act::Reopen { reason },
        };
        (self.in_sight, act)
    }
}
