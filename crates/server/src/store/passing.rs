//! What is kept for a while, so that every process knows it: wrong passwords, and what was given out and not taken yet.

use super::Tx;
use super::sql::given;
use crate::error::Result;

/// How often a password was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// How often in a row.
    pub times: u32,
    /// When last, in Unix milliseconds.
    pub last: i64,
}

impl Tx<'_> {
    /// How often the password of the name with this hash was wrong.
    ///
    /// # Errors
    /// Those of the database.
    pub fn wrong_password(&self, name: &str) -> Result<Option<Wrong>> {
        let sql = "SELECT times, last FROM wrong_password WHERE name = ?1";
        self.one(sql, given![name], |row| Ok(Wrong { times: row.get(0)?, last: row.get(1)? }))
    }

    /// Keeps that; those before this moment are forgotten, and where there are more than `most` names those that were wrong
    /// less than `few` times.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_wrong_password(
        &self,
        name: &str,
        wrong: Wrong,
        before: i64,
        (most, few): (u32, u32),
    ) -> Result<()> {
        self.execute("DELETE FROM wrong_password WHERE last < ?1", given![before])?;
        if self.number("SELECT count(*) FROM wrong_password", given![])? >= i64::from(most) {
            self.execute("DELETE FROM wrong_password WHERE times < ?1", given![few])?;
        }
        let sql = "INSERT INTO wrong_password (name, times, last) VALUES (?1, ?2, ?3)
                   ON CONFLICT (name) DO UPDATE SET times = excluded.times, last = excluded.last";
        self.execute(sql, given![name, wrong.times, wrong.last])?;
        Ok(())
    }

    /// Forgets that the password of this name was wrong.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_wrong_password(&self, name: &str) -> Result<()> {
        self.execute("DELETE FROM wrong_password WHERE name = ?1", given![name])?;
        Ok(())
    }

    /// Keeps something for a while, and sweeps what is past its time.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_passing(&self, name: &str, value: &str, now: i64, expires: i64) -> Result<()> {
        self.execute("DELETE FROM passing WHERE expires <= ?1", given![now])?;
        let sql = "INSERT INTO passing (name, value, expires) VALUES (?1, ?2, ?3)
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value, expires = excluded.expires";
        self.execute(sql, given![name, value, expires])?;
        Ok(())
    }

    /// What is kept for a while under this name, while it is good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn passing(&self, name: &str, now: i64) -> Result<Option<String>> {
        let sql = "SELECT value FROM passing WHERE name = ?1 AND expires > ?2";
        self.one(sql, given![name, now], |row| row.get(0))
    }

    /// Forgets what is kept under names that begin so.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_passing(&self, beginning: &str) -> Result<()> {
        let sql = "DELETE FROM passing WHERE substr(name, 1, length(CAST(?1 AS TEXT))) = ?1";
        self.execute(sql, given![beginning])?;
        Ok(())
    }
}
