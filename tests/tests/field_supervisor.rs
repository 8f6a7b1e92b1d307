//! Modibo supervises from the field: the team's stories are on his device, what he says and decides there goes with the next
//! sync. Sidiki supervises the same team, and both may be right.

use blon_core::error::Code;
use blon_core::fold::{Conflict, Status, Verdict};
use blon_core::page::{Decide, Remark};
use blon_core::queue::{QueueOrder, QueueQuery};
use blon_core::remark::{AnswerPath, Comment};
use blon_core::review::Role;
use blon_device::key::StoreKey;
use blon_device::store::Store;
use blon_device::{Device, StoryId, StoryPage};
use blon_tests::collecting::{another_device, collector, correct, open, sync, tell, tell_with_file};
use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::fixtures::{campaign_file, questionnaire_file};
use blon_tests::line::Line;
use blon_tests::server::TestServer;
use std::path::{Path, PathBuf};

struct Team {
    server: TestServer,
    awa: Device,
    modibo: Device,
    sidiki: Device,
}

fn team() -> Team {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    server.add("Sidiki", "supervisor");
    let url = server.url();
    Team {
        awa: open(&collector(&server, "Awa", &url)),
        modibo: open(&another_device(&server, "Modibo", &url)),
        sidiki: open(&another_device(&server, "Sidiki", &url)),
        server,
    }
}

fn list(device: &Device) -> Vec<(String, Status)> {
    let rows = device.review(&QueueQuery::default()).unwrap().stories;
    rows.into_iter().map(|row| (row.title, row.status)).collect()
}

fn decide(device: &Device, page: &StoryPage, verdict: Verdict) -> StoryPage {
    device.decide(page.row.id, Decide { in_sight: page.in_sight.clone(), verdict }).unwrap()
}

fn returned(text: &str) -> Verdict {
    let comment =
        Comment { answer: AnswerPath::Field("narrative.before"), text: text.to_owned(), second: None };
    Verdict::Returned { comments: vec![comment] }
}

fn approved() -> Verdict {
    Verdict::Approved { note: String::new() }
}

#[test]
fn modibo_returns_a_story_without_a_network_and_awa_corrects_it() {
    let team = team();
    let id = tell(&team.awa, "Le puits aux deux cadenas");
    sync(&team.awa);
    sync(&team.modibo);
    assert_eq!(list(&team.modibo), [("Le puits aux deux cadenas".to_owned(), Status::Received)]);

    let page = team.modibo.review_page(id).unwrap();
    let page = decide(&team.modibo, &page, returned("Depuis quand ?"));
    assert_eq!(page.row.status, Status::Returned, "at once, before any sync");
    let late = Decide { in_sight: vec![page.revisions[0].id], verdict: approved() };
    sync(&team.modibo);
    sync(&team.awa);
    assert_eq!(team.awa.story(id).unwrap().open_comments[0].comment.text, "Depuis quand ?");

    correct(&team.awa, id, "depuis les pluies de 2021");
    sync(&team.awa);
    sync(&team.modibo);
    let problem = team.modibo.decide(id, late).unwrap_err();
    assert_eq!(problem.code(), Code::RevisionNotNewest, "what was read is no longer what is newest");
    let page = team.modibo.review_page(id).unwrap();
    assert_eq!((page.revisions.len(), page.row.waiting_since.is_some()), (2, true));
    decide(&team.modibo, &page, approved());
    sync(&team.modibo);
    assert_eq!(team.server.stories()[0]["status"], "approved");
}

#[test]
fn two_supervisors_decide_apart_and_both_decisions_stay_until_one_settles_them() {
    let team = team();
    let id = tell(&team.awa, "Le marché du jeudi");
    for device in [&team.awa, &team.modibo, &team.sidiki] {
        sync(device);
    }
    decide(&team.modibo, &team.modibo.review_page(id).unwrap(), approved());
    decide(&team.sidiki, &team.sidiki.review_page(id).unwrap(), returned("Qui vend ?"));
    for device in [&team.modibo, &team.sidiki, &team.modibo, &team.awa] {
        sync(device);
    }
    for device in [&team.modibo, &team.sidiki] {
        let page = device.review_page(id).unwrap();
        assert_eq!(page.decisions.len(), 2);
        assert!(
            matches!(page.conflicts.as_slice(), [Conflict::Decisions { decisions }] if decisions.len() == 2)
        );
        assert_eq!(page.row.status, Status::Returned, "what asks for most comes first");
        assert!(page.row.waiting_since.is_some(), "somebody is to settle it");
    }
    let page = decide(&team.sidiki, &team.sidiki.review_page(id).unwrap(), approved());
    assert_eq!((page.conflicts.len(), page.decisions.len()), (0, 3), "settled, and nothing is forgotten");
    for device in [&team.sidiki, &team.modibo, &team.awa] {
        sync(device);
    }
    assert_eq!(team.modibo.review_page(id).unwrap().row.status, Status::Approved);
    assert_eq!(team.awa.story(id).unwrap().line.status, Status::Approved);
    assert_eq!(team.server.stories()[0]["conflict"], false);
}

#[test]
fn the_list_is_filtered_counted_and_paged_as_at_headquarters() {
    let team = team();
    let titles: Vec<String> = (0..7).map(|n| format!("Récit {n}")).collect();
    let ids: Vec<StoryId> = titles.iter().map(|title| tell(&team.awa, title)).collect();
    sync(&team.awa);
    sync(&team.modibo);
    decide(&team.modibo, &team.modibo.review_page(ids[2]).unwrap(), approved());

    let ask = |query: QueueQuery| team.modibo.review(&query).unwrap();
    let first = ask(QueueQuery { count: 4, ..QueueQuery::default() });
    assert_eq!(first.counts, [(Status::Received, 6), (Status::Approved, 1)]);
    assert_eq!(first.stories[0].title, "Récit 6", "what came last, first");
    let second = ask(QueueQuery { count: 4, after: first.next.unwrap(), ..QueueQuery::default() });
    assert_eq!((second.stories.len(), second.next), (3, None));
    let found = ask(QueueQuery { words: "recit 3".to_owned(), ..QueueQuery::default() });
    assert_eq!(found.stories.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[3]]);
    let approved = ask(QueueQuery { status: Some(Status::Approved), ..QueueQuery::default() });
    assert_eq!((approved.stories.len(), approved.counts.len()), (1, 2), "counts say what else there is");
    let waiting = ask(QueueQuery { order: QueueOrder::Waiting, ..QueueQuery::default() });
    assert_eq!(waiting.stories.len(), 6);
    let nonsense = QueueQuery { after: "x".to_owned(), ..QueueQuery::default() };
    assert_eq!(team.modibo.review(&nonsense).unwrap_err().code(), Code::BadInput);
}

#[test]
fn evidence_is_fetched_within_the_room_that_was_set_and_makes_room_once_decided() {
    let team = team();
    let small = tell_with_file(&team.awa, "Le registre", 9_000);
    let large = tell_with_file(&team.awa, "Le grand registre", 90_000);
    sync(&team.awa);
    team.modibo.set_review_space(50_000).unwrap();
    sync(&team.modibo);
    let here = |id: StoryId| team.modibo.review_page(id).unwrap().row.evidence[0].complete;
    assert!(here(small) && !here(large), "the smallest first, as far as there is room");
    assert_eq!(team.modibo.review_space().unwrap().used, 9_000);
    let page = team.modibo.review_page(small).unwrap();
    let bytes = team.modibo.file(&page.row.evidence[0].sha256).unwrap();
    assert_eq!(bytes.len(), 9_000);

    decide(&team.modibo, &page, approved());
    team.modibo.set_review_space(95_000).unwrap();
    sync(&team.modibo);
    assert_eq!((here(small), here(large)), (false, true), "what is decided makes room for what waits");
    let wanted = team.modibo.review_page(small).unwrap().row.evidence[0].sha256.clone();
    team.modibo.want_file(&wanted).unwrap();
    sync(&team.modibo);
    assert!(here(small) && here(large), "what is asked for comes whatever room it takes");
    team.modibo.set_review_space(0).unwrap();
    team.modibo.want_file(&team.modibo.review_page(large).unwrap().row.evidence[0].sha256).unwrap();
    sync(&team.modibo);
    assert_eq!((here(small), here(large)), (false, true), "where there is no room, what was asked for stays");
}

#[test]
fn a_rating_and_a_question_go_with_the_next_sync_and_collectors_decide_nothing() {
    let team = team();
    let id = tell(&team.awa, "La paix des deux hameaux");
    sync(&team.awa);
    sync(&team.modibo);
    let page = team.modibo.review_page(id).unwrap();
    let (about, change) = (page.revisions[0].id, page.revisions[0].story.changes[0].id);
    let ratings = serde_json::from_value(serde_json::json!({ "evidence": 2, "contribution": 4 })).unwrap();
    let rate = Remark::Rate { about, seen: Vec::new(), change, ratings, note: "Une seule voix.".to_owned() };
    let page = team.modibo.remark(id, rate).unwrap();
    assert_eq!(page.ratings[0].note, "Une seule voix.");
    let own: Vec<_> = page.own_ratings.iter().map(|own| own.criterion).collect();
    assert!(own.len() >= 2, "beside it stands what the collector said: {own:?}");
    sync(&team.modibo);
    sync(&team.sidiki);
    assert_eq!(team.sidiki.review_page(id).unwrap().ratings.len(), 1);
    assert_eq!(team.server.stories()[0]["status"], "in_review");

    let decision = Decide { in_sight: page.in_sight, verdict: approved() };
    assert_eq!(team.awa.decide(id, decision).unwrap_err().code(), Code::ActNotAllowed);
    assert!(team.awa.review(&QueueQuery::default()).unwrap().stories.is_empty());
}

#[test]
fn a_decision_that_came_too_late_is_shown_with_its_words_until_it_was_read() {
    let team = team();
    let id = tell(&team.awa, "Le champ du chef");
    sync(&team.awa);
    sync(&team.modibo);
    decide(&team.modibo, &team.modibo.review_page(id).unwrap(), returned("Qui l'a vu ?"));
    correct(&team.awa, id, "le champ est partagé");
    sync(&team.awa);
    sync(&team.modibo);
    let page = team.modibo.review_page(id).unwrap();
    assert_eq!(page.refused[0].problem.code, Code::RevisionNotNewest);
    assert_eq!(page.refused[0].words, ["Qui l'a vu ?"], "nothing that was written is lost");
    assert!(page.decisions.is_empty() && page.revisions.len() == 2, "it counts for nothing");
    assert!(team.modibo.review(&QueueQuery::default()).unwrap().stories[0].refused);
    assert!(team.modibo.set_refused_aside(id).unwrap().refused.is_empty());
    assert!(!team.modibo.review(&QueueQuery::default()).unwrap().stories[0].refused);
}

#[test]
fn what_modibo_is_writing_is_there_after_the_battery_ended() {
    let (team, phone) = (team(), TestDevice::of("Modibo's other phone"));
    let id = tell(&team.awa, "La case du vestibule");
    sync(&team.awa);
    let phone_is_on = || open(&phone);
    phone.enrol(&team.server.url(), &team.server.code("Modibo"));
    sync(&phone_is_on());
    let draft = serde_json::json!({ "comments": [{ "answer": "story", "text": "Qui d'autre ?" }] });
    phone_is_on().keep_review_draft(id, Some(&draft)).unwrap();
    assert_eq!(phone_is_on().review_draft(id).unwrap(), Some(draft));
    phone_is_on().keep_review_draft(id, None).unwrap();
    assert_eq!(phone_is_on().review_draft(id).unwrap(), None);
}

#[test]
fn one_file_that_headquarters_lost_keeps_no_other_from_coming() {
    let team = team();
    let lost = tell_with_file(&team.awa, "Le cahier perdu", 3_000);
    let there = tell_with_file(&team.awa, "Le cahier gardé", 9_000);
    sync(&team.awa);
    sync(&team.sidiki);
    let sha256 = team.sidiki.review_page(lost).unwrap().row.evidence[0].sha256.clone();
    let stored = find(&team.server.files(), sha256.as_str()).expect("headquarters has it as a file");
    std::fs::remove_file(stored).unwrap();
    sync(&team.modibo);
    let here = |id: StoryId| team.modibo.review_page(id).unwrap().row.evidence[0].complete;
    assert_eq!((here(lost), here(there)), (false, true));
}

/// The file of this name, in this folder or below.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find_map(|path| if path.is_dir() { find(&path, name) } else { path.ends_with(name).then_some(path) })
}

#[test]
fn a_file_whose_fetching_was_cut_goes_on_from_there_whatever_else_came() {
    let mut team = team();
    let line = Line::to(team.server.address());
    team.modibo = open(&another_device(&team.server, "Modibo", &line.url()));
    let large = tell_with_file(&team.awa, "Le grand registre", 900_000);
    sync(&team.awa);
    line.cut_answers_after(400_000);
    assert!(team.modibo.sync(|_| {}).is_err(), "the line breaks in the middle of it");
    line.mend();
    tell_with_file(&team.awa, "Un petit cahier", 1_000);
    sync(&team.awa);
    let before = line.bytes_down();
    sync(&team.modibo);
    assert!(team.modibo.review_page(large).unwrap().row.evidence[0].complete);
    let again = line.bytes_down() - before;
    assert!(again < 900_000 - 100_000, "what had come is not fetched again: {again} bytes");
}

#[test]
fn what_is_set_up_later_comes_with_a_sync() {
    let team = team();
    sync(&team.modibo);
    let mut campaign: serde_json::Value =
        serde_json::from_slice(&std::fs::read(campaign_file()).unwrap()).unwrap();
    campaign["rubrics"][0]["steps"][0]["fr"] = "Rien, mais vraiment rien".into();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("campaign.json");
    std::fs::write(&file, campaign.to_string()).unwrap();
    let questionnaire = questionnaire_file();
    let files = [file.to_str().unwrap(), questionnaire.to_str().unwrap()];
    team.server.run(&["campaign", "import", files[0], "--questionnaire", files[1]]);
    sync(&team.modibo);
    let first =
        |device: &Device| device.enrolment().unwrap().unwrap().campaign.rubrics[0].steps[0].fr.clone();
    assert_eq!(first(&team.modibo), "Rien, mais vraiment rien");
    sync(&team.awa);
    assert!(team.awa.begin_interview("fr", false).is_ok());
}

#[test]
fn an_app_that_was_enrolled_before_roles_were_told_hears_of_its_own() {
    let team = team();
    tell(&team.awa, "Le puits");
    sync(&team.awa);
    let device = another_device(&team.server, "Modibo", &team.server.url());
    sync(&open(&device));
    let key = StoreKey::unwrap_with(&device.data().join("blon.key"), PASSPHRASE).unwrap();
    let now = chrono::Local::now().fixed_offset();
    let store = Store::open(&device.data().join("blon.db"), &key, now).unwrap();
    assert!(store.write(|tx| tx.set_role(Role::Collector)).unwrap());
    drop(store);
    let modibo = open(&device);
    assert!(modibo.review(&QueueQuery::default()).unwrap().stories.is_empty());
    sync(&modibo);
    assert_eq!(modibo.enrolment().unwrap().unwrap().role, Role::Supervisor);
    assert_eq!(list(&modibo).len(), 1);
}

#[test]
fn who_becomes_a_supervisor_has_the_teams_stories_after_one_sync() {
    let team = team();
    tell(&team.awa, "Le puits");
    sync(&team.awa);
    let zan = open(&collector(&team.server, "Zan", &team.server.url()));
    sync(&zan);
    assert!(list(&zan).is_empty());
    team.server.run(&["user", "change", "Zan", "--role", "supervisor"]);
    sync(&zan);
    assert_eq!(list(&zan), [("Le puits".to_owned(), Status::Received)]);
}

#[test]
fn whoever_tells_no_stories_is_told_so_before_anything_is_written() {
    let team = team();
    let refused = team.modibo.begin_interview("fr", false).unwrap_err().code();
    assert_eq!(refused, Code::ActNotAllowed);
    assert!(team.modibo.stories().unwrap().is_empty());
}
