//! What a person chooses for the protection of their own device.
//!
//! What must be known while the store is locked stands in the key file, where anybody who may write can change it. So the store
//! has it too, and each unlock sets the key file right again.

use crate::error::{Error, Result};
use crate::key::file::KeyFile;
use crate::store::Store;
use crate::view::Protection;
use crate::{Device, alone_in, duress, key_path};
use std::path::Path;

/// The settings of the store.
const ERASE_AFTER: &str = "erase_after";
const LOCK_AFTER: &str = "lock_after";

/// The fewest wrong passphrases in a row that may erase a store: fewer are a bad day, or a child with the phone.
pub const FEWEST_TRIES: u32 = 10;

/// Minutes without a touch after which the app locks itself, until somebody chooses.
const USUAL_MINUTES: u32 = 5;

/// The most that can be chosen.
const MOST_MINUTES: u32 = 15;

impl Device {
    /// What is chosen.
    ///
    /// # Errors
    /// Those of the store.
    pub fn protection(&self) -> Result<Protection> {
        self.store.read(|tx| {
            Ok(Protection {
                lock_after: tx.setting(LOCK_AFTER)?.unwrap_or(USUAL_MINUTES),
                erase_after: tx.setting(ERASE_AFTER)?,
                duress: tx.setting(duress::SET)?.unwrap_or(false),
            })
        })
    }

    /// After so many minutes without a touch the app locks itself.
    ///
    /// # Errors
    /// `bad_input` for none and for more than 15; those of the store.
    pub fn set_lock_after(&self, minutes: u32) -> Result<()> {
        if !(1..=MOST_MINUTES).contains(&minutes) {
            return Err(Error::bad_input(format!("the app locks itself after 1 to {MOST_MINUTES} minutes")));
        }
        self.store.write(|tx| tx.set(LOCK_AFTER, &minutes))
    }

    /// After so many wrong passphrases in a row everything is erased; never, where none is given.
    ///
    /// # Errors
    /// `bad_input` for fewer than ten; `key_missing`, `disk_full`, `file_unreadable`, and those of the store.
    pub fn set_erase_after(&self, tries: Option<u32>) -> Result<()> {
        if tries.is_some_and(|tries| tries < FEWEST_TRIES) {
            return Err(Error::bad_input(format!("at least {FEWEST_TRIES} wrong tries come before erasing")));
        }
        self.store.write(|tx| tx.set(ERASE_AFTER, &tries))?;
        let _alone = alone_in(self.folder())?;
        set_right(self.folder(), tries)
    }
}

/// Makes the key file say what the store says; it is asked for while nobody else writes it.
pub(crate) fn follow_store(folder: &Path, store: &Store) -> Result<()> {
    set_right(folder, store.read(|tx| tx.setting(ERASE_AFTER))?)
}

fn set_right(folder: &Path, tries: Option<u32>) -> Result<()> {
    let path = key_path(folder);
    let mut file = KeyFile::read(&path)?;
    if file.erase_after == tries {
        return Ok(());
    }
    file.erase_after = tries;
    file.write(&path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::door::Door;
    use crate::view::Why;
    use crate::{attempts, erasing};
    use blon_core::error::Code;

    const RIGHT: &str = "kangaba-2022";

    fn awas_device(folder: &Path) -> Device {
        Device::create(folder, RIGHT, Clock::system()).unwrap()
    }

    /// As if so many wrong ones had been tried before.
    fn tried(folder: &Path, wrong: u32) {
        let file = KeyFile::read(&key_path(folder)).unwrap();
        attempts::set(folder, file.salt(), wrong).unwrap();
    }

    /// A door before which the wait is over.
    fn waited_out(folder: &Path) -> Door {
        let mut door = Door::at(folder);
        door.is_waited_out();
        door
    }

    #[test]
    fn nothing_is_erased_until_awa_sets_it_and_then_after_the_tenth() {
        let folder = tempfile::tempdir().unwrap();
        let device = awas_device(folder.path());
        assert_eq!(device.set_erase_after(Some(9)).unwrap_err().code(), Code::BadInput);
        tried(folder.path(), 500);
        let told = waited_out(folder.path()).unlock("kangaba-2023", Clock::system()).err().unwrap();
        assert_eq!(told.code(), Code::WrongPassphrase, "off by default");

        device.set_erase_after(Some(10)).unwrap();
        tried(folder.path(), 8);
        let mut door = waited_out(folder.path());
        assert_eq!(door.tries_left(), Some(2));
        let told = door.unlock("kangaba-2023", Clock::system()).err().unwrap();
        assert_eq!((told.code(), door.tries_left()), (Code::WrongPassphrase, Some(1)));
        let told = waited_out(folder.path()).unlock("kangaba-2023", Clock::system()).err().unwrap();
        assert_eq!(told.code(), Code::DeviceErased);
        assert_eq!(erasing::erased(folder.path()).unwrap().why, Why::Attempts);
        assert!(!folder.path().join("blon.db").exists() && !key_path(folder.path()).exists());
    }

    #[test]
    fn the_right_passphrase_opens_even_as_the_very_last_try() {
        let folder = tempfile::tempdir().unwrap();
        awas_device(folder.path()).set_erase_after(Some(10)).unwrap();
        // The battery ended in the tenth try, after it was counted.
        tried(folder.path(), 10);
        assert!(waited_out(folder.path()).unlock(RIGHT, Clock::system()).is_ok());
        assert_eq!(Door::at(folder.path()).tries_left(), Some(10));
    }

    #[test]
    fn a_count_that_somebody_took_away_leaves_three_tries() {
        let folder = tempfile::tempdir().unwrap();
        awas_device(folder.path()).set_erase_after(Some(10)).unwrap();
        std::fs::remove_file(folder.path().join(attempts::FILE)).unwrap();
        assert_eq!(Door::at(folder.path()).tries_left(), Some(3), "and damage alone erases nothing");
    }

    #[test]
    fn what_somebody_wrote_into_the_key_file_is_set_right_at_the_next_unlock() {
        let folder = tempfile::tempdir().unwrap();
        drop(awas_device(folder.path()).set_erase_after(Some(20)));
        let path = key_path(folder.path());
        let mut file = KeyFile::read(&path).unwrap();
        file.erase_after = None;
        file.write(&path).unwrap();
        Device::unlock(folder.path(), RIGHT, Clock::system()).unwrap();
        assert_eq!(KeyFile::read(&path).unwrap().erase_after, Some(20));
    }

    #[test]
    fn the_app_locks_itself_after_five_minutes_or_as_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let device = awas_device(folder.path());
        assert_eq!(
            device.protection().unwrap(),
            Protection { lock_after: 5, erase_after: None, duress: false }
        );
        for wrong in [0, 16] {
            assert_eq!(device.set_lock_after(wrong).unwrap_err().code(), Code::BadInput);
        }
        device.set_lock_after(15).unwrap();
        assert_eq!(device.protection().unwrap().lock_after, 15);
    }

    #[test]
    fn what_is_locked_answers_nothing_whoever_still_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let device = awas_device(folder.path());
        let copy = device.clone();
        device.lock();
        assert_eq!(copy.stories_with("").unwrap_err().code(), Code::Locked);
        assert!(!copy.is_erased(), "locked is not erased");
    }
}
