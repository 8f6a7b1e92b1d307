//! Parcels that are on their way, and those of others that this device carries.

use super::files::unsigned;
use super::{Tx, WaitingFile, unreadable};
use crate::error::Result;
use crate::view::Carried;
use blon_core::error::Problem;
use blon_core::id::{Digest, StoryId};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

/// The media type of a parcel among files.
const PARCEL: &str = "application/x-blon-parcel";

/// The story to which the parcels of others belong: none.
const NO_STORY: StoryId = StoryId(Uuid::nil());

impl Tx<'_> {
    /// Remembers the key to which the receipt for a parcel will be sealed.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_parcel(&self, key: &str) -> Result<()> {
        self.0.execute("INSERT INTO parcel (key) VALUES (?1)", [key])?;
        Ok(())
    }

    /// A parcel could not be written: nobody will seal anything to its key.
    ///
    /// # Errors
    /// Those of the store.
    pub fn forget_parcel(&self, key: &str) -> Result<()> {
        self.0.execute("DELETE FROM parcel WHERE key = ?1", [key])?;
        Ok(())
    }

    /// Forgets the keys of all parcels but the last `keep`.
    ///
    /// # Errors
    /// Those of the store.
    pub fn keep_parcels(&self, keep: u32) -> Result<()> {
        let sql = "DELETE FROM parcel WHERE seq NOT IN (SELECT seq FROM parcel ORDER BY seq DESC LIMIT ?1)";
        self.0.execute(sql, [keep])?;
        Ok(())
    }

    /// The keys of the parcels that are on their way, the newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn parcels(&self) -> Result<Vec<String>> {
        let mut statement = self.0.prepare_cached("SELECT key FROM parcel ORDER BY seq DESC")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Begins the bytes of a parcel that is to be carried; what an earlier one left unfinished is let go.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn begin_carried(&self) -> Result<i64> {
        self.drop_incoming_files(NO_STORY)?;
        self.begin_file(NO_STORY, PARCEL, None)
    }

    /// A parcel is here whole and is to be carried; one that is carried already is not kept twice.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_carried(&self, key: i64, sha256: &Digest) -> Result<()> {
        self.finish_file(key, sha256)?;
        let added = self.0.execute(
            "INSERT OR IGNORE INTO carried (sha256, file) VALUES (?1, ?2)",
            params![sha256.as_str(), key],
        )?;
        if added == 1 {
            return Ok(());
        }
        // What headquarters refused once it may take now.
        self.0.execute("UPDATE carried SET problem = NULL WHERE sha256 = ?1", [sha256.as_str()])?;
        self.free_file(key)
    }

    /// The parcels that this device carries.
    ///
    /// # Errors
    /// Those of the store.
    pub fn carried(&self) -> Result<Vec<Carried>> {
        let mut statement = self.0.prepare_cached(
            "SELECT c.sha256, f.bytes, coalesce(p.have, 0), c.receipt IS NOT NULL, c.problem
             FROM carried c JOIN file f ON f.key = c.file LEFT JOIN sent_part p ON p.sha256 = c.sha256
             ORDER BY c.file",
        )?;
        let rows = statement
            .query_map([], |row| {
                let problem: Option<String> = row.get(4)?;
                Ok((
                    row.get::<_, String>(0)?,
                    unsigned(row.get(1)?),
                    unsigned(row.get(2)?),
                    row.get(3)?,
                    problem,
                ))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(sha256, bytes, have, there, problem)| {
                let problem = problem.map(|p| serde_json::from_str::<Problem>(&p)).transpose()?;
                Ok(Carried { sha256: sha256.parse().map_err(unreadable)?, bytes, have, there, problem })
            })
            .collect()
    }

    /// The parcels that headquarters does not have yet.
    ///
    /// # Errors
    /// Those of the store.
    pub fn parcels_to_deliver(&self) -> Result<Vec<WaitingFile>> {
        let mut statement = self.0.prepare_cached(
            "SELECT c.file, c.sha256, f.bytes, coalesce(p.have, 0)
             FROM carried c JOIN file f ON f.key = c.file LEFT JOIN sent_part p ON p.sha256 = c.sha256
             WHERE c.receipt IS NULL AND c.problem IS NULL ORDER BY f.bytes, c.file",
        )?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?, unsigned(row.get(2)?), unsigned(row.get(3)?)))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(key, sha256, bytes, have)| {
                Ok(WaitingFile { key, sha256: sha256.parse().map_err(unreadable)?, bytes, have })
            })
            .collect()
    }

    /// Headquarters has the parcel; its bytes are needed no more.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn deliver(&self, parcel: &WaitingFile, receipt: &[u8]) -> Result<()> {
        let kept = self.0.execute(
            "UPDATE carried SET receipt = ?3 WHERE sha256 = ?1 AND file = ?2",
            params![parcel.sha256.as_str(), parcel.key, receipt],
        )?;
        if kept == 0 {
            // It was let go of meanwhile.
            return Ok(());
        }
        self.set_sent_part(&parcel.sha256, parcel.bytes)?;
        self.free_file(parcel.key)
    }

    /// Headquarters never will have the parcel.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn refuse_parcel(&self, parcel: &WaitingFile, reason: &Problem) -> Result<()> {
        self.0.execute(
            "UPDATE carried SET problem = ?2 WHERE sha256 = ?1",
            params![parcel.sha256.as_str(), serde_json::to_string(reason)?],
        )?;
        Ok(())
    }

    /// The receipt for a parcel that this device carried.
    ///
    /// # Errors
    /// Those of the store.
    pub fn carried_receipt(&self, sha256: &Digest) -> Result<Option<Vec<u8>>> {
        let found = self
            .0
            .query_row("SELECT receipt FROM carried WHERE sha256 = ?1", [sha256.as_str()], |row| row.get(0))
            .optional()?;
        Ok(found.flatten())
    }

    /// Carries a parcel no more, delivered or not; its bytes are let go of bit by bit.
    ///
    /// # Errors
    /// Those of the store.
    pub fn drop_carried(&self, sha256: &Digest) -> Result<()> {
        let file = self
            .0
            .query_row("DELETE FROM carried WHERE sha256 = ?1 RETURNING file", [sha256.as_str()], |row| {
                row.get::<_, i64>(0)
            })
            .optional()?;
        file.map_or(Ok(()), |key| self.free_file(key))
    }
}
