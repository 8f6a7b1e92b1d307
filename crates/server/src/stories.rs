//! One story, as the pages show it and act on it: everything derived by the fold, within the reader's sight.

use crate::Headquarters;
use crate::campaigns::campaign_for;
use crate::devices::is_to_erase;
use crate::error::{Error, Result};
use crate::intake::Intake;
use crate::people::{known_person, may_read};
use crate::queue::{row, standing_of};
use crate::store::{Arrival, DeviceRow, NamedFile, Person, Tx};
use crate::verifying::verifiers_of;
use blon_core::error::Code;
use blon_core::fold::{Folded, fold};
use blon_core::id::{CampaignId, Digest, RecordId, StoryId};
use blon_core::page::{Decide, Remark, StoryPage};
use blon_core::questionnaire::form::Questionnaire;
use blon_core::queue::EvidenceFile;
use blon_core::record::{Act, Deed, Record};
use blon_core::release::shown_to;
use blon_core::review::Role;
use chrono::{DateTime, FixedOffset};
use std::sync::Arc;

impl Headquarters {
    /// One story, whole.
    ///
    /// # Errors
    /// `story_not_found`, also for a story outside the reader's sight.
    pub fn story(&self, campaign: &CampaignId, id: StoryId, reader: &Person) -> Result<StoryPage> {
        let reader = self.reader(campaign, reader)?;
        self.store.read(|tx| page(tx, campaign, id, &reader))
    }

    /// Adds a supervisor's decision, made on headquarters' pages; gives the story as it then stands.
    ///
    /// # Errors
    /// `story_not_found`, `act_not_allowed`, `revision_not_newest`, `comment_missing`,
    /// `comment_answer_unknown`, `bad_input`.
    pub fn decide(
        &self,
        campaign: &CampaignId,
        id: StoryId,
        author: &Person,
        decision: Decide,
        made: (RecordId, DateTime<FixedOffset>),
    ) -> Result<StoryPage> {
        self.act(campaign, id, author, decision.act(), made)
    }

    /// Adds what somebody says about a story apart from a decision, on headquarters' pages; gives the story as it then stands.
    ///
    /// # Errors
    /// `story_not_found`, `act_not_allowed`, `act_not_now`, `comment_missing`, `comment_answer_unknown`,
    /// `thread_not_found`, `person_not_found`, `record_builds_on_unknown`, `bad_input`.
    pub fn remark(
        &self,
        campaign: &CampaignId,
        id: StoryId,
        author: &Person,
        remark: Remark,
        made: (RecordId, DateTime<FixedOffset>),
    ) -> Result<StoryPage> {
        self.act(campaign, id, author, remark.act(), made)
    }

    fn act(
        &self,
        campaign: &CampaignId,
        id: StoryId,
        author: &Person,
        (builds_on, act): (Vec<RecordId>, Act),
        (record, clock): (RecordId, DateTime<FixedOffset>),
    ) -> Result<StoryPage> {
        let reader = self.reader(campaign, author)?;
        let record = Record {
            id: record,
            campaign: campaign.clone(),
            story: id,
            author: author.name.clone(),
            device: None,
            clock,
            builds_on,
            act,
        };
        let page = self.store.write(|tx| {
            page(tx, campaign, id, &reader)?;
            let arrival = Arrival { at: clock.timestamp(), skew: None };
            Intake::new(tx, arrival, self).add(author, &record)?;
            page(tx, campaign, id, &reader)
        })?;
        self.changes.tell();
        Ok(page)
    }

    /// A supervisor wants a file that has not come yet: devices send it before others.
    ///
    /// # Errors
    /// `file_not_found` outside the reader's sight.
    pub fn ask_for_file(&self, campaign: &CampaignId, sha256: &Digest, reader: &Person) -> Result<()> {
        self.store.write(|tx| {
            campaign_for(tx, campaign, Some(reader))?;
            for named in tx.named(campaign, sha256)? {
                if may_read(reader, &known_person(tx, &named.collector)?) {
                    return tx.ask_for_file(sha256);
                }
            }
            Err(Error::told(Code::FileNotFound, "there is no such file"))
        })
    }

    /// How a file is named by a story that the reader may see.
    ///
    /// # Errors
    /// `file_not_found`, also while headquarters does not have it whole or outside the reader's sight, and for a voice or a face
    /// that the reader is not shown ([`shown_to`]). A sealed face is for custodians alone ([`Headquarters::take_out`]).
    pub fn file_for(&self, campaign: &CampaignId, sha256: &Digest, reader: &Person) -> Result<NamedFile> {
        let reader = self.reader(campaign, reader)?;
        self.store.read(|tx| {
            campaign_for(tx, campaign, Some(reader.person))?;
            let named = if tx.is_sealed_face(sha256)? { Vec::new() } else { tx.named(campaign, sha256)? };
            for named in named {
                let kept = named.person != named.collector && Deed::Verify.is_kept_from(reader.person.role);
                let seen = !kept && may_read(reader.person, &known_person(tx, &named.collector)?);
                if !seen || !tx.has_file_of(sha256, &named.person)? {
                    continue;
                }
                let told = fold(named.story, &tx.records_of(named.story)?);
                if told.is_some_and(|told| reader.is_shown(&told, sha256)) {
                    return Ok(named);
                }
            }
            Err(Error::told(Code::FileNotFound, "there is no such file"))
        })
    }

    /// Whether a device may fetch this file: its person supervises, and sees a story that names it; and it is not to be erased.
    ///
    /// # Errors
    /// `file_not_found`, also while headquarters does not have it whole or outside their sight.
    pub fn file_for_device(&self, device: &DeviceRow, sha256: &Digest) -> Result<NamedFile> {
        let (person, to_erase) =
            self.store.read(|tx| Ok((known_person(tx, &device.person)?, is_to_erase(tx, device)?)))?;
        if person.role != Role::Supervisor || to_erase {
            return Err(Error::told(Code::FileNotFound, "only a supervisor's device fetches files"));
        }
        self.file_for(&device.campaign, sha256, &person)
    }
}

/// Who reads, with what says what a file is.
struct Reader<'r> {
    person: &'r Person,
    /// What the campaign asks, where that decides what they are shown.
    asked: Option<Arc<Questionnaire>>,
}

impl Reader<'_> {
    fn is_shown(&self, folded: &Folded, file: &Digest) -> bool {
        shown_to(self.person.role, folded, self.asked.as_deref(), file).is_ok()
    }
}

impl Headquarters {
    /// A reader of a campaign. A questionnaire is read here, before others wait: a large one takes its time, once. Who reviews
    /// is shown every file, and needs none.
    fn reader<'r>(&self, campaign: &CampaignId, person: &'r Person) -> Result<Reader<'r>> {
        if person.role == Role::Supervisor {
            return Ok(Reader { person, asked: None });
        }
        let campaign = self.store.read(|tx| campaign_for(tx, campaign, Some(person)))?;
        let asked = campaign.questionnaire.and_then(|workbook| self.read.of(workbook).ok());
        Ok(Reader { person, asked })
    }
}

fn page(tx: &Tx, campaign: &CampaignId, id: StoryId, reader: &Reader) -> Result<StoryPage> {
    let person = reader.person;
    campaign_for(tx, campaign, Some(person))?;
    let not_found = || Error::told(Code::StoryNotFound, "there is no such story");
    let (of, collector) = tx.story(id)?.ok_or_else(not_found)?;
    if of != *campaign || !may_read(person, &known_person(tx, &collector)?) {
        return Err(not_found());
    }
    let folded = fold(id, &tx.records_of(id)?).ok_or_else(not_found)?;
    let mut row = row(tx, &folded)?.ok_or_else(not_found)?;
    let skews = tx.skews_of(id)?.into_iter().collect();
    let reported = folded.verifications.iter().flat_map(|v| v.files().map(|file| (file, &v.verifier)));
    let mut report_files: Vec<EvidenceFile> =
        reported.map(|(file, verifier)| standing_of(tx, file, verifier)).collect::<Result<_>>()?;
    for file in row.evidence.iter_mut().chain(&mut report_files) {
        file.withheld = !reader.is_shown(&folded, &file.sha256);
    }
    let verifiers = if person.role == Role::Supervisor { verifiers_of(tx, campaign)? } else { Vec::new() };
    Ok(StoryPage::of(folded, row, person.role, &skews, (verifiers, report_files)))
}
