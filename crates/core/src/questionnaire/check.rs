//! Whether an answer is right, and what is said where it is not.

use super::expression::geo;
use super::expression::value::{Atom, number_of};
use super::form::{AnswerType, Question};
use super::state::{Cell, State};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// It must be answered.
    Missing,
    /// The answer is not of the question's type: words for a number, a day that does not exist.
    NotOfType,
    /// The answer is none of the choices that are offered.
    NotOffered,
    /// The number lies outside of the range, or between its steps.
    OutOfRange,
    /// The questionnaire's own rule does not hold.
    Constraint,
}

/// What is wrong with an answer, and the questionnaire's own words for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// In the author's words; empty where the author left it to the screen.
    pub message: String,
}

/// The longest answer, in characters: some forty pages.
pub const ANSWER_LIMIT: usize = 100_000;

impl State<'_> {
    /// What is wrong with the answer in this cell; `None` where it is not asked or is right.
    pub(crate) fn fault(&self, cell: &Cell<'_>) -> Option<Fault> {
        let question = self.questionnaire.node(cell.node).question().filter(|_| cell.relevant)?;
        if !question.answer.is_asked() {
            return None;
        }
        let text = cell.text();
        let said = |kind, texts| Some(Fault { kind, message: self.text(texts, cell.node, cell.scope) });
        if text.trim().is_empty() {
            return if self.required(cell, question) {
                said(FaultKind::Missing, &question.required_message)
            } else {
                None
            };
        }
        if let Some(kind) = fault_of_type(self, cell, question, &text) {
            return Some(Fault { kind, message: String::new() });
        }
        let holds =
            question.constraint.as_ref().is_none_or(|c| self.evaluate(c, cell.node, cell.scope).truth());
        if holds { None } else { said(FaultKind::Constraint, &question.constraint_message) }
    }

    /// Whether this must be answered.
    pub(crate) fn required(&self, cell: &Cell<'_>, question: &Question) -> bool {
        question.required.as_ref().is_some_and(|r| self.evaluate(r, cell.node, cell.scope).truth())
    }
}

fn fault_of_type(state: &State<'_>, cell: &Cell<'_>, question: &Question, text: &str) -> Option<FaultKind> {
    let of_type = |holds: bool| if holds { None } else { Some(FaultKind::NotOfType) };
    match &question.answer {
        AnswerType::Text => of_type(text.chars().count() <= ANSWER_LIMIT),
        AnswerType::Integer => {
            let number = number_of(text);
            of_type(number.is_finite() && number.fract() == 0.0 && number.abs() < 1e15)
        }
        AnswerType::Decimal => of_type(number_of(text).is_finite()),
        AnswerType::Date => of_type(matches!(cell.atom, Atom::Date(_))),
        AnswerType::Time => of_type(matches!(cell.atom, Atom::Time(_))),
        AnswerType::DateTime => of_type(matches!(cell.atom, Atom::DateTime(_))),
        AnswerType::Geopoint => of_type(geo::points(text).is_some_and(|points| points.len() == 1)),
        AnswerType::Image | AnswerType::Audio | AnswerType::File => {
            of_type(text.parse::<crate::id::Digest>().is_ok())
        }
        AnswerType::Acknowledge => of_type(text == ACKNOWLEDGED),
        AnswerType::Range { start, end, step } => {
            let number = number_of(text);
            if !number.is_finite() {
                return Some(FaultKind::NotOfType);
            }
            let steps = (number - start) / step;
            let on_a_step = (steps - steps.round()).abs() < 1e-9;
            let inside = (*start..=*end).contains(&number) && on_a_step;
            if inside { None } else { Some(FaultKind::OutOfRange) }
        }
        AnswerType::SelectOne(_) | AnswerType::SelectMultiple(_) | AnswerType::Rank(_) => {
            fault_of_choice(state, cell, &question.answer, text)
        }
        AnswerType::Note | AnswerType::Calculate | AnswerType::Hidden => None,
    }
}

fn fault_of_choice(state: &State<'_>, cell: &Cell<'_>, answer: &AnswerType, text: &str) -> Option<FaultKind> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let all = words.len();
    words.sort_unstable();
    words.dedup();
    let once = words.len() == all;
    let many = match answer {
        AnswerType::SelectOne(_) => all == 1,
        // Everything that is offered, each once.
        AnswerType::Rank(_) => all == state.choices(cell, None).count(),
        _ => true,
    };
    let known = |word: &&str| state.choices(cell, Some(word)).next().is_some();
    if once && many && words.iter().all(known) { None } else { Some(FaultKind::NotOffered) }
}

/// What an acknowledged question keeps (ODK's word for it).
pub const ACKNOWLEDGED: &str = "OK";
