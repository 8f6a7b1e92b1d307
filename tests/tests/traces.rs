//! After whole interviews, a lock, a kill and a crash, no byte that the app left anywhere on the disk is one of what was
//! said, of who said it, or of what opens it.

use blon_device::key::StoreKey;
use blon_tests::device::TestDevice;
use blon_tests::interview::{CHANGE, STORY, Walk, saved, see_question};
use blon_tests::media::{photo, stored};
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::traces::{Needle, files_below, found_below};
use blon_tests::window::{Screen, app_of, is_over, kill_app, on_a_phone, signal, started_by_app_of};
use std::path::Path;
use std::time::Duration;

const PASSPHRASE: &str = "trois calebasses vides";
const BEGUN: &str = "une phrase que personne ne finira";

/// What was typed into the window, and what it is kept under.
fn words() -> Vec<Needle> {
    // Words of the questionnaire's own, such as choices, stand in the app itself; these were typed.
    let typed = STORY.iter().chain(CHANGE).filter(|(_, answer)| answer.contains(' ') || answer.contains('é'));
    let mut needles: Vec<Needle> = typed.flat_map(|(_, answer)| Needle::text(answer)).collect();
    for part in ["Mariam", "Keïta", "70 00 00 00", BEGUN, PASSPHRASE] {
        needles.extend(Needle::text(part));
    }
    needles
}

fn key(awa: &TestDevice) -> Vec<Needle> {
    let hex = StoreKey::unwrap_with(&awa.data().join("blon.key"), PASSPHRASE).unwrap().hex();
    let raw: Vec<u8> =
        (0..64).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    let mut needles = Needle::text(&hex);
    needles.extend(Needle::text(&hex.to_uppercase()));
    needles.push(Needle::bytes("the raw key", &raw));
    // A part of it is as bad as all.
    needles.push(Needle::bytes("half of the raw key", &raw[..16]));
    needles
}

fn opens(page: Page) -> Page {
    let page = on_a_phone(page);
    page.write("passphrase", PASSPHRASE);
    page.tap("unlock");
    page
}

/// The whole questionnaire, with a photo, to its last page.
fn interviews(page: &Page, picture: &Path) {
    let mut walk = Walk::default();
    page.tap("new-interview");
    see_question(page, "check_purpose");
    loop {
        let names = walk.answer_page(page);
        if names[0] == "evidence_kind" {
            page.attach("take-photo", picture);
            page.see("evidence-image");
        }
        let cards = page.count("[data-testid='card']");
        if ["change", "evidence"].contains(&names[0].as_str()) && cards == 0 {
            page.tap("add-card");
            page.find("main [data-path*='/change_level'], main [data-path*='/evidence_kind']");
            continue;
        }
        page.tap("next");
        let here = names[0].clone();
        for _ in 0..400 {
            let gone = page.count(&format!("main [data-path='{here}'], main [data-path$='/{here}']")) == 0;
            if gone || page.count("[data-testid='finalise']") > 0 {
                break;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        if page.count("[data-testid='finalise']") > 0 {
            return;
        }
    }
}

/// Types the beginning of another interview.
fn begins_another(page: &Page) {
    page.tap("new-interview");
    let mut walk = Walk::default();
    see_question(page, "check_purpose");
    while page.count("[data-path='story_before']") == 0 {
        walk.answer_page(page);
        page.tap("next");
        std::thread::sleep(Duration::from_millis(150));
    }
    page.write("field-story_before", BEGUN);
    saved(page);
}

#[test]
fn no_word_no_name_and_no_key_is_in_any_byte_that_the_app_leaves() {
    let mut server = TestServer::serving();
    server.add("Awa", "collector");
    let screen = Screen::new();
    let awa = TestDevice::of("Awa");
    let elsewhere = tempfile::tempdir().unwrap();
    let home = elsewhere.path().join("home");
    let (outside, picture) = (tempfile::tempdir().unwrap(), "marche.jpg");
    let picture = outside.path().join(picture);
    photo(&picture, 7);
    let open = || screen.open_app_at_home(&awa.data(), &home);

    let page = on_a_phone(open());
    page.write("passphrase", PASSPHRASE);
    page.write("passphrase-again", PASSPHRASE);
    page.tap("create");
    page.rewrite("url", &server.url());
    page.write("code", &server.code("Awa"));
    page.tap("enrol");
    page.see("new-interview");
    server.kill();

    let mut needles = words();
    needles.extend(key(&awa));
    for (name, bytes) in
        [("the photo", std::fs::read(&picture).unwrap()), ("the photo as kept", stored(&picture))]
    {
        needles.push(Needle::bytes(name, &bytes[bytes.len() / 2..][..48]));
    }
    let look = |when: &str| {
        for folder in [awa.data(), home.clone()] {
            assert_eq!(found_below(&folder, &needles), Vec::<String>::new(), "{when}");
        }
    };

    interviews(&page, &picture);
    look("while the interview is open, with all of it in the write-ahead log");
    page.tap("finalise");
    page.tap("confirm");
    page.find("[data-testid='status'][data-status='finalised']");
    page.tap("back");
    page.tap("lock");
    page.see("unlock");
    look("after a lock");
    assert!(!page.all_text().contains("Mariam"));
    page.write("passphrase", PASSPHRASE);
    page.tap("unlock");
    begins_another(&page);
    kill_app(&awa);
    drop(page);
    look("after a kill in the middle of a draft");

    let page = opens(open());
    see_question(&page, "story_before");
    leaves_no_image_of_its_memory(&awa);
    // WebKit passes over a SIGSEGV that comes from outside; this is how a program ends that gives itself up.
    let app = app_of(&awa);
    signal(&app, "ABRT");
    is_over(&app);
    drop(page);
    look("after a crash");
    assert!(files_below(&home).iter().any(|file| file.ends_with("complained")), "what it said was looked at");

    // The same look finds what is there: so it looks at the right bytes, in the right places.
    std::fs::write(awa.data().join("planted"), format!("x{BEGUN}x")).unwrap();
    assert_eq!(found_below(&awa.data(), &needles).len(), 1);
    let wide: Vec<u8> = "Keïta".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(home.join("cache/planted"), [&[7][..], &wide, &[7]].concat()).unwrap();
    assert_eq!(found_below(&home, &needles).len(), 1);
}

/// Neither of the app nor of its webview, where the page stands in plain.
fn leaves_no_image_of_its_memory(awa: &TestDevice) {
    let mut processes = started_by_app_of(awa);
    assert!(!processes.is_empty(), "its webview runs");
    processes.push(app_of(awa));
    for id in processes {
        let limits = std::fs::read_to_string(Path::new("/proc").join(&id).join("limits")).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let words: Vec<&str> = core.split_whitespace().collect();
        assert_eq!(words[4..6], ["0", "0"], "{id}: {core}");
    }
}

/// A webview that is driven must have a folder; the one that people have must not use it. What it makes there all the same is
/// random, and its list of sites that want TLS is empty: no site is ever visited.
#[test]
fn the_window_as_people_have_it_keeps_nothing_of_its_webview_and_its_looks_all_the_same() {
    let screen = Screen::new();
    let awa = TestDevice::of("Awa");
    let elsewhere = tempfile::tempdir().unwrap();
    let home = elsewhere.path().join("home");
    blon_device::looks::set_looks(&awa.data(), &[("blon.locale".to_owned(), "en".to_owned())].into())
        .unwrap();
    let mut app = screen.start_app_at_home(&awa.data(), &home);
    std::thread::sleep(Duration::from_secs(8));
    assert!(app.try_wait().unwrap().is_none(), "it runs");
    app.kill().unwrap();
    app.wait().unwrap();
    let made = files_below(&home.join("data"));
    assert!(!made.is_empty(), "its folder was looked into");
    let kept: Vec<_> = made
        .iter()
        .filter(|file| !file.ends_with("salt") && !file.ends_with("hsts-storage.sqlite"))
        .collect();
    assert!(kept.is_empty(), "{kept:?}");
    assert_eq!(found_below(&home, &Needle::text("blon.locale")), Vec::<String>::new());

    let page = on_a_phone(screen.open_app_at_home(&awa.data(), &home));
    page.see("create");
    assert!(
        page.all_text().contains("Choose a passphrase"),
        "what was chosen of its looks is there: {}",
        page.all_text()
    );
    page.choose("locale", "fr");
    for _ in 0..100 {
        if blon_device::looks::looks(&awa.data()).get("blon.locale").is_some_and(|locale| locale == "fr") {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the choice is not kept");
}
