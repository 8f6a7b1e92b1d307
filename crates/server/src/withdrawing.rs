//! A storyteller withdraws: whoever is given the story's code takes it, and nothing of the story is kept.
//!
//! What is erased, in one transaction: every revision and all that was said, the list and its words, tasks of verifiers, what
//! is known of its files. What of it can still be read on the disk goes right after, and after a kill at the next start: the
//! files' bytes, the words in the index, the log of the database. The ids of its records stay, and the code, so that
//! nothing of it is taken in again.
//!
//! A backup still has the story. So withdrawals also stand in a file beside the database (`ledger`), and devices tell theirs
//! again to a headquarters that knows fewer.

pub(crate) mod ledger;

use crate::Headquarters;
use crate::audit::What;
use crate::campaigns::campaign_for;
use crate::error::{Error, Result};
use crate::exports::archive::MANIFEST;
use crate::store::{DeviceRow, Person, Tx};
use crate::unix_now;
use blon_core::error::Code;
use blon_core::id::{CampaignId, DeviceId, PersonName};
use blon_core::protocol::{SyncAnswer, SyncRequest, WITHDRAWS};
use blon_core::withdrawal::{WithdrawalCode, WithdrawalSum, may_withdraw};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// Withdrawals of one device for which there is no story here. A story may be on its way; so many are made up.
const IDLE: u32 = 200;

/// A withdrawal that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct WithdrawalLine {
    /// In which campaign.
    pub campaign: CampaignId,
    /// The code of the story.
    pub code: WithdrawalCode,
    /// When headquarters heard of it.
    #[ts(type = "string")]
    pub taken: DateTime<Utc>,
    /// Who took it; `None` for whoever used the tool on headquarters' own machine.
    pub by: Option<PersonName>,
    /// On which device; `None` for headquarters' pages and tool.
    pub device: Option<DeviceId>,
    /// When, by the clock of that device.
    #[ts(type = "string | null")]
    pub clock: Option<DateTime<Utc>>,
    /// When the story was erased here; `None` while none with this code has come.
    #[ts(type = "string | null")]
    pub erased: Option<DateTime<Utc>>,
    /// How many files were erased with it.
    pub files: u32,
}

/// What a withdrawal did, for whoever took it and for the storyteller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct WithdrawalReceipt {
    /// The withdrawal.
    #[serde(flatten)]
    #[ts(flatten)]
    pub line: WithdrawalLine,
    /// What left headquarters of the campaign before, newest first: only whoever has these files can erase the story there.
    pub exports: Vec<PastExport>,
}

/// Stories that left headquarters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct PastExport {
    /// When.
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
    /// Who took them; `None` for whoever used the tool on headquarters' own machine.
    pub who: Option<PersonName>,
    /// As what, such as `stories.csv`.
    pub what: String,
}

/// How headquarters came to hear of a withdrawal.
pub struct Told {
    /// Who took it.
    pub by: Option<PersonName>,
    /// On which device.
    pub device: Option<DeviceId>,
    /// When by the clock of that device, in Unix seconds.
    pub clock: Option<i64>,
    /// When by headquarters' own.
    pub at: i64,
}

impl Headquarters {
    /// Takes a storyteller's withdrawal by the story's code, and erases the story. One that was taken before is given again. A
    /// code of which no story is here is kept: the story may still be on a device.
    ///
    /// # Errors
    /// `withdrawal_code_wrong`; `forbidden`; `campaign_not_found`.
    pub fn withdraw(
        &self,
        campaign: &CampaignId,
        code: &str,
        who: Option<&Person>,
    ) -> Result<WithdrawalReceipt> {
        if who.is_some_and(|who| !may_withdraw(who.role)) {
            return Err(Error::told(Code::Forbidden, "a verifier takes no withdrawals"));
        }
        let code: WithdrawalCode =
            code.parse().map_err(|_| Error::told(Code::WithdrawalCodeWrong, "this is no withdrawal code"))?;
        let told = Told { by: who.map(|who| who.name.clone()), device: None, clock: None, at: unix_now() };
        self.store.write(|tx| {
            campaign_for(tx, campaign, who)?;
            withdraw(tx, campaign, code, &told)
        })?;
        // Whoever erases at the same time may have ended before this was written.
        self.keep_ledger()?;
        self.erase_what_is_left()?;
        self.changes.tell();
        self.store.read(|tx| receipt(tx, campaign, code))
    }

    /// The withdrawals of a campaign, newest first.
    ///
    /// # Errors
    /// `forbidden`; `campaign_not_found`.
    pub fn withdrawals(&self, campaign: &CampaignId, who: Option<&Person>) -> Result<Vec<WithdrawalLine>> {
        if who.is_some_and(|who| !may_withdraw(who.role)) {
            return Err(Error::told(Code::Forbidden, "a verifier takes no withdrawals"));
        }
        self.store.read(|tx| {
            campaign_for(tx, campaign, who)?;
            let all = tx.all_withdrawals()?;
            Ok(all.into_iter().rev().filter(|line| line.campaign == *campaign).collect())
        })
    }

    /// Takes from the disk what was erased and can still be read there; keeps the withdrawals beside the database. Called after
    /// each withdrawal, at the start and now and then, so that nothing that was cut off stays.
    ///
    /// # Errors
    /// An internal error if the disk fails; what is left is tried again.
    pub fn erase_what_is_left(&self) -> Result<()> {
        // Also what another process erased, which may have another folder.
        self.keep_ledger()?;
        let Some(erasing) = self.store.read(|tx| tx.last_erasing())? else { return Ok(()) };
        // Outside of any transaction: to write over hundreds of megabytes takes its time.
        let files = self.store.write(|tx| tx.files_to_erase())?;
        files.iter().try_for_each(|sha256| self.files.erase(sha256))?;
        self.store.write(|tx| tx.erased_files(&files))?;
        // Whoever reads for long, as a backup does, holds the log; it is emptied another time then.
        if self.store.forget_log()? {
            self.store.write(|tx| tx.end_erasing(&erasing))?;
        }
        Ok(())
    }
}

/// Keeps a withdrawal and erases the story with its code, if it is here.
pub(crate) fn withdraw(tx: &Tx, campaign: &CampaignId, code: WithdrawalCode, told: &Told) -> Result<()> {
    let is_new = tx.add_withdrawal(campaign, code, told)?;
    let story = tx.stories_of(campaign)?.into_iter().find(|story| WithdrawalCode::of(*story) == code);
    // One that is known has erased its story, unless somebody brought that back behind our back.
    if !is_new && story.is_none() {
        return Ok(());
    }
    if let Some(story) = story {
        tx.erase_story(campaign, code, story, told.at)?;
    }
    tx.note(told.by.as_ref(), What::StoryWithdrawn, &format!("{campaign} {code}"))
}

/// Takes the withdrawals that a device brings.
pub(crate) fn take(tx: &Tx, device: &DeviceRow, person: &Person, ask: &SyncRequest, at: i64) -> Result<()> {
    if ask.withdrawals.is_empty() || !may_withdraw(person.role) {
        return Ok(());
    }
    for one in &ask.withdrawals {
        if tx.count_idle_withdrawals(device.id)? >= IDLE {
            tracing::warn!("device {} tells of more withdrawals than there are stories", device.id);
            return Ok(());
        }
        let clock = Some(one.clock.timestamp());
        let told = Told { by: Some(person.name.clone()), device: Some(device.id), clock, at };
        withdraw(tx, &device.campaign, one.code, &told)?;
    }
    Ok(())
}

/// Tells a device all withdrawals of its campaign, if it does not know them or knows others.
pub(crate) fn tell(tx: &Tx, device: &DeviceRow, ask: &SyncRequest, answer: &mut SyncAnswer) -> Result<()> {
    if !ask.files || answer.more || ask.protocol < WITHDRAWS {
        return Ok(());
    }
    let known = tx.withdrawal_codes(&device.campaign)?;
    answer.withdrawn = (WithdrawalSum::of(&known) != ask.withdrawn).then_some(known);
    Ok(())
}

fn receipt(tx: &Tx, campaign: &CampaignId, code: WithdrawalCode) -> Result<WithdrawalReceipt> {
    let missing = || Error::Internal("the withdrawal is gone".to_owned());
    let line = tx.withdrawal(campaign, code)?.ok_or_else(missing)?;
    let of_campaign = format!("{campaign} ");
    let exports = tx.noted(What::Exported)?.into_iter().rev().filter(|entry| entry.at <= line.taken);
    let exports = exports.filter_map(|entry| {
        // A manifest alone counts stories, and holds none.
        let what = entry.about.strip_prefix(&of_campaign).filter(|what| *what != MANIFEST)?.to_owned();
        Some(PastExport { at: entry.at, who: entry.who, what })
    });
    Ok(WithdrawalReceipt { exports: exports.collect(), line })
}
