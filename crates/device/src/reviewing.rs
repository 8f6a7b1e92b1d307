//! A supervisor's work without a network: the team's stories, what is said of them and decided on them. The same records as
//! those made on headquarters' pages, by the same rules; they go with the next sync.

use crate::Device;
use crate::error::{Error, Result};
use crate::named::file_named;
use crate::store::{Tx, every_beginning};
use crate::stories::fold_live;
use crate::view::ReviewSpace;
use crate::writing::not_found;
use blon_core::error::Code;
use blon_core::evidence::FileRef;
use blon_core::fold::Folded;
use blon_core::id::{Digest, PersonName, RecordId, StoryId};
use blon_core::page::{
    Decide, EvidenceFile, HasEvidence, QueueOrder, QueueQuery, Remark, StoryList, StoryPage, StoryRow,
};
use blon_core::record::Act;
use blon_core::review::{Role, may_add};
use std::collections::{BTreeMap, BTreeSet};

/// The setting that holds whom a supervisor can ask to verify, as headquarters told it.
pub(crate) const VERIFIERS: &str = "verifiers";

/// The setting that holds how many bytes the evidence of others may take.
const SPACE: &str = "review_space";

/// As long as nothing else was chosen: some thousand photos.
const SPACE_AT_FIRST: u64 = 200 * 1000 * 1000;

/// The most stories in one page of the list.
const PAGE: u32 = 200;

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
        let most = query.count.clamp(1, PAGE) as usize;
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
            let report_files = reported.map(|file| here(tx, file)).collect::<Result<_>>()?;
            Ok(StoryPage { report_files, ..StoryPage::of(folded, row, role, &skews, verifiers) })
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

    /// The supervisor wants this file: the next sync fetches it before others, whatever room others take.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn want_file(&self, sha256: &Digest) -> Result<()> {
        self.store.write(|tx| tx.want_file(sha256))
    }
}

impl Device {
    /// How much room the evidence of others may take on this device.
    ///
    /// # Errors
    /// Those of the store.
    pub fn review_space(&self) -> Result<ReviewSpace> {
        self.store.read(|tx| Ok(ReviewSpace { most: space(tx)?, used: tx.fetched_bytes()? }))
    }

    /// The supervisor chooses how much room that is, in bytes. What is more is let go of with the next sync.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn set_review_space(&self, most: u64) -> Result<()> {
        self.store.write(|tx| tx.set(SPACE, &most))
    }

    /// The files that the next sync is to fetch, with the story of each: what was asked for, then the smallest of the stories
    /// that wait, as far as there is room. Those of stories that wait no more make room.
    pub(crate) fn files_to_fetch(&self) -> Result<Vec<(StoryId, FileRef)>> {
        if self.store.read(|tx| tx.role())? != Some(Role::Supervisor) {
            return Ok(Vec::new());
        }
        self.refresh()?;
        let (most, used, rows) =
            self.store.read(|tx| Ok((space(tx)?, tx.fetched_bytes()?, tx.review_lines("")?)))?;
        let (waiting, done): (Vec<_>, Vec<_>) =
            rows.into_iter().map(|(_, row)| row).partition(|row| row.waiting_since.is_some());
        let all = waiting.iter().chain(&done);
        let missing = all.flat_map(|row| row.evidence.iter().map(move |file| (row, file)));
        let mut wanted: Vec<_> = missing
            .filter(|(row, file)| !file.complete && (file.asked || row.waiting_since.is_some()))
            .collect();
        wanted.sort_by_key(|(_, file)| (!file.asked, file.bytes));
        wanted.dedup_by_key(|(_, file)| &file.sha256);
        let needed: u64 = wanted.iter().map(|(_, file)| file.bytes).sum();
        let here = |rows: &[StoryRow]| {
            let files = rows.iter().flat_map(|row| row.evidence.clone()).filter(|file| file.complete);
            files.collect::<Vec<_>>()
        };
        let mut makes_room = here(&done);
        if used > most {
            // The room was made smaller: the largest of what waits goes too, but for what was asked for.
            let mut waits = here(&waiting);
            waits.retain(|file| !file.asked);
            waits.sort_by_key(|file| std::cmp::Reverse(file.bytes));
            makes_room.extend(waits);
        }
        let beyond = if used > most { used - most } else { (used + needed).saturating_sub(most) };
        let made = self.let_go(&makes_room, beyond)?;
        let mut room = (most + made).saturating_sub(used);
        let mut files = Vec::new();
        for (row, file) in wanted {
            // What was asked for is fetched whatever room it takes.
            if !file.asked && file.bytes > room {
                continue;
            }
            room = room.saturating_sub(file.bytes);
            let records = self.store.read(|tx| tx.records_of(row.id))?;
            files.extend(file_named(&records, &file.sha256).map(|file| (row.id, file)));
        }
        Ok(files)
    }

    /// Lets go of files, in this order, until so many bytes are free; gives how many that were.
    fn let_go(&self, files: &[EvidenceFile], needed: u64) -> Result<u64> {
        let mut made = 0;
        for file in files {
            if made >= needed {
                break;
            }
            self.store.write(|tx| tx.free_fetched(&file.sha256))?;
            made += file.bytes;
        }
        self.give_room_back()?;
        Ok(made)
    }
}

fn space(tx: &Tx) -> Result<u64> {
    Ok(tx.setting(SPACE)?.unwrap_or(SPACE_AT_FIRST))
}

/// Keeps the line of a story for whoever reviews on this device.
pub(crate) fn refresh_review(tx: &Tx, id: StoryId) -> Result<()> {
    if tx.role()? != Some(Role::Supervisor) {
        return Ok(());
    }
    let folded = fold_live(id, &tx.records_of(id)?);
    let row = folded.map(|folded| review_row(tx, &folded)).transpose()?.flatten();
    tx.put_review_line(id, row.as_ref())
}

fn review_row(tx: &Tx, folded: &Folded) -> Result<Option<StoryRow>> {
    let Some(current) = folded.current() else { return Ok(None) };
    let evidence = current.story.files().map(|file| here(tx, file)).collect::<Result<_>>()?;
    // It came from headquarters; whether that has every file too is not known here.
    Ok(StoryRow::of(folded, true, evidence, &BTreeMap::new()))
}

/// What of a file is on this device.
fn here(tx: &Tx, file: &FileRef) -> Result<EvidenceFile> {
    let complete = tx.file_standing(&file.sha256)?.here;
    Ok(EvidenceFile {
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        have: if complete { file.bytes } else { 0 },
        complete,
        asked: tx.is_wanted(&file.sha256)?,
    })
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
