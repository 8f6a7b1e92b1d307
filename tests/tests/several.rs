//! Three processes of headquarters on one PostgreSQL and one place of files, behind a plain proxy: one is killed and the database is
//! started anew in the middle, and nothing is lost, nothing comes twice, and no cursor passes anything.

use blon_core::error::{Code, Problem};
use blon_core::id::{PersonName, RecordId};
use blon_core::protocol::{BATCH_RECORDS, SyncAnswer, SyncRequest};
use blon_core::record::Record;
use blon_core::story::Story;
use blon_device::Device;
use blon_device::intake::StoryFile;
use blon_server::doctor::Finding;
use blon_server::store::DeviceRow;
use blon_tests::bucket::{Bucket, BucketPlace};
use blon_tests::collecting::{another_device, open, tell_with_file};
use blon_tests::fixtures::{CAMPAIGN, stories};
use blon_tests::many::{bringing, device, signed_off};
use blon_tests::postgres::Postgres;
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::uploading::{AwaitedFile, part_of_a_piece};
use reqwest::Method;
use reqwest::blocking::{Client, Response};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const PROCESSES: usize = 3;
const PEOPLE: usize = 30;
/// Of each device: so many times it sends so many stories.
const ROUNDS: usize = 3;
const STORIES: usize = 4;
/// Devices that are whole: with a store of their own, and files.
const WHOLE: usize = 6;

/// Hands each connection to the next process that takes it, and knows nothing of what is said.
struct Proxy {
    address: SocketAddr,
}

impl Proxy {
    fn before(backs: Vec<SocketAddr>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let next = AtomicUsize::new(0);
        thread::spawn(move || {
            for front in listener.incoming().flatten() {
                let first = next.fetch_add(1, Ordering::Relaxed);
                let turns = (0..backs.len()).map(|n| backs[(first + n) % backs.len()]);
                // Where none takes it, it is closed: as a proxy's 502 would be.
                if let Some(back) = turns.into_iter().find_map(|back| TcpStream::connect(back).ok()) {
                    for (mut from, mut to) in [
                        (front.try_clone().unwrap(), back.try_clone().unwrap()),
                        (back.try_clone().unwrap(), front.try_clone().unwrap()),
                    ] {
                        thread::spawn(move || {
                            let _ = std::io::copy(&mut from, &mut to);
                            let _ = to.flush();
                            let _ = to.shutdown(std::net::Shutdown::Both);
                            let _ = from.shutdown(std::net::Shutdown::Both);
                        });
                    }
                }
            }
        });
        Proxy { address }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// What happened to requests.
#[derive(Default)]
struct Counted {
    answered: AtomicUsize,
    failed: AtomicUsize,
}

/// A device as the wire knows it.
struct Simulated {
    row: DeviceRow,
    token: String,
    since: u64,
    mark: Option<String>,
    /// What it was given, in order.
    seen: Vec<RecordId>,
    /// What it made: headquarters does not give that back.
    own: BTreeSet<RecordId>,
}

impl Simulated {
    fn story(&self, told: &Story, number: usize) -> Record {
        let mut story = told.clone();
        story.title = format!("Récit {number}");
        signed_off(story, &self.row)
    }

    /// Asks until it is answered.
    fn sync(
        &mut self,
        client: &Client,
        url: &str,
        records: &[Box<RawValue>],
        counted: &Counted,
    ) -> SyncAnswer {
        let ask = SyncRequest {
            since: self.since,
            mark: self.mark.clone(),
            most: BATCH_RECORDS,
            files: true,
            ..bringing(records.to_vec())
        };
        let patience = Instant::now() + Duration::from_secs(120);
        loop {
            let sent = client.post(format!("{url}/v1/sync")).bearer_auth(&self.token).json(&ask).send();
            let answer = sent.ok().filter(|answer| answer.status() == 200);
            if let Some(answer) = answer.and_then(|answer| answer.json::<SyncAnswer>().ok()) {
                counted.answered.fetch_add(1, Ordering::Relaxed);
                assert!(answer.acknowledged.iter().all(|a| a.refused.is_none()), "{:?}", answer.acknowledged);
                (self.since, self.mark) = (answer.next, answer.mark.clone());
                let read = |record: &RawValue| serde_json::from_str::<Record>(record.get()).unwrap().id;
                self.seen.extend(answer.records.iter().map(|record| read(record)));
                return answer;
            }
            counted.failed.fetch_add(1, Ordering::Relaxed);
            assert!(Instant::now() < patience, "nobody answers any more");
            thread::sleep(Duration::from_millis(200));
        }
    }
}

/// How they share files.
enum Shared {
    /// In one folder.
    Folder,
    /// In a bucket, and each has a folder of its own.
    Bucket(BucketPlace),
}

/// One after the other: each takes the whole machine.
#[test]
fn three_processes_one_killed_and_the_database_started_anew_lose_nothing() {
    let bucket = Bucket::start();
    lose_nothing(&Shared::Bucket(bucket.new_place()), 300);
    lose_nothing(&Shared::Folder, 60);
}

/// A collector's line dies where headquarters does not see it, and the device comes again by way of another process.
#[test]
fn of_two_processes_that_take_in_the_same_file_the_one_that_waits_for_a_dead_line_gives_way() {
    let Some((first, second)) = two_processes() else { return };
    let (file, dead) = begun(&first, &second);
    // What came by it is kept, and nothing of it comes again.
    assert_eq!(file.offset(), Some(100_000));
    let dead_too = part_of_a_piece(&first, &file, 100_000, 50_000);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(refused(file.patch(100_000, &file.bytes[100_000..])), (409, Code::UploadOffsetWrong));
    assert_eq!(file.patch(150_000, &file.bytes[150_000..]).status(), 204);
    drop((dead, dead_too));
    assert_eq!(examined(&first), (Vec::new(), 0, 1));
}

/// One that brings something all the time is not dead: whoever comes by way of another process waits, and is asked to come again.
#[test]
fn of_two_processes_that_take_in_the_same_file_the_one_that_gets_on_is_left_in_peace() {
    let Some((first, second)) = two_processes() else { return };
    let (file, mut slow) = begun(&first, &second);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for bytes in file.bytes[100_000..].chunks(500) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                slow.write_all(bytes).unwrap();
                thread::sleep(Duration::from_millis(20));
            }
        });
        thread::sleep(Duration::from_millis(500));
        assert_eq!(refused(file.patch(0, &file.bytes)), (503, Code::StoreUnavailable));
        over.store(true, Ordering::Relaxed);
    });
    drop(slow);
    let have = file.offset().unwrap();
    assert!(have > 100_000, "{have}");
    assert_eq!(file.patch(have, &file.bytes[have..]).status(), 204);
    assert_eq!(examined(&first), (Vec::new(), 0, 1));
}

/// An upload that is ended and begun anew by way of one process is not disturbed by what another one still waited for.
#[test]
fn what_is_begun_anew_is_left_alone_by_a_process_that_still_had_it() {
    let Some((first, second)) = two_processes() else { return };
    let (file, dead) = begun(&first, &second);
    assert_eq!(file.request(Method::DELETE).send().unwrap().status(), 204);
    assert_eq!(file.begin(|request| request).status(), 201);
    assert_eq!(file.patch(0, &file.bytes).status(), 204);
    drop(dead);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(file.offset(), Some(file.bytes.len()));
    assert_eq!(examined(&first), (Vec::new(), 0, 1));
}

fn two_processes() -> Option<(TestServer, TestServer)> {
    let mut first = TestServer::keeping_in(Some(Postgres::shared()?.new_database()));
    first.start();
    let mut second = TestServer::beside(&first);
    second.start();
    Some((first, second))
}

/// A file of which the first process has got 100,000 bytes and waits for more on the line that is given; its device comes to the second
/// from now on.
fn begun(first: &TestServer, second: &TestServer) -> (AwaitedFile, TcpStream) {
    let file = AwaitedFile::of(first, 300_000);
    assert_eq!(file.begin(|request| request).status(), 201);
    let line = part_of_a_piece(first, &file, 0, 100_000);
    thread::sleep(Duration::from_millis(500));
    (file.by_way_of(second), line)
}

fn refused(answer: Response) -> (u16, Code) {
    (answer.status().as_u16(), answer.json::<Problem>().unwrap().code)
}

/// What headquarters finds wrong with itself, how many files it waits for, and how many it has.
fn examined(server: &TestServer) -> (Vec<Finding>, u64, u64) {
    let examined = server.headquarters().examine(true, &|_, _| {}).unwrap();
    (examined.findings, examined.awaited, examined.files)
}

fn lose_nothing(shared: &Shared, devices: usize) {
    let Some(mut postgres) = Postgres::start(&[]) else { return };
    let mut first = TestServer::keeping_in(Some(postgres.new_database()));
    if let Shared::Bucket(place) = shared {
        first.keep_files_in(place);
    }
    first.serve_with(&["--connections", "6"]);
    first.start();
    let other = || match shared {
        Shared::Folder => TestServer::beside(&first),
        Shared::Bucket(place) => {
            let mut other = TestServer::keeping_in_nothing(first.database().map(str::to_owned));
            other.keep_files_in(place);
            other
        }
    };
    let mut others: Vec<TestServer> = (1..PROCESSES).map(|_| other()).collect();
    for other in &mut others {
        other.serve_with(&["--connections", "6"]);
        other.start();
    }
    let backs = std::iter::once(&first).chain(&others).map(TestServer::address).collect();
    let proxy = Proxy::before(backs);
    first.add("Modibo", "supervisor");
    let headquarters = first.headquarters();
    let people: Vec<String> = (0..PEOPLE).map(|n| format!("Awa{n:02}")).collect();
    people.iter().for_each(|name| first.add(name, "collector"));
    let told = {
        let prose = open(&another_device(&first, "Awa00", &first.url()));
        let id = prose.take_in(StoryFile::read(&stories()[0].to_string()).unwrap(), &[]).unwrap().id;
        let mut told = prose.story(id).unwrap().story;
        told.changes.iter_mut().for_each(|change| change.evidence.clear());
        told
    };
    let all = devices * ROUNDS;
    let mut devices: Vec<Simulated> = (0..devices)
        .map(|n| {
            let (row, token) = device(&first, &headquarters, &people[n % PEOPLE]);
            Simulated { row, token, since: 0, mark: None, seen: Vec::new(), own: BTreeSet::new() }
        })
        .collect();
    let whole: Vec<(blon_tests::device::TestDevice, Device)> = (0..WHOLE)
        .map(|n| {
            let device = another_device(&first, &people[n], &proxy.url());
            let opened = open(&device);
            (device, opened)
        })
        .collect();

    let (counted, sent) = (Counted::default(), Mutex::new(BTreeMap::<PersonName, BTreeSet<RecordId>>::new()));
    let rounds = Arc::new(AtomicUsize::new(0));
    let (url, told) = (proxy.url(), &told);
    let mut fetched = Vec::new();
    thread::scope(|scope| {
        for device in &mut devices {
            let (url, counted, sent, rounds) = (&url, &counted, &sent, Arc::clone(&rounds));
            scope.spawn(move || {
                let client = http().timeout(Duration::from_secs(30)).build().unwrap();
                for round in 0..ROUNDS {
                    let records: Vec<Record> =
                        (0..STORIES).map(|n| device.story(told, round * STORIES + n)).collect();
                    let written: Vec<_> =
                        records.iter().map(|record| to_raw_value(record).unwrap()).collect();
                    device.sync(&client, url, &written, counted);
                    let ids = records.iter().map(|record| record.id);
                    device.own.extend(ids.clone());
                    sent.lock().unwrap().entry(device.row.person.clone()).or_default().extend(ids);
                    rounds.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let files: Vec<_> = whole
            .iter()
            .enumerate()
            .map(|(n, (_, device))| {
                scope.spawn(move || {
                    let mut told = Vec::new();
                    for round in 0..2 {
                        told.push(tell_with_file(device, &format!("Entier {n} {round}"), 400_000 + n));
                        let patience = Instant::now() + Duration::from_secs(120);
                        // What breaks is tried again, as the app does by itself.
                        while device.sync(|_| {}).is_err() || device.waiting().unwrap().files_left > 0 {
                            assert!(Instant::now() < patience, "the files do not arrive");
                            thread::sleep(Duration::from_millis(300));
                        }
                    }
                    told
                })
            })
            .collect();
        // In the middle of it.
        let until = |share: usize| {
            // A device that gave up is only heard of once all of them are done.
            let patience = Instant::now() + Duration::from_secs(240);
            while rounds.load(Ordering::Relaxed) < all * share / 10 {
                assert!(Instant::now() < patience, "the devices do not get on");
                thread::sleep(Duration::from_millis(10));
            }
        };
        until(2);
        others[0].kill();
        until(5);
        postgres.stop();
        thread::sleep(Duration::from_millis(500));
        postgres.start_again();
        until(7);
        others[0].start();
        fetched.extend(files.into_iter().flat_map(|thread| thread.join().unwrap()));
    });
    let (answered, failed) =
        (counted.answered.load(Ordering::Relaxed), counted.failed.load(Ordering::Relaxed));
    println!("{answered} requests answered, {failed} failed and were made again, all recovered");
    assert!(failed > 0, "nothing was in the middle of anything");
    assert_eq!(answered, all);

    // Every cursor comes by every record of its person, each once.
    let client = http().build().unwrap();
    let sent = sent.into_inner().unwrap();
    for device in &mut devices {
        while device.sync(&client, &url, &[], &counted).more {}
        let seen: BTreeSet<RecordId> = device.seen.iter().copied().collect();
        assert_eq!(seen.len(), device.seen.len(), "nothing comes twice");
        let passed: Vec<_> =
            sent[&device.row.person].difference(&seen).filter(|id| !device.own.contains(id)).collect();
        assert_eq!(passed, Vec::<&RecordId>::new(), "nothing is passed");
    }
    let records: usize = headquarters
        .store
        .read(|tx| tx.last_seq(&CAMPAIGN.parse().unwrap()))
        .map(|last| usize::try_from(last).unwrap())
        .unwrap();
    assert_eq!(records, all * STORIES + fetched.len(), "each was kept once");
    let examined = headquarters.examine(true, &|_, _| {}).unwrap();
    assert_eq!((examined.findings, examined.awaited), (Vec::new(), 0));
    assert_eq!(examined.files as usize, fetched.len());
    // What one process took in the others show, and a page at one hears of it from another.
    let modibo = Supervisor::sign_in(&others[1].url(), "Modibo");
    thread::sleep(Duration::from_secs(2));
    let heard = thread::scope(|scope| {
        let hearing = scope.spawn(|| modibo.hears(Duration::from_secs(20)));
        thread::sleep(Duration::from_secs(1));
        let record = devices[0].story(told, 0);
        devices[0].sync(&client, &first.url(), &[to_raw_value(&record).unwrap()], &counted);
        hearing.join().unwrap()
    });
    assert_eq!(heard.as_deref(), Some("event: changed"));
    for story in fetched {
        let page = modibo.story(&story.to_string());
        assert!(page["row"]["evidence"].as_array().unwrap().iter().all(|file| file["complete"] == true));
    }
    assert_eq!(
        modibo.queue("count=1")["counts"],
        Supervisor::sign_in(&first.url(), "Modibo").queue("count=1")["counts"]
    );
}
