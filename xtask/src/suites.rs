//! The end-to-end tests: one program with many suites, of which some run at a time.
//!
//! Each suite is a process, starts what it needs by itself, and much of the time it waits: for a line that is cut, for a page that is
//! drawn. One after another they would leave the machine idle meanwhile.

use crate::places;
use crate::run::{Outcome, must, printed, quietly, say, stop, typed};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The program.
const PROGRAM: [&str; 4] = ["-p", "blon-tests", "--test", "suites"];

/// How many suites run at a time, each of which runs as many tests at a time as there are cores.
const AT_A_TIME: usize = 2;

/// The end-to-end tests, as far as they are asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Suites(Vec<Suite>);

#[derive(Debug, PartialEq, Eq)]
struct Suite {
    name: String,
    /// As the program calls them: `sync::a_cut_costs_a_piece`.
    tests: Vec<String>,
}

impl Suites {
    /// Builds the program and asks it for its tests. `test` is cargo's command for these words.
    ///
    /// # Errors
    /// Where it cannot be built, and where the program leaves out a file of `tests/tests`.
    pub fn build(test: impl Fn(&[&str]) -> Command) -> Outcome<Self> {
        must(&mut test(&[&PROGRAM[..], &["--no-run"]].concat()))?;
        let mut list = test(&[&PROGRAM[..], &["--quiet", "--", "--list"]].concat());
        let output = quietly(&mut list)?;
        if !output.status.success() {
            return Err(stop(format!("{}\nthis failed: {}", printed(&output), typed(&list))));
        }
        let suites = Self::listed(&String::from_utf8_lossy(&output.stdout));
        for file in files()? {
            if !suites.0.iter().any(|suite| suite.name == file) {
                return Err(stop(format!("tests/tests/main.rs leaves out `mod {file};`, or it has no test")));
            }
        }
        Ok(suites)
    }

    /// Reads the program's list: `sync::a_cut_costs_a_piece: test`, a line for each.
    fn listed(list: &str) -> Self {
        let mut suites = Vec::<Suite>::new();
        for test in list.lines().filter_map(|line| line.strip_suffix(": test")) {
            let Some((name, _)) = test.split_once("::") else { continue };
            match suites.last_mut() {
                Some(last) if last.name == name => last.tests.push(test.to_owned()),
                _ => suites.push(Suite { name: name.to_owned(), tests: vec![test.to_owned()] }),
            }
        }
        Self(suites)
    }

    /// Those of these names: suites, or tests of theirs.
    ///
    /// # Errors
    /// Where there is none of a name, with the names that there are.
    pub fn of(mut self, names: &[&str]) -> Outcome<Self> {
        for name in names {
            if !self.0.iter().any(|suite| suite.is(name) || suite.tests.iter().any(|test| test == name)) {
                let known: Vec<&str> = self.0.iter().map(|suite| suite.name.as_str()).collect();
                return Err(stop(format!("there is no suite or test {name}. Suites: {}", known.join(" "))));
            }
        }
        for suite in &mut self.0 {
            if !names.iter().any(|name| suite.is(name)) {
                suite.tests.retain(|test| names.contains(&test.as_str()));
            }
        }
        self.0.retain(|suite| !suite.tests.is_empty());
        Ok(self)
    }

    /// Runs every one of them, whichever fails; what each printed comes whole, when it ends.
    ///
    /// # Errors
    /// Which failed.
    pub fn run(&self, test: impl Fn(&[&str]) -> Command + Sync) -> Outcome {
        let waiting = Mutex::new(self.0.iter());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let failed = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..AT_A_TIME {
                scope.spawn(|| {
                    while let Some(suite) = next() {
                        let mut command = test(&[&PROGRAM[..], &["--", "--exact"]].concat());
                        if !suite.ends_well(command.args(&suite.tests)) {
                            failed.lock().unwrap_or_else(PoisonError::into_inner).push(suite.name.as_str());
                        }
                    }
                });
            }
        });
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        if failed.is_empty() { Ok(()) } else { Err(stop(format!("these failed: {}", failed.join(" ")))) }
    }
}

impl Suite {
    fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// Runs it and says what it printed.
    fn ends_well(&self, command: &mut Command) -> bool {
        say(&format!("▸ {} …", self.name));
        let began = Instant::now();
        let (well, words) = match quietly(command) {
            Ok(output) => (output.status.success(), printed(&output)),
            Err(unstartable) => (false, unstartable.message),
        };
        let mark = if well { '✓' } else { '✗' };
        say(&format!("\n{words}\n{mark} {} {:.1} s", self.name, began.elapsed().as_secs_f64()));
        well
    }
}

/// The suites by their files.
fn files() -> Outcome<Vec<String>> {
    let folder = places::project().join("tests/tests");
    let failed = |e: std::io::Error| stop(format!("{}: {e}", folder.display()));
    let files = std::fs::read_dir(&folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let paths = files.into_iter().map(|file| file.path());
    let sources = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let names = sources.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    Ok(names.filter(|name| name != "main").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str =
        "sync::a_cut: test\nsync::a_kill: test\nsync_window::a_cut: test\n\n3 tests, 0 benchmarks\n";

    fn suite(name: &str, tests: &[&str]) -> Suite {
        Suite { name: name.to_owned(), tests: tests.iter().map(|test| format!("{name}::{test}")).collect() }
    }

    #[test]
    fn the_list_of_the_program_is_read_suite_by_suite() {
        let both = Suites(vec![suite("sync", &["a_cut", "a_kill"]), suite("sync_window", &["a_cut"])]);
        assert_eq!(Suites::listed(LIST), both);
    }

    #[test]
    fn a_name_chooses_a_suite_or_one_of_its_tests_and_no_other_that_begins_alike() {
        let chosen = |names: &[&str]| Suites::listed(LIST).of(names);
        assert_eq!(chosen(&["sync"]).unwrap(), Suites(vec![suite("sync", &["a_cut", "a_kill"])]));
        assert_eq!(chosen(&["sync::a_kill"]).unwrap(), Suites(vec![suite("sync", &["a_kill"])]));
        assert_eq!(
            chosen(&["sync", "sync_window::a_cut"]).unwrap(),
            Suites(vec![suite("sync", &["a_cut", "a_kill"]), suite("sync_window", &["a_cut"])])
        );
        let unknown = chosen(&["sync", "a_cut"]).unwrap_err().message;
        assert_eq!(unknown, "there is no suite or test a_cut. Suites: sync sync_window");
    }
}
