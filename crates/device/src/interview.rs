//! An interview that a questionnaire asks: what is asked now, and each answer, durable before it returns.
//!
//! The answers are the draft; the story they tell is made anew with each of them, so that lists and comments know
//! it. A path is where an answer is kept: `story_title`, `change/<id>/level`.

use crate::attaching::digest;
use crate::error::{Error, Result};
use crate::store::{DraftRow, Tx};
use crate::view::{Asked, Enrolment};
use crate::writing::open_draft;
use crate::{Device, StoryId, writing};
use blon_core::error::Code;
use blon_core::id::Digest;
use blon_core::questionnaire::answers::Answers;
use blon_core::questionnaire::begin::repetition;
use blon_core::questionnaire::form::Questionnaire;
use blon_core::questionnaire::mapping::{Told, answers_of};
use blon_core::questionnaire::read::read;
use blon_core::questionnaire::state::{State, Surroundings};
use std::sync::{Arc, PoisonError};
use uuid::Uuid;

/// The language in which faults are told where nobody looks at a screen.
pub(crate) const LANGUAGE: &str = "fr";

impl Device {
    /// The questionnaire of the campaign.
    ///
    /// # Errors
    /// `not_enrolled`; `no_questionnaire` where the campaign has none; `bad_answer` where headquarters sent one
    /// that this app cannot read, because it is newer or broken.
    pub fn questionnaire(&self) -> Result<Arc<Questionnaire>> {
        let mut known = self.questionnaire.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(questionnaire) = known.as_ref() {
            return Ok(Arc::clone(questionnaire));
        }
        let Enrolment { campaign, .. } = self.enrolled()?.enrolment;
        let workbook = campaign
            .questionnaire
            .ok_or_else(|| Error::told(Code::NoQuestionnaire, "the campaign has no questionnaire"))?;
        let questionnaire = read(&workbook).map_err(|findings| {
            let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
            Error::told(Code::BadAnswer, format!("the questionnaire cannot be read: {}", said.join("; ")))
        })?;
        Ok(Arc::clone(known.insert(Arc::new(questionnaire))))
    }

    /// Begins an interview, with the answers that the questionnaire proposes.
    ///
    /// # Errors
    /// Those of [`Device::questionnaire`]; `disk_full`.
    pub fn begin_interview(&self, language: &str) -> Result<Asked> {
        let (questionnaire, surroundings) = (self.questionnaire()?, self.clock.surroundings(language)?);
        let id = StoryId(self.clock.new_id());
        let answers = questionnaire.begin(&surroundings);
        self.store.write(|tx| {
            let ask = Ask { questionnaire: &questionnaire, surroundings: &surroundings, tx, id };
            ask.keep(self, DraftRow::default(), answers)
        })
    }

    /// What is asked now. A draft that was written in fixed fields becomes one of the questionnaire here.
    ///
    /// # Errors
    /// `draft_not_found`; those of [`Device::questionnaire`].
    pub fn interview(&self, id: StoryId, language: &str) -> Result<Asked> {
        self.change_answers(id, language, |_, _| Ok(()))
    }

    /// Keeps one answer; an empty one takes it back. An answer that is wrong is kept too, and told as such.
    ///
    /// # Errors
    /// `draft_not_found`; `answer_not_asked` where nothing is kept at this path; `disk_full`.
    pub fn answer(&self, id: StoryId, path: &str, answer: &str, language: &str) -> Result<Asked> {
        self.change_answers(id, language, |questionnaire, answers| put(questionnaire, answers, path, answer))
    }

    /// Adds a repetition of the repeat at this path: one more change. Gives its id too.
    ///
    /// # Errors
    /// `draft_not_found`; `answer_not_asked` where no repeat is at this path; `disk_full`.
    pub fn add_repetition(&self, id: StoryId, path: &str, language: &str) -> Result<(Uuid, Asked)> {
        let (steps, key) = parse(path);
        let (new, surroundings) = (self.clock.new_id(), self.clock.surroundings(language)?);
        let asked = self.change_answers(id, language, |questionnaire, answers| {
            let added = questionnaire.add_repetition(answers, &steps, &key, new, &surroundings);
            if added { Ok(()) } else { Err(not_asked(path)) }
        })?;
        Ok((new, asked))
    }

    /// Takes the repetition at this path away, with all that was answered in it.
    ///
    /// # Errors
    /// `draft_not_found`; `answer_not_asked` where none is at this path; `disk_full`.
    pub fn remove_repetition(&self, id: StoryId, path: &str, language: &str) -> Result<Asked> {
        let (mut steps, _) = parse(path);
        self.change_answers(id, language, |_, answers| {
            let (key, gone) = steps.pop().ok_or_else(|| not_asked(path))?;
            let inside = repetition(answers, &steps).and_then(|inside| inside.repeats.get_mut(key));
            let repetitions = inside.ok_or_else(|| not_asked(path))?;
            let before = repetitions.len();
            repetitions.retain(|repetition| repetition.id != gone);
            if repetitions.len() < before { Ok(()) } else { Err(not_asked(path)) }
        })
    }

    /// All bytes of a file are in: it becomes the answer at this path, in one transaction.
    ///
    /// # Errors
    /// `file_empty`; `draft_not_found`; `answer_not_asked`; `disk_full`.
    pub fn attach_answer(&self, key: i64, path: &str, language: &str) -> Result<Asked> {
        let (questionnaire, surroundings) = (self.questionnaire()?, self.clock.surroundings(language)?);
        self.store.write(|tx| {
            let (id, file) = tx.finish_file(key, &digest(tx, key)?)?;
            let ask = Ask { questionnaire: &questionnaire, surroundings: &surroundings, tx, id };
            ask.change(self, |answers| put(&questionnaire, answers, path, file.sha256.as_str()))
        })
    }

    fn change_answers(
        &self,
        id: StoryId,
        language: &str,
        change: impl FnOnce(&Questionnaire, &mut Answers) -> Result<()>,
    ) -> Result<Asked> {
        let (questionnaire, surroundings) = (self.questionnaire()?, self.clock.surroundings(language)?);
        self.store.write(|tx| {
            let ask = Ask { questionnaire: &questionnaire, surroundings: &surroundings, tx, id };
            ask.change(self, |answers| change(&questionnaire, answers))
        })
    }
}

/// Stops a signing off while the questionnaire finds something missing or wrong.
pub(crate) fn refuse_faults(
    questionnaire: &Questionnaire,
    answers: &Answers,
    surroundings: &Surroundings,
) -> Result<()> {
    let items = State::of(questionnaire, answers, surroundings).items();
    let named: Vec<String> =
        items.iter().filter_map(|i| Some(format!("{} ({:?})", i.path, i.fault.as_ref()?.kind))).collect();
    if named.is_empty() {
        return Ok(());
    }
    Err(Error::told(Code::StoryIncomplete, format!("what holds it back: {}", named.join(", "))))
}

/// One look at an interview inside a transaction.
struct Ask<'a, 'c> {
    questionnaire: &'a Questionnaire,
    surroundings: &'a Surroundings,
    tx: &'a Tx<'c>,
    id: StoryId,
}

impl Ask<'_, '_> {
    /// Changes the answers of the open draft.
    fn change(&self, device: &Device, change: impl FnOnce(&mut Answers) -> Result<()>) -> Result<Asked> {
        let row = open_draft(self.tx, self.id)?;
        let mut answers = match &row.answers {
            Some(answers) => answers.clone(),
            None => answers_of(self.questionnaire, &row.content, &self.tx.identity(self.id)?),
        };
        change(&mut answers)?;
        self.keep(device, row, answers)
    }

    /// Keeps the answers and the story they tell; gives what is asked now.
    fn keep(&self, device: &Device, before: DraftRow, answers: Answers) -> Result<Asked> {
        let state = State::of(self.questionnaire, &answers, self.surroundings);
        let known = |digest: &Digest| self.tx.file_ref(digest).ok().flatten();
        let Told { story, identity } = state.told(&answers, &known);
        let (items, left_over) = (state.items(), self.questionnaire.left_over(&answers));
        let row = DraftRow { content: story, answers: Some(answers), ..before };
        self.tx.put_draft(self.id, &row, device.clock.now())?;
        if self.tx.identity(self.id)? != identity {
            self.tx.put_identity(self.id, &identity)?;
        }
        let (correcting, comments) = writing::before(self.tx, self.id)?;
        let (gaps, note) = (row.content.gaps(), row.note);
        Ok(Asked { id: self.id, items, left_over, gaps, comments, correcting, note })
    }
}

/// Keeps an answer at a path.
fn put(questionnaire: &Questionnaire, answers: &mut Answers, path: &str, answer: &str) -> Result<()> {
    let (steps, key) = parse(path);
    let known = questionnaire.nodes.iter().any(|node| node.key == key && node.question().is_some());
    let inside = repetition(answers, &steps).filter(|_| known);
    inside.ok_or_else(|| not_asked(path))?.set(&key, answer);
    Ok(())
}

/// The repetitions that a path leads through, and the key at its end. What stands between two ids is one key, since
/// a key may hold slashes itself.
fn parse(path: &str) -> (Vec<(&str, Uuid)>, String) {
    let (mut steps, mut from) = (Vec::new(), 0);
    let mut at = 0;
    for part in path.split('/') {
        if let Ok(id) = part.parse::<Uuid>() {
            let key = path.get(from..at.max(1) - 1).unwrap_or_default();
            steps.push((key, id));
            from = at + part.len() + 1;
        }
        at += part.len() + 1;
    }
    (steps, path.get(from..).unwrap_or_default().to_owned())
}

fn not_asked(path: &str) -> Error {
    Error::told(Code::AnswerNotAsked, format!("the questionnaire keeps nothing at {path:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_through_repetitions() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(parse("title"), (vec![], "title".to_owned()));
        assert_eq!(parse("g/title"), (vec![], "g/title".to_owned()));
        let deep = format!("change/{one}/a/evidence/{two}/kind");
        assert_eq!(parse(&deep), (vec![("change", one), ("a/evidence", two)], "kind".to_owned()));
        assert_eq!(parse(&format!("change/{one}")), (vec![("change", one)], String::new()));
        assert_eq!(parse(&format!("{one}/x")).0, vec![("", one)]);
        assert_eq!(parse(""), (vec![], String::new()));
    }
}
