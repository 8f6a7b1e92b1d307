//! A second factor for who signs in: six digits of a telephone that change every 30 seconds (TOTP, RFC 6238). Each code is good
//! once, and also those of the half minutes before and after, since clocks are wrong.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::invitations::qr_svg;
use crate::people::known_person;
use crate::store::Person;
use crate::view::NewSecondFactor;
use crate::{Headquarters, secrets, unix_now};
use blon_core::error::Code;
use blon_core::id::PersonName;
use totp_rs::{Algorithm, Secret, TOTP};

/// Seconds that a code lasts.
const STEP: u64 = 30;

/// Steps before and after now whose codes are good, too.
const SLACK: i64 = 1;

fn of(secret: &str, name: &PersonName) -> Result<TOTP> {
    let wrong = |e: &dyn std::fmt::Debug| Error::Internal(format!("a second factor cannot be used: {e:?}"));
    let bytes = Secret::Encoded(secret.to_owned()).to_bytes().map_err(|e| wrong(&e))?;
    // A colon ends the issuer in an `otpauth` address.
    let account = name.as_str().replace(':', " ");
    TOTP::new(Algorithm::SHA1, 6, 0, STEP, bytes, Some("Blon".to_owned()), account).map_err(|e| wrong(&e))
}

/// The step of time to which this code belongs, if it is good now and no later one was used.
pub(crate) fn step_of(person: &Person, secret: &str, code: &str, now: i64) -> Result<Option<i64>> {
    let (totp, digits) = (of(secret, &person.name)?, code.replace(|c: char| c.is_whitespace(), ""));
    let step = now / i64::try_from(STEP).unwrap_or(30);
    let mut found = None;
    for step in step - SLACK..=step + SLACK {
        let Ok(time) = u64::try_from(step) else { continue };
        // All are compared, and each to its end, so that time tells nothing.
        let same = secrets::same(&totp.generate(time * STEP), &digits);
        if same && person.factor_step.is_none_or(|used| step > used) {
            found = Some(step);
        }
    }
    Ok(found)
}

/// How long a second factor that was offered can be taken.
const OFFERED_SECONDS: i64 = 3600;

/// What the one is kept as that was offered to this person.
fn offered(name: &PersonName) -> String {
    format!("offered/{name}/")
}

impl Headquarters {
    /// Offers a second factor to somebody who shows their password. It counts once a code of it was shown.
    ///
    /// # Errors
    /// `sign_in_failed` for a wrong password.
    pub fn offer_second_factor(&self, name: &PersonName, password: &str) -> Result<NewSecondFactor> {
        self.password_is(name, password)?;
        let secret = Secret::Raw(secrets::random::<20>()?.to_vec()).to_encoded().to_string();
        let uri = of(&secret, name)?.get_url();
        let now = unix_now();
        self.store.write(|tx| tx.put_passing(&offered(name), &secret, now, now + OFFERED_SECONDS))?;
        Ok(NewSecondFactor { qr: qr_svg(&uri)?, uri, secret })
    }

    /// Takes the second factor that was offered, for who shows a code of it. Their other sessions end: they were begun without it.
    ///
    /// # Errors
    /// `second_factor_wrong` for another code, or where none was offered.
    pub fn take_second_factor(&self, name: &PersonName, code: &str, here: i64) -> Result<Person> {
        let wrong =
            || Error::told(Code::SecondFactorWrong, "the code is not that of the offered second factor");
        self.store.write(|tx| {
            let secret = tx.passing(&offered(name), unix_now())?.ok_or_else(wrong)?;
            let fresh = Person { factor_step: None, ..known_person(tx, name)? };
            let step = step_of(&fresh, &secret, code, unix_now())?.ok_or_else(wrong)?;
            let person = Person { second_factor: Some(secret.clone()), factor_step: Some(step), ..fresh };
            tx.put_person(&person)?;
            tx.end_sessions_of(name, Some(here))?;
            tx.note(Some(name), What::SecondFactorTaken, "")?;
            tx.forget_passing(&offered(name))?;
            Ok(person)
        })
    }

    /// Gives one's second factor up, for who shows their password.
    ///
    /// # Errors
    /// `sign_in_failed` for a wrong password.
    pub fn give_up_second_factor(&self, name: &PersonName, password: &str) -> Result<Person> {
        self.password_is(name, password)?;
        self.store.write(|tx| {
            let person = Person { second_factor: None, factor_step: None, ..known_person(tx, name)? };
            tx.put_person(&person)?;
            tx.note(Some(name), What::SecondFactorGivenUp, "")?;
            Ok(person)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blon_core::review::Role;

    /// The secret and the first code of RFC 6238's own table (SHA-1, the last six of its eight digits).
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn a_code_is_good_once_and_about_its_time() {
        let mut person = Person::new("Nana".parse().unwrap(), Role::Analyst, "");
        let step = |person: &Person, code: &str, now| step_of(person, RFC, code, now).unwrap();
        assert_eq!(step(&person, "287082", 59), Some(1));
        assert_eq!(step(&person, "287 082", 59 + 30), Some(1), "a clock may be late");
        assert_eq!(step(&person, "287082", 59 + 60), None, "but not that late");
        assert_eq!(step(&person, "287083", 59), None);
        assert_eq!(step(&person, "", 59), None);
        person.factor_step = Some(1);
        assert_eq!(step(&person, "287082", 59), None, "it was used");
    }

    #[test]
    fn a_telephone_is_told_all_it_needs() {
        let uri = of(RFC, &"Nana: analyste".parse().unwrap()).unwrap().get_url();
        assert!(uri.starts_with("otpauth://totp/Blon:Nana"), "{uri}");
        assert!(uri.contains(RFC), "{uri}");
    }
}
