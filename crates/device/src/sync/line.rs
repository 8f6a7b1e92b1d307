//! What a sync asks of the line to headquarters, whatever carries it.

use crate::error::Result;
use blon_core::id::Digest;
use blon_core::protocol::{SyncAnswer, SyncRequest};

/// What passed over a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests made.
    pub requests: u32,
    /// Bytes sent.
    pub up: u64,
    /// Bytes received.
    pub down: u64,
}

/// A line to headquarters. Every call may fail with `unreachable` whether or not headquarters heard it: all of them can be
/// repeated.
#[allow(async_fn_in_trait)] // Driven on one thread.
pub trait Line {
    /// Sends records and fetches others.
    ///
    /// # Errors
    /// `device_unknown`, `protocol_unsupported`, `headquarters_older`, `unreachable`, `server_key_wrong`, `server_untrusted`,
    /// `bad_answer`, `server_fault`.
    async fn exchange(&self, ask: &SyncRequest) -> Result<SyncAnswer>;

    /// How many bytes of a file headquarters has; `None` if it knows nothing of it.
    ///
    /// # Errors
    /// As for [`Line::exchange`].
    async fn standing(&self, sha256: &Digest) -> Result<Option<u64>>;

    /// Begins a file of this size with its first piece; gives how many bytes headquarters has then. `parcel`: no story names
    /// it, it is somebody's outbox.
    ///
    /// # Errors
    /// `file_not_expected`, `file_too_large`, `checksum_mismatch`, `file_digest_mismatch`, and those of
    /// [`Line::exchange`].
    async fn begin(&self, sha256: &Digest, bytes: u64, piece: Vec<u8>, parcel: bool) -> Result<u64>;

    /// Adds to a file of this size the piece that begins at byte `at`; gives how many bytes headquarters has then.
    ///
    /// # Errors
    /// `upload_offset_wrong`, `file_not_found`, and those of [`Line::begin`].
    async fn append(&self, sha256: &Digest, bytes: u64, at: u64, piece: Vec<u8>) -> Result<u64>;

    /// The bytes of a file that headquarters has, from byte `at` on: at most `most`.
    ///
    /// # Errors
    /// `file_not_found`, and those of [`Line::exchange`].
    async fn fetch(&self, sha256: &Digest, at: u64, most: u64) -> Result<Vec<u8>>;

    /// The receipt for a parcel that headquarters has whole.
    ///
    /// # Errors
    /// `file_not_found`, and those of [`Line::exchange`].
    async fn receipt(&self, parcel: &Digest) -> Result<Vec<u8>>;

    /// Says that nothing is left on this device.
    ///
    /// # Errors
    /// As for [`Line::exchange`]; `act_not_now` where nobody asked for that.
    async fn erased(&self) -> Result<()>;

    /// Waits a moment before a line that broke for the `tries`-th time in a row is tried again.
    async fn rest(&self, tries: u32);

    /// What has passed so far.
    fn traffic(&self) -> Traffic;
}
