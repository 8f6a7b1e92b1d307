//! One story, as the pages show it and act on it: everything derived by the fold, within the reader's sight.

use crate::Headquarters;
use crate::error::{Error, Result};
use crate::people::{known_person, may_read};
use crate::queue::row;
use crate::store::{Arrival, NamedFile, Person, Tx};
use crate::sync::Intake;
use crate::view::{Decide, Open, Remark, RevisionView, StoryPage};
use blon_core::coach::lacks;
use blon_core::error::Code;
use blon_core::fold::{Verdict, fold};
use blon_core::id::{CampaignId, Digest, RecordId, StoryId};
use blon_core::protocol::CLOCK_TOLERANCE;
use blon_core::record::{Act, Record};
use blon_core::remark::ThreadId;
use blon_core::review::deeds;
use chrono::{DateTime, FixedOffset};
use std::collections::BTreeMap;

impl Headquarters {
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
        let act = match decision.verdict {
            Verdict::Returned { comments } => Act::Return { comments },
            Verdict::Approved { note } => Act::Approve { note },
            Verdict::Rejected { reason } => Act::Reject { reason },
            Verdict::Reopened { reason } => Act::Reopen { reason },
        };
        self.act(campaign, id, author, (decision.in_sight, act), (record, clock))
    }

    /// Adds what somebody says about a story on headquarters' pages; gives the story as it then stands.
    ///
    /// # Errors
    /// `story_not_found`, `act_not_allowed`, `comment_missing`, `comment_answer_unknown`, `thread_not_found`,
    /// `record_builds_on_unknown`, `bad_input`.
    pub fn remark(
        &self,
        campaign: &CampaignId,
        id: StoryId,
        author: &Person,
        remark: Remark,
        made: (RecordId, DateTime<FixedOffset>),
    ) -> Result<StoryPage> {
        let said = |thread: ThreadId, seen: Vec<RecordId>| [vec![thread.record], seen].concat();
        let (builds_on, act) = match remark {
            Remark::Comment { about, comment } => (vec![about], Act::Comment { comment }),
            Remark::Reply { thread, seen, text } => (said(thread, seen), Act::Reply { thread, text }),
            Remark::Resolve { thread, seen } => (said(thread, seen), Act::Resolve { thread }),
        };
        self.act(campaign, id, author, (builds_on, act), made)
    }

    fn act(
        &self,
        campaign: &CampaignId,
        id: StoryId,
        author: &Person,
        (builds_on, act): (Vec<RecordId>, Act),
        (record, clock): (RecordId, DateTime<FixedOffset>),
    ) -> Result<StoryPage> {
        let page = self.store.write(|tx| {
            page(tx, campaign, id, author)?;
            let record = Record {
                id: record,
                campaign: campaign.clone(),
                story: id,
                author: author.name.clone(),
                device: None,
                clock,
                builds_on,
                act,
            };
            Intake::new(tx, Arrival { at: clock.timestamp(), skew: None }).add(author, &record)?;
            page(tx, campaign, id, author)
        })?;
        self.changes.tell();
        Ok(page)
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
            for named in tx.named(campaign, sha256)? {
                let seen = may_read(reader, &known_person(tx, &named.collector)?);
                if seen && tx.has_file_of(sha256, &named.collector)? {
                    return Ok(named);
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
        may: deeds(&folded, reader.role),
        threads: folded.threads,
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
                open: lacks(&r.story).into_iter().map(|(about, lack)| Open { about, lack }).collect(),
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
