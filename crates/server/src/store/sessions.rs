//! Who is signed in. The secret of a session is kept as its hash.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::view::SessionLine;
use blon_core::id::PersonName;
use rusqlite::{OptionalExtension, params};

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its number; 0 for one that is about to be kept.
    pub id: i64,
    /// Who.
    pub person: PersonName,
    /// What every changing request must repeat.
    pub csrf: String,
    /// When it was last used, in Unix seconds, to the minute.
    pub used: i64,
}

impl Tx<'_> {
    /// Keeps a session that begins now, and sweeps those past their time.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_session(&self, hash: &str, session: &SessionRow, expires: i64, browser: &str) -> Result<()> {
        self.0.execute("DELETE FROM session WHERE expires <= ?1", [session.used])?;
        self.0.execute(
            "INSERT INTO session (hash, person, csrf, begun, used, expires, browser) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
            params![hash, session.person.as_str(), session.csrf, session.used, expires, browser],
        )?;
        Ok(())
    }

    /// The session whose cookie has this hash.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session(&self, hash: &str, now: i64) -> Result<Option<SessionRow>> {
        let row = self
            .0
            .prepare_cached("SELECT id, person, csrf, used FROM session WHERE hash = ?1 AND expires > ?2")?
            .query_row(params![hash, now], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        row.map(|(id, person, csrf, used)| {
            Ok(SessionRow { id, person: person.parse().map_err(unreadable)?, csrf, used })
        })
        .transpose()
    }

    /// A session is used now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session_used(&self, id: i64, now: i64) -> Result<()> {
        self.0.execute("UPDATE session SET used = ?2 WHERE id = ?1", [id, now])?;
        Ok(())
    }

    /// The sessions of a person, the last used first; `here` is the one that asks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sessions_of(&self, person: &PersonName, now: i64, here: Option<i64>) -> Result<Vec<SessionLine>> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, begun, used, browser FROM session WHERE person = ?1 AND expires > ?2 ORDER BY used DESC, id DESC",
        )?;
        let lines = statement.query_map(params![person.as_str(), now], |row| {
            let id = row.get(0)?;
            Ok(SessionLine {
                id,
                begun: moment(row.get(1)?),
                used: moment(row.get(2)?),
                browser: row.get(3)?,
                here: here == Some(id),
            })
        })?;
        Ok(lines.collect::<rusqlite::Result<_>>()?)
    }

    /// Ends the session with this hash.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_session(&self, hash: &str) -> Result<()> {
        self.0.execute("DELETE FROM session WHERE hash = ?1", [hash])?;
        Ok(())
    }

    /// Ends one session of a person; gives whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_session_of(&self, person: &PersonName, id: i64) -> Result<bool> {
        let ended = self
            .0
            .execute("DELETE FROM session WHERE person = ?1 AND id = ?2", params![person.as_str(), id])?;
        Ok(ended == 1)
    }

    /// Ends every session of a person, but for the one that is kept, and takes their tokens back: whatever was opened before
    /// is shut.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_sessions_of(&self, person: &PersonName, kept: Option<i64>) -> Result<()> {
        self.0.execute("DELETE FROM api_token WHERE person = ?1", [person.as_str()])?;
        self.0.execute(
            "DELETE FROM session WHERE person = ?1 AND id IS NOT ?2",
            params![person.as_str(), kept],
        )?;
        Ok(())
    }
}
