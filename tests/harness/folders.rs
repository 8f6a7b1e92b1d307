//! Folders as a thief or a backup sees them: copied whole, read byte by byte.

use std::fs;
use std::path::Path;

/// Copies a folder with all that is in it; what is in the other already and has the same name is written over.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() { copy(&source, &target) } else { fs::copy(&source, &target).map(|_| ()).unwrap() }
    }
}

/// Whether these words stand in any file of a folder, or of one in it.
pub fn holds(folder: &Path, words: &str) -> bool {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return holds(&path, words);
        }
        fs::read(&path).unwrap().windows(words.len()).any(|bytes| bytes == words.as_bytes())
    })
}
