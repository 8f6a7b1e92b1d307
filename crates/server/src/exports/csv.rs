//! A table as CSV (RFC 4180): UTF-8 with a byte order mark, since Excel takes it for another encoding without.

use super::counted::Counted;
use super::headings::Headings;
use super::manifest::Entry;
use super::reading::Outgoing;
use super::tables::{Table, Tables};
use crate::error::{Error, Result};
use csv::{Terminator, WriterBuilder};
use std::io::Write;

/// What Excel knows UTF-8 by.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// One table on its way out.
pub struct CsvTable<'t, W: Write> {
    tables: &'t Tables,
    table: &'t Table,
    writer: csv::Writer<Counted<W>>,
    rows: u64,
}

impl<'t, W: Write> CsvTable<'t, W> {
    /// Begins with the headings.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(tables: &'t Tables, table: &'t Table, headings: Headings, out: W) -> Result<Self> {
        let mut out = Counted::new(out);
        out.write_all(MARK).map_err(|e| Error::file(table.file(), e))?;
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        let headings = headings.of(&table.columns).into_iter().map(|heading| super::cell::harmless(&heading));
        writer.write_record(headings.map(String::into_bytes)).map_err(|e| failed(table, e))?;
        Ok(CsvTable { tables, table, writer, rows: 0 })
    }

    /// Adds what this table has of a story.
    ///
    /// # Errors
    /// Those of what it is written to.
    pub fn add(&mut self, outgoing: &Outgoing) -> Result<()> {
        for row in self.tables.rows(self.table, outgoing) {
            let cells = row.iter().map(|cell| cell.in_csv().into_bytes());
            self.writer.write_record(cells).map_err(|e| failed(self.table, e))?;
            self.rows += 1;
        }
        Ok(())
    }

    /// Ends it; gives what it is as an entry, and where it was written to.
    ///
    /// # Errors
    /// Those of what it is written to.
    pub fn end(self) -> Result<(Entry, W)> {
        let name = self.table.file();
        let out = self.writer.into_inner().map_err(|e| Error::file(&name, e.into_error()))?;
        let (entry, out) = out.entry(name);
        Ok((Entry { rows: Some(self.rows), ..entry }, out))
    }
}

impl Table {
    /// The name of its file.
    pub fn file(&self) -> String {
        format!("{}.csv", self.name)
    }
}

fn failed(table: &Table, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Error::file(table.file(), error),
        other => Error::Internal(format!("{}: {other:?}", table.file())),
    }
}
