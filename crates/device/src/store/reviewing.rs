//! What a supervisor's device keeps beside the records: the list of the team's stories, and which files to fetch.

use super::files::unsigned;
use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::evidence::FileRef;
use blon_core::id::{Digest, RecordId, StoryId};
use blon_core::queue::StoryRow;
use rusqlite::{OptionalExtension, params};

/// The setting that holds which file is being fetched, and under which key.
const FETCHING: &str = "fetching";

impl Tx<'_> {
    /// Keeps the line of a story for the supervisor's list; `None` where there is nothing to show of it.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_review_line(&self, story: StoryId, row: Option<&StoryRow>) -> Result<()> {
        let id = story.to_string();
        self.0.prepare_cached("DELETE FROM review_line WHERE story = ?1")?.execute([&id])?;
        if let Some(row) = row {
            let sql = "INSERT INTO review_line
                       VALUES (?1, (SELECT min(seq) FROM record WHERE story = ?1), ?2)";
            self.0.prepare_cached(sql)?.execute(params![id, serde_json::to_string(row)?])?;
        }
        Ok(())
    }

    /// The stories of the list that have all these words (see `every_beginning`), each with its place by arrival; all of
    /// them where there are none.
    ///
    /// # Errors
    /// Those of the store.
    pub fn review_lines(&self, words: &str) -> Result<Vec<(i64, StoryRow)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT arrived, r.body FROM review_line r
             WHERE ?1 = '' OR story IN (SELECT story FROM line WHERE key IN
                 (SELECT rowid FROM line_words WHERE line_words MATCH ?1))",
        )?;
        let rows = statement
            .query_map([words], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(arrived, body)| Ok((arrived, serde_json::from_str(&body)?))).collect()
    }

    /// By how many seconds the clocks were ahead that came with the records of a story, where this device made them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn skews_of(&self, story: StoryId) -> Result<Vec<(RecordId, i64)>> {
        let sql = "SELECT id, skew FROM record WHERE story = ?1 AND skew IS NOT NULL";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement
            .query_map([story.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(id, skew)| Ok((id.parse().map_err(unreadable)?, skew))).collect()
    }

    /// The supervisor wants this file before others.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn want_file(&self, sha256: &Digest) -> Result<()> {
        self.0.execute("INSERT OR IGNORE INTO wanted_file VALUES (?1)", [sha256.as_str()])?;
        self.make_stale_by_file(sha256)
    }

    /// The files that the supervisor asked for and that are not here, each with a story that names it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn wanted_files(&self) -> Result<Vec<(StoryId, Digest)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT min(r.story), w.sha256 FROM wanted_file w
             JOIN named_file n ON n.sha256 = w.sha256 JOIN record r ON r.id = n.record
             WHERE NOT EXISTS (SELECT 1 FROM file f WHERE f.sha256 = w.sha256 AND f.freed = 0)
             GROUP BY w.sha256",
        )?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(story, sha256)| {
                Ok((story.parse().map_err(unreadable)?, sha256.parse().map_err(unreadable)?))
            })
            .collect()
    }

    /// The file of which a part was fetched.
    ///
    /// # Errors
    /// Those of the store.
    pub fn being_fetched(&self) -> Result<Option<Digest>> {
        Ok(self.setting::<(Digest, i64)>(FETCHING)?.map(|(sha256, _)| sha256))
    }

    /// Whether the supervisor asked for this file.
    ///
    /// # Errors
    /// Those of the store.
    pub fn is_wanted(&self, sha256: &Digest) -> Result<bool> {
        let sql = "SELECT 1 FROM wanted_file WHERE sha256 = ?1";
        Ok(self.0.prepare_cached(sql)?.exists([sha256.as_str()])?)
    }

    /// Bytes of the files of others that are kept here.
    ///
    /// # Errors
    /// Those of the store.
    pub fn fetched_bytes(&self) -> Result<u64> {
        let sql = "SELECT coalesce(sum(bytes), 0) FROM file
                   WHERE freed = 0 AND sha256 IN (SELECT sha256 FROM confirmed_file)";
        Ok(unsigned(self.0.query_row(sql, [], |row| row.get(0))?))
    }

    /// The key under which this file is being fetched, and how many bytes of it are here; one that was begun before and is
    /// another is let go of.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn fetching(&self, story: StoryId, file: &FileRef) -> Result<(i64, u64)> {
        if let Some((sha256, key)) = self.setting::<(Digest, i64)>(FETCHING)? {
            let have = "SELECT bytes FROM file WHERE key = ?1 AND sha256 IS NULL";
            let have = self.0.prepare_cached(have)?.query_row([key], |row| row.get(0)).optional()?;
            match have {
                Some(have) if sha256 == file.sha256 => return Ok((key, unsigned(have))),
                _ => self.drop_incoming_file(key)?,
            }
        }
        let key = self.begin_file(story, &file.media_type, None)?;
        self.set(FETCHING, &(&file.sha256, key))?;
        Ok((key, 0))
    }

    /// A file of another's story is here whole. Headquarters has it, so that it can be let go of again.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn fetched(&self, key: i64, sha256: &Digest) -> Result<()> {
        // A file that was here before and was let go of is here again.
        self.0.execute("DELETE FROM file WHERE sha256 = ?1", [sha256.as_str()])?;
        self.finish_file(key, sha256)?;
        self.confirm(sha256)?;
        self.make_stale_by_file(sha256)?;
        self.forget(FETCHING)
    }

    /// What came of a file is not what it should be.
    ///
    /// # Errors
    /// Those of the store.
    pub fn stop_fetching(&self, key: i64) -> Result<()> {
        self.drop_incoming_file(key)?;
        self.forget(FETCHING)
    }

    /// Lets go of the bytes of this file, which headquarters has. Whoever asked for it has had it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn free_fetched(&self, sha256: &Digest) -> Result<()> {
        self.0.execute(
            "UPDATE file SET freed = 1 WHERE sha256 = ?1 AND sha256 IN (SELECT sha256 FROM confirmed_file)",
            [sha256.as_str()],
        )?;
        self.0.execute("DELETE FROM wanted_file WHERE sha256 = ?1", [sha256.as_str()])?;
        self.make_stale_by_file(sha256)
    }
}
