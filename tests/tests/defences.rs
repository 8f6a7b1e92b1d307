//! What stands around headquarters and the app whoever comes: what a browser is told with every answer, what evidence is served as,
//! what the app's window may do at all.

use blon_tests::media::sha256;
use blon_tests::places::project;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::{Supervisor, http, http_believing, told};
use blon_tests::uploading::AwaitedFile;
use blon_tests::wire::{enrol_by_hand, first_version, posted};
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

/// What every answer says, whatever it answers.
const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()",
    ),
];

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// One answer of each kind: pages and what belongs to them, what programs ask, refusals of every sort.
fn answers(client: &Client, url: &str) -> Vec<Response> {
    let index = client.get(url).send().unwrap().text().unwrap();
    let script = index.split("src=\"./").nth(1).unwrap().split('"').next().unwrap();
    let get = [
        "",
        script,
        "api/docs",
        "api/docs/page.js",
        "api/openapi.json",
        "api/set-up",
        "api/people",
        "api/nowhere",
        "nowhere",
    ];
    let mut all: Vec<_> = get.iter().map(|path| client.get(format!("{url}/{path}"))).collect();
    all.push(client.post(format!("{url}/v1/sync")).body("{"));
    all.push(client.post(format!("{url}/api/session")).json(&json!({ "name": "x", "password": "x" })));
    all.push(client.delete(format!("{url}/v1/enrol")));
    all.push(client.request(reqwest::Method::OPTIONS, format!("{url}/v1/files")));
    all.into_iter().map(|request| request.send().unwrap()).collect()
}

#[test]
fn every_answer_tells_browsers_to_load_nothing_from_elsewhere_and_run_nothing_that_stands_in_a_page() {
    let server = TestServer::serving();
    for answer in answers(&http().build().unwrap(), &server.url()) {
        let at = answer.url().clone();
        for (name, value) in ALWAYS {
            assert_eq!(header(&answer, name), value, "{at}");
        }
        let policy = header(&answer, "content-security-policy").to_owned();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.split("; ").any(|one| one == part), "{at}: {part} is not in {policy}");
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'),
            "{at}: {policy}"
        );
        assert_eq!(header(&answer, "strict-transport-security"), "", "{at}: this is not TLS");
        assert_eq!(header(&answer, "access-control-allow-origin"), "", "{at}: no other site reads it");
        assert!(answer.headers().get("server").is_none() && answer.headers().get("x-powered-by").is_none());
    }
}

/// Six hundred bytes with every answer are a fifth of a story, paid by the megabyte; and no browser asks with such a token.
#[test]
fn a_device_does_not_pay_for_what_only_browsers_need() {
    let server = TestServer::over_tls();
    let [certificate, _] = server.certificate("tls");
    let client = http_believing(&certificate).build().unwrap();
    server.add("Awa", "collector");
    let code = json!({ "protocol": 1, "code": server.code("Awa") });
    let enrolled = client.post(format!("{}/v1/enrol", server.url())).json(&code).send().unwrap();
    let enrolled: Value = enrolled.json().unwrap();
    let asked = |authorization: &str| {
        let sync = client.post(format!("{}/v1/sync", server.url())).header("authorization", authorization);
        sync.json(&json!({ "protocol": 1, "since": 0, "records": [] })).send().unwrap()
    };
    let answer = asked(&format!("Bearer {}", enrolled["token"].as_str().unwrap()));
    assert_eq!(answer.status(), 200);
    let told: usize =
        answer.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    assert!(told < 150, "{told} bytes: {:?}", answer.headers());
    // What a browser would send by itself, where an address holds a name and a password.
    let refused = asked("Basic QXdhOmNvZGU=");
    assert_eq!(refused.status(), 401);
    for (name, value) in ALWAYS {
        assert_eq!((header(&answer, name), header(&refused, name)), ("", value));
    }
}

#[test]
fn no_page_holds_a_script_or_a_style() {
    let server = TestServer::serving();
    let entries = ["collector", "headquarters"].map(|entry| {
        std::fs::read_to_string(project().join("ui/dist").join(entry).join("index.html")).unwrap()
    });
    let docs =
        http().build().unwrap().get(format!("{}/api/docs", server.url())).send().unwrap().text().unwrap();
    for page in entries.iter().chain([&docs]) {
        let page = page.to_lowercase();
        assert!(page.contains("<script"), "this is no page: {page}");
        for script in page.split("<script").skip(1) {
            let (opening, rest) = script.split_once('>').unwrap();
            assert!(opening.contains("src=\"") && rest.trim_start().starts_with("</script>"), "{opening}");
        }
        for within in ["<style", " style=", " onload=", " onclick=", " onerror=", "javascript:"] {
            assert!(!page.contains(within), "{within} in {page}");
        }
        // Whatever a page names is beside it.
        let named = page.split("src=\"").skip(1).chain(page.split("href=\"").skip(1));
        named.for_each(|name| assert!(name.starts_with(['.', '/']) && !name.starts_with("//"), "{name:.60}"));
    }
}

#[test]
fn whoever_came_by_tls_comes_by_tls_from_then_on() {
    let over_tls = TestServer::over_tls();
    let [certificate, _] = over_tls.certificate("tls");
    let client = http_believing(&certificate).build().unwrap();
    let mut behind_a_proxy = TestServer::new();
    behind_a_proxy.serve_with(&["--address", "https://siege.example"]);
    behind_a_proxy.start();
    behind_a_proxy.add("Modibo", "supervisor");
    for (client, url) in [(client, over_tls.url()), (http().build().unwrap(), behind_a_proxy.url())] {
        for answer in answers(&client, &url) {
            let said = header(&answer, "strict-transport-security");
            let seconds = said.strip_prefix("max-age=").and_then(|rest| rest.parse::<u64>().ok());
            assert!(seconds.is_some_and(|seconds| seconds >= 31_536_000), "{}: {said:?}", answer.url());
        }
    }
    let with = json!({ "name": "Modibo", "password": PASSWORD });
    let url = format!("{}/api/session", behind_a_proxy.url());
    let signed_in = http().build().unwrap().post(url).json(&with).send().unwrap();
    assert!(header(&signed_in, "set-cookie").contains("; Secure"), "and the cookie goes by nothing else");
}

#[test]
fn nobody_is_served_plain_http_but_this_machine() {
    let server = TestServer::new();
    for more in [&[][..], &["--address", "http://siege.example"]] {
        let refused = server.attempt(&[&["serve", "--listen", "0.0.0.0:0"], more].concat()).unwrap_err();
        assert_eq!(refused.code(), "bad_input");
        assert!(refused.message().contains("--tls-cert"), "{}", refused.message());
    }
}

/// Awa's file of these bytes is at headquarters, and her device says that it is of this type.
fn sent(
    server: &TestServer,
    token: &str,
    device: &str,
    number: u32,
    bytes: &[u8],
    media_type: &str,
) -> String {
    let mut ask = first_version(device);
    let digest = sha256(bytes);
    let record = &mut ask["records"][0];
    record["id"] = format!("018f0000-0000-7000-8000-{number:012}").into();
    record["story"] = format!("018f0000-0000-7000-9000-{number:012}").into();
    record["act"]["story"]["changes"][0]["evidence"][0]["file"] =
        json!({ "sha256": digest, "bytes": bytes.len(), "media_type": media_type });
    let told = posted(server, token, &ask);
    assert_eq!(told["acknowledged"][0]["refused"], Value::Null, "{told}");
    let put = http().build().unwrap().put(format!("{}/v1/files/{digest}", server.url()));
    assert_eq!(put.bearer_auth(token).body(bytes.to_vec()).send().unwrap().status(), 204);
    digest
}

#[test]
fn evidence_is_served_as_what_its_bytes_are_and_nothing_in_it_runs() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    server.add("Modibo", "supervisor");
    let (device, token) = enrol_by_hand(&server, "Awa");
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let jpeg: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9";
    let drawing = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#;
    let page = b"<!doctype html><script>alert(1)</script>";
    let kept = ("application/octet-stream", "attachment");
    for (number, (bytes, said, (kind, disposition))) in (1..).zip([
        (&drawing[..], "image/svg+xml", kept),
        (&page[..], "text/html", kept),
        (b"<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "image/png", kept),
        (b"<script>alert(2)</script>", "image/jpeg", kept),
        (b"%PDF-1.7 /JavaScript", "application/pdf", kept),
        (jpeg, "text/html", ("image/jpeg", "")),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "application/x-msdownload", ("audio/x-wav", "")),
    ]) {
        let digest = sent(&server, &token, &device, number, bytes, said);
        let answer = modibo.get(&format!("files/{digest}"));
        assert_eq!(answer.status(), 200);
        assert_eq!(
            (header(&answer, "content-type"), header(&answer, "content-disposition")),
            (kind, disposition)
        );
        assert_eq!(header(&answer, "content-security-policy"), "default-src 'none'; sandbox", "{said}");
        for (name, value) in ALWAYS {
            assert_eq!(header(&answer, name), value);
        }
        assert_eq!(header(&answer, "cache-control"), "no-store", "{said}");
        assert_eq!(answer.bytes().unwrap().to_vec(), bytes);
    }
}

#[test]
fn a_file_that_the_disk_has_lost_is_told_so() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let file = AwaitedFile::of(&server, 5_000);
    assert_eq!(file.request(reqwest::Method::PUT).body(file.bytes.clone()).send().unwrap().status(), 204);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    assert_eq!(modibo.file(&file.sha256), file.bytes);
    std::fs::remove_file(server.data().join("files").join(&file.sha256[..2]).join(&file.sha256)).unwrap();
    let url = format!("/api/campaigns/kangaba-2022/files/{}", file.sha256);
    let (status, said) = told(modibo.request(reqwest::Method::GET, &url));
    assert_eq!((status, &said["code"]), (404, &json!("file_not_found")));
}

/// A device and a program, each asking as fast as it can: then nothing that they ask is answered, whatever it is.
#[test]
fn whoever_asks_without_end_is_held_up_wherever_they_ask() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    server.add("Nana", "analyst");
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    let with = json!({ "name": "Sauvage", "scopes": ["read", "export"], "days": 1, "password": PASSWORD });
    let program = nana.get_granted("POST", "me/tokens", &with)["token"].as_str().unwrap().to_owned();
    let (_, device) = enrol_by_hand(&server, "Awa");
    let (nobodys, campaign) = ("ab".repeat(32), "api/campaigns/kangaba-2022");
    let programs =
        ["stories", "exports/csv.zip", "odata/Stories", "questionnaire", &format!("files/{nobodys}")];
    let programs = programs.map(|path| ("GET", format!("{campaign}/{path}")));
    let devices = [
        ("POST", "v1/sync".to_owned()),
        ("POST", "v1/enrol".to_owned()),
        ("POST", "v1/files".to_owned()),
        ("PATCH", format!("v1/files/{nobodys}")),
        ("GET", format!("v1/parcels/{nobodys}")),
    ];
    let ask = |client: &Client, token: &str, method: &str, path: &str| {
        let request = client.request(method.parse().unwrap(), format!("{}/{path}", server.url()));
        request.bearer_auth(token).send().unwrap().status().as_u16()
    };
    for (token, asked) in [(&program, programs), (&device, devices)] {
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let client = http().build().unwrap();
                    while !over.load(Ordering::Relaxed) {
                        ask(&client, token, "GET", "api/set-up");
                    }
                });
            }
            let client = http().build().unwrap();
            for (method, path) in asked {
                let held_up = (0..5_000).any(|_| ask(&client, token, method, &path) == 429);
                over.store(!held_up, Ordering::Relaxed);
                assert!(held_up, "{method} {path} is answered without end");
            }
            over.store(true, Ordering::Relaxed);
        });
    }
}

/// Awa's window: the screens that came with it, its own commands, and nothing else of the system or of the world.
#[test]
fn the_app_can_do_no_more_than_its_own_commands() {
    let read = |path: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(project().join("src-tauri").join(path)).unwrap())
            .unwrap()
    };
    let folder = std::fs::read_dir(project().join("src-tauri/capabilities")).unwrap();
    let names: Vec<_> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["main.json"]);
    let capability = read("capabilities/main.json");
    assert_eq!(capability["permissions"], json!([]), "no plugin, no part of Tauri itself");
    assert_eq!(capability["windows"], json!(["main"]));
    assert!(capability.get("remote").is_none(), "no page from elsewhere calls a command");

    let app = read("tauri.conf.json");
    let security = app["app"]["security"].as_object().unwrap();
    let keys: Vec<_> = security.keys().map(String::as_str).collect();
    assert_eq!(keys, ["csp", "freezePrototype"], "nothing loosens it");
    let policy = security["csp"].as_str().unwrap();
    for part in policy.split("; ").map(|part| part.split_once(' ').unwrap()) {
        let allowed: &[&str] = match part.0 {
            "default-src" | "object-src" | "base-uri" | "form-action" => &["'none'"],
            "script-src" | "style-src" | "font-src" => &["'self'"],
            "img-src" | "media-src" => &["'self'", "blob:"],
            // How a screen calls a command, on Linux and iOS, and on Android and Windows.
            "connect-src" => &["ipc:", "http://ipc.localhost"],
            other => panic!("{other} was not agreed"),
        };
        assert!(part.1.split(' ').all(|source| allowed.contains(&source)), "{part:?}");
    }
    assert!(policy.starts_with("default-src 'none'"));
    assert_eq!(app["build"]["frontendDist"], "../ui/dist/collector", "its screens are inside it");
    assert!(app["build"].get("devUrl").is_none() && app["app"].get("withGlobalTauri").is_none());
    // Looking into a window needs a feature of Tauri where the app is not built for tests.
    let workspace = std::fs::read_to_string(project().join("Cargo.toml")).unwrap();
    let tauri = workspace.lines().find(|line| line.starts_with("tauri = ")).unwrap();
    assert!(tauri.contains("default-features = false") && !tauri.contains("devtools"), "{tauri}");
}
