//! Everywhere but headquarters: whatever a page asks of another host comes here, is noted, and is answered with nothing. And what a
//! page itself tells of what it loaded, and of what its own policy kept it from.

use crate::page::Page;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A proxy that lets nothing pass.
pub struct Elsewhere {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

/// Whom Chromium asks by itself, whatever it shows: the time, its updates, its account, its forms and passwords. A page that asked
/// them would be told of by its own list of what it loaded.
const CHROMIUMS_OWN: [&str; 5] = [
    "clients2.google.com",
    "accounts.google.com",
    "update.googleapis.com",
    "content-autofill.googleapis.com",
    "passwordsleakcheck-pa.googleapis.com",
];

/// Has a page remember, across the pages that follow in the same tab, what its policy forbade.
pub const LISTENS: &str = "
    performance.setResourceTimingBufferSize(10000);
    addEventListener('securitypolicyviolation', (told) => {
        const before = JSON.parse(sessionStorage.getItem('forbidden') ?? '[]');
        const now = `${told.violatedDirective}: ${told.blockedURI} ${told.sourceFile}:${told.lineNumber}`;
        sessionStorage.setItem('forbidden', JSON.stringify([...before, now]));
    });";

impl Elsewhere {
    /// Begins to listen. It ends with the tests.
    pub fn listening() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, heard) = (listener.local_addr().unwrap(), Arc::default());
        let notes = Arc::clone(&heard);
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let _ = note(caller, &notes);
            }
        });
        Elsewhere { address, heard }
    }

    /// What a browser is told, so that all but this machine's own addresses is asked for here.
    pub fn as_proxy(&self) -> String {
        format!("--proxy-server=http://{}", self.address)
    }

    /// The first line of each request that came, but for those of the browser's own.
    pub fn heard(&self) -> Vec<String> {
        let own = |line: &String| CHROMIUMS_OWN.iter().any(|host| line.contains(host));
        self.heard.lock().unwrap().iter().filter(|line| !own(line)).cloned().collect()
    }
}

fn note(mut caller: TcpStream, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut line = String::new();
    // A browser may keep a spare connection to its proxy, and close it without a word: that asks nothing of anybody.
    if BufReader::new(&caller).read_line(&mut line)? == 0 {
        return Ok(());
    }
    heard.lock().unwrap().push(line.trim().to_owned());
    caller.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// Where everything came from that the page has loaded since it was opened, each once.
pub fn loaded_from(page: &Page) -> BTreeSet<String> {
    let told = page.run(
        "return performance.getEntries().filter((one) => ['navigation', 'resource'].includes(one.entryType))
            .map((one) => new URL(one.name)).map((url) => `${url.protocol}//${url.host}`)",
    );
    told.as_array().unwrap().iter().map(|from| from.as_str().unwrap().to_owned()).collect()
}

/// What the policy of this page forbade it, and of those before it in the same tab.
pub fn forbidden(page: &Page) -> Value {
    page.run("return JSON.parse(sessionStorage.getItem('forbidden') ?? '[]')")
}
