//! Tokens for programs, each as its hash.

use super::Tx;
use super::sql::{Row, given};
use crate::error::{Error, Result};
use crate::view::{Scope, TokenLine};
use blon_core::id::PersonName;
use std::collections::BTreeSet;

/// A token that is good now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub person: PersonName,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// When it was last used, in Unix seconds, to the minute.
    pub used: Option<i64>,
}

fn line(row: &Row) -> Result<TokenLine> {
    Ok(TokenLine {
        id: row.get(0)?,
        name: row.get(1)?,
        scopes: serde_json::from_str(&row.get::<String>(2)?)?,
        made: row.get(3)?,
        expires: row.get(4)?,
        used: row.get(5)?,
    })
}

impl Tx<'_> {
    /// Keeps a token that is made now, and sweeps those past their time; gives it as it stands in the list.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_token(
        &self,
        hash: &str,
        person: &PersonName,
        (name, scopes): (&str, &BTreeSet<Scope>),
        (now, expires): (i64, i64),
    ) -> Result<TokenLine> {
        self.execute("DELETE FROM api_token WHERE expires <= ?1", given![now])?;
        let scopes = serde_json::to_string(scopes)?;
        let made = self.one(
            "INSERT INTO api_token (hash, person, name, scopes, made, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             RETURNING id, name, scopes, made, expires, used",
            given![hash, person, name, scopes, now, expires],
            line,
        )?;
        made.ok_or_else(|| Error::Internal("a new token did not come back".to_owned()))
    }

    /// The tokens of a person, in the order in which they were made.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tokens_of(&self, person: &PersonName, now: i64) -> Result<Vec<TokenLine>> {
        let sql = "SELECT id, name, scopes, made, expires, used FROM api_token
                   WHERE person = ?1 AND expires > ?2 ORDER BY id";
        self.all(sql, given![person, now], line)
    }

    /// The token with this hash, if it is good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn token(&self, hash: &str, now: i64) -> Result<Option<TokenRow>> {
        let sql = "SELECT id, person, scopes, used FROM api_token WHERE hash = ?1 AND expires > ?2";
        self.one(sql, given![hash, now], |row| {
            let scopes = serde_json::from_str(&row.get::<String>(2)?)?;
            Ok(TokenRow { id: row.get(0)?, person: row.get(1)?, scopes, used: row.get(3)? })
        })
    }

    /// A token is used now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn token_used(&self, id: i64, now: i64) -> Result<()> {
        self.execute("UPDATE api_token SET used = ?2 WHERE id = ?1", given![id, now])?;
        Ok(())
    }

    /// Takes a person's token back; gives what it was called.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke_token(&self, person: &PersonName, id: i64) -> Result<Option<String>> {
        let sql = "DELETE FROM api_token WHERE person = ?1 AND id = ?2 RETURNING name";
        self.one(sql, given![person, id], |row| row.get(0))
    }
}
