//! Any records, as a device may send them in one request: each is judged, what passes is folded, and the fold is the same in any order.

#![no_main]

use blon_core::coach;
use blon_core::fold::fold;
use blon_core::joining::join_heads;
use blon_core::protocol::SyncRequest;
use blon_core::record::{Act, Record};
use blon_core::review::{Role, may_add};
use blon_core::search::words_of;
use libfuzzer_sys::fuzz_target;

/// As many as a story may have is too many to learn from.
const RECORDS: usize = 20;

fuzz_target!(|bytes: &[u8]| {
    let Ok(ask) = serde_json::from_slice::<SyncRequest>(bytes) else { return };
    let records = ask.records.iter().filter_map(|body| serde_json::from_str(body.get()).ok());
    let records: Vec<Record> = records.take(RECORDS).collect();
    let Some(story) = records.first().map(|record| record.story) else { return };
    let mut added: Vec<Record> = Vec::new();
    for record in &records {
        let so_far = fold(story, &added);
        let known = added.iter().any(|other| other.id == record.id);
        if !known && record.story == story && Role::ALL.into_iter().any(|role| may_add(record, role, so_far.as_ref()).is_ok()) {
            added.push(record.clone());
        }
    }
    let folded = fold(story, &added);
    added.reverse();
    assert_eq!(format!("{folded:?}"), format!("{:?}", fold(story, &added)), "in any order");
    let Some(folded) = folded else { return };
    let _ = join_heads(&folded);
    for record in &added {
        if let Act::Finalise { story, .. } = &record.act {
            let _ = (story.gaps(), coach::lacks(story), coach::advise(story, &[]), words_of(story));
        }
    }
});
