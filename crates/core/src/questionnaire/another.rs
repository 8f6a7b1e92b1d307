//! The answers that a new interview may begin with where it resembles one that was held.

use super::answers::{Answers, Repetition};
use super::form::{Bound, Kind, NodeIndex, Questionnaire};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The parts of a story that are about what was told and where, and not about who told it or what they agreed to.
const TAKEN_OVER: &[&str] = &["title", "context.", "narrative."];

impl Questionnaire {
    /// What an interview with somebody else may take over: what fills a story's place, its telling and its changes.
    /// Everything else is left out, above all consent, who told it, the day, wishes, notes and files. Repetitions get
    /// new ids.
    pub fn for_another(&self, answers: &Answers, new_id: &mut impl FnMut() -> Uuid) -> Answers {
        let mut taken = BTreeSet::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let told = node.frame != 0 || TAKEN_OVER.iter().any(|part| node.maps_to.starts_with(part));
            let Some(question) = node.question().filter(|question| !question.answer.is_file()) else {
                continue;
            };
            if node.maps_to.is_empty() || node.maps_to == "context.date" || !told {
                continue;
            }
            taken.insert(index);
            // A field that is computed is asked by the questions that its calculation names.
            let named = question.calculation.iter().flat_map(|calculation| calculation.references());
            taken.extend(named.filter_map(|reference| match reference {
                Bound::Node { node, .. } => Some(*node),
                Bound::Here | Bound::Column(_) => None,
            }));
        }
        self.taken_over(0, answers, &taken, new_id)
    }

    fn taken_over(
        &self,
        frame: NodeIndex,
        answers: &Answers,
        taken: &BTreeSet<NodeIndex>,
        new_id: &mut impl FnMut() -> Uuid,
    ) -> Answers {
        let mut found = Answers::default();
        for (key, answer) in &answers.given {
            if self.keyed(key, frame).is_some_and(|index| taken.contains(&index)) {
                found.set(key, answer);
            }
        }
        for (key, repetitions) in &answers.repeats {
            let repeat = self.keyed(key, frame).filter(|r| matches!(self.node(*r).kind, Kind::Repeat { .. }));
            let Some(repeat) = repeat else { continue };
            let repetitions = repetitions.iter().map(|repetition| Repetition {
                id: new_id(),
                answers: self.taken_over(repeat, &repetition.answers, taken, new_id),
            });
            found.repeats.insert(key.clone(), repetitions.collect());
        }
        found
    }
}
