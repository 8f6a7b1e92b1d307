//! Measuring, in release, each figure beside its limit. Never a part of the tests: a noisy machine is no defect.

use crate::build::{self, Profile};
use crate::needs::{self, BASE};
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, typed};

/// `cargo xtask bench`: all, or the one of this name in `tests/benches`.
pub fn run(name: Option<&str>) -> Outcome {
    needs::installed(&[&BASE])?;
    needs::node()?;
    let which = name.map_or_else(|| vec!["--benches"], |name| vec!["--bench", name]);
    let mut command = cargo(&[&["bench", "-p", "blon-tests"], which.as_slice()].concat());
    let mut progress = Progress::default();
    build::screens(&mut progress)?;
    for package in ["blon-device", "blon-server"] {
        build::program(&mut progress, Profile::Release, package)?;
    }
    progress.step("bench", &typed(&command), || must(&mut command))?;
    progress.summary();
    Ok(())
}
