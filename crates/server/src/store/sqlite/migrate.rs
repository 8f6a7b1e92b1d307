//! Brings headquarters' schema up to date: numbered files, one transaction each, checksums verified.

use crate::error::{Error, Result};
use blon_core::error::Code;
use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};

/// Every migration, in order; the first brings version 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../../../migrations/server/sqlite/0001_headquarters.sql"),
    include_str!("../../../../../migrations/server/sqlite/0002_uploads.sql"),
    include_str!("../../../../../migrations/server/sqlite/0003_review.sql"),
    include_str!("../../../../../migrations/server/sqlite/0004_brought.sql"),
    include_str!("../../../../../migrations/server/sqlite/0005_verification.sql"),
    include_str!("../../../../../migrations/server/sqlite/0006_people.sql"),
    include_str!("../../../../../migrations/server/sqlite/0007_running_it_in_the_browser.sql"),
    include_str!("../../../../../migrations/server/sqlite/0008_devices.sql"),
    include_str!("../../../../../migrations/server/sqlite/0009_withdrawals.sql"),
    include_str!("../../../../../migrations/server/sqlite/0010_sealed.sql"),
    include_str!("../../../../../migrations/server/sqlite/0011_face.sql"),
    include_str!("../../../../../migrations/server/sqlite/0012_kinds.sql"),
    include_str!("../../../../../migrations/server/sqlite/0013_passing.sql"),
    include_str!("../../../../../migrations/server/sqlite/0014_numbers.sql"),
    include_str!("../../../../../migrations/server/sqlite/0015_counts.sql"),
    include_str!("../../../../../migrations/server/sqlite/0016_days_in_order.sql"),
];

/// Runs the migrations that the database lacks.
///
/// # Errors
/// `store_newer` if a newer program wrote it; an internal error if a migration that ran is not the one
/// that this program knows.
pub fn up(connection: &mut Connection) -> Result<()> {
    up_to(connection, MIGRATIONS)
}

fn up_to(connection: &mut Connection, migrations: &[&str]) -> Result<()> {
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        let message = format!("the database has version {found}, this program knows up to {known}");
        return Err(Error::told(Code::StoreNewer, message));
    }
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, sha256 TEXT NOT NULL) STRICT",
    )?;
    for (version, sql) in (1..=known).zip(migrations) {
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

/// Makes a database as the version before this one left it, of the headquarters with this identity.
#[cfg(test)]
pub fn before_the_last_migration(path: &std::path::Path, identity: &str) {
    let mut connection = Connection::open(path).unwrap();
    up_to(&mut connection, MIGRATIONS.split_last().unwrap().1).unwrap();
    connection.execute("INSERT INTO setting (name, value) VALUES ('identity', ?1)", [identity]).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(connection: &Connection) -> Vec<(String, String)> {
        let mut statement = connection
            .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    }

    #[test]
    fn an_upgraded_database_equals_a_fresh_one_and_keeps_what_it_held() {
        let mut fresh = Connection::open_in_memory().unwrap();
        up(&mut fresh).unwrap();
        for version in 1..MIGRATIONS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            up_to(&mut old, &MIGRATIONS[..version]).unwrap();
            // Version 14 keeps the last number apart.
            old.execute_batch(if version < 14 {
                "INSERT INTO campaign (id, body, last_seq) VALUES ('k', '{}', 1);"
            } else {
                "INSERT INTO campaign (id, body) VALUES ('k', '{}'); INSERT INTO numbered (campaign, last) VALUES ('k', 1);"
            })
            .unwrap();
            old.execute_batch(
                "INSERT INTO person (name, role, team, password) VALUES ('Awa', 'collector', 't', NULL);
                 INSERT INTO device (id, person, campaign, token, enrolled_at) VALUES ('d', 'Awa', 'k', 'h', 1);
                 INSERT INTO enrolment_code (hash, person, campaign, expires) VALUES ('c', 'Awa', 'k', 9);
                 INSERT INTO story VALUES ('s', 'k', 'Awa');
                 INSERT INTO record (campaign, seq, id, story, device, body) VALUES ('k', 1, 'r', 's', 'd', '{}');",
            )
            .unwrap();
            up(&mut old).unwrap();
            assert_eq!(schema(&old), schema(&fresh), "from version {version}");
            let kept: (String, Option<i64>) = old
                .query_row("SELECT body, skew FROM record", [], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap();
            assert_eq!(kept, ("{}".to_owned(), None));
            let stale: u32 = old.query_row("SELECT count(*) FROM stale", [], |row| row.get(0)).unwrap();
            // Version 15 makes the list anew.
            assert_eq!(stale, u32::from(version < 15), "its line is made when it is asked for");
            let code: String =
                old.query_row("SELECT hash FROM enrolment_code", [], |row| row.get(0)).unwrap();
            assert_eq!(code, "c", "whoever holds a code can still use it");
        }
    }
}
