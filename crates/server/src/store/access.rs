//! Who may come in: one-time codes, devices, sessions. Every secret is kept as its hash.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::{CampaignId, DeviceId, PersonName};
use rusqlite::{OptionalExtension, params};

/// A device that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Which device.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonName,
    /// The campaign it takes part in.
    pub campaign: CampaignId,
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Who.
    pub person: PersonName,
    /// What every changing request must repeat.
    pub csrf: String,
}

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
            "INSERT INTO enrolment_code VALUES (?1, ?2, ?3, ?4)",
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

    /// Takes a device in.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_device(&self, device: &DeviceRow, token: &str, now: i64) -> Result<()> {
        self.0.execute(
            "INSERT INTO device (id, person, campaign, token, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![device.id.to_string(), device.person.as_str(), device.campaign.as_str(), token, now],
        )?;
        Ok(())
    }

    /// Takes a device in under a name that it had before; one that is known is left as it is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_device_unless_known(&self, device: &DeviceRow, token: &str, now: i64) -> Result<()> {
        if !self.0.prepare_cached("SELECT 1 FROM device WHERE id = ?1")?.exists([device.id.to_string()])? {
            self.add_device(device, token, now)?;
        }
        Ok(())
    }

    /// The device whose secret has this hash, unless it is shut out or its person is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_by_token(&self, hash: &str) -> Result<Option<DeviceRow>> {
        let row = self
            .0
            .prepare_cached(
                "SELECT d.id, d.person, d.campaign FROM device d JOIN person p ON p.name = d.person
                 WHERE d.token = ?1 AND NOT d.revoked AND NOT p.disabled",
            )?
            .query_row([hash], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            })
            .optional()?;
        row.map(|(id, person, campaign)| {
            Ok(DeviceRow {
                id: id.parse().map_err(unreadable)?,
                person: person.parse().map_err(unreadable)?,
                campaign: campaign.parse().map_err(unreadable)?,
            })
        })
        .transpose()
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_sessions_of(&self, person: &PersonName) -> Result<()> {
        self.0.execute("DELETE FROM session WHERE person = ?1", [person.as_str()])?;
        Ok(())
    }

    /// Whether this device is or was that person's.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_belongs(&self, device: DeviceId, person: &PersonName) -> Result<bool> {
        let found = self
            .0
            .prepare_cached("SELECT 1 FROM device WHERE id = ?1 AND person = ?2")?
            .exists(params![device.to_string(), person.as_str()])?;
        Ok(found)
    }

    /// Keeps a session, and sweeps those past their time.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_session(&self, hash: &str, session: &SessionRow, expires: i64, now: i64) -> Result<()> {
        self.0.execute("DELETE FROM session WHERE expires <= ?1", [now])?;
        self.0.execute(
            "INSERT INTO session VALUES (?1, ?2, ?3, ?4)",
            params![hash, session.person.as_str(), session.csrf, expires],
        )?;
        Ok(())
    }

    /// The session whose cookie has this hash.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session(&self, hash: &str, now: i64) -> Result<Option<SessionRow>> {
        let row = self
            .0
            .prepare_cached("SELECT person, csrf FROM session WHERE hash = ?1 AND expires > ?2")?
            .query_row(params![hash, now], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
            .optional()?;
        row.map(|(person, csrf)| Ok(SessionRow { person: person.parse().map_err(unreadable)?, csrf }))
            .transpose()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_session(&self, hash: &str) -> Result<()> {
        self.0.execute("DELETE FROM session WHERE hash = ?1", [hash])?;
        Ok(())
    }
}
