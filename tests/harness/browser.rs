//! Headquarters' pages in a real Chromium with an empty profile.

use crate::page::{Page, free_port};
use serde_json::{Map, json};
use std::process::{Command, Stdio};

/// Chromium at this address, in a window of this size.
pub fn open(url: &str, width: u32, height: u32) -> Page {
    let port = free_port();
    let mut driver = Command::new("chromedriver");
    driver.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
    let arguments = json!([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=fr",
        "--hide-scrollbars",
    ]);
    let mut options = json!({ "args": arguments });
    // A desktop window cannot be as narrow as a phone; Chromium's own emulation can.
    options["mobileEmulation"] = json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "mobile": width < 600 } });
    let mut capabilities = Map::new();
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    let page = Page::open(driver, port, capabilities);
    page.go(url);
    page
}
