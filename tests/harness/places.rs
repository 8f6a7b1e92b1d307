//! Where things stand: the project, its built binaries, and where tests leave what people may look at.

use std::path::{Path, PathBuf};

/// The project's top folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Where everything is built.
pub fn target() -> PathBuf {
    project().join("target")
}

/// A binary that `cargo xtask` built. Tests run the real programs, as people do.
pub fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let beside = own.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file());
    beside.unwrap_or_else(|| panic!("{name} is not built: run `cargo xtask test`, which builds it first"))
}

/// The folder for screenshots and logs, kept after the tests.
pub fn artifacts() -> PathBuf {
    let folder = target().join("artifacts");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
