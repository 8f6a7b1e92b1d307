//! A parcel: a device's outbox as one file, for where there is no network at all; and the receipt that goes back.
//!
//! Sealed with `age`, inside is a head, packed like any message, and then the bytes of the files that it names, one after
//! the other. An outbox is sealed to headquarters' key. It says to which key the receipt is to be sealed, made for this one
//! parcel: whoever cannot open the outbox cannot write a receipt that the device would believe.

use crate::id::{DeviceId, Digest};
use crate::protocol::{Acknowledgement, IdSum, WITHDRAWALS, Withdrawal, a_few};
use crate::wire;
use crate::withdrawal::WithdrawalCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::io::{self, Read};

/// The most bytes of a head once it is unpacked.
pub const HEAD_BYTES: usize = 32 * 1024 * 1024;

/// The most bytes of a head as it travels.
pub const PACKED_BYTES: usize = 16 * 1024 * 1024;

/// The most records in one parcel; what there is more waits for the next.
pub const PARCEL_RECORDS: usize = 2_000;

/// The most bytes of those records, as JSON.
pub const PARCEL_RECORD_BYTES: usize = 16 * 1024 * 1024;

/// The most files in one parcel.
pub const PARCEL_FILES: usize = 10_000;

/// The most bytes of the records in a receipt, as JSON; what there is more comes with the next.
pub const RECEIPT_RECORD_BYTES: usize = 16 * 1024 * 1024;

/// The most bytes before what is sealed: `age`'s own head for one recipient is a twentieth of it.
const SEAL_BYTES: u64 = 4 * 1024;

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
    /// The `mark` that came with it. Version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Each is one record; one that cannot be read is refused alone. At most [`PARCEL_RECORDS`].
    #[serde(deserialize_with = "a_few::<_, _, PARCEL_RECORDS>")]
    pub records: Vec<Box<RawValue>>,
    /// Withdrawals that headquarters may not know yet. At most [`WITHDRAWALS`]. Version 6.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "a_few::<_, _, WITHDRAWALS>")]
    pub withdrawals: Vec<Withdrawal>,
    /// The files whose bytes follow, in this order. At most [`PARCEL_FILES`].
    #[serde(deserialize_with = "a_few::<_, _, PARCEL_FILES>")]
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
    /// What to send as `mark` with it. Version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Which records of the person's own headquarters has then. Version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_sum: Option<IdSum>,
    /// Every withdrawal of the campaign, where there are any. Version 6.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<WithdrawalCode>,
    /// Of the files that the device's stories name, those in the parcel that headquarters has whole now.
    pub whole: Vec<Digest>,
}

/// Looks whether what is said to be sealed by `age` begins as that does, and gives it back whole. A head without end would be
/// read for hours.
///
/// # Errors
/// Says what is wrong with it.
pub fn sealed(content: impl Read) -> Result<impl Read, String> {
    let (mut head, mut content) = (Vec::new(), content);
    content.by_ref().take(SEAL_BYTES).read_to_end(&mut head).map_err(|e| e.to_string())?;
    if !head.windows(5).any(|bytes| bytes == b"\n--- ") {
        return Err("it is not sealed".to_owned());
    }
    Ok(io::Cursor::new(head).chain(content))
}

/// Writes a head: its length and the number of its dictionary, in four bytes each, the most significant first; then the head
/// itself, packed.
///
/// # Errors
/// Those of packing.
pub fn write_head<T: Serialize>(head: &T) -> io::Result<Vec<u8>> {
    let packed = wire::pack(&serde_json::to_vec(head)?, wire::newest())?;
    let length = u32::try_from(packed.len()).map_err(io::Error::other)?;
    let mut written = length.to_be_bytes().to_vec();
    written.extend(wire::newest().to_be_bytes());
    written.extend(packed);
    Ok(written)
}

/// Reads a head from the beginning of what was opened.
///
/// # Errors
/// Says what is wrong with it.
pub fn read_head<T: DeserializeOwned>(content: &mut impl Read) -> Result<T, String> {
    let broken = |e: io::Error| e.to_string();
    let mut number = [0; 4];
    content.read_exact(&mut number).map_err(broken)?;
    let length = u32::from_be_bytes(number) as usize;
    content.read_exact(&mut number).map_err(broken)?;
    let dictionary = u32::from_be_bytes(number);
    if length > PACKED_BYTES {
        return Err("its head is larger than may be".to_owned());
    }
    let mut packed = vec![0; length];
    content.read_exact(&mut packed).map_err(broken)?;
    let head = wire::unpack(&packed, dictionary, HEAD_BYTES).map_err(|e| e.to_string())?;
    serde_json::from_slice(&head).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_survives_being_written_and_read() {
        let receipt = Receipt {
            since: 3,
            acknowledged: Vec::new(),
            records: Vec::new(),
            next: 9,
            mark: None,
            own_sum: None,
            withdrawn: Vec::new(),
            whole: Vec::new(),
        };
        let mut written = write_head(&receipt).unwrap();
        written.extend(b"the files");
        let mut content = written.as_slice();
        assert_eq!(read_head::<Receipt>(&mut content).unwrap().next, 9);
        assert_eq!(content, b"the files", "not a byte more is read");
        for broken in [&written[..3], &written[..9], &written[1..], &[0xff; 40]] {
            assert!(read_head::<Receipt>(&mut &*broken).is_err());
        }
    }
}
