//! A whole database, table by table, into another one: for a backup, and to move from one database to the other.
//!
//! What is made from records (the list of stories and its words, and what a person made) is not copied: it is made anew where it is asked for. Nor is who is
//! signed in, and of which file a part has come: people sign in again, and devices begin such a file anew. A row that is
//! there already stays, so a copy that was cut off is begun again at no loss; whether both hold the same is told by their
//! [`Tally`].

use super::sql::{Dialect, Row, Value, given};
use super::{Store, Tx};
use crate::error::Result;
use blon_core::id::Digest;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// A table that is copied.
struct Table {
    name: &'static str,
    /// What its rows are ordered by; nothing of it is ever absent.
    key: &'static [&'static str],
    /// The other columns.
    rest: &'static [&'static str],
    /// The column whose next value the database gives by itself.
    counts: bool,
}

const fn table(
    name: &'static str,
    key: &'static [&'static str],
    rest: &'static [&'static str],
    counts: bool,
) -> Table {
    Table { name, key, rest, counts }
}

/// Every table, each after those that it refers to.
const TABLES: &[Table] = &[
    table("setting", &["name"], &["value"], false),
    table("campaign", &["id"], &["body", "plan", "asks"], false),
    table("numbered", &["campaign"], &["last"], false),
    table(
        "person",
        &["name"],
        &["role", "team", "password", "disabled", "second_factor", "factor_step"],
        false,
    ),
    table("enrolment_code", &["id"], &["hash", "person", "campaign", "expires"], true),
    table(
        "device",
        &["id"],
        &[
            "person",
            "campaign",
            "token",
            "enrolled_at",
            "last_sync",
            "skew",
            "revoked",
            "app",
            "outbox_records",
            "outbox_files",
            "outbox_bytes",
            "free_mb",
            "erase_asked",
            "erase_told",
            "erased",
        ],
        false,
    ),
    table("api_token", &["id"], &["hash", "person", "name", "scopes", "made", "expires", "used"], true),
    table("invitation", &["person"], &["hash", "expires"], false),
    table(
        "questionnaire",
        &["campaign", "number"],
        &["form", "version", "asks", "body", "uploaded", "by", "published"],
        false,
    ),
    table("story", &["id"], &["campaign", "collector"], false),
    table(
        "record",
        &["campaign", "seq"],
        &["id", "story", "device", "body", "skew", "received", "kind"],
        false,
    ),
    table("named_file", &["story", "sha256", "person"], &["bytes", "media_type"], false),
    table("file", &["sha256"], &["bytes"], false),
    table("brought_file", &["sha256", "person"], &[], false),
    table("asked_file", &["sha256"], &[], false),
    table("file_to_erase", &["sha256"], &[], false),
    table("received_parcel", &["sha256", "device"], &["bytes", "receipt"], false),
    table("task", &["record"], &["story", "campaign", "verifier"], false),
    table("audit", &["seq"], &["at", "who", "what", "about", "hash"], false),
    table("withdrawal", &["campaign", "code"], &["taken", "by", "device", "clock", "erased", "files"], false),
    table("erased_record", &["campaign", "seq"], &["id"], false),
    table("sealed_identity", &["record"], &["campaign", "story", "sealed", "received", "face"], false),
];

/// Rows that are copied in one transaction.
const BATCH: u32 = 500;

/// A tally that is being taken.
#[derive(Default)]
struct Counting {
    rows: u64,
    sum: Sha256,
}

impl Counting {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        for value in &row.0 {
            // The kind and the length before each, so that no two rows read alike.
            let (kind, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Integer(number) => (1, &number.to_be_bytes()),
                Value::Text(text) => (2, text.as_bytes()),
                Value::Bytes(bytes) => (3, bytes),
            };
            self.sum.update([kind]);
            self.sum.update((bytes.len() as u64).to_be_bytes());
            self.sum.update(bytes);
        }
    }

    fn of(self, table: &Table) -> Tally {
        let sum = Digest::from_bytes(self.sum.finalize().into());
        Tally { table: table.name.to_owned(), rows: self.rows, sum }
    }
}

/// What a table holds: how much, and a sum over all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Tally {
    /// Which table.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over its rows in their order.
    pub sum: Digest,
}

impl Table {
    fn columns(&self) -> String {
        [self.key, self.rest].concat().join(", ")
    }

    /// Hands over every row in its order.
    fn each(&self, tx: &Tx, row: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let (columns, key) = (self.columns(), self.key.join(", "));
        let after = (1..=self.key.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
        let mut last: Option<Vec<Value>> = None;
        loop {
            let beyond = if last.is_some() { format!("WHERE ({key}) > ({after})") } else { String::new() };
            let sql = format!("SELECT {columns} FROM {} {beyond} ORDER BY {key} LIMIT {BATCH}", self.name);
            let page = tx.all(&sql, last.as_deref().unwrap_or_default(), |row| Ok(Row(row.0.clone())))?;
            let Some(end) = page.last() else { return Ok(()) };
            last = Some(end.0.iter().take(self.key.len()).cloned().collect());
            page.into_iter().try_for_each(&mut *row)?;
        }
    }

    fn tally(&self, tx: &Tx) -> Result<Tally> {
        let mut counting = Counting::default();
        self.each(tx, &mut |row| {
            counting.add(&row);
            Ok(())
        })?;
        Ok(counting.of(self))
    }

    fn put(&self, to: &Store, batch: &[Row]) -> Result<()> {
        let columns = self.columns();
        let places = (1..=self.key.len() + self.rest.len()).map(|n| format!("?{n}")).collect::<Vec<_>>();
        let sql = format!(
            "INSERT INTO {} ({columns}) VALUES ({}) ON CONFLICT DO NOTHING",
            self.name,
            places.join(", ")
        );
        to.write(|tx| batch.iter().try_for_each(|row| tx.execute(&sql, &row.0).map(|_| ())))
    }
}

impl Store {
    /// Copies everything into another database, as it is at one moment, and gives what that is; `progress` hears of which table how
    /// many rows were copied.
    ///
    /// # Errors
    /// Those of both databases; what was copied stays there.
    pub fn copy_to(&self, to: &Store, progress: &dyn Fn(&str, u64)) -> Result<Vec<Tally>> {
        let copied = self.read(|from| {
            let mut tallies = Vec::new();
            for table in TABLES {
                let (mut batch, mut done, mut counting) = (Vec::new(), 0, Counting::default());
                table.each(from, &mut |row| {
                    counting.add(&row);
                    batch.push(row);
                    if batch.len() == BATCH as usize {
                        table.put(to, &std::mem::take(&mut batch))?;
                        done += u64::from(BATCH);
                        progress(table.name, done);
                    }
                    Ok(())
                })?;
                table.put(to, &batch)?;
                progress(table.name, done + batch.len() as u64);
                tallies.push(counting.of(table));
            }
            Ok(tallies)
        })?;
        to.write(|tx| {
            tx.count_on()?;
            // The list is made from the stories where it is asked for.
            tx.execute(
                "INSERT INTO stale (story) SELECT id FROM story WHERE true ON CONFLICT DO NOTHING",
                given![],
            )?;
            Ok(())
        })?;
        Ok(copied)
    }

    /// What every table holds, at one moment.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tallies(&self) -> Result<Vec<Tally>> {
        self.read(|tx| TABLES.iter().map(|table| table.tally(tx)).collect())
    }

    /// Whether nobody has kept anything here yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_empty(&self) -> Result<bool> {
        self.read(|tx| {
            let held = ["campaign", "person", "audit", "setting"];
            held.iter().try_fold(true, |empty, table| {
                Ok(empty && !tx.exists(&format!("SELECT 1 FROM {table} LIMIT 1"), given![])?)
            })
        })
    }
}

impl Tx<'_> {
    /// Numbers that the database gives go on after those that were copied. SQLite sees to it by itself.
    fn count_on(&self) -> Result<()> {
        if self.0.dialect() == Dialect::Postgres {
            for table in TABLES.iter().filter(|table| table.counts) {
                let sql = format!(
                    "SELECT setval(pg_get_serial_sequence('{0}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {0}), false)",
                    table.name
                );
                self.number(&sql, given![])?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use rusqlite::Connection;
    use std::collections::BTreeSet;

    #[test]
    fn every_column_of_every_table_is_copied_but_what_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("headquarters.db");
        Store::open(&file).unwrap();
        let database = Connection::open(&file).unwrap();
        let sql = "SELECT t.name || '.' || c.name FROM pragma_table_list t, pragma_table_info(t.name) c
                   WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
                       AND t.name || '.' || c.name <> 'numbered.edition'
                       AND t.name NOT IN ('line', 'line_body', 'line_count', 'line_day', 'line_part', 'stale', 'session', 'upload', 'wrong_password',
                                      'passing', 'migration', 'made')";
        let mut statement = database.prepare(sql).unwrap();
        let there: BTreeSet<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(rusqlite::Result::unwrap).collect();
        let columns = |table: &Table| {
            let columns = table.key.iter().chain(table.rest);
            columns.map(|column| format!("{}.{column}", table.name)).collect::<Vec<_>>()
        };
        assert_eq!(TABLES.iter().flat_map(columns).collect::<BTreeSet<_>>(), there);
    }
}
