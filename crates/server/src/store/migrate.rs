//! Brings headquarters' schema up to date: numbered files, one transaction each, checksums verified.

use crate::error::{Error, Result};
use blon_core::error::Code;
use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};

/// Every migration, in order; the first brings version 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../../migrations/server/sqlite/0001_headquarters.sql"),
    include_str!("../../../../migrations/server/sqlite/0002_uploads.sql"),
];

/// Runs the migrations that the database lacks.
///
/// # Errors
/// `store_newer` if a newer program wrote it; an internal error if a migration that ran is not the one
/// that this program knows.
pub fn up(connection: &mut Connection) -> Result<()> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        let message = format!("the database has version {found}, this program knows up to {known}");
        return Err(Error::told(Code::StoreNewer, message));
    }
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, sha256 TEXT NOT NULL) STRICT",
    )?;
    for (version, sql) in (1..=known).zip(MIGRATIONS) {
        let sha256 = blon_core::id::Digest::from_bytes(Sha256::digest(sql).into());
        if version <= found {
            verify(connection, version, sha256.as_str())?;
            continue;
        }
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been first.
        if tx.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? < version {
            tx.execute_batch(sql)?;
            tx.execute("INSERT INTO migration VALUES (?1, ?2)", params![version, sha256.as_str()])?;
            tx.pragma_update(None, "user_version", version)?;
            tx.commit()?;
        }
    }
    Ok(())
}

fn verify(connection: &Connection, version: u32, sha256: &str) -> Result<()> {
    let ran: String =
        connection
            .query_row("SELECT sha256 FROM migration WHERE version = ?1", [version], |row| row.get(0))?;
    if ran == sha256 {
        Ok(())
    } else {
        Err(Error::Internal(format!("migration {version} is not the one this database was made with")))
    }
}
