//! The end-to-end tests: many programs, of which some run at a time.
//!
//! Each starts what it needs by itself, and much of the time it waits: for a line that is cut, for a page that is drawn. One after
//! another they would leave the machine idle meanwhile.

use crate::places;
use crate::run::{Outcome, must, printed, quietly, say, shout, stop, typed};
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
                    if let Err(words) = run_one(name, &mut test(&["--test", name])) {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push((name, words));
                    }
                }
            });
        }
    });
    let (alone, mut failed): (Vec<_>, Vec<_>) = failed
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .into_iter()
        .partition(|(_, words)| only_its_page_was_late(words));
    for (name, _) in alone {
        shout(&format!("a page of {name} was late, beside another suite: once more, alone"));
        match run_one(name, &mut test(&["--test", name])) {
            Ok(()) => {
                shout(&format!("{name} passed alone, and not at once: see above where a page was late"))
            }
            Err(words) => failed.push((name, words)),
        }
    }
    let failed: Vec<String> = failed.iter().map(|(name, _)| typed(&test(&["--test", name]))).collect();
    if failed.is_empty() { Ok(()) } else { Err(stop(format!("these failed:\n  {}", failed.join("\n  ")))) }
}

/// Whether all that went wrong is that a page did not show in time what a test waited for: beside another suite it may only have been
/// slow. Whatever else a test finds wrong is never run again.
fn only_its_page_was_late(words: &str) -> bool {
    let was_late = |panic: &str| {
        let why = panic.lines().nth(1).unwrap_or_default();
        panic.starts_with("tests/harness/page.rs:") && LATE.iter().any(|late| why.contains(late))
    };
    words.contains(PANIC) && words.split(PANIC).skip(1).all(was_late)
}

const PANIC: &str = " panicked at ";

/// How the page of a test ends that waited in vain (`tests/harness/page.rs`).
const LATE: [&str; 2] = ["WaitTimeout", " are there, not "];

/// Runs one suite and says what it printed.
///
/// # Errors
/// What it printed, where it did not end well.
fn run_one(name: &str, command: &mut Command) -> Result<(), String> {
    say(&format!("▸ {name} …"));
    let began = Instant::now();
    let (well, words) = match quietly(command) {
        Ok(output) => (output.status.success(), printed(&output)),
        Err(unstartable) => (false, unstartable.message),
    };
    let mark = if well { '✓' } else { '✗' };
    say(&format!("\n{words}\n{mark} {name} {:.1} s", began.elapsed().as_secs_f64()));
    if well { Ok(()) } else { Err(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_that_was_late_is_tried_again() {
        let late = "thread 'a' (1) panicked at tests/harness/page.rs:62:13:\nfilter: WaitTimeout\nstack";
        let few = "thread 'b' (2) panicked at tests/harness/page.rs:111:13:\nli: 2 are there, not 3\nstack";
        assert!(only_its_page_was_late(late) && only_its_page_was_late(&format!("{late}\n{few}")));
        for wrong in [
            "thread 'c' (3) panicked at tests/tests/sync.rs:40:5:\na story is lost",
            "thread 'd' (4) panicked at tests/harness/page.rs:290:9:\nassertion failed: too small to touch",
        ] {
            assert!(!only_its_page_was_late(wrong) && !only_its_page_was_late(&format!("{late}\n{wrong}")));
        }
        assert!(!only_its_page_was_late("error: could not compile"));
    }
}
