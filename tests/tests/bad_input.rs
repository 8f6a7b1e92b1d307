//! Headquarters answers whatever comes with a 4xx and a code, and judges each record alone (invariant 9).

use blon_core::protocol::PROTOCOL;
use blon_core::wire;
use blon_tests::collecting::{another_device, open, sync, tell};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::media::sha256;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::wire::{enrol_by_hand, problem};
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A caller with a device's token and a supervisor's session at once, so that nothing stops at the door.
struct Caller {
    client: Client,
    url: String,
    token: String,
    csrf: String,
}

impl Caller {
    fn of(server: &TestServer) -> Self {
        server.add("Awa", "collector");
        server.add("Modibo", "supervisor");
        let (_, token) = enrol_by_hand(server, "Awa");
        let client = http().cookie_store(true).build().unwrap();
        let url = server.url();
        let body = json!({ "name": "Modibo", "password": PASSWORD });
        let session: Value =
            client.post(format!("{url}/api/session")).json(&body).send().unwrap().json().unwrap();
        Caller { client, url, token, csrf: session["csrf"].as_str().unwrap().to_owned() }
    }

    /// Sends this and gives the refusal.
    fn refused(
        &self,
        method: &Method,
        path: &str,
        body: impl Into<reqwest::blocking::Body>,
    ) -> (u16, String) {
        let request = self.client.request(method.clone(), format!("{}{path}", self.url));
        let request = request.bearer_auth(&self.token).header("x-blon-csrf", &self.csrf);
        let answer = request.header("content-type", "application/json").body(body).send();
        let (status, code) = problem(answer.unwrap_or_else(|e| panic!("{method} {path}: {e:?}")));
        assert!((400..500).contains(&status), "{method} {path}: {status} {code}");
        (status, code)
    }

    /// Syncs these records; gives for each the code it was refused by, if it was.
    fn send(&self, records: &[Value]) -> Vec<Option<String>> {
        let body = json!({ "protocol": 1, "since": 0, "records": records });
        let request = self.client.post(format!("{}/v1/sync", self.url)).bearer_auth(&self.token);
        let answer: Value = request.json(&body).send().unwrap().error_for_status().unwrap().json().unwrap();
        let told = answer["acknowledged"].as_array().unwrap().iter();
        told.map(|a| a["refused"]["code"].as_str().map(str::to_owned)).collect()
    }
}

#[test]
fn a_body_that_cannot_be_read_is_refused_with_a_code() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let nobody = "018f0000-0000-7000-8000-000000000000";
    let decisions = format!("/api/campaigns/{CAMPAIGN}/stories/{nobody}/decisions");
    // Deep, and within what strangers may send.
    let deep = "[".repeat(16_000);
    for path in ["/v1/enrol", "/v1/sync", "/api/session", &decisions] {
        for body in
            ["", "{", "nonsense", "null", "[]", "{}", "42", "\"\"", "\u{0}", &deep, "{\"protocol\": \"1\"}"]
        {
            let (status, code) = caller.refused(&Method::POST, path, body.to_owned());
            assert_eq!((status, code.as_str()), (400, "bad_input"), "{path} {:.20}", body);
        }
        let not_text = caller.refused(&Method::POST, path, vec![0xff, 0xfe, 0x00]);
        assert_eq!(not_text, (400, "bad_input".to_owned()));
        let plain = caller.client.post(format!("{}{path}", caller.url)).bearer_auth(&caller.token);
        let answer = plain.header("x-blon-csrf", &caller.csrf).body("{}").send().unwrap();
        assert_eq!(problem(answer), (400, "bad_input".to_owned()), "{path} without a content type");
    }
    for body in [
        json!({ "protocol": 1, "since": -1, "records": [] }),
        json!({ "protocol": 1, "since": 1.5, "records": [] }),
        json!({ "protocol": 1, "since": 0, "records": {} }),
        json!({ "protocol": -1, "since": 0, "records": [] }),
    ] {
        assert_eq!(caller.refused(&Method::POST, "/v1/sync", body.to_string()).1, "bad_input");
    }
}

#[test]
fn what_is_too_large_or_of_another_version_is_told_so() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let huge = json!({ "protocol": 1, "since": 0, "records": ["x".repeat(9 * 1024 * 1024)] });
    assert_eq!(caller.refused(&Method::POST, "/v1/sync", huge.to_string()), (413, "too_large".to_owned()));
    let many = json!({ "protocol": 1, "since": 0, "records": vec![0; 101] });
    assert_eq!(caller.refused(&Method::POST, "/v1/sync", many.to_string()), (413, "too_large".to_owned()));
    for (path, body) in
        [("/v1/sync", json!({ "since": 0, "records": [] })), ("/v1/enrol", json!({ "code": "AAAAA-AAAAA" }))]
    {
        for (version, code) in [(0, "protocol_unsupported"), (PROTOCOL + 1, "headquarters_older")] {
            let mut body = body.clone();
            body["protocol"] = version.into();
            assert_eq!(caller.refused(&Method::POST, path, body.to_string()).1, code, "who must be updated");
        }
    }
    // A cursor past the end is no fault: headquarters may have been brought back from a backup.
    let far = json!({ "protocol": 1, "since": u64::MAX, "records": [] });
    let answer = caller.client.post(format!("{}/v1/sync", caller.url)).bearer_auth(&caller.token).json(&far);
    assert_eq!(answer.send().unwrap().json::<Value>().unwrap()["next"], 0);
}

#[test]
fn an_address_that_names_nothing_is_not_found() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let digest = "ab".repeat(32);
    for (method, path) in [
        (Method::PUT, "/v1/files/x".to_owned()),
        (Method::PUT, format!("/v1/files/{}", digest.to_uppercase())),
        (Method::PUT, format!("/v1/files/{digest}0")),
        (Method::PUT, "/v1/files/..%2f..%2fetc%2fpasswd".to_owned()),
        (Method::PUT, "/v1/files/%ff%fe".to_owned()),
        (Method::PUT, format!("/v1/files/{digest}")),
        (Method::GET, format!("/v1/files/{digest}")),
        (Method::GET, "/v1/sync".to_owned()),
        (Method::POST, "/v1/nothing".to_owned()),
        (Method::DELETE, "/v1/enrol".to_owned()),
        (Method::GET, "/api/campaigns/elsewhere/stories".to_owned()),
        (Method::GET, "/api/campaigns/..%2f/stories".to_owned()),
        (Method::GET, format!("/api/campaigns/{CAMPAIGN}/stories/not-an-id")),
        (Method::GET, format!("/api/campaigns/{CAMPAIGN}/stories/018f0000-0000-7000-8000-000000000000")),
        (Method::GET, format!("/api/campaigns/{CAMPAIGN}/files/..%2f..%2fheadquarters.db")),
        (Method::GET, format!("/api/campaigns/{CAMPAIGN}/files/{digest}")),
        (Method::GET, "/../headquarters.db".to_owned()),
        (Method::GET, "/assets/%2e%2e/%2e%2e/Cargo.toml".to_owned()),
        (Method::POST, "/".to_owned()),
    ] {
        assert_eq!(caller.refused(&method, &path, "{}").0, 404, "{method} {path}");
    }
}

/// A record as a device would send it, for stories that never were on one.
fn record(server: &TestServer) -> Value {
    let awa = another_device(server, "Awa", &server.url());
    tell(&open(&awa), "Le récit modèle");
    sync(&open(&awa));
    let (_, token) = enrol_by_hand(server, "Awa");
    let body = json!({ "protocol": 1, "since": 0, "records": [] });
    let ask =
        http().build().unwrap().post(format!("{}/v1/sync", server.url())).bearer_auth(token).json(&body);
    ask.send().unwrap().json::<Value>().unwrap()["records"][0].clone()
}

fn another(record: &Value, number: u32) -> Value {
    let mut other = record.clone();
    other["id"] = format!("018f0000-0000-7000-8000-{number:012}").into();
    other["story"] = format!("018f0000-0000-7000-9000-{number:012}").into();
    other
}

#[test]
fn each_record_of_a_batch_is_judged_alone() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let model = record(&server);
    let changed = |number: u32, change: &dyn Fn(&mut Value)| {
        let mut record = another(&model, number);
        change(&mut record);
        record
    };
    let (first, last) = (another(&model, 1), another(&model, 2));
    let batch = [
        (first.clone(), None),
        (Value::Null, Some("record_malformed")),
        (json!({ "id": "x" }), Some("record_malformed")),
        (changed(3, &|r| r["clock"] = "yesterday".into()), Some("record_malformed")),
        (changed(4, &|r| r["act"]["kind"] = "sing".into()), Some("record_malformed")),
        (changed(5, &|r| r["act"]["story"]["storyteller"]["name"] = "Sira".into()), Some("record_malformed")),
        (changed(6, &|r| r["act"]["story"]["title"] = "é".repeat(600_000).into()), Some("too_large")),
        (changed(7, &|r| r["act"]["story"]["title"] = "".into()), Some("story_incomplete")),
        (changed(8, &|r| r["author"] = "Modibo".into()), Some("record_not_yours")),
        (changed(9, &|r| r["device"] = Value::Null), Some("record_not_yours")),
        (changed(10, &|r| r["campaign"] = "elsewhere".into()), Some("record_wrong_campaign")),
        (changed(11, &|r| r["builds_on"] = json!([r["id"]])), Some("record_builds_on_unknown")),
        (changed(1, &|r| r["act"]["note"] = "autre".into()), Some("record_id_taken")),
        (changed(12, &|r| r["act"] = json!({ "kind": "approve" })), Some("act_not_allowed")),
        (first, None),
        (last, None),
    ];
    let (records, expected): (Vec<Value>, Vec<Option<&str>>) = batch.into_iter().unzip();
    let told = caller.send(&records);
    let told: Vec<Option<&str>> = told.iter().map(|code| code.as_deref()).collect();
    assert_eq!(told, expected);
    let there = server.stories();
    assert_eq!(there.len(), 3, "the model and the two good ones, nothing of the others: {there:?}");
    assert!(there.iter().all(|s| s["revisions"] == 1));
    assert_eq!(caller.send(&records), expected.iter().map(|e| e.map(str::to_owned)).collect::<Vec<_>>());
    assert_eq!(server.stories(), there, "a repeat changes nothing");
}

/// A story at headquarters that names this file, which is still to come.
fn story_naming(server: &TestServer, caller: &Caller, number: u32, file: &Value) {
    let mut naming = another(&record(server), number);
    naming["act"]["story"]["changes"][0]["evidence"][0]["file"] = file.clone();
    assert_eq!(caller.send(&[naming]), [None]);
}

#[test]
fn a_file_that_is_not_what_its_story_says_is_refused_and_the_true_one_stays_welcome() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let bytes = vec![7_u8; 50_000];
    let digest = sha256(&bytes);
    let file = json!({ "sha256": digest, "bytes": bytes.len(), "media_type": "text/html" });
    story_naming(&server, &caller, 1, &file);
    let path = format!("/v1/files/{digest}");
    let (other, more) = ((460, "file_digest_mismatch"), (413, "too_large"));
    for (wrong, (status, code)) in [
        (vec![], other),
        (vec![7; 49_999], other),
        (vec![7; 50_001], more),
        (vec![8; 50_000], other),
        (vec![7; 3_000_000], more),
    ] {
        assert_eq!(caller.refused(&Method::PUT, &path, wrong), (status, code.to_owned()));
    }
    let complete = || {
        let named = server.stories().into_iter().flat_map(|s| s["evidence"].as_array().unwrap().clone());
        named.into_iter().find(|e| e["sha256"] == digest.as_str()).unwrap()["complete"].clone()
    };
    assert_eq!(complete(), false);
    for _ in 0..2 {
        let put = caller.client.put(format!("{}{path}", caller.url)).bearer_auth(&caller.token);
        assert_eq!(put.body(bytes.clone()).send().unwrap().status(), 204, "and a repeat is harmless");
    }
    assert_eq!(complete(), true);
    // What a collector called a page is never shown as one.
    let got = Supervisor::sign_in(&server.url(), "Modibo").get(&format!("files/{digest}"));
    assert_eq!(got.headers()["content-type"], "application/octet-stream");
    assert_eq!(got.headers()["content-disposition"], "attachment");
    assert_eq!(got.bytes().unwrap().to_vec(), bytes);

    let endless = "cd".repeat(32);
    let file = json!({ "sha256": endless, "bytes": u64::MAX, "media_type": "audio/wav" });
    story_naming(&server, &caller, 2, &file);
    let refused = caller.refused(&Method::PUT, &format!("/v1/files/{endless}"), "x");
    assert_eq!(refused, (413, "file_too_large".to_owned()), "a story cannot ask for the whole disk");
}

#[test]
fn a_look_by_the_tool_does_not_disturb_a_file_that_is_coming_in() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let bytes = vec![7_u8; 200_000];
    let digest = sha256(&bytes);
    story_naming(
        &server,
        &caller,
        1,
        &json!({ "sha256": digest, "bytes": bytes.len(), "media_type": "audio/wav" }),
    );
    let mut line = TcpStream::connect(server.address()).unwrap();
    let (begin, rest) = bytes.split_at(100_000);
    write!(
        line,
        "PUT /v1/files/{digest} HTTP/1.1\r\nhost: blon\r\nauthorization: Bearer {}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        caller.token,
        bytes.len()
    )
    .unwrap();
    line.write_all(begin).unwrap();
    let incoming = server.data().join("files/incoming");
    while std::fs::read_dir(&incoming).unwrap().next().is_none() {
        std::thread::yield_now();
    }
    assert_eq!(server.stories().len(), 2, "somebody lists the stories meanwhile");
    server.code("Awa");
    line.write_all(rest).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    assert_eq!(std::fs::read_dir(&incoming).unwrap().count(), 0);
}

#[test]
fn half_a_file_is_swept_away_when_headquarters_starts_to_serve() {
    let mut server = TestServer::serving();
    server.kill();
    let left = server.data().join("files/incoming/left-behind");
    std::fs::write(&left, "half a recording").unwrap();
    server.stories();
    assert!(left.exists(), "the tool leaves it: it cannot know whether somebody is writing it");
    server.start();
    assert!(!left.exists());
}

#[test]
fn packed_requests_are_unpacked_within_limits_and_broken_ones_told_apart() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let ask = json!({ "protocol": 1, "since": 0, "records": [] }).to_string();
    let send = |body: Vec<u8>, dictionary: &str| {
        let request = caller.client.post(format!("{}/v1/sync", caller.url)).bearer_auth(&caller.token);
        let request = request.header("content-type", "application/json").header("content-encoding", "zstd");
        let answer =
            request.header("accept-encoding", "zstd").header("blon-dictionary", dictionary).body(body);
        let answer = answer.send().unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let used = headers["blon-dictionary"].to_str().unwrap().parse().unwrap();
        assert_eq!(headers["content-encoding"], "zstd");
        let told = wire::unpack(&answer.bytes().unwrap(), used, 1 << 20).unwrap();
        let told: Value = serde_json::from_slice(&told).unwrap();
        (status, told["code"].as_str().unwrap_or_default().to_owned(), used)
    };
    let newest = wire::newest();
    let packed = |dictionary| wire::pack(ask.as_bytes(), dictionary).unwrap();
    assert_eq!(send(packed(newest), &newest.to_string()), (200, String::new(), newest));
    assert_eq!(send(packed(0), "0"), (200, String::new(), 0), "plain zstd");
    assert_eq!(send(packed(newest), "4711"), (400, "dictionary_unknown".to_owned(), 0));
    assert_eq!(send(b"not packed at all".to_vec(), "0"), (400, "bad_input".to_owned(), 0));
    assert_eq!(send(packed(0)[..5].to_vec(), "0"), (400, "bad_input".to_owned(), 0));
    let bomb = wire::pack(&vec![b' '; 400 * 1024 * 1024], 0).unwrap();
    assert!(bomb.len() < 50_000);
    assert_eq!(send(bomb, "0"), (413, "too_large".to_owned(), 0));
    assert!(server.serves());
}

/// What a sender of bad will packs: small on the line, and no end to it once unpacked.
fn bombs() -> Vec<(Vec<u8>, &'static str)> {
    let endless = vec![b' '; 200 * 1024 * 1024];
    let honest = wire::pack(&endless, 0).unwrap();
    // Written as a stream it does not say how large it is.
    let silent = zstd::stream::encode_all(&endless[..], 3).unwrap();
    let mut many = Vec::new();
    let frame = zstd::stream::encode_all(&endless[..1024 * 1024], 3).unwrap();
    (0..2_000).for_each(|_| many.extend_from_slice(&frame));
    vec![(honest, "too_large"), (silent, "bad_input"), (many, "bad_input")]
}

#[test]
fn what_is_packed_to_do_harm_is_refused_and_costs_no_memory() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let post = |body: Vec<u8>, encoding: &str, dictionary: &str| {
        let request = caller.client.post(format!("{}/v1/sync", caller.url)).bearer_auth(&caller.token);
        let request =
            request.header("content-type", "application/json").header("blon-dictionary", dictionary);
        problem(request.header("content-encoding", encoding).body(body).send().unwrap())
    };
    let before = server.peak_memory().unwrap();
    for (bomb, code) in bombs() {
        assert!(bomb.len() < 3 * 1024 * 1024, "{}", bomb.len());
        for dictionary in ["0", "1"] {
            std::thread::scope(|scope| {
                let sent: Vec<_> =
                    (0..8).map(|_| scope.spawn(|| post(bomb.clone(), "zstd", dictionary))).collect();
                for answer in sent {
                    let (status, told) = answer.join().unwrap();
                    assert!((400..500).contains(&status), "{status} {told}");
                    if dictionary == "0" {
                        assert_eq!(told, code);
                    }
                }
            });
        }
    }
    let grown = server.peak_since(before);
    assert!(grown < 150 * 1024, "48 bombs of 200 MiB each took {grown} KiB");

    let ask = json!({ "protocol": 2, "since": 0, "records": [] }).to_string();
    let newest = wire::newest().to_string();
    let packed = wire::pack(ask.as_bytes(), wire::newest()).unwrap();
    for (body, encoding, dictionary) in [
        (ask.clone().into_bytes(), "zstd", "0"),
        (packed.clone(), "gzip", "0"),
        (packed.clone(), "identity", "0"),
        (packed[..packed.len() / 2].to_vec(), "zstd", newest.as_str()),
        ([packed.clone(), vec![1, 2, 3]].concat(), "zstd", newest.as_str()),
    ] {
        let (status, code) = post(body, encoding, dictionary);
        assert_eq!((status, code.as_str()), (400, "bad_input"), "{encoding} {dictionary}");
    }
}

#[test]
fn a_request_that_breaks_off_is_not_applied_in_part() {
    let server = TestServer::serving();
    let caller = Caller::of(&server);
    let model = record(&server);
    let records: Vec<Value> = (1..20).map(|number| another(&model, number)).collect();
    let there = server.stories();
    let body = json!({ "protocol": 2, "since": 0, "records": records }).to_string();
    for part in [1, body.len() / 3, body.len() - 1] {
        let mut line = TcpStream::connect(server.address()).unwrap();
        write!(
            line,
            "POST /v1/sync HTTP/1.1\r\nhost: blon\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            caller.token,
            body.len()
        )
        .unwrap();
        line.write_all(&body.as_bytes()[..part]).unwrap();
        line.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        // Whether it is answered or just closed, nothing of it may be there.
        let _ = line.read_to_string(&mut answer);
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(server.stories(), there);
    assert_eq!(caller.send(&records), vec![None; records.len()], "whole, it is welcome");
    assert_eq!(server.stories().len(), there.len() + records.len());
}
