//! What a screen or a script is told of syncs and parcels.

use crate::sync::policy::{FilePolicy, Network};
use blon_core::error::Problem;
use blon_core::id::Digest;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What one sync did. Bytes are those of HTTP bodies and headers, as far as the client can count them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct SyncReport {
    /// Records that headquarters acknowledged.
    pub sent: u32,
    /// Records that came from headquarters.
    pub received: u32,
    /// Records that came and that this app is too old to read; they are kept until it is updated.
    pub unread: u32,
    /// Records that headquarters refused for good; they are set aside, not lost.
    pub refused: u32,
    /// Stories that were erased because their storytellers withdrew them.
    pub erased: u32,
    /// Files that headquarters confirmed, and parcels that were carried to it.
    pub files_sent: u32,
    /// Bytes of the pieces of files that headquarters acknowledged; not what it kept of a piece that was cut.
    pub file_bytes: u64,
    /// HTTP requests made.
    pub requests: u32,
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// How often the line broke and the sync went on.
    pub cuts: u32,
}

/// How far a sync has come, or what the next one has to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncProgress {
    /// Records that still wait.
    pub records_left: u32,
    /// What their text will come to on the line, about, in bytes.
    pub text_bytes: u64,
    /// Files that still wait.
    pub files_left: u32,
    /// Bytes of files that still wait and may go over this network.
    pub bytes_left: u64,
    /// Bytes of files that wait for a network that costs nothing, or for another day.
    pub bytes_held: u64,
    /// How long it will take at the rate so far.
    pub seconds_left: Option<u32>,
}

/// Why a sync began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The collector asked for it.
    Asked,
    /// The app was opened.
    Start,
    /// A story was signed off.
    Finalised,
    /// The line came back.
    LineReturned,
    /// The device was enrolled, a parcel came to be carried, or the collector chose otherwise what may go.
    Changed,
    /// Some time after the one before.
    Again,
}

/// One sync of the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PastSync {
    /// When it began, by this device's clock.
    #[ts(type = "string")]
    #[serde(default)]
    pub began: DateTime<Utc>,
    /// When it ended, by this device's clock.
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
    /// Why it began.
    #[serde(default = "asked")]
    pub cause: Cause,
    /// What it did before it ended.
    pub report: SyncReport,
    /// Why it ended early, if it did.
    pub problem: Option<Problem>,
}

/// Those that were kept before the cause was.
fn asked() -> Cause {
    Cause::Asked
}

/// What a screen hears of syncs that begin by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SyncNews {
    /// One began.
    Began {
        /// Why.
        cause: Cause,
    },
    /// It has come so far.
    Progress {
        /// What is left.
        left: SyncProgress,
    },
    /// It ended.
    Ended {
        /// Why early, if so.
        problem: Option<Problem>,
    },
}

/// What the collector chose for files, and what today has cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DataUse {
    /// Whether syncs begin by themselves.
    pub by_itself: bool,
    /// When files go.
    pub policy: FilePolicy,
    /// The network as it is now.
    pub network: Network,
    /// Bytes of files sent today over networks that cost.
    pub used_today: u64,
}

/// How wrong this device's clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Clocks {
    /// By how many seconds it was ahead of headquarters' at the last sync (behind, if less than 0).
    #[ts(type = "number | null")]
    pub seconds_ahead: Option<i64>,
    /// Whether that is so much that the collector should set it.
    pub wrong: bool,
}

/// Space that can be freed without losing anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Freeable {
    /// Files that headquarters has confirmed and that are still here.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
}

/// What a parcel holds, or what its receipt said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Parcel {
    /// Where it was written; empty for a receipt.
    pub path: String,
    /// Records in it, or acknowledged by it.
    pub records: u32,
    /// Files in it, or confirmed by it.
    pub files: u32,
    /// Its size.
    pub bytes: u64,
}

/// A parcel of somebody else that this device carries to headquarters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Carried {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
    /// Bytes of it that headquarters said it has.
    pub have: u64,
    /// Headquarters has taken it, and its receipt is here.
    pub there: bool,
    /// Why headquarters did not take it; it is not tried again until it is taken in anew.
    pub problem: Option<Problem>,
}
