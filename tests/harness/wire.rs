//! A device's requests made by hand, for what no honest device sends.

use crate::places::project;
use crate::server::TestServer;
use crate::supervisor::http;
use reqwest::blocking::Response;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Enrols a device of this person; gives its id and its secret.
pub fn enrol_by_hand(server: &TestServer, name: &str) -> (String, String) {
    let body = json!({ "protocol": 1, "code": server.code(name) });
    let sent = http().build().unwrap().post(format!("{}/v1/enrol", server.url())).json(&body).send();
    let answer: Value = sent.unwrap().error_for_status().unwrap().json().unwrap();
    let text = |key: &str| answer[key].as_str().unwrap().to_owned();
    (text("device"), text("token"))
}

/// What a refusal says: its status and its code. One that is no problem of RFC 9457 is a defect.
pub fn problem(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let text = answer.text().unwrap();
    let said: Value =
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{status}, no problem ({e}): {text}"));
    let keys: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["code", "detail", "message", "status", "title"], "{text}");
    assert_eq!(said["status"], status);
    assert!(keys.iter().all(|key| said[key.as_str()] != ""), "{text}");
    (status, said["code"].as_str().unwrap().to_owned())
}

/// What an app of the first version sends: one record, exactly as it wrote it, by this device.
pub fn first_version(device: &str) -> Value {
    let path = project().join("tests/fixtures/wire/version-1.sync.json");
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text.replace("00000000-0000-7000-8000-0000000000de", device)).unwrap()
}

/// What headquarters answers to this.
pub fn posted(server: &TestServer, token: &str, body: &Value) -> Value {
    let request = http().build().unwrap().post(format!("{}/v1/sync", server.url())).bearer_auth(token);
    request.json(body).send().unwrap().error_for_status().unwrap().json().unwrap()
}

/// Every route of headquarters that the sources name.
pub fn routes() -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    for file in std::fs::read_dir(project().join("crates/server/src/web")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for (at, _) in text.match_indices("route(") {
            let route = text[at..].split('"').nth(1).unwrap_or_default();
            routes.extend(Some(route).filter(|route| route.starts_with('/')).map(str::to_owned));
        }
    }
    routes
}
