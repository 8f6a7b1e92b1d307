//! Evidence at headquarters: a folder of files, each named by the SHA-256 of its bytes.
//!
//! A file appears under its name only when it is whole, checked and durable. What a cut line left behind is
//! swept away when headquarters starts to serve, and only then: the tool opens the same folder while files
//! come in.

use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::Digest;
use futures_util::{Stream, StreamExt};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

/// The folder of evidence.
pub struct Files {
    folder: PathBuf,
}

/// A file that is coming in; it vanishes unless it becomes whole.
struct Incoming(PathBuf);

impl Drop for Incoming {
    fn drop(&mut self) {
        // After it took its name there is nothing here; otherwise the next start sweeps what stays.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Files {
    /// Opens the folder, making it if it is not there.
    ///
    /// # Errors
    /// An internal error if the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self> {
        let files = Files { folder: folder.to_owned() };
        let incoming = files.incoming();
        std::fs::create_dir_all(&incoming).map_err(|e| Error::file(&incoming, e))?;
        Ok(files)
    }

    /// Sweeps away what cut lines left behind. For whoever is about to serve: nothing comes in meanwhile.
    ///
    /// # Errors
    /// An internal error if the folder cannot be used.
    pub fn sweep(&self) -> Result<()> {
        let incoming = self.incoming();
        let failed = |e| Error::file(&incoming, e);
        for entry in std::fs::read_dir(&incoming).map_err(failed)? {
            std::fs::remove_file(entry.map_err(failed)?.path()).map_err(failed)?;
        }
        Ok(())
    }

    fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    /// Where the file with this digest is, once it is whole.
    pub fn path(&self, sha256: &Digest) -> PathBuf {
        let shelf: String = sha256.as_str().chars().take(2).collect();
        self.folder.join(shelf).join(sha256.as_str())
    }

    /// Whether the file with this digest is on the disk, with this many bytes.
    pub fn has(&self, sha256: &Digest, bytes: u64) -> bool {
        std::fs::metadata(self.path(sha256)).is_ok_and(|found| found.len() == bytes)
    }

    /// Takes in a file of exactly `bytes` bytes with this digest.
    ///
    /// # Errors
    /// `file_digest_mismatch` if other bytes came; `unreachable` if the line broke; `disk_full`.
    pub async fn take_in<B, E>(
        &self,
        sha256: &Digest,
        bytes: u64,
        mut content: impl Stream<Item = std::result::Result<B, E>> + Unpin,
    ) -> Result<()>
    where
        B: AsRef<[u8]>,
        E: std::fmt::Display,
    {
        let incoming = Incoming(self.incoming().join(Uuid::now_v7().to_string()));
        let failed = |e| Error::file(&incoming.0, e);
        let mut file = tokio::fs::File::create(&incoming.0).await.map_err(failed)?;
        let (mut hash, mut size) = (Sha256::new(), 0);
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|e| Error::told(Code::Unreachable, format!("the line broke: {e}")))?;
            size += piece.as_ref().len() as u64;
            if size > bytes {
                return Err(mismatch(sha256));
            }
            hash.update(piece.as_ref());
            file.write_all(piece.as_ref()).await.map_err(failed)?;
        }
        if size != bytes || Digest::from_bytes(hash.finalize().into()) != *sha256 {
            return Err(mismatch(sha256));
        }
        // The last bytes are written behind our back: only this tells whether the disk had room for them.
        file.flush().await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        let written = file.metadata().await.map_err(failed)?.len();
        if written != bytes {
            return Err(failed(std::io::Error::other(format!("{written} of {bytes} bytes are on the disk"))));
        }
        self.give_name(&incoming.0, sha256)
    }

    /// The file is durable before it takes its name, and the name before anybody hears of it.
    fn give_name(&self, incoming: &Path, sha256: &Digest) -> Result<()> {
        let path = self.path(sha256);
        let shelf = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(shelf).map_err(|e| Error::file(shelf, e))?;
        std::fs::rename(incoming, &path).map_err(|e| Error::file(&path, e))?;
        for folder in [shelf, &self.folder] {
            std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Error::file(folder, e))?;
        }
        Ok(())
    }
}

fn mismatch(sha256: &Digest) -> Error {
    Error::told(Code::FileDigestMismatch, format!("the bytes that came are not those of {sha256}"))
}
