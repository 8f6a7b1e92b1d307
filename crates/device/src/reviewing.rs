//! A supervisor's work without a network: the team's stories, what is said of them and decided on them. The same records as
//! those made on headquarters' pages, by the same rules; they go with the next sync.

use crate::Device;
use crate::error::{Error, Result};
use crate::store::{RecordState, StoredRecord, Tx, every_beginning};
use crate::stories::fold_live;
use crate::writing::not_found;
use blon_core::error::Code;
use blon_core::evidence::FileRef;
use blon_core::fold::Folded;
use blon_core::id::{PersonName, RecordId, StoryId};
use blon_core::page::{Decide, RefusedAct, Remark, StoryPage};
use blon_core::protocol::RECORD_BYTES;
use blon_core::queue::{
    EvidenceFile, HasEvidence, QueueOrder, QueueQuery, STORIES_LIMIT, StoryList, StoryRow,
};
use blon_core::record::Act;
use blon_core::review::{Role, may_add};
use blon_core::withdrawal::WithdrawalCode;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The setting that holds whom a supervisor can ask to verify, as headquarters told it.
pub(crate) const VERIFIERS: &str = "verifiers";

impl Device {
    /// The team's stories that a query asks for, page by page.
    ///
    /// # Errors
    /// `bad_input` for a place that no page gave; `disk_full`.
    pub fn review(&self, query: &QueueQuery) -> Result<StoryList> {
        self.refresh()?;
        let place = |text: &str| text.parse::<usize>().ok();
        let begin = if query.after.is_empty() { Some(0) } else { place(&query.after) };
        let begin =
            begin.ok_or_else(|| Error::bad_input("`after` is what an earlier page gave as `next`"))?;
        let most = query.count.clamp(1, STORIES_LIMIT) as usize;
        let all = self.store.read(|tx| tx.review_lines(&every_beginning(&query.words)))?;
        let collectors: BTreeSet<PersonName> = all.iter().map(|(_, row)| row.collector.clone()).collect();
        let mut wanted: Vec<(i64, StoryRow)> = all.into_iter().filter(|(_, row)| wants(query, row)).collect();
        let mut counts = BTreeMap::new();
        wanted.iter().for_each(|(_, row)| *counts.entry(row.status).or_insert(0) += 1);
        wanted.retain(|(_, row)| query.status.is_none_or(|status| row.status == status));
        match query.order {
            QueueOrder::Newest => wanted.sort_by_key(|(arrived, _)| std::cmp::Reverse(*arrived)),
            QueueOrder::Waiting => wanted.sort_by_key(|(arrived, row)| (row.waiting_since, *arrived)),
        }
        let next = (wanted.len() > begin + most).then(|| (begin + most).to_string());
        let stories = wanted.into_iter().skip(begin).take(most).map(|(_, row)| row).collect();
        Ok(StoryList {
            counted_to: None,
            stories,
            counts: counts.into_iter().collect(),
            collectors: collectors.into_iter().collect(),
            next,
        })
    }

    /// One story of the team, whole.
    ///
    /// # Errors
    /// `story_not_found`.
    pub fn review_page(&self, id: StoryId) -> Result<StoryPage> {
        let role = self.enrolled()?.enrolment.role;
        self.store.read(|tx| {
            let folded = fold_live(id, &tx.records_of(id)?).ok_or_else(|| not_found(id))?;
            let row = review_row(tx, &folded)?.ok_or_else(|| not_found(id))?;
            let skews = tx.skews_of(id)?.into_iter().collect();
            let verifiers = tx.setting(VERIFIERS)?.unwrap_or_default();
            let reported = folded.verifications.iter().flat_map(|verification| verification.files());
            let report_files = reported.map(|file| standing_of(tx, file)).collect::<Result<_>>()?;
            let refused = tx.records_of(id)?.into_iter().filter_map(refused).collect();
            Ok(StoryPage { refused, ..StoryPage::of(folded, row, role, &skews, (verifiers, report_files)) })
        })
    }

    /// What headquarters refused of a story has been read. It stays on this device, and asks for nothing more.
    ///
    /// # Errors
    /// `story_not_found`; `disk_full`.
    pub fn set_refused_aside(&self, id: StoryId) -> Result<StoryPage> {
        self.store.write(|tx| {
            tx.set_refused_aside(id)?;
            tx.make_stale(id)
        })?;
        self.review_page(id)
    }

    /// What is being written about a story and was not sent yet, as the screen keeps it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn review_draft(&self, id: StoryId) -> Result<Option<Value>> {
        self.store.read(|tx| tx.setting(&review_draft(id)))
    }

    /// Keeps what is being written about a story; `None` once it is sent. On the disk when this returns.
    ///
    /// # Errors
    /// `story_withdrawn`; `too_large`; `disk_full`.
    pub fn keep_review_draft(&self, id: StoryId, draft: Option<&Value>) -> Result<()> {
        self.store.write(|tx| match draft {
            Some(draft) if draft.to_string().len() > RECORD_BYTES => {
                Err(Error::told(Code::TooLarge, "this is more than can be sent"))
            }
            // The screen may not have heard of it yet.
            Some(_) if tx.is_withdrawn(WithdrawalCode::of(id))? => {
                Err(Error::told(Code::StoryWithdrawn, "its storyteller withdrew this story"))
            }
            Some(draft) => tx.set(&review_draft(id), draft),
            None => tx.forget(&review_draft(id)),
        })
    }

    /// A supervisor's decision. Gives the story as it then stands.
    ///
    /// # Errors
    /// `story_not_found`, `act_not_allowed`, `act_not_now`, `revision_not_newest`, `comment_missing`,
    /// `comment_answer_unknown`, `bad_input`; `disk_full`.
    pub fn decide(&self, id: StoryId, decision: Decide) -> Result<StoryPage> {
        self.act(id, decision.act())
    }

    /// What a supervisor says apart from a decision. Gives the story as it then stands.
    ///
    /// # Errors
    /// As for [`Device::decide`]; `thread_not_found`, `person_not_found`, `record_builds_on_unknown`.
    pub fn remark(&self, id: StoryId, remark: Remark) -> Result<StoryPage> {
        self.act(id, remark.act())
    }

    fn act(&self, id: StoryId, (builds_on, act): (Vec<RecordId>, Act)) -> Result<StoryPage> {
        let enrolment = self.enrolled()?.enrolment;
        self.store.write(|tx| {
            let folded = fold_live(id, &tx.records_of(id)?).ok_or_else(|| not_found(id))?;
            if let Act::AskVerification { verifier, .. } = &act {
                let known: Vec<PersonName> = tx.setting(VERIFIERS)?.unwrap_or_default();
                if !known.contains(verifier) {
                    return Err(Error::told(
                        Code::PersonNotFound,
                        format!("no verifier is called {verifier}"),
                    ));
                }
            }
            let record = self.record(&enrolment, id, builds_on, act);
            // The same rules as at headquarters: what is kept here will not be refused there, unless somebody was first.
            may_add(&record, enrolment.role, Some(&folded))?;
            tx.add_record(&record, false)?;
            Ok(())
        })?;
        self.review_page(id)
    }
}

fn refused(stored: StoredRecord) -> Option<RefusedAct> {
    let RecordState::Refused(problem) = stored.state else { return None };
    let words = stored.record.act.words().into_iter().map(str::to_owned).collect();
    Some(RefusedAct { id: stored.record.id, deed: stored.record.act.deed(), problem, words })
}

/// The setting that holds what is being written about a story.
fn review_draft(id: StoryId) -> String {
    format!("review/{id}")
}

/// Keeps the line of a story for whoever reviews on this device.
pub(crate) fn refresh_review(tx: &Tx, id: StoryId) -> Result<()> {
    if tx.role()? != Some(Role::Supervisor) {
        return tx.put_review_line(id, None);
    }
    let records = tx.records_of(id)?;
    let row = fold_live(id, &records).map(|folded| review_row(tx, &folded)).transpose()?.flatten();
    let refused = records.iter().any(|stored| matches!(stored.state, RecordState::Refused(_)));
    let row = row.map(|row| StoryRow { refused, ..row });
    tx.put_review_line(id, row.as_ref())
}

fn review_row(tx: &Tx, folded: &Folded) -> Result<Option<StoryRow>> {
    let Some(current) = folded.current() else { return Ok(None) };
    let evidence = current.story.files().map(|file| standing_of(tx, file)).collect::<Result<_>>()?;
    // It came from headquarters; whether that has every file too is not known here.
    Ok(StoryRow::of(folded, true, evidence, &BTreeMap::new()))
}

/// How a file stands on this device.
fn standing_of(tx: &Tx, file: &FileRef) -> Result<EvidenceFile> {
    Ok(EvidenceFile::of(file, tx.file_standing(&file.sha256)?.here, tx.is_wanted(&file.sha256)?))
}

/// Whether a story is asked for, but for its words and its status.
fn wants(query: &QueueQuery, row: &StoryRow) -> bool {
    let missing = row.evidence.iter().any(|file| !file.complete);
    let evidence = match query.evidence {
        None => true,
        Some(HasEvidence::Missing) => missing,
        Some(HasEvidence::Whole) => !row.evidence.is_empty() && !missing,
        Some(HasEvidence::None) => row.evidence.is_empty(),
    };
    row.training == query.training
        && evidence
        && (query.commune.is_empty() || row.commune == query.commune)
        && query.collector.as_ref().is_none_or(|collector| row.collector == *collector)
        && query.level.is_none_or(|level| row.levels.contains(&level))
        && query.from.is_none_or(|from| row.date.is_some_and(|date| date >= from))
        && query.to.is_none_or(|to| row.date.is_some_and(|date| date <= to))
        && (query.order != QueueOrder::Waiting || row.waiting_since.is_some())
}
