//! Going through the stories of an export: the only place of exports that sees a story before the gate.
//!
//! Some hundred stories at a time, each page in a transaction of its own: records come in meanwhile, and memory holds one page
//! however many there are. An export is no picture of one moment: a story that comes while it runs may be in it.

use super::Export;
use crate::Headquarters;
use crate::error::{Error, Result};
use crate::queue::row;
use crate::store::Tx;
use blon_core::fold::{Status, fold};
use blon_core::id::{CampaignId, Digest, StoryId};
use blon_core::release::{Because, HeldBack, Released, release};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

/// How many stories are read in one transaction: others wait meanwhile.
const PAGE: u32 = 100;

/// What of the disk stays free for evidence while an export lays something aside.
const RESERVE: u64 = 256 * 1024 * 1024;

/// A story as it may leave, with what headquarters knows beside.
pub struct Outgoing {
    /// Its place: the number of its first record.
    pub place: i64,
    /// The campaign.
    pub campaign: CampaignId,
    /// Where it is in its life.
    pub status: Status,
    /// What may leave of it.
    pub released: Released,
    /// Which of its files headquarters has whole.
    pub whole: BTreeSet<Digest>,
}

/// What came of the stories that were gone through.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How many left.
    pub released: u64,
    /// How many did not, and why.
    pub held_back: BTreeMap<HeldBack, u64>,
    /// What was withheld of those that left, and how often.
    pub withheld: BTreeMap<(String, Because), u64>,
}

/// Where one is among the stories of an export.
pub struct Reading<'e> {
    headquarters: &'e Headquarters,
    export: &'e Export,
    after: i64,
    /// What came of those so far.
    pub tally: Tally,
}

/// What is behind a place: the stories that may leave, and the place after which more come.
pub struct Page {
    /// In the order in which they came to headquarters.
    pub stories: Vec<Outgoing>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<i64>,
}

impl<'e> Reading<'e> {
    /// From this place on; 0 for all.
    pub fn after(headquarters: &'e Headquarters, export: &'e Export, after: i64) -> Self {
        Reading { headquarters, export, after, tally: Tally::default() }
    }

    /// Hands every story to `work`, until there is no more or nobody waits for it.
    ///
    /// # Errors
    /// Those of `work` and of the database; `disk_full` before the disk is; an I/O error where whoever reads has gone.
    pub fn each(
        &mut self,
        gone: &dyn Fn() -> bool,
        mut work: impl FnMut(&Outgoing) -> Result<()>,
    ) -> Result<()> {
        loop {
            if gone() {
                return Err(Error::file("the export", ErrorKind::BrokenPipe.into()));
            }
            self.headquarters.files.leaves_room(RESERVE)?;
            let page = self.page()?;
            page.stories.iter().try_for_each(&mut work)?;
            if page.next.is_none() {
                return Ok(());
            }
        }
    }

    /// The next page.
    ///
    /// # Errors
    /// Those of the database.
    pub fn page(&mut self) -> Result<Page> {
        let Export { campaign, sight, wanted, .. } = self.export;
        let after = self.after;
        let (next, read) = self.headquarters.store.read(|tx| {
            let places = tx.stories_after(campaign, sight, wanted, after, PAGE)?;
            let next = places.last().filter(|_| places.len() == PAGE as usize).map(|(place, _)| *place);
            let read: Vec<_> =
                places.into_iter().map(|(place, id)| self.story(tx, place, id)).collect::<Result<_>>()?;
            Ok((next, read))
        })?;
        self.after = next.unwrap_or(i64::MAX);
        let mut stories = Vec::new();
        for read in read.into_iter().flatten() {
            match read {
                Err(held_back) => *self.tally.held_back.entry(held_back).or_default() += 1,
                Ok(outgoing) => {
                    self.tally.released += 1;
                    for withheld in outgoing.released.withheld() {
                        let what = (withheld.field.clone(), withheld.because);
                        *self.tally.withheld.entry(what).or_default() += 1;
                    }
                    stories.push(outgoing);
                }
            }
        }
        Ok(Page { stories, next })
    }

    /// One story, through the gate; `None` where it is not, or no longer, what was asked for.
    fn story(
        &self,
        tx: &Tx,
        place: i64,
        id: StoryId,
    ) -> Result<Option<std::result::Result<Outgoing, HeldBack>>> {
        let Some(folded) = fold(id, &tx.records_of(id)?) else { return Ok(None) };
        let Some(row) = row(tx, &folded)? else { return Ok(None) };
        if self.export.wanted.status.is_some_and(|status| status != row.status) {
            return Ok(None);
        }
        let asked = self.export.tables.questionnaire();
        let outgoing = release(&folded, asked, self.export.terms).map(|released| Outgoing {
            place,
            campaign: self.export.campaign.clone(),
            status: row.status,
            released,
            whole: row.evidence.into_iter().filter(|file| file.complete).map(|file| file.sha256).collect(),
        });
        Ok(Some(outgoing))
    }
}
