//! Who told the stories, sealed.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::identities::{IdentityLine, SealedCopy};
use blon_core::id::{CampaignId, RecordId, StoryId};
use blon_core::sealed::SealedFile;
use rusqlite::params;

impl Tx<'_> {
    /// Keeps who told a story as it was sealed with a record; what is here for that record stays: a custodian may have sealed it anew.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_sealed_identity(
        &self,
        campaign: &CampaignId,
        story: StoryId,
        record: RecordId,
        sealed: &SealedFile,
        now: i64,
    ) -> Result<()> {
        self.0.prepare_cached("INSERT OR IGNORE INTO sealed_identity VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
            params![record.to_string(), campaign.as_str(), story.to_string(), sealed.bytes(), now],
        )?;
        Ok(())
    }

    /// Puts another sealed file in the place of the one for this record; gives whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn replace_sealed(
        &self,
        campaign: &CampaignId,
        record: RecordId,
        sealed: &SealedFile,
    ) -> Result<bool> {
        let sql = "UPDATE sealed_identity SET sealed = ?3 WHERE campaign = ?1 AND record = ?2";
        let given = params![campaign.as_str(), record.to_string(), sealed.bytes()];
        Ok(self.0.prepare_cached(sql)?.execute(given)? == 1)
    }

    /// The stories of a campaign whose storyteller is sealed here, the last one first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sealed_stories(&self, campaign: &CampaignId) -> Result<Vec<IdentityLine>> {
        let mut statement = self.0.prepare_cached(
            "SELECT s.id, s.collector, count(*), max(i.received) FROM sealed_identity i JOIN story s ON s.id = i.story
             WHERE i.campaign = ?1 GROUP BY s.id ORDER BY max(i.received) DESC, s.id",
        )?;
        let rows = statement
            .query_map([campaign.as_str()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(story, collector, copies, received)| {
                let story: StoryId = story.parse().map_err(unreadable)?;
                let collector = collector.parse().map_err(unreadable)?;
                let storyteller = story.storyteller();
                Ok(IdentityLine { story, storyteller, collector, copies, received: moment(received) })
            })
            .collect()
    }

    /// What is sealed of who told this story, the last one first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sealed_of(&self, campaign: &CampaignId, story: StoryId) -> Result<Vec<SealedCopy>> {
        let mut statement = self.0.prepare_cached(
            "SELECT record, sealed, received FROM sealed_identity WHERE campaign = ?1 AND story = ?2
             ORDER BY received DESC, rowid DESC",
        )?;
        let rows = statement
            .query_map([campaign.as_str(), &story.to_string()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(record, sealed, received)| {
                let sealed = SealedFile::try_from(sealed).map_err(unreadable)?;
                Ok(SealedCopy {
                    record: record.parse().map_err(unreadable)?,
                    sealed,
                    received: moment(received),
                })
            })
            .collect()
    }
}
