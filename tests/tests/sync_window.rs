//! The collector's window while it syncs: what it will cost, how far it has come, what headquarters has of each story; how it
//! is stopped, what it may spend, how wrong the clock is, and the way without any network.

use blon_device::sync::policy::FilePolicy;
use blon_tests::bad_line::{BadLine, Nature};
use blon_tests::collecting::{collector, collector_who_asks, open, sync, tell, tell_with_file};
use blon_tests::line::Line;
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::window::{Screen, unlocked_on_a_phone};
use std::time::Duration;

/// Waits until the page's text has these words.
fn says(page: &Page, words: &str) {
    for _ in 0..400 {
        if page.all_text().contains(words) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{words:?} is not in: {}", page.all_text());
}

#[test]
fn what_is_signed_off_goes_by_itself_and_the_screen_follows() {
    let server = TestServer::serving();
    let line = Line::to(server.address());
    let screen = Screen::new();
    let awa = collector(&server, "Awa", &line.url());
    line.cut();
    {
        let device = open(&awa);
        tell(&device, "Le puits");
        tell_with_file(&device, "Le registre", 40_000);
    }
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.find("[data-testid='story-row'][data-status='finalised']");
    page.tap("sync-bar");
    page.find("[data-testid='last-sync'][data-problem='unreachable']");
    line.mend();
    // Nobody touches anything: it is tried again.
    page.find_within("[data-testid='last-sync'][data-problem='']", Duration::from_secs(60));
    page.is_readable_and_reachable("sync-01-done");
    page.tap_on("[data-testid='past-syncs'] summary");
    page.is_readable_and_reachable("sync-02-history");
    assert!(page.text("past-syncs").contains("à l’ouverture"), "{}", page.text("past-syncs"));
    page.tap("back");
    page.find("[data-testid='story-row'][data-status='received']");
    page.tap_on("[data-testid='story-row'][data-status='received']");
    page.is_readable_and_reachable("sync-03-receipt");
    assert!(page.text("receipt").contains("au siège"));
    page.close();
    assert_eq!(server.stories().len(), 2);
}

#[test]
fn a_long_sync_shows_how_far_it_is_can_be_stopped_and_goes_on() {
    let server = TestServer::serving();
    let line = BadLine::to(server.address(), Nature { holds: None, ..Nature::EDGE_OF_A_VILLAGE.times(8) });
    let screen = Screen::new();
    let awa = collector_who_asks(&server, "Awa", &line.url());
    tell_with_file(&open(&awa), "Le registre", 450_000);
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.tap("sync-bar");
    says(&page, "à envoyer");
    page.is_readable_and_reachable("sync-04-cost");
    page.tap("sync-now");
    page.find("[data-testid='sync-state'][data-state='running']");
    says(&page, "Encore");
    page.is_readable_and_reachable("sync-05-running");
    page.tap("sync-stop");
    page.find("[data-testid='last-sync'][data-problem='sync_cancelled']");
    page.is_readable_and_reachable("sync-06-stopped");
    page.tap("back");
    page.tap_on("[data-testid='story-row']");
    says(&page, " sur 7 au siège");
    page.is_readable_and_reachable("sync-07-parts");
    page.tap("back");
    // While it goes on, the collector looks for something else.
    page.tap("sync-bar");
    page.tap("sync-now");
    page.find("[data-testid='sync-state'][data-state='running']");
    page.tap("back");
    page.write("search", "rien de tel");
    says(&page, "Aucun récit");
    page.rewrite("search", "registre");
    page.find("[data-testid='story-row']");
    page.tap("sync-bar");
    page.find_within("[data-testid='last-sync'][data-problem='']", Duration::from_secs(60));
    page.close();
    assert_eq!(server.stories()[0]["evidence"][0]["complete"], true);
}

#[test]
fn files_wait_as_was_chosen_and_space_comes_back_once_headquarters_has_them() {
    let server = TestServer::serving();
    let screen = Screen::new();
    let awa = collector_who_asks(&server, "Awa", &server.url());
    {
        let device = open(&awa);
        tell_with_file(&device, "Le registre", 300_000);
        sync(&device);
        tell_with_file(&device, "La piste", 7_000_000);
    }
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.tap("settings");
    page.find("[data-testid='file-policy']");
    page.choose("file-policy", "daily-5");
    page.tap("free-files");
    page.see("dialog");
    page.is_readable_and_reachable("sync-08-free");
    page.tap("confirm");
    says(&page, "libérés");
    page.is_readable_and_reachable("sync-09-freed");
    // What a phone's browser says of its network.
    page.run("window.__TAURI_INTERNALS__.invoke('line_returned', { network: 'paid' })");
    page.tap("back");
    page.tap("sync-bar");
    page.see("sync-held");
    page.is_readable_and_reachable("sync-10-held");
    page.tap("sync-all");
    says(&page, "Rien à envoyer.");
    page.close();
    let device = open(&awa);
    assert_eq!(device.data_use().unwrap().policy, FilePolicy::Daily { megabytes: 5 });
    assert_eq!(device.waiting().unwrap().files_left, 0);
    assert!(server.stories().iter().all(|s| s["evidence"][0]["complete"] == true));
}

#[test]
fn a_wrong_clock_is_told_on_the_first_screen() {
    let server = TestServer::serving();
    let screen = Screen::new();
    let awa = collector_who_asks(&server, "Awa", &server.url());
    {
        let three_days = chrono::TimeDelta::hours(71);
        let clock =
            blon_device::clock::Clock::telling(move || chrono::Local::now().fixed_offset() - three_days);
        sync(&blon_tests::collecting::open_at(&awa.data(), clock));
    }
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.see("clock-wrong");
    says(&page, "retarde de 3 jours");
    page.is_readable_and_reachable("sync-11-clock");
    page.close();
}

fn opens_parcels(page: &Page) {
    page.tap("sync-bar");
    page.tap_on("[data-testid='parcels'] summary");
}

#[test]
fn a_parcel_is_written_carried_and_its_receipt_read() {
    let server = TestServer::serving();
    let screen = Screen::new();
    let awa = collector_who_asks(&server, "Awa", &server.url());
    let bakary = collector_who_asks(&server, "Bakary", &server.url());
    tell_with_file(&open(&awa), "Le registre", 300_000);
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    opens_parcels(&page);
    page.tap("parcel-export");
    page.see("parcel-written");
    page.is_readable_and_reachable("sync-12-parcel");
    let text = page.text("parcel-written");
    let named = |text: &str, kind: &str| {
        let mut words = text.split_whitespace();
        words.find(|word| word.ends_with(kind)).unwrap_or_else(|| panic!("{kind}: {text}")).to_owned()
    };
    let path = named(&text, ".blon");
    page.close();

    let page = unlocked_on_a_phone(screen.open_app(&bakary));
    opens_parcels(&page);
    page.attach("parcel-field", path.as_ref());
    page.find("[data-testid='carried'][data-there='false']");
    page.is_readable_and_reachable("sync-13-carried");
    page.tap("sync-now");
    page.find_within("[data-testid='carried'][data-there='true']", Duration::from_secs(60));
    page.tap("hand-back");
    says(&page, ".receipt");
    page.is_readable_and_reachable("sync-14-delivered");
    let receipt = named(&page.all_text(), ".receipt");
    page.close();
    assert_eq!(server.stories()[0]["evidence"][0]["complete"], true);

    let page = unlocked_on_a_phone(screen.open_app(&awa));
    opens_parcels(&page);
    page.attach("receipt-field", receipt.as_ref());
    page.see("receipt-read");
    page.is_readable_and_reachable("sync-15-receipt-read");
    page.close();
    assert_eq!(open(&awa).waiting().unwrap().files_left, 0);
    for file in [path, receipt] {
        std::fs::remove_file(file).unwrap();
    }
}
