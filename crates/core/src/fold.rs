//! A story is the fold of its records.
//!
//! [`fold`] gives the same answer for the same set of records in any order and with any repetition; that is
//! what lets devices and headquarters exchange records without ever agreeing on an order. Where two devices
//! edited apart, both revisions stay heads and the fold says so: a conflict is shown, never resolved by
//! dropping one side. Neither clocks nor arrival decide anything, only what each record builds on; where
//! something must come first for display, ids break the tie.

use crate::id::{DeviceId, PersonName, RecordId, StoryId};
use crate::record::{Act, Comment, Record};
use crate::story::Story;
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
}

/// One decision, kept for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
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

/// How far a story has come, as far as records alone can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Signed off; no decision on the newest revision.
    Finalised,
    /// The newest revision was returned.
    Returned,
    /// Every newest revision was approved.
    Approved,
}

/// The life of a story (domain.md), as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Only on the device, not signed off.
    Draft,
    /// Signed off; headquarters does not have all of it.
    Finalised,
    /// Headquarters has it whole, files included.
    Received,
    /// Back to the collector, with comments.
    Returned,
    /// Approved by a supervisor.
    Approved,
}

impl Standing {
    /// What people are told: a decision comes first; without one it matters whether headquarters has the
    /// story whole, with every file.
    pub fn status(self, whole_at_headquarters: bool) -> Status {
        match self {
            Standing::Returned => Status::Returned,
            Standing::Approved => Status::Approved,
            Standing::Finalised if whole_at_headquarters => Status::Received,
            Standing::Finalised => Status::Finalised,
        }
    }
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
    /// How far it has come.
    pub standing: Standing,
    /// What people did apart.
    pub conflicts: Vec<Conflict>,
}

/// Derives one story from its records; those of other stories are passed over.
///
/// Gives `None` while no revision is among them (a decision may arrive before what it decides on).
/// An id names one record: callers refuse a second record of the same id before it gets here.
pub fn fold<'a>(story: StoryId, records: impl IntoIterator<Item = &'a Record>) -> Option<Folded> {
    let by_id: BTreeMap<RecordId, &Record> =
        records.into_iter().filter(|r| r.story == story).map(|r| (r.id, r)).collect();
    let mut revisions = Vec::new();
    let mut decisions = Vec::new();
    for record in in_causal_order(&by_id) {
        match &record.act {
            Act::Finalise { story, note } => revisions.push(Revision {
                id: record.id,
                author: record.author.clone(),
                device: record.device,
                clock: record.clock,
                builds_on: sorted(&record.builds_on),
                story: story.as_ref().clone(),
                note: note.clone(),
            }),
            Act::Return { comments } => {
                decisions.push(decision(record, Verdict::Returned { comments: comments.clone() }));
            }
            Act::Approve { note } => {
                decisions.push(decision(record, Verdict::Approved { note: note.clone() }));
            }
        }
    }
    let collector = revisions.first()?.author.clone();
    let heads = unbuilt(&revisions, |r| r.id, |r| &r.builds_on);
    let on_heads: Vec<&Decision> =
        decisions.iter().filter(|d| d.builds_on.iter().any(|id| heads.contains(id))).collect();
    let open_decisions = unbuilt(&on_heads, |d| d.id, |d| &d.builds_on);
    let open: Vec<&Decision> = on_heads.into_iter().filter(|d| open_decisions.contains(&d.id)).collect();
    let standing = standing(&heads, &open);
    let conflicts = conflicts(&heads, &open);
    Some(Folded { story, collector, revisions, heads, decisions, open_decisions, standing, conflicts })
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

    /// The comments that wait for the collector: those of the open returns.
    pub fn open_comments(&self) -> Vec<&Comment> {
        self.decisions
            .iter()
            .filter(|d| self.open_decisions.contains(&d.id))
            .filter_map(|d| match &d.verdict {
                Verdict::Returned { comments } => Some(comments),
                Verdict::Approved { .. } => None,
            })
            .flatten()
            .collect()
    }

    /// What a new act has in sight: the newest revisions and the open decisions on them.
    pub fn in_sight(&self) -> Vec<RecordId> {
        self.heads.iter().chain(&self.open_decisions).copied().collect()
    }
}

fn decision(record: &Record, verdict: Verdict) -> Decision {
    Decision {
        id: record.id,
        author: record.author.clone(),
        clock: record.clock,
        builds_on: sorted(&record.builds_on),
        verdict,
    }
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

fn standing(heads: &[RecordId], open: &[&Decision]) -> Standing {
    let approved = |head: &RecordId| {
        open.iter().any(|d| d.builds_on.contains(head) && matches!(d.verdict, Verdict::Approved { .. }))
    };
    if open.iter().any(|d| matches!(d.verdict, Verdict::Returned { .. })) {
        Standing::Returned
    } else if heads.iter().all(approved) {
        Standing::Approved
    } else {
        Standing::Finalised
    }
}

fn conflicts(heads: &[RecordId], open: &[&Decision]) -> Vec<Conflict> {
    let returned = open.iter().any(|d| matches!(d.verdict, Verdict::Returned { .. }));
    let approved = open.iter().any(|d| matches!(d.verdict, Verdict::Approved { .. }));
    let mut conflicts = Vec::new();
    if heads.len() > 1 {
        conflicts.push(Conflict::Revisions { heads: heads.to_vec() });
    }
    if returned && approved {
        conflicts.push(Conflict::Decisions { decisions: open.iter().map(|d| d.id).collect() });
    }
    conflicts
}

#[cfg(test)]
mod tests;
