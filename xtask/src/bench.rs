//! Measuring, in release, each figure beside its limit. Never a part of the tests: a noisy machine is no defect.

use crate::build::{self, Profile};
use crate::needs::{self, BASE, DATABASE, WINDOW};
use crate::places;
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, stop, typed};

/// `cargo xtask bench`: all, or the one of this name in `tests/benches`. The figures are printed, and written to `target/bench/NAME.json`
/// and, all together, to `target/bench.json`.
pub fn run(name: Option<&str>) -> Outcome {
    needs::installed(&[&BASE, &WINDOW, &DATABASE])?;
    needs::node()?;
    let mut progress = Progress::default();
    build::screens(&mut progress)?;
    for package in ["blon-device", "blon-server"] {
        build::program(&mut progress, Profile::Release, package)?;
    }
    // The app is heavy, and one bench alone opens it.
    if name.is_none_or(|name| name == "starting") {
        build::app_to_measure(&mut progress)?;
    }
    let which = name.map_or_else(|| vec!["--benches"], |name| vec!["--bench", name]);
    let measured = measured(&mut progress, &which, "sqlite");
    // The list once more, in the database of a country.
    let again = match name {
        None | Some("queue") => self::measured(&mut progress, &["--bench", "queue"], "postgres"),
        Some(_) => Ok(()),
    };
    gathered()?;
    progress.summary();
    measured.and(again)
}

fn measured(progress: &mut Progress, which: &[&str], database: &str) -> Outcome {
    let mut command = cargo(&[&["bench", "-p", "blon-tests", "--no-fail-fast"], which].concat());
    command.env("BLON_TEST_DATABASE", database);
    progress.step(&format!("bench on {database}"), &typed(&command), || must(&mut command))
}

/// Puts the figures of all benches into one file, by their names.
fn gathered() -> Outcome {
    let to = places::target().join("bench.json");
    let failed = |e: std::io::Error| stop(format!("{}: {e}", to.display()));
    let written = std::fs::read_dir(places::target().join("bench")).map_err(failed)?;
    let mut paths: Vec<_> = written.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        all.push(format!("\"{name}\": {}", std::fs::read_to_string(&path).map_err(failed)?));
    }
    std::fs::write(&to, format!("{{{}}}\n", all.join(",\n"))).map_err(failed)
}
