//! Wrong passphrases are counted, and each further one makes the next wait longer.
//!
//! The count stands in a file beside the key. It is raised and made durable *before* a passphrase is tried, so that a kill in
//! the middle counts as a wrong one. The file has one length for ever and is written in place: that works on a full disk,
//! where a new file would not, and it never touches the key.
//!
//! No time is stored and no clock of the day is asked: whoever turns the clock gains nothing. A wait is counted down by the
//! monotonic time of one running process ([`crate::door::Door`]) and begins anew, in full, with the next process.
//!
//! A count that is missing, damaged or of another store is as good as the one with the longest wait. What this cannot hold
//! against: whoever can read this folder can copy it and guess elsewhere, as fast as their machines allow, and whoever can
//! write to it can put an earlier count back. Against those stands argon2id alone, and the length of the passphrase.

use crate::error::{Error, Result};
use crate::key::sync_folder;
use blon_core::id::Digest;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// The file's name.
pub(crate) const FILE: &str = "blon.attempts";

/// Seconds to wait after so many wrong passphrases in a row; after more, as long as after the last. Three are a slip of the
/// thumb. From the seventh on it is one in half an hour: 17,500 a year, when six digits have a million.
const WAITS: [u64; 8] = [0, 0, 0, 0, 5, 30, 5 * 60, 30 * 60];

/// What a count is taken for that cannot be read: the first that waits longest.
const UNKNOWN: u32 = 7;

/// How long the next try waits after so many wrong ones.
pub(crate) fn wait_after(wrong: u32) -> Duration {
    let longest = WAITS.last().copied().unwrap_or_default();
    let seconds = usize::try_from(wrong).ok().and_then(|wrong| WAITS.get(wrong).copied());
    Duration::from_secs(seconds.unwrap_or(longest))
}

/// How many wrong passphrases there were since the last right one. `salt` is the key file's.
pub(crate) fn count(folder: &Path, salt: &[u8]) -> u32 {
    let line = std::fs::read_to_string(folder.join(FILE)).unwrap_or_default();
    let read = line.split_once(' ').and_then(|(wrong, _)| wrong.parse().ok());
    read.filter(|wrong| line_of(*wrong, salt) == line).unwrap_or(UNKNOWN)
}

/// Makes a count durable.
///
/// # Errors
/// `disk_full` where there was none before; `file_unreadable`.
pub(crate) fn set(folder: &Path, salt: &[u8], wrong: u32) -> Result<()> {
    let path = folder.join(FILE);
    let failed = |e| Error::file(&path, e);
    let line = line_of(wrong, salt);
    let as_ever = std::fs::metadata(&path).is_ok_and(|found| found.len() == line.len() as u64);
    let mut file = File::options().create(true).write(true).truncate(!as_ever).open(&path).map_err(failed)?;
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    if as_ever { Ok(()) } else { sync_folder(folder).map_err(failed) }
}

/// The file's only line: as long for every count, and bound to the key file that it counts for.
fn line_of(wrong: u32, salt: &[u8]) -> String {
    let bound = Sha256::new().chain_update(salt).chain_update(wrong.to_le_bytes()).finalize();
    format!("{wrong:010} {}\n", Digest::from_bytes(bound.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_further_one_waits_longer_and_half_an_hour_is_the_longest() {
        let waits: Vec<u64> = (0..=9).map(|wrong| wait_after(wrong).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 5, 30, 300, 1800, 1800, 1800]);
        assert_eq!(wait_after(u32::MAX).as_secs(), 1800);
    }

    #[test]
    fn a_count_is_read_back_and_one_that_cannot_be_read_is_as_good_as_the_longest_wait() {
        let folder = tempfile::tempdir().unwrap();
        let (own, other) = ([1; 16], [2; 16]);
        assert_eq!(count(folder.path(), &own), UNKNOWN, "deleted");
        for wrong in [0, 3, 12_345] {
            set(folder.path(), &own, wrong).unwrap();
            assert_eq!(count(folder.path(), &own), wrong);
        }
        assert_eq!(count(folder.path(), &other), UNKNOWN, "of another store");
        let path = folder.path().join(FILE);
        let line = std::fs::read_to_string(&path).unwrap();
        for damaged in ["", "0", &line.replace("12345", "00000"), &line[..40], &format!("{line}{line}")] {
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(count(folder.path(), &own), UNKNOWN, "{damaged:?}");
        }
        set(folder.path(), &own, 1).unwrap();
        assert_eq!(count(folder.path(), &own), 1, "what was damaged is written anew");
    }
}
