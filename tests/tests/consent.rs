//! What a storyteller agreed to decides what is shown of a story, to whom, and how far it goes.

use blon_tests::exporting::{awas, bring, correct_past_the_rules, rooms, tell};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::supervisor::Supervisor;
use serde_json::{Value, json};

#[test]
fn a_voice_and_a_face_are_shown_to_those_who_review_and_to_others_as_it_was_agreed() {
    let rooms = rooms();
    let awa = awas(&rooms);
    let stories = [tell(&awa, 0, 1, |_| {}), tell(&awa, 0, 2, |_| {})];
    bring(&awa);
    // No device signs off evidence that nobody agreed to; a yes may be taken back later.
    correct_past_the_rules(&rooms, stories[1], |story| {
        (story.consent.audio, story.consent.photo) = (Some(false), None);
    });
    let modibo = Supervisor::sign_in(&rooms.server.url(), "Modibo");
    for (story, agreed) in stories.into_iter().zip([true, false]) {
        let page = rooms.nana.story(&story.to_string());
        let files = page["row"]["evidence"].as_array().unwrap().clone();
        let identifying: Vec<&Value> = files.iter().filter(|file| file["identifying"] == true).collect();
        assert!(!identifying.is_empty(), "{files:?}");
        for file in identifying {
            assert_eq!(file["withheld"].as_bool().unwrap_or(false), !agreed);
            let path = format!("files/{}", file["sha256"].as_str().unwrap());
            assert_eq!(rooms.nana.get(&path).status(), if agreed { 200 } else { 404 });
            assert_eq!(modibo.get(&path).status(), 200, "he must see what the story stands on");
        }
        let reviewed = modibo.story(&story.to_string());
        let all = reviewed["row"]["evidence"].as_array().unwrap();
        assert!(all.iter().all(|file| file["withheld"] != true));
    }
}

#[test]
fn a_story_goes_no_further_than_its_storyteller_said() {
    let rooms = rooms();
    let awa = awas(&rooms);
    for (number, audience) in (1..).zip([None, Some("team"), Some("partner"), Some("public")]) {
        tell(&awa, 0, number, |story| {
            if let Some(audience) = audience {
                story["consent"]["audience"] = audience.into();
            }
        });
    }
    bring(&awa);
    let released = |asked: &str| {
        let answer = rooms.nana.get(&format!("exports/manifest.json{asked}"));
        assert_eq!(answer.status(), 200);
        answer.json::<Value>().unwrap()["stories"].clone()
    };
    assert_eq!(released(""), json!({ "released": 4, "held_back": {} }));
    assert_eq!(released("?audience=partner"), json!({ "released": 2, "held_back": { "audience": 2 } }));
    assert_eq!(released("?audience=public"), json!({ "released": 1, "held_back": { "audience": 3 } }));
    assert_eq!(rooms.nana.get("exports/manifest.json?audience=everybody").status(), 400);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("public.csv");
    let asked = ["export", "--campaign", CAMPAIGN, "--format", "stories", "--audience", "public", "--to"];
    let done = rooms.server.run(&[&asked[..], &[file.to_str().unwrap()]].concat());
    assert_eq!(done["manifest"]["stories"]["released"], 1);
    assert_eq!(done["manifest"]["options"]["audience"], "public");
}
