//! Storytellers take their consent back, on the screens: the code that they are given, the withdrawal by whoever is in the
//! village or at headquarters, its receipt, and what everybody else sees of it.

use blon_core::withdrawal::WithdrawalCode;
use blon_device::{Device, StoryId};
use blon_tests::browser::{self, enter};
use blon_tests::collecting::{
    another_device, collector, collector_who_asks, open, story_called, sync, tell, tell_with_file,
};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::interview::{CHANGE, STORY};
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::window::{Screen, unlocked_on_a_phone};
use std::time::Duration;
use uuid::Uuid;

/// A telephone's page, and an office's.
const SIZES: [(u32, u32); 2] = [(360, 640), (1280, 900)];

const RECEIVED: &str = "[data-testid='story-row'][data-status='received']";

fn signed_in(server: &TestServer, name: &str, (width, height): (u32, u32)) -> Page {
    let page = browser::open(&server.url(), width, height);
    browser::sign_in(&page, name);
    page
}

fn told(page: &Page, told: bool) {
    page.find(&format!("[data-testid='told'][data-told='{told}']"));
}

/// A sync that somebody asks for in the app's window; ends on the page of the sync.
fn syncs(page: &Page) {
    page.see("sync-now");
    let before = page.run("return document.querySelector('[data-testid=last-sync]')?.dataset.at ?? ''");
    page.tap("sync-now");
    page.find(&format!("[data-testid='last-sync'][data-problem='']:not([data-at={before}])"));
    page.find("[data-testid='sync-state'][data-state='idle']");
}

/// The network is back, as the system says; a sync begins by itself.
fn network_returns(page: &Page) {
    page.run("window.dispatchEvent(new Event('online'))");
}

/// As somebody says it who reads it from a slip: in small letters, without dashes, and with one letter that is another.
fn mistyped(code: &str) -> String {
    let other = if code.starts_with('7') { '8' } else { '7' };
    format!("{other}{}", &code[1..]).to_lowercase().replace('-', " ")
}

fn field(page: &Page) -> String {
    page.see("withdrawal-code");
    let value = page.run("return document.querySelector('[data-testid=withdrawal-code]').value");
    value.as_str().unwrap().to_owned()
}

fn code_of(device: &TestDevice, story: StoryId) -> String {
    open(device).story(story).unwrap().withdrawal.to_string()
}

#[test]
fn a_code_is_given_in_one_village_and_taken_in_another() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let awas = collector(&server, "Awa", &server.url());
    open(&awas).take_in(story_called("Le puits"), &[]).unwrap();
    let bakarys = collector_who_asks(&server, "Bakary", &server.url());
    let screen = Screen::new();

    let awa = unlocked_on_a_phone(screen.open_app(&awas));
    let code = awa_signs_off_and_reads_the_code(&awa);
    awa.find(RECEIVED);
    awa.tap("story-row");
    assert_eq!(awa.text("code"), code, "it is still there for who lost the slip");
    awa.is_readable_and_reachable("withdrawal-02-story");

    let modibo = signed_in(&server, "Modibo", SIZES[1]);
    modibo.tap("story-row");
    modibo.see("story-title");

    bakary_takes_it(&screen, &bakarys, &code);

    // Modibo was reading it, and Awa was.
    modibo.see("just-withdrawn");
    assert_eq!(modibo.count("[data-testid='story-row']"), 0);
    assert_eq!(modibo.count("[data-testid='problem']"), 0);
    modibo.is_readable_and_reachable("withdrawal-09-gone-at-headquarters");
    modibo.tap("room-withdrawals");
    modibo.find(&format!("[data-testid='withdrawal'][data-code='{code}'][data-erased='true']"));
    assert!(modibo.text("withdrawal").contains("Bakary, sur un appareil"));

    network_returns(&awa);
    awa.see("just-withdrawn");
    assert_eq!(awa.count("[data-testid='story-row'], [data-testid='problem']"), 0);
    awa.is_readable_and_reachable("withdrawal-10-gone-in-the-village");
    awa.tap("sync-bar");
    assert!(awa.text("sync-erased").contains("1 récit retiré par la personne qui l’a raconté"));
    awa.is_readable_and_reachable("withdrawal-11-sync");
    awa.tap("back");
    awa.see("new-interview");
    assert_eq!(awa.count("[data-testid='just-withdrawn']"), 0, "it is said once");
}

/// She opens the draft, signs it off, and the code for the storyteller stands on the screen.
fn awa_signs_off_and_reads_the_code(page: &Page) -> String {
    page.tap("story-row");
    page.tap("open-map");
    page.tap("map-review");
    page.tap("finalise");
    page.tap("confirm");
    page.see("storytellers-code");
    let code = page.text("code");
    code.parse::<WithdrawalCode>().expect("it can be copied as it stands");
    assert!(page.text("storytellers-code").contains("sans dire pourquoi"));
    page.is_readable_and_reachable("withdrawal-01-code");
    page.tap("back");
    code
}

/// He has never had the story. A letter is wrong at first; nothing is lost by it.
fn bakary_takes_it(screen: &Screen, device: &TestDevice, code: &str) {
    let page = unlocked_on_a_phone(screen.open_app(device));
    page.tap("settings");
    page.tap("withdraw");
    page.see("withdrawal-code");
    page.is_readable_and_reachable("withdrawal-03-field");
    page.write("withdrawal-code", &mistyped(code));
    page.tap("withdraw-next");
    page.see("withdraw-sure");
    page.is_readable_and_reachable("withdrawal-04-sure");
    page.tap("withdraw-now");
    page.find("[data-testid='code-wrong'][data-code='withdrawal_code_wrong']");
    assert_eq!(field(&page), mistyped(code), "he corrects the letter, and need not begin again");
    let focused = page.run("return document.activeElement.dataset.testid");
    assert_eq!(focused, "withdrawal-code");
    page.is_readable_and_reachable("withdrawal-05-wrong");

    page.rewrite("withdrawal-code", &code.to_lowercase().replace('-', ""));
    assert_eq!(page.count("[data-testid='code-wrong']"), 0);
    page.tap("withdraw-next");
    assert_eq!(page.text("sure-code"), code);
    page.tap("withdraw-back");
    assert_eq!(field(&page), code.to_lowercase().replace('-', ""), "nothing was done");
    page.tap("withdraw-next");
    page.tap("withdraw-now");
    page.see("withdrawal-receipt");
    assert_eq!(page.text("receipt-code"), code);
    page.find("[data-testid='erased-here'][data-erased='false']");
    told(&page, false);
    page.is_readable_and_reachable("withdrawal-06-receipt");

    page.tap("to-stories");
    assert!(page.text("sync-bar").contains("1 retrait"), "{}", page.text("sync-bar"));
    page.tap("sync-bar");
    syncs(&page);
    page.tap("back");
    assert!(!page.text("sync-bar").contains("retrait"));
    page.tap("settings");
    page.tap("withdraw");
    page.find(&format!("[data-testid='withdrawal'][data-code='{code}']"));
    told(&page, true);
    page.is_readable_and_reachable("withdrawal-07-list");
}

#[test]
fn a_story_that_is_withdrawn_while_it_is_corrected_leads_back_to_the_list() {
    let server = TestServer::serving();
    let awas = collector(&server, "Awa", &server.url());
    let story = tell(&open(&awas), "Le puits");
    sync(&open(&awas));
    let code = code_of(&awas, story);
    let screen = Screen::new();
    let awa = unlocked_on_a_phone(screen.open_app(&awas));
    awa.tap("new-interview");
    awa.see("open-map");
    let began = || open(&awas).past_syncs(1).unwrap().first().map(|sync| sync.began);
    let before = began();
    network_returns(&awa);
    while began() == before {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(awa.count("[data-testid='open-map']"), 1, "a sync that erased nothing leads nobody away");
    awa.tap("back");

    awa.tap_on(RECEIVED);
    awa.tap("correct");
    awa.see("open-map");
    server.run(&["withdraw", &code, "--campaign", CAMPAIGN]);
    network_returns(&awa);
    awa.see("just-withdrawn");
    assert_eq!(awa.count("[data-testid='problem']"), 0);
    awa.until_there_are("[data-testid='story-row']", 1);
    awa.find("[data-testid='story-row'][data-status='draft']");
}

/// A practice interview with all that must be there, signed off.
fn practised(device: &Device) -> StoryId {
    let id = device.begin_interview("fr", true).unwrap().id;
    for (name, answer) in STORY {
        device.answer(id, name, answer, "fr").unwrap();
    }
    let (change, _) = device.add_repetition(id, "change", "fr").unwrap();
    for (name, answer) in CHANGE {
        device.answer(id, &format!("change/{change}/{name}"), answer, "fr").unwrap();
    }
    device.finalise(id).unwrap();
    id
}

#[test]
fn what_is_practised_has_no_code_and_a_story_leads_to_its_own_withdrawal() {
    let server = TestServer::serving();
    let awas = collector_who_asks(&server, "Awa", &server.url());
    let device = open(&awas);
    let story = tell(&device, "Le puits");
    let code = code_of(&awas, story);
    let practice = practised(&device);
    drop(device);

    let screen = Screen::new();
    let page = unlocked_on_a_phone(screen.open_app(&awas));
    page.find("[data-testid='story-row']");
    enter(&page, &format!("story/{practice}"));
    page.see("receipt");
    assert_eq!(page.count("[data-testid='storytellers-code'], [data-testid='withdraw-story']"), 0);

    page.tap("back");
    enter(&page, &format!("story/{story}"));
    page.tap("withdraw-story");
    assert_eq!(field(&page), code);
    page.tap("back");
    page.see("storytellers-code");
    page.tap("withdraw-story");
    page.tap("withdraw-next");
    page.tap("withdraw-now");
    page.find("[data-testid='erased-here'][data-erased='true']");
    page.tap("to-stories");
    page.see("new-interview");
    assert_eq!(page.count("[data-testid='story-row']"), 0);
    // Whoever goes back by the phone's own button is not shown an error.
    page.run("history.back()");
    page.see("new-interview");
    assert_eq!(page.count("[data-testid='problem'], [data-testid='just-withdrawn']"), 0);
}

#[test]
fn a_supervisor_in_the_field_takes_one_and_a_verifier_is_not_offered_any() {
    let server = TestServer::serving();
    for (name, role) in [("Sidiki", "supervisor"), ("Founé", "verifier")] {
        server.add(name, role);
    }
    let awa = open(&collector_who_asks(&server, "Awa", &server.url()));
    let (gone, meanwhile) = (tell(&awa, "Le puits"), tell(&awa, "Le marché"));
    sync(&awa);
    let [sidikis, founes] = ["Sidiki", "Founé"].map(|name| another_device(&server, name, &server.url()));
    sync(&open(&sidikis));
    sync(&open(&founes));

    let screen = Screen::new();
    let page = unlocked_on_a_phone(screen.open_app(&sidikis));
    page.tap_on(&format!("[data-story-id='{gone}']"));
    page.tap("withdraw-story");
    assert_eq!(field(&page), awa.story(gone).unwrap().withdrawal.to_string());
    page.tap("withdraw-next");
    page.tap("withdraw-now");
    page.find("[data-testid='erased-here'][data-erased='true']");
    page.tap("to-stories");
    page.until_there_are("[data-testid='story-row']", 1);

    // What he is writing about a story goes with it.
    page.tap("story-row");
    page.tap("comment-on-narrative.now");
    page.write("comment-text", "Qui le dit, Lafiyatou ?");
    awa.withdraw(&awa.story(meanwhile).unwrap().withdrawal.to_string()).unwrap();
    sync(&awa);
    network_returns(&page);
    page.see("just-withdrawn");
    page.is_readable_and_reachable("withdrawal-12-gone-in-the-field");
    assert_eq!(page.count("[data-testid='story-row']"), 0);
    page.close();
    assert_eq!(open(&sidikis).review_draft(meanwhile).unwrap(), None);

    let page = unlocked_on_a_phone(screen.open_app(&founes));
    page.tap("settings");
    page.see("enrol-again");
    assert_eq!(page.count("[data-testid='withdraw']"), 0);
    enter(&page, "withdraw");
    page.see("sync-bar");
    assert_eq!(page.count("[data-testid='withdrawal-code']"), 0);
}

/// What stands on paper is what stands on the screen when it takes the rules for paper.
const AS_PRINTED: &str = "
    for (const sheet of document.styleSheets)
        for (const rule of sheet.cssRules)
            if (rule.media?.mediaText === 'print') rule.media.mediaText = 'all';";

#[test]
fn one_is_taken_at_headquarters_and_its_receipt_is_printed() {
    let server = TestServer::serving();
    for (name, role) in [("Modibo", "supervisor"), ("Nana", "analyst")] {
        server.add(name, role);
    }
    let awa = open(&collector(&server, "Awa", &server.url()));
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    for (n, size) in SIZES.into_iter().enumerate() {
        let story = tell_with_file(&awa, "Lafiyatou", 20_000);
        sync(&awa);
        let code = awa.story(story).unwrap().withdrawal.to_string();
        for shape in ["stories.csv", "stories.csv", "manifest.json"] {
            assert_eq!(nana.get(&format!("exports/{shape}")).status(), 200);
        }
        let page = signed_in(&server, "Modibo", size);
        page.tap("story-row");
        page.tap("withdraw-story");
        assert_eq!(field(&page), code);
        page.rewrite("withdrawal-code", &mistyped(&code));
        page.tap("withdraw-next");
        page.is_readable_and_reachable(&format!("withdrawal-20-sure-{}", size.0));
        page.tap("withdraw-now");
        page.see("code-wrong");
        page.is_readable_and_reachable(&format!("withdrawal-21-wrong-{}", size.0));
        page.rewrite("withdrawal-code", &code);
        page.tap("withdraw-next");
        page.tap("withdraw-now");
        page.find("[data-testid='withdrawal-receipt'][data-erased='true']");
        page.find("[data-testid='ask-to-erase'][data-who='Nana']");
        page.is_readable_and_reachable(&format!("withdrawal-22-receipt-{}", size.0));
        assert!(server.stories().is_empty());
        is_fit_to_print(&page, &code, &format!("withdrawal-23-printed-{}", size.0));

        // One whose story is still on a device somewhere.
        page.run("location.reload()");
        enter(&page, "withdrawals");
        let other = WithdrawalCode::of(StoryId(Uuid::from_u128(n as u128)));
        page.write("withdrawal-code", &other.to_string());
        page.tap("withdraw-next");
        page.tap("withdraw-now");
        page.find("[data-testid='withdrawal-receipt'][data-erased='false']");
        page.tap("receipt-close");
        page.until_there_are("[data-testid='withdrawal']", 2 * (n + 1));
        page.find(&format!("[data-testid='withdrawal'][data-code='{other}'][data-erased='false']"));
        page.is_readable_and_reachable(&format!("withdrawal-24-list-{}", size.0));
        // The receipt of any of them can be had again, and nothing is taken twice by it.
        page.tap_on(&format!("[data-code='{code}'] [data-testid='show-receipt']"));
        assert_eq!(page.text("receipt-code"), code);
        page.tap("receipt-close");
        page.until_there_are("[data-testid='withdrawal']", 2 * (n + 1));
    }
    sync(&awa);
    assert!(awa.stories().unwrap().is_empty());
}

/// The sheet says what was done, and no word of the story; nothing else of the page is on it.
fn is_fit_to_print(page: &Page, code: &str, name: &str) {
    page.run(AS_PRINTED);
    page.shot(name);
    let paper = page.all_text();
    for said in ["Kangaba", code, "Modibo, au siège", "Le récit et 1 fichier sont effacés", "signature"] {
        assert!(paper.contains(said), "{said}: {paper}");
    }
    for kept in ["Lafiyatou", "Awa", "Nana", "Se déconnecter", "Imprimer"] {
        assert!(!paper.contains(kept), "{kept}: {paper}");
    }
}
