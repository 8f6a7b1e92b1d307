//! Which files the stories name, and which of them headquarters has.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use blon_core::evidence::FileRef;
use blon_core::id::{CampaignId, Digest, PersonName, StoryId};

/// A file that a story names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Which story.
    pub story: StoryId,
    /// Its size, as the story says.
    pub bytes: u64,
    /// Its media type, as the story says.
    pub media_type: String,
    /// Who collected the story.
    pub collector: PersonName,
    /// Who names it, and is to bring it: the collector, or a verifier.
    pub person: PersonName,
}

/// The files that count where person `?2` names them: those that they brought, or somebody of their team did.
const BROUGHT: &str = "SELECT f.sha256 FROM file f JOIN brought_file b ON b.sha256 = f.sha256
    JOIN person p ON p.name = b.person
    WHERE b.person = ?2 OR p.team = (SELECT team FROM person WHERE name = ?2)";

impl Tx<'_> {
    /// A record of this person names this file for a story.
    ///
    /// # Errors
    /// Those of the database.
    pub fn name_file(&self, story: StoryId, file: &FileRef, person: &PersonName) -> Result<()> {
        self.execute(
            "INSERT INTO named_file (story, sha256, bytes, media_type, person) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
            given![story, &file.sha256, file.bytes, &file.media_type, person],
        )?;
        Ok(())
    }

    /// How the stories of a campaign name this file: one entry for each story and person.
    ///
    /// # Errors
    /// Those of the database.
    pub fn named(&self, campaign: &CampaignId, sha256: &Digest) -> Result<Vec<NamedFile>> {
        let sql = "SELECT n.story, n.bytes, n.media_type, s.collector, n.person
                   FROM named_file n JOIN story s ON s.id = n.story
                   WHERE s.campaign = ?1 AND n.sha256 = ?2 ORDER BY s.id, n.person";
        self.all(sql, given![campaign, sha256], |row| {
            Ok(NamedFile {
                story: row.get(0)?,
                bytes: row.get(1)?,
                media_type: row.get(2)?,
                collector: row.get(3)?,
                person: row.get(4)?,
            })
        })
    }

    /// The files that this person names and headquarters lacks, in the order in which they should come:
    /// what was asked for, then the smallest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn lacking(&self, campaign: &CampaignId, person: &PersonName) -> Result<Vec<Digest>> {
        let sql = format!(
            "SELECT n.sha256 FROM named_file n JOIN story s ON s.id = n.story
             WHERE s.campaign = ?1 AND n.person = ?2 AND n.sha256 NOT IN ({BROUGHT})
             GROUP BY n.sha256
             ORDER BY n.sha256 NOT IN (SELECT sha256 FROM asked_file), min(n.bytes), n.sha256"
        );
        self.all(&sql, given![campaign, person], |row| row.get(0))
    }

    /// Headquarters has this file whole, and this person brought it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_file(&self, sha256: &Digest, bytes: u64, person: &PersonName) -> Result<()> {
        self.execute(
            "INSERT INTO file (sha256, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            given![sha256, bytes],
        )?;
        self.execute(
            "INSERT INTO brought_file (sha256, person) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            given![sha256, person],
        )?;
        self.make_stale_by_file(sha256)
    }

    /// Every file that headquarters has whole, with its size.
    ///
    /// # Errors
    /// Those of the database.
    pub fn files(&self) -> Result<Vec<(Digest, u64)>> {
        self.all("SELECT sha256, bytes FROM file", given![], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The files that stories name and headquarters does not have, with the size that they say and who names them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn named_and_not_here(&self) -> Result<Vec<(Digest, u64, PersonName)>> {
        let sql = "SELECT DISTINCT n.sha256, n.bytes, n.person FROM named_file n
                   WHERE n.sha256 NOT IN (SELECT sha256 FROM file)";
        self.all(sql, given![], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// Headquarters does not have this file any more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_file(&self, sha256: &Digest) -> Result<()> {
        self.execute("DELETE FROM file WHERE sha256 = ?1", given![sha256])?;
        self.make_stale_by_file(sha256)
    }

    /// Whether headquarters has this file whole.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_file(&self, sha256: &Digest) -> Result<bool> {
        self.exists("SELECT 1 FROM file WHERE sha256 = ?1", given![sha256])
    }

    /// Whether headquarters has it where this person names it. Who only knows its digest is asked to send it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_file_of(&self, sha256: &Digest, person: &PersonName) -> Result<bool> {
        let sql = format!("SELECT 1 FROM ({BROUGHT}) AS brought WHERE sha256 = ?1");
        self.exists(&sql, given![sha256, person])
    }
}
