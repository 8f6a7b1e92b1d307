//! Drafts that were deleted and can be brought back.

use super::drafts::{READ, read};
use super::{DraftRow, Tx, unreadable};
use crate::error::Result;
use blon_core::id::StoryId;
use blon_core::questionnaire::answers::Answers;
use chrono::{DateTime, FixedOffset};
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// Puts the open draft of this story among the deleted ones, in the place of an older one.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn discard_draft(&self, story: StoryId, now: DateTime<FixedOffset>) -> Result<()> {
        self.0.execute(
            "INSERT OR REPLACE INTO discarded_draft
             SELECT story, content, note, builds_on, answers, at, ?2 FROM draft WHERE story = ?1",
            params![story.to_string(), now.to_rfc3339()],
        )?;
        self.delete_draft(story)
    }

    /// Keeps other answers of the deleted draft of this story.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_discarded_answers(&self, story: StoryId, answers: &Answers) -> Result<()> {
        let sql = "UPDATE discarded_draft SET answers = ?2 WHERE story = ?1";
        self.0.execute(sql, [story.to_string(), serde_json::to_string(answers)?])?;
        Ok(())
    }

    /// Lets go of the deleted draft of this story for good.
    ///
    /// # Errors
    /// Those of the store.
    pub fn erase_discarded(&self, story: StoryId) -> Result<()> {
        self.0.execute("DELETE FROM discarded_draft WHERE story = ?1", [story.to_string()])?;
        Ok(())
    }

    /// The deleted draft of this story.
    ///
    /// # Errors
    /// Those of the store.
    pub fn discarded(&self, story: StoryId) -> Result<Option<DraftRow>> {
        let mut statement =
            self.0.prepare_cached(&format!("SELECT {READ} FROM discarded_draft WHERE story = ?1"))?;
        statement.query_row([story.to_string()], |row| Ok(read(row))).optional()?.transpose()
    }

    /// Every story with a deleted draft, and when it was deleted; the last first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn all_discarded(&self) -> Result<Vec<(StoryId, DateTime<FixedOffset>)>> {
        let mut statement =
            self.0.prepare_cached("SELECT story, discarded_at FROM discarded_draft ORDER BY rowid DESC")?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let parsed = |(story, at): (String, String)| {
            let at = DateTime::parse_from_rfc3339(&at).map_err(unreadable)?;
            Ok((story.parse().map_err(unreadable)?, at))
        };
        rows.into_iter().map(parsed).collect()
    }
}
