//! Sound and pictures in the collector's real window: recorded by the webview's own test microphone, cut by a kill,
//! refused by the system, broken.

use blon_device::view::Asked;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{collector, open};
use blon_tests::device::{TestDevice, holds_no_plaintext};
use blon_tests::interview::{saved, see_question};
use blon_tests::media::photo;
use blon_tests::page::Page;
use blon_tests::patience::soon;
use blon_tests::server::TestServer;
use blon_tests::window::{Screen, end_page_of, kill_app, recorded, unlocked_on_a_phone};
use std::time::Duration;

/// An interview of Awa's that was just at the recording of the whole story, with the storyteller's agreement.
fn at_the_recording(awa: &TestDevice, agreed: &str) -> StoryId {
    let device = open(awa);
    let id = device.begin_interview("fr", false).unwrap().id;
    for (question, answer) in [
        ("consent_understood", "yes"),
        ("consent_interview", "yes"),
        ("consent_audio", agreed),
        ("consent_photo", "yes"),
    ] {
        device.answer(id, question, answer, "fr").unwrap();
    }
    device.stand(id, "story_audio").unwrap();
    id
}

const SOON: Duration = Duration::from_secs(30);

fn hearing(screen: &Screen, awa: &TestDevice) -> Page {
    unlocked_on_a_phone(screen.open_app_hearing(awa))
}

/// The same, where the interview is at the recording, once it runs.
fn recording(screen: &Screen, awa: &TestDevice) -> Page {
    let page = hearing(screen, awa);
    see_question(&page, "story_audio");
    page.tap("record");
    page.find("[data-testid='recording'][data-state='running']");
    page
}

fn asked(device: &Device, id: StoryId) -> Asked {
    device.interview(id, "fr").unwrap()
}

/// Seconds of sound that the webview finds in the recording on the page.
fn seconds(page: &Page) -> f64 {
    page.tap("evidence-open");
    page.see("evidence-audio");
    for _ in 0..300 {
        // A recording that is nothing but frames does not know how long it is until it was heard.
        let ended = page.run("return document.querySelector('audio').ended");
        let heard = page.run("return document.querySelector('audio').currentTime").as_f64().unwrap();
        if ended == true {
            return heard;
        }
        page.run(
            "const audio = document.querySelector('audio'); audio.muted = true; audio.play().catch(() => 0);",
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!(
        "there is no sound in it: {}",
        page.run("return String(document.querySelector('audio').error?.message)")
    );
}

#[test]
fn a_recording_runs_on_while_pages_turn_is_marked_and_survives_a_kill() {
    recorded(|| {
        let server = TestServer::serving();
        let screen = Screen::new();
        let awa = collector(&server, "Awa", &server.url());
        let id = at_the_recording(&awa, "yes");

        let page = recording(&screen, &awa);
        std::thread::sleep(Duration::from_millis(2500));
        page.is_readable_and_reachable("app-40-recording");
        page.tap("record-mark");
        page.tap("next");
        see_question(&page, "story_before");
        page.write("field-story_before", "Écrit pendant que le son court.");
        saved(&page);
        std::thread::sleep(Duration::from_millis(2500));
        kill_app(&awa);
        drop(page);

        let page = hearing(&screen, &awa);
        see_question(&page, "story_before");
        page.tap("previous");
        see_question(&page, "story_audio");
        let kept = seconds(&page);
        assert!(kept > 3.0, "all but the last second is there: {kept} s");
        page.is_readable_and_reachable("app-41-recorded");
        assert!(holds_no_plaintext(&awa.data(), &["ftyp", "Écrit pendant"]));
        page.close();

        let device = open(&awa);
        let files = asked(&device, id).files;
        assert_eq!((files.len(), files[0].marks.len()), (1, 1));
        assert!(files[0].media_type.starts_with("audio/"), "{:?}", files[0]);
        assert!((1500..9000).contains(&files[0].marks[0]), "{:?}", files[0].marks);
    });
}

/// As it does for want of memory, or by a fault of its own. Its driver gives up then, so what is seen afterwards is seen from
/// outside: the new process, what the screen shows, and the store.
#[test]
fn a_webview_that_ends_comes_back_to_the_open_interview_and_its_recording_is_kept() {
    let server = TestServer::serving();
    let screen = Screen::new();
    let awa = collector(&server, "Awa", &server.url());
    let id = at_the_recording(&awa, "yes");

    let page = recording(&screen, &awa);
    std::thread::sleep(Duration::from_millis(2500));
    let red = page.colour("[data-testid='recording']");
    assert!(screen.colours()[&red] > 1000, "what records is in sight");

    let device = open(&awa);
    // It is a page that opens it which says so anew.
    device.leave().unwrap();
    end_page_of(&awa);
    soon("the interview is open", SOON, || device.on_screen().unwrap() == Some(id));
    assert_eq!(asked(&device, id).files.len(), 1, "it is an answer, and nobody typed a passphrase");
    soon("nothing records in sight", SOON, || {
        let colours = screen.colours();
        colours.len() > 100 && !colours.contains_key(&red)
    });
    // Again, with the store saying where it was, too: whoever opened it a second time would leave it once.
    end_page_of(&awa);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(device.on_screen().unwrap(), Some(id));
}

#[test]
fn a_recording_is_paused_ended_and_erased_on_the_spot() {
    recorded(|| {
        let server = TestServer::serving();
        let screen = Screen::new();
        let awa = collector(&server, "Awa", &server.url());
        let id = at_the_recording(&awa, "yes");
        let page = recording(&screen, &awa);
        std::thread::sleep(Duration::from_millis(1500));
        page.tap("record-erase");
        page.tap("confirm");
        page.see("record");
        page.gone("[data-testid='recording']");

        page.tap("record");
        page.find("[data-testid='recording'][data-state='running']");
        std::thread::sleep(Duration::from_millis(2500));
        page.tap("record-pause");
        page.find("[data-testid='recording'][data-state='paused']");
        std::thread::sleep(Duration::from_millis(8000));
        page.tap("record-resume");
        page.find("[data-testid='recording'][data-state='running']");
        std::thread::sleep(Duration::from_millis(2500));
        page.tap("record-end");
        let ended = seconds(&page);
        // The webview forgets up to a second of what came last, on each side of the pause.
        assert!((3.0..8.0).contains(&ended), "both sides of the pause, and not the pause: {ended} s");
        page.tap("remove-file");
        page.tap("confirm");
        page.see("record");
        page.close();
        let device = open(&awa);
        assert!(asked(&device, id).files.is_empty());
        assert_eq!(device.waiting().unwrap().files_left, 0);
    });
}

#[test]
fn without_agreement_without_a_microphone_or_refused_by_the_system_nothing_records_and_nothing_is_lost() {
    let server = TestServer::serving();
    let screen = Screen::new();
    let awa = collector(&server, "Awa", &server.url());
    let id = at_the_recording(&awa, "yes");
    // The first is this machine's own way, which has no microphone. The webview's test microphone is handed over
    // without asking, so for the others the page is told what a system says that refuses, or that cannot record.
    for (hindrance, system) in [
        ("no_microphone", ""),
        (
            "denied",
            // What nobody holds is collected, and what was put on it with it.
            "window.held = navigator.mediaDevices;
             window.held.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));",
        ),
        ("unsupported", "delete window.MediaRecorder;"),
    ] {
        let page = screen.open_app(&awa);
        page.see("unlock");
        page.run(system);
        let page = unlocked_on_a_phone(page);
        see_question(&page, "story_audio");
        if hindrance == "unsupported" {
            page.see("cannot-record");
        } else {
            page.tap("record");
            page.find(&format!("[data-hindrance='{hindrance}']"));
        }
        page.is_readable_and_reachable(&format!("app-42-{hindrance}"));
        page.see("take-file");
        page.close();
    }
    let device = open(&awa);
    device.answer(id, "consent_audio", "no", "fr").unwrap();
    let refused = device.record_begin(id, "story_audio", "audio/mp4").unwrap_err();
    assert_eq!(refused.code().as_str(), "recording_not_consented");
}

#[test]
fn a_picture_is_stored_small_and_silent_and_what_is_none_is_refused_in_words() {
    let server = TestServer::serving();
    let screen = Screen::new();
    let awa = collector(&server, "Awa", &server.url());
    let id = at_the_recording(&awa, "yes");
    let (change, file) = {
        let device = open(&awa);
        let (change, _) = device.add_repetition(id, "change", "fr").unwrap();
        let (piece, _) = device.add_repetition(id, &format!("change/{change}/evidence"), "fr").unwrap();
        let evidence = format!("change/{change}/evidence/{piece}");
        device.answer(id, &format!("{evidence}/evidence_kind"), "photo", "fr").unwrap();
        device.stand(id, &format!("{evidence}/evidence_file")).unwrap();
        (evidence.clone(), format!("{evidence}/evidence_file"))
    };
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    see_question(&page, "evidence_file");
    let broken = awa.path("cassée.jpg");
    std::fs::write(&broken, b"\xff\xd8\xff\xe0 rien de plus").unwrap();
    page.attach("take-photo", &broken);
    page.find("[data-code='image_unreadable']");
    page.is_readable_and_reachable("app-43-no-picture");
    let description = format!("field-{change}/evidence_description");
    page.write(&description, "Le registre");
    saved(&page);
    let picture = awa.path("registre.jpg");
    photo(&picture, 3);
    page.attach("take-photo", &picture);
    page.see("evidence-image");
    // A picture that its name hides is one all the same.
    page.tap("remove-file");
    page.tap("confirm");
    let hidden = awa.path("registre.bin");
    std::fs::copy(&picture, &hidden).unwrap();
    page.attach("take-file", &hidden);
    page.see("evidence-image");
    page.close();
    let device = open(&awa);
    let now = asked(&device, id);
    let item = now.items.iter().find(|item| item.path == file).unwrap();
    let stored = device.file(&item.answer.parse().unwrap()).unwrap();
    assert_eq!(now.files[0].media_type, "image/jpeg");
    let (width, height) = image::load_from_memory(&stored).map(|i| (i.width(), i.height())).unwrap();
    assert!(width.max(height) <= 1600, "{width}x{height}");
    assert_ne!(stored, std::fs::read(&picture).unwrap(), "made anew, without what the phone wrote into it");
}
