//! Which files the stories name, and which of them headquarters has.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::evidence::FileRef;
use blon_core::id::{CampaignId, Digest, PersonName, StoryId};
use rusqlite::params;

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
        self.0.execute(
            "INSERT OR IGNORE INTO named_file VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                story.to_string(),
                file.sha256.as_str(),
                i64::try_from(file.bytes).unwrap_or(i64::MAX),
                file.media_type,
                person.as_str()
            ],
        )?;
        Ok(())
    }

    /// How the stories of a campaign name this file: one entry for each story and person.
    ///
    /// # Errors
    /// Those of the database.
    pub fn named(&self, campaign: &CampaignId, sha256: &Digest) -> Result<Vec<NamedFile>> {
        let mut statement = self.0.prepare_cached(
            "SELECT n.bytes, n.media_type, s.collector, n.person, n.story FROM named_file n JOIN story s ON s.id = n.story
             WHERE s.campaign = ?1 AND n.sha256 = ?2 ORDER BY s.id, n.person",
        )?;
        let rows = statement
            .query_map([campaign.as_str(), sha256.as_str()], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, String>(3)?,
                    row.get::<_, String>(4)?,
                ))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(bytes, media_type, collector, person, story)| {
                Ok(NamedFile {
                    story: story.parse().map_err(unreadable)?,
                    bytes: u64::try_from(bytes).unwrap_or(0),
                    media_type,
                    collector: collector.parse().map_err(unreadable)?,
                    person: person.parse().map_err(unreadable)?,
                })
            })
            .collect()
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
        let mut statement = self.0.prepare_cached(&sql)?;
        let rows = statement
            .query_map([campaign.as_str(), person.as_str()], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.iter().map(|sha256| sha256.parse().map_err(unreadable)).collect()
    }

    /// Headquarters has this file whole, and this person brought it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_file(&self, sha256: &Digest, bytes: u64, person: &PersonName) -> Result<()> {
        self.0.execute(
            "INSERT OR IGNORE INTO file VALUES (?1, ?2)",
            params![sha256.as_str(), i64::try_from(bytes).unwrap_or(i64::MAX)],
        )?;
        self.0.execute(
            "INSERT OR IGNORE INTO brought_file VALUES (?1, ?2)",
            params![sha256.as_str(), person.as_str()],
        )?;
        self.make_stale_by_file(sha256)
    }

    /// Every file that headquarters has whole, with its size.
    ///
    /// # Errors
    /// Those of the database.
    pub fn files(&self) -> Result<Vec<(Digest, u64)>> {
        let mut statement = self.0.prepare_cached("SELECT sha256, bytes FROM file")?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(sha256, bytes)| {
                Ok((sha256.parse().map_err(unreadable)?, u64::try_from(bytes).unwrap_or(0)))
            })
            .collect()
    }

    /// The files that stories name and headquarters does not have, with the size that they say and who names them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn named_and_not_here(&self) -> Result<Vec<(Digest, u64, PersonName)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT DISTINCT n.sha256, n.bytes, n.person FROM named_file n WHERE n.sha256 NOT IN (SELECT sha256 FROM file)",
        )?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(sha256, bytes, person)| {
                let bytes = u64::try_from(bytes).unwrap_or(0);
                Ok((sha256.parse().map_err(unreadable)?, bytes, person.parse().map_err(unreadable)?))
            })
            .collect()
    }

    /// Headquarters does not have this file any more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_file(&self, sha256: &Digest) -> Result<()> {
        self.0.execute("DELETE FROM file WHERE sha256 = ?1", [sha256.as_str()])?;
        self.make_stale_by_file(sha256)
    }

    /// Whether headquarters has this file whole.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_file(&self, sha256: &Digest) -> Result<bool> {
        Ok(self.0.prepare_cached("SELECT 1 FROM file WHERE sha256 = ?1")?.exists([sha256.as_str()])?)
    }

    /// Whether headquarters has it where this person names it. Who only knows its digest is asked to send it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_file_of(&self, sha256: &Digest, person: &PersonName) -> Result<bool> {
        let sql = format!("SELECT 1 FROM ({BROUGHT}) WHERE sha256 = ?1");
        Ok(self.0.prepare_cached(&sql)?.exists([sha256.as_str(), person.as_str()])?)
    }
}
