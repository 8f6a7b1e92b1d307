//! Nothing is asked of anybody but headquarters: not by its pages, not by the page that browses its interface, not by the app's
//! window. And nothing in them does what their policy forbids.

use blon_tests::browser::{self, enter, sign_in};
use blon_tests::collecting::{collector, open, sync, tell};
use blon_tests::device::TestDevice;
use blon_tests::elsewhere::{Elsewhere, LISTENS, forbidden, loaded_from};
use blon_tests::fixtures::stories;
use blon_tests::media::{photo, sound};
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::window::{Screen, unlocked_on_a_phone};
use serde_json::json;
use std::collections::BTreeSet;

/// Awa's story with a photo and a recording is at headquarters, and everybody who works in its rooms.
fn headquarters() -> (TestServer, TestDevice) {
    let server = TestServer::serving();
    for (name, role) in [("Issa", "admin"), ("Nana", "analyst"), ("Modibo", "supervisor")] {
        server.add(name, role);
    }
    let awa = collector(&server, "Awa", &server.url());
    let piece = |kind: &str| json!({ "kind": kind, "description": kind, "strength": 3, "file": kind });
    let mut story = stories()[0].clone();
    story["changes"][0]["evidence"] = json!([piece("photo"), piece("audio")]);
    story["changes"].as_array_mut().unwrap().truncate(1);
    let files = [awa.path("puits.jpg"), awa.path("voix.wav")];
    photo(&files[0], 1);
    sound(&files[1], 1, 5);
    let id = awa.new_story(&story, &files);
    awa.run(&["finalise", &id]);
    awa.run(&["sync"]);
    (server, awa)
}

/// Goes to a room, and waits until all that it shows is there.
fn settle_in(page: &Page, room: &str) {
    enter(page, room);
    page.find("main h1");
    page.gone("[aria-busy='true']");
}

#[test]
fn no_page_of_headquarters_asks_anything_of_another_host() {
    let (server, _awa) = headquarters();
    let elsewhere = Elsewhere::listening();
    let own = BTreeSet::from([server.url()]);
    let rooms: [(&str, &[&str]); 2] = [
        ("Issa", &["campaign", "questionnaire", "people", "people/Awa", "devices", "audit", "account"]),
        ("Nana", &["coverage", "exports", "questionnaire", "campaign"]),
    ];
    for (name, rooms) in rooms {
        let page = browser::open_watched(&server.url(), 1280, 800, &elsewhere);
        sign_in(&page, name);
        for room in rooms {
            settle_in(&page, room);
            match *room {
                // What is drawn: curves, a square to photograph, the collector's own screens.
                "coverage" => page.until_there_are("canvas", page.count("[data-testid^='picture-']")),
                "devices" => {
                    page.tap("codes-begin");
                    page.tap("codes-make");
                    page.see("qr");
                }
                "questionnaire" if name == "Nana" => {
                    page.tap("preview-current");
                    page.see("preview");
                }
                _ => {}
            }
            assert_eq!(forbidden(&page), json!([]), "{name} in {room}");
            assert_eq!(loaded_from(&page), own, "{name} in {room}");
        }
    }
    let page = browser::open_watched(&server.url(), 1280, 800, &elsewhere);
    sign_in(&page, "Modibo");
    page.tap("story-row");
    page.see("evidence-image");
    page.tap("evidence-open");
    page.find("[data-testid='player'] rect");
    page.tap("enlarge");
    page.see("photo");
    assert_eq!(forbidden(&page), json!([]), "a story with a photo and a recording");
    assert_eq!(loaded_from(&page), own);

    page.go(&format!("{}/api/docs", server.url()));
    page.find(".opblock-tag");
    page.tap_on(".opblock-summary-control");
    page.find(".opblock-body");
    assert_eq!(forbidden(&page), json!([]), "the page that browses the interface");
    assert_eq!(loaded_from(&page), own);

    // Nothing went out, and it would have been heard: a page that may ask elsewhere is, one of headquarters may not even ask.
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
    let asks = "const done = arguments[arguments.length - 1];
        fetch('http://ailleurs.example/').then(() => done('asked'), () => done('refused'))";
    page.ask(asks);
    assert_eq!(forbidden(&page).as_array().unwrap().len(), 1);
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
    page.go("about:blank");
    page.ask(asks);
    assert_eq!(elsewhere.heard(), ["GET http://ailleurs.example/ HTTP/1.1"]);
    page.close();
}

#[test]
fn the_app_asks_nothing_of_anybody_but_its_own_device() {
    let (server, awa) = headquarters();
    let device = open(&awa);
    tell(&device, "Le puits");
    sync(&device);
    drop(device);
    let screen = Screen::new();
    let page = screen.open_app(&awa);
    page.see("unlock");
    page.run(LISTENS);
    let page = unlocked_on_a_phone(page);
    page.tap("story-row");
    page.see("duplicate");
    page.tap("back");
    page.tap("settings");
    page.tap("back");
    page.tap("new-interview");
    page.see("next");
    let from = loaded_from(&page);
    assert!(
        from.iter().all(|from| ["tauri://localhost", "ipc://localhost"].contains(&from.as_str())),
        "{from:?}"
    );
    assert_eq!(forbidden(&page), json!([]));

    // It may not even ask: not of a stranger, not of headquarters itself, which is the device's to talk to.
    for address in ["http://ailleurs.example/".to_owned(), server.url()] {
        let asks = format!(
            "const done = arguments[arguments.length - 1];
             fetch('{address}').then(() => done('asked'), () => done('refused'))"
        );
        assert_eq!(page.ask(&asks), "refused", "{address}");
    }
    assert_eq!(forbidden(&page).as_array().unwrap().len(), 2, "and it is the policy that forbids it");
    page.close();
}
