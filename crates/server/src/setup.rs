//! The first start: an empty headquarters has no administrator, and whoever reads the token in the terminal becomes the first.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::store::Person;
use crate::view::FirstAdmin;
use crate::{Headquarters, passwords, secrets, unix_now};
use blon_core::error::Code;
use blon_core::review::Role;

/// How what is kept of a token is called, before its hash.
const TOKEN: &str = "set_up/";

/// How long one is good.
const TOKEN_SECONDS: i64 = 24 * 3600;

impl Headquarters {
    /// Whether nobody is there who could set anything up.
    ///
    /// # Errors
    /// Those of the database.
    pub fn needs_set_up(&self) -> Result<bool> {
        self.store.read(|tx| Ok(tx.people()?.is_empty()))
    }

    /// The token that the first administrator shows, where one is needed. It is good for a day, and until another start where no
    /// other process shares the database.
    ///
    /// # Errors
    /// Those of the database; an internal error if the system gives no randomness.
    pub fn set_up_token(&self) -> Result<Option<String>> {
        if !self.needs_set_up()? {
            return Ok(None);
        }
        let token = secrets::code()?;
        let now = unix_now();
        self.store.write(|tx| {
            if !self.is_shared() {
                tx.forget_passing(TOKEN)?;
            }
            let name = format!("{TOKEN}{}", secrets::code_hash(&token));
            tx.put_passing(&name, "", now, now + TOKEN_SECONDS)
        })?;
        Ok(Some(token))
    }

    /// Takes the first administrator in.
    ///
    /// # Errors
    /// `set_up_already`; `set_up_token_wrong`; `password_weak`.
    pub fn set_up(&self, first: &FirstAdmin) -> Result<Person> {
        let already = || Error::told(Code::SetUpAlready, "somebody administers this headquarters already");
        if !self.needs_set_up()? {
            return Err(already());
        }
        // Looked for by its hash, which tells nothing of how near a guess was.
        let shown = format!("{TOKEN}{}", secrets::code_hash(&first.token));
        if self.store.read(|tx| tx.passing(&shown, unix_now()))?.is_none() {
            let message = "the token is not the one that `blon-server serve` printed";
            return Err(Error::told(Code::SetUpTokenWrong, message));
        }
        passwords::is_strong(&first.password, &first.name)?;
        let person = Person {
            password: Some(secrets::hash_password(&first.password)?),
            ..Person::new(first.name.clone(), Role::Admin, "")
        };
        self.store.write(|tx| {
            if !tx.people()?.is_empty() {
                return Err(already());
            }
            tx.add_person(&person)?;
            tx.forget_passing(TOKEN)?;
            tx.note(Some(&person.name), What::SetUp, "")
        })?;
        Ok(person)
    }
}
