//! Brings the schema up to date: numbered files, one transaction each, checksums verified, one process at a time.

use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::Digest;
use postgres::Client;
use sha2::{Digest as _, Sha256};

/// Every migration, in order; the first brings version 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../../../migrations/server/postgres/0001_headquarters.sql"),
    include_str!("../../../../../migrations/server/postgres/0002_passing.sql"),
    include_str!("../../../../../migrations/server/postgres/0003_numbers.sql"),
    include_str!("../../../../../migrations/server/postgres/0004_counts.sql"),
    include_str!("../../../../../migrations/server/postgres/0005_in_order.sql"),
];

/// The lock of whoever migrates.
const MIGRATOR: i64 = 0x426c_6f6f;

/// Runs the migrations that the database lacks.
///
/// # Errors
/// `store_newer` if a newer program wrote it; an internal error if a migration that ran is not the one that this program knows.
pub fn up(client: &mut Client) -> Result<()> {
    // Held by the connection: whoever else starts now waits here, and finds it done.
    client.execute("SELECT pg_advisory_lock($1)", &[&MIGRATOR])?;
    let done = up_alone(client);
    client.execute("SELECT pg_advisory_unlock($1)", &[&MIGRATOR])?;
    done
}

fn up_alone(client: &mut Client) -> Result<()> {
    client.batch_execute(
        "CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, sha256 TEXT NOT NULL)",
    )?;
    let ran = client.query("SELECT version, sha256 FROM migration ORDER BY version", &[])?;
    let (known, found) = (MIGRATIONS.len(), ran.len());
    if found > known {
        let message = format!("the database has version {found}, this program knows up to {known}");
        return Err(Error::told(Code::StoreNewer, message));
    }
    for (index, sql) in MIGRATIONS.iter().enumerate() {
        let sha256 = Digest::from_bytes(Sha256::digest(sql).into());
        let version = i64::try_from(index + 1).unwrap_or(i64::MAX);
        if let Some(row) = ran.get(index) {
            if row.try_get::<_, &str>(1)? != sha256.as_str() {
                let message = format!("migration {version} is not the one this database was made with");
                return Err(Error::Internal(message));
            }
            continue;
        }
        let mut transaction = client.transaction()?;
        // A process that runs already may be writing.
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&super::WRITER])?;
        transaction.batch_execute(sql)?;
        transaction.execute("INSERT INTO migration VALUES ($1, $2)", &[&version, &sha256.as_str()])?;
        transaction.commit()?;
    }
    Ok(())
}
