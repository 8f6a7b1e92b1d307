//! One-time codes for devices. Each is kept as its hash.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::view::OpenCode;
use blon_core::id::{CampaignId, PersonName};
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// Keeps a one-time code.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_code(
        &self,
        hash: &str,
        person: &PersonName,
        campaign: &CampaignId,
        expires: i64,
    ) -> Result<()> {
        self.0.execute(
            "INSERT INTO enrolment_code (hash, person, campaign, expires) VALUES (?1, ?2, ?3, ?4)",
            params![hash, person.as_str(), campaign.as_str(), expires],
        )?;
        Ok(())
    }

    /// Uses up a one-time code, and sweeps those past their time; gives whose it was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn take_code(&self, hash: &str, now: i64) -> Result<Option<(PersonName, CampaignId)>> {
        self.0.execute("DELETE FROM enrolment_code WHERE expires <= ?1", [now])?;
        let row = self
            .0
            .query_row(
                "DELETE FROM enrolment_code WHERE hash = ?1 RETURNING person, campaign",
                [hash],
                |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
            )
            .optional()?;
        row.map(|(p, c)| Ok((p.parse().map_err(unreadable)?, c.parse().map_err(unreadable)?))).transpose()
    }

    /// The codes of a campaign that nobody has used yet, by person.
    ///
    /// # Errors
    /// Those of the database.
    pub fn codes(&self, campaign: &CampaignId, now: i64) -> Result<Vec<OpenCode>> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, person, expires FROM enrolment_code WHERE campaign = ?1 AND expires > ?2 ORDER BY person, id",
        )?;
        let rows = statement
            .query_map(params![campaign.as_str(), now], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(id, person, expires)| {
                Ok(OpenCode { id, person: person.parse().map_err(unreadable)?, expires: moment(expires) })
            })
            .collect()
    }

    /// Takes a code back; gives whose it was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke_code(&self, campaign: &CampaignId, id: i64) -> Result<Option<PersonName>> {
        let person: Option<String> = self
            .0
            .query_row(
                "DELETE FROM enrolment_code WHERE campaign = ?1 AND id = ?2 RETURNING person",
                params![campaign.as_str(), id],
                |row| row.get(0),
            )
            .optional()?;
        person.map(|person| person.parse().map_err(unreadable)).transpose()
    }
}
