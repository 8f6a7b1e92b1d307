//! Headquarters' embedded database: one writer, every commit durable, records numbered in commit order.
//!
//! SQL stands in this folder and in `migrations/` alone. One connection behind one lock: records get their
//! number inside the transaction that adds them, so a reader's cursor can never pass a record that commits
//! later. Several tools may open the same file; SQLite's own lock keeps them in turn.

mod access;
mod audit;
mod campaigns;
mod codes;
mod coverage;
mod devices;
mod exports;
mod files;
mod lines;
mod migrate;
mod people;
mod questionnaires;
mod records;
mod sessions;
mod tasks;
mod tokens;
mod uploads;
mod withdrawals;

pub use access::DeviceRow;
pub use exports::Wanted;
pub use files::NamedFile;
pub use lines::{LineRow, Lines};
pub use people::Person;
pub use questionnaires::NewQuestionnaire;
pub use records::{Arrival, Arrived};
pub use sessions::SessionRow;
pub use tokens::TokenRow;
pub use uploads::UploadRow;

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The open database.
pub struct Store {
    connection: Mutex<Connection>,
}

/// One transaction; the methods stand in the files of this folder, by subject.
pub struct Tx<'c>(Transaction<'c>);

impl Store {
    /// Opens the database at `path`, making it if it is not there.
    ///
    /// # Errors
    /// `store_newer` if a newer headquarters wrote it; an internal error if it cannot be used.
    pub fn open(path: &Path) -> Result<Self> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(30))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;",
        )?;
        migrate::up(&mut connection)?;
        Ok(Store { connection: Mutex::new(connection) })
    }

    /// Runs `work` in one durable transaction: all of it is kept, or none.
    ///
    /// # Errors
    /// Those of `work` and of the database.
    pub fn write<T>(&self, work: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        self.run(TransactionBehavior::Immediate, work)
    }

    /// Runs `work` on one consistent state, without writing.
    ///
    /// # Errors
    /// Those of `work` and of the database.
    pub fn read<T>(&self, work: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        self.run(TransactionBehavior::Deferred, work)
    }

    /// Empties the database's log, which may still hold what was erased. While another process reads it stays, until it is
    /// next emptied.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_log(&self) -> Result<()> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn run<T>(&self, behavior: TransactionBehavior, work: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        // A thread that panicked rolled its transaction back when it was dropped.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = Tx(connection.transaction_with_behavior(behavior)?);
        let done = work(&tx)?;
        tx.0.commit()?;
        Ok(done)
    }
}

/// The moment of these Unix seconds.
fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// The word that a value is written as in JSON.
fn word_of(value: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

/// For a stored text that this program wrote itself and cannot read back.
fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("the store holds what it should not: {error}"))
}
