//! What the collector sees of the stories on this device: everything here is derived from records and drafts.

use crate::error::Result;
use crate::store::{RecordState, StoredRecord, Tx};
use crate::view::{Receipt, StoryLine, StoryView};
use crate::writing::not_found;
use crate::{Device, count};
use blon_core::fold::{Folded, Standing, Status, fold};
use blon_core::id::{Digest, StoryId};
use blon_core::record::Act;
use blon_core::story::Story;
use std::collections::{BTreeMap, BTreeSet};

impl Device {
    /// Every story on this device, the newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn stories(&self) -> Result<Vec<StoryLine>> {
        self.store.read(|tx| {
            let mut by_story: BTreeMap<StoryId, Vec<StoredRecord>> = BTreeMap::new();
            for stored in tx.records()? {
                by_story.entry(stored.record.story).or_default().push(stored);
            }
            for id in tx.draft_ids()? {
                by_story.entry(id).or_default();
            }
            let mut lines = Vec::with_capacity(by_story.len());
            for (id, records) in by_story.into_iter().rev() {
                lines.extend(Told::read(tx, id, &records)?.map(|told| told.line()));
            }
            Ok(lines)
        })
    }

    /// One story in the list.
    ///
    /// # Errors
    /// `story_not_found`.
    pub fn story_line(&self, id: StoryId) -> Result<StoryLine> {
        self.store.read(|tx| {
            let told = Told::read(tx, id, &tx.records_of(id)?)?.ok_or_else(|| not_found(id))?;
            Ok(told.line())
        })
    }

    /// One story, whole.
    ///
    /// # Errors
    /// `story_not_found`.
    pub fn story(&self, id: StoryId) -> Result<StoryView> {
        self.store.read(|tx| {
            let told = Told::read(tx, id, &tx.records_of(id)?)?.ok_or_else(|| not_found(id))?;
            let folded = told.folded.as_ref();
            Ok(StoryView {
                line: told.line(),
                identity: tx.identity(id)?,
                revisions: folded.map_or(0, |f| count(f.revisions.len())),
                decisions: folded.map(|f| f.decisions.clone()).unwrap_or_default(),
                open_comments: folded
                    .map(|f| f.open_comments().into_iter().cloned().collect())
                    .unwrap_or_default(),
                conflicts: folded.map(|f| f.conflicts.clone()).unwrap_or_default(),
                story: told.story,
            })
        })
    }
}

/// The story as people here see it: without what headquarters refused, unless that is all there is.
pub(crate) fn fold_live(id: StoryId, records: &[StoredRecord]) -> Option<Folded> {
    let live = records.iter().filter(|r| r.state.is_live()).map(|r| &r.record);
    fold(id, live).or_else(|| fold(id, records.iter().map(|r| &r.record)))
}

/// The files that the revisions among these records name.
pub(crate) fn named_files<'r>(records: impl Iterator<Item = &'r StoredRecord>) -> BTreeSet<Digest> {
    let mut named = BTreeSet::new();
    for stored in records {
        if let Act::Finalise { story, .. } = &stored.record.act {
            named.extend(story.files().map(|f| f.sha256.clone()));
        }
    }
    named
}

/// A story with all that its line in the list is derived from.
struct Told {
    id: StoryId,
    story: Story,
    folded: Option<Folded>,
    draft: bool,
    receipt: Receipt,
}

impl Told {
    /// `None` where there is neither a draft nor a revision: a decision alone is nothing to show.
    fn read(tx: &Tx, id: StoryId, records: &[StoredRecord]) -> Result<Option<Told>> {
        let folded = fold_live(id, records);
        let draft = tx.draft(id)?;
        let signed_off = folded.as_ref().and_then(|f| f.current()).map(|r| r.story.clone());
        let has_draft = draft.is_some();
        let Some(story) = signed_off.or_else(|| draft.map(|d| d.content)) else { return Ok(None) };
        let receipt = receipt(tx, &story, records)?;
        Ok(Some(Told { id, story, folded, draft: has_draft, receipt }))
    }

    fn line(&self) -> StoryLine {
        let standing = self.folded.as_ref().map(|f| f.standing);
        StoryLine {
            id: self.id,
            status: standing.map_or(Status::Draft, |s| status(s, &self.receipt)),
            title: self.story.title.clone(),
            levels: self.story.levels(),
            commune: self.story.context.commune.clone(),
            village: self.story.context.village.clone(),
            date: self.story.context.date,
            changes: count(self.story.changes.len()),
            draft: self.draft,
            comments: self.folded.as_ref().map_or(0, |f| count(f.open_comments().len())),
            receipt: self.receipt.clone(),
        }
    }
}

fn status(standing: Standing, receipt: &Receipt) -> Status {
    let whole =
        receipt.texts_waiting == 0 && receipt.refused.is_none() && receipt.files == receipt.files_confirmed;
    standing.status(whole)
}

/// What headquarters has of the story, from its own acknowledgements only.
fn receipt(tx: &Tx, story: &Story, records: &[StoredRecord]) -> Result<Receipt> {
    let mut receipt = Receipt::default();
    for stored in records {
        match &stored.state {
            RecordState::Waiting if matches!(stored.record.act, Act::Finalise { .. }) => {
                receipt.texts_waiting += 1;
            }
            RecordState::Refused(problem) => receipt.refused = Some(problem.clone()),
            _ => {}
        }
    }
    for file in story.files() {
        receipt.files += 1;
        receipt.files_confirmed += u32::from(tx.confirmed(&file.sha256)?);
    }
    Ok(receipt)
}
