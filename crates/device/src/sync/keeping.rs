//! What headquarters answered is kept whole, in one transaction: what became of the records that were sent, those that came, what
//! else it told, and where to go on.

use super::SKEW;
use super::campaign::renew_campaign;
use super::line::Line;
use super::lost::brought_back;
use super::run::{Batch, Run};
use crate::count;
use crate::error::{Error, Result};
use crate::reviewing::VERIFIERS;
use crate::sealing::told;
use crate::store::Tx;
use crate::view::{SyncProgress, SyncReport};
use crate::withdrawing::hear;
use blon_core::error::Code;
use blon_core::protocol::{SyncAnswer, SyncRequest};
use serde_json::value::RawValue;

impl<L: Line, P: FnMut(SyncProgress)> Run<'_, L, P> {
    /// Keeps one answer. Gives whether more is in sight now than was asked for.
    ///
    /// # Errors
    /// `bad_answer` for one to other records; those of the store; `disk_full`.
    pub(super) fn keep(&self, batch: &Batch, ask: &SyncRequest, answer: &SyncAnswer) -> Result<bool> {
        let answered = answer.acknowledged.iter().zip(batch).all(|(a, (id, _))| a.id == Some(*id));
        if answer.acknowledged.len() != batch.len() || !answered {
            let message = "headquarters acknowledged other records than were sent";
            return Err(Error::told(Code::BadAnswer, message));
        }
        // The answer was written between asking and now; the middle is right to half of what that took.
        let clocks = answer.clock.zip(ask.clock);
        let now = self.device.clock.now();
        let skew = clocks.map(|(theirs, asked)| (asked + (now.to_utc() - asked) / 2 - theirs).num_seconds());
        let tells = ask.files && !answer.more && !answer.erase;
        let mut report = self.report.borrow().clone();
        let (mut asks_anew, mut sees_more, mut erased) = (false, false, Vec::new());
        self.device.store.write(|tx| {
            acknowledge(tx, batch, answer, skew, &mut report)?;
            let (received, unread) = take_records(tx, &answer.records)?;
            (report.received, report.unread) = (report.received + received, report.unread + unread);
            told(tx, ask, answer)?;
            let (mut since, mut mark) = (answer.next, answer.mark.as_deref());
            // Before the records of both sides are compared: what one has erased the other must not have.
            let mut agreed = true;
            if tells {
                let heard = hear(tx, ask, answer, now)?;
                (erased, agreed, sees_more) = (heard.erased, heard.agreed, heard.more_to_tell);
            }
            if agreed
                && !self.sent_again.get()
                && brought_back(tx, answer.own_records, answer.own_sum.as_ref())?
            {
                self.sent_again.set(true);
                (since, mark) = (0, None);
            } else if tells {
                tx.confirm_all_but(&answer.lacking)?;
            }
            if tells {
                tx.forget_sent_parts()?;
                for begun in &answer.begun {
                    tx.set_sent_part(&begun.sha256, begun.have)?;
                }
            }
            if let Some(skew) = skew {
                tx.set(SKEW, &skew)?;
            }
            if let Some(key) = &answer.parcel_key {
                tx.set(super::PARCEL_KEY, key)?;
            }
            if let Some(role) = answer.role
                && tx.set_role(role)?
            {
                // Another role has other records in sight.
                sees_more = true;
                (since, mark) = (0, None);
            }
            if let Some(campaign) = &answer.campaign {
                asks_anew = renew_campaign(tx, campaign)?;
            }
            if let Some(tasks) = &answer.tasks {
                tx.set_tasks(tasks)?;
            }
            if let Some(verifiers) = &answer.verifiers {
                tx.set(VERIFIERS, verifiers)?;
            }
            tx.set_since(since, mark)
        })?;
        if asks_anew {
            self.device.ask_anew();
        }
        report.erased += count(erased.len());
        self.device.forget_traces(&erased)?;
        if tells {
            self.device.forget_what_is_sealed(answer.clock.unwrap_or(now.to_utc()).date_naive())?;
        }
        *self.report.borrow_mut() = report;
        Ok(sees_more)
    }
}

/// Keeps what became of the records that were sent.
fn acknowledge(
    tx: &Tx,
    batch: &Batch,
    answer: &SyncAnswer,
    skew: Option<i64>,
    report: &mut SyncReport,
) -> Result<()> {
    for ((id, _), acknowledged) in batch.iter().zip(&answer.acknowledged) {
        match &acknowledged.refused {
            None => {
                tx.hold_record(*id, skew)?;
                report.sent += 1;
            }
            Some(reason) => {
                tx.refuse_record(*id, reason)?;
                report.refused += 1;
            }
        }
    }
    Ok(())
}

/// Keeps the records that came; one that this app is too old for, as it came. Gives how many were new, and how many could not be
/// read.
///
/// # Errors
/// Those of the store; `disk_full`.
pub(crate) fn take_records(tx: &Tx, records: &[Box<RawValue>]) -> Result<(u32, u32)> {
    let (mut received, mut unread) = (0, 0);
    for body in records {
        match serde_json::from_str(body.get()) {
            Ok(record) => received += u32::from(tx.add_record(&record, true)?),
            Err(_) => {
                tx.add_unread_record(body.get())?;
                unread += 1;
            }
        }
    }
    Ok((received, unread))
}
