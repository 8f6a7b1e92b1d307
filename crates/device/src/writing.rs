//! Drafts, until they are signed off. Each save is durable before it returns.

use crate::Device;
use crate::error::{Error, Result};
use crate::interview::{LANGUAGE, named_in, refuse_faults};
use crate::store::{DiscardedRow, DraftRow, RecordState, StoredRecord, Tx};
use crate::stories::{fold_live, named_files};
use crate::view::{Discarded, Draft, StoryLine};
use blon_core::error::Code;
use blon_core::gaps::Gap;
use blon_core::id::{RecordId, StoryId};
use blon_core::protocol::RECORD_BYTES;
use blon_core::record::{Act, Comment, Record};

impl Device {
    /// The open draft of this story.
    ///
    /// # Errors
    /// `draft_not_found`.
    pub fn draft(&self, id: StoryId) -> Result<Draft> {
        self.store.read(|tx| draft_view(tx, id))
    }

    /// Opens a correction of a story that was signed off; one that is open already is given as it is.
    /// It starts from the newest content, and from a refused revision where there is one, because that is
    /// the collector's last word.
    ///
    /// # Errors
    /// `story_not_found`.
    pub fn correct(&self, id: StoryId) -> Result<Draft> {
        self.store.write(|tx| {
            if tx.draft(id)?.is_none() {
                let records = tx.records_of(id)?;
                let row = correction(id, &records).ok_or_else(|| not_found(id))?;
                tx.put_draft(id, &row, self.clock.now())?;
            }
            draft_view(tx, id)
        })
    }

    /// Deletes a draft, with a way back: [`Device::restore_draft`].
    ///
    /// # Errors
    /// `draft_not_found`; `disk_full`.
    pub fn discard_draft(&self, id: StoryId) -> Result<()> {
        self.store.write(|tx| {
            open_draft(tx, id)?;
            tx.discard_draft(id, self.clock.now())
        })
    }

    /// The deleted drafts, the one deleted last first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn discarded_drafts(&self) -> Result<Vec<Discarded>> {
        let shown = |row: DiscardedRow| Discarded {
            id: row.story,
            title: row.content.title,
            village: row.content.context.village,
            at: row.at.to_utc(),
        };
        Ok(self.store.read(|tx| tx.all_discarded())?.into_iter().map(shown).collect())
    }

    /// Brings a deleted draft back. One that is open for the same story takes its place among the deleted.
    ///
    /// # Errors
    /// `draft_not_found`; `disk_full`.
    pub fn restore_draft(&self, id: StoryId) -> Result<()> {
        let now = self.clock.now();
        self.store.write(|tx| {
            let open = tx.draft(id)?;
            tx.delete_draft(id)?;
            if !tx.restore_draft(id, now)? {
                return Err(Error::told(Code::DraftNotFound, format!("story {id} has no deleted draft")));
            }
            let Some(open) = open else { return Ok(()) };
            let restored = open_draft(tx, id)?;
            tx.put_draft(id, &open, now)?;
            tx.discard_draft(id, now)?;
            tx.put_draft(id, &restored, now)
        })
    }

    /// Erases a draft, open or deleted, for good. A story that was never signed off goes with it, files and identity
    /// included; of a correction only what was written since.
    ///
    /// # Errors
    /// `draft_not_found`.
    pub fn erase_draft(&self, id: StoryId) -> Result<()> {
        self.store.write(|tx| {
            let discarded = tx.all_discarded()?.iter().any(|row| row.story == id);
            if discarded {
                tx.erase_discarded(id)?;
            } else {
                open_draft(tx, id)?;
                tx.delete_draft(id)?;
                tx.drop_incoming_files(id)?;
            }
            let records = tx.records_of(id)?;
            let mut named = named_files(records.iter());
            let open = tx.draft(id)?;
            if let Some(answers) = open.as_ref().and_then(|draft| draft.answers.as_ref()) {
                named_in(answers, &mut named);
            }
            if records.is_empty() && open.is_none() {
                tx.delete_identity(id)?;
            }
            tx.keep_only_files(id, &named)
        })
    }

    /// Signs off a draft: it becomes a record that waits to be sent. Draft and record change hands in one
    /// transaction, so a kill leaves the one or the other.
    ///
    /// # Errors
    /// `draft_not_found`, `not_enrolled`, `story_incomplete`; `too_large` past [`RECORD_BYTES`];
    /// `disk_full`.
    pub fn finalise(&self, id: StoryId) -> Result<StoryLine> {
        let enrolment = self.enrolled()?.enrolment;
        // Fetched before the store is held: it is read from there.
        let by_questionnaire = self.store.read(|tx| open_draft(tx, id))?.answers.is_some();
        let asked = if by_questionnaire {
            Some((self.questionnaire()?, self.clock.surroundings(LANGUAGE)?))
        } else {
            None
        };
        self.store.write(|tx| {
            let draft = open_draft(tx, id)?;
            refuse_gaps(&draft.content.gaps())?;
            if let Some(answers) = &draft.answers {
                let (questionnaire, surroundings) = asked.as_ref().ok_or_else(no_longer_asked)?;
                refuse_faults(questionnaire, answers, surroundings)?;
            }
            let record = Record {
                id: RecordId(self.clock.new_id()),
                campaign: enrolment.campaign.id.clone(),
                story: id,
                author: enrolment.person.clone(),
                device: Some(enrolment.device),
                clock: self.clock.now(),
                builds_on: draft.builds_on,
                act: Act::Finalise { story: Box::new(draft.content), note: draft.note },
            };
            if serde_json::to_vec(&record)?.len() > RECORD_BYTES {
                return Err(Error::told(Code::TooLarge, "the story's text is larger than can be sent"));
            }
            tx.set_refused_aside(id)?;
            tx.add_record(&record, false)?;
            tx.delete_draft(id)?;
            tx.drop_incoming_files(id)?;
            tx.keep_only_files(id, &named_files(tx.records_of(id)?.iter()))
        })?;
        self.story_line(id)
    }
}

pub(crate) fn not_found(id: StoryId) -> Error {
    Error::told(Code::StoryNotFound, format!("there is no story {id} on this device"))
}

pub(crate) fn open_draft(tx: &Tx, id: StoryId) -> Result<DraftRow> {
    tx.draft(id)?.ok_or_else(|| Error::told(Code::DraftNotFound, format!("story {id} has no open draft")))
}

pub(crate) fn draft_view(tx: &Tx, id: StoryId) -> Result<Draft> {
    let row = open_draft(tx, id)?;
    let (correcting, comments) = before(id, &tx.records_of(id)?);
    Ok(Draft {
        id,
        gaps: row.content.gaps(),
        story: row.content,
        identity: tx.identity(id)?,
        note: row.note,
        correcting,
        comments,
    })
}

/// What came before this draft: whether a revision was signed off, and the comments that wait for an answer.
pub(crate) fn before(id: StoryId, records: &[StoredRecord]) -> (bool, Vec<Comment>) {
    let comments = fold_live(id, records)
        .map(|folded| folded.open_comments().into_iter().cloned().collect())
        .unwrap_or_default();
    (!records.is_empty(), comments)
}

fn correction(id: StoryId, records: &[StoredRecord]) -> Option<DraftRow> {
    let folded = fold_live(id, records)?;
    let refused = records.iter().rev().find_map(|r| match (&r.state, &r.record.act) {
        (RecordState::Refused(_), Act::Finalise { story, .. }) => Some(story.as_ref().clone()),
        _ => None,
    });
    // What headquarters refused it does not have, so nothing can build on it there.
    let sendable = |wanted: &RecordId| records.iter().any(|r| r.record.id == *wanted && r.state.is_live());
    let builds_on = folded.in_sight().into_iter().filter(sendable).collect();
    let content = refused.or_else(|| folded.current().map(|r| r.story.clone()))?;
    Some(DraftRow { content, builds_on, ..DraftRow::default() })
}

fn no_longer_asked() -> Error {
    Error::told(Code::NoQuestionnaire, "the questionnaire that this draft was begun with is gone")
}

fn refuse_gaps(gaps: &[Gap]) -> Result<()> {
    if gaps.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = gaps.iter().map(|g| format!("{} ({:?})", g.answer, g.need)).collect();
    Err(Error::told(Code::StoryIncomplete, format!("what holds it back: {}", named.join(", "))))
}
