//! What was answered, as text by key: the form in which a draft keeps it, whatever the questionnaire becomes.
//!
//! Every answer is text, as in XForms: `2022-09-14`, `gra women` for two choices, `12.65 -8.02 340 5` for a
//! place. So an answer survives a question that changes its type, moves to another group or goes away.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// The answers of one repetition, or of the whole outside of repetitions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct Answers {
    /// By the question's key. A question without an answer is not there.
    pub given: BTreeMap<String, String>,
    /// By the repeat's key, in order.
    pub repeats: BTreeMap<String, Vec<Repetition>>,
}

/// One repetition, such as one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Repetition {
    /// Stable, however the repetitions are ordered.
    pub id: Uuid,
    /// What was answered in it.
    #[serde(default)]
    pub answers: Answers,
}

impl Answers {
    /// Keeps an answer; an empty one is none.
    pub fn set(&mut self, key: &str, answer: &str) {
        if answer.is_empty() {
            self.given.remove(key);
        } else {
            self.given.insert(key.to_owned(), answer.to_owned());
        }
    }

    /// The answer of this key; empty where there is none.
    pub fn get(&self, key: &str) -> &str {
        self.given.get(key).map_or("", String::as_str)
    }

    /// Adds the answers of another set where there are none, repetition by repetition.
    pub fn add_missing(&mut self, more: &Answers) {
        for (key, answer) in &more.given {
            self.given.entry(key.clone()).or_insert_with(|| answer.clone());
        }
        for (key, repetitions) in &more.repeats {
            let own = self.repeats.entry(key.clone()).or_default();
            for repetition in repetitions {
                match own.iter_mut().find(|one| one.id == repetition.id) {
                    Some(one) => one.answers.add_missing(&repetition.answers),
                    None => own.push(repetition.clone()),
                }
            }
        }
    }

    /// Whether there is neither an answer nor a repetition.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.repeats.values().all(Vec::is_empty)
    }
}
