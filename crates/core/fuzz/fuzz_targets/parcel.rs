//! Any file as a parcel or a receipt: how it is sealed is looked at within limits, and its head is read or refused.

#![no_main]

use blon_core::parcel::{Outbox, Receipt, read_head, sealed};
use libfuzzer_sys::fuzz_target;
use std::io::Read;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(mut content) = sealed(bytes) {
        let mut all = Vec::new();
        content.read_to_end(&mut all).expect("bytes in memory are read");
        assert_eq!(all, bytes, "nothing of it is lost by looking");
    }
    let _ = read_head::<Outbox>(&mut &*bytes);
    let _ = read_head::<Receipt>(&mut &*bytes);
});
