//! Building what people run.
//!
//! Each program has its own call of cargo: in one call their features would unite, and headquarters would carry
//! the device's SQLCipher. The screens come first, since headquarters and the app embed them.

use crate::needs::{self, BASE, WINDOW};
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, say, typed};
use crate::ui;

/// For trying out, or for people.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build; what tests and the demo run.
    Debug,
    /// Small and fast.
    Release,
}

/// `cargo xtask build`.
pub fn everything(profile: Profile) -> Outcome {
    needs::installed(&[&BASE, &WINDOW])?;
    needs::node()?;
    let mut progress = Progress::default();
    screens(&mut progress)?;
    for package in ["blon-server", "blon-device", "blon-custodian", "blon-app"] {
        program(&mut progress, profile, package)?;
    }
    progress.summary();
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    say(&format!("\nbuilt in {}", crate::places::target().join(folder).display()));
    Ok(())
}

/// The screens.
pub fn screens(progress: &mut Progress) -> Outcome {
    progress.step("screens", "(cd ui && npm ci && npm run build)", ui::build)
}

/// One program.
pub fn program(progress: &mut Progress, profile: Profile, package: &str) -> Outcome {
    let release: &[&str] = if profile == Profile::Release { &["--release"] } else { &[] };
    let mut command = cargo(&[&["build", "-p", package], release].concat());
    progress.step(package, &typed(&command), || must(&mut command))
}

/// The app as people get it, and beside it the one that the bench of its start may drive.
pub fn app_to_measure(progress: &mut Progress) -> Outcome {
    let mut command = cargo(&["build", "-p", "blon-app", "--features", "driven", "--release"]);
    progress.step("blon-app, and one that may be driven", &typed(&command), || must(&mut command))
}
