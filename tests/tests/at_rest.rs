//! A device that lies somewhere, or is taken away: what its door, its screens and its disk tell whoever holds it.

use blon_device::StoryId;
use blon_tests::collecting::{collector, collector_who_asks, open};
use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::interview::{saved, see_question};
use blon_tests::media::sha256;
use blon_tests::page::Page;
use blon_tests::patience::soon;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::window::{
    Screen, app_holds, end_page_of, kill_app, on_a_phone, recorded, unlocked_on_a_phone,
};
use serde_json::Value;
use std::time::{Duration, Instant};

const NEW: &str = "quatre mots au hasard";
const FORCED: &str = "le pont de 1962";
const TITLE: &str = "Le puits aux deux cadenas";

/// Types a passphrase at the door.
fn tries(page: &Page, passphrase: &str) {
    page.rewrite("passphrase", passphrase);
    page.tap("unlock");
}

fn wrong(page: &Page, passphrase: &str) {
    tries(page, passphrase);
    page.find("[data-code='wrong_passphrase']");
    page.find("[data-testid='unlock']:not([disabled]), [data-testid='wait']");
}

/// Headquarters, a screen, and Awa's device.
fn awa() -> (TestServer, Screen, TestDevice) {
    let server = TestServer::serving();
    let device = collector(&server, "Awa", &server.url());
    (server, Screen::new(), device)
}

/// The same where a sync begins only when she asks.
fn awa_who_asks() -> (TestServer, Screen, TestDevice) {
    let server = TestServer::serving();
    let device = collector_who_asks(&server, "Awa", &server.url());
    (server, Screen::new(), device)
}

/// A story of Awa's that she signed off.
fn with_a_story(awa: &TestDevice) {
    blon_tests::collecting::tell(&open(awa), TITLE);
}

/// As if so many wrong passphrases had been tried before. The count is bound to the key file by its salt.
fn were_wrong(awa: &TestDevice, wrong: u32) {
    let key: Value = serde_json::from_slice(&std::fs::read(awa.data().join("blon.key")).unwrap()).unwrap();
    let salt: Vec<u8> = serde_json::from_value(key["salt"].clone()).unwrap();
    let bound = sha256(&[&salt[..], &wrong.to_le_bytes()].concat());
    std::fs::write(awa.data().join("blon.attempts"), format!("{wrong:010} {bound}\n")).unwrap();
}

/// An interview of Awa's that was just at what changed.
fn at_what_changed(awa: &TestDevice) {
    let device = open(awa);
    let id = device.begin_interview("fr", false).unwrap().id;
    for question in ["consent_understood", "consent_interview"] {
        device.answer(id, question, "yes", "fr").unwrap();
    }
    device.stand(id, "story_before").unwrap();
}

#[test]
fn wrong_passphrases_are_waited_for_on_the_screen_by_the_tool_and_after_a_restart() {
    let (_server, screen, awa) = awa_who_asks();
    let page = on_a_phone(screen.open_app(&awa));
    for guess in ["123456", "654321", "kangaba", "kangaba-2023"] {
        wrong(&page, guess);
    }
    assert!(page.text("wait").contains("0:0"), "{}", page.text("wait"));
    page.is_readable_and_reachable("rest-01-wait");
    page.find("[data-testid='unlock'][disabled]");
    page.close();

    // Whoever closes the app and opens it again waits in full, and so does the tool.
    let page = on_a_phone(screen.open_app(&awa));
    page.see("wait");
    page.close();
    let begun = Instant::now();
    assert_eq!(awa.stories().len(), 0, "the right one is heard after the wait");
    assert!(begun.elapsed() >= Duration::from_secs(5));
    let page = on_a_phone(screen.open_app(&awa));
    page.see("unlock");
    assert_eq!(page.count("[data-testid='wait']"), 0, "a right one clears it");
    tries(&page, PASSPHRASE);
    page.see("new-interview");
}

#[test]
fn awa_changes_her_passphrase_and_sets_what_wrong_ones_do() {
    let (_server, screen, awa) = awa_who_asks();
    with_a_story(&awa);
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.tap("settings");
    page.see("lock-after");
    page.is_readable_and_reachable("rest-02-settings");
    page.resize(1200, 900);
    page.is_readable_and_reachable("rest-02-settings-desktop");
    page.resize(360, 640);
    page.choose("lock-after", "1");
    page.choose("erase-after", "10");
    page.tap("change-passphrase");
    page.see("present");
    page.is_readable_and_reachable("rest-03-change");
    for (present, new, again, told) in [
        ("kangaba-2023", NEW, NEW, "wrong_passphrase"),
        (PASSPHRASE, "court", "court", "passphrase_too_short"),
    ] {
        page.rewrite("present", present);
        page.rewrite("passphrase", new);
        page.rewrite("passphrase-again", again);
        page.tap("change");
        page.find(&format!("[data-code='{told}']"));
    }
    page.rewrite("present", PASSPHRASE);
    page.rewrite("passphrase", NEW);
    page.rewrite("passphrase-again", NEW);
    page.tap("change");
    page.see("changed");
    page.tap("back");
    page.find("[data-testid='lock-after']");
    assert_eq!(page.run("return document.querySelector('[data-testid=lock-after]').value"), "1");
    assert_eq!(page.run("return document.querySelector('[data-testid=erase-after]').value"), "10");
    page.tap("back");
    page.tap("lock");
    page.see("unlock");
    wrong(&page, PASSPHRASE);
    tries(&page, NEW);
    page.see("story-row");
}

#[test]
fn a_device_that_was_guessed_at_too_often_is_empty_and_says_why() {
    let server = TestServer::serving();
    let awa = collector_who_asks(&server, "Awa", &server.url());
    with_a_story(&awa);
    open(&awa).set_erase_after(Some(10)).unwrap();
    were_wrong(&awa, 9);
    let screen = Screen::new();
    let page = on_a_phone(screen.open_app(&awa));
    assert!(page.text("tries-left").contains("Encore un essai"));
    page.is_readable_and_reachable("rest-04-last-try");
    assert!(page.text("wait").contains("29:") || page.text("wait").contains("30:00"));
    page.close();
    // Nobody waits half an hour here: the device crate's own tests try the tenth. This is what the first step of it leaves, if
    // the battery ends there.
    std::fs::write(awa.data().join("blon.erased"), "attempts").unwrap();
    let page = on_a_phone(screen.open_app(&awa));
    assert!(page.text("erased").contains("trop souvent"), "{}", page.text("erased"));
    page.is_readable_and_reachable("rest-05-erased");
    let left: Vec<_> = std::fs::read_dir(awa.data()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(
        left.iter().all(|name| ["blon.erased", "blon.lock", "blon.sync.lock"].map(Into::into).contains(name)),
        "{left:?}"
    );
    assert_eq!(awa.attempt(&["list"]).unwrap_err().code(), "device_erased");
}

#[test]
fn a_forgotten_passphrase_loses_what_was_not_sent_and_headquarters_takes_the_device_in_anew() {
    let (server, screen, awa) = awa_who_asks();
    with_a_story(&awa);
    awa.run(&["sync"]);
    with_a_story(&awa);
    let page = on_a_phone(screen.open_app(&awa));
    page.tap("forgotten");
    page.see("forgotten-why");
    page.is_readable_and_reachable("rest-06-forgotten");
    page.tap("try-again");
    page.see("unlock");
    page.tap("forgotten");
    page.tap("begin-anew");
    page.is_readable_and_reachable("rest-07-sure");
    page.tap("confirm");
    let told = page.text("aside");
    page.is_readable_and_reachable("rest-08-begin-anew");
    let aside = blon_device::aside::folders(&awa.data()).unwrap().remove(0);
    assert!(told.contains(aside.file_name().unwrap().to_str().unwrap()), "{told}");

    page.write("passphrase", NEW);
    page.write("passphrase-again", NEW);
    page.tap("create");
    page.rewrite("url", &server.url());
    page.write("code", &server.code("Awa"));
    page.tap("enrol");
    page.tap("sync-bar");
    page.tap("sync-now");
    page.find("[data-testid='last-sync'][data-problem='']");
    page.tap("back");
    page.until_there_are("[data-testid='story-row']", 1);
    page.close();
    // Whoever remembers has everything.
    let old = blon_device::Device::unlock(&aside, PASSPHRASE, blon_device::clock::Clock::system()).unwrap();
    assert_eq!(old.stories().unwrap().len(), 2);
}

#[test]
fn under_duress_an_empty_app_opens_and_nothing_of_the_stories_can_be_read_any_more() {
    let (_server, screen, awa) = awa_who_asks();
    with_a_story(&awa);
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.tap("settings");
    page.tap("duress");
    page.see("limits");
    page.is_readable_and_reachable("rest-09-duress");
    page.write("passphrase", PASSPHRASE);
    page.write("passphrase-again", PASSPHRASE);
    page.tap("set-duress");
    page.find("[data-code='passphrase_taken']");
    page.rewrite("passphrase", FORCED);
    page.rewrite("passphrase-again", FORCED);
    page.tap("set-duress");
    page.see("duress-on");
    page.is_readable_and_reachable("rest-10-duress-on");
    page.tap("back");
    page.tap("back");
    page.tap("lock");
    page.see("unlock");
    let before = std::fs::read(awa.data().join("blon.key")).unwrap();
    tries(&page, FORCED);
    page.see("enrol");
    assert_eq!(page.count("[data-testid='erased'], [data-testid='problem'], [data-testid='aside']"), 0);
    page.shot("rest-11-under-duress");
    page.close();

    // Whoever took the key file's place on the disk has the wrapped key no longer, only a copy made before would.
    assert_ne!(std::fs::read(awa.data().join("blon.key")).unwrap(), before);
    let page = on_a_phone(screen.open_app(&awa));
    wrong(&page, PASSPHRASE);
    tries(&page, FORCED);
    page.see("enrol");
}

#[test]
fn the_quick_exit_shows_a_clock_and_the_interview_goes_on_where_it_was() {
    let (_server, screen, awa) = awa();
    at_what_changed(&awa);
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    see_question(&page, "story_before");
    page.is_readable_and_reachable("rest-12-quick-exit");
    // Not even the time in which words are saved passes.
    page.write("field-story_before", "On ne traversait plus le fleuve");
    page.tap("quick-exit");
    page.see("clock");
    assert!(!page.all_text().contains("fleuve") && !page.all_text().contains("Blon"));
    locked_behind(&page);
    page.see("clock");
    page.is_readable_and_reachable("rest-13-clock");
    assert_eq!(page.run("return document.title"), "Horloge", "nor does the window's title say anything");
    page.run("window.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))");
    page.see("unlock");
    tries(&page, PASSPHRASE);
    see_question(&page, "story_before");
    assert_eq!(before_of(&page), "On ne traversait plus le fleuve");

    page.write("field-story_before", " le jour du marché.");
    page.keys("\u{e00c}\u{e00c}");
    page.see("clock");
    page.keys("\u{e00c}");
    locked_behind(&page);
    page.see("clock");
    // Pressed in haste it leads nowhere; a moment later it leads back.
    std::thread::sleep(Duration::from_secs(2));
    page.keys("\u{e00c}");
    page.see("unlock");
    tries(&page, PASSPHRASE);
    see_question(&page, "story_before");
    assert_eq!(before_of(&page), "On ne traversait plus le fleuve le jour du marché.");
}

/// An interview of Awa's that is just at the recording of the whole story, in a window that hears.
fn at_the_recording(screen: &Screen, awa: &TestDevice) -> (StoryId, Page) {
    let device = open(awa);
    let id = device.begin_interview("fr", false).unwrap().id;
    for question in ["consent_understood", "consent_interview", "consent_audio"] {
        device.answer(id, question, "yes", "fr").unwrap();
    }
    device.stand(id, "story_audio").unwrap();
    device.set_lock_after(1).unwrap();
    drop(device);
    let page = unlocked_on_a_phone(screen.open_app_hearing(awa));
    see_question(&page, "story_audio");
    page.tap("record");
    page.find("[data-testid='recording'][data-state='running']");
    (id, page)
}

#[test]
fn a_recording_is_not_locked_over_even_out_of_sight() {
    recorded(|| {
        let (_server, screen, awa) = awa();
        let (id, page) = at_the_recording(&screen, &awa);
        page.run("window.dispatchEvent(new Event('blur'))");
        // Longer than the minute that was chosen, and than what the shell gives besides.
        std::thread::sleep(Duration::from_secs(75));
        page.find("[data-testid='recording'][data-state='running']");
        // The quick exit ends it and keeps what was said.
        page.tap("quick-exit");
        page.see("clock");
        locked_behind(&page);
        page.close();
        let kept = open(&awa).interview(id, "fr").unwrap();
        assert_eq!(kept.files.len(), 1, "what was recorded is an answer");
    });
}

/// A fault that ends the page is likeliest where its recorder is stopped, and that is what a quick exit waits for before it locks.
#[test]
fn a_page_that_ends_during_the_quick_exit_comes_back_as_the_clock_before_a_locked_store() {
    let (_server, screen, awa) = awa();
    let (id, page) = at_the_recording(&screen, &awa);
    std::thread::sleep(Duration::from_millis(2500));
    let button = page.colour("[data-testid='next']");
    // Neither does it come to its end, nor does the page give it up.
    page.run(
        "MediaRecorder.prototype.stop = () => undefined;
         const later = window.setTimeout;
         window.setTimeout = (work, wait) => later(work, wait === 3000 ? 60_000 : wait);",
    );
    page.tap("quick-exit");
    page.see("clock");
    let database = awa.data().join("blon.db");
    assert!(app_holds(&awa, &database), "what is in hand is saved first");
    end_page_of(&awa);
    let soon = |what: &str, is_so: &dyn Fn() -> bool| soon(what, Duration::from_secs(30), is_so);
    soon("the store is locked", &|| !app_holds(&awa, &database));
    // Neither the interview nor the door, both of which have such a button.
    soon("the clock", &|| {
        let colours = screen.colours();
        colours.len() > 10 && !colours.contains_key(&button)
    });
    kill_app(&awa);
    let device = open(&awa);
    device.keep_cut_recordings().unwrap();
    assert_eq!(device.interview(id, "fr").unwrap().files.len(), 1, "what was recorded is an answer");
}

fn before_of(page: &Page) -> String {
    let script = "return document.querySelector(\"[data-testid='field-story_before']\").value";
    page.run(script).as_str().unwrap().to_owned()
}

/// Waits until the store is locked: the shell itself says so.
fn locked_behind(page: &Page) {
    for _ in 0..200 {
        let asked = "const done = arguments[arguments.length - 1];
            window.__TAURI_INTERNALS__.invoke('state').then((state) => done(state.phase), () => done('?'));";
        if page.ask_if_there(asked).is_some_and(|phase| phase == "locked") {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    page.fails("it is not locked");
}

#[test]
fn the_app_locks_itself_when_nobody_touches_it_and_when_it_is_out_of_sight() {
    let (_server, screen, awa) = awa();
    at_what_changed(&awa);
    open(&awa).set_lock_after(1).unwrap();
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    see_question(&page, "story_before");
    page.write("field-story_before", "On ne traversait plus");
    let begun = Instant::now();
    page.find_within("[data-testid='unlock']", Duration::from_secs(90));
    assert!(begun.elapsed() >= Duration::from_secs(55), "{:?}", begun.elapsed());
    assert!(!page.all_text().contains("traversait"));

    tries(&page, PASSPHRASE);
    see_question(&page, "story_before");
    assert_eq!(before_of(&page), "On ne traversait plus");
    page.write("field-story_before", " le fleuve");
    page.run("window.dispatchEvent(new Event('blur'))");
    let begun = Instant::now();
    page.find_within("[data-testid='unlock']", Duration::from_secs(60));
    assert!(begun.elapsed() >= Duration::from_secs(25) && begun.elapsed() < Duration::from_secs(45));
    tries(&page, PASSPHRASE);
    see_question(&page, "story_before");
    assert_eq!(before_of(&page), "On ne traversait plus le fleuve");
    saved(&page);
}

#[test]
fn a_page_that_hangs_or_whose_scripts_are_stopped_is_locked_by_the_shell() {
    let (_server, screen, awa) = awa();
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.see("new-interview");
    // What a phone does to an app that is out of sight: its timers stand still. They are put in place anew with the page.
    page.run(
        "window.dispatchEvent(new Event('blur'));
         for (let id = 0; id < 10000; id++) { clearInterval(id); clearTimeout(id); }",
    );
    let begun = Instant::now();
    page.find_within("[data-testid='unlock']", Duration::from_secs(60));
    assert!(begun.elapsed() >= Duration::from_secs(35), "the screens had their time: {:?}", begun.elapsed());
}

#[test]
fn nothing_goes_to_the_clipboard() {
    let (_server, screen, awa) = awa();
    at_what_changed(&awa);
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    see_question(&page, "story_before");
    page.write("field-story_before", "Secret");
    for way in ["copy", "cut", "dragstart", "contextmenu"] {
        let prevented = page.run(&format!(
            "const event = new Event('{way}', {{ bubbles: true, cancelable: true }});
             return !document.querySelector(\"[data-testid='field-story_before']\").dispatchEvent(event);"
        ));
        assert_eq!(prevented, true, "{way}");
    }
    saved(&page);
}

#[test]
fn an_answer_to_a_supervisor_that_was_begun_outlives_a_lock() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let screen = Screen::new();
    let awa = collector_who_asks(&server, "Awa", &server.url());
    with_a_story(&awa);
    awa.run(&["sync"]);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let id = modibo.stories()[0]["id"].as_str().unwrap().to_owned();
    modibo.give_back(&id, "narrative.before", "Depuis quelle année ?");
    awa.run(&["sync"]);
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.tap("story-row");
    page.tap("reply");
    page.write("reply-text", "Depuis 2019, je cr");
    page.keys("\u{e00c}\u{e00c}");
    page.see("clock");
    locked_behind(&page);
    std::thread::sleep(Duration::from_secs(2));
    page.keys("\u{e00c}");
    page.see("unlock");
    tries(&page, PASSPHRASE);
    page.tap("story-row");
    page.see("reply-text");
    let kept = page.run("return document.querySelector('[data-testid=reply-text]').value");
    assert_eq!(kept, "Depuis 2019, je cr");
    page.write("reply-text", "ois.");
    page.tap("reply-send");
    page.gone("[data-testid='reply-text']");
    page.tap("back");
    page.tap("story-row");
    page.see("thread");
    assert_eq!(page.count("[data-testid='reply-text']"), 0, "what was sent is no longer begun");
}
