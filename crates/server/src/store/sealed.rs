//! Who told the stories, sealed.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::identities::{IdentityLine, SealedCopy};
use blon_core::evidence::FileRef;
use blon_core::face::MEDIA_TYPE;
use blon_core::id::{CampaignId, Digest, RecordId, StoryId};
use blon_core::protocol::SealedIdentity;
use blon_core::sealed::SealedFile;
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// Keeps who told a story as it was sealed with a record; what is here for that record stays: a custodian may have sealed it anew.
    /// Gives whether it is new.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_sealed_identity(
        &self,
        campaign: &CampaignId,
        story: StoryId,
        told: &SealedIdentity,
        now: i64,
    ) -> Result<bool> {
        let SealedIdentity { record, sealed, face } = told;
        let face = face.as_ref().map(|face| face.sha256.as_str());
        let given =
            params![record.to_string(), campaign.as_str(), story.to_string(), sealed.bytes(), now, face];
        let sql = "INSERT OR IGNORE INTO sealed_identity VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        Ok(self.0.prepare_cached(sql)?.execute(given)? == 1)
    }

    /// Puts another sealed file in the place of the one for this record; gives whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn replace_sealed(
        &self,
        campaign: &CampaignId,
        record: RecordId,
        sealed: &SealedFile,
    ) -> Result<bool> {
        let sql = "UPDATE sealed_identity SET sealed = ?3 WHERE campaign = ?1 AND record = ?2";
        let given = params![campaign.as_str(), record.to_string(), sealed.bytes()];
        Ok(self.0.prepare_cached(sql)?.execute(given)? == 1)
    }

    /// Puts another sealed face in the place of the one for this record, whose bytes are to leave the disk; does nothing where
    /// there is none. The new one counts as brought by who brought the old one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn replace_face(
        &self,
        campaign: &CampaignId,
        record: RecordId,
        face: &Digest,
        bytes: u64,
    ) -> Result<()> {
        let found = self
            .0
            .prepare_cached(
                "SELECT i.story, i.face, s.collector FROM sealed_identity i JOIN story s ON s.id = i.story
                 WHERE i.campaign = ?1 AND i.record = ?2 AND i.face IS NOT NULL",
            )?
            .query_row([campaign.as_str(), &record.to_string()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            })
            .optional()?;
        let Some((story, old, collector)) = found else { return Ok(()) };
        self.0.execute(
            "UPDATE sealed_identity SET face = ?2 WHERE record = ?1",
            [&record.to_string(), face.as_str()],
        )?;
        self.0.execute("DELETE FROM named_file WHERE story = ?1 AND sha256 = ?2", [&story, &old])?;
        self.erase_file(&old.parse().map_err(unreadable)?)?;
        let collector = collector.parse().map_err(unreadable)?;
        let named =
            FileRef { sha256: face.clone(), bytes, media_type: MEDIA_TYPE.to_owned(), marks: Vec::new() };
        self.name_file(story.parse().map_err(unreadable)?, &named, &collector)?;
        self.add_file(face, bytes, &collector)
    }

    /// Whether this file is a sealed face.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_sealed_face(&self, sha256: &Digest) -> Result<bool> {
        let sql = "SELECT 1 FROM sealed_identity WHERE face = ?1";
        Ok(self.0.prepare_cached(sql)?.exists([sha256.as_str()])?)
    }

    /// The stories of a campaign whose storyteller is sealed here, the last one first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sealed_stories(&self, campaign: &CampaignId) -> Result<Vec<IdentityLine>> {
        let mut statement = self.0.prepare_cached(
            "SELECT s.id, s.collector, count(*), max(i.received) FROM sealed_identity i JOIN story s ON s.id = i.story
             WHERE i.campaign = ?1 GROUP BY s.id ORDER BY max(i.received) DESC, s.id",
        )?;
        let rows = statement
            .query_map([campaign.as_str()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(story, collector, copies, received)| {
                let story: StoryId = story.parse().map_err(unreadable)?;
                let collector = collector.parse().map_err(unreadable)?;
                let storyteller = story.storyteller();
                Ok(IdentityLine { story, storyteller, collector, copies, received: moment(received) })
            })
            .collect()
    }

    /// What is sealed of who told this story, the last one first, each with the digest of a sealed face.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sealed_of(
        &self,
        campaign: &CampaignId,
        story: StoryId,
    ) -> Result<Vec<(SealedCopy, Option<Digest>)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT record, sealed, received, face FROM sealed_identity WHERE campaign = ?1 AND story = ?2
             ORDER BY received DESC, rowid DESC",
        )?;
        let rows = statement
            .query_map([campaign.as_str(), &story.to_string()], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, Vec<u8>>(1)?,
                    row.get(2)?,
                    row.get::<_, Option<String>>(3)?,
                ))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(record, sealed, received, face)| {
                let copy = SealedCopy {
                    record: record.parse().map_err(unreadable)?,
                    sealed: SealedFile::try_from(sealed).map_err(unreadable)?,
                    received: moment(received),
                    face: None,
                    face_awaited: false,
                };
                Ok((copy, face.map(|face| face.parse()).transpose().map_err(unreadable)?))
            })
            .collect()
    }
}
