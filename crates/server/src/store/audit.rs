//! The audit log.

use super::{Tx, moment, unreadable, word_of};
use crate::audit::{Entry, What};
use crate::error::Result;
use crate::unix_now;
use blon_core::id::{Digest, PersonName};
use rusqlite::{OptionalExtension, Params, params};

impl Tx<'_> {
    /// Adds to the log, in the transaction that does what it tells of.
    ///
    /// # Errors
    /// Those of the database.
    pub fn note(&self, who: Option<&PersonName>, what: What, about: &str) -> Result<()> {
        let last: Option<(i64, String)> = self
            .0
            .query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let (seq, before) = match last {
            Some((seq, hash)) => (seq + 1, Some(hash.parse::<Digest>().map_err(unreadable)?)),
            None => (1, None),
        };
        let at = unix_now();
        let hash = Entry::hash_after(before.as_ref(), (seq, at), who, what, about)?;
        self.0.execute(
            "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![seq, at, who.map(PersonName::as_str), word_of(&what)?, about, hash.as_str()],
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
        let last: Option<i64> = self
            .0
            .prepare_cached(sql)?
            .query_row(params![who.as_str(), word_of(&what)?, about], |row| row.get(0))
            .optional()?;
        Ok(last.is_some_and(|at| at >= since))
    }

    /// Every entry of one kind, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn noted(&self, what: What) -> Result<Vec<Entry>> {
        let sql = "SELECT seq, at, who, what, about, hash FROM audit WHERE what = ?1 ORDER BY seq";
        self.entries(sql, [word_of(&what)?])
    }

    /// The whole log, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit(&self) -> Result<Vec<Entry>> {
        self.entries("SELECT seq, at, who, what, about, hash FROM audit ORDER BY seq", [])
    }

    /// The last entries before this one, newest first, at most so many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit_before(&self, before: i64, most: u32) -> Result<Vec<Entry>> {
        let sql =
            "SELECT seq, at, who, what, about, hash FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
        self.entries(sql, params![before, most])
    }

    fn entries(&self, sql: &str, given: impl Params) -> Result<Vec<Entry>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement
            .query_map(given, |row| {
                let texts: (Option<String>, String, String, String) =
                    (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
                Ok((row.get(0)?, row.get(1)?, texts))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(seq, at, (who, what, about, hash))| {
                Ok(Entry {
                    seq,
                    at: moment(at),
                    who: who.map(|who| who.parse().map_err(unreadable)).transpose()?,
                    what: serde_json::from_value(what.into())?,
                    about,
                    hash: hash.parse().map_err(unreadable)?,
                })
            })
            .collect()
    }
}
