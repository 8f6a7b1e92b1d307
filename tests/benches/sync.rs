//! What a sync costs on a line that is paid by the megabyte: bytes of TCP payload both ways, HTTP headers included,
//! for 1,000 stories of which 100 go together; beside them one zstd -19 stream of the same 1,000 stories as JSON, which
//! is about as small as they get.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_device::intake::StoryFile;
use blon_tests::bench::Report;
use blon_tests::collecting::{collector, open};
use blon_tests::line::Line;
use blon_tests::prose::{Part, Prose};
use blon_tests::server::TestServer;
use serde_json::json;
use std::process::ExitCode;

const STORIES: u64 = 1_000;
const TOGETHER: u64 = 100;

fn main() -> ExitCode {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let awa = collector(&server, "Awa", &line.url());
    let device = open(&awa);
    let prose = Prose::read(Part::Measured);
    let (mut requests, mut plain) = (0, Vec::new());
    // Enrolling is not counted: it happens once.
    let (up, down) = (line.bytes_up(), line.bytes_down());
    for batch in 0..STORIES / TOGETHER {
        for number in batch * TOGETHER..(batch + 1) * TOGETHER {
            let file = StoryFile::read(&prose.story(number).to_string()).unwrap();
            let id = device.take_in(file, &[]).unwrap().id;
            device.interview(id, "fr").unwrap();
            device.answer(id, "story_check", "yes", "fr").unwrap();
            device.finalise(id).unwrap();
            plain.extend(serde_json::to_vec(&device.story(id).unwrap().story).unwrap());
        }
        let report = device.sync(|_| {}).unwrap();
        assert_eq!((u64::from(report.sent), report.refused), (TOGETHER, 0));
        requests += report.requests;
    }
    let (up, down) = (line.bytes_up() - up, line.bytes_down() - down);
    let limit = zstd::bulk::compress(&plain, 19).unwrap().len() as f64 / STORIES as f64;
    let each = |bytes: u64| bytes as f64 / STORIES as f64;
    println!("{STORIES} stories of {:.0} bytes as JSON", plain.len() as f64 / STORIES as f64);
    println!("  bytes a story: {:.0} up, {:.0} down", each(up), each(down));
    println!("  one zstd -19 stream of all: {limit:.0} bytes a story");
    let mut report = Report::of("sync");
    report.at_most("a story both ways, 1.35 of that and 100", each(up + down), 1.35 * limit + 100.0, "bytes");
    let requests = f64::from(requests) * 100.0 / STORIES as f64;
    report.at_most("100 stories", requests, 3.0, "requests");
    report.at_most("a sealed identity beside each", sealed_identity(), 300.0, "bytes");
    report.end()
}

/// Sends the stories of these numbers in one sync, from a device of its own; gives the bytes that went up.
fn sent_together(server: &TestServer, name: &str) -> u64 {
    let line = Line::to(server.address());
    let device = open(&collector(server, name, &line.url()));
    let prose = Prose::read(Part::Measured);
    for number in 0..TOGETHER {
        let mut story = prose.story(number);
        story["storyteller"]["name"] = format!("Nansira Camara {number}").into();
        story["storyteller"]["phone"] = format!("+223 70 00 {number:04}").into();
        let id = device.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
        device.interview(id, "fr").unwrap();
        device.answer(id, "story_check", "yes", "fr").unwrap();
        device.finalise(id).unwrap();
    }
    let before = line.bytes_up();
    assert_eq!(u64::from(device.sync(|_| {}).unwrap().sent), TOGETHER);
    line.bytes_up() - before
}

/// What a sealed identity adds to its story, where a hundred go together: the same stories to a campaign with a custodian, and
/// to one without.
fn sealed_identity() -> f64 {
    let (plain, sealing) = (TestServer::serving(), TestServer::serving());
    let key = age::x25519::Identity::generate().to_public().to_string();
    sealing.change_campaign(|campaign| campaign["custodian_keys"] = json!([key]));
    let [without, with] = [&plain, &sealing].map(|server| sent_together(server, "Awa"));
    (with - without) as f64 / TOGETHER as f64
}
