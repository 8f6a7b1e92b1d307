//! Trains the dictionary of `core::wire` on stories as they travel, and writes it: `train-dictionary FILE`.
//!
//! A dictionary that was used never changes: what was packed with it must be unpacked for ever. A better one gets the next
//! number.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use blon_core::questionnaire::answers::Answers;
use blon_device::Device;
use blon_device::clock::Clock;
use blon_device::intake::StoryFile;
use blon_tests::device::PASSPHRASE;
use blon_tests::prose::{Part, Prose};
use serde_json::{Value, json};
use uuid::Uuid;

const BYTES: usize = 256 * 1024;
const STORIES: u64 = 1_200;
/// Records that go together in a sample: what is learnt is what stands between stories too.
const TOGETHER: usize = 4;

fn main() {
    let target = std::env::args().nth(1).expect("train-dictionary FILE");
    let folder = tempfile::tempdir().unwrap();
    let device = Device::create(&folder.path().join("store"), PASSPHRASE, Clock::system()).unwrap();
    let prose = Prose::read(Part::Training);
    let records: Vec<Value> = (0..STORIES).map(|number| record(&device, &prose, number)).collect();
    let mut samples: Vec<Vec<u8>> = records
        .chunks(TOGETHER)
        .map(|some| json!({ "protocol": 1, "since": 0, "records": some }).to_string().into_bytes())
        .collect();
    // What headquarters answers.
    samples.extend(records.chunks(TOGETHER).map(|some| {
        let acknowledged: Vec<Value> =
            some.iter().map(|r| json!({ "id": r["id"], "refused": null })).collect();
        json!({ "acknowledged": acknowledged, "records": [], "next": 12, "more": false, "lacking": [] })
            .to_string()
            .into_bytes()
    }));
    let dictionary = zstd::dict::from_samples(&samples, BYTES).unwrap();
    std::fs::write(&target, &dictionary).unwrap();
    println!("{} bytes from {} samples", dictionary.len(), samples.len());
}

/// A signed-off story as it travels.
fn record(device: &Device, prose: &Prose, number: u64) -> Value {
    let file = StoryFile::read(&prose.story(number).to_string()).unwrap();
    let mut story = serde_json::to_value(device.take_in(file, &[]).unwrap().story).unwrap();
    // As after an interview by the questionnaire.
    let mut other = Answers::default();
    for (key, answer) in [("check_purpose", "yes"), ("consent_understood", "yes"), ("story_check", "yes")] {
        other.set(key, answer);
    }
    story["form"] = json!({ "id": "kangaba-2022", "version": "1" });
    story["other"] = serde_json::to_value(other).unwrap();
    json!({
        "id": Uuid::now_v7(), "campaign": "kangaba-2022", "story": Uuid::now_v7(), "author": "Awa",
        "device": Uuid::from_u128(7), "clock": "2022-10-03T11:20:31.123456789+00:00", "builds_on": [],
        "act": { "kind": "finalise", "story": story, "note": "" }
    })
}
