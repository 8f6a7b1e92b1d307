//! The key of the store: random, and wrapped by a key derived from the collector's passphrase.
//!
//! The passphrase is never the key itself. So a changed passphrase only rewraps, a wrong one is told apart
//! from a damaged database, and a stolen phone meets argon2id. The wrapped key stands in a file of its own
//! beside the database, written whole or not at all.

use crate::error::{Error, Result};
use argon2::{Algorithm, Argon2, Params, Version};
use blon_core::id::Digest;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use zeroize::Zeroizing;

/// The fewest characters of a passphrase or PIN.
pub const PASSPHRASE_CHARACTERS: usize = 6;

/// 64 MiB and three passes: the memory-constrained setting of RFC 9106, section 4. A phone with 2 GB bears
/// it for the second that an unlock takes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;

/// The 256-bit key of the database; wiped from memory when dropped.
pub struct StoreKey(Zeroizing<[u8; 32]>);

/// The most that a key file may ask of this machine; beyond it the file is damaged, or meant to do harm.
const MEMORY_LIMIT_KIB: u32 = 1024 * 1024;
const PASSES_LIMIT: u32 = 16;

/// The shape of the key file that this program writes.
const KEY_FILE: u32 = 1;

/// The key file's content.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    /// The shape of this file.
    version: u32,
    memory_kib: u32,
    passes: u32,
    salt: [u8; 16],
    nonce: [u8; 24],
    sealed: Vec<u8>,
    /// Over all the rest, so that a damaged file is told from a wrong passphrase.
    sha256: String,
}

impl Wrapped {
    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for number in [self.version, self.memory_kib, self.passes] {
            hash.update(number.to_le_bytes());
        }
        for bytes in [self.salt.as_slice(), &self.nonce, &self.sealed] {
            hash.update(bytes);
        }
        Digest::from_bytes(hash.finalize().into()).to_string()
    }

    fn is_sound(&self) -> bool {
        self.version == KEY_FILE
            && self.memory_kib <= MEMORY_LIMIT_KIB
            && self.passes <= PASSES_LIMIT
            && self.sha256 == self.digest()
    }
}

impl StoreKey {
    /// Makes a new key and writes it to `path`, wrapped by `passphrase`.
    ///
    /// # Errors
    /// `passphrase_too_short`; `disk_full` or `file_unreadable` if the file cannot be written.
    pub fn create(path: &Path, passphrase: &str) -> Result<Self> {
        if passphrase.chars().count() < PASSPHRASE_CHARACTERS {
            return Err(Error::PassphraseTooShort);
        }
        let key = StoreKey(Zeroizing::new(random()?));
        let (salt, nonce) = (random::<16>()?, random::<24>()?);
        let cipher = wrapping_cipher(passphrase, &salt, MEMORY_KIB, PASSES)?;
        let sealed = cipher
            .encrypt(XNonce::from_slice(&nonce), key.0.as_slice())
            .map_err(|_| Error::Internal("the key could not be wrapped".to_owned()))?;
        let (memory_kib, passes, sha256) = (MEMORY_KIB, PASSES, String::new());
        let mut wrapped = Wrapped { version: KEY_FILE, memory_kib, passes, salt, nonce, sealed, sha256 };
        wrapped.sha256 = wrapped.digest();
        write_whole(path, &serde_json::to_vec(&wrapped)?)?;
        Ok(key)
    }

    /// Reads the key at `path` and unwraps it with `passphrase`.
    ///
    /// # Errors
    /// `key_missing` if the file is not there or is not a key file; `wrong_passphrase`.
    pub fn unwrap_with(path: &Path, passphrase: &str) -> Result<Self> {
        let missing = || Error::KeyMissing(path.to_owned());
        let bytes = std::fs::read(path).map_err(|_| missing())?;
        let wrapped: Wrapped = serde_json::from_slice(&bytes).map_err(|_| missing())?;
        if !wrapped.is_sound() {
            return Err(missing());
        }
        let cipher = wrapping_cipher(passphrase, &wrapped.salt, wrapped.memory_kib, wrapped.passes)?;
        let opened = cipher
            .decrypt(XNonce::from_slice(&wrapped.nonce), wrapped.sealed.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| Error::WrongPassphrase)?;
        let key = <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| missing())?;
        Ok(StoreKey(Zeroizing::new(key)))
    }

    /// The key as SQLCipher takes it: 64 hexadecimal digits, wiped when dropped.
    pub(crate) fn hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in self.0.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(format!("no randomness: {e}")))?;
    Ok(bytes)
}

fn wrapping_cipher(passphrase: &str, salt: &[u8], memory: u32, passes: u32) -> Result<XChaCha20Poly1305> {
    let internal = |e: argon2::Error| Error::Internal(format!("argon2: {e}"));
    let params = Params::new(memory, passes, 1, Some(32)).map_err(internal)?;
    let mut derived = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, derived.as_mut_slice())
        .map_err(internal)?;
    Ok(XChaCha20Poly1305::new(derived.as_slice().into()))
}

/// Writes beside, makes it durable, then takes the name: after a kill there is the whole file or none.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    let failed = |e| Error::file(path, e);
    let mut file = File::create(&beside).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)?;
    match path.parent() {
        Some(folder) => sync_folder(folder).map_err(failed),
        None => Ok(()),
    }
}

#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file, and renaming is durable by itself.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use blon_core::error::Code;

    #[test]
    fn only_the_right_passphrase_unwraps_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blon.key");
        let made = StoreKey::create(&path, "kangaba-2022").unwrap();
        assert_eq!(*StoreKey::unwrap_with(&path, "kangaba-2022").unwrap().hex(), *made.hex());
        let wrong = StoreKey::unwrap_with(&path, "kangaba-2023").err().unwrap();
        assert_eq!(wrong.code(), Code::WrongPassphrase);
        let file = std::fs::read_to_string(&path).unwrap();
        assert!(!file.contains(made.hex().as_str()), "the key itself is nowhere in its file");
    }

    #[test]
    fn a_short_passphrase_and_a_broken_key_file_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blon.key");
        assert_eq!(StoreKey::create(&path, "12345").err().unwrap().code(), Code::PassphraseTooShort);
        assert!(!path.exists());
        std::fs::write(&path, "{}").unwrap();
        assert_eq!(StoreKey::unwrap_with(&path, "123456").err().unwrap().code(), Code::KeyMissing);
    }

    #[test]
    fn a_key_file_that_was_tampered_with_is_no_wrong_passphrase_and_costs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blon.key");
        StoreKey::create(&path, "kangaba-2022").unwrap();
        let sound: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let salt = u8::try_from(sound["salt"][3].as_u64().unwrap()).unwrap();
        let turned = [
            ("version", serde_json::json!(2)),
            ("passes", u32::MAX.into()),
            ("memory_kib", u32::MAX.into()),
            ("salt", {
                let mut bytes = sound["salt"].clone();
                bytes[3] = (salt ^ 1).into();
                bytes
            }),
        ];
        for (field, value) in turned {
            let mut damaged = sound.clone();
            damaged[field] = value;
            std::fs::write(&path, damaged.to_string()).unwrap();
            let told = StoreKey::unwrap_with(&path, "kangaba-2022").err().unwrap();
            assert_eq!(told.code(), Code::KeyMissing, "{field}");
        }
    }
}
