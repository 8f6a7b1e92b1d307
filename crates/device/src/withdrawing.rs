//! A storyteller withdraws: whoever is given the code of the story takes it here, whether the story is on this device or not.
//!
//! What is here of it is erased at once, drafts and the name included. The code goes to headquarters with the next sync, and from
//! there to every device. Two that know other withdrawals tell each other: headquarters may have been brought back from a
//! backup and have the story again.

use crate::Device;
use crate::error::{Error, Result};
use crate::store::{Tx, WithdrawalRow};
use crate::view::WithdrawalView;
use blon_core::error::Code;
use blon_core::id::StoryId;
use blon_core::protocol::{SyncAnswer, SyncRequest, WITHDRAWALS, Withdrawal};
use blon_core::withdrawal::{WithdrawalCode, WithdrawalSum, may_withdraw};
use chrono::{DateTime, FixedOffset};

impl Device {
    /// Takes a storyteller's withdrawal by the code of the story, as people write it.
    ///
    /// # Errors
    /// `withdrawal_code_wrong`; `act_not_allowed` on a verifier's device; `disk_full`.
    pub fn withdraw(&self, code: &str) -> Result<WithdrawalView> {
        let code: WithdrawalCode =
            code.parse().map_err(|_| Error::told(Code::WithdrawalCodeWrong, "this is no withdrawal code"))?;
        let now = self.clock.now();
        let erased = self.store.write(|tx| {
            if tx.role()?.is_some_and(|role| !may_withdraw(role)) {
                return Err(Error::told(Code::ActNotAllowed, "a verifier takes no withdrawals"));
            }
            tx.add_withdrawal(&WithdrawalRow { code, clock: now, here: true, told: false })?;
            erase(tx, &[code])
        })?;
        let erased = self.forget_traces(&erased)?;
        let all = self.withdrawals()?.into_iter();
        let own = all.into_iter().find(|view| view.code == code);
        own.map(|view| WithdrawalView { erased, ..view })
            .ok_or_else(|| Error::Internal("the withdrawal is gone".to_owned()))
    }

    /// The withdrawals that were taken on this device, the last first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn withdrawals(&self) -> Result<Vec<WithdrawalView>> {
        let rows = self.store.read(|tx| tx.withdrawals())?;
        let view = |row: WithdrawalRow| WithdrawalView {
            code: row.code,
            at: row.clock.to_utc(),
            told: row.told,
            erased: false,
        };
        Ok(rows.into_iter().filter(|row| row.here).map(view).collect())
    }

    /// After stories were erased: forgets the steps that led to them, and gives their room back. Gives whether there were any.
    pub(crate) fn forget_traces(&self, erased: &[StoryId]) -> Result<bool> {
        for story in erased {
            self.steps().forget(*story);
        }
        if !erased.is_empty() {
            self.store.give_room_back()?;
        }
        Ok(!erased.is_empty())
    }
}

/// The withdrawals that headquarters has not said it knows, as many as one request holds.
pub(crate) fn untold(tx: &Tx) -> Result<Vec<Withdrawal>> {
    let all = tx.withdrawals()?;
    Ok(all.iter().filter(|row| !row.told).map(WithdrawalRow::told_as).take(WITHDRAWALS).collect())
}

/// The sum of all that this device knows.
pub(crate) fn known(tx: &Tx) -> Result<Option<WithdrawalSum>> {
    let codes: Vec<WithdrawalCode> = tx.withdrawals()?.iter().map(|row| row.code).collect();
    Ok(WithdrawalSum::of(&codes))
}

/// What hearing of withdrawals came to.
pub(crate) struct Heard {
    /// The stories that were erased.
    pub erased: Vec<StoryId>,
    /// Whether both sides know the same now.
    pub agreed: bool,
    /// Whether this device knows some that were not in its request and that headquarters lacks.
    pub more_to_tell: bool,
}

/// Takes in what headquarters says of withdrawals in the answer that tells of files.
pub(crate) fn hear(
    tx: &Tx,
    ask: &SyncRequest,
    answer: &SyncAnswer,
    now: DateTime<FixedOffset>,
) -> Result<Heard> {
    let Some(theirs) = &answer.withdrawn else {
        let agreed = known(tx)? == ask.withdrawn;
        if agreed {
            tx.withdrawals()?.iter().try_for_each(|row| tx.set_withdrawal_told(row.code, true))?;
        }
        // One that was taken while the answer was on its way.
        return Ok(Heard { erased: Vec::new(), agreed, more_to_tell: !agreed });
    };
    let erased = hear_all(tx, theirs, now)?;
    let may = tx.role()?.is_some_and(may_withdraw);
    let missing = tx.withdrawals()?.into_iter().filter(|row| !theirs.contains(&row.code));
    let missing: Vec<WithdrawalRow> = missing.filter(|_| may).collect();
    let told = |code| ask.withdrawals.iter().any(|told| told.code == code);
    // Where headquarters takes none of them, telling more is no use.
    let took = ask.withdrawals.is_empty() || ask.withdrawals.iter().any(|told| theirs.contains(&told.code));
    for row in &missing {
        tx.set_withdrawal_told(row.code, false)?;
    }
    Ok(Heard {
        erased,
        agreed: missing.is_empty(),
        more_to_tell: took && missing.iter().any(|row| !told(row.code)),
    })
}

/// Takes in all that headquarters knows; gives the stories that were erased.
pub(crate) fn hear_all(
    tx: &Tx,
    theirs: &[WithdrawalCode],
    now: DateTime<FixedOffset>,
) -> Result<Vec<StoryId>> {
    let mut new = Vec::new();
    for code in theirs {
        if tx.add_withdrawal(&WithdrawalRow { code: *code, clock: now, here: false, told: true })? {
            new.push(*code);
        }
        tx.set_withdrawal_told(*code, true)?;
    }
    erase(tx, &new)
}

/// Erases the stories with these codes; gives which there were.
fn erase(tx: &Tx, codes: &[WithdrawalCode]) -> Result<Vec<StoryId>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let stories = tx.every_story()?.into_iter().filter(|story| codes.contains(&WithdrawalCode::of(*story)));
    let stories: Vec<StoryId> = stories.collect();
    stories.iter().try_for_each(|story| tx.erase_story(*story))?;
    Ok(stories)
}
