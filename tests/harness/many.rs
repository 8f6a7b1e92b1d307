//! Stories by the thousand, straight into headquarters: what a whole country's devices send, without the devices.

use crate::collecting::{collector, open};
use crate::fixtures::CAMPAIGN;
use crate::prose::{Part, Prose};
use crate::server::TestServer;
use blon_core::id::{CampaignId, DeviceId, RecordId, StoryId};
use blon_core::protocol::{BATCH_RECORDS, EnrolRequest, PROTOCOL, SyncRequest};
use blon_core::record::{Act, Record};
use blon_core::story::Story;
use blon_device::intake::StoryFile;
use blon_server::Headquarters;
use blon_server::error::Result;
use blon_server::store::{Arrival, DeviceRow, Tx};
use chrono::{Days, Local, NaiveDate, Utc};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

/// Where people live, in turn.
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

/// When the first was told, and how many are on one day.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2022, 10, 1).unwrap();
const A_DAY: u64 = 1_000;

/// A request of a device that brings these records, and whose cursor is past the end: it is told one record, from the first on.
pub fn bringing(records: Vec<Box<RawValue>>) -> SyncRequest {
    SyncRequest {
        protocol: PROTOCOL,
        since: u64::MAX >> 1,
        mark: None,
        records,
        most: 1,
        files: false,
        clock: None,
        parcel_key: None,
        campaign: None,
        about: None,
        withdrawals: Vec::new(),
        withdrawn: None,
        sealed: Vec::new(),
    }
}

/// A record that signs a story off.
pub fn signed_off(story: Story, device: &DeviceRow) -> Record {
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

/// Puts a new story with its first record into the store, past every rule: what stands there may be older than a rule.
///
/// # Errors
/// Those of the database.
pub fn put(tx: &Tx, record: &Record) -> Result<()> {
    let seq = tx.last_seq(&record.campaign)? + 1;
    tx.add_stories(&[(record, &serde_json::to_string(record)?, seq)], Arrival { at: 0, skew: None })?;
    tx.set_last_seq(&record.campaign, seq)
}

/// The campaign of the fixtures.
pub fn kangaba() -> CampaignId {
    CAMPAIGN.parse().unwrap()
}

/// A new story of Awa's with a title alone.
pub fn record(number: u32) -> Record {
    let told = Story { title: format!("Récit {number}"), ..Story::default() };
    Record {
        id: RecordId(Uuid::now_v7()),
        campaign: kangaba(),
        story: StoryId(Uuid::now_v7()),
        author: "Awa".parse().unwrap(),
        device: None,
        clock: Local::now().fixed_offset(),
        builds_on: Vec::new(),
        act: Act::Finalise { story: Box::new(told), note: String::new() },
    }
}

/// Puts such a story into the store, as [`put`] does.
///
/// # Errors
/// Those of the database.
pub fn add(tx: &Tx, number: u32) -> Result<()> {
    put(tx, &record(number))
}

/// The last number of the campaign.
pub fn last(headquarters: &Headquarters) -> i64 {
    headquarters.store.read(|tx| tx.last_seq(&kangaba())).unwrap()
}

/// Takes in one more device of somebody who collects; gives it with its secret.
pub fn device(server: &TestServer, headquarters: &Headquarters, name: &str) -> (DeviceRow, String) {
    let ask = EnrolRequest { protocol: PROTOCOL, code: server.code(name), person: None, earlier: Vec::new() };
    let answer = headquarters.enrol(&ask).unwrap();
    let row = DeviceRow { id: answer.device, person: answer.person, campaign: answer.campaign.id };
    (row, answer.token)
}

/// Stories as people tell them, told again and again in other places by collectors called `Awa00` and so on.
pub struct Many {
    told: Vec<Story>,
    /// The collectors' devices, with their secrets.
    pub devices: Vec<(DeviceRow, String)>,
    sent: usize,
}

impl Many {
    /// Of so many collectors.
    pub fn of(server: &TestServer, headquarters: &Headquarters, collectors: usize) -> Self {
        let teller = open(&collector(server, "Awa", &server.url()));
        let prose = Prose::read(Part::Measured);
        let told = (0..400).map(|number| {
            let file = StoryFile::read(&prose.story(number).to_string()).unwrap();
            let id = teller.take_in(file, &[]).unwrap().id;
            // By the campaign's questionnaire, which headquarters then holds it against.
            teller.interview(id, "fr").unwrap();
            teller.answer(id, "story_check", "yes", "fr").unwrap();
            teller.finalise(id).unwrap();
            teller.story(id).unwrap().story
        });
        let told = told.collect();
        let devices = (0..collectors).map(|number| {
            let name = format!("Awa{number:02}");
            server.add(&name, "collector");
            device(server, headquarters, &name)
        });
        Many { told, devices: devices.collect(), sent: 0 }
    }

    /// The next story of this device.
    pub fn next(&mut self, device: usize) -> Record {
        let (number, told) = (self.sent, &self.told);
        self.sent += 1;
        let mut story = told[number % told.len()].clone();
        story.title = format!("Récit {number} du hameau {}", number % 997);
        story.context.commune = COMMUNES[number % COMMUNES.len()].to_owned();
        // As stories are told: one day after the other.
        story.context.date = FIRST_DAY.checked_add_days(Days::new(number as u64 / A_DAY));
        signed_off(story, &self.devices[device].0)
    }

    /// The next stories of this device, as they are sent.
    pub fn batch(&mut self, device: usize, count: usize) -> Vec<Box<RawValue>> {
        (0..count).map(|_| to_raw_value(&self.next(device)).unwrap()).collect()
    }

    /// How many stories were told.
    pub fn told(&self) -> usize {
        self.sent
    }

    /// Sends whole batches until so many stories were told.
    pub fn send_until(&mut self, headquarters: &Headquarters, many: usize) {
        while self.sent < many {
            let device = self.sent / BATCH_RECORDS % self.devices.len();
            // Past what it knows: else each would be told from the first on, which takes longer the more there is.
            let since = u64::try_from(last(headquarters)).unwrap();
            let records = self.batch(device, BATCH_RECORDS.min(many - self.sent));
            sent(headquarters, &self.devices[device].0, SyncRequest { since, ..bringing(records) });
        }
    }
}

/// Sends a request that must be taken in.
pub fn sent(headquarters: &Headquarters, device: &DeviceRow, ask: SyncRequest) {
    let answer = headquarters.sync(device, ask, Utc::now()).unwrap();
    let refused = answer.acknowledged.iter().find(|one| one.refused.is_some());
    assert!(refused.is_none(), "{refused:?}");
}
