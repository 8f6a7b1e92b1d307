//! Who is signed in. The secret of a session is kept as its hash.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use crate::view::SessionLine;
use blon_core::id::PersonName;

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
        self.execute("DELETE FROM session WHERE expires <= ?1", given![session.used])?;
        self.execute(
            "INSERT INTO session (hash, person, csrf, begun, used, expires, browser)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
            given![hash, &session.person, &session.csrf, session.used, expires, browser],
        )?;
        Ok(())
    }

    /// The session whose cookie has this hash.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session(&self, hash: &str, now: i64) -> Result<Option<SessionRow>> {
        let sql = "SELECT id, person, csrf, used FROM session WHERE hash = ?1 AND expires > ?2";
        self.one(sql, given![hash, now], |row| {
            Ok(SessionRow { id: row.get(0)?, person: row.get(1)?, csrf: row.get(2)?, used: row.get(3)? })
        })
    }

    /// A session is used now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session_used(&self, id: i64, now: i64) -> Result<()> {
        self.execute("UPDATE session SET used = ?2 WHERE id = ?1", given![id, now])?;
        Ok(())
    }

    /// The sessions of a person, the last used first; `here` is the one that asks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sessions_of(&self, person: &PersonName, now: i64, here: Option<i64>) -> Result<Vec<SessionLine>> {
        let sql = "SELECT id, begun, used, browser FROM session WHERE person = ?1 AND expires > ?2
                   ORDER BY used DESC, id DESC";
        self.all(sql, given![person, now], |row| {
            let id = row.get(0)?;
            Ok(SessionLine {
                id,
                begun: row.get(1)?,
                used: row.get(2)?,
                browser: row.get(3)?,
                here: here == Some(id),
            })
        })
    }

    /// Ends the session with this hash.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_session(&self, hash: &str) -> Result<()> {
        self.execute("DELETE FROM session WHERE hash = ?1", given![hash])?;
        Ok(())
    }

    /// Ends one session of a person; gives whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_session_of(&self, person: &PersonName, id: i64) -> Result<bool> {
        let ended = self.execute("DELETE FROM session WHERE person = ?1 AND id = ?2", given![person, id])?;
        Ok(ended == 1)
    }

    /// Ends every session of a person, but for the one that is kept, and takes their tokens back: whatever was opened before
    /// is shut.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_sessions_of(&self, person: &PersonName, kept: Option<i64>) -> Result<()> {
        self.execute("DELETE FROM api_token WHERE person = ?1", given![person])?;
        let sql = "DELETE FROM session WHERE person = ?1 AND id IS DISTINCT FROM ?2";
        self.execute(sql, given![person, kept])?;
        Ok(())
    }
}
