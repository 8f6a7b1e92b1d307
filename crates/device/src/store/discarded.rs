//! Drafts that were deleted and can be brought back.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::StoryId;
use blon_core::story::Story;
use chrono::{DateTime, FixedOffset};
use rusqlite::params;

/// A deleted draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscardedRow {
    /// Whose.
    pub story: StoryId,
    /// What it told.
    pub content: Story,
    /// When it was deleted, by the device's clock.
    pub at: DateTime<FixedOffset>,
}

impl Tx<'_> {
    /// Puts the open draft of this story among the deleted ones, in the place of an older one.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn discard_draft(&self, story: StoryId, now: DateTime<FixedOffset>) -> Result<()> {
        self.0.execute(
            "INSERT OR REPLACE INTO discarded_draft
             SELECT story, content, note, builds_on, answers, ?2 FROM draft WHERE story = ?1",
            params![story.to_string(), now.to_rfc3339()],
        )?;
        self.delete_draft(story)
    }

    /// Makes the deleted draft of this story the open one again. Gives whether there was one.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn restore_draft(&self, story: StoryId, now: DateTime<FixedOffset>) -> Result<bool> {
        let restored = self.0.execute(
            "INSERT INTO draft (story, content, note, builds_on, answers, saved_at)
             SELECT story, content, note, builds_on, answers, ?2 FROM discarded_draft WHERE story = ?1",
            params![story.to_string(), now.to_rfc3339()],
        )?;
        self.erase_discarded(story)?;
        self.make_stale(story)?;
        Ok(restored == 1)
    }

    /// Lets go of the deleted draft of this story for good.
    ///
    /// # Errors
    /// Those of the store.
    pub fn erase_discarded(&self, story: StoryId) -> Result<()> {
        self.0.execute("DELETE FROM discarded_draft WHERE story = ?1", [story.to_string()])?;
        Ok(())
    }

    /// Every deleted draft, the one deleted last first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn all_discarded(&self) -> Result<Vec<DiscardedRow>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT story, content, discarded_at FROM discarded_draft ORDER BY rowid DESC")?;
        let rows = statement
            .query_map([], |row| Ok::<[String; 3], _>([row.get(0)?, row.get(1)?, row.get(2)?]))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let read = |[story, content, at]: [String; 3]| {
            Ok(DiscardedRow {
                story: story.parse().map_err(unreadable)?,
                content: serde_json::from_str(&content)?,
                at: DateTime::parse_from_rfc3339(&at).map_err(unreadable)?,
            })
        };
        rows.into_iter().map(read).collect()
    }
}
