//! Headquarters as a service: how it is told what to do, whether it is well, its figures and its log, and how it ends.

use blon_tests::collecting::{collector, open, sync, tell, tell_with_file};
use blon_tests::custodian::told_by;
use blon_tests::page::free_port;
use blon_tests::postgres::Postgres;
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http};
use reqwest::blocking::Response;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn get(url: String) -> Response {
    http().build().unwrap().get(url).send().unwrap()
}

fn settings(server: &TestServer, arguments: &[&str], environment: &[(&str, &str)]) -> Value {
    let mut tool = server.tool(arguments);
    tool.envs(environment.iter().copied());
    blon_tests::device::one_document(&tool.output().unwrap()).unwrap()
}

fn setting<'s>(shown: &'s Value, name: &str) -> (&'s Value, &'s str) {
    let found = shown.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap();
    (&found["value"], found["from"].as_str().unwrap())
}

#[test]
fn flags_count_before_the_environment_and_that_before_the_file() {
    let server = TestServer::keeping_in_nothing(None);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("blon.toml");
    let text = "listen = \"127.0.0.1:1\"\nconnections = 3\nmetrics = \"127.0.0.1:2\"\nno-pin = true\n\
                database = \"postgres://blon:motdepasse@siege/blon\"\n";
    std::fs::write(&file, text).unwrap();
    let show = ["--config", file.to_str().unwrap(), "config", "show", "--listen", "127.0.0.1:3"];
    let environment = [("BLON_LISTEN", "127.0.0.1:4"), ("BLON_CONNECTIONS", "5")];
    let shown = settings(&server, &show, &environment);
    assert_eq!(setting(&shown, "listen"), (&json!("127.0.0.1:3"), "flag"));
    assert_eq!(setting(&shown, "connections"), (&json!("5"), "environment"));
    assert_eq!(setting(&shown, "metrics"), (&json!("127.0.0.1:2"), "file"));
    assert_eq!(setting(&shown, "no-pin"), (&json!("true"), "file"));
    assert_eq!(setting(&shown, "log"), (&json!("text"), "default"));
    assert_eq!(setting(&shown, "address"), (&Value::Null, "default"));
    assert_eq!(setting(&shown, "database"), (&json!("blon@siege/blon"), "file"));
    for address in [
        "postgres:///blon?host=siege&user=blon&password=motdepasse",
        "host=siege user=blon password=motdepasse",
    ] {
        let shown = settings(&server, &["config", "show"], &[("BLON_DATABASE", address)]).to_string();
        assert!(shown.contains("blon@siege") && !shown.contains("motdepasse"), "{shown}");
    }
    for wrong in ["listen = 3.5", "port = 3", "listen = [", "connections = \"viele\""] {
        std::fs::write(&file, wrong).unwrap();
        let refused = server.attempt(&["--config", file.to_str().unwrap(), "config", "show"]).unwrap_err();
        assert_eq!(refused.code(), "bad_input", "{wrong}");
    }
}

#[test]
fn whoever_watches_is_told_whether_it_lives_and_can_work() {
    let Some(mut postgres) = Postgres::start(&[]) else { return };
    let mut server = TestServer::keeping_in(Some(postgres.new_database()));
    server.start();
    let ask = |what: &str| get(format!("{}/health/{what}", server.url()));
    assert_eq!(
        (ask("live").status(), ask("ready").status()),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
    assert_eq!(ask("ready").json::<Value>().unwrap(), json!({ "status": "ready" }));
    postgres.stop();
    assert_eq!(ask("live").status(), 200, "it is not its fault");
    let answer = ask("ready");
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.json::<Value>().unwrap()["code"], "store_unavailable");
    postgres.start_again();
    assert_eq!(ask("ready").status(), 200);
}

/// The figures, by what each is called.
fn figures(port: u16) -> String {
    get(format!("http://127.0.0.1:{port}/metrics")).text().unwrap()
}

fn figure(text: &str, name: &str) -> f64 {
    let line = text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
    let line = line.unwrap_or_else(|| panic!("{name} is not in {text}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[test]
fn the_figures_tell_how_it_runs_and_nobodys_name() {
    let mut server = TestServer::new();
    let port = free_port();
    let metrics = format!("127.0.0.1:{port}");
    server.serve_with(&["--metrics", &metrics]);
    server.start();
    server.add("Modibo", "supervisor");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let stories = [told_by(&awa, "Le puits", "Nansira Camara", ""), tell_with_file(&awa, "Le marché", 5_000)];
    sync(&awa);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    modibo.approve(&stories[0].to_string());
    modibo.queue("count=50");
    // A method of one's own makes no figure of its own.
    for n in 0..3 {
        let method = reqwest::Method::from_bytes(format!("AWA{n}").as_bytes()).unwrap();
        http().build().unwrap().request(method, format!("{}/api/people", server.url())).send().unwrap();
    }
    let text = figures(port);
    let sync = r#"method="POST",route="/v1/sync",status="200""#;
    assert!(figure(&text, &format!("blon_requests_total{{{sync}}}")) >= 1.0);
    assert_eq!(figure(&text, r#"blon_sync_records_total{kind="taken"}"#), 2.0);
    assert_eq!(figure(&text, r#"blon_sync_records_total{kind="refused"}"#), 0.0);
    assert!(figure(&text, r#"blon_bodies_bytes_total{kind="in"}"#) > 5_000.0);
    assert_eq!(figure(&text, r#"blon_stories{status="approved"}"#), 1.0);
    assert_eq!(figure(&text, r#"blon_stories{status="received"}"#), 1.0);
    let waited = figure(&text, r#"blon_oldest_waiting_seconds{status="received"}"#);
    assert!((0.0..60.0).contains(&waited), "{waited}");
    assert!(figure(&text, r#"blon_store_seconds_count{kind="write"}"#) >= 2.0);
    for secret in ["Awa", "AWA", "Modibo", "Nansira", "puits", "kangaba", &stories[0].to_string(), "Nouga"] {
        assert!(!text.contains(secret), "{secret} stands in the figures");
    }
    assert_eq!(get(format!("{}/metrics", server.url())).status(), 404, "devices' address has none");
    server.stop();
    let elsewhere =
        server.attempt(&["serve", "--listen", "127.0.0.1:0", "--metrics", "0.0.0.0:0"]).unwrap_err();
    assert_eq!(elsewhere.code(), "bad_input");
}

#[test]
fn the_log_can_be_read_by_programs() {
    let mut server = TestServer::new();
    server.serve_with(&["--log", "json"]);
    server.log_everything();
    server.start();
    let awa = open(&collector(&server, "Awa", &server.url()));
    tell(&awa, "Le puits");
    sync(&awa);
    server.stop();
    let log = server.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["level"] == "DEBUG" && line["timestamp"].is_string()));
}

#[test]
fn what_is_under_way_is_finished_and_nothing_new_is_taken_once_it_is_told_to_stop() {
    let mut server = TestServer::serving();
    let address = server.address();
    // A request that is half said when it is told to stop.
    let mut half = TcpStream::connect(address).unwrap();
    half.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    half.write_all(b"GET /health/ready HTTP/1.1\r\nhost: blon\r\nconnection: close\r\n").unwrap();
    // Who comes later is answered: that one was taken by then, however slow the machine is.
    assert_eq!(get(format!("{}/health/live", server.url())).status(), 200);
    std::thread::sleep(Duration::from_millis(200));
    server.signal("TERM");
    let begun = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(5), "it takes nobody new");
        std::thread::sleep(Duration::from_millis(20));
    }
    half.write_all(b"\r\n").unwrap();
    let mut answer = String::new();
    half.read_to_string(&mut answer).unwrap();
    // It is answered, and told that work is taken no more.
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("store_unavailable"), "{answer}");
    server.stop();
}
