//! What can go wrong at headquarters. What a caller can act on has a code; the rest is logged, not sent.

use blon_core::error::{Code, Problem};
use blon_core::said::Said;
use postgres::error::SqlState;
use std::path::PathBuf;

/// An error of headquarters.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something the caller can act on.
    #[error("{message}")]
    Told {
        /// What to switch on.
        code: Code,
        /// What it says.
        message: String,
    },
    /// What somebody set up cannot be used: all that is wrong with it, for whoever mends it.
    #[error("{}", in_english(.0))]
    Unusable(Vec<Said>),
    /// The database failed.
    #[error("the store failed: {0}")]
    Store(#[from] rusqlite::Error),
    /// The database that several processes share failed.
    #[error("the store failed: {0}")]
    Postgres(#[from] postgres::Error),
    /// The bucket that holds the files failed.
    #[error("{at}: {source}")]
    Bucket {
        /// Which object, and where.
        at: String,
        /// Why.
        source: Box<object_store::Error>,
    },
    /// A file or folder failed.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What was looked for was found, and told: flaws.
    #[error("something is wrong, as was told")]
    Found,
    /// Something inside failed.
    #[error("internal: {0}")]
    Internal(String),
}

/// A result of headquarters.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The error with this code and sentence.
    pub fn told(code: Code, message: impl Into<String>) -> Self {
        Error::Told { code, message: message.into() }
    }

    /// An I/O error at this path.
    pub fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Error::File { path: path.into(), source }
    }

    /// What to switch on.
    pub fn code(&self) -> Code {
        match self {
            Error::Told { code, .. } => *code,
            Error::Unusable(_) | Error::Found => Code::BadInput,
            Error::File { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => Code::DiskFull,
            Error::Store(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) => Code::DiskFull,
            Error::Postgres(e) if e.code() == Some(&SqlState::DISK_FULL) => Code::DiskFull,
            Error::Postgres(e) if is_away(e) => Code::StoreUnavailable,
            // Anything else is told by its own name, such as a key that opens nothing.
            Error::Bucket { source, .. } if matches!(**source, object_store::Error::Generic { .. }) => {
                Code::StoreUnavailable
            }
            Error::Store(_)
            | Error::Postgres(_)
            | Error::Bucket { .. }
            | Error::File { .. }
            | Error::Internal(_) => Code::Internal,
        }
    }

    /// Whether it is a fault of headquarters' own, and the same may go well later.
    pub fn is_own_fault(&self) -> bool {
        matches!(self.code(), Code::Internal | Code::DiskFull | Code::StoreUnavailable)
    }

    /// The error as the tool prints it: whoever runs the tool may see what went wrong inside.
    pub fn problem(&self) -> Problem {
        Problem { code: self.code(), message: self.to_string() }
    }
}

/// Whether the database could not be reached, or went away meanwhile: classes 08 and 57P of its errors, or none at all.
pub(crate) fn is_away(error: &postgres::Error) -> bool {
    error.is_closed()
        || match error.code() {
            Some(state) => ["08", "57P"].iter().any(|class| state.code().starts_with(class)),
            None => std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>()),
        }
}

fn in_english(findings: &[Said]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error::Told { code: problem.code, message: problem.message }
    }
}

impl From<serde_json::Error> for Error {
    /// Says where and how, and not what stood there: that may be somebody's words, and this goes to the log.
    fn from(error: serde_json::Error) -> Self {
        let (kind, line, column) = (error.classify(), error.line(), error.column());
        Error::Internal(format!("JSON that is kept cannot be read ({kind:?}, line {line}, column {column})"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_by_its_place_and_not_by_its_words() {
        let broken = serde_json::from_str::<Vec<u32>>("[1,\n \"Nansira\"]").unwrap_err();
        assert!(broken.to_string().contains("Nansira"), "what the library itself would say");
        let told = Error::from(broken).to_string();
        assert!(!told.contains("Nansira") && told.contains("line 2"), "{told}");
    }
}
