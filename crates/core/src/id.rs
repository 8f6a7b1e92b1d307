//! Newtypes for ids, so that one kind cannot be passed where another is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[ts(export, as = "String")]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map($name)
            }
        }
    };
}

uuid_id! {
    /// One story: one interview with one storyteller or group. UUIDv7, made on the collector's device.
    StoryId
}
uuid_id! {
    /// One record. UUIDv7, made where the act happened; its time part is only as good as that clock.
    RecordId
}
uuid_id! {
    /// One device, named by headquarters at enrolment.
    DeviceId
}
uuid_id! {
    /// One change within a story; stable over revisions, so that comments can point at it.
    ChangeId
}
uuid_id! {
    /// One piece of evidence within a change; stable over revisions.
    EvidenceId
}

/// A campaign's short name, such as `kangaba-2022`: 1 to 64 of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export, as = "String")]
#[serde(try_from = "String", into = "String")]
pub struct CampaignId(String);

/// The name a person signs in with, such as `Awa`: 1 to 64 characters, no blanks at the ends, no control
/// characters, none that is not seen. People are collectors, supervisors and staff; a storyteller never has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export, as = "String")]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// The SHA-256 of a file's bytes, as 64 lowercase hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export, as = "String")]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

/// A name, campaign id or digest that breaks its own rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}: {text:?}")]
pub struct InvalidId {
    /// What the text should have been.
    pub what: &'static str,
    /// The text that was given.
    pub text: String,
}

/// The letters of a code that people say to each other: none that look or sound alike (Crockford's base 32).
pub(crate) const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl StoryId {
    /// What the storyteller is called where the name must not be: eight letters and digits, from the part of the id that is
    /// left to chance. The collector has the same beside the name.
    pub fn storyteller(self) -> String {
        let letter = |place: u32| {
            let index = usize::try_from((self.0.as_u128() >> (5 * place)) & 31).unwrap_or(0);
            char::from(LETTERS.get(index).copied().unwrap_or(b'0'))
        };
        let letters: String = (0..8).rev().map(letter).collect();
        let (first, last) = letters.split_at(4);
        format!("{first}-{last}")
    }
}

/// Whether a sign is not seen, or turns what stands around it: with it two names look alike that are not.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(
        u32::from(c),
        0xAD | 0x61C | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xE0000..=0xE007F
    )
}

macro_rules! text_id {
    ($name:ident, $what:literal, $rule:expr) => {
        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                let rule: fn(&str) -> bool = $rule;
                if rule(&text) { Ok($name(text)) } else { Err(InvalidId { what: $what, text }) }
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.to_owned().try_into()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(CampaignId, "campaign id", |t| {
    (1..=64).contains(&t.len())
        && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
});
text_id!(PersonName, "name of a person", |t| {
    let seen = |c: char| !c.is_control() && !is_unseen(c);
    (1..=64).contains(&t.chars().count()) && t.trim() == t && t.chars().all(seen) && !matches!(t, "." | "..")
});
text_id!(Digest, "SHA-256", |t| {
    t.len() == 64 && t.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
});

impl Digest {
    /// The digest whose 32 bytes a hash function gave.
    pub fn from_bytes(hash: [u8; 32]) -> Self {
        Digest(hash.iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Its 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        let digit =
            |digit: u8| char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0);
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(self.0.as_bytes().chunks(2)) {
            *byte = pair.iter().fold(0, |sum, one| sum << 4 | digit(*one));
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_escape_a_folder_are_refused() {
        assert!("../x".parse::<CampaignId>().is_err());
        assert!("Kangaba".parse::<CampaignId>().is_err());
        assert!("kangaba-2022".parse::<CampaignId>().is_ok());
        assert!("../../etc/passwd".parse::<Digest>().is_err());
        assert!("AB".repeat(32).parse::<Digest>().is_err());
        assert!("ab".repeat(32).parse::<Digest>().is_ok());
    }

    #[test]
    fn a_storyteller_is_called_by_what_is_left_to_chance() {
        let code = |id: &str| id.parse::<StoryId>().unwrap().storyteller();
        assert_eq!(code("01890a5d-ac96-774b-bcce-b302099a8057"), "084S-N02Q".to_owned());
        assert_ne!(
            code("01890a5d-ac96-774b-bcce-b302099a8057"),
            code("01890a5d-ac96-774b-bcce-b302099a8058")
        );
    }

    #[test]
    fn a_digest_is_its_bytes() {
        let bytes: [u8; 32] = std::array::from_fn(|n| u8::try_from(n * 7).unwrap());
        assert_eq!(Digest::from_bytes(bytes).to_bytes(), bytes);
    }

    #[test]
    fn a_persons_name_may_be_any_script_but_not_blank() {
        assert!("Founéké Kɛyita".parse::<PersonName>().is_ok());
        assert!("".parse::<PersonName>().is_err());
        assert!(" Awa".parse::<PersonName>().is_err());
        assert!("Awa\n".parse::<PersonName>().is_err());
        assert!("A\u{200b}wa".parse::<PersonName>().is_err(), "it looks like another name");
        assert!("M\u{202e}1".parse::<PersonName>().is_err());
        assert!("..".parse::<PersonName>().is_err(), "an address would lead elsewhere");
    }
}
