//! Headquarters' data once more: a backup while it serves, what is brought back from one, and the move from one database to the other.
//!
//! A backup is a folder: `headquarters.db`, an embedded database wherever the data is kept; `files` by their digests; `backup.json`,
//! written last, which says what must be there. A backup into the same folder again copies only the files that are new, and lets go
//! of those that are erased at headquarters since.

use crate::error::{Error, Result};
use crate::files::Files;
use crate::store::{Store, Tally};
use crate::whole::whole;
use crate::{Headquarters, make_private};
use blon_core::error::Code;
use blon_core::id::Digest;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

/// The file that says what a backup holds.
const MANIFEST: &str = "backup.json";

/// Its database.
const DATABASE: &str = "headquarters.db";

/// What a backup holds, or what was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// When it was made.
    pub made: DateTime<Utc>,
    /// What each table holds.
    pub tables: Vec<Tally>,
    /// How many files there are.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// How many more the database knows whose bytes are not on the disk: `doctor` names them.
    #[serde(default)]
    pub missing: u64,
}

/// Files that were copied, or were there.
#[derive(Default)]
struct Copied {
    files: u64,
    bytes: u64,
    missing: u64,
}

/// How far it has come: of what (a table, or `files`) how many.
pub type Progress<'p> = &'p dyn Fn(&str, u64);

impl Headquarters {
    /// Makes a backup in this folder, or brings the one there up to date. Headquarters may serve meanwhile.
    ///
    /// # Errors
    /// `file_exists` where something else stands in the folder; `disk_full`; those of the database and of files.
    pub fn backup(&self, to: &Path, progress: Progress) -> Result<Kept> {
        let at = |name: &str| to.join(name);
        let stands = |name: &str| at(name).symlink_metadata().is_ok();
        if to.is_dir() && !stands(MANIFEST) && std::fs::read_dir(to).is_ok_and(|mut d| d.next().is_some()) {
            let message = format!("{} holds something else than a backup", to.display());
            return Err(Error::told(Code::FileExists, message));
        }
        make_private(to).map_err(|e| Error::file(to, e))?;
        // Whoever is cut off here has no backup, rather than half of one that looks whole.
        let half = at("headquarters.db.half");
        for old in [at(MANIFEST), half.clone()] {
            remove(&old)?;
        }
        {
            let copy = Store::open(&half)?;
            self.store.copy_to(&copy, progress)?;
            copy.forget_log()?;
        }
        let copy = Store::open(&half)?;
        let (tables, named) = (copy.tallies()?, copy.read(|tx| tx.files())?);
        drop(copy);
        for beside in ["headquarters.db.half-wal", "headquarters.db.half-shm"] {
            remove(&at(beside))?;
        }
        std::fs::rename(&half, at(DATABASE)).map_err(|e| Error::file(&half, e))?;
        let files = Files::open(&at("files"))?;
        let Copied { files: count, bytes, missing } = copy_files(&self.files, &files, &named, progress)?;
        let kept: BTreeSet<&Digest> = named.iter().map(|(sha256, _)| sha256).collect();
        files.erase_all_but(&kept)?;
        let made = Kept { made: Utc::now(), tables, files: count, bytes, missing };
        let told = serde_json::to_vec_pretty(&made)?;
        whole(&at(MANIFEST), |out| out.write_all(&told).map_err(|e| Error::file(to, e)))?;
        Ok(made)
    }

    /// Brings a backup back into this headquarters, which is empty. What was withdrawn since the backup stays so where the folder
    /// still has its list of withdrawals.
    ///
    /// # Errors
    /// `bad_input` for what is no backup, or is damaged, and for a headquarters that is not empty; `disk_full`.
    pub fn restore(&self, from: &Path, progress: Progress) -> Result<Kept> {
        let manifest = from.join(MANIFEST);
        let told = std::fs::read(&manifest).map_err(|_| {
            Error::told(Code::BadInput, format!("{} is no backup that was finished", from.display()))
        })?;
        let kept: Kept = serde_json::from_slice(&told)
            .map_err(|e| Error::told(Code::BadInput, format!("{}: {e}", manifest.display())))?;
        if !self.store.is_empty()? {
            return Err(Error::told(
                Code::BadInput,
                "headquarters is not empty: a backup is brought back into an empty one",
            ));
        }
        // The backup is left as it is, also by SQLite, which would write beside it.
        let aside = tempfile::tempdir_in(self.files.aside()).map_err(|e| Error::file(from, e))?;
        let database = aside.path().join(DATABASE);
        std::fs::copy(from.join(DATABASE), &database).map_err(|e| Error::file(from, e))?;
        let backup = Store::open(&database)?;
        same(&backup.tallies()?, &kept.tables, "the backup is damaged")?;
        let named = backup.read(|tx| tx.files())?;
        copy_files(&Files::at(&from.join("files")), &self.files, &named, progress)?;
        backup.copy_to(&self.store, progress)?;
        same(&self.store.tallies()?, &kept.tables, "what was brought back is not what the backup holds")?;
        self.read_ledger()?;
        self.erase_what_is_left()?;
        Ok(kept)
    }

    /// Moves everything into another headquarters, which is empty or was begun to be moved into; this one stays as it is.
    ///
    /// # Errors
    /// `bad_input` where the other holds something else by the end; `disk_full`; those of both.
    pub fn move_to(&self, other: &Headquarters, progress: Progress) -> Result<Kept> {
        let named = self.store.read(|tx| tx.files())?;
        let Copied { files, bytes, missing } = copy_files(&self.files, &other.files, &named, progress)?;
        self.store.copy_to(&other.store, progress)?;
        let tables = self.store.tallies()?;
        same(&other.store.tallies()?, &tables, "the other headquarters holds something else")?;
        other.keep_ledger()?;
        Ok(Kept { made: Utc::now(), tables, files, bytes, missing })
    }
}

fn same(found: &[Tally], told: &[Tally], otherwise: &str) -> Result<()> {
    let differ: Vec<&str> =
        found.iter().zip(told).filter(|(a, b)| a != b).map(|(_, told)| told.table.as_str()).collect();
    if differ.is_empty() && found.len() == told.len() {
        return Ok(());
    }
    Err(Error::told(Code::BadInput, format!("{otherwise}: {}", differ.join(", "))))
}

/// Copies the files that are not there yet, each checked against its digest.
fn copy_files(from: &Files, to: &Files, named: &[(Digest, u64)], progress: Progress) -> Result<Copied> {
    let mut all = Copied::default();
    for (n, (sha256, bytes)) in (1..).zip(named) {
        if !to.has(sha256, *bytes) {
            let path = from.path(sha256);
            let mut file = match File::open(&path) {
                // Erased since the database was copied, or lost by the disk, which `doctor` tells.
                Err(e) if e.kind() == ErrorKind::NotFound => {
                    all.missing += 1;
                    continue;
                }
                file => file.map_err(|e| Error::file(&path, e))?,
            };
            let incoming = to.read_in(&format!("copy-{sha256}"), &mut file)?;
            to.take_name(incoming, sha256)?;
        }
        all.files += 1;
        all.bytes += bytes;
        progress("files", n);
    }
    Ok(all)
}

/// The SHA-256 of a file's bytes.
pub(crate) fn digest_of(path: &Path) -> Result<Digest> {
    let failed = |e| Error::file(path, e);
    let (mut file, mut hash, mut piece) =
        (File::open(path).map_err(failed)?, Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match file.read(&mut piece).map_err(failed)? {
            0 => return Ok(Digest::from_bytes(hash.finalize().into())),
            read => hash.update(piece.get(..read).unwrap_or_default()),
        }
    }
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::file(path, e)),
        _ => Ok(()),
    }
}
