//! Where things stand.

use std::path::{Path, PathBuf};

/// The project's top folder.
pub fn project() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&own).parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// The folder of the screens.
pub fn ui() -> PathBuf {
    project().join("ui")
}

/// The committed TypeScript types.
pub fn bindings() -> PathBuf {
    ui().join("src/lib/bindings")
}

/// Cargo's folder for what it builds, also where the person moved it elsewhere: this program lies in it.
pub fn target() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let named_target = own.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    named_target.map_or_else(|| project().join("target"), Path::to_owned)
}

/// A program that was built for trying out.
pub fn binary(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// What that campaign asks.
pub fn questionnaire() -> PathBuf {
    project().join("tests/fixtures/kangaba-2022.questionnaire.json")
}

/// The campaign that the demo collects for.
pub fn campaign() -> PathBuf {
    project().join("tests/fixtures/kangaba-2022.campaign.json")
}
