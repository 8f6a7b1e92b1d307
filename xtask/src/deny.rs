//! What may come into the tree, of crates and of npm's packages: licences, sources, and known vulnerabilities.

use crate::places;
use crate::run::{self, Outcome, cargo, must, printed, program, shout, stop};

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

/// Known vulnerabilities of npm's packages: those of the screens, and of the programs that tests use. A registry that does not
/// answer that question is told loudly and stops nothing; a vulnerability of rank "high" or worse does stop.
pub fn npm() -> Outcome {
    for folder in [places::ui(), places::project().join("tests/clients")] {
        let mut audit = program("npm", &["audit", "--json", "--audit-level=high"]);
        let audited = run::quietly(audit.current_dir(&folder))?;
        let said = String::from_utf8_lossy(&audited.stdout);
        if !was_answered(&said) {
            let reason = printed(&audited);
            let reason =
                reason.lines().find(|line| line.contains("audit")).unwrap_or("no reason given").trim();
            let folder = folder.display();
            shout(&format!("NOT CHECKED: known vulnerabilities of npm's packages in {folder} ({reason})"));
        } else if !audited.status.success() {
            return Err(stop(format!("npm knows of vulnerabilities in {}:\n{said}", folder.display())));
        }
    }
    Ok(())
}

/// Whether what npm said is a report, and not that it could not ask.
fn was_answered(said: &str) -> bool {
    said.contains("\"auditReportVersion\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_told_from_a_registry_that_does_not_answer() {
        assert!(was_answered(r#"{ "auditReportVersion": 2, "vulnerabilities": {}, "metadata": {} }"#));
        assert!(!was_answered(r#"{ "message": "405 Method Not Allowed", "error": { "summary": "" } }"#));
        assert!(!was_answered(""));
    }
}
