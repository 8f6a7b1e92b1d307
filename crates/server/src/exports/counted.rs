//! Bytes on their way out: counted, with their digest, laid aside where they must wait.

use super::manifest::Entry;
use crate::error::{Error, Result};
use crate::files::Files;
use blon_core::id::Digest;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{BufReader, BufWriter, Result as IoResult, Seek, SeekFrom, Write};

/// Hands bytes on, and knows how many there were and what their digest is.
pub struct Counted<W: Write> {
    inner: W,
    bytes: u64,
    hash: Sha256,
}

impl<W: Write> Counted<W> {
    /// Hands on to `inner`.
    pub fn new(inner: W) -> Self {
        Counted { inner, bytes: 0, hash: Sha256::new() }
    }

    /// What went through, as an entry of this name; and where it went.
    pub fn entry(self, name: String) -> (Entry, W) {
        let sha256 = Digest::from_bytes(self.hash.finalize().into());
        (Entry { name, bytes: self.bytes, sha256, rows: None }, self.inner)
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> IoResult<()> {
        self.inner.flush()
    }
}

/// A file without a name that is written first and then read, once: whatever happens, nothing of it stays on the disk.
pub fn aside(files: &Files) -> Result<BufWriter<File>> {
    let folder = files.aside();
    tempfile::tempfile_in(&folder).map(BufWriter::new).map_err(|e| Error::file(folder, e))
}

/// The same, to be read from its beginning.
///
/// # Errors
/// `disk_full`, or an internal error.
pub fn again(written: BufWriter<File>) -> Result<BufReader<File>> {
    let failed = |e| Error::file("a file laid aside", e);
    let mut file = written.into_inner().map_err(|e| failed(e.into_error()))?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(BufReader::new(file))
}
