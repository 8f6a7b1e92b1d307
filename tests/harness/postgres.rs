//! A real PostgreSQL of the tests' own: the system's programs, on a private socket in a folder that goes with it.

use crate::page::free_port;
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, mpsc};
use std::time::{Duration, Instant};

/// The user whom PostgreSQL knows here, and as whom it runs where these tests are root: it refuses to be that.
const USER: &str = "postgres";

/// How the folders begin, before the number of the process whose they are.
const FOLDER: &str = "blon-pg-";

/// Whether what headquarters keeps is kept in PostgreSQL in this run of the tests (`BLON_TEST_DATABASE=postgres`).
pub fn is_asked_for() -> bool {
    std::env::var("BLON_TEST_DATABASE").is_ok_and(|database| database == "postgres")
}

/// Both kinds of databases, each that nobody has used; the embedded one alone where there is no PostgreSQL.
pub fn both() -> Vec<Option<String>> {
    let shared = Postgres::shared().map(|postgres| Some(postgres.new_database()));
    std::iter::once(None).chain(shared).collect()
}

/// A running database.
pub struct Postgres {
    folder: tempfile::TempDir,
    process: Option<Child>,
    programs: PathBuf,
    settings: Vec<String>,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// The one that the tests of this program share; it ends with them. `None` on a machine without, which is told loudly, and is an
    /// error where everything must be there (`CI`).
    pub fn shared() -> Option<&'static Postgres> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        SHARED
            .get_or_init(|| {
                // It is to end with whoever starts it, and Linux means a thread by that: not one that ends with a test.
                let (send, made) = mpsc::channel();
                std::thread::spawn(move || {
                    send.send(Postgres::start(&["-c", "fsync=off"])).unwrap();
                    loop {
                        std::thread::park();
                    }
                });
                made.recv().unwrap()
            })
            .as_ref()
    }

    /// Makes one and starts it, with these settings beside.
    ///
    /// # Panics
    /// If the programs are there and do not work, or are not there where everything must be.
    pub fn start(settings: &[&str]) -> Option<Postgres> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not there: the package `postgresql`");
            eprintln!("\n!!! SKIPPED: PostgreSQL is not on this machine; its tests did not run\n");
            return None;
        };
        sweep();
        let folder =
            tempfile::Builder::new().prefix(&format!("{FOLDER}{}-", std::process::id())).tempdir().unwrap();
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let data = folder.path().join("data");
        let data = data.to_str().unwrap();
        let made = own(&programs, "initdb")
            .args(["-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"])
            .stdout(Stdio::null())
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut postgres =
            Postgres { folder, process: None, programs, settings, port: 5432, databases: AtomicU32::new(0) };
        postgres.start_again();
        Some(postgres)
    }

    /// Starts it once more, with what it held.
    pub fn start_again(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log"));
        let folder = self.folder.path().to_str().unwrap();
        let process = own(&self.programs, "postgres")
            .args(["-D", &format!("{folder}/data"), "-k", folder, "-c", "listen_addresses="])
            .args(["-c", "max_connections=200", "-c", "unix_socket_permissions=0777"])
            .args(&self.settings)
            .stdout(Stdio::null())
            .stderr(log.unwrap())
            .spawn();
        self.process = Some(process.unwrap());
        self.until_it_answers();
    }

    /// Stops it at once: whoever is connected is cut off.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let id = process.id().to_string();
            assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
            process.wait().unwrap();
        }
    }

    fn until_it_answers(&self) {
        let patience = Instant::now() + Duration::from_secs(30);
        while let Err(error) = postgres::Client::connect(&self.address("postgres"), postgres::NoTls) {
            assert!(Instant::now() < patience, "{error}: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The address of a database here.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://{USER}@/{database}?host={}&port={}", self.folder.path().display(), self.port)
    }

    /// Starts it anew, now also on 127.0.0.1, with this certificate and its key for whoever speaks TLS; gives the port.
    pub fn speaks_tls(&mut self, certificate: &str, key: &str) -> u16 {
        self.stop();
        let data = self.folder.path().join("data");
        let owner = std::fs::metadata(&data).unwrap();
        for (name, pem) in [("server.crt", certificate), ("server.key", key)] {
            let file = data.join(name);
            std::fs::write(&file, pem).unwrap();
            std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            std::os::unix::fs::chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        self.port = free_port();
        let port = format!("port={}", self.port);
        self.settings
            .extend(["-c", "ssl=on", "-c", "listen_addresses=127.0.0.1", "-c", &port].map(str::to_owned));
        self.start_again();
        self.port
    }

    /// A database that nobody has used; gives its address.
    pub fn new_database(&self) -> String {
        // Not two at once: each is copied from the same one.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut client = postgres::Client::connect(&self.address("postgres"), postgres::NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        self.address(&name)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Takes away what programs left that have ended: what they shared is dropped by nobody.
fn sweep() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(FOLDER).and_then(|rest| rest.split('-').next()).map(str::to_owned);
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            // Another may be at it, too.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The folder of PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let asked = Command::new("pg_config").arg("--bindir").output().ok().filter(|o| o.status.success());
    let told = asked.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let packaged = versions.map(|version| version.path().join("bin"));
    told.into_iter().chain(packaged).find(|folder| folder.join("postgres").is_file())
}

/// One of its programs, as somebody whom it accepts, and ending with us.
fn own(programs: &Path, name: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"));
    if is_root {
        command.args([&format!("--reuid={USER}"), &format!("--regid={USER}"), "--init-groups"]);
    }
    command.arg("--").arg(programs.join(name)).current_dir("/tmp").stdin(Stdio::null());
    command
}
