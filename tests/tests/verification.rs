//! Founé verifies: her device is told the claim and nothing of its source, and what she finds shows on the story. Fanta keeps
//! the key that opens the names of those who were asked.

use age::armor::ArmoredReader;
use blon_core::error::Code;
use blon_core::review::REPORTS_LIMIT;
use blon_core::verification::Finding;
use blon_device::Device;
use blon_device::intake::StoryFile;
use blon_device::key::StoreKey;
use blon_device::store::Store;
use blon_device::view::ReportDraft;
use blon_tests::collecting::{another_device, collector, open, sync, tell};
use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::fixtures::stories;
use blon_tests::media::photo_of;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use serde_json::{Value, json};
use std::io::Read;

struct Rooms {
    server: TestServer,
    awa: Device,
    modibo: Supervisor,
    foune: TestDevice,
    story: String,
    custodian: age::x25519::Identity,
}

/// Awa's story is at headquarters, the campaign has a custodian's key, and Founé has a device.
fn rooms() -> Rooms {
    let server = TestServer::serving();
    let custodian = age::x25519::Identity::generate();
    server
        .change_campaign(|campaign| campaign["custodian_keys"] = json!([custodian.to_public().to_string()]));
    server.add("Modibo", "supervisor");
    server.add("Founé", "verifier");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = tell(&awa, "Le puits aux deux cadenas").to_string();
    sync(&awa);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let foune = another_device(&server, "Founé", &server.url());
    Rooms { awa, modibo, foune, story, custodian, server }
}

impl Rooms {
    fn ask(&self, question: &str) -> Value {
        let page = self.modibo.story(&self.story);
        let revision = &page["revisions"][0];
        let remark = json!({
            "kind": "ask_verification", "about": revision["id"], "seen": page["in_sight"],
            "change": revision["story"]["changes"][0]["id"],
            "verifier": "Founé", "question": question
        });
        let answer = self.modibo.remark(&self.story, &remark).send().unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().unwrap()
    }
}

fn report() -> ReportDraft {
    ReportDraft {
        finding: Some(Finding::Partly),
        why: "Deux cadenas, mais depuis un an.".to_owned(),
        informant: "Une voisine qui puise chaque matin".to_owned(),
        name: "Sira Keïta".to_owned(),
        evidence: Vec::new(),
    }
}

fn asked_of(foune: &Device) -> blon_device::RecordId {
    foune.tasks().unwrap()[0].task.id
}

#[test]
fn foune_is_told_the_claim_and_her_report_shows_on_the_story() {
    let rooms = rooms();
    assert_eq!(rooms.modibo.story(&rooms.story)["verifiers"], json!(["Founé"]));
    let page = rooms.ask("Y a-t-il deux cadenas ?");
    assert_eq!(page["row"]["verified"], "asked");
    let foune = open(&rooms.foune);
    sync(&foune);
    let tasks = foune.tasks().unwrap();
    let told = &stories()[0]["changes"][0];
    assert_eq!(tasks[0].task.claim.what, told["what"].as_str().unwrap());
    assert_eq!(
        (tasks[0].task.question.as_str(), tasks[0].task.by.as_str()),
        ("Y a-t-il deux cadenas ?", "Modibo")
    );

    let id = asked_of(&foune);
    foune.save_report(id, &report()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("cadenas.jpg");
    photo_of(&photo, 7, 640, 480);
    let draft = foune.report_photo(id, &std::fs::read(&photo).unwrap()).unwrap();
    assert_eq!(
        (draft.why.as_str(), draft.evidence.len()),
        (report().why.as_str(), 1),
        "what was written stays"
    );
    let taken_out = draft.evidence[0].file.clone().unwrap().sha256;
    foune.save_report(id, &report()).unwrap();
    assert_eq!(
        foune.file(&taken_out).unwrap_err().code(),
        Code::FileNotFound,
        "what is taken out is let go of"
    );
    foune.report_photo(id, &std::fs::read(&photo).unwrap()).unwrap();
    foune.sign_off_report(id).unwrap();
    assert_eq!((foune.tasks().unwrap()[0].waiting, foune.tasks().unwrap()[0].draft.is_some()), (1, false));
    sync(&foune);
    let view = &foune.tasks().unwrap()[0];
    assert_eq!((view.reports, view.waiting, view.task.reported), (1, 0, true));

    let page = rooms.modibo.story(&rooms.story);
    assert_eq!(page["row"]["verified"], "partly");
    let found = &page["verifications"][0]["reports"][0];
    assert_eq!((&found["finding"], &found["why"]), (&json!("partly"), &json!(report().why)));
    assert_eq!(page["report_files"][0]["complete"], true);
    let sha256 = found["evidence"][0]["file"]["sha256"].as_str().unwrap();
    assert!(rooms.modibo.file(sha256).starts_with(&[0xff, 0xd8]), "her photo is there to be looked at");
    assert!(!page.to_string().contains("Sira"), "nobody at headquarters reads who was asked");

    sync(&rooms.awa);
    let seen = rooms.awa.review_page(rooms.story.parse().unwrap()).unwrap();
    assert!(seen.verifications.is_empty(), "whoever told the claim does not hear who checks it");

    let armored = found["sealed"].as_str().unwrap();
    let sealed = age::Decryptor::new(ArmoredReader::new(armored.as_bytes())).unwrap();
    let mut name = String::new();
    let key = std::iter::once(&rooms.custodian as &dyn age::Identity);
    sealed.decrypt(key).unwrap().read_to_string(&mut name).unwrap();
    assert_eq!(name, "Sira Keïta", "Fanta does, with the key");
}

#[test]
fn nothing_of_the_source_is_on_founes_device() {
    let rooms = rooms();
    rooms.ask("");
    let foune = open(&rooms.foune);
    sync(&foune);
    assert_eq!(foune.tasks().unwrap().len(), 1);
    assert!(foune.stories().unwrap().is_empty());
    let told = stories()[0].clone();
    let task = serde_json::to_string(&foune.tasks().unwrap()).unwrap();
    let storyteller = &told["storyteller"];
    for hidden in [&told["before"], &told["now"], &storyteller["occupation"], &json!("Awa")] {
        let words = hidden.as_str().unwrap();
        assert!(!words.is_empty() && !task.contains(words), "{words}");
    }
    drop(foune);
    let key = StoreKey::unwrap_with(&rooms.foune.data().join("blon.key"), PASSPHRASE).unwrap();
    let path = rooms.foune.data().join("blon.db");
    let store = Store::open(&path, &key, chrono::DateTime::UNIX_EPOCH.fixed_offset()).unwrap();
    assert!(store.read(|tx| tx.records()).unwrap().is_empty(), "no record of the story came along");
}

#[test]
fn a_report_lacks_nothing_before_it_is_signed_off_and_nobody_else_reports() {
    let rooms = rooms();
    rooms.ask("");
    let foune = open(&rooms.foune);
    sync(&foune);
    let id = asked_of(&foune);
    let code = |draft: &ReportDraft| {
        foune.save_report(id, draft).unwrap();
        foune.sign_off_report(id).unwrap_err().code()
    };
    assert_eq!(code(&ReportDraft { finding: None, ..report() }), Code::StoryIncomplete);
    assert_eq!(code(&ReportDraft { why: " ".to_owned(), ..report() }), Code::StoryIncomplete);
    assert_eq!(code(&ReportDraft { informant: String::new(), ..report() }), Code::StoryIncomplete);
    assert_eq!(foune.tasks().unwrap()[0].draft.as_ref().unwrap().name, "Sira Keïta", "nothing is lost by it");
    let nobodys: blon_device::RecordId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    assert_eq!(foune.save_report(nobodys, &report()).unwrap_err().code(), Code::NotFound);
    let awa = open(&another_device(&rooms.server, "Awa", &rooms.server.url()));
    assert_eq!(awa.sign_off_report(id).unwrap_err().code(), Code::ActNotAllowed);
}

#[test]
fn only_a_verifier_can_be_asked_and_what_is_rejected_is_asked_of_nobody() {
    let rooms = rooms();
    let page = rooms.modibo.story(&rooms.story);
    let revision = &page["revisions"][0];
    let ask = |verifier: &str| {
        let page = rooms.modibo.story(&rooms.story);
        let remark = json!({
            "kind": "ask_verification", "about": revision["id"], "seen": page["in_sight"],
            "change": revision["story"]["changes"][0]["id"],
            "verifier": verifier, "question": ""
        });
        let answer = rooms.modibo.remark(&rooms.story, &remark).send().unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().unwrap()["code"].clone())
    };
    assert_eq!(ask("Awa"), (404, json!("person_not_found")));
    assert_eq!(ask("Personne"), (404, json!("person_not_found")));
    assert_eq!(ask("Founé").0, 200);
    let foune = open(&rooms.foune);
    sync(&foune);
    assert_eq!(foune.tasks().unwrap().len(), 1);
    let verdict = json!({ "kind": "rejected", "reason": "Deux villages confondus." });
    let answer = rooms.modibo.decision(&rooms.modibo.story(&rooms.story), &verdict).send().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(ask("Founé"), (409, json!("act_not_now")));
    sync(&foune);
    assert!(foune.tasks().unwrap().is_empty(), "there is nothing left to ask about");
}

#[test]
fn what_was_begun_can_be_signed_off_though_it_is_asked_for_no_longer() {
    let rooms = rooms();
    rooms.ask("");
    let foune = open(&rooms.foune);
    sync(&foune);
    let id = asked_of(&foune);
    foune.save_report(id, &report()).unwrap();
    let verdict = json!({ "kind": "rejected", "reason": "Deux villages confondus." });
    let rejected = rooms.modibo.decision(&rooms.modibo.story(&rooms.story), &verdict).send().unwrap();
    assert_eq!(rejected.status(), 200);
    sync(&foune);
    let task = &foune.tasks().unwrap()[0];
    assert!(task.withdrawn && task.draft.as_ref().unwrap().why == report().why, "her words are there");
    foune.sign_off_report(id).unwrap();
    sync(&foune);
    let page = rooms.modibo.story(&rooms.story);
    assert_eq!(page["verifications"][0]["reports"][0]["why"], json!(report().why));
    sync(&foune);
    assert!(foune.tasks().unwrap().is_empty());
}

#[test]
fn the_tool_lists_what_is_asked_and_reports_on_it() {
    let rooms = rooms();
    rooms.ask("");
    rooms.foune.run(&["sync"]);
    let tasks = rooms.foune.run(&["tasks"]);
    let id = tasks[0]["id"].as_str().unwrap();
    let photo = rooms.foune.path("cadenas.jpg");
    photo_of(&photo, 7, 320, 240);
    let words = ["report", id, "agrees", "Elle y puise.", "Une voisine", "--photo", photo.to_str().unwrap()];
    assert_eq!(rooms.foune.run(&words)[0]["state"], "waiting");
    rooms.foune.run(&["sync"]);
    assert_eq!(rooms.modibo.story(&rooms.story)["row"]["verified"], "agrees");
    let refused = rooms.foune.attempt(&["report", id, "perhaps", "?", "?"]).unwrap_err();
    assert_eq!(refused.code(), "bad_input");
}

#[test]
fn the_claim_is_told_as_it_is_now() {
    let rooms = rooms();
    rooms.ask("");
    let foune = open(&rooms.foune);
    sync(&foune);
    let before = foune.tasks().unwrap()[0].task.claim.who.clone();
    let mut told = stories()[0].clone();
    let changes = told["changes"].as_array_mut().unwrap();
    changes.truncate(1);
    (changes[0]["evidence"], changes[0]["who"]) = (json!([]), "Deux femmes".into());
    let id = rooms.story.parse().unwrap();
    rooms.awa.revise(id, StoryFile::read(&told.to_string()).unwrap(), "Sans nom.").unwrap();
    rooms.awa.finalise(id).unwrap();
    sync(&rooms.awa);
    sync(&foune);
    let now = &foune.tasks().unwrap()[0].task.claim.who;
    assert!(before != *now && now == "Deux femmes", "what was taken out since is nobody's to hear");
}

#[test]
fn one_request_takes_so_many_reports_and_no_more_and_the_story_goes_on() {
    let rooms = rooms();
    rooms.ask("");
    let foune = open(&rooms.foune);
    sync(&foune);
    let id = asked_of(&foune);
    for _ in 0..=REPORTS_LIMIT {
        foune.save_report(id, &ReportDraft { name: String::new(), ..report() }).unwrap();
        foune.sign_off_report(id).unwrap();
    }
    let synced = sync(&foune);
    assert_eq!((synced.sent, synced.refused), (u32::try_from(REPORTS_LIMIT).unwrap(), 1));
    let task = &foune.tasks().unwrap()[0];
    assert_eq!(task.refused.as_ref().unwrap().code, Code::TooLarge);
    assert_eq!(task.draft.as_ref().unwrap().why, report().why, "what was refused is to be read again");
    foune.erase_report(id).unwrap();
    assert!(foune.tasks().unwrap()[0].refused.is_none());
    rooms.modibo.approve(&rooms.story);
}

#[test]
fn without_a_custodian_a_name_stays_on_the_device() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    server.add("Founé", "verifier");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = tell(&awa, "Le puits").to_string();
    sync(&awa);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let foune = open(&another_device(&server, "Founé", &server.url()));
    let page = modibo.story(&story);
    let remark = json!({
        "kind": "ask_verification", "about": page["revisions"][0]["id"], "seen": [],
        "change": page["revisions"][0]["story"]["changes"][0]["id"], "verifier": "Founé", "question": ""
    });
    assert_eq!(modibo.remark(&story, &remark).send().unwrap().status(), 200);
    sync(&foune);
    let id = asked_of(&foune);
    foune.save_report(id, &report()).unwrap();
    foune.sign_off_report(id).unwrap();
    sync(&foune);
    assert_eq!(foune.tasks().unwrap()[0].names, ["Sira Keïta"]);
    let page = modibo.story(&story);
    assert!(!page.to_string().contains("Sira"));
    assert!(page["verifications"][0]["reports"][0].get("sealed").is_none());
}
