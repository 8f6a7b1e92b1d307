//! What the app said is saved is there after `kill -9` at any instant (invariant 1): 200 kills of a real
//! second process, half of them while it saves, half while it syncs. And what headquarters acknowledged is there after its own.

use blon_core::protocol::SyncAnswer;
use blon_device::clock::Clock;
use blon_device::intake::StoryFile;
use blon_device::{Device, StoryId};
use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::fixtures::stories;
use blon_tests::many::{bringing, device, signed_off};
use blon_tests::media::{sha256, sound};
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http};
use reqwest::blocking::Response;
use serde_json::value::to_raw_value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const KILLS: u32 = 100;

/// Random enough to land anywhere, and the same again for the same seed, which a failure names.
struct Chance(u64);

impl Chance {
    fn seeded() -> Self {
        let seed =
            u64::from(std::process::id()) << 20 | u64::from(Instant::now().elapsed().subsec_nanos() | 1);
        eprintln!("seed {seed}");
        Chance(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What the busy collector said before it was killed.
#[derive(Default)]
struct Said {
    /// Each story's last save that was acknowledged.
    saved: BTreeMap<StoryId, usize>,
    attached: BTreeMap<StoryId, String>,
    finalised: Vec<StoryId>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["begun", id] => drop(self.saved.insert(id.parse().unwrap(), 0)),
            ["saved", id, number] => drop(self.saved.insert(id.parse().unwrap(), number.parse().unwrap())),
            ["attached", id, digest] => drop(self.attached.insert(id.parse().unwrap(), digest.to_owned())),
            ["finalised", id] => self.finalised.push(id.parse().unwrap()),
            _ => {}
        }
    }
}

fn busy(device: &TestDevice, doing: &str) -> (Child, BufReader<ChildStdout>) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_busy-collector"))
        .arg(device.data())
        .arg(doing)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap());
    let mut ready = String::new();
    said.read_line(&mut ready).unwrap();
    assert_eq!(ready, "ready\n");
    (process, said)
}

/// Spins, since sleeping is too coarse to land in the middle of a write.
fn wait_for(time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        std::hint::spin_loop();
    }
}

fn open(device: &TestDevice) -> Device {
    Device::unlock(&device.data(), PASSPHRASE, Clock::system()).unwrap()
}

fn enrolled(server: &TestServer) -> TestDevice {
    server.add("Awa", "collector");
    let awa = TestDevice::of("Awa");
    awa.enrol(&server.url(), &server.code("Awa"));
    awa
}

#[test]
fn nothing_that_was_saved_is_lost_by_a_kill_in_the_middle_of_saving() {
    let server = TestServer::serving();
    let awa = enrolled(&server);
    let mut chance = Chance::seeded();
    let mut said = Said::default();
    for kill in 1..=KILLS {
        let (mut process, mut lines) = busy(&awa, "saves");
        for _ in 0..chance.below(30) {
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            said.hear(line.trim_end());
        }
        wait_for(Duration::from_micros(chance.below(6_000)));
        process.kill().unwrap();
        process.wait().unwrap();
        // What it said up to the kill still stands in the pipe.
        lines.lines().for_each(|line| said.hear(&line.unwrap()));
        everything_said_is_there(&open(&awa), &said);
        if kill % 20 == 0 {
            eprintln!("{kill} kills while saving, {} stories signed off", said.finalised.len());
        }
    }
    assert!(said.finalised.len() > 10 && said.attached.len() > 10, "the kills left time to work");
}

fn everything_said_is_there(device: &Device, said: &Said) {
    let health = device.doctor().unwrap();
    assert!(health.sound, "{:?}", health.findings);
    let lines: BTreeMap<StoryId, _> = device.stories().unwrap().into_iter().map(|s| (s.id, s)).collect();
    for id in &said.finalised {
        assert_eq!(lines[id].receipt.texts_waiting, 1, "a signed-off story waits to be sent");
    }
    for (id, last) in &said.saved {
        let view = device.story(*id).unwrap();
        // The next save may have reached the disk without its word reaching us; less may not be there.
        let kept = saved_number(&view.story.narrative.now);
        let held = *last == 0 || kept == Some(*last) || kept == Some(*last + 1);
        assert!(held, "{id}: {last} was saved, {kept:?} is there");
    }
    for (id, digest) in &said.attached {
        let view = device.story(*id).unwrap();
        let file = view.story.changes[0].evidence[0].file.clone().unwrap();
        assert_eq!(&file.sha256.to_string(), digest);
        assert_eq!(&sha256(&device.file(&file.sha256).unwrap()), digest);
    }
}

/// The number a save wrote all over the answer; `None` for words that no save wrote. Half a save is a defect.
fn saved_number(words: &str) -> Option<usize> {
    let number: usize = words.split(' ').next()?.parse().ok()?;
    assert_eq!(words, format!("{number} ").repeat(200 * number), "a save is whole or not there");
    Some(number)
}

#[test]
fn nothing_is_lost_or_sent_twice_by_a_kill_in_the_middle_of_a_sync() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = enrolled(&server);
    let mut chance = Chance::seeded();
    let mut made: BTreeMap<StoryId, String> = BTreeMap::new();
    let (mut with_text, mut with_files, mut at_rest) = (0, 0, 0);
    for kill in 1..=KILLS {
        collect(&open(&awa), &awa, &mut made);
        let (mut process, mut lines) = busy(&awa, "syncs");
        // It tells how much is left before each request; the kill comes somewhere in one of them.
        for _ in 0..chance.below(5) {
            lines.read_line(&mut String::new()).unwrap();
        }
        wait_for(Duration::from_micros(chance.below(12_000)));
        process.kill().unwrap();
        process.wait().unwrap();
        let device = open(&awa);
        nothing_is_lost(&device, &server, &made);
        let left = device.waiting().unwrap();
        match (left.records_left, left.files_left) {
            (0, 0) => at_rest += 1,
            (0, _) => with_files += 1,
            _ => with_text += 1,
        }
        if kill % 20 == 0 {
            eprintln!(
                "{kill} kills while syncing: {with_text} before the text was acknowledged, {with_files} before the files were, {at_rest} after"
            );
        }
    }
    assert!(with_text > 0 && with_files > 0, "the kills came in the middle of texts and of files");

    open(&awa).sync(|_| {}).unwrap();
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let there = server.stories();
    assert_eq!(there.len(), made.len(), "every story is at headquarters, once");
    for story in there {
        assert_eq!(story["revisions"], 1);
        let digest = &made[&story["id"].as_str().unwrap().parse().unwrap()];
        assert_eq!(story["evidence"][0]["complete"], true);
        assert_eq!(story["evidence"][0]["sha256"], digest.as_str());
        assert_eq!(&sha256(&modibo.file(digest)), digest);
    }
}

fn collect(device: &Device, awa: &TestDevice, made: &mut BTreeMap<StoryId, String>) {
    let path = awa.path("temoin.wav");
    // Another length each time, so that no two recordings are the same file.
    let number = u32::try_from(made.len()).unwrap();
    sound(&path, number, 20 + number);
    // The second fixture has no file of its own, so the one given becomes its only one.
    let mut story = stories()[0].clone();
    story["changes"].as_array_mut().unwrap().truncate(1);
    let draft =
        device.take_in(StoryFile::read(&story.to_string()).unwrap(), std::slice::from_ref(&path)).unwrap();
    device.finalise(draft.id).unwrap();
    made.insert(draft.id, sha256(&std::fs::read(&path).unwrap()));
}

fn nothing_is_lost(device: &Device, server: &TestServer, made: &BTreeMap<StoryId, String>) {
    let health = device.doctor().unwrap();
    assert!(health.sound && health.records_refused == 0, "{health:?}");
    let at_headquarters: BTreeMap<StoryId, _> =
        server.stories().into_iter().map(|s| (s["id"].as_str().unwrap().parse().unwrap(), s)).collect();
    let here = device.stories().unwrap();
    assert_eq!(here.len(), made.len());
    for story in here {
        let there = at_headquarters.get(&story.id);
        if story.receipt.texts_waiting == 0 {
            assert!(there.is_some(), "what the device calls received is at headquarters");
        }
        if story.receipt.files_confirmed == 1 {
            assert_eq!(there.unwrap()["evidence"][0]["complete"], true);
        }
    }
}

/// Those who wait share a commit: nobody's acknowledgement may come before it.
#[test]
fn what_headquarters_acknowledged_to_many_at_once_is_there_after_it_is_killed() {
    let mut server = TestServer::serving();
    let headquarters = server.headquarters();
    let told = stories()[0].clone();
    let story = {
        let awa = open(&enrolled(&server));
        let id = awa.take_in(StoryFile::read(&told.to_string()).unwrap(), &[]).unwrap().id;
        let mut story = awa.story(id).unwrap().story;
        story.changes.iter_mut().for_each(|change| change.evidence.clear());
        story
    };
    let devices: Vec<_> = (0..16).map(|_| device(&server, &headquarters, "Awa")).collect();
    for _ in 0..3 {
        let (url, acknowledged) = (server.url(), AtomicUsize::new(0));
        let kept = std::thread::scope(|scope| {
            let sending: Vec<_> = devices
                .iter()
                .map(|(row, token)| {
                    let (url, story, acknowledged) = (&url, &story, &acknowledged);
                    scope.spawn(move || {
                        let client = http().build().unwrap();
                        let mut kept = Vec::new();
                        // Until nobody answers any more.
                        loop {
                            let records: Vec<_> = (0..3).map(|_| signed_off(story.clone(), row)).collect();
                            let bodies = records.iter().map(|record| to_raw_value(record).unwrap()).collect();
                            let ask = client.post(format!("{url}/v1/sync")).bearer_auth(token);
                            let answer =
                                ask.json(&bringing(bodies)).send().and_then(Response::json::<SyncAnswer>);
                            let Ok(answer) = answer else { return kept };
                            assert!(answer.acknowledged.iter().all(|one| one.refused.is_none()));
                            kept.extend(records.iter().map(|record| record.id));
                            acknowledged.fetch_add(records.len(), Ordering::SeqCst);
                        }
                    })
                })
                .collect();
            let patience = Instant::now() + Duration::from_secs(60);
            while acknowledged.load(Ordering::SeqCst) < 150 {
                assert!(Instant::now() < patience, "the devices do not get on");
                std::thread::sleep(Duration::from_millis(1));
            }
            server.kill();
            sending.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        server.start();
        let here = headquarters.store.read(|tx| tx.records_here(&kept)).unwrap();
        assert_eq!(here.len(), kept.len());
    }
}
