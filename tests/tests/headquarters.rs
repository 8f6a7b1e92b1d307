//! Headquarters' pages in a real Chromium: a supervisor reads, returns and approves.

use blon_tests::browser::{self, sign_in};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::{stories, wanted_files};
use blon_tests::line::Line;
use blon_tests::media::{photo, sound};
use blon_tests::server::TestServer;
use blon_tests::supervisor::http;
use blon_tests::wire::{enrol_by_hand, first_version, posted};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

const DESKTOP: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (360, 640);
/// The key, as WebDriver names it.
const BACKSPACE: &str = "\u{e003}";

/// Headquarters with Awa's three stories and Bakary's three, and the device of Awa.
fn with_stories() -> (TestServer, TestDevice) {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let (awa, bakary) = (TestDevice::of("Awa"), TestDevice::of("Bakary"));
    for device in [&awa, &bakary] {
        server.add(&device.name, "collector");
        device.enrol(&server.url(), &server.code(&device.name));
        for story in stories().iter().filter(|s| s["collector"] == device.name.as_str()) {
            let id = device.new_story(story, &evidence(device, story));
            device.run(&["finalise", &id]);
        }
        device.run(&["sync"]);
    }
    (server, awa)
}

fn evidence(device: &TestDevice, story: &Value) -> Vec<PathBuf> {
    let wanted = wanted_files(story);
    let title = story["title"].as_str().unwrap();
    let make = |(place, kind): (usize, &String)| {
        let seed = u32::try_from(title.len() * 10 + place).unwrap();
        let path = device.path(&format!("{seed}-{place}.{}", if kind == "photo" { "jpg" } else { "wav" }));
        if kind == "photo" {
            photo(&path, seed)
        } else {
            sound(&path, seed, 5)
        }
        path
    };
    wanted.iter().enumerate().map(make).collect()
}

#[test]
fn a_supervisor_reads_a_story_returns_it_and_approves_its_correction() {
    let (server, awa) = with_stories();
    let page = browser::open(&server.url(), DESKTOP.0, DESKTOP.1);
    page.see("sign-in");
    page.is_readable_and_reachable("hq-01-sign-in");
    page.write("sign-in-name", "Modibo");
    page.write("sign-in-password", "not the password");
    page.tap("sign-in");
    page.find("[data-code='sign_in_failed']");
    page.rewrite("sign-in-name", "");
    page.rewrite("sign-in-password", "");
    sign_in(&page, "Modibo");
    page.until_there_are("[data-testid='story-row']", stories().len());
    page.is_readable_and_reachable("hq-02-stories");

    // Where nothing is found, the field stays under the fingers that empty it, while all is looked for again.
    page.write("search", "zébu");
    page.until_there_are("[data-testid='story-row']", 0);
    page.run("document.querySelector('[data-testid=search]').dataset.touched = 'yes'");
    page.write("search", &BACKSPACE.repeat("zébu".chars().count()));
    page.until_there_are("[data-testid='story-row']", stories().len());
    page.find("[data-testid='search'][data-touched='yes']");

    // A search without accents finds a village with accents.
    page.rewrite("search", "keniero");
    page.until_there_are("[data-testid='story-row']", 1);
    page.tap("story-row");
    assert_eq!(page.text("story-title"), stories()[0]["title"].as_str().unwrap());
    page.see("evidence-image");
    page.is_readable_and_reachable("hq-03-story");

    page.tap("comment-on-narrative.before");
    page.write("comment-text", "Depuis quelle année exactement ?");
    page.tap("comment-save");
    page.tap("comment-on-story");
    page.write("comment-text", "Un beau récit. Qui d'autre peut le confirmer ?");
    page.is_readable_and_reachable("hq-04-comments");
    page.tap("return");
    page.shot("hq-05-return");
    page.tap("confirm");
    page.see("done");
    page.find("[data-testid='status'][data-status='returned']");
    page.is_readable_and_reachable("hq-06-returned");

    // Awa answers on her device.
    awa.run(&["sync"]);
    let mut story = stories()[0].clone();
    story["before"] = format!("{} C'était en 2018.", story["before"].as_str().unwrap()).into();
    let id = awa.story_called(story["title"].as_str().unwrap()).unwrap()["id"].as_str().unwrap().to_owned();
    let file = awa.write_story(&story);
    awa.run(&["revise", &id, file.to_str().unwrap(), "--note", "Année ajoutée."]);
    awa.run(&["finalise", &id]);
    awa.run(&["sync"]);

    page.tap("back");
    page.find(&format!("[data-testid='story-row'][data-story-id='{id}'][data-status='received']"));
    page.tap_on(&format!("[data-story-id='{id}']"));
    page.see("revision");
    let text = page.all_text();
    assert!(text.contains("C'était en 2018.") && text.contains("Année ajoutée.") && text.contains("Modifié"));
    page.is_readable_and_reachable("hq-07-correction");
    page.tap("approve");
    page.tap("confirm");
    page.find("[data-testid='status'][data-status='approved']");
    page.is_readable_and_reachable("hq-08-approved");
    page.close();
}

#[test]
fn the_pages_can_be_read_on_a_phone_and_in_english() {
    let (server, _awa) = with_stories();
    let page = browser::open(&server.url(), PHONE.0, PHONE.1);
    page.choose("locale", "en");
    assert!(page.text("sign-in").contains("Sign in"));
    sign_in(&page, "Modibo");
    page.is_readable_and_reachable("hq-phone-1-stories");
    page.tap("story-row");
    page.see("story-title");
    page.is_readable_and_reachable("hq-phone-2-story");
    assert!(page.all_text().contains("What happened"));
    let overflow = page.run("return document.documentElement.scrollWidth > window.innerWidth");
    assert_eq!(overflow, false, "nothing is wider than the phone");
    page.close();
}

#[test]
fn a_session_that_ends_takes_no_comment_with_it() {
    let (mut server, _awa) = with_stories();
    let page = browser::open(&server.url(), DESKTOP.0, DESKTOP.1);
    sign_in(&page, "Modibo");
    page.tap("story-row");
    page.tap("comment-on-narrative.before");
    page.write("comment-text", "Ces mots ne doivent pas se perdre.");
    page.tap("comment-save");

    // The line breaks, and comes back.
    server.kill();
    page.tap("return");
    page.tap("confirm");
    page.find("[data-code='unreachable']");
    server.start();

    // The session ends elsewhere: signed out in another tab of the same browser.
    page.run(
        "const done = fetch('/api/session').then((r) => r.json())
            .then((s) => fetch('/api/session', { method: 'DELETE', headers: { 'x-blon-csrf': s.csrf } }))
            .then(() => document.body.dataset.out = 'yes');",
    );
    page.find("body[data-out='yes']");
    page.tap("return");
    page.tap("confirm");
    page.see("sign-in");
    sign_in(&page, "Modibo");
    assert_eq!(page.count("[data-testid='comment']"), 1);
    page.tap("return");
    page.tap("confirm");
    page.find("[data-testid='status'][data-status='returned']");
    page.close();
}

#[test]
fn a_supervisor_works_through_the_list_with_filters_and_the_keys_alone() {
    let (server, _awa) = with_stories();
    let page = browser::open(&server.url(), DESKTOP.0, DESKTOP.1);
    sign_in(&page, "Modibo");
    let row = "[data-testid='story-row']";
    page.until_there_are(row, stories().len());
    page.choose("collector", "Bakary");
    page.until_there_are(row, 3);
    page.choose("evidence", "none");
    page.is_readable_and_reachable("hq-09-filters");
    page.tap("clear");
    page.until_there_are(row, stories().len());
    page.tap("order-waiting");
    page.see("waits");

    // j twice and k once: the first story has the focus; Enter opens it.
    page.keys("jjk");
    let focused = page.run("return document.activeElement.dataset.storyId");
    let first = page.run("return document.querySelector('[data-testid=story-row]').dataset.storyId");
    assert_eq!(focused, first);
    page.keys("\u{e007}");
    page.see("story-title");
    page.tap("back");
    page.see("waits");
    page.keys("/");
    assert_eq!(page.run("return document.activeElement.dataset.testid"), "search");
    page.close();
}

#[test]
fn what_is_said_about_a_story_is_answered_settled_and_decided() {
    let (server, awa) = with_stories();
    let page = browser::open(&server.url(), DESKTOP.0, DESKTOP.1);
    sign_in(&page, "Modibo");
    let title = stories()[0]["title"].as_str().unwrap().to_owned();
    let id = awa.story_called(&title).unwrap()["id"].as_str().unwrap().to_owned();
    page.tap_on(&format!("[data-story-id='{id}']"));
    page.tap("comment-on-narrative.now");
    page.write("comment-text", "Qui d'autre l'a vu ?");
    page.tap("send-comments");
    page.see("done");
    page.find("[data-testid='status'][data-status='in_review']");

    // Awa answers from the village.
    awa.run(&["sync"]);
    let shown = awa.run(&["show", &id]);
    let thread = shown["open_comments"][0]["id"].as_str().unwrap().to_owned();
    awa.run(&["reply", &id, &thread, "La cheffe des femmes de Keniero."]);
    awa.run(&["sync"]);
    // It is not changed under his eyes: he is told, and reads it again.
    page.see("changed");
    page.is_readable_and_reachable("hq-09b-changed");
    page.tap("read-again");
    page.gone("[data-testid='changed']");
    page.see("thread");
    assert!(page.all_text().contains("La cheffe des femmes de Keniero."));
    page.is_readable_and_reachable("hq-10-thread");
    page.tap("reply");
    page.write("reply-text", "Merci, c'est clair.");
    page.tap("reply-send");
    page.gone("[data-testid='reply-text']");
    page.tap("resolve");
    page.find("[data-testid='thread'].settled");

    page.tap("reject");
    page.write("reason", "Ce récit a été recueilli deux fois.");
    page.shot("hq-11-reject");
    page.tap("reject-now");
    page.tap("confirm");
    page.find("[data-testid='status'][data-status='rejected']");
    assert_eq!(page.count("[data-testid='approve']"), 0, "it is decided");
    page.is_readable_and_reachable("hq-12-rejected");
    page.tap("reopen");
    page.write("reason", "L'autre était d'un autre village.");
    page.tap("reopen-now");
    page.tap("confirm");
    page.see("approve");
    awa.run(&["sync"]);
    assert_eq!(awa.run(&["show", &id])["status"], "in_review");
    page.close();
}

#[test]
fn the_list_shows_what_comes_without_being_asked() {
    let (mut server, awa) = with_stories();
    let page = browser::open(&server.url(), DESKTOP.0, DESKTOP.1);
    sign_in(&page, "Modibo");
    let row = "[data-testid='story-row']";
    page.until_there_are(row, stories().len());
    let tell = |title: &str| {
        let mut story = stories()[0].clone();
        story["title"] = title.into();
        let id = awa.new_story(&story, &[]);
        awa.run(&["finalise", &id]);
        awa.run(&["sync"]);
    };
    tell("Un récit de plus");
    page.until_there_are(row, stories().len() + 1);
    // Headquarters falls, and comes back; the page goes on listening.
    server.kill();
    server.start();
    tell("Encore un");
    page.until_there_are(row, stories().len() + 2);
    // And it ends at once when it is asked to, though somebody listens.
    let begun = std::time::Instant::now();
    server.stop();
    assert!(begun.elapsed().as_secs() < 8, "{:?}", begun.elapsed());
    page.close();
}

#[test]
fn a_recording_is_heard_and_spoken_about_at_a_second_and_a_photo_is_looked_at_closely() {
    let (server, awa) = with_stories();
    let page = browser::open(&server.url(), DESKTOP.0, DESKTOP.1);
    sign_in(&page, "Modibo");
    let with = |kind: &str| {
        let story = stories().into_iter().find(|story| {
            story["collector"] == "Awa" && wanted_files(story).iter().any(|wanted| wanted == kind)
        });
        let title = story.unwrap()["title"].as_str().unwrap().to_owned();
        format!("[data-story-id='{}']", awa.story_called(&title).unwrap()["id"].as_str().unwrap())
    };
    page.tap_on(&with("audio"));
    page.see("consent");
    page.tap("open-points");
    page.tap("evidence-open");
    page.find("[data-testid='player'] rect");
    page.is_readable_and_reachable("hq-13-sound");
    page.tap("comment-second");
    page.write("comment-text", "Qui parle ici ?");
    page.tap("send-comments");
    page.see("done");
    assert!(page.text("thread").contains("0 min"), "{}", page.text("thread"));

    page.tap("back");
    page.tap_on(&with("photo"));
    page.tap("enlarge");
    page.see("photo");
    page.is_readable_and_reachable("hq-14-photo");
    page.tap("photo-close");
    page.gone("[data-testid='photo']");
    page.close();
}

#[test]
fn the_list_shows_what_comes_where_the_line_lets_nobody_listen() {
    let (server, awa) = with_stories();
    let line = Line::to(server.address());
    line.refuse("GET /api/changes");
    let page = browser::open(&line.url(), DESKTOP.0, DESKTOP.1);
    sign_in(&page, "Modibo");
    let row = "[data-testid='story-row']";
    page.until_there_are(row, stories().len());
    let mut story = stories()[0].clone();
    story["title"] = "Un récit de plus".into();
    awa.run(&["finalise", &awa.new_story(&story, &[])]);
    awa.run(&["sync"]);
    // It is asked for every half minute, whoever reads and does nothing.
    let waited = std::time::Instant::now();
    while page.count(row) <= stories().len() && waited.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    page.until_there_are(row, stories().len() + 1);
    page.close();
}

/// A story with a recording in which two places are marked, as a device sends it; gives its id.
fn with_a_marked_recording(server: &TestServer) -> String {
    server.add("Awa", "collector");
    let (device, token) = enrol_by_hand(server, "Awa");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("said.wav");
    sound(&path, 7, 8);
    let bytes = std::fs::read(path).unwrap();
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut ask = first_version(&device);
    let evidence = &mut ask["records"][0]["act"]["story"]["changes"][0]["evidence"][0];
    evidence["kind"] = "audio".into();
    evidence["file"] =
        json!({ "sha256": sha256, "bytes": bytes.len(), "media_type": "audio/wav", "marks": [2_000, 5_500] });
    let answer = posted(server, &token, &ask);
    assert_eq!(answer["acknowledged"][0]["refused"], Value::Null);
    let url = format!("{}/v1/files/{sha256}", server.url());
    let put = http().build().unwrap().put(url).bearer_auth(&token).body(bytes).send().unwrap();
    assert_eq!(put.status(), 204);
    // The same telling, by somebody who allowed nothing.
    ask["records"][0]["id"] = "018f0000-0000-7000-8000-000000000001".into();
    ask["records"][0]["story"] = "018f0000-0000-7000-8000-000000000002".into();
    for scope in ["quote", "named", "audio", "photo", "contact_again"] {
        ask["records"][0]["act"]["story"]["consent"][scope] = false.into();
    }
    let record = &mut ask["records"][0]["act"]["story"];
    record["changes"][0]["evidence"] = json!([]);
    assert_eq!(posted(server, &token, &ask)["acknowledged"][0]["refused"], Value::Null);
    first_version(&device)["records"][0]["story"].as_str().unwrap().to_owned()
}

#[test]
fn a_recording_goes_to_its_marks_at_any_speed_and_what_was_agreed_to_stays_in_sight() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let id = with_a_marked_recording(&server);
    let page = browser::open(&server.url(), PHONE.0, PHONE.1);
    sign_in(&page, "Modibo");
    page.tap_on(&format!("[data-story-id='{id}']"));
    page.see("consent");
    assert_eq!(page.count("[data-testid='not-to-be-quoted']"), 0, "this person allowed it");
    page.tap("evidence-open");
    page.find("[data-testid='player'] rect");
    assert_eq!(page.count("[data-testid='mark']"), 2);
    page.choose("speed", "1.5");
    page.tap("mark");
    let heard = "const said = document.querySelector('audio');
        return said.playbackRate === 1.5 && said.currentTime >= 2 && said.currentTime < 5";
    assert_eq!(page.run(heard), true);
    page.is_readable_and_reachable("hq-phone-3-marks");

    page.close();

    let in_sight =
        "const { left, top } = document.querySelector('[data-testid=consent] li').getBoundingClientRect();
        return document.elementFromPoint(left + 8, top + 8)?.closest('[data-testid=consent]') != null";
    for (name, size) in [("phone", PHONE), ("desktop", DESKTOP)] {
        let page = browser::open(&server.url(), size.0, size.1);
        sign_in(&page, "Modibo");
        page.tap_on("[data-story-id='018f0000-0000-7000-8000-000000000002']");
        page.see("not-to-be-quoted");
        for share in ["0", "0.4", "1"] {
            page.run(&format!("scrollTo(0, {share} * document.documentElement.scrollHeight)"));
            assert_eq!(page.run(in_sight), true, "{name}, {share} of the way down");
            page.shot(&format!("hq-{name}-consent-{share}"));
        }
        page.is_readable_and_reachable(&format!("hq-{name}-not-to-be-quoted"));
        page.close();
    }
}
