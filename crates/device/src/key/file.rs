//! The file of the key. It has two places, each of which a passphrase may open: the first holds the store's key, the second
//! what [`crate::duress`] needs, or random bytes. One run of argon2id serves both and both are always tried, so that neither
//! the file nor the time that an unlock takes says whether the second place is used.
//!
//! Files of the first version had one place; they are read, and written anew at the next unlock.

use super::{StoreKey, Wrapped, Wrapping, long_enough, random};
use crate::error::{Error, Result};
use blon_core::id::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// 64 MiB and three passes: the memory-constrained setting of RFC 9106, section 4. A phone with 2 GB bears
/// it for the second that an unlock takes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;

/// The most that a key file may ask of this machine; beyond it the file is damaged, or meant to do harm.
const MEMORY_LIMIT_KIB: u32 = 1024 * 1024;
const PASSES_LIMIT: u32 = 16;

/// The shape of the key file that this program writes.
const VERSION: u32 = 2;

/// A wrapped key: 32 bytes, and 16 that vouch for them.
const WRAPPED_BYTES: usize = 48;

/// What is wrapped for the second place says so: moved to the first, it opens nothing.
const STORE: &[u8] = b"";
const DURESS: &[u8] = b"blon duress";

/// The key file's content.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyFile {
    version: u32,
    memory_kib: u32,
    passes: u32,
    salt: [u8; 16],
    store: Wrapped,
    other: Wrapped,
    /// How many wrong passphrases in a row erase the store; none do where it is not set.
    pub(crate) erase_after: Option<u32>,
    /// Over all the rest, so that a damaged file is told from a wrong passphrase.
    sha256: String,
}

/// The first version's content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    version: u32,
    memory_kib: u32,
    passes: u32,
    salt: [u8; 16],
    nonce: [u8; 24],
    sealed: Vec<u8>,
    sha256: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Any {
    Known(KeyFile),
    First(First),
}

/// What a passphrase opened.
pub(crate) enum Opened {
    /// The store.
    Store(StoreKey),
    /// The second place: the store is to be destroyed.
    Duress,
}

impl KeyFile {
    /// A file for a new key, not written yet.
    ///
    /// # Errors
    /// `passphrase_too_short`.
    pub(crate) fn new(passphrase: &str) -> Result<(Self, StoreKey)> {
        long_enough(passphrase)?;
        let salt = random()?;
        let key = StoreKey::fresh()?;
        let store = Wrapping::of(passphrase, &salt, MEMORY_KIB, PASSES)?.wrap(&key, STORE)?;
        let (version, memory_kib, passes, sha256) = (VERSION, MEMORY_KIB, PASSES, String::new());
        let other = unused()?;
        Ok((KeyFile { version, memory_kib, passes, salt, store, other, erase_after: None, sha256 }, key))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// `key_missing` if it is not there or is no key file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let missing = || Error::KeyMissing(path.to_owned());
        let bytes = std::fs::read(path).map_err(|_| missing())?;
        match serde_json::from_slice(&bytes).map_err(|_| missing())? {
            Any::Known(file) if file.version == VERSION && file.is_sound() => Ok(file),
            Any::First(first) if first.version == 1 && first.sha256 == first.digest() => {
                let file = first.with_two_places()?;
                if file.is_bearable() { Ok(file) } else { Err(missing()) }
            }
            _ => Err(missing()),
        }
    }

    /// Whether it was read from a file of the first version: beside that no attempt was ever counted.
    pub(crate) fn is_first(&self) -> bool {
        self.version == 1
    }

    /// Writes it in place of the one that is there: after a kill there is the whole new file or the whole old one. Then the
    /// old one's bytes are written over, so that a passphrase that was changed opens nothing that is left on the disk, where
    /// the disk writes twice at one place.
    ///
    /// # Errors
    /// `disk_full` or `file_unreadable`.
    pub(crate) fn write(&mut self, path: &Path) -> Result<()> {
        self.version = VERSION;
        self.sha256 = self.digest();
        let before = File::options().write(true).open(path).ok();
        write_whole(path, &serde_json::to_vec(self)?)?;
        before.map_or(Ok(()), |mut file| blank(&mut file).map_err(|e| Error::file(path, e)))
    }

    /// What this passphrase becomes here.
    ///
    /// # Errors
    /// Internal ones.
    pub(crate) fn wrapping(&self, passphrase: &str) -> Result<Wrapping> {
        Wrapping::of(passphrase, &self.salt, self.memory_kib, self.passes)
    }

    /// What it opens. Both places are tried, whatever the other gave.
    pub(crate) fn open(&self, wrapping: &Wrapping) -> Option<Opened> {
        let (store, other) = (wrapping.open(&self.store, STORE), wrapping.open(&self.other, DURESS));
        match (other, store) {
            (Some(_), _) => Some(Opened::Duress),
            (None, store) => store.map(Opened::Store),
        }
    }

    /// Another key, or another passphrase for the same one.
    ///
    /// # Errors
    /// Internal ones.
    pub(crate) fn set_store(&mut self, key: &StoreKey, wrapping: &Wrapping) -> Result<()> {
        self.store = wrapping.wrap(key, STORE)?;
        Ok(())
    }

    /// What opens the second place from now on; nothing does where there is none.
    ///
    /// # Errors
    /// Internal ones.
    pub(crate) fn set_duress(&mut self, wrapping: Option<&Wrapping>) -> Result<()> {
        self.other = match wrapping {
            Some(wrapping) => wrapping.wrap(&StoreKey::fresh()?, DURESS)?,
            None => unused()?,
        };
        Ok(())
    }

    /// What other files are bound to this one by.
    pub(crate) fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// The same as an app of the first version wrote it.
    #[cfg(test)]
    pub(crate) fn as_first(&self) -> String {
        let KeyFile { memory_kib, passes, salt, store: Wrapped { nonce, sealed }, .. } = self.clone();
        let sha256 = String::new();
        let first = First { version: 1, memory_kib, passes, salt, nonce, sealed, sha256 };
        serde_json::json!({
            "version": 1, "memory_kib": memory_kib, "passes": passes, "salt": salt,
            "nonce": nonce, "sealed": first.sealed, "sha256": first.digest(),
        })
        .to_string()
    }

    fn digest(&self) -> String {
        let after = self.erase_after.map_or(0, |after| u64::from(after) + 1);
        digest(
            &[self.version, self.memory_kib, self.passes],
            &[
                &self.salt,
                &self.store.nonce,
                &self.store.sealed,
                &self.other.nonce,
                &self.other.sealed,
                &after.to_le_bytes(),
            ],
        )
    }

    fn is_bearable(&self) -> bool {
        self.memory_kib <= MEMORY_LIMIT_KIB && self.passes <= PASSES_LIMIT
    }

    fn is_sound(&self) -> bool {
        let whole = |wrapped: &Wrapped| wrapped.sealed.len() == WRAPPED_BYTES;
        self.is_bearable() && whole(&self.store) && whole(&self.other) && self.sha256 == self.digest()
    }
}

impl First {
    fn digest(&self) -> String {
        digest(
            &[self.version, self.memory_kib, self.passes],
            &[self.salt.as_slice(), &self.nonce, &self.sealed],
        )
    }

    fn with_two_places(self) -> Result<KeyFile> {
        let First { version, memory_kib, passes, salt, nonce, sealed, sha256 } = self;
        let (store, other) = (Wrapped { nonce, sealed }, unused()?);
        Ok(KeyFile { version, memory_kib, passes, salt, store, other, erase_after: None, sha256 })
    }
}

fn digest(numbers: &[u32], parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    numbers.iter().for_each(|number| hash.update(number.to_le_bytes()));
    parts.iter().for_each(|bytes| hash.update(bytes));
    Digest::from_bytes(hash.finalize().into()).to_string()
}

/// A place that nothing opens.
fn unused() -> Result<Wrapped> {
    Ok(Wrapped { nonce: random()?, sealed: random::<WRAPPED_BYTES>()?.to_vec() })
}

/// Writes beside, makes it durable, then takes the name: after a kill there is the whole file or none.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    let failed = |e| Error::file(path, e);
    let mut file = File::create(&beside).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)?;
    path.parent().map_or(Ok(()), super::sync_folder).map_err(failed)
}

/// Writes over every byte of a file.
pub(crate) fn blank(file: &mut File) -> std::io::Result<()> {
    let nothing = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or(0)];
    file.write_all(&nothing)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use blon_core::error::Code;

    /// A key file on the disk, and its key.
    fn made(path: &Path, passphrase: &str) -> StoreKey {
        let (mut file, key) = KeyFile::new(passphrase).unwrap();
        file.write(path).unwrap();
        key
    }

    /// The key that a passphrase opens, or nothing.
    fn key_by(path: &Path, passphrase: &str) -> Option<String> {
        let file = KeyFile::read(path).unwrap();
        match file.open(&file.wrapping(passphrase).unwrap()) {
            Some(Opened::Store(key)) => Some(key.hex().to_string()),
            _ => None,
        }
    }

    #[test]
    fn only_the_right_passphrase_unwraps_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blon.key");
        let key = made(&path, "kangaba-2022");
        assert_eq!(key_by(&path, "kangaba-2022").as_deref(), Some(key.hex().as_str()));
        assert_eq!(key_by(&path, "kangaba-2023"), None);
        let file = std::fs::read_to_string(&path).unwrap();
        assert!(!file.contains(key.hex().as_str()), "the key itself is nowhere in its file");
    }

    #[test]
    fn a_short_passphrase_and_a_broken_key_file_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blon.key");
        assert_eq!(KeyFile::new("12345").err().unwrap().code(), Code::PassphraseTooShort);
        std::fs::write(&path, "{}").unwrap();
        assert_eq!(KeyFile::read(&path).err().unwrap().code(), Code::KeyMissing);
    }

    #[test]
    fn a_key_file_that_was_tampered_with_is_no_wrong_passphrase_and_costs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blon.key");
        made(&path, "kangaba-2022");
        let sound: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let salt = u8::try_from(sound["salt"][3].as_u64().unwrap()).unwrap();
        let turned = [
            ("version", serde_json::json!(3)),
            ("passes", u32::MAX.into()),
            ("memory_kib", u32::MAX.into()),
            ("erase_after", 0.into()),
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
            assert_eq!(KeyFile::read(&path).err().unwrap().code(), Code::KeyMissing, "{field}");
        }
    }

    #[test]
    fn whether_the_second_place_is_used_is_not_written_anywhere() {
        let (mut file, key) = KeyFile::new("kangaba-2022").unwrap();
        let shape = |file: &KeyFile| {
            let json = serde_json::to_value(file).unwrap();
            let mut names: Vec<String> = json.as_object().unwrap().keys().cloned().collect();
            names.push(json["other"]["sealed"].as_array().unwrap().len().to_string());
            names
        };
        let before = shape(&file);
        let duress = file.wrapping("le pont de 1962").unwrap();
        file.set_duress(Some(&duress)).unwrap();
        assert_eq!(shape(&file), before);
        assert!(matches!(file.open(&duress), Some(Opened::Duress)));
        let right = file.wrapping("kangaba-2022").unwrap();
        assert!(matches!(file.open(&right), Some(Opened::Store(found)) if found.hex() == key.hex()));
        // Put into the first place, what is of the second opens nothing.
        std::mem::swap(&mut file.store, &mut file.other);
        assert!(file.open(&duress).is_none() && file.open(&right).is_none());
        file.set_duress(None).unwrap();
        assert!(file.open(&duress).is_none());
    }

    #[test]
    fn a_file_of_the_first_version_opens_by_its_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blon.key");
        let (file, key) = KeyFile::new("kangaba-2022").unwrap();
        std::fs::write(&path, file.as_first()).unwrap();
        let mut read = KeyFile::read(&path).unwrap();
        assert!(read.is_first());
        assert_eq!(key_by(&path, "kangaba-2022").as_deref(), Some(key.hex().as_str()));
        read.write(&path).unwrap();
        assert!(!KeyFile::read(&path).unwrap().is_first());
        assert_eq!(key_by(&path, "kangaba-2022").as_deref(), Some(key.hex().as_str()));
    }
}
