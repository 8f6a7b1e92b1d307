//! How the screens look on this device: the language, the size of the text, light or dark. They are needed while the store is
//! locked and say nothing about anybody, so they stand beside it in plain. The webview itself keeps nothing on the disk.

use crate::error::{Error, Result};
use crate::{key, make_private};
use std::collections::BTreeMap;
use std::path::Path;

/// The file. It stays when all else is erased or set aside.
pub(crate) const FILE: &str = "blon.looks";

/// Names and values are words of the screens' own; nothing typed is that short and that plain.
const LONGEST: usize = 32;
const MOST: usize = 8;

/// What was chosen, by name; nothing where nothing was, or where it cannot be read.
pub fn looks(folder: &Path) -> BTreeMap<String, String> {
    let read = std::fs::read(folder.join(FILE)).ok();
    let looks: Option<BTreeMap<String, String>> = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    looks.filter(are_plain).unwrap_or_default()
}

/// Keeps what was chosen.
///
/// # Errors
/// `bad_input` for what is no look; `disk_full`, `file_unreadable`.
pub fn set_looks(folder: &Path, looks: &BTreeMap<String, String>) -> Result<()> {
    if !are_plain(looks) {
        return Err(Error::bad_input("looks are a few plain words"));
    }
    let path = folder.join(FILE);
    make_private(folder).map_err(|e| Error::file(folder, e))?;
    key::file::write_whole(&path, &serde_json::to_vec(looks)?)
}

fn are_plain(looks: &BTreeMap<String, String>) -> bool {
    let plain =
        |word: &String| word.len() <= LONGEST && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    looks.len() <= MOST && looks.iter().all(|(name, value)| plain(name) && plain(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_kept_and_nothing_else_can_be_written_there() {
        let folder = tempfile::tempdir().unwrap();
        let own = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
        assert!(looks(folder.path()).is_empty());
        set_looks(folder.path(), &own("blon.locale", "en")).unwrap();
        assert_eq!(looks(folder.path()), own("blon.locale", "en"));
        for (name, value) in [("note", "Mariam Keïta"), ("note", "two words"), ("note", &"x".repeat(33))] {
            assert!(set_looks(folder.path(), &own(name, value)).is_err(), "{value}");
        }
        std::fs::write(folder.path().join(FILE), r#"{"a":"<script>"}"#).unwrap();
        assert!(looks(folder.path()).is_empty(), "what cannot be a look is not handed to a screen");
    }
}
