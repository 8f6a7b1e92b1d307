//! What a phone goes through: a database that was damaged, a key that is gone, a disk that is full. Nothing is
//! deleted, nothing is mistaken for something else, and the collector is told what she can do.

use blon_device::clock::Clock;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{collector, correct, open, story_called, tell, tell_with_file};
use blon_tests::device::{PASSPHRASE, TestDevice, one_document};
use blon_tests::room::{in_a_room_of_its_own, small_disk};
use blon_tests::server::TestServer;
use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Awa's device with a story at headquarters, closed.
fn awa_with_a_story(server: &TestServer) -> TestDevice {
    let awa = collector(server, "Awa", &server.url());
    tell_with_file(&open(&awa), "Le puits aux deux cadenas", 600_000);
    awa.run(&["sync"]);
    awa
}

/// What befalls a database.
type Damage = fn(&mut Vec<u8>);

const DAMAGES: [(&str, Damage); 6] = [
    ("garbage all over", |bytes| bytes.iter_mut().for_each(|b| *b = b.wrapping_mul(31) ^ 0x5a)),
    ("zeros all over", |bytes| bytes.fill(0)),
    ("words of something else", |bytes| *bytes = b"this was never a database".repeat(99)),
    ("cut in the middle of a page", |bytes| bytes.truncate(bytes.len() / 2 + 7)),
    ("one bit in the header", |bytes| bytes[3] ^= 1),
    ("one bit in the first page", |bytes| bytes[2_000] ^= 1),
];

#[test]
fn a_damaged_database_is_moved_aside_whole_and_the_collector_begins_afresh() {
    let server = TestServer::serving();
    let awa = awa_with_a_story(&server);
    let sound = fs::read(awa.data().join("blon.db")).unwrap();
    for (what, damage) in DAMAGES {
        let mut bytes = sound.clone();
        damage(&mut bytes);
        fs::write(awa.data().join("blon.db"), &bytes).unwrap();
        let refused = awa.attempt(&["list"]).expect_err(what);
        assert_eq!(refused.code(), "store_damaged", "{what}");
        let message = refused.0["message"].as_str().unwrap();
        let moved_to = PathBuf::from(message.split("moved to ").nth(1).unwrap());
        assert_eq!(moved_to.parent().unwrap(), awa.data(), "it says where: {message}");
        assert!(fs::read(&moved_to).unwrap() == bytes, "{what}: the very bytes are kept");
        assert!(!awa.data().join("blon.db").exists());
    }
    let kept = fs::read_dir(awa.data())
        .unwrap()
        .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with("blon.db.damaged-"));
    assert_eq!(kept.count(), DAMAGES.len(), "none took the name of another");

    assert!(awa.stories().is_empty(), "a fresh start");
    awa.enrol(&server.url(), &server.code("Awa"));
    assert_eq!(awa.run(&["sync"])["received"], 1, "what headquarters has comes back");
    assert_eq!(awa.stories()[0]["title"], "Le puits aux deux cadenas");
    assert_eq!(server.stories().len(), 1);
}

#[test]
fn a_bit_that_fell_over_in_a_recording_is_found_by_the_doctor_and_the_stories_stay_readable() {
    let server = TestServer::serving();
    let awa = awa_with_a_story(&server);
    let path = awa.data().join("blon.db");
    let mut file = fs::File::options().read(true).write(true).open(&path).unwrap();
    // The middle belongs to the recording, which is most of the database.
    let (mut byte, middle) = ([0], file.metadata().unwrap().len() / 2);
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Current(-1)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
    drop(file);

    assert_eq!(awa.stories().len(), 1, "one bad byte of sound takes no story away");
    let output = awa.command(&["doctor"]).output().unwrap();
    assert!(!output.status.success());
    let health: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(health["sound"], false);
    assert!(!health["findings"].as_array().unwrap().is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("store_damaged"));
}

#[test]
fn a_long_store_is_not_read_whole_at_every_start_but_the_newest_stories_are_and_the_doctor_reads_all() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    for number in 0..800 {
        tell(&device, &format!("Récit {number}"));
    }
    drop(device);
    let path = awa.data().join("blon.db");
    let sound = fs::read(&path).unwrap();
    // One bit in every page from here on.
    let damaged = |from: usize, pages: usize| {
        let mut bytes = sound.clone();
        bytes[from / 4096 * 4096..].chunks_mut(4096).take(pages).for_each(|page| page[2_000] ^= 1);
        fs::write(&path, &bytes).unwrap();
    };
    damaged(sound.len() - 20 * 4096, 20);
    let refused = awa.attempt(&["list"]).unwrap_err();
    assert_eq!(refused.code(), "store_damaged");
    assert!(refused.message().contains("moved to"), "met at the start: {}", refused.message());
    // In the middle it is met at a start by chance, and by the doctor always.
    damaged(sound.len() / 2, 1);
    let output = awa.command(&["doctor"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("store_damaged"));
    fs::write(&path, &sound).unwrap();
    assert_eq!(awa.stories().len(), 800);
}

#[test]
fn a_wrong_passphrase_is_not_damage_and_a_missing_key_is_neither() {
    let server = TestServer::serving();
    let awa = awa_with_a_story(&server);
    let read = |name: &str| fs::read(awa.data().join(name)).unwrap();
    let (database, key) = (read("blon.db"), read("blon.key"));
    let code = |arguments: &[&str], passphrase: &str| {
        let output = awa.command(arguments).env("BLON_PASSPHRASE", passphrase).output().unwrap();
        one_document(&output).expect_err("it stays locked").code().to_owned()
    };
    for wrong in ["kangaba-2023", "", "KANGABA-2022", &"x".repeat(10_000)] {
        assert_eq!(code(&["list"], wrong), "wrong_passphrase");
    }
    fs::remove_file(awa.data().join("blon.key")).unwrap();
    assert_eq!(code(&["list"], PASSPHRASE), "key_missing");
    for broken in [&b""[..], b"{}", b"not a key", &key[..key.len() / 2]] {
        fs::write(awa.data().join("blon.key"), broken).unwrap();
        assert_eq!(code(&["list"], PASSPHRASE), "key_missing");
        assert_eq!(read("blon.key"), broken, "left as it was found");
    }
    assert!(read("blon.db") == database, "the database was not touched");
    let mut there: Vec<_> = fs::read_dir(awa.data()).unwrap().map(|e| e.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(
        there,
        ["blon.attempts", "blon.db", "blon.key", "blon.lock", "blon.sync.lock"],
        "nothing was moved or made"
    );
    fs::write(awa.data().join("blon.key"), &key).unwrap();
    assert_eq!(awa.stories().len(), 1, "with its key back, all is there");
}

#[test]
fn a_database_of_a_newer_headquarters_is_refused_and_left_alone() {
    let server = TestServer::new();
    let path = server.data().join("headquarters.db");
    let mut bytes = fs::read(&path).unwrap();
    // The version of the schema is a big-endian number at offset 60 of an SQLite file (its file format, 1.3.13).
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let refused = server.attempt(&["stories", "--campaign", "kangaba-2022"]).expect_err("it is newer");
    assert_eq!(refused.code(), "store_newer");
    assert!(fs::read(&path).unwrap() == bytes, "not touched");
}

#[test]
fn on_a_full_disk_a_save_says_so_and_what_was_saved_before_is_there() {
    in_a_room_of_its_own("damage::on_a_disk_of_four_mebibytes");
}

/// Takes every byte that is left.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("holiday-pictures");
    let mut file = fs::File::options().create(true).append(true).open(&path).unwrap();
    while file.write(&[7; 4096]).is_ok_and(|n| n > 0) {}
    path
}

#[test]
#[ignore = "plays on a small disk of its own, which the test above mounts for it"]
fn on_a_disk_of_four_mebibytes() {
    let server = TestServer::serving();
    let awa = TestDevice::of("Awa");
    fs::create_dir(awa.data()).unwrap();
    small_disk(&awa.data(), "size=4m");
    server.add("Awa", "collector");
    awa.enrol(&server.url(), &server.code("Awa"));
    let device = open(&awa);
    let told = tell(&device, "Avant que le disque soit plein");
    let draft = device.take_in(story_called("Un brouillon"), &[]).unwrap();
    device.interview(draft.id, "fr").unwrap();
    let draft = device.draft(draft.id).unwrap();

    let pictures = fill(&awa.data());
    the_app_says_that_the_disk_is_full(&device, draft.id);
    assert_eq!(device.story(told).unwrap().line.title, "Avant que le disque soit plein");
    drop(device);
    // The closed store gave some bytes back; now there are none at all.
    fill(&awa.data());
    the_tool_says_so_too(&awa);

    fs::remove_file(pictures).unwrap();
    assert_eq!(awa.run(&["doctor"])["sound"], true);
    let device = open(&awa);
    assert_eq!(device.draft(draft.id).unwrap().story, draft.story, "the draft as it was last saved");
    device.finalise(draft.id).unwrap();
    correct(&device, told, "et après");
    drop(device);
    assert_eq!(awa.run(&["sync"])["sent"], 3);
    assert_eq!(server.stories().len(), 2);
}

/// The window stays open while the disk fills up.
fn the_app_says_that_the_disk_is_full(device: &Device, id: StoryId) {
    let before = device.draft(id).unwrap().story;
    let now = "des mots, ".repeat(100_000);
    for _ in 0..3 {
        let refused = device.answer(id, "story_now", &now, "fr").unwrap_err();
        assert_eq!(refused.code().as_str(), "disk_full", "{refused}");
        assert_eq!(device.draft(id).unwrap().story, before, "what was saved before still stands");
    }
    let refused =
        device.attach_begin(id, "audio/wav").and_then(|key| device.attach_chunk(key, &[1; 999_999]));
    assert_eq!(refused.unwrap_err().code().as_str(), "disk_full");
    assert_eq!(device.stories().unwrap().len(), 2, "the list is there all the same");
}

fn the_tool_says_so_too(awa: &TestDevice) {
    let story = awa.path("story.json");
    fs::write(&story, blon_tests::fixtures::stories()[1].to_string()).unwrap();
    let sound = awa.path("long.wav");
    blon_tests::media::noise(&sound, "long", 3_000_000);
    let new = ["new", story.to_str().unwrap(), "--evidence", sound.to_str().unwrap()];
    for (arguments, writes) in [(&new[..], true), (&["list"], false), (&["doctor"], false)] {
        // Opening takes some bytes of disk too, where the store was closed in order.
        match awa.attempt(arguments) {
            Ok(answer) => assert!(!writes, "{arguments:?}: {answer}"),
            Err(refused) => assert_eq!(refused.code(), "disk_full", "{arguments:?}"),
        }
    }
}

#[test]
fn a_new_store_is_not_made_where_one_stands() {
    let server = TestServer::serving();
    let awa = awa_with_a_story(&server);
    let refused = Device::create(&awa.data(), "another-passphrase", Clock::system()).err().unwrap();
    assert_eq!(refused.code().as_str(), "bad_input");
    assert_eq!(awa.stories().len(), 1, "her passphrase still opens it");
}
