//! Any schedule of edits, decisions, broken lines, repeats, restarts and wrong clocks over Awa's two devices and
//! headquarters ends, once the line holds, in one set of records: none missing, none twice (invariant 2).

use blon_core::id::RecordId;
use blon_core::record::Record;
use blon_device::clock::Clock;
use blon_device::key::StoreKey;
use blon_device::store::{RecordState, Store};
use blon_device::{Device, StoryId};
use blon_tests::collecting::{correct, open_at, tell_with_file};
use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::line::Line;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use chrono::{Local, TimeDelta};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The line during one sync.
#[derive(Debug, Clone, Copy)]
enum Weather {
    Fine,
    CutOnTheWayUp(u32),
    CutOnTheWayDown(u32),
}

/// What may happen next. `device` is Awa's phone (0) or laptop (1); `pick` chooses among the stories in sight.
#[derive(Debug, Clone, Copy)]
enum Step {
    Tell {
        device: usize,
        bytes: usize,
    },
    Correct {
        device: usize,
        pick: usize,
    },
    Sync {
        device: usize,
        weather: Weather,
    },
    /// The app is closed and opened again.
    Restart {
        device: usize,
    },
    /// The device's clock is set forwards or backwards.
    TurnClock {
        device: usize,
        hours: i64,
    },
    /// Modibo returns or approves a story.
    Decide {
        pick: usize,
        approve: bool,
    },
    /// A power cut at headquarters, or its end.
    Switch,
}

fn any_step() -> impl Strategy<Value = Step> {
    let device = || 0..2_usize;
    let weather = prop_oneof![
        3 => Just(Weather::Fine),
        2 => (0..30_000_u32).prop_map(Weather::CutOnTheWayUp),
        2 => (0..6_000_u32).prop_map(Weather::CutOnTheWayDown),
    ];
    prop_oneof![
        4 => (device(), 1..20_000_usize).prop_map(|(device, bytes)| Step::Tell { device, bytes }),
        5 => (device(), 0..9_usize).prop_map(|(device, pick)| Step::Correct { device, pick }),
        9 => (device(), weather).prop_map(|(device, weather)| Step::Sync { device, weather }),
        1 => device().prop_map(|device| Step::Restart { device }),
        2 => (device(), -90_000..90_000_i64).prop_map(|(device, hours)| Step::TurnClock { device, hours }),
        3 => (0..9_usize, any::<bool>()).prop_map(|(pick, approve)| Step::Decide { pick, approve }),
        2 => Just(Step::Switch),
    ]
}

struct World {
    server: TestServer,
    line: Line,
    folders: [TestDevice; 2],
    devices: Vec<Device>,
    hours_off: [Arc<AtomicI64>; 2],
    /// What was signed off: words that no other revision has, and the story they are in.
    signed_off: BTreeMap<String, StoryId>,
    decided: usize,
}

impl World {
    fn new() -> Self {
        let server = TestServer::serving();
        server.add("Awa", "collector");
        server.add("Modibo", "supervisor");
        let line = Line::to(server.address());
        let folders = [TestDevice::of("phone"), TestDevice::of("laptop")];
        let hours_off = [Arc::default(), Arc::default()];
        let make = |(folder, hours): (&TestDevice, &Arc<AtomicI64>)| {
            let device = Device::create(&folder.data(), PASSPHRASE, clock(hours)).unwrap();
            device.enrol(&line.url(), &server.code("Awa")).unwrap();
            device
        };
        let devices = folders.iter().zip(&hours_off).map(make).collect();
        World { server, line, folders, devices, hours_off, signed_off: BTreeMap::new(), decided: 0 }
    }

    fn play(&mut self, step: Step) {
        let words = format!("réponse {}", self.signed_off.len());
        match step {
            Step::Tell { device, bytes } => {
                let id = tell_with_file(&self.devices[device], &words, bytes);
                self.signed_off.insert(words, id);
            }
            Step::Correct { device, pick } => {
                let stories = self.devices[device].stories().unwrap();
                if let Some(line) = stories.get(pick % stories.len().max(1)) {
                    correct(&self.devices[device], line.id, &words);
                    self.signed_off.insert(words, line.id);
                }
            }
            Step::Sync { device, weather } => self.sync(device, weather),
            Step::Restart { device } => {
                let folder = self.folders[device].data();
                drop(self.devices.remove(device));
                self.devices.insert(device, open_at(&folder, clock(&self.hours_off[device])));
            }
            Step::TurnClock { device, hours } => self.hours_off[device].store(hours, Ordering::SeqCst),
            Step::Decide { pick, approve } if self.server.serves() => self.decide(pick, approve),
            Step::Decide { .. } => {}
            Step::Switch if self.server.serves() => self.server.kill(),
            Step::Switch => self.server.start(),
        }
    }

    fn sync(&self, device: usize, weather: Weather) {
        match weather {
            Weather::Fine => {}
            Weather::CutOnTheWayUp(bytes) => self.line.cut_after(bytes),
            Weather::CutOnTheWayDown(bytes) => self.line.cut_answers_after(bytes),
        }
        match self.devices[device].sync(|_| {}) {
            Ok(report) => assert_eq!(report.refused, 0, "an honest device is never refused"),
            Err(error) => {
                let fine = matches!(weather, Weather::Fine) && self.server.serves();
                assert!(!fine && error.code().as_str() == "unreachable", "{weather:?}: {error}");
            }
        }
        self.line.mend();
    }

    fn decide(&mut self, pick: usize, approve: bool) {
        let modibo = Supervisor::sign_in(&self.server.url(), "Modibo");
        let stories = modibo.stories();
        let Some(row) = stories.get(pick % stories.len().max(1)) else { return };
        let id = row["id"].as_str().unwrap();
        if row["status"] == "approved" {
            let verdict = serde_json::json!({ "kind": "reopened", "reason": "À relire." });
            assert_eq!(modibo.decision(&modibo.story(id), &verdict).send().unwrap().status(), 200);
        } else if approve {
            modibo.approve(id);
        } else {
            modibo.give_back(id, "narrative.now", "Qui peut le confirmer ?");
        }
        self.decided += 1;
    }

    /// The line holds: everybody has said everything after two rounds.
    fn settle(&mut self) {
        if !self.server.serves() {
            self.server.start();
        }
        for device in [0, 1, 0, 1] {
            self.sync(device, Weather::Fine);
        }
    }

    fn at_headquarters(&self) -> BTreeMap<RecordId, Record> {
        let stories: BTreeSet<StoryId> = self.signed_off.values().copied().collect();
        let own = self.server.headquarters();
        let records = stories.iter().flat_map(|id| own.store.read(|tx| tx.records_of(*id)).unwrap());
        records.map(|r| (r.id, r)).collect()
    }

    fn on_device(&self, device: usize) -> BTreeMap<RecordId, Record> {
        let folder = self.folders[device].data();
        let key = StoreKey::unwrap_with(&folder.join("blon.key"), PASSPHRASE).unwrap();
        let store = Store::open(&folder.join("blon.db"), &key, Local::now().fixed_offset()).unwrap();
        let stored = store.read(|tx| tx.records()).unwrap();
        assert!(stored.iter().all(|s| s.state == RecordState::Held), "all of it was acknowledged");
        stored.into_iter().map(|s| (s.record.id, s.record)).collect()
    }
}

fn clock(hours_off: &Arc<AtomicI64>) -> Clock {
    let hours_off = Arc::clone(hours_off);
    Clock::telling(move || Local::now().fixed_offset() + TimeDelta::hours(hours_off.load(Ordering::SeqCst)))
}

/// Headquarters' rows, each with every revision once, and both devices telling the same of them.
fn all_is_told_alike(world: &World) {
    let modibo = Supervisor::sign_in(&world.server.url(), "Modibo");
    let (mut told, mut decided) = (BTreeMap::new(), 0);
    for row in world.server.stories() {
        let page = modibo.story(row["id"].as_str().unwrap());
        let id: StoryId = row["id"].as_str().unwrap().parse().unwrap();
        let revisions = page["revisions"].as_array().unwrap();
        for (place, revision) in revisions.iter().enumerate() {
            let story = &revision["story"];
            // A story begins with words of its own in its title; each correction puts some into the answer.
            let words = if place == 0 { &story["title"] } else { &story["narrative"]["now"] };
            let twice = told.insert(words.as_str().unwrap().to_owned(), id);
            assert_eq!(twice, None, "{words} is there twice");
        }
        decided += page["decisions"].as_array().unwrap().len();
        for device in &world.devices {
            let view = serde_json::to_value(device.story(id).unwrap()).unwrap();
            for part in ["decisions", "threads", "conflicts"] {
                assert_eq!(view[part], page[part]);
            }
            assert_eq!((&view["status"], &view["revisions"]), (&row["status"], &row["revisions"]));
            let current = revisions.iter().rev().find(|r| r["head"] == true).unwrap();
            assert_eq!(view["story"], current["story"]);
            assert_eq!(row["evidence"][0]["complete"], true);
        }
    }
    assert_eq!(told, world.signed_off, "what was signed off is there, and nothing else");
    assert_eq!(decided, world.decided);
}

proptest! {
    #![proptest_config(ProptestConfig {
        // Over real sockets; the simulation plays hundreds without.
        cases: 8,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_schedule_ends_in_one_set_of_records(steps in prop::collection::vec(any_step(), 5..40)) {
        let mut world = World::new();
        for step in steps {
            world.play(step);
        }
        world.settle();
        all_is_told_alike(&world);
        let records = world.at_headquarters();
        prop_assert_eq!(records.len(), world.signed_off.len() + world.decided);
        for device in [0, 1] {
            prop_assert_eq!(world.on_device(device), records.clone());
            let health = world.devices[device].doctor().unwrap();
            prop_assert!(health.sound && health.records_waiting + health.files_waiting == 0, "{:?}", health);
        }
    }
}
