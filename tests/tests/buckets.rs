//! Evidence in a bucket: a real S3 on a socket, which goes away, refuses and comes back.

use blon_core::withdrawal::WithdrawalCode;
use blon_tests::bucket::{Bucket, BucketPlace};
use blon_tests::collecting::{collector, open, sync, tell_with_file};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::media::sha256;
use blon_tests::patience::soon;
use blon_tests::postgres::Postgres;
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::traces::files_below;
use blon_tests::uploading::{AwaitedFile, piece_of};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

const MIB: usize = 1024 * 1024;

/// Headquarters with the Kangaba campaign and its files in this place, serving.
fn serving(place: &BucketPlace) -> TestServer {
    let mut server = TestServer::keeping_in(None);
    server.keep_files_in(place);
    server.start();
    server.add("Modibo", "supervisor");
    server
}

/// The objects of a place by their last names, without what says whose it is.
fn objects(place: &BucketPlace) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let names = files_below(&place.folder).into_iter().map(|path| name(&path));
    let mut names: Vec<String> = names.filter(|name| name != "headquarters.id").collect();
    names.sort();
    names
}

#[test]
fn evidence_is_kept_in_the_bucket_alone_read_in_parts_exported_and_erased() {
    let bucket = Bucket::start();
    let place = bucket.new_place();
    let server = serving(&place);
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    let story = tell_with_file(&awa, "Le registre", 12 * MIB);
    tell_with_file(&awa, "Le reçu", 1_000);
    assert_eq!(sync(&awa).files_sent, 2);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let page = modibo.story(&story.to_string());
    let digest = page["row"]["evidence"][0]["sha256"].as_str().unwrap().to_owned();
    assert_eq!(page["row"]["evidence"][0]["complete"], true);
    let whole = modibo.file(&digest);
    assert_eq!(sha256(&whole), digest);

    let mut names = objects(&place);
    names.retain(|name| *name != digest);
    assert_eq!(names.len(), 1, "the other file, and nothing half-come: {names:?}");
    assert_eq!(bucket.parts(), 0);
    assert_eq!(files_below(&server.data().join("files")), Vec::<PathBuf>::new(), "the disk has nothing");

    // Any part of it, over the borders at which the bucket is asked.
    let path = format!("/api/campaigns/{CAMPAIGN}/files/{digest}");
    for (from, to) in [(0, 0), (MIB - 1, MIB), (5 * MIB - 7, 9 * MIB), (12 * MIB - 1, 12 * MIB - 1)] {
        let part = modibo.request(Method::GET, &path).header("range", format!("bytes={from}-{to}"));
        let part = part.send().unwrap();
        assert_eq!(part.status(), 206);
        assert_eq!(part.headers()["content-range"], format!("bytes {from}-{to}/{}", 12 * MIB));
        assert_eq!(part.bytes().unwrap(), whole[from..=to]);
    }
    let other = modibo.request(Method::GET, &path).header("range", "bytes=0-9").header("if-range", "\"x\"");
    assert_eq!(other.send().unwrap().status(), 200, "of another file it has the whole");

    assert_eq!(server.run(&["doctor", "--digests"])["findings"], json!([]));
    let code = WithdrawalCode::of(story).to_string();
    server.run(&["withdraw", &code, "--campaign", CAMPAIGN]);
    assert!(!objects(&place).contains(&digest), "what is withdrawn is erased");
    assert_eq!(modibo.request(Method::GET, &path).send().unwrap().status(), 404);
}

#[test]
fn a_large_file_takes_little_memory_however_it_comes() {
    let bucket = Bucket::start();
    let place = bucket.new_place();
    let server = serving(&place);
    let file = AwaitedFile::of(&server, 96 * MIB);
    file.begin(|request| request);
    let before = server.peak_memory().unwrap();
    let mut at = 0;
    for piece in [100, 40 * MIB, 6 * MIB, 1] {
        assert_eq!(file.patch(at, &file.bytes[at..at + piece]).status(), 204);
        at += piece;
        assert_eq!(file.offset(), Some(at));
    }
    assert!(objects(&place).len() >= 4, "each piece is durable before the device hears of it");
    assert_eq!(file.patch(at, &file.bytes[at..]).status(), 204);
    assert_eq!(objects(&place), [file.sha256.as_str()]);
    let read = Supervisor::sign_in(&server.url(), "Modibo").file(&file.sha256);
    assert!(read == file.bytes);
    let more = server.peak_since(before);
    println!("96 MiB took {} MiB of memory", more / 1024);
    assert!(more < 48 * 1024, "{more} KiB more, and pieces of 5 MiB are all that is held");
}

#[test]
fn a_bucket_that_is_away_holds_up_files_and_no_texts() {
    let mut bucket = Bucket::start();
    let place = bucket.new_place();
    let mut server = serving(&place);
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    bucket.stop();
    tell_with_file(&awa, "Le registre", 200_000);
    let refused = awa.sync(|_| {}).unwrap_err();
    assert_eq!(refused.code().as_str(), "server_fault", "the device tries again later by itself");
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    assert_eq!(modibo.stories().len(), 1, "the text is there");
    assert_eq!(modibo.stories()[0]["evidence"][0]["complete"], false);
    // Who starts without it serves nobody: each file would count as lost.
    server.stop();
    let refused = server.tool(&["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains(r#"{"code":"store_unavailable""#));
    bucket.start_again();
    server.start();
    assert_eq!(sync(&awa).files_sent, 1);
    assert_eq!(server.run(&["doctor", "--digests"])["findings"], json!([]));
}

#[test]
fn killed_in_the_middle_of_a_large_one_it_goes_on_and_leaves_nothing_behind() {
    let bucket = Bucket::start();
    let place = bucket.new_place();
    let mut server = serving(&place);
    let file = AwaitedFile::of(&server, 96 * MIB);
    file.begin(|request| piece_of(request, file.bytes[..1_000].to_vec()));
    std::thread::scope(|scope| {
        let sent = scope.spawn(|| {
            let piece = piece_of(file.request(Method::PATCH), file.bytes[1_000..].to_vec());
            piece.header("upload-offset", 1_000).send()
        });
        soon("a part comes to the bucket", Duration::from_secs(30), || bucket.parts() > 1);
        server.kill();
        assert!(sent.join().unwrap().is_err(), "nobody answered");
    });
    assert!(bucket.parts() > 0 && !files_below(&server.data().join("files/incoming")).is_empty());
    server.start();
    assert_eq!((bucket.parts(), objects(&place).len()), (0, 1), "the parts went, and the piece stays");
    assert!(files_below(&server.data().join("files/incoming")).is_empty());
    assert_eq!(file.offset(), Some(1_000));
    assert_eq!(file.patch(1_000, &file.bytes[1_000..]).status(), 204);
    // What was given up goes, too.
    let other = AwaitedFile::by(&server, "Bakary", 50_000);
    other.begin(|request| piece_of(request, other.bytes[..100].to_vec()));
    assert_eq!(objects(&place).len(), 2);
    let in_days = |days: i64| chrono::Utc::now().timestamp() + days * 24 * 3600;
    let own = server.headquarters();
    own.sweep_uploads(in_days(59), Duration::ZERO).unwrap();
    assert_eq!(objects(&place).len(), 2, "somebody may be away for weeks");
    own.sweep_uploads(in_days(61), Duration::ZERO).unwrap();
    assert_eq!(objects(&place), [file.sha256.as_str()]);
}

#[test]
fn two_processes_take_turns_at_one_file_and_at_once() {
    let Some(postgres) = Postgres::shared() else { return };
    let bucket = Bucket::start();
    let place = bucket.new_place();
    let mut one = TestServer::keeping_in(Some(postgres.new_database()));
    one.keep_files_in(&place);
    one.start();
    // With a folder of its own: nothing but the database and the bucket is shared.
    let mut other = TestServer::keeping_in_nothing(one.database().map(str::to_owned));
    other.keep_files_in(&place);
    other.start();
    let file = AwaitedFile::of(&one, 3 * MIB);
    file.begin(|request| request);
    let send = |server: &TestServer, at: usize, to: usize| {
        let path = format!("{}/v1/files/{}", server.url(), file.sha256);
        let request = http().build().unwrap().patch(path).bearer_auth(&file.token);
        let request = request.header("tus-resumable", "1.0.0").header("upload-offset", at);
        piece_of(request, file.bytes[at..to].to_vec()).send().unwrap().status().as_u16()
    };
    assert_eq!(send(&one, 0, MIB), 204);
    // The same piece at both, one of them shorter: whichever is heard last, what is there stands.
    std::thread::scope(|scope| {
        let shorter = scope.spawn(|| send(&one, MIB, 2 * MIB - 5_000));
        let longer = scope.spawn(|| send(&other, MIB, 2 * MIB));
        assert!(
            [204, 409].contains(&shorter.join().unwrap()) && [204, 409].contains(&longer.join().unwrap())
        );
    });
    let at = file.offset().unwrap();
    assert!([2 * MIB - 5_000, 2 * MIB].contains(&at));
    assert_eq!(send(&other, at, 3 * MIB), 204);
    assert_eq!(one.stories()[0]["evidence"][0]["complete"], true);
    one.add("Modibo", "supervisor");
    for server in [&one, &other] {
        assert!(Supervisor::sign_in(&server.url(), "Modibo").file(&file.sha256) == file.bytes);
    }
    assert_eq!(objects(&place), [file.sha256.as_str()]);
}

#[test]
fn a_place_that_cannot_be_used_is_told_at_the_start() {
    let bucket = Bucket::start();
    let place = bucket.new_place();
    let server = serving(&place);
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    tell_with_file(&awa, "Le registre", 1_000);
    sync(&awa);
    let refused = |place: &BucketPlace| {
        let mut other = TestServer::keeping_in(None);
        other.keep_files_in(place);
        other.attempt(&["serve", "--listen", "127.0.0.1:0"]).unwrap_err()
    };
    let with = |name: &str, value: &str| {
        let mut other = place.clone();
        other.environment.insert(name.to_owned(), value.to_owned());
        refused(&other)
    };
    assert_eq!(refused(&place).code(), "bad_input", "it is another's");
    let keyless = with("AWS_ACCESS_KEY_ID", "");
    assert_eq!(keyless.code(), "bad_input");
    assert!(keyless.0.to_string().contains("AWS_ACCESS_KEY_ID"), "{}", keyless.0);
    let wrong = with("AWS_SECRET_ACCESS_KEY", "mistyped");
    assert_eq!(wrong.code(), "internal");
    assert!(!wrong.0.to_string().contains("mistyped"), "no secret is told");
    for address in ["s3://", "s3:///files", "http://127.0.0.1/evidence", "gs://evidence"] {
        let other = BucketPlace { address: address.to_owned(), ..place.clone() };
        assert_eq!(refused(&other).code(), "bad_input", "{address}");
    }
    // The files of a headquarters are not lost because somebody forgot to say where they are.
    let mut forgetful = TestServer::keeping_in_nothing(None);
    forgetful.keep_files_in(&bucket.new_place());
    std::fs::create_dir_all(forgetful.data()).unwrap();
    std::fs::copy(server.data().join("headquarters.db"), forgetful.data().join("headquarters.db")).unwrap();
    std::fs::copy(server.data().join("headquarters.db-wal"), forgetful.data().join("headquarters.db-wal"))
        .unwrap();
    let told = forgetful.attempt(&["serve", "--listen", "127.0.0.1:0"]).unwrap_err();
    assert_eq!(told.code(), "bad_input", "{}", told.0);
}

/// What Modibo reads of each story, with the sums of its files.
fn read(server: &TestServer) -> Vec<(Value, Vec<String>)> {
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let mut stories = modibo.stories();
    stories.sort_by_key(|story| story["title"].to_string());
    let files = |story: &Value| {
        let files = story["evidence"].as_array().unwrap().clone();
        files.iter().map(|file| sha256(&modibo.file(file["sha256"].as_str().unwrap()))).collect()
    };
    stories.into_iter().map(|story| (story.clone(), files(&story))).collect()
}

#[test]
fn files_move_into_a_bucket_and_back_and_a_backup_holds_them() {
    let bucket = Bucket::start();
    let place = bucket.new_place();
    let mut server = TestServer::keeping_in(None);
    server.start();
    server.add("Modibo", "supervisor");
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    for (title, bytes) in [("Le marché", 300_000), ("La pirogue", 6 * MIB), ("Le puits", 10)] {
        tell_with_file(&awa, title, bytes);
    }
    sync(&awa);
    let before = read(&server);
    server.stop();
    let folder = tempfile::tempdir().unwrap();
    let [up, down] = ["pays", "retour"].map(|name| folder.path().join(name));
    let database = Postgres::shared().map(Postgres::new_database);
    let to = database.clone().unwrap_or_else(|| up.to_str().unwrap().to_owned());
    let run = |arguments: &[&str]| {
        let mut command = server.tool(arguments);
        let output = command.envs(&place.environment).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let [from, shared, back] = [&server.data(), &up, &down].map(|path| path.to_str().unwrap().to_owned());
    let moving = ["move", "--from", &from, "--to", &to, "--folder", &shared, "--files", &place.address];
    let moved = run(&moving);
    assert_eq!((&moved["files"], &moved["missing"]), (&json!(3), &json!(0)));
    assert_eq!(objects(&place).len(), 3);
    let mut country = TestServer::moved(&server, &up, database.clone());
    country.keep_files_in(&place);
    country.start();
    assert_eq!(read(&country), before);
    // A backup is a folder wherever the files are, and goes into a bucket as well as out of it.
    let copy = folder.path().join("copie");
    let copy = copy.to_str().unwrap();
    assert_eq!(country.run(&["backup", copy])["files"], 3);
    let mut restored = TestServer::keeping_in_nothing(None);
    restored.keep_files_in(&bucket.new_place());
    assert_eq!(restored.run(&["restore", copy])["files"], 3);
    restored.start();
    assert_eq!(read(&restored), before);
    country.stop();

    let shared = country.data();
    let shared = shared.to_str().unwrap();
    let from = database.clone().unwrap_or_else(|| shared.to_owned());
    let moving = ["move", "--from", &from, "--folder", shared, "--from-files", &place.address, "--to", &back];
    assert_eq!(run(&moving)["files"], 3);
    let mut laptop = TestServer::moved(&server, &down, None);
    laptop.start();
    assert_eq!(read(&laptop), before);
    assert_eq!(laptop.run(&["doctor", "--digests"])["findings"], json!([]));
}
