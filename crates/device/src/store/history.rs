//! How each sync ended.

use super::Tx;
use crate::error::Result;
use crate::view::LastSync;
use rusqlite::OptionalExtension;

impl Tx<'_> {
    /// Keeps how a sync ended.
    ///
    /// # Errors
    /// Those of the store.
    pub fn add_sync(&self, sync: &LastSync) -> Result<()> {
        self.0.execute("INSERT INTO sync_log (body) VALUES (?1)", [serde_json::to_string(sync)?])?;
        Ok(())
    }

    /// How the last sync ended.
    ///
    /// # Errors
    /// Those of the store.
    pub fn last_sync(&self) -> Result<Option<LastSync>> {
        let body: Option<String> = self
            .0
            .query_row("SELECT body FROM sync_log ORDER BY key DESC LIMIT 1", [], |row| row.get(0))
            .optional()?;
        body.map(|b| Ok(serde_json::from_str(&b)?)).transpose()
    }
}
