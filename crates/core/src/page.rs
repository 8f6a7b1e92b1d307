//! A story and the list of stories, as those see them who review: headquarters' pages and a supervisor's device. Everything
//! here is derived by the fold; every shape is also a TypeScript type.

use crate::change::{Level, Rating};
use crate::coach::{Lack, lacks};
use crate::error::Problem;
use crate::evidence::FileRef;
use crate::fold::{ChangeRating, Conflict, Decision, Folded, Standing, Status, Thread, Verdict};
use crate::id::{ChangeId, Digest, PersonName, RecordId, StoryId};
use crate::protocol::CLOCK_TOLERANCE;
use crate::record::{Act, Deed};
use crate::remark::{AnswerPath, Comment, ThreadId};
use crate::review::{Role, deeds};
use crate::rubric::Criterion;
use crate::story::Story;
use crate::verification::{Verification, Verified, verified};
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// A file that a story names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

impl EvidenceFile {
    /// How a file stands that is there whole, or of which nothing is.
    pub fn of(file: &FileRef, complete: bool, asked: bool) -> Self {
        let have = if complete { file.bytes } else { 0 };
        EvidenceFile { sha256: file.sha256.clone(), bytes: file.bytes, have, complete, asked }
    }
}

/// One story in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct StoryRow {
    /// Which story.
    pub id: StoryId,
    /// Whether it is practice, which never counts.
    pub training: bool,
    /// Where it is in its life.
    pub status: Status,
    /// Since when it waits for a supervisor, in Unix seconds of headquarters' clock, or of whoever made the record where its
    /// arrival is not known; `None` where it does not.
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
    /// How far its verification has come; `None` where nobody was asked.
    #[serde(default)]
    pub verified: Option<Verified>,
    /// Whether headquarters refused something that was done on this device.
    #[serde(default)]
    pub refused: bool,
}

impl StoryRow {
    /// The row of a story. `whole`: headquarters has every file; `evidence` says where the files of its newest revision are,
    /// for whoever looks; `arrived` says when a record came, in
    /// Unix seconds, where that is known: else its own clock counts. `None` for what has no revision to show.
    pub fn of(
        folded: &Folded,
        whole: bool,
        evidence: Vec<EvidenceFile>,
        arrived: &BTreeMap<RecordId, i64>,
    ) -> Option<StoryRow> {
        let story = &folded.current()?.story;
        Some(StoryRow {
            id: folded.story,
            training: story.training,
            status: folded.standing.status(whole),
            waiting_since: waiting(folded, arrived),
            collector: folded.collector.clone(),
            title: story.title.clone(),
            levels: story.levels(),
            revisions: count(folded.revisions.len()),
            changes: count(story.changes.len()),
            threads_open: count(folded.threads.iter().filter(|t| t.resolved_by.is_none()).count()),
            evidence,
            commune: story.context.commune.clone(),
            village: story.context.village.clone(),
            date: story.context.date,
            conflict: !folded.conflicts.is_empty(),
            verified: verified(&folded.verifications),
            refused: false,
        })
    }
}

/// Since when a story waits for a supervisor: for a decision on a newest revision, for a word in a thread in which the
/// collector spoke last, for somebody to settle what was decided apart.
fn waiting(folded: &Folded, arrived: &BTreeMap<RecordId, i64>) -> Option<i64> {
    let clocks = folded
        .revisions
        .iter()
        .map(|r| (r.id, r.clock))
        .chain(folded.threads.iter().flat_map(|t| t.replies.iter().map(|r| (r.id, r.clock))))
        .chain(folded.threads.iter().map(|t| (t.id.record, t.clock)))
        .chain(folded.decisions.iter().map(|d| (d.id, d.clock)));
    let clocks: BTreeMap<RecordId, i64> = clocks.map(|(id, clock)| (id, clock.timestamp())).collect();
    let at = |id: &RecordId| arrived.get(id).or_else(|| clocks.get(id)).copied();
    let undecided = matches!(folded.standing, Standing::Finalised | Standing::InReview);
    let revisions = folded.heads.iter().filter(|_| undecided).filter_map(at);
    let spoken = folded.threads.iter().filter_map(|thread| {
        let waits = thread.resolved_by.is_none() && *thread.last_speaker() == folded.collector;
        thread.in_sight().last().filter(|_| waits).and_then(at)
    });
    let apart = folded.conflicts.iter().flat_map(|conflict| match conflict {
        Conflict::Decisions { decisions } => decisions.as_slice(),
        Conflict::Revisions { .. } => &[],
    });
    revisions.chain(spoken).chain(apart.filter_map(at)).min()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The most stories in one page of the list.
pub const STORIES_LIMIT: u32 = 200;

/// In which order the list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// How many at most, from 1 to [`STORIES_LIMIT`].
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
