//! Showing the project to somebody: with a window, or as lines of text where there is no screen.

use crate::build::{self, Profile};
use crate::headquarters::{self, Headquarters};
use crate::needs::{self, BASE, SOUND, WINDOW};
use crate::places;
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, program, say, stop, typed};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The file beside a store that holds the address it was enrolled at.
const ENROLLED_AT: &str = "enrolled-at";

/// What opens the demo's devices.
const PASSPHRASE: &str = "kangaba-2022";

/// `cargo xtask demo`: headquarters, and the window of Awa, of Modibo who supervises in the field, or of Founé who verifies,
/// enrolled. What is in `target/demo` is kept, so that the
/// next demo goes on where this one ended.
pub fn with_a_window(person: &str) -> Outcome {
    screen()?;
    needs::installed(&[&BASE, &WINDOW, &SOUND])?;
    needs::node()?;
    let mut progress = Progress::default();
    build::screens(&mut progress)?;
    for package in ["blon-server", "blon-device", "blon-app"] {
        build::program(&mut progress, Profile::Debug, package)?;
    }
    let folder = places::target().join("demo");
    std::fs::create_dir_all(&folder).map_err(|e| stop(format!("{}: {e}", folder.display())))?;
    let _alone = only_one(&folder)?;
    let store = store_of(&folder, person);
    let address = |store: &Path| std::fs::read_to_string(store.join(ENROLLED_AT)).ok();
    let before = address(&store);
    let anybodys = before.clone().or_else(|| address(&store_of(&folder, headquarters::COLLECTOR)));
    let headquarters = Headquarters::start(&folder, anybodys.as_deref())?;
    if headquarters.begun || before.as_ref() != Some(&headquarters.url) {
        enrol(person, &store, &headquarters)?;
    }
    say(&format!(
        "\n  Headquarters   {}\n                 sign in as {}, password {}\n  {person}'s window opens now\n                 \
         passphrase {PASSPHRASE}\n\n  The data stays in {}; close the window to stop.\n",
        headquarters.url,
        headquarters::SUPERVISOR,
        headquarters::PASSWORD,
        folder.display(),
    ));
    must(program_at(&places::binary("blon-app")).arg("--data").arg(store))?;
    say("The window was closed; headquarters stops, too.");
    Ok(())
}

/// `cargo xtask demo --headless`: the journey of an interview, by the device tool and headquarters. Ends well
/// only if every step of it held.
pub fn headless() -> Outcome {
    needs::installed(&[&BASE])?;
    let mut progress = Progress::default();
    for package in ["blon-server", "blon-device"] {
        build::program(&mut progress, Profile::Debug, package)?;
    }
    let mut journey = cargo(&["build", "-p", "blon-tests", "--bin", "journey"]);
    progress.step("journey", &typed(&journey), || must(&mut journey))?;
    say("");
    must(&mut program_at(&places::binary("journey")))
}

/// Stops where no window can open.
fn screen() -> Outcome {
    let has = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if has("DISPLAY") || has("WAYLAND_DISPLAY") || !cfg!(target_os = "linux") {
        return Ok(());
    }
    Err(stop(
        "There is no screen here for a window (neither DISPLAY nor WAYLAND_DISPLAY is set).\n  \
         cargo xtask demo --headless   plays the same journey without one",
    ))
}

fn program_at(path: &Path) -> std::process::Command {
    program(&path.to_string_lossy(), &[])
}

/// Two demos would move each other's stores; the second one is told so. Held until the file is dropped.
fn only_one(folder: &Path) -> Outcome<File> {
    let path = folder.join("running");
    let file = File::create(&path).map_err(|e| stop(format!("{}: {e}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(stop("a demo runs already: close its window first")),
    }
}

/// Where somebody's device is kept.
fn store_of(folder: &Path, person: &str) -> PathBuf {
    // Plain letters, whatever the file system thinks of others.
    folder.join(person.to_lowercase().replace('é', "e"))
}

/// Makes and enrols the store of somebody's device. A device sends to the one address that it was enrolled at; where
/// there is a store already, headquarters moved or was begun anew, and the old store is kept aside.
fn enrol(person: &str, store: &Path, headquarters: &Headquarters) -> Outcome {
    let failed = |e: std::io::Error| stop(format!("{}: {e}", store.display()));
    // Under another name until it is enrolled, so that a store of this name always is.
    let unfinished = store.with_extension("unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).map_err(failed)?;
    }
    let mut command = program_at(&places::binary("blon-device"));
    command.arg("--data").arg(&unfinished).arg("--json").env("BLON_PASSPHRASE", PASSPHRASE);
    let code = headquarters.code_for(person)?;
    headquarters::answer(command.args(["enrol", &headquarters.url, &code]))?;
    std::fs::write(unfinished.join(ENROLLED_AT), &headquarters.url).map_err(failed)?;
    if store.exists() {
        let aside = free_name(store);
        say(&format!("  {person}'s device was enrolled elsewhere; its old store is now {}", aside.display()));
        std::fs::rename(store, aside).map_err(failed)?;
    }
    std::fs::rename(&unfinished, store).map_err(failed)
}

/// The first of `awa-1`, `awa-2`, … that is not taken.
fn free_name(path: &Path) -> PathBuf {
    let numbered = |number: u32| PathBuf::from(format!("{}-{number}", path.display()));
    (1..).map(numbered).find(|candidate| !candidate.exists()).unwrap_or_else(|| numbered(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_demo_runs_and_old_stores_keep_their_names() {
        let folder = places::target().join("xtask-tests/demo");
        crate::folders::empty(&folder).unwrap();
        let first = only_one(&folder).unwrap();
        assert!(only_one(&folder).is_err());
        drop(first);
        std::fs::create_dir(folder.join("awa-1")).unwrap();
        assert_eq!(free_name(&folder.join("awa")), folder.join("awa-2"));
    }
}
