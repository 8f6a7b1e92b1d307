//! Who told the stories: in plain as long as it is needed here, and sealed for the custodians.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::{RecordId, StoryId};
use blon_core::protocol::SealedIdentity;
use blon_core::sealed::SealedFile;
use blon_core::story::Identity;
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// Who told this story; empty until asked, and once it is here no longer.
    ///
    /// # Errors
    /// Those of the store.
    pub fn identity(&self, story: StoryId) -> Result<Identity> {
        let identity = self
            .0
            .prepare_cached("SELECT name, phone, place FROM identity WHERE story = ?1")?
            .query_row([story.to_string()], |row| {
                Ok(Identity { name: row.get(0)?, phone: row.get(1)?, place: row.get(2)? })
            })
            .optional()?;
        Ok(identity.unwrap_or_default())
    }

    /// Keeps who told this story; another one than before is not sealed yet.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_identity(&self, story: StoryId, identity: &Identity) -> Result<()> {
        if *identity == self.identity(story)? {
            return Ok(());
        }
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO identity (story, name, phone, place) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![story.to_string(), identity.name, identity.phone, identity.place])?;
        Ok(())
    }

    /// Forgets who told this story, and what was masked in it but for a draft's.
    ///
    /// # Errors
    /// Those of the store.
    pub fn delete_identity(&self, story: StoryId) -> Result<()> {
        self.0.execute("DELETE FROM identity WHERE story = ?1", [story.to_string()])?;
        self.0.execute("DELETE FROM masked WHERE story = ?1 AND draft = 0", [story.to_string()])?;
        Ok(())
    }

    /// Whether who told this story, as it stands here, was sealed with a record that headquarters has or may take.
    ///
    /// # Errors
    /// Those of the store.
    pub fn identity_is_sealed(&self, story: StoryId) -> Result<bool> {
        let sql = "SELECT 1 FROM identity i JOIN record r ON r.id = i.sealed
                   WHERE i.story = ?1 AND r.state IN ('waiting', 'held')";
        Ok(self.0.prepare_cached(sql)?.exists([story.to_string()])?)
    }

    /// Keeps who told this story as it was sealed with a record.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_sealed_identity(&self, story: StoryId, record: RecordId, sealed: &SealedFile) -> Result<()> {
        self.0.execute(
            "INSERT OR REPLACE INTO sealed_identity VALUES (?1, ?2, ?3, 0)",
            params![record.to_string(), story.to_string(), String::from(sealed.clone())],
        )?;
        let sql = "UPDATE identity SET sealed = ?2 WHERE story = ?1";
        self.0.execute(sql, [story.to_string(), record.to_string()])?;
        Ok(())
    }

    /// The stories whose storyteller is known here, or words that were masked, and not sealed, each with the last record that signed it off and that
    /// headquarters has or may take.
    ///
    /// # Errors
    /// Those of the store.
    pub fn identities_to_seal(&self) -> Result<Vec<(StoryId, RecordId)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT i.story, r.id, max(r.seq) FROM identity i JOIN record r ON r.story = i.story
             WHERE coalesce(i.sealed, '') NOT IN (SELECT id FROM record WHERE state IN ('waiting', 'held'))
                 AND (i.name || i.phone || i.place <> ''
                     OR i.story IN (SELECT story FROM masked WHERE draft = 0)) AND r.state IN ('waiting', 'held')
                 AND json_extract(r.body, '$.act.kind') = 'finalise'
                 AND i.story NOT IN (SELECT story FROM draft)
             GROUP BY i.story",
        )?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(story, record)| {
                Ok((story.parse().map_err(unreadable)?, record.parse().map_err(unreadable)?))
            })
            .collect()
    }

    /// The sealed identities that headquarters does not have and whose record is one of these, or is there already; in the
    /// order of the records, at most `most`.
    ///
    /// # Errors
    /// Those of the store.
    pub fn sealed_to_tell(&self, with: &[RecordId], most: usize) -> Result<Vec<SealedIdentity>> {
        let mut statement = self.0.prepare_cached(
            "SELECT s.record, s.sealed FROM sealed_identity s JOIN record r ON r.id = s.record
             WHERE s.told = 0 AND (r.state = 'held' OR r.id IN (SELECT value FROM json_each(?1)))
             ORDER BY r.seq LIMIT ?2",
        )?;
        let with = serde_json::to_string(with)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![with, most], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(record, sealed)| {
                let sealed = SealedFile::try_from(sealed).map_err(unreadable)?;
                Ok(SealedIdentity { record: record.parse().map_err(unreadable)?, sealed })
            })
            .collect()
    }

    /// Whether a sealed identity waits to be told whose record headquarters has.
    ///
    /// # Errors
    /// Those of the store.
    pub fn sealed_waits(&self) -> Result<bool> {
        Ok(!self.sealed_to_tell(&[], 1)?.is_empty())
    }

    /// Headquarters has the identity that was sealed with this record.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn set_sealed_told(&self, record: RecordId) -> Result<()> {
        let sql = "UPDATE sealed_identity SET told = 1 WHERE record = ?1";
        self.0.prepare_cached(sql)?.execute([record.to_string()])?;
        Ok(())
    }

    /// Headquarters lost what it had: all of them are to be told again.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn tell_sealed_again(&self) -> Result<()> {
        self.0.execute("UPDATE sealed_identity SET told = 0", [])?;
        Ok(())
    }

    /// Whether headquarters has who told this story.
    ///
    /// # Errors
    /// Those of the store.
    pub fn is_sealed(&self, story: StoryId) -> Result<bool> {
        let sql = "SELECT 1 FROM sealed_identity WHERE story = ?1 AND told = 1";
        Ok(self.0.prepare_cached(sql)?.exists([story.to_string()])?)
    }

    /// The stories whose storyteller still stands here in plain though headquarters has it sealed, and that nobody is
    /// writing on.
    ///
    /// # Errors
    /// Those of the store.
    pub fn identities_to_forget(&self) -> Result<Vec<StoryId>> {
        let mut statement = self.0.prepare_cached(
            "SELECT i.story FROM identity i JOIN sealed_identity s ON s.record = i.sealed
             WHERE s.told = 1 AND i.story NOT IN (SELECT story FROM draft)",
        )?;
        let found =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        found.iter().map(|story| story.parse().map_err(unreadable)).collect()
    }
}
