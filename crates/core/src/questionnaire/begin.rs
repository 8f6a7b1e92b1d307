//! The answers that a questionnaire begins with: the column `default`, which counts once, when the interview or
//! the repetition begins, and never again.

use super::answers::{Answers, Repetition};
use super::form::{Kind, NodeIndex, Questionnaire};
use super::state::{State, Surroundings};
use uuid::Uuid;

/// One step on the way to a repetition: the repeat's key, and which of its repetitions.
pub type Step<'p> = (&'p str, Uuid);

impl Questionnaire {
    /// The answers of an interview that begins now.
    pub fn begin(&self, surroundings: &Surroundings) -> Answers {
        let mut answers = Answers::default();
        let defaults = self.defaults(&answers, 0, Uuid::nil(), surroundings);
        defaults.into_iter().for_each(|(key, answer)| answers.set(&key, &answer));
        answers
    }

    /// Adds a repetition at the end of the repeat of this key, in the repetition that `path` leads to (empty: in
    /// the whole). Gives whether there is such a repeat there.
    pub fn add_repetition(
        &self,
        answers: &mut Answers,
        path: &[Step],
        key: &str,
        id: Uuid,
        surroundings: &Surroundings,
    ) -> bool {
        let is_it = |node: &&super::form::Node| node.key == key && matches!(node.kind, Kind::Repeat { .. });
        let Some(repeat) = self.nodes.iter().position(|node| is_it(&node)) else { return false };
        let Some(inside) = repetition(answers, path) else { return false };
        inside
            .repeats
            .entry(key.to_owned())
            .or_default()
            .push(Repetition { id, answers: Answers::default() });
        let defaults = self.defaults(answers, repeat, id, surroundings);
        let whole_path = [path, &[(key, id)]].concat();
        if let Some(inside) = repetition(answers, &whole_path) {
            defaults.into_iter().for_each(|(key, answer)| inside.set(&key, &answer));
        }
        true
    }

    /// What the defaults of this frame come to, by key, in the repetition of this id.
    fn defaults(
        &self,
        answers: &Answers,
        frame: NodeIndex,
        id: Uuid,
        surroundings: &Surroundings,
    ) -> Vec<(String, String)> {
        let state = State::of(self, answers, surroundings);
        let here = state.scopes.iter().rposition(|scope| scope.frame == frame && scope.id == id);
        let Some(scope) = here else { return Vec::new() };
        let in_frame = self.nodes.iter().enumerate().skip(1).filter(|(_, node)| node.frame == frame);
        in_frame
            .filter_map(|(index, node)| {
                let default = node.question()?.default.as_ref()?;
                Some((node.key.clone(), state.evaluate(default, index, scope).into_text().into_owned()))
            })
            .collect()
    }
}

/// The answers of the repetition that a path leads to.
pub fn repetition<'a>(answers: &'a mut Answers, path: &[Step]) -> Option<&'a mut Answers> {
    let mut here = answers;
    for (key, id) in path {
        let repetitions = here.repeats.get_mut(*key)?;
        here = &mut repetitions.iter_mut().find(|repetition| repetition.id == *id)?.answers;
    }
    Some(here)
}
