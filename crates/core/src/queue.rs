//! The list of stories, as those see it who review: what is asked for, and a row of each. Derived by the fold; every shape is
//! also a TypeScript type.

use crate::change::Level;
use crate::evidence::FileRef;
use crate::fold::{Conflict, Folded, Standing, Status};
use crate::id::{Digest, PersonName, RecordId, StoryId};
use crate::release::identifying;
use crate::verification::{Verified, verified};
use chrono::NaiveDate;
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
    /// Whether it may tell who somebody is: a voice or a face.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub identifying: bool,
    /// Whether the reader is not shown it: the storyteller did not agree to that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub withheld: bool,
}

impl EvidenceFile {
    /// How a file stands that is there whole, or of which nothing is.
    pub fn of(file: &FileRef, complete: bool, asked: bool) -> Self {
        let have = if complete { file.bytes } else { 0 };
        let identifying = identifying(file).is_some();
        let (sha256, bytes) = (file.sha256.clone(), file.bytes);
        EvidenceFile { sha256, bytes, have, complete, asked, identifying, withheld: false }
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
    /// Where counting ended, if it did: of what has so many there may be more. What a country told is not counted for each search.
    #[serde(default)]
    pub counted_to: Option<u32>,
    /// The collectors in sight who have stories.
    pub collectors: Vec<PersonName>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}
