//! The list of stories in the collector's real window: found, narrowed, deleted with a way back, begun anew from one
//! that is there; and practice, which is kept apart wherever it goes.

use blon_device::view::{Shelf, StoryQuery};
use blon_device::{Device, StoryId};
use blon_tests::collecting::{collector_who_asks, open, sync, tell};
use blon_tests::fixtures::{CAMPAIGN, stories};
use blon_tests::interview::{CHANGE, STORY, saved, see_question};
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::window::{Screen, unlocked_on_a_phone};
use serde_json::json;

fn titles(page: &Page) -> Vec<String> {
    let found = page.run(
        "return [...document.querySelectorAll('[data-testid=story-row] strong')].map((e) => e.textContent)",
    );
    serde_json::from_value(found).unwrap()
}

/// Waits until the list shows exactly these.
fn shows(page: &Page, wanted: &[&str]) {
    for _ in 0..200 {
        if titles(page) == wanted {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{:?} and not {wanted:?}", titles(page));
}

fn draft(device: &Device, title: &str, happened: &str) -> StoryId {
    let id = device.begin_interview("fr", false).unwrap().id;
    for (path, answer) in [("consent_interview", "yes"), ("story_title", title), ("story_happened", happened)]
    {
        device.answer(id, path, answer, "fr").unwrap();
    }
    device.leave().unwrap();
    id
}

#[test]
fn a_story_is_found_without_accents_narrowed_deleted_brought_back_and_begun_anew() {
    let server = TestServer::serving();
    let screen = Screen::new();
    let awa = collector_who_asks(&server, "Awa", &server.url());
    {
        let device = open(&awa);
        tell(&device, "La pirogue réparée");
        draft(&device, "Le débarcadère", "Les piroguiers ont levé l’interdit.");
    }
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    shows(&page, &["Le débarcadère", "La pirogue réparée"]);
    page.write("search", "debarcad");
    shows(&page, &["Le débarcadère"]);
    page.rewrite("search", "REPAREE pirogue");
    shows(&page, &["La pirogue réparée"]);
    page.rewrite("search", "interdit");
    shows(&page, &["Le débarcadère"]);
    page.is_readable_and_reachable("shelves-1-found");
    page.rewrite("search", "zébu");
    shows(&page, &[]);
    // The field stays under the fingers that empty it, with its keyboard, while all is looked for again.
    page.run("document.querySelector('[data-testid=search]').dataset.touched = 'yes'");
    page.rewrite("search", " ");
    shows(&page, &["Le débarcadère", "La pirogue réparée"]);
    page.find("[data-testid='search'][data-touched='yes']");
    page.tap("filter");
    page.choose("filter-status", "finalised");
    shows(&page, &["La pirogue réparée"]);
    page.choose("filter-level", "associative");
    shows(&page, &[]);
    page.is_readable_and_reachable("shelves-2-narrowed");
    page.choose("filter-status", "");
    page.choose("filter-level", "");
    shows(&page, &["Le débarcadère", "La pirogue réparée"]);

    page.tap_on("[data-testid='story-row'][data-status='draft']");
    page.tap("open-map");
    page.tap("map-review");
    page.tap("discard");
    page.tap("confirm");
    page.see("just-deleted");
    shows(&page, &["La pirogue réparée"]);
    page.is_readable_and_reachable("shelves-3-deleted");
    page.tap("restore");
    shows(&page, &["Le débarcadère", "La pirogue réparée"]);

    page.tap_on("[data-testid='story-row'][data-status='draft']");
    page.tap("open-map");
    page.tap("map-review");
    page.tap("discard");
    page.tap("confirm");
    page.tap("settings");
    page.tap("bin");
    page.see("deleted-draft");
    page.is_readable_and_reachable("shelves-4-bin");
    page.tap("erase");
    page.tap("confirm");
    page.gone("[data-testid='deleted-draft']");
    page.tap("back");
    page.tap("back");

    page.tap_on("[data-testid='story-row'][data-status='finalised']");
    page.tap("duplicate");
    page.tap("confirm");
    see_question(&page, "check_purpose");
    page.tap("back");
    // What was taken over is told once this storyteller, too, has agreed to tell it.
    shows(&page, &["Récit sans titre", "La pirogue réparée"]);
    page.close();

    let device = open(&awa);
    let lines = device.stories().unwrap();
    assert_eq!((lines[0].shelf, lines[1].shelf), (Shelf::Drafts, Shelf::Waiting));
    let (copy, first) = (device.story(lines[0].id).unwrap(), device.story(lines[1].id).unwrap());
    assert_eq!((copy.story.consent.interview, copy.identity.name.as_str()), (None, ""), "everybody’s own");
    for consent in ["consent_interview", "consent_understood"] {
        device.answer(copy.line.id, consent, "yes", "fr").unwrap();
    }
    let told = device.story(copy.line.id).unwrap().story;
    assert_eq!(told.narrative.what_happened, first.story.narrative.what_happened);
    assert_ne!(told.changes[0].id, first.story.changes[0].id);
    assert!(told.changes[0].evidence.iter().all(|piece| piece.file.is_none()));
}

#[test]
fn practice_is_marked_on_every_screen_and_never_counted() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let screen = Screen::new();
    let awa = collector_who_asks(&server, "Awa", &server.url());
    tell(&open(&awa), "Un récit qui compte");
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.tap("kind-training");
    page.find("[data-testid='kind-training'][aria-pressed='true']");
    page.is_readable_and_reachable("shelves-5-practice");
    page.tap("new-interview");
    see_question(&page, "check_purpose");
    page.see("training-mark");
    page.is_readable_and_reachable("shelves-6-practice-interview");
    page.tap("choice-check_purpose-yes");
    saved(&page);
    page.tap("back");
    page.tap("kind-counted");
    shows(&page, &["Un récit qui compte"]);
    page.close();

    let device = open(&awa);
    let practice = |training| StoryQuery { training, count: 10, ..StoryQuery::default() };
    let draft = device.find_stories(&practice(true)).unwrap().lines.remove(0);
    assert!(draft.training && device.find_stories(&practice(false)).unwrap().lines.len() == 1);
    let id = finished(&device, "Un récit pour apprendre");
    device.discard_draft(draft.id).unwrap();
    let report = sync(&device);
    assert_eq!((report.sent, report.refused), (2, 0));
    let shown = |training: bool| -> Vec<String> {
        let mut arguments = vec!["stories", "--campaign", CAMPAIGN];
        arguments.extend(training.then_some("--training"));
        let there = server.run(&arguments)["stories"].as_array().unwrap().clone();
        there.iter().map(|story| story["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(shown(false), ["Un récit qui compte"]);
    assert_eq!(shown(true), ["Un récit pour apprendre"]);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    assert_eq!(modibo.stories().len(), 1, "nor on headquarters' pages");
    assert_eq!(modibo.story(&id.to_string())["row"]["training"], json!(true));
    device.correct(id).unwrap();
    device.answer(id, "story_now", "Corrigé.", "fr").unwrap();
    device.finalise(id).unwrap();
    sync(&device);
    assert!(modibo.story(&id.to_string())["revisions"][1]["story"]["training"] == true, "for its whole life");
}

/// A practice interview with all that must be there, signed off.
fn finished(device: &Device, title: &str) -> StoryId {
    let id = device.begin_interview("fr", true).unwrap().id;
    for (path, answer) in STORY {
        device.answer(id, path, answer, "fr").unwrap();
    }
    device.answer(id, "story_title", title, "fr").unwrap();
    let (change, _) = device.add_repetition(id, "change", "fr").unwrap();
    for (name, answer) in CHANGE {
        device.answer(id, &format!("change/{change}/{name}"), answer, "fr").unwrap();
    }
    device.finalise(id).unwrap();
    id
}

#[test]
fn what_counts_is_sent_before_practice_and_never_with_it() {
    let server = TestServer::serving();
    let awa = collector_who_asks(&server, "Awa", &server.url());
    let device = open(&awa);
    finished(&device, "D’abord l’entraînement");
    tell(&device, "Puis ce qui compte");
    let mut left = Vec::new();
    device.sync(|progress| left.push(progress.records_left)).unwrap();
    assert_eq!(left.iter().filter(|n| **n > 0).collect::<Vec<_>>(), [&2, &1], "two batches: {left:?}");
    assert_eq!(stories().len(), 6);
}
