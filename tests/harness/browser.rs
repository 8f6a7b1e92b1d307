//! Headquarters' pages in a real Chromium with an empty profile.

use crate::elsewhere::{Elsewhere, LISTENS};
use crate::page::{Page, free_port};
use crate::server::PASSWORD;
use serde_json::{Map, json};
use std::process::{Command, Stdio};

/// Chromium at this address, in a window of this size.
pub fn open(url: &str, width: u32, height: u32) -> Page {
    let page = started(width, height, &[]);
    page.go(url);
    page
}

/// The same; whatever it asks of another host is asked of `elsewhere`, and it remembers what its pages' policy forbade.
pub fn open_watched(url: &str, width: u32, height: u32, elsewhere: &Elsewhere) -> Page {
    let page = started(width, height, &[elsewhere.as_proxy()]);
    page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": LISTENS }));
    page.go(url);
    page
}

/// Signs somebody in who has the password of tests, and waits until they are in.
pub fn sign_in(page: &Page, name: &str) {
    page.rewrite("sign-in-name", name);
    page.rewrite("sign-in-password", PASSWORD);
    page.tap("sign-in");
    page.see("sign-out");
}

/// Goes to a room of headquarters by its address, as a link would.
pub fn enter(page: &Page, room: &str) {
    page.run(&format!("location.hash = '#/{room}'"));
}

fn started(width: u32, height: u32, more: &[String]) -> Page {
    let port = free_port();
    let mut driver = Command::new("chromedriver");
    driver.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut arguments = json!([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        // It would ask its maker about the pages it shows, once it has run for a while.
        "--disable-features=OptimizationHints,OptimizationGuideModelDownloading",
        "--disable-sync",
        "--lang=fr",
        "--hide-scrollbars",
    ]);
    arguments.as_array_mut().unwrap().extend(more.iter().map(|argument| json!(argument)));
    let mut options = json!({ "args": arguments });
    // A desktop window cannot be as narrow as a phone; Chromium's own emulation can.
    options["mobileEmulation"] = json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "mobile": width < 600 } });
    let mut capabilities = Map::new();
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    Page::open(driver, port, capabilities, None)
}
