//! How much is sent at once: as much as passes in some seconds, so that a cut costs little and waiting for answers too.

use blon_core::protocol::{BATCH_BYTES, BATCH_RECORDS, PIECE_BYTES};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A request that passes faster than this could have been larger. Of records that were cut nothing is kept: on a line that
/// breaks three times a minute those of ten seconds would go twice more often than not.
const QUICK: Duration = Duration::from_secs(4);

/// The same of a piece of a file: what came of one that was cut is kept, so that it may as well be long.
const QUICK_PIECE: Duration = Duration::from_secs(15);

/// One that takes longer should have been smaller.
const SLOW: Duration = Duration::from_secs(40);

/// Packed, the text of stories is about this part of itself (`cargo xtask bench sync`); it need not be right.
pub(super) const PACKED: u64 = 10;

/// What the line can bear in one request. Kept from one sync to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Bytes of records.
    batch: u64,
    /// Bytes of a file.
    piece: u64,
}

impl Default for Pace {
    /// Some thirty stories go at once on a line that nothing is known of, in five seconds where it is the worst.
    fn default() -> Self {
        Pace { batch: 32 * 1024, piece: 64 * 1024 }
    }
}

impl Pace {
    const LEAST: u64 = 1024;

    /// A batch with this many bytes passed in this time.
    pub fn passed(&mut self, bytes: u64, took: Duration) {
        self.batch = followed(self.batch, bytes, took, QUICK).max(Self::LEAST);
    }

    /// A piece with this many bytes passed in this time.
    pub fn piece_passed(&mut self, bytes: u64, took: Duration) {
        self.piece = followed(self.piece, bytes, took, QUICK_PIECE).max(*PIECE_BYTES.start());
    }

    /// A batch did not pass: nothing is kept of it.
    pub fn broke(&mut self) {
        self.batch = (self.batch / 2).max(Self::LEAST);
    }

    /// The line stood still.
    pub fn stalled(&mut self) {
        self.broke();
        self.piece = (self.piece / 2).max(*PIECE_BYTES.start());
    }

    /// The most bytes of a file that go in one piece.
    pub fn piece(self) -> usize {
        usize::try_from(self.piece).unwrap_or(usize::MAX)
    }

    /// The most records that go in one request, or come in its answer.
    pub fn records(self) -> usize {
        // A story is some kilobytes of text: what is meant is as many as pass together, and at least one.
        usize::try_from(self.batch / 1024).unwrap_or(usize::MAX).clamp(1, BATCH_RECORDS)
    }

    /// The most bytes of records, as JSON, that go in one request.
    pub fn record_bytes(self) -> usize {
        usize::try_from(self.batch * PACKED).unwrap_or(usize::MAX).min(BATCH_BYTES)
    }
}

/// How much the next request may hold after one of `bytes` took so long.
fn followed(most: u64, bytes: u64, took: Duration, quick: Duration) -> u64 {
    if took < quick && bytes * 4 >= most {
        (most * 2).min(*PIECE_BYTES.end())
    } else if took > SLOW {
        most / 2
    } else {
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_line_within_its_bounds() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            let piece = pace.piece() as u64;
            pace.passed(piece, Duration::from_secs(1));
            pace.piece_passed(piece, Duration::from_secs(1));
        }
        assert_eq!(pace.piece(), 4 * 1024 * 1024);
        assert_eq!((pace.records(), pace.record_bytes()), (BATCH_RECORDS, BATCH_BYTES));
        for _ in 0..40 {
            pace.stalled();
        }
        assert_eq!(pace.piece(), 16 * 1024);
        assert_eq!(pace.records(), 1);
        pace.passed(1024, Duration::from_secs(60));
        assert_eq!(pace.records(), 1);
    }

    #[test]
    fn a_small_request_says_nothing_of_a_large_one() {
        let mut pace = Pace::default();
        pace.passed(300, Duration::from_millis(1));
        assert_eq!(pace, Pace::default());
        pace.passed(30 * 1024, Duration::from_secs(6));
        assert_eq!(pace, Pace::default(), "neither quick nor slow");
        pace.broke();
        assert_eq!(pace.piece(), Pace::default().piece(), "what came of a cut piece is kept");
    }
}
