//! Devices, headquarters and the worst line between them, played by a seed: the same again for the same seed.
//!
//! The devices and headquarters are the real ones, on real files; only the line is not. It loses requests before and
//! answers after headquarters acted, hears one twice, keeps one back and delivers it days later, cuts pieces in their middle
//! and spoils others, while either side is restarted and clocks are turned.

mod line;

use crate::collecting::story_called;
use crate::device::PASSPHRASE;
use crate::fixtures::{CAMPAIGN, campaign_file};
use crate::folders::copy;
use crate::media::{noise, sha256};
use crate::prose::Chance;
use crate::server::PASSWORD;
use blon_core::fold::{Verdict, fold};
use blon_core::id::{CampaignId, Digest, PersonName, RecordId, StoryId};
use blon_core::page::Decide;
use blon_core::protocol::{EnrolRequest, PIECE_BYTES, PROTOCOL};
use blon_core::queue::QueueQuery;
use blon_core::record::Record;
use blon_core::review::Role;
use blon_device::Device;
use blon_device::clock::Clock;
use blon_device::key::StoreKey;
use blon_device::store::{RecordState, Store, StoredRecord};
use blon_device::view::Enrolment;
use blon_server::Headquarters;
use blon_server::people::Sight;
use blon_server::store::DeviceRow;
use blon_server::view::NewPerson;
use chrono::{DateTime, FixedOffset, Utc};
use line::{Message, SimLine};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Whose devices there are: Awa has a phone and a laptop.
const DEVICES: [&str; 3] = ["Awa", "Awa", "Bakary"];

/// How much one seed does.
const STEPS: usize = 40;

/// Headquarters and enrolled devices as every seed finds them.
struct Beginning {
    folder: TempDir,
    key: PathBuf,
    tokens: Vec<String>,
}

/// A folder in memory, where the system has one: the disk is not what is tested here.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

fn beginning() -> &'static Beginning {
    static MADE: OnceLock<Beginning> = OnceLock::new();
    MADE.get_or_init(|| {
        let made = folder();
        let hq = Headquarters::open(&made.path().join("headquarters")).unwrap();
        hq.import_campaign(&serde_json::from_slice(&fs::read(campaign_file()).unwrap()).unwrap()).unwrap();
        let team = "kangaba";
        for (name, role) in
            [("Awa", Role::Collector), ("Bakary", Role::Collector), ("Modibo", Role::Supervisor)]
        {
            let password = (role == Role::Supervisor).then_some(PASSWORD);
            let new = NewPerson { name: person(name), role, team: team.to_owned() };
            hq.add_people(&[new], password, None).unwrap();
        }
        let key_file = made.path().join("key");
        let key = StoreKey::create(&key_file, PASSPHRASE).unwrap();
        let mut tokens = Vec::new();
        for (number, name) in DEVICES.iter().enumerate() {
            let code = hq.make_code(&person(name), None, None).unwrap().code;
            let answer = hq
                .enrol(&EnrolRequest { protocol: PROTOCOL, code, person: None, earlier: Vec::new() })
                .unwrap();
            let own = made.path().join(format!("device-{number}"));
            fs::create_dir(&own).unwrap();
            let store = Store::open(&own.join("blon.db"), &key, DateTime::UNIX_EPOCH.fixed_offset()).unwrap();
            let enrolment = Enrolment {
                role: Role::Collector,
                url: "http://127.0.0.1:9".to_owned(),
                device: answer.device,
                person: answer.person,
                campaign: answer.campaign,
            };
            store.write(|tx| tx.put_enrolment(&enrolment, &answer.token, None)).unwrap();
            tokens.push(answer.token);
        }
        Beginning { folder: made, key: key_file, tokens }
    })
}

fn person(name: &str) -> PersonName {
    name.parse().unwrap()
}

fn campaign_id() -> CampaignId {
    CAMPAIGN.parse().unwrap()
}

/// One device.
struct Phone {
    folder: PathBuf,
    row: DeviceRow,
    open: Option<Device>,
    seconds_ahead: Arc<AtomicI64>,
}

/// Everything there is in one seed.
pub struct World {
    folder: TempDir,
    key: StoreKey,
    runtime: Runtime,
    hq: RefCell<Headquarters>,
    phones: Vec<Phone>,
    chance: RefCell<Chance>,
    late: RefCell<Vec<(usize, Message)>>,
    now: Arc<AtomicI64>,
    ids: Arc<AtomicU64>,
    /// Words that no other revision has, and the story they are in, with its collector.
    signed_off: BTreeMap<String, (StoryId, usize)>,
    decided: usize,
    /// Of each file: its bytes, how many were sent, and how many pieces may have been sent for nothing.
    files: RefCell<BTreeMap<String, (u64, u64, u64)>>,
    fine: RefCell<bool>,
    /// What was done, to be read when a seed fails.
    pub trace: RefCell<Vec<String>>,
}

impl World {
    /// The world of a seed, before anything has happened.
    pub fn of(seed: u64) -> Self {
        let (beginning, folder) = (beginning(), folder());
        copy(beginning.folder.path(), folder.path());
        let hq = Headquarters::open(&folder.path().join("headquarters")).unwrap();
        let phones = beginning.tokens.iter().enumerate().map(|(number, token)| Phone {
            folder: folder.path().join(format!("device-{number}")),
            row: hq.device(token).unwrap(),
            open: None,
            seconds_ahead: Arc::default(),
        });
        let mut world = World {
            phones: phones.collect(),
            key: StoreKey::unwrap_with(&beginning.key, PASSPHRASE).unwrap(),
            runtime: tokio::runtime::Builder::new_current_thread().build().unwrap(),
            hq: RefCell::new(hq),
            chance: RefCell::new(Chance::of_seed(seed)),
            late: RefCell::default(),
            now: Arc::new(AtomicI64::new(1_662_000_000)),
            ids: Arc::new(AtomicU64::new(seed << 20)),
            signed_off: BTreeMap::new(),
            decided: 0,
            files: RefCell::default(),
            fine: RefCell::new(false),
            trace: RefCell::default(),
            folder,
        };
        (0..DEVICES.len()).for_each(|number| world.restart(number));
        world
    }

    /// Plays the seed to its end and checks all that must hold.
    pub fn play(&mut self) {
        for _ in 0..STEPS {
            self.now.fetch_add(997, Ordering::SeqCst);
            self.step();
            self.deliver_late(8);
        }
        self.settle();
        self.converged();
    }

    fn note(&self, what: String) {
        self.trace.borrow_mut().push(what);
    }

    fn below(&self, limit: usize) -> usize {
        self.chance.borrow_mut().below(limit)
    }

    fn step(&mut self) {
        let number = self.below(DEVICES.len());
        match self.below(100) {
            0..22 => self.tell(number),
            22..38 => self.correct(number),
            38..74 => self.sync(number),
            74..80 => self.restart(number),
            80..86 => {
                let hours = i64::try_from(self.below(2_000)).unwrap() - 1_000;
                self.note(format!("device {number}'s clock is turned by {hours} h"));
                self.phones[number].seconds_ahead.store(hours * 3_600, Ordering::SeqCst);
            }
            86..93 => self.decide(),
            93..96 => {
                let freed = self.device(number).free_files().unwrap();
                self.note(format!("device {number} frees {} files", freed.files));
            }
            _ => self.restart_headquarters(),
        }
    }

    fn device(&self, number: usize) -> &Device {
        self.phones[number].open.as_ref().unwrap()
    }

    fn clock(&self, number: usize) -> Clock {
        let (now, ahead) = (Arc::clone(&self.now), Arc::clone(&self.phones[number].seconds_ahead));
        let ids = Arc::clone(&self.ids);
        Clock::telling(move || {
            let seconds = now.load(Ordering::SeqCst) + ahead.load(Ordering::SeqCst);
            DateTime::from_timestamp(seconds, 0).unwrap().fixed_offset()
        })
        .with_chance(move || Chance::of_seed(ids.fetch_add(1, Ordering::SeqCst)).next())
    }

    /// The app is killed and opened again.
    fn restart(&mut self, number: usize) {
        self.note(format!("device {number} restarts"));
        self.phones[number].open = None;
        let open = Device::open_with(&self.phones[number].folder, &self.key, self.clock(number)).unwrap();
        self.phones[number].open = Some(open);
    }

    fn restart_headquarters(&self) {
        self.note("headquarters restarts".to_owned());
        let again = Headquarters::open(&self.folder.path().join("headquarters")).unwrap();
        again.sweep_uploads(self.now.load(Ordering::SeqCst), Duration::ZERO).unwrap();
        *self.hq.borrow_mut() = again;
    }

    fn tell(&mut self, number: usize) {
        let words = format!("réponse {}", self.signed_off.len());
        let bytes = [0, 0, 900, 15_000, 70_000][self.below(5)];
        let mut evidence = Vec::new();
        if bytes > 0 {
            let path = self.folder.path().join("registre.pdf");
            noise(&path, &words, bytes);
            let digest = sha256(&fs::read(&path).unwrap());
            self.files.borrow_mut().insert(digest, (bytes as u64, 0, 0));
            evidence.push(path);
        }
        let device = self.device(number);
        let id = device.take_in(story_called(&words), &evidence).unwrap().id;
        device.finalise(id).unwrap();
        self.note(format!("device {number} tells {words} with {bytes} bytes"));
        self.signed_off.insert(words, (id, number));
    }

    fn correct(&mut self, number: usize) {
        let stories = self.device(number).stories().unwrap();
        let Some(line) = stories.get(self.below(stories.len().max(1))) else { return };
        let words = format!("réponse {}", self.signed_off.len());
        let (id, device) = (line.id, self.device(number));
        device.revise(id, story_called(&words), "corrigé").unwrap();
        device.finalise(id).unwrap();
        self.note(format!("device {number} corrects {id} to {words}"));
        self.signed_off.insert(words, (id, number));
    }

    fn decide(&mut self) {
        let hq = self.hq.borrow().clone();
        let modibo = hq.store.read(|tx| tx.person(&person("Modibo"))).unwrap().unwrap();
        let stories = hq.stories(&campaign_id(), Some(&modibo), &QueueQuery::default()).unwrap().stories;
        let Some(row) = stories.get(self.below(stories.len().max(1))) else { return };
        let page = hq.story(&campaign_id(), row.id, &modibo).unwrap();
        let verdict = Verdict::Approved { note: "bien".to_owned() };
        let record = RecordId(Uuid::from_u128(u128::from(self.ids.fetch_add(1, Ordering::SeqCst)) | 7 << 76));
        let clock: DateTime<FixedOffset> = self.time().fixed_offset();
        let decision = Decide { in_sight: page.in_sight, verdict };
        if hq.decide(&campaign_id(), row.id, &modibo, decision, (record, clock)).is_ok() {
            self.decided += 1;
            self.note(format!("Modibo approves {}", row.id));
        }
    }

    fn time(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.now.load(Ordering::SeqCst), 0).unwrap()
    }

    fn sync(&self, number: usize) {
        let line = SimLine { world: self, number };
        let ended = self.device(number).sync_by(&line);
        self.note(format!("device {number} syncs: {:?}", ended.as_ref().map_err(ToString::to_string)));
        match ended {
            Ok(report) => {
                assert_eq!((report.refused, report.unread), (0, 0), "an honest device is never refused")
            }
            Err(error) => {
                let codes =
                    ["unreachable", "checksum_mismatch", "file_digest_mismatch", "upload_offset_wrong"];
                assert!(!*self.fine.borrow() && codes.contains(&error.code().as_str()), "{error}");
            }
        }
        self.nothing_acknowledged_is_missing(number);
    }

    /// Some of what was kept back is delivered: one of it in `one_in` times.
    fn deliver_late(&self, one_in: usize) {
        let waits = self.late.borrow().len();
        if waits > 0 && self.below(one_in) == 0 {
            let (number, message) = self.late.borrow_mut().remove(self.below(waits));
            self.note(format!("something of device {number} arrives late"));
            // Nobody waits for this answer any more.
            let _ = self.hear(number, message);
        }
    }

    /// The line holds and all that was kept back has come: two rounds later everybody has said everything.
    fn settle(&mut self) {
        self.note("the line holds".to_owned());
        while !self.late.borrow().is_empty() {
            self.deliver_late(1);
        }
        *self.fine.borrow_mut() = true;
        for _ in 0..2 {
            (0..DEVICES.len()).for_each(|number| self.sync(number));
        }
    }

    fn records_on(&self, number: usize) -> Vec<StoredRecord> {
        let path = self.phones[number].folder.join("blon.db");
        let store = Store::open(&path, &self.key, self.time().fixed_offset()).unwrap();
        store.read(|tx| tx.records()).unwrap()
    }

    fn at_headquarters(&self, collector: &str) -> BTreeMap<RecordId, Record> {
        let number = DEVICES.iter().position(|name| *name == collector).unwrap();
        let (hq, row) = (self.hq.borrow(), &self.phones[number].row);
        let sight = Sight::Own(row.person.clone());
        let records = hq.store.read(|tx| tx.records_after(row, &sight, &[], 0, i64::MAX, 100_000)).unwrap();
        let count = records.len();
        let read: BTreeMap<_, _> =
            records.into_iter().map(|(_, id, body)| (id, serde_json::from_str(&body).unwrap())).collect();
        assert_eq!(read.len(), count, "no record is there twice");
        read
    }

    /// Whatever a device takes for acknowledged, headquarters has, word for word.
    fn nothing_acknowledged_is_missing(&self, number: usize) {
        let there = self.at_headquarters(DEVICES[number]);
        for stored in self.records_on(number).iter().filter(|s| s.state == RecordState::Held) {
            assert_eq!(there.get(&stored.record.id), Some(&stored.record), "acknowledged, and not there");
        }
    }

    /// One set of records everywhere, every file whole, and a fold that does not care for order.
    fn converged(&self) {
        for (number, name) in DEVICES.iter().enumerate() {
            let there = self.at_headquarters(name);
            let here = self.records_on(number);
            assert!(here.iter().all(|s| s.state == RecordState::Held), "everything was acknowledged");
            let records: Vec<Record> = here.into_iter().map(|s| s.record).collect();
            let by_id: BTreeMap<RecordId, Record> = records.iter().map(|r| (r.id, r.clone())).collect();
            assert_eq!(by_id.len(), records.len(), "nothing is here twice");
            assert_eq!(by_id, there, "device {number} has what headquarters has");
            self.folds_alike(&records);
            let left = self.device(number).waiting().unwrap();
            assert_eq!((left.records_left, left.files_left), (0, 0));
            let clocks = self.device(number).clocks().unwrap();
            assert_eq!(clocks.seconds_ahead, Some(self.phones[number].seconds_ahead.load(Ordering::SeqCst)));
        }
        let told: BTreeSet<String> = ["Awa", "Bakary"]
            .iter()
            .flat_map(|n| self.at_headquarters(n))
            .filter_map(|(_, r)| {
                let act = serde_json::to_value(&r.act).unwrap();
                act["story"]["title"].as_str().map(str::to_owned)
            })
            .collect();
        assert_eq!(
            told,
            self.signed_off.keys().cloned().collect(),
            "what was signed off is there, and nothing else"
        );
        let decided = ["Awa", "Bakary"]
            .iter()
            .flat_map(|n| self.at_headquarters(n))
            .filter(|(_, r)| r.device.is_none());
        assert_eq!(decided.count(), self.decided);
        self.files_are_whole();
    }

    fn folds_alike(&self, records: &[Record]) {
        let mut by_story: BTreeMap<StoryId, Vec<&Record>> = BTreeMap::new();
        records.iter().for_each(|r| by_story.entry(r.story).or_default().push(r));
        for (id, mut own) in by_story {
            let told = |records: &[&Record]| format!("{:?}", fold(id, records.iter().copied()));
            let before = told(&own);
            for place in (1..own.len()).rev() {
                own.swap(place, self.below(place + 1));
            }
            assert_eq!(told(&own), before, "the fold does not care for order");
        }
    }

    fn files_are_whole(&self) {
        let hq = self.hq.borrow();
        for (digest, (bytes, sent, misfortunes)) in self.files.borrow().iter() {
            let digest: Digest = digest.parse().unwrap();
            let mut there = Vec::new();
            hq.files.read(&digest).unwrap().unwrap().read_to_end(&mut there).unwrap();
            assert_eq!(sha256(&there), digest.as_str());
            // What was cut, spoilt, lost or heard twice costs one piece each, and never the file.
            let most = bytes + misfortunes * (*PIECE_BYTES.end()).min(128 * 1024).min(*bytes);
            assert!(*sent <= most, "{sent} bytes were sent of {bytes}, with {misfortunes} misfortunes");
        }
        let left = fs::read_dir(self.folder.path().join("headquarters/files/incoming")).unwrap().count();
        assert_eq!(left, 0, "nothing half-come is left");
    }
}
