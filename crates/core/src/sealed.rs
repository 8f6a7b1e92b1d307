//! What only the holder of a key can read: words within a record ([`Sealed`]), and who told a story ([`SealedFile`], and
//! [`SealedFace`]), which travels beside the record.
//!
//! Both are files of `age` (age-encryption.org/v1), sealed on the device to the keys of the campaign's custodians; headquarters
//! has none of these keys. Any of age's tools opens them.

use crate::face::FACE_BYTES;
use crate::id::StoryId;
use crate::story::Identity;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// Something that only the holder of a key can read: a file of `age` with its armor of ASCII, at most [`SEALED_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, as = "String")]
#[serde(try_from = "String", into = "String")]
pub struct Sealed(String);

/// The most bytes of something sealed.
pub const SEALED_BYTES: usize = 8 * 1024;

/// A text that is not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not sealed with age, or is longer than {SEALED_BYTES} bytes")]
pub struct NotSealed;

impl TryFrom<String> for Sealed {
    type Error = NotSealed;

    fn try_from(text: String) -> Result<Self, NotSealed> {
        let armored = text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n")
            && text.trim_end().ends_with("-----END AGE ENCRYPTED FILE-----");
        if armored && text.len() <= SEALED_BYTES { Ok(Sealed(text)) } else { Err(NotSealed) }
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> String {
        sealed.0
    }
}

/// A sealed identity's words come to a multiple of this, so that the size of what is sealed says nothing of a name. Nearly
/// every identity comes to one.
pub const IDENTITY_BLOCK: usize = 128;

/// Who told a story, as it is sealed: JSON that says of whom it is, with blanks to a multiple of [`IDENTITY_BLOCK`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// What the storyteller is called at headquarters ([`StoryId::storyteller`]): whoever opens it sees if it was put beside
    /// another story.
    pub of: String,
    /// Name of the person or the group.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// An exact place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What stood in the story's words and was masked there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<Masked>,
}

/// The most bytes of words that are masked in one story, with what says where: they must go into a [`SealedFile`].
pub const MASKED_BYTES: usize = 4 * 1024;

/// Words that a collector masked in a story, because they told who told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    /// The answer, as comments point at it; for a question of the questionnaire alone, where it is kept.
    pub at: String,
    /// What stood there.
    pub words: String,
}

impl Masked {
    /// How much of [`MASKED_BYTES`] it takes.
    pub fn bytes(&self) -> usize {
        self.at.len() + self.words.len()
    }
}

impl Inside {
    /// What is sealed of this identity, and of what was masked.
    pub fn of(story: StoryId, identity: &Identity, masked: Vec<Masked>) -> Self {
        // A face is sealed as a file of its own.
        let Identity { name, phone, place, face: _ } = identity.clone();
        Inside { of: story.storyteller(), name, phone, place, masked }
    }

    /// As it is sealed.
    ///
    /// # Errors
    /// Those of JSON, which texts alone never give.
    pub fn padded(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.resize(bytes.len().next_multiple_of(IDENTITY_BLOCK), b' ');
        Ok(bytes)
    }
}

/// A sealed file, of at most `MOST` bytes. In a message its head, which is text already, stands as it is, and only what follows is
/// base64 (ADR 21).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealedBytes<const MOST: usize>(Vec<u8>);

/// Who told a story, sealed.
pub type SealedFile = SealedBytes<SEALED_BYTES>;

/// A storyteller's face, sealed ([`crate::face`]).
pub type SealedFace = SealedBytes<SEALED_FACE_BYTES>;

/// The most bytes of a sealed face.
pub const SEALED_FACE_BYTES: usize = FACE_BYTES + SEALED_BYTES;

impl<const MOST: usize> SealedBytes<MOST> {
    /// The bytes of the file, as age's tools read it.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Where its head ends; `None` for what is no such file.
    fn head(bytes: &[u8]) -> Option<usize> {
        let last = bytes.windows(5).position(|window| window == b"\n--- ")? + 1;
        let end = bytes.get(last..)?.iter().position(|byte| *byte == b'\n')?;
        bytes.starts_with(b"age-encryption.org/v1\n").then_some(last + end + 1)
    }
}

impl<const MOST: usize> TryFrom<Vec<u8>> for SealedBytes<MOST> {
    type Error = NotSealed;

    fn try_from(bytes: Vec<u8>) -> Result<Self, NotSealed> {
        // The head must be text: that is how it travels.
        let head = Self::head(&bytes).and_then(|end| bytes.get(..end)).is_some_and(<[u8]>::is_ascii);
        if head && bytes.len() <= MOST { Ok(SealedBytes(bytes)) } else { Err(NotSealed) }
    }
}

impl<const MOST: usize> TryFrom<String> for SealedBytes<MOST> {
    type Error = NotSealed;

    fn try_from(text: String) -> Result<Self, NotSealed> {
        let end = Self::head(text.as_bytes()).ok_or(NotSealed)?;
        let (head, rest) = text.split_at_checked(end).ok_or(NotSealed)?;
        let mut bytes = head.as_bytes().to_vec();
        BASE64.decode_vec(rest, &mut bytes).map_err(|_| NotSealed)?;
        Self::try_from(bytes)
    }
}

impl<const MOST: usize> From<SealedBytes<MOST>> for String {
    fn from(sealed: SealedBytes<MOST>) -> String {
        let (head, rest) = sealed.0.split_at(SealedBytes::<MOST>::head(&sealed.0).unwrap_or(0));
        format!("{}{}", String::from_utf8_lossy(head), BASE64.encode(rest))
    }
}

impl<const MOST: usize> fmt::Debug for SealedBytes<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedBytes({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn a_sealed_file_travels_as_text_and_junk_is_refused(inside: Vec<u8>, junk in ".{0,90}") {
            let head = b"age-encryption.org/v1\n-> X25519 abc\ndef\n--- ghi\n";
            let bytes = [head.as_slice(), &inside].concat();
            let sealed = SealedFile::try_from(bytes.clone()).unwrap();
            let travelled = SealedFile::try_from(String::from(sealed.clone())).unwrap();
            prop_assert_eq!(travelled.bytes(), bytes);
            prop_assert!(SealedFile::try_from(junk.clone()).is_err());
            prop_assert!(SealedFile::try_from(inside).is_err());
            let spoilt = format!("{}{junk}é", String::from(sealed));
            prop_assert!(SealedFile::try_from(spoilt).is_err());
        }

        #[test]
        fn the_size_of_what_is_sealed_says_nothing(name in ".{0,20}", phone in "[0-9 ]{0,14}", place in "[0-9. -]{0,24}") {
            let identity = Identity { name, phone, place, face: None };
            let padded = Inside::of(StoryId(Uuid::from_u128(7)), &identity, Vec::new()).padded().unwrap();
            prop_assert_eq!(padded.len() % IDENTITY_BLOCK, 0);
            let read: Inside = serde_json::from_slice(&padded).unwrap();
            prop_assert_eq!(read, Inside::of(StoryId(Uuid::from_u128(7)), &identity, Vec::new()));
        }
    }

    #[test]
    fn whoever_gave_all_and_who_gave_a_name_alone_are_of_one_size() {
        let story = StoryId(Uuid::from_u128(7));
        let size = |name: &str, phone: &str, place: &str| {
            let identity = Identity {
                name: name.to_owned(),
                phone: phone.to_owned(),
                place: place.to_owned(),
                face: None,
            };
            Inside::of(story, &identity, Vec::new()).padded().unwrap().len()
        };
        assert_eq!(size("Sira", "", ""), IDENTITY_BLOCK);
        assert_eq!(size("Nansira Camara", "+223 70 12 34 56", "11.94021 -8.43812 360 5"), IDENTITY_BLOCK);
    }

    #[test]
    fn what_was_masked_stands_inside_and_nothing_says_that_nothing_was() {
        let story = StoryId(Uuid::from_u128(7));
        let masked = vec![Masked { at: "narrative.now".to_owned(), words: "Sira".to_owned() }];
        let inside = Inside::of(story, &Identity::default(), masked);
        let read: Inside = serde_json::from_slice(&inside.padded().unwrap()).unwrap();
        assert_eq!(read, inside);
        let none = Inside::of(story, &Identity::default(), Vec::new()).padded().unwrap();
        assert!(!String::from_utf8(none).unwrap().contains("masked"));
    }

    #[test]
    fn plain_words_are_not_sealed() {
        let armored = |inside: &str| {
            format!("-----BEGIN AGE ENCRYPTED FILE-----\n{inside}\n-----END AGE ENCRYPTED FILE-----\n")
        };
        assert!(Sealed::try_from(armored("YWdl")).is_ok());
        for other in ["Sira Keïta".to_owned(), String::new(), armored(&"x".repeat(SEALED_BYTES))] {
            assert!(Sealed::try_from(other).is_err());
        }
    }
}
