//! Who may see and do what (invariants 5 and 6): a collector reads own stories, a supervisor the team's, nobody
//! a storyteller's name; and nobody comes in without a code, a token or a password of their own.

use blon_server::secrets;
use blon_tests::collecting::{collector, open, sync, tell_with_file};
use blon_tests::device::{TestDevice, holds_no_plaintext};
use blon_tests::fixtures::{CAMPAIGN, stories};
use blon_tests::media::noise;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::uploading::base64;
use blon_tests::wire::{enrol_by_hand, problem};
use reqwest::blocking::Client;
use serde_json::{Value, json};
use std::path::Path;

/// Awa and Bakary have each sent a story with a file. Gives Awa's story as headquarters lists it.
fn after_both_have_synced() -> (TestServer, Value) {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    for name in ["Awa", "Bakary"] {
        let device = collector(&server, name, &server.url());
        tell_with_file(&open(&device), &format!("Le récit de {name}"), 9_000);
        device.run(&["sync"]);
        let seen: Vec<Value> = device.stories();
        assert_eq!(seen.len(), 1, "{name}'s device has {name}'s story alone: {seen:?}");
        assert_eq!(seen[0]["title"], format!("Le récit de {name}"));
    }
    let awas = server.stories().into_iter().find(|s| s["collector"] == "Awa").unwrap();
    (server, awas)
}

fn client() -> Client {
    http().build().unwrap()
}

#[test]
fn bakarys_token_opens_nothing_of_awas() {
    let (server, awas) = after_both_have_synced();
    let (device, token) = enrol_by_hand(&server, "Bakary");
    let ask = |records: Vec<Value>| -> Value {
        let body = json!({ "protocol": 1, "since": 0, "records": records });
        let sent = client().post(format!("{}/v1/sync", server.url())).bearer_auth(&token).json(&body).send();
        sent.unwrap().json().unwrap()
    };
    let fetched = ask(vec![]);
    let authors: Vec<_> = fetched["records"].as_array().unwrap().iter().map(|r| &r["author"]).collect();
    assert_eq!(authors, ["Bakary"], "from the very first record on, his own alone");
    assert_eq!(fetched["lacking"], json!([]));

    // A record of his own making on her story, and one in her name.
    let mut record = fetched["records"][0].clone();
    record["id"] = "018f0000-0000-7000-8000-000000000001".into();
    record["device"] = device.as_str().into();
    record["story"] = awas["id"].clone();
    let mut in_her_name = record.clone();
    in_her_name["author"] = "Awa".into();
    for refused in ask(vec![record, in_her_name])["acknowledged"].as_array().unwrap() {
        assert_eq!(refused["refused"]["code"], "record_not_yours");
    }
    let digest = awas["evidence"][0]["sha256"].as_str().unwrap();
    let put =
        client().put(format!("{}/v1/files/{digest}", server.url())).bearer_auth(&token).body("x").send();
    assert_eq!(problem(put.unwrap()), (404, "file_not_expected".to_owned()));
    // The pages know people, not devices.
    for path in [format!("stories/{}", awas["id"].as_str().unwrap()), format!("files/{digest}")] {
        let url = format!("{}/api/campaigns/{CAMPAIGN}/{path}", server.url());
        let got = client().get(url).bearer_auth(&token).send().unwrap();
        assert_eq!(problem(got), (401, "token_unknown".to_owned()));
    }
    let row = server.stories().into_iter().find(|s| s["id"] == awas["id"]).unwrap();
    assert_eq!(row, awas, "her story stands as it stood");
}

#[test]
fn a_device_without_a_token_that_is_known_is_told_so() {
    let server = TestServer::serving();
    let unknown = "ab".repeat(32);
    for token in ["", "x", &unknown, "' OR 1=1 --"] {
        let body = json!({ "protocol": 1, "since": 0, "records": [] });
        let url = format!("{}/v1/sync", server.url());
        let answer = client().post(&url).bearer_auth(token).json(&body).send().unwrap();
        assert_eq!(problem(answer), (401, "device_unknown".to_owned()), "{token:?}");
    }
    let put = client().put(format!("{}/v1/files/{unknown}", server.url())).body("x").send().unwrap();
    assert_eq!(problem(put), (401, "device_unknown".to_owned()));
}

#[test]
fn a_supervisor_of_another_team_sees_no_story_and_no_file() {
    let (server, awas) = after_both_have_synced();
    server.run(&["user", "add", "Sidiki", "--role", "supervisor", "--team", "narena"]);
    let sidiki = Supervisor::sign_in(&server.url(), "Sidiki");
    assert!(sidiki.stories().is_empty());
    let id = awas["id"].as_str().unwrap();
    assert_eq!(problem(sidiki.get(&format!("stories/{id}"))), (404, "story_not_found".to_owned()));
    let file = format!("files/{}", awas["evidence"][0]["sha256"].as_str().unwrap());
    assert_eq!(problem(sidiki.get(&file)), (404, "file_not_found".to_owned()));
    // Nor does it help to know what stands on the page of somebody who may.
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let decision = sidiki.decision(&modibo.story(id), &json!({ "kind": "approved", "note": "" })).send();
    assert_eq!(problem(decision.unwrap()), (404, "story_not_found".to_owned()));
    assert_eq!(modibo.stories().len(), 2);
    assert_eq!(modibo.story(id)["decisions"], json!([]));
}

#[test]
fn an_analyst_reads_but_does_not_decide_and_those_who_need_no_story_see_none() {
    let (server, awas) = after_both_have_synced();
    for (name, role, seen) in [("Nana", "analyst", 2), ("Issa", "admin", 0), ("Fanta", "custodian", 0)] {
        server.run(&["user", "add", name, "--role", role]);
        let person = Supervisor::sign_in(&server.url(), name);
        assert_eq!(person.stories().len(), seen, "{name}");
        let id = awas["id"].as_str().unwrap();
        if seen == 0 {
            assert_eq!(problem(person.get(&format!("stories/{id}"))), (404, "story_not_found".to_owned()));
            continue;
        }
        let page = person.story(id);
        assert_eq!(page["may"], json!([]));
        let comment = json!([{ "answer": "story", "text": "Qui ?" }]);
        for verdict in
            [json!({ "kind": "approved", "note": "" }), json!({ "kind": "returned", "comments": comment })]
        {
            let answer = person.decision(&page, &verdict).send().unwrap();
            assert_eq!(problem(answer), (403, "act_not_allowed".to_owned()), "{name}");
        }
        assert_eq!(person.story(id)["decisions"], json!([]));
    }
}

fn sign_in(server: &TestServer, name: &str, password: &str) -> reqwest::blocking::Response {
    let body = json!({ "name": name, "password": password });
    client().post(format!("{}/api/session", server.url())).json(&body).send().unwrap()
}

#[test]
fn a_sign_in_that_fails_tells_nobody_which_names_exist() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    server.add("Awa", "collector");
    let mut told = Vec::new();
    // A wrong password, nobody, no name at all, and a collector, who has no password to sign in with.
    for (name, password) in
        [("Modibo", "wrong"), ("Nobody", PASSWORD), ("\u{7}", PASSWORD), ("Awa", PASSWORD), ("Awa", "")]
    {
        let answer = sign_in(&server, name, password);
        assert!(answer.headers().get("set-cookie").is_none());
        told.push((answer.status().as_u16(), answer.text().unwrap()));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, 401);
    assert!(told[0].1.contains("\"sign_in_failed\""));
}

#[test]
fn whoever_guesses_a_password_waits_longer_each_time() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    server.add("Sidiki", "supervisor");
    let guessed: Vec<u16> =
        (0..6).map(|n| sign_in(&server, "Modibo", &format!("guess {n}")).status().as_u16()).collect();
    assert_eq!(guessed, [401, 401, 401, 401, 401, 429]);
    assert_eq!(problem(sign_in(&server, "modibo ", PASSWORD)), (429, "too_many_attempts".to_owned()));
    assert_eq!(sign_in(&server, "Sidiki", PASSWORD).status(), 200, "nobody else waits");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(sign_in(&server, "Modibo", PASSWORD).status(), 200, "whoever knows it is let in");
    assert_eq!(sign_in(&server, "Modibo", "guess").status(), 401, "and nothing is held against the name");
}

#[test]
fn a_session_is_a_cookie_that_no_script_reads_and_no_other_site_sends() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let answer = sign_in(&server, "Modibo", PASSWORD);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    let parts: Vec<&str> = cookie.split("; ").collect();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(parts.contains(&part), "{part} is not in {cookie}");
    }
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let csrf = answer.json::<Value>().unwrap()["csrf"].as_str().unwrap().to_owned();
    assert!(!cookie.contains(&csrf));

    let url = format!("{}/api/session", server.url());
    let own = parts[0];
    let with = |c: reqwest::blocking::RequestBuilder| c.header("cookie", own);
    assert_eq!(with(client().get(&url)).send().unwrap().status(), 200);
    assert_eq!(problem(with(client().delete(&url)).send().unwrap()), (403, "cross_site".to_owned()));
    let out = with(client().delete(&url)).header("x-blon-csrf", &csrf).send().unwrap();
    assert_eq!(out.status(), 204);
    assert_eq!(problem(with(client().get(&url)).send().unwrap()), (401, "signed_out".to_owned()));
    assert_eq!(problem(client().get(&url).send().unwrap()), (401, "signed_out".to_owned()));
}

#[test]
fn another_site_can_neither_sign_in_nor_decide() {
    let (server, awas) = after_both_have_synced();
    for site in ["cross-site", "same-site"] {
        let body = json!({ "name": "Modibo", "password": PASSWORD });
        let url = format!("{}/api/session", server.url());
        let answer = client().post(url).header("sec-fetch-site", site).json(&body).send().unwrap();
        assert_eq!(problem(answer), (403, "cross_site".to_owned()));
    }
    let browser = http().cookie_store(true).build().unwrap();
    let body = json!({ "name": "Modibo", "password": PASSWORD });
    browser.post(format!("{}/api/session", server.url())).json(&body).send().unwrap();
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let id = awas["id"].as_str().unwrap();
    let page = modibo.story(id);
    let decision = json!({ "in_sight": page["in_sight"], "verdict": { "kind": "approved", "note": "" } });
    let url = format!("{}/api/campaigns/{CAMPAIGN}/stories/{id}/decisions", server.url());
    let without = browser.post(&url).json(&decision);
    let of_another_session = browser.post(&url).header("x-blon-csrf", "guessed").json(&decision);
    for request in [without, of_another_session] {
        assert_eq!(problem(request.send().unwrap()), (403, "cross_site".to_owned()));
    }
    assert_eq!(modibo.story(id)["decisions"], json!([]));
}

#[test]
fn a_code_opens_once_and_not_after_its_time() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let enrol = |code: &str| {
        let body = json!({ "protocol": 1, "code": code });
        client().post(format!("{}/v1/enrol", server.url())).json(&body).send().unwrap()
    };
    let code = server.code("Awa");
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(enrol(&typed).status(), 200, "as people type it");
    for wrong in [code.as_str(), "AAAAA-AAAAA", "", "' OR 1=1 --"] {
        assert_eq!(problem(enrol(wrong)), (400, "code_invalid".to_owned()), "{wrong:?}");
    }
    // Headquarters' clock cannot be turned from here, so this code is one of yesterday's, a second too old.
    let own = server.headquarters();
    let (awa, campaign) = ("Awa".parse().unwrap(), CAMPAIGN.parse().unwrap());
    for (code, expires, opens) in [("OLDCODE234", 0, false), ("NEWCODE234", 3_600, true)] {
        let expires = chrono::Utc::now().timestamp() + expires;
        own.store.write(|tx| tx.add_code(&secrets::code_hash(code), &awa, &campaign, expires)).unwrap();
        assert_eq!(enrol(code).status() == 200, opens, "{code}");
    }
}

/// Every byte of every file below a folder is free of these words.
fn nowhere_below(folder: &Path, words: &[&str]) {
    assert!(holds_no_plaintext(folder, words), "{} holds one of {words:?}", folder.display());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && std::fs::read_dir(&path).unwrap().any(|e| e.unwrap().path().is_file()) {
            nowhere_below(&path, words);
        }
    }
}

#[test]
fn no_storytellers_name_reaches_headquarters_and_no_word_stands_in_plain_on_the_device() {
    let mut server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let (mut names, mut words) = (Vec::new(), Vec::new());
    for story in stories() {
        let file = awa.path("registre.pdf");
        noise(&file, story["title"].as_str().unwrap(), 4_000);
        let id = awa.new_story(&story, &[file]);
        let known = awa.run(&["show", &id]);
        for answer in ["name", "phone"] {
            let told = story["storyteller"][answer].as_str().unwrap().to_owned();
            assert_eq!(known["identity"][answer], told.as_str(), "the device keeps who told it");
            names.push(told);
        }
        words.extend([
            story["title"].as_str().unwrap().to_owned(),
            story["village"].as_str().unwrap().to_owned(),
        ]);
        awa.run(&["finalise", &id]);
    }
    names.retain(|name| !name.is_empty());
    assert_eq!(sync(&open(&awa)).sent, 6);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert!(names.len() >= 6);
    nowhere_below(&server.data(), &names);
    // The same look finds what headquarters does keep, so it looks at the right bytes.
    assert!(!holds_no_plaintext(&server.data(), &words[..1]));
    server.kill();
    nowhere_below(&server.data(), &names);
    nowhere_below(
        &awa.data(),
        &[&names[..], &words[..], &["registre", "narrative", "kangaba-2022"]].concat(),
    );
}

#[test]
fn a_device_of_one_person_is_not_taken_over_by_anothers_code() {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    server.add("Bakary", "collector");
    let refused = awa.attempt(&["enrol", &server.url(), &server.code("Bakary")]).expect_err("it is Awa's");
    assert_eq!(refused.code(), "already_enrolled");
    assert_eq!(awa.enrol(&server.url(), &server.code("Awa"))["person"], "Awa", "she may enrol again");
    assert!(TestDevice::of("Bakary").attempt(&["sync"]).is_err_and(|r| r.code() == "not_enrolled"));
}

#[test]
fn who_only_knows_a_digest_is_not_shown_the_bytes() {
    let (server, awas) = after_both_have_synced();
    let file = &awas["evidence"][0];
    server.run(&["user", "add", "Sidiki", "--role", "supervisor", "--team", "narena"]);
    server.run(&["user", "add", "Zan", "--role", "collector", "--team", "narena"]);
    let ask = |token: &str, records: Vec<Value>| -> Value {
        let body = json!({ "protocol": 1, "since": 0, "records": records });
        let sent = client().post(format!("{}/v1/sync", server.url())).bearer_auth(token).json(&body).send();
        sent.unwrap().json().unwrap()
    };
    let (_, token) = enrol_by_hand(&server, "Awa");
    let mut record = ask(&token, vec![])["records"][0].clone();
    // Zan's own story names the very file of Awa's, whose digest he has heard.
    let (device, token) = enrol_by_hand(&server, "Zan");
    record["id"] = "018f0000-0000-7000-8000-000000000001".into();
    record["story"] = "018f0000-0000-7000-8000-000000000002".into();
    (record["device"], record["author"]) = (device.into(), "Zan".into());
    let answer = ask(&token, vec![record]);
    assert_eq!(answer["acknowledged"][0]["refused"], Value::Null);
    assert_eq!(answer["lacking"], json!([file["sha256"]]), "he is asked for it, as for any other");
    let path = format!("files/{}", file["sha256"].as_str().unwrap());
    let sidiki = Supervisor::sign_in(&server.url(), "Sidiki");
    assert_eq!(sidiki.stories()[0]["evidence"][0]["complete"], false);
    assert_eq!(problem(sidiki.get(&path)), (404, "file_not_found".to_owned()));
    // Beginning to send it gives nothing away either.
    let begun = client()
        .post(format!("{}/v1/files", server.url()))
        .bearer_auth(&token)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", file["bytes"].to_string())
        .header("upload-metadata", format!("sha256 {}", base64(file["sha256"].as_str().unwrap().as_bytes())))
        .send()
        .unwrap();
    assert_eq!((begun.status().as_u16(), begun.headers()["upload-offset"].to_str().unwrap()), (201, "0"));
    assert_eq!(problem(sidiki.get(&path)), (404, "file_not_found".to_owned()));
}
