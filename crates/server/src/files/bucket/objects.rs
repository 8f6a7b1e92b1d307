//! The objects of a bucket below its prefix: each kind by its key, whole, slice by slice or in parts.

use super::super::shelf;
use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::Digest;
use futures_util::stream::{BoxStream, try_unfold};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::multipart::MultipartStore;
use object_store::path::Path as Key;
use object_store::{BackoffConfig, ClientOptions, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig};
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::bytes::Bytes;
use uuid::Uuid;

/// The least that S3 takes as a part. Smaller objects are written in one go.
const PART_BYTES: u64 = 5 * 1024 * 1024;

/// How much is asked for at once. A reader may be as slow as a telephone, and no request waits for it.
const SLICE_BYTES: u64 = 1024 * 1024;

/// How many objects are written at once: each holds one part in memory.
const WRITING: usize = 4;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(60);

/// How long is tried again before whoever asks is told to come later.
const RETRY: Duration = Duration::from_secs(10);

pub const INCOMING: &str = "incoming";
pub const BEGUN: &str = "begun";

/// The objects below the prefix.
pub struct Objects {
    store: AmazonS3,
    /// As it was given.
    address: String,
    prefix: Key,
    writing: Semaphore,
}

/// A piece of an upload that is in the bucket.
pub struct Piece {
    key: Key,
    /// Which byte of the file is its first.
    start: u64,
    /// Which bytes of the file are taken from it.
    pub taken: Range<u64>,
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
    /// Those at `s3://BUCKET/PREFIX`; nothing is asked of it yet.
    pub fn open(address: &str, environment: &BTreeMap<String, String>) -> Result<Self> {
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
        Ok(Objects { store, address: address.to_owned(), prefix, writing: Semaphore::new(WRITING) })
    }

    pub fn key(&self, names: &[&str]) -> Key {
        names.iter().fold(self.prefix.clone(), |key, name| key.join(*name))
    }

    pub fn file(&self, sha256: &Digest) -> Key {
        self.key(&[shelf(sha256), sha256.as_str()])
    }

    pub fn incoming(&self, name: &str) -> Key {
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

    /// Every object there is.
    pub async fn all(&self) -> Result<Vec<ObjectMeta>> {
        self.list(&self.prefix).await
    }

    pub async fn list(&self, below: &Key) -> Result<Vec<ObjectMeta>> {
        self.store.list(Some(below)).try_collect().await.map_err(self.failed(below))
    }

    pub async fn get(&self, key: &Key) -> Result<Option<Bytes>> {
        match self.there(key, self.store.get(key).await)? {
            Some(found) => found.bytes().await.map(Some).map_err(self.failed(key)),
            None => Ok(None),
        }
    }

    /// Writes an object in one go.
    pub async fn set(&self, key: &Key, bytes: Vec<u8>) -> Result<()> {
        self.store.put(key, bytes.into()).await.map(drop).map_err(self.failed(key))
    }

    pub async fn slice(&self, key: &Key, range: Range<u64>) -> Result<Bytes> {
        self.store.get_range(key, range).await.map_err(self.failed(key))
    }

    /// A part of an object, slice by slice.
    pub fn slices(self: &Arc<Self>, key: Key, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
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

    pub async fn bytes(&self, key: &Key) -> Result<Option<u64>> {
        Ok(self.there(key, self.store.head(key).await)?.map(|found| found.size))
    }

    pub async fn erase(&self, key: &Key) -> Result<()> {
        self.there(key, self.store.delete(key).await).map(drop)
    }

    /// Waits until few enough others write.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        self.writing.acquire().await.map_err(|e| Error::Internal(e.to_string()))
    }

    /// Puts a file of this machine under a key, in parts where it is large.
    pub async fn put(&self, from: &Path, key: &Key) -> Result<()> {
        let _turn = self.turn().await?;
        let mut file = tokio::fs::File::open(from).await.map_err(|e| Error::file(from, e))?;
        let first = part(&mut file).await.map_err(|e| Error::file(from, e))?;
        if (first.len() as u64) < PART_BYTES {
            return self.set(key, first).await;
        }
        let id = self.store.create_multipart(key).await.map_err(self.failed(key))?;
        let begun = self.key(&[BEGUN, &Uuid::now_v7().to_string()]);
        self.set(&begun, serde_json::to_vec(&(key.as_ref(), &id))?).await?;
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
    pub async fn abort(&self, begun: &Key) -> Result<()> {
        if let Some(told) = self.get(begun).await? {
            let (key, id): (String, String) = serde_json::from_slice(&told)?;
            let key = Key::from(key);
            self.there(&key, self.store.abort_multipart(&key, &id).await)?;
        }
        self.erase(begun).await
    }

    /// The pieces of an upload that make its first bytes, as many as there are.
    pub async fn pieces(&self, name: &str) -> Result<Vec<Piece>> {
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
    pub async fn fetch(
        self: &Arc<Self>,
        name: &str,
        bytes: u64,
        to: &mut impl Write,
        path: &Path,
    ) -> Result<()> {
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

pub async fn part(file: &mut tokio::fs::File) -> std::io::Result<Vec<u8>> {
    // Read to its end, one byte more is looked for.
    let mut part = Vec::with_capacity(PART_BYTES as usize + 1);
    file.take(PART_BYTES).read_to_end(&mut part).await?;
    Ok(part)
}

pub fn next_slice(left: &Range<u64>) -> Range<u64> {
    left.start..left.end.min(left.start + SLICE_BYTES)
}
