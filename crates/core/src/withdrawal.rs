//! A storyteller takes their consent back: the story is erased wherever it is.
//!
//! A withdrawal is no [`Record`](crate::record::Record), for two reasons. Whoever takes it has the story's code and nothing
//! else, often on a device that never had the story; and a record is kept among those of its story, which are what is to be
//! erased. So it travels apart, as a bare code, and every replica keeps the set of them: whatever it has, or comes to hear, of
//! a story with such a code is erased. The code is made from the story's id by a hash: who hears it learns nothing of a story
//! that they do not have.
//!
//! Two sides that know the same withdrawals have the same [`WithdrawalSum`]; where they differ the whole set is told, for it is
//! small. So a headquarters that was brought back from a backup hears of all of them again from any device that knew.

use crate::id::{InvalidId, LETTERS, StoryId};
use crate::review::Role;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// What a storyteller is given to withdraw with, in three groups of four: `K7QM-2P4X-9RTA`. Eleven letters are made from the
/// story's id, and the last one tells a mistaken letter or two that changed places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export, as = "String")]
#[serde(try_from = "String", into = "String")]
pub struct WithdrawalCode(u64);

/// Letters that are made from the id. That two of ten million stories share a code is one chance in seven hundred.
const MADE: usize = 11;

/// The largest prime below the number of letters: by it every single mistake shows but 0 for Z.
const CHECKED_BY: usize = 31;

impl WithdrawalCode {
    /// The code of this story.
    pub fn of(story: StoryId) -> Self {
        let hash =
            Sha256::new().chain_update(b"blon withdrawal ").chain_update(story.0.as_bytes()).finalize();
        let first = hash.iter().take(8).fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
        WithdrawalCode(first >> (64 - 5 * MADE))
    }

    /// The places of its letters in the alphabet, without the last one.
    fn places(self) -> impl Iterator<Item = usize> {
        (0..MADE).rev().map(move |place| usize::try_from((self.0 >> (5 * place)) & 31).unwrap_or(0))
    }

    fn check(self) -> usize {
        (1..).zip(self.places()).map(|(weight, place): (usize, usize)| weight * place).sum::<usize>()
            % CHECKED_BY
    }
}

impl fmt::Display for WithdrawalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, place) in self.places().chain([self.check()]).enumerate() {
            if n > 0 && n % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(LETTERS.get(place).copied().unwrap_or(b'0')))?;
        }
        Ok(())
    }
}

impl FromStr for WithdrawalCode {
    type Err = InvalidId;

    /// As people write it: in small letters, with other blanks or none, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId { what: "withdrawal code", text: text.chars().take(40).collect() };
        let place = |letter: char| {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            LETTERS.iter().position(|known| char::from(*known) == letter)
        };
        let written = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '.'));
        let places: Vec<usize> =
            written.take(MADE + 2).map(place).collect::<Option<_>>().ok_or_else(invalid)?;
        let (made, check) = places.split_at_checked(MADE).ok_or_else(invalid)?;
        let code = WithdrawalCode(made.iter().fold(0, |sum, place| sum << 5 | *place as u64));
        if check == [code.check()] { Ok(code) } else { Err(invalid()) }
    }
}

impl TryFrom<String> for WithdrawalCode {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<WithdrawalCode> for String {
    fn from(code: WithdrawalCode) -> String {
        code.to_string()
    }
}

/// A set of withdrawals in few bytes: the exclusive or of their codes, in hexadecimal digits; none of none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct WithdrawalSum(String);

impl WithdrawalSum {
    /// Of these; `None` where there are none.
    pub fn of(codes: &[WithdrawalCode]) -> Option<Self> {
        let sum = codes.iter().fold(0, |sum, code| sum ^ code.0);
        (!codes.is_empty()).then(|| WithdrawalSum(format!("{sum:x}")))
    }
}

/// Whether somebody of this role takes a storyteller's withdrawal. A verifier does not: whom they ask is not the storyteller.
pub fn may_withdraw(role: Role) -> bool {
    role != Role::Verifier
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn code(n: u128) -> WithdrawalCode {
        WithdrawalCode::of(StoryId(Uuid::from_u128(n)))
    }

    #[test]
    fn a_code_is_the_same_everywhere_and_for_good() {
        // It stands on slips of paper: another derivation would leave their owners without a way back.
        let story: StoryId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        assert_eq!(WithdrawalCode::of(story).to_string(), "Z2X3-5D61-VAHB");
        assert_ne!(
            WithdrawalCode::of(story).to_string().replace('-', "")[..8],
            story.storyteller().replace('-', "")
        );
    }

    #[test]
    fn sums_tell_sets_apart() {
        assert_eq!(WithdrawalSum::of(&[]), None);
        assert_eq!(WithdrawalSum::of(&[code(1), code(2)]), WithdrawalSum::of(&[code(2), code(1)]));
        assert_ne!(WithdrawalSum::of(&[code(1)]), WithdrawalSum::of(&[code(1), code(2)]));
    }

    proptest! {
        #[test]
        fn what_people_write_is_read_and_a_mistake_is_seen(id: u128, place in 0_usize..12, other in 0_usize..32) {
            let code = code(id);
            let written = code.to_string();
            let lazy = written.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert_eq!(lazy.parse(), Ok(code));
            prop_assert_eq!(written.replace('-', "").parse(), Ok(code));
            let mut letters: Vec<char> = written.chars().filter(|c| *c != '-').collect();
            let (before, other) = (letters[place], char::from(LETTERS[other]));
            letters[place] = other;
            let mistaken: String = letters.iter().collect();
            let looks_alike = [('0', 'Z'), ('Z', '0')].contains(&(before, other));
            prop_assert!(before == other || looks_alike || mistaken.parse::<WithdrawalCode>().is_err());
        }

        #[test]
        fn letters_that_changed_places_are_seen(id: u128, place in 0_usize..11) {
            let mut letters: Vec<char> = code(id).to_string().chars().filter(|c| *c != '-').collect();
            letters.swap(place, place + 1);
            let swapped: String = letters.iter().collect();
            let differs = letters[place] != letters[place + 1];
            let far = [('0', 'Z'), ('Z', '0')].contains(&(letters[place], letters[place + 1]));
            // Of those two it is seen only where one would be the last letter, which is never Z.
            prop_assert!(swapped.parse::<WithdrawalCode>().is_err() == differs || far, "{}", swapped);
        }

        #[test]
        fn junk_is_refused_and_never_stops_the_program(junk in ".{0,40}") {
            if let Ok(code) = junk.parse::<WithdrawalCode>() {
                prop_assert_eq!(code.to_string().parse(), Ok(code));
            }
        }
    }
}
