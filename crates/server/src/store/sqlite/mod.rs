//! The embedded database: one writer, every commit durable, records numbered in commit order.
//!
//! One connection writes, for one after another; others read meanwhile, each one moment. Several tools may open the same file; SQLite's own
//! lock keeps them in turn.

mod migrate;
mod writing;

#[cfg(test)]
pub use migrate::before_the_last_migration;

use super::sql::{Dialect, Engine, Row, Value};
use super::{Database, Kind};
use crate::error::Result;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, TransactionBehavior, params_from_iter};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use writing::Writing;

/// How long to wait for another process that writes; and for one that reads what is to be forgotten.
const PATIENCE: Duration = Duration::from_secs(30);
const BRIEFLY: Duration = Duration::from_millis(500);

/// How many statements stay prepared: more than there are for records, so that none is read anew for each.
const STATEMENTS: usize = 512;

/// How many connections for reading stay open: more readers than that open their own.
const READERS: usize = 4;

/// What the writer keeps of the database in memory, in KiB below zero, as SQLite counts: the ends of all its indexes, in a country's
/// list too.
const WRITER_CACHE: i64 = -32_768;

/// The open file.
pub struct Sqlite {
    path: PathBuf,
    writing: Writing,
    /// Those that nobody reads with just now: whoever shows a page waits for no writer, and nobody writes later for the sake of a page.
    readers: Mutex<Vec<Connection>>,
}

impl Sqlite {
    /// Opens the database at `path`, making it if it is not there.
    ///
    /// # Errors
    /// `store_newer` if a newer headquarters wrote it; an internal error if it cannot be used.
    pub fn open(path: &Path) -> Result<Self> {
        let mut writer = connect(path, OpenFlags::default())?;
        writer.pragma_update(None, "cache_size", WRITER_CACHE)?;
        migrate::up(&mut writer)?;
        Ok(Sqlite { path: path.to_owned(), writing: Writing::with(writer), readers: Mutex::default() })
    }

    fn read(&self, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<()> {
        let flags = OpenFlags::default().difference(OpenFlags::SQLITE_OPEN_CREATE);
        let idle = self.idle().pop();
        let mut connection = idle.map_or_else(|| connect(&self.path, flags), Ok)?;
        transact(&mut connection, TransactionBehavior::Deferred, work)?;
        let mut idle = self.idle();
        if idle.len() < READERS {
            idle.push(connection);
        }
        Ok(())
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is gone, as with its disk, is made anew by whoever opens the database alone.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else every question about a table with an index of a part of it is prepared anew for each value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;",
    )?;
    Ok(connection)
}

fn transact(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: &mut dyn FnMut(&dyn Engine) -> Result<()>,
) -> Result<()> {
    let transaction = connection.transaction_with_behavior(behavior)?;
    work(&Open(&transaction))?;
    Ok(transaction.commit()?)
}

impl Database for Sqlite {
    fn run(&self, kind: Kind, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<()> {
        match kind {
            Kind::Read => self.read(work),
            Kind::Write => self.writing.write(work),
            Kind::Share => self.writing.share(work),
        }
    }

    fn forget_log(&self) -> Result<bool> {
        self.writing.alone(|connection| {
            // Nobody else can be served meanwhile.
            connection.busy_timeout(BRIEFLY)?;
            let busy =
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
            connection.busy_timeout(PATIENCE)?;
            Ok(busy? == 0)
        })
    }

    fn complaints(&self) -> Result<Vec<String>> {
        self.writing.alone(|connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check")?;
            let said = statement
                .query_map([], |row| row.get::<_, String>(0))?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(said.into_iter().filter(|line| line != "ok").collect())
        })
    }
}

/// A transaction.
struct Open<'c>(&'c Connection);

impl Engine for Open<'_> {
    fn execute(&self, sql: &str, given: &[Value]) -> Result<u64> {
        let changed = self.0.prepare_cached(sql)?.execute(params_from_iter(given))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn query(&self, sql: &str, given: &[Value], row: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let mut statement = self.0.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(given))?;
        while let Some(found) = rows.next()? {
            let values = (0..columns).map(|column| Ok(value(found.get_ref(column)?)));
            row(Row(values.collect::<rusqlite::Result<_>>()?))?;
        }
        Ok(())
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(found: ValueRef<'_>) -> Value {
    match found {
        ValueRef::Integer(number) => Value::Integer(number),
        // Read in one go where it is right, as it always is.
        ValueRef::Text(text) => Value::Text(match std::str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(text).into_owned(),
        }),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_owned()),
        // No column here holds a fraction.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}
