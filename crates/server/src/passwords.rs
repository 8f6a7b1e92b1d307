//! Whether a new password can be chosen: how soon somebody would guess it who knows the usual ways.
//!
//! Rules about capitals and digits make `Passw0rd!` and are let be; what counts is how many guesses a cracker needs (zxcvbn,
//! Wheeler 2016). A sentence of four words passes.

use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::PersonName;
use zxcvbn::{Score, zxcvbn};

/// The fewest characters.
pub const PASSWORD_CHARACTERS: usize = 10;

/// The most characters: what is longer is no password that somebody types.
const LONGEST: usize = 256;

/// How many of its characters are looked at.
const ESTIMATED: usize = 64;

/// Words that a guesser would try here first: the dictionaries of the estimate are English.
const OUR_WORDS: [&str; 16] = [
    "blon",
    "kangaba",
    "mali",
    "bamako",
    "vestibule",
    "recits",
    "récits",
    "changement",
    "siege",
    "siège",
    "mot de passe",
    "motdepasse",
    "azerty",
    "bonjour",
    "soleil",
    "jetaime",
];

/// Whether a person may choose this password.
///
/// # Errors
/// `password_weak`, with what makes it so.
pub fn is_strong(password: &str, name: &PersonName) -> Result<()> {
    let weak = |why: &str| Err(Error::told(Code::PasswordWeak, why.to_owned()));
    let length = password.chars().count();
    if length < PASSWORD_CHARACTERS {
        return weak(&format!("a password has at least {PASSWORD_CHARACTERS} characters"));
    }
    if length > LONGEST {
        return weak(&format!("a password has at most {LONGEST} characters"));
    }
    let known: Vec<&str> = OUR_WORDS.iter().copied().chain([name.as_str()]).collect();
    // What comes after this only makes it stronger, and estimating it takes ever longer.
    let beginning: String = password.chars().take(ESTIMATED).collect();
    let estimate = zxcvbn(&beginning, &known);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let warning = estimate.feedback().and_then(|feedback| feedback.warning());
    weak(&warning.map_or_else(|| "it is guessed too soon: take four words".to_owned(), |w| w.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_soon_is_refused_and_four_words_pass() {
        let name: PersonName = "Modibo".parse().unwrap();
        for weak in [
            "court",
            "mot de passe",
            "bonjour2026",
            "password12",
            "1234567890",
            "azertyuiop",
            "ModiboModibo",
            "kangaba2022",
            "Passw0rd!!",
        ] {
            let refused = is_strong(weak, &name).unwrap_err();
            assert_eq!(refused.code(), Code::PasswordWeak, "{weak}");
        }
        for strong in ["karité sous le baobab", "k7qmx-p2xdr-9vbnz-tt4wa", "trois pirogues rouges"] {
            is_strong(strong, &name).unwrap_or_else(|e| panic!("{strong}: {e}"));
        }
        assert!(is_strong(&"é".repeat(300), &name).is_err());
    }
}
