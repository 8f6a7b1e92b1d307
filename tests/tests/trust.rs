//! What the collector is told of a sync: receipts part by part, from acknowledgements alone; space that can be had back
//! without losing anything; how every sync ended; how wrong the clock is.

use blon_core::fold::Verdict;
use blon_core::page::Decide;
use blon_device::StoryId;
use blon_device::clock::Clock;
use blon_device::view::Cause;
use blon_tests::collecting::{another_device, collector, correct, open, open_at, sync, tell, tell_with_file};
use blon_tests::line::Line;
use blon_tests::media::sha256;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::uploading::sync_texts;
use chrono::{Local, TimeDelta};
use std::path::Path;
use std::time::Duration;

#[test]
fn a_receipt_says_what_headquarters_has_part_by_part() {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let awa = open(&collector(&server, "Awa", &line.url()));
    let id = tell_with_file(&awa, "Le registre", 450_000);
    let receipt = || {
        let view = awa.story(id).unwrap();
        let file = view.files[0].clone();
        (view.line.receipt.texts_waiting, file.have, file.confirmed, file.here)
    };
    assert_eq!(receipt(), (1, 0, false, true));
    sync_texts(&awa).unwrap_err();
    assert_eq!(receipt(), (0, 0, false, true), "the text is there, the file waits");
    line.cut_after(300_000);
    awa.sync(|_| {}).unwrap_err();
    let (_, have, confirmed, _) = receipt();
    assert!(have > 0 && have < 300_000 && !confirmed, "{have}: what was acknowledged, not what was sent");
    line.mend();
    // What came of the piece that was cut is known once headquarters has seen the cut and is asked.
    let asked = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        sync_texts(&awa).unwrap_err();
        receipt().1 > have
    });
    assert!(asked);
    sync(&awa);
    assert_eq!(receipt(), (0, 450_000, true, true));
    let bytes = line.bytes_up();
    assert!(bytes < 450_000 + 60_000, "no byte of the file went twice: {bytes}");
}

#[test]
fn a_file_leaves_the_device_only_once_headquarters_has_confirmed_it() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    let id = tell_with_file(&awa, "Le registre", 60_000);
    let digest = awa.story(id).unwrap().files[0].file.sha256.clone();
    let freed = |expected: (u32, u64)| {
        let before = awa.freeable().unwrap();
        let freed = awa.free_files().unwrap();
        assert_eq!((before, (freed.files, freed.bytes)), (freed, expected));
    };
    freed((0, 0));
    sync_texts(&awa).unwrap_err();
    freed((0, 0));
    sync(&awa);
    awa.correct(id).unwrap();
    freed((0, 0));
    awa.erase_draft(id).unwrap();
    assert!(awa.file(&digest).is_ok(), "not while a draft is open, and only when asked");
    let store = || -> u64 {
        let files = std::fs::read_dir(device.data()).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    };
    let before = store();
    freed((1, 60_000));
    assert!(store() + 50_000 < before, "the system has the room again");
    assert_eq!(awa.file(&digest).unwrap_err().code().as_str(), "file_freed");
    let file = awa.story(id).unwrap().files[0].clone();
    assert!(file.confirmed && !file.here);
    let there = Supervisor::sign_in(&server.url(), "Modibo").file(digest.as_str());
    assert_eq!(sha256(&there), digest.as_str());

    // A correction names the file without its bytes, and nothing is asked for again.
    blon_tests::collecting::correct(&awa, id, "deux mots de plus");
    let report = sync(&awa);
    assert_eq!((report.sent, report.file_bytes), (1, 0));
    assert!(awa.story(id).unwrap().files[0].confirmed);
    freed((0, 0));
}

#[test]
fn a_file_that_headquarters_lost_after_it_was_freed_is_not_called_there() {
    let mut server = TestServer::serving();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let id = tell_with_file(&awa, "Le registre", 60_000);
    sync(&awa);
    awa.free_files().unwrap();
    server.kill();
    let database = rusqlite::Connection::open(server.data().join("headquarters.db")).unwrap();
    database.execute("DELETE FROM file", []).unwrap();
    drop(database);
    server.start();
    sync(&awa);
    assert!(awa.story(id).unwrap().files[0].confirmed, "it is on the disk, and was found there again");

    server.kill();
    let files = server.data().join("files");
    std::fs::rename(&files, server.data().join("lost")).unwrap();
    server.start();
    sync(&awa);
    let file = awa.story(id).unwrap().files[0].clone();
    assert!(!file.confirmed && !file.here, "neither here nor there, and the screen says so");
    // The disk was only away.
    server.kill();
    std::fs::remove_dir_all(&files).unwrap();
    std::fs::rename(server.data().join("lost"), &files).unwrap();
    server.start();
    sync(&awa);
    assert!(awa.story(id).unwrap().files[0].confirmed);
}

#[test]
fn every_sync_is_remembered_with_why_it_began_and_why_it_ended() {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let awa = collector(&server, "Awa", &line.url());
    let device = open(&awa);
    tell(&device, "Le puits");
    line.cut();
    device.sync_because(Cause::Start, false, |_| ()).unwrap_err();
    line.mend();
    device.sync_because(Cause::LineReturned, false, |_| ()).unwrap();
    tell_with_file(&device, "Le registre", 9_000);
    sync_texts(&device).unwrap_err();
    let told: Vec<_> = device
        .past_syncs(9)
        .unwrap()
        .into_iter()
        .map(|p| (p.cause, p.report.sent, p.problem.map(|p| p.code.as_str().to_owned())))
        .collect();
    let stopped = Some("sync_cancelled".to_owned());
    let unreached = Some("unreachable".to_owned());
    assert_eq!(
        told,
        [(Cause::Asked, 1, stopped), (Cause::LineReturned, 1, None), (Cause::Start, 0, unreached)]
    );
    let last = device.last_sync().unwrap().unwrap();
    assert!(last.report.bytes_up > 300 && last.report.bytes_down > 100 && last.began <= last.at);
    assert_eq!(awa.run(&["history"])["syncs"].as_array().unwrap().len(), 3, "and the tool tells it too");
}

#[test]
fn a_wrong_clock_is_measured_kept_and_told_and_orders_nothing() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = collector(&server, "Awa", &server.url());
    let by_minutes = |minutes: i64| {
        open_at(
            &awa.data(),
            Clock::telling(move || Local::now().fixed_offset() + TimeDelta::minutes(minutes)),
        )
    };
    let device = by_minutes(0);
    assert_eq!(device.clocks().unwrap().seconds_ahead, None, "nobody has said yet");
    let mut ids = Vec::new();
    for (minutes, wrong) in [(4, false), (-400, true), (181, true)] {
        let device = by_minutes(minutes);
        ids.push((tell(&device, &format!("à {minutes} minutes")), wrong, minutes));
        sync(&device);
        let clocks = device.clocks().unwrap();
        assert_eq!(clocks.wrong, wrong);
        assert!((clocks.seconds_ahead.unwrap() - minutes * 60).abs() <= 3, "{clocks:?}");
    }
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    for (id, wrong, minutes) in ids {
        let ahead = modibo.story(&id.to_string())["revisions"][0]["clock_ahead"].clone();
        assert_eq!(ahead.is_null(), !wrong);
        assert!(ahead.as_i64().is_none_or(|ahead| (ahead - minutes * 60).abs() <= 3), "{ahead}");
    }
    let order: Vec<_> = modibo.stories().iter().map(|s| s["title"].clone()).collect();
    assert_eq!(order.len(), 3);
}

/// A copy of headquarters' data, to be brought back.
struct Backup(tempfile::TempDir);

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

impl Backup {
    fn of(server: &mut TestServer) -> Self {
        let backup = Backup(tempfile::tempdir().unwrap());
        server.stop();
        copy(&server.data(), &backup.0.path().join("data"));
        server.start();
        backup
    }

    fn restore(&self, server: &mut TestServer) {
        server.kill();
        std::fs::remove_dir_all(server.data()).unwrap();
        copy(&self.0.path().join("data"), &server.data());
        server.start();
    }
}

#[test]
fn headquarters_that_was_brought_back_from_a_backup_gets_again_what_it_lost() {
    let mut server = TestServer::serving();
    let awa = open(&collector(&server, "Awa", &server.url()));
    tell(&awa, "d'avant la sauvegarde");
    sync(&awa);
    let backup = Backup::of(&mut server);
    let id = tell_with_file(&awa, "d'après la sauvegarde", 60_000);
    sync(&awa);
    assert!(awa.story(id).unwrap().files[0].confirmed);
    backup.restore(&mut server);
    // A decision takes a number that Awa's device believes it knows; and others go on, so that no number tells of a loss.
    server.add("Modibo", "supervisor");
    let early = server.stories()[0]["id"].as_str().unwrap().to_owned();
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    modibo.give_back(&early, "narrative.now", "Qui peut le confirmer ?");
    let bakary = open(&collector(&server, "Bakary", &server.url()));
    (0..3).for_each(|number| {
        tell(&bakary, &format!("de Bakary, {number}"));
    });
    sync(&bakary);

    let report = sync(&awa);
    assert_eq!((report.sent, report.files_sent, report.refused, report.received), (2, 1, 0, 1));
    let returned = awa.story(early.parse().unwrap()).unwrap();
    assert_eq!(returned.open_comments.len(), 1);
    let there = server.stories();
    let late = there.iter().find(|s| s["title"] == "d'après la sauvegarde").expect("it is there again");
    assert_eq!(late["evidence"][0]["complete"], true);
    assert!(awa.story(id).unwrap().files[0].confirmed);
    assert_eq!(sync(&awa).sent, 0, "once is enough");
}

#[test]
fn a_loss_is_noticed_by_what_is_there_and_not_by_how_much() {
    let mut server = TestServer::serving();
    let phone = open(&collector(&server, "Awa", &server.url()));
    let laptop = open(&another_device(&server, "Awa", &server.url()));
    let backup = Backup::of(&mut server);
    let lost = tell_with_file(&phone, "du téléphone", 60_000);
    sync(&phone);
    backup.restore(&mut server);
    // As many as before, and another.
    let other = tell(&laptop, "du portable");
    sync(&laptop);
    let report = sync(&phone);
    // All that is her own goes again, whichever device made it: a repeat is harmless.
    assert_eq!((report.sent, report.refused, report.received), (2, 0, 1));
    assert!(phone.story(lost).unwrap().files[0].confirmed);
    assert_eq!(phone.story(other).unwrap().story.title, "du portable");
    assert_eq!(server.stories().len(), 2);
    assert!(
        server
            .stories()
            .iter()
            .flat_map(|s| s["evidence"].as_array().unwrap())
            .all(|f| f["complete"] == true)
    );
    assert_eq!(sync(&phone).sent, 0, "once is enough");
}

#[test]
fn a_decision_that_took_the_number_of_a_lost_one_is_fetched() {
    let mut server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let (one, other) = (tell(&awa, "le premier"), tell(&awa, "le second"));
    sync(&awa);
    let backup = Backup::of(&mut server);
    let give_back = |server: &TestServer, id: blon_device::StoryId| {
        let modibo = Supervisor::sign_in(&server.url(), "Modibo");
        modibo.give_back(&id.to_string(), "story", "Qui peut le confirmer ?");
    };
    give_back(&server, one);
    sync(&awa);
    backup.restore(&mut server);
    give_back(&server, other);
    assert_eq!(sync(&awa).received, 1);
    assert_eq!(awa.story(other).unwrap().open_comments.len(), 1);
}

#[test]
fn after_a_backup_it_does_not_matter_who_comes_first() {
    let mut server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let modibo = open(&another_device(&server, "Modibo", &server.url()));
    let early = tell(&awa, "d'avant la sauvegarde");
    sync(&awa);
    let backup = Backup::of(&mut server);
    let id = tell(&awa, "d'après la sauvegarde");
    sync(&awa);
    // What is said on headquarters' own pages nobody has but headquarters, and those who heard of it.
    let pages = Supervisor::sign_in(&server.url(), "Modibo");
    pages.give_back(&early.to_string(), "narrative.now", "Qui peut le confirmer ?");
    sync(&modibo);
    let page = modibo.review_page(id).unwrap();
    let verdict = Verdict::Approved { note: String::new() };
    modibo.decide(id, Decide { in_sight: page.in_sight, verdict }).unwrap();
    sync(&modibo);
    sync(&awa);
    correct(&awa, early, "confirmé par la sœur du chef");
    backup.restore(&mut server);

    assert_eq!(sync(&modibo).refused, 1, "the story that he approved is not there yet");
    sync(&awa);
    assert_eq!(sync(&modibo).sent, 1, "now it is");
    let there = server.stories();
    let status =
        |id: StoryId| there.iter().find(|story| story["id"] == id.to_string()).unwrap()["status"].clone();
    assert_eq!(status(id), "approved");
    let told = Supervisor::sign_in(&server.url(), "Modibo").story(&early.to_string());
    assert_eq!(told["revisions"].as_array().unwrap().len(), 2, "a correction of what was returned is taken");
}

#[test]
fn a_device_that_enrolled_after_the_backup_brings_what_it_made_under_its_earlier_name() {
    let mut server = TestServer::serving();
    server.add("Awa", "collector");
    let backup = Backup::of(&mut server);
    let device = another_device(&server, "Awa", &server.url());
    let awa = open(&device);
    tell_with_file(&awa, "Le registre", 60_000);
    sync(&awa);
    backup.restore(&mut server);
    assert_eq!(awa.sync(|_| {}).unwrap_err().code().as_str(), "device_unknown");
    awa.enrol(&server.url(), &server.code("Awa")).unwrap();
    let report = sync(&awa);
    assert_eq!((report.sent, report.refused, report.files_sent), (1, 0, 1));
    assert_eq!(server.stories()[0]["evidence"][0]["complete"], true);
}
