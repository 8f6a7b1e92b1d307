//! Evidence by tus 1.0: what the protocol promises, by hand and by clients that nobody here wrote.

use blon_tests::collecting::{collector, open, sync, tell_with_file};
use blon_tests::device::one_document;
use blon_tests::line::Line;
use blon_tests::media::sha256;
use blon_tests::places::project;
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::traces::files_below;
use blon_tests::uploading::{AwaitedFile, base64, header, part_of_a_piece, piece_of, sync_texts, token};
use blon_tests::wire::problem;
use chrono::Utc;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Headquarters has the file whole, and a supervisor reads its very bytes.
fn is_there(server: &TestServer, file: &AwaitedFile) -> bool {
    let complete = server.stories()[0]["evidence"][0]["complete"] == true;
    if complete {
        server.attempt(&["user", "add", "Modibo", "--role", "supervisor", "--team", "kangaba"]).ok();
        let read = Supervisor::sign_in(&server.url(), "Modibo").file(&file.sha256);
        assert_eq!(sha256(&read), file.sha256);
    }
    complete
}

#[test]
fn a_server_says_what_it_speaks() {
    let server = TestServer::serving();
    let file = AwaitedFile::of(&server, 1_000);
    let answer = file.request_to(Method::OPTIONS, "/v1/files").send().unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(header(&answer, "tus-version"), "1.0.0");
    assert_eq!(
        header(&answer, "tus-extension"),
        "creation,creation-with-upload,checksum,expiration,termination"
    );
    assert_eq!(header(&answer, "tus-max-size"), (2_u64 * 1024 * 1024 * 1024).to_string());
    assert_eq!(header(&answer, "tus-checksum-algorithm"), "sha1,sha256");
    let mut other = file.request(Method::HEAD).build().unwrap();
    other.headers_mut().insert("tus-resumable", "0.2.2".parse().unwrap());
    let refused = http().build().unwrap().execute(other).unwrap();
    assert_eq!((refused.status().as_u16(), header(&refused, "tus-version")), (412, "1.0.0"));
}

#[test]
fn a_file_comes_in_pieces_each_checked() {
    let server = TestServer::serving();
    let file = AwaitedFile::of(&server, 100_000);
    assert_eq!(file.offset(), None);
    let begun = file.begin(|request| request);
    assert_eq!((begun.status().as_u16(), header(&begun, "upload-offset")), (201, "0"));
    assert_eq!(header(&begun, "location"), format!("files/{}", file.sha256));
    assert!(header(&begun, "upload-expires").ends_with("GMT"));

    let (first, rest) = file.bytes.split_at(40_000);
    let sent = file.patch(0, first);
    assert_eq!((sent.status().as_u16(), header(&sent, "upload-offset")), (204, "40000"));
    assert_eq!(problem(file.patch(0, first)), (409, "upload_offset_wrong".to_owned()), "a repeat is seen");
    assert_eq!(problem(file.patch(50_000, first)), (409, "upload_offset_wrong".to_owned()), "and a gap");
    assert_eq!(problem(file.patch(40_000, &[0; 60_001])), (413, "too_large".to_owned()));

    let checked = |piece: &[u8], sum: String| {
        let request = piece_of(file.request(Method::PATCH), piece.to_vec());
        request.header("upload-offset", 40_000).header("upload-checksum", sum).send().unwrap()
    };
    let right = format!("sha256 {}", base64(&Sha256::digest(rest)));
    let spoilt = problem(checked(&vec![7; rest.len()], right.clone()));
    assert_eq!(spoilt, (460, "checksum_mismatch".to_owned()));
    assert_eq!(file.offset(), Some(40_000), "nothing of it was kept");
    for unreadable in ["md5 AAAA", "sha256", "sha256 ???", "sha1 AAAA"] {
        assert_eq!(problem(checked(rest, unreadable.to_owned())), (400, "bad_input".to_owned()));
    }
    assert_eq!(checked(rest, right).status(), 204);
    assert!(is_there(&server, &file));
    assert_eq!(file.offset(), Some(100_000));
    assert_eq!(problem(file.patch(100_000, b"more")).0, 409, "it has ended");
    let again = file.begin(|request| request);
    assert_eq!(header(&again, "upload-offset"), "100000", "what is there is not asked for again");
}

#[test]
fn the_first_piece_may_come_with_the_creation() {
    let server = TestServer::serving();
    let file = AwaitedFile::of(&server, 50_000);
    let first = file.bytes[..20_000].to_vec();
    let begun = file.begin(|request| piece_of(request, first.clone()));
    assert_eq!((begun.status().as_u16(), header(&begun, "upload-offset")), (201, "20000"));
    let again = file.begin(|request| piece_of(request, first));
    assert_eq!((again.status().as_u16(), header(&again, "upload-offset")), (201, "20000"), "not twice");
    let request = piece_of(file.request(Method::POST), file.bytes[20_000..].to_vec());
    let overridden = request.header("x-http-method-override", "PATCH").header("upload-offset", 20_000);
    assert_eq!(overridden.send().unwrap().status(), 204);
    assert!(is_there(&server, &file));
}

#[test]
fn what_is_not_awaited_or_not_what_it_is_called_is_refused() {
    let server = TestServer::serving();
    let file = AwaitedFile::of(&server, 30_000);
    let unknown = base64("ab".repeat(32).as_bytes());
    for (metadata, length, status, code) in [
        (format!("sha256 {unknown}"), "30000", 404, "file_not_expected"),
        (format!("sha256 {}", base64(file.sha256.as_bytes())), "30001", 400, "bad_input"),
        (format!("sha256 {}", base64(file.sha256.as_bytes())), "many", 400, "bad_input"),
        ("sha256 ????".to_owned(), "30000", 400, "bad_input"),
        ("filename cmVnaXN0cmU=".to_owned(), "30000", 400, "bad_input"),
        (String::new(), "30000", 400, "bad_input"),
    ] {
        let request = file.request_to(Method::POST, "/v1/files").header("upload-length", length);
        let refused = request.header("upload-metadata", &metadata).body(vec![1; 500]).send().unwrap();
        assert_eq!(problem(refused), (status, code.to_owned()), "{metadata} {length}");
    }
    file.begin(|request| request);
    let untyped = file.request(Method::PATCH).header("upload-offset", 0).body(file.bytes.clone());
    assert_eq!(problem(untyped.send().unwrap()), (400, "bad_input".to_owned()));
    // Other bytes under this name: nothing of them stays, and the true ones are welcome.
    let other = problem(file.patch(0, &vec![7; 30_000]));
    assert_eq!(other, (460, "file_digest_mismatch".to_owned()));
    assert_eq!(file.offset(), None);
    file.begin(|request| request);
    assert_eq!(file.patch(0, &file.bytes).status(), 204);
    assert!(is_there(&server, &file));
}

#[test]
fn an_upload_is_its_devices_own() {
    let server = TestServer::serving();
    let file = AwaitedFile::of(&server, 30_000);
    file.begin(|request| piece_of(request, file.bytes[..10_000].to_vec()));
    server.add("Bakary", "collector");
    let (_, other) = blon_tests::wire::enrol_by_hand(&server, "Bakary");
    for method in [Method::HEAD, Method::PATCH, Method::DELETE] {
        let request = piece_of(file.request(method.clone()), vec![1]).header("upload-offset", 10_000);
        let mut request = request.build().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {other}").parse().unwrap());
        let refused = http().build().unwrap().execute(request).unwrap();
        assert_eq!(refused.status(), 404, "{method}");
    }
    assert_eq!(file.offset(), Some(10_000));
}

#[test]
fn an_upload_can_be_given_up_and_expires() {
    let mut server = TestServer::serving();
    let file = AwaitedFile::of(&server, 30_000);
    let begin = || file.begin(|request| piece_of(request, file.bytes[..10_000].to_vec()));
    let incoming = server.files().join("incoming");
    let left = || files_below(&incoming).len();
    begin();
    assert_eq!(left(), 1);
    assert_eq!(file.request(Method::DELETE).send().unwrap().status(), 204);
    assert_eq!((file.offset(), left()), (None, 0));
    assert_eq!(problem(file.request(Method::DELETE).send().unwrap()), (404, "file_not_found".to_owned()));

    begin();
    server.stop();
    let own = server.headquarters();
    let in_days = |days: i64| Utc::now().timestamp() + days * 24 * 3600;
    own.sweep_uploads(in_days(59), Duration::ZERO).unwrap();
    assert_eq!(left(), 1, "somebody may be away for weeks");
    own.sweep_uploads(in_days(61), Duration::ZERO).unwrap();
    assert_eq!(left(), 0);
    drop(own);
    server.start();
    assert_eq!(file.offset(), None);
    assert_eq!(sync(&open(&file.device)).files_sent, 1, "the device begins anew");
}

/// What a cut line brought may still be on its way through the system.
fn offset_comes_to(file: &AwaitedFile, bytes: usize) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if file.offset() == Some(bytes) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_piece_that_is_refused_holds_nobody_up_while_the_rest_of_it_comes() {
    let server = TestServer::serving();
    let file = AwaitedFile::of(&server, 50_000);
    assert_eq!(file.begin(|request| request).status(), 201);
    // It begins where nothing is, and its line stands still.
    let line = part_of_a_piece(&server, &file, 7, 1_000);
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    assert_eq!(file.offset(), Some(0));
    assert_eq!(file.patch(0, &file.bytes).status(), 204);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    drop(line);
}

#[test]
fn what_a_cut_piece_brought_is_kept() {
    let server = TestServer::serving();
    let file = AwaitedFile::of(&server, 300_000);
    file.begin(|request| request);
    drop(part_of_a_piece(&server, &file, 0, 123_456));
    assert!(offset_comes_to(&file, 123_456), "{:?}", file.offset());
    assert_eq!(file.patch(123_456, &file.bytes[123_456..]).status(), 204);
    assert!(is_there(&server, &file));
}

#[test]
fn a_line_that_died_in_silence_does_not_hold_up_the_next() {
    let server = TestServer::serving();
    let file = AwaitedFile::of(&server, 300_000);
    file.begin(|request| request);
    let silent = part_of_a_piece(&server, &file, 0, 200_000);
    let incoming = || {
        let files = std::fs::read_dir(server.data().join("files/incoming")).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    while incoming() < 200_000 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let begun = Instant::now();
    assert_eq!(file.offset(), Some(200_000));
    assert_eq!(file.patch(200_000, &file.bytes[200_000..]).status(), 204);
    assert!(begun.elapsed() < Duration::from_secs(10), "the dead line would be waited for a minute");
    assert!(is_there(&server, &file));
    drop(silent);
}

#[test]
fn what_was_acknowledged_is_there_after_a_power_cut() {
    let mut server = TestServer::serving();
    let file = AwaitedFile::of(&server, 300_000);
    file.begin(|request| piece_of(request, file.bytes[..100_000].to_vec()));
    let _line = part_of_a_piece(&server, &file, 0, 0);
    server.kill();
    server.start();
    assert_eq!(file.offset(), Some(100_000));
    assert_eq!(sync(&open(&file.device)).file_bytes, 200_000, "only what was lacking is sent");
    assert!(is_there(&server, &file));
}

#[test]
fn headquarters_asks_first_for_what_a_supervisor_waits_for_then_for_the_smallest() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    for (title, bytes) in [("grand", 90_000), ("petit", 1_000), ("demandé", 60_000), ("moyen", 30_000)] {
        tell_with_file(&awa, title, bytes);
    }
    sync_texts(&awa).unwrap_err();
    let stories = server.stories();
    let digest = |title: &str| {
        let story = stories.iter().find(|s| s["title"] == title).unwrap();
        story["evidence"][0]["sha256"].as_str().unwrap().to_owned()
    };
    Supervisor::sign_in(&server.url(), "Modibo").ask_for(&digest("demandé"));
    let request = http().build().unwrap().post(format!("{}/v1/sync", server.url()));
    let ask = json!({ "protocol": 2, "since": 0, "records": [] });
    let answer: Value = request.bearer_auth(token(&device)).json(&ask).send().unwrap().json().unwrap();
    assert_eq!(answer["lacking"], json!(["demandé", "petit", "moyen", "grand"].map(digest)));
    let mut left = Vec::new();
    awa.sync(|now| left.push(now.bytes_left)).unwrap();
    left.dedup();
    assert_eq!(left.last(), Some(&0));
}

fn client(
    program: PathBuf,
    script: &str,
    endpoint: &str,
    file: &AwaitedFile,
    chunk: Option<usize>,
) -> Command {
    let mut command = Command::new(program);
    command.arg(project().join("tests/clients").join(script));
    command.args([endpoint, &file.token]).arg(&file.path).arg(&file.sha256);
    command.args(chunk.map(|chunk| chunk.to_string()));
    command
}

fn tus_js(endpoint: &str, file: &AwaitedFile, chunk: Option<usize>) -> Command {
    client("node".into(), "upload.mjs", endpoint, file, chunk)
}

fn tuspy(endpoint: &str, file: &AwaitedFile, chunk: Option<usize>) -> Command {
    let python = blon_tests::places::target().join("clients-python/bin/python");
    client(python, "upload.py", endpoint, file, chunk)
}

#[test]
fn other_peoples_clients_upload_in_one_piece_and_in_many() {
    for client in [tus_js, tuspy] {
        for chunk in [None, Some(64 * 1024)] {
            let server = TestServer::serving();
            let file = AwaitedFile::of(&server, 700_000);
            let mut command = client(&format!("{}/v1/files", server.url()), &file, chunk);
            let told: Value = one_document(&command.output().unwrap()).unwrap_or_else(|r| panic!("{}", r.0));
            assert_eq!(told["url"], format!("{}/v1/files/{}", server.url(), file.sha256));
            assert!(is_there(&server, &file), "{command:?}");
            let report = sync(&open(&file.device));
            assert_eq!((report.file_bytes, report.files_sent), (0, 0), "the device has nothing left to send");
        }
    }
}

#[test]
fn other_peoples_clients_go_on_after_a_cut() {
    for client in [tus_js, tuspy] {
        let server = TestServer::serving();
        let file = AwaitedFile::of(&server, 900_000);
        let line = Line::to(server.address());
        line.cut_after(400_000);
        let endpoint = format!("{}/v1/files/", line.url());
        let running = std::thread::spawn({
            let mut command = client(&endpoint, &file, Some(128 * 1024));
            move || command.output().unwrap()
        });
        while line.bytes_up() < 400_000 {
            std::thread::sleep(Duration::from_millis(5));
        }
        line.mend();
        let output = running.join().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(is_there(&server, &file));
        assert!(line.bytes_up() < 900_000 + 2 * 128 * 1024, "not from its beginning: {}", line.bytes_up());
    }
}
