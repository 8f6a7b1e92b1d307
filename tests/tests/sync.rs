//! A sync over a line that breaks anywhere, and headquarters that falls in the middle of it: what was cut goes
//! on, nothing is sent for nothing, nothing arrives twice.

use blon_device::error::Error;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{another_device, collector, open, sync, tell, tell_with_file};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::stories;
use blon_tests::line::Line;
use blon_tests::media::sha256;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use std::collections::BTreeSet;

/// The file that is under way when the line breaks.
const FILE: usize = 300_000;

/// Headquarters behind a line, and Awa's device at its other end.
fn awa_behind_a_line() -> (TestServer, Line, TestDevice) {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let line = Line::to(server.address());
    let awa = collector(&server, "Awa", &line.url());
    (server, line, awa)
}

fn broken(ended: Result<blon_device::view::SyncReport, Error>) -> bool {
    match ended {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.code().as_str(), "unreachable", "{error}");
            true
        }
    }
}

/// Headquarters has exactly these stories, each once, each with its file, and the file's bytes are right.
fn headquarters_has(server: &TestServer, made: &BTreeSet<StoryId>, device: &Device) {
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let there = server.stories();
    assert_eq!(there.len(), made.len(), "each story once");
    for row in there {
        let id: StoryId = row["id"].as_str().unwrap().parse().unwrap();
        assert!(made.contains(&id));
        assert_eq!((&row["revisions"], &row["status"]), (&1.into(), &"received".into()), "{row}");
        let here = device.story(id).unwrap();
        assert_eq!(here.line.receipt.files_confirmed, here.line.receipt.files);
        let file = row["evidence"][0]["sha256"].as_str().unwrap();
        assert_eq!(sha256(&modibo.file(file)), file, "the bytes that were made");
        assert_eq!(sha256(&device.file(&file.parse().unwrap()).unwrap()), file, "and kept");
    }
}

#[test]
fn a_line_cut_anywhere_on_the_way_up_costs_nothing_once_it_is_mended() {
    let (server, line, awa) = awa_behind_a_line();
    let awa = open(&awa);
    let mut made = BTreeSet::new();
    // In the request line, the headers, the record, and here and there in the file.
    for bytes in [0, 1, 90, 250, 1_000, 3_000, 5_000, 9_000, 30_000, 100_000, 290_000] {
        made.insert(tell_with_file(&awa, &format!("coupé après {bytes} octets"), FILE));
        line.cut_after(bytes);
        assert!(broken(awa.sync(|_| {})), "{bytes} bytes are not the whole sync");
        assert_eq!(awa.waiting().unwrap().files_left, 1, "the file still waits");
        line.mend();
        assert_eq!(sync(&awa).files_sent, 1);
    }
    headquarters_has(&server, &made, &awa);
}

#[test]
fn a_line_cut_anywhere_on_the_way_down_costs_nothing_once_it_is_mended() {
    let (server, line, awa) = awa_behind_a_line();
    let awa = open(&awa);
    let mut made = BTreeSet::new();
    // The answer to the records takes some 500 bytes, the answer to the file some 300 more.
    for bytes in (0..1_000).step_by(60) {
        made.insert(tell_with_file(&awa, &format!("sourd après {bytes} octets"), 2_000));
        line.cut_answers_after(bytes);
        let cut = broken(awa.sync(|_| {}));
        assert!(cut || bytes > 300, "{bytes} bytes are not even one answer");
        line.mend();
        sync(&awa);
        assert_eq!(awa.waiting().unwrap(), Default::default());
    }
    headquarters_has(&server, &made, &awa);
}

#[test]
fn an_answer_that_is_cut_short_is_kept_whole_or_not_at_all() {
    let (server, line, phone) = awa_behind_a_line();
    let (phone, laptop) = (open(&phone), open(&another_device(&server, "Awa", &line.url())));
    for bytes in [0, 20, 150, 300, 450, 600] {
        for number in 0..4 {
            tell(&phone, &format!("histoire {number} avant la coupure à {bytes}"));
        }
        sync(&phone);
        let before = laptop.stories().unwrap();
        line.cut_answers_after(bytes);
        assert!(broken(laptop.sync(|_| {})), "four stories are more than {bytes} bytes");
        assert_eq!(laptop.stories().unwrap(), before, "no half of an answer is kept");
        line.mend();
        assert_eq!(sync(&laptop).received, 4);
        let ids = |device: &Device| device.stories().unwrap().into_iter().map(|s| s.id).collect::<Vec<_>>();
        assert_eq!(ids(&laptop), ids(&phone));
    }
}

#[test]
fn what_headquarters_took_in_without_being_heard_is_sent_again_without_harm() {
    let (server, line, awa) = awa_behind_a_line();
    let awa = open(&awa);
    let id = tell_with_file(&awa, "La réponse perdue", FILE);
    line.lose_answers();
    for _ in 0..3 {
        assert!(broken(awa.sync(|_| {})));
    }
    assert_eq!(server.stories().len(), 1, "headquarters has it");
    assert_eq!(awa.story(id).unwrap().line.receipt.texts_waiting, 1, "the device does not know that yet");
    line.mend();
    let report = sync(&awa);
    assert_eq!((report.sent, report.received, report.files_sent), (1, 0, 1));
    headquarters_has(&server, &BTreeSet::from([id]), &awa);
}

#[test]
fn a_repeat_of_a_sync_sends_nothing() {
    let (_server, line, awa) = awa_behind_a_line();
    let awa = open(&awa);
    tell_with_file(&awa, "Une fois suffit", FILE);
    sync(&awa);
    let before = line.bytes_up();
    let report = sync(&awa);
    assert_eq!((report.sent, report.received, report.files_sent, report.requests), (0, 0, 0, 1));
    assert!(line.bytes_up() - before < 1_000, "one question and no more");
}

#[test]
fn headquarters_killed_in_the_middle_of_a_sync_has_all_of_it_after_the_next() {
    let (mut server, line, awa) = awa_behind_a_line();
    let awa = open(&awa);
    let (mut made, mut in_the_middle) = (BTreeSet::new(), 0);
    for bytes in [500, 4_000, 100_000, 1_000_000, 3_000_000] {
        made.insert(tell_with_file(&awa, &format!("tombé après {bytes} octets"), 4_000_000));
        let enough = line.bytes_up() + bytes;
        let syncing = std::thread::spawn({
            let awa = awa.clone();
            move || awa.sync(|_| {})
        });
        while line.bytes_up() < enough && !syncing.is_finished() {
            std::thread::yield_now();
        }
        server.kill();
        in_the_middle += u32::from(broken(syncing.join().unwrap()));
        server.start();
        sync(&awa);
    }
    assert!(in_the_middle > 0, "no kill came before the sync was over");
    headquarters_has(&server, &made, &awa);
}

/// A shared laptop's store, copied before anybody enrolled with it: Awa and Bakary both sign off its draft.
#[test]
fn a_record_that_headquarters_refuses_is_set_aside_with_its_reason_and_the_rest_goes_on() {
    let server = TestServer::serving();
    let (awa, bakary) = (TestDevice::of("Awa"), TestDevice::of("Bakary"));
    let shared = awa.new_story(&stories()[1], &[]);
    std::fs::create_dir(bakary.data()).unwrap();
    for file in ["blon.key", "blon.attempts", "blon.db"] {
        std::fs::copy(awa.data().join(file), bakary.data().join(file)).unwrap();
    }
    for device in [&awa, &bakary] {
        server.add(&device.name, "collector");
        device.enrol(&server.url(), &server.code(&device.name));
        device.run(&["finalise", &shared]);
    }
    let own = bakary.new_story(&stories()[5], &[]);
    bakary.run(&["finalise", &own]);
    awa.run(&["sync"]);

    let report = bakary.run(&["sync"]);
    assert_eq!((&report["sent"], &report["refused"]), (&1.into(), &1.into()), "the other one went on");
    let reason = |story: &serde_json::Value| story["receipt"]["refused"]["code"].as_str().map(str::to_owned);
    let listed = bakary.story_called(stories()[1]["title"].as_str().unwrap()).unwrap();
    let shown = bakary.run(&["show", &shared]);
    for told in [listed, shown] {
        assert_eq!(reason(&told).as_deref(), Some("record_not_yours"));
        assert_eq!(told["status"], "finalised", "refused is not received");
    }
    assert_eq!(reason(&bakary.run(&["show", &own])), None);
    assert_eq!(bakary.run(&["doctor"])["records_refused"], 1);
    let again = bakary.run(&["sync"]);
    assert_eq!((&again["sent"], &again["refused"]), (&0.into(), &0.into()), "it does not knock again");
    let there = server.stories();
    let collected: Vec<_> = there.iter().map(|s| s["collector"].as_str().unwrap()).collect();
    assert_eq!(collected.len(), 2);
    assert!(collected.contains(&"Awa") && collected.contains(&"Bakary"), "{collected:?}");
}
