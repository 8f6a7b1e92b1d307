//! How each sync ended.

use super::Tx;
use crate::error::Result;
use crate::view::PastSync;

/// How many syncs are remembered.
const KEPT: i64 = 500;

impl Tx<'_> {
    /// Keeps how a sync ended; of those long past the oldest is forgotten.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_sync(&self, sync: &PastSync) -> Result<()> {
        self.0.execute("INSERT INTO sync_log (body) VALUES (?1)", [serde_json::to_string(sync)?])?;
        self.0.execute("DELETE FROM sync_log WHERE key <= last_insert_rowid() - ?1", [KEPT])?;
        Ok(())
    }

    /// The last syncs, the last one first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn syncs(&self, most: u32) -> Result<Vec<PastSync>> {
        let mut statement = self.0.prepare_cached("SELECT body FROM sync_log ORDER BY key DESC LIMIT ?1")?;
        let bodies = statement
            .query_map([most], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
    }
}
