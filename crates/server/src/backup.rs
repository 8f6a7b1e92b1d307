//! Headquarters' data once more: a backup while it serves, what is brought back from one, and the move from one database to the other.
//!
//! A backup is a folder: `headquarters.db`, an embedded database wherever the data is kept; `files` by their digests; `backup.json`,
//! written last, which says what must be there. A backup into the same folder again copies only the files that are new, and lets go
//! of those that are erased at headquarters since; it is of one headquarters, and no other is put in its place.

use crate::error::{Error, Result};
use crate::files::{Files, digest_of};
use crate::store::{Store, Tally};
use crate::whole::whole;
use crate::{Headquarters, alone, make_private};
use blon_core::error::Code;
use blon_core::id::Digest;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Write};
use std::path::Path;
use uuid::Uuid;

/// The file that says what a backup holds.
const MANIFEST: &str = "backup.json";

/// Its database, and while that is being made.
const DATABASE: &str = "headquarters.db";
const HALF: &str = "headquarters.db.half";

/// What stands in the folder of a backup, by how the names begin.
const OWN: [&str; 4] = [DATABASE, MANIFEST, LOCK, "files"];

/// Held by whoever makes a backup in a folder.
const LOCK: &str = "backup.lock";

/// The setting that tells one headquarters from all others.
const IDENTITY: &str = "identity";

/// What is kept while this headquarters is being filled, with the identity of which one.
const FILLING: &str = "filling";

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
    /// How many more the database knows whose bytes are not on the disk, or are others: `doctor` names them.
    pub missing: u64,
}

/// What a finished backup says of itself.
#[derive(Serialize, Deserialize)]
struct Manifest {
    /// Of which headquarters it is.
    headquarters: String,
    /// SHA-256 of its database: what a newer version makes of the tables tells nothing of whether it is damaged.
    database: Digest,
    #[serde(flatten)]
    kept: Kept,
}

impl Manifest {
    /// That of the backup in this folder; `None` where none was finished.
    fn of(folder: &Path) -> Result<Option<Self>> {
        let file = folder.join(MANIFEST);
        match std::fs::read(&file) {
            Ok(told) => serde_json::from_slice(&told)
                .map(Some)
                .map_err(|e| Error::told(Code::BadInput, format!("{}: {e}", file.display()))),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::file(&file, e)),
        }
    }
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
    /// Makes a backup in this folder, or brings the one there up to date. Headquarters may serve meanwhile. What was there stays a
    /// backup until the new one is whole, but for the moment in which they change places.
    ///
    /// # Errors
    /// `file_exists` where something else stands in the folder; `bad_input` where it is the backup of another headquarters;
    /// `already_serving` while another is being made there; `disk_full`; those of the database and of files.
    pub fn backup(&self, to: &Path, progress: Progress) -> Result<Kept> {
        let at = |name: &str| to.join(name);
        make_private(to).map_err(|e| Error::file(to, e))?;
        let entries = std::fs::read_dir(to).map_err(|e| Error::file(to, e))?;
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        if let Some(other) = names.into_iter().find(|name| !OWN.iter().any(|own| name.starts_with(own))) {
            let message = format!("{} holds something else than a backup: {other}", to.display());
            return Err(Error::told(Code::FileExists, message));
        }
        let _alone = alone(&at(LOCK), "another backup is being made there")?;
        let identity = self.identity()?;
        // One that cannot be read keeps nobody from making a new one.
        let there = match Manifest::of(to) {
            Ok(Some(manifest)) => Some(manifest.headquarters),
            _ if at(DATABASE).exists() => Some(Store::open(&at(DATABASE))?.identity()?.unwrap_or_default()),
            _ => None,
        };
        if there.is_some_and(|there| there != identity) {
            let message = format!("{} is the backup of another headquarters", to.display());
            return Err(Error::told(Code::BadInput, message));
        }
        for end in ["", "-wal", "-shm"] {
            remove(&at(&format!("{HALF}{end}")))?;
        }
        let copy = Store::open(&at(HALF))?;
        let tables = self.store.copy_to(&copy, progress)?;
        same(&copy.tallies()?, &tables, "the copy is not what was copied")?;
        let named = copy.read(|tx| tx.files())?;
        copy.forget_log()?;
        drop(copy);
        let files = Files::open(&at("files"))?;
        let Copied { files: count, bytes, missing } = copy_files(&self.files, &files, &named, progress)?;
        // From here on it is the new one, or none until that is whole.
        remove(&at(MANIFEST))?;
        std::fs::rename(at(HALF), at(DATABASE)).map_err(|e| Error::file(at(HALF), e))?;
        files.erase_all_but(&named.iter().map(|(sha256, _)| sha256).collect::<BTreeSet<_>>())?;
        let kept = Kept { made: Utc::now(), tables, files: count, bytes, missing };
        let manifest = Manifest { headquarters: identity, database: digest_of(&at(DATABASE))?, kept };
        let told = serde_json::to_vec_pretty(&manifest)?;
        whole(&at(MANIFEST), |out| out.write_all(&told).map_err(|e| Error::file(to, e)))?;
        Ok(manifest.kept)
    }

    /// Brings a backup back into this headquarters, which is empty, or was begun to be filled from it. What was withdrawn since the
    /// backup stays so where the folder still has its list of withdrawals.
    ///
    /// # Errors
    /// `bad_input` for what is no backup, or is damaged, and for a headquarters that is not empty; `disk_full`.
    pub fn restore(&self, from: &Path, progress: Progress) -> Result<Kept> {
        let Some(Manifest { database: sha256, kept, .. }) = Manifest::of(from)? else {
            let message = format!("{} is no backup that was finished", from.display());
            return Err(Error::told(Code::BadInput, message));
        };
        // The backup is left as it is, also by SQLite, which would write beside it.
        let aside = tempfile::tempdir_in(self.files.aside()).map_err(|e| Error::file(from, e))?;
        let database = aside.path().join(DATABASE);
        std::fs::copy(from.join(DATABASE), &database).map_err(|e| Error::file(from, e))?;
        if digest_of(&database)? != sha256 {
            return Err(Error::told(Code::BadInput, "the backup is damaged: its database is another"));
        }
        let backup = Store::open(&database)?;
        let named = backup.read(|tx| tx.files())?;
        self.fill_from(&backup.identity()?.unwrap_or_default(), || {
            let copied = copy_files(&Files::at(&from.join("files")), &self.files, &named, progress)?;
            if copied.missing > kept.missing {
                let message = format!("the backup lacks {} of its files", copied.missing - kept.missing);
                return Err(Error::told(Code::BadInput, message));
            }
            let tables = backup.copy_to(&self.store, progress)?;
            same(&self.store.tallies()?, &tables, "what was brought back is not what the backup holds")?;
            Ok(())
        })?;
        self.read_ledger()?;
        self.keep_ledger()?;
        self.erase_what_is_left()?;
        Ok(kept)
    }

    /// Moves everything into another headquarters, which is empty or was begun to be moved into; this one stays as it is.
    ///
    /// # Errors
    /// `bad_input` where the other is not empty; `already_serving` where another process came to use this one meanwhile; `disk_full`;
    /// those of both.
    pub fn move_to(&self, other: &Headquarters, progress: Progress) -> Result<Kept> {
        let identity = self.identity()?;
        let named = self.store.read(|tx| tx.files())?;
        let kept = other.fill_from(&identity, || {
            let Copied { files, bytes, missing } = copy_files(&self.files, &other.files, &named, progress)?;
            let tables = self.store.copy_to(&other.store, progress)?;
            same(&other.store.tallies()?, &tables, "the other headquarters holds something else")?;
            // Whoever came meanwhile may have brought what is not in it.
            self.is_alone()?;
            Ok(Kept { made: Utc::now(), tables, files, bytes, missing })
        })?;
        other.keep_ledger()?;
        Ok(kept)
    }

    /// Fills this headquarters with what is of another. Cut off, it may be filled on from the same one, and is good for nothing else.
    fn fill_from<T>(&self, identity: &str, fill: impl FnOnce() -> Result<T>) -> Result<T> {
        let begun = self.store.read(|tx| tx.passing(FILLING, 0))?;
        if begun.as_deref() != Some(identity) && !(begun.is_none() && self.store.is_empty()?) {
            return Err(Error::told(Code::BadInput, "this headquarters is not empty"));
        }
        self.store.write(|tx| tx.put_passing(FILLING, identity, 0, i64::MAX))?;
        let filled = fill()?;
        self.files.set_owner(identity)?;
        self.store.write(|tx| tx.forget_passing(FILLING))?;
        Ok(filled)
    }

    /// Whether this headquarters was begun to be filled from a backup or another one, and is not whole.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_half_filled(&self) -> Result<bool> {
        Ok(self.store.read(|tx| tx.passing(FILLING, 0))?.is_some())
    }

    /// Whether the files are those of the database; at the very first start they become so. With others, as where a disk is not there
    /// today, every file would count as lost, and devices would be asked for all of them.
    ///
    /// # Errors
    /// `bad_input` for those of another headquarters; `store_unavailable`.
    pub fn claims_its_files(&self) -> Result<()> {
        if !self.apart {
            return Ok(());
        }
        let identity = self.identity()?;
        let other = |why: &str| Err(Error::told(Code::BadInput, why));
        match self.files.owner()? {
            Some(found) if found.trim() == identity => Ok(()),
            Some(_) => other("the files there are those of another headquarters"),
            None if !self.store.read(|tx| tx.files())?.is_empty() => {
                other("the files of this headquarters are somewhere else: is their disk there?")
            }
            None => self.files.set_owner(&identity),
        }
    }

    /// What tells this headquarters from all others, and goes with it wherever it is moved.
    ///
    /// # Errors
    /// Those of the database.
    pub fn identity(&self) -> Result<String> {
        if let Some(identity) = self.store.identity()? {
            return Ok(identity);
        }
        self.store.write(|tx| match tx.setting(IDENTITY)? {
            Some(identity) => Ok(identity),
            None => {
                let identity = Uuid::now_v7().to_string();
                tx.set(IDENTITY, &identity)?;
                Ok(identity)
            }
        })
    }
}

impl Store {
    /// What tells the headquarters whose this is from all others; `None` until it was asked for.
    ///
    /// # Errors
    /// Those of the database.
    pub fn identity(&self) -> Result<Option<String>> {
        self.read(|tx| tx.setting(IDENTITY))
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
    let there = to.all()?;
    for (n, (sha256, bytes)) in (1..).zip(named) {
        if there.get(sha256) != Some(bytes) && !copy_file(from, to, sha256)? {
            all.missing += 1;
            continue;
        }
        all.files += 1;
        all.bytes += bytes;
        progress("files", n);
    }
    Ok(all)
}

/// Copies one; gives whether it was there, whole. It may be erased since its name was read, or be lost or spoilt by the disk.
fn copy_file(from: &Files, to: &Files, sha256: &Digest) -> Result<bool> {
    let Some(mut file) = from.read(sha256)? else { return Ok(false) };
    let incoming = to.read_in(&format!("copy-{sha256}"), &mut file)?;
    match to.take_name(&incoming, sha256) {
        Err(Error::Told { code: Code::FileDigestMismatch, .. }) => Ok(false),
        taken => taken.map(|()| true),
    }
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::file(path, e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use crate::store::before_the_last_migration;

    #[test]
    fn what_an_older_version_kept_is_brought_back() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("copie"), folder.path().join("siege"));
        std::fs::create_dir_all(from.join("files")).unwrap();
        let database = from.join(DATABASE);
        before_the_last_migration(&database, "elle");
        let kept = Kept { made: Utc::now(), tables: Vec::new(), files: 0, bytes: 0, missing: 0 };
        let headquarters = "elle".to_owned();
        let manifest = Manifest { headquarters, database: digest_of(&database).unwrap(), kept };
        std::fs::write(from.join(MANIFEST), serde_json::to_vec(&manifest).unwrap()).unwrap();

        let again = Place::folder(&to).open().unwrap();
        again.restore(&from, &|_, _| {}).unwrap();
        assert_eq!(again.identity().unwrap(), "elle");
        assert_eq!(digest_of(&database).unwrap(), manifest.database, "the backup stays as it is");
    }
}
