//! Recording sound into the encrypted store while it is spoken: each second is kept as it comes, so that a kill costs
//! the last second and not the story.
//!
//! A voice is recorded only after its owner agreed; that rule stands here, beneath every screen.

use crate::attaching::{append, check_media_type, digest};
use crate::error::{Error, Result};
use crate::store::Tx;
use crate::writing::open_draft;
use crate::{Device, StoryId, voice};
use blon_core::error::Code;
use blon_core::evidence::FileRef;
use blon_core::questionnaire::paths::{given, put_raw};

/// Bytes that must be free to begin a recording: an hour of voice, and room for everything else to go on.
pub const FREE_TO_BEGIN: u64 = 60 * 1000 * 1000;

/// Bytes that must stay free while a recording runs.
pub const FREE_TO_GO_ON: u64 = 20 * 1000 * 1000;

impl Device {
    /// Begins a recording for the answer at this path; gives the key for its bytes.
    ///
    /// # Errors
    /// `recording_not_consented` unless the storyteller agreed to be recorded; `disk_full` below
    /// [`FREE_TO_BEGIN`]; `draft_not_found`; `bad_input` for something that is no media type.
    pub fn record_begin(&self, id: StoryId, path: &str, media_type: &str) -> Result<i64> {
        check_media_type(media_type)?;
        if self.free_space()? < FREE_TO_BEGIN {
            return Err(Error::DiskFull);
        }
        self.store.write(|tx| {
            let row = open_draft(tx, id)?;
            refuse_unless_agreed(tx, id)?;
            if row.answers.is_some_and(|mut answers| !given(&mut answers, path).is_empty()) {
                return Err(Error::bad_input("there is a recording already; it must be erased first"));
            }
            tx.begin_file(id, media_type, Some(path))
        })
    }

    /// Keeps the next seconds of a recording.
    ///
    /// # Errors
    /// `disk_full` below [`FREE_TO_GO_ON`] and `recording_not_consented` once the agreement was taken back, and what
    /// came before is kept; `file_not_found`, `file_too_large`.
    pub fn record_chunk(&self, key: i64, bytes: &[u8]) -> Result<()> {
        if self.free_space()? < FREE_TO_GO_ON {
            return Err(Error::DiskFull);
        }
        self.store.write(|tx| {
            refuse_unless_agreed(tx, tx.file_story(key)?)?;
            append(tx, key, bytes).map(|_| ())
        })
    }

    /// Marks what is being said as important, in milliseconds from the recording's start.
    ///
    /// # Errors
    /// `file_not_found`; `disk_full`.
    pub fn record_mark(&self, key: i64, at: u32) -> Result<()> {
        self.store.write(|tx| tx.mark_file(key, at))
    }

    /// Lets go of a recording that runs, and of every byte of it. One that has ended is an answer, and left alone.
    ///
    /// # Errors
    /// Those of the store.
    pub fn record_erase(&self, key: i64) -> Result<()> {
        self.store.write(|tx| tx.drop_incoming_file(key))
    }

    /// Bytes that are free where the store is.
    ///
    /// # Errors
    /// `file_unreadable` where the system does not say.
    pub fn free_space(&self) -> Result<u64> {
        let folder = self.store.path();
        fs4::available_space(folder.parent().unwrap_or(folder)).map_err(|e| Error::file(folder, e))
    }

    /// Makes recordings that were cut the answers they were for, up to their last second: by a kill, or by the end of the page that
    /// recorded. Called when the app opens the store, and when a page begins on an open one; neither can be recording yet. One that
    /// cannot be made so now is left for the next time, and does not hold the others up.
    ///
    /// # Errors
    /// The first of those of the store; `disk_full`.
    pub fn keep_cut_recordings(&self) -> Result<()> {
        let mut ended = Ok(());
        for (key, id, path) in self.store.read(|tx| tx.cut_recordings())? {
            ended = ended.and(self.store.write(|tx| keep_cut(self, tx, key, id, &path)));
            // A step back to before it would let go of it unseen.
            self.steps().forget(id);
        }
        ended
    }
}

fn refuse_unless_agreed(tx: &Tx, id: StoryId) -> Result<()> {
    if tx.may_be_recorded(id)? {
        return Ok(());
    }
    Err(Error::told(Code::RecordingNotConsented, "the storyteller has not agreed to be recorded"))
}

/// Makes a cut recording the answer it was for; one that has an answer already, or whose draft is gone, is let go.
fn keep_cut(device: &Device, tx: &Tx, key: i64, id: StoryId, path: &str) -> Result<()> {
    // The last that a page asked for before it ended may have ended its recording meanwhile.
    if !tx.is_coming_in(key)? {
        return Ok(());
    }
    let Some(mut row) = tx.draft(id)? else { return tx.drop_file(key) };
    let file = finish(tx, key)?;
    let kept = row.answers.as_mut().is_some_and(|answers| put_raw(answers, path, file.sha256.as_str()));
    if !kept {
        return tx.drop_file(key);
    }
    tx.put_draft(id, &row, device.clock.now())
}

/// Ends a file that came in: its bytes are whole now. A recording is made plain before; see [`voice`].
pub(crate) fn finish(tx: &Tx, key: i64) -> Result<FileRef> {
    if tx.is_recording(key)? && voice::is_wrapped(&tx.media_type(key)?) {
        let mut bytes = Vec::new();
        for position in 0.. {
            match tx.chunk(key, position)? {
                Some(chunk) => bytes.extend(chunk),
                None => break,
            }
        }
        if let Some(plain) = voice::plain(&bytes) {
            tx.replace_file(key, &plain, voice::MEDIA_TYPE)?;
        }
    }
    tx.finish_file(key, &digest(tx, key)?)
}
