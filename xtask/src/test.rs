//! Every test, on the programs that people run.

use crate::build::{self, Profile};
use crate::clients;
use crate::needs::{self, AGE, BASE, DATABASE, SOUND, SPREADSHEET, TESTS, WINDOW};
use crate::package;
use crate::places;
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, typed};
use crate::suites;
use std::process::Command;

/// The packages' own tests. Headquarters stands alone, so that it is tested with the features it ships with.
const OWN: [&[&str]; 2] = [
    &["-p", "blon-core", "-p", "blon-custodian", "-p", "blon-device", "-p", "blon-app", "-p", "xtask"],
    &["-p", "blon-server"],
];

/// The package of the end-to-end tests.
const END_TO_END: [&str; 2] = ["-p", "blon-tests"];

/// The database that headquarters brings along.
const EMBEDDED: &str = "sqlite";

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

/// `cargo xtask test`: all, or with arguments only the end-to-end tests, which get them: `--test sync`.
pub fn all(arguments: &[&str]) -> Outcome {
    needs::installed(&[&BASE, &WINDOW, &SOUND, &TESTS, &SPREADSHEET, &AGE, &DATABASE])?;
    needs::browser()?;
    needs::node()?;
    let mut progress = Progress::default();
    clients::install(&mut progress)?;
    build::screens(&mut progress)?;
    for package in ["blon-device", "blon-server", "blon-custodian", "blon-app"] {
        build::program(&mut progress, Profile::Debug, package)?;
    }
    if arguments.is_empty() {
        for packages in OWN {
            tests(&mut progress, packages, &[])?;
        }
        end_to_end(&mut progress, &suites::all()?, EMBEDDED)?;
        progress.step("packages", "cargo xtask package --try", package::tried)?;
        end_to_end(&mut progress, &SHARED.map(str::to_owned), "postgres")?;
    } else {
        tests(&mut progress, &END_TO_END, arguments)?;
    }
    progress.summary();
    Ok(())
}

/// The tests of these packages, or those that are asked for.
fn tests(progress: &mut Progress, packages: &[&str], arguments: &[&str]) -> Outcome {
    let mut command = test(EMBEDDED, &[&["--no-fail-fast"], packages, arguments].concat());
    let names: Vec<&str> = packages.iter().copied().filter(|word| *word != "-p").collect();
    let again = typed(&command);
    progress.step(&format!("tests of {}", names.join(", ")), &again, || must(&mut command))
}

/// End-to-end tests, with headquarters' data in this database.
fn end_to_end(progress: &mut Progress, suites: &[String], database: &str) -> Outcome {
    let with = |words: &[&str]| test(database, &[&END_TO_END, words].concat());
    // Those that fail say by themselves how to run each alone.
    let again = typed(&with(&["--test", "NAME"]));
    progress.step(&format!("end-to-end tests on {database}"), &again, || suites::run(suites, with))
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
