//! Exports of any size: memory does not grow with a campaign, writing goes on meanwhile, whoever goes away ends the work, and what
//! breaks off is never taken for the whole.

use blon_core::protocol::BATCH_RECORDS;
use blon_core::record::Record;
use blon_core::story::Story;
use blon_server::Headquarters;
use blon_server::store::DeviceRow;
use blon_tests::collecting::tell;
use blon_tests::exporting::{FORMATS, Rooms, awas, bring, rooms};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::many::{bringing, device, sent, signed_off};
use blon_tests::patience::soon;
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use std::io::Read;
use std::time::{Duration, Instant};

/// How many stories a large campaign has here, with words of [`WORDS`] bytes each.
const LARGE: usize = 2_500;
const WORDS: usize = 16 * 1024;

/// How much more memory exports may take: less than the words of all stories alone.
const MORE_KIB: u64 = (LARGE * WORDS / 1024) as u64;

/// How long an export may take that is made whole before its first byte.
const PATIENCE: Duration = Duration::from_secs(180);

/// Whoever sends stories by the hundred.
struct Sender {
    headquarters: Headquarters,
    device: DeviceRow,
    told: Story,
    sent: usize,
}

impl Sender {
    fn new(rooms: &Rooms) -> Self {
        let awa = awas(rooms);
        let id = tell(&awa, "Le récit qui se répète");
        let mut told = awa.story(id).unwrap().story;
        // Long enough that a campaign of them would show in memory.
        let sentence = "On marchait presque une heure pour l’eau. ";
        told.narrative.before = sentence.repeat(WORDS / sentence.len());
        let headquarters = rooms.server.headquarters();
        let (device, _) = device(&rooms.server, &headquarters, "Awa");
        Sender { headquarters, device, told, sent: 0 }
    }

    /// Sends stories until there are so many.
    fn send_until(&mut self, many: usize) {
        while self.sent < many {
            let count = BATCH_RECORDS.min(many - self.sent);
            let records = (0..count).map(|n| to_raw_value(&self.record(self.sent + n)).unwrap()).collect();
            sent(&self.headquarters, &self.device, bringing(records));
            self.sent += count;
        }
    }

    fn record(&self, number: usize) -> Record {
        let mut story = self.told.clone();
        story.title = format!("Récit {number}");
        story.consent.quote = Some(!number.is_multiple_of(10));
        signed_off(story, &self.device)
    }
}

/// Fetches an export to its end and forgets it; gives how many bytes it had.
fn drained(rooms: &Rooms, export: &str) -> u64 {
    let path = format!("/api/campaigns/{CAMPAIGN}/exports/{export}");
    let mut answer = rooms.nana.request(reqwest::Method::GET, &path).timeout(PATIENCE).send().unwrap();
    assert_eq!(answer.status(), 200, "{export}");
    std::io::copy(&mut answer, &mut std::io::sink()).unwrap()
}

/// Reads a table of the feed through all pages; gives how many rows there were.
fn fed(rooms: &Rooms, set: &str) -> usize {
    let mut next = Some(format!("{}/api/campaigns/{CAMPAIGN}/odata/{set}", rooms.server.url()));
    let mut rows = 0;
    while let Some(url) = next {
        let path = url.strip_prefix(&rooms.server.url()).unwrap();
        let page: Value = rooms.nana.request(reqwest::Method::GET, path).send().unwrap().json().unwrap();
        rows += page["value"].as_array().unwrap().len();
        assert!(page["value"].as_array().unwrap().len() <= 500);
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    rows
}

/// How many files without a name the server holds open: what an export lays aside.
fn laid_aside(rooms: &Rooms) -> usize {
    let folder = format!("/proc/{}/fd", rooms.server.process_id());
    let links =
        std::fs::read_dir(folder).unwrap().filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok());
    links.filter(|link| link.to_string_lossy().ends_with("(deleted)")).count()
}

#[test]
fn memory_does_not_grow_with_a_campaign_and_whoever_goes_away_ends_the_work() {
    let rooms = rooms();
    let mut sender = Sender::new(&rooms);
    sender.send_until(LARGE);
    // The list is made before: what the database keeps in memory is full, whoever exports.
    assert_eq!(rooms.nana.queue("count=1")["stories"].as_array().unwrap().len(), 1);
    let before = rooms.server.memory().unwrap();
    // The most memory from here on: signing in takes some on purpose, which would hide what an export takes.
    std::fs::write(format!("/proc/{}/clear_refs", rooms.server.process_id()), "5").unwrap();
    for format in FORMATS {
        let bytes = drained(&rooms, format);
        assert!(bytes > 500, "{format} has {bytes}");
    }
    let most = rooms.server.peak_memory().unwrap();
    println!("{before} KiB before, {most} KiB at most");
    assert!(most < before + MORE_KIB, "{before} KiB before, {most} KiB at most");
    assert_eq!(fed(&rooms, "Changes"), LARGE);

    // A workbook is made whole before its first byte: whoever goes away before is noticed all the same.
    let begun = Instant::now();
    drained(&rooms, "stories.xlsx");
    let whole = begun.elapsed();
    soon("nothing lies aside", Duration::from_secs(5), || laid_aside(&rooms) == 0);
    let impatient =
        rooms.nana.request(reqwest::Method::GET, &format!("/api/campaigns/{CAMPAIGN}/exports/stories.xlsx"));
    assert!(impatient.timeout(whole / 8).send().is_err(), "it went away");
    assert!(laid_aside(&rooms) > 0, "the work had begun");
    soon("the work ended", whole / 3, || laid_aside(&rooms) == 0);

    // One who reads a little and stops, then goes.
    let mut slow = rooms.nana.get("exports/evidence.zip");
    slow.read_exact(&mut [0; 100]).unwrap();
    assert!(laid_aside(&rooms) > 0);
    // Meanwhile a collector's story comes in: nobody waits for the slow one.
    let awa = awas(&rooms);
    tell(&awa, "Venu pendant ce temps");
    bring(&awa);
    drop(slow);
    soon("the work ended", Duration::from_secs(10), || laid_aside(&rooms) == 0);
}

#[test]
fn what_breaks_off_is_not_taken_for_the_whole() {
    let mut rooms = rooms();
    let mut sender = Sender::new(&rooms);
    sender.send_until(400);
    for format in ["stories.csv", "stories.jsonl", "csv.zip"] {
        if !rooms.server.serves() {
            rooms.server.start();
        }
        let mut answer = rooms.nana.get(&format!("exports/{format}"));
        assert_eq!(answer.status(), 200);
        answer.read_exact(&mut [0; 100]).unwrap();
        rooms.server.kill();
        assert!(answer.read_to_end(&mut Vec::new()).is_err(), "{format} ends as if it were whole");
    }
    rooms.server.start();
    let told: Value = serde_json::from_slice(&rooms.export("manifest.json")).unwrap();
    assert_eq!(told["stories"]["released"], json!(400));
}
