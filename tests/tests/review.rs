//! Modibo reviews what Awa and Bakary tell: the list he works through, what they say to each other, and how a review ends.

use blon_device::intake::StoryFile;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{collector, correct, open, sync, tell};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::stories;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::wire::problem;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Awa has told one story, and Modibo is at his desk.
fn one_story() -> (TestServer, TestDevice, Device, StoryId, Supervisor) {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    let id = tell(&device, "Le puits de Karan");
    sync(&device);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    (server, awa, device, id, modibo)
}

fn said(answer: reqwest::blocking::Response) -> Value {
    assert_eq!(answer.status(), 200);
    answer.json().unwrap()
}

#[test]
fn a_remark_goes_to_the_village_and_its_answer_comes_back() {
    let (_server, _awa, device, id, modibo) = one_story();
    let story = id.to_string();
    let page = modibo.story(&story);
    let about = &page["revisions"][0]["id"];
    let comment = json!({ "answer": "narrative.before", "text": "En quelle année ?", "second": null });
    let remark = json!({ "kind": "comment", "about": about, "comment": comment });
    let page = said(modibo.remark(&story, &remark).send().unwrap());
    assert_eq!(page["row"]["status"], "in_review", "he has begun to look at it, and sent nothing back");

    // Awa answers in the village, and syncs when she can.
    sync(&device);
    let seen = device.story(id).unwrap();
    let [thread] = seen.open_comments.as_slice() else { panic!("{:?}", seen.open_comments) };
    assert_eq!((thread.author.as_str(), thread.comment.text.as_str()), ("Modibo", "En quelle année ?"));
    assert_eq!(device.story_line(id).unwrap().comments, 1);
    let empty = device.reply(id, thread.id, "  ").unwrap_err();
    assert_eq!(empty.code().as_str(), "comment_missing");
    let seen = device.reply(id, thread.id, "En 2019, avant l'hivernage.").unwrap();
    assert!(seen.open_comments.is_empty(), "the next word is his");
    sync(&device);

    let page = modibo.story(&story);
    let thread = &page["threads"][0];
    assert_eq!(thread["replies"][0]["text"], "En 2019, avant l'hivernage.");
    assert_eq!((&thread["replies"][0]["author"], &thread["resolved_by"]), (&json!("Awa"), &Value::Null));
    let resolve = json!({ "kind": "resolve", "thread": thread["id"], "seen": [thread["replies"][0]["id"]] });
    let page = said(modibo.remark(&story, &resolve).send().unwrap());
    assert_eq!(page["threads"][0]["resolved_by"], "Modibo");
    sync(&device);
    assert_eq!(device.story(id).unwrap().threads[0].resolved_by.as_ref().unwrap().as_str(), "Modibo");
}

#[test]
fn what_was_said_apart_is_not_closed_away_unread() {
    let (_server, _awa, device, id, modibo) = one_story();
    let story = id.to_string();
    modibo.give_back(&story, "narrative.now", "Qui le confirme ?");
    sync(&device);
    let thread = device.story(id).unwrap().threads[0].id;
    device.reply(id, thread, "La présidente des femmes.").unwrap();
    // Before that comes, Modibo thinks it done.
    let resolve = json!({ "kind": "resolve", "thread": thread.to_string(), "seen": [] });
    let page = said(modibo.remark(&story, &resolve).send().unwrap());
    assert_eq!(page["threads"][0]["resolved_by"], "Modibo");
    sync(&device);
    let page = modibo.story(&story);
    assert_eq!(page["threads"][0]["resolved_by"], Value::Null, "her answer opens it again");
    assert!(page["row"]["waiting_since"].is_i64(), "and asks for him");
}

#[test]
fn a_review_ends_in_one_of_three_ways_and_can_be_taken_up_again() {
    let (_server, _awa, device, id, modibo) = one_story();
    let story = id.to_string();
    let decide = |verdict: Value| modibo.decision(&modibo.story(&story), &verdict).send().unwrap();
    let reason = "Deux villages sont confondus.";
    assert_eq!(
        problem(decide(json!({ "kind": "rejected", "reason": " " }))),
        (400, "comment_missing".into())
    );
    assert_eq!(problem(decide(json!({ "kind": "reopened", "reason": reason }))), (409, "act_not_now".into()));
    let page = said(decide(json!({ "kind": "rejected", "reason": reason })));
    assert_eq!(page["row"]["status"], "rejected");
    assert_eq!(page["may"], json!(["reopen", "comment", "reply", "resolve", "rate"]));
    assert_eq!(problem(decide(json!({ "kind": "approved", "note": "" }))), (409, "act_not_now".into()));
    sync(&device);
    assert_eq!(serde_json::to_value(device.story_line(id).unwrap().status).unwrap(), "rejected");
    let page = said(decide(json!({ "kind": "reopened", "reason": "Relu avec Awa." })));
    assert_eq!(page["row"]["status"], "in_review");
    assert_eq!(said(decide(json!({ "kind": "approved", "note": "" })))["row"]["status"], "approved");

    // Awa, who had no network, corrects it all the same: her telling is looked at anew.
    correct(&device, id, "L'eau suffit pour tous.");
    sync(&device);
    let page = modibo.story(&story);
    assert_eq!((&page["row"]["status"], &page["row"]["revisions"]), (&json!("received"), &json!(2)));
    assert_eq!(page["decisions"].as_array().unwrap().len(), 3, "nothing is taken away");
}

#[test]
fn an_approval_of_what_is_no_longer_the_newest_is_refused() {
    let (_server, _awa, device, id, modibo) = one_story();
    let page = modibo.story(&id.to_string());
    correct(&device, id, "L'eau suffit pour tous.");
    sync(&device);
    let late = modibo.decision(&page, &json!({ "kind": "approved", "note": "" })).send().unwrap();
    assert_eq!(problem(late), (409, "revision_not_newest".to_owned()));
}

#[test]
fn only_who_may_speaks_and_only_about_what_is_there() {
    let (server, _awa, _device, id, modibo) = one_story();
    let story = id.to_string();
    let about = modibo.story(&story)["revisions"][0]["id"].clone();
    let comment = |answer: &str| json!({ "kind": "comment", "about": about, "comment": { "answer": answer, "text": "Qui ?" } });
    let nowhere = "changes/00000000-0000-7000-8000-000000000000/what";
    let answer = modibo.remark(&story, &comment(nowhere)).send().unwrap();
    assert_eq!(problem(answer), (400, "comment_answer_unknown".to_owned()));
    let nobody = "00000000-0000-7000-8000-000000000000/0";
    for remark in [
        json!({ "kind": "reply", "thread": nobody, "seen": [], "text": "Oui." }),
        json!({ "kind": "resolve", "thread": nobody, "seen": [] }),
    ] {
        let (status, code) = problem(modibo.remark(&story, &remark).send().unwrap());
        assert!((status, code.as_str()) == (400, "record_builds_on_unknown"), "{status} {code}");
    }
    server.run(&["user", "add", "Nana", "--role", "analyst"]);
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    assert_eq!(
        problem(nana.remark(&story, &comment("story")).send().unwrap()),
        (403, "act_not_allowed".into())
    );
    server.run(&["user", "add", "Sidiki", "--role", "supervisor", "--team", "narena"]);
    let sidiki = Supervisor::sign_in(&server.url(), "Sidiki");
    assert_eq!(
        problem(sidiki.remark(&story, &comment("story")).send().unwrap()),
        (404, "story_not_found".into())
    );
    assert_eq!(modibo.story(&story)["threads"], json!([]));
}

/// Awa and Bakary have told so many stories each, and Modibo has decided on some.
fn a_full_list(each: usize) -> (TestServer, Supervisor, Vec<StoryId>) {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let mut told = Vec::new();
    for name in ["Awa", "Bakary"] {
        let device = open(&collector(&server, name, &server.url()));
        for number in 0..each {
            let mut story = stories()[0].clone();
            story["title"] = format!("Récit {number} de {name}").into();
            story["commune"] = if number % 2 == 0 { "Karan" } else { "Nouga" }.into();
            story["now"] = format!("Les bœufs de l’éleveur numéro{number} boivent.").into();
            for change in story["changes"].as_array_mut().unwrap() {
                change["evidence"] = json!([]);
            }
            let id = device.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
            device.finalise(id).unwrap();
            told.push(id);
        }
        sync(&device);
    }
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    modibo.approve(&told[0].to_string());
    modibo.give_back(&told[1].to_string(), "story", "Qui le dit ?");
    (server, modibo, told)
}

fn ids(list: &Value) -> Vec<String> {
    list["stories"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_list_is_read_page_by_page_and_each_story_comes_once() {
    let (_server, modibo, told) = a_full_list(13);
    for (order, there) in [("newest", 26_usize), ("waiting", 24)] {
        let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let list = modibo.queue(&format!("order={order}&count=7&after={after}"));
            seen.extend(ids(&list));
            pages += 1;
            match list["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (there, there.div_ceil(7)), "{order}");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), there, "{order}");
        let first = if order == "newest" { told.last().unwrap() } else { &told[2] };
        assert_eq!(seen[0], first.to_string(), "{order}");
    }
    assert_eq!(problem(modibo.get("stories?after=x")), (400, "bad_input".to_owned()));
    assert_eq!(problem(modibo.get("stories?status=lost")), (400, "bad_input".to_owned()));
}

#[test]
fn the_list_is_narrowed_by_what_a_supervisor_looks_for() {
    let (server, modibo, told) = a_full_list(4);
    let found = |query: &str| ids(&modibo.queue(query)).len();
    assert_eq!(found(""), 8);
    let counts = modibo.queue("")["counts"].clone();
    assert_eq!(counts, json!([["approved", 1], ["received", 6], ["returned", 1]]));
    assert_eq!(modibo.queue("")["collectors"], json!(["Awa", "Bakary"]));
    assert_eq!((found("status=approved"), found("status=in_review")), (1, 0));
    assert_eq!(modibo.queue("status=approved")["counts"], counts, "the counts are those of all states");
    assert_eq!(
        (found("commune=Nouga"), found("collector=Awa"), found("commune=Nouga&collector=Awa")),
        (4, 4, 2)
    );
    assert_eq!((found("evidence=none"), found("evidence=missing")), (8, 0));
    let date = modibo.story(&told[0].to_string())["row"]["date"].as_str().unwrap().to_owned();
    assert_eq!((found(&format!("from={date}")), found(&format!("to={date}"))), (8, 8));
    assert_eq!((found("from=2999-01-01"), found("to=2001-01-01")), (0, 0));
    for words in ["boeufs", "BŒUF", "éleveur", "l'eleveur boi", "numero3"] {
        let there = if words == "numero3" { 2 } else { 8 };
        assert_eq!(found(&format!("words={words}")), there, "{words}");
    }
    assert_eq!((found("words=chameau"), found("words=%22*"), found("words=AND%20OR")), (0, 8, 0));
    let levels: BTreeSet<String> = modibo.queue("")["stories"][0]["levels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l.as_str().unwrap().to_owned())
        .collect();
    for level in ["individual", "collective", "community", "associative"] {
        assert_eq!(found(&format!("level={level}")), if levels.contains(level) { 8 } else { 0 }, "{level}");
    }
    server.run(&["user", "add", "Sidiki", "--role", "supervisor", "--team", "narena"]);
    let sidiki = Supervisor::sign_in(&server.url(), "Sidiki");
    let list = sidiki.queue("words=boeufs");
    assert_eq!(
        (&list["stories"], &list["counts"], &list["collectors"]),
        (&json!([]), &json!([]), &json!([])),
        "not even how many there are"
    );
}

#[test]
fn what_has_waited_longest_comes_first_and_what_is_decided_waits_for_nobody() {
    let (server, modibo, told) = a_full_list(2);
    let waiting = || ids(&modibo.queue("order=waiting"));
    assert_eq!(waiting(), [told[2].to_string(), told[3].to_string()]);
    modibo.approve(&told[2].to_string());
    assert_eq!(waiting(), [told[3].to_string()]);
    assert_eq!(server.stories().len(), 4, "the tool lists all");
}
