//! Files of which a device has sent a part, parcels that came over the network, and files that a supervisor asked for.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::{DeviceId, Digest};
use blon_core::protocol::Begun;
use rusqlite::{OptionalExtension, params};

/// How far an upload has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadRow {
    /// Bytes of the whole file.
    pub bytes: u64,
    /// How many of them are durable here.
    pub have: u64,
    /// Until when they are kept without another piece, in Unix seconds.
    pub expires: i64,
    /// Whether it is a parcel.
    pub parcel: bool,
}

impl Tx<'_> {
    /// How far a device's upload has come, if it was begun.
    ///
    /// # Errors
    /// Those of the database.
    pub fn upload(&self, device: DeviceId, sha256: &Digest) -> Result<Option<UploadRow>> {
        let row = self
            .0
            .prepare_cached(
                "SELECT bytes, have, expires, parcel FROM upload WHERE device = ?1 AND sha256 = ?2",
            )?
            .query_row(params![device.to_string(), sha256.as_str()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        Ok(row.map(|(bytes, have, expires, parcel)| UploadRow {
            bytes: u64::try_from(bytes).unwrap_or(0),
            have: u64::try_from(have).unwrap_or(0),
            expires,
            parcel,
        }))
    }

    /// Begins an upload, or keeps how far it has come.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_upload(&self, device: DeviceId, sha256: &Digest, row: UploadRow) -> Result<()> {
        self.0.execute(
            "INSERT OR REPLACE INTO upload VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                device.to_string(),
                sha256.as_str(),
                i64::try_from(row.bytes).unwrap_or(i64::MAX),
                i64::try_from(row.have).unwrap_or(i64::MAX),
                row.expires,
                row.parcel
            ],
        )?;
        Ok(())
    }

    /// Forgets an upload. Gives whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_upload(&self, device: DeviceId, sha256: &Digest) -> Result<bool> {
        let dropped = self.0.execute(
            "DELETE FROM upload WHERE device = ?1 AND sha256 = ?2",
            params![device.to_string(), sha256.as_str()],
        )?;
        Ok(dropped == 1)
    }

    /// Forgets the uploads of this device's parcels but those to which a piece came last. Gives which.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_oldest_parcels(&self, device: DeviceId, keep: u32) -> Result<Vec<Digest>> {
        let mut statement = self.0.prepare_cached(
            "DELETE FROM upload WHERE device = ?1 AND parcel = 1 AND sha256 NOT IN (
                 SELECT sha256 FROM upload WHERE device = ?1 AND parcel = 1 ORDER BY expires DESC, rowid DESC LIMIT ?2)
             RETURNING sha256",
        )?;
        let dropped = statement
            .query_map(params![device.to_string(), keep], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        dropped.iter().map(|sha256| sha256.parse().map_err(unreadable)).collect()
    }

    /// Forgets the uploads to which no piece came for too long.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_expired_uploads(&self, now: i64) -> Result<()> {
        self.0.execute("DELETE FROM upload WHERE expires <= ?1", [now])?;
        Ok(())
    }

    /// Every upload that has begun.
    ///
    /// # Errors
    /// Those of the database.
    pub fn uploads(&self) -> Result<Vec<(DeviceId, Digest)>> {
        let mut statement = self.0.prepare_cached("SELECT device, sha256 FROM upload")?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(device, sha256)| {
                Ok((device.parse().map_err(unreadable)?, sha256.parse().map_err(unreadable)?))
            })
            .collect()
    }

    /// The files of which this device has sent a part.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begun(&self, device: DeviceId) -> Result<Vec<Begun>> {
        let mut statement = self.0.prepare_cached(
            "SELECT sha256, have FROM upload WHERE device = ?1 AND parcel = 0 ORDER BY sha256",
        )?;
        let rows = statement
            .query_map([device.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(sha256, have)| {
                let sha256 = sha256.parse().map_err(unreadable)?;
                Ok(Begun { sha256, have: u64::try_from(have).unwrap_or(0) })
            })
            .collect()
    }

    /// How many bytes of a file have come that is not whole yet, and whether a supervisor asked for it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn coming(&self, sha256: &Digest) -> Result<(u64, bool)> {
        let found = self
            .0
            .prepare_cached(
                "SELECT coalesce((SELECT max(have) FROM upload WHERE sha256 = ?1), 0),
                        EXISTS (SELECT 1 FROM asked_file WHERE sha256 = ?1)",
            )?
            .query_row([sha256.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
        Ok((u64::try_from(found.0).unwrap_or(0), found.1))
    }

    /// Keeps the receipt for a parcel that this device carried.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_received_parcel(
        &self,
        device: DeviceId,
        sha256: &Digest,
        bytes: u64,
        receipt: &[u8],
    ) -> Result<()> {
        self.0.execute(
            "INSERT OR REPLACE INTO received_parcel VALUES (?1, ?2, ?3, ?4)",
            params![sha256.as_str(), device.to_string(), i64::try_from(bytes).unwrap_or(i64::MAX), receipt],
        )?;
        Ok(())
    }

    /// The size of a parcel that this device carried, and its receipt.
    ///
    /// # Errors
    /// Those of the database.
    pub fn received_parcel(&self, device: DeviceId, sha256: &Digest) -> Result<Option<(u64, Vec<u8>)>> {
        let found = self
            .0
            .prepare_cached("SELECT bytes, receipt FROM received_parcel WHERE sha256 = ?1 AND device = ?2")?
            .query_row(params![sha256.as_str(), device.to_string()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get(1)?))
            })
            .optional()?;
        Ok(found.map(|(bytes, receipt)| (u64::try_from(bytes).unwrap_or(0), receipt)))
    }

    /// A supervisor asks for this file before others.
    ///
    /// # Errors
    /// Those of the database.
    pub fn ask_for_file(&self, sha256: &Digest) -> Result<()> {
        self.0.execute("INSERT OR IGNORE INTO asked_file VALUES (?1)", [sha256.as_str()])?;
        Ok(())
    }
}
