//! The evidence of the team's stories on a supervisor's device: texts always come, files as far as the supervisor gave them room.

use crate::Device;
use crate::error::Result;
use crate::named::file_named;
use crate::store::Tx;
use crate::view::ReviewSpace;
use blon_core::evidence::FileRef;
use blon_core::id::{Digest, StoryId};
use blon_core::queue::{EvidenceFile, StoryRow};
use blon_core::review::Role;
use std::collections::BTreeSet;

/// The setting that holds how many bytes the evidence of others may take.
const SPACE: &str = "review_space";

/// In bytes, as long as nothing else was chosen: some thousand photos.
const SPACE_AT_FIRST: u64 = 200 * 1000 * 1000;

impl Device {
    /// The supervisor wants this file: the next sync fetches it before others, whatever room others take.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn want_file(&self, sha256: &Digest) -> Result<()> {
        self.store.write(|tx| tx.want_file(sha256))
    }

    /// How much room the evidence of others may take on this device.
    ///
    /// # Errors
    /// Those of the store.
    pub fn review_space(&self) -> Result<ReviewSpace> {
        self.store.read(|tx| Ok(ReviewSpace { most: space(tx)?, used: tx.fetched_bytes()? }))
    }

    /// The supervisor chooses how much room that is, in bytes. What is more is let go of with the next sync.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn set_review_space(&self, most: u64) -> Result<()> {
        self.store.write(|tx| tx.set(SPACE, &most))
    }

    /// The files that the next sync is to fetch, with the story of each: what was asked for, then the smallest of the stories
    /// that wait, as far as there is room. Those of stories that wait no more make room.
    pub(crate) fn files_to_fetch(&self) -> Result<Vec<(StoryId, FileRef)>> {
        if self.store.read(|tx| tx.role())? != Some(Role::Supervisor) {
            return Ok(Vec::new());
        }
        self.refresh()?;
        let (most, used, rows) =
            self.store.read(|tx| Ok((space(tx)?, tx.fetched_bytes()?, tx.review_lines("")?)))?;
        let (waiting, done): (Vec<_>, Vec<_>) =
            rows.into_iter().map(|(_, row)| row).partition(|row| row.waiting_since.is_some());
        let missing = waiting.iter().flat_map(|row| row.evidence.iter().map(move |file| (row.id, file)));
        let mut missing: Vec<_> = missing.filter(|(_, file)| !file.complete && !file.asked).collect();
        missing.sort_by_key(|(_, file)| (file.bytes, file.sha256.clone()));
        missing.dedup_by_key(|(_, file)| file.sha256.clone());
        // What was asked for is fetched whatever room it takes.
        let mut files = self.store.read(|tx| named(tx, tx.wanted_files()?))?;
        let asked = total(files.iter().map(|(_, file)| file.bytes));
        let needed = asked.saturating_add(total(missing.iter().map(|(_, file)| file.bytes)));
        let made = self.make_room(&waiting, &done, (most, used, needed))?;
        let mut room = most.saturating_add(made).saturating_sub(used).saturating_sub(asked);
        missing.retain(|(_, file)| {
            let fits = file.bytes <= room;
            room = if fits { room - file.bytes } else { room };
            fits
        });
        let missing = missing.into_iter().map(|(story, file)| (story, file.sha256.clone())).collect();
        files.extend(self.store.read(|tx| named(tx, missing))?);
        // What came of one that was cut is not thrown away for another.
        let begun = self.store.read(|tx| tx.being_fetched())?;
        files.sort_by_key(|(_, file)| begun.as_ref() != Some(&file.sha256));
        Ok(files)
    }

    /// Lets go of files until what is needed has room: those of stories that wait no more and that none which waits names too.
    /// Where the room was made smaller, the largest of what waits goes as well, but for what was asked for. Gives how many
    /// bytes that were.
    fn make_room(
        &self,
        waiting: &[StoryRow],
        done: &[StoryRow],
        (most, used, needed): (u64, u64, u64),
    ) -> Result<u64> {
        let here = |rows: &[StoryRow]| -> Vec<EvidenceFile> {
            rows.iter().flat_map(|row| row.evidence.clone()).filter(|file| file.complete).collect()
        };
        let mut waits = here(waiting);
        let mut files = here(done);
        files.retain(|file| !waits.iter().any(|other| other.sha256 == file.sha256));
        let beyond = if used > most {
            waits.retain(|file| !file.asked);
            waits.sort_by_key(|file| std::cmp::Reverse(file.bytes));
            files.extend(waits);
            used - most
        } else {
            used.saturating_add(needed).saturating_sub(most)
        };
        let (mut made, mut gone) = (0, BTreeSet::new());
        for file in files {
            if made >= beyond {
                break;
            }
            if gone.insert(file.sha256.clone()) {
                self.store.write(|tx| tx.free_fetched(&file.sha256))?;
                made += file.bytes;
            }
        }
        self.give_room_back()?;
        Ok(made)
    }
}

/// These files, as the records of their stories name them.
fn named(tx: &Tx, files: Vec<(StoryId, Digest)>) -> Result<Vec<(StoryId, FileRef)>> {
    let mut found = Vec::new();
    for (story, sha256) in files {
        found.extend(file_named(&tx.records_of(story)?, &sha256).map(|file| (story, file)));
    }
    Ok(found)
}

/// Sizes that are only claimed may be anything.
fn total(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
}

fn space(tx: &Tx) -> Result<u64> {
    Ok(tx.setting(SPACE)?.unwrap_or(SPACE_AT_FIRST))
}
