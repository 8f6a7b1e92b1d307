//! Evidence files: taken in piece by piece, so that fifty megabytes need not stand in memory whole.

use crate::error::{Error, Result};
use crate::store::{Store, Tx};
use crate::writing::open_draft;
use crate::{Device, photo, store};
use blon_core::error::Code;
use blon_core::id::{Digest, StoryId};
use blon_core::protocol::FILE_BYTES;
use sha2::{Digest as _, Sha256};
use std::io::Read;
use std::sync::Arc;

impl Device {
    /// Begins a file for the open draft of a story; gives the key for its bytes.
    ///
    /// # Errors
    /// `draft_not_found`; `bad_input` for something that is no media type; `picture_not_prepared` for a picture.
    pub fn attach_begin(&self, story: StoryId, media_type: &str) -> Result<i64> {
        check_media_type(media_type)?;
        if media_type.starts_with("image/") {
            return Err(not_prepared());
        }
        self.store.write(|tx| {
            open_draft(tx, story)?;
            tx.begin_file(story, media_type, None)
        })
    }

    /// Adds bytes at the end of a file that is coming in.
    ///
    /// # Errors
    /// `picture_not_prepared` for a picture: what a phone writes into one must not be stored
    /// ([`Device::attach_photo`]). `file_not_found`; `file_too_large` past [`FILE_BYTES`]; `disk_full`.
    pub fn attach_chunk(&self, key: i64, bytes: &[u8]) -> Result<()> {
        self.store.write(|tx| {
            let so_far = append(tx, key, bytes)?;
            if so_far == bytes.len() as u64 && photo::is_picture(bytes) {
                return Err(not_prepared());
            }
            Ok(())
        })
    }

    /// The bytes of a file on this device.
    ///
    /// # Errors
    /// `file_not_found`.
    pub fn file(&self, sha256: &Digest) -> Result<Vec<u8>> {
        let key = self.store.read(|tx| tx.file_key(sha256))?.ok_or_else(|| {
            Error::told(Code::FileNotFound, format!("the file {sha256} is not on this device"))
        })?;
        let mut bytes = Vec::new();
        FileReader::new(&self.store, key)
            .read_to_end(&mut bytes)
            .map_err(|e| Error::Internal(e.to_string()))?;
        Ok(bytes)
    }
}

fn not_prepared() -> Error {
    Error::told(Code::PictureNotPrepared, "a picture is taken in as a photo, not as a file")
}

pub(crate) fn check_media_type(media_type: &str) -> Result<()> {
    let well_formed = media_type.split_once('/').is_some_and(|(kind, rest)| {
        !kind.is_empty() && !rest.is_empty() && media_type.len() <= 100 && media_type.is_ascii()
    });
    if well_formed { Ok(()) } else { Err(Error::bad_input(format!("{media_type:?} is not a media type"))) }
}

/// Adds bytes to a file that is coming in, within the size that headquarters takes; gives its size so far.
pub(crate) fn append(tx: &Tx, key: i64, bytes: &[u8]) -> Result<u64> {
    let so_far = tx.append_file(key, bytes)?;
    if so_far > FILE_BYTES {
        let message = format!("a file has at most {FILE_BYTES} bytes");
        return Err(Error::told(Code::FileTooLarge, message));
    }
    Ok(so_far)
}

/// The bytes of a whole file.
///
/// # Errors
/// `file_not_found`, `file_freed`; those of the store.
pub(crate) fn whole(tx: &Tx, sha256: &Digest) -> Result<Vec<u8>> {
    let missing = || Error::told(Code::FileNotFound, format!("the file {sha256} is not on this device"));
    let key = tx.file_key(sha256)?.ok_or_else(missing)?;
    let (mut bytes, mut position) = (Vec::new(), 0);
    while let Some(chunk) = tx.chunk(key, position)? {
        bytes.extend_from_slice(&chunk);
        position += 1;
    }
    Ok(bytes)
}

/// The digest of what has come in.
pub(crate) fn digest(tx: &Tx, key: i64) -> Result<Digest> {
    let mut hash = Sha256::new();
    let mut position = 0;
    while let Some(chunk) = tx.chunk(key, position)? {
        hash.update(chunk);
        position += 1;
    }
    if position == 0 {
        return Err(Error::told(Code::FileEmpty, "the file is empty"));
    }
    Ok(Digest::from_bytes(hash.finalize().into()))
}

/// The same, holding the store for each chunk alone.
pub(crate) fn digest_of(store: &Arc<Store>, key: i64) -> Result<Digest> {
    let (mut hash, mut content, mut piece) =
        (Sha256::new(), FileReader::new(store, key), vec![0; store::CHUNK_BYTES]);
    let mut size = 0;
    loop {
        let read = content.read(&mut piece).map_err(|e| Error::Internal(e.to_string()))?;
        if read == 0 {
            break;
        }
        size += read;
        hash.update(piece.get(..read).unwrap_or_default());
    }
    if size == 0 {
        return Err(Error::told(Code::FileEmpty, "the file is empty"));
    }
    Ok(Digest::from_bytes(hash.finalize().into()))
}

/// Reads a file chunk by chunk, holding the store only for each chunk: an upload over a slow line does not
/// keep the collector from writing.
pub struct FileReader {
    store: Arc<Store>,
    key: i64,
    next: u32,
    chunk: std::io::Cursor<Vec<u8>>,
}

impl FileReader {
    /// Reads the file with this key from its start.
    pub fn new(store: &Arc<Store>, key: i64) -> Self {
        FileReader {
            store: Arc::clone(store),
            key,
            next: 0,
            chunk: std::io::Cursor::new(Vec::with_capacity(store::CHUNK_BYTES)),
        }
    }
}

impl Read for FileReader {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.chunk.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            let next = self.store.read(|tx| tx.chunk(self.key, self.next)).map_err(std::io::Error::other)?;
            let Some(chunk) = next else { return Ok(0) };
            self.next += 1;
            self.chunk = std::io::Cursor::new(chunk);
        }
    }
}
