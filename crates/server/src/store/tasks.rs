//! What verifiers were asked for.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::{CampaignId, PersonName, RecordId, StoryId};
use blon_core::record::Record;
use rusqlite::params;

impl Tx<'_> {
    /// This record asks a verifier.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_task(&self, record: &Record, verifier: &PersonName) -> Result<()> {
        self.0.execute(
            "INSERT INTO task VALUES (?1, ?2, ?3, ?4)",
            params![
                record.id.to_string(),
                record.story.to_string(),
                record.campaign.as_str(),
                verifier.as_str()
            ],
        )?;
        Ok(())
    }

    /// The records that ask this verifier, each with its story, in the order they came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tasks(&self, campaign: &CampaignId, verifier: &PersonName) -> Result<Vec<(RecordId, StoryId)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT record, story FROM task WHERE campaign = ?1 AND verifier = ?2 ORDER BY rowid",
        )?;
        let rows = statement
            .query_map([campaign.as_str(), verifier.as_str()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(id, story)| Ok((id.parse().map_err(unreadable)?, story.parse().map_err(unreadable)?)))
            .collect()
    }

    /// Whether this record asks this verifier about this story.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_task(&self, record: RecordId, story: StoryId, verifier: &PersonName) -> Result<bool> {
        let sql = "SELECT 1 FROM task WHERE record = ?1 AND story = ?2 AND verifier = ?3";
        let asked = params![record.to_string(), story.to_string(), verifier.as_str()];
        Ok(self.0.prepare_cached(sql)?.exists(asked)?)
    }
}
