//! Headquarters keeps the same in both databases: the embedded one, and a PostgreSQL that several processes share. What the suites
//! show that `cargo xtask test` runs on each of them (BLON_TEST_DATABASE) is not shown again here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use blon_core::fold::fold;
use blon_core::id::{CampaignId, RecordId, StoryId};
use blon_core::record::{Act, Record};
use blon_core::story::Story;
use blon_device::intake::StoryFile;
use blon_server::Headquarters;
use blon_server::error::Result;
use blon_server::store::Tx;
use blon_tests::collecting::{collector, open, sync, tell};
use blon_tests::fixtures::{CAMPAIGN, stories};
use blon_tests::many::put;
use blon_tests::postgres::Postgres;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use chrono::Local;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use uuid::Uuid;

/// The lock that whoever writes holds (crates/server/src/store/postgres).
const WRITER: i64 = 0x426c_6f6e;

fn kangaba() -> CampaignId {
    CAMPAIGN.parse().unwrap()
}

fn record(story: StoryId, number: u32) -> Record {
    let told = Story { title: format!("Récit {number}"), ..Story::default() };
    Record {
        id: RecordId(Uuid::now_v7()),
        campaign: kangaba(),
        story,
        author: "Awa".parse().unwrap(),
        device: None,
        clock: Local::now().fixed_offset(),
        builds_on: Vec::new(),
        act: Act::Finalise { story: Box::new(told), note: String::new() },
    }
}

/// Adds a new story with one record.
fn add(tx: &Tx, number: u32) -> Result<()> {
    put(tx, &record(StoryId(Uuid::now_v7()), number))
}

fn last(headquarters: &Headquarters) -> i64 {
    headquarters.store.read(|tx| tx.last_seq(&kangaba())).unwrap()
}

#[test]
fn words_find_the_same_stories_in_both_whatever_accents_they_are_written_with() {
    let Some(postgres) = Postgres::shared() else { return };
    let titles = [
        "L’élève de Kéniéro",
        "Les bœufs du Œdème",
        "Ɲɛgɛnw ka baara",
        "Leau et l’eau du puits",
        "Séléfougou, 12 récoltes",
        "ELEVAGE À NOUGA",
        "Un mot: aujourd’hui-même (2022)",
        "Çà et là",
    ];
    let words = [
        "eleve",
        "élève",
        "ÉLÈV",
        "keniero",
        "kéniero",
        "boeuf",
        "bœuf",
        "oedeme",
        "ɲɛgɛn",
        "l'eau",
        "l’eau",
        "eau",
        "leau",
        "12",
        "selefougou reco",
        "recoltes sele",
        "nouga elev",
        "aujourd'hui",
        "aujourdhui",
        "hui-même",
        "2022",
        "ça",
        "ca la",
        "zébu",
        "...",
        "mot: un",
        "\"puits\"",
        "pu*",
        "les du",
        "'",
        "a & b",
        "a | b",
        "!eau",
        "eau:*",
    ];
    let found = [None, Some(postgres.new_database())].map(|database| {
        let mut server = TestServer::keeping_in(database);
        server.start();
        server.add("Modibo", "supervisor");
        let awa = open(&collector(&server, "Awa", &server.url()));
        let mut names = BTreeMap::new();
        for title in titles {
            let mut story = stories()[0].clone();
            story["title"] = title.into();
            let id = awa.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
            awa.finalise(id).unwrap();
            names.insert(id.to_string(), title);
        }
        sync(&awa);
        let modibo = Supervisor::sign_in(&server.url(), "Modibo");
        words.map(|words| {
            let query = format!("count=50&words={}", percent(words));
            let list = modibo.queue(&query);
            let mut found: Vec<&str> = list["stories"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| names[row["id"].as_str().unwrap()])
                .collect();
            found.sort_unstable();
            (words, found)
        })
    });
    assert_eq!(found[0], found[1]);
    let of = |words: &str| found[0].iter().find(|(asked, _)| *asked == words).unwrap().1.clone();
    assert_eq!(of("eleve"), ["L’élève de Kéniéro"]);
    assert_eq!(of("ɲɛgɛn"), ["Ɲɛgɛnw ka baara"]);
    assert_eq!(of("zébu"), Vec::<&str>::new());
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn no_cursor_passes_a_record_that_commits_late() {
    let Some(postgres) = Postgres::shared() else { return };
    let server = TestServer::keeping_in(Some(postgres.new_database()));
    server.run(&["user", "add", "Awa", "--role", "collector"]);
    let (first, second, reader) = (server.headquarters(), server.headquarters(), server.headquarters());
    let (added, is_added) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = std::sync::Mutex::new(may_go_on);
    let late = thread::spawn(move || {
        first.store.write(|tx| {
            add(tx, 1)?;
            added.send(()).unwrap();
            may_go_on.lock().unwrap().recv().unwrap();
            Ok(())
        })
    });
    is_added.recv().unwrap();
    let early = thread::spawn(move || second.store.write(|tx| add(tx, 2)));
    // Whoever comes second cannot be first: a reader who saw its number would never ask for the one before it.
    thread::sleep(Duration::from_millis(500));
    assert!(!early.is_finished());
    assert_eq!(last(&reader), 0);
    go_on.send(()).unwrap();
    late.join().unwrap().unwrap();
    early.join().unwrap().unwrap();
    assert_eq!(last(&reader), 2);
    let mark = |seq| reader.store.read(|tx| tx.mark(&kangaba(), seq)).unwrap();
    assert!(mark(1).is_some() && mark(2).is_some() && mark(1) != mark(2));
}

#[test]
fn what_the_database_breaks_off_is_run_again_and_done_once() {
    let Some(postgres) = Postgres::shared() else { return };
    let address = postgres.new_database();
    let server = TestServer::keeping_in(Some(address.clone()));
    server.run(&["user", "add", "Awa", "--role", "collector"]);
    let headquarters = server.headquarters();
    // Somebody else holds what the other waits for, crosswise: PostgreSQL ends one of the two, the one that waited first.
    let mut other = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    let mut begun = other.transaction().unwrap();
    begun.execute("UPDATE numbered SET last = last", &[]).unwrap();
    let runs = AtomicU32::new(0);
    thread::scope(|scope| {
        let writing = scope.spawn(|| {
            headquarters.store.write(|tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                add(tx, 1)
            })
        });
        while runs.load(Ordering::Relaxed) == 0 {
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(300));
        begun.execute("SELECT pg_advisory_xact_lock($1)", &[&WRITER]).unwrap();
        begun.commit().unwrap();
        writing.join().unwrap().unwrap();
    });
    assert_eq!(runs.load(Ordering::Relaxed), 2, "it was broken off once");
    assert_eq!(last(&headquarters), 1, "and done once");
}

#[test]
fn several_processes_start_at_once_on_a_database_that_is_empty() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.new_database();
    let tools: Vec<_> = (0..4)
        .map(|_| {
            let folder = tempfile::tempdir().unwrap();
            let mut tool = std::process::Command::new(blon_tests::places::binary("blon-server"));
            tool.args(["--json", "--data", folder.path().to_str().unwrap(), "user", "list"]);
            tool.env("BLON_DATABASE", &database).stdout(Stdio::null()).stderr(Stdio::piped());
            (tool.spawn().unwrap(), folder)
        })
        .collect();
    for (tool, _folder) in tools {
        let output = tool.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn what_is_no_address_and_what_is_not_there_is_told() {
    let Some(postgres) = Postgres::shared() else { return };
    let server = TestServer::keeping_in(None);
    let told = |database: &str| {
        let output = server.tool(&["user", "list"]).env("BLON_DATABASE", database).output().unwrap();
        blon_tests::device::one_document(&output).unwrap_err().code().to_owned()
    };
    assert_eq!(told("headquarters.db"), "bad_input");
    assert_eq!(told("postgres://nobody@127.0.0.1:1/blon"), "store_unavailable");
    assert_eq!(told(&postgres.address("not_there")), "bad_input");
}

#[test]
fn a_database_that_goes_away_is_told_and_nothing_is_lost() {
    let Some(mut postgres) = Postgres::start(&[]) else { return };
    let mut server = TestServer::keeping_in(Some(postgres.new_database()));
    server.start();
    server.add("Modibo", "supervisor");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let first = tell(&awa, "Avant");
    sync(&awa);
    postgres.stop();
    let second = tell(&awa, "Pendant");
    assert!(awa.sync(|_| {}).is_err(), "headquarters says that it cannot");
    assert_eq!(modibo.get("stories").status(), 503);
    postgres.start_again();
    sync(&awa);
    for story in [first, second] {
        assert_eq!(modibo.story(&story.to_string())["row"]["status"], "received");
        let records = server.headquarters().store.read(|tx| tx.records_of(story)).unwrap();
        assert_eq!(fold(story, &records).unwrap().revisions.len(), 1, "once, and whole");
    }
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let Some(postgres) = Postgres::shared() else { return };
    let (embedded, shared) = (TestServer::keeping_in(None), postgres.new_database());
    let _made = TestServer::keeping_in(Some(shared.clone()));
    let file = rusqlite::Connection::open(embedded.data().join("headquarters.db")).unwrap();
    let sql = "SELECT t.name || '.' || c.name FROM pragma_table_list t, pragma_table_info(t.name) c
               WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
    let mut statement = file.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let here: BTreeSet<String> = rows.map(rusqlite::Result::unwrap).collect();
    let mut client = postgres::Client::connect(&shared, postgres::NoTls).unwrap();
    let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'";
    let mut there: BTreeSet<String> = client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    // FTS5's table of words is a virtual one.
    there.retain(|column| !column.starts_with("line_words."));
    assert_eq!(here, there);
}

#[test]
fn a_letter_that_no_text_has_is_refused_before_any_list_is_made() {
    let shared = Postgres::shared().map(|postgres| Some(postgres.new_database()));
    for database in std::iter::once(None).chain(shared) {
        let mut server = TestServer::keeping_in(database);
        server.start();
        server.add("Modibo", "supervisor");
        let awa = open(&collector(&server, "Awa", &server.url()));
        let told = |title: &str| {
            let mut story = stories()[0].clone();
            story["title"] = title.into();
            let id = awa.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
            awa.finalise(id).unwrap();
            sync(&awa)
        };
        assert_eq!(told("Le\u{0}puits").refused, 1);
        assert_eq!(told(r"Le dossier C:\u0000 du puits").refused, 0, "people may type that");
        assert_eq!(Supervisor::sign_in(&server.url(), "Modibo").stories().len(), 1);
    }
}
