//! A custodian of identities on a machine of her own: keys that the stock `age-keygen` makes, and the tool `blon-custodian`.

use crate::device::{Refused, one_document};
use crate::fixtures::stories;
use crate::media::photo_of;
use crate::places::binary;
use crate::server::{PASSWORD, TestServer};
use blon_device::intake::StoryFile;
use blon_device::{Device, StoryId};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A headquarters whose campaign has these custodians' keys; Fanta is a custodian, Modibo supervises, Issa administers.
pub fn kept_by(keys: &[&str]) -> TestServer {
    let server = TestServer::serving();
    server.change_campaign(|campaign| campaign["custodian_keys"] = json!(keys));
    for (name, role) in [("Modibo", "supervisor"), ("Fanta", "custodian"), ("Issa", "admin")] {
        server.add(name, role);
    }
    server
}

/// Collects a story that this person told, and signs it off.
pub fn told_by(device: &Device, title: &str, name: &str, phone: &str) -> StoryId {
    let mut story = stories()[0].clone();
    story["title"] = title.into();
    (story["storyteller"]["name"], story["storyteller"]["phone"]) = (name.into(), phone.into());
    let id = device.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
    device.finalise(id).unwrap();
    id
}

/// A headquarters whose campaign has these custodians' keys and asks for a photo of the storyteller's face.
pub fn asking_for_faces(keys: &[&str]) -> TestServer {
    let server = kept_by(keys);
    server.change_questionnaire(|asked| {
        let row = json!({
            "type": "image", "name": "identity_face", "maps_to": "identity.face", "question_type": "closed",
            "label::Français (fr)": "Son visage", "label::English (en)": "Their face"
        });
        let after = asked.survey.iter().position(|row| row.cell("name") == "identity_phone").unwrap();
        asked.survey.insert(after + 1, serde_json::from_value(row).unwrap());
    });
    server
}

/// The bytes of a photo of this size.
pub fn photo(seed: u32, (width, height): (u32, u32)) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("visage.jpg");
    photo_of(&file, seed, width, height);
    std::fs::read(file).unwrap()
}

/// Begins a story with a photo of who tells it; gives the digest of that as it is kept.
pub fn photographed(device: &Device, title: &str, photo: &[u8], agreed: bool) -> (StoryId, String) {
    let mut story = stories()[0].clone();
    story["title"] = title.into();
    story["changes"].as_array_mut().unwrap().truncate(1);
    story["changes"][0]["evidence"] = json!([]);
    (story["consent"]["photo"], story["consent"]["contact_again"]) = (agreed.into(), true.into());
    let id = device.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
    device.interview(id, "fr").unwrap();
    let asked = device.attach_photo(id, "identity_face", photo, "fr").unwrap();
    let item = asked.items.iter().find(|item| item.fills == "identity.face").unwrap();
    (id, item.answer.clone())
}

/// The same, signed off.
pub fn told_with_face(device: &Device, title: &str, photo: &[u8]) -> (StoryId, String) {
    let (id, plain) = photographed(device, title, photo, true);
    device.finalise(id).unwrap();
    (id, plain)
}

/// A pair of keys in a file, as `age-keygen` makes it.
pub struct KeyFile {
    /// The file with the half that opens.
    pub file: PathBuf,
    /// The half that seals.
    pub public: String,
}

impl KeyFile {
    /// Makes one.
    pub fn new(folder: &Path, name: &str) -> Self {
        let file = folder.join(name);
        stock("age-keygen", &["-o", file.to_str().unwrap()]);
        let public = String::from_utf8(stock("age-keygen", &["-y", file.to_str().unwrap()])).unwrap();
        KeyFile { file, public: public.trim().to_owned() }
    }

    /// The path, as an argument.
    pub fn path(&self) -> &str {
        self.file.to_str().unwrap()
    }

    /// The half that opens.
    pub fn secret(&self) -> String {
        let text = std::fs::read_to_string(&self.file).unwrap();
        text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap().to_owned()
    }
}

/// Runs a program of the system that must succeed; gives what it printed.
pub fn stock(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|e| panic!("{program}: {e}; it is in the package `age`"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The tool `blon-custodian` for this person.
pub fn tool(url: &str, name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("blon-custodian"));
    command.args(["--json", "--at", url, "--name", name]).args(arguments);
    command.env("BLON_PASSWORD", PASSWORD).stdin(Stdio::null());
    command
}

/// Runs it.
///
/// # Errors
/// What it said on standard error.
pub fn attempt(server: &TestServer, name: &str, arguments: &[&str]) -> Result<Value, Refused> {
    one_document(&tool(&server.url(), name, arguments).output().unwrap())
}

/// Runs it for Fanta; it must succeed.
pub fn fanta(server: &TestServer, arguments: &[&str]) -> Value {
    attempt(server, "Fanta", arguments).unwrap_or_else(|r| panic!("Fanta {arguments:?}: {}", r.0))
}
