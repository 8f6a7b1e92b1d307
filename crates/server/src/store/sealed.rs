//! Who told the stories, sealed.

use super::sql::given;
use super::{Tx, unreadable};
use crate::error::Result;
use crate::identities::{IdentityLine, SealedCopy};
use blon_core::evidence::FileRef;
use blon_core::face::MEDIA_TYPE;
use blon_core::id::{CampaignId, Digest, PersonName, RecordId, StoryId};
use blon_core::protocol::SealedIdentity;
use blon_core::sealed::SealedFile;

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
        let face = face.as_ref().map(|face| &face.sha256);
        let added = self.execute(
            "INSERT INTO sealed_identity (record, campaign, story, sealed, received, face)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            given![record, campaign, story, sealed.bytes(), now, face],
        )?;
        Ok(added == 1)
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
        Ok(self.execute(sql, given![campaign, record, sealed.bytes()])? == 1)
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
        let found: Option<(StoryId, Digest, PersonName)> = self.one(
            "SELECT i.story, i.face, s.collector FROM sealed_identity i JOIN story s ON s.id = i.story
             WHERE i.campaign = ?1 AND i.record = ?2 AND i.face IS NOT NULL",
            given![campaign, record],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let Some((story, old, collector)) = found else { return Ok(()) };
        self.execute("UPDATE sealed_identity SET face = ?2 WHERE record = ?1", given![record, face])?;
        self.execute("DELETE FROM named_file WHERE story = ?1 AND sha256 = ?2", given![story, &old])?;
        self.erase_file(&old)?;
        let named =
            FileRef { sha256: face.clone(), bytes, media_type: MEDIA_TYPE.to_owned(), marks: Vec::new() };
        self.name_file(story, &named, &collector)?;
        self.add_file(face, bytes, &collector)
    }

    /// Whether this file is a sealed face.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_sealed_face(&self, sha256: &Digest) -> Result<bool> {
        self.exists("SELECT 1 FROM sealed_identity WHERE face = ?1", given![sha256])
    }

    /// The stories of a campaign whose storyteller is sealed here, the last one first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sealed_stories(&self, campaign: &CampaignId) -> Result<Vec<IdentityLine>> {
        let sql = "SELECT s.id, s.collector, count(*), max(i.received)
                   FROM sealed_identity i JOIN story s ON s.id = i.story
                   WHERE i.campaign = ?1 GROUP BY s.id ORDER BY max(i.received) DESC, s.id";
        self.all(sql, given![campaign], |row| {
            let story: StoryId = row.get(0)?;
            Ok(IdentityLine {
                story,
                storyteller: story.storyteller(),
                collector: row.get(1)?,
                copies: row.get(2)?,
                received: row.get(3)?,
            })
        })
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
        let sql = "SELECT i.record, i.sealed, i.received, i.face
                   FROM sealed_identity i JOIN record r ON r.id = i.record
                   WHERE i.campaign = ?1 AND i.story = ?2 ORDER BY i.received DESC, r.seq DESC";
        self.all(sql, given![campaign, story], |row| {
            let copy = SealedCopy {
                record: row.get(0)?,
                sealed: SealedFile::try_from(row.get::<Vec<u8>>(1)?).map_err(unreadable)?,
                received: row.get(2)?,
                face: None,
                face_awaited: false,
            };
            Ok((copy, row.get(3)?))
        })
    }
}
