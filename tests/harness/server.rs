//! Headquarters as a real process on a free port, which tests stop, kill and start again.

use crate::bucket::{Bucket, BucketPlace};
use crate::device::{Refused, one_document};
use crate::fixtures::{CAMPAIGN, campaign_file, questionnaire_file};
use crate::places::binary;
use crate::postgres::{Postgres, is_asked_for};
use blon_core::questionnaire::workbook::Workbook;
use blon_server::{Headquarters, Place};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The team of Awa, Bakary and Modibo.
pub const TEAM: &str = "kangaba";

/// The password of every supervisor under test.
pub const PASSWORD: &str = "trois pirogues rouges";

/// One headquarters with its own data folder.
pub struct TestServer {
    folder: tempfile::TempDir,
    process: Option<Child>,
    address: Option<SocketAddr>,
    set_up: Option<String>,
    /// What `serve` is given besides.
    serving: Vec<String>,
    /// Whether it logs all that it can.
    talkative: bool,
    /// Where its database is, if not in its folder.
    database: Option<String>,
    /// Where its files are, if not in its folder: a place in the bucket.
    files: Option<BucketPlace>,
    /// Whose data folder it uses, if not its own.
    beside: Option<PathBuf>,
}

impl TestServer {
    /// Headquarters that nobody has set up, serving.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = TestServer::in_folder(folder);
        server.start();
        server
    }

    fn in_folder(folder: tempfile::TempDir) -> Self {
        TestServer {
            folder,
            process: None,
            address: None,
            set_up: None,
            serving: Vec::new(),
            talkative: false,
            beside: None,
            database: is_asked_for().then(Postgres::shared).flatten().map(Postgres::new_database),
            files: is_asked_for().then(|| Bucket::shared().new_place()),
        }
    }

    /// The token that the terminal showed, where nobody is there yet.
    pub fn set_up_token(&self) -> Option<String> {
        self.set_up.clone()
    }

    /// Headquarters with the Kangaba campaign, not serving yet.
    pub fn new() -> Self {
        TestServer::in_folder(tempfile::tempdir().unwrap()).with_campaign()
    }

    /// The same with the database at this address, whatever this run of the tests asks for; `None` for the embedded one.
    pub fn keeping_in(database: Option<String>) -> Self {
        TestServer::keeping_in_nothing(database).with_campaign()
    }

    /// One with nothing in it, not serving yet.
    pub fn keeping_in_nothing(database: Option<String>) -> Self {
        let mut server = TestServer::in_folder(tempfile::tempdir().unwrap());
        server.database = database;
        server.files = None;
        server
    }

    /// Another process on the same database and files, not serving yet.
    pub fn beside(first: &TestServer) -> Self {
        let mut server = TestServer::keeping_in_nothing(first.database.clone());
        server.beside = Some(first.data());
        server.files.clone_from(&first.files);
        server
    }

    /// One on this data folder and this database, not serving yet.
    pub fn beside_in(data: &Path, database: &str) -> Self {
        let mut server = TestServer::keeping_in_nothing(Some(database.to_owned()));
        server.beside = Some(data.to_owned());
        server
    }

    /// The headquarters that another one was moved to: at the same address, with this data folder.
    pub fn moved(from: &TestServer, data: &Path, database: Option<String>) -> Self {
        let mut server = TestServer::keeping_in_nothing(database);
        std::fs::rename(data, server.data()).unwrap();
        server.address = from.address;
        server
    }

    /// Loses the database, and nothing else of the folder.
    pub fn forget_database(&mut self) {
        match &self.database {
            None => {
                for name in ["headquarters.db", "headquarters.db-wal", "headquarters.db-shm"] {
                    let _ = std::fs::remove_file(self.data().join(name));
                }
            }
            Some(_) => self.database = Postgres::shared().map(Postgres::new_database),
        }
    }

    /// Where its database is, if not in its folder.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    fn with_campaign(self) -> Self {
        let (campaign, questionnaire) = (campaign_file(), questionnaire_file());
        let (campaign, questionnaire) = (campaign.to_str().unwrap(), questionnaire.to_str().unwrap());
        self.run(&["campaign", "import", campaign, "--questionnaire", questionnaire]);
        self
    }

    /// Headquarters with the Kangaba campaign, serving.
    pub fn serving() -> Self {
        let mut server = TestServer::new();
        server.start();
        server
    }

    /// Headquarters with the Kangaba campaign, serving over TLS by a certificate of its own making.
    pub fn over_tls() -> Self {
        let mut server = TestServer::new();
        server.new_certificate("tls");
        server.start();
        server
    }

    /// Makes a certificate in this folder, which is served from the next start on.
    pub fn new_certificate(&mut self, folder: &str) {
        let to = self.folder.path().join(folder);
        self.run(&["tls", "new", "--to", to.to_str().unwrap(), "--name", "127.0.0.1"]);
        let [certificate, key] = self.certificate(folder).map(|path| path.to_str().unwrap().to_owned());
        self.serve_with(&["--tls-cert", &certificate, "--tls-key", &key]);
    }

    /// The files of a certificate that was made: it, and its key.
    pub fn certificate(&self, folder: &str) -> [PathBuf; 2] {
        ["cert.pem", "key.pem"].map(|name| self.folder.path().join(folder).join(name))
    }

    /// What `serve` is given besides from the next start on.
    pub fn serve_with(&mut self, arguments: &[&str]) {
        self.serving = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    }

    /// Has it log all that it can from the next start on.
    pub fn log_everything(&mut self) {
        self.talkative = true;
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The folder of its data.
    pub fn data(&self) -> PathBuf {
        self.beside.clone().unwrap_or_else(|| self.folder.path().join("data"))
    }

    /// Where its files lie on the disk, also those in a bucket.
    pub fn files(&self) -> PathBuf {
        match &self.files {
            Some(place) => place.folder.clone(),
            None => self.data().join("files"),
        }
    }

    /// Its data, opened here beside it.
    pub fn headquarters(&self) -> Headquarters {
        self.place().open().unwrap()
    }

    /// Where its data is.
    pub fn place(&self) -> Place {
        let files = self.files.as_ref();
        Place {
            database: self.database.clone(),
            connections: 2,
            files: files.map(|place| place.address.clone()),
            environment: files.map(|place| place.environment.clone()).unwrap_or_default(),
            ..Place::folder(&self.data())
        }
    }

    /// Keeps its files in this place of the bucket from the next start on.
    pub fn keep_files_in(&mut self, place: &BucketPlace) {
        self.files = Some(place.clone());
    }

    /// Starts to serve: at a free port the first time, at the same again after.
    pub fn start(&mut self) {
        assert!(self.process.is_none(), "it serves already");
        let listen = self.address.map_or("127.0.0.1:0".to_owned(), |a| a.to_string());
        let log =
            std::fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = self.tool(&["serve", "--listen", &listen]);
        if self.talkative {
            command.env("RUST_LOG", "trace");
        }
        let mut process = command.args(&self.serving).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("it does not serve: {e}"));
        let url = said["listening"].as_str().unwrap();
        self.address = Some(url.split_once("://").unwrap().1.parse().unwrap());
        self.set_up = said["set_up"].as_str().map(str::to_owned);
        self.process = Some(process);
    }

    /// Kills it with SIGKILL, as a power cut would.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it serves");
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Asks it to stop, as systems do (SIGTERM), and waits until it has.
    pub fn stop(&mut self) {
        self.signal("TERM");
        self.process.take().unwrap().wait().unwrap();
    }

    /// Sends it a signal, such as HUP.
    pub fn signal(&self, name: &str) {
        let id = self.process.as_ref().expect("it serves").id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Whether it serves.
    pub fn serves(&self) -> bool {
        self.process.is_some()
    }

    /// The number of its process.
    pub fn process_id(&self) -> u32 {
        self.process.as_ref().expect("it serves").id()
    }

    /// The most memory that it has used, in KiB, as Linux tells.
    pub fn peak_memory(&self) -> Option<u64> {
        self.status("VmHWM:")
    }

    /// How much more it has used since it was so much, in KiB.
    pub fn peak_since(&self, before: u64) -> u64 {
        // Linux counts by and by, and may have counted a little too much before.
        self.peak_memory().unwrap().saturating_sub(before)
    }

    /// The memory that it uses now, in KiB, as Linux tells.
    pub fn memory(&self) -> Option<u64> {
        self.status("VmRSS:")
    }

    fn status(&self, name: &str) -> Option<u64> {
        let id = self.process.as_ref()?.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Where it listens, or listened last.
    pub fn address(&self) -> SocketAddr {
        self.address.expect("it has served")
    }

    /// The same, as devices and browsers are told.
    pub fn url(&self) -> String {
        let scheme = if self.serving.iter().any(|word| word == "--tls-cert") { "https" } else { "http" };
        format!("{scheme}://{}", self.address())
    }

    /// The tool with these arguments, to be run.
    pub fn tool(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("blon-server"));
        command.arg("--data").arg(self.data()).arg("--json").args(arguments);
        command.env("BLON_NEW_PASSWORD", PASSWORD).stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.env("BLON_DATABASE", database);
        }
        if let Some(BucketPlace { address, environment, .. }) = &self.files {
            command.env("BLON_FILES", address).envs(environment);
        }
        command
    }

    /// Runs a command of the tool that must succeed.
    pub fn run(&self, arguments: &[&str]) -> Value {
        self.attempt(arguments).unwrap_or_else(|r| panic!("blon-server {arguments:?}: {}", r.0))
    }

    /// Runs a command of the tool.
    ///
    /// # Errors
    /// What the tool said on standard error.
    pub fn attempt(&self, arguments: &[&str]) -> Result<Value, Refused> {
        one_document(&self.tool(arguments).output().unwrap())
    }

    /// Runs a command that must succeed and makes a password of its own where it needs one.
    pub fn run_without_password(&self, arguments: &[&str]) -> Value {
        let output = self.tool(arguments).env_remove("BLON_NEW_PASSWORD").output().unwrap();
        one_document(&output).unwrap_or_else(|r| panic!("blon-server {arguments:?}: {}", r.0))
    }

    /// Changes the Kangaba campaign as it stands; its questionnaire stays.
    pub fn change_campaign(&self, change: impl FnOnce(&mut Value)) {
        self.change("changed.campaign.json", campaign_file(), change);
    }

    /// Changes the questionnaire as it stands; its campaign stays.
    pub fn change_questionnaire(&self, change: impl FnOnce(&mut Workbook)) {
        self.change("changed.questionnaire.json", questionnaire_file(), change);
    }

    /// Changes one of the two files and brings in both.
    fn change<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        first: PathBuf,
        change: impl FnOnce(&mut T),
    ) {
        let as_it_stands = |name: &str, first: PathBuf| {
            Some(self.folder.path().join(name)).filter(|changed| changed.exists()).unwrap_or(first)
        };
        let mut held: T = serde_json::from_slice(&std::fs::read(as_it_stands(name, first)).unwrap()).unwrap();
        change(&mut held);
        std::fs::write(self.folder.path().join(name), serde_json::to_string(&held).unwrap()).unwrap();
        let campaign = as_it_stands("changed.campaign.json", campaign_file());
        let questionnaire = as_it_stands("changed.questionnaire.json", questionnaire_file());
        let files = [&campaign, &questionnaire].map(|file| file.to_str().unwrap());
        self.run(&["campaign", "import", files[0], "--questionnaire", files[1]]);
    }

    /// Adds a person to the team.
    pub fn add(&self, name: &str, role: &str) {
        self.run(&["user", "add", name, "--role", role, "--team", TEAM]);
    }

    /// A one-time code for this person's device.
    pub fn code(&self, name: &str) -> String {
        self.run(&["enrol", name])["code"].as_str().unwrap().to_owned()
    }

    /// An invitation for this person's device, as one line.
    pub fn invitation(&self, name: &str) -> String {
        self.run(&["enrol", name])["invitation"].as_str().unwrap().to_owned()
    }

    /// This person's devices, in the order in which they came.
    pub fn devices_of(&self, name: &str) -> Vec<Value> {
        let all = self.run(&["device", "list"]);
        all.as_array().unwrap().iter().filter(|device| device["person"] == name).cloned().collect()
    }

    /// Every story of the campaign.
    pub fn stories(&self) -> Vec<Value> {
        self.run(&["stories", "--campaign", CAMPAIGN])["stories"].as_array().unwrap().clone()
    }
}

impl Default for TestServer {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
        if std::thread::panicking() {
            eprintln!("--- headquarters' log ---\n{}", self.log());
        }
    }
}
