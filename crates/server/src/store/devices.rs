//! What is known of devices: when they called, what they told of themselves, and whether they are to be erased. Who may come in
//! is in [`super::access`].

use super::{Tx, moment, unreadable};
use crate::devices::{DeviceLine, Erasing};
use crate::error::Result;
use blon_core::id::DeviceId;
use blon_core::protocol::{APP_BYTES, About};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

impl Tx<'_> {
    /// A device syncs now, by a clock that is this many seconds ahead.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_syncs(&self, id: DeviceId, now: i64, skew: Option<i64>) -> Result<()> {
        self.0.execute(
            "UPDATE device SET last_sync = ?2, skew = ?3 WHERE id = ?1",
            params![id.to_string(), now, skew],
        )?;
        Ok(())
    }

    /// Keeps what a device told of itself last.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_tells(&self, id: DeviceId, about: &About) -> Result<()> {
        // Whatever a device claims, a list of devices stays one that can be read.
        let app: String = about.app.chars().filter(|c| !c.is_control()).take(APP_BYTES).collect();
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.0.execute(
            "UPDATE device SET app = ?2, outbox_records = ?3, outbox_files = ?4, outbox_bytes = ?5, free_mb = ?6
             WHERE id = ?1",
            params![
                id.to_string(),
                app,
                count(about.records),
                count(about.files),
                count(about.bytes),
                about.free_mb.map(count)
            ],
        )?;
        Ok(())
    }

    /// Every device, by person and then in the order in which they came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn devices(&self) -> Result<Vec<DeviceLine>> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, person, campaign, enrolled_at, last_sync, skew, app, outbox_records, outbox_files, outbox_bytes,
                    free_mb, revoked, erase_asked, erase_told, erased
             FROM device ORDER BY person, enrolled_at, id",
        )?;
        let mut rows = statement.query([])?;
        let mut devices = Vec::new();
        while let Some(row) = rows.next()? {
            devices.push(line(row)?);
        }
        Ok(devices)
    }

    /// Shuts a device out; gives whether there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke_device(&self, id: DeviceId) -> Result<bool> {
        Ok(self.0.execute("UPDATE device SET revoked = 1 WHERE id = ?1", [id.to_string()])? == 1)
    }

    /// How far the erasing of a device has come, if somebody asked for it; `None` if there is no such device.
    ///
    /// # Errors
    /// Those of the database.
    pub fn erasing(&self, id: DeviceId) -> Result<Option<Option<Erasing>>> {
        let found = self
            .0
            .prepare_cached("SELECT erase_asked, erase_told, erased FROM device WHERE id = ?1")?
            .query_row([id.to_string()], |row| Ok(how_far(row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        Ok(found)
    }

    /// A device is to erase itself; shut out or not, it is heard once more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn ask_to_erase(&self, id: DeviceId, now: i64) -> Result<()> {
        let sql = "UPDATE device SET erase_asked = coalesce(erase_asked, ?2), revoked = CASE WHEN revoked THEN 2 ELSE 0 END
             WHERE id = ?1";
        self.0.execute(sql, params![id.to_string(), now])?;
        Ok(())
    }

    /// Whether a device that was shut out is heard once more, to erase itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_heard_once_more(&self, id: DeviceId) -> Result<bool> {
        let sql = "SELECT 1 FROM device WHERE id = ?1 AND revoked = 2";
        Ok(self.0.prepare_cached(sql)?.exists([id.to_string()])?)
    }

    /// A device was told to erase itself; the first time counts.
    ///
    /// # Errors
    /// Those of the database.
    pub fn told_to_erase(&self, id: DeviceId, now: i64) -> Result<()> {
        let sql = "UPDATE device SET erase_told = coalesce(erase_told, ?2) WHERE id = ?1";
        self.0.execute(sql, params![id.to_string(), now])?;
        Ok(())
    }

    /// Nothing is left on a device, and it is shut out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device_erased(&self, id: DeviceId, now: i64) -> Result<()> {
        let sql = "UPDATE device SET erased = ?2, revoked = 1 WHERE id = ?1";
        self.0.execute(sql, params![id.to_string(), now])?;
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

fn line(row: &Row<'_>) -> Result<DeviceLine> {
    let text = |column| row.get::<_, String>(column);
    let at = |column| -> rusqlite::Result<Option<DateTime<Utc>>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(moment))
    };
    let count = |column| -> rusqlite::Result<Option<u64>> {
        Ok(row.get::<_, Option<i64>>(column)?.and_then(|count| u64::try_from(count).ok()))
    };
    Ok(DeviceLine {
        id: text("id")?.parse().map_err(unreadable)?,
        person: text("person")?.parse().map_err(unreadable)?,
        campaign: text("campaign")?.parse().map_err(unreadable)?,
        enrolled: at("enrolled_at")?.unwrap_or_default(),
        last_sync: at("last_sync")?,
        clock_ahead: row.get("skew")?,
        app: row.get("app")?,
        outbox_records: count("outbox_records")?,
        outbox_files: count("outbox_files")?,
        outbox_bytes: count("outbox_bytes")?,
        free_mb: count("free_mb")?,
        revoked: row.get::<_, i64>("revoked")? == 1,
        erase: how_far(row.get("erase_asked")?, row.get("erase_told")?, row.get("erased")?),
        erase_asked: at("erase_asked")?,
        erase_told: at("erase_told")?,
        erased: at("erased")?,
    })
}
