//! PostgreSQL as headquarters meets it: shared with others, on another machine, away for a while.

use blon_core::error::Code;
use blon_core::fold::fold;
use blon_server::Place;
use blon_server::store::Tx;
use blon_tests::collecting::{collector, open, sync, tell};
use blon_tests::many::{add, kangaba, last};
use blon_tests::postgres::Postgres;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The lock that whoever writes holds (crates/server/src/store/postgres).
const WRITER: i64 = 0x426c_6f6e;

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

/// As the version before left it: migration 5 goes back.
const WORDS_WITHOUT_ARRIVALS: &str = "ALTER TABLE line_words DROP COLUMN arrived;
    UPDATE line_words SET words = ts_delete(words, '/0');
    DROP INDEX line_of_date; CREATE INDEX line_of_date ON line (campaign, training, date);
    DROP INDEX line_in_order; CREATE INDEX line_in_order ON line (campaign, training, arrived DESC);
    DELETE FROM migration WHERE version = 5";

#[test]
fn the_words_of_a_list_that_the_version_before_made_are_found() {
    let Some(postgres) = Postgres::shared() else { return };
    let address = postgres.new_database();
    let mut server = TestServer::keeping_in(Some(address.clone()));
    server.start();
    server.add("Awa", "collector");
    server.add("Modibo", "supervisor");
    server.stop();
    let headquarters = server.headquarters();
    headquarters.store.write(|tx| (0..40).try_for_each(|number| add(tx, number))).unwrap();
    headquarters.refresh().unwrap();
    drop(headquarters);
    let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    client.batch_execute(WORDS_WITHOUT_ARRIVALS).unwrap();
    server.start();
    // By stretches of the list, as where it is known that a word is in few.
    client.batch_execute("ANALYZE line_words").unwrap();
    let found = |server: &TestServer, words: &str| {
        let list = Supervisor::sign_in(&server.url(), "Modibo").queue(&format!("count=50&words={words}"));
        let titles =
            list["stories"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned());
        titles.collect::<Vec<_>>()
    };
    assert_eq!(found(&server, "17"), ["Récit 17"]);
    assert_eq!(found(&server, "recit").len(), 40);
    // What comes after it stands beside.
    server.headquarters().store.write(|tx| add(tx, 170)).unwrap();
    assert_eq!(found(&server, "17"), ["Récit 170", "Récit 17"]);
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
fn a_database_on_another_machine_is_spoken_to_by_tls_and_shows_who_it_is() {
    let Some(mut postgres) = Postgres::start(&["-c", "fsync=off", "-c", "log_connections=on"]) else {
        return;
    };
    let key = rcgen::KeyPair::generate().unwrap();
    let shown = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let port = postgres.speaks_tls(&shown.pem(), &key.serialize_pem());
    let server = TestServer::keeping_in(None);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let other = rcgen::KeyPair::generate().unwrap();
    let other = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&other).unwrap();
    let [believed, other, empty] =
        [("cru.pem", shown.pem()), ("autre.pem", other.pem()), ("rien.pem", "rien".to_owned())]
            .map(|(name, text)| file(name, &text));
    let asks = |host: &str, mode: &str, authorities: Option<&Path>| {
        let mut tool = server.tool(&["user", "list"]);
        tool.env("BLON_DATABASE", format!("postgres://postgres@{host}:{port}/postgres{mode}"));
        tool.env_remove("PGSSLROOTCERT").envs(authorities.map(|file| ("PGSSLROOTCERT", file)));
        let output = tool.output().unwrap();
        output.status.success().then_some(()).ok_or(String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for mode in ["?sslmode=require", "?sslmode=verify-full"] {
        asks("localhost", mode, Some(&believed)).unwrap();
    }
    assert!(postgres.log().contains("SSL enabled"), "{}", postgres.log());

    // Whoever has another name, or nobody who vouches for them, hears nothing.
    for (host, authorities) in [("127.0.0.1", &believed), ("localhost", &other)] {
        let refused = asks(host, "?sslmode=require", Some(authorities)).unwrap_err();
        assert!(refused.contains("bad_input") && refused.contains("certificate"), "{refused}");
    }
    for wrong in [empty, folder.path().join("nulle-part.pem")] {
        let refused = asks("localhost", "?sslmode=require", Some(&wrong)).unwrap_err();
        assert!(refused.contains("bad_input") && refused.contains("PGSSLROOTCERT"), "{refused}");
    }
    // In plain on the same machine; elsewhere nobody says so by mistake.
    asks("localhost", "", None).unwrap();
    for elsewhere in ["db.example.org", "192.0.2.1"] {
        let refused = asks(elsewhere, "", None).unwrap_err();
        assert!(refused.contains("bad_input") && refused.contains("sslmode"), "{refused}");
    }
    let refused = asks("", "?hostaddr=192.0.2.1", None).unwrap_err();
    assert!(refused.contains("bad_input") && refused.contains("sslmode"), "{refused}");
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
fn a_database_that_was_started_anew_costs_nobody_an_answer() {
    let Some(mut postgres) = Postgres::start(&[]) else { return };
    let server = TestServer::keeping_in(Some(postgres.new_database()));
    server.run(&["user", "add", "Awa", "--role", "collector"]);
    let headquarters = Place { connections: 4, ..server.place() }.open().unwrap();
    // As many connections as there may be, all at once: then they stand idle.
    let asks = |tx: &Tx| {
        thread::sleep(Duration::from_millis(500));
        tx.last_seq(&kangaba())
    };
    thread::scope(|scope| {
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(|| headquarters.store.read(asks))).collect();
        asking.into_iter().for_each(|one| assert_eq!(one.join().unwrap().unwrap(), 0));
    });
    postgres.stop();
    postgres.start_again();
    headquarters.store.write(|tx| add(tx, 1)).unwrap();
    assert_eq!(last(&headquarters), 1);
}

#[test]
fn what_falls_in_the_middle_of_a_transaction_is_undone_and_holds_nobody_up() {
    let Some(postgres) = Postgres::shared() else { return };
    let server = TestServer::keeping_in(Some(postgres.new_database()));
    server.run(&["user", "add", "Awa", "--role", "collector"]);
    let headquarters = Place { connections: 1, ..server.place() }.open().unwrap();
    let falls = || {
        headquarters.store.write(|tx| {
            add(tx, 1)?;
            assert_eq!(tx.last_seq(&kangaba())?, 0, "it falls here");
            Ok(())
        })
    };
    assert!(catch_unwind(AssertUnwindSafe(falls)).is_err());
    assert_eq!(last(&headquarters), 0);
    headquarters.store.write(|tx| add(tx, 2)).unwrap();
    assert_eq!(last(&headquarters), 1);
}

#[test]
fn a_connection_that_is_cut_in_the_middle_of_a_transaction_costs_that_alone() {
    let Some(postgres) = Postgres::shared() else { return };
    let address = postgres.new_database();
    let server = TestServer::keeping_in(Some(address.clone()));
    server.run(&["user", "add", "Awa", "--role", "collector"]);
    let headquarters = Place { connections: 1, ..server.place() }.open().unwrap();
    let beside = RefCell::new(postgres::Client::connect(&address, postgres::NoTls).unwrap());
    let cut = || {
        let others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        assert!(beside.borrow_mut().query_one(others, &[]).unwrap().get::<_, bool>(0));
    };
    // In the middle, and when nothing is left but to commit.
    for goes_on in [true, false] {
        let cut_off = headquarters.store.write(|tx| {
            add(tx, 1)?;
            cut();
            if goes_on { tx.last_seq(&kangaba()).map(drop) } else { Ok(()) }
        });
        assert_eq!(cut_off.unwrap_err().code(), Code::StoreUnavailable);
        assert_eq!(last(&headquarters), 0);
    }
    headquarters.store.write(|tx| add(tx, 1)).unwrap();
    assert_eq!(last(&headquarters), 1);
}
