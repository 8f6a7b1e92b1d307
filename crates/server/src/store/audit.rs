//! The audit log.

use super::sql::{Value, given};
use super::{Tx, word_of};
use crate::audit::{Entry, What};
use crate::error::Result;
use crate::unix_now;
use blon_core::id::{Digest, PersonName};

impl Tx<'_> {
    /// Adds to the log, in the transaction that does what it tells of.
    ///
    /// # Errors
    /// Those of the database.
    pub fn note(&self, who: Option<&PersonName>, what: What, about: &str) -> Result<()> {
        let sql = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
        let last: Option<(i64, Digest)> = self.one(sql, given![], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (seq, before) = match last {
            Some((seq, hash)) => (seq + 1, Some(hash)),
            None => (1, None),
        };
        let at = unix_now();
        let hash = Entry::hash_after(before.as_ref(), (seq, at), who, what, about)?;
        self.execute(
            "INSERT INTO audit (seq, at, who, what, about, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            given![seq, at, who, word_of(&what)?, about, &hash],
        )?;
        Ok(())
    }

    /// Whether the log says already that this person did the same since then, in Unix seconds.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_noted_since(&self, who: &PersonName, what: What, about: &str, since: i64) -> Result<bool> {
        // From the newest back: what is older than that is not looked at.
        let sql = "SELECT at FROM audit WHERE seq > (SELECT max(seq) - 1000 FROM audit)
                       AND who = ?1 AND what = ?2 AND about = ?3 ORDER BY seq DESC LIMIT 1";
        let last: Option<i64> = self.one(sql, given![who, word_of(&what)?, about], |row| row.get(0))?;
        Ok(last.is_some_and(|at| at >= since))
    }

    /// Every entry of one kind, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn noted(&self, what: What) -> Result<Vec<Entry>> {
        let sql = "SELECT seq, at, who, what, about, hash FROM audit WHERE what = ?1 ORDER BY seq";
        self.entries(sql, given![word_of(&what)?])
    }

    /// The whole log, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit(&self) -> Result<Vec<Entry>> {
        self.entries("SELECT seq, at, who, what, about, hash FROM audit ORDER BY seq", given![])
    }

    /// The last entries before this one, newest first, at most so many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit_before(&self, before: i64, most: u32) -> Result<Vec<Entry>> {
        let sql =
            "SELECT seq, at, who, what, about, hash FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
        self.entries(sql, given![before, most])
    }

    fn entries(&self, sql: &str, given: &[Value]) -> Result<Vec<Entry>> {
        self.all(sql, given, |row| {
            Ok(Entry {
                seq: row.get(0)?,
                at: row.get(1)?,
                who: row.get(2)?,
                what: serde_json::from_value(row.get::<String>(3)?.into())?,
                about: row.get(4)?,
                hash: row.get(5)?,
            })
        })
    }
}
