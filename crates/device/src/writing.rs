//! Drafts, until they are signed off. Each save is durable before it returns.

use crate::Device;
use crate::error::{Error, Result};
use crate::interview::{LANGUAGE, refuse_faults};
use crate::store::{DraftRow, RecordState, StoredRecord, Tx};
use crate::stories::{fold_live, named_files};
use crate::view::{Draft, StoryLine};
use blon_core::error::Code;
use blon_core::gaps::Gap;
use blon_core::id::{RecordId, StoryId};
use blon_core::protocol::RECORD_BYTES;
use blon_core::record::{Act, Comment, Record};
use blon_core::story::{Identity, Story};

impl Device {
    /// Begins a story. The draft is kept from this moment.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn new_draft(&self) -> Result<Draft> {
        let id = StoryId(self.clock.new_id());
        self.store.write(|tx| {
            tx.put_draft(id, &DraftRow::default(), self.clock.now())?;
            draft_view(tx, id)
        })
    }

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

    /// Keeps the answers of a draft; gives what still holds it back.
    ///
    /// # Errors
    /// `draft_not_found`; `disk_full`, and then what was saved before still stands.
    pub fn save_draft(
        &self,
        id: StoryId,
        story: &Story,
        identity: &Identity,
        note: &str,
    ) -> Result<Vec<Gap>> {
        self.store.write(|tx| {
            let row = open_draft(tx, id)?;
            let saved = DraftRow {
                content: story.clone(),
                answers: None,
                note: note.to_owned(),
                builds_on: row.builds_on,
            };
            tx.put_draft(id, &saved, self.clock.now())?;
            tx.put_identity(id, identity)
        })?;
        Ok(story.gaps())
    }

    /// Lets go of a draft. A story that was never signed off goes with it, files and identity included;
    /// of a correction only what was written since.
    ///
    /// # Errors
    /// `draft_not_found`.
    pub fn discard_draft(&self, id: StoryId) -> Result<()> {
        self.store.write(|tx| {
            open_draft(tx, id)?;
            tx.delete_draft(id)?;
            let records = tx.records_of(id)?;
            if records.is_empty() {
                tx.delete_identity(id)?;
            }
            tx.keep_only_files(id, &named_files(records.iter()))
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
    let (correcting, comments) = before(tx, id)?;
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
pub(crate) fn before(tx: &Tx, id: StoryId) -> Result<(bool, Vec<Comment>)> {
    let records = tx.records_of(id)?;
    let comments = fold_live(id, &records)
        .map(|folded| folded.open_comments().into_iter().cloned().collect())
        .unwrap_or_default();
    Ok((!records.is_empty(), comments))
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
