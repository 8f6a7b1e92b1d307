//! Running a collection: people who leave or change, devices that are lost, and the log of who did what.

use blon_core::error::Code;
use blon_device::Device;
use blon_tests::collecting::{collector, open, sync, tell};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::campaign_file;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::{Supervisor, http};
use rusqlite::Connection;
use serde_json::{Value, json};

struct Rooms {
    server: TestServer,
    awa: TestDevice,
    story: String,
}

fn rooms() -> Rooms {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    let story = tell(&device, "Le puits").to_string();
    sync(&device);
    Rooms { server, awa, story }
}

fn sign_in(server: &TestServer, password: &str) -> u16 {
    let body = json!({ "name": "Modibo", "password": password });
    let request = http().build().unwrap().post(format!("{}/api/session", server.url())).json(&body);
    request.send().unwrap().status().as_u16()
}

fn refused(device: &Device) -> Code {
    device.sync(|_| {}).unwrap_err().code()
}

#[test]
fn whoever_is_shut_out_neither_reads_nor_sends_until_they_are_let_in_again() {
    let Rooms { server, awa, story } = rooms();
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    assert_eq!(modibo.get(&format!("stories/{story}")).status(), 200);
    assert_eq!(server.run(&["user", "disable", "Modibo"])[0]["disabled"], true);
    assert_eq!(modibo.get(&format!("stories/{story}")).status(), 401, "at once, in the middle of a session");
    assert_eq!(sign_in(&server, PASSWORD), 401);

    let code = server.code("Awa");
    server.run(&["user", "disable", "Awa"]);
    let device = open(&awa);
    let id = tell(&device, "Dit pendant ce temps");
    assert_eq!(refused(&device), Code::DeviceUnknown);
    let other = TestDevice::of("Awa's other phone");
    let refused = other.attempt(&["enrol", &server.url(), &code]).unwrap_err();
    assert_eq!(refused.code(), "code_invalid", "no code lets them in");
    assert!(device.story(id).is_ok(), "what is on the device is theirs all the same");

    server.run(&["user", "enable", "Awa"]);
    server.run(&["user", "enable", "Modibo"]);
    assert_eq!(sync(&device).sent, 1);
    assert_eq!(sign_in(&server, PASSWORD), 200);
}

#[test]
fn a_lost_device_is_shut_out_and_its_person_goes_on_with_another() {
    let Rooms { server, awa, .. } = rooms();
    let devices = server.run(&["device", "list"]);
    let line = devices.as_array().unwrap().iter().find(|device| device["person"] == "Awa").unwrap();
    assert!(line["last_sync"].is_string() && line["revoked"] == false, "{line}");
    server.run(&["device", "revoke", line["id"].as_str().unwrap()]);
    let lost = open(&awa);
    tell(&lost, "Sur l'appareil perdu");
    assert_eq!(refused(&lost), Code::DeviceUnknown);
    drop(lost);
    // It was found again: what was told on it is not lost.
    awa.enrol(&server.url(), &server.code("Awa"));
    assert_eq!(sync(&open(&awa)).sent, 1);
    assert_eq!(server.stories().len(), 2);
    let nobodys = server.attempt(&["device", "revoke", "01890a5d-ac96-774b-bcce-b302099a8057"]).unwrap_err();
    assert_eq!(nobodys.code(), "not_found");
}

#[test]
fn another_team_has_other_stories_and_another_password_ends_what_the_old_one_opened() {
    let Rooms { server, story, .. } = rooms();
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    server.run(&["user", "change", "Modibo", "--team", "narena"]);
    assert_eq!(modibo.get(&format!("stories/{story}")).status(), 401, "he comes in anew");
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    assert_eq!(modibo.get(&format!("stories/{story}")).status(), 404);

    // The harness gives every new person the same password; this one is made by the tool.
    let made = server.run_without_password(&["user", "password", "Modibo"]);
    let password = made["password"].as_str().unwrap().to_owned();
    assert_eq!(modibo.get("stories").status(), 401);
    assert_eq!((sign_in(&server, PASSWORD), sign_in(&server, &password)), (401, 200));
    let people = server.run(&["user", "list"]);
    let told: Vec<&str> = people.as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(told, ["Awa", "Modibo"]);
    assert!(!people.to_string().contains("argon2"), "nobody reads a password, not even its hash");
}

#[test]
fn everything_is_in_the_log_and_nobody_changes_it_unseen() {
    let Rooms { mut server, .. } = rooms();
    Supervisor::sign_in(&server.url(), "Modibo");
    server.run(&["user", "disable", "Awa"]);
    let log = server.run(&["audit", "list"]);
    let said: Vec<(Value, Value)> =
        log.as_array().unwrap().iter().map(|e| (e["what"].clone(), e["who"].clone())).collect();
    let expected = [
        ("campaign_imported", Value::Null),
        ("person_added", Value::Null),
        ("person_added", Value::Null),
        ("code_made", Value::Null),
        ("device_enrolled", json!("Awa")),
        ("signed_in", json!("Modibo")),
        ("person_disabled", Value::Null),
    ];
    assert_eq!(said, expected.map(|(what, who)| (json!(what), who)));
    let verified = server.run(&["audit", "verify"]);
    assert_eq!((&verified["entries"], &verified["last"]), (&json!(7), &log[6]["hash"]));

    server.stop();
    let database = Connection::open(server.data().join("headquarters.db")).unwrap();
    let change = "UPDATE audit SET about = 'Bakary' WHERE seq = 7";
    assert!(database.execute(change, []).is_err(), "the database itself refuses");
    database.execute_batch("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened").unwrap();
    database.execute("UPDATE audit SET about = 'Bakary' WHERE seq = 4", []).unwrap();
    drop(database);
    let broken = server.attempt(&["audit", "verify"]).unwrap_err();
    assert_eq!(broken.code(), "audit_broken");
    assert!(broken.message().contains("entry 4"), "{}", broken.message());
}

#[test]
fn mending_a_campaign_takes_its_questionnaire_from_nobody() {
    let Rooms { server, awa, .. } = rooms();
    let told = server.run(&["campaign", "import", campaign_file().to_str().unwrap()]);
    assert_eq!(told["questionnaire"], true, "it is kept where the new file brings none");
    let device = open(&awa);
    sync(&device);
    assert!(device.begin_interview("fr", false).is_ok());
}
