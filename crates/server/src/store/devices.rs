//! What is known of devices: when they called, what they told of themselves, and whether they are to be erased. Who may come in
//! is in [`super::access`].

use super::Tx;
use super::sql::{Row, given};
use crate::devices::{DeviceLine, Erasing};
use crate::error::Result;
use blon_core::id::DeviceId;
use blon_core::protocol::{APP_BYTES, About};

impl Tx<'_> {
    /// A device syncs now, by a clock that is this many seconds ahead.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_syncs(&self, id: DeviceId, now: i64, skew: Option<i64>) -> Result<()> {
        self.execute("UPDATE device SET last_sync = ?2, skew = ?3 WHERE id = ?1", given![id, now, skew])?;
        Ok(())
    }

    /// Keeps what a device told of itself last.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_tells(&self, id: DeviceId, about: &About) -> Result<()> {
        // Whatever a device claims, a list of devices stays one that can be read.
        let app: String = about.app.chars().filter(|c| !c.is_control()).take(APP_BYTES).collect();
        self.execute(
            "UPDATE device SET app = ?2, outbox_records = ?3, outbox_files = ?4, outbox_bytes = ?5,
                 free_mb = ?6
             WHERE id = ?1",
            given![id, app, about.records, about.files, about.bytes, about.free_mb],
        )?;
        Ok(())
    }

    /// Every device, by person and then in the order in which they came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn devices(&self) -> Result<Vec<DeviceLine>> {
        let sql = "SELECT id, person, campaign, enrolled_at, last_sync, skew, app, outbox_records,
                          outbox_files, outbox_bytes, free_mb, revoked, erase_asked, erase_told, erased
                   FROM device ORDER BY person, enrolled_at, id";
        self.all(sql, given![], line)
    }

    /// Shuts a device out; gives whether there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke_device(&self, id: DeviceId) -> Result<bool> {
        Ok(self.execute("UPDATE device SET revoked = 1 WHERE id = ?1", given![id])? == 1)
    }

    /// How far the erasing of a device has come, if somebody asked for it; `None` if there is no such device.
    ///
    /// # Errors
    /// Those of the database.
    pub fn erasing(&self, id: DeviceId) -> Result<Option<Option<Erasing>>> {
        let sql = "SELECT erase_asked, erase_told, erased FROM device WHERE id = ?1";
        self.one(sql, given![id], |row| Ok(how_far(row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// A device is to erase itself; shut out or not, it is heard once more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn ask_to_erase(&self, id: DeviceId, now: i64) -> Result<()> {
        let sql = "UPDATE device SET erase_asked = coalesce(erase_asked, ?2),
                       revoked = CASE WHEN revoked <> 0 THEN 2 ELSE 0 END
                   WHERE id = ?1";
        self.execute(sql, given![id, now])?;
        Ok(())
    }

    /// Whether a device that was shut out is heard once more, to erase itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_heard_once_more(&self, id: DeviceId) -> Result<bool> {
        self.exists("SELECT 1 FROM device WHERE id = ?1 AND revoked = 2", given![id])
    }

    /// A device was told to erase itself; the first time counts.
    ///
    /// # Errors
    /// Those of the database.
    pub fn told_to_erase(&self, id: DeviceId, now: i64) -> Result<()> {
        let sql = "UPDATE device SET erase_told = coalesce(erase_told, ?2) WHERE id = ?1";
        self.execute(sql, given![id, now])?;
        Ok(())
    }

    /// Nothing is left on a device, and it is shut out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_erased(&self, id: DeviceId, now: i64) -> Result<()> {
        let sql = "UPDATE device SET erased = ?2, revoked = 1 WHERE id = ?1";
        self.execute(sql, given![id, now])?;
        Ok(())
    }
}

fn how_far(asked: Option<i64>, told: Option<i64>, erased: Option<i64>) -> Option<Erasing> {
    match (asked, told, erased) {
        (_, _, Some(_)) => Some(Erasing::Done),
        (_, Some(_), None) => Some(Erasing::Told),
        (Some(_), None, None) => Some(Erasing::Asked),
        (None, None, None) => None,
    }
}

fn line(row: &Row) -> Result<DeviceLine> {
    Ok(DeviceLine {
        id: row.get(0)?,
        person: row.get(1)?,
        campaign: row.get(2)?,
        enrolled: row.get(3)?,
        last_sync: row.get(4)?,
        clock_ahead: row.get(5)?,
        app: row.get(6)?,
        outbox_records: row.get(7)?,
        outbox_files: row.get(8)?,
        outbox_bytes: row.get(9)?,
        free_mb: row.get(10)?,
        revoked: row.get::<i64>(11)? == 1,
        erase: how_far(row.get(12)?, row.get(13)?, row.get(14)?),
        erase_asked: row.get(12)?,
        erase_told: row.get(13)?,
        erased: row.get(14)?,
    })
}
