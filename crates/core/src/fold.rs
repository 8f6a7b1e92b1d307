//! A story is the fold of its records.
//!
//! [`fold`] gives the same answer for the same set of records in any order and with any repetition; that is
//! what lets devices and headquarters exchange records without ever agreeing on an order. Where two devices
//! edited apart, both revisions stay heads and the fold says so: a conflict is shown, never resolved by
//! dropping one side. Neither clocks nor arrival decide anything, only what each record builds on; where
//! something must come first for display, ids break the tie.

mod assessments;
mod standing;
mod threads;

pub use standing::{Standing, Status};

use crate::change::Rating;
use crate::id::{ChangeId, DeviceId, PersonName, RecordId, StoryId};
use crate::record::{Act, Record};
use crate::remark::{Comment, ThreadId};
use crate::rubric::Criterion;
use crate::story::Story;
use crate::verification::Verification;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// One signed-off state of a story's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The record that made it.
    pub id: RecordId,
    /// Who signed it off.
    pub author: PersonName,
    /// On which device.
    pub device: Option<DeviceId>,
    /// By that device's clock.
    pub clock: DateTime<FixedOffset>,
    /// The records it builds on.
    pub builds_on: Vec<RecordId>,
    /// The whole content.
    pub story: Story,
    /// The collector's note on the correction.
    pub note: String,
}

/// What a supervisor decided about a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// Sent back with comments.
    Returned {
        /// At least one.
        comments: Vec<Comment>,
    },
    /// Approved.
    Approved {
        /// A word to the collector; may be empty.
        note: String,
    },
    /// Rejected: it will not count.
    Rejected {
        /// Why.
        reason: String,
    },
    /// Taken back into review after an approval or a rejection.
    Reopened {
        /// Why.
        reason: String,
    },
}

impl Verdict {
    /// Whether another decision comes to the same.
    pub fn agrees_with(&self, other: &Verdict) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// One decision, kept for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Decision {
    /// The record that made it.
    pub id: RecordId,
    /// Who decided.
    pub author: PersonName,
    /// By the clock of the place where it was made.
    #[ts(type = "string")]
    pub clock: DateTime<FixedOffset>,
    /// The records it was made about and after.
    pub builds_on: Vec<RecordId>,
    /// What was decided.
    pub verdict: Verdict,
}

/// What people did apart and somebody must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Conflict {
    /// The story was revised in two places; all these revisions are the newest.
    Revisions {
        /// The heads, in the order of the revisions.
        heads: Vec<RecordId>,
    },
    /// Two decisions on the newest revision disagree.
    Decisions {
        /// The decisions that nobody has built on.
        decisions: Vec<RecordId>,
    },
}

/// What was said in a thread after its first remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Reply {
    /// The record that made it.
    pub id: RecordId,
    /// Who said it.
    pub author: PersonName,
    /// By the clock of the place where it was said.
    #[ts(type = "string")]
    pub clock: DateTime<FixedOffset>,
    /// What.
    pub text: String,
}

/// A remark and what was answered to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Thread {
    /// Which.
    pub id: ThreadId,
    /// The revision that the remark points into.
    pub about: RecordId,
    /// Who began it.
    pub author: PersonName,
    /// By the clock of the place where it was begun.
    #[ts(type = "string")]
    pub clock: DateTime<FixedOffset>,
    /// The remark.
    #[serde(flatten)]
    #[ts(flatten)]
    pub comment: Comment,
    /// What was answered; each comes after those it answers to.
    pub replies: Vec<Reply>,
    /// Who said that nothing more is to be said; `None` while it is open. A reply that they had not in sight opens it.
    pub resolved_by: Option<PersonName>,
}

impl Thread {
    /// Who spoke last.
    pub fn last_speaker(&self) -> &PersonName {
        self.replies.last().map_or(&self.author, |reply| &reply.author)
    }

    /// What was said in it, for whoever says more: the records that a reply or a resolution builds on.
    pub fn in_sight(&self) -> Vec<RecordId> {
        std::iter::once(self.id.record).chain(self.replies.iter().map(|reply| reply.id)).collect()
    }
}

/// How somebody rates one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct ChangeRating {
    /// The record that holds it.
    pub id: RecordId,
    /// The revision that was read.
    pub about: RecordId,
    /// Which of its changes.
    pub change: ChangeId,
    /// Who rates.
    pub author: PersonName,
    /// By the clock of the place where it was done.
    #[ts(type = "string")]
    pub clock: DateTime<FixedOffset>,
    /// The step of each criterion that was rated.
    pub ratings: BTreeMap<Criterion, Rating>,
    /// Why; may be empty.
    pub note: String,
}

/// A story, derived from its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// Which story.
    pub story: StoryId,
    /// Who collected it: the author of its first revision.
    pub collector: PersonName,
    /// Every revision; each comes after those it builds on.
    pub revisions: Vec<Revision>,
    /// The newest revisions: one, or several when people edited apart.
    pub heads: Vec<RecordId>,
    /// Every decision; each comes after those it builds on.
    pub decisions: Vec<Decision>,
    /// The decisions on the newest revisions that no later decision builds on.
    pub open_decisions: Vec<RecordId>,
    /// What was said about it, apart from decisions.
    pub threads: Vec<Thread>,
    /// How its changes are rated; what somebody put another in place of is not among them.
    pub ratings: Vec<ChangeRating>,
    /// Who was asked to verify, and what they found.
    pub verifications: Vec<Verification>,
    /// How far it has come.
    pub standing: Standing,
    /// What people did apart.
    pub conflicts: Vec<Conflict>,
    /// Every record of the story.
    records: BTreeSet<RecordId>,
}

/// Derives one story from its records; those of other stories are passed over.
///
/// Gives `None` while no revision is among them (a decision may arrive before what it decides on).
/// An id names one record: callers refuse a second record of the same id before it gets here.
pub fn fold<'a>(story: StoryId, records: impl IntoIterator<Item = &'a Record>) -> Option<Folded> {
    let by_id: BTreeMap<RecordId, &Record> =
        records.into_iter().filter(|r| r.story == story).map(|r| (r.id, r)).collect();
    let ordered = in_causal_order(&by_id);
    let revisions: Vec<Revision> = ordered.iter().filter_map(|record| revision(record)).collect();
    let decisions: Vec<Decision> = ordered.iter().filter_map(|record| decision(record)).collect();
    let collector = revisions.first()?.author.clone();
    let heads = unbuilt(&revisions, |r| r.id, |r| &r.builds_on);
    let threads = threads::threads(&ordered, &revisions);
    let on_heads: Vec<&Decision> =
        decisions.iter().filter(|d| d.builds_on.iter().any(|id| heads.contains(id))).collect();
    let open_decisions = unbuilt(&on_heads, |d| d.id, |d| &d.builds_on);
    let open: Vec<&Decision> = on_heads.into_iter().filter(|d| open_decisions.contains(&d.id)).collect();
    let spoken = |thread: &Thread| {
        thread.author != collector || thread.replies.iter().any(|reply| reply.author != collector)
    };
    let (ratings, verifications) = assessments::assessments(&ordered, &revisions);
    let looked_at = threads.iter().any(|thread| heads.contains(&thread.about) && spoken(thread))
        || ratings.iter().any(|rating| heads.contains(&rating.about))
        || verifications.iter().any(|asked| heads.contains(&asked.about));
    let standing = Standing::of(&heads, &open, looked_at);
    let conflicts = conflicts(&heads, &open);
    let records = by_id.keys().copied().collect();
    Some(Folded {
        story,
        collector,
        revisions,
        heads,
        decisions,
        open_decisions,
        threads,
        ratings,
        verifications,
        standing,
        conflicts,
        records,
    })
}

impl Folded {
    /// The revision to show: the newest; of several heads the last in [`Folded::revisions`].
    pub fn current(&self) -> Option<&Revision> {
        self.revisions.iter().rev().find(|r| self.heads.contains(&r.id))
    }

    /// The revision with this id.
    pub fn revision(&self, id: RecordId) -> Option<&Revision> {
        self.revisions.iter().find(|r| r.id == id)
    }

    /// Whether a record is one of the story's.
    pub fn has(&self, id: RecordId) -> bool {
        self.records.contains(&id)
    }

    /// The revision that a record is about, which is no revision and no decision itself: the newest of those it builds on.
    pub fn about(&self, record: &Record) -> Option<&Revision> {
        about(record, &self.revisions)
    }

    /// The thread with this id.
    pub fn thread(&self, id: ThreadId) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.id == id)
    }

    /// The verification that this record asked for.
    pub fn verification(&self, asked: RecordId) -> Option<&Verification> {
        self.verifications.iter().find(|verification| verification.id == asked)
    }

    /// What a correction answers to: open threads about a newest revision in which somebody else than the collector spoke.
    pub fn to_answer(&self) -> Vec<&Thread> {
        let by_others = |thread: &Thread| {
            thread.author != self.collector
                || thread.replies.iter().any(|reply| reply.author != self.collector)
        };
        let open = |thread: &&Thread| {
            thread.resolved_by.is_none() && self.heads.contains(&thread.about) && by_others(thread)
        };
        self.threads.iter().filter(open).collect()
    }

    /// What waits for the collector: those of them in which somebody else spoke last.
    pub fn open_comments(&self) -> Vec<&Thread> {
        let waits = |thread: &&Thread| *thread.last_speaker() != self.collector;
        self.to_answer().into_iter().filter(waits).collect()
    }

    /// Whether the decisions that somebody had in sight disagree: then any of them may be taken.
    pub fn disagrees(&self, sight: &[RecordId]) -> bool {
        let seen: Vec<&Decision> = self.open_in(sight);
        seen.iter().zip(seen.iter().skip(1)).any(|(one, other)| !one.verdict.agrees_with(&other.verdict))
    }

    /// How the newest revisions stood in the sight of somebody who had only these decisions before them.
    pub fn standing_in_sight(&self, sight: &[RecordId]) -> Standing {
        let seen = self.open_in(sight);
        Standing::of(&self.heads, &seen, false)
    }

    /// The decisions on the newest revisions that somebody had in sight and that none of the others in sight builds on.
    fn open_in(&self, sight: &[RecordId]) -> Vec<&Decision> {
        let seen =
            |d: &&Decision| sight.contains(&d.id) && d.builds_on.iter().any(|id| self.heads.contains(id));
        let seen: Vec<&Decision> = self.decisions.iter().filter(seen).collect();
        let open = unbuilt(&seen, |d| d.id, |d| &d.builds_on);
        seen.into_iter().filter(|d| open.contains(&d.id)).collect()
    }

    /// What a new act has in sight: the newest revisions and the open decisions on them.
    pub fn in_sight(&self) -> Vec<RecordId> {
        self.heads.iter().chain(&self.open_decisions).copied().collect()
    }
}

fn revision(record: &Record) -> Option<Revision> {
    let Act::Finalise { story, note } = &record.act else { return None };
    Some(Revision {
        id: record.id,
        author: record.author.clone(),
        device: record.device,
        clock: record.clock,
        builds_on: sorted(&record.builds_on),
        story: story.as_ref().clone(),
        note: note.clone(),
    })
}

/// The revision that something said is about: the newest of those in sight.
fn about<'a>(record: &Record, revisions: &'a [Revision]) -> Option<&'a Revision> {
    revisions.iter().rev().find(|revision| record.builds_on.contains(&revision.id))
}

fn decision(record: &Record) -> Option<Decision> {
    let verdict = match &record.act {
        Act::Return { comments } => Verdict::Returned { comments: comments.clone() },
        Act::Approve { note } => Verdict::Approved { note: note.clone() },
        Act::Reject { reason } => Verdict::Rejected { reason: reason.clone() },
        Act::Reopen { reason } => Verdict::Reopened { reason: reason.clone() },
        Act::Finalise { .. }
        | Act::Comment { .. }
        | Act::Reply { .. }
        | Act::Resolve { .. }
        | Act::Rate { .. }
        | Act::AskVerification { .. }
        | Act::Verify { .. } => return None,
    };
    Some(Decision {
        id: record.id,
        author: record.author.clone(),
        clock: record.clock,
        builds_on: sorted(&record.builds_on),
        verdict,
    })
}

fn sorted(ids: &[RecordId]) -> Vec<RecordId> {
    ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

/// Each record after those it builds on, ids breaking ties. Parents that are not here hold nothing up, and
/// records that build on each other in a ring, which no honest device makes, come last by id.
fn in_causal_order<'a>(by_id: &BTreeMap<RecordId, &'a Record>) -> Vec<&'a Record> {
    let mut waiting: BTreeMap<RecordId, &Record> = by_id.clone();
    let mut ordered = Vec::with_capacity(by_id.len());
    while !waiting.is_empty() {
        let next = waiting
            .iter()
            .find(|(_, r)| !r.builds_on.iter().any(|p| waiting.contains_key(p)))
            .or_else(|| waiting.iter().next())
            .map(|(id, _)| *id);
        if let Some(record) = next.and_then(|id| waiting.remove(&id)) {
            ordered.push(record);
        }
    }
    ordered
}

/// The ids that no other item builds on. A ring leaves none over; then all of them stand.
fn unbuilt<T>(
    items: &[T],
    id: impl Fn(&T) -> RecordId,
    parents: impl Fn(&T) -> &[RecordId],
) -> Vec<RecordId> {
    let mut built_on: BTreeSet<RecordId> = BTreeSet::new();
    for item in items {
        built_on.extend(parents(item).iter().filter(|p| **p != id(item)));
    }
    let free: Vec<RecordId> = items.iter().map(&id).filter(|i| !built_on.contains(i)).collect();
    if free.is_empty() { items.iter().map(&id).collect() } else { free }
}

fn conflicts(heads: &[RecordId], open: &[&Decision]) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    if heads.len() > 1 {
        conflicts.push(Conflict::Revisions { heads: heads.to_vec() });
    }
    let apart = |pair: (&&Decision, &&Decision)| !pair.0.verdict.agrees_with(&pair.1.verdict);
    if open.iter().zip(open.iter().skip(1)).any(apart) {
        conflicts.push(Conflict::Decisions { decisions: open.iter().map(|d| d.id).collect() });
    }
    conflicts
}

#[cfg(test)]
mod tests;
