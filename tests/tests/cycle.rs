//! The whole cycle between real windows and a real browser. Awa has no network for all of it; Modibo reviews in the browser,
//! Sidiki with the app in the field, and they decide apart; Founé verifies with the app.

use blon_tests::browser;
use blon_tests::collecting::{another_device, collector_who_asks, correct, open, sync};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::{stories, wanted_files};
use blon_tests::interview::{saved, see_question};
use blon_tests::line::Line;
use blon_tests::media::{photo, sound};
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::window::{Screen, kill_app, unlocked_on_a_phone};
use serde_json::Value;
use std::path::PathBuf;

/// What Sidiki asks of Awa.
const QUESTION: &str = "Depuis quelle année exactement ?";

struct Rooms {
    server: TestServer,
    /// Awa's way to headquarters.
    line: Line,
    awa: TestDevice,
    sidiki: TestDevice,
    foune: TestDevice,
    id: String,
}

/// Awa's story with a photo is at headquarters and on Sidiki's device. Nobody's syncs begin by themselves.
fn rooms() -> Rooms {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    for (name, role) in [("Modibo", "supervisor"), ("Sidiki", "supervisor"), ("Founé", "verifier")] {
        server.add(name, role);
    }
    let awa = collector_who_asks(&server, "Awa", &line.url());
    let device = |name: &str| {
        let device = another_device(&server, name, &server.url());
        open(&device).set_sync_by_itself(false).unwrap();
        device
    };
    let (sidiki, foune) = (device("Sidiki"), device("Founé"));
    let mut story = stories()[0].clone();
    story["changes"].as_array_mut().unwrap().truncate(1);
    let id = awa.new_story(&story, &evidence(&awa, &story));
    awa.run(&["finalise", &id]);
    awa.run(&["sync"]);
    sidiki.run(&["sync"]);
    line.cut();
    Rooms { server, line, awa, sidiki, foune, id }
}

fn evidence(device: &TestDevice, story: &Value) -> Vec<PathBuf> {
    let make = |(place, kind): (usize, &String)| {
        let path = device.path(&format!("{place}.{}", if kind == "photo" { "jpg" } else { "wav" }));
        if kind == "photo" {
            photo(&path, 7)
        } else {
            sound(&path, 7, 5)
        }
        path
    };
    wanted_files(story).iter().enumerate().map(make).collect()
}

fn modibos(server: &TestServer) -> Page {
    let page = browser::open(&server.url(), 1280, 900);
    browser::sign_in(&page, "Modibo");
    page
}

/// A sync that somebody asks for in the app's window; ends on the list.
fn syncs(page: &Page) {
    page.tap("sync-bar");
    page.see("sync-now");
    let before = page.run("return document.querySelector('[data-testid=last-sync]')?.dataset.at ?? ''");
    page.tap("sync-now");
    page.find(&format!("[data-testid='last-sync'][data-problem='']:not([data-at={before}])"));
    page.find("[data-testid='sync-state'][data-state='idle']");
    page.tap("back");
}

fn status(page: &Page, status: &str) {
    page.find(&format!("[data-testid='status'][data-status='{status}']"));
}

#[test]
fn two_supervisors_decide_apart_foune_verifies_and_awa_answers_once_her_line_is_back() {
    let rooms = rooms();
    let screen = Screen::new();
    let awa = unlocked_on_a_phone(screen.open_app(&rooms.awa));
    awa.find("[data-testid='story-row'][data-status='received']");

    let modibo = modibos(&rooms.server);
    modibo.tap("story-row");
    let storyteller = modibo.text("storyteller");
    modibo_rates_and_asks_foune(&modibo);
    modibo.tap("approve");
    modibo.tap("confirm");
    status(&modibo, "approved");

    let sidiki = unlocked_on_a_phone(screen.open_app(&rooms.sidiki));
    sidiki_returns_it_in_the_field(&sidiki);
    syncs(&sidiki);

    // Modibo hears of it while he looks at the story, and nothing changes under his eyes.
    modibo.see("changed");
    modibo.tap("read-again");
    modibo.see("conflict-decisions");
    modibo.is_readable_and_reachable("cycle-04-decided-apart");
    foune_reports(&screen, &rooms, &modibo);

    // Awa has heard of nothing so far.
    awa.find("[data-testid='story-row'][data-status='received']");
    awa_answers_once_the_line_is_back(&awa, &rooms, &storyteller);

    modibo.see("changed");
    modibo.tap("read-again");
    modibo.see("revision");
    assert!(modibo.all_text().contains("Depuis l'hivernage de 2020."), "her answer stands in the thread");
    modibo.tap("approve");
    modibo.tap("confirm");
    status(&modibo, "approved");
    modibo.is_readable_and_reachable("cycle-12-approved");
    syncs(&sidiki);
    sidiki.find("[data-testid='story-row'][data-status='approved']");
    syncs(&awa);
    awa.find("[data-testid='story-row'][data-status='approved']");
    for page in [awa, modibo, sidiki] {
        page.close();
    }
}

/// The evidence counts for less to him than to Awa, and the page says so.
fn modibo_rates_and_asks_foune(page: &Page) {
    page.see("story-title");
    assert_eq!(page.count("[data-testid='disagreement']"), 0);
    page.tap("open-rating");
    page.is_readable_and_reachable("cycle-01-rating");
    for step in ["rate-evidence-2", "rate-importance-5", "rate-quality-4"] {
        page.tap(step);
    }
    page.write("rating-note", "Une seule voix.");
    page.tap("rate-save");
    page.see("disagreement");
    page.tap("open-verification");
    page.choose("verifier", "Founé");
    page.write("verification-question", "Les deux cadenas sont-ils partis ?");
    page.tap("ask-verification");
    page.see("verification");
    page.find("[data-testid='verified'][data-verified='asked']");
    page.is_readable_and_reachable("cycle-02-rated-and-asked");
}

/// On his phone, without a network: the story as it was when he synced last, and the photo with it.
fn sidiki_returns_it_in_the_field(page: &Page) {
    page.see("search");
    page.is_readable_and_reachable("cycle-03-field-list");
    page.tap("settings");
    page.choose("review-space", "500");
    page.is_readable_and_reachable("cycle-03-field-settings");
    page.tap("back");
    page.tap("story-row");
    page.see("evidence-image");
    assert_eq!(page.count("[data-testid='verification']"), 0, "he has not heard of what Modibo asked");
    page.tap("open-rating");
    page.is_readable_and_reachable("cycle-03-field-story");
    page.tap("comment-on-narrative.before");
    page.write("comment-text", QUESTION);
    page.tap("comment-save");
    page.tap("return");
    page.tap("confirm");
    status(page, "returned");
    page.tap("back");
    page.find("[data-testid='story-row'][data-status='returned']");
}

/// She is told the claim alone. The battery ends while she writes, and nothing is lost by it.
fn foune_reports(screen: &Screen, rooms: &Rooms, modibo: &Page) {
    let page = unlocked_on_a_phone(screen.open_app(&rooms.foune));
    syncs(&page);
    page.find("[data-testid='task-state'][data-state='todo']");
    assert_eq!(page.run("return document.title"), "(1) Blon");
    page.is_readable_and_reachable("cycle-05-tasks");
    page.tap("task");
    page.see("claim");
    let text = page.all_text();
    assert!(text.contains("Les deux cadenas sont-ils partis ?") && !text.contains("Awa"), "{text}");
    page.tap("finding-partly");
    page.write("report-why", "Partis, mais depuis un an seulement.");
    saved(&page);
    kill_app(&rooms.foune);
    page.close();

    let page = unlocked_on_a_phone(screen.open_app(&rooms.foune));
    page.find("[data-testid='task-state'][data-state='writing']");
    page.tap("task");
    page.find("[data-testid='finding-partly'] :checked");
    page.write("report-informant", "Une voisine qui puise chaque matin");
    page.write("report-name", "Sira Keïta");
    let picture = rooms.foune.path("cadenas.jpg");
    photo(&picture, 9);
    page.attach("report-photo", &picture);
    page.see("evidence-image");
    saved(&page);
    page.is_readable_and_reachable("cycle-06-report");
    page.tap("sign-report");
    page.see("dialog");
    page.tap("confirm");
    page.find("[data-testid='task-state'][data-state='waiting']");
    syncs(&page);
    page.find("[data-testid='task-state'][data-state='sent']");
    assert_eq!(page.run("return document.title"), "Blon");
    page.is_readable_and_reachable("cycle-07-reported");
    page.close();

    modibo.see("changed");
    modibo.tap("read-again");
    modibo.see("report");
    modibo.find("[data-testid='verified'][data-verified='partly']");
    assert!(!modibo.all_text().contains("Sira"), "who was asked is for nobody here");
    modibo.is_readable_and_reachable("cycle-08-verified");
}

/// What was returned is the first thing she sees; she answers and corrects without a line, and both go once it is back.
fn awa_answers_once_the_line_is_back(page: &Page, rooms: &Rooms, storyteller: &str) {
    rooms.line.mend();
    syncs(page);
    rooms.line.cut();
    let first = "li:first-child [data-testid='story-row'][data-status='returned']";
    page.find(first);
    assert_eq!(page.run("return document.title"), "(1) Blon");
    page.is_readable_and_reachable("cycle-09-returned-first");
    page.tap_on(first);
    assert!(page.text("thread").contains(QUESTION));
    assert_eq!(page.text("storyteller"), storyteller, "what Modibo calls them, she finds beside the name");
    page.tap("reply");
    page.write("reply-text", "Depuis l'hivernage de 2020.");
    page.tap("reply-send");
    page.gone("[data-testid='reply-text']");
    page.is_readable_and_reachable("cycle-10-replied");
    page.tap("correct");
    page.tap("comment-link");
    see_question(page, "story_before");
    assert!(page.text("thread").contains(QUESTION), "the comment stands at its answer");
    page.write("field-story_before", " C'était après l'hivernage de 2020.");
    saved(page);
    page.is_readable_and_reachable("cycle-11-correcting");
    page.tap("open-map");
    page.tap("map-review");
    page.write("note", "Date ajoutée.");
    page.tap("finalise");
    page.tap("confirm");
    status(page, "finalised");
    page.tap("back");
    rooms.line.mend();
    syncs(page);
    page.find("[data-testid='story-row'][data-status='received']");
    assert_eq!(
        rooms.awa.story_called(stories()[0]["title"].as_str().unwrap()).unwrap()["id"],
        rooms.id.as_str()
    );
}

#[test]
fn awa_joins_what_she_corrected_on_two_devices_and_modibo_sees_both_until_then() {
    let rooms = rooms();
    rooms.line.mend();
    let id = rooms.id.parse().unwrap();
    let laptop = another_device(&rooms.server, "Awa", &rooms.server.url());
    sync(&open(&laptop));
    correct(&open(&rooms.awa), id, "Le puits est ouvert, dit le téléphone.");
    correct(&open(&laptop), id, "Le puits est ouvert, dit le portable.");
    for device in [&rooms.awa, &laptop, &rooms.awa] {
        sync(&open(device));
    }

    let modibo = modibos(&rooms.server);
    modibo.tap("story-row");
    modibo.see("conflict-revisions");
    let text = modibo.all_text();
    assert!(
        text.contains("dit le téléphone") && text.contains("dit le portable"),
        "both, and what differs marked"
    );
    modibo.is_readable_and_reachable("cycle-20-two-heads");

    let screen = Screen::new();
    let awa = unlocked_on_a_phone(screen.open_app(&rooms.awa));
    awa.tap("story-row");
    awa.see("conflict");
    awa.is_readable_and_reachable("cycle-21-two-versions");
    awa.tap("correct");
    awa.see("joining");
    awa.is_readable_and_reachable("cycle-22-joining");
    awa.tap("clash-link");
    see_question(&awa, "story_now");
    let clash = awa.text("clash");
    assert!(clash.contains("dit le téléphone") && clash.contains("dit le portable"), "{clash}");
    awa.is_readable_and_reachable("cycle-23-clash");
    awa.rewrite("field-story_now", "Le puits est ouvert, disent les deux.");
    saved(&awa);
    awa.tap("open-map");
    awa.tap("map-review");
    awa.tap("finalise");
    awa.tap("confirm");
    status(&awa, "finalised");
    awa.tap("back");
    syncs(&awa);

    modibo.see("changed");
    modibo.tap("read-again");
    modibo.gone("[data-testid='conflict-revisions']");
    assert!(modibo.all_text().contains("disent les deux"));
    awa.close();
    modibo.close();
}
