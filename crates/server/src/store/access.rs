//! Devices that were taken in. Their secrets are kept as hashes.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use blon_core::id::{CampaignId, DeviceId, PersonName};

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
        self.execute(
            "INSERT INTO device (id, person, campaign, token, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            given![device.id, &device.person, &device.campaign, token, now],
        )?;
        Ok(())
    }

    /// Takes a device in under a name that it had before; one that is known is left as it is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_device_unless_known(&self, device: &DeviceRow, token: &str, now: i64) -> Result<()> {
        if !self.exists("SELECT 1 FROM device WHERE id = ?1", given![device.id])? {
            self.add_device(device, token, now)?;
        }
        Ok(())
    }

    /// The device whose secret has this hash, unless it is shut out or its person is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_by_token(&self, hash: &str) -> Result<Option<DeviceRow>> {
        let sql = "SELECT d.id, d.person, d.campaign FROM device d JOIN person p ON p.name = d.person
                   WHERE d.token = ?1 AND d.revoked <> 1 AND p.disabled = 0";
        self.one(sql, given![hash], |row| {
            Ok(DeviceRow { id: row.get(0)?, person: row.get(1)?, campaign: row.get(2)? })
        })
    }

    /// Whether this device is or was that person's.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_belongs(&self, device: DeviceId, person: &PersonName) -> Result<bool> {
        self.exists("SELECT 1 FROM device WHERE id = ?1 AND person = ?2", given![device, person])
    }
}
