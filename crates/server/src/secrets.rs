//! Passwords, tokens and codes: made here, kept only as hashes.

use crate::error::{Error, Result};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use blon_core::id::Digest;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// No 0 and O, no 1 and I: a code is read aloud and typed on a small screen.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// 50 random bits; with a day to live and one use that is far beyond guessing over a network.
const CODE_CHARACTERS: usize = 10;

/// Bytes that nobody can foretell.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(format!("no randomness: {e}")))?;
    Ok(bytes)
}

/// A new secret of 192 bits, as 32 letters: a device's token, a session's cookie. It goes with every request, and every byte is
/// paid for.
///
/// # Errors
/// An internal error if the system gives no randomness.
pub fn token() -> Result<String> {
    Ok(BASE64_URL.encode(random::<24>()?))
}

/// A new one-time code, in two groups: `K7QMX-P2XDR`.
///
/// # Errors
/// An internal error if the system gives no randomness.
pub fn code() -> Result<String> {
    let bytes = random::<CODE_CHARACTERS>()?;
    let letters: Vec<char> = bytes.iter().map(|b| letter(*b)).collect();
    let (first, second) = letters.split_at(CODE_CHARACTERS / 2);
    Ok(first.iter().chain(&['-']).chain(second).collect())
}

/// A new password to hand over, in four groups of five.
///
/// # Errors
/// An internal error if the system gives no randomness.
pub fn password() -> Result<String> {
    Ok(format!("{}-{}", code()?, code()?).to_lowercase())
}

fn letter(byte: u8) -> char {
    ALPHABET.get(usize::from(byte & 31)).map_or('2', |b| char::from(*b))
}

/// Whether two secrets are the same, in a time that tells nothing of where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

/// The hash by which a token is found again. Plain SHA-256 is enough: a token is random, not chosen.
pub fn token_hash(token: &str) -> String {
    Digest::from_bytes(Sha256::digest(token).into()).to_string()
}

/// The hash by which a code is found again, however it was typed.
pub fn code_hash(code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    token_hash(&letters.to_ascii_uppercase())
}

/// The argon2id hash of a password, in PHC format.
///
/// # Errors
/// An internal error if the hash cannot be made.
pub fn hash_password(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|e| Error::Internal(e.to_string()))?.to_string())
}

/// Whether the password is the one of this hash. Without a hash it takes as long and says no, so that the
/// time tells nobody which names exist.
pub fn password_matches(password: &str, hash: Option<&str>) -> bool {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY));
    parsed.is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok()) && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let made = code().unwrap();
        assert_eq!(made.len(), CODE_CHARACTERS + 1);
        assert_eq!(code_hash(&made), code_hash(&made.to_lowercase().replace('-', " ")));
        assert_ne!(code_hash(&made), code_hash(&code().unwrap()));
    }

    #[test]
    fn a_password_opens_only_its_own_hash() {
        let hash = hash_password("vestibule de la paix").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(password_matches("vestibule de la paix", Some(&hash)));
        assert!(!password_matches("vestibule", Some(&hash)));
        assert!(!password_matches("vestibule", None));
    }
}
