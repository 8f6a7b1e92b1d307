//! The tools as scripts see them: one JSON document, or one problem, and an exit status that says which.

use blon_tests::device::{PASSPHRASE, TestDevice, one_document};
use blon_tests::fixtures::{CAMPAIGN, stories};
use blon_tests::media::{noise, sha256};
use blon_tests::places::binary;
use blon_tests::server::TestServer;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::{Command, Output, Stdio};

fn keys(document: &Value) -> BTreeSet<&str> {
    document
        .as_object()
        .unwrap_or_else(|| panic!("no object: {document}"))
        .keys()
        .map(String::as_str)
        .collect()
}

fn has_keys(document: &Value, wanted: &[&str]) {
    for key in wanted {
        assert!(keys(document).contains(key), "{key} is not in {document}");
    }
}

#[test]
fn a_script_follows_a_story_by_the_documents_of_both_tools() {
    let server = TestServer::serving();
    let awa = TestDevice::of("Awa");
    let person = server.run(&["user", "add", "Awa", "--role", "collector", "--team", "kangaba"]);
    assert_eq!(person, json!({ "name": "Awa", "role": "collector", "team": "kangaba", "password": null }));

    let before = Utc::now();
    let code = server.run(&["enrol", "Awa"]);
    assert_eq!(keys(&code), BTreeSet::from(["code", "url", "invitation", "qr", "expires", "person"]));
    assert_eq!(code["url"], server.url());
    let expires: DateTime<Utc> = code["expires"].as_str().unwrap().parse().unwrap();
    let day = TimeDelta::hours(24);
    assert!(expires >= before + day && expires <= Utc::now() + day, "good for 24 hours: {expires}");

    let enrolled = awa.enrol(&server.url(), code["code"].as_str().unwrap());
    assert_eq!((&enrolled["person"], &enrolled["campaign"]["id"]), (&json!("Awa"), &json!(CAMPAIGN)));
    assert!(!enrolled.to_string().contains("token"), "the device's secret is never printed");

    let notebook = awa.path("cahier.pdf");
    noise(&notebook, "cahier", 5_000);
    let story = &stories()[0];
    let file = awa.write_story(story);
    let made = awa.run(&["new", file.to_str().unwrap(), "--evidence", notebook.to_str().unwrap()]);
    let id = made["id"].as_str().unwrap();
    assert_eq!(made, json!({ "id": id, "gaps": [] }));

    let listed = awa.run(&["list"]);
    assert_eq!(keys(&listed), BTreeSet::from(["stories"]));
    let row = &listed["stories"][0];
    has_keys(row, &["id", "status", "title", "levels", "draft", "receipt"]);
    assert_eq!((&row["id"], &row["status"], &row["title"]), (&json!(id), &json!("draft"), &story["title"]));
    assert_eq!(row["levels"], json!(["individual", "community"]), "each level once, in the method's order");

    let finalised = awa.run(&["finalise", id]);
    assert_eq!((&finalised["id"], &finalised["status"]), (&json!(id), &json!("finalised")));
    let shown = awa.run(&["show", id]);
    has_keys(&shown, &["id", "status", "story", "identity", "revisions", "decisions", "open_comments"]);
    let health = awa.run(&["doctor"]);
    assert_eq!((&health["sound"], &health["findings"]), (&json!(true), &json!([])));
    assert_eq!((&health["records_waiting"], &health["files_waiting"]), (&json!(1), &json!(1)));

    let report = awa.run(&["sync"]);
    let counted = ["sent", "received", "unread", "refused", "files_sent", "file_bytes", "requests"];
    let more = ["erased", "bytes_up", "bytes_down", "cuts"];
    assert_eq!(keys(&report), counted.into_iter().chain(more).collect());
    assert_eq!(
        (&report["sent"], &report["files_sent"], &report["requests"]),
        (&1.into(), &1.into(), &2.into())
    );
    assert!(report["bytes_up"].as_u64().unwrap() > 5_000 && report["bytes_down"].as_u64().unwrap() > 0);

    let there = server.run(&["stories", "--campaign", CAMPAIGN]);
    assert_eq!(keys(&there), BTreeSet::from(["stories", "counts", "counted_to", "collectors", "next"]));
    let row = &there["stories"][0];
    has_keys(row, &["id", "status", "collector", "title", "levels", "revisions", "evidence"]);
    assert_eq!((&row["id"], &row["status"], &row["revisions"]), (&json!(id), &json!("received"), &json!(1)));
    let digest = sha256(&std::fs::read(&notebook).unwrap());
    assert_eq!(
        row["evidence"],
        json!([{ "sha256": digest, "bytes": 5_000, "have": 5_000, "complete": true, "asked": false }])
    );
}

#[test]
fn data_and_json_may_stand_before_or_after_the_command() {
    let awa = TestDevice::of("Awa");
    let data = awa.data();
    let data = data.to_str().unwrap();
    for arguments in [
        ["--data", data, "--json", "list"],
        ["list", "--data", data, "--json"],
        ["--json", "list", "--data", data],
    ] {
        let output = tool("blon-device", &arguments, Some(PASSPHRASE));
        assert_eq!(one_document(&output).unwrap(), json!({ "stories": [] }), "{arguments:?}");
    }
    let folder = awa.path("headquarters");
    let folder = folder.to_str().unwrap();
    for (name, arguments) in [
        ("Modibo", ["--data", folder, "--json", "user", "add", "Modibo", "--role", "analyst"]),
        ("Fanta", ["user", "add", "Fanta", "--role", "custodian", "--json", "--data", folder]),
        ("Sidiki", ["user", "--json", "add", "Sidiki", "--data", folder, "--role", "admin"]),
    ] {
        let person = one_document(&tool("blon-server", &arguments, None)).unwrap();
        assert_eq!(person["name"], name);
        assert!(person["password"].as_str().unwrap().len() >= 10, "one is made and told, this once");
    }
}

fn tool(name: &str, arguments: &[&str], passphrase: Option<&str>) -> Output {
    let mut command = Command::new(binary(name));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .env_remove("BLON_PASSPHRASE")
        .env_remove("BLON_NEW_PASSWORD");
    if let Some(passphrase) = passphrase {
        command.env("BLON_PASSPHRASE", passphrase);
    }
    command.output().unwrap()
}

/// What must hold of every failure: nothing on standard output, one problem on standard error, this code.
fn fails_with(output: &Output, status: i32, code: &str) {
    let problem = one_document(output).expect_err("it cannot succeed");
    assert_eq!(problem.code(), code, "{:?}", problem.0);
    assert_eq!(keys(&problem.0), BTreeSet::from(["code", "message"]));
    assert!(!problem.0["message"].as_str().unwrap().is_empty());
    assert_eq!(output.status.code(), Some(status));
}

#[test]
fn every_failure_of_the_device_tool_is_a_problem_on_standard_error() {
    let awa = TestDevice::of("Awa");
    let write = |name: &str, text: &str| {
        std::fs::write(awa.path(name), text).unwrap();
        awa.path(name).to_str().unwrap().to_owned()
    };
    let mut unknown_field = stories()[0].clone();
    unknown_field["favourite_colour"] = "green".into();
    let mut wrong_range = stories()[0].clone();
    wrong_range["changes"][0]["importance"] = 6.into();
    let not_json = write("a.json", "{ this is no JSON");
    let unknown_field = write("b.json", &unknown_field.to_string());
    let wrong_range = write("c.json", &wrong_range.to_string());
    let whole_file = write("d.json", &json!({ "stories": stories() }).to_string());
    let good = write("e.json", &stories()[0].to_string());
    let empty = write("empty.jpg", "");
    let nobody = "018f0000-0000-7000-8000-000000000000";
    for (arguments, status, code) in [
        (vec!["new", &not_json], 1, "bad_input"),
        (vec!["new", &unknown_field], 1, "bad_input"),
        (vec!["new", &wrong_range], 1, "bad_input"),
        (vec!["new", &whole_file], 1, "bad_input"),
        (vec!["new", "nowhere.json"], 1, "file_unreadable"),
        (vec!["new", &good, "--evidence", "nowhere.jpg"], 1, "file_unreadable"),
        (vec!["new", &good, "--evidence", &empty], 1, "file_empty"),
        (vec!["show", nobody], 1, "story_not_found"),
        (vec!["revise", nobody, &good], 1, "story_not_found"),
        (vec!["finalise", nobody], 1, "not_enrolled"),
        (vec!["sync"], 1, "not_enrolled"),
        (vec!["enrol", "http://127.0.0.1:1", "AAAAA-BBBBB"], 1, "unreachable"),
        (vec!["enrol", "http://blon.example", "AAAAA-BBBBB"], 1, "insecure_address"),
        (vec!["show", "not-an-id"], 2, "bad_input"),
        (vec!["list", "--colour"], 2, "bad_input"),
        (vec!["dance"], 2, "bad_input"),
        (vec![], 2, "bad_input"),
    ] {
        fails_with(&awa.command(&arguments).output().unwrap(), status, code);
    }
    assert_eq!(awa.stories(), Vec::<Value>::new(), "nothing of all that was taken in");
}

#[test]
fn every_failure_of_headquarters_tool_is_a_problem_on_standard_error() {
    let server = TestServer::new();
    let data = server.data();
    let run = |arguments: &[&str]| {
        tool("blon-server", &[&["--json", "--data", data.to_str().unwrap()], arguments].concat(), None)
    };
    server.add("Awa", "collector");
    for (arguments, status, code) in [
        (vec!["enrol", "Nobody"], 1, "person_not_found"),
        (vec!["enrol", "Awa", "--campaign", "elsewhere"], 1, "campaign_not_found"),
        (vec!["stories", "--campaign", "elsewhere"], 1, "campaign_not_found"),
        (vec!["user", "add", "Awa", "--role", "collector"], 1, "name_taken"),
        (vec!["campaign", "import", "nowhere.json"], 1, "file_unreadable"),
        (vec!["serve", "--listen", "192.0.2.1:1"], 1, "bad_input"),
        (vec!["user", "add", "Sidiki", "--role", "king"], 2, "bad_input"),
        (vec!["stories", "--campaign", "../elsewhere"], 2, "bad_input"),
        (vec!["stories"], 2, "bad_input"),
        (vec!["dance"], 2, "bad_input"),
    ] {
        fails_with(&run(&arguments), status, code);
    }
    let mut short = Command::new(binary("blon-server"));
    short.args(["--json", "--data", data.to_str().unwrap(), "user", "add", "Modibo", "--role", "supervisor"]);
    fails_with(&short.env("BLON_NEW_PASSWORD", "short").output().unwrap(), 1, "password_weak");
}

#[test]
fn an_author_tries_an_expression_out_without_a_store() {
    let awa = TestDevice::of("Awa");
    let answers = awa.path("answers.json");
    let given = json!({ "age": 34, "roles": ["gra", "women"], "changes": [{ "n": 2 }, { "n": 3 }] });
    std::fs::write(&answers, given.to_string()).unwrap();
    let answers = answers.to_str().unwrap();
    let eval =
        |expression: &str| tool("blon-device", &["--json", "eval", expression, "--answers", answers], None);
    for (expression, expected) in [
        ("${age} + 1", json!({ "type": "number", "value": 35 })),
        ("selected(${roles}, 'gra')", json!({ "type": "boolean", "value": true })),
        ("concat(${age}, ' ans')", json!({ "type": "string", "value": "34 ans" })),
        ("date('2022-09-14')", json!({ "type": "date", "value": "2022-09-14" })),
        ("sum(${n})", json!({ "type": "number", "value": 5 })),
    ] {
        assert_eq!(one_document(&eval(expression)).unwrap(), expected, "{expression}");
    }
    let alone = tool("blon-device", &["--json", "eval", "1 < 2"], None);
    assert_eq!(one_document(&alone).unwrap(), json!({ "type": "boolean", "value": true }));
    let spoken = tool("blon-device", &["eval", "${n}", "--answers", answers], None);
    assert_eq!(String::from_utf8_lossy(&spoken.stdout), "2\n3\n");
    for wrong in ["1 +", "${nobody}", "frob()", "pulldata('a', 'b', 'c', 'd')"] {
        fails_with(&eval(wrong), 1, "bad_input");
    }
    assert!(!awa.data().exists(), "no store was made");
}

#[test]
fn the_passphrase_comes_from_the_environment_and_guards_the_store() {
    let awa = TestDevice::of("Awa");
    let data = awa.data();
    let list = ["--json", "--data", data.to_str().unwrap(), "list"];
    fails_with(&tool("blon-device", &list, Some("short")), 1, "passphrase_too_short");
    assert!(!data.join("blon.key").exists(), "nothing was made");
    assert!(one_document(&tool("blon-device", &list, Some(PASSPHRASE))).is_ok());
    fails_with(&tool("blon-device", &list, Some("kangaba-2023")), 1, "wrong_passphrase");
    fails_with(&tool("blon-device", &list, Some("")), 1, "wrong_passphrase");
}

#[test]
fn help_and_version_are_no_failure() {
    for name in ["blon-device", "blon-server"] {
        for word in ["--help", "--version"] {
            let output = tool(name, &["--json", word], None);
            assert!(output.status.success() && !output.stdout.is_empty() && output.stderr.is_empty());
        }
        let spoken = tool(name, &["dance"], None);
        assert_eq!(spoken.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&spoken.stderr).contains("Usage"), "people get the usage");
    }
}
