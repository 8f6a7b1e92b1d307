//! The way back: what the answers of an interview were before each change since the store was opened.
//!
//! In memory alone. After a kill there is nothing to take back, and nothing that was erased lives on in a log.

use blon_core::id::StoryId;
use blon_core::questionnaire::answers::Answers;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Steps back that are kept for one interview.
const KEPT: usize = 50;

/// What is typed after a rest of this length is another step: nobody wants twenty minutes taken back at once.
const REST: Duration = Duration::from_secs(15);

/// One change, with what was before it.
#[derive(Debug, Clone)]
pub struct Step {
    /// Which answer was changed.
    pub path: String,
    /// All answers before that.
    pub before: Answers,
    /// When something was typed there last; `None` for what is not typed, or once the page was turned.
    typed: Option<Instant>,
}

impl Step {
    /// A change that comes now. What is typed is saved every few letters.
    pub fn new(path: &str, before: Answers, typed: bool) -> Self {
        Step { path: path.to_owned(), before, typed: typed.then(Instant::now) }
    }

    fn goes_on(&self, next: &Step) -> bool {
        let rested = |(last, now): (Instant, Instant)| now.duration_since(last) > REST;
        self.path == next.path && self.typed.zip(next.typed).is_some_and(|times| !rested(times))
    }
}

/// The steps of every interview.
#[derive(Debug, Default)]
pub struct Steps(BTreeMap<StoryId, Vec<Step>>);

impl Steps {
    /// Remembers a change that was kept.
    pub fn add(&mut self, story: StoryId, step: Step) {
        let steps = self.0.entry(story).or_default();
        if let Some(last) = steps.last_mut().filter(|last| last.goes_on(&step)) {
            last.typed = step.typed;
            return;
        }
        if steps.len() == KEPT {
            steps.remove(0);
        }
        steps.push(step);
    }

    /// The page was turned: what is typed now is another step.
    pub fn turn(&mut self, story: StoryId) {
        if let Some(last) = self.0.get_mut(&story).and_then(|steps| steps.last_mut()) {
            last.typed = None;
        }
    }

    /// The last step of an interview.
    pub fn last(&self, story: StoryId) -> Option<&Step> {
        self.0.get(&story)?.last()
    }

    /// The last step was taken back.
    pub fn take_back(&mut self, story: StoryId) {
        if let Some(steps) = self.0.get_mut(&story) {
            steps.pop();
        }
    }

    /// Forgets the steps of an interview: it is another draft now, or what they name was erased.
    pub fn forget(&mut self, story: StoryId) {
        self.0.remove(&story);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_typed_in_one_go_is_one_step_and_a_turned_page_begins_another() {
        let (mut steps, story) = (Steps::default(), StoryId(Uuid::nil()));
        let mut typed = |words: &str, path: &str| {
            let mut before = Answers::default();
            before.set("a", words);
            steps.add(story, Step::new(path, before, true));
            steps.0[&story].len()
        };
        assert_eq!((typed("", "a"), typed("O", "a"), typed("On", "a")), (1, 1, 1));
        assert_eq!((typed("On", "b"), typed("On", "a")), (2, 3));
        steps.turn(story);
        steps.add(story, Step::new("a", Answers::default(), true));
        assert_eq!(steps.0[&story].len(), 4);
        steps.take_back(story);
        assert_eq!(steps.last(story).unwrap().path, "a");
        steps.forget(story);
        assert!(steps.last(story).is_none());
    }
}
