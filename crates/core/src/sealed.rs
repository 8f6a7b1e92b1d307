//! Something within a record that only the holder of a key can read.

use serde::{Deserialize, Serialize};
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

#[cfg(test)]
mod tests {
    use super::*;

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
