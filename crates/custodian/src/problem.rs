//! What goes wrong here, as every tool tells it.

use blon_core::error::{Code, Problem};
use std::path::Path;

/// What is given, or why not.
pub type Result<T> = std::result::Result<T, Problem>;

/// A problem that somebody can act on.
pub fn told(code: Code, message: impl Into<String>) -> Problem {
    Problem { code, message: message.into() }
}

/// What could not be done with a file.
pub fn about(path: &Path, error: &std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => Code::FileNotFound,
        std::io::ErrorKind::AlreadyExists => Code::FileExists,
        std::io::ErrorKind::StorageFull => Code::DiskFull,
        _ => Code::FileUnreadable,
    };
    told(code, format!("{}: {error}", path.display()))
}
