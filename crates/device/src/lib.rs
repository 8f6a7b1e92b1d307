//! All that happens on a collector's device, free of Tauri.
//!
//! [`Device`] is the whole door: the app's window and the `blon-device` tool call the same functions.
//! Its methods stand in the module of their subject:
//!
//! - [`writing`]: drafts, saved at each answer, until they are signed off;
//! - [`interview`]: what the questionnaire asks, and each answer;
//! - [`attaching`]: evidence files, taken in piece by piece; [`photo`]: pictures, made small and silent;
//! - [`recording`]: sound, kept second by second; [`voice`]: what a webview recorded, made plain;
//! - [`stories`]: what the collector sees of them; [`talking`]: what they say about them;
//! - [`reviewing`]: a supervisor's work on the team's stories; [`team_files`]: their evidence; [`verifying`]: a verifier's on what they were asked;
//! - [`qr`]: an invitation out of a photo; [`trust`]: whom the device believes to be headquarters;
//! - [`sync`]: sending and fetching, over [`headquarters`], the HTTP client;
//! - [`withdrawing`]: one story, because its storyteller asked;
//! - [`erasing`]: everything, because headquarters asked or the passphrase was wrong too often; [`aside`]: a store whose passphrase was forgotten;
//! - [`parcels`]: the outbox as one sealed file, for where there is no network;
//! - [`intake`]: stories that come as a file;
//! - [`door`]: unlocking, and the waits between wrong passphrases; [`protecting`]: what else a person chooses for their protection; `duress`: a passphrase for who is forced;
//! - [`idle`]: when an open app locks itself; [`looks`]: what its screens look like;
//! - [`store`] and [`key`]: the encrypted database beneath.

pub mod aside;
pub mod attaching;
mod attempts;
pub mod clock;
pub mod door;
mod duress;
pub mod erasing;
pub mod error;
mod half_written;
pub mod headquarters;
pub mod idle;
pub mod intake;
pub mod interview;
pub mod key;
pub mod looks;
mod masking;
mod named;
pub mod parcels;
pub mod photo;
pub mod protecting;
pub mod qr;
pub mod recording;
pub mod reviewing;
mod sealing;
mod steps;
pub mod store;
pub mod stories;
pub mod sync;
pub mod talking;
pub mod team_files;
pub mod trust;
pub mod verifying;
pub mod view;
pub mod voice;
pub mod withdrawing;
pub mod writing;

/// The nouns of core that a host of this crate needs to call it; a host sees core through this door alone.
pub use blon_core::error::Problem;
pub use blon_core::id::{Digest, RecordId, StoryId};
pub use blon_core::invitation::Invitation;
pub use blon_core::page::{Decide, Remark, StoryPage};
pub use blon_core::queue::{QueueQuery, StoryList};
pub use blon_core::remark::ThreadId;

use crate::clock::Clock;
use crate::door::Door;
use crate::error::{Error, Result};
use crate::key::StoreKey;
use crate::key::file::KeyFile;
use crate::steps::Steps;
use crate::store::{EnrolmentRow, Store};
use crate::sync::Cancelling;
use crate::sync::campaign::{renew_campaign, unread_campaign};
use crate::sync::policy::Network;
use crate::view::{Enrolment, Health, Phase};
use blon_core::error::Code;
use blon_core::questionnaire::form::Questionnaire;
use blon_core::record::{Act, Record};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// One collector's device with its store open.
#[derive(Clone)]
pub struct Device {
    store: Arc<Store>,
    clock: Clock,
    /// Held while a sync runs, so that two never send the same bytes at once; the file is for other processes.
    syncing: Arc<Mutex<File>>,
    /// The campaign's questionnaire, once it was asked for.
    questionnaire: Arc<Mutex<Option<Arc<Questionnaire>>>>,
    /// The way to stop the sync that is going on.
    cancelled: Arc<Cancelling>,
    /// What the system says the network costs.
    network: Arc<Mutex<Network>>,
    /// The way back in each interview.
    steps: Arc<Mutex<Steps>>,
}

/// The file of the key.
const KEY: &str = "blon.key";

/// The files that only hold processes apart: while a store is made or opened, and while a sync runs.
const LOCKS: [&str; 2] = ["blon.lock", "blon.sync.lock"];

/// Whether a file of this name is of the store itself, and goes when that does.
fn is_of_store(name: &str) -> bool {
    name.starts_with("blon.") && !LOCKS.contains(&name) && name != looks::FILE
}

fn key_path(folder: &Path) -> PathBuf {
    folder.join(KEY)
}

fn store_path(folder: &Path) -> PathBuf {
    folder.join("blon.db")
}

/// Whether this folder holds a store that wants unlocking ([`Phase::Locked`]) or none yet ([`Phase::New`]). What is left of one
/// that is being erased is none.
pub fn phase(folder: &Path) -> Phase {
    let there = key_path(folder).exists() || store_path(folder).exists();
    if there && erasing::erased(folder).is_none() { Phase::Locked } else { Phase::New }
}

impl Device {
    /// Makes a store in this folder, locked by a new passphrase.
    ///
    /// # Errors
    /// `passphrase_too_short`; `bad_input` if there is a store already; `disk_full`, `file_unreadable`.
    pub fn create(folder: &Path, passphrase: &str, clock: Clock) -> Result<Self> {
        if phase(folder) != Phase::New {
            return Err(Error::told(Code::BadInput, "this folder holds a store already"));
        }
        make_private(folder).map_err(|e| Error::file(folder, e))?;
        let alone = alone_in(folder)?;
        // Another process may have made one while this one waited; its key must not be replaced.
        if phase(folder) != Phase::New {
            return Err(Error::told(Code::BadInput, "this folder holds a store already"));
        }
        erasing::forget(folder)?;
        let (mut file, key) = KeyFile::new(passphrase)?;
        // The count comes first: a key without one is as if it had been taken away.
        attempts::set(folder, file.salt(), 0)?;
        file.write(&key_path(folder))?;
        Self::open(folder, &key, clock, &alone)
    }

    /// Opens the store in this folder, for a process that asks once; one that asks again keeps a [`Door`].
    ///
    /// # Errors
    /// Those of [`Door::unlock`].
    pub fn unlock(folder: &Path, passphrase: &str, clock: Clock) -> Result<Self> {
        Door::at(folder).unlock(passphrase, clock)
    }

    /// Opens the store in this folder with its key.
    ///
    /// # Errors
    /// `store_damaged`, `store_newer`, `disk_full`.
    pub fn open_with(folder: &Path, key: &StoreKey, clock: Clock) -> Result<Self> {
        Self::open(folder, key, clock, &alone_in(folder)?)
    }

    fn open(folder: &Path, key: &StoreKey, clock: Clock, _alone: &File) -> Result<Self> {
        let store = Store::open(&store_path(folder), key, clock.now())?;
        if store.read(|tx| tx.count_unread_records())? > 0 {
            // The app may have been updated since.
            store.write(|tx| tx.read_unread_records())?;
        }
        if let Some(campaign) = store.read(unread_campaign)? {
            store.write(|tx| renew_campaign(tx, &campaign))?;
        }
        Ok(Device {
            store: Arc::new(store),
            clock,
            syncing: Arc::new(Mutex::new(lock_file(folder, LOCKS[1])?)),
            cancelled: Arc::default(),
            network: Arc::default(),
            questionnaire: Arc::default(),
            steps: Arc::default(),
        })
    }

    /// Closes the store for good, for every copy of this device: the key leaves the memory with it, and whatever is asked from
    /// now on is `locked`. What is being written is written to its end first.
    pub fn lock(&self) {
        self.store.close();
    }

    /// The folder of the store.
    fn folder(&self) -> &Path {
        self.store.path().parent().unwrap_or(Path::new("."))
    }

    /// Whose device this is and what it collects for, once enrolled.
    ///
    /// # Errors
    /// Those of the store.
    pub fn enrolment(&self) -> Result<Option<Enrolment>> {
        let row = self.store.read(|tx| tx.enrolment())?;
        Ok(row.map(|row| row.enrolment.for_screens()))
    }

    /// A record made here and now.
    fn record(&self, enrolment: &Enrolment, story: StoryId, builds_on: Vec<RecordId>, act: Act) -> Record {
        Record {
            id: RecordId(self.clock.new_id()),
            campaign: enrolment.campaign.id.clone(),
            story,
            author: enrolment.person.clone(),
            device: Some(enrolment.device),
            clock: self.clock.now(),
            builds_on,
            act,
        }
    }

    fn enrolled(&self) -> Result<EnrolmentRow> {
        self.store
            .read(|tx| tx.enrolment())?
            .ok_or_else(|| Error::told(Code::NotEnrolled, "this device is not enrolled yet"))
    }

    /// Reads the whole store and says how it is.
    ///
    /// # Errors
    /// Those of a store that cannot be read at all.
    pub fn doctor(&self) -> Result<Health> {
        let findings = self.store.check()?;
        let schema = self.store.schema()?;
        let bytes = std::fs::metadata(self.store.path()).map_or(0, |m| m.len());
        let counted = self.waiting().and_then(|waiting| {
            let (drafts, refused) =
                self.store.read(|tx| Ok((tx.draft_ids()?.len(), tx.count_records("refused")?)))?;
            Ok((waiting, count(drafts), refused))
        });
        let (waiting, drafts, records_refused) = match counted {
            // What cannot be counted is in what was found.
            Err(Error::DamageMet(_)) if !findings.is_empty() => Default::default(),
            counted => counted?,
        };
        Ok(Health {
            sound: findings.is_empty(),
            findings,
            schema,
            drafts,
            records_waiting: waiting.records_left,
            records_refused,
            files_waiting: waiting.files_left,
            bytes,
        })
    }
}

/// Held while a store is made or opened: two processes that begin at once would each make a key, and the
/// database of one of them could never be opened again. Let go when it is dropped.
fn alone_in(folder: &Path) -> Result<File> {
    let file = lock_file(folder, LOCKS[0])?;
    file.lock().map_err(|e| Error::file(folder, e))?;
    Ok(file)
}

/// A file that holds nothing, and is held.
fn lock_file(folder: &Path, name: &str) -> Result<File> {
    let path = folder.join(name);
    File::options().create(true).append(true).open(&path).map_err(|e| Error::file(&path, e))
}

/// Makes the folder, for its owner alone where the system knows owners; one that is there is left as it is.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A length as the screens count it.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
