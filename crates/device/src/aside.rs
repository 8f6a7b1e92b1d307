//! A forgotten passphrase: nobody can find it again, headquarters neither. The store is set aside, never deleted, and its
//! person begins anew with a new invitation.
//!
//! What is set aside is a folder inside of the store's own, with all the files of a store under their usual names: whoever
//! remembers the passphrase opens it there as any other (`--data`). The key goes last, so that a folder without one is a
//! setting aside that was cut off, and the next goes on with it.

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::view::Phase;
use crate::{KEY, alone_in, is_of_store, key, phase};
use blon_core::error::Code;
use std::path::{Path, PathBuf};

/// How the names of such folders begin.
const FORGOTTEN: &str = "blon.forgotten-";

/// Sets the locked store of this folder aside; gives where it is.
///
/// # Errors
/// `bad_input` where there is none; `disk_full`, `file_unreadable`.
pub fn set_aside(folder: &Path, clock: &Clock) -> Result<PathBuf> {
    if phase(folder) != Phase::Locked {
        return Err(Error::told(Code::BadInput, "there is no store here that could be set aside"));
    }
    let _alone = alone_in(folder)?;
    let failed = |e| Error::file(folder, e);
    let aside = match folders(folder)?.into_iter().find(|aside| !aside.join(KEY).exists()) {
        Some(begun) => begun,
        None => new_folder(folder, clock)?,
    };
    for name in names(folder)?.iter().filter(|name| *name != KEY) {
        std::fs::rename(folder.join(name), aside.join(name)).map_err(failed)?;
    }
    key::sync_folder(&aside).and_then(|()| key::sync_folder(folder)).map_err(failed)?;
    if folder.join(KEY).exists() {
        std::fs::rename(folder.join(KEY), aside.join(KEY)).map_err(failed)?;
    }
    key::sync_folder(&aside).and_then(|()| key::sync_folder(folder)).map_err(failed)?;
    Ok(aside)
}

/// The stores that were set aside in this folder, the oldest first.
///
/// # Errors
/// `file_unreadable`.
pub fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e| Error::file(folder, e);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let named =
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(FORGOTTEN));
        if named && path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The names of the files that are a store's own.
fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = |e| Error::file(folder, e);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().into_string().unwrap_or_default();
        if is_of_store(&name) && entry.path().is_file() {
            names.push(name);
        }
    }
    Ok(names)
}

/// A folder under a name that nothing has yet.
fn new_folder(folder: &Path, clock: &Clock) -> Result<PathBuf> {
    let stamp = clock.now().format("%Y%m%dT%H%M%S");
    let path = (0_u32..)
        .map(|n| if n == 0 { format!("{FORGOTTEN}{stamp}") } else { format!("{FORGOTTEN}{stamp}-{n}") })
        .map(|name| folder.join(name))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(FORGOTTEN));
    crate::make_private(&path).map_err(|e| Error::file(&path, e))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Device, erasing};

    const FORGOT: &str = "le pont de 1962";

    fn awas_old_store() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        Device::create(folder.path(), FORGOT, Clock::system()).unwrap().set_lock_after(15).unwrap();
        folder
    }

    #[test]
    fn awa_begins_anew_and_whoever_remembers_opens_the_old_store_where_it_is() {
        let folder = awas_old_store();
        let aside = set_aside(folder.path(), &Clock::system()).unwrap();
        assert_eq!(phase(folder.path()), Phase::New);
        let new = Device::create(folder.path(), "kangaba-2022", Clock::system()).unwrap();
        assert_eq!(new.protection().unwrap().lock_after, 5, "nothing of the old one is in it");
        let old = Device::unlock(&aside, FORGOT, Clock::system()).unwrap();
        assert_eq!(old.protection().unwrap().lock_after, 15);
        assert_eq!(folders(folder.path()).unwrap(), [aside]);
    }

    #[test]
    fn one_that_was_cut_off_goes_on_in_the_same_folder() {
        let folder = awas_old_store();
        let begun = new_folder(folder.path(), &Clock::system()).unwrap();
        // The battery ended before the key was moved.
        for name in names(folder.path()).unwrap().iter().filter(|name| *name != KEY) {
            std::fs::rename(folder.path().join(name), begun.join(name)).unwrap();
        }
        assert_eq!(set_aside(folder.path(), &Clock::system()).unwrap(), begun);
        assert!(Device::unlock(&begun, FORGOT, Clock::system()).is_ok());
        assert!(set_aside(folder.path(), &Clock::system()).is_err(), "there is nothing more to set aside");
    }

    #[test]
    fn two_of_the_same_second_stand_side_by_side_and_erasing_takes_all() {
        let folder = awas_old_store();
        let now = Clock::system().now();
        let clock = Clock::telling(move || now);
        set_aside(folder.path(), &clock).unwrap();
        Device::create(folder.path(), FORGOT, Clock::system()).unwrap();
        set_aside(folder.path(), &clock).unwrap();
        assert_eq!(folders(folder.path()).unwrap().len(), 2);
        let device = Device::create(folder.path(), "kangaba-2022", Clock::system()).unwrap();
        device.erase().unwrap();
        assert!(folders(folder.path()).unwrap().is_empty());
        assert!(erasing::erased(folder.path()).is_some());
    }
}
