//! Names are sealed to the custodian's key before they leave the device: nobody else can read them, headquarters neither.
//! What comes of it is a file of `age`, which any of its tools opens.

use crate::error::{Error, Result};
use age::armor::{ArmoredWriter, Format};
use age::x25519::Recipient;
use blon_core::sealed::Sealed;
use std::io::Write;

/// Seals words to a key as `age` writes it, `age1…`.
///
/// # Errors
/// `bad_input` for what is no key; an internal error if sealing fails.
pub(crate) fn seal(words: &str, key: &str) -> Result<Sealed> {
    let key: Recipient = key
        .parse()
        .map_err(|e: &str| Error::bad_input(format!("the custodian's key cannot be read: {e}")))?;
    let sealed = sealed(words, &key).map_err(|e| Error::Internal(e.to_string()))?;
    Sealed::try_from(sealed).map_err(|e| Error::bad_input(e.to_string()))
}

fn sealed(words: &str, key: &Recipient) -> std::io::Result<String> {
    let sealing = age::Encryptor::with_recipients(std::iter::once(key as &dyn age::Recipient))
        .map_err(std::io::Error::other)?;
    let mut armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
    let mut inside = sealing.wrap_output(&mut armor)?;
    inside.write_all(words.as_bytes())?;
    inside.finish()?;
    String::from_utf8(armor.finish()?).map_err(std::io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::armor::ArmoredReader;
    use age::x25519::Identity;
    use std::io::Read;

    #[test]
    fn only_the_custodian_reads_what_was_sealed() {
        let (own, other) = (Identity::generate(), Identity::generate());
        let sealed = String::from(seal("Sira Keïta, au marché", &own.to_public().to_string()).unwrap());
        assert!(!sealed.contains("Sira"));
        let open = |key: &Identity| {
            let inside = age::Decryptor::new(ArmoredReader::new(sealed.as_bytes())).ok()?;
            let mut words = String::new();
            inside
                .decrypt(std::iter::once(key as &dyn age::Identity))
                .ok()?
                .read_to_string(&mut words)
                .ok()?;
            Some(words)
        };
        assert_eq!(open(&own).unwrap(), "Sira Keïta, au marché");
        assert_eq!(open(&other), None);
        assert!(seal("Sira", "age1nonsense").is_err());
    }
}
