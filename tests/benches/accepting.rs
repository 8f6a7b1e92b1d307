//! How many stories headquarters takes in each second, over HTTP, packed as devices pack them: from 1, 4 and 16 devices at once, one story
//! and fifty at a time, in the embedded database and in PostgreSQL. Beside each stands a bare loop that commits the same bodies to the
//! same kind of database with the same durability, in the same run. And what the process takes of memory meanwhile.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_core::protocol::SyncRequest;
use blon_core::wire;
use blon_tests::bench::{Report, took};
use blon_tests::many::{Many, bringing};
use blon_tests::postgres::Postgres;
use blon_tests::server::TestServer;
use blon_tests::supervisor::http;
use reqwest::blocking::Client;
use rusqlite::{Connection, TransactionBehavior, params};
use std::process::ExitCode;
use std::sync::Barrier;
use std::time::{Duration, Instant};

const DEVICES: [usize; 3] = [1, 4, 16];
/// How many stories are sent in all: in fifties, and one by one.
const TOGETHER: (usize, usize) = (50, 8_000);
const APART: (usize, usize) = (1, 1_600);
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
    drop(headquarters);
    // Started anew: what was set up is not at rest.
    server.stop();
    server.start();
    std::thread::sleep(Duration::from_secs(1));
    report.at_most(&format!("{name}: memory at rest"), mib(server.memory()), AT_REST, "MiB");
    for (batch, all) in [APART, TOGETHER] {
        let mut bare = 0.0_f64;
        for devices in DEVICES {
            let each = all / batch / devices;
            let sent: Vec<Vec<Packed>> = (0..devices)
                .map(|device| (0..each).map(|_| packed(&mut many, device, batch)).collect())
                .collect();
            let bodies: Vec<String> =
                (0..batch).flat_map(|_| many.batch(0, 1)).map(|body| body.get().to_owned()).collect();
            // Before and after: the machine is shared.
            let before = bare_loop(&server, postgres, &bodies, each.min(100));
            let taken = stories_a_second(&server, &many, sent, batch);
            let after = bare_loop(&server, postgres, &bodies, each.min(100));
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

fn packed(many: &mut Many, device: usize, batch: usize) -> Packed {
    let ask = SyncRequest { files: true, ..bringing(many.batch(device, batch)) };
    let body = serde_json::to_vec(&ask).unwrap();
    wire::pack_apart(&body, 0, wire::newest()).unwrap()
}

/// Sends all of it, each device one request after the other.
fn stories_a_second(server: &TestServer, many: &Many, sent: Vec<Vec<Packed>>, batch: usize) -> f64 {
    let all = sent.iter().map(Vec::len).sum::<usize>() * batch;
    let ready = Barrier::new(sent.len() + 1);
    let url = format!("{}/v1/sync", server.url());
    std::thread::scope(|scope| {
        let threads: Vec<_> = sent
            .into_iter()
            .zip(&many.devices)
            .map(|(requests, (_, token))| {
                let (ready, url) = (&ready, &url);
                scope.spawn(move || {
                    let client = http().build().unwrap();
                    ready.wait();
                    requests.into_iter().for_each(|request| send(&client, url, token, request));
                })
            })
            .collect();
        ready.wait();
        let begun = Instant::now();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        all as f64 / begun.elapsed().as_secs_f64()
    })
}

fn send(client: &Client, url: &str, token: &str, request: Packed) {
    let request = client
        .post(url)
        .bearer_auth(token)
        .header("content-type", "application/json")
        .header("content-encoding", wire::ENCODING)
        .header(wire::DICTIONARY, wire::newest())
        .body(request);
    let answer = request.send().unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().unwrap());
}

/// Commits the same bodies so many times, and nothing else, to a table with the keys that records have; in stories a second.
fn bare_loop(server: &TestServer, postgres: Option<&Postgres>, bodies: &[String], commits: usize) -> f64 {
    let time = match postgres {
        None => bare_sqlite(server, bodies, commits),
        Some(postgres) => bare_postgres(postgres, bodies, commits),
    };
    (bodies.len() * commits) as f64 / time.as_secs_f64()
}

fn bare_sqlite(server: &TestServer, bodies: &[String], commits: usize) -> Duration {
    let path = server.data().join("bare.db");
    let mut bare = Connection::open(&path).unwrap();
    // As headquarters' own (`store/sqlite`).
    bare.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
         CREATE TABLE IF NOT EXISTS record (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT",
    )
    .unwrap();
    let time = took(|| {
        for _ in 0..commits {
            let tx = bare.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
            for body in bodies {
                let sql = "INSERT INTO record (id, body) VALUES (?1, ?2)";
                tx.prepare_cached(sql)
                    .unwrap()
                    .execute(params![uuid::Uuid::now_v7().to_string(), body])
                    .unwrap();
            }
            tx.commit().unwrap();
        }
    });
    drop(bare);
    std::fs::remove_file(path).unwrap();
    time
}

fn bare_postgres(postgres: &Postgres, bodies: &[String], commits: usize) -> Duration {
    let mut bare = postgres::Client::connect(&postgres.new_database(), postgres::NoTls).unwrap();
    bare.batch_execute(
        "CREATE TABLE record (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id TEXT COLLATE \"C\" NOT NULL UNIQUE,
                              body TEXT NOT NULL)",
    )
    .unwrap();
    let insert = bare.prepare("INSERT INTO record (id, body) VALUES ($1, $2)").unwrap();
    took(|| {
        for _ in 0..commits {
            let mut tx = bare.transaction().unwrap();
            for body in bodies {
                tx.execute(&insert, &[&uuid::Uuid::now_v7().to_string(), body]).unwrap();
            }
            tx.commit().unwrap();
        }
    })
}
