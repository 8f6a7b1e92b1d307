//! What headquarters knows of its devices, and what it does about one that was lost: shut out, it keeps everything and is heard
//! of no more; erased, it brings its texts first, and then nothing of it can be read, whenever the battery ends.

use blon_core::protocol::{ERASES, PROTOCOL};
use blon_device::Device;
use blon_device::clock::Clock;
use blon_device::sync::policy::{FilePolicy, Network};
use blon_tests::collecting::{another_device, collector, open, open_at, sync, tell, tell_with_file};
use blon_tests::device::PASSPHRASE;
use blon_tests::line::Line;
use blon_tests::server::TestServer;
use blon_tests::supervisor::http;
use blon_tests::uploading::token;
use blon_tests::window::{Screen, on_a_phone, unlocked_on_a_phone};
use blon_tests::wire::{enrol_by_hand, posted, problem};
use chrono::{Local, TimeDelta};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// The last device that this person enrolled, as headquarters lists it.
fn listed(server: &TestServer, name: &str) -> Value {
    server.devices_of(name).pop().unwrap()
}

/// Has that device erased at its next contact.
fn ask_to_erase(server: &TestServer, name: &str) -> Value {
    let id = listed(server, name)["id"].as_str().unwrap().to_owned();
    server.run(&["device", "erase", &id]);
    listed(server, name)
}

fn refused(device: &Device) -> String {
    device.sync(|_| {}).unwrap_err().code().to_string()
}

/// Only what holds processes apart is left of a store, and the empty file that says why.
fn nothing_is_left(folder: &Path) {
    let left: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, BTreeSet::from(["blon.erased", "blon.lock", "blon.sync.lock"].map(str::to_owned)));
    for name in left {
        assert_eq!(std::fs::metadata(folder.join(&name)).unwrap().len(), 0, "{name} holds nothing");
    }
}

#[test]
fn a_device_tells_its_version_what_waits_its_clock_and_its_room() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let new = listed(&server, "Awa");
    assert_eq!((&new["last_sync"], &new["app"], &new["free_mb"]), (&Value::Null, &Value::Null, &Value::Null));
    let device = open_at(&awa.data(), Clock::telling(|| Local::now().fixed_offset() + TimeDelta::hours(2)));
    tell_with_file(&device, "Le puits", 9_000);
    tell_with_file(&device, "Le moulin", 5_000);
    device.set_file_policy(FilePolicy::FreeOnly).unwrap();
    device.set_network(Network::Paid);
    sync(&device);
    let told = listed(&server, "Awa");
    assert!(told["last_sync"].is_string());
    assert_eq!(told["app"], env!("CARGO_PKG_VERSION"));
    let waiting = [&told["outbox_records"], &told["outbox_files"], &told["outbox_bytes"]];
    assert_eq!(
        waiting,
        [&json!(0), &json!(2), &json!(14_000)],
        "texts went, files wait for a network that is free"
    );
    assert!((7_190..=7_210).contains(&told["clock_ahead"].as_i64().unwrap()), "{told}");
    let free = device.free_space().unwrap() / 1_000_000;
    assert!(told["free_mb"].as_u64().unwrap().abs_diff(free) < 5_000, "{told}");
    assert_eq!((&told["erase"], &told["revoked"]), (&Value::Null, &json!(false)));

    device.set_network(Network::Free);
    sync(&device);
    sync(&device);
    assert_eq!(listed(&server, "Awa")["outbox_bytes"], 0);
}

#[test]
fn an_older_app_tells_nothing_and_whatever_is_claimed_the_list_can_be_read() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let (_, token) = enrol_by_hand(&server, "Awa");
    let ask = |protocol: u32, about: Value| {
        let body = json!({ "protocol": protocol, "since": 0, "records": [], "files": true, "about": about });
        posted(&server, &token, &body)
    };
    ask(4, Value::Null);
    let old = listed(&server, "Awa");
    assert!(old["last_sync"].is_string() && old["app"].is_null(), "{old}");
    ask(PROTOCOL, json!({ "v": format!("\u{1b}[31m{}", "9".repeat(9_000)), "b": u64::MAX }));
    let told = listed(&server, "Awa");
    assert_eq!(told["app"].as_str().unwrap(), format!("[31m{}", "9".repeat(28)));
    assert_eq!((&told["outbox_bytes"], &told["free_mb"]), (&json!(i64::MAX), &Value::Null));
    // An app of before erases nothing: it goes on, and headquarters goes on saying that it was only asked.
    ask_to_erase(&server, "Awa");
    let answer = ask(ERASES - 1, Value::Null);
    assert_eq!((&answer["erase"], &answer["own_records"]), (&Value::Null, &json!(0)));
    assert_eq!(listed(&server, "Awa")["erase"], "asked");
}

#[test]
fn a_lost_device_brings_its_texts_and_then_nothing_is_left_on_it() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    tell(&device, "Envoyé");
    sync(&device);
    let told: Vec<String> = (0..3).map(|n| format!("Pas encore envoyé {n}")).collect();
    for title in &told {
        tell_with_file(&device, title, 70_000);
    }
    drop(device);
    let secret = token(&awa);
    let asked = ask_to_erase(&server, "Awa");
    assert_eq!((&asked["erase"], &asked["erased"]), (&json!("asked"), &Value::Null));
    assert!(asked["erase_asked"].is_string());

    assert_eq!(awa.attempt(&["sync"]).unwrap_err().code(), "device_erased");
    let titles: Vec<Value> = server.stories().iter().map(|story| story["title"].clone()).collect();
    assert!(told.iter().all(|title| titles.contains(&json!(title))), "{titles:?}");
    assert!(
        server.stories().iter().all(|s| s["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["complete"] == false))
    );
    nothing_is_left(&awa.data());
    let done = listed(&server, "Awa");
    assert_eq!(done["erase"], "done");
    for time in ["erase_asked", "erase_told", "erased"] {
        assert!(done[time].is_string(), "{time}: {done}");
    }
    // Its secret opens nothing any more, and it is not erased twice.
    for path in ["v1/sync", "v1/erased"] {
        let body = json!({ "protocol": PROTOCOL, "since": 0, "records": [] });
        let request = http().build().unwrap().post(format!("{}/{path}", server.url())).bearer_auth(&secret);
        assert_eq!(problem(request.json(&body).send().unwrap()), (401, "device_unknown".to_owned()));
    }
    let again = server.attempt(&["device", "erase", done["id"].as_str().unwrap()]).unwrap_err();
    assert_eq!(again.code(), "act_not_now");
    let nobodys = server.attempt(&["device", "erase", "01890a5d-ac96-774b-bcce-b302099a8057"]).unwrap_err();
    assert_eq!(nobodys.code(), "not_found");
    let log = server.run(&["audit", "list"]);
    let said: Vec<(&Value, &Value)> =
        log.as_array().unwrap().iter().rev().take(2).map(|e| (&e["what"], &e["who"])).collect();
    assert_eq!(
        said,
        [(&json!("device_erased"), &json!("Awa")), (&json!("device_erase_asked"), &Value::Null)]
    );

    // Whoever looks is told why; the same person begins again on it, with what headquarters has.
    assert_eq!(awa.attempt(&["list"]).unwrap_err().code(), "device_erased");
    awa.enrol(&server.url(), &server.code("Awa"));
    awa.run(&["sync"]);
    assert_eq!(awa.stories().len(), 4);
}

#[test]
fn however_much_waits_every_text_goes_first() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    // More than one request holds.
    for number in 0..120 {
        tell(&device, &format!("Récit {number}"));
    }
    ask_to_erase(&server, "Awa");
    assert_eq!(refused(&device), "device_erased");
    assert_eq!(server.stories().len(), 120);
    nothing_is_left(&awa.data());
}

#[test]
fn what_is_to_be_erased_is_told_nothing_new() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let modibo = another_device(&server, "Modibo", &server.url());
    modibo.run(&["sync"]);
    let secret = token(&modibo);
    let awa = collector(&server, "Awa", &server.url());
    tell_with_file(&open(&awa), "Pour l'équipe seule", 9_000);
    awa.run(&["sync"]);
    let file = server.stories()[0]["evidence"][0]["sha256"].as_str().unwrap().to_owned();
    let fetch = || {
        let request = http().build().unwrap().get(format!("{}/v1/files/{file}", server.url()));
        request.bearer_auth(&secret).send().unwrap().status().as_u16()
    };
    assert_eq!(fetch(), 200);
    let ask = |files: bool| {
        let body = json!({ "protocol": PROTOCOL, "since": 0, "records": [], "files": files, "campaign": "" });
        posted(&server, &secret, &body)
    };
    assert_eq!(ask(false)["records"].as_array().unwrap().len(), 1);
    ask_to_erase(&server, "Modibo");
    assert_eq!(fetch(), 404);
    let first = ask(false);
    assert_eq!((&first["records"], &first["erase"]), (&json!([]), &Value::Null), "it may have more to bring");
    assert_eq!(listed(&server, "Modibo")["erase"], "asked");
    let last = ask(true);
    assert_eq!(
        (&last["records"], &last["erase"], &last["campaign"]),
        (&json!([]), &json!(true), &Value::Null)
    );
    assert_eq!(listed(&server, "Modibo")["erase"], "told");
    assert_eq!(modibo.attempt(&["sync"]).unwrap_err().code(), "device_erased");
    assert_eq!(listed(&server, "Modibo")["erase"], "done");
}

#[test]
fn wherever_the_line_breaks_it_is_erased_in_the_end_and_the_list_says_what_is_known() {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let awa = collector(&server, "Awa", &line.url());
    let device = open(&awa);
    sync(&device);
    tell(&device, "Le puits");
    ask_to_erase(&server, "Awa");
    // Headquarters hears and is not heard: nothing is erased that was not told.
    line.lose_answers();
    assert_eq!(refused(&device), "unreachable");
    assert_eq!(listed(&server, "Awa")["erase"], "told");
    assert_eq!(device.stories_with("").unwrap().len(), 1);
    // It hears, and its last word is lost.
    line.mend();
    line.refuse("POST /v1/erased");
    assert_eq!(refused(&device), "device_erased");
    nothing_is_left(&awa.data());
    let told = listed(&server, "Awa");
    assert_eq!((&told["erase"], &told["erased"]), (&json!("told"), &Value::Null));
    assert_eq!(server.stories().len(), 1);
    assert_eq!(device.stories_with("").unwrap_err().code().as_str(), "locked", "nothing can be asked of it");
}

#[test]
fn a_battery_that_ends_in_the_middle_leaves_nothing_that_can_be_read() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let (mut cut, mut erased) = (0, 0);
    for kill in 0..16_u64 {
        let awa = another_device(&server, "Awa", &server.url());
        tell_with_file(&open(&awa), "Le registre", 2_000_000);
        ask_to_erase(&server, "Awa");
        let mut process = awa.command(&["sync"]).stderr(std::process::Stdio::null()).spawn().unwrap();
        // Unlocking comes first; erasing begins once it has written beside the key.
        let begun = std::time::Instant::now();
        while !awa.data().join("blon.erased").exists() && begun.elapsed() < Duration::from_secs(20) {
            std::hint::spin_loop();
        }
        std::thread::sleep(Duration::from_micros(kill * kill * 60));
        process.kill().unwrap();
        process.wait().unwrap();
        let left = |name: &str| awa.data().join(name).exists();
        cut += u32::from(left("blon.key") || left("blon.db"));
        // The next start ends it, whatever is asked of it.
        assert_eq!(awa.attempt(&["list"]).unwrap_err().code(), "device_erased", "kill {kill}");
        nothing_is_left(&awa.data());
        erased += u32::from(listed(&server, "Awa")["erase"] == "done");
    }
    assert!(cut > 0, "some were cut off in the middle: {cut}, and {erased} said so");
    assert_eq!(server.stories().len(), 16, "every text came before");
}

#[test]
fn whoever_is_shut_out_keeps_everything_and_can_still_be_erased() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    sync(&device);
    tell(&device, "Le puits");
    let id = listed(&server, "Awa")["id"].as_str().unwrap().to_owned();
    server.run(&["device", "revoke", &id]);
    assert_eq!(refused(&device), "device_unknown");
    assert_eq!((server.stories().len(), device.stories_with("").unwrap().len()), (0, 1));
    let asked = ask_to_erase(&server, "Awa");
    assert_eq!(
        (&asked["revoked"], &asked["erase"]),
        (&json!(false), &json!("asked")),
        "it is heard once more"
    );
    // But not with an app that cannot erase itself: it would go on as if nothing had been.
    let old = json!({ "protocol": 4, "since": 0, "records": [], "files": true });
    let request = http().build().unwrap().post(format!("{}/v1/sync", server.url())).bearer_auth(token(&awa));
    assert_eq!(problem(request.json(&old).send().unwrap()), (400, "protocol_unsupported".to_owned()));
    // Shut out again before it called: it is not heard, and keeps what it has.
    server.run(&["device", "revoke", &id]);
    assert_eq!(refused(&device), "device_unknown");
    ask_to_erase(&server, "Awa");
    assert_eq!(refused(&device), "device_erased");
    assert_eq!(server.stories().len(), 1);
}

#[test]
fn a_window_that_is_opened_later_is_erased_by_itself() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    tell(&open(&awa), "Le puits");
    ask_to_erase(&server, "Awa");
    let screen = Screen::new();
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.see("erased");
    page.close();
    nothing_is_left(&awa.data());
    assert_eq!((&listed(&server, "Awa")["erase"], server.stories().len()), (&json!("done"), 1));
}

#[test]
fn in_the_window_a_device_that_was_erased_stands_at_the_first_screen_and_says_why() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    tell(&device, "Le puits");
    device.set_sync_by_itself(false).unwrap();
    drop(device);
    let screen = Screen::new();
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    // Shut out, it is told so, and everything stays.
    let id = listed(&server, "Awa")["id"].as_str().unwrap().to_owned();
    server.run(&["device", "revoke", &id]);
    page.tap("sync-bar");
    page.tap("sync-now");
    page.find("[data-testid='last-sync'] [data-code='device_unknown']");
    page.see("enrol-again");
    page.is_readable_and_reachable("devices-06-shut-out");
    ask_to_erase(&server, "Awa");
    page.tap("sync-now");
    page.see("erased");
    page.is_readable_and_reachable("devices-07-erased");
    assert!(page.text("erased").contains("effacé sur demande du siège"));
    assert_eq!(page.run("return location.hash"), "#/stories");
    page.close();
    nothing_is_left(&awa.data());
    assert_eq!((&listed(&server, "Awa")["erase"], server.stories().len()), (&json!("done"), 1));

    // It says so until a new store is made.
    let page = on_a_phone(screen.open_app(&awa));
    page.see("erased");
    page.write("passphrase", PASSPHRASE);
    page.write("passphrase-again", PASSPHRASE);
    page.tap("create");
    page.see("enrol");
    page.close();
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.see("enrol");
    assert_eq!(page.count("[data-testid='erased']"), 0);
    page.close();
}
