//! Sending and fetching, when the line allows.
//!
//! Every step is repeatable: what was not acknowledged is sent again, what arrives twice is kept once. The
//! store is never held while the network is awaited, so the collector can go on writing. Text first, then
//! files, the smallest first: on a bad line a story's words matter more than its photograph.

use crate::attaching::FileReader;
use crate::error::{Error, Result};
use crate::headquarters::Headquarters;
use crate::named::named_files;
use crate::store::{RecordState, WaitingFile};
use crate::view::{Enrolment, LastSync, SyncProgress, SyncReport};
use crate::{Device, count};
use blon_core::error::Code;
use blon_core::id::{Digest, RecordId};
use blon_core::protocol::{BATCH_BYTES, BATCH_RECORDS, PROTOCOL, SyncAnswer, SyncRequest};
use std::collections::BTreeSet;
use std::sync::PoisonError;

impl Device {
    /// Takes this device in at headquarters with a one-time code. A device that lost its token may enrol
    /// again for the same person; its stories stay.
    ///
    /// # Errors
    /// `code_invalid`, `unreachable`, `insecure_address`; `already_enrolled` if the code is another
    /// person's or another campaign's.
    pub fn enrol(&self, url: &str, code: &str) -> Result<Enrolment> {
        // Told beforehand whose device this is, headquarters leaves another person's code unused.
        let person = self.enrolment()?.map(|enrolment| enrolment.person);
        let (enrolment, token) = Headquarters::at(url, None)?.enrol(code, person)?;
        self.store.write(|tx| {
            if let Some(before) = tx.enrolment()?.map(|row| row.enrolment) {
                let same = before.person == enrolment.person && before.campaign.id == enrolment.campaign.id;
                if !same {
                    let message = format!("this device is {}'s, for {}", before.person, before.campaign.id);
                    return Err(Error::told(Code::AlreadyEnrolled, message));
                }
            }
            tx.put_enrolment(&enrolment, &token)
        })?;
        *self.questionnaire.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(enrolment.for_screens())
    }

    /// Sends everything that waits and fetches everything new. `progress` hears how much is left.
    ///
    /// # Errors
    /// `not_enrolled`, `sync_running`, `device_unknown`, `unreachable`, `bad_answer`, `server_fault`. What
    /// was acknowledged before the error stays acknowledged.
    pub fn sync(&self, progress: impl FnMut(SyncProgress)) -> Result<SyncReport> {
        let enrolled = self.enrolled()?;
        let _running = self
            .syncing
            .try_lock()
            .map_err(|_| Error::told(Code::SyncRunning, "another sync is going on"))?;
        let line = Headquarters::at(&enrolled.enrolment.url, Some(enrolled.token))?;
        let mut run = Run { device: self, line, report: SyncReport::default(), progress };
        let ended = run.records().and_then(|lacking| run.files(&lacking));
        let report = run.report;
        let last = LastSync {
            at: self.clock.now().to_utc(),
            report: report.clone(),
            problem: ended.as_ref().err().map(Error::problem),
        };
        self.store.write(|tx| tx.add_sync(&last))?;
        ended.map(|()| report)
    }

    /// How the last sync ended, if there was one.
    ///
    /// # Errors
    /// Those of the store.
    pub fn last_sync(&self) -> Result<Option<LastSync>> {
        self.store.read(|tx| tx.last_sync())
    }

    /// What waits to be sent now.
    ///
    /// # Errors
    /// Those of the store.
    pub fn waiting(&self) -> Result<SyncProgress> {
        self.store.read(|tx| {
            let records = tx.records()?;
            let named = named_files(records.iter().filter(|r| r.state.is_live()));
            let files: Vec<_> =
                tx.waiting_files()?.into_iter().filter(|f| named.contains(&f.sha256)).collect();
            Ok(SyncProgress {
                records_left: tx.count_records("waiting")?,
                files_left: count(files.len()),
                bytes_left: files.iter().map(|f| f.bytes).sum(),
            })
        })
    }
}

/// One sync under way.
struct Run<'d, P> {
    device: &'d Device,
    line: Headquarters,
    report: SyncReport,
    progress: P,
}

impl<P: FnMut(SyncProgress)> Run<'_, P> {
    /// Exchanges records until neither side has more; gives the files that headquarters lacks.
    fn records(&mut self) -> Result<BTreeSet<Digest>> {
        loop {
            (self.progress)(self.device.waiting()?);
            let store = &self.device.store;
            let (since, batch) = store.read(|tx| {
                let since = tx.enrolment()?.map_or(0, |row| row.since);
                Ok((since, tx.waiting_records(BATCH_RECORDS, BATCH_BYTES)?))
            })?;
            let records = batch
                .iter()
                .map(|(_, body)| serde_json::from_str(body))
                .collect::<serde_json::Result<Vec<_>>>()?;
            let answer =
                self.line.sync(&SyncRequest { protocol: PROTOCOL, since, records }, &mut self.report)?;
            self.keep(&batch, &answer)?;
            let waiting = store.read(|tx| tx.count_records("waiting"))?;
            if waiting == 0 && !answer.more {
                return Ok(answer.lacking.into_iter().collect());
            }
        }
    }

    /// Keeps one answer whole, in one transaction: acknowledgements, new records, and where to go on.
    fn keep(&mut self, batch: &[(RecordId, String)], answer: &SyncAnswer) -> Result<()> {
        let answered = answer.acknowledged.iter().zip(batch).all(|(a, (id, _))| a.id == Some(*id));
        if answer.acknowledged.len() != batch.len() || !answered {
            let message = "headquarters acknowledged other records than were sent";
            return Err(Error::told(Code::BadAnswer, message));
        }
        let (mut sent, mut refused, mut received) = (0, 0, 0);
        self.device.store.write(|tx| {
            for ((id, _), acknowledged) in batch.iter().zip(&answer.acknowledged) {
                match &acknowledged.refused {
                    None => {
                        tx.hold_record(*id)?;
                        sent += 1;
                    }
                    Some(reason) => {
                        tx.refuse_record(*id, reason)?;
                        refused += 1;
                    }
                }
            }
            for record in &answer.records {
                received += u32::from(tx.add_record(record, true)?);
            }
            let lacking: BTreeSet<&Digest> = answer.lacking.iter().collect();
            let records = tx.records()?;
            for digest in named_files(records.iter().filter(|r| r.state == RecordState::Held)) {
                tx.set_confirmed(&digest, !lacking.contains(&digest))?;
            }
            tx.set_since(answer.next)
        })?;
        self.report.sent += sent;
        self.report.refused += refused;
        self.report.received += received;
        Ok(())
    }

    /// Sends the files that headquarters lacks and this device has. One that is refused does not hold up the
    /// others; the first such reason is given at the end.
    fn files(&mut self, lacking: &BTreeSet<Digest>) -> Result<()> {
        let waiting: Vec<WaitingFile> = self
            .device
            .store
            .read(|tx| tx.waiting_files())?
            .into_iter()
            .filter(|f| lacking.contains(&f.sha256))
            .collect();
        let mut refused = None;
        for file in waiting {
            let content = FileReader::new(&self.device.store, file.key);
            match self.line.put_file(&file.sha256, file.bytes, content, &mut self.report) {
                Ok(()) => {
                    self.device.store.write(|tx| tx.set_confirmed(&file.sha256, true))?;
                    self.report.files_sent += 1;
                }
                Err(error) if concerns_one_file(error.code()) => refused = refused.or(Some(error)),
                Err(error) => return Err(error),
            }
            (self.progress)(self.device.waiting()?);
        }
        refused.map_or(Ok(()), Err)
    }
}

fn concerns_one_file(code: Code) -> bool {
    matches!(code, Code::FileNotExpected | Code::FileTooLarge | Code::FileDigestMismatch)
}
