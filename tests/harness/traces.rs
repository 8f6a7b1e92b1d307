//! What is left on a disk: every byte of every file below a folder, looked through for what must not be there.

use std::path::{Path, PathBuf};

/// Something to look for, under a name that can be told.
pub struct Needle {
    /// What it is.
    pub name: String,
    bytes: Vec<u8>,
}

impl Needle {
    /// These very bytes.
    pub fn bytes(name: &str, bytes: &[u8]) -> Self {
        assert!(bytes.len() >= 6, "{name}: what is this short stands anywhere by chance");
        Needle { name: name.to_owned(), bytes: bytes.to_owned() }
    }

    /// A text as programs write it down: in UTF-8, and in the UTF-16 of browsers and Windows.
    pub fn text(text: &str) -> Vec<Self> {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        vec![Needle::bytes(text, text.as_bytes()), Needle::bytes(&format!("{text} (UTF-16)"), &wide)]
    }
}

/// Where any of these stands: the file, and what it is.
pub fn found_below(folder: &Path, needles: &[Needle]) -> Vec<String> {
    let mut found = Vec::new();
    for path in files_below(folder) {
        // A socket, or a file that went meanwhile, holds nothing.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for needle in needles {
            if contains(&bytes, &needle.bytes) {
                found.push(format!("{}: {}", path.display(), needle.name));
            }
        }
    }
    found
}

/// Every file below a folder; links are not followed.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return files };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files.extend(files_below(&entry.path())),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
    files
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == needle[0]) {
        rest = &rest[at..];
        if rest.starts_with(needle) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}
