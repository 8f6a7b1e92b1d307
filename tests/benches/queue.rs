//! How long a supervisor waits for a page of the list among 100,000 stories, from the browser's request to its answer.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_core::id::{DeviceId, RecordId, StoryId};
use blon_core::protocol::{BATCH_RECORDS, EnrolRequest, PROTOCOL, SyncRequest};
use blon_core::record::{Act, Record};
use blon_core::story::Story;
use blon_device::intake::StoryFile;
use blon_server::Headquarters;
use blon_server::store::DeviceRow;
use blon_tests::bench::{Report, Times};
use blon_tests::collecting::{collector, open};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::prose::{Part, Prose};
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use chrono::{Local, Utc};
use serde_json::value::to_raw_value;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use uuid::Uuid;

const STORIES: usize = 100_000;
const COLLECTORS: usize = 25;
const LIMIT: Duration = Duration::from_millis(100);
const COMMUNES: [&str; 9] = [
    "Balan Bakama",
    "Benkadi",
    "Kaniogo",
    "Karan",
    "Maramandougou",
    "Minidian",
    "Naréna",
    "Nouga",
    "Séléfougou",
];

fn main() -> ExitCode {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let told = stories(&server);
    let headquarters = server.headquarters();
    let devices: Vec<DeviceRow> = (0..COLLECTORS).map(|n| device(&server, &headquarters, n)).collect();
    let begun = Instant::now();
    let mut number = 0;
    while number < STORIES {
        let device = &devices[number / BATCH_RECORDS % COLLECTORS];
        let records =
            (number..number + BATCH_RECORDS).map(|n| to_raw_value(&record(&told, device, n)).unwrap());
        let ask = SyncRequest {
            protocol: PROTOCOL,
            since: u64::MAX >> 1,
            mark: None,
            records: records.collect(),
            most: 1,
            files: false,
            clock: None,
            parcel_key: None,
            campaign: None,
            about: None,
            withdrawals: Vec::new(),
            withdrawn: None,
            sealed: Vec::new(),
        };
        let answer = headquarters.sync(device, &ask, Utc::now()).unwrap();
        assert!(answer.acknowledged.iter().all(|a| a.refused.is_none()), "{:?}", answer.acknowledged[0]);
        number += BATCH_RECORDS;
    }
    println!("{STORIES} stories came in {:.0?}", begun.elapsed());
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let begun = Instant::now();
    modibo.queue("count=1");
    println!("the list was made in {:.0?}, once", begun.elapsed());

    let mut report = Report::default();
    let mut measure = |what: &str, query: &str, found: usize| {
        let timed = |_| {
            let begun = Instant::now();
            let list = modibo.queue(query);
            let took = begun.elapsed();
            assert_eq!(list["stories"].as_array().unwrap().len(), found, "{what}");
            took
        };
        let times = Times::of((0..40).map(timed).collect());
        report.below(what, times.quantile(0.95), LIMIT);
    };
    measure("the first page (95 of 100)", "count=50", 50);
    measure("a page in the middle (95 of 100)", &format!("count=50&after={0}.{0}", STORIES / 2), 50);
    measure("what has waited longest (95 of 100)", "count=50&order=waiting", 50);
    measure("one state (95 of 100)", "count=50&status=received", 50);
    measure("a state that is rare (95 of 100)", "count=50&status=approved", 0);
    measure("one commune and one collector (95 of 100)", "count=50&commune=Nouga&collector=Awa07", 50);
    measure(
        "a level and a month (95 of 100)",
        "count=50&level=associative&from=2022-10-01&to=2022-10-31",
        50,
    );
    measure("a word that is in most (95 of 100)", "count=50&words=le", 50);
    measure("two words, in few (95 of 100)", "count=50&words=hameau%2077", 50);
    measure("a word in none (95 of 100)", "count=50&words=zebu", 0);
    // Nobody waits for figures between two stories: they may take as long as ten pages of the list.
    let times = Times::of((0..10).map(|_| covered(&modibo)).collect());
    report.below("how far the collection has come (95 of 100)", times.quantile(0.95), 10 * LIMIT);
    report.end()
}

/// How long it takes to count a whole campaign.
fn covered(modibo: &Supervisor) -> Duration {
    let begun = Instant::now();
    let page: serde_json::Value = modibo.get("coverage").json().unwrap();
    let took = begun.elapsed();
    assert_eq!(page["stories"], STORIES);
    took
}

/// Stories as people tell them, to be told again in other places.
fn stories(server: &TestServer) -> Vec<Story> {
    let device = open(&collector(server, "Awa", &server.url()));
    let prose = Prose::read(Part::Measured);
    let told = (0..400).map(|number| {
        let file = StoryFile::read(&prose.story(number).to_string()).unwrap();
        let id = device.take_in(file, &[]).unwrap().id;
        device.finalise(id).unwrap();
        device.story(id).unwrap().story
    });
    told.collect()
}

fn device(server: &TestServer, headquarters: &Headquarters, number: usize) -> DeviceRow {
    let name = format!("Awa{number:02}");
    server.add(&name, "collector");
    let ask =
        EnrolRequest { protocol: PROTOCOL, code: server.code(&name), person: None, earlier: Vec::new() };
    let answer = headquarters.enrol(&ask).unwrap();
    DeviceRow { id: answer.device, person: answer.person, campaign: answer.campaign.id }
}

fn record(told: &[Story], device: &DeviceRow, number: usize) -> Record {
    let mut story = told[number % told.len()].clone();
    story.title = format!("Récit {number} du hameau {}", number % 997);
    story.context.commune = COMMUNES[number % COMMUNES.len()].to_owned();
    Record {
        id: RecordId(Uuid::now_v7()),
        campaign: CAMPAIGN.parse().unwrap(),
        story: StoryId(Uuid::now_v7()),
        author: device.person.clone(),
        device: Some(DeviceId(device.id.0)),
        clock: Local::now().fixed_offset(),
        builds_on: Vec::new(),
        act: Act::Finalise { story: Box::new(story), note: String::new() },
    }
}
