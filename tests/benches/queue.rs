//! What headquarters costs at 1,000, 100,000 and 1,000,000 stories: to take one in, and to show a page of the list, from the browser's
//! request to its answer. In the embedded database, or with `BLON_TEST_DATABASE=postgres` in PostgreSQL; `BLON_BENCH_STORIES` ends it
//! earlier.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_core::protocol::{BATCH_RECORDS, SyncRequest};
use blon_server::Headquarters;
use blon_tests::bench::{Report, Times, took};
use blon_tests::many::{Many, bringing, sent};
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use std::process::ExitCode;
use std::time::Duration;

const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];
const COLLECTORS: usize = 25;
/// How many batches are timed at each size: as many as fill a part of the list's words, whose index takes longer to write the more it
/// holds, until the next part begins.
const BATCHES: usize = 82;
/// How many parts are told in a list that is no longer small, the middle one of which counts: each takes a second or two, and what else the
/// machine's disk does then is in it.
const PARTS: usize = 3;
const PAGES: usize = 40;
const LIMIT: Duration = Duration::from_millis(100);
/// How much more a story may cost than it did among the first thousand.
const GROWTH: f64 = 1.2;

fn main() -> ExitCode {
    let most =
        std::env::var("BLON_BENCH_STORIES").ok().and_then(|most| most.parse().ok()).unwrap_or(usize::MAX);
    let mut server = TestServer::new();
    server.start();
    server.add("Modibo", "supervisor");
    let headquarters = server.headquarters();
    let mut many = Many::of(&server, &headquarters, COLLECTORS);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let (mut report, mut first) =
        (Report::of(if headquarters.is_shared() { "queue-postgres" } else { "queue" }), None);
    for stories in SIZES.into_iter().filter(|size| *size <= most) {
        let parts = if stories == SIZES[0] { 1 } else { PARTS };
        let half = parts * BATCHES * BATCH_RECORDS / 2;
        while many.told() + half < stories {
            let ahead = (many.told() + 50_000).min(stories - half);
            many.send_until(&headquarters, ahead);
            headquarters.refresh().unwrap();
        }
        let mut costs: Vec<_> = (0..parts).map(|_| cost(&headquarters, &mut many)).collect();
        costs.sort_by_key(|(taken, listed)| *taken + *listed);
        let (taken, listed) = costs[parts / 2];
        println!("{} stories", many.told());
        let each = |time: Duration| time.as_secs_f64() * 1e6 / BATCH_RECORDS as f64;
        report.tell(&format!("at {stories}: a story taken in, on average"), each(taken), "µs");
        report.tell(&format!("at {stories}: its line made, on average"), each(listed), "µs");
        let whole = each(taken + listed);
        let limit = *first.get_or_insert(whole) * GROWTH;
        report.at_most(&format!("at {stories}: a story in all, {GROWTH} of the first"), whole, limit, "µs");
        pages(&mut report, &modibo, stories, many.told());
    }
    report.end()
}

/// How long a batch takes until it is acknowledged, and its lines until they are made: on average, since what is done every few batches
/// counts, too.
fn cost(headquarters: &Headquarters, many: &mut Many) -> (Duration, Duration) {
    headquarters.refresh().unwrap();
    let (mut taken, mut listed) = (Vec::new(), Vec::new());
    for number in 0..BATCHES {
        let device = number % COLLECTORS;
        // As devices ask: past what they know, and with everything that they are told at the end of a sync.
        let since = headquarters.store.read(|tx| tx.last_seq(&many.devices[device].0.campaign)).unwrap();
        let (since, records) = (since.unsigned_abs(), many.batch(device, BATCH_RECORDS));
        let ask = SyncRequest { since, files: true, ..bringing(records) };
        taken.push(took(|| sent(headquarters, &many.devices[device].0, ask)));
        listed.push(took(|| headquarters.refresh().unwrap()));
    }
    let average = |times: Vec<Duration>| times.iter().sum::<Duration>() / BATCHES as u32;
    (average(taken), average(listed))
}

fn pages(report: &mut Report, modibo: &Supervisor, stories: usize, told: usize) {
    let mut measure = |what: &str, query: &str, found: bool| {
        let timed = |_| {
            let mut list = serde_json::Value::Null;
            let time = took(|| list = modibo.queue(query));
            assert_ne!(list["stories"].as_array().unwrap().is_empty(), found, "{what}");
            time
        };
        let times = Times::of((0..PAGES).map(timed).collect());
        report.below(&format!("at {stories}: {what} (95 of 100)"), times.quantile(0.95), LIMIT);
    };
    measure("the first page", "count=50", true);
    measure("a page in the middle", &format!("count=50&after={0}.{0}", told / 2), true);
    measure("what has waited longest", "count=50&order=waiting", true);
    measure("one state", "count=50&status=received", true);
    measure("a state that is rare", "count=50&status=approved", false);
    measure("one commune and one collector", "count=50&commune=Nouga&collector=Awa07", true);
    // The longest ago: what came since is in between.
    measure("the first month", "count=50&from=2022-10-01&to=2022-10-31", true);
    measure("the first year", "count=50&from=2022-10-01&to=2023-09-30", true);
    measure("a level and the first month", "count=50&level=associative&from=2022-10-01&to=2022-10-31", true);
    measure("a word that is in most", "count=50&words=le", true);
    measure("a word that is in most, of one collector", "count=50&words=le&collector=Awa07", true);
    measure("two words, in few", "count=50&words=hameau%2077", true);
    measure("a word in none", "count=50&words=zebu", false);
    // Nobody waits for figures between two stories: they may take as long as ten pages of the list.
    let covered = (0..5).map(|_| {
        let mut page = serde_json::Value::Null;
        let time = took(|| page = modibo.get("coverage").json().unwrap());
        assert_eq!(page["stories"], told);
        time
    });
    let covered = Times::of(covered.collect()).quantile(0.95);
    report.below(&format!("at {stories}: how far the collection has come (95 of 100)"), covered, 10 * LIMIT);
}
