//! Devices that were taken in. Their secrets are kept as hashes.

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

impl Tx<'_> {
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
                 WHERE d.token = ?1 AND d.revoked <> 1 AND NOT p.disabled",
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
}
