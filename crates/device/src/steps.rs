//! The way back: what the answers of an interview were before each change since the store was opened.
//!
//! In memory alone. After a kill there is nothing to take back, and nothing that was erased lives on in a log.

use blon_core::id::StoryId;
use blon_core::questionnaire::answers::Answers;
use std::collections::BTreeMap;

/// Steps back that are kept for one interview.
const KEPT: usize = 50;

/// One change, with what was before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which answer was changed.
    pub path: String,
    /// All answers before that.
    pub before: Answers,
}

/// The steps of every interview.
#[derive(Debug, Default)]
pub struct Steps(BTreeMap<StoryId, Vec<Step>>);

impl Steps {
    /// Remembers what was before a change. What is typed is saved every few letters: that is one step.
    pub fn add(&mut self, story: StoryId, path: &str, before: Answers, typed: bool) {
        let steps = self.0.entry(story).or_default();
        if typed && steps.last().is_some_and(|last| last.path == path) {
            return;
        }
        if steps.len() == KEPT {
            steps.remove(0);
        }
        steps.push(Step { path: path.to_owned(), before });
    }

    /// Takes the last step of an interview away and gives it.
    pub fn take_back(&mut self, story: StoryId) -> Option<Step> {
        self.0.get_mut(&story)?.pop()
    }

    /// Whether there is a step to take back.
    pub fn any(&self, story: StoryId) -> bool {
        self.0.get(&story).is_some_and(|steps| !steps.is_empty())
    }

    /// Forgets the steps of an interview.
    pub fn forget(&mut self, story: StoryId) {
        self.0.remove(&story);
    }
}
