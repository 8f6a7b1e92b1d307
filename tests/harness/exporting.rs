//! Exports of headquarters, and a campaign that has something of everything to export. The people are invented.

use crate::collecting::{collector, open, sync};
use crate::device::{TestDevice, one_document};
use crate::fixtures::{CAMPAIGN, campaign_file, questionnaire, stories, wanted_files};
use crate::interview::{CHANGE, EVIDENCE, STORY};
use crate::media::{photo, sound};
use crate::places::{project, target};
use crate::server::TestServer;
use crate::supervisor::Supervisor;
use blon_core::fold::fold;
use blon_core::id::RecordId;
use blon_core::questionnaire::workbook::{Row, Workbook};
use blon_core::record::{Act, Record};
use blon_core::story::Story;
use blon_device::intake::StoryFile;
use blon_device::{Device, StoryId};
use blon_server::store::Arrival;
use chrono::Local;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use uuid::Uuid;

/// The names of every export.
pub const FORMATS: [&str; 6] =
    ["stories.csv", "csv.zip", "stories.xlsx", "stories.jsonl", "evidence.zip", "manifest.json"];

/// Headquarters with a campaign that also asks for an exact place and for visits, Awa's device, and Nana, who analyses.
pub struct Rooms {
    /// Headquarters.
    pub server: TestServer,
    /// Awa's device, of the team that Modibo supervises.
    pub awa: TestDevice,
    /// Nana.
    pub nana: Supervisor,
}

/// The Kangaba questionnaire, and what no field of a story holds: an exact place, a number, and a repeat of its own.
pub fn richer_questionnaire() -> Workbook {
    let mut asked = questionnaire();
    let rows = json!([
        { "type": "geopoint", "name": "house", "label::Français (fr)": "Où est la maison ?", "label::English (en)": "Where is the house?" },
        { "type": "decimal", "name": "field_size", "label::Français (fr)": "Quelle surface (hectares) ?", "label::English (en)": "What surface (hectares)?" },
        { "type": "begin_repeat", "name": "visit", "label::Français (fr)": "Visite", "label::English (en)": "Visit" },
        { "type": "date", "name": "visit_day", "label::Français (fr)": "Quel jour ?", "label::English (en)": "Which day?" },
        { "type": "integer", "name": "visit_people", "label::Français (fr)": "Combien de personnes ?", "label::English (en)": "How many people?" },
        { "type": "text", "name": "visit_said", "label::Français (fr)": "= Ce qui s’est dit", "label::English (en)": "What was said" },
        { "type": "end_repeat", "name": "" }
    ]);
    let rows: Vec<Row> = serde_json::from_value(rows).unwrap();
    let end = asked.survey.iter().position(|row| row.cell("name") == "restitution").unwrap();
    asked.survey.splice(end..end, rows);
    asked
}

/// The rooms, with everybody signed in and no story yet.
pub fn rooms() -> Rooms {
    let server = TestServer::serving();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("questionnaire.json");
    std::fs::write(&file, serde_json::to_string(&richer_questionnaire()).unwrap()).unwrap();
    let files = [campaign_file(), file];
    let files = files.each_ref().map(|file| file.to_str().unwrap());
    server.run(&["campaign", "import", files[0], "--questionnaire", files[1]]);
    server.add("Modibo", "supervisor");
    server.run(&["user", "add", "Nana", "--role", "analyst"]);
    let awa = collector(&server, "Awa", &server.url());
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    Rooms { server, awa, nana }
}

impl Rooms {
    /// The parts of an export that Nana fetches, by their names.
    pub fn parts(&self, file: &str) -> BTreeMap<String, Vec<u8>> {
        parts(&self.export(file), file)
    }

    /// An export as Nana gets it; what stands after a `?` in it asks for more.
    pub fn export(&self, file: &str) -> Vec<u8> {
        let answer = self.nana.get(&format!("exports/{file}"));
        assert_eq!(answer.status(), 200, "{file}");
        answer.bytes().unwrap().to_vec()
    }

    /// A table as Nana reads it: rows by the headings.
    pub fn table(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        rows(&self.parts("csv.zip")[name])
    }

    /// The lines of the export as JSON Lines.
    pub fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.export("stories.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// What is in an export, by name: the files of a ZIP, a workbook's among them, or the one file that it is.
pub fn parts(bytes: &[u8], file: &str) -> BTreeMap<String, Vec<u8>> {
    let name = file.split('?').next().unwrap();
    if !bytes.starts_with(b"PK") {
        return BTreeMap::from([(name.to_owned(), bytes.to_vec())]);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let name = entry.name().unwrap().into_owned();
        assert!(found.insert(name.clone(), content).is_none(), "{name} twice");
    }
    found
}

/// The rows of a CSV file of RFC 4180 by its headings; every row has as many cells.
pub fn rows(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut records = records(csv).into_iter();
    let headings = records.next().unwrap();
    records
        .map(|record| {
            assert_eq!(record.len(), headings.len());
            headings.iter().cloned().zip(record).collect()
        })
        .collect()
}

/// The records of a CSV file, its headings first, read letter by letter as RFC 4180 says: not by what wrote it.
pub fn records(csv: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(csv).unwrap().strip_prefix('\u{feff}').expect("it begins with the mark");
    let (mut records, mut record, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quoted, letter) {
            (true, '"') if letters.peek() == Some(&'"') => cell.push(letters.next().unwrap()),
            (true, '"') => quoted = false,
            (true, other) => cell.push(other),
            (false, '"') if cell.is_empty() => quoted = true,
            (false, ',') => record.push(std::mem::take(&mut cell)),
            (false, '\r') => {
                assert_eq!(letters.next(), Some('\n'), "a line ends with both");
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            (false, other) => {
                assert!(other != '\n' && other != '"', "a cell with {other:?} stands in quotes");
                cell.push(other);
            }
        }
    }
    assert!(record.is_empty() && cell.is_empty(), "the last line ends, too");
    records
}

/// Takes in a story of the fixtures, changed, with the files that it waits for, which are others for each `seed`; signs it off.
pub fn tell(device: &Device, number: usize, seed: u32, change: impl FnOnce(&mut Value)) -> StoryId {
    let mut story = stories()[number].clone();
    change(&mut story);
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = (1..)
        .zip(wanted_files(&story))
        .map(|(place, wanted)| {
            let seed = seed * 2 + place;
            let path = folder.path().join(format!("{place}.{wanted}"));
            if wanted == "photo" {
                photo(&path, seed)
            } else {
                sound(&path, seed, 1)
            }
            path
        })
        .collect();
    let draft = device.take_in(StoryFile::read(&story.to_string()).unwrap(), &files).unwrap();
    device.finalise(draft.id).unwrap();
    draft.id
}

/// Interviews by the questionnaire, with a change, a piece of evidence, two visits and an exact place; `other` are answers in
/// place of the usual ones. Signs it off.
pub fn interview(device: &Device, training: bool, other: &[(&str, &str)]) -> StoryId {
    let id = device.begin_interview("fr", training).unwrap().id;
    let given = |name: &str, usual: &str| {
        other.iter().find(|(path, _)| *path == name).map_or(usual, |(_, answer)| *answer).to_owned()
    };
    for (path, usual) in STORY {
        device.answer(id, path, &given(path, usual), "fr").unwrap();
    }
    device.answer(id, "notes_conditions", &given("notes_conditions", "interrupted noise"), "fr").unwrap();
    device.answer(id, "house", "11.9412 -8.3561 340 5", "fr").unwrap();
    device.answer(id, "field_size", "2.5", "fr").unwrap();
    let (change, _) = device.add_repetition(id, "change", "fr").unwrap();
    for (name, usual) in CHANGE {
        device.answer(id, &format!("change/{change}/{name}"), &given(name, usual), "fr").unwrap();
    }
    let (piece, _) = device.add_repetition(id, &format!("change/{change}/evidence"), "fr").unwrap();
    for (name, usual) in EVIDENCE {
        let path = format!("change/{change}/evidence/{piece}/{name}");
        device.answer(id, &path, &given(name, usual), "fr").unwrap();
    }
    for (day, people) in [("2022-09-01", "12"), ("2022-10-03", "7")] {
        let (visit, _) = device.add_repetition(id, "visit", "fr").unwrap();
        for (name, answer) in
            [("visit_day", day), ("visit_people", people), ("visit_said", "Des mots de la visite")]
        {
            device.answer(id, &format!("visit/{visit}/{name}"), &given(name, answer), "fr").unwrap();
        }
    }
    device.finalise(id).unwrap();
    id
}

/// Puts a correction of a story into headquarters' store behind the back of every rule, as one may stand there from before a
/// rule: no device signs off, and headquarters takes in, a photo that nobody agreed to.
pub fn correct_past_the_rules(rooms: &Rooms, id: StoryId, change: impl Fn(&mut Story)) {
    let headquarters = rooms.server.headquarters();
    let add = |tx: &blon_server::store::Tx| {
        let folded = fold(id, &tx.records_of(id).unwrap()).unwrap();
        let mut story = folded.current().unwrap().story.clone();
        change(&mut story);
        let record = Record {
            id: RecordId(Uuid::now_v7()),
            campaign: CAMPAIGN.parse().unwrap(),
            story: id,
            author: folded.collector.clone(),
            device: None,
            clock: Local::now().fixed_offset(),
            builds_on: folded.heads,
            act: Act::Finalise { story: Box::new(story), note: String::new() },
        };
        let seq = tx.last_seq(&record.campaign)? + 1;
        tx.add_record(&record, &serde_json::to_string(&record)?, seq, Arrival { at: 0, skew: None })?;
        tx.set_last_seq(&record.campaign, seq)
    };
    headquarters.store.write(add).unwrap();
}

/// Syncs a device until headquarters has all of it.
pub fn bring(device: &Device) {
    assert_eq!(sync(device).refused, 0);
}

/// Awa's device, unlocked.
pub fn awas(rooms: &Rooms) -> Device {
    open(&rooms.awa)
}

/// Runs a program of tests/clients with the Python that has what it needs; gives the one document that it prints.
pub fn python(script: &str, arguments: &[&str]) -> Value {
    let python = target().join("clients-python/bin/python");
    assert!(python.is_file(), "the clients are not there: run `cargo xtask test`, which takes them");
    let output = Command::new(python)
        .arg(project().join("tests/clients").join(script))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    one_document(&output).unwrap()
}

/// Opens a file in LibreOffice and lets it write what it sees in another format, into a folder. A CSV file is opened as its
/// dialog proposes it to people: commas, quotes, UTF-8; without one it takes every text for Windows'.
pub fn libreoffice(file: &Path, format: &str, folder: &Path) {
    let own = tempfile::tempdir().unwrap();
    let output = Command::new("soffice")
        // A profile of its own: two at once would wait for each other.
        .arg(format!("-env:UserInstallation=file://{}", own.path().display()))
        .args(file.extension().filter(|end| *end == "csv").map(|_| "--infilter=CSV:44,34,76,1"))
        .args(["--headless", "--convert-to", format, "--outdir"])
        .arg(folder)
        .arg(file)
        .output()
        .expect("LibreOffice is not there: run `cargo xtask test`, which installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
