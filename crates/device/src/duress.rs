//! A second passphrase for somebody who is forced to open the app: it destroys the store and opens an empty one.
//!
//! It stands in the second place of the key file. Entered at the door it does what [`crate::erasing`] does, the key first, but
//! leaves no mark: what opens afterwards is a store as it is freshly made, under that passphrase. Setting it needs an open store;
//! whether it is set is written in the store alone.
//!
//! What was cut off is ended when that passphrase is entered again: until all else is done it stays in both places, and the
//! second counts first. In between, the old database lies there without a key.

use crate::clock::Clock;
use crate::error::Result;
use crate::key::file::{KeyFile, Opened};
use crate::key::{StoreKey, Wrapping, long_enough};
use crate::{Device, alone_in, attempts, door, erasing, key_path};
use std::fs::File;
use std::path::Path;

/// The setting of the store.
pub(crate) const SET: &str = "duress";

impl Device {
    /// Sets the passphrase for duress, or takes it away. Nothing shows it but this store.
    ///
    /// # Errors
    /// `passphrase_too_short`; `passphrase_taken` where it is the one that opens the store; `key_missing`, `disk_full`.
    pub fn set_duress(&self, passphrase: Option<&str>) -> Result<()> {
        passphrase.map_or(Ok(()), long_enough)?;
        let _alone = alone_in(self.folder())?;
        let path = key_path(self.folder());
        let mut file = KeyFile::read(&path)?;
        let wrapping = passphrase.map(|passphrase| file.wrapping(passphrase)).transpose()?;
        let opened = wrapping.as_ref().and_then(|wrapping| file.open(wrapping));
        if matches!(opened, Some(Opened::Store(_))) {
            return Err(door::taken());
        }
        file.set_duress(wrapping.as_ref())?;
        // Killed in between, the store says that there is none where there is one: the passphrase that was just chosen works.
        file.write(&path)?;
        self.store.write(|tx| tx.set(SET, &passphrase.is_some()))
    }
}

/// Destroys the store in this folder and opens an empty one by the same passphrase. Its key file is the one that was opened.
///
/// # Errors
/// `disk_full`, `file_unreadable`; entering the passphrase again goes on.
pub(crate) fn begin_anew(
    folder: &Path,
    file: KeyFile,
    wrapping: &Wrapping,
    clock: Clock,
    alone: &File,
) -> Result<Device> {
    let (path, key) = (key_path(folder), StoreKey::fresh()?);
    let mut file = file;
    file.erase_after = None;
    file.set_store(&key, wrapping)?;
    // With this the old key is gone.
    file.write(&path)?;
    erasing::remove_all_but_key(folder)?;
    attempts::set(folder, file.salt(), 0)?;
    let device = Device::open(folder, &key, clock, alone)?;
    file.set_duress(None)?;
    file.write(&path)?;
    Ok(device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::Door;
    use crate::phase;
    use crate::view::Phase;
    use blon_core::error::Code;

    const RIGHT: &str = "kangaba-2022";
    const FORCED: &str = "le pont de 1962";

    /// A store of Awa's with something in it, and a passphrase for duress.
    fn awas_store() -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let device = Device::create(folder.path(), RIGHT, Clock::system()).unwrap();
        device.set_lock_after(15).unwrap();
        device.set_duress(Some(FORCED)).unwrap();
        device.lock();
        let key = StoreKey::unwrap_with(&key_path(folder.path()), RIGHT).unwrap();
        (folder, key.hex().to_string())
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn entered_at_the_door_it_destroys_the_key_and_opens_a_store_like_a_new_one() {
        let (folder, key_before) = awas_store();
        std::fs::write(folder.path().join("blon.db.damaged-20220101T000000"), "x").unwrap();
        let device = Device::unlock(folder.path(), FORCED, Clock::system()).unwrap();
        assert!(device.enrolment().unwrap().is_none() && device.stories_with("").unwrap().is_empty());
        assert_eq!(device.protection().unwrap().lock_after, 5);
        assert!(!device.protection().unwrap().duress);
        assert!(device.doctor().unwrap().sound);
        device.lock();
        drop(device);

        let fresh = tempfile::tempdir().unwrap();
        drop(Device::create(fresh.path(), FORCED, Clock::system()).unwrap());
        assert_eq!(names(folder.path()), names(fresh.path()), "no mark, and no file that a new store lacks");
        assert_eq!(phase(folder.path()), Phase::Locked);
        assert!(erasing::erased(folder.path()).is_none());
        let told = Device::unlock(folder.path(), RIGHT, Clock::system()).err().unwrap();
        assert_eq!(told.code(), Code::WrongPassphrase);
        let again = Device::unlock(folder.path(), FORCED, Clock::system()).unwrap();
        again.set_lock_after(1).unwrap();
        drop(again);
        let again = Device::unlock(folder.path(), FORCED, Clock::system()).unwrap();
        assert_eq!(again.protection().unwrap().lock_after, 1, "it is an ordinary store from now on");
        let key_now = StoreKey::unwrap_with(&key_path(folder.path()), FORCED).unwrap();
        assert_ne!(*key_now.hex(), key_before);
    }

    #[test]
    fn what_was_cut_off_anywhere_is_ended_by_entering_it_again_and_the_old_passphrase_opens_nothing() {
        // The steps in their order: the new key in its place, the old database gone, the new one there.
        for steps in 1..=3 {
            let (folder, _) = awas_store();
            let path = key_path(folder.path());
            let mut file = KeyFile::read(&path).unwrap();
            let (wrapping, key) = (file.wrapping(FORCED).unwrap(), StoreKey::fresh().unwrap());
            file.set_store(&key, &wrapping).unwrap();
            file.write(&path).unwrap();
            if steps >= 2 {
                erasing::remove_all_but_key(folder.path()).unwrap();
            }
            if steps >= 3 {
                attempts::set(folder.path(), file.salt(), 0).unwrap();
                drop(Device::open_with(folder.path(), &key, Clock::system()).unwrap());
            }
            let mut door = Door::at(folder.path());
            door.is_waited_out();
            let told = door.unlock(RIGHT, Clock::system()).err().unwrap();
            assert_eq!(told.code(), Code::WrongPassphrase, "after {steps}");
            door.is_waited_out();
            let device = door.unlock(FORCED, Clock::system()).unwrap();
            assert!(device.stories_with("").unwrap().is_empty(), "after {steps}");
            drop(device);
            assert!(Device::unlock(folder.path(), FORCED, Clock::system()).is_ok(), "after {steps}");
        }
    }

    #[test]
    fn it_is_off_until_it_is_set_can_be_taken_away_and_is_never_the_passphrase_itself() {
        let folder = tempfile::tempdir().unwrap();
        let device = Device::create(folder.path(), RIGHT, Clock::system()).unwrap();
        assert!(!device.protection().unwrap().duress);
        let refused = |passphrase| device.set_duress(Some(passphrase)).unwrap_err().code();
        assert_eq!((refused("court"), refused(RIGHT)), (Code::PassphraseTooShort, Code::PassphraseTaken));
        device.set_duress(Some(FORCED)).unwrap();
        assert!(device.protection().unwrap().duress);
        let changed = Door::at(folder.path()).change_passphrase(RIGHT, FORCED).unwrap_err();
        assert_eq!(changed.code(), Code::PassphraseTaken);
        Door::at(folder.path()).change_passphrase(RIGHT, "quatre mots au hasard").unwrap();
        device.set_duress(None).unwrap();
        assert!(!device.protection().unwrap().duress);
        drop(device);
        let told = Device::unlock(folder.path(), FORCED, Clock::system()).err().unwrap();
        assert_eq!(told.code(), Code::WrongPassphrase);
        assert!(Device::unlock(folder.path(), "quatre mots au hasard", Clock::system()).is_ok());
    }
}
