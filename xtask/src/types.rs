//! The TypeScript types of the screens, which are written from the Rust ones and committed.

use crate::folders;
use crate::needs::{self, BASE};
use crate::places;
use crate::progress::Progress;
use crate::run::{self, Outcome, cargo, printed, say, stop};
use std::path::PathBuf;

/// `cargo xtask types`.
pub fn write_anew() -> Outcome {
    needs::installed(&[&BASE])?;
    let mut progress = Progress::default();
    progress.quiet_step("types", "cargo xtask types", || {
        let fresh = folders::read(&export()?)?;
        let changes = folders::differences(&folders::read(&places::bindings())?, &fresh);
        folders::write(&places::bindings(), &fresh)?;
        changes.iter().for_each(|change| say(&format!("  was {change}")));
        say(&format!("  {} types, {} changed", fresh.len(), changes.len()));
        Ok(())
    })
}

/// Stops if the committed types are not those that the Rust types give.
pub fn are_fresh() -> Outcome {
    let fresh = folders::read(&export()?)?;
    let told = folders::differences(&folders::read(&places::bindings())?, &fresh);
    if told.is_empty() {
        return Ok(());
    }
    let list = told.join("\n  ");
    Err(stop(format!("ui/src/lib/bindings is not what the Rust types give; cargo xtask types\n  {list}")))
}

/// Writes the types into a folder of their own, and gives it. Each package with types has tests for that.
fn export() -> Outcome<PathBuf> {
    let folder = places::target().join("types");
    folders::empty(&folder)?;
    let packages = ["-p", "blon-core", "-p", "blon-device", "-p", "blon-server"];
    let mut command = cargo(&[&["test", "--lib"], packages.as_slice(), &["export_bindings"]].concat());
    // The setting in .cargo/config.toml gives way to this one.
    let output = run::quietly(command.env("TS_RS_EXPORT_DIR", &folder))?;
    if output.status.success() { Ok(folder) } else { Err(stop(printed(&output))) }
}
