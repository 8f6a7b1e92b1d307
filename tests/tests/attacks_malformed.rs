//! What no honest client sends, below the bodies that `bad_input.rs` tries: requests that are no HTTP or too much of it, addresses
//! and headers without end, values that no parser expects, workbooks and packed bodies that swell. Each is answered with a 4xx or
//! with silence, and headquarters goes on.

use blon_tests::fixtures::CAMPAIGN;
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http, told};
use blon_tests::uploading::{AwaitedFile, base64};
use blon_tests::wire::{enrol_by_hand, problem};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// What headquarters answers to these very bytes.
fn answered(server: &TestServer, bytes: &[u8]) -> String {
    let mut line = TcpStream::connect(server.address()).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // Whoever is refused early hears no more of it.
    let _ = line.write_all(bytes);
    let _ = line.shutdown(Shutdown::Write);
    let mut said = Vec::new();
    let _ = line.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

/// The statuses of all answers that stand in what came.
fn statuses(said: &str) -> Vec<u16> {
    said.match_indices("HTTP/1.1 ").map(|(at, _)| said[at + 9..at + 12].parse().unwrap()).collect()
}

#[test]
fn what_is_no_http_or_too_much_of_it_is_refused_and_headquarters_goes_on() {
    let server = TestServer::serving();
    let many = (0..200).fold(String::new(), |all, n| format!("{all}x-{n}: y\r\n"));
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n{more}\r\n");
    let post = |more: &str, body: &str| {
        format!("POST /api/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{more}\r\n{body}")
    };
    let long = "x".repeat(70_000);
    for (what, bytes) in [
        ("nothing", String::new()),
        ("no request", "\0\0\0\0\r\n\r\n".to_owned()),
        ("a handshake of TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n".to_owned()),
        ("HTTP of another time", "GET /\r\n\r\n".to_owned()),
        ("HTTP of the future", "GET / HTTP/9.9\r\nhost: x\r\n\r\n".to_owned()),
        ("HTTP/2 unasked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("an endless address", get(&format!("/{long}"), "")),
        ("an endless question", get(&format!("/api/campaigns?{long}"), "")),
        ("an endless header", get("/", &format!("x: {}\r\n", "y".repeat(600_000)))),
        ("many headers", get("/", &many)),
        ("a header of nothing", get("/", ": y\r\n")),
        ("a header with a NUL", get("/", "x: a\0b\r\n")),
        ("an address with a NUL", get("/a\0b", "")),
        ("an address with a line in it", get("/%0d%0aset-cookie:%20a=b", "")),
        ("an address that climbs", get("/../../etc/passwd", "")),
        ("an address that is none", get("http://[::1", "")),
        ("another host's address", get("http://ailleurs.example/api/people", "")),
        ("an endless method", format!("{} / HTTP/1.1\r\nhost: x\r\n\r\n", "X".repeat(5_000))),
        ("a method of nobody", "BREW /v1/sync HTTP/1.1\r\nhost: x\r\n\r\n".to_owned()),
        ("a way through", "CONNECT ailleurs.example:443 HTTP/1.1\r\nhost: x\r\n\r\n".to_owned()),
        ("two lengths", post("content-length: 2\r\ncontent-length: 40\r\n", "{}")),
        ("a length below nothing", post("content-length: -1\r\n", "{}")),
        ("a length that no number holds", post("content-length: 99999999999999999999999\r\n", "{}")),
        ("pieces of no size", post("transfer-encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n")),
        ("pieces without an end", post("transfer-encoding: chunked\r\n", "ffffffffffffffff\r\n{}")),
        ("an encoding of nobody", post("transfer-encoding: rot13\r\n", "{}")),
    ] {
        let said = answered(&server, bytes.as_bytes());
        for status in statuses(&said) {
            assert!((400..500).contains(&status), "{what}: {said:.300}");
        }
        assert!(!said.contains("set-cookie") && !said.contains("root:"), "{what}: {said:.300}");
    }
    // Two ways to say where a body ends: whichever counts, no second request is smuggled in behind the first.
    let smuggled = "0\r\n\r\nGET /api/set-up HTTP/1.1\r\nhost: x\r\n\r\n";
    let both = format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", smuggled.len());
    for status in statuses(&answered(&server, post(&both, smuggled).as_bytes())) {
        assert!((400..500).contains(&status), "{status}");
    }
    let (status, answer) = told(http().build().unwrap().get(format!("{}/api/set-up", server.url())));
    assert_eq!((status, answer), (200, json!({ "needed": true })), "it goes on");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn values_that_no_parser_expects_are_refused_wherever_they_stand() {
    let server = TestServer::serving();
    server.add("Issa", "admin");
    server.add("Modibo", "supervisor");
    let (issa, modibo) =
        (Supervisor::sign_in(&server.url(), "Issa"), Supervisor::sign_in(&server.url(), "Modibo"));
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let wide = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(20_000));
    let numbers = ["1e999", "-0", "99999999999999999999999999", "0.1", "NaN", "\"\\ud800\"", "\"\\u0000\""];
    let described = told(http().build().unwrap().get(format!("{}/api/openapi.json", server.url()))).1;
    let mut tried = 0;
    for (path, operations) in described["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if !path.starts_with("/api/")
                || operation.get("requestBody").is_none()
                || path.ends_with("/draft")
            {
                continue;
            }
            let nobodys = "01890a5d-ac96-774b-bcce-b302099a8057";
            let path = path.replace("{campaign}", CAMPAIGN).replace("{name}", "Modibo").replace("{id}", "1");
            let path = path.replace("{story}", nobodys);
            let who = if path.contains("/stories/") { &modibo } else { &issa };
            for body in [deep.as_str(), &wide].into_iter().chain(numbers) {
                let request = who.request(method.to_uppercase().parse().unwrap(), &path);
                let answer = request.header("content-type", "application/json").body(body.to_owned()).send();
                let (status, code) = problem(answer.unwrap());
                assert!((400..500).contains(&status), "{method} {path} {body:.20}: {status} {code}");
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
    for path in [
        "/api/audit?before=99999999999999999999",
        "/api/audit?count=-1",
        "/api/audit?count=1&count=2",
        "/api/audit?%00=1",
        "/api/people/%00/sessions",
        "/api/people/%ff/sessions",
        "/api/people/..%2f..%2fetc/sessions",
    ] {
        let (status, said) = told(issa.request(Method::GET, path));
        assert!((400..500).contains(&status), "{path}: {status} {said}");
    }
    let stories = format!("/api/campaigns/{CAMPAIGN}/stories");
    for asked in [
        "count=0x10",
        "from=hier",
        "after=%00",
        "status=none",
        "from=99999-01-01",
        "words=%ff",
        "words=a%00b",
        "collector=%00",
    ] {
        let (status, said) = told(modibo.request(Method::GET, &format!("{stories}?{asked}")));
        assert!((200..500).contains(&status), "{asked}: {status} {said}");
        assert!(status != 200 || said["stories"] == json!([]), "{asked}: {said}");
    }
}

#[test]
fn cookies_tokens_and_headers_of_every_shape_open_nothing() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let (_, token) = enrol_by_hand(&server, "Awa");
    let client = http().build().unwrap();
    let people = format!("{}/api/people", server.url());
    let huge = format!("blon_session={}", "x".repeat(30_000));
    for cookie in [
        "",
        ";",
        "=",
        "blon_session",
        "blon_session=",
        "blon_session=;",
        "blon_session=\"\"",
        "a=b; blon_session=x",
        "blon_session=x; blon_session=y",
        "BLON_SESSION=x",
        "blon_session=' OR 1=1 --",
        "blon_session=%00",
        &huge,
    ] {
        let answer = client.get(&people).header("cookie", cookie).send().unwrap();
        assert_eq!(problem(answer), (401, "signed_out".to_owned()), "{cookie:.40}");
    }
    let bearers =
        ["Bearer", "Bearer ", "bearer  x", "Basic", "Basic !!!", "Basic eDo=", "Digest x", "Bearer a b c"];
    for shown in bearers.map(str::to_owned).into_iter().chain([format!("Bearer {}", "x".repeat(30_000))]) {
        for path in ["api/people", "v1/files/x", "v1/parcels/x"] {
            let request = client.get(format!("{}/{path}", server.url())).header("authorization", &shown);
            let status = request.send().unwrap().status().as_u16();
            assert!([401, 404].contains(&status), "{shown:.40} {path}: {status}");
        }
    }
    // What describes a file that comes: numbers and lists that are none, in every header of tus.
    let file = format!("sha256 {}", base64("ab".repeat(32).as_bytes()));
    let not_base64 = "sha256 !!!";
    let names = "sha256 ".repeat(3_000);
    for (length, metadata, checksum) in [
        ("-1", file.as_str(), ""),
        ("18446744073709551616", &file, ""),
        ("1e3", &file, ""),
        ("", &file, ""),
        ("7", "", ""),
        ("7", not_base64, ""),
        ("7", &names, ""),
        ("7", &file, "sha256 !!!"),
        ("7", &file, "md5 eA=="),
        ("7", &file, " "),
        ("18446744073709551615", &file, ""),
    ] {
        let request = client.post(format!("{}/v1/files", server.url())).bearer_auth(&token);
        let request = request.header("upload-length", length).header("upload-metadata", metadata);
        let request = if checksum.is_empty() { request } else { request.header("upload-checksum", checksum) };
        let (status, code) = problem(request.send().unwrap());
        assert!((400..500).contains(&status), "{length} {metadata:.20} {checksum}: {status} {code}");
    }
}

#[test]
fn ranges_of_every_shape_give_no_more_than_the_file() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let file = AwaitedFile::of(&server, 5_000);
    assert_eq!(file.request(Method::PUT).body(file.bytes.clone()).send().unwrap().status(), 204);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let path = format!("/api/campaigns/{CAMPAIGN}/files/{}", file.sha256);
    let many = format!("bytes={}", vec!["0-4999"; 2_000].join(","));
    for range in [
        "bytes=0-0",
        "bytes=-1",
        "bytes=4999-",
        "bytes=5000-",
        "bytes=9-1",
        "bytes=-0",
        "bytes=0-99999999999999999999",
        "bytes=",
        "bytes=a-b",
        "lines=1-2",
        "bytes=0-0,-1",
        &many,
    ] {
        let answer = modibo.request(Method::GET, &path).header("range", range).send().unwrap();
        let status = answer.status().as_u16();
        assert!([200, 206, 416].contains(&status), "{range:.30}: {status}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert!(answer.bytes().unwrap().len() <= 5_000, "{range:.30}");
    }
}

/// A workbook of a few kilobytes that would be a thousand times as large.
#[test]
fn a_workbook_that_swells_is_refused_before_it_is_read() {
    let server = TestServer::serving();
    server.add("Issa", "admin");
    let issa = Supervisor::sign_in(&server.url(), "Issa");
    let path = format!("/api/campaigns/{CAMPAIGN}/questionnaire/draft");
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]
    {
        bomb.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        for _ in 0..200 {
            bomb.write_all(&vec![b' '; 1024 * 1024]).unwrap();
        }
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 2 * 1024 * 1024, "{}", bomb.len());
    let before = server.peak_memory();
    for bytes in
        [bomb, b"PK\x03\x04".to_vec(), b"PK\x05\x06".repeat(50), vec![0; 100_000], b"{\"survey\":".to_vec()]
    {
        let (status, said) = told(issa.request(Method::PUT, &path).body(bytes));
        assert!((200..500).contains(&status), "{status} {said}");
        assert_ne!((status, &said["ok"]), (200, &Value::Bool(true)), "{said}");
    }
    if let Some((before, after)) = before.zip(server.peak_memory()) {
        assert!(after - before < 400 * 1024, "it took {} KiB", after - before);
    }
}
