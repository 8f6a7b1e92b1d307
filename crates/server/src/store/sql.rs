//! What headquarters asks of a database, whichever it is: statements in the SQL that SQLite and PostgreSQL share, values to put into
//! them, and the rows that come back.
//!
//! Placeholders are written `?1`, `?2`, …; truth is kept as 0 and 1, and moments as Unix seconds.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use blon_core::id::{CampaignId, DeviceId, Digest, PersonName, RecordId, StoryId};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What goes into a statement, and what stands in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number, a truth or a moment.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// One open transaction of a database.
pub trait Engine {
    /// Runs a statement; gives how many rows it changed.
    ///
    /// # Errors
    /// Those of the database.
    fn execute(&self, sql: &str, given: &[Value]) -> Result<u64>;

    /// Runs a statement and hands over each row that comes back.
    ///
    /// # Errors
    /// Those of the database and of `row`.
    fn query(&self, sql: &str, given: &[Value], row: &mut dyn FnMut(Row) -> Result<()>) -> Result<()>;

    /// Which database it is.
    fn dialect(&self) -> Dialect;
}

/// Where the two do not share their SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The embedded one.
    Sqlite,
    /// The one that several processes share.
    Postgres,
}

/// One row that came back.
pub struct Row(pub Vec<Value>);

impl Row {
    /// What stands in this column, counted from 0.
    ///
    /// # Errors
    /// An internal error for what is not of this kind: the store holds what it should not.
    pub fn get<T: Column>(&self, column: usize) -> Result<T> {
        self.0
            .get(column)
            .and_then(T::read)
            .ok_or_else(|| unreadable(format!("column {column} is {:?}", self.0.get(column))))
    }
}

impl Tx<'_> {
    /// Runs a statement; gives how many rows it changed.
    pub(super) fn execute(&self, sql: &str, given: &[Value]) -> Result<u64> {
        self.0.execute(sql, given)
    }

    /// Every row that comes back.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        given: &[Value],
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.0.query(sql, given, &mut |row| {
            found.push(read(&row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row that comes back, if any does.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        given: &[Value],
        read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.all(sql, given, read)?.into_iter().next())
    }

    /// Whether any row comes back.
    pub(super) fn exists(&self, sql: &str, given: &[Value]) -> Result<bool> {
        Ok(self.one(sql, given, |_| Ok(()))?.is_some())
    }

    /// Inserts rows of so many values, many in one statement: each costs a way to the database and back.
    pub(super) fn insert(&self, into: &str, columns: usize, rows: Vec<Vec<Value>>) -> Result<()> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let together = together(rows.len());
            let values: Vec<Value> = rows.by_ref().take(together).flatten().collect();
            self.execute(&format!("{into} {}", places(columns, together)), &values)?;
        }
        Ok(())
    }

    /// Every row that comes back for any of these values, which the statement ends with: `… IN`.
    pub(super) fn among<T>(
        &self,
        sql: &str,
        given: &[Value],
        values: Vec<Value>,
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.in_parts(given, values, |places, values| {
            found.extend(self.all(&format!("{sql} {places}"), values, &mut read)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Runs a statement for any number of values, which stand in it for `:these`, after what is given.
    pub(super) fn execute_among(&self, sql: &str, given: &[Value], values: Vec<Value>) -> Result<()> {
        self.in_parts(given, values, |places, values| {
            self.execute(&sql.replace(":these", places), values)?;
            Ok(())
        })
    }

    /// Hands over some of these values at a time, after what is given, with the places where they stand: `(?2, ?3)`.
    fn in_parts(
        &self,
        given: &[Value],
        values: Vec<Value>,
        mut part: impl FnMut(&str, &[Value]) -> Result<()>,
    ) -> Result<()> {
        for these in values.chunks(TOGETHER) {
            // The last one fills up: to look for a value twice finds nothing twice, and few statements are prepared.
            let together = these.len().next_power_of_two();
            let places = (1..=together).map(|place| format!("?{}", given.len() + place));
            let places = format!("({})", places.collect::<Vec<_>>().join(", "));
            let filled = these.iter().chain(std::iter::repeat(these.last().unwrap_or(&Value::Null)));
            let looked_for: Vec<Value> = given.iter().chain(filled.take(together)).cloned().collect();
            part(&places, &looked_for)?;
        }
        Ok(())
    }

    /// The one number that comes back: a count.
    pub(super) fn number(&self, sql: &str, given: &[Value]) -> Result<i64> {
        self.one(sql, given, |row| row.get(0))?.ok_or_else(|| unreadable("no number came back"))
    }
}

/// How many values or rows go into one statement at most.
const TOGETHER: usize = 128;

/// Where the values of so many rows stand: `(?1, ?2), (?3, ?4)`. To write this down takes longer than to find it again.
fn places(columns: usize, rows: usize) -> Arc<str> {
    static WRITTEN: Mutex<BTreeMap<(usize, usize), Arc<str>>> = Mutex::new(BTreeMap::new());
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    let places = written.entry((columns, rows)).or_insert_with(|| {
        let rows = (0..rows).map(|row| {
            let places = (1..=columns).map(|column| format!("?{}", row * columns + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        });
        rows.collect::<Vec<_>>().join(", ").into()
    });
    Arc::clone(places)
}

/// How many of the rows that are left go into one statement: a power of two, so that few statements are prepared.
fn together(left: usize) -> usize {
    [TOGETHER, 64, 32, 16, 8, 4, 2].into_iter().find(|size| *size <= left).unwrap_or(1)
}

/// A list of values, for the placeholders of a statement in their order.
macro_rules! given {
    ($($value:expr),* $(,)?) => {
        &[$($crate::store::sql::Value::from($value)),*]
    };
}
pub(super) use given;

/// A statement whose placeholders have names, as `:campaign`, and what stands for each; the names that do not occur are left out.
pub(super) fn by_name(sql: &str, mut named: Vec<(&str, Value)>) -> (String, Vec<Value>) {
    // Where one name begins another, the longer one goes first.
    named.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let (mut numbered, mut given) = (sql.to_owned(), Vec::new());
    for (name, value) in named {
        if numbered.contains(name) {
            given.push(value);
            numbered = numbered.replace(name, &format!("?{}", given.len()));
        }
    }
    (numbered, given)
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Integer(number.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Integer(truth.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::Text(text.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::Bytes(bytes.to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// What a column is read as.
pub trait Column: Sized {
    /// `None` for what is not of this kind.
    fn read(value: &Value) -> Option<Self>;
}

impl Column for i64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl Column for u32 {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl Column for u64 {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl Column for bool {
    fn read(value: &Value) -> Option<Self> {
        Some(i64::read(value)? != 0)
    }
}

impl Column for DateTime<Utc> {
    fn read(value: &Value) -> Option<Self> {
        Some(moment(i64::read(value)?))
    }
}

impl Column for String {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Column for Vec<u8> {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

/// What is kept as it is written.
macro_rules! as_text {
    ($($name:ident),+) => {$(
        impl From<&$name> for Value {
            fn from(value: &$name) -> Value {
                Value::Text(value.to_string())
            }
        }

        impl Column for $name {
            fn read(value: &Value) -> Option<Self> {
                match value {
                    Value::Text(text) => text.parse().ok(),
                    _ => None,
                }
            }
        }
    )+};
}
as_text!(CampaignId, PersonName, Digest, StoryId, RecordId, DeviceId);

/// Ids are small enough to be handed over.
macro_rules! as_id {
    ($($name:ident),+) => {$(
        impl From<$name> for Value {
            fn from(value: $name) -> Value {
                Value::Text(value.to_string())
            }
        }
    )+};
}
as_id!(StoryId, RecordId, DeviceId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_numbers_and_those_that_do_not_occur_are_left_out() {
        let named = vec![(":campaign", "kangaba".into()), (":whose", "Awa".into()), (":most", 5_i64.into())];
        let (sql, given) = by_name("SELECT :most FROM story WHERE campaign = :campaign LIMIT :most", named);
        assert_eq!(sql, "SELECT ?2 FROM story WHERE campaign = ?1 LIMIT ?2");
        assert_eq!(given, [Value::from("kangaba"), Value::from(5_i64)]);
    }

    #[test]
    fn what_is_not_of_the_kind_is_refused() {
        let row = Row(vec![Value::Null, Value::from("Awa"), Value::from(-1_i64)]);
        assert_eq!(row.get::<Option<i64>>(0).unwrap(), None);
        assert!(row.get::<i64>(0).is_err() && row.get::<i64>(1).is_err() && row.get::<u32>(2).is_err());
        assert!(row.get::<i64>(3).is_err());
        assert_eq!(row.get::<PersonName>(1).unwrap().as_str(), "Awa");
    }
}
