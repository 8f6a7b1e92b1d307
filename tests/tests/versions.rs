//! An app that is a year old still syncs, one that is newer than headquarters says so, and what one side cannot read yet
//! is lost to nobody.

use blon_core::campaign::Campaign;
use blon_core::protocol::PROTOCOL;
use blon_device::Device;
use blon_device::key::StoreKey;
use blon_device::store::Store;
use blon_tests::collecting::{collector, open, sync, tell};
use blon_tests::device::PASSPHRASE;
use blon_tests::fixtures::questionnaire;
use blon_tests::line::Line;
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::wire::{enrol_by_hand, first_version, posted, problem};
use chrono::Local;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn an_app_of_the_first_version_still_syncs() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    server.add("Modibo", "supervisor");
    let (device, token) = enrol_by_hand(&server, "Awa");
    let post = |body: &Value| posted(&server, &token, body);
    let ask = first_version(&device);
    let answer = post(&ask);
    assert_eq!(answer["acknowledged"][0]["id"], ask["records"][0]["id"]);
    assert_eq!(answer["acknowledged"][0]["refused"], Value::Null);
    let file = &ask["records"][0]["act"]["story"]["changes"][0]["evidence"][0]["file"];
    assert_eq!(answer["lacking"], json!([file["sha256"]]), "it is told of files without asking");
    let known: BTreeSet<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(known.is_superset(&BTreeSet::from(["acknowledged", "records", "next", "more", "lacking"])));

    let path = format!("{}/v1/files/{}", server.url(), file["sha256"].as_str().unwrap());
    let put = http().build().unwrap().put(path).bearer_auth(&token).body(vec![7_u8; 1_000]).send().unwrap();
    assert_eq!(put.status(), 204);
    let id = ask["records"][0]["story"].as_str().unwrap();
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    assert_eq!(modibo.story(id)["row"]["status"], "received");
    modibo.give_back(id, "narrative.now", "Qui peut le confirmer ?");
    let answer = post(&json!({ "protocol": 1, "since": answer["next"], "records": [] }));
    assert_eq!(answer["records"][0]["act"]["kind"], "return");
}

#[test]
fn an_app_of_the_first_version_is_not_sent_what_it_cannot_read() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    server.add("Modibo", "supervisor");
    let (device, token) = enrol_by_hand(&server, "Awa");
    let post = |body: &Value| posted(&server, &token, body);
    let ask = first_version(&device);
    let next = post(&ask)["next"].clone();
    let id = ask["records"][0]["story"].as_str().unwrap();
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let comment = json!({ "answer": "story", "text": "Qui le dit ?" });
    let remark = json!({ "kind": "comment", "about": ask["records"][0]["id"], "comment": comment });
    assert_eq!(modibo.remark(id, &remark).send().unwrap().status(), 200);
    modibo.give_back(id, "narrative.now", "Qui peut le confirmer ?");

    // One record of another kind would make the whole answer unreadable: it waits, and what came after it too.
    let old = post(&json!({ "protocol": 1, "since": next, "records": [] }));
    assert_eq!((&old["records"], &old["next"], &old["more"]), (&json!([]), &next, &json!(false)));
    // Its own go on all the same.
    let mut another = ask.clone();
    another["records"][0]["id"] = "018f0000-0000-7000-8000-000000000001".into();
    another["records"][0]["story"] = "018f0000-0000-7000-8000-000000000002".into();
    another["since"] = next.clone();
    assert_eq!(post(&another)["acknowledged"][0]["refused"], Value::Null);
    // The update brings it all.
    let updated = post(&json!({ "protocol": PROTOCOL, "since": next, "records": [] }));
    let kinds: Vec<_> =
        updated["records"].as_array().unwrap().iter().map(|r| r["act"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["comment", "return", "finalise"]);
}

#[test]
fn an_app_that_is_newer_than_headquarters_says_so_and_keeps_everything() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let (device, token) = enrol_by_hand(&server, "Awa");
    let mut newer = first_version(&device);
    newer["protocol"] = (PROTOCOL + 1).into();
    newer["records"][0]["act"]["kind"] = "something_of_next_year".into();
    let post = http().build().unwrap().post(format!("{}/v1/sync", server.url())).bearer_auth(&token);
    // Nothing of it is judged: a record that headquarters is too old to read is not refused for good.
    assert_eq!(problem(post.json(&newer).send().unwrap()), (400, "headquarters_older".to_owned()));
    assert_eq!(server.stories().len(), 0);
}

#[test]
fn what_the_app_is_too_old_to_read_is_kept_until_it_is_updated() {
    let mut server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    let id = tell(&device, "Le puits");
    sync(&device);
    server.add("Modibo", "supervisor");
    Supervisor::sign_in(&server.url(), "Modibo").give_back(
        &id.to_string(),
        "narrative.now",
        "Qui peut le confirmer ?",
    );
    // Headquarters of next year: the same act, written in a way that nobody knows today.
    server.kill();
    let database = rusqlite::Connection::open(server.data().join("headquarters.db")).unwrap();
    let newer = "UPDATE record SET body = replace(body, '\"kind\":\"return\"', '\"kind\":\"return_2\"')";
    assert_eq!(database.execute(newer, []).unwrap(), 2);
    drop(database);
    server.start();
    let report = sync(&device);
    assert_eq!((report.unread, report.received), (1, 0));
    assert_eq!(device.story(id).unwrap().decisions.len(), 0);
    assert_eq!(sync(&device).unread, 0, "it came once");
    drop(device);

    // The update: what was kept word for word can be read now.
    let key = StoreKey::unwrap_with(&awa.data().join("blon.key"), PASSPHRASE).unwrap();
    let store = Store::open(&awa.data().join("blon.db"), &key, Local::now().fixed_offset()).unwrap();
    let kept = store.read(|tx| tx.unread_records()).unwrap();
    assert_eq!(kept.len(), 1);
    let readable = kept[0].replace("return_2", "return");
    store.write(|tx| tx.add_unread_record(&readable)).unwrap();
    drop(store);
    let device = open(&awa);
    assert_eq!(device.story(id).unwrap().open_comments[0].comment.text, "Qui peut le confirmer ?");
}

#[test]
fn a_questionnaire_that_the_app_is_too_old_to_ask_comes_once_and_waits_for_the_update() {
    let mut server = TestServer::serving();
    let line = Line::to(server.address());
    let awa = collector(&server, "Awa", &line.url());
    let device = open(&awa);
    sync(&device);
    let sum = |device: &Device| device.enrolment().unwrap().unwrap().campaign.sum();
    let before = sum(&device);
    // Headquarters of next year asks in a way that nobody knows today.
    server.kill();
    let database = rusqlite::Connection::open(server.data().join("headquarters.db")).unwrap();
    let read = |text: String| -> Value { serde_json::from_str(&text).unwrap() };
    let mut newer = read(database.query_row("SELECT body FROM campaign", [], |row| row.get(0)).unwrap());
    let first = newer["questionnaire"]["survey"].as_array_mut().unwrap().first_mut().unwrap();
    assert!(first["type"].is_string(), "{first}");
    first["type"] = "question_of_next_year".into();
    database.execute("UPDATE campaign SET body = ?1", [newer.to_string()]).unwrap();
    drop(database);
    server.start();
    sync(&device);
    assert_eq!(sum(&device), before, "what can be asked goes on being asked");
    assert!(device.begin_interview("fr", false).is_ok());
    let down = line.bytes_down();
    sync(&device);
    assert!(line.bytes_down() - down < 1_000, "it came once: {} bytes", line.bytes_down() - down);
    drop(device);

    // The update: what was kept can be asked now.
    let key = StoreKey::unwrap_with(&awa.data().join("blon.key"), PASSPHRASE).unwrap();
    let store = Store::open(&awa.data().join("blon.db"), &key, Local::now().fixed_offset()).unwrap();
    let kept: Campaign = store.read(|tx| tx.setting("unread_campaign")).unwrap().unwrap();
    let mut readable = serde_json::to_value(kept).unwrap();
    readable["questionnaire"] = serde_json::to_value(questionnaire()).unwrap();
    readable["name"] = "Kangaba, l'année prochaine".into();
    store.write(|tx| tx.set("unread_campaign", &readable)).unwrap();
    drop(store);
    let device = open(&awa);
    assert_eq!(device.enrolment().unwrap().unwrap().campaign.name, "Kangaba, l'année prochaine");
}
