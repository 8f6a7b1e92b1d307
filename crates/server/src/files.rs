//! Evidence at headquarters: a folder of files, each named by the SHA-256 of its bytes.
//!
//! A file appears under its name only when it is whole, checked and durable. Until then its bytes lie in `incoming`; what
//! is given up there is swept away when headquarters starts to serve and now and then after.

use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::Digest;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::io::{Read, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

/// The folder of evidence.
pub struct Files {
    folder: PathBuf,
}

/// A file that is coming in, and stays until it takes its name or is let go.
pub struct Incoming {
    path: PathBuf,
    file: tokio::fs::File,
    size: u64,
}

impl Incoming {
    /// How many bytes have come.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// `disk_full`, or an internal error.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).await.map_err(|e| Error::file(&self.path, e))?;
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Lets go of all but the first bytes.
    ///
    /// # Errors
    /// An internal error if the disk fails.
    pub async fn cut_to(&mut self, bytes: u64) -> Result<()> {
        let failed = |e| Error::file(&self.path, e);
        self.file.flush().await.map_err(failed)?;
        self.file.set_len(bytes).await.map_err(failed)?;
        self.file.seek(SeekFrom::Start(bytes)).await.map_err(failed)?;
        self.size = bytes;
        Ok(())
    }

    /// Where the bytes are, if they are those of this file; otherwise lets go of them. They stay on any other fault.
    ///
    /// # Errors
    /// `file_digest_mismatch`; an internal error if the disk fails.
    pub fn check(self, sha256: &Digest) -> Result<PathBuf> {
        if digest_of(&self.path)? == *sha256 {
            return Ok(self.path);
        }
        std::fs::remove_file(&self.path).map_err(|e| Error::file(&self.path, e))?;
        Err(Error::told(Code::FileDigestMismatch, format!("the bytes that came are not those of {sha256}")))
    }

    /// Waits until every byte is on the disk. The last ones are written behind our back: only this tells whether the
    /// disk had room for them.
    ///
    /// # Errors
    /// `disk_full`, or an internal error.
    pub async fn make_durable(&mut self) -> Result<()> {
        let failed = |e| Error::file(&self.path, e);
        self.file.flush().await.map_err(failed)?;
        self.file.sync_all().await.map_err(failed)?;
        let written = self.file.metadata().await.map_err(failed)?.len();
        if written == self.size {
            return Ok(());
        }
        Err(failed(std::io::Error::other(format!("{written} of {} bytes are on the disk", self.size))))
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

    /// The folder as it is; nothing is made there.
    pub(crate) fn at(folder: &Path) -> Self {
        Files { folder: folder.to_owned() }
    }

    /// The digests of the files that are here whole, as their names say.
    ///
    /// # Errors
    /// An internal error if the folder cannot be read.
    pub fn all(&self) -> Result<Vec<Digest>> {
        let mut found = Vec::new();
        let entries = |folder: &Path| {
            let failed = |e| Error::file(folder, e);
            std::fs::read_dir(folder)
                .map_err(failed)?
                .map(|entry| entry.map_err(failed))
                .collect::<Result<Vec<_>>>()
        };
        for shelf in entries(&self.folder)? {
            if shelf.file_name().len() == 2 {
                let names = entries(&shelf.path())?;
                found.extend(names.iter().filter_map(|file| file.file_name().to_str()?.parse().ok()));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Takes every file from the disk but these.
    ///
    /// # Errors
    /// An internal error if the disk fails.
    pub fn erase_all_but(&self, kept: &BTreeSet<&Digest>) -> Result<()> {
        self.all()?.iter().filter(|sha256| !kept.contains(sha256)).try_for_each(|sha256| self.erase(sha256))
    }

    /// Sweeps away what came in and was given up, and was `untouched` for so long; what has a name in `kept` may still become
    /// whole.
    ///
    /// # Errors
    /// An internal error if the folder cannot be used.
    pub fn sweep(&self, kept: &BTreeSet<String>, untouched: Duration) -> Result<()> {
        let incoming = self.incoming();
        let failed = |e| Error::file(&incoming, e);
        for entry in std::fs::read_dir(&incoming).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_str().is_some_and(|name| kept.contains(name)) {
                continue;
            }
            let touched = entry.metadata().and_then(|found| found.modified());
            if touched.is_ok_and(|at| at.elapsed().unwrap_or_default() >= untouched) {
                // A folder is what a restore that was cut off left.
                let path = entry.path();
                let swept =
                    if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
                match swept {
                    // Whoever had it ended meanwhile.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    swept => swept.map_err(failed)?,
                }
            }
        }
        Ok(())
    }

    /// Whether the disk has more left than `reserve`, or than a twentieth of a small disk: evidence must not take the room of
    /// texts.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn leaves_room(&self, reserve: u64) -> Result<()> {
        let failed = |e| Error::file(&self.folder, e);
        let left = fs4::available_space(&self.folder).map_err(failed)?;
        let reserve = reserve.min(fs4::total_space(&self.folder).map_err(failed)? / 20);
        if left > reserve {
            return Ok(());
        }
        Err(failed(std::io::ErrorKind::StorageFull.into()))
    }

    /// A folder on the same disk for what is written and read again once, and has no name: the system's own may be in memory.
    pub fn aside(&self) -> PathBuf {
        self.incoming()
    }

    /// How many bytes have come in under this name.
    pub fn incoming_bytes(&self, name: &str) -> u64 {
        std::fs::metadata(self.incoming().join(name)).map_or(0, |found| found.len())
    }

    /// Opens what has come in under this name to go on at byte `at`; anything after that is let go.
    ///
    /// # Errors
    /// An internal error if fewer bytes are there, or the disk fails.
    pub async fn continue_incoming(&self, name: &str, at: u64) -> Result<Incoming> {
        let path = self.incoming().join(name);
        let opened = tokio::fs::File::options().create(true).truncate(false).write(true).open(&path).await;
        let file = opened.map_err(|e| Error::file(&path, e))?;
        let there = file.metadata().await.map_err(|e| Error::file(&path, e))?.len();
        if there < at {
            return Err(Error::file(
                &path,
                std::io::Error::other(format!("{there} of {at} bytes are there")),
            ));
        }
        let mut incoming = Incoming { path, file, size: there };
        incoming.cut_to(at).await?;
        Ok(incoming)
    }

    /// Takes in all that a reader gives, under this name.
    ///
    /// # Errors
    /// `bad_input` if the reader fails, and nothing is kept; `disk_full`, or an internal error.
    pub fn read_in(&self, name: &str, content: &mut impl Read) -> Result<Incoming> {
        let path = self.incoming().join(name);
        let taken = Self::read_into(&path, content);
        if taken.is_err() {
            // What came of it is of no use; the disk may need the room.
            let _ = std::fs::remove_file(&path);
        }
        taken
    }

    fn read_into(path: &Path, content: &mut impl Read) -> Result<Incoming> {
        let failed = |e| Error::file(path, e);
        let mut file = std::fs::File::create(path).map_err(failed)?;
        let (mut size, mut piece) = (0, vec![0; 256 * 1024]);
        loop {
            match content.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => {
                    file.write_all(piece.get(..read).unwrap_or_default()).map_err(failed)?;
                    size += read as u64;
                }
                Err(error) => return Err(Error::told(Code::BadInput, error.to_string())),
            }
        }
        file.sync_all().map_err(failed)?;
        Ok(Incoming { path: path.to_owned(), file: tokio::fs::File::from_std(file), size })
    }

    /// Lets go of what has come in under this name.
    ///
    /// # Errors
    /// An internal error if the disk fails.
    pub fn drop_incoming(&self, name: &str) -> Result<()> {
        let path = self.incoming().join(name);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::file(&path, e)),
            _ => Ok(()),
        }
    }

    fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    /// Where the file with this digest is, once it is whole.
    pub fn path(&self, sha256: &Digest) -> PathBuf {
        let shelf: String = sha256.as_str().chars().take(2).collect();
        self.folder.join(shelf).join(sha256.as_str())
    }

    /// Takes the bytes of a file from the disk, and the parts of it that were coming in. They are written over before: a disk
    /// that writes at the same place twice then keeps nothing of them.
    ///
    /// # Errors
    /// An internal error if the disk fails.
    pub fn erase(&self, sha256: &Digest) -> Result<()> {
        let incoming = self.incoming();
        let failed = |e| Error::file(&incoming, e);
        let mut paths = vec![self.path(sha256)];
        for entry in std::fs::read_dir(&incoming).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_str().is_some_and(|name| name.ends_with(sha256.as_str())) {
                paths.push(entry.path());
            }
        }
        for path in paths {
            match overwrite(&path).and_then(|()| std::fs::remove_file(&path)) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::file(&path, e)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the file with this digest is on the disk, with this many bytes.
    pub fn has(&self, sha256: &Digest, bytes: u64) -> bool {
        std::fs::metadata(self.path(sha256)).is_ok_and(|found| found.len() == bytes)
    }

    /// Makes what has come in a file under its digest, if it is that file; otherwise lets go of it.
    ///
    /// # Errors
    /// `file_digest_mismatch` if it is another; `disk_full`.
    pub fn take_name(&self, incoming: Incoming, sha256: &Digest) -> Result<()> {
        let path = incoming.check(sha256)?;
        self.give_name(&path, sha256)
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

/// The SHA-256 of a file's bytes.
pub(crate) fn digest_of(path: &Path) -> Result<Digest> {
    let failed = |e| Error::file(path, e);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match file.read(&mut piece).map_err(failed)? {
            0 => return Ok(Digest::from_bytes(hash.finalize().into())),
            read => hash.update(piece.get(..read).unwrap_or_default()),
        }
    }
}

fn overwrite(path: &Path) -> std::io::Result<()> {
    let mut file = std::fs::File::options().write(true).open(path)?;
    let bytes = file.metadata()?.len();
    std::io::copy(&mut std::io::repeat(0).take(bytes), &mut file)?;
    file.sync_all()
}
