//! A folder on this machine's disk, or on one that processes share: files by their digests, and `incoming` beside them.
//!
//! A file appears under its name only when it is whole, checked and durable. This is written here and not left to `object_store`, which
//! cannot add to a file that is there, and writes over no byte before it is erased (ADR 51).

use super::{Incoming, OWNER, digest_of};
use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::Digest;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{DirEntry, File, TryLockError};
use std::io::{ErrorKind, Read, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::bytes::Bytes;
use tokio_util::io::ReaderStream;

/// How long it is waited for another process that writes to the same file, and how often it is looked.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Opens it, making it if it is not there.
    pub fn open(folder: &Path) -> Result<Self> {
        let opened = Self::at(folder);
        let incoming = opened.incoming();
        std::fs::create_dir_all(&incoming).map_err(|e| Error::file(&incoming, e))?;
        Ok(opened)
    }

    /// The folder as it is; nothing is made there.
    pub fn at(folder: &Path) -> Self {
        Folder(folder.to_owned())
    }

    pub fn owner(&self) -> Result<Option<String>> {
        let path = self.0.join(OWNER);
        there(&path, std::fs::read_to_string(&path))
    }

    pub fn set_owner(&self, owner: &str) -> Result<()> {
        let path = self.0.join(OWNER);
        std::fs::write(&path, owner).map_err(|e| Error::file(&path, e))
    }

    pub fn all(&self) -> Result<BTreeMap<Digest, u64>> {
        let mut found = BTreeMap::new();
        for shelf in entries(&self.0)?.filter(|entry| entry.file_name().len() == 2) {
            for file in entries(&shelf.path())? {
                let named = file.file_name().to_str().and_then(|name| name.parse().ok());
                // One may be erased meanwhile.
                let bytes = there(&file.path(), file.metadata())?.map(|found| found.len());
                found.extend(named.zip(bytes));
            }
        }
        Ok(found)
    }

    pub fn sweep(&self, kept: &BTreeSet<String>, untouched: Duration) -> Result<()> {
        let incoming = self.incoming();
        for entry in entries(&incoming)? {
            if entry.file_name().to_str().is_some_and(|name| kept.contains(name)) {
                continue;
            }
            let touched = entry.metadata().and_then(|found| found.modified());
            if touched.is_ok_and(|at| at.elapsed().unwrap_or_default() >= untouched) {
                // A folder is what a restore that was cut off left. Whoever had it may have ended meanwhile.
                let path = entry.path();
                let swept =
                    if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
                there(&path, swept)?;
            }
        }
        Ok(())
    }

    pub fn leaves_room(&self, reserve: u64) -> Result<()> {
        let failed = |e| Error::file(&self.0, e);
        let left = fs4::available_space(&self.0).map_err(failed)?;
        let reserve = reserve.min(fs4::total_space(&self.0).map_err(failed)? / 20);
        if left > reserve {
            return Ok(());
        }
        Err(failed(ErrorKind::StorageFull.into()))
    }

    pub fn incoming(&self) -> PathBuf {
        self.0.join("incoming")
    }

    pub fn incoming_bytes(&self, name: &str) -> u64 {
        std::fs::metadata(self.incoming().join(name)).map_or(0, |found| found.len())
    }

    pub async fn continue_incoming(&self, name: &str) -> Result<Incoming> {
        let path = self.incoming().join(name);
        let file = opened_alone(&path).await?;
        let size = file.metadata().map_err(|e| Error::file(&path, e))?.len();
        let file = tokio::fs::File::from_std(file);
        Ok(Incoming { name: name.to_owned(), path, file, start: 0, size, spooled: None })
    }

    pub async fn others_give_way(&self, name: &str) -> Result<()> {
        let path = self.incoming().join(name);
        if path.exists() {
            opened_alone(&path).await?;
        }
        Ok(())
    }

    pub fn drop_incoming(&self, name: &str) -> Result<()> {
        let path = self.incoming().join(name);
        there(&path, std::fs::remove_file(&path)).map(drop)
    }

    /// Where the bytes are, if they are those of this file; otherwise lets go of them. They stay on any other fault.
    pub fn gathered(&self, incoming: &Incoming, sha256: &Digest) -> Result<PathBuf> {
        let path = &incoming.path;
        if digest_of(path)? == *sha256 {
            return Ok(path.clone());
        }
        std::fs::remove_file(path).map_err(|e| Error::file(path, e))?;
        Err(super::mismatch(sha256))
    }

    /// The file is durable before it takes its name, and the name before anybody hears of it.
    pub fn take_name(&self, incoming: &Incoming, sha256: &Digest) -> Result<()> {
        let from = self.gathered(incoming, sha256)?;
        let path = self.path(sha256);
        let shelf = path.parent().unwrap_or(&self.0);
        std::fs::create_dir_all(shelf).map_err(|e| Error::file(shelf, e))?;
        std::fs::rename(from, &path).map_err(|e| Error::file(&path, e))?;
        for folder in [shelf, &self.0] {
            File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Error::file(folder, e))?;
        }
        Ok(())
    }

    /// Takes the bytes from the disk. They are written over before: a disk that writes at the same place twice then keeps nothing of
    /// them.
    pub fn erase(&self, sha256: &Digest) -> Result<()> {
        let coming = entries(&self.incoming())?.filter(|entry| {
            let name = entry.file_name();
            name.to_str().is_some_and(|name| name.ends_with(sha256.as_str()))
        });
        let coming: Vec<PathBuf> = coming.map(|entry| entry.path()).collect();
        for path in coming.into_iter().chain([self.path(sha256)]) {
            there(&path, overwrite(&path).and_then(|()| std::fs::remove_file(&path)))?;
        }
        Ok(())
    }

    pub fn bytes(&self, sha256: &Digest) -> Result<Option<u64>> {
        let path = self.path(sha256);
        Ok(there(&path, std::fs::metadata(&path))?.map(|found| found.len()))
    }

    pub fn read(&self, sha256: &Digest) -> Result<Option<File>> {
        let path = self.path(sha256);
        there(&path, File::open(&path))
    }

    pub async fn range(
        &self,
        sha256: &Digest,
        range: Range<u64>,
    ) -> Result<Option<BoxStream<'static, std::io::Result<Bytes>>>> {
        let path = self.path(sha256);
        let Some(mut file) = there(&path, tokio::fs::File::open(&path).await)? else { return Ok(None) };
        file.seek(SeekFrom::Start(range.start)).await.map_err(|e| Error::file(&path, e))?;
        let bytes = range.end.saturating_sub(range.start);
        Ok(Some(ReaderStream::with_capacity(file.take(bytes), 64 * 1024).boxed()))
    }

    fn path(&self, sha256: &Digest) -> PathBuf {
        self.0.join(super::shelf(sha256)).join(sha256.as_str())
    }
}

/// Opens a file that is coming in. As long as it is open here no other process writes to it; one that does is asked to give way.
async fn opened_alone(path: &Path) -> Result<File> {
    let failed = |e| Error::file(path, e);
    let until = Instant::now() + PATIENCE;
    let mut waits = None;
    loop {
        let file = tokio::fs::File::options().create(true).truncate(false).write(true).open(path).await;
        let file = file.map_err(failed)?.into_std().await;
        match file.try_lock() {
            // Whoever had it may have given it its name, or let go of it: then another one lies there.
            Ok(()) if lies_at(&file, path) => return Ok(file),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                match &waits {
                    None => waits = Some(Waits::beside(path)?),
                    Some(waits) => waits.tell(),
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Err(TryLockError::WouldBlock) => {
                let message = "another process takes in a piece of this file; asking again later is right";
                return Err(Error::told(Code::StoreUnavailable, message));
            }
            // Better without than not at all: of several processes one spoils what another one takes in, and it comes anew.
            Err(TryLockError::Error(e)) => {
                tracing::warn!("the disk of {} keeps no locks: {e}", path.display());
                return Ok(file);
            }
        }
    }
}

/// Tells whoever writes to a file that is coming in, in another process, that it is waited for: by a locked file beside it, whose lock
/// ends with this process however it ends.
struct Waits {
    path: PathBuf,
    file: File,
}

impl Waits {
    fn beside(incoming: &Path) -> Result<Self> {
        let path = beside(incoming);
        let file =
            File::options().create(true).append(true).open(&path).map_err(|e| Error::file(&path, e))?;
        let waits = Waits { path, file };
        waits.tell();
        Ok(waits)
    }

    fn tell(&self) {
        // Whoever looks for it just now holds it for a moment; it is told again.
        let _ = self.file.try_lock();
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether another process waits for this file that is coming in.
pub(super) fn is_waited_for(incoming: &Path) -> bool {
    let waits = File::open(beside(incoming));
    waits.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn beside(incoming: &Path) -> PathBuf {
    incoming.with_extension("next")
}

/// Whether this open file is the one at the path, where the system can tell.
#[cfg(unix)]
pub(super) fn lies_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let which = |found: std::fs::Metadata| (found.dev(), found.ino());
    let (here, there) = (file.metadata().map(which), std::fs::metadata(path).map(which));
    matches!((here, there), (Ok(here), Ok(there)) if here == there)
}

#[cfg(not(unix))]
pub(super) fn lies_at(_: &File, _: &Path) -> bool {
    true
}

fn entries(folder: &Path) -> Result<impl Iterator<Item = DirEntry> + use<>> {
    let failed = |e| Error::file(folder, e);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    Ok(entries.map(|entry| entry.map_err(failed)).collect::<Result<Vec<_>>>()?.into_iter())
}

/// What was done or found; `None` where nothing is there.
fn there<T>(path: &Path, done: std::io::Result<T>) -> Result<Option<T>> {
    match done {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        done => done.map(Some).map_err(|e| Error::file(path, e)),
    }
}

fn overwrite(path: &Path) -> std::io::Result<()> {
    let mut file = File::options().write(true).open(path)?;
    let bytes = file.metadata()?.len();
    std::io::copy(&mut std::io::repeat(0).take(bytes), &mut file)?;
    file.sync_all()
}
