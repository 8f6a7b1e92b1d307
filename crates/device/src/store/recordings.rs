//! Recordings: files that come in second by second for an answer, and have not ended yet.

use super::{Tx, unreadable};
use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::StoryId;
use rusqlite::OptionalExtension;

impl Tx<'_> {
    /// Marks a place of a recording that is running, in milliseconds from its start.
    ///
    /// # Errors
    /// `file_not_found` if it is not running; `disk_full`.
    pub fn mark_file(&self, key: i64, at: u32) -> Result<()> {
        let marked = self.0.execute(
            "UPDATE file SET marks = json_insert(marks, '$[#]', ?2) WHERE key = ?1 AND sha256 IS NULL",
            [key, i64::from(at)],
        )?;
        if marked == 1 { Ok(()) } else { Err(Error::told(Code::FileNotFound, "that file is not coming in")) }
    }

    /// Whether a recording of this story has bytes and has not ended.
    ///
    /// # Errors
    /// Those of the store.
    pub fn is_recording_for(&self, story: StoryId) -> Result<bool> {
        let unended =
            "SELECT 1 FROM file WHERE story = ?1 AND sha256 IS NULL AND answer IS NOT NULL AND bytes > 0";
        Ok(self.0.prepare_cached(unended)?.exists([story.to_string()])?)
    }

    /// Whether a file that is coming in is a recording.
    ///
    /// # Errors
    /// `file_not_found`.
    pub fn is_recording(&self, key: i64) -> Result<bool> {
        let found =
            self.0.query_row("SELECT answer IS NOT NULL FROM file WHERE key = ?1", [key], |row| row.get(0));
        found.optional()?.ok_or_else(|| Error::told(Code::FileNotFound, "there is no such file"))
    }

    /// The recordings that have not ended, each with the answer it is for.
    ///
    /// # Errors
    /// Those of the store.
    pub fn cut_recordings(&self) -> Result<Vec<(i64, StoryId, String)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT key, story, answer FROM file WHERE sha256 IS NULL AND answer IS NOT NULL AND bytes > 0",
        )?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(key, story, answer)| Ok((key, story.parse().map_err(unreadable)?, answer)))
            .collect()
    }
}
