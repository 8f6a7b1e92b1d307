//! Tokens for programs, each as its hash.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::view::{Scope, TokenLine};
use blon_core::id::PersonName;
use rusqlite::{OptionalExtension, Row, params};
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

type Told = (i64, String, String, i64, i64, Option<i64>);

fn told(row: &Row) -> rusqlite::Result<Told> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn line((id, name, scopes, made, expires, used): Told) -> Result<TokenLine> {
    let scopes = serde_json::from_str(&scopes)?;
    Ok(TokenLine { id, name, scopes, made: moment(made), expires: moment(expires), used: used.map(moment) })
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
        self.0.execute("DELETE FROM api_token WHERE expires <= ?1", [now])?;
        let scopes = serde_json::to_string(scopes)?;
        let row = self.0.query_row(
            "INSERT INTO api_token (hash, person, name, scopes, made, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             RETURNING id, name, scopes, made, expires, used",
            params![hash, person.as_str(), name, scopes, now, expires],
            told,
        )?;
        line(row)
    }

    /// The tokens of a person, in the order in which they were made.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tokens_of(&self, person: &PersonName, now: i64) -> Result<Vec<TokenLine>> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, name, scopes, made, expires, used FROM api_token WHERE person = ?1 AND expires > ?2 ORDER BY id",
        )?;
        let rows = statement
            .query_map(params![person.as_str(), now], told)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(line).collect()
    }

    /// The token with this hash, if it is good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn token(&self, hash: &str, now: i64) -> Result<Option<TokenRow>> {
        let row = self
            .0
            .prepare_cached(
                "SELECT id, person, scopes, used FROM api_token WHERE hash = ?1 AND expires > ?2",
            )?
            .query_row(params![hash, now], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get(3)?))
            })
            .optional()?;
        row.map(|(id, person, scopes, used)| {
            let scopes = serde_json::from_str(&scopes)?;
            Ok(TokenRow { id, person: person.parse().map_err(unreadable)?, scopes, used })
        })
        .transpose()
    }

    /// A token is used now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn token_used(&self, id: i64, now: i64) -> Result<()> {
        self.0.execute("UPDATE api_token SET used = ?2 WHERE id = ?1", [id, now])?;
        Ok(())
    }

    /// Takes a person's token back; gives what it was called.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke_token(&self, person: &PersonName, id: i64) -> Result<Option<String>> {
        Ok(self
            .0
            .query_row(
                "DELETE FROM api_token WHERE person = ?1 AND id = ?2 RETURNING name",
                params![person.as_str(), id],
                |row| row.get(0),
            )
            .optional()?)
    }
}
