//! Headquarters: takes in what devices send, and lets supervisors read and decide.
//!
//! - [`store`]: the embedded database; SQL stands there alone.
//! - [`files`]: evidence, in a folder or a bucket, found by digest; [`uploads`]: how it comes in, piece by piece.
//! - [`parcels`]: what comes without any network.
//! - [`secrets`]: passwords, tokens and codes.
//! - [`people`]: accounts, and who may see whom; [`setup`]: the first of all.
//! - [`enrolment`]: taking devices in; [`devices`]: those that were.
//! - [`invitations`]: what takes a device in, as a line and a picture; [`tls`]: the key that it is told of.
//! - [`sessions`]: who is signed in; [`passwords`], [`second_factor`]: with what; [`tokens`]: programs.
//! - [`campaigns`], [`questionnaires`]: what is collected; [`coverage`]: how far that has come.
//! - [`audit`]: who did what to the collection itself.
//! - [`sync`]: records in and out; `intake`: what is taken in, and by which rules.
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
mod intake;
pub mod invitations;
mod known;
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
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

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
    /// The campaigns that were read last.
    known: Arc<known::Known>,
    /// Whether other processes use the same database.
    shared: bool,
    /// Whether database and files are in different places, and one may be there without the other.
    apart: bool,
    /// Where the withdrawals stand once more.
    ledger: Arc<PathBuf>,
    /// Figures of how it runs.
    pub measured: Arc<Measured>,
    /// Whose parcel is being opened.
    opening: Arc<Mutex<()>>,
}

/// Where headquarters' data is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder on this machine, which holds whatever is nowhere else.
    pub folder: PathBuf,
    /// The database at `postgres://…`; without it, the one in the folder.
    pub database: Option<String>,
    /// The most connections to that database.
    pub connections: u32,
    /// Another folder for files, or `s3://bucket/prefix`; without it, `files` in the folder.
    pub files: Option<String>,
    /// What the environment says by names that others know, too: of the bucket `AWS_ENDPOINT`, `AWS_ACCESS_KEY_ID` and so on, of the
    /// database `PGSSLROOTCERT`.
    pub environment: BTreeMap<String, String>,
}

/// How long it is waited for a process that has ended to be gone, and how often it is looked.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

impl Place {
    /// All of it in one folder.
    pub fn folder(folder: &Path) -> Self {
        Place {
            folder: folder.to_owned(),
            database: None,
            connections: 1,
            files: None,
            environment: BTreeMap::new(),
        }
    }

    /// Opens headquarters there, making it if it is not there.
    ///
    /// # Errors
    /// `store_newer`; `bad_input` for an address that is none; `store_unavailable` where a database or a bucket cannot be reached; an
    /// internal error if the folder cannot be used.
    pub fn open(&self) -> Result<Headquarters> {
        make_private(&self.folder).map_err(|e| Error::file(&self.folder, e))?;
        let headquarters = self.as_it_is()?;
        headquarters.read_campaigns()?;
        headquarters.read_ledger()?;
        headquarters.erase_what_is_left()?;
        Ok(headquarters)
    }

    /// Opens headquarters to look at it: nothing that was cut off is brought to its end, and nothing is made where nothing is. The
    /// tables are brought up to date.
    ///
    /// # Errors
    /// `bad_input` where there is none; those of [`Place::open`].
    pub fn look_at(&self) -> Result<Headquarters> {
        let no_files = self.files.is_none() && !self.folder.join("files").is_dir();
        if no_files || (self.database.is_none() && !self.database_file().exists()) {
            let message = format!("there is no headquarters in {}", self.folder.display());
            return Err(Error::told(Code::BadInput, message));
        }
        self.as_it_is()
    }

    fn database_file(&self) -> PathBuf {
        self.folder.join("headquarters.db")
    }

    fn as_it_is(&self) -> Result<Headquarters> {
        let store = match &self.database {
            None => Store::open(&self.database_file())?,
            Some(address) => Store::connect(address, self.connections, &self.environment)?,
        };
        let own = self.folder.join("files");
        let files = match &self.files {
            None => Files::open(&own)?,
            Some(place) => Files::open_at(place, &own, &self.environment)?,
        };
        Ok(Headquarters {
            measured: store.measured(),
            store: Arc::new(store),
            files: Arc::new(files),
            turns: Arc::default(),
            changes: Arc::default(),
            read: Arc::default(),
            known: Arc::default(),
            shared: self.database.is_some(),
            apart: self.database.is_some() || self.files.is_some(),
            ledger: Arc::new(self.folder.join(LEDGER)),
            opening: Arc::default(),
        })
    }
}

impl Headquarters {
    /// Opens headquarters' data in this folder, making it if it is not there.
    ///
    /// # Errors
    /// Those of [`Place::open`].
    pub fn open(folder: &Path) -> Result<Self> {
        Place::folder(folder).open()
    }

    /// Whether other processes may use the same database.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Makes sure that no other process uses a shared database just now. One that ended a moment ago may still be seen there.
    ///
    /// # Errors
    /// `already_serving` where one does; those of the database.
    pub fn is_alone(&self) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while self.store.is_used_by_others()? {
            if Instant::now() > until {
                let message = "another process of headquarters uses that database: stop it first";
                return Err(Error::told(Code::AlreadyServing, message));
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        Ok(())
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
