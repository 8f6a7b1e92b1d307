//! A collector who never rests, to be killed: `busy-collector DATA saves|syncs`.
//!
//! It prints a line only after the device has said that something is saved. What it said must be there after
//! the kill, whenever that comes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use blon_device::clock::Clock;
use blon_device::intake::StoryFile;
use blon_device::{Device, StoryId};
use blon_tests::device::PASSPHRASE;
use blon_tests::fixtures::stories;
use blon_tests::media::sha256;
use std::io::Write;
use std::path::Path;

/// Saves of one draft before it is signed off.
const SAVES: usize = 12;

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("somebody listens");
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let device = Device::unlock(Path::new(&arguments[1]), PASSPHRASE, Clock::system()).unwrap();
    say("ready");
    loop {
        match arguments[2].as_str() {
            "saves" => one_interview(&device),
            _ => {
                device.sync(|left| say(&format!("left {} {}", left.records_left, left.files_left))).unwrap();
            }
        }
    }
}

/// One story, from its first answer to its signing off.
fn one_interview(device: &Device) {
    let file = StoryFile::read(&stories()[0].to_string()).unwrap();
    let id = device.take_in(file, &[]).unwrap().id;
    device.interview(id, "fr").unwrap();
    say(&format!("begun {id}"));
    for number in 1..=SAVES {
        device.answer(id, "story_now", &format!("{number} ").repeat(200 * number), "fr").unwrap();
        say(&format!("saved {id} {number}"));
        if number == SAVES / 2 {
            let bytes = attach(device, id);
            say(&format!("attached {id} {}", sha256(&bytes)));
        }
    }
    device.finalise(id).unwrap();
    say(&format!("finalised {id}"));
}

/// Attaches a recording of three chunk rows, another one each time, to the first piece of evidence.
fn attach(device: &Device, id: StoryId) -> Vec<u8> {
    let noise = id.to_string().into_bytes();
    let bytes: Vec<u8> = noise.iter().copied().cycle().take(600_000).collect();
    let upload = device.attach_begin(id, "application/octet-stream").unwrap();
    for piece in bytes.chunks(256 * 1024) {
        device.attach_chunk(upload, piece).unwrap();
    }
    let story = device.draft(id).unwrap().story;
    let (change, evidence) = (story.changes[0].id, story.changes[0].evidence[0].id);
    let path = format!("change/{change}/evidence/{evidence}/evidence_file");
    device.attach_answer(upload, &path, "fr").unwrap();
    bytes
}
