//! The answers that a new interview may begin with where it resembles one that was held.

use super::answers::Answers;
use super::form::{Kind, NodeIndex, Questionnaire};
use crate::id::Digest;
use std::collections::BTreeSet;
use uuid::Uuid;

impl Questionnaire {
    /// What an interview with somebody else may take over. Consent is everybody's own, so the groups that ask for it
    /// are left out whole; so are who told it, the day, and files. Repetitions get new ids.
    pub fn for_another(&self, answers: &Answers, new_id: &mut impl FnMut() -> Uuid) -> Answers {
        let mut left_out = BTreeSet::new();
        for (index, node) in self.nodes.iter().enumerate() {
            if node.maps_to.starts_with("consent.") {
                left_out.extend(self.beneath(node.parent));
            }
            let own = node.maps_to.starts_with("identity.") || node.maps_to == "context.date";
            if own || node.question().is_some_and(|question| question.answer.is_file()) {
                left_out.insert(index);
            }
        }
        self.taken_over(0, answers, &left_out, new_id)
    }

    /// Everything that stands in a group, at any depth; nothing for the whole.
    fn beneath(&self, group: NodeIndex) -> Vec<NodeIndex> {
        if group == 0 {
            return Vec::new();
        }
        let children = self.children(group).iter();
        children.flat_map(|child| [vec![*child], self.beneath(*child)].concat()).collect()
    }

    fn taken_over(
        &self,
        frame: NodeIndex,
        answers: &Answers,
        left_out: &BTreeSet<NodeIndex>,
        new_id: &mut impl FnMut() -> Uuid,
    ) -> Answers {
        let mut taken = Answers::default();
        for (key, answer) in &answers.given {
            let known = self.keyed(key, frame).is_some_and(|index| !left_out.contains(&index));
            if known && answer.parse::<Digest>().is_err() {
                taken.set(key, answer);
            }
        }
        for (key, repetitions) in &answers.repeats {
            let repeat = self.keyed(key, frame).filter(|index| !left_out.contains(index));
            let Some(repeat) = repeat.filter(|r| matches!(self.node(*r).kind, Kind::Repeat { .. })) else {
                continue;
            };
            let repetitions = repetitions.iter().map(|repetition| super::answers::Repetition {
                id: new_id(),
                answers: self.taken_over(repeat, &repetition.answers, left_out, new_id),
            });
            taken.repeats.insert(key.clone(), repetitions.collect());
        }
        taken
    }
}
