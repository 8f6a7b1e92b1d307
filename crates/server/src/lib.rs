//! Headquarters: takes in what devices send, and lets supervisors read and decide.
//!
//! - [`store`]: the embedded database; SQL stands there alone.
//! - [`files`]: evidence, in a folder, found by digest; [`uploads`]: how it comes in, piece by piece.
//! - [`parcels`]: what comes without any network.
//! - [`secrets`]: passwords, tokens and codes.
//! - [`people`]: accounts, and who may see whom; [`setup`]: the first of all.
//! - [`enrolment`]: taking devices in; [`devices`]: those that were.
//! - [`invitations`]: what takes a device in, as a line and a picture; [`tls`]: the key that it is told of.
//! - [`sessions`]: who is signed in; [`passwords`], [`second_factor`]: with what; [`tokens`]: programs.
//! - [`campaigns`], [`questionnaires`]: what is collected; [`coverage`]: how far that has come.
//! - [`audit`]: who did what to the collection itself.
//! - [`sync`]: records in and out.
//! - [`identities`]: who told the stories, sealed.
//! - [`withdrawing`]: consent that is taken back: the story is erased.
//! - [`queue`]: the list of stories; [`stories`]: one of them, shown and acted on. Both are derived by the fold.
//! - [`exports`]: what leaves headquarters, as files and as a feed; all of it through [`blon_core::release`].
//! - [`changes`]: who looks at the pages hears that something changed.
//! - [`web`]: HTTP on top of all that, and nothing below knows it.

mod attempts;
pub mod audit;
pub mod backup;
pub mod campaigns;
pub mod changes;
pub mod coverage;
pub mod devices;
pub mod doctor;
pub mod enrolment;
pub mod error;
pub mod exports;
pub mod files;
pub mod identities;
pub mod invitations;
pub mod measured;
pub mod parcels;
pub mod passwords;
pub mod people;
pub mod questionnaires;
pub mod queue;
pub mod second_factor;
pub mod secrets;
pub mod sessions;
pub mod setup;
pub mod store;
pub mod stories;
pub mod sync;
pub mod tls;
pub mod tokens;
pub mod uploads;
mod verifying;
pub mod view;
pub mod web;
pub mod whole;
pub mod withdrawing;
pub mod workbooks;

use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::measured::Measured;
use crate::store::Store;
use crate::uploads::Turns;
use crate::withdrawing::ledger::LEDGER;
use blon_core::error::Code;
use chrono::Utc;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Headquarters with its data open; cheap to clone.
#[derive(Clone)]
pub struct Headquarters {
    /// The database.
    pub store: Arc<Store>,
    /// The evidence.
    pub files: Arc<Files>,
    /// Who writes to which upload now.
    turns: Arc<Turns>,
    /// Who hears that something changed.
    pub changes: Arc<Changes>,
    /// The questionnaires that were previewed last.
    read: Arc<questionnaires::Read>,
    /// Whether other processes use the same database.
    shared: bool,
    /// Where the withdrawals stand once more.
    ledger: Arc<PathBuf>,
    /// Figures of how it runs.
    pub measured: Arc<Measured>,
    /// Whose parcel is being opened.
    opening: Arc<Mutex<()>>,
}

impl Headquarters {
    /// Opens headquarters' data in this folder, making it if it is not there.
    ///
    /// # Errors
    /// `store_newer`, or an internal error if the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self> {
        make_private(folder).map_err(|e| Error::file(folder, e))?;
        Self::with(Store::open(&folder.join("headquarters.db"))?, folder, false)
    }

    /// The same with the database at `postgres://…`, and the files in this folder.
    ///
    /// # Errors
    /// Those of [`Headquarters::open`]; `bad_input` for what is no such address; `store_unavailable` where it cannot be reached.
    pub fn open_shared(folder: &Path, database: &str, connections: u32) -> Result<Self> {
        make_private(folder).map_err(|e| Error::file(folder, e))?;
        Self::with(Store::connect(database, connections)?, folder, true)
    }

    fn with(store: Store, folder: &Path, shared: bool) -> Result<Self> {
        let headquarters = Self::as_it_is(store, folder, shared)?;
        headquarters.read_campaigns()?;
        headquarters.read_ledger()?;
        headquarters.erase_what_is_left()?;
        Ok(headquarters)
    }

    /// Opens headquarters to look at it: nothing that was cut off is brought to its end, and nothing is made where nothing is. The
    /// tables are brought up to date.
    ///
    /// # Errors
    /// `bad_input` where there is none; those of [`Headquarters::open`] and [`Headquarters::open_shared`].
    pub fn look_at(folder: &Path, database: Option<&str>) -> Result<Self> {
        let file = folder.join("headquarters.db");
        if !folder.join("files").is_dir() || (database.is_none() && !file.exists()) {
            let message = format!("there is no headquarters in {}", folder.display());
            return Err(Error::told(Code::BadInput, message));
        }
        match database {
            None => Self::as_it_is(Store::open(&file)?, folder, false),
            Some(address) => Self::as_it_is(Store::connect(address, 1)?, folder, true),
        }
    }

    fn as_it_is(store: Store, folder: &Path, shared: bool) -> Result<Self> {
        let files = Files::open(&folder.join("files"))?;
        Ok(Headquarters {
            measured: store.measured(),
            store: Arc::new(store),
            files: Arc::new(files),
            turns: Arc::default(),
            changes: Arc::default(),
            read: Arc::default(),
            shared,
            ledger: Arc::new(folder.join(LEDGER)),
            opening: Arc::default(),
        })
    }

    /// The data folder.
    fn folder(&self) -> &Path {
        self.ledger.parent().unwrap_or(Path::new("."))
    }

    /// Whether other processes may use the same database.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Runs `work` off the threads that serve the network: the database and argon2 block.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Headquarters) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || work(&this)).await.map_err(|e| Error::Internal(e.to_string()))?
    }
}

/// Says that this process serves the folder, for as long as it lives. Two would sweep away each other's uploads.
///
/// # Errors
/// `already_serving` where another process does.
pub fn serving_alone(folder: &Path) -> Result<File> {
    let message = format!("another process serves {} already", folder.display());
    alone(&folder.join("serving.lock"), &message)
}

/// Holds a file for as long as it lives.
fn alone(path: &Path, otherwise: &str) -> Result<File> {
    let file = File::options().create(true).append(true).open(path).map_err(|e| Error::file(path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::told(Code::AlreadyServing, otherwise)),
        Err(TryLockError::Error(e)) => Err(Error::file(path, e)),
    }
}

/// Makes the folder, for its owner alone where the system knows owners; one that is there is left as it is.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Seconds since 1970 by headquarters' clock, for what expires.
pub(crate) fn unix_now() -> i64 {
    Utc::now().timestamp()
}
