//! Who told a story leaves the device sealed to the custodians, and nobody else ever reads it.

use age::x25519::Identity;
use blon_core::sealed::{IDENTITY_BLOCK, Inside, SealedFile};
use blon_device::StoryId;
use blon_tests::collecting::{collector, open, sync};
use blon_tests::custodian::{kept_by, told_by};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::folders::{copy, holds};
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use serde_json::{Value, json};
use std::io::Read;

const NAME: &str = "Nansira Camara";
const PHONE: &str = "+223 70 12 34 56";

/// A headquarters whose campaign has these custodians, and Fanta, who is one.
fn headquarters(custodians: &[&Identity]) -> TestServer {
    let keys: Vec<String> = custodians.iter().map(|key| key.to_public().to_string()).collect();
    kept_by(&keys.iter().map(String::as_str).collect::<Vec<_>>())
}

fn path(rest: &str) -> String {
    format!("campaigns/{CAMPAIGN}/identities{rest}")
}

/// What Fanta takes out of a story, the last first.
fn taken_out(fanta: &Supervisor, story: StoryId) -> Vec<SealedFile> {
    let reason = json!({ "reason": "Elle a demandé à être rappelée." });
    let taken = fanta.get_granted("POST", &path(&format!("/{story}")), &reason);
    assert_eq!(taken["storyteller"], story.storyteller());
    let copies = taken["copies"].as_array().unwrap();
    copies.iter().map(|copy| serde_json::from_value(copy["sealed"].clone()).unwrap()).collect()
}

fn opened(sealed: &SealedFile, key: &Identity) -> Option<Inside> {
    let inside = age::Decryptor::new(sealed.bytes()).unwrap();
    let mut words = Vec::new();
    inside.decrypt(std::iter::once(key as &dyn age::Identity)).ok()?.read_to_end(&mut words).ok()?;
    assert_eq!(words.len() % IDENTITY_BLOCK, 0);
    Some(serde_json::from_slice(&words).unwrap())
}

#[test]
fn a_custodian_reads_who_told_it_and_the_device_keeps_it_no_longer() {
    let (fanta_key, other_key, nobodys) = (Identity::generate(), Identity::generate(), Identity::generate());
    let server = headquarters(&[&fanta_key, &other_key]);
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    assert_eq!(awa.story(story).unwrap().identity.name, NAME, "as long as it is not at headquarters");
    sync(&awa);
    assert!(awa.story(story).unwrap().identity.is_empty());
    assert_eq!(sync(&awa).requests, 1, "it is told once");
    assert!(!holds(&server.data(), NAME) && !holds(&server.data(), PHONE));

    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    let lines = fanta.get_granted("GET", &path(""), &Value::Null);
    assert_eq!((&lines[0]["story"], &lines[0]["collector"]), (&json!(story), &json!("Awa")));
    let [sealed] = &taken_out(&fanta, story)[..] else { panic!("one copy") };
    for key in [&fanta_key, &other_key] {
        let inside = opened(sealed, key).unwrap();
        assert_eq!(
            (inside.name.as_str(), inside.phone.as_str(), inside.of),
            (NAME, PHONE, story.storyteller())
        );
    }
    assert_eq!(opened(sealed, &nobodys), None);
    let log = server.run(&["audit", "list"]);
    let noted = log.as_array().unwrap().iter().find(|entry| entry["what"] == "identity_taken_out").unwrap();
    assert_eq!(noted["who"], "Fanta");
    assert!(noted["about"].as_str().unwrap().ends_with(": Elle a demandé à être rappelée."));
    for name in ["Modibo", "Issa"] {
        let other = Supervisor::sign_in(&server.url(), name);
        assert_eq!(other.get_refused("GET", &path(""), &Value::Null), "forbidden");
        let reason = json!({ "reason": "Pour voir." });
        assert_eq!(other.get_refused("POST", &path(&format!("/{story}")), &reason), "forbidden");
    }
    assert_eq!(
        fanta.get_refused("POST", &path(&format!("/{story}")), &json!({ "reason": " " })),
        "bad_input"
    );
}

#[test]
fn all_that_is_sealed_is_of_one_size() {
    let key = Identity::generate();
    let server = headquarters(&[&key]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let stories = [
        told_by(&awa, "Un", "Sira", ""),
        told_by(&awa, "Deux", NAME, PHONE),
        told_by(&awa, "Trois", "", "70123456"),
    ];
    sync(&awa);
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    // What follows the head; that has something of random length in it, which knows nothing of a name.
    let sizes = stories.map(|story| {
        let sealed = taken_out(&fanta, story).remove(0);
        let head = sealed.bytes().windows(5).position(|window| window == b"\n--- ").unwrap();
        sealed.bytes().len() - head
    });
    assert_eq!(sizes, [sizes[0]; 3]);
}

#[test]
fn a_correction_needs_no_name_anew_and_another_name_is_sealed_beside() {
    let key = Identity::generate();
    let server = headquarters(&[&key]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    // What she put in the bin said the name again; it goes with it.
    awa.correct(story).unwrap();
    awa.answer(story, "identity_name", NAME, "fr").unwrap();
    awa.discard_draft(story).unwrap();
    blon_tests::collecting::correct(&awa, story, "Deux cadenas");
    sync(&awa);
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    assert_eq!(taken_out(&fanta, story).len(), 1, "nothing new was said");
    let asked = awa.correct(story).and_then(|_| awa.interview(story, "fr")).unwrap();
    assert!(
        asked.sealed
            && asked.items.iter().all(|item| !item.fills.starts_with("identity.") || item.fault.is_none())
    );
    awa.answer(story, "identity_name", "Nansira Traoré", "fr").unwrap();
    awa.finalise(story).unwrap();
    sync(&awa);
    let names: Vec<String> = taken_out(&fanta, story).iter().map(|s| opened(s, &key).unwrap().name).collect();
    assert_eq!(names, ["Nansira Traoré", NAME]);
    assert!(awa.story(story).unwrap().identity.is_empty());
}

#[test]
fn a_campaign_may_keep_names_for_corrections_until_it_ends() {
    let key = Identity::generate();
    let server = headquarters(&[&key]);
    let keep = |until: &str| {
        server.change_campaign(|campaign| {
            campaign["custodian_keys"] = json!([key.to_public().to_string()]);
            campaign["keep_identities"] = true.into();
            campaign["end"] = until.into();
        });
    };
    keep("2199-12-31");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    assert_eq!(awa.story(story).unwrap().identity.phone, PHONE);
    keep("2022-11-30");
    sync(&awa);
    sync(&awa);
    assert!(awa.story(story).unwrap().identity.is_empty(), "it is over by headquarters' clock");
}

#[test]
fn what_was_told_before_there_was_a_key_is_sealed_once_there_is_one() {
    let server = headquarters(&[]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    assert_eq!(awa.story(story).unwrap().identity.name, NAME, "nobody could read it: it stays here");
    let key = Identity::generate();
    server.change_campaign(|campaign| campaign["custodian_keys"] = json!([key.to_public().to_string()]));
    sync(&awa);
    sync(&awa);
    assert!(awa.story(story).unwrap().identity.is_empty());
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    assert_eq!(opened(&taken_out(&fanta, story)[0], &key).unwrap().name, NAME);
}

#[test]
fn a_headquarters_that_lost_it_is_told_again_and_parcels_bring_it() {
    let key = Identity::generate();
    let mut server = headquarters(&[&key]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let backup = tempfile::tempdir().unwrap();
    server.stop();
    copy(&server.data(), backup.path());
    server.start();
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    server.stop();
    std::fs::remove_dir_all(server.data()).unwrap();
    copy(backup.path(), &server.data());
    server.start();
    sync(&awa);
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    assert_eq!(opened(&taken_out(&fanta, story)[0], &key).unwrap().name, NAME);

    let another = told_by(&awa, "Le registre", "Sira Keïta", "");
    let folder = tempfile::tempdir().unwrap();
    let [parcel, receipt] = ["awa.blon", "awa.receipt"].map(|name| folder.path().join(name));
    awa.export_parcel(&parcel).unwrap();
    server.run(&["parcel", parcel.to_str().unwrap(), "--receipt", receipt.to_str().unwrap()]);
    assert_eq!(opened(&taken_out(&fanta, another)[0], &key).unwrap().name, "Sira Keïta");
    awa.import_receipt(std::fs::File::open(&receipt).unwrap()).unwrap();
    sync(&awa);
    assert!(awa.story(another).unwrap().identity.is_empty());
    // And a withdrawal takes it along.
    awa.withdraw(&awa.story(another).unwrap().withdrawal.to_string()).unwrap();
    sync(&awa);
    let gone = fanta.get_refused("POST", &path(&format!("/{another}")), &json!({ "reason": "Encore." }));
    assert_eq!(gone, "story_not_found");
}

#[test]
fn another_custodian_comes_and_everything_is_sealed_anew() {
    let (old, new) = (Identity::generate(), Identity::generate());
    let server = headquarters(&[&old]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    let taken = fanta.get_granted("POST", &path(&format!("/{story}")), &json!({ "reason": "Nouvelle clé." }));
    let sealed: SealedFile = serde_json::from_value(taken["copies"][0]["sealed"].clone()).unwrap();
    let inside = opened(&sealed, &old).unwrap().padded().unwrap();
    let anew = SealedFile::try_from(age::encrypt(&new.to_public(), &inside).unwrap()).unwrap();
    let body = json!([{ "record": taken["copies"][0]["record"], "sealed": anew }]);
    assert_eq!(fanta.ask("PUT", &path(""), &body).0, 204);
    assert_eq!(opened(&taken_out(&fanta, story)[0], &new).unwrap().name, NAME);
    assert_eq!(opened(&taken_out(&fanta, story)[0], &old), None);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    assert_eq!(modibo.get_refused("PUT", &path(""), &body), "forbidden");
    // What a device tells again does not undo it.
    let junk = json!([{ "record": taken["copies"][0]["record"], "sealed": "Nansira Camara" }]);
    assert!(fanta.get_refused("PUT", &path(""), &junk).starts_with("bad_input"));
}
