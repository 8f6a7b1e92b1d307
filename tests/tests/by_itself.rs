//! Syncs that begin by themselves, what they may cost, and how they are stopped.

use blon_device::clock::Clock;
use blon_device::sync::auto::{AutoSync, Hint};
use blon_device::sync::policy::{FilePolicy, Network};
use blon_device::view::{Cause, SyncNews};
use blon_tests::bad_line::{BadLine, Nature};
use blon_tests::collecting::{
    collector, collector_over_a_bad_line, open, open_at, sync, tell, tell_with_file,
};
use blon_tests::line::Line;
use blon_tests::server::TestServer;
use chrono::{Local, TimeDelta};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Waits for the end of the next sync; gives why it began and the code it ended with.
fn next(news: &Receiver<SyncNews>) -> (Cause, Option<String>) {
    let mut began = None;
    loop {
        match news.recv_timeout(Duration::from_secs(60)).expect("a sync begins by itself") {
            SyncNews::Began { cause } => began = Some(cause),
            SyncNews::Progress { .. } => {}
            SyncNews::Ended { problem } => {
                return (began.unwrap(), problem.map(|p| p.code.as_str().to_owned()));
            }
        }
    }
}

#[test]
fn it_begins_at_the_start_after_signing_off_and_when_the_line_returns() {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let awa = open(&collector(&server, "Awa", &line.url()));
    tell(&awa, "Le puits");
    let (heard, news) = channel();
    let auto = AutoSync::of(awa.clone(), move |what| drop(heard.send(what))).unwrap();
    assert_eq!(next(&news), (Cause::Start, None));
    assert_eq!(server.stories().len(), 1);

    tell(&awa, "Le pont");
    auto.hint(Hint::Finalised);
    tell(&awa, "La digue");
    auto.hint(Hint::Finalised);
    assert_eq!(next(&news), (Cause::Finalised, None));
    assert_eq!(server.stories().len(), 3, "two that were signed off together went together");

    line.cut();
    tell(&awa, "La piste");
    auto.hint(Hint::Finalised);
    assert_eq!(next(&news), (Cause::Finalised, Some("unreachable".to_owned())));
    line.mend();
    auto.hint(Hint::LineReturned);
    assert_eq!(next(&news), (Cause::LineReturned, None));
    assert_eq!(server.stories().len(), 4);

    // A line that comes back while nobody tells is found, some seconds later and later each time.
    line.cut();
    tell(&awa, "Le moulin");
    auto.hint(Hint::Finalised);
    assert_eq!(next(&news).1.as_deref(), Some("unreachable"));
    line.mend();
    assert_eq!(next(&news), (Cause::Again, None));
    assert_eq!(server.stories().len(), 5);
}

#[test]
fn a_collector_can_keep_it_from_beginning() {
    let server = TestServer::serving();
    let awa = open(&collector(&server, "Awa", &server.url()));
    awa.set_sync_by_itself(false).unwrap();
    tell(&awa, "Le puits");
    let (heard, news) = channel();
    let auto = AutoSync::of(awa.clone(), move |what| drop(heard.send(what))).unwrap();
    auto.hint(Hint::Finalised);
    assert!(news.recv_timeout(Duration::from_secs(5)).is_err());
    awa.set_sync_by_itself(true).unwrap();
    auto.hint(Hint::LineReturned);
    assert_eq!(next(&news), (Cause::LineReturned, None));
}

#[test]
fn two_never_run_at_once_in_one_process_or_two() {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let device = collector(&server, "Awa", &line.url());
    let awa = open(&device);
    tell(&awa, "Le puits");
    line.freeze();
    let (begun, begins) = channel();
    let frozen = std::thread::spawn({
        let awa = awa.clone();
        move || {
            awa.sync(|_| {
                let _ = begun.send(());
            })
        }
    });
    begins.recv().unwrap();
    assert_eq!(awa.sync(|_| {}).unwrap_err().code().as_str(), "sync_running");
    assert_eq!(device.attempt(&["sync"]).expect_err("another process syncs").code(), "sync_running");
    awa.cancel_sync();
    assert_eq!(frozen.join().unwrap().unwrap_err().code().as_str(), "sync_cancelled");
    line.mend();
    assert_eq!(device.run(&["sync"])["sent"], 1);
}

#[test]
fn a_sync_is_stopped_at_any_moment_and_goes_on_from_there() {
    let server = TestServer::serving();
    let line = BadLine::to(server.address(), Nature { holds: None, ..Nature::EDGE_OF_A_VILLAGE.times(10) });
    let awa = open(&collector_over_a_bad_line(&server, "Awa", &line.url()));
    tell_with_file(&awa, "Le registre", 400_000);
    let stopping = std::thread::spawn({
        let awa = awa.clone();
        move || {
            // In the middle of a piece, when nothing is heard of it for seconds.
            while line.bytes_up() < 60_000 {
                std::thread::sleep(Duration::from_millis(10));
            }
            let asked = Instant::now();
            awa.cancel_sync();
            (line, asked)
        }
    });
    assert_eq!(awa.sync(|_| {}).unwrap_err().code().as_str(), "sync_cancelled");
    let (line, asked) = stopping.join().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(sync(&awa).files_sent, 1);
    // What the system had in hand when it was stopped goes for nothing: at most one piece.
    assert!(line.bytes_up() < 400_000 + 131_072 + 20_000, "{}", line.bytes_up());
}

#[test]
fn files_obey_the_collectors_choice_and_texts_always_go() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    for (title, bytes) in [("petit", 400_000), ("grand", 900_000)] {
        tell_with_file(&device, title, bytes);
    }
    device.set_network(Network::Paid);
    device.set_file_policy(FilePolicy::FreeOnly).unwrap();
    let before = device.waiting().unwrap();
    assert_eq!((before.bytes_left, before.bytes_held, before.records_left), (0, 1_300_000, 2));
    assert!(before.text_bytes > 300 && before.text_bytes < 10_000, "what it will cost: {before:?}");
    let report = sync(&device);
    assert_eq!((report.sent, report.file_bytes), (2, 0));
    assert!(report.bytes_up < 2 * before.text_bytes + 2_000, "and what it cost: {report:?}");

    device.set_file_policy(FilePolicy::Daily { megabytes: 1 }).unwrap();
    assert_eq!(device.waiting().unwrap().bytes_left, 1_000_000);
    assert_eq!(sync(&device).file_bytes, 1_000_000, "to the byte: the rest of a file waits like any other");
    assert_eq!(sync(&device).file_bytes, 0);
    assert_eq!(device.data_use().unwrap().used_today, 1_000_000);
    drop(device);

    let tomorrow = Clock::telling(|| Local::now().fixed_offset() + TimeDelta::days(1));
    let device = open_at(&awa.data(), tomorrow);
    device.set_network(Network::Paid);
    tell_with_file(&device, "demain", 2_000_000);
    assert_eq!(sync(&device).file_bytes, 1_000_000, "the rest of what was begun, and a part of the next");
    // This once, whatever it costs.
    let report = device.sync_because(Cause::Asked, true, |_| ()).unwrap();
    assert_eq!((report.file_bytes, report.files_sent), (1_300_000, 1));
    assert_eq!(device.data_use().unwrap().used_today, 2_300_000, "it is counted all the same");

    tell_with_file(&device, "au bureau", 3_000_000);
    device.set_network(Network::Free);
    assert_eq!(sync(&device).files_sent, 1, "where it costs nothing everything goes");
    assert_eq!(device.data_use().unwrap().used_today, 2_300_000);
}

#[test]
fn a_piece_that_is_spoilt_on_its_way_is_sent_again_and_no_other() {
    let server = TestServer::serving();
    let line = BadLine::to(
        server.address(),
        Nature { up: 4_000_000, down: 4_000_000, round_trip: Duration::from_millis(2), holds: None },
    );
    let awa = open(&collector(&server, "Awa", &line.url()));
    tell_with_file(&awa, "Le registre", 500_000);
    line.spoil(100_000);
    let before = line.bytes_up();
    let report = sync(&awa);
    assert_eq!((report.files_sent, report.file_bytes), (1, 500_000));
    let sent = line.bytes_up() - before;
    assert!(sent > 530_000 && sent < 500_000 + 131_072 + 20_000, "one piece twice, and no more: {sent}");
}

#[test]
fn stories_with_photos_arrive_over_the_worst_line_there_is() {
    let server = TestServer::serving();
    // The line of the bench, played faster: as many bytes pass between two cuts.
    let line = BadLine::to(server.address(), Nature::EDGE_OF_A_VILLAGE.times(20));
    let awa = open(&collector_over_a_bad_line(&server, "Awa", &line.url()));
    let (stories, bytes) = (25_u64, 20_000);
    for number in 0..stories {
        tell_with_file(&awa, &format!("récit {number}"), bytes);
    }
    let before = line.bytes_up();
    while awa.waiting().unwrap().files_left + awa.waiting().unwrap().records_left > 0 {
        // What breaks off goes on.
        let _ = awa.sync(|_| {});
    }
    let there = server.stories();
    assert_eq!(there.len() as u64, stories);
    assert!(there.iter().all(|s| s["evidence"][0]["complete"] == true));
    let (carried, needed) = (line.bytes_up() - before, stories * bytes as u64);
    assert!(line.cuts() >= 3, "that was no bad line");
    let most = needed + u64::from(line.cuts() + 1) * 16 * 1024 + stories * 2_000;
    assert!(carried < most, "{carried} bytes for {needed}, with {} cuts", line.cuts());
}
