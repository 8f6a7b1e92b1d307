//! The journey of an interview in the collector's real window, at the size of a cheap phone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::media::{photo, sound};
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::window::Screen;

const TITLE: &str = "Le marché des deux rives";
const COMMENT: &str = "Depuis quelle année exactement ?";

/// The window as Awa holds it.
fn awas_window(screen: &Screen, awa: &TestDevice) -> Page {
    let page = screen.open_app(awa);
    page.resize(360, 640);
    page
}

fn saved(page: &Page) {
    page.find("[data-testid='save-state'][data-state='saved']");
}

fn choose(page: &Page, path: &str, value: &str) {
    page.tap(&format!("choice-{path}-{value}"));
}

#[test]
fn an_interview_goes_from_the_window_to_headquarters_and_back() {
    let mut server = TestServer::serving();
    server.add("Modibo", "supervisor");
    server.add("Awa", "collector");
    let screen = Screen::new();
    let awa = TestDevice::of("Awa");
    let page = awas_window(&screen, &awa);

    makes_a_store_and_enrols(&page, &server);
    server.kill();
    interviews_offline(&page, &awa);
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

    sees_the_comment_and_corrects(&page);
    assert_eq!(modibo.story(id)["revisions"].as_array().unwrap().len(), 2);
    modibo.approve(id);
    syncs(&page);
    page.tap("back");
    page.find("[data-testid='story-row'][data-status='approved']");
    page.is_readable_and_reachable("app-14-approved");
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
}

fn interviews_offline(page: &Page, awa: &TestDevice) {
    page.tap("new-interview");
    page.see("field-context.village");
    page.run(
        "const d = document.querySelector('[data-testid=\"field-context.date\"]');
         d.value = '2022-09-14'; d.dispatchEvent(new Event('input', { bubbles: true }));",
    );
    page.choose("field-context.commune", "Kaniogo");
    page.write("field-context.village", "Kéniéro");
    choose(page, "context.language", "maninka");
    choose(page, "context.kind", "individual");
    saved(page);
    page.is_readable_and_reachable("app-04-context");

    page.tap("next");
    for question in ["interview", "audio", "photo", "quote", "contact_again"] {
        choose(page, &format!("consent.{question}"), "true");
    }
    choose(page, "consent.named", "false");
    choose(page, "consent.given_by", "spoken");
    saved(page);
    page.is_readable_and_reachable("app-05-consent");

    page.tap("next");
    page.write("identity-name", "Mariam Keïta (personne fictive)");
    choose(page, "storyteller.sex", "female");
    choose(page, "storyteller.age_band", "36-59");
    page.write("field-storyteller.occupation", "commerçante");
    choose(page, "storyteller.relation", "participant");
    saved(page);
    page.is_readable_and_reachable("app-06-storyteller");

    page.tap("next");
    page.write("field-narrative.before", "On ne traversait plus le fleuve le jour du marché.");
    page.write("field-narrative.what_happened", "Les deux comités de jeunes se sont assis ensemble.");
    page.write("field-narrative.now", "Les pirogues passent de nouveau, dans les deux sens.");
    page.write("field-title", TITLE);
    saved(page);
    page.is_readable_and_reachable("app-07-story");

    page.tap("next");
    page.tap("add-change");
    page.tap_on("[data-testid$='/level-collective']");
    for (field, words) in [
        ("who", "Les piroguiers des deux rives"),
        ("what", "font passer les commerçantes sans demander d'où elles viennent"),
        ("when", "depuis mars 2021"),
    ] {
        let element = page.find(&format!("[data-testid^='field-changes/'][data-testid$='/{field}']"));
        page.type_into(&element, words);
    }
    page.tap_on("[data-testid$='/direction-positive']");
    page.tap_on("[data-testid$='/importance-4']");
    page.tap_on("[data-testid$='/contribution-medium']");
    page.is_readable_and_reachable("app-08-change");

    attaches_evidence(page, awa);
    page.tap("change-done");
    page.see("change-row");
    saved(page);
    page.is_readable_and_reachable("app-09-changes");
}

fn attaches_evidence(page: &Page, awa: &TestDevice) {
    let (picture, recording) = (awa.path("rive.jpg"), awa.path("temoin.wav"));
    photo(&picture, 7);
    sound(&recording, 7, 40);
    page.tap("add-evidence");
    page.tap_on("[data-testid$='/kind-photo']");
    let description = page.find("[data-testid$='/description']");
    page.type_into(&description, "Les pirogues au débarcadère, un jour de marché");
    page.attach("take-photo", &picture);
    page.see("evidence-image");
    page.tap("add-evidence");
    page.tap_on("[data-testid='evidence']:last-of-type [data-testid$='/kind-audio']");
    page.attach("take-file", &recording);
    page.see("evidence-open");
    page.is_readable_and_reachable("app-10-evidence");
}

fn signs_off(page: &Page) {
    page.tap("step-review");
    page.see("complete");
    page.is_readable_and_reachable("app-11-review");
    page.tap("finalise");
    page.shot("app-12-sign-off");
    page.tap("confirm");
    page.find("[data-testid='status'][data-status='finalised']");
    page.is_readable_and_reachable("app-12-finalised");
    page.tap("back");
}

fn cannot_sync_yet(page: &Page) {
    page.tap("sync-bar");
    page.tap("sync-now");
    page.find("[data-testid='last-sync'][data-problem='unreachable']");
    page.is_readable_and_reachable("app-13-no-network");
    page.tap("back");
    page.find("[data-testid='story-row'][data-status='finalised']");
}

fn syncs(page: &Page) {
    page.tap("sync-bar");
    page.tap("sync-now");
    page.find("[data-testid='last-sync'][data-problem='']");
    page.find("[data-testid='sync-state'][data-state='idle']");
}

fn sees_the_comment_and_corrects(page: &Page) {
    page.is_readable_and_reachable("app-13-synced");
    page.tap("sync-now");
    page.tap("back");
    page.tap_on("[data-testid='story-row'][data-status='returned']");
    assert_eq!(page.text("comment"), COMMENT);
    page.is_readable_and_reachable("app-14-returned");
    page.tap("correct");
    page.tap("comment-link");
    assert_eq!(page.text("comment"), COMMENT, "the comment stands at its answer");
    page.write("field-narrative.before", " C'était après l'hivernage de 2020.");
    saved(page);
    page.is_readable_and_reachable("app-14-correction");
    page.tap("step-review");
    page.write("note", "Date ajoutée.");
    page.tap("finalise");
    page.tap("confirm");
    page.find("[data-testid='status'][data-status='finalised']");
    page.tap("back");
    syncs(page);
    page.tap("back");
    page.find("[data-testid='story-row'][data-status='received']");
}
