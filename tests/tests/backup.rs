//! Headquarters' data once more: backups while it serves, what is brought back, moving from one database to the other, and a look
//! whether all is whole.

use age::x25519::Identity;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{collector, open, sync, tell, tell_with_file};
use blon_tests::custodian::told_by;
use blon_tests::device::TestDevice;
use blon_tests::postgres::{Postgres, both};
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const NAME: &str = "Nansira Camara";

/// Changes rows behind headquarters' back, with whatever this statement does.
fn change_rows(server: &TestServer, sql: &str) {
    match server.database() {
        None => Connection::open(server.data().join("headquarters.db")).unwrap().execute_batch(sql).unwrap(),
        Some(address) => {
            postgres::Client::connect(address, postgres::NoTls).unwrap().batch_execute(sql).unwrap();
        }
    }
}

/// The kind that this one is not.
fn other(database: Option<&String>) -> Option<String> {
    match database {
        None => Postgres::shared().map(Postgres::new_database),
        Some(_) => None,
    }
}

struct Collection {
    server: TestServer,
    _device: TestDevice,
    awa: Device,
    stories: Vec<StoryId>,
}

/// A headquarters that serves, with stories, evidence, a name that is sealed, a decision and a comment.
fn collection(database: Option<String>) -> Collection {
    let mut server = TestServer::keeping_in(database);
    server.start();
    let key = Identity::generate().to_public().to_string();
    server.change_campaign(|campaign| campaign["custodian_keys"] = json!([key]));
    for (name, role) in [("Modibo", "supervisor"), ("Fanta", "custodian")] {
        server.add(name, role);
    }
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    let stories = vec![
        told_by(&awa, "Le puits", NAME, "+223 70 12 34 56"),
        tell_with_file(&awa, "Le marché", 300_000),
        tell_with_file(&awa, "La pirogue", 1_000),
        tell(&awa, "Le registre"),
    ];
    sync(&awa);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    modibo.approve(&stories[3].to_string());
    Collection { server, _device: device, awa, stories }
}

/// What Modibo reads of every story, and the bytes of its files.
fn read(server: &TestServer, stories: &[StoryId]) -> BTreeMap<String, (Value, Vec<usize>)> {
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let one = |story: &StoryId| {
        let page = modibo.story(&story.to_string());
        let files = page["row"]["evidence"].as_array().unwrap();
        let sizes = files.iter().map(|file| {
            modibo.get(&format!("files/{}", file["sha256"].as_str().unwrap())).bytes().unwrap().len()
        });
        (story.to_string(), (page.clone(), sizes.collect()))
    };
    stories.iter().map(one).collect()
}

fn backup(server: &TestServer, to: &Path) -> Value {
    server.run(&["backup", to.to_str().unwrap()])
}

fn files_in(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let shelves = fs::read_dir(folder.join("files")).unwrap().flatten().filter(|e| e.file_name().len() == 2);
    let files = shelves.flat_map(|shelf| fs::read_dir(shelf.path()).unwrap().flatten());
    files.map(|file| (file.path(), file.metadata().unwrap().ino())).collect()
}

fn rows(kept: &Value, table: &str) -> u64 {
    let tables = kept["tables"].as_array().unwrap();
    tables.iter().find(|one| one["table"] == table).unwrap()["rows"].as_u64().unwrap()
}

#[test]
fn a_backup_is_made_while_it_serves_and_brought_back_into_either_database() {
    for database in both() {
        let Collection { server, awa, stories, .. } = collection(database.clone());
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("copie");
        let kept = backup(&server, &to);
        assert_eq!((rows(&kept, "story"), rows(&kept, "sealed_identity")), (4, 4));
        assert_eq!(kept["files"].as_u64().unwrap() as usize, files_in(&to).len());
        let before = files_in(&to);

        // The next one copies what is new, and nothing again.
        let late = tell_with_file(&awa, "Le soir", 2_000);
        sync(&awa);
        let kept = backup(&server, &to);
        assert_eq!(rows(&kept, "story"), 5);
        let after = files_in(&to);
        assert_eq!(after.len(), before.len() + 1);
        assert!(before.iter().all(|(path, inode)| after[path] == *inode));

        let mut all = stories.clone();
        all.push(late);
        let read_before = read(&server, &all);
        let mut again = TestServer::keeping_in_nothing(other(database.as_ref()));
        let back = again.run(&["restore", to.to_str().unwrap()]);
        assert_eq!(back["tables"], kept["tables"]);
        again.start();
        assert_eq!(read(&again, &all), read_before);
        assert_eq!(again.run(&["doctor", "--digests"])["findings"], json!([]));
        let log = |server: &TestServer| server.run(&["audit", "list"]).as_array().unwrap().clone();
        let (brought, before) = (log(&again), log(&server));
        let entries = usize::try_from(rows(&kept, "audit")).unwrap();
        assert_eq!(brought[..entries], before[..entries]);
        again.run(&["audit", "verify"]);
        // Only into one that nobody serves, and that is empty.
        let refused = again.attempt(&["restore", to.to_str().unwrap()]).unwrap_err();
        assert_eq!(refused.code(), "already_serving");
        again.stop();
        assert_eq!(again.attempt(&["restore", to.to_str().unwrap()]).unwrap_err().code(), "bad_input");
    }
}

#[test]
fn what_is_withdrawn_leaves_the_next_backup_and_stays_so_when_an_older_one_is_brought_back() {
    for database in both() {
        let Collection { mut server, awa, stories, .. } = collection(database);
        let folder = tempfile::tempdir().unwrap();
        let [old, kept] = ["ancienne", "nouvelle"].map(|name| folder.path().join(name));
        backup(&server, &old);
        backup(&server, &kept);
        let gone = stories[1];
        awa.withdraw(&awa.story(gone).unwrap().withdrawal.to_string()).unwrap();
        sync(&awa);
        let told = backup(&server, &kept);
        assert_eq!((rows(&told, "story"), rows(&told, "withdrawal")), (3, 1));
        assert_eq!(files_in(&kept).len(), files_in(&old).len() - 1);
        assert!(!blon_tests::folders::holds(&kept, &gone.to_string()));

        // The disk of the database is lost, the folder with its list of withdrawals is not.
        server.stop();
        server.forget_database();
        server.run(&["restore", old.to_str().unwrap()]);
        server.start();
        let modibo = Supervisor::sign_in(&server.url(), "Modibo");
        assert_eq!(modibo.get(&format!("stories/{gone}")).status(), 404);
        assert_eq!(modibo.stories().len(), 3);
        assert_eq!(server.run(&["doctor"])["findings"], json!([]));
    }
}

#[test]
fn what_is_no_backup_or_is_damaged_is_refused_and_nothing_is_taken_from_it() {
    let Collection { server, .. } = collection(None);
    let folder = tempfile::tempdir().unwrap();
    let [full, to] = ["notes", "copie"].map(|name| folder.path().join(name));
    fs::create_dir(&full).unwrap();
    fs::write(full.join("lettre.txt"), "Chère tante").unwrap();
    assert_eq!(server.attempt(&["backup", full.to_str().unwrap()]).unwrap_err().code(), "file_exists");
    assert!(full.join("lettre.txt").exists());
    backup(&server, &to);
    let refused = |from: &Path| {
        let empty = TestServer::keeping_in_nothing(None);
        let code = empty.attempt(&["restore", from.to_str().unwrap()]).unwrap_err().code().to_owned();
        assert!(empty.headquarters().store.is_empty().unwrap());
        code
    };
    assert_eq!(refused(&full), "bad_input");
    Connection::open(to.join("headquarters.db"))
        .unwrap()
        .execute("DELETE FROM record WHERE seq = 1", [])
        .unwrap();
    assert_eq!(refused(&to), "bad_input");
    // One that lacks a file.
    backup(&server, &to);
    fs::remove_file(files_in(&to).into_keys().next().unwrap()).unwrap();
    assert_eq!(refused(&to), "bad_input");
    // A backup that was cut off is none, until it is made again.
    fs::remove_file(to.join("backup.json")).unwrap();
    fs::write(to.join("headquarters.db.half"), "half of one").unwrap();
    assert_eq!(refused(&to), "bad_input");
    backup(&server, &to);
    // No other headquarters takes its place: one that was begun by mistake would leave nothing of it.
    let other = TestServer::keeping_in(None);
    assert_eq!(other.attempt(&["backup", to.to_str().unwrap()]).unwrap_err().code(), "bad_input");
    let back = TestServer::keeping_in_nothing(None);
    assert_eq!(rows(&back.run(&["restore", to.to_str().unwrap()]), "story"), 4);
}

/// Whether something is being moved into this database.
fn has_begun(database: &str) -> bool {
    let mut client = postgres::Client::connect(database, postgres::NoTls).unwrap();
    client.query("SELECT 1 FROM passing WHERE name = 'filling'", &[]).is_ok_and(|rows| !rows.is_empty())
}

#[test]
fn from_one_laptop_to_a_country_and_back() {
    let Some(postgres) = Postgres::shared() else { return };
    let Collection { mut server, awa, stories, .. } = collection(None);
    let (mut database, address) = (postgres.new_database(), server.data());
    let before = read(&server, &stories);
    let refused =
        server.attempt(&["move", "--from", address.to_str().unwrap(), "--to", &database]).unwrap_err();
    assert_eq!(refused.code(), "already_serving");
    server.stop();

    let folder = tempfile::tempdir().unwrap();
    let shared = folder.path().join("partage");
    let [from, to_folder] = [&address, &shared].map(|path| path.to_str().unwrap());
    // Cut off in the middle, and begun again. Where it was too quick, it is tried with another.
    while {
        let up = ["move", "--from", from, "--to", &database, "--folder", to_folder];
        let mut cut = server.tool(&up).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while !has_begun(&database) && cut.try_wait().unwrap().is_none() {}
        let _ = cut.kill();
        cut.wait().unwrap().success()
    } {
        database = postgres.new_database();
        fs::remove_dir_all(&shared).unwrap();
    }
    let up = ["move", "--from", from, "--to", &database, "--folder", to_folder];
    // Half of it serves nobody.
    let half = TestServer::beside_in(&shared, &database);
    assert_eq!(half.attempt(&["serve", "--listen", "127.0.0.1:0"]).unwrap_err().code(), "bad_input");
    // Nobody else is moved into it.
    let other = TestServer::keeping_in(None);
    let from_other = other.data();
    let from_other =
        ["move", "--from", from_other.to_str().unwrap(), "--to", &database, "--folder", to_folder];
    assert_eq!(other.attempt(&from_other).unwrap_err().code(), "bad_input", "it is not empty");
    let moved = server.run(&up);
    assert_eq!((rows(&moved, "story"), moved["files"].as_u64().unwrap() > 0), (4, true));
    let mut country = TestServer::moved(&server, &shared, Some(database.clone()));
    // A folder without the files, as where a disk is away, is not taken for theirs.
    let elsewhere = TestServer::keeping_in_nothing(Some(database.clone()));
    let refused = elsewhere.attempt(&["serve", "--listen", "127.0.0.1:0"]).unwrap_err();
    assert_eq!(refused.code(), "bad_input");
    country.start();
    assert_eq!(read(&country, &stories), before);
    // Devices go on where they were: the same address, and the same secrets.
    let late = tell_with_file(&awa, "Après", 5_000);
    assert_eq!(sync(&awa).refused, 0);

    let back = folder.path().join("retour");
    let down = |folder: &Path| {
        let [folder, back] = [folder, &back].map(|path| path.to_str().unwrap());
        server.attempt(&["move", "--from", &database, "--folder", folder, "--to", back])
    };
    assert_eq!(
        down(&country.data()).unwrap_err().code(),
        "already_serving",
        "what came meanwhile would be left behind"
    );
    country.stop();
    assert_eq!(down(&shared).unwrap_err().code(), "bad_input", "its files are elsewhere by now");
    let moved = down(&country.data()).unwrap();
    assert_eq!((rows(&moved, "story"), &moved["missing"]), (5, &json!(0)));
    let mut laptop = TestServer::moved(&server, &back, None);
    laptop.start();
    let mut all = stories.clone();
    all.push(late);
    let now = read(&laptop, &all);
    for (story, read) in &before {
        assert_eq!(now[story], *read);
    }
    assert_eq!(laptop.run(&["doctor", "--digests"])["findings"], json!([]));
    tell(&awa, "Et encore");
    assert_eq!(sync(&awa).refused, 0);
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    for database in both() {
        let is_embedded = database.is_none();
        let Collection { mut server, stories, .. } = collection(database);
        server.stop();
        let nowhere = TestServer::keeping_in_nothing(None);
        assert_eq!(nowhere.attempt(&["doctor"]).unwrap_err().code(), "bad_input");
        assert!(!nowhere.data().exists(), "a name that was mistyped makes none");
        let whole = server.run(&["doctor", "--digests"]);
        assert_eq!((&whole["findings"], whole["files"].as_u64().unwrap() > 0), (&json!([]), true));
        let found = || -> Vec<String> {
            let output = server.tool(&["doctor", "--digests"]).output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            let told: Value = serde_json::from_slice(&output.stdout).unwrap();
            let findings = told["findings"].as_array().unwrap();
            for finding in findings {
                let words = ["says", "advice"].map(|what| finding[what]["fr"].as_str().unwrap().len());
                assert!(words.iter().all(|length| *length > 10));
            }
            findings.iter().map(|finding| finding["what"].as_str().unwrap().to_owned()).collect()
        };
        // The list and what is counted of it come from the stories, and can always be made anew.
        server.run(&["relist"]);
        let of_first = format!("story = '{}'", stories[0]);
        let without_body =
            format!("DELETE FROM line_body WHERE key IN (SELECT key FROM line WHERE {of_first})");
        for spoiled in [
            vec!["UPDATE line_count SET stories = stories + 1".to_owned()],
            vec!["UPDATE line_day SET date = '2022-09-30'".to_owned()],
            // It is counted, and cannot be shown.
            vec![without_body.clone()],
            vec![without_body.clone(), format!("DELETE FROM line WHERE {of_first}")],
        ] {
            spoiled.iter().for_each(|sql| change_rows(&server, sql));
            assert_eq!(found(), ["list"], "{spoiled:?}");
            server.run(&["relist"]);
            assert_eq!(server.run(&["doctor", "--digests"])["findings"], json!([]));
        }
        let files: Vec<PathBuf> = files_in(&server.data()).into_keys().collect();
        fs::write(&files[0], "d’autres octets").unwrap();
        assert_eq!(found(), ["file_lost", "file_changed"], "its size is another, too");
        fs::remove_file(&files[0]).unwrap();
        let nobodys = "ab".repeat(32);
        let shelf = server.data().join("files/ab");
        fs::create_dir_all(&shelf).unwrap();
        fs::write(shelf.join(&nobodys), "x").unwrap();
        assert_eq!(found(), ["file_lost", "file_nobodys", "file_changed"]);
        change_rows(&server, &format!("UPDATE record SET body = '{{}}' WHERE story = '{}'", stories[0]));
        change_rows(&server, "UPDATE numbered SET last = last + 2");
        let mut said = found();
        said.retain(|what| !what.starts_with("file_"));
        assert_eq!(said, ["record", "numbers"]);
        if is_embedded {
            change_rows(&server, "DROP TRIGGER audit_is_not_changed");
            change_rows(&server, "UPDATE audit SET about = 'rien' WHERE seq = 2");
            assert!(found().contains(&"audit".to_owned()));
        }
    }
}
