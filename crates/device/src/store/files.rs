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

/// The setting that holds the last key that a file was given.
const LAST_KEY: &str = "last_file_key";

/// Chunks of a file that are let go of at once: what goes is written over, and that needs room of its own.
const FREED_AT_ONCE: u32 = 8;

/// Where a file of a story is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileStanding {
    /// Bytes of it that headquarters said it has.
    pub have: u64,
    /// Headquarters said it has it whole.
    pub confirmed: bool,
    /// Its bytes are on this device.
    pub here: bool,
}

/// A whole file, named by a signed-off story, that headquarters has not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFile {
    /// Its key in this store.
    pub key: i64,
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
    /// Bytes of it that headquarters said it has.
    pub have: u64,
}

impl Tx<'_> {
    /// Begins a file whose bytes are still to come; gives its key. A recording says at once which answer it is for.
    ///
    /// # Errors
    /// Those of the store.
    pub fn begin_file(&self, story: StoryId, media_type: &str, answer: Option<&str>) -> Result<i64> {
        // Whoever still holds the key of a file that is gone must not come upon another.
        let last: i64 = self.setting(LAST_KEY)?.unwrap_or(0);
        let key = self
            .0
            .query_row("SELECT max(?1, coalesce(max(key), 0)) + 1 FROM file", [last], |row| row.get(0))?;
        self.set(LAST_KEY, &key)?;
        self.0.execute(
            "INSERT INTO file (key, story, media_type, bytes, answer) VALUES (?1, ?2, ?3, 0, ?4)",
            params![key, story.to_string(), media_type, answer],
        )?;
        Ok(key)
    }

    /// Lets go of a file that is still coming in; one that is whole is left as it is.
    ///
    /// # Errors
    /// Those of the store.
    pub fn drop_incoming_file(&self, key: i64) -> Result<()> {
        self.0.execute("DELETE FROM file WHERE key = ?1 AND sha256 IS NULL", [key])?;
        Ok(())
    }

    /// Whether a file is still coming in.
    ///
    /// # Errors
    /// Those of the store.
    pub fn is_coming_in(&self, key: i64) -> Result<bool> {
        Ok(self.0.prepare_cached("SELECT 1 FROM file WHERE key = ?1 AND sha256 IS NULL")?.exists([key])?)
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

    /// Bytes of a file from byte `at` on: `most` of them, or fewer at its end; none if the file is another by now.
    ///
    /// # Errors
    /// Those of the store.
    pub fn piece(&self, file: &WaitingFile, at: u64, most: usize) -> Result<Vec<u8>> {
        let same = "SELECT 1 FROM file WHERE key = ?1 AND sha256 = ?2";
        if !self.0.prepare_cached(same)?.exists(params![file.key, file.sha256.as_str()])? {
            return Ok(Vec::new());
        }
        // Chunks are not of one size: a recording adds one each second. Of each only its length is read here.
        let mut statement = self.0.prepare_cached(
            "SELECT position, length(content) FROM file_chunk WHERE file = ?1 ORDER BY position",
        )?;
        let mut rows = statement.query([file.key])?;
        let (mut start, mut piece) = (0, Vec::with_capacity(most.min(CHUNK_BYTES * 16)));
        while let Some(row) = rows.next()? {
            let end = start + unsigned(row.get(1)?);
            if end > at {
                let chunk = self.chunk(file.key, row.get(0)?)?.unwrap_or_default();
                let skipped = usize::try_from(at.saturating_sub(start)).unwrap_or(0);
                piece.extend_from_slice(chunk.get(skipped..).unwrap_or_default());
                if piece.len() >= most {
                    break;
                }
            }
            start = end;
        }
        piece.truncate(most);
        Ok(piece)
    }

    /// The key of a whole file with this digest.
    ///
    /// # Errors
    /// `file_freed` if its bytes left this device; those of the store.
    pub fn file_key(&self, sha256: &Digest) -> Result<Option<i64>> {
        let found = self
            .0
            .query_row(
                "SELECT key, freed FROM file WHERE sha256 = ?1 ORDER BY freed LIMIT 1",
                [sha256.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        match found {
            Some((_, true)) => {
                Err(Error::told(Code::FileFreed, format!("{sha256} is at headquarters alone")))
            }
            Some((key, false)) => Ok(Some(key)),
            None => Ok(None),
        }
    }

    /// The files named by signed-off stories that headquarters may still take and has not confirmed, the smallest first,
    /// each digest once.
    ///
    /// # Errors
    /// Those of the store.
    pub fn waiting_files(&self) -> Result<Vec<WaitingFile>> {
        let mut statement = self.0.prepare_cached(
            "SELECT min(f.key), f.sha256, f.bytes, coalesce(p.have, 0) FROM file f LEFT JOIN sent_part p USING (sha256)
             WHERE f.freed = 0 AND f.sha256 NOT IN (SELECT sha256 FROM confirmed_file)
                 AND EXISTS (SELECT 1 FROM named_file n JOIN record r ON r.id = n.record
                             WHERE n.sha256 = f.sha256 AND r.state IN ('waiting', 'held'))
             GROUP BY f.sha256 ORDER BY f.bytes, min(f.key)",
        )?;
        let rows = statement
            .query_map([], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, i64>(2)?,
                    row.get::<_, i64>(3)?,
                ))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(key, sha256, bytes, have)| {
                let sha256 = sha256.parse().map_err(unreadable)?;
                Ok(WaitingFile { key, sha256, bytes: unsigned(bytes), have: unsigned(have) })
            })
            .collect()
    }

    /// Headquarters lost what it had: nothing counts as confirmed.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn confirm_nothing(&self) -> Result<()> {
        self.0.execute("INSERT OR IGNORE INTO stale SELECT story FROM record", [])?;
        self.0.execute("DELETE FROM confirmed_file", [])?;
        Ok(())
    }

    /// Headquarters said which files of the records that it has it lacks: all others it has whole.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn confirm_all_but(&self, lacking: &[Digest]) -> Result<()> {
        let lacking = serde_json::to_string(lacking)?;
        for sql in [
            "DELETE FROM confirmed_file WHERE sha256 IN (SELECT value FROM json_each(?1)) RETURNING sha256",
            "INSERT INTO confirmed_file
             SELECT DISTINCT n.sha256 FROM named_file n JOIN record r ON r.id = n.record
             WHERE r.state = 'held' AND n.sha256 NOT IN (SELECT sha256 FROM confirmed_file)
                 AND n.sha256 NOT IN (SELECT value FROM json_each(?1))
             RETURNING sha256",
        ] {
            let changed = self
                .0
                .prepare_cached(sql)?
                .query_map([&lacking], |row| row.get::<_, String>(0))?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            for sha256 in changed {
                self.make_stale_by_file(&sha256.parse().map_err(unreadable)?)?;
            }
        }
        self.0.execute("DELETE FROM sent_part WHERE sha256 IN (SELECT sha256 FROM confirmed_file)", [])?;
        Ok(())
    }

    /// Headquarters said how many bytes of this file it has.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn set_sent_part(&self, sha256: &Digest, have: u64) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR REPLACE INTO sent_part VALUES (?1, ?2)")?
            .execute(params![sha256.as_str(), signed(have)])?;
        Ok(())
    }

    /// Forgets how much of which files headquarters has; the answer that is kept next tells it anew. Of parcels it does not.
    ///
    /// # Errors
    /// Those of the store.
    pub fn forget_sent_parts(&self) -> Result<()> {
        self.0.execute("DELETE FROM sent_part WHERE sha256 NOT IN (SELECT sha256 FROM carried)", [])?;
        Ok(())
    }

    /// Headquarters said it has this file whole.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn confirm(&self, sha256: &Digest) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR IGNORE INTO confirmed_file VALUES (?1)")?
            .execute([sha256.as_str()])?;
        self.0.prepare_cached("DELETE FROM sent_part WHERE sha256 = ?1")?.execute([sha256.as_str()])?;
        self.0
            .prepare_cached("INSERT OR IGNORE INTO stale SELECT story FROM file WHERE sha256 = ?1")?
            .execute([sha256.as_str()])?;
        Ok(())
    }

    /// Where a file is.
    ///
    /// # Errors
    /// Those of the store.
    pub fn file_standing(&self, sha256: &Digest) -> Result<FileStanding> {
        let standing = self
            .0
            .prepare_cached(
                "SELECT coalesce((SELECT have FROM sent_part WHERE sha256 = ?1), 0),
                        EXISTS (SELECT 1 FROM confirmed_file WHERE sha256 = ?1),
                        EXISTS (SELECT 1 FROM file WHERE sha256 = ?1 AND freed = 0)",
            )?
            .query_row([sha256.as_str()], |row| {
                let have = unsigned(row.get(0)?);
                Ok(FileStanding { have, confirmed: row.get(1)?, here: row.get(2)? })
            })?;
        Ok(standing)
    }

    /// The files whose bytes may leave this device: headquarters confirmed them, a record that it has names them, and no
    /// draft does. Each with its size.
    ///
    /// # Errors
    /// Those of the store.
    pub fn files_to_free(&self) -> Result<Vec<(i64, Digest, u64)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT f.key, f.sha256, f.bytes FROM file f
             WHERE f.freed = 0 AND f.sha256 IN (SELECT sha256 FROM confirmed_file)
                 AND EXISTS (SELECT 1 FROM named_file n JOIN record r ON r.id = n.record
                             WHERE n.sha256 = f.sha256 AND r.state = 'held')
                 AND f.story NOT IN (SELECT story FROM draft UNION SELECT story FROM discarded_draft)
             ORDER BY f.key",
        )?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(key, sha256, bytes)| Ok((key, sha256.parse().map_err(unreadable)?, unsigned(bytes))))
            .collect()
    }

    /// The bytes of a file are needed here no more; [`Tx::free_some`] lets go of them. What is known of it stays.
    ///
    /// # Errors
    /// Those of the store.
    pub fn free_file(&self, key: i64) -> Result<()> {
        self.0.execute("UPDATE file SET freed = 1 WHERE key = ?1", [key])?;
        Ok(())
    }

    /// Lets go of a few chunks that are needed no more. Gives whether there were any.
    ///
    /// # Errors
    /// Those of the store.
    pub fn free_some(&self) -> Result<bool> {
        let freed = self.0.execute(
            "DELETE FROM file_chunk WHERE rowid IN
                 (SELECT c.rowid FROM file f JOIN file_chunk c ON c.file = f.key WHERE f.freed = 1 LIMIT ?1)",
            [FREED_AT_ONCE],
        )?;
        Ok(freed > 0)
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
}

/// A size as SQLite keeps it.
fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// A size as SQLite gives it.
pub(super) fn unsigned(size: i64) -> u64 {
    u64::try_from(size).unwrap_or(0)
}
