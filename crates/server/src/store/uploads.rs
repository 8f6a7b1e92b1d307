//! Files of which a device has sent a part, parcels that came over the network, and files that a supervisor asked for.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use blon_core::id::{DeviceId, Digest};
use blon_core::protocol::Begun;

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
        let sql = "SELECT bytes, have, expires, parcel FROM upload WHERE device = ?1 AND sha256 = ?2";
        self.one(sql, given![device, sha256], |row| {
            Ok(UploadRow { bytes: row.get(0)?, have: row.get(1)?, expires: row.get(2)?, parcel: row.get(3)? })
        })
    }

    /// Begins an upload, or keeps how far it has come.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_upload(&self, device: DeviceId, sha256: &Digest, row: UploadRow) -> Result<()> {
        self.execute(
            "INSERT INTO upload (device, sha256, bytes, have, expires, parcel) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (device, sha256) DO UPDATE SET bytes = excluded.bytes, have = excluded.have,
                 expires = excluded.expires, parcel = excluded.parcel",
            given![device, sha256, row.bytes, row.have, row.expires, row.parcel],
        )?;
        Ok(())
    }

    /// Forgets an upload. Gives whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_upload(&self, device: DeviceId, sha256: &Digest) -> Result<bool> {
        let dropped =
            self.execute("DELETE FROM upload WHERE device = ?1 AND sha256 = ?2", given![device, sha256])?;
        Ok(dropped == 1)
    }

    /// Forgets the uploads of this device's parcels but this one and those to which a piece came last: of all `keep`. Gives which.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_oldest_parcels(&self, device: DeviceId, begun: &Digest, keep: u32) -> Result<Vec<Digest>> {
        let sql = "DELETE FROM upload WHERE device = ?1 AND parcel = 1 AND sha256 NOT IN (
                       SELECT sha256 FROM upload WHERE device = ?1 AND parcel = 1
                       ORDER BY sha256 <> ?3, expires DESC, sha256 LIMIT ?2)
                   RETURNING sha256";
        self.all(sql, given![device, keep, begun], |row| row.get(0))
    }

    /// Forgets the uploads to which no piece came for too long.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_expired_uploads(&self, now: i64) -> Result<()> {
        self.execute("DELETE FROM upload WHERE expires <= ?1", given![now])?;
        Ok(())
    }

    /// Every upload that has begun.
    ///
    /// # Errors
    /// Those of the database.
    pub fn uploads(&self) -> Result<Vec<(DeviceId, Digest)>> {
        self.all("SELECT device, sha256 FROM upload", given![], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The files of which this device has sent a part.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begun(&self, device: DeviceId) -> Result<Vec<Begun>> {
        let sql = "SELECT sha256, have FROM upload WHERE device = ?1 AND parcel = 0 ORDER BY sha256";
        self.all(sql, given![device], |row| Ok(Begun { sha256: row.get(0)?, have: row.get(1)? }))
    }

    /// How many bytes of a file have come that is not whole yet, and whether a supervisor asked for it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn coming(&self, sha256: &Digest) -> Result<(u64, bool)> {
        let sql = "SELECT coalesce((SELECT max(have) FROM upload WHERE sha256 = ?1), 0),
                          EXISTS (SELECT 1 FROM asked_file WHERE sha256 = ?1)";
        let found = self.one(sql, given![sha256], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.unwrap_or_default())
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
        self.execute(
            "INSERT INTO received_parcel (sha256, device, bytes, receipt) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (sha256, device) DO UPDATE SET bytes = excluded.bytes, receipt = excluded.receipt",
            given![sha256, device, bytes, receipt],
        )?;
        Ok(())
    }

    /// The size of a parcel that this device carried, and its receipt.
    ///
    /// # Errors
    /// Those of the database.
    pub fn received_parcel(&self, device: DeviceId, sha256: &Digest) -> Result<Option<(u64, Vec<u8>)>> {
        let sql = "SELECT bytes, receipt FROM received_parcel WHERE sha256 = ?1 AND device = ?2";
        self.one(sql, given![sha256, device], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// A supervisor asks for this file before others.
    ///
    /// # Errors
    /// Those of the database.
    pub fn ask_for_file(&self, sha256: &Digest) -> Result<()> {
        let sql = "INSERT INTO asked_file (sha256) VALUES (?1) ON CONFLICT DO NOTHING";
        self.execute(sql, given![sha256])?;
        Ok(())
    }
}
