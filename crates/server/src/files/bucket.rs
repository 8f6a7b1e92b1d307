//! A bucket of S3, or of what speaks as it does. Keys, the endpoint and the region stand in the environment, by their usual names.
//!
//! - `ab/abcd…`: files by their digests.
//! - `incoming/NAME/START-END`: the pieces of an upload, each durable before its sender hears of it. Pieces may overlap, as when two
//!   processes take the same one: they are bytes of the same file, and any that cover it make it.
//! - `begun/ID`: a large object that is being written in parts, so that somebody lets go of the parts if the writer falls.
//!
//! A piece passes through a file of this machine, so that memory stays the same whatever a device sends.

mod objects;

use self::objects::{BEGUN, INCOMING, Objects, next_slice, part};
use super::{Folder, Gathered, Incoming, OWNER, digest_of, mismatch};
use crate::error::{Error, Result};
use blon_core::id::Digest;
use chrono::Utc;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::ObjectMeta;
use object_store::path::Path as Key;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::{NamedTempFile, TempPath};
use tokio::runtime::Runtime;
use tokio_util::bytes::Bytes;

/// The bucket.
pub(super) struct Bucket {
    objects: Arc<Objects>,
    spool: Folder,
    /// Drives requests for whoever waits for them; `None` once it is let go.
    runtime: Option<Runtime>,
}

/// A file of this machine that is erased with this, and where it goes.
pub(super) struct Spooled {
    path: TempPath,
    objects: Arc<Objects>,
}

impl Spooled {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts what has come in into the bucket, as pieces of no more than a part.
    pub async fn put_piece(&self, incoming: &Incoming) -> Result<()> {
        let _turn = self.objects.turn().await?;
        let failed = |e| Error::file(self.path(), e);
        let mut file = tokio::fs::File::open(&self.path).await.map_err(failed)?;
        let mut start = incoming.start;
        loop {
            let piece = part(&mut file).await.map_err(failed)?;
            if piece.is_empty() {
                return Ok(());
            }
            let end = start + piece.len() as u64;
            let key = self.objects.incoming(&incoming.name).join(format!("{start:012}-{end:012}"));
            self.objects.set(&key, piece).await?;
            start = end;
        }
    }
}

impl Bucket {
    /// Opens the bucket at `s3://BUCKET/PREFIX`; nothing is asked of it yet.
    pub fn open(address: &str, environment: &BTreeMap<String, String>, spool: Folder) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Ok(Bucket {
            objects: Arc::new(Objects::open(address, environment)?),
            spool,
            runtime: Some(runtime.map_err(|e| Error::Internal(e.to_string()))?),
        })
    }

    /// Waits for a request, on a thread that may.
    fn wait<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(request),
            None => Err(Error::Internal("the bucket was let go".to_owned())),
        }
    }

    /// The folder of what is on its way.
    pub fn spool(&self) -> &Folder {
        &self.spool
    }

    /// A new file there, to be erased unless it is put into the bucket.
    pub fn spooled(&self) -> Result<Spooled> {
        Ok(Spooled { path: self.temporary()?.into_temp_path(), objects: Arc::clone(&self.objects) })
    }

    fn temporary(&self) -> Result<NamedTempFile> {
        let folder = self.spool.incoming();
        NamedTempFile::new_in(&folder).map_err(|e| Error::file(folder, e))
    }

    pub fn owner(&self) -> Result<Option<String>> {
        let found = self.wait(self.objects.get(&self.objects.key(&[OWNER])))?;
        Ok(found.map(|told| String::from_utf8_lossy(&told).into_owned()))
    }

    pub fn set_owner(&self, owner: &str) -> Result<()> {
        let key = self.objects.key(&[OWNER]);
        self.wait(self.objects.set(&key, owner.to_owned().into_bytes()))
    }

    pub fn all(&self) -> Result<BTreeMap<Digest, u64>> {
        let objects = self.wait(self.objects.all())?;
        let file = |object: ObjectMeta| {
            let sha256: Digest = object.location.filename()?.parse().ok()?;
            (self.objects.file(&sha256) == object.location).then_some((sha256, object.size))
        };
        Ok(objects.into_iter().filter_map(file).collect())
    }

    pub fn sweep(&self, kept: &BTreeSet<String>, untouched: Duration) -> Result<()> {
        self.spool.sweep(&BTreeSet::new(), untouched)?;
        let lies_still = |object: &ObjectMeta| {
            let since = Utc::now().signed_duration_since(object.last_modified).to_std();
            since.unwrap_or_default() >= untouched
        };
        self.wait(async {
            for begun in
                self.objects.list(&self.objects.key(&[BEGUN])).await?.iter().filter(|o| lies_still(o))
            {
                self.objects.abort(&begun.location).await?;
            }
            for piece in
                self.objects.list(&self.objects.key(&[INCOMING])).await?.iter().filter(|o| lies_still(o))
            {
                let named = piece.location.parts().rev().nth(1);
                if !named.is_some_and(|name| kept.contains(name.as_ref())) {
                    self.objects.erase(&piece.location).await?;
                }
            }
            Ok(())
        })
    }

    pub fn incoming_bytes(&self, name: &str) -> Result<u64> {
        let pieces = self.wait(self.objects.pieces(name))?;
        Ok(pieces.last().map_or(0, |last| last.taken.end))
    }

    pub fn continue_incoming(&self, name: &str, at: u64) -> Result<Incoming> {
        let (file, path) = self.temporary()?.into_parts();
        let spooled = Spooled { path, objects: Arc::clone(&self.objects) };
        Ok(Incoming {
            name: name.to_owned(),
            path: spooled.path().to_owned(),
            file: tokio::fs::File::from_std(file),
            start: at,
            size: at,
            spooled: Some(spooled),
        })
    }

    pub fn keep_incoming(&self, incoming: &Incoming) -> u64 {
        let Some(spooled) = &incoming.spooled else { return incoming.start };
        match self.wait(spooled.put_piece(incoming)) {
            Ok(()) => incoming.size,
            Err(_) => incoming.start,
        }
    }

    pub fn drop_incoming(&self, name: &str) -> Result<()> {
        self.wait(async {
            for piece in self.objects.list(&self.objects.incoming(name)).await? {
                self.objects.erase(&piece.location).await?;
            }
            Ok(())
        })
    }

    pub fn gathered(&self, incoming: &Incoming, sha256: &Digest) -> Result<Gathered> {
        let whole = if incoming.start == 0 {
            Gathered { path: incoming.path.clone(), _fetched: None }
        } else {
            let mut whole = self.temporary()?;
            let path = whole.path().to_owned();
            self.wait(self.objects.fetch(&incoming.name, incoming.start, &mut whole, &path))?;
            let failed = |e| Error::file(&path, e);
            let mut last = std::fs::File::open(&incoming.path).map_err(failed)?;
            std::io::copy(&mut last, &mut whole).map_err(failed)?;
            Gathered { path: path.clone(), _fetched: Some(whole.into_temp_path()) }
        };
        if digest_of(&whole.path)? == *sha256 {
            return Ok(whole);
        }
        self.drop_incoming(&incoming.name)?;
        Err(mismatch(sha256))
    }

    pub fn take_name(&self, incoming: &Incoming, sha256: &Digest) -> Result<()> {
        let whole = self.gathered(incoming, sha256)?;
        self.wait(self.objects.put(&whole.path, &self.objects.file(sha256)))?;
        // What stays is swept away.
        let _ = self.drop_incoming(&incoming.name);
        Ok(())
    }

    pub fn erase(&self, sha256: &Digest) -> Result<()> {
        self.wait(async {
            for piece in self.objects.list(&self.objects.key(&[INCOMING])).await? {
                let named = piece.location.parts().rev().nth(1);
                if named.is_some_and(|name| name.as_ref().ends_with(sha256.as_str())) {
                    self.objects.erase(&piece.location).await?;
                }
            }
            self.objects.erase(&self.objects.file(sha256)).await
        })
    }

    pub fn bytes(&self, sha256: &Digest) -> Result<Option<u64>> {
        self.wait(self.objects.bytes(&self.objects.file(sha256)))
    }

    pub fn read(&self, sha256: &Digest) -> Result<Option<Reading<'_>>> {
        let key = self.objects.file(sha256);
        let bytes = self.wait(self.objects.bytes(&key))?;
        Ok(bytes.map(|bytes| Reading { bucket: self, key, left: 0..bytes, slice: Bytes::new() }))
    }

    pub async fn range(
        &self,
        sha256: &Digest,
        range: Range<u64>,
    ) -> Result<Option<BoxStream<'static, std::io::Result<Bytes>>>> {
        let key = self.objects.file(sha256);
        if self.objects.bytes(&key).await?.is_none() {
            return Ok(None);
        }
        let slices = self.objects.slices(key, range);
        Ok(Some(slices.map_err(std::io::Error::other).boxed()))
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // It may be let go on a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Reads an object slice by slice.
pub(super) struct Reading<'b> {
    bucket: &'b Bucket,
    key: Key,
    left: Range<u64>,
    slice: Bytes,
}

impl Read for Reading<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if self.slice.is_empty() && !self.left.is_empty() {
            let slice = next_slice(&self.left);
            self.left.start = slice.end;
            let read = self.bucket.wait(self.bucket.objects.slice(&self.key, slice));
            self.slice = read.map_err(std::io::Error::other)?;
        }
        let taken = self.slice.split_to(to.len().min(self.slice.len()));
        let (to, _) = to.split_at_mut(taken.len());
        to.copy_from_slice(&taken);
        Ok(taken.len())
    }
}
