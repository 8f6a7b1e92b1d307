//! Parts of the Rust toolchain that not every machine has from the start.

use crate::needs::on_path;
use crate::run::{Outcome, cargo, must, program, quietly, say, stop, works};

/// The version of cargo-deny whose configuration `deny.toml` is written for.
const DENY: &str = "0.20.2";

/// The version of cargo-fuzz that was tried.
const FUZZ: &str = "0.13.2";

/// `cargo fmt` and `cargo clippy`.
pub fn components() -> Outcome {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if works(&mut cargo(&[command, "--version"])) {
            continue;
        }
        if !on_path("rustup") {
            return Err(stop(format!("`cargo {command}` is missing: install {component} beside your Rust")));
        }
        say(&format!("▸ adding {component} to the Rust toolchain …"));
        must(&mut program("rustup", &["component", "add", component]))?;
    }
    Ok(())
}

/// `cargo deny`, which judges licences, sources and advisories.
pub fn deny() -> Outcome {
    if works(&mut cargo(&["deny", "--version"])) {
        return Ok(());
    }
    say("▸ installing cargo-deny, which judges what comes into the tree; once, a few minutes …");
    must(&mut cargo(&["install", "cargo-deny", "--locked", "--version", DENY]))
}

/// `cargo fuzz`, which throws bytes at parsers and learns from what they do.
pub fn fuzz() -> Outcome {
    if works(&mut cargo(&["fuzz", "--version"])) {
        return Ok(());
    }
    say("▸ installing cargo-fuzz; once, a minute …");
    must(&mut cargo(&["install", "cargo-fuzz", "--locked", "--version", FUZZ]))
}

/// Whether Rust can compile for this target; adds it where that can be done.
pub fn target(name: &str) -> bool {
    let list = quietly(&mut program("rustup", &["target", "list", "--installed"]));
    let listed = list.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).lines().any(|l| l == name));
    listed || {
        say(&format!("  adding {name} to the Rust toolchain …"));
        must(&mut program("rustup", &["target", "add", name])).is_ok()
    }
}
