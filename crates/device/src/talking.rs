//! What the collector says to the supervisor about a story: without a network, like everything else.

use crate::Device;
use crate::error::{Error, Result};
use crate::stories::fold_live;
use crate::view::StoryView;
use crate::writing::not_found;
use blon_core::error::Code;
use blon_core::fold::Folded;
use blon_core::id::{RecordId, StoryId};
use blon_core::record::Act;
use blon_core::remark::{Comment, ThreadId};
use blon_core::review::may_add;

impl Device {
    /// Answers in a thread. Gives the story as it then stands.
    ///
    /// # Errors
    /// `story_not_found`, `thread_not_found`; `comment_missing` without words; `bad_input` for too many; `disk_full`.
    pub fn reply(&self, id: StoryId, thread: ThreadId, text: &str) -> Result<StoryView> {
        self.say(id, |folded| {
            let found = folded.thread(thread);
            let found =
                found.ok_or_else(|| Error::told(Code::ThreadNotFound, format!("no thread {thread}")))?;
            Ok((found.in_sight(), Act::Reply { thread, text: text.trim().to_owned() }))
        })
    }

    /// Begins a thread about the newest revision. Gives the story as it then stands.
    ///
    /// # Errors
    /// `story_not_found`, `comment_answer_unknown`; `comment_missing` without words; `bad_input` for too many;
    /// `disk_full`.
    pub fn comment(&self, id: StoryId, comment: Comment) -> Result<StoryView> {
        self.say(id, |folded| {
            let about = folded.current().map(|revision| revision.id).into_iter().collect();
            Ok((about, Act::Comment { comment }))
        })
    }

    fn say(
        &self,
        id: StoryId,
        what: impl FnOnce(&Folded) -> Result<(Vec<RecordId>, Act)>,
    ) -> Result<StoryView> {
        let enrolment = self.enrolled()?.enrolment;
        self.store.write(|tx| {
            let folded = fold_live(id, &tx.records_of(id)?).ok_or_else(|| not_found(id))?;
            let (builds_on, act) = what(&folded)?;
            let record = self.record(&enrolment, id, builds_on, act);
            // The same rules as at headquarters: what is kept here will not be refused there.
            may_add(&record, enrolment.role, Some(&folded))?;
            tx.add_record(&record, false)?;
            Ok(())
        })?;
        self.story(id)
    }
}
