//! How long a collector waits for the app: from its start to the first screen, and from the passphrase to the list, with 10,000 stories
//! beside 100. The driver that starts it takes part of the first; both have it. And the sync that opening begins, where there is no news.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_device::intake::StoryFile;
use blon_tests::bench::{Report, Times, took};
use blon_tests::collecting::{collector, open};
use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::fixtures::stories;
use blon_tests::server::TestServer;
use blon_tests::window::{Screen, on_a_phone};
use std::process::ExitCode;
use std::time::Duration;

const FEW: usize = 100;
const MANY: usize = 10_000;
const STARTS: usize = 5;
/// How much longer it may take with a hundred times the stories.
const GROWTH: f64 = 1.2;
/// What nobody waits for.
const LIMIT: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    let server = TestServer::serving();
    let screen = Screen::new();
    assert!(
        screen.app_refuses_to_be_driven(),
        "people's own build cannot be driven; the one measured here is beside it"
    );
    let [few, many] = [("Awa", FEW), ("Bakary", MANY)].map(|(name, stories)| device(&server, name, stories));
    let mut report = Report::of("starting");
    let (mut first, mut then) = (Vec::new(), Vec::new());
    // In turn: the machine is shared.
    for _ in 0..STARTS {
        first.push(start(&screen, &few));
        then.push(start(&screen, &many));
    }
    let median = |times: &[(Duration, Duration)], part: fn(&(Duration, Duration)) -> Duration| {
        Times::of(times.iter().map(part).collect()).quantile(0.5)
    };
    for (what, part) in
        [("the first screen", (|t| t.0) as fn(&(Duration, Duration)) -> Duration), ("the list", |t| t.1)]
    {
        let (few, many) = (median(&first, part), median(&then, part));
        report.tell(&format!("{what}, {FEW} stories, median"), few.as_secs_f64() * 1e3, "ms");
        report.below(&format!("{what}, {MANY} stories, median, {GROWTH} of that"), many, few.mul_f64(GROWTH));
    }
    let syncs = Times::of((0..STARTS).map(|_| synced(&many)).collect());
    report.below(&format!("a sync without news, {MANY} stories, median"), syncs.quantile(0.5), LIMIT);
    report.end()
}

fn device(server: &TestServer, name: &str, many: usize) -> TestDevice {
    let device = collector(server, name, &server.url());
    let own = open(&device);
    let samples = stories();
    for number in 0..many {
        let mut story = samples[number % samples.len()].clone();
        story["title"] = format!("Récit {number}").into();
        let draft = own.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap();
        own.finalise(draft.id).unwrap();
    }
    // As after any use: what was told is at headquarters, and the list is made. Else the app would send it meanwhile, 10,000 for longer.
    assert_eq!(own.sync(|_| {}).unwrap().sent, many as u32);
    own.find_stories(&blon_device::view::StoryQuery { count: 1, ..Default::default() }).unwrap();
    device
}

/// How long a sync takes that finds nothing to send and nothing to fetch, right after unlocking.
fn synced(device: &TestDevice) -> Duration {
    let own = open(device);
    took(|| {
        let report = own.sync(|_| {}).unwrap();
        assert_eq!((report.sent, report.received), (0, 0));
    })
}

/// How long the first screen takes, and from the passphrase on the list.
fn start(screen: &Screen, device: &TestDevice) -> (Duration, Duration) {
    let mut page = None;
    let shown = took(|| {
        let opened = on_a_phone(screen.open_app(device));
        opened.see("passphrase");
        page = Some(opened);
    });
    let page = page.unwrap();
    page.write("passphrase", PASSPHRASE);
    let listed = took(|| {
        page.tap("unlock");
        page.find("[data-testid=story-row]");
    });
    page.close();
    (shown, listed)
}
