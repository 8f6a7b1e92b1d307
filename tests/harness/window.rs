//! The collector's app in its real window: WebKitGTK on a virtual screen, driven by WebDriver.

use crate::device::{PASSPHRASE, TestDevice};
use crate::page::{Page, free_port};
use crate::places::binary;
use serde_json::{Map, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The app that may be driven. What people get refuses that; beside it stands one for the benches, which are built as it is.
const DRIVEN: &str = if cfg!(debug_assertions) { "blon-app" } else { "blon-app-driven" };

/// A screen that nobody sees.
pub struct Screen {
    xvfb: Child,
    name: String,
}

impl Screen {
    /// Starts one, under a number that is free.
    pub fn new() -> Self {
        let mut xvfb = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed: `cargo xtask test` does that");
        let mut number = String::new();
        BufReader::new(xvfb.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Screen { xvfb, name: format!(":{}", number.trim()) }
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
        self.drive(driver, data)
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
        let said = |name: &str| File::options().create(true).append(true).open(home.join(name)).unwrap();
        command.current_dir(home).stdout(said("said")).stderr(said("complained"));
    }

    fn open(&self, data: &Path, hearing: bool) -> Page {
        let mut driver = self.driver(data);
        if hearing {
            driver.env("BLON_CAPTURE", "mock");
        }
        self.drive(driver, data)
    }

    fn driver(&self, data: &Path) -> Command {
        let mut driver = Command::new("WebKitWebDriver");
        driver
            .env("DISPLAY", &self.name)
            .env_remove("WAYLAND_DISPLAY")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Nothing of the person who runs the tests is read or written.
            .env("XDG_DATA_HOME", data.with_file_name("webview"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        driver
    }

    fn drive(&self, mut driver: Command, data: &Path) -> Page {
        let port = free_port();
        driver.args([format!("--port={port}"), "--host=127.0.0.1".to_owned()]);
        let mut capabilities = Map::new();
        let options = json!({ "binary": binary(DRIVEN), "args": ["--data", data.to_str().unwrap()] });
        capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
        Page::open(driver, port, capabilities)
    }
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

/// Kills the app that has this device's store open, as an empty battery does.
pub fn kill_app(device: &TestDevice) {
    signal_app(device, "KILL");
}

/// Sends a signal to the app that has this device's store open.
pub fn signal_app(device: &TestDevice, signal: &str) {
    let id = app_of(device);
    assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
}

/// The process that has this device's store open.
pub fn app_of(device: &TestDevice) -> String {
    let data = device.data();
    let is_it = |arguments: &[u8]| {
        let mut arguments = arguments.split(|byte| *byte == 0);
        arguments.next().is_some_and(|program| program.ends_with(DRIVEN.as_bytes()))
            && arguments.any(|argument| argument == data.to_str().unwrap().as_bytes())
    };
    let found = std::fs::read_dir("/proc").unwrap().find_map(|entry| {
        let entry = entry.unwrap();
        let arguments = std::fs::read(entry.path().join("cmdline")).ok()?;
        is_it(&arguments).then(|| entry.file_name().into_string().unwrap())
    });
    found.expect("the app runs")
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
