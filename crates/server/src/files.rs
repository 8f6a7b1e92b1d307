//! Evidence at headquarters: files, each named by the SHA-256 of its bytes, in a folder or in a bucket of S3 or what speaks as it does.
//!
//! A file is found under its name only when it is whole, checked and durable. Until then its bytes lie in `incoming`; what is given up
//! there is swept away when headquarters starts to serve and now and then after.

mod bucket;
mod folder;

use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::Digest;
use bucket::{Bucket, Spooled};
use folder::Folder;
use futures_util::stream::BoxStream;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempPath;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio_util::bytes::Bytes;

/// What stands beside the files and says whose they are.
const OWNER: &str = "headquarters.id";

/// How often whoever waits for bytes looks whether another process waits for the file.
const LOOK_FOR_OTHERS: Duration = Duration::from_millis(250);

/// Where the files are.
pub struct Files(Place);

enum Place {
    Folder(Folder),
    Bucket(Bucket),
}

/// A file that is coming in, and stays until it takes its name or is let go.
pub struct Incoming {
    name: String,
    path: PathBuf,
    file: tokio::fs::File,
    /// Which byte of the file is the first at the path: those before it are in the bucket.
    start: u64,
    size: u64,
    /// Where the path is only a stop on the way to a bucket.
    spooled: Option<Spooled>,
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

    /// Lets go of all but the first bytes, which may be none of those that came before this piece.
    ///
    /// # Errors
    /// An internal error if fewer bytes are there, or the disk fails.
    pub async fn cut_to(&mut self, bytes: u64) -> Result<()> {
        let failed = |e| Error::file(&self.path, e);
        if bytes > self.size {
            let message = format!("{} of {bytes} bytes are there", self.size);
            return Err(failed(std::io::Error::other(message)));
        }
        let here = bytes.saturating_sub(self.start);
        self.file.flush().await.map_err(failed)?;
        self.file.set_len(here).await.map_err(failed)?;
        self.file.seek(SeekFrom::Start(here)).await.map_err(failed)?;
        self.size = bytes;
        Ok(())
    }

    /// Waits until another process waits for this file.
    pub async fn is_waited_for(&self) {
        if self.spooled.is_some() {
            return std::future::pending().await;
        }
        while !folder::is_waited_for(&self.path) {
            tokio::time::sleep(LOOK_FOR_OTHERS).await;
        }
    }

    /// Whether it still lies where it was opened: somebody may have ended the upload meanwhile, and begun it anew.
    ///
    /// # Errors
    /// An internal error if the disk fails.
    pub async fn is_in_its_place(&self) -> Result<bool> {
        let file = self.file.try_clone().await.map_err(|e| Error::file(&self.path, e))?.into_std().await;
        Ok(self.spooled.is_some() || folder::lies_at(&file, &self.path))
    }

    /// Waits until every byte is durable. The last ones are written behind our back: only this tells whether the disk had room for
    /// them. In a bucket the piece that makes a file `whole`, by its bytes, becomes durable with its name.
    ///
    /// # Errors
    /// `disk_full`, `store_unavailable`, or an internal error.
    pub async fn make_durable(&mut self, whole: u64) -> Result<()> {
        let failed = |e| Error::file(&self.path, e);
        self.file.flush().await.map_err(failed)?;
        if self.spooled.is_none() {
            self.file.sync_all().await.map_err(failed)?;
        }
        let written = self.start + self.file.metadata().await.map_err(failed)?.len();
        if written != self.size {
            let message = format!("{written} of {} bytes are on the disk", self.size);
            return Err(failed(std::io::Error::other(message)));
        }
        match &self.spooled {
            Some(spooled) if self.size < whole => spooled.put_piece(self).await,
            _ => Ok(()),
        }
    }
}

/// The bytes of a file that came, all of them, in a file of this machine.
pub struct Gathered {
    path: PathBuf,
    /// Where they were fetched from a bucket.
    _fetched: Option<TempPath>,
}

impl Gathered {
    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Files {
    /// Opens those at this place: `s3://bucket/prefix`, or a folder, which is made if it is not there. What is on its way to a bucket
    /// passes through `aside`.
    ///
    /// # Errors
    /// `bad_input` for what is no such address, or where the environment does not say who asks; an internal error if the folder cannot
    /// be used.
    pub fn open_at(place: &str, aside: &Path, environment: &BTreeMap<String, String>) -> Result<Self> {
        if place.contains("://") {
            return Ok(Files(Place::Bucket(Bucket::open(place, environment, Folder::open(aside)?)?)));
        }
        Self::open(Path::new(place))
    }

    /// Opens the folder, making it if it is not there.
    ///
    /// # Errors
    /// An internal error if the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self> {
        Folder::open(folder).map(Place::Folder).map(Files)
    }

    /// The folder as it is; nothing is made there.
    pub(crate) fn at(folder: &Path) -> Self {
        Files(Place::Folder(Folder::at(folder)))
    }

    /// Which headquarters' they are; `None` where nobody has said so.
    ///
    /// # Errors
    /// `store_unavailable`, or an internal error.
    pub fn owner(&self) -> Result<Option<String>> {
        match &self.0 {
            Place::Folder(folder) => folder.owner(),
            Place::Bucket(bucket) => bucket.owner(),
        }
    }

    /// Says whose they are.
    ///
    /// # Errors
    /// `disk_full`, `store_unavailable`, or an internal error.
    pub fn set_owner(&self, owner: &str) -> Result<()> {
        match &self.0 {
            Place::Folder(folder) => folder.set_owner(owner),
            Place::Bucket(bucket) => bucket.set_owner(owner),
        }
    }

    /// The digests of the files that are here whole, as their names say, each with its bytes.
    ///
    /// # Errors
    /// `store_unavailable`; an internal error if the folder cannot be read.
    pub fn all(&self) -> Result<BTreeMap<Digest, u64>> {
        match &self.0 {
            Place::Folder(folder) => folder.all(),
            Place::Bucket(bucket) => bucket.all(),
        }
    }

    /// Erases every file but these.
    ///
    /// # Errors
    /// As for [`Files::erase`].
    pub fn erase_all_but(&self, kept: &BTreeSet<&Digest>) -> Result<()> {
        self.all()?.keys().filter(|sha256| !kept.contains(sha256)).try_for_each(|sha256| self.erase(sha256))
    }

    /// Sweeps away what came in and was given up, and was `untouched` for so long; what has a name in `kept` may still become
    /// whole.
    ///
    /// # Errors
    /// `store_unavailable`; an internal error if the folder cannot be used.
    pub fn sweep(&self, kept: &BTreeSet<String>, untouched: Duration) -> Result<()> {
        match &self.0 {
            Place::Folder(folder) => folder.sweep(kept, untouched),
            Place::Bucket(bucket) => bucket.sweep(kept, untouched),
        }
    }

    /// Whether the disk has more left than `reserve`, or than a twentieth of a small disk: evidence must not take the room of
    /// texts.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn leaves_room(&self, reserve: u64) -> Result<()> {
        self.disk().leaves_room(reserve)
    }

    /// A folder for what is written and read again once, and has no name: the system's own may be in memory.
    pub fn aside(&self) -> PathBuf {
        self.disk().incoming()
    }

    /// The folder on this machine, which may be only a stop on the way.
    fn disk(&self) -> &Folder {
        match &self.0 {
            Place::Folder(folder) => folder,
            Place::Bucket(bucket) => bucket.spool(),
        }
    }

    /// How many bytes have come in under this name and are durable.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub fn incoming_bytes(&self, name: &str) -> Result<u64> {
        match &self.0 {
            Place::Folder(folder) => Ok(folder.incoming_bytes(name)),
            Place::Bucket(bucket) => bucket.incoming_bytes(name),
        }
    }

    /// Opens what has come in under this name to go on at byte `at`; another process that writes to it gives way before, and none
    /// does meanwhile. What lies after that byte is there until it is cut ([`Incoming::cut_to`]).
    ///
    /// # Errors
    /// `store_unavailable` where another process does not let go of it; an internal error if the disk fails.
    pub async fn continue_incoming(&self, name: &str, at: u64) -> Result<Incoming> {
        match &self.0 {
            Place::Folder(folder) => folder.continue_incoming(name).await,
            Place::Bucket(bucket) => bucket.continue_incoming(name, at),
        }
    }

    /// Makes another process give way that writes to what is coming in under this name. In a bucket each writes pieces of its own.
    ///
    /// # Errors
    /// As for [`Files::continue_incoming`].
    pub async fn others_give_way(&self, name: &str) -> Result<()> {
        match &self.0 {
            Place::Folder(folder) => folder.others_give_way(name).await,
            Place::Bucket(_) => Ok(()),
        }
    }

    /// Takes in all that a reader gives, under this name.
    ///
    /// # Errors
    /// `bad_input` if the reader fails, and nothing is kept; `disk_full`, or an internal error.
    pub fn read_in(&self, name: &str, content: &mut impl Read) -> Result<Incoming> {
        let (path, spooled) = match &self.0 {
            Place::Folder(folder) => (folder.incoming().join(name), None),
            Place::Bucket(bucket) => {
                let spooled = bucket.spooled()?;
                (spooled.path().to_owned(), Some(spooled))
            }
        };
        let taken = read_into(&path, content);
        if taken.is_err() {
            // What came of it is of no use; the disk may need the room.
            let _ = std::fs::remove_file(&path);
        }
        let (file, size) = taken?;
        let file = tokio::fs::File::from_std(file);
        Ok(Incoming { name: name.to_owned(), path, file, start: 0, size, spooled })
    }

    /// Lets go of what has come in under this name.
    ///
    /// # Errors
    /// `store_unavailable`; an internal error if the disk fails.
    pub fn drop_incoming(&self, name: &str) -> Result<()> {
        match &self.0 {
            Place::Folder(folder) => folder.drop_incoming(name),
            Place::Bucket(bucket) => bucket.drop_incoming(name),
        }
    }

    /// Keeps what has come in for another try; gives how many bytes of it are kept, `most` of them or fewer.
    pub fn keep_incoming(&self, incoming: &Incoming, most: u64) -> u64 {
        match &self.0 {
            Place::Folder(_) => most.min(incoming.size),
            Place::Bucket(bucket) => bucket.keep_incoming(incoming).min(most),
        }
    }

    /// All the bytes that came in, if they are those of this file; otherwise lets go of them. They stay on any other fault.
    ///
    /// # Errors
    /// `file_digest_mismatch`; `store_unavailable`; an internal error if the disk fails.
    pub fn gathered(&self, incoming: &Incoming, sha256: &Digest) -> Result<Gathered> {
        match &self.0 {
            Place::Folder(folder) => {
                Ok(Gathered { path: folder.gathered(incoming, sha256)?, _fetched: None })
            }
            Place::Bucket(bucket) => bucket.gathered(incoming, sha256),
        }
    }

    /// Makes what has come in a file under its digest, if it is that file; otherwise lets go of it.
    ///
    /// # Errors
    /// `file_digest_mismatch` if it is another; `disk_full`, `store_unavailable`.
    pub fn take_name(&self, incoming: &Incoming, sha256: &Digest) -> Result<()> {
        match &self.0 {
            Place::Folder(folder) => folder.take_name(incoming, sha256),
            Place::Bucket(bucket) => bucket.take_name(incoming, sha256),
        }
    }

    /// Erases a file, and the parts of it that were coming in.
    ///
    /// # Errors
    /// `store_unavailable`; an internal error if the disk fails.
    pub fn erase(&self, sha256: &Digest) -> Result<()> {
        match &self.0 {
            Place::Folder(folder) => folder.erase(sha256),
            Place::Bucket(bucket) => bucket.erase(sha256),
        }
    }

    /// How many bytes the file with this digest has; `None` where it is not here.
    ///
    /// # Errors
    /// `store_unavailable`; an internal error if the disk fails.
    pub fn bytes(&self, sha256: &Digest) -> Result<Option<u64>> {
        match &self.0 {
            Place::Folder(folder) => folder.bytes(sha256),
            Place::Bucket(bucket) => bucket.bytes(sha256),
        }
    }

    /// Whether the file with this digest is here, with this many bytes.
    ///
    /// # Errors
    /// As for [`Files::bytes`].
    pub fn has(&self, sha256: &Digest, bytes: u64) -> Result<bool> {
        Ok(self.bytes(sha256)? == Some(bytes))
    }

    /// What reads a file; `None` where it is not here.
    ///
    /// # Errors
    /// As for [`Files::bytes`].
    pub fn read(&self, sha256: &Digest) -> Result<Option<Box<dyn Read + '_>>> {
        match &self.0 {
            Place::Folder(folder) => Ok(folder.read(sha256)?.map(|file| Box::new(file) as Box<dyn Read>)),
            Place::Bucket(bucket) => Ok(bucket.read(sha256)?.map(|file| Box::new(file) as Box<dyn Read>)),
        }
    }

    /// A part of a file, as a stream; `None` where the file is not here.
    ///
    /// # Errors
    /// As for [`Files::bytes`].
    pub async fn range(
        &self,
        sha256: &Digest,
        range: Range<u64>,
    ) -> Result<Option<BoxStream<'static, std::io::Result<Bytes>>>> {
        match &self.0 {
            Place::Folder(folder) => folder.range(sha256, range).await,
            Place::Bucket(bucket) => bucket.range(sha256, range).await,
        }
    }
}

/// The first two digits: a folder with a hundred thousand names is slow on some disks.
fn shelf(sha256: &Digest) -> &str {
    sha256.as_str().get(..2).unwrap_or_default()
}

fn mismatch(sha256: &Digest) -> Error {
    Error::told(Code::FileDigestMismatch, format!("the bytes that came are not those of {sha256}"))
}

fn read_into(path: &Path, content: &mut impl Read) -> Result<(std::fs::File, u64)> {
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
    Ok((file, size))
}

/// The SHA-256 of a file's bytes.
pub(crate) fn digest_of(path: &Path) -> Result<Digest> {
    let failed = |e| Error::file(path, e);
    digest_read(&mut std::fs::File::open(path).map_err(failed)?).map_err(failed)
}

/// The SHA-256 of all that a reader gives.
pub(crate) fn digest_read(content: &mut impl Read) -> std::io::Result<Digest> {
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match content.read(&mut piece)? {
            0 => return Ok(Digest::from_bytes(hash.finalize().into())),
            read => hash.update(piece.get(..read).unwrap_or_default()),
        }
    }
}
