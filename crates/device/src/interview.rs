//! An interview that a questionnaire asks: what is asked now, and each answer, durable before it returns.
//!
//! The answers are the draft; the story they tell is made anew with each of them, so that lists and comments know
//! it. Where an answer is kept is a path (`paths`).

use crate::attaching::{append, digest};
use crate::error::{Error, Result};
use crate::masking::unmask_what_stands;
use crate::named::{file_named, named_anywhere, named_in};
use crate::steps::{Step, Steps};
use crate::store::{DraftRow, Tx};
use crate::view::Enrolment;
use crate::writing::{Before, open_draft};
use crate::{Device, StoryId, photo, recording, writing};
use blon_core::error::Code;
use blon_core::evidence::FileRef;
use blon_core::id::Digest;
use blon_core::questionnaire::answers::Answers;
use blon_core::questionnaire::asked::{Asked, known_sealed};
use blon_core::questionnaire::form::{AnswerType, Questionnaire};
use blon_core::questionnaire::mapping::{Told, answers_of};
use blon_core::questionnaire::paths::{add, asked_at, parse, put, remove};
use blon_core::questionnaire::read::read;
use blon_core::questionnaire::show::Item;
use blon_core::questionnaire::state::{State, Surroundings};
use blon_core::story::{Identity, Story};
use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard, PoisonError};
use uuid::Uuid;

/// The language in which faults are told where nobody looks at a screen.
pub(crate) const LANGUAGE: &str = "fr";

impl Device {
    /// The questionnaire of the campaign.
    ///
    /// # Errors
    /// `not_enrolled`; `no_questionnaire` where the campaign has none; `questionnaire_unreadable` for one that
    /// is newer than this app, or broken.
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
            // The first few say what kind of trouble it is; the author sees them all at headquarters.
            let said: Vec<String> = findings.iter().take(3).map(ToString::to_string).collect();
            Error::told(Code::QuestionnaireUnreadable, said.join("; "))
        })?;
        Ok(Arc::clone(known.insert(Arc::new(questionnaire))))
    }

    /// Begins an interview, with the answers that the questionnaire proposes; a practice one never counts.
    ///
    /// # Errors
    /// Those of [`Device::questionnaire`]; `disk_full`.
    pub fn begin_interview(&self, language: &str, training: bool) -> Result<Asked> {
        self.tells_stories()?;
        let content = Story { training, ..Story::default() };
        self.begin_with(language, content, |questionnaire, surroundings| questionnaire.begin(surroundings))
    }

    /// Begins an interview that takes over what a like one was told, but for what is everybody's own: consent, who
    /// told it, the day, and files.
    ///
    /// # Errors
    /// `story_not_found`; those of [`Device::questionnaire`]; `disk_full`.
    pub fn begin_like(&self, like: StoryId, language: &str) -> Result<Asked> {
        let (draft, view) = (self.store.read(|tx| tx.draft(like))?, self.story(like)?);
        let content = Story { training: view.line.training, ..Story::default() };
        self.begin_with(language, content, |questionnaire, surroundings| {
            let told = || answers_of(questionnaire, &view.story, &Identity::default());
            let before = draft.and_then(|draft| draft.answers).unwrap_or_else(told);
            let mut answers = questionnaire.for_another(&before, &mut || self.clock.new_id());
            for (key, proposed) in questionnaire.begin(surroundings).given {
                answers.given.entry(key).or_insert(proposed);
            }
            answers
        })
    }

    fn begin_with(
        &self,
        language: &str,
        content: Story,
        answers: impl FnOnce(&Questionnaire, &Surroundings) -> Answers,
    ) -> Result<Asked> {
        let id = StoryId(self.clock.new_id());
        self.ask(id, language, |ask| {
            let answers = answers(ask.questionnaire, ask.surroundings);
            ask.keep(DraftRow { content, ..DraftRow::default() }, answers, None)
        })
    }

    /// What is asked now. A draft that came as a file becomes one of the questionnaire here.
    ///
    /// # Errors
    /// `draft_not_found`; those of [`Device::questionnaire`].
    pub fn interview(&self, id: StoryId, language: &str) -> Result<Asked> {
        self.ask(id, language, |ask| {
            let (row, answers) = ask.row()?;
            ask.keep(row, answers, None)
        })
    }

    /// Keeps one answer; an empty one takes it back. An answer that is wrong is kept too, and told as such. A file
    /// that nothing names any more is erased on the spot.
    ///
    /// # Errors
    /// `draft_not_found`; `answer_not_asked` where nothing is kept at this path; `disk_full`.
    pub fn answer(&self, id: StoryId, path: &str, answer: &str, language: &str) -> Result<Asked> {
        self.ask(id, language, |ask| ask.answer(path, answer))
    }

    /// The same without a look at what is asked then: all that lies between a collector's answer and the disk.
    ///
    /// # Errors
    /// Those of [`Device::answer`].
    pub fn keep_answer(&self, id: StoryId, path: &str, answer: &str, language: &str) -> Result<()> {
        let (questionnaire, surroundings) = (self.questionnaire()?, self.clock.surroundings(language)?);
        self.keep(id, &questionnaire, &surroundings, |ask| ask.answer(path, answer)).map(|_| ())
    }

    /// Adds a repetition of the repeat at this path: one more change. Gives its id too.
    ///
    /// # Errors
    /// `draft_not_found`; `answer_not_asked` where no repeat is at this path; `disk_full`.
    pub fn add_repetition(&self, id: StoryId, path: &str, language: &str) -> Result<(Uuid, Asked)> {
        let new = self.clock.new_id();
        let asked = self.ask(id, language, |ask| {
            ask.change(path, |answers| Ok(add(ask.questionnaire, answers, path, new, ask.surroundings)?))
        })?;
        Ok((new, asked))
    }

    /// Takes the repetition at this path away, with all that was answered in it.
    ///
    /// # Errors
    /// `draft_not_found`; `answer_not_asked` where none is at this path; `disk_full`.
    pub fn remove_repetition(&self, id: StoryId, path: &str, language: &str) -> Result<Asked> {
        let (repeat, _) = path.rsplit_once('/').unwrap_or_default();
        self.ask(id, language, |ask| ask.change(repeat, |answers| Ok(remove(answers, path)?)))
    }

    /// Takes back the last change since the store was opened, and shows where it was. Nothing where there is none.
    ///
    /// # Errors
    /// `draft_not_found`; `disk_full`.
    pub fn undo(&self, id: StoryId, language: &str) -> Result<Asked> {
        let step = self.steps().last(id).cloned();
        let asked = self.ask(id, language, |ask| {
            let (row, answers) = ask.row()?;
            match step {
                Some(mut step) => {
                    unmask_what_stands(ask.tx, id, &mut step.before)?;
                    ask.keep(DraftRow { at: step.path, ..row }, step.before, None)
                }
                None => ask.keep(row, answers, None),
            }
        })?;
        self.steps().take_back(id);
        Ok(Asked { can_undo: self.steps().last(id).is_some(), ..asked })
    }

    /// The collector looks at this answer now, or at [`REVIEW`](blon_core::questionnaire::asked::REVIEW). After a kill the interview goes on here.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn stand(&self, id: StoryId, path: &str) -> Result<()> {
        self.steps().turn(id);
        self.store.write(|tx| tx.stand(id, path))
    }

    /// The interview that was on the screen when the app ended or was locked.
    ///
    /// # Errors
    /// Those of the store.
    pub fn on_screen(&self) -> Result<Option<StoryId>> {
        self.store.read(|tx| tx.on_screen())
    }

    /// No interview is on the screen any more.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn leave(&self) -> Result<()> {
        self.store.write(|tx| tx.leave(None))
    }

    /// Keeps what the collector says of a correction.
    ///
    /// # Errors
    /// `draft_not_found`; `disk_full`.
    pub fn set_note(&self, id: StoryId, note: &str) -> Result<()> {
        self.store.write(|tx| {
            let row = DraftRow { note: note.to_owned(), ..open_draft(tx, id)? };
            tx.put_draft(id, &row, self.clock.now())
        })
    }

    /// All bytes of a file are in: it becomes the answer at this path, in one transaction.
    ///
    /// # Errors
    /// `file_empty`; `draft_not_found`; `answer_not_asked`; `disk_full`.
    pub fn attach_answer(&self, key: i64, path: &str, language: &str) -> Result<Asked> {
        let id = self.store.read(|tx| tx.file_story(key))?;
        self.ask(id, language, |ask| {
            let file = recording::finish(ask.tx, key)?;
            ask.answer(path, file.sha256.as_str())
        })
    }

    /// Takes a photo in as the answer at this path: scaled, and without what it tells about where and by whom it was
    /// taken ([`crate::photo`]), before anything of it is stored.
    ///
    /// # Errors
    /// `image_unreadable`; `file_too_large`; `draft_not_found`; `answer_not_asked`; `disk_full`.
    pub fn attach_photo(&self, id: StoryId, path: &str, bytes: &[u8], language: &str) -> Result<Asked> {
        let photo = photo::prepare(bytes)?;
        self.ask(id, language, |ask| {
            let key = ask.tx.begin_file(id, photo::MEDIA_TYPE, None)?;
            append(ask.tx, key, &photo)?;
            let file = ask.tx.finish_file(key, &digest(ask.tx, key)?)?;
            ask.answer(path, file.sha256.as_str())
        })
    }

    /// Changes an interview, and gives what is asked then.
    pub(crate) fn ask(
        &self,
        id: StoryId,
        language: &str,
        change: impl FnOnce(&Ask<'_, '_>) -> Result<Kept>,
    ) -> Result<Asked> {
        let (questionnaire, surroundings) = (self.questionnaire()?, self.clock.surroundings(language)?);
        let kept = self.keep(id, &questionnaire, &surroundings, change)?;
        // What was kept is on the disk; looking at it holds nobody up.
        self.store.read(|tx| {
            let ask =
                Ask { device: self, questionnaire: &questionnaire, surroundings: &surroundings, tx, id };
            ask.asked(kept.row)
        })
    }

    /// Changes an interview: on the disk when this returns. Only then is there a step to take back.
    fn keep(
        &self,
        id: StoryId,
        questionnaire: &Questionnaire,
        surroundings: &Surroundings,
        change: impl FnOnce(&Ask<'_, '_>) -> Result<Kept>,
    ) -> Result<Kept> {
        let mut kept =
            self.store.write(|tx| change(&Ask { device: self, questionnaire, surroundings, tx, id }))?;
        if kept.erased {
            // A step back would name again what was erased.
            self.steps().forget(id);
        } else if let Some(step) = kept.step.take() {
            self.steps().add(id, step);
        }
        Ok(kept)
    }

    pub(crate) fn steps(&self) -> MutexGuard<'_, Steps> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An interview as it was kept.
pub(crate) struct Kept {
    pub row: DraftRow,
    /// The change that can be taken back.
    step: Option<Step>,
    /// A file was erased with it.
    erased: bool,
}

/// What the questionnaire finds missing or wrong, each with the author's own words where there are some. `sealed`:
/// headquarters has who told it already.
pub(crate) fn faults(
    questionnaire: &Questionnaire,
    answers: &Answers,
    surroundings: &Surroundings,
    sealed: bool,
) -> Vec<String> {
    let mut items = State::of(questionnaire, answers, surroundings).items();
    if sealed {
        known_sealed(&mut items);
    }
    let told = |item: &Item| {
        let fault = item.fault.as_ref()?;
        let words = if fault.message.is_empty() { String::new() } else { format!(": {}", fault.message) };
        Some(format!("{} ({:?}{words})", item.path, fault.kind))
    };
    items.iter().filter_map(told).collect()
}

/// One look at an interview inside a transaction.
pub(crate) struct Ask<'a, 'c> {
    pub device: &'a Device,
    questionnaire: &'a Questionnaire,
    surroundings: &'a Surroundings,
    pub tx: &'a Tx<'c>,
    pub id: StoryId,
}

impl Ask<'_, '_> {
    /// The open draft, and its answers.
    pub fn row(&self) -> Result<(DraftRow, Answers)> {
        let mut row = open_draft(self.tx, self.id)?;
        let answers = match row.answers.take() {
            Some(answers) => answers,
            None => {
                let mut told = answers_of(self.questionnaire, &row.content, &self.tx.identity(self.id)?);
                told.add_missing(&self.tx.unasked(self.id)?);
                told
            }
        };
        Ok((row, answers))
    }

    /// Keeps the answer at a path.
    pub fn answer(&self, path: &str, answer: &str) -> Result<Kept> {
        let mut before = None;
        let kept = self.change(path, |answers| {
            before = put(self.questionnaire, answers, path, answer, &|digest| self.file(digest).is_some())?;
            Ok(())
        })?;
        let erased = before.is_some_and(|before| before != answer && before.parse::<Digest>().is_ok());
        if erased {
            self.tx.keep_only_files(self.id, &named_anywhere(self.tx, self.id)?)?;
        }
        Ok(Kept { erased, ..kept })
    }

    /// Changes the answers of the open draft, at this path.
    fn change(&self, path: &str, change: impl FnOnce(&mut Answers) -> Result<()>) -> Result<Kept> {
        let (row, before) = self.row()?;
        let mut answers = before.clone();
        change(&mut answers)?;
        let step = Step::new(path, before, self.is_words(path));
        self.keep(DraftRow { at: path.to_owned(), ..row }, answers, Some(step))
    }

    /// Whether the answer at this path is typed, letter by letter.
    fn is_words(&self, path: &str) -> bool {
        let (steps, key) = parse(path);
        asked_at(self.questionnaire, &steps, &key)
            .is_some_and(|q| matches!(q.answer, AnswerType::Text | AnswerType::Integer | AnswerType::Decimal))
    }

    /// Keeps the answers and the story they tell.
    pub fn keep(&self, before: DraftRow, answers: Answers, step: Option<Step>) -> Result<Kept> {
        let state = State::of(self.questionnaire, &answers, self.surroundings);
        let Told { mut story, identity } = state.told(&answers, &|digest| self.file(digest));
        story.training = before.content.training;
        let row = DraftRow { content: story, answers: Some(answers), ..before };
        self.tx.put_draft(self.id, &row, self.device.clock.now())?;
        // Of a correction the name counts once it is signed off, like everything else in it.
        if row.builds_on.is_empty() && self.tx.identity(self.id)? != identity {
            self.tx.put_identity(self.id, &identity)?;
        }
        Ok(Kept { row, step, erased: false })
    }

    /// What is asked over these answers.
    pub fn items(&self, answers: &Answers) -> Vec<Item> {
        State::of(self.questionnaire, answers, self.surroundings).items()
    }

    /// What is known of a file: here, or from a revision that was made where it is.
    fn file(&self, digest: &Digest) -> Option<FileRef> {
        let here = self.tx.file_ref(digest).ok().flatten();
        here.or_else(|| file_named(&self.tx.records_of(self.id).ok()?, digest))
    }

    /// What is asked now.
    fn asked(&self, row: DraftRow) -> Result<Asked> {
        let answers = row.answers.unwrap_or_default();
        let mut named = BTreeSet::new();
        named_in(&answers, &mut named);
        let Before { correcting, comments, clashes } =
            writing::before(self.id, &self.tx.records_of(self.id)?);
        Ok(Asked {
            files: named.iter().filter_map(|digest| self.file(digest)).collect(),
            comments,
            clashes,
            correcting,
            note: row.note,
            can_undo: self.device.steps().last(self.id).is_some(),
            sealable: self
                .tx
                .enrolment()?
                .is_some_and(|held| !held.enrolment.campaign.custodian_keys.is_empty()),
            ..Asked::of(
                self.id,
                self.questionnaire,
                &answers,
                &row.content,
                self.surroundings,
                &row.at,
                self.tx.is_sealed(self.id)?,
            )
        })
    }
}
