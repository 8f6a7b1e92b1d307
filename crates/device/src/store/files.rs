//! Evidence in chunk rows, and which of it headquarters has.

use super::{Tx, unreadable};
use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::evidence::FileRef;
use blon_core::id::{Digest, StoryId};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

/// The most bytes of one chunk row: small enough to be read and written in a blink, large enough that an
/// hour of sound is some hundred rows.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// A whole file that headquarters has not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFile {
    /// Its key in this store.
    pub key: i64,
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
}

impl Tx<'_> {
    /// Begins a file whose bytes are still to come; gives its key. A recording says at once which answer it is for.
    ///
    /// # Errors
    /// Those of the store.
    pub fn begin_file(&self, story: StoryId, media_type: &str, answer: Option<&str>) -> Result<i64> {
        self.0.execute(
            "INSERT INTO file (story, media_type, bytes, answer) VALUES (?1, ?2, 0, ?3)",
            params![story.to_string(), media_type, answer],
        )?;
        Ok(self.0.last_insert_rowid())
    }

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

    /// Lets go of a file that is still coming in; one that is whole is left as it is.
    ///
    /// # Errors
    /// Those of the store.
    pub fn drop_incoming_file(&self, key: i64) -> Result<()> {
        self.0.execute("DELETE FROM file WHERE key = ?1 AND sha256 IS NULL", [key])?;
        Ok(())
    }

    /// The recordings that never ended, each with the answer it is for: the app ended while they ran.
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

    /// Adds bytes at the end of a file that is still coming in; gives its size so far.
    ///
    /// # Errors
    /// `file_not_found` if it is not coming in; `disk_full`.
    pub fn append_file(&self, key: i64, bytes: &[u8]) -> Result<u64> {
        let so_far = self
            .0
            .query_row("SELECT bytes FROM file WHERE key = ?1 AND sha256 IS NULL", [key], |row| {
                row.get::<_, i64>(0)
            })
            .optional()?
            .ok_or_else(|| Error::told(Code::FileNotFound, "that file is not coming in"))?;
        let first: i64 =
            self.0.query_row("SELECT count(*) FROM file_chunk WHERE file = ?1", [key], |row| row.get(0))?;
        for (position, chunk) in (first..).zip(bytes.chunks(CHUNK_BYTES)) {
            self.0
                .prepare_cached("INSERT INTO file_chunk VALUES (?1, ?2, ?3)")?
                .execute(params![key, position, chunk])?;
        }
        let size = so_far + i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        self.0.execute("UPDATE file SET bytes = ?2 WHERE key = ?1", [key, size])?;
        Ok(u64::try_from(size).unwrap_or(0))
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

    /// The media type of a file.
    ///
    /// # Errors
    /// `file_not_found`.
    pub fn media_type(&self, key: i64) -> Result<String> {
        let found = self.0.query_row("SELECT media_type FROM file WHERE key = ?1", [key], |row| row.get(0));
        found.optional()?.ok_or_else(|| Error::told(Code::FileNotFound, "there is no such file"))
    }

    /// Puts other bytes in the place of those that came in.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn replace_file(&self, key: i64, bytes: &[u8], media_type: &str) -> Result<()> {
        self.0.execute("DELETE FROM file_chunk WHERE file = ?1", [key])?;
        self.0
            .execute("UPDATE file SET bytes = 0, media_type = ?2 WHERE key = ?1", params![key, media_type])?;
        self.append_file(key, bytes)?;
        Ok(())
    }

    /// All bytes are here and have this digest; gives what a piece of evidence says of the file.
    ///
    /// # Errors
    /// Those of the store.
    pub fn finish_file(&self, key: i64, sha256: &Digest) -> Result<FileRef> {
        self.0.execute("UPDATE file SET sha256 = ?2 WHERE key = ?1", params![key, sha256.as_str()])?;
        self.file_ref_where("key = ?1", key, sha256)?.ok_or_else(|| unreadable("no such file"))
    }

    /// The story that a file belongs to.
    ///
    /// # Errors
    /// `file_not_found`.
    pub fn file_story(&self, key: i64) -> Result<StoryId> {
        let story: Option<String> =
            self.0.query_row("SELECT story FROM file WHERE key = ?1", [key], |row| row.get(0)).optional()?;
        let story = story.ok_or_else(|| Error::told(Code::FileNotFound, "there is no such file"))?;
        story.parse().map_err(unreadable)
    }

    /// What is known of a whole file on this device.
    ///
    /// # Errors
    /// Those of the store.
    pub fn file_ref(&self, sha256: &Digest) -> Result<Option<FileRef>> {
        self.file_ref_where("sha256 = ?1", sha256.as_str(), sha256)
    }

    fn file_ref_where(
        &self,
        condition: &str,
        value: impl rusqlite::ToSql,
        sha256: &Digest,
    ) -> Result<Option<FileRef>> {
        let row = self
            .0
            .prepare_cached(&format!("SELECT bytes, media_type, marks FROM file WHERE {condition}"))?
            .query_row([value], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, String>(2)?)))
            .optional()?;
        row.map(|(bytes, media_type, marks)| {
            Ok(FileRef {
                sha256: sha256.clone(),
                bytes: u64::try_from(bytes).unwrap_or(0),
                media_type,
                marks: serde_json::from_str(&marks)?,
            })
        })
        .transpose()
    }

    /// One chunk of a file; `None` past its end.
    ///
    /// # Errors
    /// Those of the store.
    pub fn chunk(&self, key: i64, position: u32) -> Result<Option<Vec<u8>>> {
        let chunk = self
            .0
            .prepare_cached("SELECT content FROM file_chunk WHERE file = ?1 AND position = ?2")?
            .query_row(params![key, position], |row| row.get(0))
            .optional()?;
        Ok(chunk)
    }

    /// The key of a whole file with this digest.
    ///
    /// # Errors
    /// Those of the store.
    pub fn file_key(&self, sha256: &Digest) -> Result<Option<i64>> {
        let key = self
            .0
            .query_row("SELECT key FROM file WHERE sha256 = ?1 LIMIT 1", [sha256.as_str()], |row| row.get(0))
            .optional()?;
        Ok(key)
    }

    /// The whole files that headquarters has not confirmed, the smallest first, each digest once.
    ///
    /// # Errors
    /// Those of the store.
    pub fn waiting_files(&self) -> Result<Vec<WaitingFile>> {
        let mut statement = self.0.prepare_cached(
            "SELECT min(key), sha256, bytes FROM file
             WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM confirmed_file)
             GROUP BY sha256 ORDER BY bytes, min(key)",
        )?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(key, sha256, bytes)| {
                let sha256 = sha256.parse().map_err(unreadable)?;
                Ok(WaitingFile { key, sha256, bytes: u64::try_from(bytes).unwrap_or(0) })
            })
            .collect()
    }

    /// Lets go of the whole files of a story that none of these digests names.
    ///
    /// # Errors
    /// Those of the store.
    pub fn keep_only_files(&self, story: StoryId, named: &BTreeSet<Digest>) -> Result<()> {
        let mut statement =
            self.0.prepare_cached("SELECT key, sha256 FROM file WHERE story = ?1 AND sha256 IS NOT NULL")?;
        let rows = statement
            .query_map([story.to_string()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        for (key, sha256) in rows {
            if !named.iter().any(|n| n.as_str() == sha256) {
                self.drop_file(key)?;
            }
        }
        Ok(())
    }

    /// Lets go of the files of a story that are still coming in.
    ///
    /// # Errors
    /// Those of the store.
    pub fn drop_incoming_files(&self, story: StoryId) -> Result<()> {
        self.0.execute("DELETE FROM file WHERE story = ?1 AND sha256 IS NULL", [story.to_string()])?;
        Ok(())
    }

    /// Lets go of a file, with its bytes.
    ///
    /// # Errors
    /// Those of the store.
    pub fn drop_file(&self, key: i64) -> Result<()> {
        self.0.execute("DELETE FROM file WHERE key = ?1", [key])?;
        Ok(())
    }

    /// Whether headquarters said it has this file whole.
    ///
    /// # Errors
    /// Those of the store.
    pub fn confirmed(&self, sha256: &Digest) -> Result<bool> {
        let found = self
            .0
            .prepare_cached("SELECT 1 FROM confirmed_file WHERE sha256 = ?1")?
            .exists([sha256.as_str()])?;
        Ok(found)
    }

    /// Headquarters said whether it has this file whole.
    ///
    /// # Errors
    /// Those of the store.
    pub fn set_confirmed(&self, sha256: &Digest, whole: bool) -> Result<()> {
        let sql = if whole {
            "INSERT OR IGNORE INTO confirmed_file VALUES (?1)"
        } else {
            "DELETE FROM confirmed_file WHERE sha256 = ?1"
        };
        let changed = self.0.prepare_cached(sql)?.execute([sha256.as_str()])?;
        if changed > 0 {
            let theirs = "INSERT OR IGNORE INTO stale SELECT story FROM file WHERE sha256 = ?1";
            self.0.prepare_cached(theirs)?.execute([sha256.as_str()])?;
        }
        Ok(())
    }
}
