//! What is being written, and who told it.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::{RecordId, StoryId};
use blon_core::questionnaire::answers::Answers;
use blon_core::story::Story;
use chrono::{DateTime, FixedOffset};
use rusqlite::{OptionalExtension, Row, params};

/// A draft as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftRow {
    /// The story so far.
    pub content: Story,
    /// The answers that tell it, where a questionnaire asks.
    pub answers: Option<Answers>,
    /// The collector's note on a correction.
    pub note: String,
    /// What was in sight when it was opened.
    pub builds_on: Vec<RecordId>,
    /// The answer where the collector was, by its path.
    pub at: String,
}

/// What [`read`] reads, in its order.
pub(super) const READ: &str = "content, answers, note, builds_on, at";

/// A draft as its row holds it.
pub(super) fn read(row: &Row<'_>) -> Result<DraftRow> {
    let answers: Option<String> = row.get(1)?;
    Ok(DraftRow {
        content: serde_json::from_str(row.get_ref(0)?.as_str().map_err(unreadable)?)?,
        answers: answers.map(|answers| serde_json::from_str(&answers)).transpose()?,
        note: row.get(2)?,
        builds_on: serde_json::from_str(row.get_ref(3)?.as_str().map_err(unreadable)?)?,
        at: row.get(4)?,
    })
}

impl Tx<'_> {
    /// The stories that have a draft.
    ///
    /// # Errors
    /// Those of the store.
    pub fn draft_ids(&self) -> Result<Vec<StoryId>> {
        let mut statement = self.0.prepare_cached("SELECT story FROM draft ORDER BY story")?;
        let ids =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        ids.iter().map(|id| id.parse().map_err(unreadable)).collect()
    }

    /// The draft of this story, if one is open.
    ///
    /// # Errors
    /// Those of the store.
    pub fn draft(&self, story: StoryId) -> Result<Option<DraftRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {READ} FROM draft WHERE story = ?1"))?;
        statement.query_row([story.to_string()], |row| Ok(read(row))).optional()?.transpose()
    }

    /// Keeps the draft of this story, replacing what it said before.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_draft(&self, story: StoryId, draft: &DraftRow, now: DateTime<FixedOffset>) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO draft (story, content, note, builds_on, saved_at, answers, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (story) DO UPDATE SET content = ?2, note = ?3, builds_on = ?4, saved_at = ?5,
                     answers = ?6, at = ?7, edits = edits + 1",
            )?
            .execute(params![
                story.to_string(),
                serde_json::to_string(&draft.content)?,
                draft.note,
                serde_json::to_string(&draft.builds_on)?,
                now.to_rfc3339(),
                draft.answers.as_ref().map(serde_json::to_string).transpose()?,
                draft.at
            ])?;
        Ok(())
    }

    /// The collector is at this answer of this draft now, and it is on the screen.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn stand(&self, story: StoryId, at: &str) -> Result<()> {
        self.leave(Some(story))?;
        self.0
            .prepare_cached("UPDATE draft SET at = ?2, on_screen = 1 WHERE story = ?1")?
            .execute([story.to_string().as_str(), at])?;
        Ok(())
    }

    /// No draft is on the screen any more, but this one where there is one.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn leave(&self, but: Option<StoryId>) -> Result<()> {
        let but = but.map(|story| story.to_string());
        self.0
            .prepare_cached("UPDATE draft SET on_screen = 0 WHERE on_screen = 1 AND story IS NOT ?1")?
            .execute([but])?;
        Ok(())
    }

    /// Whether the draft of this story says that its storyteller agreed to be recorded.
    ///
    /// # Errors
    /// Those of the store.
    pub fn may_be_recorded(&self, story: StoryId) -> Result<bool> {
        let agreed: Option<Option<bool>> = self
            .0
            .prepare_cached("SELECT json_extract(content, '$.consent.audio') FROM draft WHERE story = ?1")?
            .query_row([story.to_string()], |row| row.get(0))
            .optional()?;
        Ok(agreed.flatten() == Some(true))
    }

    /// The draft that was on the screen when the app ended.
    ///
    /// # Errors
    /// Those of the store.
    pub fn on_screen(&self) -> Result<Option<StoryId>> {
        let found = self
            .0
            .query_row("SELECT story FROM draft WHERE on_screen = 1", [], |row| row.get::<_, String>(0))
            .optional()?;
        found.map(|story| story.parse().map_err(unreadable)).transpose()
    }

    /// Lets go of the draft of this story.
    ///
    /// # Errors
    /// Those of the store.
    pub fn delete_draft(&self, story: StoryId) -> Result<()> {
        self.0.execute("DELETE FROM draft WHERE story = ?1", [story.to_string()])?;
        self.make_stale(story)
    }

    /// The answers of this story that no question asked for any more when it was signed off.
    ///
    /// # Errors
    /// Those of the store.
    pub fn unasked(&self, story: StoryId) -> Result<Answers> {
        let kept: Option<String> = self
            .0
            .prepare_cached("SELECT answers FROM unasked WHERE story = ?1")?
            .query_row([story.to_string()], |row| row.get(0))
            .optional()?;
        Ok(kept.map(|kept| serde_json::from_str(&kept)).transpose()?.unwrap_or_default())
    }

    /// Keeps them.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_unasked(&self, story: StoryId, answers: &Answers) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR REPLACE INTO unasked VALUES (?1, ?2)")?
            .execute([story.to_string(), serde_json::to_string(answers)?])?;
        Ok(())
    }
}
