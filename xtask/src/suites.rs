//! The end-to-end tests: many programs, of which some run at a time.
//!
//! Each starts what it needs by itself, and much of the time it waits: for a line that is cut, for a page that is drawn. One after
//! another they would leave the machine idle meanwhile.

use crate::places;
use crate::run::{Outcome, must, printed, quietly, say, stop, typed};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How many programs run at a time, each of which runs as many tests at a time as there are cores.
const AT_A_TIME: usize = 2;

/// Every suite in `tests/tests`, by its name. The harness beside has no tests of its own.
///
/// # Errors
/// Where the folder cannot be read.
pub fn all() -> Outcome<Vec<String>> {
    let folder = places::project().join("tests/tests");
    let failed = |e: std::io::Error| stop(format!("{}: {e}", folder.display()));
    let files = std::fs::read_dir(&folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let paths = files.into_iter().map(|file| file.path());
    let suites = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let mut names: Vec<String> =
        suites.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

/// Builds these suites and runs every one of them, whichever fails; what each printed comes whole, when it ends. `test` is cargo's
/// command for these words.
///
/// # Errors
/// Which failed, and how to run each alone.
pub fn run(names: &[String], test: impl Fn(&[&str]) -> Command + Sync) -> Outcome {
    let suites = names.iter().flat_map(|name| ["--test", name]);
    must(&mut test(&["--no-run"].into_iter().chain(suites).collect::<Vec<_>>()))?;
    let waiting = Mutex::new(names.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(name) = next() {
                    let mut command = test(&["--test", name]);
                    if !ends_well(name, &mut command) {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(typed(&command));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed.is_empty() { Ok(()) } else { Err(stop(format!("these failed:\n  {}", failed.join("\n  ")))) }
}

/// Runs one suite and says what it printed.
fn ends_well(name: &str, command: &mut Command) -> bool {
    say(&format!("▸ {name} …"));
    let began = Instant::now();
    let (well, words) = match quietly(command) {
        Ok(output) => (output.status.success(), printed(&output)),
        Err(unstartable) => (false, unstartable.message),
    };
    let mark = if well { '✓' } else { '✗' };
    say(&format!("\n{words}\n{mark} {name} {:.1} s", began.elapsed().as_secs_f64()));
    well
}
