//! Without any network: the outbox goes as one sealed file, on a stick or on somebody else's device, and the receipt comes
//! back the same way. Doing it twice, or by network meanwhile, is harmless.

use blon_core::wire;
use blon_tests::bad_line::{BadLine, Nature};
use blon_tests::collecting::{
    collector, collector_over_a_bad_line, correct, open, sync, tell, tell_with_file,
};
use blon_tests::device::TestDevice;
use blon_tests::line::Line;
use blon_tests::media::sha256;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Awa's device, far from any network, with three stories of which two have files; and headquarters.
fn awa_without_a_network() -> (TestServer, Line, TestDevice) {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let line = Line::to(server.address());
    let awa = collector(&server, "Awa", &line.url());
    line.cut();
    let device = open(&awa);
    tell(&device, "Le puits");
    tell_with_file(&device, "Le registre", 400_000);
    tell_with_file(&device, "La piste", 30_000);
    (server, line, awa)
}

fn export(awa: &TestDevice, name: &str) -> PathBuf {
    let path = awa.path(name);
    awa.run(&["export", path.to_str().unwrap()]);
    path
}

fn open_at_headquarters(server: &TestServer, parcel: &Path) -> (Value, PathBuf) {
    let receipt = parcel.with_extension(format!("{}.receipt", Uuid::now_v7()));
    let told = server.run(&["parcel", parcel.to_str().unwrap(), "--receipt", receipt.to_str().unwrap()]);
    (told, receipt)
}

/// Texts and files that Awa's device still has to send.
fn left(awa: &TestDevice) -> (u32, u32) {
    let left = open(awa).waiting().unwrap();
    (left.records_left, left.files_left)
}

fn everything_is_there(server: &TestServer) {
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let stories = server.stories();
    assert_eq!(stories.len(), 3);
    for file in stories.iter().flat_map(|s| s["evidence"].as_array().unwrap()) {
        assert_eq!(file["complete"], true);
        assert_eq!(sha256(&modibo.file(file["sha256"].as_str().unwrap())), file["sha256"].as_str().unwrap());
    }
}

#[test]
fn an_outbox_goes_as_a_file_and_its_receipt_comes_back() {
    let (server, line, awa) = awa_without_a_network();
    let parcel = export(&awa, "awa.blon");
    assert_eq!(left(&awa), (3, 2), "a parcel may be lost: nothing counts as sent");
    let (told, receipt) = open_at_headquarters(&server, &parcel);
    assert_eq!(told, json!({ "records": 3, "refused": 0, "files": 2 }));
    everything_is_there(&server);

    // Meanwhile somebody returned a story: the receipt brings that, too.
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let id = server.stories()[0]["id"].as_str().unwrap().to_owned();
    modibo.give_back(&id, "narrative.now", "Qui peut le confirmer ?");
    let (again, receipt_again) = open_at_headquarters(&server, &parcel);
    assert_eq!(again, told, "opening it again is harmless");

    let taken = awa.run(&["receipt", receipt.to_str().unwrap()]);
    assert_eq!((&taken["records"], &taken["files"]), (&json!(3), &json!(2)));
    assert_eq!(left(&awa), (0, 0));
    awa.run(&["receipt", receipt_again.to_str().unwrap()]);
    awa.run(&["receipt", receipt.to_str().unwrap()]);
    let story = awa.run(&["show", &id]);
    assert_eq!(story["open_comments"][0]["text"], "Qui peut le confirmer ?");
    assert_eq!(story["receipt"]["texts_waiting"], 0);

    line.mend();
    let report = sync(&open(&awa));
    assert_eq!((report.sent, report.file_bytes, report.received), (0, 0, 0), "nothing goes or comes twice");
    everything_is_there(&server);
}

#[test]
fn what_went_by_network_meanwhile_does_not_matter() {
    let (server, line, awa) = awa_without_a_network();
    let parcel = export(&awa, "awa.blon");
    line.mend();
    sync(&open(&awa));
    let device = open(&awa);
    let id = device.stories().unwrap()[0].id;
    correct(&device, id, "une révision de plus");
    let late = tell_with_file(&device, "Le moulin", 9_000);
    blon_tests::uploading::sync_texts(&device).unwrap_err();
    drop(device);
    let (told, receipt) = open_at_headquarters(&server, &parcel);
    assert_eq!(told["records"], 3, "acknowledged again");
    awa.run(&["receipt", receipt.to_str().unwrap()]);
    // The receipt is older than the story whose file still waits, and says nothing of it.
    let device = open(&awa);
    assert_eq!(device.waiting().unwrap().files_left, 1);
    assert!(!device.story(late).unwrap().files[0].confirmed);
    assert_eq!(sync(&device).files_sent, 1);
}

#[test]
fn somebody_who_travels_carries_it() {
    let (server, _line, awa) = awa_without_a_network();
    let parcel = export(&awa, "awa.blon");
    let road = Line::to(server.address());
    let bakary = collector_over_a_bad_line(&server, "Bakary", &road.url());
    let listed = bakary.run(&["carry", parcel.to_str().unwrap()]);
    let digest = listed["parcels"][0]["sha256"].as_str().unwrap().to_owned();
    assert_eq!(sha256(&fs::read(&parcel).unwrap()), digest);
    assert_eq!(bakary.run(&["carry", parcel.to_str().unwrap()]), listed, "once is enough");
    assert_eq!(bakary.run(&["carried"]), listed);
    let back = bakary.path("back.receipt");
    let hand_back = || bakary.attempt(&["hand-back", &digest, back.to_str().unwrap()]);
    assert_eq!(hand_back().expect_err("not there yet").code(), "file_not_found");

    // The road is bad as well: it goes on where it was cut.
    road.cut_after(200_000);
    bakary.attempt(&["sync"]).expect_err("cut");
    road.mend();
    bakary.run(&["sync"]);
    assert!(road.bytes_up() < 440_000 + 40_000, "{}", road.bytes_up());
    everything_is_there(&server);
    let carried = bakary.run(&["carried"])["parcels"][0].clone();
    assert_eq!((&carried["there"], &carried["problem"]), (&json!(true), &Value::Null));
    hand_back().unwrap();
    awa.run(&["receipt", back.to_str().unwrap()]);
    assert_eq!(left(&awa), (0, 0));
    // Bakary's own stories and Awa's never mix, and Bakary could not read what he carried.
    assert_eq!(bakary.stories(), Vec::<Value>::new());
    assert_eq!(bakary.run(&["sync"])["file_bytes"], 0);
}

#[test]
fn a_parcel_that_is_broken_foreign_or_forged_changes_nothing() {
    let (server, _line, awa) = awa_without_a_network();
    let parcel = export(&awa, "awa.blon");
    let bytes = fs::read(&parcel).unwrap();
    let refused = |server: &TestServer, bytes: &[u8]| {
        let path = awa.path("broken.blon");
        fs::write(&path, bytes).unwrap();
        let receipt = awa.path("broken.receipt");
        let told =
            server.attempt(&["parcel", path.to_str().unwrap(), "--receipt", receipt.to_str().unwrap()]);
        assert!(!receipt.exists());
        told.expect_err("it cannot be opened").code().to_owned()
    };
    let mut flipped = bytes.clone();
    flipped[300] ^= 1;
    for broken in [&b""[..], b"nothing at all", &bytes[..100], &flipped] {
        assert_eq!(refused(&server, broken), "parcel_unreadable");
    }
    let another = TestServer::new();
    assert_eq!(refused(&another, &bytes), "parcel_unreadable", "sealed to another headquarters");
    assert_eq!(server.stories().len(), 0);
    // Cut in a file, after the texts: what was taken in stays, and the whole parcel is welcome again.
    assert_eq!(refused(&server, &bytes[..bytes.len() - 50_000]), "parcel_unreadable");
    let (told, receipt) = open_at_headquarters(&server, &parcel);
    assert_eq!(told["files"], 2);

    // A receipt is believed only from who could open the parcel.
    let told = |bytes: &[u8]| {
        let path = awa.path("forged.receipt");
        fs::write(&path, bytes).unwrap();
        awa.attempt(&["receipt", path.to_str().unwrap()]).expect_err("not believed").code().to_owned()
    };
    let honest = fs::read(&receipt).unwrap();
    for forged in [&b"{}"[..], &bytes, &honest[..honest.len() - 1]] {
        assert_eq!(told(forged), "parcel_unreadable");
    }
    assert_eq!(left(&awa), (3, 2));
    let bakary = collector(&server, "Bakary", &server.url());
    let foreign = bakary.attempt(&["receipt", receipt.to_str().unwrap()]).expect_err("another's receipt");
    assert_eq!(foreign.code(), "parcel_unreadable");

    // What is no parcel is not carried, and one that headquarters cannot open is set aside with its reason.
    fs::write(awa.path("note.txt"), "bonjour").unwrap();
    let refused = bakary.attempt(&["carry", awa.path("note.txt").to_str().unwrap()]);
    assert_eq!(refused.expect_err("not sealed").code(), "parcel_unreadable");
    fs::write(awa.path("broken.blon"), &flipped).unwrap();
    bakary.run(&["carry", awa.path("broken.blon").to_str().unwrap()]);
    bakary.run(&["sync"]);
    let carried = bakary.run(&["carried"])["parcels"][0].clone();
    assert_eq!(carried["problem"]["code"], "parcel_unreadable");
}

/// A parcel that somebody seals who has never enrolled.
fn sealed_by_a_stranger(server: &TestServer, head: &str) -> Vec<u8> {
    let packed = wire::pack(head.as_bytes(), 0).unwrap();
    let mut content = u32::try_from(packed.len()).unwrap().to_be_bytes().to_vec();
    content.extend(0_u32.to_be_bytes());
    content.extend(packed);
    let key = server.headquarters().store.read(|tx| tx.setting("parcel_key")).unwrap().unwrap();
    let key: age::x25519::Identity = key.parse().unwrap();
    age::encrypt(&key.to_public(), &content).unwrap()
}

#[test]
fn a_small_parcel_takes_neither_memory_nor_time() {
    let (server, _line, awa) = awa_without_a_network();
    let bakary = collector(&server, "Bakary", &server.url());
    let before = server.peak_memory().unwrap();
    let head = |records: &str, files: &str| {
        let device = Uuid::now_v7();
        format!(
            r#"{{"protocol":3,"device":"{device}","token":"nobody","answer_to":"","since":0,"records":{records},"files":{files}}}"#
        )
    };
    let many = |what: &str, times: usize| format!("[{}]", vec![what; times].join(","));
    let nested = format!("[{}]", many(r#"{"":0}"#, 3_000_000));
    let file = format!(r#"{{"sha256":"{}","bytes":0}}"#, "ab".repeat(32));
    let bombs = [head(&nested, "[]"), head(&many("0", 10_000_000), "[]"), head("[]", &many(&file, 200_000))];
    for (number, bomb) in bombs.iter().enumerate() {
        let path = awa.path(&format!("bomb-{number}.blon"));
        fs::write(&path, sealed_by_a_stranger(&server, bomb)).unwrap();
        bakary.run(&["carry", path.to_str().unwrap()]);
    }
    // A seal without end: each of its lines would be read anew with all before it.
    let endless = [&b"age-encryption.org/v1\n"[..], &b"-> X25519 x\n".repeat(200_000)].concat();
    fs::write(awa.path("endless.blon"), endless).unwrap();
    bakary.run(&["carry", awa.path("endless.blon").to_str().unwrap()]);
    bakary.run(&["sync"]);
    let carried = bakary.run(&["carried"])["parcels"].as_array().unwrap().clone();
    assert_eq!(carried.len(), 4);
    assert!(carried.iter().all(|c| c["problem"]["code"] == "parcel_unreadable"), "{carried:?}");
    let grown = server.peak_since(before);
    assert!(grown < 250 * 1024, "it took {grown} KiB");
    assert!(awa.attempt(&["receipt", awa.path("endless.blon").to_str().unwrap()]).is_err());
}

#[test]
fn headquarters_that_was_brought_back_is_noticed_by_a_receipt_too() {
    let (mut server, _line, awa) = awa_without_a_network();
    let kept = tempfile::tempdir().unwrap();
    let kept = kept.path().to_str().unwrap();
    server.run(&["backup", kept]);
    let (_, receipt) = open_at_headquarters(&server, &export(&awa, "first.blon"));
    awa.run(&["receipt", receipt.to_str().unwrap()]);
    assert_eq!(left(&awa), (0, 0));
    server.kill();
    server.forget_database();
    fs::remove_dir_all(server.data()).unwrap();
    server.run(&["restore", kept]);
    server.start();
    tell(&open(&awa), "Une autre");
    let (_, receipt) = open_at_headquarters(&server, &export(&awa, "second.blon"));
    awa.run(&["receipt", receipt.to_str().unwrap()]);
    assert_eq!(left(&awa), (4, 2), "all that is her own waits again");
    let (_, receipt) = open_at_headquarters(&server, &export(&awa, "third.blon"));
    awa.run(&["receipt", receipt.to_str().unwrap()]);
    assert_eq!((left(&awa), server.stories().len()), ((0, 0), 4));
}

#[test]
fn a_parcel_holds_nothing_in_plain() {
    let (_server, _line, awa) = awa_without_a_network();
    let bytes = fs::read(export(&awa, "awa.blon")).unwrap();
    // A word of three letters would be found among so many bytes of chance now and then.
    for word in ["Le puits", "finalise", "kangaba-2022", "\"author\""] {
        assert!(!bytes.windows(word.len()).any(|w| w == word.as_bytes()), "{word}");
    }
    assert!(awa.attempt(&["export", "/nowhere/at/all.blon"]).is_err());
    let left: Vec<_> = fs::read_dir(awa.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("unfinished")), "{left:?}");
}

#[test]
fn many_parcels_are_carried_over_the_worst_line_there_is() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    tell_with_file(&open(&awa), "Le registre", 50_000);
    let road = BadLine::to(server.address(), Nature::EDGE_OF_A_VILLAGE.times(20));
    let bakary = collector_over_a_bad_line(&server, "Bakary", &road.url());
    for number in 0..6 {
        let parcel = export(&awa, &format!("awa-{number}.blon"));
        bakary.run(&["carry", parcel.to_str().unwrap()]);
    }
    let device = open(&bakary);
    while device.waiting().unwrap().files_left > 0 {
        // What breaks off goes on.
        let _ = device.sync(|_| {});
    }
    assert!(road.cuts() >= 2, "that was no bad line");
    let carried = device.carried().unwrap();
    assert!(carried.len() == 6 && carried.iter().all(|c| c.there && c.problem.is_none()), "{carried:?}");
    assert_eq!(server.stories()[0]["evidence"][0]["complete"], true);
}
