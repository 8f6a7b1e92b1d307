//! What the pages and the tool show of stories: everything derived by the fold, within the reader's sight.

use crate::Headquarters;
use crate::error::{Error, Result};
use crate::people::{known_campaign, known_person, may_read};
use crate::store::{NamedFile, Person, Tx};
use crate::sync::add;
use crate::view::{Decide, EvidenceFile, RevisionView, StoryList, StoryPage, StoryRow};
use blon_core::error::Code;
use blon_core::fold::{Folded, Verdict, fold};
use blon_core::id::{CampaignId, Digest, PersonName, RecordId, StoryId};
use blon_core::protocol::CLOCK_TOLERANCE;
use blon_core::record::{Act, Record};
use blon_core::review::Role;
use blon_core::story::Story;
use chrono::{DateTime, FixedOffset};
use std::collections::BTreeMap;

impl Headquarters {
    /// The stories of a campaign that `reader` may see, the newest first; all of them for `None`, which is
    /// whoever can read the data folder anyway. Either those that count, or those of practice.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn stories(
        &self,
        campaign: &CampaignId,
        reader: Option<&Person>,
        training: bool,
    ) -> Result<StoryList> {
        self.store.read(|tx| {
            known_campaign(tx, campaign)?;
            let mut visible: BTreeMap<PersonName, bool> = BTreeMap::new();
            let mut stories = Vec::new();
            for (id, collector) in tx.stories(campaign)? {
                let seen = match (reader, visible.get(&collector)) {
                    (None, _) => true,
                    (Some(_), Some(seen)) => *seen,
                    (Some(reader), None) => may_read(reader, &known_person(tx, &collector)?),
                };
                visible.insert(collector, seen);
                if seen && let Some(folded) = fold(id, &tx.records_of(id)?) {
                    stories.extend(row(tx, &folded)?.filter(|row| row.training == training));
                }
            }
            Ok(StoryList { stories })
        })
    }

    /// One story, whole.
    ///
    /// # Errors
    /// `story_not_found`, also for a story outside the reader's sight.
    pub fn story(&self, campaign: &CampaignId, id: StoryId, reader: &Person) -> Result<StoryPage> {
        self.store.read(|tx| page(tx, campaign, id, reader))
    }

    /// Adds a supervisor's decision, made on headquarters' pages; gives the story as it then stands.
    ///
    /// # Errors
    /// `story_not_found`, `act_not_allowed`, `revision_not_newest`, `comment_missing`,
    /// `comment_answer_unknown`, `bad_input`.
    pub fn decide(
        &self,
        campaign: &CampaignId,
        id: StoryId,
        author: &Person,
        decision: Decide,
        (record, clock): (RecordId, DateTime<FixedOffset>),
    ) -> Result<StoryPage> {
        self.store.write(|tx| {
            page(tx, campaign, id, author)?;
            let record = Record {
                id: record,
                campaign: campaign.clone(),
                story: id,
                author: author.name.clone(),
                device: None,
                clock,
                builds_on: decision.in_sight,
                act: match decision.verdict {
                    Verdict::Returned { comments } => Act::Return { comments },
                    Verdict::Approved { note } => Act::Approve { note },
                },
            };
            add(tx, author, &record, None)?;
            page(tx, campaign, id, author)
        })
    }

    /// A supervisor wants a file that has not come yet: devices send it before others.
    ///
    /// # Errors
    /// `file_not_found` outside the reader's sight.
    pub fn ask_for_file(&self, campaign: &CampaignId, sha256: &Digest, reader: &Person) -> Result<()> {
        self.store.write(|tx| {
            for named in tx.named(campaign, sha256)? {
                if may_read(reader, &known_person(tx, &named.collector)?) {
                    return tx.ask_for_file(sha256);
                }
            }
            Err(Error::told(Code::FileNotFound, "there is no such file"))
        })
    }

    /// How a file is named by a story that the reader may see.
    ///
    /// # Errors
    /// `file_not_found`, also while headquarters does not have it whole or outside the reader's sight.
    pub fn file_for(&self, campaign: &CampaignId, sha256: &Digest, reader: &Person) -> Result<NamedFile> {
        self.store.read(|tx| {
            if tx.has_file(sha256)? {
                for named in tx.named(campaign, sha256)? {
                    if may_read(reader, &known_person(tx, &named.collector)?) {
                        return Ok(named);
                    }
                }
            }
            Err(Error::told(Code::FileNotFound, "there is no such file"))
        })
    }
}

fn page(tx: &Tx, campaign: &CampaignId, id: StoryId, reader: &Person) -> Result<StoryPage> {
    let not_found = || Error::told(Code::StoryNotFound, "there is no such story");
    let (of, collector) = tx.story(id)?.ok_or_else(not_found)?;
    if of != *campaign || !may_read(reader, &known_person(tx, &collector)?) {
        return Err(not_found());
    }
    let folded = fold(id, &tx.records_of(id)?).ok_or_else(not_found)?;
    let row = row(tx, &folded)?.ok_or_else(not_found)?;
    let skews: BTreeMap<_, _> = tx.skews_of(id)?.into_iter().collect();
    Ok(StoryPage {
        row,
        in_sight: folded.in_sight(),
        may_decide: reader.role == Role::Supervisor,
        revisions: folded
            .revisions
            .into_iter()
            .map(|r| RevisionView {
                head: folded.heads.contains(&r.id),
                id: r.id,
                author: r.author,
                clock: r.clock,
                clock_ahead: skews.get(&r.id).copied().filter(|skew| is_wrong(*skew)),
                note: r.note,
                story: r.story,
            })
            .collect(),
        decisions: folded.decisions,
        conflicts: folded.conflicts,
    })
}

/// Whether a clock that is this many seconds ahead is so wrong that people are told.
fn is_wrong(skew: i64) -> bool {
    skew.abs() > CLOCK_TOLERANCE.num_seconds()
}

fn row(tx: &Tx, folded: &Folded) -> Result<Option<StoryRow>> {
    let Some(current) = folded.current() else { return Ok(None) };
    let story = &current.story;
    let evidence = evidence(tx, story)?;
    let whole = evidence.iter().all(|e| e.complete);
    Ok(Some(StoryRow {
        id: folded.story,
        training: story.training,
        status: folded.standing.status(whole),
        collector: folded.collector.clone(),
        title: story.title.clone(),
        levels: story.levels(),
        revisions: count(folded.revisions.len()),
        changes: count(story.changes.len()),
        evidence,
        commune: story.context.commune.clone(),
        village: story.context.village.clone(),
        date: story.context.date,
        conflict: !folded.conflicts.is_empty(),
    }))
}

fn evidence(tx: &Tx, story: &Story) -> Result<Vec<EvidenceFile>> {
    story
        .files()
        .map(|f| {
            let complete = tx.has_file(&f.sha256)?;
            let (have, asked) = if complete { (f.bytes, false) } else { tx.coming(&f.sha256)? };
            Ok(EvidenceFile { sha256: f.sha256.clone(), bytes: f.bytes, have, complete, asked })
        })
        .collect()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
