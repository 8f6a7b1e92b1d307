//! One-time codes for devices. Each is kept as its hash.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use crate::view::OpenCode;
use blon_core::id::{CampaignId, PersonName};

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
        self.execute(
            "INSERT INTO enrolment_code (hash, person, campaign, expires) VALUES (?1, ?2, ?3, ?4)",
            given![hash, person, campaign, expires],
        )?;
        Ok(())
    }

    /// Uses up a one-time code, and sweeps those past their time; gives whose it was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn take_code(&self, hash: &str, now: i64) -> Result<Option<(PersonName, CampaignId)>> {
        self.execute("DELETE FROM enrolment_code WHERE expires <= ?1", given![now])?;
        let sql = "DELETE FROM enrolment_code WHERE hash = ?1 RETURNING person, campaign";
        self.one(sql, given![hash], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The codes of a campaign that nobody has used yet, by person.
    ///
    /// # Errors
    /// Those of the database.
    pub fn codes(&self, campaign: &CampaignId, now: i64) -> Result<Vec<OpenCode>> {
        let sql = "SELECT id, person, expires FROM enrolment_code WHERE campaign = ?1 AND expires > ?2
                   ORDER BY person, id";
        self.all(sql, given![campaign, now], |row| {
            Ok(OpenCode { id: row.get(0)?, person: row.get(1)?, expires: row.get(2)? })
        })
    }

    /// Takes a code back; gives whose it was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke_code(&self, campaign: &CampaignId, id: i64) -> Result<Option<PersonName>> {
        let sql = "DELETE FROM enrolment_code WHERE campaign = ?1 AND id = ?2 RETURNING person";
        self.one(sql, given![campaign, id], |row| row.get(0))
    }
}
