//! Taking records in: each is judged by the rules, and kept or refused for good.
//!
//! What can be done without the database is done before others wait ([`Brought`]). Most of what comes are stories that nobody knew, and
//! of those it is asked once for a whole batch, and written once ([`Intake::take`]); whatever builds on something is judged by what
//! is here.

use crate::Headquarters;
use crate::error::{Error, Result};
use crate::known::{Known, KnownCampaign};
use crate::people::{known_person, may_read};
use crate::questionnaires::Read;
use crate::store::{Arrival, DeviceRow, Person, Tx};
use crate::verifying::can_verify;
use blon_core::error::{Code, Problem};
use blon_core::fold::fold;
use blon_core::id::{CampaignId, DeviceId, RecordId, StoryId};
use blon_core::protocol::{Acknowledgement, RECORD_BYTES};
use blon_core::questionnaire::form::Questionnaire;
use blon_core::questionnaire::mapping::faults;
use blon_core::questionnaire::state::Surroundings;
use blon_core::record::{Act, Record};
use blon_core::review;
use blon_core::withdrawal::WithdrawalCode;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most records of one story: more than anybody revises and remarks, and few enough to be folded at once. As many again may
/// assess it: whoever reports too much keeps nobody from correcting and deciding.
const STORY_RECORDS: usize = 500;

/// A record as a device brought it.
pub(crate) struct Brought {
    id: Option<RecordId>,
    read: std::result::Result<Readable, Problem>,
}

/// One that can be read.
struct Readable {
    record: Record,
    /// As it came, and is kept.
    body: Box<RawValue>,
    /// What the questionnaire of this campaign says against it.
    judged: (Arc<KnownCampaign>, Option<Problem>),
}

/// How many records are not worth another core.
const ALONE: usize = 8;

impl Brought {
    /// Reads what a request brings; a large batch on all cores, since its device waits.
    pub fn all(bodies: Vec<Box<RawValue>>, campaign: &Arc<KnownCampaign>, read: &Read) -> Vec<Self> {
        let each = |body| Brought::read(body, campaign, read);
        if bodies.len() < ALONE * 2 {
            bodies.into_iter().map(each).collect()
        } else {
            bodies.into_par_iter().with_min_len(ALONE).map(each).collect()
        }
    }

    /// Reads a record, and holds it against what its campaign asks.
    fn read(body: Box<RawValue>, campaign: &Arc<KnownCampaign>, read: &Read) -> Self {
        #[derive(Deserialize)]
        struct Named {
            id: RecordId,
        }
        match readable(body.get()) {
            Ok(record) => {
                let fault = campaign.asked(read).and_then(|asked| fault(asked, &record));
                let judged = (Arc::clone(campaign), fault);
                Brought { id: Some(record.id), read: Ok(Readable { record, body, judged }) }
            }
            Err(problem) => {
                let id = serde_json::from_str::<Named>(body.get()).ok().map(|named| named.id);
                Brought { id, read: Err(problem) }
            }
        }
    }
}

fn readable(body: &str) -> std::result::Result<Record, Problem> {
    if body.len() > RECORD_BYTES {
        let message = format!("a record has at most {RECORD_BYTES} bytes");
        return Err(Problem { code: Code::TooLarge, message });
    }
    let malformed = |message: String| Problem { code: Code::RecordMalformed, message };
    // No text has such a letter, and PostgreSQL keeps none that has: it is told at once, not when the list is made.
    if holds_nul(body) {
        return Err(malformed("it holds a letter of no text, U+0000".to_owned()));
    }
    serde_json::from_str(body).map_err(|e| malformed(e.to_string()))
}

/// Whether a JSON text holds the letter U+0000, which is always written as an escape; what people type after a backslash is written
/// with two.
fn holds_nul(json: &str) -> bool {
    let mut rest = json;
    while let Some((_, escaped)) = rest.split_once('\\') {
        if escaped.starts_with("u0000") {
            return true;
        }
        let mut letters = escaped.chars();
        letters.next();
        rest = letters.as_str();
    }
    false
}

/// What a questionnaire says against a story that was told to it: the same rules as on the device, by the time of that device.
/// One told to another version was judged there, and its version is not here.
fn fault(asked: &Questionnaire, record: &Record) -> Option<Problem> {
    let Act::Finalise { story, .. } = &record.act else { return None };
    let form = story.form.as_ref()?;
    if (&asked.id, &asked.version) != (&form.id, &form.version) {
        return None;
    }
    let surroundings = Surroundings { now: record.clock, chance: 0, language: "fr".to_owned() };
    let faults = faults(asked, story, &surroundings);
    let (path, fault) = faults.first()?;
    let message = format!("{path} holds the story back: {:?}", fault.kind);
    Some(Problem { code: Code::StoryIncomplete, message })
}

/// Who takes in records in one transaction: what is the same for all of them is looked up once.
pub(crate) struct Intake<'t> {
    tx: &'t Tx<'t>,
    arrival: Arrival,
    known: &'t Known,
    read: &'t Read,
    /// The campaign, once it was asked for.
    campaign: OnceCell<Arc<KnownCampaign>>,
    /// The last number of it before, once it was asked for.
    before: OnceCell<i64>,
    /// How many numbers were given since.
    given: Cell<i64>,
    /// Which devices are those of who sends.
    own: RefCell<BTreeMap<DeviceId, bool>>,
    /// Stories that nobody knew before this batch, with their records, and that are not withdrawn.
    unknown: RefCell<BTreeMap<StoryId, RecordId>>,
}

/// A story that nobody knew, with its first record, as it is kept, and its number.
type New<'b> = (&'b Record, &'b str, i64);

impl<'t> Intake<'t> {
    /// For records of one campaign that came so.
    pub fn new(tx: &'t Tx<'t>, arrival: Arrival, headquarters: &'t Headquarters) -> Self {
        Intake {
            tx,
            arrival,
            known: &headquarters.known,
            read: &headquarters.read,
            campaign: OnceCell::new(),
            before: OnceCell::new(),
            given: Cell::new(0),
            own: RefCell::default(),
            unknown: RefCell::default(),
        }
    }

    /// The same where the campaign is known as it is now, and the last number of it.
    pub fn knowing(self, campaign: &Arc<KnownCampaign>, last: i64) -> Self {
        Intake { campaign: OnceCell::from(Arc::clone(campaign)), before: OnceCell::from(last), ..self }
    }

    /// Takes in what a device of this person brought, or says of each record why it never will be. Errors are headquarters' own
    /// faults alone.
    pub fn take(
        &self,
        device: &DeviceRow,
        person: &Person,
        brought: &[Brought],
    ) -> Result<Vec<Acknowledgement>> {
        self.look_up(&device.campaign, brought)?;
        let (mut acknowledged, mut new, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for one in brought {
            let taken = match &one.read {
                Err(problem) => Err(problem.clone().into()),
                Ok(readable) => self.take_one(device, person, readable, &mut new),
            };
            let refused = match taken {
                Ok(is_new) => {
                    made.extend(one.id.filter(|_| is_new));
                    None
                }
                Err(Error::Told { code, message }) => Some(Problem { code, message }),
                Err(fault) => return Err(fault),
            };
            acknowledged.push(Acknowledgement { id: one.id, refused });
        }
        self.write(&mut new)?;
        if !made.is_empty() {
            self.tx.made_more(&device.campaign, &device.person, &made)?;
        }
        self.keep_last(&device.campaign)?;
        Ok(acknowledged)
    }

    /// Takes in a record that was made here, if the rules allow.
    ///
    /// # Errors
    /// The code by which it is refused.
    pub fn add(&self, author: &Person, record: &Record) -> Result<()> {
        self.judge(author, record, &serde_json::to_string(record)?, None)?;
        self.keep_last(&record.campaign)
    }

    /// Looks up once for all what would be asked for each.
    fn look_up(&self, campaign: &CampaignId, brought: &[Brought]) -> Result<()> {
        let read = brought.iter().filter_map(|one| one.read.as_ref().ok()).map(|readable| &readable.record);
        let told =
            read.filter(|record| record.campaign == *campaign && matches!(record.act, Act::Finalise { .. }));
        let told: Vec<(StoryId, RecordId)> = told.map(|record| (record.story, record.id)).collect();
        let (stories, records): (Vec<_>, Vec<_>) = told.iter().copied().unzip();
        let here: BTreeSet<StoryId> = self.tx.stories_here(&stories)?.into_iter().collect();
        let kept: BTreeSet<RecordId> = self.tx.records_here(&records)?.into_iter().collect();
        let codes: Vec<WithdrawalCode> = stories.iter().map(|story| WithdrawalCode::of(*story)).collect();
        let withdrawn: BTreeSet<WithdrawalCode> =
            self.tx.withdrawn_among(campaign, &codes)?.into_iter().collect();
        let (mut unknown, mut ids) = (BTreeMap::new(), BTreeSet::new());
        for ((story, record), code) in told.into_iter().zip(&codes) {
            let known = here.contains(&story) || kept.contains(&record);
            // What comes twice in one batch is judged the second time by what is here then.
            if !known && !withdrawn.contains(code) && ids.insert(record) {
                unknown.entry(story).or_insert(record);
            }
        }
        self.unknown.replace(unknown);
        Ok(())
    }

    /// Takes in one; gives whether it was not here. A story that nobody knew is only noted, to be written with others.
    fn take_one<'b>(
        &self,
        device: &DeviceRow,
        person: &Person,
        readable: &'b Readable,
        new: &mut Vec<New<'b>>,
    ) -> Result<bool> {
        let Readable { record, body, judged } = readable;
        self.belongs(device, record)?;
        let first = self.unknown.borrow().get(&record.story) == Some(&record.id);
        if !first {
            // It may build on one of those.
            self.write(new)?;
            return self.judge(person, record, body.get(), Some(judged));
        }
        self.unknown.borrow_mut().remove(&record.story);
        review::may_add(record, person.role, None)?;
        self.is_right(record, Some(judged))?;
        new.push((record, body.get(), self.next_number(&record.campaign)?));
        Ok(true)
    }

    /// Writes the stories that were noted.
    fn write(&self, new: &mut Vec<New>) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        self.tx.add_stories(new, self.arrival)?;
        for (record, ..) in new.drain(..) {
            for file in record.act.files() {
                self.tx.name_file(record.story, file, &record.author)?;
            }
        }
        Ok(())
    }

    /// Adds a record if the rules allow; one that is here already is acknowledged again. Gives whether it was not here.
    fn judge(
        &self,
        author: &Person,
        record: &Record,
        body: &str,
        judged: Option<&(Arc<KnownCampaign>, Option<Problem>)>,
    ) -> Result<bool> {
        let tx = self.tx;
        if tx.is_withdrawn(&record.campaign, WithdrawalCode::of(record.story))? {
            return Err(Error::told(Code::StoryWithdrawn, "its storyteller withdrew this story"));
        }
        if let Some(known) = tx.record(record.id)? {
            if known == *record {
                return Ok(false);
            }
            return Err(Error::told(Code::RecordIdTaken, "another record has this id"));
        }
        let story = tx.story(record.story)?;
        if let Some((campaign, collector)) = &story {
            if *campaign != record.campaign {
                return Err(Error::told(Code::RecordWrongCampaign, "the story belongs to another campaign"));
            }
            // A story outside the author's sight does not exist for them, but for what they were asked to verify.
            let asked = matches!(&record.act, Act::Verify { asked, .. } if tx.is_task(*asked, record.story, &author.name)?);
            if !asked && !may_read(author, &known_person(tx, collector)?) {
                return Err(Error::told(Code::RecordNotYours, "the story is not the author's to act on"));
            }
        }
        let assesses = record.act.deed().assesses();
        if tx.count_records_of(record.story, assesses)? >= STORY_RECORDS {
            let message = format!("a story has at most {STORY_RECORDS} such records");
            return Err(Error::told(Code::TooLarge, message));
        }
        let so_far = fold(record.story, &tx.records_of(record.story)?);
        review::may_add(record, author.role, so_far.as_ref())?;
        self.is_right(record, judged)?;
        if let Act::AskVerification { verifier, .. } = &record.act {
            can_verify(tx, &record.campaign, verifier)?;
        }
        if story.is_none() {
            tx.add_story(record.story, &record.campaign, &record.author)?;
        }
        tx.add_record(record, body, self.next_number(&record.campaign)?, self.arrival)?;
        for file in record.act.files() {
            tx.name_file(record.story, file, &record.author)?;
        }
        if let Act::AskVerification { verifier, .. } = &record.act {
            tx.add_task(record, verifier)?;
        }
        Ok(true)
    }

    /// Whether a story that was told to the campaign's questionnaire is right by it, as it is now.
    fn is_right(
        &self,
        record: &Record,
        judged: Option<&(Arc<KnownCampaign>, Option<Problem>)>,
    ) -> Result<()> {
        if !matches!(record.act, Act::Finalise { .. }) {
            return Ok(());
        }
        let campaign = self.campaign(&record.campaign)?;
        let found = match judged {
            Some((by, found)) if campaign.is(by) => found.clone(),
            // It has changed since, or nobody judged it.
            _ => campaign.asked(self.read).and_then(|asked| fault(asked, record)),
        };
        found.map_or(Ok(()), |problem| Err(problem.into()))
    }

    fn campaign(&self, id: &CampaignId) -> Result<&Arc<KnownCampaign>> {
        if self.campaign.get().is_none() {
            let _ = self.campaign.set(self.known.campaign(self.tx, id)?);
        }
        self.campaign.get().ok_or_else(|| Error::Internal("the campaign was not kept".to_owned()))
    }

    /// Whether the record is the sender's own, in the sender's campaign. A record may have been made under an earlier enrolment
    /// of the same person.
    fn belongs(&self, device: &DeviceRow, record: &Record) -> Result<()> {
        let made_on_own_device = match record.device {
            Some(id) => self.is_own(id, device)?,
            None => false,
        };
        if record.author != device.person || !made_on_own_device {
            return Err(Error::told(Code::RecordNotYours, "author or device is not the one that sends it"));
        }
        if record.campaign != device.campaign {
            return Err(Error::told(Code::RecordWrongCampaign, format!("it belongs to {}", record.campaign)));
        }
        Ok(())
    }

    fn is_own(&self, id: DeviceId, device: &DeviceRow) -> Result<bool> {
        if let Some(is_own) = self.own.borrow().get(&id) {
            return Ok(*is_own);
        }
        let is_own = self.tx.device_belongs(id, &device.person)?;
        self.own.borrow_mut().insert(id, is_own);
        Ok(is_own)
    }

    fn next_number(&self, campaign: &CampaignId) -> Result<i64> {
        self.given.set(self.given.get() + 1);
        self.last(campaign)
    }

    /// The last number of a campaign, those counted that were given here.
    pub fn last(&self, campaign: &CampaignId) -> Result<i64> {
        if self.before.get().is_none() {
            let _ = self.before.set(self.tx.last_seq(campaign)?);
        }
        Ok(self.before.get().copied().unwrap_or_default() + self.given.get())
    }

    fn keep_last(&self, campaign: &CampaignId) -> Result<()> {
        if self.given.get() == 0 { Ok(()) } else { self.tx.set_last_seq(campaign, self.last(campaign)?) }
    }
}

#[cfg(test)]
mod tests {
    use super::holds_nul;

    #[test]
    fn a_letter_of_no_text_is_found_by_its_escape_alone() {
        for holds in [r#"{"title":"a\u0000"}"#, r#""\\\u0000""#, r#""\n\u0000""#] {
            assert!(holds_nul(holds), "{holds}");
        }
        for typed in [r#""C:\\u0000""#, r#""\\\\u0000""#, r#""\u0001""#, "u0000", "\\", "\\é"] {
            assert!(!holds_nul(typed), "{typed}");
        }
    }
}
