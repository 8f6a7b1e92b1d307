//! Which answers beyond the model leave headquarters.

use super::files::Media;
use super::{Because, Gate};
use crate::id::Digest;
use crate::questionnaire::answers::{Answers, Repetition};
use crate::questionnaire::expression::value::Atom;
use crate::questionnaire::form::{AnswerType, Kind, NodeIndex, Questionnaire};
use std::collections::BTreeMap;

impl Gate<'_> {
    /// The answers that may leave. `kept` are the files that may not.
    pub(super) fn answers(&mut self, answers: Answers, kept: &BTreeMap<Digest, Because>) -> Answers {
        self.frame(Some(0), answers, kept)
    }

    /// Those of one frame; `None` for a repeat that is not asked any more.
    fn frame(
        &mut self,
        frame: Option<NodeIndex>,
        answers: Answers,
        kept: &BTreeMap<Digest, Because>,
    ) -> Answers {
        let questionnaire = self.questionnaire;
        let asked = |key: &str| {
            let (questionnaire, frame) = (questionnaire?, frame?);
            Some((questionnaire, questionnaire.keyed(key, frame)?))
        };
        let mut leaving = Answers::default();
        for (key, answer) in answers.given {
            match self.refuses_answer(asked(&key), &answer, kept) {
                Some(because) => self.keep(&format!("answers.{key}"), because),
                None => leaving.set(&key, &answer),
            }
        }
        for (key, repetitions) in answers.repeats {
            let repeat = asked(&key)
                .filter(|(asked, index)| matches!(asked.node(*index).kind, Kind::Repeat { .. }))
                .map(|(_, index)| index);
            let inside = repetitions
                .into_iter()
                .map(|one| Repetition { id: one.id, answers: self.frame(repeat, one.answers, kept) });
            let inside: Vec<Repetition> = inside.collect();
            if repeat.is_some() {
                leaving.repeats.insert(key, inside);
            }
        }
        leaving
    }

    /// Why an answer may not leave. `asked` is the question, where there still is one.
    fn refuses_answer(
        &self,
        asked: Option<(&Questionnaire, NodeIndex)>,
        answer: &str,
        kept: &BTreeMap<Digest, Because>,
    ) -> Option<Because> {
        let Some((questionnaire, node)) = asked.map(|(q, index)| (q, q.node(index))) else {
            return Some(Because::NotAsked);
        };
        let Some(question) = node.question() else { return Some(Because::NotAsked) };
        if node.maps_to.starts_with("identity.") {
            return Some(Because::Identity);
        }
        if question.answer == AnswerType::Geopoint || reads_as_a_place(answer) {
            return Some(Because::Place);
        }
        if question.answer.is_file() {
            let known = answer.parse::<Digest>().ok().and_then(|digest| kept.get(&digest).copied());
            return known.or_else(|| self.refuses(Media::of_answer(&question.answer)));
        }
        let words = self.consent.quote != Some(true) && !is_closed(questionnaire, &question.answer, answer);
        words.then_some(Because::Quote)
    }
}

/// Whether an answer is a choice, a number or a moment, as its question asks today. An answer that does not fit was given when
/// the question was another one: then it is taken for words.
fn is_closed(questionnaire: &Questionnaire, asked: &AnswerType, answer: &str) -> bool {
    let choices = asked.choosing().map(|choosing| questionnaire.choices(choosing)).unwrap_or_default();
    let chosen = |word: &str| choices.iter().any(|choice| choice.name == word);
    match asked {
        AnswerType::SelectOne(_) => chosen(answer),
        AnswerType::SelectMultiple(_) | AnswerType::Rank(_) => answer.split_whitespace().all(chosen),
        AnswerType::Integer
        | AnswerType::Decimal
        | AnswerType::Range { .. }
        | AnswerType::Date
        | AnswerType::Time
        | AnswerType::DateTime => !matches!(asked.atom(answer.into()).0, Atom::Text(_)),
        AnswerType::Acknowledge => matches!(answer, "OK" | "yes" | "true"),
        AnswerType::Text
        | AnswerType::Note
        | AnswerType::Geopoint
        | AnswerType::Image
        | AnswerType::Audio
        | AnswerType::File
        | AnswerType::Calculate
        | AnswerType::Hidden => false,
    }
}

/// Whether an answer is written as a place is: a latitude, a longitude, and perhaps altitude and accuracy. Its question may
/// have asked for one when it was given.
fn reads_as_a_place(answer: &str) -> bool {
    let words: Vec<&str> = answer.split_whitespace().collect();
    let numbers: Vec<f64> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let Some((latitude, longitude)) = numbers.first().zip(numbers.get(1)) else { return false };
    numbers.len() == words.len()
        && words.len() <= 4
        && words.iter().take(2).all(|word| word.contains('.'))
        && latitude.abs() <= 90.0
        && longitude.abs() <= 180.0
}
