//! Every test, on the programs that people run.

use crate::build::{self, Profile};
use crate::clients;
use crate::needs::{self, AGE, BASE, DATABASE, SOUND, SPREADSHEET, TESTS, WINDOW};
use crate::package;
use crate::places;
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, typed};
use crate::suites::Suites;
use std::process::Command;

/// The packages' own tests. Headquarters stands alone, so that it is tested with the features it ships with.
const OWN: [&[&str]; 2] = [
    &["-p", "blon-core", "-p", "blon-custodian", "-p", "blon-device", "-p", "blon-app", "-p", "xtask"],
    &["-p", "blon-server"],
];

/// The database that headquarters brings along.
const EMBEDDED: &str = "sqlite";

/// The database that one may bring along oneself.
const POSTGRES: &str = "postgres";

/// The end-to-end tests that run once more with headquarters' data in PostgreSQL: those of what it keeps, through devices and pages.
const SHARED: [&str; 13] = [
    "campaigns",
    "consent",
    "devices",
    "exports",
    "faces",
    "field_supervisor",
    "invitations",
    "office",
    "parcels",
    "review",
    "sealing",
    "tus",
    "verification",
];

/// `cargo xtask test`: every test, or these suites of the end-to-end tests, or these tests of theirs: `sync`, `sync::a_cut`.
pub fn all(names: &[&str]) -> Outcome {
    needs::installed(&[&BASE, &WINDOW, &SOUND, &TESTS, &SPREADSHEET, &AGE, &DATABASE])?;
    needs::browser()?;
    needs::node()?;
    let mut progress = Progress::default();
    clients::install(&mut progress)?;
    build::screens(&mut progress)?;
    for package in ["blon-device", "blon-server", "blon-custodian", "blon-app"] {
        build::program(&mut progress, Profile::Debug, package)?;
    }
    if names.is_empty() {
        for packages in OWN {
            tests(&mut progress, packages)?;
        }
        end_to_end(&mut progress, EMBEDDED, Ok)?;
        progress.step("packages", "cargo xtask package --try", package::tried)?;
        end_to_end(&mut progress, POSTGRES, |suites| suites.of(&SHARED))?;
    } else {
        let database = std::env::var("BLON_TEST_DATABASE");
        end_to_end(&mut progress, database.as_deref().unwrap_or(EMBEDDED), |suites| suites.of(names))?;
    }
    progress.summary();
    Ok(())
}

/// The tests of these packages.
fn tests(progress: &mut Progress, packages: &[&str]) -> Outcome {
    let mut command = test(EMBEDDED, &[&["--no-fail-fast"], packages].concat());
    let names: Vec<&str> = packages.iter().copied().filter(|word| *word != "-p").collect();
    let again = typed(&command);
    progress.step(&format!("tests of {}", names.join(", ")), &again, || must(&mut command))
}

/// The end-to-end tests that are chosen, with headquarters' data in this database.
fn end_to_end(
    progress: &mut Progress,
    database: &str,
    chosen: impl FnOnce(Suites) -> Outcome<Suites>,
) -> Outcome {
    let with = |words: &[&str]| test(database, words);
    let again = format!("BLON_TEST_DATABASE={database} cargo xtask test NAME");
    progress
        .step(&format!("end-to-end tests on {database}"), &again, || chosen(Suites::build(with)?)?.run(with))
}

/// Cargo's command for these tests.
fn test(database: &str, words: &[&str]) -> Command {
    let mut command = cargo(&[&["test"], words].concat());
    // Running the tests writes the TypeScript types, too; that must not change the committed ones unasked.
    command.env("TS_RS_EXPORT_DIR", places::target().join("types-of-tests"));
    // The harness starts a database of its own where it is asked for one (tests/harness/postgres.rs).
    command.env("BLON_TEST_DATABASE", database);
    command
}
