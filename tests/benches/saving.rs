//! How long it takes until an answer is on the disk, beside a bare commit of the same rows to an SQLCipher database
//! with the same settings on the same disk, in turn: the disk decides, and ours may cost half of it more. How long it
//! takes until the screen knows what is asked then stands beside it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_device::{Device, StoryId};
use blon_tests::bench::{Report, Times};
use blon_tests::collecting::{collector, open};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::stories;
use blon_tests::server::TestServer;
use rusqlite::{Connection, TransactionBehavior, params};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const SAVES: usize = 1_000;

/// A draft in the middle of an interview, with all that a story of the fixtures tells.
fn interview(server: &TestServer) -> (TestDevice, Device, StoryId) {
    let awa = collector(server, "Awa", &server.url());
    let id = awa.new_story(&stories()[0], &[]).parse().unwrap();
    let device = open(&awa);
    device.interview(id, "fr").unwrap();
    (awa, device, id)
}

/// A database beside Awa's, with the settings of the device's store (`device::store`).
fn bare(awa: &TestDevice) -> Connection {
    let connection = Connection::open(awa.path("bare.db")).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA key = \"x'{}'\"; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;
             CREATE TABLE draft (story TEXT PRIMARY KEY, content TEXT, note TEXT, builds_on TEXT, saved_at TEXT,
                                 answers TEXT) STRICT;
             CREATE TABLE identity (story TEXT PRIMARY KEY, name TEXT, phone TEXT) STRICT;",
            "5a".repeat(32)
        ))
        .unwrap();
    connection
}

fn commit(bare: &mut Connection, content: &str, answers: &str) {
    let tx = bare.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let draft = "INSERT OR REPLACE INTO draft VALUES ('one', ?1, '', '[]', '2022-09-14T10:00:00+00:00', ?2)";
    tx.prepare_cached(draft).unwrap().execute(params![content, answers]).unwrap();
    let identity = "INSERT OR REPLACE INTO identity VALUES ('one', 'Awa', '')";
    tx.prepare_cached(identity).unwrap().execute([]).unwrap();
    tx.commit().unwrap();
}

fn main() -> ExitCode {
    let server = TestServer::serving();
    let (awa, device, id) = interview(&server);
    let mut bare = bare(&awa);
    let story = device.draft(id).unwrap().story;
    let content = serde_json::to_string(&story).unwrap();
    let answers = content.clone();
    let timed = |work: &mut dyn FnMut()| -> Duration {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    let (mut ours, mut limits, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..SAVES {
        let words = format!("Les pirogues passent de nouveau, dans les deux sens. {number}");
        ours.push(timed(&mut || device.keep_answer(id, "story_now", &words, "fr").unwrap()));
        limits.push(timed(&mut || commit(&mut bare, &content, &answers)));
        asked.push(timed(&mut || drop(device.answer(id, "story_now", &words, "fr").unwrap())));
    }
    let (ours, limits, asked) = (Times::of(ours), Times::of(limits), Times::of(asked));
    println!("{} bytes of a draft, {SAVES} answers", content.len() + answers.len());
    println!("  median: {:.2?}, a bare commit {:.2?}", ours.quantile(0.5), limits.quantile(0.5));
    println!(
        "  kept and asked again: median {:.2?}, 99 of 100 {:.2?}",
        asked.quantile(0.5),
        asked.quantile(0.99)
    );
    let mut report = Report::of("saving");
    report.below(
        "an answer on the disk (99 of 100), 1.5 bare commits",
        ours.quantile(0.99),
        limits.quantile(0.99).mul_f64(1.5),
    );
    report.end()
}
