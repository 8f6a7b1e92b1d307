//! A storyteller's face is photographed where a campaign asks for it, leaves the device sealed to the custodians, and nobody else
//! sees it.

use age::x25519::Identity;
use blon_core::face::{FACE_BYTES, of};
use blon_core::sealed::SealedFace;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{collector, open, sync};
use blon_tests::custodian::{
    KeyFile, asking_for_faces, attempt, fanta, photo, photographed, stock, told_with_face as told,
};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::interview::{saved, see_question};
use blon_tests::media::sha256;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::window::{Screen, unlocked_on_a_phone};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const REASON: &str = "Elle a demandé à être rappelée.";

fn taken_out(fanta: &Supervisor, story: StoryId) -> Value {
    let path = format!("campaigns/{CAMPAIGN}/identities/{story}");
    fanta.get_granted("POST", &path, &json!({ "reason": REASON }))
}

fn sealed(copy: &Value) -> SealedFace {
    serde_json::from_value(copy["face"].clone()).unwrap()
}

/// Where headquarters keeps a file.
fn at_headquarters(server: &TestServer, face: &SealedFace) -> PathBuf {
    let sha256 = sha256(face.bytes());
    server.files().join(&sha256[..2]).join(sha256)
}

fn is_here(device: &Device, sha256: &str) -> bool {
    device.file(&sha256.parse().unwrap()).is_ok()
}

fn dimensions(file: &Path) -> (u32, u32) {
    image::ImageReader::open(file).unwrap().with_guessed_format().unwrap().into_dimensions().unwrap()
}

#[test]
fn a_face_is_seen_by_a_custodian_alone_and_leaves_the_device_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "fanta.key");
    let server = asking_for_faces(&[&key.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let (story, plain) = told(&awa, "Le puits", &photo(3, (1400, 1000)));
    assert_eq!(awa.story(story).unwrap().identity.face.unwrap().sha256.as_str(), plain);
    assert!(is_here(&awa, &plain), "until headquarters has it sealed");
    sync(&awa);
    assert!(!is_here(&awa, &plain) && awa.story(story).unwrap().identity.face.is_none());
    assert_eq!(sync(&awa).requests, 1, "it is told once");

    let fantas = Supervisor::sign_in(&server.url(), "Fanta");
    let taken = taken_out(&fantas, story);
    assert_eq!(taken["contact_again"], true);
    let face = sealed(&taken["copies"][0]);
    let digest = sha256(face.bytes());
    assert_eq!(std::fs::read(at_headquarters(&server, &face)).unwrap(), face.bytes());
    // Nobody else is shown even the sealed one, nor told of it with the story.
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    for who in [&modibo, &fantas] {
        assert_eq!(who.get(&format!("files/{digest}")).status(), 404);
    }
    let page = modibo.story(&story.to_string()).to_string();
    assert!(!page.contains(&digest) && !page.contains(&plain));

    // The tool writes a photo that anything shows; so does the stock age.
    let seen = folder.path().join("visage.jpg");
    let open = ["open", &story.to_string(), "--reason", REASON, "--key", key.path(), "--face"];
    let opened = fanta(&server, &[&open[..], &[seen.to_str().unwrap()]].concat());
    assert_eq!(opened["contact_again"], true);
    assert_eq!(opened["copies"][0]["face"], json!({ "state": "opened", "written": seen.to_str().unwrap() }));
    assert_eq!(dimensions(&seen), (720, 514));
    let to = folder.path().join("sira.age");
    let take = ["take", &story.to_string(), "--reason", REASON, "--to", to.to_str().unwrap()];
    let written = fanta(&server, &take);
    assert_eq!(written["files"][1], folder.path().join("sira-face.age").to_str().unwrap());
    let inside = stock("age", &["-d", "-i", key.path(), written["files"][1].as_str().unwrap()]);
    assert_eq!(inside, std::fs::read(&seen).unwrap());
    assert_eq!((inside.len(), of(&inside)), (FACE_BYTES, Some(story.storyteller().as_str())));
}

#[test]
fn the_size_of_a_sealed_face_says_nothing_of_the_photo() {
    let key = Identity::generate();
    let server = asking_for_faces(&[&key.to_public().to_string()]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let stories = [(60, 40), (1600, 1600), (300, 1600)].map(|size| told(&awa, "Un", &photo(7, size)).0);
    sync(&awa);
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    // What follows the head; that has something of random length in it.
    let sizes = stories.map(|story| {
        let face = sealed(&taken_out(&fanta, story)["copies"][0]);
        let head = face.bytes().windows(5).position(|window| window == b"\n--- ").unwrap();
        face.bytes().len() - head
    });
    assert_eq!(sizes, [sizes[0]; 3]);
}

#[test]
fn nobody_signs_off_the_face_of_who_said_no_to_being_photographed() {
    let server = asking_for_faces(&[]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let (story, plain) = photographed(&awa, "Le puits", &photo(3, (400, 300)), false);
    let gaps = awa.interview(story, "fr").unwrap().gaps;
    assert_eq!(
        serde_json::to_value(&gaps).unwrap(),
        json!([{ "answer": "identity.face", "need": "not_consented" }])
    );
    assert!(awa.finalise(story).unwrap_err().to_string().contains("identity.face"));
    awa.answer(story, "identity_face", "", "fr").unwrap();
    assert!(!is_here(&awa, &plain), "erased on the spot");
    awa.finalise(story).unwrap();
}

#[test]
fn a_face_waits_for_a_key_and_goes_by_parcel_like_any_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "fanta.key");
    let server = asking_for_faces(&[]);
    let device = collector(&server, "Awa", &server.url());
    let awa = open(&device);
    let (story, plain) = told(&awa, "Le puits", &photo(3, (400, 300)));
    sync(&awa);
    assert!(is_here(&awa, &plain), "nobody could open it yet");
    server.change_campaign(|campaign| campaign["custodian_keys"] = json!([key.public]));
    // One brings the key, the next what was sealed to it.
    sync(&awa);
    sync(&awa);
    assert!(!is_here(&awa, &plain));
    let fantas = Supervisor::sign_in(&server.url(), "Fanta");
    assert!(!sealed(&taken_out(&fantas, story)["copies"][0]).bytes().is_empty());

    let (another, plain) = told(&awa, "Le marché", &photo(4, (400, 300)));
    let [parcel, receipt] = ["awa.blon", "awa.recu"].map(|name| folder.path().join(name));
    awa.export_parcel(&parcel).unwrap();
    server.run(&["parcel", parcel.to_str().unwrap(), "--receipt", receipt.to_str().unwrap()]);
    awa.import_receipt(std::fs::File::open(&receipt).unwrap()).unwrap();
    assert!(!sealed(&taken_out(&fantas, another)["copies"][0]).bytes().is_empty());
    sync(&awa);
    assert!(!is_here(&awa, &plain));
}

#[test]
fn faces_are_sealed_anew_and_go_with_a_withdrawal() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["ancien", "nouveau"].map(|name| KeyFile::new(folder.path(), name));
    let server = asking_for_faces(&[&old.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let (story, _) = told(&awa, "Le puits", &photo(3, (400, 300)));
    sync(&awa);
    let fantas = Supervisor::sign_in(&server.url(), "Fanta");
    let before = sealed(&taken_out(&fantas, story)["copies"][0]);

    server.change_campaign(|campaign| campaign["custodian_keys"] = json!([new.public]));
    let done = fanta(&server, &["seal-anew", "--reason", "Autre gardien.", "--key", old.path()]);
    assert_eq!((&done["sealed"], &done["left"]), (&json!(1), &json!([])));
    let after = sealed(&taken_out(&fantas, story)["copies"][0]);
    assert!(!at_headquarters(&server, &before).exists(), "what the old key opened is gone");
    let sees = |key: &KeyFile, n: u32| {
        let to = folder.path().join(format!("visage-{n}.jpg"));
        let to = to.to_str().unwrap();
        let open = ["open", &story.to_string(), "--reason", REASON, "--key", key.path(), "--face", to];
        attempt(&server, "Fanta", &open).map(|opened| opened["copies"][0]["face"]["state"].clone())
    };
    assert_eq!(sees(&old, 1).unwrap_err().code(), "key_opens_nothing");
    assert_eq!(sees(&new, 2).unwrap(), "opened");
    // What a device tells again, or sends again, does not undo it.
    assert_eq!(sync(&awa).files_sent, 0);
    assert_eq!(sealed(&taken_out(&fantas, story)["copies"][0]).bytes(), after.bytes());
    // A face that nothing takes leaves nothing on the disk.
    let body = json!([{ "record": StoryId(uuid::Uuid::nil()), "sealed": taken_out(&fantas, story)["copies"][0]["sealed"], "face": before }]);
    assert_eq!(
        fantas.get_refused("PUT", &format!("campaigns/{CAMPAIGN}/identities"), &body),
        "story_not_found"
    );
    assert!(!at_headquarters(&server, &before).exists());

    awa.withdraw(&awa.story(story).unwrap().withdrawal.to_string()).unwrap();
    sync(&awa);
    assert!(!at_headquarters(&server, &after).exists());
    assert_eq!(
        fantas.get_refused(
            "POST",
            &format!("campaigns/{CAMPAIGN}/identities/{story}"),
            &json!({ "reason": "Encore." })
        ),
        "story_not_found"
    );
}

#[test]
fn awa_takes_the_photo_in_her_window_and_sees_it_until_it_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "fanta.key");
    let server = asking_for_faces(&[&key.public]);
    let screen = Screen::new();
    let device = collector(&server, "Awa", &server.url());
    let story = {
        let awa = open(&device);
        let (story, _) = photographed(&awa, "Le puits", &photo(3, (300, 400)), true);
        awa.answer(story, "identity_face", "", "fr").unwrap();
        awa.stand(story, "identity_face").unwrap();
        awa.set_sync_by_itself(false).unwrap();
        story
    };
    let page = unlocked_on_a_phone(screen.open_app(&device));
    see_question(&page, "identity_face");
    // What is no picture is told, and the next try goes well.
    let broken = folder.path().join("visage.jpg");
    std::fs::write(&broken, "ce n’est pas une image").unwrap();
    page.attach("take-photo", &broken);
    page.find("[data-code='image_unreadable']");
    std::fs::write(&broken, photo(5, (900, 1200))).unwrap();
    page.attach("take-photo", &broken);
    page.see("evidence-image");
    saved(&page);
    page.run("document.querySelector('[data-testid=evidence-image]').scrollIntoView({ block: 'center' })");
    page.is_readable_and_reachable("app-face-question");
    page.close();

    let awa = open(&device);
    awa.finalise(story).unwrap();
    drop(awa);
    let page = unlocked_on_a_phone(screen.open_app(&device));
    page.tap("story-row");
    page.find(".identity [data-testid='evidence-image']");
    page.run("document.querySelector('.identity').scrollIntoView({ block: 'center' })");
    // It is drawn once it is decoded.
    let drawn = "const done = arguments[arguments.length - 1];
                 const face = document.querySelector('.identity img');
                 face.decode().then(() => setTimeout(() => done(face.naturalWidth), 300), (e) => done(String(e)))";
    assert_eq!(page.ask(drawn), 900);
    page.is_readable_and_reachable("app-face-story");
    page.close();
    sync(&open(&device));
    let page = unlocked_on_a_phone(screen.open_app(&device));
    page.tap("story-row");
    page.see("identity");
    assert_eq!(page.count(".identity [data-testid='evidence-image']"), 0, "it is at headquarters, sealed");
    page.close();
}
