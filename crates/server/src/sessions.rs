//! Signing in and out, and who is signed in where.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::people::known_person;
use crate::store::{Person, SessionRow};
use crate::{Headquarters, passwords, second_factor, secrets, unix_now, view};
use blon_core::error::Code;
use blon_core::id::PersonName;

/// How long somebody stays signed in.
const SESSION_HOURS: i64 = 12;

/// How exactly it is kept when a session was last used, in seconds: a write for each request would be too many.
pub(crate) const USED_EVERY: i64 = 60;

/// The most characters of what a browser calls itself that are kept.
const BROWSER_CHARACTERS: usize = 200;

impl Headquarters {
    /// Signs somebody in; gives the secret for the cookie, and the session.
    ///
    /// # Errors
    /// `sign_in_failed`, the same for an unknown name and a wrong password; `too_many_attempts` where that was so too often;
    /// `second_factor_needed`, `second_factor_wrong`.
    pub fn sign_in(&self, ask: &view::SignIn, browser: &str) -> Result<(String, view::Session)> {
        self.may_try(&ask.name)?;
        let name: Option<PersonName> = ask.name.trim().parse().ok();
        let person = match name {
            Some(name) => self.store.read(|tx| tx.person(&name))?,
            None => None,
        };
        let hash = person.as_ref().and_then(|p| p.password.as_deref());
        let matches = secrets::password_matches(&ask.password, hash);
        let Some(person) = person.filter(|person| matches && !person.disabled && person.role.signs_in())
        else {
            self.tried_in_vain(&ask.name)?;
            return Err(Error::told(Code::SignInFailed, "the name or the password is wrong"));
        };
        let person = self.shows_second_factor(person, ask)?;
        self.was_right(&ask.name)?;
        self.begin_session(&person, browser)
    }

    fn shows_second_factor(&self, person: Person, ask: &view::SignIn) -> Result<Person> {
        let Some(secret) = person.second_factor.clone() else { return Ok(person) };
        let code = ask.code.as_deref().unwrap_or_default();
        if code.trim().is_empty() {
            let message = "the six digits of the second factor must come with it";
            return Err(Error::told(Code::SecondFactorNeeded, message));
        }
        let shown = self.store.write(|tx| {
            // Read again within the transaction: of two that show the same code at once, one has it.
            let person = known_person(tx, &person.name)?;
            let Some(step) = second_factor::step_of(&person, &secret, code, unix_now())? else {
                return Ok(None);
            };
            let person = Person { factor_step: Some(step), ..person };
            tx.put_person(&person)?;
            Ok(Some(person))
        })?;
        match shown {
            Some(person) => Ok(person),
            None => {
                self.tried_in_vain(&ask.name)?;
                Err(Error::told(Code::SecondFactorWrong, "the six digits are wrong, or were used before"))
            }
        }
    }

    /// Who guesses waits.
    fn may_try(&self, name: &str) -> Result<()> {
        match self.wait_to_try(name)? {
            Some(wait) => {
                let message =
                    format!("the password was wrong too often; try again in {} s", wait.as_secs() + 1);
                Err(Error::told(Code::TooManyAttempts, message))
            }
            None => Ok(()),
        }
    }

    fn tried_in_vain(&self, name: &str) -> Result<()> {
        self.was_wrong(name)?;
        let held_up = self.wait_to_try(name)?.is_some();
        let known = name.trim().parse::<PersonName>().ok().filter(|_| held_up);
        // Of names that nobody has the log would fill with whatever guessers write.
        match known.map(|name| self.store.read(|tx| tx.person(&name))).transpose()?.flatten() {
            Some(person) => self.store.write(|tx| tx.note(None, What::SignInHeldUp, person.name.as_str())),
            None => Ok(()),
        }
    }

    /// Begins a session of somebody who has shown who they are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_session(&self, person: &Person, browser: &str) -> Result<(String, view::Session)> {
        let (secret, csrf, now) = (secrets::token()?, secrets::token()?, unix_now());
        let session = SessionRow { id: 0, person: person.name.clone(), csrf: csrf.clone(), used: now };
        let browser: String = browser.chars().filter(|c| !c.is_control()).take(BROWSER_CHARACTERS).collect();
        self.store.write(|tx| {
            let expires = now + SESSION_HOURS * 3600;
            tx.add_session(&secrets::token_hash(&secret), &session, expires, &browser)?;
            tx.note(Some(&person.name), What::SignedIn, "")
        })?;
        Ok((secret, session_view(person, csrf)))
    }

    /// Who is signed in with this cookie's secret, and the number of the session.
    ///
    /// # Errors
    /// `signed_out`.
    pub fn session(&self, secret: &str) -> Result<(Person, view::Session, i64)> {
        let signed_out = || Error::told(Code::SignedOut, "nobody is signed in");
        let now = unix_now();
        let (row, person) = self.store.read(|tx| {
            let row = tx.session(&secrets::token_hash(secret), now)?.ok_or_else(signed_out)?;
            let person = tx.person(&row.person)?.filter(|person| !person.disabled).ok_or_else(signed_out)?;
            Ok((row, person))
        })?;
        if now - row.used >= USED_EVERY {
            self.store.write(|tx| tx.session_used(row.id, now))?;
        }
        let session = session_view(&person, row.csrf);
        Ok((person, session, row.id))
    }

    /// Ends the session with this cookie's secret.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sign_out(&self, secret: &str) -> Result<()> {
        self.store.write(|tx| tx.end_session(&secrets::token_hash(secret)))
    }

    /// Where a person is signed in; `here` is the session that asks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sessions_of(&self, name: &PersonName, here: Option<i64>) -> Result<Vec<view::SessionLine>> {
        self.store.read(|tx| {
            known_person(tx, name)?;
            tx.sessions_of(name, unix_now(), here)
        })
    }

    /// Ends one of somebody's own sessions.
    ///
    /// # Errors
    /// `not_found`.
    pub fn end_own_session(&self, name: &PersonName, id: i64) -> Result<()> {
        self.store.write(|tx| {
            if !tx.end_session_of(name, id)? {
                return Err(Error::told(Code::NotFound, format!("{name} has no session {id}")));
            }
            tx.note(Some(name), What::SessionsEnded, name.as_str())
        })
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// `person_not_found`.
    pub fn end_sessions(&self, name: &PersonName, who: Option<&PersonName>) -> Result<()> {
        self.store.write(|tx| {
            known_person(tx, name)?;
            tx.end_sessions_of(name, None)?;
            tx.note(who, What::SessionsEnded, name.as_str())
        })
    }

    /// Whether this is the person's password.
    ///
    /// # Errors
    /// `sign_in_failed`; `too_many_attempts`.
    pub(crate) fn password_is(&self, name: &PersonName, password: &str) -> Result<()> {
        self.may_try(name.as_str())?;
        let person = self.store.read(|tx| known_person(tx, name))?;
        if secrets::password_matches(password, person.password.as_deref()) {
            return Ok(());
        }
        self.tried_in_vain(name.as_str())?;
        Err(Error::told(Code::SignInFailed, "the password is wrong"))
    }

    /// Somebody changes their own password; their other sessions end.
    ///
    /// # Errors
    /// `sign_in_failed` for a wrong one until now; `password_weak`.
    pub fn change_password(&self, name: &PersonName, ask: &view::ChangePassword, here: i64) -> Result<()> {
        self.password_is(name, &ask.password)?;
        if ask.new == ask.password {
            return Err(Error::told(Code::PasswordWeak, "the new password is the old one"));
        }
        passwords::is_strong(&ask.new, name)?;
        let hash = secrets::hash_password(&ask.new)?;
        self.store.write(|tx| {
            tx.put_person(&Person { password: Some(hash.clone()), ..known_person(tx, name)? })?;
            tx.end_sessions_of(name, Some(here))?;
            tx.end_invitation(name)?;
            tx.note(Some(name), What::PasswordChanged, "")
        })
    }
}

/// The session of a person as the pages see it.
pub(crate) fn session_view(person: &Person, csrf: String) -> view::Session {
    view::Session {
        person: person.name.clone(),
        role: person.role,
        team: person.team.clone(),
        second_factor: person.second_factor.is_some(),
        csrf,
    }
}
