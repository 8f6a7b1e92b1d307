//! Records in and out: what a device sends is judged one by one, what it lacks is sent along.

use crate::devices::is_to_erase;
use crate::enrolment::speaks;
use crate::error::{Error, Result};
use crate::people::{Sight, known_campaign, known_person, may_read};
use crate::questionnaires::Read;
use crate::store::{Arrival, DeviceRow, Person, Tx};
use crate::verifying::{can_verify, tasks, verifiers_of};
use crate::{Headquarters, identities, parcels, withdrawing};
use blon_core::error::{Code, Problem};
use blon_core::fold::fold;
use blon_core::id::{CampaignId, RecordId};
use blon_core::protocol::{
    Acknowledgement, BATCH_BYTES, BATCH_RECORDS, ERASES, PARCEL_KEY_END, RECORD_BYTES, SyncAnswer,
    SyncRequest,
};
use blon_core::questionnaire::form::Questionnaire;
use blon_core::questionnaire::mapping::faults;
use blon_core::questionnaire::state::Surroundings;
use blon_core::record::{Act, Deed, Record};
use blon_core::review::{self, Role};
use blon_core::story::Story;
use blon_core::withdrawal::WithdrawalCode;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most records of one story: more than anybody revises and remarks, and few enough to be folded at once. As many again may
/// assess it: whoever reports too much keeps nobody from correcting and deciding.
const STORY_RECORDS: usize = 500;

impl Headquarters {
    /// Takes in what a device sends and answers with what it lacks, in one transaction: an acknowledgement
    /// is given only for what is durable.
    ///
    /// `now` is headquarters' own time: it orders nothing, and tells how wrong the device's clock is.
    ///
    /// # Errors
    /// `protocol_unsupported`, `headquarters_older`; `too_large` for more records than a batch holds.
    pub fn sync(&self, device: &DeviceRow, ask: &SyncRequest, now: DateTime<Utc>) -> Result<SyncAnswer> {
        speaks(ask.protocol)?;
        if ask.records.len() > BATCH_RECORDS {
            return Err(Error::told(
                Code::TooLarge,
                format!("a request holds at most {BATCH_RECORDS} records"),
            ));
        }
        let skew = ask.clock.map(|clock| (clock - now).num_seconds());
        let brings = !ask.records.is_empty();
        let arrival = Arrival { at: now.timestamp(), skew };
        if brings {
            // Read before others wait for this: a large questionnaire takes its time, once.
            let campaign = self.store.read(|tx| known_campaign(tx, &device.campaign))?;
            let _ = campaign.questionnaire.map(|asked| self.read.of(asked));
        }
        let answer = self.store.write(|tx| {
            let person = known_person(tx, &device.person)?;
            withdrawing::take(tx, device, &person, ask, now.timestamp())?;
            let intake = Intake::new(tx, arrival, &self.read);
            let acknowledged: Vec<_> = ask
                .records
                .iter()
                .map(|value| intake.judge(device, &person, value))
                .collect::<Result<_>>()?;
            let unsealed = identities::take(tx, &device.person, ask, now.timestamp())?;
            tx.device_syncs(device.id, now.timestamp(), skew)?;
            if let Some(about) = &ask.about {
                tx.device_tells(device.id, about)?;
            }
            if ask.protocol < ERASES && tx.is_heard_once_more(device.id)? {
                // It was shut out, and cannot do the one thing for which it is heard.
                return Err(Error::told(Code::ProtocolUnsupported, "this device is shut out"));
            }
            if ask.protocol >= ERASES && is_to_erase(tx, device)? {
                if ask.files {
                    tx.told_to_erase(device.id, now.timestamp())?;
                }
                return Ok(SyncAnswer { unsealed, ..nothing_more(ask, acknowledged, now) });
            }
            let known = acknowledged.iter().filter_map(|a| a.id).collect();
            let mut answer = what_it_lacks(tx, device, &person, ask, &known)?;
            answer.acknowledged = acknowledged;
            answer.unsealed = unsealed;
            withdrawing::tell(tx, device, ask, &mut answer)?;
            answer.clock = Some(now);
            if let Some(sum) = &ask.campaign {
                let campaign = known_campaign(tx, &device.campaign)?;
                answer.campaign = (campaign.sum() != *sum).then(|| Box::new(campaign));
            }
            if let Some(end) = &ask.parcel_key {
                let own = parcels::key(tx)?.to_public().to_string();
                answer.parcel_key =
                    Some(own).filter(|own| end.len() != PARCEL_KEY_END || !own.ends_with(end));
            }
            Ok(answer)
        })?;
        if brings {
            let refused = answer.acknowledged.iter().filter(|one| one.refused.is_some()).count();
            self.measured.batch(answer.acknowledged.len() - refused, refused);
        }
        if brings || !ask.withdrawals.is_empty() {
            self.changes.tell();
        }
        if !ask.withdrawals.is_empty()
            && let Err(error) = self.keep_ledger().and_then(|()| self.erase_what_is_left())
        {
            // What was erased is gone for everybody; its traces on the disk are taken away later.
            tracing::error!("what was withdrawn can still be read on the disk: {error}");
        }
        Ok(answer)
    }
}

/// Who takes in the records of one request: what is the same for all of them is looked up once.
pub(crate) struct Intake<'t> {
    tx: &'t Tx<'t>,
    arrival: Arrival,
    /// The questionnaires that were read lately.
    read: &'t Read,
    /// What the campaign asks, if that can be read.
    asked: OnceCell<Option<Arc<Questionnaire>>>,
}

impl<'t> Intake<'t> {
    /// For records of one campaign that came so.
    pub fn new(tx: &'t Tx<'t>, arrival: Arrival, read: &'t Read) -> Self {
        Intake { tx, arrival, read, asked: OnceCell::new() }
    }

    /// Takes in one record of a device, or says why it never will be. Errors are headquarters' own faults alone.
    pub fn judge(&self, device: &DeviceRow, person: &Person, body: &RawValue) -> Result<Acknowledgement> {
        #[derive(Deserialize)]
        struct Named {
            id: RecordId,
        }
        let id = serde_json::from_str::<Named>(body.get()).ok().map(|named| named.id);
        let refused = match readable(body) {
            Err(problem) => Some(problem),
            Ok(record) => match belongs(self.tx, device, &record).and_then(|()| self.add(person, &record)) {
                Ok(()) => None,
                Err(Error::Told { code, message }) => Some(Problem { code, message }),
                Err(fault) => return Err(fault),
            },
        };
        Ok(Acknowledgement { id, refused })
    }

    /// Adds a record if the rules allow; one that is here already is acknowledged again.
    ///
    /// # Errors
    /// The code by which it is refused for good.
    pub fn add(&self, author: &Person, record: &Record) -> Result<()> {
        let tx = self.tx;
        if tx.is_withdrawn(&record.campaign, WithdrawalCode::of(record.story))? {
            return Err(Error::told(Code::StoryWithdrawn, "its storyteller withdrew this story"));
        }
        if let Some(known) = tx.record(record.id)? {
            if known == *record {
                return Ok(());
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
        match &record.act {
            Act::Finalise { story, .. } => self.is_right(record, story)?,
            Act::AskVerification { verifier, .. } => can_verify(tx, &record.campaign, verifier)?,
            _ => {}
        }
        if story.is_none() {
            tx.add_story(record.story, &record.campaign, &record.author)?;
        }
        tx.add_record(record, self.arrival)?;
        for file in record.act.files() {
            tx.name_file(record.story, file, &record.author)?;
        }
        if let Act::AskVerification { verifier, .. } = &record.act {
            tx.add_task(record, verifier)?;
        }
        Ok(())
    }

    /// Whether a story that was told to the campaign's questionnaire is right by it: the same rules as on the device, by
    /// the time of that device. One told to another version was judged there, and its version is not here.
    fn is_right(&self, record: &Record, story: &Story) -> Result<()> {
        let Some(form) = &story.form else { return Ok(()) };
        let Some(questionnaire) = self.asked(&record.campaign)? else { return Ok(()) };
        if (&questionnaire.id, &questionnaire.version) != (&form.id, &form.version) {
            return Ok(());
        }
        let surroundings = Surroundings { now: record.clock, chance: 0, language: "fr".to_owned() };
        match faults(questionnaire, story, &surroundings).first() {
            Some((path, fault)) => {
                let message = format!("{path} holds the story back: {:?}", fault.kind);
                Err(Error::told(Code::StoryIncomplete, message))
            }
            None => Ok(()),
        }
    }

    fn asked(&self, campaign: &CampaignId) -> Result<Option<&Questionnaire>> {
        if self.asked.get().is_none() {
            let campaign = known_campaign(self.tx, campaign)?;
            let asked = campaign.questionnaire.and_then(|workbook| self.read.of(workbook).ok());
            let _ = self.asked.set(asked);
        }
        Ok(self.asked.get().and_then(Option::as_deref))
    }
}

/// What a device is told that is to erase itself: what became of its records, and nothing that it does not have. It erases
/// itself once it has brought them all.
fn nothing_more(ask: &SyncRequest, acknowledged: Vec<Acknowledgement>, now: DateTime<Utc>) -> SyncAnswer {
    SyncAnswer {
        acknowledged,
        records: Vec::new(),
        next: ask.since,
        mark: ask.mark.clone(),
        more: false,
        lacking: Vec::new(),
        begun: Vec::new(),
        clock: Some(now),
        parcel_key: None,
        own_records: None,
        own_sum: None,
        role: None,
        tasks: None,
        verifiers: None,
        campaign: None,
        erase: ask.files,
        withdrawn: None,
        unsealed: Vec::new(),
    }
}

fn readable(body: &RawValue) -> std::result::Result<Record, Problem> {
    if body.get().len() > RECORD_BYTES {
        let message = format!("a record has at most {RECORD_BYTES} bytes");
        return Err(Problem { code: Code::TooLarge, message });
    }
    let malformed = |message: String| Problem { code: Code::RecordMalformed, message };
    // No text has such a letter, and PostgreSQL keeps none that has: it is told at once, not when the list is made. What people type
    // after a backslash is written with two.
    let escaped = body.get().match_indices("\\u0000").any(|(at, _)| {
        let before = body.get().get(..at).unwrap_or_default();
        (before.len() - before.trim_end_matches('\\').len()) % 2 == 0
    });
    if escaped {
        return Err(malformed("it holds a letter of no text, U+0000".to_owned()));
    }
    serde_json::from_str(body.get()).map_err(|e| malformed(e.to_string()))
}

/// Whether the record is the sender's own, in the sender's campaign. A record may have been made under an
/// earlier enrolment of the same person.
fn belongs(tx: &Tx, device: &DeviceRow, record: &Record) -> Result<()> {
    let made_on_own_device = match record.device {
        Some(id) => tx.device_belongs(id, &device.person)?,
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

/// The first version of an app that keeps a record which it cannot read.
const KEEPS_UNREAD: u32 = 2;

/// `known` are the records of this very request: they need not travel back. Those that the device made
/// earlier do, past its cursor: its store may have been copied or brought back from a backup since.
fn what_it_lacks(
    tx: &Tx,
    device: &DeviceRow,
    person: &Person,
    ask: &SyncRequest,
    known: &BTreeSet<RecordId>,
) -> Result<SyncAnswer> {
    let last = tx.last_seq(&device.campaign)?;
    // A cursor past the end, or at another record, comes from before a backup was restored: begin again, repeats are harmless.
    let since = i64::try_from(ask.since).ok().filter(|s| *s <= last).unwrap_or(0);
    let same = ask.mark.is_none() || ask.mark == tx.mark(&device.campaign, since)?;
    let since = if same { since } else { 0 };
    let most = ask.most.clamp(1, BATCH_RECORDS);
    let kept_from: Vec<Deed> = Deed::ALL.into_iter().filter(|deed| deed.is_kept_from(person.role)).collect();
    let part = tx.plan(&device.campaign)?.takes_part(&person.team);
    // Whoever takes no part any more still brings what they have, and hears of their own stories alone.
    let sight = match Sight::of(person) {
        Sight::Team(_) | Sight::All if !part => Sight::Nothing,
        sight => sight,
    };
    let rows = tx.records_after(device, &sight, &kept_from, since, most + known.len() + 1)?;
    let (mut records, mut next, mut size, mut more, mut held_back) = (Vec::new(), since, 0, false, false);
    for (seq, id, body) in rows {
        if known.contains(&id) {
            continue;
        }
        if ask.protocol < KEEPS_UNREAD && serde_json::from_str::<Record>(&body)?.version() > ask.protocol {
            // It could not read the whole answer. What follows waits with it until the app is updated.
            held_back = true;
            break;
        }
        size += body.len();
        if records.len() == most || (size > BATCH_BYTES && !records.is_empty()) {
            more = true;
            break;
        }
        records.push(RawValue::from_string(body)?);
        next = seq;
    }
    // The first version takes each list for the whole truth; to others it is told once, at the end.
    let (mut lacking, mut begun, mut own) = (Vec::new(), Vec::new(), None);
    let (mut own_role, mut asked, mut verifiers) = (None, None, None);
    if ask.files && (!more || ask.protocol < 2) {
        lacking = tx.lacking(&device.campaign, &device.person)?;
        begun = tx.begun(device.id)?;
        own = Some(tx.own_records(&device.campaign, &device.person)?);
        own_role = Some(person.role);
        match person.role {
            Role::Verifier if part => asked = Some(tasks(tx, device)?),
            Role::Verifier => asked = Some(Vec::new()),
            Role::Supervisor => verifiers = Some(verifiers_of(tx, &device.campaign)?),
            _ => {}
        }
    }
    let next = if more || held_back { next } else { last };
    Ok(SyncAnswer {
        acknowledged: Vec::new(),
        records,
        next: u64::try_from(next).unwrap_or(0),
        mark: tx.mark(&device.campaign, next)?,
        more,
        lacking,
        begun,
        clock: None,
        parcel_key: None,
        own_records: own.as_ref().map(|own| own.len() as u64),
        own_sum: own.map(|own| own.into_iter().collect()),
        role: own_role,
        tasks: asked,
        verifiers,
        campaign: None,
        erase: false,
        withdrawn: None,
        unsealed: Vec::new(),
    })
}
