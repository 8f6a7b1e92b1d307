//! Anything that may come over the line: packed with any dictionary or none, and then read as each message there is.
#![no_main]

use blon_core::parcel::{Outbox, Receipt, read_head};
use blon_core::protocol::{EnrolAnswer, EnrolRequest, SyncAnswer, SyncRequest};
use blon_core::record::Record;
use blon_core::wire::{newest, pack, unpack};
use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeOwned;

/// As large as a request may be.
const LIMIT: usize = 3 * 1024 * 1024;

fn read<T: DeserializeOwned>(bytes: &[u8]) {
    let _ = serde_json::from_slice::<T>(bytes);
}

fn read_all(bytes: &[u8]) {
    read::<SyncRequest>(bytes);
    read::<SyncAnswer>(bytes);
    read::<EnrolRequest>(bytes);
    read::<EnrolAnswer>(bytes);
    read::<Record>(bytes);
    read::<Outbox>(bytes);
    read::<Receipt>(bytes);
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let dictionary = match first % 3 {
        0 => 0,
        1 => newest(),
        _ => u32::from(*first),
    };
    // What comes packed never comes to more than may be.
    if let Ok(unpacked) = unpack(rest, dictionary, LIMIT) {
        assert!(unpacked.len() <= LIMIT);
        read_all(&unpacked);
    }
    let _ = read_head::<Outbox>(&mut &*rest);
    // And plain.
    read_all(rest);
    if dictionary <= newest() {
        let packed = pack(rest, dictionary).expect("anything can be packed");
        assert_eq!(unpack(&packed, dictionary, rest.len().max(1)).expect("and unpacked"), rest);
    }
});
