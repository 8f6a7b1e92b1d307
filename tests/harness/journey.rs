//! The journey of an interview, from the collector's device to headquarters and back, on real parts.
//!
//! `cargo xtask demo --headless` prints it, a test plays it: the same code, so neither can drift.

use crate::device::{TestDevice, holds_no_plaintext};
use crate::fixtures::{stories, wanted_files};
use crate::media::{photo, sha256, sound, stored};
use crate::server::TestServer;
use crate::supervisor::Supervisor;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

/// The comment that Modibo pins to one answer of Bakary's story.
const COMMENT: &str = "Depuis quelle année exactement ? Qui peut le confirmer ?";

/// What Bakary adds in answer.
const CORRECTION: &str = " C'était après l'hivernage de 2020; le chef de village peut le confirmer.";

/// The story whose recording lasts several minutes; SIGKILL strikes while it is taken in.
const LONG_RECORDING: usize = 4;

/// Bytes of the write-ahead log at which a transaction is surely under way and surely not done.
const HALF_WRITTEN: u64 = 512 * 1024;

/// What is left of the journey at its end.
pub struct Journey {
    server: TestServer,
    awa: TestDevice,
    bakary: TestDevice,
    say: Box<dyn FnMut(&str)>,
    /// The digest of every evidence file, as it was made: headquarters must have exactly these bytes.
    made: BTreeMap<String, PathBuf>,
}

/// Plays the whole journey; `say` hears one line for each step. Stops with a panic at the first thing that
/// does not hold.
pub fn play(say: impl FnMut(&str) + 'static) {
    let mut journey = Journey::begin(say);
    journey.collect_offline();
    journey.sync_both();
    let returned = journey.modibo_returns();
    journey.bakary_corrects(&returned);
    journey.modibo_approves(&returned);
    journey.compare();
}

impl Journey {
    fn begin(say: impl FnMut(&str) + 'static) -> Self {
        let mut server = TestServer::serving();
        server.add("Modibo", "supervisor");
        let (awa, bakary) = (TestDevice::of("Awa"), TestDevice::of("Bakary"));
        for device in [&awa, &bakary] {
            server.add(&device.name, "collector");
            device.enrol(&server.url(), &server.code(&device.name));
        }
        server.kill();
        let mut journey = Journey { server, awa, bakary, say: Box::new(say), made: BTreeMap::new() };
        journey.tell("enrolled: Awa and Bakary collect, Modibo supervises; headquarters is stopped");
        journey
    }

    fn tell(&mut self, line: &str) {
        (self.say)(line);
    }

    fn device(&self, name: &str) -> &TestDevice {
        if name == "Awa" { &self.awa } else { &self.bakary }
    }

    fn collect_offline(&mut self) {
        let stories = stories();
        for (number, story) in stories.iter().enumerate() {
            let name = story["collector"].as_str().unwrap().to_owned();
            let evidence = self.make_evidence(&name, number, story);
            // A story with a long recording, so that its writing has a middle.
            let killed = number == LONG_RECORDING;
            let id = if killed {
                self.take_in_despite_a_kill(&name, story, &evidence)
            } else {
                self.device(&name).new_story(story, &evidence)
            };
            self.device(&name).run(&["finalise", &id]);
            let title = story["title"].as_str().unwrap();
            self.tell(&format!("offline: {name} collected «{title}», {} files", evidence.len()));
        }
        let refused = self.awa.attempt(&["sync"]).expect_err("headquarters is stopped");
        assert_eq!(refused.code(), "unreachable");
        let words = ["Nansira Camara", "puits", "cadenas", "+223 70 00 00 11"];
        assert!(holds_no_plaintext(&self.awa.data(), &words), "the store is encrypted");
        self.tell(
            "offline: nothing can be sent, everything is kept; no word of a story stands in plain on disk",
        );
    }

    fn make_evidence(&mut self, name: &str, number: usize, story: &Value) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        for (place, kind) in wanted_files(story).iter().enumerate() {
            let seed = u32::try_from(number * 10 + place).unwrap();
            let ending = if kind == "photo" { "jpg" } else { "wav" };
            let path = self.device(name).path(&format!("{seed}.{ending}"));
            let seconds = if number == LONG_RECORDING { 400 } else { 20 };
            if kind == "photo" {
                photo(&path, seed)
            } else {
                sound(&path, seed, seconds)
            }
            self.made.insert(sha256(&stored(&path)), path.clone());
            paths.push(path);
        }
        paths
    }

    /// Kills the tool with SIGKILL while it writes the story's files, so in the middle of its transaction.
    /// After that nothing of the story is there, everything else is, and it is taken in again.
    fn take_in_despite_a_kill(&mut self, name: &str, story: &Value, evidence: &[PathBuf]) -> String {
        let device = self.device(name);
        let before = device.stories();
        let file = device.write_story(story);
        let mut arguments = vec!["new", file.to_str().unwrap()];
        for path in evidence {
            arguments.extend(["--evidence", path.to_str().unwrap()]);
        }
        let log = device.data().join("blon.db-wal");
        let mut process = device.command(&arguments).stdout(Stdio::null()).spawn().unwrap();
        while std::fs::metadata(&log).map_or(0, |m| m.len()) < HALF_WRITTEN {
            assert!(process.try_wait().unwrap().is_none(), "it ended before it could be killed");
            std::thread::yield_now();
        }
        process.kill().unwrap();
        assert!(!process.wait().unwrap().success(), "the kill came too late");
        assert_eq!(device.run(&["doctor"])["sound"], true);
        assert_eq!(device.stories(), before, "half a story is no story");
        let id = device.new_story(story, evidence);
        let kept = before.len();
        self.tell(&format!(
            "killed: SIGKILL in the middle of {name}'s writing; the store is sound, {kept} stories kept, none half"
        ));
        id
    }

    fn sync_both(&mut self) {
        self.server.start();
        self.tell("headquarters starts");
        for name in ["Awa", "Bakary"] {
            let report = self.device(name).run(&["sync"]);
            assert_eq!((&report["sent"], &report["refused"]), (&3.into(), &0.into()), "{report}");
            let again = self.device(name).run(&["sync"]);
            assert_eq!(
                (&again["sent"], &again["files_sent"]),
                (&0.into(), &0.into()),
                "a repeat sends nothing"
            );
            self.tell(&format!(
                "sync: {name} sent {} stories and {} files in {} requests, {} bytes up",
                report["sent"], report["files_sent"], report["requests"], report["bytes_up"]
            ));
        }
    }

    fn modibo_returns(&mut self) -> String {
        let modibo = Supervisor::sign_in(&self.server.url(), "Modibo");
        let mut rows = modibo.stories();
        assert_eq!(rows.len(), stories().len());
        assert!(rows.iter().all(|r| r["status"] == "received"), "{rows:?}");
        rows.retain(|r| r["collector"] == "Bakary");
        let id = rows[0]["id"].as_str().unwrap().to_owned();
        let page = modibo.give_back(&id, "narrative.before", COMMENT);
        assert_eq!(page["row"]["status"], "returned");
        let title = rows[0]["title"].as_str().unwrap().to_owned();
        self.tell(&format!("review: Modibo returned «{title}» with a comment on narrative.before"));
        id
    }

    fn bakary_corrects(&mut self, id: &str) {
        let report = self.bakary.run(&["sync"]);
        assert_eq!(report["received"], 1, "{report}");
        let seen = self.bakary.run(&["show", id]);
        assert_eq!(seen["status"], "returned");
        assert_eq!(seen["open_comments"][0]["text"], COMMENT);
        assert_eq!(seen["open_comments"][0]["answer"], "narrative.before");
        self.tell(&format!("returned: Bakary sees «{COMMENT}»"));

        let mut corrected = stories().into_iter().find(|s| s["title"] == seen["title"]).unwrap();
        let before = format!("{}{CORRECTION}", corrected["before"].as_str().unwrap());
        corrected["before"] = before.into();
        let file = self.bakary.write_story(&corrected);
        self.bakary.run(&["revise", id, file.to_str().unwrap(), "--note", "Date et témoin ajoutés."]);
        self.bakary.run(&["finalise", id]);
        let report = self.bakary.run(&["sync"]);
        assert_eq!((&report["sent"], &report["files_sent"]), (&1.into(), &0.into()), "only the text travels");
        self.tell("corrected: Bakary added the date and a witness, and sent the second revision");
    }

    fn modibo_approves(&mut self, id: &str) {
        let modibo = Supervisor::sign_in(&self.server.url(), "Modibo");
        let page = modibo.story(id);
        assert_eq!(page["revisions"].as_array().unwrap().len(), 2, "nothing is overwritten");
        let now = page["revisions"][1]["story"]["narrative"]["before"].as_str().unwrap();
        assert!(now.ends_with(CORRECTION));
        assert_eq!(modibo.approve(id)["row"]["status"], "approved");
        self.bakary.run(&["sync"]);
        assert_eq!(self.bakary.run(&["show", id])["status"], "approved");
        self.tell("review: Modibo approved it, and Bakary's device says so");
    }

    /// Prints the stories from headquarters, and compares every file on both sides.
    fn compare(&mut self) {
        let modibo = Supervisor::sign_in(&self.server.url(), "Modibo");
        let mut compared = 0;
        for row in self.server.stories() {
            let evidence = row["evidence"].as_array().unwrap().clone();
            for file in &evidence {
                let digest = file["sha256"].as_str().unwrap();
                assert_eq!(file["complete"], true);
                let made = stored(&self.made[digest]);
                assert_eq!(modibo.file(digest), made, "headquarters has the very bytes that were made");
                compared += 1;
            }
            let name = row["collector"].as_str().unwrap();
            let here = self.device(name).run(&["show", row["id"].as_str().unwrap()]);
            assert_eq!(here["status"], row["status"], "both sides say the same");
            let told = here["story"]["changes"].as_array().unwrap().iter();
            let files = told.flat_map(|c| c["evidence"].as_array().unwrap()).map(|e| &e["file"]["sha256"]);
            assert!(
                files.filter(|d| !d.is_null()).eq(evidence.iter().map(|e| &e["sha256"])),
                "the same files"
            );
            assert_eq!(here["receipt"]["files_confirmed"], evidence.len());
            let levels: Vec<&str> =
                row["levels"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
            self.tell(&format!(
                "story: {} | {} | {name} | levels: {} | {} changes | {} files | {} revisions",
                row["title"].as_str().unwrap(),
                row["status"].as_str().unwrap(),
                levels.join(", "),
                row["changes"],
                evidence.len(),
                row["revisions"]
            ));
        }
        assert_eq!(compared, self.made.len(), "every file that was made is at headquarters");
        self.tell(&format!("compared: {compared} files, each SHA-256 the same on both sides"));
    }
}
