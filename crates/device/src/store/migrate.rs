//! Brings a store's schema up to date: numbered files, one transaction each, checksums verified.

use crate::error::{Error, Result};
use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest, Sha256};

/// Every migration, in order; the first brings version 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../../migrations/device/0001_store.sql"),
    include_str!("../../../../migrations/device/0002_answers.sql"),
    include_str!("../../../../migrations/device/0003_interview.sql"),
    include_str!("../../../../migrations/device/0004_sync.sql"),
    include_str!("../../../../migrations/device/0005_review.sql"),
    include_str!("../../../../migrations/device/0006_withdrawals.sql"),
    include_str!("../../../../migrations/device/0007_sealing.sql"),
    include_str!("../../../../migrations/device/0008_masked.sql"),
    include_str!("../../../../migrations/device/0009_face.sql"),
    include_str!("../../../../migrations/device/0010_refused.sql"),
    include_str!("../../../../migrations/device/0011_asked_at_each_sync.sql"),
];

/// The version of the database's schema.
pub fn version(connection: &Connection) -> Result<u32> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

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
    let found = version(connection)?;
    if found > known {
        return Err(Error::StoreNewer { found, known });
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

#[cfg(test)]
mod tests {
    use super::{MIGRATIONS, up, up_to};
    use crate::key::StoreKey;
    use crate::store::{Store, identities, records};
    use blon_core::error::Code;
    use chrono::Local;
    use rusqlite::Connection;

    #[test]
    fn a_store_of_a_newer_app_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blon.db");
        let key = StoreKey::fresh().unwrap();
        let now = Local::now().fixed_offset();
        let store = Store::open(&path, &key, now).unwrap();
        store.connection().as_ref().unwrap().pragma_update(None, "user_version", 99).unwrap();
        drop(store);
        let before = std::fs::read(&path).unwrap();
        let refused = Store::open(&path, &key, now).err().unwrap();
        assert_eq!((refused.code(), refused.to_string().contains("99")), (Code::StoreNewer, true));
        assert!(std::fs::read(&path).unwrap() == before, "not a byte was touched");
    }

    fn schema(connection: &Connection) -> Vec<(String, String)> {
        let mut statement = connection
            .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    }

    #[test]
    fn what_every_sync_asks_is_told_by_an_index_and_not_by_all_records() {
        let mut store = Connection::open_in_memory().unwrap();
        up(&mut store).unwrap();
        for (asked, index) in [
            (records::own_held(), "record_own_held"),
            (identities::TO_TELL.to_owned(), "sealed_identity_untold"),
        ] {
            let mut statement = store.prepare(&format!("EXPLAIN QUERY PLAN {asked}")).unwrap();
            let steps = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
            let steps = steps.collect::<rusqlite::Result<Vec<_>>>().unwrap();
            assert!(steps.iter().any(|step| step.contains(&format!("INDEX {index}"))), "{steps:?}");
            assert!(!steps.iter().any(|step| step == "SCAN r" || step == "SCAN record"), "{steps:?}");
        }
    }

    #[test]
    fn an_upgraded_store_equals_a_fresh_one_and_keeps_what_it_held() {
        let mut fresh = Connection::open_in_memory().unwrap();
        up(&mut fresh).unwrap();
        for version in 1..MIGRATIONS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            up_to(&mut old, &MIGRATIONS[..version]).unwrap();
            old.execute_batch(
                r#"INSERT INTO record (id, story, body, state)
                   VALUES ('r', 's', '{"act":{"story":{"evidence":[{"file":{"sha256":"abc"}}]}}}', 'waiting');
                   INSERT INTO file (key, story, media_type, bytes, sha256) VALUES (7, 's', 'audio/aac', 3, 'abc');
                   INSERT INTO file_chunk VALUES (7, 0, x'010203');"#,
            )
            .unwrap();
            up(&mut old).unwrap();
            assert_eq!(schema(&old), schema(&fresh), "from version {version}");
            // The files that records name are known from version 4 on; whoever adds a record says so then.
            let named: u32 = old
                .query_row(
                    "SELECT count(*) FROM named_file WHERE (record, sha256) = ('r', 'abc')",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(named, u32::from(version < 4), "from version {version}");
        }
    }
}
