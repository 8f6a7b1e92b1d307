//! Whoever stands before a locked store: what they may try, and when.
//!
//! A process that asks for passphrases keeps one [`Door`] per store for as long as it runs, since the wait after wrong ones is
//! counted by its own monotonic time. Other processes' wrong ones are seen too, and begin the wait anew here.

use crate::attempts;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::key::file::{KeyFile, Opened};
use crate::key::{Wrapping, long_enough};
use crate::view::Why;
use crate::{Device, alone_in, duress, erasing, key_path, protecting};
use blon_core::error::Code;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The door of one store.
pub struct Door {
    folder: PathBuf,
    /// The count that the wait is for.
    wrong: u32,
    /// Since when it is waited.
    since: Instant,
}

/// A passphrase that opened something.
struct Tried {
    opened: Opened,
    file: KeyFile,
    wrapping: Wrapping,
}

impl Door {
    /// The door of the store in this folder. Whatever had to be waited before has to be waited in full from now on.
    pub fn at(folder: &Path) -> Self {
        let mut door = Door { folder: folder.to_owned(), wrong: 0, since: Instant::now() };
        door.rest();
        door
    }

    /// How long the next try must wait. Where no store is, or one whose key is gone, nothing is tried.
    pub fn rest(&mut self) -> Duration {
        let file = KeyFile::read(&key_path(&self.folder));
        file.map_or(Duration::ZERO, |file| self.rest_of(self.count(&file), Instant::now()))
    }

    /// How many wrong tries are left before everything is erased, where that is set.
    pub fn tries_left(&self) -> Option<u32> {
        let file = KeyFile::read(&key_path(&self.folder)).ok()?;
        Some(file.erase_after?.saturating_sub(self.count(&file)))
    }

    /// Opens the store.
    ///
    /// # Errors
    /// `must_wait`, `wrong_passphrase`, `device_erased` where that was one wrong too many; `key_missing`, `store_damaged`, `store_newer`, `disk_full`.
    pub fn unlock(&mut self, passphrase: &str, clock: Clock) -> Result<Device> {
        let path = key_path(&self.folder);
        if !path.exists() {
            return Err(Error::KeyMissing(path));
        }
        // From counting to opening nobody else counts, opens or makes anything here.
        let alone = alone_in(&self.folder)?;
        match self.attempt(passphrase) {
            Ok(Tried { opened: Opened::Store(key), .. }) => {
                let device = Device::open(&self.folder, &key, clock, &alone)?;
                // Where the disk is full it waits for another time; nobody is locked out by it.
                let _ = protecting::follow_store(&self.folder, &device.store);
                Ok(device)
            }
            Ok(Tried { opened: Opened::Duress, file, wrapping }) => {
                duress::begin_anew(&self.folder, file, &wrapping, clock, &alone)
            }
            Err(Error::WrongPassphrase) if self.tries_left() == Some(0) => {
                erasing::erase_locked(&self.folder)?;
                Err(erasing::told(Why::Attempts))
            }
            Err(other) => Err(other),
        }
    }

    /// Wraps the store's key by another passphrase. The present one is asked for, whoever holds the open device: it is tried,
    /// counted and waited for as at the door. After a kill one of the two opens the store.
    ///
    /// # Errors
    /// `passphrase_too_short`, `must_wait`, `wrong_passphrase`, `key_missing`, `disk_full`; `passphrase_taken` where the new
    /// one is the one for duress.
    pub fn change_passphrase(&mut self, present: &str, new: &str) -> Result<()> {
        long_enough(new)?;
        let _alone = alone_in(&self.folder)?;
        let Tried { opened: Opened::Store(key), mut file, .. } = self.attempt(present)? else {
            return Err(Error::WrongPassphrase);
        };
        let wrapping = file.wrapping(new)?;
        if matches!(file.open(&wrapping), Some(Opened::Duress)) {
            return Err(taken());
        }
        file.set_store(&key, &wrapping)?;
        file.write(&key_path(&self.folder))
    }

    /// One try, counted before it is made.
    fn attempt(&mut self, passphrase: &str) -> Result<Tried> {
        let mut file = KeyFile::read(&key_path(&self.folder))?;
        let wrong = self.count(&file);
        let rest = self.rest_of(wrong, Instant::now());
        if !rest.is_zero() {
            return Err(must_wait(rest));
        }
        attempts::set(&self.folder, file.salt(), wrong.saturating_add(1))?;
        if file.is_first() {
            // The count comes first: a file of this version without one is as if it had been taken away.
            file.write(&key_path(&self.folder))?;
        }
        let wrapping = file.wrapping(passphrase)?;
        match file.open(&wrapping) {
            Some(opened) => {
                self.wrong = 0;
                // It was written a moment ago; where it cannot be now, whoever knows the passphrase is let in all the same.
                let _ = attempts::set(&self.folder, file.salt(), 0);
                Ok(Tried { opened, file, wrapping })
            }
            None => {
                (self.wrong, self.since) = (wrong.saturating_add(1), Instant::now());
                Err(Error::WrongPassphrase)
            }
        }
    }

    /// As if the wait were over.
    #[cfg(test)]
    pub(crate) fn is_waited_out(&mut self) {
        let long_ago = Instant::now().checked_sub(attempts::wait_after(u32::MAX));
        self.since = long_ago.unwrap_or(self.since);
    }

    fn count(&self, file: &KeyFile) -> u32 {
        let counted = attempts::count(&self.folder, file.salt());
        // Before the second version nothing was counted.
        if file.is_first() && !self.folder.join(attempts::FILE).exists() { 0 } else { counted }
    }

    /// A count that is another than at the last look was raised by another process: just now, for all that is known.
    fn rest_of(&mut self, wrong: u32, now: Instant) -> Duration {
        if wrong != self.wrong {
            (self.wrong, self.since) = (wrong, now);
        }
        attempts::wait_after(wrong).saturating_sub(now.saturating_duration_since(self.since))
    }
}

/// Whole seconds, and never none: a screen counts them down.
pub fn seconds(rest: Duration) -> u32 {
    u32::try_from(rest.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

pub(crate) fn taken() -> Error {
    Error::told(Code::PassphraseTaken, "passphrase and duress passphrase must be two")
}

fn must_wait(rest: Duration) -> Error {
    let message = format!("the passphrase was wrong too often; the next try is heard in {} s", seconds(rest));
    Error::told(Code::MustWait, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "kangaba-2022";

    fn awas_store() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        Device::create(folder.path(), RIGHT, Clock::system()).unwrap();
        folder
    }

    fn code(door: &mut Door, passphrase: &str) -> Code {
        door.unlock(passphrase, Clock::system()).err().unwrap().code()
    }

    #[test]
    fn the_fourth_wrong_one_makes_even_the_right_one_wait_in_this_process_and_the_next() {
        let folder = awas_store();
        let mut door = Door::at(folder.path());
        for _ in 0..4 {
            assert!(door.rest().is_zero());
            assert_eq!(code(&mut door, "kangaba-2023"), Code::WrongPassphrase);
        }
        assert_eq!(seconds(door.rest()), 5);
        assert_eq!(code(&mut door, RIGHT), Code::MustWait);
        assert_eq!(seconds(door.rest()), 5, "one that was not heard does not count");
        // The app was closed and opened again.
        let mut again = Door::at(folder.path());
        assert_eq!(seconds(again.rest()), 5, "in full");
        std::thread::sleep(again.rest());
        assert!(again.unlock(RIGHT, Clock::system()).is_ok());
        assert!(Door::at(folder.path()).rest().is_zero(), "a right one clears them");
    }

    #[test]
    fn neither_a_restart_nor_another_process_shortens_a_wait() {
        let folder = awas_store();
        let salt = KeyFile::read(&key_path(folder.path())).unwrap().salt().to_vec();
        let mut door = Door::at(folder.path());
        let begun = door.since;
        attempts::set(folder.path(), &salt, 7).unwrap();
        let rest = door.rest_of(7, begun + Duration::from_secs(3600));
        assert_eq!(rest.as_secs(), 1800, "raised elsewhere, while this one stood here for an hour");
        assert_eq!(door.rest_of(7, begun + Duration::from_secs(3600 + 1799)).as_secs(), 1);
        assert_eq!(door.rest_of(7, begun + Duration::from_secs(3600 + 1800)).as_secs(), 0);
        assert_eq!(door.rest_of(8, begun + Duration::from_secs(3600 + 1800)).as_secs(), 1800);
    }

    #[test]
    fn taking_the_count_away_or_damaging_it_makes_the_wait_the_longest() {
        let folder = awas_store();
        let path = folder.path().join(attempts::FILE);
        for damage in [
            |path: &Path| std::fs::remove_file(path).unwrap(),
            |path: &Path| {
                std::fs::write(path, "0").unwrap();
            },
        ] {
            damage(&path);
            let mut door = Door::at(folder.path());
            assert_eq!(seconds(door.rest()), 1800);
            assert_eq!(code(&mut door, RIGHT), Code::MustWait);
        }
    }

    #[test]
    fn a_kill_while_a_passphrase_is_tried_counts_as_a_wrong_one() {
        let folder = awas_store();
        let file = KeyFile::read(&key_path(folder.path())).unwrap();
        let before = attempts::count(folder.path(), file.salt());
        // All that was done when the kill came.
        attempts::set(folder.path(), file.salt(), before + 1).unwrap();
        let mut door = Door::at(folder.path());
        for _ in 0..3 {
            assert_eq!(code(&mut door, "kangaba-2023"), Code::WrongPassphrase);
        }
        assert_eq!(code(&mut door, RIGHT), Code::MustWait);
    }

    #[test]
    fn awa_changes_her_passphrase_and_the_old_one_opens_nothing_any_more() {
        let folder = awas_store();
        let mut door = Door::at(folder.path());
        let change =
            |door: &mut Door, present, new| door.change_passphrase(present, new).map_err(|e| e.code());
        assert_eq!(change(&mut door, RIGHT, "court"), Err(Code::PassphraseTooShort));
        assert_eq!(change(&mut door, "kangaba-2023", "quatre mots au hasard"), Err(Code::WrongPassphrase));
        assert_eq!(change(&mut door, RIGHT, "quatre mots au hasard"), Ok(()));
        assert_eq!(code(&mut door, RIGHT), Code::WrongPassphrase);
        assert!(door.unlock("quatre mots au hasard", Clock::system()).is_ok());
    }

    #[test]
    fn who_holds_an_open_device_cannot_guess_the_passphrase_by_changing_it() {
        let folder = awas_store();
        let mut door = Door::at(folder.path());
        for _ in 0..4 {
            assert!(door.change_passphrase("kangaba-2023", "quatre mots au hasard").is_err());
        }
        let told = door.change_passphrase(RIGHT, "quatre mots au hasard").unwrap_err();
        assert_eq!(told.code(), Code::MustWait);
    }

    #[test]
    fn a_kill_while_the_passphrase_is_changed_leaves_one_of_the_two() {
        let folder = awas_store();
        // All that a kill before the last step leaves beside: the new file, not in its place, or half of it.
        std::fs::write(folder.path().join("blon.new"), r#"{"version":2,"#).unwrap();
        assert!(Device::unlock(folder.path(), RIGHT, Clock::system()).is_ok());
        Door::at(folder.path()).change_passphrase(RIGHT, "quatre mots au hasard").unwrap();
        assert!(!folder.path().join("blon.new").exists());
        assert!(Device::unlock(folder.path(), "quatre mots au hasard", Clock::system()).is_ok());
    }

    #[test]
    fn a_store_of_the_first_version_opens_at_once_and_is_counted_for_from_then_on() {
        let folder = awas_store();
        let path = key_path(folder.path());
        std::fs::write(&path, KeyFile::read(&path).unwrap().as_first()).unwrap();
        std::fs::remove_file(folder.path().join(attempts::FILE)).unwrap();
        assert!(Door::at(folder.path()).unlock(RIGHT, Clock::system()).is_ok());
        assert!(!KeyFile::read(&path).unwrap().is_first());
        assert!(Door::at(folder.path()).rest().is_zero());
        std::fs::remove_file(folder.path().join(attempts::FILE)).unwrap();
        assert_eq!(seconds(Door::at(folder.path()).rest()), 1800, "what is there once is missed");
    }
}
