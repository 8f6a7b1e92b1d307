//! The journey of an interview in the collector's real window, at the size of a cheap phone.

use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::interview::{Walk, held, paths, saved, see_question};
use blon_tests::media::{photo, sound};
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::window::{Screen, kill_app, on_a_phone, unlocked_on_a_phone};
use std::collections::BTreeMap;

const TITLE: &str = "Le marché des deux rives";
const COMMENT: &str = "Depuis quelle année exactement ?";

#[test]
fn an_interview_goes_from_the_window_to_headquarters_and_back() {
    let mut server = TestServer::serving();
    server.add("Modibo", "supervisor");
    server.add("Awa", "collector");
    let screen = Screen::new();
    let awa = TestDevice::of("Awa");
    let page = on_a_phone(screen.open_app(&awa));

    makes_a_store_and_enrols(&page, &server);
    server.kill();
    let (page, told) = interviews_offline_killed_twice(page, &screen, &awa);
    signs_off(&page);
    cannot_sync_yet(&page);
    server.start();
    syncs(&page);

    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let story = modibo.stories().remove(0);
    assert_eq!((story["title"].as_str(), story["status"].as_str()), (Some(TITLE), Some("received")));
    let files = story["evidence"].as_array().unwrap();
    assert!(files.len() == 2 && files.iter().all(|f| f["complete"] == true), "{files:?}");
    let id = story["id"].as_str().unwrap();
    modibo.give_back(id, "narrative.before", COMMENT);

    sees_the_comment_and_corrects(&page, &told);
    assert_eq!(modibo.story(id)["revisions"].as_array().unwrap().len(), 2);
    modibo.approve(id);
    syncs(&page);
    page.tap("back");
    page.find("[data-testid='story-row'][data-status='approved']");
    page.is_readable_and_reachable("app-39-approved");
    page.close();
}

fn makes_a_store_and_enrols(page: &Page, server: &TestServer) {
    page.see("create");
    page.is_readable_and_reachable("app-01-first-run");
    page.write("passphrase", "court");
    page.write("passphrase-again", "court");
    page.tap("create");
    page.find("[data-code='passphrase_too_short']");
    page.rewrite("passphrase", PASSPHRASE);
    page.rewrite("passphrase-again", PASSPHRASE);
    page.tap("create");

    page.see("enrol");
    page.is_readable_and_reachable("app-02-enrol");
    page.rewrite("url", &server.url());
    page.write("code", "not-a-code");
    page.tap("enrol");
    page.find("[data-code='code_invalid']");
    page.rewrite("code", &server.code("Awa"));
    page.tap("enrol");
    page.see("new-interview");
    page.is_readable_and_reachable("app-03-no-story-yet");
    sets_its_own_ways(page);
}

/// Language, size of the text, light and dark are the collector's own choices.
fn sets_its_own_ways(page: &Page) {
    page.tap("settings");
    page.is_readable_and_reachable("app-04-settings");
    page.choose("language", "en");
    assert!(page.all_text().contains("Text size"));
    page.choose("language", "bm");
    assert!(page.all_text().contains("Taille du texte"), "French where Bambara is not written yet");
    page.choose("language", "fr");
    page.choose("size", "200");
    assert_eq!(page.run("return document.documentElement.style.fontSize"), "200%");
    page.shot("app-04-settings-double");
    page.choose("size", "100");
    page.choose("scheme", "dark");
    assert_eq!(page.run("return document.documentElement.dataset.scheme"), "dark");
    page.choose("scheme", "light");
    // What this test sends, it sends when it says so.
    page.tap("sync-by-itself");
    page.find("[data-testid='sync-by-itself']:not(:checked)");
    page.tap("back");
}

/// The whole questionnaire, from its first page to its last. The battery ends twice; each time the interview goes on
/// at the very question, with all that was given. Gives what every field held.
fn interviews_offline_killed_twice(
    page: Page,
    screen: &Screen,
    awa: &TestDevice,
) -> (Page, BTreeMap<String, String>) {
    let (mut page, mut walk, mut told) = (page, Walk::default(), BTreeMap::new());
    page.tap("new-interview");
    see_question(&page, "check_purpose");
    for number in 10.. {
        let names = walk.answer_page(&page);
        let first = names[0].as_str();
        if page.count("[data-testid='training-mark']") > 0 {
            panic!("this is no practice");
        }
        match first {
            "story_audio" => attaches_the_recording(&page, awa),
            "evidence_kind" => attaches_a_photo(&page, awa),
            "change_who" => looks_at_map_coach_and_card(&page),
            _ => {}
        }
        told.extend(held(&page));
        page.is_readable_and_reachable(&format!("app-{number}-{first}"));
        if ["story_happened", "change_importance"].contains(&first) {
            page = killed(page, screen, awa, &paths_and_answers(&told));
            see_question(&page, first);
        }
        let cards = page.count("[data-testid='card']");
        if ["change", "evidence"].contains(&first) && cards == 0 {
            page.tap("add-card");
            page.find("main [data-path*='/change_level'], main [data-path*='/evidence_kind']");
        } else {
            page.tap("next");
            if page.count("[data-testid='finalise']") > 0 {
                break;
            }
            left(&page, &names);
        }
    }
    let given: Vec<&String> = walk.answered.keys().collect();
    assert!(given.len() >= 58, "the whole questionnaire was asked: {given:?}");
    (page, told)
}

/// Waits until another page is in sight.
fn left(page: &Page, names: &[String]) {
    for _ in 0..200 {
        let now: Vec<String> =
            paths(page).iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect();
        if now != names || page.count("[data-testid='finalise']") > 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    panic!("the page with {names:?} does not go");
}

fn paths_and_answers(told: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    told.iter().filter(|(_, answer)| !answer.is_empty()).map(|(p, a)| (p.clone(), a.clone())).collect()
}

/// Kills the app and opens it again: unlocked, it stands where it stood, with the same answers on the page.
fn killed(page: Page, screen: &Screen, awa: &TestDevice, told: &BTreeMap<String, String>) -> Page {
    let before = paths(&page);
    kill_app(awa);
    drop(page);
    let page = on_a_phone(screen.open_app(awa));
    page.see("unlock");
    page.is_readable_and_reachable("app-05-unlock");
    let page = unlocked_on_a_phone(page);
    see_question(&page, before[0].rsplit('/').next().unwrap());
    assert_eq!(paths(&page), before, "the very page");
    for (path, answer) in held(&page).into_iter().filter(|(path, _)| told.contains_key(path)) {
        assert_eq!(Some(&answer), told.get(&path), "{path}");
    }
    page
}

fn looks_at_map_coach_and_card(page: &Page) {
    page.tap("open-map");
    page.see("map-question");
    page.is_readable_and_reachable("app-30-map");
    page.tap("close-sheet");
    page.tap("open-coach");
    page.see("advice");
    page.is_readable_and_reachable("app-31-coach");
    page.tap("close-sheet");
    page.tap("technique");
    page.is_readable_and_reachable("app-32-technique");
    page.tap("close-sheet");
    page.gone("dialog");
    let (typed, undone) = (held(page), " et leurs familles");
    let who = typed.keys().find(|path| path.ends_with("change_who")).unwrap().clone();
    page.write(&format!("field-{who}"), undone);
    saved(page);
    page.tap("undo");
    for _ in 0..100 {
        if !held(page)[&who].ends_with(undone) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    // What is typed at one place is one step: the way back leads before its first letter.
    page.rewrite(&format!("field-{who}"), &typed[&who]);
    saved(page);
}

fn attaches_the_recording(page: &Page, awa: &TestDevice) {
    let recording = awa.path("recit.wav");
    sound(&recording, 7, 40);
    page.attach("take-file", &recording);
    page.see("evidence-open");
}

fn attaches_a_photo(page: &Page, awa: &TestDevice) {
    let picture = awa.path("cahier.jpg");
    photo(&picture, 7);
    page.attach("take-photo", &picture);
    page.see("evidence-image");
}

fn signs_off(page: &Page) {
    page.see("complete");
    page.is_readable_and_reachable("app-33-review");
    page.tap("finalise");
    page.see("dialog");
    page.is_readable_and_reachable("app-34-sign-off");
    page.tap("confirm");
    page.find("[data-testid='status'][data-status='finalised']");
    page.is_readable_and_reachable("app-35-finalised");
    page.tap("back");
}

fn cannot_sync_yet(page: &Page) {
    page.tap("sync-bar");
    page.tap("sync-now");
    page.find("[data-testid='last-sync'][data-problem='unreachable']");
    page.is_readable_and_reachable("app-36-no-network");
    page.tap("back");
    page.find("[data-testid='story-row'][data-status='finalised']");
}

fn syncs(page: &Page) {
    page.tap("sync-bar");
    page.tap("sync-now");
    page.find("[data-testid='last-sync'][data-problem='']");
    page.find("[data-testid='sync-state'][data-state='idle']");
}

fn sees_the_comment_and_corrects(page: &Page, told: &BTreeMap<String, String>) {
    page.is_readable_and_reachable("app-36-synced");
    page.tap("sync-now");
    page.tap("back");
    page.tap_on("[data-testid='story-row'][data-status='returned']");
    assert!(page.text("thread").contains(COMMENT));
    page.is_readable_and_reachable("app-37-returned");
    page.tap("correct");
    is_identical_on_reading_back(page, told);
    page.resize(1200, 900);
    page.is_readable_and_reachable("app-37-desktop");
    page.resize(360, 640);
    page.tap("comment-link");
    see_question(page, "story_before");
    assert!(page.text("thread").contains(COMMENT), "the comment stands at its answer");
    page.write("field-story_before", " C'était après l'hivernage de 2020.");
    saved(page);
    page.is_readable_and_reachable("app-38-correction");
    page.tap("open-map");
    page.tap("map-review");
    page.write("note", "Date ajoutée.");
    page.tap("finalise");
    page.tap("confirm");
    page.find("[data-testid='status'][data-status='finalised']");
    page.tap("back");
    syncs(page);
    page.tap("back");
    page.find("[data-testid='story-row'][data-status='received']");
}

/// Goes through every page of what was signed off, sent and opened again: each field holds what it held.
fn is_identical_on_reading_back(page: &Page, told: &BTreeMap<String, String>) {
    let mut seen = BTreeMap::new();
    see_question(page, "check_purpose");
    loop {
        let here = held(page);
        let names: Vec<String> =
            paths(page).iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect();
        let again = here.keys().any(|path| seen.contains_key(path));
        seen.extend(here);
        let enters = page.count("[data-testid='card-open']") > 0 && !again;
        page.tap(if enters { "card-open" } else { "next" });
        left(page, &names);
        if page.count("[data-testid='finalise']") > 0 {
            break;
        }
    }
    // Who told it stays on the device and is there too; the places of files are compared by their digests elsewhere.
    assert_eq!(paths_and_answers(&seen), paths_and_answers(told));
    page.tap("open-map");
    page.tap_on("[data-testid='map-section']");
    page.tap_on("[data-testid='map-question']");
    page.see("comment-link");
}
