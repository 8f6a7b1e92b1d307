//! Programs that nobody here wrote, for the tests: tus-js-client from npm; from PyPI tuspy, and what reads exports and the feed.

use crate::places;
use crate::progress::Progress;
use crate::run::{self, Outcome, must, program, say};
use crate::{apt, needs};
use std::path::PathBuf;

/// Takes from npm and PyPI exactly what the lock files name, where that is not in place yet.
pub fn install(progress: &mut Progress) -> Outcome {
    progress.step("clients", "cargo xtask test", || {
        needs::node()?;
        from_npm()?;
        from_pypi()
    })
}

fn folder() -> PathBuf {
    places::project().join("tests/clients")
}

fn from_npm() -> Outcome {
    if newer(&folder().join("node_modules/.package-lock.json"), &folder().join("package-lock.json")) {
        return Ok(());
    }
    say("  taking tus-js-client from npm …");
    must(program("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(folder()))
}

fn from_pypi() -> Outcome {
    let (own, wanted) = (places::target().join("clients-python"), folder().join("requirements.txt"));
    let done = own.join("installed");
    if newer(&done, &wanted) {
        return Ok(());
    }
    // Debian's Python comes without the part that makes environments.
    if !run::works(&mut program("python3", &["-c", "import venv, ensurepip"])) {
        apt::install(&["python3", "python3-venv"])?;
    }
    say("  taking tuspy, pandas and python-odata from PyPI …");
    let (own, wanted) = (own.to_string_lossy().into_owned(), wanted.to_string_lossy().into_owned());
    must(&mut program("python3", &["-m", "venv", "--clear", &own]))?;
    let pip = format!("{own}/bin/pip");
    must(&mut program(&pip, &["install", "--quiet", "--disable-pip-version-check", "-r", &wanted]))?;
    std::fs::write(&done, "").map_err(|e| run::stop(format!("{}: {e}", done.display())))
}

/// Whether what was made is there, and newer than what it was made from.
fn newer(made: &std::path::Path, from: &std::path::Path) -> bool {
    let changed = |path: &std::path::Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
    changed(made).is_some_and(|made| changed(from).is_some_and(|from| made >= from))
}
