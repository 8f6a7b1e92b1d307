//! Comparing folders of small text files.

use crate::run::{Outcome, stop};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The files of a folder and of those inside it, by their path from it.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Reads a folder whole; one that is not there is empty.
pub fn read(folder: &Path) -> Outcome<Files> {
    let mut files = Files::new();
    if folder.is_dir() {
        collect(folder, folder, &mut files).map_err(|e| stop(format!("{}: {e}", folder.display())))?;
    }
    Ok(files)
}

fn collect(top: &Path, folder: &Path, files: &mut Files) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(top, &path, files)?;
        } else if let Ok(inside) = path.strip_prefix(top) {
            files.insert(inside.to_owned(), std::fs::read(&path)?);
        }
    }
    Ok(())
}

/// How a folder differs from what it should be, one line a file: nothing where they are the same.
pub fn differences(is: &Files, should_be: &Files) -> Vec<String> {
    let missing_or_stale = should_be.iter().filter_map(|(path, bytes)| match is.get(path) {
        None => Some(format!("missing: {}", path.display())),
        Some(other) if other != bytes => Some(format!("stale: {}", path.display())),
        Some(_) => None,
    });
    let left_over = is.keys().filter(|path| !should_be.contains_key(*path));
    missing_or_stale.chain(left_over.map(|path| format!("left over: {}", path.display()))).collect()
}

/// Makes a folder hold these files and no other; files that are right already are not touched.
pub fn write(folder: &Path, should_be: &Files) -> Outcome {
    let is = read(folder)?;
    let written = || -> std::io::Result<()> {
        for (path, bytes) in should_be.iter().filter(|(path, bytes)| is.get(*path) != Some(bytes)) {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            std::fs::write(path, bytes)?;
        }
        is.keys()
            .filter(|path| !should_be.contains_key(*path))
            .try_for_each(|p| std::fs::remove_file(folder.join(p)))
    };
    written().map_err(|e| stop(format!("{}: {e}", folder.display())))
}

/// Empties a folder, making it if need be.
pub fn empty(folder: &Path) -> Outcome {
    let emptied = || -> std::io::Result<()> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)
    };
    emptied().map_err(|e| stop(format!("{}: {e}", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places;

    fn files(list: &[(&str, &str)]) -> Files {
        list.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn every_difference_is_named() {
        let is = files(&[("Same.ts", "a"), ("Old.ts", "a"), ("Gone.ts", "a")]);
        let should_be = files(&[("Same.ts", "a"), ("Old.ts", "b"), ("in/New.ts", "c")]);
        let told = differences(&is, &should_be);
        assert_eq!(told, ["stale: Old.ts", "missing: in/New.ts", "left over: Gone.ts"]);
        assert!(differences(&should_be, &should_be).is_empty());
    }

    #[test]
    fn a_folder_becomes_what_it_should_be() {
        let folder = places::target().join("xtask-tests/folders");
        empty(&folder).unwrap();
        let (first, second) =
            (files(&[("A.ts", "a"), ("B.ts", "b")]), files(&[("in/A.ts", "a"), ("B.ts", "c")]));
        for content in [&first, &second] {
            write(&folder, content).unwrap();
            assert_eq!(&read(&folder).unwrap(), content);
        }
        assert!(read(&folder.join("nowhere")).unwrap().is_empty());
    }
}
