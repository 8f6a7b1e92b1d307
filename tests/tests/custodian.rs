//! Awa collects; Fanta keeps the identities: she opens who told a story on her own machine, for a reason, with the tool or with the
//! stock `age`, and seals all anew when custodians change.

use blon_core::sealed::SealedFile;
use blon_device::StoryId;
use blon_tests::collecting::{collector, open, sync};
use blon_tests::custodian::{KeyFile, attempt, fanta, kept_by, stock, told_by, tool};
use blon_tests::device::one_document;
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::traces::{Needle, found_below};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use totp_rs::{Algorithm, Secret, TOTP};

const NAME: &str = "Nansira Camara";
const PHONE: &str = "+223 70 12 34 56";
const REASON: &str = "Elle a demandé à être rappelée.";

/// What the log says about identities, the newest last: who, what, about what.
fn noted(server: &TestServer) -> Vec<[String; 3]> {
    let log = server.run(&["audit", "list"]);
    let about_identities = |entry: &&Value| entry["what"].as_str().unwrap().starts_with("identit");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let entries = log.as_array().unwrap().iter().filter(about_identities);
    entries.map(|entry| [text(&entry["who"]), text(&entry["what"]), text(&entry["about"])]).collect()
}

fn path(rest: &str) -> String {
    format!("campaigns/{CAMPAIGN}/identities{rest}")
}

/// What is sealed of a story, as headquarters gives it: the record and the sealed file of the last.
fn taken(server: &TestServer, story: StoryId) -> Value {
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    fanta.get_granted("POST", &path(&format!("/{story}")), &json!({ "reason": "Essai." }))["copies"][0]
        .clone()
}

/// Puts this into the place of what is sealed with a record, as a custodian may.
fn put(server: &TestServer, record: &Value, sealed: &Value) {
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    let body = json!([{ "record": record, "sealed": sealed }]);
    assert_eq!(fanta.ask("PUT", &path(""), &body).0, 204);
}

#[test]
fn fanta_opens_who_told_a_story_for_a_reason_and_the_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let [key, nobodys] = ["fanta.key", "autre.key"].map(|name| KeyFile::new(folder.path(), name));
    let server = kept_by(&[&key.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);

    let list = fanta(&server, &["list"]);
    assert_eq!((&list[0]["story"], &list[0]["collector"]), (&json!(story), &json!("Awa")));
    assert_eq!(noted(&server), Vec::<[String; 3]>::new(), "a list says nothing of anybody");

    // By what the storyteller is called, as a person types it.
    let typed = story.storyteller().to_lowercase().replace('-', " ");
    let opened = fanta(&server, &["open", &typed, "--reason", REASON, "--key", key.path()]);
    let copy = &opened["copies"][0];
    assert_eq!((&copy["name"], &copy["phone"], &copy["own"]), (&json!(NAME), &json!(PHONE), &json!(true)));
    let about = format!("{CAMPAIGN} {}: {REASON}", story.storyteller());
    assert_eq!(noted(&server), [["Fanta".to_owned(), "identity_taken_out".to_owned(), about]]);

    let id = story.to_string();
    let refused =
        |name: &str, arguments: &[&str]| attempt(&server, name, arguments).unwrap_err().code().to_owned();
    assert_eq!(
        refused("Fanta", &["open", &id, "--reason", "Encore.", "--key", nobodys.path()]),
        "key_opens_nothing"
    );
    assert_eq!(noted(&server).len(), 2, "it was taken out, whatever came of it");
    assert_eq!(refused("Fanta", &["open", &id, "--reason", "  ", "--key", key.path()]), "bad_input");
    assert_eq!(refused("Modibo", &["open", &id, "--reason", REASON, "--key", key.path()]), "forbidden");
    assert_eq!(refused("Modibo", &["list"]), "forbidden");
    assert_eq!(refused("Nobody", &["list"]), "sign_in_failed");
    let unknown = ["open", "0000-0000", "--reason", REASON, "--key", key.path()];
    assert_eq!(refused("Fanta", &unknown), "story_not_found");
    let junk = folder.path().join("junk.key");
    std::fs::write(&junk, "AGE-SECRET-KEY-1NO").unwrap();
    let with_junk = ["open", &id, "--reason", REASON, "--key", junk.to_str().unwrap()];
    assert_eq!(refused("Fanta", &with_junk), "key_unreadable");
    let without = tool(&server.url(), "Fanta", &["open", &id, "--key", key.path()]).output().unwrap();
    assert_eq!(without.status.code(), Some(2), "a reason must be given");
    assert_eq!(noted(&server).len(), 2, "nothing of that took anything out");

    // The sessions that the tool began are over, and its keys are nowhere but in their file.
    let sessions =
        Supervisor::sign_in(&server.url(), "Fanta").get_granted("GET", "me/sessions", &Value::Null);
    assert_eq!(sessions.as_array().unwrap().len(), 1);
    let needles: Vec<Needle> =
        [key.secret().as_str(), NAME, PHONE].iter().flat_map(|text| Needle::text(text)).collect();
    assert_eq!(found_below(server.data().parent().unwrap(), &needles), Vec::<String>::new());
}

#[test]
fn the_key_may_come_through_a_pipe_and_headquarters_by_its_own_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "fanta.key");
    let server = TestServer::over_tls();
    server.add("Fanta", "custodian");
    let [certificate, _] = server.certificate("tls");
    assert_eq!(attempt(&server, "Fanta", &["list"]).unwrap_err().code(), "unreachable");
    let believed = ["--certificate", certificate.to_str().unwrap()];
    assert_eq!(fanta(&server, &[&believed[..], &["list"]].concat()), json!([]));
    let elsewhere = tool("http://blon.example", "Fanta", &["list"]).output().unwrap();
    assert_eq!(one_document(&elsewhere).unwrap_err().code(), "insecure_address");

    let arguments = ["open", "0000-0000", "--reason", REASON, "--key", "-"];
    let mut command = tool(&server.url(), "Fanta", &[&believed[..], &arguments].concat());
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&std::fs::read(&key.file).unwrap()).unwrap();
    let refused = one_document(&child.wait_with_output().unwrap()).unwrap_err();
    assert_eq!(refused.code(), "story_not_found", "the key was read");
}

#[test]
fn whoever_has_a_second_factor_shows_it_here_too() {
    let server = kept_by(&[]);
    let fantas = Supervisor::sign_in(&server.url(), "Fanta");
    let password = json!({ "password": blon_tests::server::PASSWORD });
    let begun = fantas.get_granted("POST", "me/second-factor", &password);
    let bytes = Secret::Encoded(begun["secret"].as_str().unwrap().replace(' ', "")).to_bytes().unwrap();
    let phone = TOTP::new(Algorithm::SHA1, 6, 0, 30, bytes, None, String::new()).unwrap();
    let code = |from_now: i64| phone.generate((chrono::Utc::now().timestamp() + from_now).cast_unsigned());
    fantas.get_granted("PUT", "me/second-factor", &json!({ "code": code(-30) }));
    let with = |code: &str| {
        let output =
            tool(&server.url(), "Fanta", &["list"]).env("BLON_SECOND_FACTOR", code).output().unwrap();
        one_document(&output)
    };
    assert_eq!(with("000000").unwrap_err().code(), "second_factor_wrong");
    assert_eq!(with(&code(0)).unwrap(), json!([]));
}

#[test]
fn what_a_device_sealed_opens_with_the_stock_age() {
    let folder = tempfile::tempdir().unwrap();
    let [key, other] = ["fanta.key", "autre.key"].map(|name| KeyFile::new(folder.path(), name));
    let server = kept_by(&[&key.public, &other.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    awa.correct(story).unwrap();
    awa.answer(story, "identity_name", "Nansira Traoré", "fr").unwrap();
    awa.finalise(story).unwrap();
    sync(&awa);
    let to = folder.path().join("sira.age");
    let take = ["take", &story.to_string(), "--reason", REASON, "--to", to.to_str().unwrap()];
    let written = fanta(&server, &take);
    let files: Vec<&str> =
        written["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert_eq!(files[1], folder.path().join("sira-2.age").to_str().unwrap());
    for key in [&key, &other] {
        let names = [files[0], files[1]].map(|file| {
            let inside = stock("age", &["-d", "-i", key.path(), file]);
            let inside: Value = serde_json::from_slice(&inside).unwrap();
            assert_eq!(inside["of"], story.storyteller());
            inside["name"].as_str().unwrap().to_owned()
        });
        assert_eq!(names, ["Nansira Traoré", NAME], "the last first");
    }
    assert_eq!(attempt(&server, "Fanta", &take).unwrap_err().code(), "file_exists");
    assert_eq!(noted(&server).len(), 1, "and nothing was taken out for it");
}

#[test]
fn what_the_stock_age_sealed_is_taken_and_opens_here() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "fanta.key");
    let server = kept_by(&[&key.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    let [plain, sealed] = ["plain", "plain.age"].map(|name| folder.path().join(name));
    let inside = json!({ "of": story.storyteller(), "name": "Sira Keïta", "place": "Nouga, près du puits" });
    std::fs::write(&plain, inside.to_string()).unwrap();
    let files = [&sealed, &plain].map(|file| file.to_str().unwrap());
    stock("age", &["-r", &key.public, "-o", files[0], files[1]]);
    let file = SealedFile::try_from(std::fs::read(&sealed).unwrap()).unwrap();
    put(&server, &taken(&server, story)["record"], &json!(file));
    let opened = fanta(&server, &["open", &story.to_string(), "--reason", REASON, "--key", key.path()]);
    let copy = &opened["copies"][0];
    assert_eq!((&copy["name"], &copy["place"]), (&inside["name"], &inside["place"]));
    assert_eq!((&copy["phone"], &copy["own"]), (&json!(""), &json!(true)));
}

#[test]
fn custodians_change_and_everything_is_sealed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let [old, fantas, nanas, lost] =
        ["ancien", "fanta", "nana", "perdu"].map(|name| KeyFile::new(folder.path(), name));
    let keys = |server: &TestServer, keys: &[&str]| {
        server.change_campaign(|campaign| campaign["custodian_keys"] = json!(keys));
    };
    let server = kept_by(&[&lost.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let unreadable = told_by(&awa, "Le registre", "Sira Keïta", "");
    sync(&awa);
    keys(&server, &[&old.public]);
    sync(&awa);
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    let another = told_by(&awa, "Le marché", "Founé Coulibaly", "");
    sync(&awa);

    keys(&server, &[&fantas.public, &nanas.public]);
    let seal_anew = ["seal-anew", "--reason", "Nouveaux gardiens.", "--key", old.path()];
    let other = [&seal_anew[..], &["--to", &fantas.public]].concat();
    assert_eq!(attempt(&server, "Fanta", &other).unwrap_err().code(), "bad_input", "Nana's key is there too");
    assert_eq!(attempt(&server, "Modibo", &seal_anew).unwrap_err().code(), "forbidden");
    assert_eq!(noted(&server), Vec::<[String; 3]>::new());
    let meant = [&seal_anew[..], &["--to", &fantas.public, "--to", &nanas.public]].concat();
    let done = fanta(&server, &meant);
    assert_eq!(done["sealed"], 2);
    assert_eq!(done["left"], json!([unreadable.storyteller()]));
    assert_eq!(done["misplaced"], json!([]));
    let log = noted(&server);
    assert_eq!(
        log[log.len() - 1],
        ["Fanta".to_owned(), "identities_sealed_anew".to_owned(), format!("{CAMPAIGN} 2")]
    );
    assert_eq!(log.iter().filter(|[_, _, about]| about.ends_with(": Nouveaux gardiens.")).count(), 3);

    let opened = |story: StoryId, key: &KeyFile| {
        attempt(&server, "Fanta", &["open", &story.to_string(), "--reason", REASON, "--key", key.path()])
    };
    for key in [&fantas, &nanas] {
        assert_eq!(opened(story, key).unwrap()["copies"][0]["phone"], PHONE);
        assert_eq!(opened(another, key).unwrap()["copies"][0]["name"], "Founé Coulibaly");
    }
    assert_eq!(opened(story, &old).unwrap_err().code(), "key_opens_nothing");
    assert_eq!(
        opened(unreadable, &lost).unwrap()["copies"][0]["name"],
        "Sira Keïta",
        "it was left as it was"
    );
    // Once more, with all keys at hand: nothing is lost by it, and what was left comes along.
    let again = [&seal_anew[..], &["--key", fantas.path(), "--key", lost.path()]].concat();
    let done = fanta(&server, &again);
    assert_eq!((&done["sealed"], &done["left"]), (&json!(3), &json!([])));
    assert_eq!(opened(unreadable, &nanas).unwrap()["copies"][0]["name"], "Sira Keïta");
    // What the device tells again does not bring the old sealing back.
    sync(&awa);
    assert_eq!(opened(story, &old).unwrap_err().code(), "key_opens_nothing");
}

#[test]
fn an_identity_that_was_put_beside_another_story_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "fanta.key");
    let server = kept_by(&[&key.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    let another = told_by(&awa, "Le marché", "Founé Coulibaly", "");
    sync(&awa);
    put(&server, &taken(&server, story)["record"], &taken(&server, another)["sealed"]);
    let opened = fanta(&server, &["open", &story.to_string(), "--reason", REASON, "--key", key.path()]);
    let copy = &opened["copies"][0];
    assert_eq!((&copy["own"], &copy["of"]), (&json!(false), &json!(another.storyteller())));
    let done = fanta(&server, &["seal-anew", "--reason", "Essai.", "--key", key.path()]);
    assert_eq!(done["misplaced"], json!([story.storyteller()]), "and it still is, sealed anew");
    // For people the tool says so in words.
    let mut told = Command::new(blon_tests::places::binary("blon-custodian"));
    told.args(["--at", &server.url(), "--name", "Fanta", "open", &story.to_string(), "--reason", REASON]);
    told.args(["--key", key.path()]).env("BLON_PASSWORD", blon_tests::server::PASSWORD);
    let said = String::from_utf8(told.output().unwrap().stdout).unwrap();
    assert!(said.contains(&format!("! this is of {}", another.storyteller())), "{said}");
}
