//! The withdrawals once more, beside the database: who brings the database back from a backup leaves this file as it is, and
//! what was withdrawn since is erased again at the next start. It holds codes and no word of a story.

use super::{Told, WithdrawalLine, withdraw};
use crate::Headquarters;
use crate::error::{Error, Result};
use blon_core::id::{CampaignId, PersonName};
use blon_core::withdrawal::WithdrawalCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Its name in headquarters' folder.
pub(crate) const LEDGER: &str = "withdrawals.jsonl";

/// One line of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    campaign: CampaignId,
    code: WithdrawalCode,
    /// Unix seconds of headquarters' clock.
    taken: i64,
    by: Option<PersonName>,
}

impl Line {
    fn of(line: &WithdrawalLine) -> Self {
        let WithdrawalLine { campaign, code, taken, by, .. } = line.clone();
        Line { campaign, code, taken: taken.timestamp(), by }
    }

    fn names(&self) -> (CampaignId, WithdrawalCode) {
        (self.campaign.clone(), self.code)
    }
}

impl Headquarters {
    /// Takes the withdrawals that the file has and the database has not: it was brought back from a backup.
    ///
    /// # Errors
    /// Those of the database; an internal error if the file cannot be read.
    pub(crate) fn read_ledger(&self) -> Result<()> {
        let kept = read(&self.ledger)?;
        if kept.is_empty() {
            return Ok(());
        }
        let known = self.store.read(|tx| tx.all_withdrawals())?;
        let known: BTreeSet<_> = known.iter().map(|line| Line::of(line).names()).collect();
        for line in kept.into_iter().filter(|line| !known.contains(&line.names())) {
            self.store.write(|tx| {
                if tx.campaign(&line.campaign)?.is_none() {
                    return Ok(());
                }
                let told = Told { by: line.by.clone(), device: None, clock: None, at: line.taken };
                withdraw(tx, &line.campaign, line.code, &told)
            })?;
        }
        Ok(())
    }

    /// Adds to the file what the database has and it has not.
    ///
    /// # Errors
    /// Those of the database; `disk_full`, or an internal error if the file cannot be written.
    pub(crate) fn keep_ledger(&self) -> Result<()> {
        let kept: BTreeSet<_> = read(&self.ledger)?.iter().map(Line::names).collect();
        let all = self.store.read(|tx| tx.all_withdrawals())?;
        let mut new = String::new();
        for line in all.iter().map(Line::of).filter(|line| !kept.contains(&line.names())) {
            new.push_str(&serde_json::to_string(&line)?);
            new.push('\n');
        }
        if new.is_empty() {
            return Ok(());
        }
        let failed = |e| Error::file(self.ledger.as_path(), e);
        let mut file = File::options().create(true).append(true).open(&*self.ledger).map_err(failed)?;
        // What a full disk cut off before must not spoil the line that follows it.
        file.write_all(format!("\n{new}").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }
}

/// The lines of the file. One that was cut off is passed over: the database has it.
fn read(path: &Path) -> Result<Vec<Line>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Error::file(path, e)),
    }
}
