//! Tokens for programs: spreadsheets that follow a campaign live, scripts of an office. A token acts as its owner does, within
//! its scopes, and no longer than it was made for.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::sessions::USED_EVERY;
use crate::store::Person;
use crate::view::{MadeToken, NewToken, Scope, TokenLine};
use crate::{Headquarters, secrets, unix_now};
use blon_core::error::Code;
use blon_core::id::PersonName;
use std::collections::BTreeSet;

/// How a token begins, so that people and scanners know one that lies about.
const BEGINNING: &str = "blon_";

/// The longest that a token is good, in days.
const DAYS: u32 = 366;

/// The most characters of its name.
const NAME_CHARACTERS: usize = 64;

/// The most tokens of one person.
const TOKENS: usize = 50;

impl Headquarters {
    /// Makes a token, which is told this once.
    ///
    /// # Errors
    /// `bad_input`; `sign_in_failed` for a wrong password.
    pub fn make_token(&self, owner: &PersonName, new: &NewToken) -> Result<MadeToken> {
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARACTERS || name.chars().any(char::is_control) {
            let message = format!("a token has a name of 1 to {NAME_CHARACTERS} characters");
            return Err(Error::told(Code::BadInput, message));
        }
        if new.scopes.is_empty() || !(1..=DAYS).contains(&new.days) {
            let message = format!("a token has at least one scope, and 1 to {DAYS} days");
            return Err(Error::told(Code::BadInput, message));
        }
        self.password_is(owner, &new.password)?;
        let token = format!("{BEGINNING}{}", secrets::token()?);
        let now = unix_now();
        let expires = now + i64::from(new.days) * 24 * 3600;
        let line = self.store.write(|tx| {
            if tx.tokens_of(owner, now)?.len() >= TOKENS {
                return Err(Error::told(Code::BadInput, format!("somebody has at most {TOKENS} tokens")));
            }
            tx.note(Some(owner), What::TokenMade, name)?;
            tx.add_token(&secrets::token_hash(&token), owner, (name, &new.scopes), (now, expires))
        })?;
        Ok(MadeToken { token, line })
    }

    /// Somebody's tokens.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tokens_of(&self, owner: &PersonName) -> Result<Vec<TokenLine>> {
        self.store.read(|tx| tx.tokens_of(owner, unix_now()))
    }

    /// Takes a token back.
    ///
    /// # Errors
    /// `not_found`.
    pub fn revoke_token(&self, owner: &PersonName, id: i64) -> Result<()> {
        self.store.write(|tx| match tx.revoke_token(owner, id)? {
            Some(name) => tx.note(Some(owner), What::TokenRevoked, &name),
            None => Err(Error::told(Code::NotFound, format!("{owner} has no token {id}"))),
        })
    }

    /// Whose token this is, and what it may do.
    ///
    /// # Errors
    /// `token_unknown`.
    pub fn token(&self, token: &str) -> Result<(Person, BTreeSet<Scope>)> {
        let unknown =
            || Error::told(Code::TokenUnknown, "the token is unknown, was taken back or is too old");
        let now = unix_now();
        let (row, person) = self.store.read(|tx| {
            let row = tx.token(&secrets::token_hash(token), now)?.ok_or_else(unknown)?;
            let person = tx.person(&row.person)?.filter(|person| !person.disabled).ok_or_else(unknown)?;
            Ok((row, person))
        })?;
        if row.used.is_none_or(|used| now - used >= USED_EVERY) {
            self.store.write(|tx| tx.token_used(row.id, now))?;
        }
        Ok((person, row.scopes))
    }
}
