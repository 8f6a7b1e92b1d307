//! The list of a campaign's stories: what a supervisor works through.

use crate::Headquarters;
use crate::campaigns::campaign_for;
use crate::error::{Error, Result};
use crate::people::Sight;
use crate::store::{Arrived, LineRow, Lines, Person, Tx};
use blon_core::error::Code;
use blon_core::evidence::FileRef;
use blon_core::fold::{Folded, fold};
use blon_core::id::{CampaignId, PersonName, StoryId};
use blon_core::queue::{EvidenceFile, QueueQuery, STORIES_LIMIT, StoryList, StoryRow};
use blon_core::record::{Deed, Record};
use blon_core::search::words_of;

/// How many lines are made anew in one transaction: others wait meanwhile.
const REFRESHED: u32 = 200;

impl Headquarters {
    /// The stories of a campaign that `reader` may see and the query asks for, page by page; everybody's for `None`, which
    /// is whoever can read the data folder anyway.
    ///
    /// # Errors
    /// `campaign_not_found`; `bad_input` for a place that no page gave.
    pub fn stories(
        &self,
        campaign: &CampaignId,
        reader: Option<&Person>,
        query: &QueueQuery,
    ) -> Result<StoryList> {
        self.refresh_if_there_is_room()?;
        let sight = reader.map_or(Sight::All, Sight::of);
        let after = Some(query.after.as_str()).filter(|after| !after.is_empty()).map(place).transpose()?;
        let most = query.count.clamp(1, STORIES_LIMIT);
        self.store.read(|tx| {
            campaign_for(tx, campaign, reader)?;
            let Lines { mut lines, counts, counted_to } =
                tx.queue(campaign, &sight, query, after, most + 1)?;
            let more = lines.len() > most as usize;
            lines.truncate(most as usize);
            let next = lines.last().filter(|_| more).map(|((first, then), _)| format!("{first}.{then}"));
            let mut stories: Vec<StoryRow> = lines.into_iter().map(|(_, row)| row).collect();
            for file in stories.iter_mut().flat_map(|row| &mut row.evidence).filter(|file| !file.complete) {
                (file.have, file.asked) = tx.coming(&file.sha256)?;
            }
            if reader.is_some_and(|reader| Deed::Verify.is_kept_from(reader.role)) {
                stories.iter_mut().for_each(|row| row.verified = None);
            }
            let collectors = tx.collectors(campaign, &sight)?;
            Ok(StoryList { stories, counts, counted_to, collectors, next })
        })
    }

    /// Every story of a campaign, for the tool.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn all_stories(&self, campaign: &CampaignId, training: bool) -> Result<StoryList> {
        let mut query = QueueQuery { training, count: STORIES_LIMIT, ..QueueQuery::default() };
        let mut all = self.stories(campaign, None, &query)?;
        while let Some(next) = all.next.take() {
            query.after = next;
            let page = self.stories(campaign, None, &query)?;
            all.stories.extend(page.stories);
            all.next = page.next;
        }
        Ok(all)
    }

    /// Makes the list anew from the stories, with what is counted of it. The line of a story that cannot be read stays as it was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn relist(&self) -> Result<()> {
        self.store.write(|tx| {
            tx.recount()?;
            tx.make_all_stale()
        })?;
        self.refresh()
    }

    /// Makes the list anew; where the disk has no room for a newer one, an older one is better than none.
    pub(crate) fn refresh_if_there_is_room(&self) -> Result<()> {
        match self.refresh() {
            Err(full) if full.code() == Code::DiskFull => {
                tracing::warn!("the list is not made anew: {full}");
                Ok(())
            }
            refreshed => refreshed,
        }
    }

    /// Makes the lines anew whose stories have changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn refresh(&self) -> Result<()> {
        while !self.store.read(|tx| tx.stale(1))?.is_empty() {
            self.store.write(|tx| {
                let stale = tx.stale(REFRESHED)?;
                let (mut bodies, mut lines) = (tx.bodies_of(&stale)?, Vec::new());
                for id in stale {
                    match line(tx, id, bodies.remove(&id).unwrap_or_default()) {
                        Ok(line) => lines.push((id, line)),
                        // It keeps nobody from the others: its line stays as it was, and `doctor` says what is wrong with it.
                        Err(Error::Internal(fault)) => {
                            tracing::error!("the line of story {id} is not made anew: {fault}");
                            tx.leave_line(id)?;
                        }
                        Err(fault) => return Err(fault),
                    }
                }
                tx.put_lines(&lines)
            })?;
        }
        Ok(())
    }
}

fn place(text: &str) -> Result<(i64, i64)> {
    let numbers =
        text.split_once('.').and_then(|(first, then)| Some((first.parse().ok()?, then.parse().ok()?)));
    numbers.ok_or_else(|| Error::told(Code::BadInput, "`after` is what an earlier page gave as `next`"))
}

/// The line of a story by its records; `None` where there is nothing to show of it.
fn line(tx: &Tx, id: StoryId, bodies: Vec<(Arrived, String)>) -> Result<Option<LineRow>> {
    let records = bodies.iter().map(|(_, body)| Ok(serde_json::from_str(body)?));
    let records: Vec<Record> = records.collect::<Result<_>>()?;
    let arrived: Vec<Arrived> = bodies.into_iter().map(|(arrived, _)| arrived).collect();
    let (Some(folded), Some(first), Some(came)) = (fold(id, &records), records.first(), arrived.first())
    else {
        return Ok(None);
    };
    Ok(row_of(tx, &folded, &arrived)?.map(|row| {
        let told = folded.current().map(|revision| &revision.story);
        let sex = told.and_then(|story| serde_json::to_value(story.storyteller.sex).ok());
        LineRow {
            row,
            campaign: first.campaign.clone(),
            arrived: came.seq,
            sex: sex.as_ref().and_then(|sex| sex.as_str()).unwrap_or_default().to_owned(),
            age_band: told.map(|story| story.storyteller.age_band.clone()).unwrap_or_default(),
            words: told.map(words_of).unwrap_or_default(),
        }
    }))
}

/// A story as the list shows it.
pub(crate) fn row(tx: &Tx, folded: &Folded) -> Result<Option<StoryRow>> {
    row_of(tx, folded, &tx.arrivals_of(folded.story)?)
}

fn row_of(tx: &Tx, folded: &Folded, arrived: &[Arrived]) -> Result<Option<StoryRow>> {
    let Some(current) = folded.current() else { return Ok(None) };
    let evidence = current.story.files().map(|file| standing_of(tx, file, &folded.collector));
    let evidence = evidence.collect::<Result<Vec<_>>>()?;
    let whole = evidence.iter().all(|file| file.complete);
    let arrived = arrived.iter().filter_map(|arrived| Some((arrived.id, arrived.at?))).collect();
    Ok(StoryRow::of(folded, whole, evidence, &arrived))
}

/// How a file stands that this person is to bring.
pub(crate) fn standing_of(tx: &Tx, file: &FileRef, person: &PersonName) -> Result<EvidenceFile> {
    if tx.has_file_of(&file.sha256, person)? {
        return Ok(EvidenceFile::of(file, true, false));
    }
    let (have, asked) = tx.coming(&file.sha256)?;
    Ok(EvidenceFile { have, ..EvidenceFile::of(file, false, asked) })
}
