//! An interview as a screen asks it: on a device, and in the preview of whoever writes the questionnaire.

use super::answers::Answers;
use super::form::Questionnaire;
use super::mapping::FACE;
use super::outline::{Outline, outline};
use super::paths;
use super::show::{Item, LeftOver};
use super::state::{State, Surroundings};
use crate::coach::{Advice, advise};
use crate::evidence::FileRef;
use crate::fold::Thread;
use crate::gaps::Gap;
use crate::id::StoryId;
use crate::joining::Clash;
use crate::leaks::{Leak, leaks_among};
use crate::story::Story;
use serde::Serialize;
use ts_rs::TS;

/// What stands for the page after the last question: reading the story over. No answer has this path.
pub const REVIEW: &str = "*";

/// An interview as a screen asks it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Asked {
    /// Which story.
    pub id: StoryId,
    /// Whether it is practice.
    pub training: bool,
    /// What is asked now, in order.
    pub items: Vec<Item>,
    /// The same as pages and sections.
    pub outline: Outline,
    /// The page where the collector was, by its path; `*` for reading over, empty where nothing is asked.
    pub page: String,
    /// Answers that no question asks for any more; kept, and shown apart.
    pub left_over: Vec<LeftOver>,
    /// Files that are kept for questions that are not asked now, such as a recording after its agreement was taken back.
    pub unasked_files: Vec<LeftOver>,
    /// What still holds the story back, beside what the items say.
    pub gaps: Vec<Gap>,
    /// What the story lacks, and what to ask next; holds nothing back.
    pub advice: Vec<Advice>,
    /// What of the answers tells who told it, or looks like it; holds nothing back.
    pub leaks: Vec<Leak>,
    /// What is known of the files among all answers.
    pub files: Vec<FileRef>,
    /// Whether there is a step to take back.
    pub can_undo: bool,
    /// The threads that it answers to.
    pub comments: Vec<Thread>,
    /// Where two revisions that it joins say otherwise: both texts stand in it, and of two choices one.
    pub clashes: Vec<Clash>,
    /// Whether headquarters has who told it already, sealed: an answer that is left empty there changes nothing.
    pub sealed: bool,
    /// Whether what is masked is sealed to somebody; else it stays where the interview is kept.
    pub sealable: bool,
    /// Whether an earlier revision was signed off.
    pub correcting: bool,
    /// The collector's note on a correction.
    pub note: String,
}

impl Asked {
    /// What is asked over these answers, which tell this story, to somebody who stands at `at`. What an interview has beside
    /// its answers is left empty. `sealed`: headquarters has who told it already.
    pub fn of(
        id: StoryId,
        questionnaire: &Questionnaire,
        answers: &Answers,
        story: &Story,
        surroundings: &Surroundings,
        at: &str,
        sealed: bool,
    ) -> Self {
        let mut items = State::of(questionnaire, answers, surroundings).items();
        if sealed {
            known_sealed(&mut items);
        }
        let outline = outline(&items);
        let page = match at {
            REVIEW => REVIEW.to_owned(),
            at => outline.page_of(&items, at).map(|page| page.path.clone()).unwrap_or_default(),
        };
        let mut unasked_files = paths::files(answers);
        unasked_files.retain(|file| !items.iter().any(|item| item.path == file.path));
        let photographed = items.iter().any(|item| item.fills == FACE && !item.answer.is_empty());
        let mut gaps = story.gaps();
        gaps.extend(story.consent.face_gap(photographed));
        Asked {
            id,
            training: story.training,
            page,
            outline,
            left_over: questionnaire.left_over(answers),
            unasked_files,
            gaps,
            advice: advise(story, &items),
            leaks: leaks_among(&items, story),
            items,
            files: Vec::new(),
            can_undo: false,
            comments: Vec::new(),
            clashes: Vec::new(),
            sealed,
            sealable: false,
            correcting: false,
            note: String::new(),
        }
    }
}

/// Where headquarters has who told a story, sealed, nobody need say it again: an empty answer there is none that is missing.
pub fn known_sealed(items: &mut [Item]) {
    for item in items.iter_mut().filter(|item| item.fills.starts_with("identity.") && item.answer.is_empty())
    {
        item.required = false;
        item.fault = None;
    }
}
