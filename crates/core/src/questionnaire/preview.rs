//! An interview that nobody keeps: whoever writes a questionnaire sees it as a collector will, by the same engine. The answers
//! travel with each step, so that nothing of it stays anywhere.

use super::answers::Answers;
use super::asked::Asked;
use super::form::Questionnaire;
use super::paths::{add, put, remove};
use super::state::{State, Surroundings};
use crate::error::{Code, Problem};
use crate::id::StoryId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// One step of a preview.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// In which language: `fr`, `en` or another of the questionnaire.
    pub language: String,
    /// What was answered before; nothing to begin.
    #[serde(default)]
    #[ts(optional, as = "Option<Answers>")]
    pub answers: Option<Answers>,
    /// What is done.
    #[serde(default)]
    #[ts(optional, as = "Option<PreviewStep>")]
    pub step: Option<PreviewStep>,
    /// Where the author stands: the path of a page, or `*` for reading over.
    #[serde(default)]
    pub at: String,
}

/// What can be done in a preview.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PreviewStep {
    /// Gives an answer; an empty one takes it back.
    Answer {
        /// Where.
        path: String,
        /// What.
        answer: String,
    },
    /// Adds a repetition.
    Add {
        /// Of the repeat at this path.
        path: String,
    },
    /// Takes a repetition away.
    Remove {
        /// The one at this path.
        path: String,
    },
}

/// What is asked after a step.
#[derive(Debug, Clone, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Previewed {
    /// All answers now, to be sent with the next step.
    pub answers: Answers,
    /// What is asked.
    pub asked: Asked,
    /// The repetition that was added.
    pub added: Option<Uuid>,
}

impl Preview {
    /// Does the step. `new` is the id of a repetition that it adds. Files are not taken in a preview.
    ///
    /// # Errors
    /// `answer_not_asked` for a path at which nothing is kept.
    pub fn step(
        self,
        questionnaire: &Questionnaire,
        surroundings: &Surroundings,
        new: Uuid,
    ) -> Result<Previewed, Problem> {
        let mut answers = self.answers.unwrap_or_else(|| questionnaire.begin(surroundings));
        let mut added = None;
        match &self.step {
            None => {}
            Some(PreviewStep::Answer { path, answer }) => {
                put(questionnaire, &mut answers, path, answer, &|_| false)?;
            }
            Some(PreviewStep::Add { path }) => {
                add(questionnaire, &mut answers, path, new, surroundings)?;
                added = Some(new);
            }
            Some(PreviewStep::Remove { path }) => remove(&mut answers, path)?,
        }
        if serde_json::to_vec(&answers).is_ok_and(|written| written.len() > crate::protocol::RECORD_BYTES) {
            let message = "an interview has no more answers than that".to_owned();
            return Err(Problem { code: Code::TooLarge, message });
        }
        let story = State::of(questionnaire, &answers, surroundings).told(&answers, &|_| None).story;
        let asked =
            Asked::of(StoryId(Uuid::nil()), questionnaire, &answers, &story, surroundings, &self.at, false);
        Ok(Previewed { answers, asked, added })
    }
}
