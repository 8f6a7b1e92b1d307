//! People who work apart: two devices of one person, clocks that are years off, copies of a store. Both sides
//! are kept, everybody is told, and everybody ends with the same.

use blon_core::fold::Conflict;
use blon_device::clock::Clock;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{another_device, collector, correct, open, open_at, sync, tell};
use blon_tests::device::TestDevice;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use chrono::{DateTime, TimeDelta};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

/// What a story says now.
fn words(device: &Device, id: StoryId) -> String {
    device.story(id).unwrap().story.narrative.now
}

/// The newest revisions that stand side by side on a device; none if there is one alone.
fn heads_apart(device: &Device, id: StoryId) -> usize {
    match device.story(id).unwrap().conflicts.as_slice() {
        [] => 0,
        [Conflict::Revisions { heads }] => heads.len(),
        other => panic!("{other:?}"),
    }
}

/// Every revision of a story at headquarters: what it says, and whether it is a newest one.
fn at_headquarters(server: &TestServer, id: StoryId) -> Vec<(String, bool)> {
    let page = Supervisor::sign_in(&server.url(), "Modibo").story(&id.to_string());
    let revisions = page["revisions"].as_array().unwrap().iter();
    let told = |r: &serde_json::Value| r["story"]["narrative"]["now"].as_str().unwrap().to_owned();
    revisions.map(|r| (told(r), r["head"].as_bool().unwrap())).collect()
}

fn with_modibo() -> TestServer {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    server
}

#[test]
fn awas_phone_and_her_laptop_correct_apart_and_both_corrections_are_kept_until_she_joins_them() {
    let server = with_modibo();
    let phone = open(&collector(&server, "Awa", &server.url()));
    let laptop = open(&another_device(&server, "Awa", &server.url()));
    let id = tell(&phone, "Le puits aux deux cadenas");
    sync(&phone);
    sync(&laptop);
    correct(&phone, id, "dit le téléphone");
    correct(&laptop, id, "dit le portable");
    for device in [&phone, &laptop, &phone] {
        sync(device);
    }
    for device in [&phone, &laptop] {
        assert_eq!(heads_apart(device, id), 2, "each device says so");
        assert_eq!(device.story(id).unwrap().revisions, 3);
    }
    assert_eq!(words(&phone, id), words(&laptop, id), "both show the same of the two");
    assert_eq!(server.stories()[0]["conflict"], true, "and so does headquarters");
    let mut newest = at_headquarters(&server, id);
    newest.retain(|(_, head)| *head);
    newest.sort();
    assert_eq!(newest, [("dit le portable".to_owned(), true), ("dit le téléphone".to_owned(), true)]);

    correct(&laptop, id, "disent les deux");
    sync(&laptop);
    sync(&phone);
    for device in [&phone, &laptop] {
        assert_eq!((heads_apart(device, id), words(device, id).as_str()), (0, "disent les deux"));
    }
    assert_eq!(server.stories()[0]["conflict"], false);
    assert_eq!(at_headquarters(&server, id).len(), 4, "nothing was dropped on the way");
}

/// An enrolled device of Awa's, opened by a clock that is this far off.
fn device_off_by(server: &TestServer, folder: &TestDevice, clock: Clock) -> Device {
    let device = Device::create(&folder.data(), blon_tests::device::PASSPHRASE, clock).unwrap();
    device.enrol(&server.url(), &server.code("Awa")).unwrap();
    device
}

fn clock_at(moment: &str) -> Clock {
    let moment = DateTime::parse_from_rfc3339(moment).unwrap();
    Clock::telling(move || moment)
}

#[test]
fn what_was_corrected_apart_is_joined_and_neither_loses_a_word() {
    let server = with_modibo();
    let phone = open(&collector(&server, "Awa", &server.url()));
    let laptop = open(&another_device(&server, "Awa", &server.url()));
    let id = tell(&phone, "Le puits aux deux cadenas");
    sync(&phone);
    sync(&laptop);
    for (device, now, before) in
        [(&phone, "dit le téléphone", None), (&laptop, "dit le portable", Some("Sec depuis deux ans."))]
    {
        device.correct(id).unwrap();
        device.answer(id, "story_now", now, "fr").unwrap();
        if let Some(before) = before {
            device.answer(id, "story_before", before, "fr").unwrap();
        }
        device.finalise(id).unwrap();
    }
    for device in [&phone, &laptop, &phone] {
        sync(device);
    }
    let draft = phone.correct(id).unwrap();
    assert_eq!(draft.story.narrative.before, "Sec depuis deux ans.", "what one side alone changed is taken");
    let now = &draft.story.narrative.now;
    assert!(now.contains("dit le téléphone") && now.contains("dit le portable"), "both stay: {now}");
    let clashes: Vec<String> = draft.clashes.iter().map(|clash| clash.answer.to_string()).collect();
    assert_eq!(clashes, ["narrative.now"], "and somebody is told where to look");
    assert_eq!(phone.interview(id, "fr").unwrap().clashes.len(), 1);
    phone.answer(id, "story_now", "disent les deux", "fr").unwrap();
    phone.finalise(id).unwrap();
    for device in [&phone, &laptop] {
        sync(device);
        assert_eq!((heads_apart(device, id), words(device, id).as_str()), (0, "disent les deux"));
    }
    assert_eq!(at_headquarters(&server, id).len(), 4, "every revision is kept");
}

#[test]
fn clocks_that_are_years_off_decide_nothing() {
    let server = with_modibo();
    server.add("Awa", "collector");
    let folders = [TestDevice::of("phone"), TestDevice::of("laptop"), TestDevice::of("tablet")];
    // The phone woke up before 1970, the laptop lives in 2068, the tablet's clock runs backwards.
    let phone = device_off_by(&server, &folders[0], clock_at("1969-07-21T02:56:15+00:00"));
    let laptop = device_off_by(&server, &folders[1], clock_at("2068-03-01T00:00:00+00:00"));
    let start = DateTime::parse_from_rfc3339("2022-09-14T10:00:00+00:00").unwrap();
    let steps = AtomicI64::new(0);
    let backwards = Clock::telling(move || start - TimeDelta::hours(steps.fetch_add(1, Ordering::SeqCst)));
    let tablet = device_off_by(&server, &folders[2], backwards);
    let devices = [&phone, &laptop, &tablet];

    let stories: Vec<StoryId> = devices.iter().map(|d| tell(d, "L'heure qu'il est")).collect();
    for device in devices.into_iter().chain(devices) {
        sync(device);
    }
    // Each corrects on top of what the one before wrote, whatever the clocks say.
    for (turn, device) in [&laptop, &phone, &tablet, &phone, &laptop, &phone].into_iter().enumerate() {
        sync(device);
        for id in &stories {
            correct(device, *id, &format!("tour {turn}"));
        }
        sync(device);
    }
    for device in devices {
        sync(device);
        for id in &stories {
            assert_eq!((words(device, *id).as_str(), heads_apart(device, *id)), ("tour 5", 0));
            assert_eq!(device.story(*id).unwrap().revisions, 7);
        }
        assert_eq!(device.doctor().unwrap().records_refused, 0);
    }
    assert_eq!(server.stories().len(), 3);
}

fn copy_store(from: &TestDevice, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from.data()).unwrap() {
        let path = file.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn a_copied_store_that_is_used_apart_loses_nothing_on_either_side() {
    let server = with_modibo();
    let awa = collector(&server, "Awa", &server.url());
    let id = {
        let device = open(&awa);
        let id = tell(&device, "Le vestibule rebâti");
        sync(&device);
        id
    };
    let copy = awa.path("copy");
    copy_store(&awa, &copy);
    let (first, second) = (open(&awa), open_at(&copy, Clock::system()));
    correct(&first, id, "dit la première");
    correct(&second, id, "dit la copie");
    let other = tell(&second, "Née sur la copie");
    for device in [&first, &second, &first] {
        sync(device);
    }
    for device in [&first, &second] {
        assert_eq!(heads_apart(device, id), 2, "both corrections stand, and each store says so");
        assert_eq!(device.story(other).unwrap().line.title, "Née sur la copie");
    }
    assert_eq!(at_headquarters(&server, id).len(), 3);
}

#[test]
fn a_store_brought_back_from_a_backup_gets_its_later_stories_back() {
    let server = with_modibo();
    let awa = collector(&server, "Awa", &server.url());
    let early = tell(&open(&awa), "Avant la sauvegarde");
    sync(&open(&awa));
    let backup = awa.path("backup");
    copy_store(&awa, &backup);
    let late = tell(&open(&awa), "Après la sauvegarde");
    sync(&open(&awa));
    std::fs::remove_dir_all(awa.data()).unwrap();

    let restored = open_at(&backup, Clock::system());
    assert_eq!(restored.stories().unwrap().len(), 1);
    assert_eq!(sync(&restored).received, 1);
    correct(&restored, late, "corrigée après le retour");
    assert_eq!(sync(&restored).refused, 0);
    let mut ids: Vec<StoryId> = restored.stories().unwrap().into_iter().map(|s| s.id).collect();
    ids.sort();
    assert_eq!(ids, [early, late]);
    assert_eq!(at_headquarters(&server, late).len(), 2);
}
