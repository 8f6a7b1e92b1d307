//! What takes too long for every change, and must hold all the same: many seeds of the simulation, the fuzz targets, the
//! worst line at its own pace.

use crate::bench;
use crate::needs::{self, BASE};
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, typed};
use crate::{places, rust};

/// Seeds of the simulation.
const SEEDS: &str = "10000";

/// How long each fuzz target is tried, in seconds.
const FUZZING: &str = "-max_total_time=600";

const FUZZ_TARGETS: [&str; 4] = ["wire", "expression", "questionnaire", "invitation"];

/// `cargo xtask nightly`.
pub fn run() -> Outcome {
    needs::installed(&[&BASE])?;
    rust::fuzz()?;
    let mut progress = Progress::default();
    let mut seeds = cargo(&["test", "--release", "-p", "blon-tests", "--test", "simulation"]);
    seeds.env("BLON_SEEDS", SEEDS);
    let again = typed(&seeds);
    progress.step("simulation", &again, || must(&mut seeds))?;
    for target in FUZZ_TARGETS {
        let mut fuzz = cargo(&["fuzz", "run", target, "--", FUZZING]);
        // The instrumentation is Rust's own and not stable yet; nothing else of what follows is built so.
        fuzz.env("RUSTC_BOOTSTRAP", "1").current_dir(places::project().join("crates/core"));
        let again = typed(&fuzz);
        progress.step(&format!("fuzz {target}"), &again, || must(&mut fuzz))?;
    }
    progress.summary();
    bench::run(Some("line"))
}
