//! A storyteller takes their consent back, with the code of their story and nothing else: it is erased wherever it was, and
//! stays so.

use blon_device::Device;
use blon_device::StoryId;
use blon_tests::collecting::{another_device, collector, open, sync, tell, tell_with_file};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::folders::{copy, holds};
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use serde_json::json;

fn code_of(device: &Device, story: StoryId) -> String {
    device.story(story).unwrap().withdrawal.to_string()
}

fn is_here(device: &Device, story: StoryId) -> bool {
    device.story(story).is_ok()
}

/// Whether these words stand anywhere in what headquarters keeps.
fn at_headquarters(server: &TestServer, words: &str) -> bool {
    holds(&server.data(), words)
}

#[test]
fn a_story_is_erased_everywhere_by_its_code_alone() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let (gone, stays) =
        (tell_with_file(&awa, "Lafiyatou", 90_000), tell_with_file(&awa, "Le registre", 40_000));
    sync(&awa);
    let sidiki = open(&another_device(&server, "Modibo", &server.url()));
    sync(&sidiki);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    modibo.give_back(&gone.to_string(), "narrative.now", "Qui le dit, Lafiyatou ?");
    assert!(at_headquarters(&server, "Lafiyatou") && is_here(&sidiki, gone));
    let digest = awa.story(gone).unwrap().files[0].file.sha256.clone();
    let kept = server.data().join("files").join(&digest.as_str()[..2]).join(digest.as_str());
    assert!(kept.exists());

    // The storyteller has a slip of paper; Bakary is in the village, and has never seen the story.
    let bakary = open(&collector(&server, "Bakary", &server.url()));
    let code = code_of(&awa, gone);
    let taken = bakary.withdraw(&code.to_lowercase().replace('-', " ")).unwrap();
    assert!(!taken.told && !taken.erased, "nothing of it was here, and there is no network yet");
    sync(&bakary);
    assert!(bakary.withdrawals().unwrap()[0].told);

    assert!(
        !at_headquarters(&server, "Lafiyatou"),
        "no byte of it: records, list, index, log of the database"
    );
    assert!(!kept.exists());
    assert_eq!(modibo.get(&format!("stories/{gone}")).status(), 404);
    assert_eq!(modibo.queue("words=lafiyatou&count=9")["stories"], json!([]));
    let exported = modibo.get("exports/stories.jsonl").text().unwrap();
    assert!(!exported.contains("Lafiyatou") && !exported.contains(&gone.to_string()));
    assert!(exported.contains(&stays.to_string()));
    let left: Vec<_> =
        server.stories().iter().map(|story| story["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(left, [stays.to_string()]);

    for device in [&awa, &sidiki] {
        let report = sync(device);
        assert_eq!((report.erased, report.sent, report.refused), (1, 0, 0));
        assert!(!is_here(device, gone) && is_here(device, stays));
        assert!(device.stories_with("Lafiyatou").unwrap().is_empty());
        assert_eq!(device.file(&digest).unwrap_err().code().as_str(), "file_not_found");
        // Nothing is fetched or sent a second time because of it.
        let report = sync(device);
        assert_eq!((report.received, report.sent, report.erased, report.requests), (0, 0, 0, 1));
    }
    assert_eq!(sidiki.review_draft(gone).unwrap(), None, "what was being written about it");
    let late = sidiki.keep_review_draft(gone, Some(&json!("Qui est-ce ?"))).unwrap_err();
    assert_eq!(late.code().as_str(), "story_withdrawn");
    let lines = server.run(&["withdrawals", "--campaign", CAMPAIGN]);
    assert_eq!(
        (&lines[0]["code"], &lines[0]["by"], &lines[0]["files"]),
        (&json!(code), &json!("Bakary"), &json!(1))
    );
    let log = server.run(&["audit", "list"]);
    let noted = log.as_array().unwrap().iter().find(|entry| entry["what"] == "story_withdrawn").unwrap();
    assert_eq!((&noted["who"], &noted["about"]), (&json!("Bakary"), &json!(format!("{CAMPAIGN} {code}"))));
    assert_eq!(server.run(&["audit", "verify"])["entries"], log.as_array().unwrap().len());
}

#[test]
fn what_was_written_meanwhile_and_far_away_is_not_taken_in() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let (first, second) =
        (collector(&server, "Awa", &server.url()), another_device(&server, "Awa", &server.url()));
    let (first, second) = (open(&first), open(&second));
    let story = tell(&first, "Lafiyatou");
    sync(&first);
    sync(&second);
    let code = code_of(&first, story);
    // On the second phone a correction waits, another one is being written, and an older one was put in the bin.
    blon_tests::collecting::correct(&second, story, "Lafiyatou vend du beurre de karité");
    second.correct(story).unwrap();
    second.discard_draft(story).unwrap();
    second.correct(story).unwrap();
    server.run(&["withdraw", &code, "--campaign", CAMPAIGN]);
    let report = sync(&second);
    assert_eq!((report.sent, report.refused, report.erased), (0, 1, 1));
    assert!(!is_here(&second, story) && second.discarded_drafts().unwrap().is_empty());
    assert_eq!(second.draft(story).unwrap_err().code().as_str(), "draft_not_found");
    assert_eq!(second.waiting().unwrap().records_left, 0);
    assert!(!at_headquarters(&server, "karité"));
    sync(&first);
    assert_eq!((sync(&first).requests, sync(&second).requests), (1, 1));
}

#[test]
fn a_story_that_is_withdrawn_before_it_ever_came_never_comes() {
    let server = TestServer::serving();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = tell_with_file(&awa, "Lafiyatou", 30_000);
    let code = code_of(&awa, story);
    let receipt = server.run(&["withdraw", &code, "--campaign", CAMPAIGN]);
    assert_eq!((&receipt["erased"], &receipt["files"]), (&json!(null), &json!(0)));
    sync(&awa);
    assert!(!is_here(&awa, story) && server.stories().is_empty() && !at_headquarters(&server, "Lafiyatou"));

    // And one that is withdrawn where it was told, before any sync.
    let story = tell(&awa, "Lafiyatou");
    assert!(awa.withdraw(&code_of(&awa, story)).unwrap().erased);
    assert!(!is_here(&awa, story));
    let report = sync(&awa);
    assert_eq!((report.sent, awa.withdrawals().unwrap()[0].told), (0, true));
    assert_eq!(sync(&awa).requests, 1);
}

#[test]
fn a_backup_that_was_restored_brings_nothing_back() {
    let mut server = TestServer::serving();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let (one, two) = (tell_with_file(&awa, "Lafiyatou", 30_000), tell(&awa, "Le puits"));
    sync(&awa);
    let database = ["headquarters.db", "headquarters.db-wal", "headquarters.db-shm"];
    let backup = tempfile::tempdir().unwrap();
    server.stop();
    copy(&server.data(), backup.path());
    server.start();
    let bakary = open(&collector(&server, "Bakary", &server.url()));
    bakary.withdraw(&code_of(&awa, one)).unwrap();
    sync(&bakary);
    sync(&awa);

    // The database alone is brought back: what stands beside it tells, before anybody is served.
    server.stop();
    for name in database {
        let _ = std::fs::remove_file(server.data().join(name));
        let _ = std::fs::copy(backup.path().join(name), server.data().join(name));
    }
    assert!(at_headquarters(&server, "Lafiyatou"));
    server.start();
    assert!(!at_headquarters(&server, "Lafiyatou"));
    assert_eq!(server.stories().len(), 1);

    // The whole folder is: nothing there knows, and the first device that syncs tells.
    server.stop();
    std::fs::remove_dir_all(server.data()).unwrap();
    copy(backup.path(), &server.data());
    server.start();
    assert!(at_headquarters(&server, "Lafiyatou"));
    let report = sync(&awa);
    assert_eq!(
        (report.received, report.sent),
        (0, 0),
        "what it erased is not taken again, and the rest is there"
    );
    assert!(!at_headquarters(&server, "Lafiyatou") && !is_here(&awa, one) && is_here(&awa, two));
    let lines = server.run(&["withdrawals", "--campaign", CAMPAIGN]);
    assert_eq!(lines[0]["by"], "Awa", "who told it again");
    assert_eq!(sync(&awa).requests, 1);
}

#[test]
fn a_kill_in_the_middle_leaves_nothing_behind() {
    let mut server = TestServer::serving();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = tell_with_file(&awa, "Lafiyatou", 30_000);
    sync(&awa);
    let digest = awa.story(story).unwrap().files[0].file.sha256.clone();
    let kept = server.data().join("files").join(&digest.as_str()[..2]).join(digest.as_str());
    let bytes = std::fs::read(&kept).unwrap();
    awa.withdraw(&code_of(&awa, story)).unwrap();
    sync(&awa);
    // As it stands when the power fails after the database has it and before the disk has let go of the file.
    server.kill();
    std::fs::write(&kept, bytes).unwrap();
    let database = rusqlite::Connection::open(server.data().join("headquarters.db")).unwrap();
    database.execute("INSERT INTO file_to_erase VALUES (?1)", [digest.as_str()]).unwrap();
    database.execute("INSERT INTO setting VALUES ('erasing', '1')", []).unwrap();
    std::fs::remove_file(server.data().join("withdrawals.jsonl")).unwrap();
    drop(database);
    server.start();
    assert!(!kept.exists() && server.data().join("withdrawals.jsonl").exists());
}

#[test]
fn a_file_that_another_story_names_as_well_stays() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awa = open(&collector(&server, "Awa", &server.url()));
    // The same register supports both: the bytes come from the title of the noise.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registre.pdf");
    blon_tests::media::noise(&path, "Le registre", 20_000);
    let tell = |title: &str| {
        let draft =
            awa.take_in(blon_tests::collecting::story_called(title), std::slice::from_ref(&path)).unwrap();
        awa.finalise(draft.id).unwrap();
        draft.id
    };
    let (gone, stays) = (tell("Lafiyatou"), tell("Le registre"));
    sync(&awa);
    awa.withdraw(&code_of(&awa, gone)).unwrap();
    sync(&awa);
    let digest = awa.story(stays).unwrap().files[0].file.sha256.clone();
    assert!(awa.file(&digest).is_ok());
    assert_eq!(Supervisor::sign_in(&server.url(), "Modibo").file(digest.as_str()).len(), 20_000);
    assert!(!at_headquarters(&server, "Lafiyatou"));
}

#[test]
fn parcels_carry_withdrawals_both_ways() {
    let server = TestServer::serving();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let (one, two) = (tell(&awa, "Lafiyatou"), tell(&awa, "Nansira"));
    sync(&awa);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    awa.withdraw(&code_of(&awa, one)).unwrap();
    server.run(&["withdraw", &code_of(&awa, two), "--campaign", CAMPAIGN]);
    awa.export_parcel(&at("awa.blon")).unwrap();
    let (parcel, receipt) = (at("awa.blon"), at("awa.receipt"));
    server.run(&["parcel", parcel.to_str().unwrap(), "--receipt", receipt.to_str().unwrap()]);
    assert!(server.stories().is_empty());
    awa.import_receipt(std::fs::File::open(&receipt).unwrap()).unwrap();
    assert!(!is_here(&awa, two) && awa.withdrawals().unwrap()[0].told);
    assert_eq!(sync(&awa).requests, 1);
}

#[test]
fn a_wrong_letter_is_told_and_a_verifier_takes_none() {
    let server = TestServer::serving();
    for (name, role) in [("Founé", "verifier"), ("Nana", "analyst"), ("Modibo", "supervisor")] {
        server.add(name, role);
    }
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = tell(&awa, "Lafiyatou");
    sync(&awa);
    let code = code_of(&awa, story);
    let wrong = if code.starts_with('7') { code.replacen('7', "8", 1) } else { format!("7{}", &code[1..]) };
    assert_eq!(awa.withdraw(&wrong).unwrap_err().code().as_str(), "withdrawal_code_wrong");
    let foune = open(&another_device(&server, "Founé", &server.url()));
    assert_eq!(foune.withdraw(&code).unwrap_err().code().as_str(), "act_not_allowed");
    let path = format!("campaigns/{CAMPAIGN}/withdrawals");
    let foune = Supervisor::sign_in(&server.url(), "Founé");
    assert_eq!(foune.get_refused("POST", &path, &json!({ "code": code })), "forbidden");
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    assert_eq!(nana.get_refused("POST", &path, &json!({ "code": wrong })), "withdrawal_code_wrong");
    assert!(is_here(&awa, story) && server.stories().len() == 1);

    // What left headquarters before is told to whoever takes the withdrawal: it cannot be erased from here.
    for file in ["stories.csv", "manifest.json"] {
        assert_eq!(nana.get(&format!("exports/{file}")).status(), 200);
    }
    let receipt = nana.get_granted("POST", &path, &json!({ "code": code }));
    assert_eq!((&receipt["by"], &receipt["exports"][0]["who"]), (&json!("Nana"), &json!("Nana")));
    let taken: Vec<_> = receipt["exports"].as_array().unwrap().iter().map(|export| &export["what"]).collect();
    assert_eq!(taken, [&json!("stories.csv")], "a manifest holds no story");
    let again = nana.get_granted("POST", &path, &json!({ "code": code }));
    assert_eq!(again["taken"], receipt["taken"], "taken once");
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    assert_eq!(modibo.get_granted("GET", &path, &json!(null))[0]["code"], json!(code));
}
