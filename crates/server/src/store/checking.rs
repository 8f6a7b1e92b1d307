//! Whether what the tables hold fits together.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use blon_core::fold::fold;
use blon_core::id::{CampaignId, RecordId, StoryId};
use blon_core::record::Record;
use blon_core::withdrawal::WithdrawalCode;

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// A record that cannot be read, or says something else than its row.
    Record(RecordId),
    /// A story without a revision.
    Story(StoryId),
    /// A campaign whose numbers have a gap, or go on beyond the last: after this many there should be others.
    Numbers(CampaignId, i64),
    /// A story that was withdrawn and is still here.
    Withdrawn(StoryId),
    /// A campaign whose list lacks a story, or counts others than it has.
    List(CampaignId),
}

/// Records that are read at once.
const PAGE: i64 = 500;

impl Tx<'_> {
    /// What does not fit among stories and their records; `progress` hears how many were looked at.
    ///
    /// # Errors
    /// Those of the database.
    pub fn flaws(&self, progress: &dyn Fn(&str, u64)) -> Result<Vec<Flaw>> {
        let mut flaws = Vec::new();
        let miscounted = self.miscounted()?;
        for campaign in self.campaigns()? {
            let unlisted = self.unlisted(&campaign.id)?;
            let mut list_is_whole = !miscounted.contains(&campaign.id);
            self.flaws_of_records(&campaign.id, &mut flaws, progress)?;
            for (n, story) in (1..).zip(self.stories_of(&campaign.id)?) {
                // One with a flaw is told by that.
                match self.records_of(story).map(|records| fold(story, &records)) {
                    Ok(None) => flaws.push(Flaw::Story(story)),
                    Ok(Some(folded)) if folded.current().is_some() => {
                        list_is_whole &= !unlisted.contains(&story);
                    }
                    _ => {}
                }
                if self.is_withdrawn(&campaign.id, WithdrawalCode::of(story))? {
                    flaws.push(Flaw::Withdrawn(story));
                }
                progress("stories", n);
            }
            if !list_is_whole {
                flaws.push(Flaw::List(campaign.id));
            }
        }
        Ok(flaws)
    }

    fn flaws_of_records(
        &self,
        campaign: &CampaignId,
        flaws: &mut Vec<Flaw>,
        progress: &dyn Fn(&str, u64),
    ) -> Result<()> {
        let sql = "SELECT seq, id, story, kind, body FROM record WHERE campaign = ?1 AND seq > ?2
                   UNION ALL SELECT seq, id, '', '', '' FROM erased_record WHERE campaign = ?1 AND seq > ?2
                   ORDER BY seq LIMIT ?3";
        let mut last = 0;
        loop {
            let page = self.all(sql, given![campaign, last, PAGE], |row| {
                let texts: [String; 3] = [row.get(2)?, row.get(3)?, row.get(4)?];
                Ok((row.get::<i64>(0)?, row.get::<RecordId>(1)?, texts))
            })?;
            if page.is_empty() {
                break;
            }
            for (seq, id, [story, kind, body]) in page {
                if seq != last + 1 {
                    flaws.push(Flaw::Numbers(campaign.clone(), last));
                }
                last = seq;
                let is_right = |record: Record| {
                    record.id == id
                        && record.story.to_string() == story
                        && record.campaign == *campaign
                        && super::word_of(&record.act.deed()).is_ok_and(|word| word == kind)
                };
                if !body.is_empty() && !serde_json::from_str(&body).is_ok_and(is_right) {
                    flaws.push(Flaw::Record(id));
                }
            }
            progress("records", last.cast_unsigned());
        }
        if last != self.last_seq(campaign)? {
            flaws.push(Flaw::Numbers(campaign.clone(), last));
        }
        Ok(())
    }
}
