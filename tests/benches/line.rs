//! The worst line there is: 100 stories with photos over 40 kbit/s, 600 ms there and back, cut every 20 seconds. How much
//! of what the line could carry was story, and how much went twice. `BLON_FASTER=10` plays the same line ten times as
//! fast; the figures that count are those at its own pace.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_core::wire;
use blon_device::intake::StoryFile;
use blon_tests::bad_line::{BadLine, Nature};
use blon_tests::bench::Report;
use blon_tests::collecting::{collector, open};
use blon_tests::media::photo_of;
use blon_tests::prose::{Part, Prose};
use blon_tests::server::TestServer;
use std::process::ExitCode;
use std::time::Instant;

const STORIES: u64 = 100;

/// About what the head of a request comes to.
const HEAD: u64 = 320;

fn main() -> ExitCode {
    let faster = std::env::var("BLON_FASTER").ok().and_then(|f| f.parse().ok()).unwrap_or(1);
    let nature = Nature::EDGE_OF_A_VILLAGE.times(faster);
    let server = TestServer::serving();
    let line = BadLine::to(server.address(), nature);
    let device = open(&collector(&server, "Awa", &line.url()));
    let (prose, folder) = (Prose::read(Part::Measured), tempfile::tempdir().unwrap());
    let (mut photos, mut texts) = (0, Vec::new());
    for number in 0..STORIES {
        let path = folder.path().join("photo.jpg");
        photo_of(&path, u32::try_from(number).unwrap(), 480, 360);
        let file = StoryFile::read(&prose.story(number).to_string()).unwrap();
        let id = device.take_in(file, std::slice::from_ref(&path)).unwrap().id;
        device.finalise(id).unwrap();
        let view = device.story(id).unwrap();
        photos += view.files[0].file.bytes;
        texts.extend(serde_json::to_vec(&view.story).unwrap());
    }
    // Packed all at once with what both sides have: less than any sync can send.
    let payload = photos + wire::pack(&texts, wire::newest()).unwrap().len() as u64;
    let (before, began, mut syncs, mut requests) = (line.bytes_up(), Instant::now(), 0_u32, 0);
    while device.waiting().unwrap().records_left + device.waiting().unwrap().files_left > 0 {
        // One that broke off is followed by the next at once, as when the line is back at once.
        let _ = device.sync(|_| {});
        requests += device.last_sync().unwrap().unwrap().report.requests;
        syncs += 1;
    }
    let took = began.elapsed();
    let cuts = u64::try_from(took.as_nanos() / nature.holds.unwrap().as_nanos()).unwrap();
    let carried = line.bytes_up() - before;
    let used = payload as f64 / (nature.up as f64 * took.as_secs_f64());
    let beyond = carried.saturating_sub(payload + u64::from(requests) * HEAD);
    let twice = beyond as f64 / cuts.max(1) as f64;
    let whole = server.stories().iter().all(|s| s["evidence"][0]["complete"] == true);
    println!(
        "{STORIES} stories with photos, {payload} bytes, in {:.0} s and {syncs} syncs, {requests} requests",
        took.as_secs_f64()
    );
    println!("  the line was cut {cuts} times and carried {carried} bytes");
    assert!(whole, "stories or photos are missing");
    let mut report = Report::of("line");
    report.at_least("line use", used * 100.0, 90.0, "%");
    report.at_most("sent beyond that, for each cut, one piece", twice, 16.0 * 1024.0, "bytes");
    report.end()
}
