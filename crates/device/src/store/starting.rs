//! What is read of the texts at every start, so that damage is met before somebody relies on what is gone.
//!
//! A collector's store is read whole. Of a longer one, such as a supervisor's with the stories of a team, so much is read as takes no
//! longer however long it is: the newest, which nobody else may have yet, and a stretch from anywhere, so that all of it comes up in
//! time. Damage in the rest shows where it is read, since every page is signed, and to [`Store::check`](super::Store::check).

use super::pragma_lines;
use crate::error::{Error, Result};
use rusqlite::Connection;

/// The tables of texts. Those that hold evidence are checked by `Store::check` alone: reading hundreds of megabytes at each unlock
/// would cost a phone minutes.
const TEXT_TABLES: [&str; 6] = ["enrolment", "draft", "discarded_draft", "identity", "record", "file"];

/// So many rows of each are read.
const ROWS: u32 = 500;

/// Reads them.
///
/// # Errors
/// `DamageMet`.
pub(super) fn look_through(connection: &Connection) -> Result<()> {
    for table in TEXT_TABLES {
        let some = format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {ROWS} + 1)");
        let rows: u32 = connection.query_row(&some, [], |row| row.get(0))?;
        if rows <= ROWS {
            let findings = pragma_lines(connection, "quick_check", Some(table))?;
            if findings != ["ok"] {
                return Err(Error::DamageMet(findings.join("; ")));
            }
        } else {
            let anywhere =
                format!("rowid >= (SELECT abs(random() % max(rowid)) FROM {table}) ORDER BY rowid");
            for which in ["true ORDER BY rowid DESC", &anywhere] {
                read(connection, &format!("SELECT * FROM {table} WHERE {which} LIMIT {ROWS} / 2"))?;
            }
        }
    }
    Ok(())
}

/// Reads rows to their last column.
fn read(connection: &Connection, rows: &str) -> Result<()> {
    let mut statement = connection.prepare(rows)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            row.get_ref(column)?;
        }
    }
    Ok(())
}
