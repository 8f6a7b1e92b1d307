//! What the collector sees of the stories on this device: everything here is derived from records and drafts.

use crate::error::{Error, Result};
use crate::reviewing::refresh_review;
use crate::store::{LineRow, RecordState, StoredRecord, Tx};
use crate::view::{FileReceipt, Receipt, Shelf, StoriesFound, StoryLine, StoryQuery, StoryView};
use crate::writing::not_found;
use crate::{Device, count};
use blon_core::evidence::FileRef;
use blon_core::fold::{Folded, Standing, Status, fold};
use blon_core::id::StoryId;
use blon_core::record::Act;
use blon_core::search::words_of;
use blon_core::story::Story;
use blon_core::withdrawal::WithdrawalCode;

impl Device {
    /// The stories that a query asks for.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn find_stories(&self, query: &StoryQuery) -> Result<StoriesFound> {
        match self.refresh() {
            Err(Error::DiskFull | Error::DamageMet(_)) => {
                return self.store.read(|tx| without_index(tx, query));
            }
            refreshed => refreshed?,
        }
        let found = self
            .store
            .read(|tx| Ok(StoriesFound { lines: tx.lines(query)?, counts: tx.count_lines(query)? }));
        match found {
            Err(Error::DamageMet(_)) => self.store.read(|tx| without_index(tx, query)),
            found => found,
        }
    }

    /// Makes the lines anew whose stories have changed.
    pub(crate) fn refresh(&self) -> Result<()> {
        if self.store.read(|tx| tx.stale())?.is_empty() {
            return Ok(());
        }
        self.store.write(|tx| tx.stale()?.into_iter().try_for_each(|id| refresh(tx, id)))
    }

    /// Every story on this device, practice after those that count.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn stories(&self) -> Result<Vec<StoryLine>> {
        self.stories_with("")
    }

    /// Those of them that have these words: beginnings, in any order, accents or none.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn stories_with(&self, words: &str) -> Result<Vec<StoryLine>> {
        let all = |training| StoryQuery {
            training,
            words: words.to_owned(),
            count: u32::MAX,
            ..StoryQuery::default()
        };
        let mut lines = self.find_stories(&all(false))?.lines;
        lines.extend(self.find_stories(&all(true))?.lines);
        Ok(lines)
    }

    /// One story in the list.
    ///
    /// # Errors
    /// `story_not_found`.
    pub fn story_line(&self, id: StoryId) -> Result<StoryLine> {
        self.store.read(|tx| {
            let seen = Seen::read(tx, id, &tx.records_of(id)?)?.ok_or_else(|| not_found(id))?;
            Ok(seen.line())
        })
    }

    /// One story, whole.
    ///
    /// # Errors
    /// `story_not_found`.
    pub fn story(&self, id: StoryId) -> Result<StoryView> {
        self.store.read(|tx| {
            let seen = Seen::read(tx, id, &tx.records_of(id)?)?.ok_or_else(|| not_found(id))?;
            let folded = seen.folded.as_ref();
            Ok(StoryView {
                line: seen.line(),
                apart: folded.map(apart).unwrap_or_default(),
                identity: tx.identity(id)?,
                storyteller: id.storyteller(),
                withdrawal: WithdrawalCode::of(id),
                revisions: folded.map_or(0, |f| count(f.revisions.len())),
                decisions: folded.map(|f| f.decisions.clone()).unwrap_or_default(),
                threads: folded.map(|f| f.threads.clone()).unwrap_or_default(),
                open_comments: folded
                    .map(|f| f.open_comments().into_iter().cloned().collect())
                    .unwrap_or_default(),
                conflicts: folded.map(|f| f.conflicts.clone()).unwrap_or_default(),
                files: file_receipts(tx, &seen.story)?,
                story: seen.story,
            })
        })
    }
}

/// The story as people here see it: without what headquarters refused, unless that is all there is.
pub(crate) fn fold_live(id: StoryId, records: &[StoredRecord]) -> Option<Folded> {
    let live = records.iter().filter(|r| r.state.is_live()).map(|r| &r.record);
    fold(id, live).or_else(|| fold(id, records.iter().map(|r| &r.record)))
}

/// The newest contents that are not the one shown.
fn apart(folded: &Folded) -> Vec<Story> {
    let shown = folded.current().map(|revision| revision.id);
    let others = folded.heads.iter().filter(|head| Some(**head) != shown);
    others.filter_map(|head| folded.revision(*head)).map(|revision| revision.story.clone()).collect()
}

/// A story with all that its line in the list is derived from.
struct Seen {
    id: StoryId,
    story: Story,
    folded: Option<Folded>,
    /// What an open draft or correction says.
    written: Option<Story>,
    receipt: Receipt,
}

impl Seen {
    /// `None` where there is neither a draft nor a revision: a decision alone is nothing to show.
    fn read(tx: &Tx, id: StoryId, records: &[StoredRecord]) -> Result<Option<Seen>> {
        let folded = fold_live(id, records);
        let draft = tx.draft(id)?;
        let signed_off = folded.as_ref().and_then(|f| f.current()).map(|r| r.story.clone());
        let written = draft.map(|d| d.content);
        let Some(story) = signed_off.or_else(|| written.clone()) else { return Ok(None) };
        let receipt = receipt(tx, &story, records)?;
        Ok(Some(Seen { id, story, folded, written, receipt }))
    }

    fn line(&self) -> StoryLine {
        let standing = self.folded.as_ref().map(|f| f.standing);
        let status = standing.map_or(Status::Draft, |s| status(s, &self.receipt));
        StoryLine {
            id: self.id,
            training: self.story.training,
            shelf: self.shelf(status),
            status,
            title: self.story.title.clone(),
            levels: self.story.levels(),
            commune: self.story.context.commune.clone(),
            village: self.story.context.village.clone(),
            date: self.story.context.date,
            changes: count(self.story.changes.len()),
            draft: self.written.is_some(),
            comments: self.folded.as_ref().map_or(0, |f| count(f.open_comments().len())),
            receipt: self.receipt.clone(),
        }
    }

    fn shelf(&self, status: Status) -> Shelf {
        let receipt = &self.receipt;
        let waits = receipt.texts_waiting > 0 || receipt.files > receipt.files_confirmed;
        let asked = self.folded.as_ref().is_some_and(|folded| !folded.open_comments().is_empty());
        if status == Status::Returned || asked {
            Shelf::Returned
        } else if self.written.is_some() {
            Shelf::Drafts
        } else if waits || receipt.refused.is_some() {
            Shelf::Waiting
        } else {
            Shelf::There
        }
    }
}

/// On a full disk the index cannot be brought up to date, and a damaged one cannot be read; a list is wanted all the
/// same: nobody can free space without seeing what there is. Slow, and the words that were looked for count for nothing.
fn without_index(tx: &Tx, query: &StoryQuery) -> Result<StoriesFound> {
    let mut lines = Vec::new();
    for id in tx.story_ids()?.into_iter().rev() {
        lines.extend(Seen::read(tx, id, &tx.records_of(id)?)?.map(|seen| seen.line()));
    }
    lines.retain(|line| {
        line.training == query.training
            && query.status.is_none_or(|status| line.status == status)
            && query.level.is_none_or(|level| line.levels.contains(&level))
            && (query.commune.is_empty() || line.commune == query.commune)
    });
    lines.sort_by_key(|line| line.shelf);
    let on = |shelf| (shelf, count(lines.iter().filter(|line| line.shelf == shelf).count()));
    let counts = Shelf::ALL.into_iter().map(on).filter(|(_, count)| *count > 0).collect();
    Ok(StoriesFound { counts, lines: lines.into_iter().take(query.count as usize).collect() })
}

/// Makes the line of a story anew.
fn refresh(tx: &Tx, id: StoryId) -> Result<()> {
    let seen = Seen::read(tx, id, &tx.records_of(id)?)?;
    let row = seen.map(|seen| {
        // A correction is looked for by what it says now.
        LineRow { line: seen.line(), words: words_of(seen.written.as_ref().unwrap_or(&seen.story)) }
    });
    tx.put_line(id, row.as_ref())?;
    refresh_review(tx, id)
}

fn status(standing: Standing, receipt: &Receipt) -> Status {
    let whole =
        receipt.texts_waiting == 0 && receipt.refused.is_none() && receipt.files == receipt.files_confirmed;
    standing.status(whole)
}

/// Where each file of a story is.
fn file_receipts(tx: &Tx, story: &Story) -> Result<Vec<FileReceipt>> {
    let receipt = |file: &FileRef| {
        let standing = tx.file_standing(&file.sha256)?;
        let have = if standing.confirmed { file.bytes } else { standing.have };
        Ok(FileReceipt { file: file.clone(), have, confirmed: standing.confirmed, here: standing.here })
    };
    story.files().map(receipt).collect()
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
        receipt.files_confirmed += u32::from(tx.file_standing(&file.sha256)?.confirmed);
    }
    Ok(receipt)
}
