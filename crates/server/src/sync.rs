//! Records in and out: what a device sends is judged one by one, what it lacks is sent along.

use crate::devices::is_to_erase;
use crate::enrolment::speaks;
use crate::error::{Error, Result};
use crate::intake::{Brought, Intake};
use crate::people::{Sight, known_person};
use crate::store::{Arrival, DeviceRow, Person, Tx};
use crate::verifying::{tasks, verifiers_of};
use crate::{Headquarters, identities, parcels, withdrawing};
use blon_core::error::Code;
use blon_core::id::RecordId;
use blon_core::plan::Plan;
use blon_core::protocol::{
    Acknowledgement, BATCH_BYTES, BATCH_RECORDS, ERASES, PARCEL_KEY_END, SyncAnswer, SyncRequest,
};
use blon_core::record::{Deed, Record};
use blon_core::review::Role;
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use std::collections::BTreeSet;

impl Headquarters {
    /// Takes in what a device sends and answers with what it lacks, in one transaction: an acknowledgement
    /// is given only for what is durable.
    ///
    /// `now` is headquarters' own time: it orders nothing, and tells how wrong the device's clock is.
    ///
    /// # Errors
    /// `protocol_unsupported`, `headquarters_older`; `too_large` for more records than a batch holds.
    pub fn sync(&self, device: &DeviceRow, mut ask: SyncRequest, now: DateTime<Utc>) -> Result<SyncAnswer> {
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
        let brought = if brings {
            // Read before others wait for this: a questionnaire that is new may take a second.
            let campaign = self.store.read(|tx| self.known.campaign(tx, &device.campaign))?;
            Brought::all(std::mem::take(&mut ask.records), &campaign, &self.read)
        } else {
            Vec::new()
        };
        let answer = self.store.share(|tx| {
            let person = known_person(tx, &device.person)?;
            let campaign = self.known.campaign(tx, &device.campaign)?;
            let before = tx.last_seq(&device.campaign)?;
            withdrawing::take(tx, device, &person, &ask, now.timestamp())?;
            let intake = Intake::new(tx, arrival, self).knowing(&campaign, before);
            let acknowledged = intake.take(device, &person, &brought)?;
            let unsealed = identities::take(tx, &device.person, &ask, now.timestamp())?;
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
                return Ok(SyncAnswer { unsealed, ..nothing_more(&ask, acknowledged, now) });
            }
            let again = acknowledged.iter().filter_map(|a| a.id).collect();
            let sent = Sent { before, last: intake.last(&device.campaign)?, again };
            let mut answer = what_it_lacks(tx, device, &person, &campaign.plan, &ask, &sent)?;
            answer.acknowledged = acknowledged;
            answer.unsealed = unsealed;
            withdrawing::tell(tx, device, &ask, &mut answer)?;
            answer.clock = Some(now);
            if let Some(sum) = &ask.campaign {
                answer.campaign = (campaign.sum() != *sum).then(|| Box::new(campaign.campaign.clone()));
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

/// The first version of an app that keeps a record which it cannot read.
const KEEPS_UNREAD: u32 = 2;

/// The records of this very request, which need not travel back.
struct Sent {
    /// The campaign's last number before it: what follows came with it.
    before: i64,
    /// And with it.
    last: i64,
    /// Those of it that may have been here already.
    again: BTreeSet<RecordId>,
}

/// What this person's device lacks. What it made earlier travels back, past its cursor: its store may have been copied or brought back
/// from a backup since.
fn what_it_lacks(
    tx: &Tx,
    device: &DeviceRow,
    person: &Person,
    plan: &Plan,
    ask: &SyncRequest,
    sent: &Sent,
) -> Result<SyncAnswer> {
    // A cursor past the end, or at another record, comes from before a backup was restored: begin again, repeats are harmless.
    let since = i64::try_from(ask.since).ok().filter(|s| *s <= sent.last).unwrap_or(0);
    let same = ask.mark.is_none() || ask.mark == tx.mark(&device.campaign, since)?;
    let since = if same { since } else { 0 };
    let most = ask.most.clamp(1, BATCH_RECORDS);
    let kept_from: Vec<Deed> = Deed::ALL.into_iter().filter(|deed| deed.is_kept_from(person.role)).collect();
    let part = plan.takes_part(&person.team);
    // Whoever takes no part any more still brings what they have, and hears of their own stories alone.
    let sight = match Sight::of(person) {
        Sight::Team(_) | Sight::All if !part => Sight::Nothing,
        sight => sight,
    };
    let enough = most + sent.again.len() + 1;
    let rows = tx.records_after(device, &sight, &kept_from, since, sent.before, enough)?;
    let (mut records, mut next, mut size, mut more, mut held_back) = (Vec::new(), since, 0, false, false);
    for (seq, id, body) in rows {
        if sent.again.contains(&id) {
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
        own = Some(tx.made(&device.campaign, &device.person)?);
        own_role = Some(person.role);
        match person.role {
            Role::Verifier if part => asked = Some(tasks(tx, device)?),
            Role::Verifier => asked = Some(Vec::new()),
            Role::Supervisor => verifiers = Some(verifiers_of(tx, &device.campaign)?),
            _ => {}
        }
    }
    let next = if more || held_back { next } else { sent.last };
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
        own_records: own.as_ref().map(|(records, _)| *records),
        own_sum: own.map(|(_, sum)| sum),
        role: own_role,
        tasks: asked,
        verifiers,
        campaign: None,
        erase: false,
        withdrawn: None,
        unsealed: Vec::new(),
    })
}
