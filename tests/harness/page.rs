//! A page under test, driven through WebDriver as a person would: by what stands on the screen.
//!
//! Calls wait for what they name. How long they wait at most is only how soon a broken test gives up.

use crate::places::{artifacts, project};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Map, Value, json};
use std::future::Future;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked whether something is there.
const LOOKS: Duration = Duration::from_millis(20);

/// A page in a real window or browser.
pub struct Page {
    runtime: Runtime,
    client: Option<Client>,
    driver: Child,
    /// Where what the driver and the app complain of is written.
    complained: Option<PathBuf>,
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Page {
    /// Starts the driver, and the browser or app that the capabilities name. What they write to `complained` is told with
    /// whatever fails.
    pub fn open(
        mut driver: Command,
        port: u16,
        capabilities: Map<String, Value>,
        complained: Option<PathBuf>,
    ) -> Self {
        let driver = driver.stdin(Stdio::null()).spawn().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut page = Page { runtime, client: None, driver, complained };
        let url = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let begun = Instant::now();
        // The driver needs a moment until it listens; and it never answers where the app ends before its window is there.
        page.client = loop {
            let connecting = async { tokio::time::timeout(PATIENCE, builder.connect(&url)).await };
            match page.runtime.block_on(connecting) {
                Ok(Ok(client)) => break Some(client),
                Ok(Err(_)) if begun.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(100)),
                failed => panic!("the driver does not open a window: {failed:?}\n{}", page.complaints()),
            }
        };
        page
    }

    /// Fails, and tells what the app complained of.
    pub fn fails(&self, what: &str) -> ! {
        self.shot("failed");
        panic!("{what}\n{}", self.complaints())
    }

    fn complaints(&self) -> String {
        let read = |path: &PathBuf| std::fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&self.complained.as_ref().map(read).unwrap_or_default()).into_owned()
    }

    fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    fn wait<T, E: std::fmt::Debug>(&self, what: &str, work: impl Future<Output = Result<T, E>>) -> T {
        self.runtime.block_on(work).unwrap_or_else(|error| self.fails(&format!("{what}: {error:?}")))
    }

    /// Goes to an address.
    pub fn go(&self, url: &str) {
        self.wait(url, self.client().goto(url));
    }

    /// Waits until an element matches, and gives it.
    pub fn find(&self, css: &str) -> Element {
        self.find_within(css, PATIENCE)
    }

    /// The same for what takes its time, such as a sync.
    pub fn find_within(&self, css: &str, patience: Duration) -> Element {
        let begun = Instant::now();
        loop {
            let seeking = self.client().wait().at_most(patience).every(LOOKS).for_element(Locator::Css(css));
            match self.runtime.block_on(seeking) {
                // It was drawn anew between being found and being named: the driver says so of what is there all the same.
                Err(error) if error.is_stale_element_reference() && begun.elapsed() < patience => {}
                found => return self.wait(css, std::future::ready(found)),
            }
        }
    }

    /// Waits until the element with this `data-testid` is there.
    pub fn see(&self, testid: &str) -> Element {
        self.find(&named(testid))
    }

    /// How many elements match now.
    pub fn count(&self, css: &str) -> usize {
        self.wait(css, self.client().find_all(Locator::Css(css))).len()
    }

    /// Waits until nothing matches any more.
    pub fn gone(&self, css: &str) {
        self.until_there_are(css, 0);
    }

    /// Waits until so many elements match.
    pub fn until_there_are(&self, css: &str, many: usize) {
        let begun = Instant::now();
        loop {
            let there = self.count(css);
            if there == many {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{css}: {there} are there, not {many}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Presses keys, wherever the focus is.
    pub fn keys(&self, keys: &str) {
        let focused = self.wait(keys, self.client().active_element());
        self.wait(keys, focused.send_keys(keys));
    }

    /// Touches what matches.
    pub fn tap_on(&self, css: &str) {
        let begun = Instant::now();
        loop {
            let element = self.find(css);
            let tapped = self.runtime.block_on(async {
                self.to_sight(&element).await?;
                element.click().await
            });
            match tapped {
                // It is there and cannot be seen yet, as behind a dialog that is closing: a person would wait for it.
                Err(error) if error.is_element_not_interactable() && begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                // It was drawn anew between being found and being touched: a person would touch the new one. Or it went away
                // because it was touched, and the driver says the same.
                Err(error) if error.is_stale_element_reference() && begun.elapsed() < PATIENCE => {
                    for _ in 0..20 {
                        std::thread::sleep(Duration::from_millis(100));
                        if self.count(css) == 0 {
                            return;
                        }
                    }
                }
                tapped => return self.wait(css, std::future::ready(tapped)),
            }
        }
    }

    /// Does something with what matches; with the new one where it was drawn anew between being found and being reached, and
    /// once it can be reached, where the page is still being laid out.
    fn with<T>(&self, css: &str, work: impl AsyncFn(&Element) -> Result<T, CmdError>) -> T {
        let begun = Instant::now();
        loop {
            let element = self.find(css);
            match self.runtime.block_on(work(&element)) {
                Err(error) if error.is_stale_element_reference() && begun.elapsed() < PATIENCE => {}
                Err(error) if error.is_element_not_interactable() && begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                done => return self.wait(css, std::future::ready(done)),
            }
        }
    }

    /// Away from what is fixed to the head and the foot of the window.
    async fn to_sight(&self, element: &Element) -> Result<Value, CmdError> {
        let to_sight = "arguments[0].scrollIntoView({ block: 'center' })";
        self.client().execute(to_sight, vec![serde_json::to_value(element).unwrap()]).await
    }

    /// Touches the element with this `data-testid`.
    pub fn tap(&self, testid: &str) {
        self.tap_on(&named(testid));
    }

    /// Types into the field with this `data-testid`, key by key, after what stands there.
    pub fn write(&self, testid: &str, text: &str) {
        self.with(&named(testid), async |field| field.send_keys(text).await);
    }

    /// Empties the field and types into it.
    pub fn rewrite(&self, testid: &str, text: &str) {
        self.with(&named(testid), async |field| {
            self.to_sight(field).await?;
            field.clear().await?;
            field.send_keys(text).await
        });
    }

    /// Chooses an entry of a list.
    pub fn choose(&self, testid: &str, value: &str) {
        self.with(&named(testid), async |field| {
            self.to_sight(field).await?;
            field.select_by_value(value).await
        });
    }

    /// Gives a field what the system's own picker would: WebDriver does not reach those.
    pub fn pick(&self, testid: &str, value: &str) {
        self.see(testid);
        self.run(&format!(
            "const field = document.querySelector(\"[data-testid='{testid}']\");
             field.value = '{value}';
             for (const told of ['input', 'change']) field.dispatchEvent(new Event(told, {{ bubbles: true }}));"
        ));
    }

    /// Hands a file to a file input, which is there but not in sight.
    pub fn attach(&self, testid: &str, file: &Path) {
        self.with(&named(testid), async |field| field.send_keys(file.to_str().unwrap()).await);
    }

    /// What can be read in the element with this `data-testid`.
    pub fn text(&self, testid: &str) -> String {
        self.with(&named(testid), async |element| element.text().await)
    }

    /// Everything that can be read on the page.
    pub fn all_text(&self) -> String {
        self.with("body", async |body| body.text().await)
    }

    /// Runs a script in the page and gives what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.wait(script, self.client().execute(script, Vec::new()))
    }

    /// Runs a script that gives its answer to its last argument, some time later.
    pub fn ask(&self, script: &str) -> Value {
        self.wait(script, self.client().execute_async(script, Vec::new()))
    }

    /// The same where the page may be loaded anew meanwhile: then nobody answers.
    pub fn ask_if_there(&self, script: &str) -> Option<Value> {
        self.runtime.block_on(self.client().execute_async(script, Vec::new())).ok()
    }

    /// Has Chromium do what only its own tools for developers can.
    pub fn devtools(&self, command: &str, with: Value) {
        let command = Devtools(json!({ "cmd": command, "params": with }));
        self.wait("devtools", self.client().issue_cmd(command));
    }

    /// Sets the window's size, in points of the screen.
    pub fn resize(&self, width: u32, height: u32) {
        self.wait("resize", self.client().set_window_size(width, height));
        // The window answers before what is in it has its new width. A frame may take some points of it.
        let begun = Instant::now();
        let is_there = |now: &Value| now.as_f64().is_some_and(|now| (now - f64::from(width)).abs() < 40.0);
        while !is_there(&self.run("return innerWidth")) && begun.elapsed() < Duration::from_secs(3) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Keeps a picture of the window among the artifacts.
    pub fn shot(&self, name: &str) {
        if let Ok(png) = self.runtime.block_on(self.client().screenshot()) {
            std::fs::write(artifacts().join(format!("{name}.png")), png).unwrap();
        }
    }

    /// The colour that lies behind what matches: red, green, blue.
    pub fn colour(&self, css: &str) -> [u8; 3] {
        let behind = "getComputedStyle(document.querySelector(css)).backgroundColor";
        let said = self.run(&format!("const css = {}; return {behind}", json!(css)));
        let parts = said.as_str().unwrap().trim_start_matches("rgb(").trim_end_matches(')').split(", ");
        parts.map(|part| part.parse().unwrap()).collect::<Vec<u8>>().try_into().unwrap()
    }

    /// A picture of what matches alone, PNG.
    pub fn shot_of(&self, css: &str) -> Vec<u8> {
        self.with(css, async |element| {
            self.to_sight(element).await?;
            element.screenshot().await
        })
    }

    /// Fails if the page breaks a rule of WCAG 2.2 AA, by day or by night, has text below a contrast of 7:1, has
    /// something to touch that is smaller than 48 by 48, or must be scrolled sideways where it is 320 wide or its
    /// text is twice as large.
    pub fn is_readable_and_reachable(&self, name: &str) {
        self.shot(name);
        let axe = std::fs::read_to_string(project().join("ui/node_modules/axe-core/axe.min.js")).unwrap();
        self.run(&axe);
        // What a head or foot hides now is scrolled to in a moment; what always lies under something is looked for.
        self.run(
            "for (const e of document.querySelectorAll('header, footer, .foot'))
                if (['sticky', 'fixed'].includes(getComputedStyle(e).position)) e.style.position = 'static';",
        );
        self.breaks_no_rule(name);
        assert_eq!(self.run(BAD_TARGETS), json!([]), "{name}: too small to touch, or covered");
        self.run("document.documentElement.dataset.scheme = 'dark'");
        self.shot(&format!("{name}-dark"));
        self.breaks_no_rule(&format!("{name}, by night"));
        self.run("document.documentElement.dataset.scheme = 'light'");
        for (narrow, style) in [("320 wide", "width: 320px"), ("text twice as large", "font-size: 200%")] {
            // A page of its own width does not make a desktop a phone.
            self.run(&format!("if (innerWidth < 600) document.documentElement.style = '{style}'"));
            assert_eq!(self.run(TOO_WIDE), json!([]), "{name}: too wide for {narrow}");
        }
        self.run(
            "document.documentElement.style = '';
             for (const e of document.querySelectorAll('header, footer, .foot')) e.style.position = '';",
        );
    }

    fn breaks_no_rule(&self, name: &str) {
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, {
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
                rules: { 'color-contrast-enhanced': { enabled: true }, region: { enabled: false } },
            }).then((r) => done(r.violations.map((v) =>
                v.id + ': ' + v.nodes.map((n) => n.target + ' ' + n.failureSummary).join('; '))));";
        assert_eq!(self.ask(script), json!([]), "{name}");
    }

    /// Closes the window.
    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(client) = self.client.take() {
            // A window that is gone already needs no closing.
            let _ = self.runtime.block_on(client.close());
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.end();
    }
}

/// What matches the element with this `data-testid`.
fn named(testid: &str) -> String {
    format!("[data-testid='{testid}']")
}

/// A command beyond WebDriver that Chromium's driver hands on.
#[derive(Debug)]
struct Devtools(Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        driver.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}

/// Everything that ends outside the page on the right; what is fixed to the window, outside the window.
const TOO_WIDE: &str = "
    const page = document.documentElement.getBoundingClientRect().right;
    const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('dialog, .unseen');
    const fixed = (e) => e && (getComputedStyle(e).position === 'fixed' || fixed(e.parentElement));
    const over = (e) => Math.round(e.getBoundingClientRect().right - (fixed(e) ? innerWidth : page));
    return [...document.body.querySelectorAll('*')].filter((e) => seen(e) && over(e) > 1)
        .map((e) => e.tagName + ' ' + (e.dataset.testid || e.className) + ' ' + over(e));";

/// Everything in sight that takes a touch and is too small for a finger, or lies under something else. What
/// lies inside a label counts with the label.
const BAD_TARGETS: &str = "
    const seen = (e) => e.checkVisibility({ visibilityProperty: true });
    const small = (r) => r.width < 47.5 || r.height < 47.5;
    const covered = (e, r) => {
        const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
        return top && !e.contains(top) && !top.contains(e) && !top.closest('header, footer, .foot, dialog');
    };
    return [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
        .filter((e) => seen(e) && !['radio', 'checkbox', 'file'].includes(e.type))
        .concat([...document.querySelectorAll('label')].filter((e) => seen(e) && e.querySelector('[type=radio], [type=checkbox], [type=file]')))
        .map((e) => [e, e.getBoundingClientRect()])
        .filter(([e, r]) => small(r) || covered(e, r))
        .map(([e, r]) => e.tagName + ' ' + (e.dataset.testid || e.textContent.trim().slice(0, 30)) + ' '
            + Math.round(r.width) + 'x' + Math.round(r.height));";
