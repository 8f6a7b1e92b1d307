//! Who told the stories: in plain as long as it is needed here, and sealed for the custodians.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::{Digest, RecordId, StoryId};
use blon_core::protocol::SealedIdentity;
use blon_core::sealed::SealedFile;
use blon_core::story::Identity;
use rusqlite::{OptionalExtension, params};

/// The sealed identities that are to be told, from the few that were not: else SQLite goes through all records, which lie in the order
/// that is asked for.
pub(super) const TO_TELL: &str =
    "SELECT s.record, s.sealed, s.face FROM sealed_identity s CROSS JOIN record r ON r.id = s.record
     WHERE s.told = 0 AND (r.state = 'held' OR r.id IN (SELECT value FROM json_each(?1)))
     ORDER BY r.seq LIMIT ?2";

impl Tx<'_> {
    /// Who told this story; empty until asked, and once it is here no longer.
    ///
    /// # Errors
    /// Those of the store.
    pub fn identity(&self, story: StoryId) -> Result<Identity> {
        let identity = self
            .0
            .prepare_cached("SELECT name, phone, place, face FROM identity WHERE story = ?1")?
            .query_row([story.to_string()], |row| {
                let identity =
                    Identity { name: row.get(0)?, phone: row.get(1)?, place: row.get(2)?, face: None };
                Ok((identity, row.get::<_, Option<String>>(3)?))
            })
            .optional()?;
        let Some((identity, face)) = identity else { return Ok(Identity::default()) };
        Ok(Identity { face: face.map(|face| serde_json::from_str(&face)).transpose()?, ..identity })
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
                "INSERT OR REPLACE INTO identity (story, name, phone, place, face) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                story.to_string(),
                identity.name,
                identity.phone,
                identity.place,
                identity.face.as_ref().map(serde_json::to_string).transpose()?
            ])?;
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

    /// Keeps who told this story as it was sealed with a record; their face is a file on this device already.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_sealed_identity(&self, story: StoryId, sealed: &SealedIdentity) -> Result<()> {
        let SealedIdentity { record, sealed, face } = sealed;
        self.0.execute(
            "INSERT OR REPLACE INTO sealed_identity VALUES (?1, ?2, ?3, 0, ?4)",
            params![
                record.to_string(),
                story.to_string(),
                String::from(sealed.clone()),
                face.as_ref().map(serde_json::to_string).transpose()?
            ],
        )?;
        if let Some(face) = face {
            self.0.execute(
                "INSERT OR IGNORE INTO named_file VALUES (?1, ?2)",
                [&record.to_string(), face.sha256.as_str()],
            )?;
        }
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
             WHERE NOT EXISTS (SELECT 1 FROM record s WHERE s.id = i.sealed AND s.state IN ('waiting', 'held'))
                 AND (i.name || i.phone || i.place <> '' OR i.face IS NOT NULL
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
        let mut statement = self.0.prepare_cached(TO_TELL)?;
        let with = serde_json::to_string(with)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![with, most], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(record, sealed, face)| {
                Ok(SealedIdentity {
                    record: record.parse().map_err(unreadable)?,
                    sealed: SealedFile::try_from(sealed).map_err(unreadable)?,
                    face: face.map(|face| serde_json::from_str(&face)).transpose()?,
                })
            })
            .collect()
    }

    /// The faces that are sealed for this story: they stay, for a headquarters that lost them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn sealed_faces(&self, story: StoryId) -> Result<Vec<Digest>> {
        let sql = "SELECT json_extract(face, '$.sha256') FROM sealed_identity WHERE story = ?1 AND face IS NOT NULL";
        let mut statement = self.0.prepare_cached(sql)?;
        let found = statement
            .query_map([story.to_string()], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        found.iter().map(|sha256| sha256.parse().map_err(unreadable)).collect()
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
