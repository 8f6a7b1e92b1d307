//! The collector's app in its real window: WebKitGTK on a virtual screen, driven by WebDriver.

use crate::device::{PASSPHRASE, TestDevice};
use crate::page::{Page, free_port};
use crate::patience::soon;
use crate::places::binary;
use serde_json::{Map, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The app that may be driven. What people get refuses that; beside it stands one for the benches, which are built as it is.
const DRIVEN: &str = if cfg!(debug_assertions) { "blon-app" } else { "blon-app-driven" };

/// Where what the driver, the app and its webview complain of is written.
const COMPLAINED: &str = "complained";

/// A screen that nobody sees.
pub struct Screen {
    xvfb: Child,
    name: String,
    /// Where the screen keeps its picture.
    picture: TempDir,
}

impl Screen {
    /// Starts one, under a number that is free.
    pub fn new() -> Self {
        let picture = tempfile::tempdir().unwrap();
        let mut xvfb = Command::new("Xvfb")
            // With its last window gone it would begin anew, and turn away whoever opens the next one meanwhile.
            .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"])
            .arg("-fbdir")
            .arg(picture.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed: `cargo xtask test` does that");
        let mut number = String::new();
        BufReader::new(xvfb.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Screen { xvfb, name: format!(":{}", number.trim()), picture }
    }

    /// How many dots of the screen have which colour (red, green, blue): what a person sees, where no driver can be asked.
    pub fn colours(&self) -> HashMap<[u8; 3], usize> {
        // The X window dump format: numbers of four bytes, the greatest first. The first is the length of the head, the
        // twentieth the number of colours that follow it, twelve bytes each; then four bytes a dot.
        let dump = std::fs::read(self.picture.path().join("Xvfb_screen0")).unwrap();
        let number = |at: usize| u32::from_be_bytes(dump[4 * at..4 * at + 4].try_into().unwrap()) as usize;
        let mut colours = HashMap::new();
        for dot in dump[number(0) + 12 * number(19)..].chunks_exact(4) {
            *colours.entry([dot[2], dot[1], dot[0]]).or_default() += 1;
        }
        colours
    }

    /// Opens the app on a device's store.
    pub fn open_app(&self, device: &TestDevice) -> Page {
        self.open_app_at(&device.data())
    }

    /// Opens the app on a device's store, with the webview's own test sound for a microphone.
    pub fn open_app_hearing(&self, device: &TestDevice) -> Page {
        self.open(&device.data(), true)
    }

    /// Opens the app on a store in this folder.
    pub fn open_app_at(&self, data: &Path) -> Page {
        self.open(data, false)
    }

    /// Opens the app on a store in this folder with a home of its own: whatever the app, its webview and its libraries write
    /// anywhere, and what they say, is in it.
    pub fn open_app_at_home(&self, data: &Path, home: &Path) -> Page {
        let mut driver = self.driver(data);
        self.live_in(&mut driver, home);
        self.drive(driver, data, home.join(COMPLAINED))
    }

    /// Starts the app as people do, not driven by anybody, with a home of its own.
    pub fn start_app_at_home(&self, data: &Path, home: &Path) -> Child {
        let mut app = Command::new(binary("blon-app"));
        app.arg("--data").arg(data).env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY");
        self.live_in(&mut app, home);
        app.stdin(Stdio::null()).spawn().unwrap()
    }

    /// Whether what people get ends at once where something would drive it.
    pub fn app_refuses_to_be_driven(&self) -> bool {
        let home = tempfile::tempdir().unwrap();
        // One that does not refuse would stay open.
        let mut app = Command::new("timeout");
        app.arg("30").arg(binary("blon-app")).arg("--data").arg(home.path());
        app.env("DISPLAY", &self.name).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let output = app.stdin(Stdio::null()).output().unwrap();
        !output.status.success()
            && String::from_utf8_lossy(&output.stderr).contains("TAURI_WEBVIEW_AUTOMATION")
    }

    fn live_in(&self, command: &mut Command, home: &Path) {
        command.env("HOME", home);
        for (name, folder) in [
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
        ] {
            std::fs::create_dir_all(home.join(folder)).unwrap();
            command.env(name, home.join(folder));
        }
        command.current_dir(home).stdout(append(&home.join("said"))).stderr(append(&home.join(COMPLAINED)));
    }

    fn open(&self, data: &Path, hearing: bool) -> Page {
        let mut driver = self.driver(data);
        if hearing {
            driver.env("BLON_CAPTURE", "mock");
        }
        let complained = data.with_file_name(COMPLAINED);
        driver.stderr(append(&complained));
        self.drive(driver, data, complained)
    }

    fn driver(&self, data: &Path) -> Command {
        let mut driver = Command::new("WebKitWebDriver");
        driver
            .env("DISPLAY", &self.name)
            .env_remove("WAYLAND_DISPLAY")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Nothing of the person who runs the tests is read or written.
            .env("XDG_DATA_HOME", data.with_file_name("webview"))
            .stdout(Stdio::null());
        driver
    }

    fn drive(&self, mut driver: Command, data: &Path, complained: PathBuf) -> Page {
        let port = free_port();
        driver.args([format!("--port={port}"), "--host=127.0.0.1".to_owned()]);
        let mut capabilities = Map::new();
        let options = json!({ "binary": binary(DRIVEN), "args": ["--data", data.to_str().unwrap()] });
        capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
        Page::open(driver, port, capabilities, Some(complained))
    }
}

fn append(path: &Path) -> File {
    File::options().create(true).append(true).open(path).unwrap()
}

/// The window at the size of a cheap phone.
pub fn on_a_phone(page: Page) -> Page {
    page.resize(360, 640);
    page
}

/// The same, with the store unlocked.
pub fn unlocked_on_a_phone(page: Page) -> Page {
    let page = on_a_phone(page);
    page.write("passphrase", PASSPHRASE);
    page.tap("unlock");
    page
}

/// Plays a story in which the webview records, and once more where the webview's process ended of itself while the app
/// lived: WebKitGTK 2.50 has a fault where it records (<https://bugs.webkit.org/show_bug.cgi?id=285752>), rare as it is, and no
/// driver comes back from that. That the app does, a test in `capture` shows.
pub fn recorded(story: impl Fn()) {
    let Err(fault) = std::panic::catch_unwind(AssertUnwindSafe(&story)) else { return };
    let ended = |said: &String| said.contains("Blon: the page's process ended");
    if !fault.downcast_ref().is_some_and(ended) {
        std::panic::resume_unwind(fault);
    }
    eprintln!("The webview ended while it recorded; once more.");
    story();
}

/// Kills the app that has this device's store open, as an empty battery does.
pub fn kill_app(device: &TestDevice) {
    signal(&app_of(device), "KILL");
}

/// Sends a signal to a process.
pub fn signal(id: &str, signal: &str) {
    assert!(Command::new("kill").args(["-s", signal, id]).status().unwrap().success());
}

/// Waits until a process has ended.
pub fn is_over(id: &str) {
    // Of one that ended and whom nobody asked how, the arguments are gone.
    let runs =
        || std::fs::read(Path::new("/proc").join(id).join("cmdline")).is_ok_and(|line| !line.is_empty());
    soon("it has ended", Duration::from_secs(30), || !runs());
}

/// The process that has this device's store open.
pub fn app_of(device: &TestDevice) -> String {
    let data = device.data();
    let is_it = |arguments: &[u8]| {
        let mut arguments = arguments.split(|byte| *byte == 0);
        arguments.next().is_some_and(|program| program.ends_with(DRIVEN.as_bytes()))
            && arguments.any(|argument| argument == data.to_str().unwrap().as_bytes())
    };
    found(|process| is_it(&std::fs::read(process.join("cmdline")).unwrap_or_default()))
        .pop()
        .expect("the app runs")
}

/// Whether the app with this device's store holds a file open.
pub fn app_holds(device: &TestDevice, file: &Path) -> bool {
    let held = std::fs::read_dir(Path::new("/proc").join(app_of(device)).join("fd")).unwrap().flatten();
    held.filter_map(|entry| std::fs::read_link(entry.path()).ok()).any(|at| at == file)
}

/// The processes that the app with this device's store has started: its webview's.
pub fn started_by_app_of(device: &TestDevice) -> Vec<String> {
    let parent = format!("PPid:\t{}", app_of(device));
    let is_it = |status: &str| status.lines().any(|line| line == parent);
    found(|process| is_it(&std::fs::read_to_string(process.join("status")).unwrap_or_default()))
}

/// Ends the process that has the page of the app with this device's store, and waits until another has.
pub fn end_page_of(device: &TestDevice) {
    let first = page_process_of(device).expect("there is a page");
    signal(&first, "KILL");
    soon("another page", Duration::from_secs(30), || {
        page_process_of(device).is_some_and(|second| second != first)
    });
}

fn page_process_of(device: &TestDevice) -> Option<String> {
    let has_page = |id: &String| {
        let arguments = std::fs::read(Path::new("/proc").join(id).join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&arguments).contains("WebKitWebProcess")
    };
    started_by_app_of(device).into_iter().find(has_page)
}

/// The processes that are this, by their ids.
fn found(is_it: impl Fn(&Path) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter(|entry| is_it(&entry.path()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

impl Default for Screen {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.xvfb.kill();
        let _ = self.xvfb.wait();
    }
}
