//! A parcel: a device's outbox as one file, for where there is no network at all; and the receipt that goes back.
//!
//! Sealed with `age`, inside is a head, packed like any message, and then the bytes of the files that it names, one after
//! the other. An outbox is sealed to headquarters' key. It says to which key the receipt is to be sealed, made for this one
//! parcel: whoever cannot open the outbox cannot write a receipt that the device would believe.

use crate::id::{DeviceId, Digest};
use crate::protocol::{Acknowledgement, a_few};
use crate::wire;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// The most bytes of a head once it is unpacked.
pub const HEAD_BYTES: usize = 32 * 1024 * 1024;

/// The most bytes of a head as it travels.
pub const PACKED_BYTES: usize = 16 * 1024 * 1024;

/// The most records in one parcel; what there is more waits for the next.
pub const PARCEL_RECORDS: usize = 2_000;

/// The most bytes of those records, as JSON.
pub const PARCEL_RECORD_BYTES: usize = 16 * 1024 * 1024;

/// The most bytes of a whole parcel.
pub const PARCEL_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// What a device sends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outbox {
    /// The version of the protocol that the device speaks.
    pub protocol: u32,
    /// The device.
    pub device: DeviceId,
    /// Its secret.
    pub token: String,
    /// The key to which the receipt is to be sealed, as `age` writes it; made for this parcel alone.
    pub answer_to: String,
    /// The last `next` that headquarters told the device.
    pub since: u64,
    /// The device's clock as it wrote this.
    pub clock: DateTime<Utc>,
    /// Each is one record; one that cannot be read is refused alone. At most [`PARCEL_RECORDS`].
    #[serde(deserialize_with = "a_few::<_, PARCEL_RECORDS>")]
    pub records: Vec<Value>,
    /// The files whose bytes follow, in this order.
    pub files: Vec<Enclosed>,
}

/// A file in a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosed {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many they are.
    pub bytes: u64,
}

/// What headquarters answers; nothing follows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Receipt {
    /// [`Outbox::since`] of the parcel that this answers.
    pub since: u64,
    /// One for each record of the parcel, in the same order.
    pub acknowledged: Vec<Acknowledgement>,
    /// Records that the device lacks, each after those it builds on.
    pub records: Vec<Box<RawValue>>,
    /// What to send as `since` once these records are stored.
    pub next: u64,
    /// Of the files that the device's stories name, those in the parcel that headquarters has whole now.
    pub whole: Vec<Digest>,
}

/// Writes a head: its length in four bytes, the most significant first, then the head itself, packed.
///
/// # Errors
/// Those of packing.
pub fn write_head<T: Serialize>(head: &T) -> std::io::Result<Vec<u8>> {
    let packed = wire::pack(&serde_json::to_vec(head)?, wire::newest())?;
    let length = u32::try_from(packed.len()).map_err(std::io::Error::other)?;
    let mut written = length.to_be_bytes().to_vec();
    // The number of the dictionary, for whoever reads it years later.
    written.extend(wire::newest().to_be_bytes());
    written.extend(packed);
    Ok(written)
}

/// The bytes before a head: its length, and its dictionary.
pub const PREFIX: usize = 8;

/// How many bytes of packed head follow its prefix, and the dictionary they were packed with.
pub fn read_prefix(prefix: [u8; PREFIX]) -> (usize, u32) {
    let [a, b, c, d, e, f, g, h] = prefix;
    (u32::from_be_bytes([a, b, c, d]) as usize, u32::from_be_bytes([e, f, g, h]))
}

/// Reads the packed bytes of a head.
///
/// # Errors
/// Says what is wrong with them.
pub fn read_head<T: DeserializeOwned>(packed: &[u8], dictionary: u32) -> Result<T, String> {
    let head = wire::unpack(packed, dictionary, HEAD_BYTES).map_err(|e| e.to_string())?;
    serde_json::from_slice(&head).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_survives_being_written_and_read() {
        let receipt =
            Receipt { since: 3, acknowledged: Vec::new(), records: Vec::new(), next: 9, whole: Vec::new() };
        let written = write_head(&receipt).unwrap();
        let (prefix, packed) = written.split_first_chunk::<PREFIX>().unwrap();
        let (length, dictionary) = read_prefix(*prefix);
        assert_eq!(length, packed.len());
        assert_eq!(read_head::<Receipt>(packed, dictionary).unwrap().next, 9);
        assert!(read_head::<Receipt>(&packed[1..], dictionary).is_err());
        assert!(read_head::<Receipt>(packed, 4711).is_err());
    }
}
