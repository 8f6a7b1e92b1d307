//! An entire interview by the Kangaba questionnaire on the device's real store: closed and opened again in the
//! middle, signed off, identical on reading back, and judged by the same rules at headquarters.

use blon_core::fold::Status;
use blon_core::questionnaire::check::FaultKind;
use blon_device::clock::Clock;
use blon_device::view::Asked;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{collector, open, open_at, sync};
use blon_tests::device::{TestDevice, holds_no_plaintext};
use blon_tests::interview::{CHANGE, STORY};
use blon_tests::media::sha256;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::wire::enrol_by_hand;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The answers that are shown, by path; those of questions alone.
fn shown(asked: &Asked) -> BTreeMap<String, String> {
    let answered = asked.items.iter().filter(|item| !item.answer.is_empty());
    answered.map(|item| (item.path.clone(), item.answer.clone())).collect()
}

/// Interviews; the device is closed and opened anew after every third answer, as a phone does.
fn interview(awa: &TestDevice, mut device: Device) -> (Device, StoryId) {
    let id = device.begin_interview("fr", false).unwrap().id;
    for (number, (path, answer)) in STORY.iter().enumerate() {
        let asked = device.answer(id, path, answer, "fr").unwrap();
        assert_eq!(shown(&asked).get(*path).map(String::as_str), Some(*answer), "it is asked, and kept");
        if number % 3 == 0 {
            drop(device);
            device = open_at(&awa.data(), Clock::system());
            assert_eq!(shown(&device.interview(id, "fr").unwrap()), shown(&asked), "all is there again");
        }
    }
    let (change, _) = device.add_repetition(id, "change", "fr").unwrap();
    for (name, answer) in CHANGE {
        device.answer(id, &format!("change/{change}/{name}"), answer, "fr").unwrap();
    }
    let (piece, _) = device.add_repetition(id, &format!("change/{change}/evidence"), "fr").unwrap();
    let evidence = format!("change/{change}/evidence/{piece}");
    device.answer(id, &format!("{evidence}/evidence_kind"), "audio", "fr").unwrap();
    attach(&device, id, &format!("{evidence}/evidence_file"), b"la voix du piroguier");
    attach(&device, id, "story_audio", b"le recit entier");
    (device, id)
}

fn attach(device: &Device, id: StoryId, path: &str, bytes: &[u8]) {
    let key = device.attach_begin(id, "audio/wav").unwrap();
    device.attach_chunk(key, bytes).unwrap();
    let asked = device.attach_answer(key, path, "fr").unwrap();
    assert_eq!(shown(&asked)[path], sha256(bytes));
}

#[test]
fn an_entire_interview_is_kept_signed_off_read_back_and_received() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = collector(&server, "Awa", &server.url());
    let (device, id) = interview(&awa, open(&awa));
    let before = device.interview(id, "fr").unwrap();
    let wrong: Vec<_> =
        before.items.iter().filter(|item| item.fault.is_some()).map(|item| &item.path).collect();
    assert_eq!((wrong, before.gaps.len()), (vec![], 0));
    device.finalise(id).unwrap();

    let report = sync(&device);
    assert_eq!(
        (report.sent, report.refused, report.files_sent),
        (1, 0, 2),
        "the recording of the whole is a file too"
    );
    assert_eq!(device.story_line(id).unwrap().status, Status::Received);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let there = modibo.story(&id.to_string());
    let told = &there["revisions"][0]["story"];
    let here = device.story(id).unwrap();
    assert_eq!(*told, serde_json::to_value(&here.story).unwrap(), "the same on both sides");
    assert_eq!(told["title"], "Le marché des deux rives");
    assert_eq!((&told["context"]["village"], &told["consent"]["photo"]), (&json!("Kéniéro"), &json!(false)));
    assert_eq!(told["changes"][0]["importance"], 4);
    assert_eq!(told["other"]["given"]["restitution_wanted"], "yes");
    assert_eq!(told["form"], json!({ "id": "kangaba-2022", "version": "1" }));
    assert!(!there.to_string().contains("Mariam"), "no name leaves the device");
    assert!(holds_no_plaintext(&awa.data(), &["Mariam", "piroguier", "vestibule"]));

    device.correct(id).unwrap();
    let again = device.interview(id, "fr").unwrap();
    assert_eq!(shown(&again), shown(&before), "a correction begins with every answer, identical");
}

#[test]
fn a_wrong_answer_is_kept_told_and_holds_the_signing_off_back() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let (device, id) = interview(&awa, open(&awa));
    let asked = device.answer(id, "interview_date", "2032-01-01", "fr").unwrap();
    let date = asked.items.iter().find(|item| item.path == "interview_date").unwrap();
    assert_eq!(
        (date.answer.as_str(), date.fault.as_ref().unwrap().kind),
        ("2032-01-01", FaultKind::Constraint)
    );
    assert!(!date.fault.as_ref().unwrap().message.is_empty(), "in the author's words");
    let refused = device.finalise(id).unwrap_err();
    assert_eq!(refused.code().as_str(), "story_incomplete");
    assert!(refused.to_string().contains("interview_date"), "{refused}");
    device.answer(id, "interview_date", "2022-09-14", "fr").unwrap();
    device.finalise(id).unwrap();
    for (path, answer) in
        [("nowhere", "x"), ("change/018f0000-0000-7000-8000-000000000000/change_who", "x"), ("", "x")]
    {
        device.correct(id).unwrap();
        assert_eq!(
            device.answer(id, path, answer, "fr").unwrap_err().code().as_str(),
            "answer_not_asked",
            "{path}"
        );
    }
}

#[test]
fn headquarters_judges_by_the_same_rules() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let (device, id) = interview(&awa, open(&awa));
    device.finalise(id).unwrap();
    sync(&device);
    let (own, token) = enrol_by_hand(&server, "Awa");
    let client = blon_tests::supervisor::http().build().unwrap();
    let send = |records: Vec<Value>| -> Value {
        let body = json!({ "protocol": 1, "since": 0, "records": records });
        let sent = client.post(format!("{}/v1/sync", server.url())).bearer_auth(&token).json(&body).send();
        sent.unwrap().json().unwrap()
    };
    let record = send(vec![])["records"][0].clone();
    let changed = |number: u128, change: &dyn Fn(&mut Value)| {
        let mut other = record.clone();
        let id = uuid::Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0000 + number).to_string();
        (other["id"], other["story"], other["device"]) = (id.clone().into(), id.into(), own.clone().into());
        change(&mut other["act"]["story"]);
        other
    };
    let answer = send(vec![
        changed(1, &|_| {}),
        changed(2, &|story| story["context"]["date"] = "2042-01-01".into()),
        changed(3, &|story| story["other"]["given"]["group_size"] = "1".into()),
        changed(4, &|story| story["other"]["given"]["notes_risk"] = "not a choice".into()),
        changed(5, &|story| story["form"]["version"] = "0".into()),
    ]);
    let codes: Vec<Option<&str>> =
        answer["acknowledged"].as_array().unwrap().iter().map(|a| a["refused"]["code"].as_str()).collect();
    let incomplete = Some("story_incomplete");
    // The size of a group is not asked of one person, so it counts for nothing; another version is not here.
    assert_eq!(codes, [None, incomplete, None, incomplete, None], "{answer}");
}

#[test]
fn a_story_that_came_as_a_file_goes_on_by_the_questionnaire() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let id = awa.new_story(&blon_tests::fixtures::stories()[0], &[]);
    let asked = awa.run(&["ask", &id]);
    let items = asked["items"].as_array().unwrap();
    let answer = |path: &str| items.iter().find(|i| i["path"] == path).map(|i| i["answer"].clone());
    assert_eq!(answer("story_title").as_ref(), Some(&blon_tests::fixtures::stories()[0]["title"]));
    awa.run(&["answer", &id, "notes_impressions", "Une voix calme."]);
    assert_eq!(awa.run(&["finalise", &id])["status"], "finalised");
    assert_eq!(awa.run(&["show", &id])["story"]["other"]["given"]["notes_impressions"], "Une voix calme.");
}

#[test]
fn without_a_questionnaire_nothing_is_asked_by_one() {
    let server = TestServer::serving();
    let awa = TestDevice::of("Awa");
    server.add("Awa", "collector");
    let mut other: serde_json::Value =
        serde_json::from_slice(&std::fs::read(blon_tests::fixtures::campaign_file()).unwrap()).unwrap();
    other["id"] = "without-questions".into();
    let file = awa.path("campaign.json");
    std::fs::write(&file, other.to_string()).unwrap();
    server.run(&["campaign", "import", file.to_str().unwrap()]);
    let code = server.run(&["enrol", "Awa", "--campaign", "without-questions"])["code"].clone();
    awa.enrol(&server.url(), code.as_str().unwrap());
    assert_eq!(awa.attempt(&["begin"]).expect_err("none").code(), "no_questionnaire");
    assert_eq!(TestDevice::of("Bakary").attempt(&["begin"]).expect_err("nobody's").code(), "not_enrolled");
    let broken = awa.path("broken.json");
    std::fs::write(
        &broken,
        json!({ "survey": [{ "type": "text", "name": "a", "label": "?", "relevant": "1 +" }] }).to_string(),
    )
    .unwrap();
    let campaign = blon_tests::fixtures::campaign_file();
    let import =
        ["campaign", "import", campaign.to_str().unwrap(), "--questionnaire", broken.to_str().unwrap()];
    let refused = server.attempt(&import).expect_err("broken");
    assert!(
        refused.0["message"].as_str().unwrap().contains("survey, row 2, column relevant"),
        "{}",
        refused.0
    );
}
