//! How many stories headquarters takes in each second, over HTTP, packed as devices pack them: from 1, 4 and 16 devices at once, one story
//! and fifty at a time, in the embedded database and in PostgreSQL. Beside each stands a bare loop that commits such stories through the
//! same store with the same durability, in the same run. And what the process takes of memory meanwhile.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_core::protocol::{SyncAnswer, SyncRequest};
use blon_core::record::Record;
use blon_core::wire;
use blon_server::Headquarters;
use blon_server::store::Arrival;
use blon_tests::bench::{Report, took};
use blon_tests::many::{Many, bringing};
use blon_tests::postgres::Postgres;
use blon_tests::server::TestServer;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::Barrier;
use std::time::{Duration, Instant};

const DEVICES: [usize; 3] = [1, 4, 16];
/// How many stories are sent in all, or at least: in fifties, and one by one. More requests of one device would be held up as a program that runs wild.
const TOGETHER: (usize, usize) = (50, 8_000);
const APART: (usize, usize) = (1, 640);
/// How many requests each device makes at least, where they send fifties: what each begins with, and that the last ones are alone, is little
/// of it.
const REQUESTS: usize = 60;
/// How many commits the bare loop makes, before and again after: long enough that a disk's whims are as much in it as in the requests.
const COMMITS: usize = 100;

/// As headquarters has it: the bare loop runs here.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What of the bare loop's throughput is kept, in fifties.
const KEPT: f64 = 0.6;
/// The most that an idle process takes, in MiB.
const AT_REST: f64 = 64.0;

/// A request, ready to be sent.
type Packed = Vec<u8>;

fn main() -> ExitCode {
    let mut report = Report::of("accepting");
    measure(&mut report, "SQLite", None);
    // With everything on the disk before it answers, as it comes.
    if let Some(postgres) = Postgres::start(&[]) {
        measure(&mut report, "PostgreSQL", Some(&postgres));
    }
    report.end()
}

fn measure(report: &mut Report, name: &str, postgres: Option<&Postgres>) {
    let mut server = TestServer::keeping_in(postgres.map(Postgres::new_database));
    server.start();
    let headquarters = server.headquarters();
    let mut many = Many::of(&server, &headquarters, DEVICES[2]);
    // Started anew: what was set up is not at rest.
    server.stop();
    server.start();
    std::thread::sleep(Duration::from_secs(1));
    report.at_most(&format!("{name}: memory at rest"), mib(server.memory()), AT_REST, "MiB");
    for (batch, all) in [APART, TOGETHER] {
        let mut bare = 0.0_f64;
        for devices in DEVICES {
            let least = if batch == TOGETHER.0 { REQUESTS } else { 1 };
            let each = (all / batch / devices).max(least);
            let sent: Vec<Vec<Packed>> = (0..devices)
                .map(|device| (0..each).map(|_| packed(&mut many, device, batch)).collect())
                .collect();
            // Before and after: the machine is shared.
            let before = bare_loop(&headquarters, &mut many, batch, COMMITS);
            let since =
                headquarters.store.read(|tx| tx.last_seq(&many.devices[0].0.campaign)).unwrap() as u64;
            let taken = stories_a_second(&server, &many, sent, (batch, since));
            let after = bare_loop(&headquarters, &mut many, batch, COMMITS);
            bare = f64::midpoint(before, after);
            let what = format!("{name}: {devices} devices, {batch} at a time");
            if batch == TOGETHER.0 {
                report.at_least(&format!("{what}, {KEPT} of a bare loop"), taken, KEPT * bare, "stories/s");
            } else {
                report.tell(&what, taken, "stories/s");
            }
        }
        report.tell(&format!("{name}: a bare loop, {batch} at a time"), bare, "stories/s");
    }
    report.tell(&format!("{name}: most memory under load"), mib(server.peak_memory()), "MiB");
}

fn mib(kib: Option<u64>) -> f64 {
    kib.map_or(f64::NAN, |kib| kib as f64 / 1024.0)
}

/// Its cursor stands last and in a block of its own, where it is put in when it is sent: a device knows it by then.
fn packed(many: &mut Many, device: usize, batch: usize) -> Packed {
    let ask = SyncRequest { files: true, ..bringing(many.batch(device, batch)) };
    let body = serde_json::to_string(&ask).unwrap();
    let body = body.replacen(&format!("\"since\":{},", ask.since), "", 1);
    let texts = format!("{},\"since\":", body.strip_suffix('}').unwrap());
    let packed =
        wire::pack_apart(format!("{texts}{}", cursor(0)).as_bytes(), texts.len(), wire::newest()).unwrap();
    assert!(packed.ends_with(cursor(0).as_bytes()));
    packed
}

/// Always as long, and of letters that nothing packs: blanks that no text has, and the number.
fn cursor(since: u64) -> String {
    let number = since.to_string();
    format!("{}{number}}}", &"\r\t\n\t\r\r\n\n"[number.len()..])
}

/// Sends all of it, each device one request after the other.
fn stories_a_second(
    server: &TestServer,
    many: &Many,
    sent: Vec<Vec<Packed>>,
    (batch, since): (usize, u64),
) -> f64 {
    let all = sent.iter().map(Vec::len).sum::<usize>() * batch;
    let ready = Barrier::new(sent.len() + 1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = sent
            .into_iter()
            .zip(&many.devices)
            .map(|(requests, (_, token))| {
                let ready = &ready;
                scope.spawn(move || {
                    let mut line = Wire::to(server.address(), token);
                    ready.wait();
                    requests.into_iter().fold(since, |since, request| line.send(request, since));
                })
            })
            .collect();
        ready.wait();
        let begun = Instant::now();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        all as f64 / begun.elapsed().as_secs_f64()
    })
}

/// A device's connection. Devices are elsewhere and have processors of their own; here they share those of headquarters, so that as little
/// as may be is done for them: no library stands between a request and the network.
struct Wire {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Wire {
    fn to(address: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let head = format!(
            "POST /v1/sync HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-encoding: {packing}\r\naccept-encoding: {packing}\r\n{}: {}\r\n",
            wire::DICTIONARY,
            wire::newest(),
            packing = wire::ENCODING,
        );
        Wire { stream: BufReader::new(stream), head }
    }

    /// Sends one as a device does; gives the cursor that follows.
    fn send(&mut self, mut request: Packed, since: u64) -> u64 {
        let cursor = cursor(since);
        let place = request.len() - cursor.len();
        request[place..].copy_from_slice(cursor.as_bytes());
        let mut all = format!("{}content-length: {}\r\n\r\n", self.head, request.len()).into_bytes();
        all.extend(request);
        self.stream.get_mut().write_all(&all).unwrap();
        let answer = wire::unpack(&self.answer(), wire::newest(), 1 << 24).unwrap();
        let answer: SyncAnswer = serde_json::from_slice(&answer).unwrap();
        assert!(answer.records.is_empty() && answer.acknowledged.iter().all(|one| one.refused.is_none()));
        answer.next
    }

    /// The body of what is answered, which must be well.
    fn answer(&mut self) -> Vec<u8> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            assert!(self.stream.read_until(b'\n', &mut head).unwrap() > 0, "headquarters hung up");
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let length = head.split("content-length: ").nth(1).unwrap().split('\r').next().unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        body
    }
}

/// Commits stories through the store alone, so many at a time, and nothing else: nothing is read, judged or answered; in stories a
/// second.
fn bare_loop(headquarters: &Headquarters, many: &mut Many, batch: usize, commits: usize) -> f64 {
    let campaign = many.devices[0].0.campaign.clone();
    let arrival = Arrival { at: 0, skew: None };
    let batches: Vec<Vec<(Record, String)>> = (0..commits)
        .map(|_| {
            let records = (0..batch).map(|_| many.next(0));
            records.map(|record| (record.clone(), serde_json::to_string(&record).unwrap())).collect()
        })
        .collect();
    let time = took(|| {
        for batch in &batches {
            let written = headquarters.store.write(|tx| {
                let last = tx.last_seq(&campaign)?;
                let numbered =
                    (last + 1..).zip(batch).map(|(seq, (record, body))| (record, body.as_str(), seq));
                tx.add_stories(&numbered.collect::<Vec<_>>(), arrival)?;
                tx.set_last_seq(&campaign, last + batch.len() as i64)
            });
            written.unwrap();
        }
    });
    (batch * commits) as f64 / time.as_secs_f64()
}
