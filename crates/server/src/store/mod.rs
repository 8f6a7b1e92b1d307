//! Headquarters' database: embedded, or one that several processes share.
//!
//! SQL stands in this folder and in `migrations/` alone. Both databases run the same statements (`sql`) in the methods of [`Tx`],
//! which stand in the files of this folder by subject; what a database does in its own way stands in its folder, in `words` and in `copying`.
//! Whoever writes is alone, so records get their number in the order of their commits, and a reader's cursor can never pass a
//! record that commits later.

mod access;
mod audit;
mod campaigns;
mod checking;
mod codes;
mod copying;
mod counts;
mod coverage;
mod devices;
mod exports;
mod files;
mod lines;
mod passing;
mod people;
mod postgres;
mod questionnaires;
mod records;
mod sealed;
mod sessions;
mod sql;
mod sqlite;
mod tasks;
mod tokens;
mod uploads;
mod withdrawals;
mod words;

pub use self::postgres::{AUTHORITIES, place_of};
pub use access::DeviceRow;
pub use checking::Flaw;
pub use copying::Tally;
pub use exports::Wanted;
pub use files::NamedFile;
pub use lines::{LineRow, Lines};
pub use passing::Wrong;
pub use people::Person;
pub use questionnaires::NewQuestionnaire;
pub use records::{Arrival, Arrived, NEAR};
pub use sessions::SessionRow;
pub use tokens::TokenRow;
pub use uploads::UploadRow;

use self::postgres::Postgres;
use crate::error::{Error, Result};
use crate::measured::Measured;
use chrono::{DateTime, Utc};
use sql::Engine;
use sqlite::Sqlite;
#[cfg(test)]
pub use sqlite::before_the_last_migration;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The open database.
pub struct Store {
    database: Box<dyn Database>,
    measured: Arc<Measured>,
}

/// One transaction; the methods stand in the files of this folder, by subject.
pub struct Tx<'c>(&'c dyn Engine);

/// A database that runs transactions.
trait Database: Send + Sync {
    /// Runs `work` in one transaction: all of it is kept, or none. It may be run again where the database asks for that.
    fn run(&self, kind: Kind, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<()>;

    /// Lets go of what the database's log may still hold; gives whether nothing is left in it.
    fn forget_log(&self) -> Result<bool>;

    /// What the database says is wrong with its own file, if it can tell.
    fn complaints(&self) -> Result<Vec<String>>;

    /// A text that is another whenever anybody wrote something, in a database that others write to as well.
    fn version(&self) -> Result<Option<String>> {
        Ok(None)
    }

    /// Whether another process of headquarters is connected to it, where that can be told.
    fn is_used_by_others(&self) -> Result<bool> {
        Ok(false)
    }

    /// The connections of its pool, if it has one: all, and those that nobody uses.
    fn connections(&self) -> Vec<(&'static str, u32)> {
        Vec::new()
    }
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To write, durably, and nobody else meanwhile.
    Write,
    /// The same for what is little: those who wait for each other may share a commit.
    Share,
    /// To read one consistent state.
    Read,
}

impl Store {
    /// Opens the embedded database at `path`, making it if it is not there.
    ///
    /// # Errors
    /// `store_newer` if a newer headquarters wrote it; an internal error if it cannot be used.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Store { database: Box::new(Sqlite::open(path)?), measured: Arc::default() })
    }

    /// Opens the database at `postgres://…`, with at most so many connections, and makes its tables if they are not there. The
    /// environment may name in [`AUTHORITIES`] who vouches for it.
    ///
    /// # Errors
    /// `bad_input` for what is no such address; `store_newer` if a newer headquarters wrote it; `store_unavailable` where it cannot
    /// be reached.
    pub fn connect(address: &str, connections: u32, environment: &BTreeMap<String, String>) -> Result<Self> {
        let authorities = environment.get(AUTHORITIES).map(Path::new);
        let database = Box::new(Postgres::connect(address, connections, authorities)?);
        Ok(Store { database, measured: Arc::default() })
    }

    /// Runs `work` in one durable transaction: all of it is kept, or none. It may be run again, so it does
    /// nothing beside that may not be done twice.
    ///
    /// # Errors
    /// Those of `work` and of the database.
    pub fn write<T>(&self, work: impl Fn(&Tx) -> Result<T>) -> Result<T> {
        self.run(Kind::Write, work)
    }

    /// The same for work that changes little, and that many may bring at once: those who wait for each other may share a commit.
    ///
    /// # Errors
    /// Those of `work` and of the database.
    pub fn share<T>(&self, work: impl Fn(&Tx) -> Result<T>) -> Result<T> {
        self.run(Kind::Share, work)
    }

    /// Runs `work` on one consistent state, without writing.
    ///
    /// # Errors
    /// Those of `work` and of the database.
    pub fn read<T>(&self, work: impl Fn(&Tx) -> Result<T>) -> Result<T> {
        self.run(Kind::Read, work)
    }

    /// Empties the database's log, which may still hold what was erased. Gives whether it did: not while another process reads. What
    /// PostgreSQL's log holds goes with its own upkeep (docs/postgresql.md).
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_log(&self) -> Result<bool> {
        self.database.forget_log()
    }

    /// A text that is another whenever anybody wrote something; `None` where nobody else writes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn version(&self) -> Result<Option<String>> {
        self.database.version()
    }

    /// Whether another process of headquarters uses a database that is shared.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_used_by_others(&self) -> Result<bool> {
        self.database.is_used_by_others()
    }

    /// What was counted here.
    pub fn measured(&self) -> Arc<Measured> {
        Arc::clone(&self.measured)
    }

    /// The connections of the pool: all, and those that nobody uses. None where there is no pool.
    pub fn connections(&self) -> Vec<(&'static str, u32)> {
        self.database.connections()
    }

    /// What the database says is wrong with its own file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn complaints(&self) -> Result<Vec<String>> {
        self.database.complaints()
    }

    fn run<T>(&self, kind: Kind, work: impl Fn(&Tx) -> Result<T>) -> Result<T> {
        let (mut done, begun) = (None, Instant::now());
        let ended = self.database.run(kind, &mut |engine| {
            done = Some(work(&Tx(engine))?);
            Ok(())
        });
        self.measured.transaction(kind, begun.elapsed());
        ended?;
        done.ok_or_else(|| Error::Internal("a transaction did nothing".to_owned()))
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
