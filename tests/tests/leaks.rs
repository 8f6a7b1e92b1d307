//! What in a story's words tells who told it: Awa masks it before it leaves her device, and what stood there is sealed; Modibo
//! is told of what she left.

use age::x25519::Identity;
use blon_core::leaks::Telling;
use blon_core::sealed::{Inside, Masked, SealedFile};
use blon_device::intake::StoryFile;
use blon_device::view::Asked;
use blon_device::{Device, StoryId};
use blon_tests::browser;
use blon_tests::collecting::{collector, open, sync};
use blon_tests::device::{TestDevice, holds_no_plaintext};
use blon_tests::fixtures::{CAMPAIGN, stories};
use blon_tests::folders::holds;
use blon_tests::interview::see_question;
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::window::{Screen, on_a_phone, unlocked_on_a_phone};
use serde_json::{Value, json};
use std::io::Read;

const NAME: &str = "Nansira Camara";
const PHONE: &str = "+223 70 12 34 56";
const BEFORE: &str = "Chez Nansira, on se taisait. Appelez Nansira au 70.12.34.56 le soir.";
const MASKED: &str = "Chez [nom], on se taisait. Appelez [nom] au [numéro] le soir.";

/// A headquarters whose campaign has these custodians.
fn headquarters(custodians: &[&Identity]) -> TestServer {
    let server = TestServer::serving();
    let keys: Vec<String> = custodians.iter().map(|key| key.to_public().to_string()).collect();
    server.change_campaign(|campaign| campaign["custodian_keys"] = json!(keys));
    for (name, role) in [("Modibo", "supervisor"), ("Fanta", "custodian")] {
        server.add(name, role);
    }
    server
}

/// Nansira's story as Awa wrote it down.
fn told(device: &Device) -> StoryId {
    let mut story = stories()[0].clone();
    (story["title"], story["before"]) = ("Le puits".into(), BEFORE.into());
    (story["storyteller"]["name"], story["storyteller"]["phone"]) = (NAME.into(), PHONE.into());
    device.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id
}

fn words(asked: &Asked) -> Vec<(String, &str, bool)> {
    asked.leaks.iter().map(|leak| (leak.answer.to_string(), leak.words.as_str(), leak.known)).collect()
}

fn answer<'a>(asked: &'a Asked, path: &str) -> &'a str {
    &asked.items.iter().find(|item| item.path == path).unwrap().answer
}

/// What Fanta reads of a story with her key, the last first.
fn opened(server: &TestServer, story: StoryId, key: &Identity) -> Vec<Inside> {
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    let path = format!("campaigns/{CAMPAIGN}/identities/{story}");
    let taken = fanta.get_granted("POST", &path, &json!({ "reason": "Elle a demandé à être rappelée." }));
    let open = |copy: &Value| {
        let sealed: SealedFile = serde_json::from_value(copy["sealed"].clone()).unwrap();
        let mut inside = Vec::new();
        let file = age::Decryptor::new(sealed.bytes()).unwrap();
        let keys = std::iter::once(key as &dyn age::Identity);
        file.decrypt(keys).unwrap().read_to_end(&mut inside).unwrap();
        serde_json::from_slice(&inside).unwrap()
    };
    taken["copies"].as_array().unwrap().iter().map(open).collect()
}

fn was(at: &str, words: &str) -> Masked {
    Masked { at: at.to_owned(), words: words.to_owned() }
}

#[test]
fn what_awa_masks_is_read_by_the_custodian_alone() {
    let key = Identity::generate();
    let server = headquarters(&[&key]);
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    let story = told(&awa);
    let asked = awa.interview(story, "fr").unwrap();
    let before = || "narrative.before".to_owned();
    assert_eq!(
        words(&asked),
        [(before(), "Nansira", true), (before(), "Nansira", true), (before(), "70.12.34.56", true)]
    );
    assert_eq!(asked.leaks[2].kind, Telling::Phone);
    assert!(asked.sealable);

    awa.mask(story, "story_before", "Nansira", "fr").unwrap();
    let asked = awa.mask(story, "story_before", "70.12.34.56", "fr").unwrap();
    assert_eq!((answer(&asked, "story_before"), asked.leaks.len()), (MASKED, 0));
    awa.finalise(story).unwrap();
    sync(&awa);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let page = modibo.story(&story.to_string());
    assert_eq!(page["revisions"][0]["story"]["narrative"]["before"], MASKED);
    assert_eq!(page["revisions"][0]["leaks"], json!([]));
    for words in ["Nansira", "70.12.34.56"] {
        assert!(!holds(&server.data(), words), "{words} stands nowhere in plain at headquarters");
    }
    let inside = opened(&server, story, &key).remove(0);
    assert_eq!(inside.name, NAME);
    let masked = [was("narrative.before", "Nansira"), was("narrative.before", "70.12.34.56")];
    assert_eq!(inside.masked, masked);
    assert!(holds_no_plaintext(&device.data(), &["Nansira", "70.12.34.56"]));
    assert_eq!(sync(&awa).requests, 1, "it is told once");

    // The device knows it no longer: another correction seals nothing of it again.
    blon_tests::collecting::correct(&awa, story, "Deux cadenas");
    sync(&awa);
    assert_eq!(opened(&server, story, &key).len(), 1);
}

#[test]
fn stories_that_name_nobody_raise_no_alarm() {
    let server = headquarters(&[]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    for story in stories() {
        let id = awa.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
        assert_eq!(words(&awa.interview(id, "fr").unwrap()), [], "{}", story["title"]);
    }
}

#[test]
fn masking_is_an_answer_that_can_be_taken_back() {
    let key = Identity::generate();
    let server = headquarters(&[&key]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told(&awa);
    awa.answer(story, "story_before", "Chez", "fr").unwrap();
    awa.answer(story, "story_before", BEFORE, "fr").unwrap();
    let asked = awa.mask(story, "story_before", "Nansira", "en").unwrap();
    assert!(answer(&asked, "story_before").starts_with("Chez [name], on"), "in the screen's language");
    let asked = awa.undo(story, "fr").unwrap();
    assert_eq!(answer(&asked, "story_before"), BEFORE, "that alone, not what was typed before it");
    assert_eq!(asked.leaks.len(), 3);
    // What is not there any more is masked nowhere, and nothing is lost by it.
    let asked = awa.mask(story, "story_before", "Fatoumata", "fr").unwrap();
    assert_eq!(answer(&asked, "story_before"), BEFORE);
    awa.mask(story, "story_before", "70.12.34.56", "fr").unwrap();
    awa.finalise(story).unwrap();
    sync(&awa);
    let masked = opened(&server, story, &key).remove(0).masked;
    assert_eq!(masked, [was("narrative.before", "70.12.34.56")], "and not what stands in the story");
}

#[test]
fn a_correction_seals_what_it_masked_and_one_that_is_given_up_does_not() {
    let key = Identity::generate();
    let server = headquarters(&[&key]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told(&awa);
    awa.answer(story, "story_now", "Moussa Traoré a tout arrangé.", "fr").unwrap();
    awa.finalise(story).unwrap();
    sync(&awa);
    assert!(awa.story(story).unwrap().identity.is_empty());
    // Modibo is told of what looks like a name, though nobody there knows who told it.
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let leaks = modibo.story(&story.to_string())["revisions"][0]["leaks"].clone();
    let moussa = leaks.as_array().unwrap().iter().find(|leak| leak["words"] == "Moussa Traoré").unwrap();
    assert_eq!((&moussa["answer"], &moussa["known"]), (&json!("narrative.now"), &json!(false)));

    awa.correct(story).unwrap();
    awa.interview(story, "fr").unwrap();
    awa.mask(story, "story_now", "Moussa Traoré", "fr").unwrap();
    awa.erase_draft(story).unwrap();
    sync(&awa);
    assert_eq!(opened(&server, story, &key).len(), 1, "it was given up");

    awa.correct(story).unwrap();
    awa.mask(story, "story_now", "Moussa Traoré", "fr").unwrap();
    awa.finalise(story).unwrap();
    sync(&awa);
    let copies = opened(&server, story, &key);
    assert_eq!((copies.len(), copies[1].name.as_str()), (2, NAME), "beside what was sealed before");
    assert_eq!(copies[0].masked, [was("narrative.now", "Moussa Traoré")]);
}

#[test]
fn without_a_custodian_it_stays_on_the_device_and_a_withdrawal_erases_it() {
    let server = headquarters(&[]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told(&awa);
    let asked = awa.mask(story, "story_before", "Nansira", "fr").unwrap();
    assert!(!asked.sealable, "and the screen says so");
    awa.finalise(story).unwrap();
    sync(&awa);
    // Once somebody has a key it is sealed to them.
    let key = Identity::generate();
    server.change_campaign(|campaign| campaign["custodian_keys"] = json!([key.to_public().to_string()]));
    sync(&awa);
    sync(&awa);
    assert_eq!(opened(&server, story, &key)[0].masked, [was("narrative.before", "Nansira")]);

    let other = told(&awa);
    awa.mask(other, "story_before", "Nansira", "fr").unwrap();
    awa.finalise(other).unwrap();
    awa.withdraw(&awa.story(other).unwrap().withdrawal.to_string()).unwrap();
    sync(&awa);
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    let path = format!("campaigns/{CAMPAIGN}/identities/{other}");
    assert_eq!(fanta.get_refused("POST", &path, &json!({ "reason": "Encore." })), "story_not_found");
}

#[test]
fn more_than_can_be_sealed_is_not_masked() {
    let key = Identity::generate();
    let server = headquarters(&[&key]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told(&awa);
    let mut refused = None;
    for number in 0..120 {
        let one = format!("quelquun.numero.{number}.{}@example.org", "x".repeat(40));
        awa.answer(story, "story_now", &format!("Écrire à {one}"), "fr").unwrap();
        if let Err(error) = awa.mask(story, "story_now", &one, "fr") {
            refused = Some(error.code().as_str());
            break;
        }
    }
    assert_eq!(refused, Some("too_large"));
    awa.finalise(story).unwrap();
    sync(&awa);
    assert!(opened(&server, story, &key)[0].masked.len() > 30, "all of it was sealed");
}

#[test]
fn awa_masks_what_she_reads_over_in_the_window() {
    let key = Identity::generate();
    let server = headquarters(&[&key]);
    let device = collector(&server, "Awa", &server.url());
    let story = told(&open(&device));
    let screen = Screen::new();
    let page = unlocked_on_a_phone(on_a_phone(screen.open_app(&device)));
    page.tap_on(&format!("[data-story-id='{story}']"));
    page.tap("open-coach");
    page.see("coach-leaks");
    page.is_readable_and_reachable("leaks-01-coach");
    page.tap("coach-leaks");
    page.see("leaks");
    page.until_there_are("[data-testid='leak']", 2);
    assert!(page.text("leaks").contains("seul le gardien"), "it says where the words go");
    page.run("document.querySelector('[data-testid=leaks]').scrollIntoView()");
    page.is_readable_and_reachable("leaks-02-found");
    page.tap("mask");
    page.until_there_are("[data-testid='leak']", 1);
    assert!(page.all_text().contains("Chez [nom], on se taisait"), "it reads as it will be sent");
    page.run("document.querySelector('[data-testid=leaks]').scrollIntoView()");
    page.shot("leaks-03-masked");
    page.tap("undo");
    see_question(&page, "story_before");
    assert_eq!(page.run("return document.querySelector('[data-testid=field-story_before]').value"), BEFORE);
    page.tap("open-map");
    page.tap("map-review");
    page.until_there_are("[data-testid='leak']", 2);
    page.tap("leave-as-it-is");
    page.until_there_are("[data-testid='leak']", 1);
    page.tap("mask");
    page.gone("[data-testid='leaks']");
    page.is_readable_and_reachable("leaks-04-none");
    page.close();
    let asked = open(&device).interview(story, "fr").unwrap();
    assert!(answer(&asked, "story_before").ends_with("Nansira au [numéro] le soir."));
}

/// Modibo opens a story at headquarters in a window of this size.
fn reads(server: &TestServer, story: StoryId, (width, height): (u32, u32)) -> Page {
    let page = browser::open(&server.url(), width, height);
    browser::sign_in(&page, "Modibo");
    page.tap_on(&format!("[data-story-id='{story}']"));
    page.until_there_are("[data-testid='leak-note']", 2);
    page
}

#[test]
fn modibo_is_told_and_asks_for_it_to_be_masked() {
    let server = headquarters(&[]);
    let device: TestDevice = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    let story = told(&awa);
    let words = "Moussa Traoré est venu. Son numéro : 76 45 12 09.";
    awa.answer(story, "story_now", words, "fr").unwrap();
    awa.finalise(story).unwrap();
    sync(&awa);
    drop(awa);
    let note = "[data-answer='narrative.now'] [data-testid='leak-note']";
    let page = reads(&server, story, (360, 640));
    page.run(&format!("document.querySelector(\"{note}\").scrollIntoView({{ block: 'center' }})"));
    page.is_readable_and_reachable("leaks-12-noted-phone");
    page.close();
    let page = reads(&server, story, (1280, 900));
    assert!(page.count(note) == 1, "it stands at its answer");
    page.is_readable_and_reachable("leaks-11-noted");
    page.tap_on(&format!("{note} [data-testid='leak-suggest']"));
    page.tap("comment-save");
    page.tap("return");
    page.tap("confirm");
    page.see("done");
    page.close();

    let awa = open(&device);
    sync(&awa);
    let line = awa.story_line(story).unwrap();
    assert_eq!(line.status, blon_core::fold::Status::Returned);
    awa.correct(story).unwrap();
    let asked = awa.interview(story, "fr").unwrap();
    let comment = &asked.comments[0].comment;
    assert_eq!(comment.answer.to_string(), "narrative.now");
    assert!(comment.text.starts_with("Ce passage semble dire qui a raconté"));
    assert!(!comment.text.contains("Moussa"), "the comment does not say it again");
}
