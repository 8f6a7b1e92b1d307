//! What a sync costs on a line that is paid by the megabyte: bytes of TCP payload both ways, HTTP headers included,
//! for 1,000 stories of which 100 go together; beside them one zstd -19 stream of the same 1,000 stories as JSON, which
//! is about as small as they get.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use blon_core::wire;
use blon_device::intake::StoryFile;
use blon_tests::collecting::{collector, open};
use blon_tests::line::Line;
use blon_tests::prose::{Part, Prose};
use blon_tests::server::TestServer;
use serde_json::{Value, json};
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
    let (ours, most) = (each(up + down), 1.35 * limit + 100.0);
    let few = f64::from(requests) * 100.0 / STORIES as f64 <= 3.0;
    let mark = |held: bool| if held { "✓" } else { "✗" };
    println!("{} bytes both ways: {ours:.0}, limit 1.35 of that and 100: {most:.0}", mark(ours <= most));
    println!(
        "{} requests per 100 stories: {:.1}, limit 3",
        mark(few),
        f64::from(requests) * 100.0 / STORIES as f64
    );
    let sealed = sealed_identity();
    let small = sealed <= 300.0;
    println!("{} a sealed identity beside each: {sealed:.0} bytes, limit 300", mark(small));
    if ours <= most && few && small { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a storyteller's identity will add once it is sealed to one custodian: beside 100 records a list of their identities, in
/// the same order, so that what cannot be packed is packed apart. Sealed by `age`, padded to 64 bytes. Nothing seals yet;
/// this is what the line will carry then (ADR 21).
fn sealed_identity() -> f64 {
    let prose = Prose::read(Part::Measured);
    let custodian = age::x25519::Identity::generate().to_public();
    let sealed = |number: u64| {
        let person = &prose.story(number)["storyteller"];
        let mut identity = json!([person["name"], person["phone"]]).to_string().into_bytes();
        identity.resize(identity.len().next_multiple_of(64), b' ');
        in_a_message(&age::encrypt(&custodian, &identity).unwrap())
    };
    let records: Vec<Value> = (0..TOGETHER).map(|number| json!({ "story": prose.story(number) })).collect();
    let packed =
        |message: &Value| wire::pack(&serde_json::to_vec(message).unwrap(), wire::newest()).unwrap().len();
    let alone = packed(&json!({ "records": records }));
    let sealed: Vec<String> = (0..TOGETHER).map(sealed).collect();
    (packed(&json!({ "records": records, "sealed": sealed })) - alone) as f64 / TOGETHER as f64
}

/// A sealed file as it will stand in a message: its head, which is text already, as it is; what follows in base64.
fn in_a_message(sealed: &[u8]) -> String {
    let end = sealed.windows(4).position(|bytes| bytes == b"--- ").unwrap();
    let head = end + sealed[end..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
    format!("{}{}", std::str::from_utf8(&sealed[..head]).unwrap(), BASE64.encode(&sealed[head..]))
}
