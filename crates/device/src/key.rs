//! The key of the store: random, and wrapped by a key derived from the collector's passphrase.
//!
//! The passphrase is never the key itself. So a changed passphrase only rewraps, a wrong one is told apart
//! from a damaged database, and a stolen phone meets argon2id. The wrapped key stands in a file of its own
//! beside the database ([`file`]), written whole or not at all.

pub(crate) mod file;

use crate::error::{Error, Result};
use crate::key::file::{KeyFile, Opened};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use std::path::Path;
use zeroize::Zeroizing;

/// The fewest characters of a passphrase or PIN.
pub const PASSPHRASE_CHARACTERS: usize = 6;

/// The 256-bit key of the database; wiped from memory when dropped.
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl StoreKey {
    /// A key that nobody has had before.
    ///
    /// # Errors
    /// An internal error where the system gives no randomness.
    pub(crate) fn fresh() -> Result<Self> {
        Ok(StoreKey(Zeroizing::new(random()?)))
    }

    /// Makes a new key and writes it to `path`, wrapped by `passphrase`.
    ///
    /// # Errors
    /// `passphrase_too_short`; `disk_full` or `file_unreadable` if the file cannot be written.
    pub fn create(path: &Path, passphrase: &str) -> Result<Self> {
        let (mut file, key) = KeyFile::new(passphrase)?;
        file.write(path)?;
        Ok(key)
    }

    /// Reads the key at `path` and unwraps it with `passphrase`. Nothing is counted and nothing waits: whoever holds a file
    /// can do this anywhere. People come in by a [`crate::door::Door`].
    ///
    /// # Errors
    /// `key_missing` if the file is not there or is not a key file; `wrong_passphrase`.
    pub fn unwrap_with(path: &Path, passphrase: &str) -> Result<Self> {
        let file = KeyFile::read(path)?;
        match file.open(&file.wrapping(passphrase)?) {
            Some(Opened::Store(key)) => Ok(key),
            _ => Err(Error::WrongPassphrase),
        }
    }

    /// The key as SQLCipher takes it: 64 hexadecimal digits, wiped when dropped.
    pub fn hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in self.0.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text
    }
}

/// What a passphrase becomes by argon2id: it wraps, and opens what it wrapped. Wiped from memory when dropped.
pub(crate) struct Wrapping(XChaCha20Poly1305);

/// Something wrapped. Nobody can tell it from random bytes of the same length without the passphrase.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wrapped {
    nonce: [u8; 24],
    sealed: Vec<u8>,
}

impl Wrapping {
    /// Derives it: by far the dearest step of an unlock.
    fn of(passphrase: &str, salt: &[u8], memory_kib: u32, passes: u32) -> Result<Self> {
        let internal = |e: argon2::Error| Error::Internal(format!("argon2: {e}"));
        let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(internal)?;
        let mut derived = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, derived.as_mut_slice())
            .map_err(internal)?;
        Ok(Wrapping(XChaCha20Poly1305::new(derived.as_slice().into())))
    }

    /// Wraps a key for one use; what was wrapped for another does not open.
    fn wrap(&self, key: &StoreKey, aad: &[u8]) -> Result<Wrapped> {
        let nonce = random::<24>()?;
        let sealed = self
            .0
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: key.0.as_slice(), aad })
            .map_err(|_| Error::Internal("the key could not be wrapped".to_owned()))?;
        Ok(Wrapped { nonce, sealed })
    }

    fn open(&self, wrapped: &Wrapped, aad: &[u8]) -> Option<StoreKey> {
        let opened = self
            .0
            .decrypt(XNonce::from_slice(&wrapped.nonce), Payload { msg: &wrapped.sealed, aad })
            .map(Zeroizing::new)
            .ok()?;
        Some(StoreKey(Zeroizing::new(<[u8; 32]>::try_from(opened.as_slice()).ok()?)))
    }
}

/// A passphrase that may be taken for a store.
///
/// # Errors
/// `passphrase_too_short`.
pub(crate) fn long_enough(passphrase: &str) -> Result<()> {
    if passphrase.chars().count() < PASSPHRASE_CHARACTERS { Err(Error::PassphraseTooShort) } else { Ok(()) }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(format!("no randomness: {e}")))?;
    Ok(bytes)
}

/// Makes a change of names in this folder durable.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file, and renaming is durable by itself.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}
