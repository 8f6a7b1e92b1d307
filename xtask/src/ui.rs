//! The screens: their tools from npm, their build, their checks.

use crate::folders::{self, Files};
use crate::run::{Outcome, must, program, say, stop};
use crate::{needs, places};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// Takes from npm exactly what the lock file names, where that is not in place yet.
pub fn install() -> Outcome {
    needs::node()?;
    let (wanted, here) = (places::ui().join("package-lock.json"), "node_modules/.package-lock.json");
    if changed(&wanted)? <= changed(&places::ui().join(here)).unwrap_or(SystemTime::UNIX_EPOCH) {
        return Ok(());
    }
    say("  taking the tools of the screens from npm …");
    must(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds the screens into `ui/dist`, where the app and headquarters embed them. Nothing is touched if that was
/// done from the same sources, since touched pages mean that both are linked anew.
pub fn build() -> Outcome {
    install()?;
    let sources = fingerprint(&sources()?);
    if is_built_from(&sources) {
        return Ok(());
    }
    must(&mut npm(&["run", "build"]))?;
    std::fs::write(stamp(), sources).map_err(|e| stop(format!("{}: {e}", stamp().display())))
}

/// Types and warnings of every component, and the form of every file.
pub fn check() -> Outcome {
    install()?;
    must(&mut npm(&["run", "check"]))
}

/// npm in the folder of the screens.
fn npm(arguments: &[&str]) -> Command {
    let mut command = program("npm", arguments);
    command.current_dir(places::ui());
    command
}

fn stamp() -> std::path::PathBuf {
    places::ui().join("dist/built-from")
}

/// All that a build reads.
fn sources() -> Outcome<Files> {
    let mut files = folders::read(&places::ui().join("src"))?;
    for name in ["package.json", "package-lock.json", "vite.config.ts", "svelte.config.js", "tsconfig.json"] {
        if let Ok(bytes) = std::fs::read(places::ui().join(name)) {
            files.insert(name.into(), bytes);
        }
    }
    Ok(files)
}

/// A short name for what the files hold.
fn fingerprint(files: &Files) -> String {
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    format!("{:016x}\n", hasher.finish())
}

/// Whether `ui/dist` holds both entries, built from these sources, and not by another hand since.
fn is_built_from(sources: &str) -> bool {
    let when = |path: &Path| changed(path).ok();
    let Some(stamped) = when(&stamp()) else { return false };
    std::fs::read_to_string(stamp()).is_ok_and(|known| known == sources)
        && ["collector", "headquarters"].iter().all(|entry| {
            let folder = places::ui().join("dist").join(entry);
            // Without assets it is the page that stands in for screens that were never built.
            folder.join("assets").is_dir() && when(&folder.join("index.html")).is_some_and(|at| at <= stamped)
        })
}

fn changed(path: &Path) -> Outcome<SystemTime> {
    let metadata = std::fs::metadata(path).and_then(|m| m.modified());
    metadata.map_err(|e| stop(format!("{}: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_changes_with_names_and_content() {
        let of =
            |name: &str, text: &str| fingerprint(&Files::from([(name.into(), text.as_bytes().to_vec())]));
        assert_eq!(of("App.svelte", "a"), of("App.svelte", "a"));
        assert_ne!(of("App.svelte", "a"), of("App.svelte", "b"));
        assert_ne!(of("App.svelte", "a"), of("Other.svelte", "a"));
    }
}
