//! The demo's headquarters: its people, its port, and its process.

use crate::places;
use crate::run::{self, Outcome, printed, program, stop};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Who collects in the demo's window.
pub const COLLECTOR: &str = "Awa";

/// Who signs in to the pages.
pub const SUPERVISOR: &str = "Modibo";

/// Who verifies what was claimed.
pub const VERIFIER: &str = "Founé";

/// The password of the demo's supervisor; headquarters listens to this machine alone.
pub const PASSWORD: &str = "trois pirogues rouges";

/// The port that is taken if it is free.
const PORT: u16 = 8080;

/// A headquarters that serves until it is dropped.
pub struct Headquarters {
    /// Where.
    pub url: String,
    /// Whether it has just begun, so that it knows no device yet.
    pub begun: bool,
    data: PathBuf,
    process: Child,
}

impl Headquarters {
    /// Starts the headquarters whose data is in this folder of the demo, with the campaign and its people. It
    /// serves at the address `before` if that is free.
    pub fn start(folder: &Path, before: Option<&str>) -> Outcome<Self> {
        let data = folder.join("headquarters");
        let begun = !data.exists();
        let mut import = tool(&data);
        import.args(["campaign", "import"]).arg(places::campaign());
        answer(import.arg("--questionnaire").arg(places::questionnaire()))?;
        for (name, role) in [
            (COLLECTOR, "collector"),
            ("Bakary", "collector"),
            (SUPERVISOR, "supervisor"),
            (VERIFIER, "verifier"),
        ] {
            add(&data, name, role)?;
        }
        let port = before.and_then(|url| url.rsplit_once(':')?.1.parse().ok()).unwrap_or(PORT);
        let (process, url) = serve(&data, free_port(port)?, &folder.join("headquarters.log"))?;
        Ok(Headquarters { url, begun, data, process })
    }

    /// A one-time code for this person's device.
    pub fn code_for(&self, name: &str) -> Outcome<String> {
        let said = answer(tool(&self.data).args(["enrol", name]))?;
        word_of(&said, "code").ok_or_else(|| stop(format!("headquarters gave no code, but: {said}")))
    }
}

impl Drop for Headquarters {
    fn drop(&mut self) {
        // What headquarters acknowledged is on disk, whatever ends it.
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// Adds a person; one who is there stays as they are.
fn add(data: &Path, name: &str, role: &str) -> Outcome {
    let mut command = tool(data);
    command.args(["user", "add", name, "--role", role, "--team", "kangaba"]);
    let output = run::quietly(command.env("BLON_NEW_PASSWORD", PASSWORD))?;
    let said = printed(&output);
    let there = word_of(&said, "code").as_deref() == Some("name_taken");
    if output.status.success() || there { Ok(()) } else { Err(stop(said)) }
}

fn serve(data: &Path, port: u16, log: &Path) -> Outcome<(Child, String)> {
    let unwritable = |e: std::io::Error| stop(format!("{}: {e}", log.display()));
    let mut command = tool(data);
    command.args(["serve", "--listen", &format!("{}:{port}", Ipv4Addr::LOCALHOST)]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(log).map_err(unwritable)?);
    let mut process = command.spawn().map_err(|e| stop(format!("headquarters cannot be started: {e}")))?;
    let mut line = String::new();
    if let Some(out) = process.stdout.as_mut() {
        BufReader::new(out).read_line(&mut line).map_err(|e| stop(format!("headquarters: {e}")))?;
    }
    match word_of(&line, "listening") {
        Some(url) => Ok((process, url)),
        None => {
            let _ = process.kill().and_then(|()| process.wait());
            let said = std::fs::read_to_string(log).unwrap_or_default();
            Err(stop(format!("headquarters does not serve: {said}")))
        }
    }
}

fn tool(data: &Path) -> Command {
    let mut command = program(&places::binary("blon-server").to_string_lossy(), &[]);
    command.arg("--data").arg(data).arg("--json");
    command
}

/// Runs one of our tools out of sight; gives the document that it printed.
pub fn answer(command: &mut Command) -> Outcome<String> {
    let output = run::quietly(command)?;
    let said = printed(&output);
    if output.status.success() { Ok(said) } else { Err(stop(format!("{}\n{said}", run::typed(command)))) }
}

/// This port if nobody has it, else any that is free.
fn free_port(wished: u16) -> Outcome<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wished))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|e| stop(format!("no port is free: {e}")))
}

/// A value of one of our tools' documents, where it is a string without escapes.
fn word_of(document: &str, key: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("\"{key}\":\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_left_alone() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = other.local_addr().unwrap().port();
        assert_ne!(free_port(taken).unwrap(), taken);
    }

    #[test]
    fn words_are_found_in_documents() {
        let document = r#"{"code":"ABCDE-FGHIJ","url":"http://127.0.0.1:8080"}"#;
        assert_eq!(word_of(document, "code").as_deref(), Some("ABCDE-FGHIJ"));
        assert_eq!(word_of(document, "password"), None);
    }
}
