//! Small things that the device remembers, each under a name.

use super::Tx;
use crate::error::Result;
use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Tx<'_> {
    /// What is kept under this name. What cannot be read any more is as good as not there.
    ///
    /// # Errors
    /// Those of the store.
    pub fn setting<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let value: Option<String> = self
            .0
            .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        Ok(value.and_then(|value| serde_json::from_str(&value).ok()))
    }

    /// Forgets a setting.
    ///
    /// # Errors
    /// Those of the store.
    pub fn forget(&self, name: &str) -> Result<()> {
        self.0.prepare_cached("DELETE FROM setting WHERE name = ?1")?.execute([name])?;
        Ok(())
    }

    /// Keeps something under this name.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn set<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR REPLACE INTO setting VALUES (?1, ?2)")?
            .execute(params![name, serde_json::to_string(value)?])?;
        Ok(())
    }

    /// Bytes of files that were sent on lines that cost, on this day.
    ///
    /// # Errors
    /// Those of the store.
    pub fn data_used(&self, day: NaiveDate) -> Result<u64> {
        let bytes: Option<i64> = self
            .0
            .prepare_cached("SELECT bytes FROM data_used WHERE day = ?1")?
            .query_row([day.to_string()], |row| row.get(0))
            .optional()?;
        Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0))
    }

    /// Counts bytes of files that were sent on a line that costs.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn use_data(&self, day: NaiveDate, bytes: u64) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO data_used VALUES (?1, ?2) ON CONFLICT DO UPDATE SET bytes = bytes + ?2",
            )?
            .execute(params![day.to_string(), i64::try_from(bytes).unwrap_or(i64::MAX)])?;
        Ok(())
    }
}
