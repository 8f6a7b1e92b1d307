//! What a device and headquarters say to each other, apart from how it travels.
//!
//! One request both sends and fetches. Records are acknowledged one by one, in the order sent; whatever was
//! not acknowledged is sent again, and a repeat is harmless. Evidence travels apart: the answer lists the
//! digests that headquarters still lacks.

use crate::campaign::Campaign;
use crate::error::Problem;
use crate::evidence::FileRef;
use crate::id::{DeviceId, Digest, PersonName, RecordId};
use crate::review::Role;
use crate::sealed::SealedFile;
use crate::verification::Task;
use crate::withdrawal::{WithdrawalCode, WithdrawalSum};
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// The version of these messages and of the records in them: it grows with every change to either. What each version
/// brought stands in `docs/sync.md`.
pub const PROTOCOL: u32 = 6;

/// The oldest version that headquarters still understands. A device that was not updated for a year goes on.
pub const OLDEST_PROTOCOL: u32 = 1;

/// The most records in one request, and in one answer.
pub const BATCH_RECORDS: usize = 100;

/// The most bytes of records, as JSON, in one request. A single record is always sent, alone if need be.
pub const BATCH_BYTES: usize = 1024 * 1024;

/// The most bytes of one record, as JSON. A device does not sign off a larger one, headquarters refuses it.
pub const RECORD_BYTES: usize = 1024 * 1024;

/// The most bytes of one evidence file: an hour of good sound, hundreds of photographs.
pub const FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Asks headquarters to take this device in. `POST /v1/enrol`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnrolRequest {
    /// The version that the device speaks.
    pub protocol: u32,
    /// The one-time code that headquarters gave.
    pub code: String,
    /// Whose device it is already; another person's code is then refused, and stays good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonName>,
    /// The names under which this person's records were made before. Headquarters may have forgotten some, where it was
    /// brought back from a backup; what was made under them is taken all the same. Version 3.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "a_few::<_, _, EARLIER_DEVICES>"
    )]
    pub earlier: Vec<DeviceId>,
}

/// The most earlier names of a device that are told.
pub const EARLIER_DEVICES: usize = 100;

/// The device is taken in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnrolAnswer {
    /// Its name from now on.
    pub device: DeviceId,
    /// Its secret, sent with every request; headquarters keeps only a hash.
    pub token: String,
    /// The person it belongs to.
    pub person: PersonName,
    /// What that person does. Version 4.
    #[serde(default = "a_collector")]
    pub role: Role,
    /// The campaign it takes part in.
    pub campaign: Campaign,
    /// The key to which a [parcel](crate::parcel) for headquarters is sealed. Version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel_key: Option<String>,
}

fn a_collector() -> Role {
    Role::Collector
}

/// Sends what the device has and asks for what it lacks. `POST /v1/sync`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SyncRequest {
    /// The version that the device speaks: from [`OLDEST_PROTOCOL`] to [`PROTOCOL`].
    pub protocol: u32,
    /// The last `next` that headquarters answered; 0 at first.
    pub since: u64,
    /// The `mark` that came with it: where headquarters has another there, it was brought back from a backup since. Version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Each is one [`Record`](crate::record::Record); kept as they were written, so that one that cannot be read is refused
    /// alone, and costs no more memory than it has bytes. What comes after one more than [`BATCH_RECORDS`] is not even
    /// looked at.
    #[serde(deserialize_with = "a_few::<_, _, BATCH_RECORDS>")]
    pub records: Vec<Box<RawValue>>,
    /// The most records that the answer should hold, as the line allows. Version 2.
    #[serde(default = "a_full_batch")]
    pub most: usize,
    /// Whether the answer should say which files headquarters lacks: a device asks once no other record waits, and is told
    /// when there is nothing more to fetch. Version 2.
    #[serde(default = "yes")]
    pub files: bool,
    /// The device's clock as it sends this. Nothing is ordered by it; headquarters notes how wrong it is. Version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<DateTime<Utc>>,
    /// The end of the key to which the device seals parcels, empty for none: headquarters tells its own if it is another.
    /// Version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel_key: Option<String>,
    /// The [`Campaign::sum`] of what the device has, in the request that asks of files: headquarters sends another. Version 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// What the device tells of itself, in the same request. Version 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// Withdrawals that were taken on this device and that headquarters has not said it knows, at most [`WITHDRAWALS`].
    /// Version 6.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "a_few::<_, _, WITHDRAWALS>")]
    pub withdrawals: Vec<Withdrawal>,
    /// The sum of all that the device knows, those of this request included, in the request that asks of files: headquarters
    /// tells its own if they are others. Absent for none. Version 6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<WithdrawalSum>,
    /// Who told the stories of records that headquarters has or that are in this request, sealed to the custodians; at most
    /// [`BATCH_RECORDS`]. What cannot be packed stands at the end, together ([`apart`]). Version 6.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "a_few::<_, _, BATCH_RECORDS>"
    )]
    pub sealed: Vec<SealedIdentity>,
}

/// Where in a written request that begins which cannot be packed; its end where there is nothing of that.
pub fn apart(written: &[u8]) -> usize {
    const BEGINS: &[u8] = b",\"sealed\":[";
    written.windows(BEGINS.len()).rposition(|window| window == BEGINS).unwrap_or(written.len())
}

/// Who told a story, as only a custodian can read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SealedIdentity {
    /// The record that signed the story off.
    pub record: RecordId,
    /// Who told it.
    pub sealed: SealedFile,
    /// Their face, as a sealed file that travels like others; absent where none was photographed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face: Option<FileRef>,
}

/// A storyteller's withdrawal, as whoever took it sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Withdrawal {
    /// The code of the story.
    pub code: WithdrawalCode,
    /// When it was taken, by the clock of the device; right or wrong.
    pub clock: DateTime<Utc>,
}

/// The most withdrawals in one request.
pub const WITHDRAWALS: usize = 100;

/// The first version of an app that erases what was withdrawn.
pub const WITHDRAWS: u32 = 6;

/// What a device tells of itself, for who runs a collection. It goes with every sync, so its names are short and what is
/// nothing is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct About {
    /// The version of its app.
    #[serde(rename = "v")]
    pub app: String,
    /// Records that stay on it once those of this request are taken: what headquarters refused, and is set aside.
    #[serde(rename = "r", default, skip_serializing_if = "is_none")]
    pub records: u64,
    /// Files that headquarters has not confirmed.
    #[serde(rename = "n", default, skip_serializing_if = "is_none")]
    pub files: u64,
    /// What is left of them to be sent, in bytes.
    #[serde(rename = "b", default, skip_serializing_if = "is_none")]
    pub bytes: u64,
    /// What is free on its disk, in megabytes of 1,000,000 bytes; absent where the system does not tell.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub free_mb: Option<u64>,
}

/// The most bytes of a version of an app that are kept.
pub const APP_BYTES: usize = 32;

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// How much of a parcel key names it.
pub const PARCEL_KEY_END: usize = 8;

fn a_full_batch() -> usize {
    BATCH_RECORDS
}

fn yes() -> bool {
    true
}

/// Reads one value more than there may be, so that too many are seen, and passes over the rest.
pub(crate) fn a_few<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    input: D,
) -> Result<Vec<T>, D::Error> {
    struct AFew<T, const MOST: usize>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for AFew<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Self::Value, A::Error> {
            let mut few = Vec::new();
            while few.len() <= MOST {
                match input.next_element()? {
                    Some(one) => few.push(one),
                    None => return Ok(few),
                }
            }
            while input.next_element::<IgnoredAny>()?.is_some() {}
            Ok(few)
        }
    }
    input.deserialize_seq(AFew::<T, MOST>(PhantomData))
}

/// What headquarters says of one record it was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acknowledgement {
    /// The record; `None` if not even its id could be read.
    pub id: Option<RecordId>,
    /// `None`: headquarters has it for good. Otherwise it never will, for this reason.
    pub refused: Option<Problem>,
}

/// Headquarters' answer to a [`SyncRequest`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SyncAnswer {
    /// One for each record sent, in the same order.
    pub acknowledged: Vec<Acknowledgement>,
    /// Records this device lacks, each after those it builds on. Each is one [`Record`](crate::record::Record), kept as
    /// it was written: a device that is older than one of them keeps it until it is updated.
    pub records: Vec<Box<RawValue>>,
    /// What to send as `since` once these records are stored.
    pub next: u64,
    /// What to send as `mark` with it. Version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Whether there is more to fetch.
    pub more: bool,
    /// The files named by this person's stories that headquarters does not have whole, in the order in which it wants
    /// them: what a supervisor asked for, then the smallest first. Empty unless the request asked.
    pub lacking: Vec<Digest>,
    /// Those of them of which this device has sent a part. Version 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begun: Vec<Begun>,
    /// Headquarters' clock. Version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<DateTime<Utc>>,
    /// The key to which parcels are sealed, if the device named another. Version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel_key: Option<String>,
    /// How many records of this person's own headquarters has, in the answer that tells of files. Version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_records: Option<u64>,
    /// Which they are, in the same answer. A device that was told of others knows that headquarters was brought back from a
    /// backup, and sends its own again. Version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_sum: Option<IdSum>,
    /// What this person does now, in the answer that tells of files. Version 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What this person is asked to verify, all of it, in the answer that tells of files. Version 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Vec<Task>>,
    /// Whom a supervisor can ask to verify, in the same answer. Version 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifiers: Option<Vec<PersonName>>,
    /// The campaign as it is now, with its questionnaire, if the device named another state of it. Version 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Box<Campaign>>,
    /// The device is to erase itself now, and to say so at [`ERASED`]: in the answer that would tell of files, so that it has
    /// brought its records before. Nothing else is told to it then. Version 5.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erase: bool,
    /// Every withdrawal of the campaign, if the device named another sum: whatever it has of these stories is to be erased. In
    /// the answer that tells of files. Version 6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Vec<WithdrawalCode>>,
    /// The records of which it did not take the sealed identity; it has all others of the request for good. Version 6.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsealed: Vec<RecordId>,
}

/// The first version of an app that erases itself when it is told to.
pub const ERASES: u32 = 5;

/// Where a device says, with its last request, that nothing is left on it. `POST`
pub const ERASED: &str = "v1/erased";

/// A set of records in few bytes: the exclusive or of their ids, whose greater part is random, as 32 hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct IdSum(String);

impl IdSum {
    /// The sum with these besides; with those that are in it already, without them.
    pub fn with(&self, ids: impl IntoIterator<Item = RecordId>) -> Self {
        let so_far = u128::from_str_radix(&self.0, 16).unwrap_or_default();
        IdSum(format!("{:032x}", ids.into_iter().fold(so_far, |sum, id| sum ^ id.0.as_u128())))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for IdSum {
    fn from(written: String) -> Self {
        IdSum(written)
    }
}

impl FromIterator<RecordId> for IdSum {
    fn from_iter<I: IntoIterator<Item = RecordId>>(ids: I) -> Self {
        IdSum::default().with(ids)
    }
}

/// A file of which headquarters has the first bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Begun {
    /// Which.
    pub sha256: Digest,
    /// How many bytes of it are durable there.
    pub have: u64,
}

/// Where uploads are made, and each file's own address below it (tus 1.0, `docs/sync.md`).
pub const FILES: &str = "v1/files";

/// The version of tus that is spoken.
pub const TUS: &str = "1.0.0";

/// The least and the most bytes of a file that are sent in one piece; between them the piece follows the line.
pub const PIECE_BYTES: std::ops::RangeInclusive<u64> = 16 * 1024..=4 * 1024 * 1024;

/// How wrong a device's clock may be before people are told.
pub const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(10);
