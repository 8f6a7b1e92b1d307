//! A collector's device, driven through `blon-device` as a script would.

use crate::places::binary;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The passphrase of every device under test.
pub const PASSPHRASE: &str = "kangaba-2022";

/// One named person's device.
pub struct TestDevice {
    /// Whose.
    pub name: String,
    folder: tempfile::TempDir,
}

/// What a command said when it failed: `{"code","message"}`.
#[derive(Debug)]
pub struct Refused(pub Value);

impl Refused {
    /// The code.
    pub fn code(&self) -> &str {
        self.0["code"].as_str().unwrap_or_default()
    }

    /// What was said beside it.
    pub fn message(&self) -> &str {
        self.0["message"].as_str().unwrap_or_default()
    }
}

impl TestDevice {
    /// A new device without a store.
    pub fn of(name: &str) -> Self {
        TestDevice { name: name.to_owned(), folder: tempfile::tempdir().unwrap() }
    }

    /// The folder of its store.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// A path for a file of the collector's, beside the store.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The tool with these arguments, ready to start.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("blon-device"));
        command.arg("--data").arg(self.data()).arg("--json").args(arguments);
        command.env("BLON_PASSPHRASE", PASSPHRASE).stdin(Stdio::null());
        command
    }

    /// Runs a command that must succeed; gives the one JSON document it printed.
    pub fn run(&self, arguments: &[&str]) -> Value {
        self.attempt(arguments).unwrap_or_else(|r| panic!("{} {arguments:?}: {}", self.name, r.0))
    }

    /// Runs a command; gives the document it printed, or the error it gave.
    ///
    /// # Errors
    /// What the tool said on standard error.
    pub fn attempt(&self, arguments: &[&str]) -> Result<Value, Refused> {
        one_document(&self.command(arguments).output().unwrap())
    }

    /// Enrols with a code.
    pub fn enrol(&self, url: &str, code: &str) -> Value {
        self.run(&["enrol", url, code])
    }

    /// Takes in a story with these evidence files; gives its id.
    pub fn new_story(&self, story: &Value, evidence: &[PathBuf]) -> String {
        let file = self.write_story(story);
        let mut arguments = vec!["new", file.to_str().unwrap()];
        for path in evidence {
            arguments.extend(["--evidence", path.to_str().unwrap()]);
        }
        self.run(&arguments)["id"].as_str().unwrap().to_owned()
    }

    /// Writes a story to a file of the collector's.
    pub fn write_story(&self, story: &Value) -> PathBuf {
        let path = self.path("story.json");
        std::fs::write(&path, story.to_string()).unwrap();
        path
    }

    /// The list of stories.
    pub fn stories(&self) -> Vec<Value> {
        self.run(&["list"])["stories"].as_array().unwrap().clone()
    }

    /// The story with this title.
    pub fn story_called(&self, title: &str) -> Option<Value> {
        self.stories().into_iter().find(|s| s["title"] == title)
    }
}

/// Whether nothing of `words` stands in plain in any file of a folder.
pub fn holds_no_plaintext(folder: &Path, words: &[&str]) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let bytes: Vec<Vec<u8>> = files.filter(|p| p.is_file()).map(|p| std::fs::read(p).unwrap()).collect();
    assert!(!bytes.is_empty(), "the folder holds the store");
    let holds = |word: &str| bytes.iter().any(|b| b.windows(word.len()).any(|w| w == word.as_bytes()));
    !words.iter().any(|word| holds(word))
}

/// The one JSON document that a tool printed, or the problem it told; anything else is a defect.
///
/// # Errors
/// What the tool said on standard error.
pub fn one_document(output: &Output) -> Result<Value, Refused> {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        return Ok(serde_json::from_str(&out).unwrap_or_else(|e| panic!("not one document ({e}): {out}")));
    }
    assert!(out.is_empty(), "a failed command prints nothing on standard output: {out}");
    Err(Refused(serde_json::from_str(&err).unwrap_or_else(|e| panic!("not a problem ({e}): {err}"))))
}
