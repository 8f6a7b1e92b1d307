//! Fetching the evidence of the team's stories, on a supervisor's device: after all that is to be sent, in pieces that follow the
//! line; what came of one that was cut is kept.

use super::line::Line;
use super::run::Run;
use crate::attaching::{append, digest_of};
use crate::error::{Error, Result};
use crate::view::SyncProgress;
use blon_core::error::Code;
use blon_core::evidence::FileRef;
use blon_core::id::StoryId;
use std::time::Instant;

impl<L: Line, P: FnMut(SyncProgress)> Run<'_, L, P> {
    /// Fetches the evidence of the stories that wait for this supervisor, what was asked for first, then the smallest, as far as
    /// the room on the device and the budget of data reach.
    pub(super) async fn fetch_files(&self) -> Result<()> {
        let mut tries = 0;
        for (story, file) in self.device.files_to_fetch()? {
            loop {
                self.tell()?;
                match self.fetch_file(story, &file).await {
                    Ok(Fetched::Whole) => break,
                    // The rest comes another day, and goes on where this ended.
                    Ok(Fetched::NoMoreToday) => return Ok(()),
                    Err(error) if concerns_the_line(&error) => self.again(error, &mut tries).await?,
                    // Headquarters does not have it as the story says it is: the others are not held up.
                    Err(_) => break,
                }
            }
        }
        Ok(())
    }

    async fn fetch_file(&self, story: StoryId, file: &FileRef) -> Result<Fetched> {
        let (key, mut have) = self.device.store.write(|tx| tx.fetching(story, file))?;
        while have < file.bytes {
            let budget = self.device.budget(self.policy)?;
            let most =
                (self.pace.get().piece() as u64).min(budget.room.unwrap_or(u64::MAX)).min(file.bytes - have);
            if most == 0 {
                return Ok(Fetched::NoMoreToday);
            }
            let began = Instant::now();
            self.spend(most, budget.network)?;
            let piece = self.line.fetch(&file.sha256, have, most).await?;
            if piece.is_empty() || piece.len() as u64 > most {
                self.device.store.write(|tx| tx.stop_fetching(key))?;
                return Err(Error::told(
                    Code::FileDigestMismatch,
                    "headquarters sent other bytes than were asked for",
                ));
            }
            self.change_pace(|pace| pace.piece_passed(piece.len() as u64, began.elapsed()));
            have = self.device.store.write(|tx| append(tx, key, &piece))?;
        }
        let came = digest_of(&self.device.store, key)?;
        self.device
            .store
            .write(|tx| if came == file.sha256 { tx.fetched(key, &came) } else { tx.stop_fetching(key) })?;
        Ok(Fetched::Whole)
    }
}

/// How far the fetching of a file came.
enum Fetched {
    /// To its end.
    Whole,
    /// The data that may be used is used up.
    NoMoreToday,
}

/// Whether an error would meet every other file too.
fn concerns_the_line(error: &Error) -> bool {
    let code = error.code();
    matches!(error, Error::LineBroke(_) | Error::DiskFull)
        || matches!(
            code,
            Code::Unreachable
                | Code::LineStalled
                | Code::SyncCancelled
                | Code::DeviceUnknown
                | Code::ServerFault
                | Code::StoreDamaged
                | Code::Internal
        )
}
