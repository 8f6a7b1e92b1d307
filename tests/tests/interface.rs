//! The interface of headquarters as programs find it: described whole, browsable, with one kind of error, and with limits.

use blon_tests::browser;
use blon_tests::places::target;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::{Supervisor, http, told};
use blon_tests::wire::routes;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

fn described(server: &TestServer) -> Value {
    let (status, described) = told(http().build().unwrap().get(format!("{}/api/openapi.json", server.url())));
    assert_eq!(status, 200);
    described
}

#[test]
fn everything_is_described_and_says_what_it_does() {
    let server = TestServer::serving();
    let described = described(&server);
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = described["paths"].as_object().unwrap();
    let known: BTreeSet<String> = paths
        .keys()
        .cloned()
        .chain(routes().into_iter().filter(|route| route.starts_with("/api/docs")))
        // For whoever runs headquarters, not for programs (docs/operating.md).
        .chain(["/health/live", "/health/ready", "/metrics"].map(str::to_owned))
        .chain(["/api/openapi.json".to_owned()])
        .collect();
    assert_eq!(routes().difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "not described");
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path} says nothing");
            assert!(!operation["tags"][0].as_str().unwrap().is_empty(), "{method} {path}");
            assert!(!operation["responses"].as_object().unwrap().is_empty(), "{method} {path}");
        }
    }
    assert!(described["components"]["schemas"]["StoryPage"]["properties"]["storyteller"].is_object());
}

#[test]
fn whoever_writes_a_program_browses_it_in_a_page() {
    let server = TestServer::serving();
    let page = browser::open(&format!("{}/api/docs", server.url()), 1280, 800);
    page.find(".opblock-tag");
    page.shot("interface");
    assert!(page.all_text().contains("Everybody, by name."), "{}", page.all_text());
}

#[test]
fn every_error_is_a_problem_with_its_code() {
    let server = TestServer::serving();
    let url = server.url();
    let client = http().build().unwrap();
    let asked = [
        (client.get(format!("{url}/api/people")), 401, "signed_out"),
        (client.get(format!("{url}/api/nowhere")), 404, "not_found"),
        (client.delete(format!("{url}/api/people")), 404, "not_found"),
        (client.post(format!("{url}/api/session")).body("{"), 400, "bad_input"),
        (client.post(format!("{url}/v1/sync")).body("{}"), 401, "device_unknown"),
        (
            client.post(format!("{url}/v1/enrol")).json(&json!({ "protocol": 99, "code": "x" })),
            400,
            "headquarters_older",
        ),
    ];
    for (request, status, code) in asked {
        let answer = request.send().unwrap();
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{code}");
        assert_eq!(answer.status().as_u16(), status, "{code}");
        let problem: Value = answer.json().unwrap();
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(status)));
        assert!(
            !problem["detail"].as_str().unwrap().is_empty() && !problem["title"].as_str().unwrap().is_empty()
        );
    }
}

#[test]
fn a_program_that_runs_wild_is_held_up_and_others_are_not() {
    let server = TestServer::serving();
    server.add("Nana", "analyst");
    server.add("Modibo", "supervisor");
    let (nana, modibo) =
        (Supervisor::sign_in(&server.url(), "Nana"), Supervisor::sign_in(&server.url(), "Modibo"));
    let with = json!({ "name": "Sauvage", "scopes": ["read"], "days": 1, "password": PASSWORD });
    let token = nana.get_granted("POST", "me/tokens", &with)["token"].as_str().unwrap().to_owned();
    let ask = |client: &Client, path: &str, token: &str| {
        client.get(format!("{}/api/{path}", server.url())).bearer_auth(token).send().unwrap()
    };
    // Eight at once, each as fast as it can, until one of them is refused.
    let wild = |path: &str, token: &(dyn Fn(usize) -> String + Sync)| -> Option<Response> {
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..8)
                .map(|run| {
                    scope.spawn(move || {
                        let client = http().build().unwrap();
                        let mut answers = (0..2_000).map(|n| ask(&client, path, &token(run * 2_000 + n)));
                        answers.find(|answer| answer.status() == 429)
                    })
                })
                .collect();
            runs.into_iter().filter_map(|run| run.join().unwrap()).next()
        })
    };
    // For what is not there, which costs nothing: a machine that is slow just now is asked faster than is allowed, too.
    let held_up = wild("not-there", &|_| token.clone()).expect("it is never held up");
    assert!(held_up.headers().contains_key("retry-after"));
    assert_eq!(held_up.json::<Value>().unwrap()["code"], "too_many_requests");
    assert_eq!(modibo.ask("GET", "campaigns", &Value::Null).0, 200, "others go on");
    assert_eq!(nana.ask("GET", "campaigns", &Value::Null).0, 200, "she herself, too");

    // Whoever tries secrets is somebody new each time, and yet the same.
    assert!(wild("campaigns", &|n| format!("blon_{n}")).is_some(), "guesses are never held up");
    assert_eq!(modibo.ask("GET", "campaigns", &Value::Null).0, 200);
}

/// Schemathesis makes up requests from the description, right and wrong ones: none may be headquarters' own fault.
#[test]
fn requests_that_a_program_makes_up_find_no_fault_of_headquarters() {
    let server = TestServer::serving();
    for (name, role) in [("Issa", "admin"), ("Nana", "analyst"), ("Modibo", "supervisor")] {
        server.add(name, role);
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["Issa", "Nana"] {
        let person = Supervisor::sign_in(&server.url(), name);
        let scopes = json!(["read", "export", "review", "manage"]);
        let with = json!({ "name": "Essai", "scopes": scopes, "days": 1, "password": PASSWORD });
        let token = person.get_granted("POST", "me/tokens", &with)["token"].as_str().unwrap().to_owned();
        let run = Command::new(target().join("clients-python/bin/schemathesis"))
            .current_dir(folder.path())
            .args(["run", &format!("{}/api/openapi.json", server.url())])
            .args(["--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing"])
            .args(["--max-examples", "10", "--seed", "20221101", "--generation-database", "none"])
            .args(["--rate-limit", "90/s", "--warnings", "off", "--no-color", "--continue-on-failure"])
            // A stream never ends by itself.
            .args(["--exclude-path", "/api/changes", "--request-timeout", "20"])
            .args(["-H", &format!("Authorization: Bearer {token}")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
        assert!(said.contains("generated"), "it made up requests: {said}");
    }
    assert_eq!(told(http().build().unwrap().get(format!("{}/api/set-up", server.url()))).0, 200);
}
