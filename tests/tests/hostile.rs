//! What a network, a machine and clumsy hands do: a full disk, lines that crawl or stand still, clients that never
//! finish, two processes at once. Nothing is lost, and nothing is said to be safe that is not.

use blon_core::protocol::{IdSum, SyncRequest};
use blon_core::record::Record;
use blon_tests::collecting::{collector, open, sync, tell, tell_with_file};
use blon_tests::device::{PASSPHRASE, TestDevice, one_document};
use blon_tests::fixtures::stories;
use blon_tests::line::Line;
use blon_tests::many::{bringing, device, signed_off};
use blon_tests::media::sha256;
use blon_tests::places::binary;
use blon_tests::room::{in_a_room_of_its_own, small_disk};
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::wire::{enrol_by_hand, problem};
use chrono::Utc;
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn evidence_that_headquarters_disk_has_no_room_for_is_not_called_received() {
    in_a_room_of_its_own("hostile::on_a_small_disk_at_headquarters");
}

#[test]
#[ignore = "plays on a small disk of its own, which the test above mounts for it"]
fn on_a_small_disk_at_headquarters() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let disk = server.data().join("files");
    small_disk(&disk, "size=300k");
    std::fs::create_dir_all(disk.join("incoming")).unwrap();
    let sizes = [3_011, 150_011, 90_000, 200_000, 40_000];
    for bytes in sizes {
        tell_with_file(&awa, &format!("un fichier de {bytes} octets"), bytes);
    }
    assert!(awa.sync(|_| {}).is_err(), "the disk is too small for all of it");
    let whole = whole_files(&server);
    assert!(whole < sizes.len());
    let confirmed: u32 = awa.stories().unwrap().iter().map(|s| s.receipt.files_confirmed).sum();
    // Two files go at a time: where one meets the full disk, the answer to the other may not be heard any more.
    assert!(usize::try_from(confirmed).unwrap() <= whole, "the device counts what is whole, and no more");

    small_disk(&disk, "remount,size=64m");
    sync(&awa);
    assert_eq!(whole_files(&server), sizes.len(), "with room again everything is sent");
}

/// The files that headquarters calls complete; each of them is there with its very bytes.
fn whole_files(server: &TestServer) -> usize {
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let stories = server.stories();
    let files = stories.iter().flat_map(|s| s["evidence"].as_array().unwrap());
    let complete = files.filter(|f| f["complete"] == true).map(|f| f["sha256"].as_str().unwrap());
    complete.inspect(|digest| assert_eq!(sha256(&modibo.file(digest)), *digest)).count()
}

#[test]
fn a_file_that_headquarters_disk_has_lost_is_taken_again() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let awa = collector_with_file(&server);
    let digest = server.stories()[0]["evidence"][0]["sha256"].as_str().unwrap().to_owned();
    let path = server.data().join("files").join(&digest[..2]).join(&digest);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let (_, token) = enrol_by_hand(&server, "Awa");
    for _ in 0..2 {
        let put = http().build().unwrap().put(format!("{}/v1/files/{digest}", server.url()));
        assert_eq!(put.bearer_auth(&token).body(bytes.clone()).send().unwrap().status(), 204);
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    drop(awa);
}

fn collector_with_file(server: &TestServer) -> TestDevice {
    let awa = TestDevice::of("Awa");
    awa.enrol(&server.url(), &server.code("Awa"));
    tell_with_file(&open(&awa), "Le registre", 5_000_000);
    awa.run(&["sync"]);
    awa
}

#[test]
fn a_line_that_crawls_is_waited_for() {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let phone = open(&collector(&server, "Awa", &server.url()));
    for number in 0..55 {
        tell(&phone, &format!("histoire {number}"));
    }
    sync(&phone);
    let laptop = TestDevice::of("laptop");
    laptop.enrol(&line.url(), &server.code("Awa"));
    // More than a minute for the first answer of fifty records alone, packed as it is.
    line.slow_answers(110);
    let begun = Instant::now();
    assert_eq!(sync(&open(&laptop)).received, 55);
    assert!(begun.elapsed() > Duration::from_secs(62), "that was no slow line: {:?}", begun.elapsed());
}

#[test]
fn a_line_that_stands_still_is_given_up_and_nothing_is_lost() {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let awa = open(&collector(&server, "Awa", &line.url()));
    tell_with_file(&awa, "Le registre", 400_000);
    line.freeze();
    let begun = Instant::now();
    assert_eq!(awa.sync(|_| {}).unwrap_err().code().as_str(), "line_stalled");
    let waited = begun.elapsed();
    assert!((Duration::from_secs(50)..Duration::from_secs(90)).contains(&waited), "{waited:?}");
    line.mend();
    assert_eq!(sync(&awa).files_sent, 1);
}

#[test]
fn a_client_that_never_finishes_is_closed_and_does_not_keep_headquarters_from_ending() {
    let mut server = TestServer::serving();
    server.add("Awa", "collector");
    let (_, token) = enrol_by_hand(&server, "Awa");
    let half = |text: String| {
        let mut client = TcpStream::connect(server.address()).unwrap();
        client.write_all(text.as_bytes()).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(90))).unwrap();
        client
    };
    let clients = [
        half("GET / HTTP/1.1\r\nHost: x\r\n".to_owned()),
        half(format!(
            "POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: 900\r\n\r\n{{"
        )),
    ];
    for mut client in clients {
        let mut said = Vec::new();
        client.read_to_end(&mut said).expect("it is closed within a minute and a half");
    }
    let _unfinished = half("PUT /v1/files/x HTTP/1.1\r\nHost: x\r\nContent-".to_owned());
    let begun = Instant::now();
    server.stop();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn strangers_cannot_hand_in_much_and_many_records_are_not_even_read() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let client = http().build().unwrap();
    for path in ["v1/enrol", "api/session"] {
        let body = json!({ "protocol": 1, "code": "x".repeat(20_000), "name": "x", "password": "x" });
        let answer = client.post(format!("{}/{path}", server.url())).json(&body).send().unwrap();
        assert_eq!(problem(answer), (413, "too_large".to_owned()), "{path}");
    }
    let (_, token) = enrol_by_hand(&server, "Awa");
    let body = format!(r#"{{"protocol":1,"since":0,"records":[{}{{}}]}}"#, r#"{"":0},"#.repeat(350_000));
    let request = client.post(format!("{}/v1/sync", server.url())).header("content-type", "application/json");
    assert_eq!(
        problem(request.bearer_auth(&token).body(body).send().unwrap()),
        (413, "too_large".to_owned())
    );
}

#[test]
fn only_one_process_serves_a_folder_and_nobody_else_reads_it() {
    let server = TestServer::serving();
    let refused = server.attempt(&["serve", "--listen", "127.0.0.1:0"]).expect_err("it is served already");
    assert_eq!(refused.code(), "already_serving");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(server.data()).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}

#[test]
fn two_processes_that_make_a_store_at_once_share_it() {
    for _ in 0..4 {
        let awa = TestDevice::of("Awa");
        let story = awa.write_story(&stories()[1]);
        let new = || awa.command(&["new", story.to_str().unwrap()]).stdout(Stdio::piped()).spawn().unwrap();
        let both = [new(), new(), new()];
        for process in both {
            one_document(&process.wait_with_output().unwrap()).unwrap_or_else(|r| panic!("{}", r.0));
        }
        assert_eq!(awa.stories().len(), 3);
        assert_eq!(awa.run(&["doctor"])["sound"], true);
    }
}

#[cfg(unix)]
#[test]
fn evidence_is_a_file_and_nothing_that_is_waited_for() {
    let awa = TestDevice::of("Awa");
    let story = awa.write_story(&stories()[0]);
    let pipe = awa.path("pipe.jpg");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe, awa.path("")] {
        let refused = awa
            .attempt(&["new", story.to_str().unwrap(), "--evidence", path.to_str().unwrap()])
            .expect_err("it is no file");
        assert_eq!(refused.code(), "file_unreadable");
    }
    assert_eq!(awa.stories(), Vec::<Value>::new());
}

#[test]
fn a_correction_by_file_leaves_each_piece_of_evidence_its_own_file() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let mut story = stories()[0].clone();
    let piece =
        |kind: &str, file: &str| json!({ "kind": kind, "description": kind, "strength": 3, "file": file });
    story["changes"][0]["evidence"] = json!([piece("photo", "photo")]);
    story["changes"][1]["evidence"] = json!([piece("audio", "audio")]);
    let (photo, recording) = (awa.path("a.jpg"), awa.path("b.wav"));
    blon_tests::media::photo(&photo, 1);
    blon_tests::media::sound(&recording, 1, 1);
    let id = awa.new_story(&story, &[photo, recording.clone()]);
    story["changes"].as_array_mut().unwrap().remove(0);
    let file = awa.write_story(&story);
    awa.run(&["revise", &id, file.to_str().unwrap()]);
    let shown = awa.run(&["show", &id]);
    let kept = &shown["story"]["changes"][0]["evidence"][0];
    assert_eq!(
        (&kept["kind"], kept["file"]["sha256"].as_str()),
        (&json!("audio"), Some(&*sha256(&std::fs::read(&recording).unwrap())))
    );
}

#[test]
fn a_code_typed_on_the_wrong_device_stays_good() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    server.add("Bakary", "collector");
    let code = server.code("Bakary");
    let refused = awa.attempt(&["enrol", &server.url(), &code]).expect_err("it is Awa's device");
    assert_eq!(refused.code(), "already_enrolled");
    assert_eq!(TestDevice::of("Bakary").enrol(&server.url(), &code)["person"], "Bakary");
}

#[test]
fn a_proxy_on_another_machine_does_not_get_what_stays_on_this_one() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    tell(&open(&awa), "Le puits");
    let mut command = awa.command(&["sync"]);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        command.env(name, "http://127.0.0.1:9");
    }
    assert_eq!(one_document(&command.output().unwrap()).unwrap()["sent"], 1);
}

#[test]
fn a_title_cannot_forge_what_a_tool_says() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    tell(&open(&awa), "Le puits\nAUTRE LIGNE \u{1b}[2J\u{202e}");
    awa.run(&["sync"]);
    let data = server.data();
    let plain = |name: &str, arguments: &[&str]| {
        let output =
            Command::new(binary(name)).args(arguments).env("BLON_PASSPHRASE", PASSPHRASE).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let own = awa.data();
    for said in [
        plain("blon-device", &["--data", own.to_str().unwrap(), "list"]),
        plain("blon-server", &["--data", data.to_str().unwrap(), "stories", "--campaign", "kangaba-2022"]),
    ] {
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }
}

#[test]
fn a_campaign_and_an_address_that_cannot_work_are_refused() {
    let server = TestServer::new();
    let mut campaign: Value =
        serde_json::from_slice(&std::fs::read(blon_tests::fixtures::campaign_file()).unwrap()).unwrap();
    campaign["name"] = " ".into();
    campaign["communes"] = json!(["Nouga", "Nouga"]);
    campaign["end"] = "2021-01-01".into();
    let file = server.data().join("campaign.json");
    std::fs::write(&file, campaign.to_string()).unwrap();
    let refused = server.attempt(&["campaign", "import", file.to_str().unwrap()]).expect_err("unusable");
    assert_eq!(refused.code(), "bad_input");
    let message = refused.0["message"].as_str().unwrap();
    for said in ["no name", "before it starts", "\"Nouga\" stands in communes twice"] {
        assert!(message.contains(said), "{message}");
    }
    server.add("Awa", "collector");
    for url in ["blon.example", "not a url", "https://", "https://a?b"] {
        let refused = server.attempt(&["enrol", "Awa", "--url", url]).expect_err(url);
        assert_eq!(refused.code(), "bad_input", "{url}");
    }
}

#[test]
fn what_comes_together_is_judged_by_what_came_before_it_in_the_batch() {
    let server = TestServer::serving();
    let headquarters = server.headquarters();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = awa.story(tell(&awa, "Le puits")).unwrap().story;
    let (device, _) = device(&server, &headquarters, "Awa");
    let new = || signed_off(story.clone(), &device);
    let (first, other) = (new(), new());
    let revised = Record { story: first.story, builds_on: vec![first.id], ..new() };
    let same_id = Record { id: first.id, ..other.clone() };
    let alone = Record { story: first.story, ..new() };
    let batch = [&first, &first, &same_id, &revised, &other, &alone];
    let bodies = batch.map(|record| to_raw_value(record).unwrap()).to_vec();
    let ask = SyncRequest { files: true, ..bringing(bodies) };
    // The second time it is the same answer, and nothing is added.
    for _ in 0..2 {
        let answer = headquarters.sync(&device, ask.clone(), Utc::now()).unwrap();
        let refused = answer.acknowledged.iter().map(|one| one.refused.as_ref().map(|why| why.code.as_str()));
        let taken = [None, None, Some("record_id_taken"), None, None];
        assert_eq!(refused.take(5).collect::<Vec<_>>(), taken);
        // Whatever becomes of the last one, it counts once.
        let kept = 3 + u64::from(answer.acknowledged[5].refused.is_none());
        let all = headquarters.store.read(|tx| tx.last_seq(&device.campaign)).unwrap();
        assert_eq!((answer.own_records, all.cast_unsigned()), (Some(kept), kept));
        let sum: IdSum = batch
            .iter()
            .zip(&answer.acknowledged)
            .enumerate()
            .filter(|(place, (_, one))| ![1, 2].contains(place) && one.refused.is_none())
            .map(|(_, (record, _))| record.id)
            .collect();
        assert_eq!(answer.own_sum, Some(sum), "and is told so");
    }
}
