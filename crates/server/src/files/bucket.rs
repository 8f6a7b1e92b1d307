//! A bucket of S3, or of what speaks as it does. Keys, the endpoint and the region stand in the environment, by their usual names.
//!
//! - `ab/abcd…`: files by their digests.
//! - `incoming/NAME/START-END`: the pieces of an upload, each durable before its sender hears of it. Pieces may overlap, as when two
//!   processes take the same one: they are bytes of the same file, and any that cover it make it.
//! - `begun/ID`: a large object that is being written in parts, so that somebody lets go of the parts if the writer falls.
//!
//! A piece passes through a file of this machine, so that memory stays the same whatever a device sends.

use super::{Folder, Gathered, Incoming, OWNER, digest_of, mismatch, shelf};
use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::Digest;
use chrono::Utc;
use futures_util::stream::{BoxStream, try_unfold};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::multipart::MultipartStore;
use object_store::path::Path as Key;
use object_store::{BackoffConfig, ClientOptions, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncReadExt;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::bytes::Bytes;
use uuid::Uuid;

/// The least that S3 takes as a part. Smaller objects are written in one go.
const PART_BYTES: u64 = 5 * 1024 * 1024;

/// How many objects are written at once: each holds one part in memory.
const WRITING: usize = 4;

/// How much is asked for at once. A reader may be as slow as a telephone, and no request waits for it.
const SLICE_BYTES: u64 = 1024 * 1024;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(60);

/// How long is tried again before whoever asks is told to come later.
const RETRY: Duration = Duration::from_secs(10);

const INCOMING: &str = "incoming";
const BEGUN: &str = "begun";

/// The bucket.
pub(super) struct Bucket {
    objects: Arc<Objects>,
    spool: Folder,
    /// Drives requests for whoever waits for them; `None` once it is let go.
    runtime: Option<Runtime>,
}

/// The objects below the prefix.
struct Objects {
    store: AmazonS3,
    /// As it was given.
    address: String,
    prefix: Key,
    writing: Semaphore,
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
            self.objects.store.put(&key, piece.into()).await.map_err(self.objects.failed(&key))?;
            start = end;
        }
    }
}

/// A piece of an upload that is in the bucket.
struct Piece {
    key: Key,
    /// Which byte of the file is its first.
    start: u64,
    /// Which bytes of the file are taken from it.
    taken: Range<u64>,
}

impl Piece {
    /// What an object below `incoming` is, by its name.
    fn of(object: ObjectMeta) -> Option<Self> {
        let (start, end) = object.location.filename()?.split_once('-')?;
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        Some(Piece { start, taken: start..end, key: object.location })
    }
}

impl Objects {
    fn key(&self, names: &[&str]) -> Key {
        names.iter().fold(self.prefix.clone(), |key, name| key.join(*name))
    }

    fn file(&self, sha256: &Digest) -> Key {
        self.key(&[shelf(sha256), sha256.as_str()])
    }

    fn incoming(&self, name: &str) -> Key {
        self.key(&[INCOMING, name])
    }

    fn failed(&self, key: &Key) -> impl Fn(object_store::Error) -> Error + use<> {
        let at = format!("{key} in {}", self.address);
        move |source| Error::Bucket { at: at.clone(), source: Box::new(source) }
    }

    /// What was done or found; `None` where nothing is there.
    fn there<T>(&self, key: &Key, done: object_store::Result<T>) -> Result<Option<T>> {
        match done {
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            done => done.map(Some).map_err(self.failed(key)),
        }
    }

    async fn list(&self, below: &Key) -> Result<Vec<ObjectMeta>> {
        self.store.list(Some(below)).try_collect().await.map_err(self.failed(below))
    }

    async fn get(&self, key: &Key) -> Result<Option<Bytes>> {
        match self.there(key, self.store.get(key).await)? {
            Some(found) => found.bytes().await.map(Some).map_err(self.failed(key)),
            None => Ok(None),
        }
    }

    async fn slice(&self, key: &Key, range: Range<u64>) -> Result<Bytes> {
        self.store.get_range(key, range).await.map_err(self.failed(key))
    }

    /// A part of an object, slice by slice.
    fn slices(self: &Arc<Self>, key: Key, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
        let objects = Arc::clone(self);
        let next = move |left: Range<u64>| {
            let (objects, key) = (Arc::clone(&objects), key.clone());
            async move {
                if left.is_empty() {
                    return Ok(None);
                }
                let slice = next_slice(&left);
                let end = slice.end;
                Ok(Some((objects.slice(&key, slice).await?, end..left.end)))
            }
        };
        try_unfold(range, next).boxed()
    }

    async fn bytes(&self, key: &Key) -> Result<Option<u64>> {
        Ok(self.there(key, self.store.head(key).await)?.map(|found| found.size))
    }

    async fn erase(&self, key: &Key) -> Result<()> {
        self.there(key, self.store.delete(key).await).map(drop)
    }

    /// Waits until few enough others write.
    async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        self.writing.acquire().await.map_err(|e| Error::Internal(e.to_string()))
    }

    /// Puts a file of this machine under a key, in parts where it is large.
    async fn put(&self, from: &Path, key: &Key) -> Result<()> {
        let _turn = self.turn().await?;
        let mut file = tokio::fs::File::open(from).await.map_err(|e| Error::file(from, e))?;
        let first = part(&mut file).await.map_err(|e| Error::file(from, e))?;
        if (first.len() as u64) < PART_BYTES {
            return self.store.put(key, first.into()).await.map(drop).map_err(self.failed(key));
        }
        let id = self.store.create_multipart(key).await.map_err(self.failed(key))?;
        let begun = self.key(&[BEGUN, &Uuid::now_v7().to_string()]);
        let told = serde_json::to_vec(&(key.as_ref(), &id))?;
        self.store.put(&begun, told.into()).await.map_err(self.failed(&begun))?;
        let put = self.put_parts(key, &id, first, from, file).await;
        if put.is_err() {
            // Whoever sweeps tries it again.
            self.store.abort_multipart(key, &id).await.map_err(self.failed(key))?;
        }
        self.erase(&begun).await?;
        put
    }

    async fn put_parts(
        &self,
        key: &Key,
        id: &String,
        first: Vec<u8>,
        from: &Path,
        mut file: tokio::fs::File,
    ) -> Result<()> {
        let (mut parts, mut next) = (Vec::new(), first);
        while !next.is_empty() {
            let put = self.store.put_part(key, id, parts.len(), next.into()).await;
            parts.push(put.map_err(self.failed(key))?);
            next = part(&mut file).await.map_err(|e| Error::file(from, e))?;
        }
        self.store.complete_multipart(key, id, parts).await.map(drop).map_err(self.failed(key))
    }

    /// Lets go of the parts of what was begun and is not written any more.
    async fn abort(&self, begun: &Key) -> Result<()> {
        if let Some(told) = self.get(begun).await? {
            let (key, id): (String, String) = serde_json::from_slice(&told)?;
            let key = Key::from(key);
            self.there(&key, self.store.abort_multipart(&key, &id).await)?;
        }
        self.erase(begun).await
    }

    /// The pieces of an upload that make its first bytes, as many as there are.
    async fn pieces(&self, name: &str) -> Result<Vec<Piece>> {
        let below = self.incoming(name);
        let mut all: Vec<Piece> = self.list(&below).await?.into_iter().filter_map(Piece::of).collect();
        all.sort_by_key(|piece| piece.start);
        let (mut covering, mut covered) = (Vec::new(), 0);
        for piece in all {
            if piece.start <= covered && piece.taken.end > covered {
                let taken = covered..piece.taken.end;
                covered = taken.end;
                covering.push(Piece { taken, ..piece });
            }
        }
        Ok(covering)
    }

    /// Copies the first bytes of an upload to the end of a file of this machine.
    async fn fetch(self: &Arc<Self>, name: &str, bytes: u64, to: &mut impl Write, path: &Path) -> Result<()> {
        for Piece { key, start, taken } in self.pieces(name).await? {
            let mut slices = self.slices(key, taken.start - start..taken.end.min(bytes) - start);
            while let Some(slice) = slices.try_next().await? {
                to.write_all(&slice).map_err(|e| Error::file(path, e))?;
            }
            if taken.end >= bytes {
                break;
            }
        }
        Ok(())
    }
}

async fn part(file: &mut tokio::fs::File) -> std::io::Result<Vec<u8>> {
    // Read to its end, one byte more is looked for.
    let mut part = Vec::with_capacity(PART_BYTES as usize + 1);
    file.take(PART_BYTES).read_to_end(&mut part).await?;
    Ok(part)
}

impl Bucket {
    /// Opens the bucket at `s3://BUCKET/PREFIX`; nothing is asked of it yet.
    pub fn open(address: &str, environment: &BTreeMap<String, String>, spool: Folder) -> Result<Self> {
        let told = |why: String| Error::told(Code::BadInput, format!("{address}: {why}"));
        let place = address.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err(told("files are in a folder or in s3://BUCKET/PREFIX".to_owned()));
        }
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            // Without a key the library would ask the machine's own network for one.
            if environment.get(name).is_none_or(String::is_empty) {
                return Err(told(format!("{name} is not in the environment")));
            }
        }
        // Whoever set one before speaks with the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let backoff = BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() };
        let client = ClientOptions::new().with_connect_timeout(CONNECT).with_timeout(ANSWER);
        let settings = environment.iter().filter_map(|(name, value)| {
            let name: AmazonS3ConfigKey = name.to_lowercase().parse().ok()?;
            Some((name, value))
        });
        let builder = AmazonS3Builder::new().with_client_options(client);
        let store = settings
            .fold(builder, |builder, (name, value)| builder.with_config(name, value))
            .with_bucket_name(bucket)
            .with_retry(RetryConfig { backoff, max_retries: 8, retry_timeout: RETRY })
            .build()
            .map_err(|e| told(e.to_string()))?;
        let prefix = Key::parse(prefix).map_err(|e| told(e.to_string()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let objects =
            Objects { store, address: address.to_owned(), prefix, writing: Semaphore::new(WRITING) };
        Ok(Bucket {
            objects: Arc::new(objects),
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
        let put = async { self.objects.store.put(&key, owner.to_owned().into_bytes().into()).await };
        self.wait(async { put.await.map(drop).map_err(self.objects.failed(&key)) })
    }

    pub fn all(&self) -> Result<BTreeMap<Digest, u64>> {
        let objects = self.wait(self.objects.list(&self.objects.prefix))?;
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

fn next_slice(left: &Range<u64>) -> Range<u64> {
    left.start..left.end.min(left.start + SLICE_BYTES)
}
