//! What may come into the tree: licences, sources, and known vulnerabilities.

use crate::run::{self, Outcome, cargo, must, printed, shout};

/// Licences, forbidden crates and sources; needs no network.
pub fn licences() -> Outcome {
    must(&mut cargo(&["deny", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))
}

/// Known vulnerabilities. A database that cannot be reached is told loudly and stops nothing; a vulnerability
/// does stop.
pub fn advisories() -> Outcome {
    let mut fetch = cargo(&["deny", "fetch", "db"]);
    // Git neither asks for a name nor waits for ever on a line that gives nothing.
    fetch
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_HTTP_LOW_SPEED_LIMIT", "100")
        .env("GIT_HTTP_LOW_SPEED_TIME", "20");
    let fetched = run::quietly(&mut fetch)?;
    if !fetched.status.success() {
        let reason = printed(&fetched);
        let reason = reason.lines().last().unwrap_or("no reason given");
        shout(&format!("NOT CHECKED: known vulnerabilities; their database cannot be reached ({reason})"));
        return Ok(());
    }
    must(&mut cargo(&["deny", "check", "--disable-fetch", "advisories"]))
}
