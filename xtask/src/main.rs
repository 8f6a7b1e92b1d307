//! The one door for people and CI: every command that builds, tests, checks or shows this project.
//!
//! It has no dependencies, so that a fresh clone has it within seconds, before anything is installed.

mod android;
mod apt;
mod bench;
mod build;
mod check;
mod clients;
mod demo;
mod deny;
mod folders;
mod headquarters;
mod needs;
mod nightly;
mod package;
mod places;
mod progress;
mod run;
mod rust;
mod suites;
mod test;
mod types;
mod ui;

use run::Outcome;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask demo               headquarters and a collector's window, with the Kangaba campaign in place
cargo xtask demo supervisor    the window of a supervisor in the field; or of a verifier: demo verifier
cargo xtask demo --headless    the journey of an interview on real parts, without a window
cargo xtask test [NAME ...]    every test, or of those from end to end these suites or tests: test sync
cargo xtask bench [NAME]       figures beside their limits, or one of them: bench questionnaire
cargo xtask nightly            10,000 seeds of the simulation, the fuzz targets, the worst line at its own pace
cargo xtask check              all that must hold before a change is taken in; or one step of it: check lints
cargo xtask build [--release]  the screens, headquarters, the tools and the app
cargo xtask package            a Debian package of headquarters, with its service
cargo xtask bundle             a Debian package of the collector's app, and what else Tauri makes on which system
cargo xtask types              writes the TypeScript types anew from the Rust ones
cargo xtask help               this list

Each command first installs what it needs and lacks, and says what and why.";

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    match carry_out(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            run::say(&format!("✗ {}", stop.message));
            ExitCode::from(stop.status)
        }
    }
}

fn carry_out(words: &[&str]) -> Outcome {
    match words {
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        ["demo"] => demo::with_a_window(headquarters::COLLECTOR),
        ["demo", "supervisor"] => demo::with_a_window(headquarters::SUPERVISOR),
        ["demo", "verifier"] => demo::with_a_window(headquarters::VERIFIER),
        ["demo", "--headless"] => demo::headless(),
        ["test", names @ ..] => test::all(names),
        ["bench"] => bench::run(None),
        ["bench", name] => bench::run(Some(name)),
        ["nightly"] => nightly::run(),
        ["check", steps @ ..] => check::all(steps),
        ["build"] => build::everything(build::Profile::Debug),
        ["build", "--release"] => build::everything(build::Profile::Release),
        ["package"] => package::headquarters(),
        ["bundle"] => package::collector(),
        ["package", "--try"] => package::tried(),
        ["types"] => types::write_anew(),
        _ => Err(run::stop(format!("there is no `cargo xtask {}`\n\n{HELP}", words.join(" ")))),
    }
}
