//! What verifiers were asked for.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use blon_core::id::{CampaignId, PersonName, RecordId, StoryId};
use blon_core::record::Record;

impl Tx<'_> {
    /// This record asks a verifier.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_task(&self, record: &Record, verifier: &PersonName) -> Result<()> {
        self.execute(
            "INSERT INTO task (record, story, campaign, verifier) VALUES (?1, ?2, ?3, ?4)",
            given![record.id, record.story, &record.campaign, verifier],
        )?;
        Ok(())
    }

    /// The records that ask this verifier, each with its story, in the order they came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tasks(&self, campaign: &CampaignId, verifier: &PersonName) -> Result<Vec<(RecordId, StoryId)>> {
        let sql = "SELECT t.record, t.story FROM task t JOIN record r ON r.id = t.record
                   WHERE t.campaign = ?1 AND t.verifier = ?2 ORDER BY r.seq";
        self.all(sql, given![campaign, verifier], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Whether this record asks this verifier about this story.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_task(&self, record: RecordId, story: StoryId, verifier: &PersonName) -> Result<bool> {
        let sql = "SELECT 1 FROM task WHERE record = ?1 AND story = ?2 AND verifier = ?3";
        self.exists(sql, given![record, story, verifier])
    }
}
