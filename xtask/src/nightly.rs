//! What takes too long for every change, and must hold all the same: many seeds of the simulation, the fuzz targets and the parsers
//! that they do not reach, the worst line at its own pace.

use crate::bench;
use crate::build::{self, Profile};
use crate::needs::{self, BASE};
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, stop, typed};
use crate::{places, rust};

/// Seeds of the simulation.
const SEEDS: &str = "10000";

/// How long each fuzz target is tried, in seconds.
const FUZZING: &str = "-max_total_time=600";

const FUZZ_TARGETS: [&str; 8] =
    ["wire", "records", "parcel", "campaign", "questionnaire", "expression", "invitation", "text"];

/// How many times what libFuzzer does not reach is tried with bytes that were changed.
const CASES: &str = "20000";

/// `cargo xtask nightly`.
pub fn run() -> Outcome {
    needs::installed(&[&BASE])?;
    rust::fuzz()?;
    let mut progress = Progress::default();
    let mut seeds = cargo(&["test", "--release", "-p", "blon-tests", "--test", "suites", "simulation::"]);
    seeds.env("BLON_SEEDS", SEEDS);
    let again = typed(&seeds);
    progress.step("simulation", &again, || must(&mut seeds))?;
    for target in FUZZ_TARGETS {
        // What it finds out it keeps in a folder of its own, and the fixtures show it what true ones look like.
        let (kept, shown) = (format!("fuzz/corpus/{target}"), "../../tests/fixtures");
        let core = places::project().join("crates/core");
        std::fs::create_dir_all(core.join(&kept)).map_err(|e| stop(format!("{kept}: {e}")))?;
        let mut fuzz = cargo(&["fuzz", "run", target, &kept, shown, "--", FUZZING]);
        // The instrumentation is Rust's own and not stable yet; nothing else of what follows is built so.
        fuzz.env("RUSTC_BOOTSTRAP", "1").current_dir(core);
        let again = typed(&fuzz);
        progress.step(&format!("fuzz {target}"), &again, || must(&mut fuzz))?;
    }
    needs::node()?;
    build::screens(&mut progress)?;
    for package in ["blon-device", "blon-server"] {
        build::program(&mut progress, Profile::Release, package)?;
    }
    let mut parsers = cargo(&["test", "--release", "-p", "blon-tests", "--test", "suites", "parsers::"]);
    parsers.env("PROPTEST_CASES", CASES);
    let again = typed(&parsers);
    progress.step("parsers", &again, || must(&mut parsers))?;
    progress.summary();
    bench::run(Some("line"))
}
