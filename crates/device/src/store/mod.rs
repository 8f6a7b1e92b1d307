//! The encrypted store: SQLCipher, one writer, every commit durable.
//!
//! SQL stands in this folder and in `migrations/` alone. One connection behind one lock: a phone has one
//! writer anyway, and WAL lets a second process (the command-line tool) read meanwhile. `synchronous=FULL`
//! because "saved" must hold after a kill or an empty battery; the lock is never held across the network.

mod discarded;
mod drafts;
mod enrolment;
mod files;
mod history;
mod identities;
mod lines;
mod masked;
mod migrate;
mod parcels;
mod recordings;
mod records;
mod reviewing;
mod settings;
mod starting;
mod tasks;
mod withdrawals;

pub use drafts::DraftRow;
pub use enrolment::EnrolmentRow;
pub use files::{CHUNK_BYTES, FileStanding, WaitingFile};
pub use lines::LineRow;
pub(crate) use lines::every_beginning;
pub use records::{RecordState, StoredRecord};
pub use withdrawals::WithdrawalRow;

use crate::error::{Error, Result};
use crate::key::StoreKey;
use chrono::{DateTime, FixedOffset};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The open store.
pub struct Store {
    /// `None` once the store was closed for good.
    connection: Mutex<Option<Connection>>,
    path: PathBuf,
}

/// One transaction of the store; the methods stand in the files of this folder, by subject.
pub struct Tx<'c>(Transaction<'c>);

impl Store {
    /// Opens the database at `path` with its key, making it if it is not there. `now` only names the file
    /// that a damaged database is moved to.
    ///
    /// # Errors
    /// `store_damaged`: it could not be read, and was moved aside; opening again makes a new one.
    /// `store_newer`, `disk_full`.
    pub fn open(path: &Path, key: &StoreKey, now: DateTime<FixedOffset>) -> Result<Self> {
        match open_checked(path, key) {
            Ok(connection) => Ok(Store { connection: Mutex::new(Some(connection)), path: path.to_owned() }),
            Err(Error::DamageMet(_)) => Err(Error::StoreDamaged { moved_to: move_aside(path, now)? }),
            Err(other) => Err(other),
        }
    }

    /// Runs `work` in one durable transaction: all of it is kept, or none.
    ///
    /// # Errors
    /// Those of `work`, and `disk_full` or `store_damaged` of the store itself.
    pub fn write<T>(&self, work: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        let mut open = self.connection();
        let connection = open.as_mut().ok_or(Error::Locked)?;
        let tx = Tx(connection.transaction_with_behavior(TransactionBehavior::Immediate)?);
        let done = work(&tx)?;
        tx.0.commit()?;
        Ok(done)
    }

    /// Runs `work` on one consistent state of the store, without writing.
    ///
    /// # Errors
    /// Those of `work`, and `store_damaged` of the store itself.
    pub fn read<T>(&self, work: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        let mut open = self.connection();
        let connection = open.as_mut().ok_or(Error::Locked)?;
        let tx = Tx(connection.transaction_with_behavior(TransactionBehavior::Deferred)?);
        work(&tx)
    }

    /// Gives room that is free inside the database back to the system.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn give_room_back(&self) -> Result<()> {
        let open = self.connection();
        let connection = open.as_ref().ok_or(Error::Locked)?;
        for pragma in ["PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"] {
            // Each step gives one page back.
            let mut statement = connection.prepare(pragma)?;
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
        }
        Ok(())
    }

    /// Reads every page of the database and checks its signatures and its structure. Gives what is wrong,
    /// in SQLite's words; nothing when it is sound.
    ///
    /// # Errors
    /// Those of a store that cannot be read at all.
    pub fn check(&self) -> Result<Vec<String>> {
        let open = self.connection();
        let connection = open.as_ref().ok_or(Error::Locked)?;
        let mut findings = pragma_lines(connection, "cipher_integrity_check", None)?;
        match pragma_lines(connection, "integrity_check", None) {
            // Where the damage is so that not even the check goes on, that is what it found.
            Err(met @ Error::DamageMet(_)) => findings.push(met.to_string()),
            lines => findings.extend(lines?.into_iter().filter(|line| line != "ok")),
        }
        Ok(findings)
    }

    /// The version of the schema.
    ///
    /// # Errors
    /// Those of a store that cannot be read.
    pub fn schema(&self) -> Result<u32> {
        migrate::version(self.connection().as_ref().ok_or(Error::Locked)?)
    }

    /// Closes it for good: whatever is asked of it from now on is `locked`.
    pub(crate) fn close(&self) {
        *self.connection() = None;
    }

    /// Whether it was.
    pub(crate) fn is_closed(&self) -> bool {
        self.connection().is_none()
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A thread that panicked cannot leave a half-done transaction behind: it rolled back when dropped.
    fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open_checked(path: &Path, key: &StoreKey) -> Result<Connection> {
    let made_now = std::fs::metadata(path).map_or(true, |found| found.len() == 0);
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // Else every question about a table with an index of a part of it is prepared anew for each value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // SQLCipher writes its own log to standard error, which belongs to the caller; its errors reach us anyway.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    let pragma = zeroize::Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", key.hex().as_str()));
    connection.execute_batch(&pragma)?;
    if made_now {
        // Room that is freed can go back to the system only where the store was made so, before anything was read of it.
        connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL")?;
    }
    // The first read: a wrong key or a damaged first page shows here.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;",
    )?;
    migrate::up(&mut connection)?;
    starting::look_through(&connection)?;
    Ok(connection)
}

fn pragma_lines(connection: &Connection, pragma: &str, argument: Option<&str>) -> Result<Vec<String>> {
    let argument = argument.map(|a| format!("({a})")).unwrap_or_default();
    let mut statement = connection.prepare(&format!("PRAGMA {pragma}{argument}"))?;
    let lines = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(lines)
}

/// Moves the database and its write-ahead log aside together, under a name that nothing has yet. The key
/// file stays, so whoever mends the database can still open it.
fn move_aside(path: &Path, now: DateTime<FixedOffset>) -> Result<PathBuf> {
    let stamp = now.format("%Y%m%dT%H%M%S");
    let with = |suffix: &str, part: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("{suffix}{part}"));
        PathBuf::from(name)
    };
    let suffix = (0_u32..)
        .map(|n| if n == 0 { format!(".damaged-{stamp}") } else { format!(".damaged-{stamp}-{n}") })
        .find(|suffix| !with(suffix, "").exists())
        .unwrap_or_default();
    for part in ["-wal", "-shm", ""] {
        let from = with("", part);
        if from.exists() {
            std::fs::rename(&from, with(&suffix, part)).map_err(|e| Error::file(&from, e))?;
        }
    }
    Ok(with(&suffix, ""))
}

/// For a stored text that this program wrote itself and cannot read back.
fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("the store holds what it should not: {error}"))
}
