//! Erasing everything on this device, because headquarters asked: it was lost, or its person has left.
//!
//! The key goes first: without it nothing that is still on the disk can be read, whenever the battery ends. An empty file says
//! that it was meant so. It is written before all else, what was cut off is ended by it at the next start, and it stays until a
//! new store is made, so that whoever opens the app is told why nothing is there. Whoever can put that file here could as well
//! remove the store.

use crate::error::{Error, Result};
use crate::key::file::blank;
use crate::{Device, KEY, LOCKS, alone_in, key};
use blon_core::error::Code;
use chrono::{DateTime, Utc};
use std::fs::File;
use std::path::Path;

/// The empty file.
const MARK: &str = "blon.erased";

/// How the names of a store's files begin.
const OWN: &str = "blon.";

/// When this folder's store was erased on headquarters' word, if it was, and no other was made since.
pub fn erased(folder: &Path) -> Option<DateTime<Utc>> {
    let found = std::fs::metadata(folder.join(MARK)).ok()?;
    Some(found.modified().map_or(DateTime::UNIX_EPOCH, DateTime::from))
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
        self.store.is_closed()
    }

    /// Destroys the key, then everything else.
    ///
    /// # Errors
    /// `file_unreadable` if the key cannot be destroyed; all else is ended at the next start.
    pub(crate) fn erase(&self) -> Result<()> {
        let folder = self.store.path().parent().unwrap_or(Path::new("."));
        // On a full disk it may fail; then the key goes all the same, and the mark has room once the rest is gone.
        let marked = mark(folder);
        destroy_key(folder)?;
        self.store.close();
        let removed = remove_all(folder);
        marked.or_else(|_| mark(folder)).and(removed)
    }
}

/// That headquarters had this device erased: `device_erased`.
pub fn was_erased() -> Error {
    Error::told(
        Code::DeviceErased,
        "headquarters asked this device to erase itself, and it has: nothing is left",
    )
}

fn mark(folder: &Path) -> Result<()> {
    let path = folder.join(MARK);
    let file = File::create(&path).map_err(|e| Error::file(&path, e))?;
    file.sync_all().and_then(|()| key::sync_folder(folder)).map_err(|e| Error::file(&path, e))
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

/// Takes away every file of a store, the key first; those that only hold processes apart stay, and hold nothing.
fn remove_all(folder: &Path) -> Result<()> {
    destroy_key(folder)?;
    let failed = |e| Error::file(folder, e);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with(OWN) && name != MARK && !LOCKS.contains(&name) {
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
        assert!(erased(folder.path()).unwrap() > DateTime::UNIX_EPOCH);
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
            mark(folder.path()).unwrap();
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
