//! Erasing everything on this device: because headquarters asked, since it was lost or its person has left, or because the
//! passphrase was wrong as often as its person had set.
//!
//! The key goes first: without it nothing that is still on the disk can be read, whenever the battery ends. A small file says
//! that it was meant so, and why. It is written before all else, what was cut off is ended by it at the next start, and it stays
//! until a new store is made, so that whoever opens the app is told why nothing is there. Whoever can put that file here could as
//! well remove the store.

use crate::error::{Error, Result};
use crate::key::file::blank;
use crate::view::{Erased, Why};
use crate::{Device, KEY, alone_in, aside, is_of_store, key};
use blon_core::error::Code;
use chrono::DateTime;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The small file: empty where headquarters asked, else the reason in a word.
const MARK: &str = "blon.erased";

/// What the small file says where wrong passphrases did it.
const ATTEMPTS: &str = "attempts";

/// When and why this folder's store was erased, if it was, and no other was made since.
pub fn erased(folder: &Path) -> Option<Erased> {
    let path = folder.join(MARK);
    let found = std::fs::metadata(&path).ok()?;
    let reason = std::fs::read_to_string(&path).unwrap_or_default();
    Some(Erased {
        at: found.modified().map_or(DateTime::UNIX_EPOCH, DateTime::from),
        why: if reason == ATTEMPTS { Why::Attempts } else { Why::Headquarters },
    })
}

/// Ends an erasing that was cut off; called whenever a program starts. Does nothing where there was none.
///
/// # Errors
/// `file_unreadable` for what cannot be taken away.
pub fn finish(folder: &Path) -> Result<()> {
    if erased(folder).is_none() {
        return Ok(());
    }
    // Another process may be making a new store here.
    let _alone = alone_in(folder)?;
    if erased(folder).is_some() { remove_all(folder) } else { Ok(()) }
}

/// What was erased here is spoken of no longer: a new store is made.
pub(crate) fn forget(folder: &Path) -> Result<()> {
    if erased(folder).is_some() {
        remove_all(folder)?;
        remove(&folder.join(MARK))?;
    }
    Ok(())
}

impl Device {
    /// Whether this device erased itself since it was opened: nothing can be asked of it any more.
    pub fn is_erased(&self) -> bool {
        self.store.is_closed() && erased(self.folder()).is_some()
    }

    /// Destroys the key, then everything else.
    ///
    /// # Errors
    /// `file_unreadable` if the key cannot be destroyed; all else is ended at the next start.
    pub(crate) fn erase(&self) -> Result<()> {
        erase_folder(self.folder(), Why::Headquarters, || self.store.close())
    }
}

/// Destroys the key of a locked store, then everything else.
///
/// # Errors
/// `file_unreadable` if the key cannot be destroyed; all else is ended at the next start.
pub(crate) fn erase_locked(folder: &Path) -> Result<()> {
    erase_folder(folder, Why::Attempts, || ())
}

/// `close` lets go of what this process has open, once the key is gone.
fn erase_folder(folder: &Path, why: Why, close: impl FnOnce()) -> Result<()> {
    // On a full disk it may fail; then the key goes all the same, and the mark has room once the rest is gone.
    let marked = mark(folder, why);
    destroy_key(folder)?;
    close();
    let removed = remove_all(folder);
    marked.or_else(|_| mark(folder, why)).and(removed)
}

/// That headquarters had this device erased: `device_erased`.
pub fn was_erased() -> Error {
    told(Why::Headquarters)
}

/// That this device was erased, and why: `device_erased`.
pub fn told(why: Why) -> Error {
    let said = match why {
        Why::Headquarters => "headquarters asked this device to erase itself, and it has: nothing is left",
        Why::Attempts => {
            "the passphrase was wrong too often, and this device has erased itself: nothing is left"
        }
    };
    Error::told(Code::DeviceErased, said)
}

fn mark(folder: &Path, why: Why) -> Result<()> {
    let path = folder.join(MARK);
    let reason = match why {
        Why::Headquarters => "",
        Why::Attempts => ATTEMPTS,
    };
    let written = File::create(&path).and_then(|mut file| {
        file.write_all(reason.as_bytes())?;
        file.sync_all()?;
        key::sync_folder(folder)
    });
    written.map_err(|e| Error::file(&path, e))
}

/// Writes over the wrapped key before its name goes. A disk that never writes twice at one place may keep the old bytes; they
/// are still wrapped by the passphrase.
fn destroy_key(folder: &Path) -> Result<()> {
    let path = folder.join(KEY);
    let failed = |e| Error::file(&path, e);
    match File::options().write(true).open(&path) {
        Ok(mut file) => blank(&mut file).map_err(failed)?,
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => {}
        Err(other) => return Err(failed(other)),
    }
    remove(&path)?;
    key::sync_folder(folder).map_err(failed)
}

/// Takes away every file of a store, the key first; those that only hold processes apart stay, and hold nothing, and so does
/// how the screens look.
fn remove_all(folder: &Path) -> Result<()> {
    destroy_key(folder)?;
    remove_all_but(folder, &[MARK])
}

/// The same for a folder whose key is another already: everything else goes, and no mark stays.
pub(crate) fn remove_all_but_key(folder: &Path) -> Result<()> {
    remove_all_but(folder, &[KEY])
}

fn remove_all_but(folder: &Path, kept: &[&str]) -> Result<()> {
    for aside in aside::folders(folder)? {
        destroy_key(&aside)?;
        std::fs::remove_dir_all(&aside).map_err(|e| Error::file(&aside, e))?;
    }
    let failed = |e| Error::file(folder, e);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if is_of_store(name) && !kept.contains(&name) {
            remove(&path)?;
        }
    }
    key::sync_folder(folder).map_err(failed)
}

/// Removes a file; one that is gone already is as good.
fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::file(path, e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::phase;
    use crate::view::Phase;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_is_left_and_a_new_store_speaks_of_it_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let device = Device::create(folder.path(), "kangaba-2022", Clock::system()).unwrap();
        for left in ["blon.new", "blon.db.damaged-20220101T000000", "registre.pdf"] {
            std::fs::write(folder.path().join(left), "x").unwrap();
        }
        device.erase().unwrap();
        assert_eq!(names(folder.path()), ["blon.erased", "blon.lock", "blon.sync.lock", "registre.pdf"]);
        assert!(device.is_erased());
        assert_eq!(device.stories_with("").unwrap_err().code(), Code::Locked);
        assert_eq!(phase(folder.path()), Phase::New);
        let told = erased(folder.path()).unwrap();
        assert!(told.at > DateTime::UNIX_EPOCH && told.why == Why::Headquarters);
        Device::create(folder.path(), "kangaba-2023", Clock::system()).unwrap();
        assert_eq!((phase(folder.path()), erased(folder.path())), (Phase::Locked, None));
    }

    #[test]
    fn what_was_cut_off_anywhere_is_ended_at_the_next_start() {
        // The steps in their order: the mark, the key written over, the key gone, the log gone.
        for steps in 1..=4 {
            let folder = tempfile::tempdir().unwrap();
            let device = Device::create(folder.path(), "kangaba-2022", Clock::system()).unwrap();
            let at = |name: &str| folder.path().join(name);
            mark(folder.path(), Why::Headquarters).unwrap();
            if steps >= 2 {
                std::fs::write(at(KEY), [0; 400]).unwrap();
            }
            if steps >= 3 {
                std::fs::remove_file(at(KEY)).unwrap();
            }
            if steps >= 4 {
                std::fs::remove_file(at("blon.db-wal")).unwrap();
            }
            drop(device);
            assert_eq!(phase(folder.path()), Phase::New, "after {steps}");
            finish(folder.path()).unwrap();
            assert_eq!(names(folder.path()), ["blon.erased", "blon.lock", "blon.sync.lock"], "after {steps}");
            finish(folder.path()).unwrap();
        }
        // A store that nobody asked to erase is left alone.
        let folder = tempfile::tempdir().unwrap();
        Device::create(folder.path(), "kangaba-2022", Clock::system()).unwrap();
        finish(folder.path()).unwrap();
        assert!(Device::unlock(folder.path(), "kangaba-2022", Clock::system()).is_ok());
    }
}
