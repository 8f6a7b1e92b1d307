//! What can go wrong on a device. Each variant is something a person can act on; what went wrong inside is
//! the source, for the log.

use blon_core::error::{Code, Problem};
use std::path::PathBuf;

/// An error of the device.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store is locked.
    #[error("the store is locked")]
    Locked,
    /// The passphrase does not open this store.
    #[error("the passphrase does not open this store")]
    WrongPassphrase,
    /// The new passphrase is too short.
    #[error("a passphrase has at least {} characters", crate::key::PASSPHRASE_CHARACTERS)]
    PassphraseTooShort,
    /// The database was damaged.
    #[error("the database was damaged; it was kept, moved to {}", moved_to.display())]
    StoreDamaged {
        /// Where the damaged file is now.
        moved_to: PathBuf,
    },
    /// Damage was met while the store was in use; the next unlock moves it aside.
    #[error("the database is damaged ({0}); lock and unlock to move it aside, nothing was deleted")]
    DamageMet(String),
    /// The key file is missing or cannot be read.
    #[error("the key file {} is missing or unreadable; the database was not touched", .0.display())]
    KeyMissing(PathBuf),
    /// The database is newer than this program.
    #[error("the database has version {found}, this program knows up to {known}")]
    StoreNewer {
        /// The database's version.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// No space is left.
    #[error("no space is left on this device; what was saved before is safe")]
    DiskFull,
    /// The line was there, and broke before the answer had come.
    #[error("the line broke: {0}")]
    LineBroke(String),
    /// Something that has a code and a sentence of its own.
    #[error("{message}")]
    Told {
        /// What to switch on.
        code: Code,
        /// What it says.
        message: String,
    },
    /// A file on this machine could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The store failed in a way nobody can act on.
    #[error("the store failed: {0}")]
    Store(#[source] rusqlite::Error),
    /// Something inside failed in a way nobody can act on.
    #[error("internal: {0}")]
    Internal(String),
}

/// A result of the device.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The error with this code and sentence.
    pub fn told(code: Code, message: impl Into<String>) -> Self {
        Error::Told { code, message: message.into() }
    }

    /// What was given cannot be read.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Error::told(Code::BadInput, message)
    }

    /// An I/O error at this path; a full disk is told apart.
    pub fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::StorageFull {
            Error::DiskFull
        } else {
            Error::File { path: path.into(), source }
        }
    }

    /// What to switch on.
    pub fn code(&self) -> Code {
        match self {
            Error::Locked => Code::Locked,
            Error::WrongPassphrase => Code::WrongPassphrase,
            Error::PassphraseTooShort => Code::PassphraseTooShort,
            Error::StoreDamaged { .. } | Error::DamageMet(_) => Code::StoreDamaged,
            Error::KeyMissing(_) => Code::KeyMissing,
            Error::StoreNewer { .. } => Code::StoreNewer,
            Error::DiskFull => Code::DiskFull,
            Error::LineBroke(_) => Code::Unreachable,
            Error::Told { code, .. } => *code,
            Error::File { .. } => Code::FileUnreadable,
            Error::Store(_) | Error::Internal(_) => Code::Internal,
        }
    }

    /// The error as it leaves the device.
    pub fn problem(&self) -> Problem {
        Problem { code: self.code(), message: self.to_string() }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error::told(problem.code, problem.message)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Error::DiskFull,
            // Opening needs a few bytes of disk too, for the index of the write-ahead log.
            _ if extended_code(&error) == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => Error::DiskFull,
            Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly) => Error::told(
                Code::FileUnreadable,
                "the store's folder cannot be written to; the app needs to, even for reading",
            ),
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                Error::DamageMet(error.to_string())
            }
            _ => Error::Store(error),
        }
    }
}

fn extended_code(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|e| e.extended_code)
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::Internal(error.to_string())
    }
}
