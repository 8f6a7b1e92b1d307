//! Drafts, until they are signed off. Each save is durable before it returns.

use crate::Device;
use crate::error::{Error, Result};
use crate::interview::{LANGUAGE, faults};
use crate::masking::unmask_what_stands;
use crate::named::named_anywhere;
use crate::sealing::seal_identity;
use crate::store::{DraftRow, RecordState, StoredRecord, Tx};
use crate::stories::fold_live;
use crate::view::{Discarded, Draft, StoryLine};
use blon_core::error::Code;
use blon_core::fold::Thread;
use blon_core::id::{RecordId, StoryId};
use blon_core::joining::{Clash, join_heads};
use blon_core::protocol::RECORD_BYTES;
use blon_core::questionnaire::state::State;
use blon_core::record::{Act, Deed};
use blon_core::review::may;

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
    /// the collector's last word. Where two revisions are the newest it starts from both, joined: what is signed off then
    /// takes the place of both.
    ///
    /// # Errors
    /// `story_not_found`.
    pub fn correct(&self, id: StoryId) -> Result<Draft> {
        self.store.write(|tx| {
            if tx.draft(id)?.is_none() {
                let records = tx.records_of(id)?;
                let row = correction(id, &records).ok_or_else(|| not_found(id))?;
                tx.put_draft(id, &row, self.clock.now())?;
                self.steps().forget(id);
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
        })?;
        self.steps().forget(id);
        Ok(())
    }

    /// The deleted drafts, the one deleted last first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn discarded_drafts(&self) -> Result<Vec<Discarded>> {
        self.store.read(|tx| {
            let mut found = Vec::new();
            for (id, at) in tx.all_discarded()? {
                found.extend(tx.discarded(id)?.map(|row| Discarded {
                    id,
                    title: row.content.title,
                    village: row.content.context.village,
                    at: at.to_utc(),
                }));
            }
            Ok(found)
        })
    }

    /// Brings a deleted draft back. One that is open for the same story takes its place among the deleted. A
    /// correction builds on what is newest now, whatever was signed off meanwhile.
    ///
    /// # Errors
    /// `draft_not_found`; `disk_full`.
    pub fn restore_draft(&self, id: StoryId) -> Result<()> {
        let now = self.clock.now();
        self.store.write(|tx| {
            let deleted = tx.discarded(id)?.ok_or_else(|| {
                Error::told(Code::DraftNotFound, format!("story {id} has no deleted draft"))
            })?;
            tx.erase_discarded(id)?;
            if tx.draft(id)?.is_some() {
                tx.discard_draft(id, now)?;
            }
            let records = tx.records_of(id)?;
            let builds_on = correction(id, &records).map(|row| row.builds_on).unwrap_or_default();
            tx.put_draft(id, &DraftRow { builds_on, ..deleted }, now)
        })?;
        self.steps().forget(id);
        Ok(())
    }

    /// Erases a draft, the deleted one where there is one, for good. A story that was never signed off goes with it,
    /// files, words and identity included; of a correction only what was written since.
    ///
    /// # Errors
    /// `draft_not_found`.
    pub fn erase_draft(&self, id: StoryId) -> Result<()> {
        self.store.write(|tx| {
            if tx.discarded(id)?.is_some() {
                tx.erase_discarded(id)?;
            } else {
                open_draft(tx, id)?;
                tx.delete_draft(id)?;
            }
            if tx.draft(id)?.is_none() {
                tx.drop_masked_draft(id)?;
                tx.drop_incoming_files(id)?;
                if tx.records_of(id)?.is_empty() {
                    tx.delete_identity(id)?;
                    tx.put_line(id, None)?;
                }
            }
            tx.keep_only_files(id, &named_anywhere(tx, id)?)?;
            tx.forget_words()
        })?;
        self.steps().forget(id);
        Ok(())
    }

    /// Signs off a draft: it becomes a record that waits to be sent. Draft and record change hands in one
    /// transaction, so a kill leaves the one or the other.
    ///
    /// # Errors
    /// `draft_not_found`, `not_enrolled`, `act_not_allowed`, `story_incomplete`; `recording_running` while sound is still coming in;
    /// `too_large` past [`RECORD_BYTES`]; `disk_full`.
    pub fn finalise(&self, id: StoryId) -> Result<StoryLine> {
        let enrolment = self.enrolled()?.enrolment;
        self.tells_stories()?;
        // Fetched before the store is held: it is read from there.
        let by_questionnaire = self.store.read(|tx| open_draft(tx, id))?.answers.is_some();
        let asked = if by_questionnaire {
            Some((self.questionnaire()?, self.clock.surroundings(LANGUAGE)?))
        } else {
            None
        };
        self.store.write(|tx| {
            let mut draft = open_draft(tx, id)?;
            if tx.is_recording_for(id)? {
                let message = "a recording has not ended; signing off would lose it";
                return Err(Error::told(Code::RecordingRunning, message));
            }
            let mut holds = Vec::new();
            if let Some(answers) = &mut draft.answers {
                unmask_what_stands(tx, id, answers)?;
                let (questionnaire, surroundings) = asked.as_ref().ok_or_else(no_longer_asked)?;
                holds = faults(questionnaire, answers, surroundings, tx.is_sealed(id)?);
                let told = State::of(questionnaire, answers, surroundings)
                    .told(answers, &|digest| tx.file_ref(digest).ok().flatten());
                // What is here no longer, and was not asked anew, is at headquarters.
                if !told.identity.is_empty() || !tx.is_sealed(id)? {
                    tx.put_identity(id, &told.identity)?;
                }
                tx.put_unasked(id, &questionnaire.unasked(answers))?;
            }
            let mut gaps = draft.content.gaps();
            gaps.extend(draft.content.consent.face_gap(tx.identity(id)?.face.is_some()));
            holds.extend(gaps.iter().map(|gap| format!("{} ({:?})", gap.answer, gap.need)));
            if !holds.is_empty() {
                let message = format!("what holds it back: {}", holds.join(", "));
                return Err(Error::told(Code::StoryIncomplete, message));
            }
            let act = Act::Finalise { story: Box::new(draft.content), note: draft.note };
            let record = self.record(&enrolment, id, draft.builds_on, act);
            if serde_json::to_vec(&record)?.len() > RECORD_BYTES {
                return Err(Error::told(Code::TooLarge, "the story's text is larger than can be sent"));
            }
            tx.set_refused_aside(id)?;
            tx.add_record(&record, false)?;
            tx.sign_masked(id)?;
            seal_identity(tx, &enrolment.campaign, id, record.id)?;
            tx.delete_draft(id)?;
            tx.drop_incoming_files(id)?;
            tx.keep_only_files(id, &named_anywhere(tx, id)?)
        })?;
        self.steps().forget(id);
        self.story_line(id)
    }
}

impl Device {
    /// Whether this device's person tells stories, as far as it is known: headquarters would refuse those of others. Before it
    /// is enrolled anybody may try it.
    ///
    /// # Errors
    /// `act_not_allowed`.
    pub(crate) fn tells_stories(&self) -> Result<()> {
        match self.store.read(|tx| tx.role())? {
            Some(role) if !may(role, Deed::Finalise) => {
                Err(Error::told(Code::ActNotAllowed, format!("a {role} tells no stories")))
            }
            _ => Ok(()),
        }
    }
}

pub(crate) fn not_found(id: StoryId) -> Error {
    Error::told(Code::StoryNotFound, format!("there is no story {id} on this device"))
}

pub(crate) fn open_draft(tx: &Tx, id: StoryId) -> Result<DraftRow> {
    tx.draft(id)?.ok_or_else(|| {
        let message =
            format!("story {id} has no open draft; one that was signed off is corrected by a new revision");
        Error::told(Code::DraftNotFound, message)
    })
}

pub(crate) fn draft_view(tx: &Tx, id: StoryId) -> Result<Draft> {
    let row = open_draft(tx, id)?;
    let Before { correcting, comments, clashes } = before(id, &tx.records_of(id)?);
    Ok(Draft {
        id,
        gaps: row.content.gaps(),
        story: row.content,
        identity: tx.identity(id)?,
        note: row.note,
        correcting,
        comments,
        clashes,
    })
}

/// What came before a draft.
#[derive(Default)]
pub(crate) struct Before {
    /// Whether a revision was signed off.
    pub correcting: bool,
    /// The threads that it answers to.
    pub comments: Vec<Thread>,
    /// Where two newest revisions that the draft joins say otherwise.
    pub clashes: Vec<Clash>,
}

pub(crate) fn before(id: StoryId, records: &[StoredRecord]) -> Before {
    let Some(folded) = fold_live(id, records) else {
        return Before { correcting: !records.is_empty(), ..Before::default() };
    };
    Before {
        correcting: true,
        comments: folded.to_answer().into_iter().cloned().collect(),
        clashes: join_heads(&folded).map(|joined| joined.clashes).unwrap_or_default(),
    }
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
    let content = refused.or_else(|| join_heads(&folded).map(|joined| joined.story))?;
    Some(DraftRow { content, builds_on, ..DraftRow::default() })
}

fn no_longer_asked() -> Error {
    Error::told(Code::NoQuestionnaire, "the questionnaire that this draft was begun with is gone")
}
