//! Sending and fetching, when the line allows.
//!
//! Every step is repeatable: what was not acknowledged is sent again, what arrives twice is kept once. Text goes first,
//! then files in the order in which headquarters wants them: on a bad line a story's words matter more than its photograph.
//!
//! - [`mod@line`]: what is asked of whatever carries it; [`crate::headquarters`] does it over HTTP;
//! - `run`: one sync, with `uploads` on their way up, `fetch` what comes down, `campaign` what is asked now; [`pace`]: how much goes at once; [`policy`]: what may go over which network;
//! - [`auto`]: when a sync begins by itself.

pub mod auto;
pub(crate) mod campaign;
mod fetch;
pub(crate) mod keeping;
pub mod line;
pub(crate) mod lost;
pub mod pace;
pub mod policy;
mod run;
mod uploads;

use crate::erasing::was_erased;
use crate::error::{Error, Result};
use crate::headquarters::Headquarters;
use crate::view::{
    Cause, Clocks, DataUse, Enrolment, Freeable, PastSync, SyncNews, SyncProgress, SyncReport,
};
use crate::{Device, count};
use blon_core::error::Code;
use blon_core::id::Digest;
use blon_core::invitation::{Invitation, Unreadable};
use blon_core::protocol::CLOCK_TOLERANCE;
use futures_util::FutureExt;
use line::Line;
use policy::{FilePolicy, Network};
use run::{Budget, Run};
use std::fs::File;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// The settings that a sync leaves behind.
const PACE: &str = "pace";
const SKEW: &str = "skew";
pub(crate) const PARCEL_KEY: &str = "parcel_key";
const POLICY: &str = "file_policy";
const BY_ITSELF: &str = "sync_by_itself";

impl Device {
    /// Takes this device in at headquarters with an address and a one-time code that somebody typed.
    ///
    /// # Errors
    /// As for [`Device::enrol_by`].
    pub fn enrol(&self, url: &str, code: &str) -> Result<Enrolment> {
        self.enrol_by(&Invitation { url: url.to_owned(), code: code.to_owned(), pin: None })
    }

    /// Takes this device in at headquarters by an invitation. A device that lost its token may enrol
    /// again for the same person; its stories stay. Headquarters is known by the key that this invitation names, or by what the
    /// web's authorities say, whatever the one before said.
    ///
    /// # Errors
    /// `code_invalid`, `unreachable`, `insecure_address`, `server_key_wrong`, `server_untrusted`, `protocol_unsupported`,
    /// `headquarters_older`; `already_enrolled` if the code is another person's or another campaign's.
    pub fn enrol_by(&self, invitation: &Invitation) -> Result<Enrolment> {
        // Told beforehand whose device this is, headquarters leaves another person's code unused.
        let person = self.enrolment()?.map(|enrolment| enrolment.person);
        let earlier = match &person {
            Some(person) => self.store.read(|tx| tx.own_devices(person))?,
            None => Vec::new(),
        };
        let line = Headquarters::at(&invitation.url, None, invitation.pin)?;
        let (enrolment, token, parcel_key) = line.enrol(&invitation.code, person, earlier)?;
        self.store.write(|tx| {
            if let Some(before) = tx.enrolment()?.map(|row| row.enrolment) {
                let same = before.person == enrolment.person && before.campaign.id == enrolment.campaign.id;
                if !same {
                    let message = format!("this device is {}'s, for {}", before.person, before.campaign.id);
                    return Err(Error::told(Code::AlreadyEnrolled, message));
                }
            }
            if let Some(key) = parcel_key {
                tx.set(PARCEL_KEY, &key)?;
            }
            tx.put_enrolment(&enrolment, &token, invitation.pin)
        })?;
        self.ask_anew();
        Ok(enrolment.for_screens())
    }

    /// The campaign may ask something else now.
    fn ask_anew(&self) {
        *self.questionnaire.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Sends everything that waits and may go now, and fetches everything new. `progress` hears how much is left.
    ///
    /// # Errors
    /// `not_enrolled`, `sync_running`, `sync_cancelled`, `device_unknown`, `protocol_unsupported`, `headquarters_older`,
    /// `unreachable`, `server_key_wrong`, `server_untrusted`, `line_stalled`, `bad_answer`, `server_fault`; `device_erased` where
    /// headquarters asked for that, and then nothing is left; at the end of a sync that else went well, the first that
    /// concerns one file alone: `file_not_expected`, `file_too_large`, `file_digest_mismatch`, `checksum_mismatch`,
    /// `file_unreadable`, `bad_input`. What was acknowledged before stays acknowledged.
    pub fn sync(&self, progress: impl FnMut(SyncProgress)) -> Result<SyncReport> {
        self.sync_because(Cause::Asked, false, progress)
    }

    /// The same for a reason that the history tells. `all_files`: this once, files go whatever they cost.
    ///
    /// # Errors
    /// As for [`Device::sync`].
    pub fn sync_because(
        &self,
        cause: Cause,
        all_files: bool,
        progress: impl FnMut(SyncProgress),
    ) -> Result<SyncReport> {
        // From here on it can be stopped, whatever it is about.
        let stop = self.cancelled.begin();
        let enrolled = self.enrolled()?;
        let line = Headquarters::at(&enrolled.enrolment.url, Some(enrolled.token), enrolled.pin)?;
        let policy = all_files.then_some(FilePolicy::Any);
        self.sync_over(&line, cause, policy, stop, progress, |work| line.block_on(work))
    }

    /// The same, with `heard` told what happens. It is told once the sync has begun: another may be going on, and then nothing
    /// changes on the screen.
    ///
    /// # Errors
    /// As for [`Device::sync`].
    pub fn sync_heard(&self, cause: Cause, all_files: bool, heard: &impl Fn(SyncNews)) -> Result<SyncReport> {
        let mut told = false;
        let synced = self.sync_because(cause, all_files, |left| {
            if !std::mem::replace(&mut told, true) {
                heard(SyncNews::Began { cause });
            }
            heard(SyncNews::Progress { left });
        });
        if told {
            heard(SyncNews::Ended { problem: synced.as_ref().err().map(Error::problem) });
        }
        synced
    }

    /// One sync over any line; `drive` runs it to its end.
    fn sync_over<L: Line>(
        &self,
        line: &L,
        cause: Cause,
        policy: Option<FilePolicy>,
        stop: Cancelled,
        progress: impl FnMut(SyncProgress),
        drive: impl FnOnce(std::pin::Pin<Box<dyn Future<Output = Result<()>> + '_>>) -> Result<()>,
    ) -> Result<SyncReport> {
        let running = || Error::told(Code::SyncRunning, "another sync is going on");
        let _alone = Alone::among(&self.syncing).ok_or_else(running)?;
        let began = self.clock.now().to_utc();
        let run = Run::new(self, line, policy, stop.clone(), progress)?;
        let work = async {
            tokio::select! {
                biased;
                () = stop.asked() => Err(cancelled()),
                ended = run.all() => ended,
            }
        };
        let ended = drive(Box::pin(work));
        if self.is_erased() {
            return Err(was_erased());
        }
        let (report, pace) = (run.report(), run.pace());
        let past = PastSync {
            began,
            at: self.clock.now().to_utc(),
            cause,
            report: report.clone(),
            problem: ended.as_ref().err().map(Error::problem),
        };
        self.store.write(|tx| {
            tx.set(PACE, &pace)?;
            tx.add_sync(&past)
        })?;
        ended.map(|()| report)
    }

    /// One sync over a line of the caller's own, which never waits: for simulations.
    ///
    /// # Errors
    /// As for [`Device::sync`].
    pub fn sync_by(&self, line: &impl Line) -> Result<SyncReport> {
        let (stop, policy) = (self.cancelled.begin(), Some(FilePolicy::Any));
        self.sync_over(
            line,
            Cause::Asked,
            policy,
            stop,
            |_| (),
            |work| work.now_or_never().unwrap_or_else(|| Err(Error::Internal("the line waited".to_owned()))),
        )
    }

    /// Stops the sync that is going on, if there is one. What was acknowledged stays so.
    pub fn cancel_sync(&self) {
        self.cancelled.now();
    }

    /// Stops the sync that is going on, and lets none begin any more: the app was locked.
    pub(crate) fn close_syncs(&self) {
        self.cancelled.for_good();
    }

    /// The syncs of this device, the last one first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn past_syncs(&self, most: u32) -> Result<Vec<PastSync>> {
        self.store.read(|tx| tx.syncs(most))
    }

    /// How the last sync ended, if there was one.
    ///
    /// # Errors
    /// Those of the store.
    pub fn last_sync(&self) -> Result<Option<PastSync>> {
        Ok(self.past_syncs(1)?.pop())
    }

    /// What waits to be sent now, and what of it would go over this network.
    ///
    /// # Errors
    /// Those of the store.
    pub fn waiting(&self) -> Result<SyncProgress> {
        self.expected(None)
    }

    /// What a sync would have to send, by this policy or the collector's own.
    fn expected(&self, policy: Option<FilePolicy>) -> Result<SyncProgress> {
        let budget = self.budget(policy)?;
        self.store.read(|tx| {
            let files = tx.waiting_files()?;
            let parcels = tx.parcels_to_deliver()?;
            let left = files.iter().chain(&parcels).map(|file| file.bytes.saturating_sub(file.have));
            let bytes: u64 = left.sum();
            let held = budget.room.map_or(0, |room| bytes.saturating_sub(room));
            Ok(SyncProgress {
                records_left: tx.count_records("waiting")?,
                text_bytes: tx.waiting_bytes()? / pace::PACKED,
                files_left: count(files.len() + parcels.len()),
                bytes_left: bytes - held,
                bytes_held: held,
                seconds_left: None,
            })
        })
    }

    /// What may be spent now, by this policy or the collector's own. Networks and days change in the middle of a sync.
    fn budget(&self, policy: Option<FilePolicy>) -> Result<Budget> {
        let policy = match policy {
            Some(policy) => policy,
            None => self.store.read(|tx| tx.setting(POLICY))?.unwrap_or_default(),
        };
        let here = self.enrolment()?.is_some_and(|enrolment| is_this_machine(&enrolment.url));
        let network = policy::network(self.told_network(), here);
        let today = self.clock.now().date_naive();
        Ok(Budget::of(policy, network, self.store.read(|tx| tx.data_used(today))?))
    }

    /// The collector's choice, the network as it is now, and what today has cost.
    ///
    /// # Errors
    /// Those of the store.
    pub fn data_use(&self) -> Result<DataUse> {
        let today = self.clock.now().date_naive();
        let budget = self.budget(None)?;
        self.store.read(|tx| {
            Ok(DataUse {
                by_itself: tx.setting(BY_ITSELF)?.unwrap_or(true),
                policy: tx.setting(POLICY)?.unwrap_or_default(),
                network: budget.network,
                used_today: tx.data_used(today)?,
            })
        })
    }

    /// The collector chooses when files go.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn set_file_policy(&self, policy: FilePolicy) -> Result<()> {
        self.store.write(|tx| tx.set(POLICY, &policy))
    }

    /// The collector chooses whether syncs begin by themselves.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn set_sync_by_itself(&self, by_itself: bool) -> Result<()> {
        self.store.write(|tx| tx.set(BY_ITSELF, &by_itself))
    }

    /// Whether a sync may begin by itself: the device is enrolled, and the collector lets it.
    pub(crate) fn may_sync_by_itself(&self) -> Result<bool> {
        self.store.read(|tx| Ok(tx.enrolment()?.is_some() && tx.setting(BY_ITSELF)?.unwrap_or(true)))
    }

    /// The system says what the network costs now.
    pub fn set_network(&self, network: Network) {
        *self.network.lock().unwrap_or_else(PoisonError::into_inner) = network;
    }

    fn told_network(&self) -> Network {
        *self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How wrong this device's clock was at the last sync.
    ///
    /// # Errors
    /// Those of the store.
    pub fn clocks(&self) -> Result<Clocks> {
        let ahead: Option<i64> = self.store.read(|tx| tx.setting(SKEW))?;
        let wrong = ahead.is_some_and(|seconds| seconds.abs() > CLOCK_TOLERANCE.num_seconds());
        Ok(Clocks { seconds_ahead: ahead, wrong })
    }

    /// The space that the files take which headquarters has confirmed.
    ///
    /// # Errors
    /// Those of the store.
    pub fn freeable(&self) -> Result<Freeable> {
        Ok(freeable(&self.store.read(|tx| tx.files_to_free())?))
    }

    /// Lets go of the bytes of every file that headquarters has confirmed; the stories keep naming them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn free_files(&self) -> Result<Freeable> {
        let freed = self.store.write(|tx| {
            let files = tx.files_to_free()?;
            files.iter().try_for_each(|(key, _, _)| tx.free_file(*key))?;
            Ok(freeable(&files))
        })?;
        self.give_room_back()?;
        Ok(freed)
    }

    /// Lets go, bit by bit, of bytes that are needed no more: all at once would need as much room as it gives. Where that
    /// ends in the middle, the next time goes on.
    pub(crate) fn give_room_back(&self) -> Result<()> {
        while self.store.write(|tx| tx.free_some())? {
            self.store.give_room_back()?;
        }
        Ok(())
    }
}

/// Reads the line of an invitation that somebody was sent.
///
/// # Errors
/// `invitation_unreadable`.
pub fn read_invitation(line: &str) -> Result<Invitation> {
    line.parse().map_err(|e: Unreadable| Error::told(Code::InvitationUnreadable, e.to_string()))
}

fn freeable(files: &[(i64, Digest, u64)]) -> Freeable {
    Freeable { files: count(files.len()), bytes: files.iter().map(|(_, _, bytes)| bytes).sum() }
}

/// Whether an address is on this very machine.
fn is_this_machine(url: &str) -> bool {
    crate::headquarters::address(url).is_ok_and(|url| url.scheme() == "http")
}

/// Held while a sync runs, so that neither two threads nor two processes send the same bytes at once.
struct Alone<'d>(MutexGuard<'d, File>);

impl<'d> Alone<'d> {
    /// `None` while another sync runs.
    fn among(syncing: &'d Mutex<File>) -> Option<Self> {
        let file = match syncing.try_lock() {
            Ok(file) => file,
            // One that panicked left nothing behind but this.
            Err(TryLockError::Poisoned(left)) => left.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        file.try_lock().ok()?;
        Some(Alone(file))
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        // The system lets go of it at the latest when this process ends.
        let _ = self.0.unlock();
    }
}

/// The way to stop a sync from another thread.
#[derive(Default)]
pub(crate) struct Cancelling(tokio::sync::watch::Sender<Asked>);

/// How often it was asked to stop, and whether for good.
#[derive(Default)]
struct Asked {
    times: u64,
    for_good: bool,
}

impl Cancelling {
    /// For a sync that begins now: hears when it is to stop.
    fn begin(&self) -> Cancelled {
        Cancelled(self.0.subscribe())
    }

    fn now(&self) {
        self.0.send_modify(|asked| asked.times += 1);
    }

    fn for_good(&self) {
        self.0.send_modify(|asked| asked.for_good = true);
    }
}

/// Hears when a sync is to stop.
#[derive(Clone)]
struct Cancelled(tokio::sync::watch::Receiver<Asked>);

impl Cancelled {
    fn so_far(&self) -> Result<()> {
        let asked = self.0.has_changed().unwrap_or(false) || self.0.borrow().for_good;
        if asked { Err(cancelled()) } else { Ok(()) }
    }

    async fn asked(mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn cancelled() -> Error {
    Error::told(Code::SyncCancelled, "the sync was stopped")
}
