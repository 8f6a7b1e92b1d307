//! One sync under way.
//!
//! Text first, then files. The store is never held while the network is awaited, and every answer is kept (`keeping`) before the
//! next request: wherever it is stopped, the next sync goes on from there.

use super::campaign::known_campaign;
use super::line::Line;
use super::pace::Pace;
use super::policy::{FilePolicy, Network};
use super::uploads::{Queue, Upload};
use super::{Cancelled, PACE};
use crate::erasing::was_erased;
use crate::error::{Error, Result};
use crate::sealing::seal_what_is_not;
use crate::store::{Tx, WaitingFile};
use crate::view::{SyncProgress, SyncReport};
use crate::withdrawing::{known, untold};
use crate::{Device, count};
use blon_core::error::Code;
use blon_core::id::{Digest, RecordId};
use blon_core::protocol::{About, BATCH_RECORDS, PARCEL_KEY_END, PROTOCOL, SyncRequest};
use chrono::SubsecRound;
use serde_json::value::RawValue;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Instant;

/// How often a line may break in a row, with nothing gained in between, before it is given up.
const TRIES: u32 = 3;

/// How often a piece may come to be wrong on its way before its file is left for another time.
const SPOILT: u32 = 4;

/// What this sync may spend.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// What the network costs.
    pub network: Network,
    /// Bytes of files that may still go; `None` for as many as there are.
    pub room: Option<u64>,
}

impl Budget {
    pub fn of(policy: FilePolicy, network: Network, used_today: u64) -> Self {
        Budget { network, room: policy.room(network, used_today) }
    }
}

/// One sync under way.
pub(super) struct Run<'d, L, P> {
    pub(super) device: &'d Device,
    pub(super) line: &'d L,
    /// Another policy than the collector's own, this once.
    pub(super) policy: Option<FilePolicy>,
    pub(super) pace: Cell<Pace>,
    stop: Cancelled,
    /// Whether headquarters turned out to have lost what it had.
    pub(super) sent_again: Cell<bool>,
    began: Instant,
    pub(super) report: RefCell<SyncReport>,
    left: Cell<SyncProgress>,
    progress: RefCell<P>,
}

/// The records of one request.
pub(super) type Batch = Vec<(RecordId, String)>;

impl<'d, L: Line, P: FnMut(SyncProgress)> Run<'d, L, P> {
    pub fn new(
        device: &'d Device,
        line: &'d L,
        policy: Option<FilePolicy>,
        stop: Cancelled,
        progress: P,
    ) -> Result<Self> {
        Ok(Run {
            device,
            line,
            policy,
            pace: Cell::new(device.store.read(|tx| tx.setting(PACE))?.unwrap_or_default()),
            stop,
            sent_again: Cell::default(),
            began: Instant::now(),
            report: RefCell::default(),
            left: Cell::default(),
            progress: RefCell::new(progress),
        })
    }

    /// Sends everything that waits and may go, and fetches everything new.
    pub async fn all(&self) -> Result<()> {
        let lacking = self.records().await?;
        self.files(lacking).await?;
        self.fetch_files().await
    }

    /// What was done so far.
    pub fn report(&self) -> SyncReport {
        let traffic = self.line.traffic();
        SyncReport {
            requests: traffic.requests,
            bytes_up: traffic.up,
            bytes_down: traffic.down,
            ..self.report.borrow().clone()
        }
    }

    /// How the line was, for the next sync.
    pub fn pace(&self) -> Pace {
        self.pace.get()
    }

    /// Exchanges records until neither side has more; gives the files that headquarters lacks, in its order.
    async fn records(&self) -> Result<Vec<Digest>> {
        let mut tries = 0;
        self.device.store.write(|tx| {
            seal_what_is_not(tx)?;
            tx.try_refused_again()
        })?;
        loop {
            self.left.set(self.device.expected(self.policy)?);
            self.tell()?;
            let (batch, ask) = self.next_request()?;
            let (began, before) = (Instant::now(), self.line.traffic());
            match self.line.exchange(&ask).await {
                Ok(answer) => {
                    let passed = self.line.traffic();
                    let bytes = (passed.up - before.up).max(passed.down - before.down);
                    self.change_pace(|pace| pace.passed(bytes, began.elapsed()));
                    tries = 0;
                    let sees_more = self.keep(&batch, &ask, &answer)?;
                    let waits = self.device.store.read(|tx| tx.count_records("waiting"))?;
                    let more_sealed = ask.sealed.len() == BATCH_RECORDS;
                    if ask.files && !answer.more && waits == 0 && !sees_more && !more_sealed {
                        if answer.erase {
                            return self.erase().await;
                        }
                        return Ok(answer.lacking);
                    }
                }
                Err(error) => {
                    if matches!(error, Error::LineBroke(_)) {
                        // Of an exchange that was cut nothing is kept.
                        self.change_pace(Pace::broke);
                    }
                    self.again(error, &mut tries).await?;
                }
            }
        }
    }

    /// Headquarters has every text that it can have, and wants nothing else kept here: erases everything, and says so as well as
    /// the line allows.
    async fn erase<T>(&self) -> Result<T> {
        self.device.erase()?;
        for tries in 1..=TRIES {
            match self.line.erased().await {
                Err(Error::LineBroke(_)) => self.line.rest(tries).await,
                _ => break,
            }
        }
        Err(was_erased())
    }

    /// The next records as the pace allows. The request that sends the last ones asks for what else there is to do.
    fn next_request(&self) -> Result<(Batch, SyncRequest)> {
        let pace = self.pace.get();
        let clock = self.device.clock.now().to_utc().trunc_subsecs(0);
        self.device.store.read(|tx| {
            let enrolled = tx.enrolment()?;
            let batch = tx.waiting_records(pace.records(), pace.record_bytes())?;
            let ids: Vec<RecordId> = batch.iter().map(|(id, _)| *id).collect();
            let records = batch
                .iter()
                .map(|(_, body)| RawValue::from_string(body.clone()))
                .collect::<serde_json::Result<_>>()?;
            let key: String = tx.setting(super::PARCEL_KEY)?.unwrap_or_default();
            let mut ask = SyncRequest {
                protocol: PROTOCOL,
                since: enrolled.as_ref().map_or(0, |row| row.since),
                mark: enrolled.as_ref().and_then(|row| row.mark.clone()),
                records,
                most: pace.records(),
                files: count(batch.len()) == tx.count_records("waiting")?,
                clock: Some(clock),
                parcel_key: None,
                campaign: None,
                about: None,
                withdrawals: untold(tx)?,
                withdrawn: None,
                sealed: tx.sealed_to_tell(&ids, BATCH_RECORDS)?,
            };
            if ask.files {
                ask.about = Some(self.about(tx)?);
                // The end of a key names it.
                let end = key.len().saturating_sub(PARCEL_KEY_END);
                ask.parcel_key = Some(key.get(end..).unwrap_or_default().to_owned());
                ask.campaign = enrolled.as_ref().map(|row| known_campaign(tx, row)).transpose()?;
                ask.withdrawn = known(tx)?;
            }
            Ok((batch, ask))
        })
    }

    /// What this device tells of itself. The records of this very request are as good as gone; refused ones stay here.
    fn about(&self, tx: &Tx) -> Result<About> {
        let left = self.left.get();
        Ok(About {
            app: env!("CARGO_PKG_VERSION").to_owned(),
            records: u64::from(tx.count_records("refused")?),
            files: u64::from(left.files_left),
            bytes: left.bytes_left + left.bytes_held,
            free_mb: self.device.free_space().ok().map(|bytes| bytes / 1_000_000),
        })
    }

    /// Sends the files that headquarters lacks and this device has, two at a time: while one waits for its answer the other
    /// fills the line. One that is refused does not hold up the others; the first
    /// reason is given at the end.
    async fn files(&self, lacking: Vec<Digest>) -> Result<()> {
        let mut here: BTreeMap<Digest, WaitingFile> = self
            .device
            .store
            .read(|tx| tx.waiting_files())?
            .into_iter()
            .map(|file| (file.sha256.clone(), file))
            .collect();
        let files = lacking.iter().filter_map(|sha256| here.remove(sha256));
        // What is carried for others comes after what is one's own.
        let parcels = self.device.store.read(|tx| tx.parcels_to_deliver())?;
        // Headquarters does not tell how far these have come unless it is asked.
        let carried = |file: WaitingFile| Upload { parcel: true, unsure: file.have > 0, ..Upload::of(file) };
        let parcels = parcels.into_iter().map(carried);
        let queue = Queue(RefCell::new(files.map(Upload::of).chain(parcels).collect()));
        self.left.set(self.device.expected(self.policy)?);
        let refused = RefCell::new(None);
        let lane = |eager| self.lane(&queue, &refused, eager);
        futures_util::future::try_join(lane(false), lane(true)).await?;
        refused.take().map_or(Ok(()), Err)
    }

    /// Sends one file after the other. A lane that is `eager` begins a file that is new after a cut, while another asks what
    /// has come of its own, so that the line is not idle meanwhile.
    async fn lane(&self, queue: &Queue, refused: &RefCell<Option<Error>>, eager: bool) -> Result<()> {
        let mut tries = 0;
        loop {
            self.tell()?;
            let Some(mut upload) = queue.next() else { return Ok(()) };
            match self.upload(&mut upload, &mut tries).await {
                Ok(()) => {}
                Err(error) if upload.parcel && concerns_one_parcel(error.code()) => {
                    self.device.store.write(|tx| tx.refuse_parcel(&upload.file, &error.problem()))?;
                }
                Err(error) if concerns_one_file(error.code()) => {
                    refused.borrow_mut().get_or_insert(error);
                }
                Err(error) => {
                    // What came of a piece that was cut is kept, so that it need not be smaller the next time.
                    self.again(error, &mut tries).await?;
                    upload.unsure = true;
                    queue.put_back(upload, eager);
                    if !eager {
                        self.ask_for_all(queue, &mut tries).await?;
                    }
                }
            }
        }
    }

    /// After a cut: asks how far all have come that were on their way, while the eager lane fills the line. What cannot be
    /// asked now is asked when its turn comes.
    async fn ask_for_all(&self, queue: &Queue, tries: &mut u32) -> Result<()> {
        while let Some((place, mut upload)) = queue.take_unsure() {
            let asked = self.ask_standing(&mut upload, tries).await;
            queue.put_at(place, upload);
            match asked {
                Err(Error::LineBroke(_)) => return Ok(()),
                asked => asked?,
            }
        }
        Ok(())
    }

    /// Asks how much headquarters has of a file.
    async fn ask_standing(&self, upload: &mut Upload, tries: &mut u32) -> Result<()> {
        let standing = self.line.standing(&upload.file.sha256).await?;
        let have = standing.unwrap_or(0);
        if have > upload.have {
            *tries = 0;
        }
        (upload.have, upload.begun, upload.unsure) = (have, standing.is_some(), false);
        self.headquarters_has(&upload.file, have)
    }

    /// Sends what headquarters lacks of one file, piece by piece, as far as the budget reaches.
    async fn upload(&self, upload: &mut Upload, tries: &mut u32) -> Result<()> {
        let file = &upload.file.clone();
        while upload.unsure || upload.have < file.bytes {
            if upload.unsure {
                self.ask_standing(upload, tries).await?;
                continue;
            }
            let budget = self.device.budget(self.policy)?;
            let room = budget.room.map_or(usize::MAX, |r| usize::try_from(r).unwrap_or(usize::MAX));
            let most = self.pace.get().piece().min(room);
            if most == 0 {
                return Ok(());
            }
            let piece = self.device.store.read(|tx| tx.piece(file, upload.have, most))?;
            if piece.is_empty() {
                let message = format!("{} has fewer bytes here than it should", file.sha256);
                return Err(Error::told(Code::FileUnreadable, message));
            }
            let (began, bytes) = (Instant::now(), piece.len() as u64);
            self.spend(bytes, budget.network)?;
            let sent = if upload.begun {
                self.line.append(&file.sha256, file.bytes, upload.have, piece).await
            } else {
                self.line.begin(&file.sha256, file.bytes, piece, upload.parcel).await
            };
            match sent {
                Ok(theirs) => {
                    self.change_pace(|pace| pace.piece_passed(bytes, began.elapsed()));
                    *tries = 0;
                    (upload.have, upload.begun) = (theirs, true);
                    self.report.borrow_mut().file_bytes += bytes;
                    self.headquarters_has(file, theirs)?;
                }
                Err(error) if may_be_mended(error.code()) && upload.spoilt < SPOILT => {
                    upload.spoilt += 1;
                    upload.unsure = true;
                }
                Err(error) => return Err(error),
            }
        }
        if upload.parcel {
            let receipt = self.line.receipt(&file.sha256).await?;
            self.device.store.write(|tx| tx.deliver(file, &receipt))?;
            self.device.give_room_back()?;
        } else {
            self.device.store.write(|tx| tx.confirm(&file.sha256))?;
        }
        self.report.borrow_mut().files_sent += 1;
        self.left.set(self.device.expected(self.policy)?);
        Ok(())
    }

    /// Keeps how much of a file headquarters said it has.
    fn headquarters_has(&self, file: &WaitingFile, have: u64) -> Result<()> {
        self.device.store.write(|tx| tx.set_sent_part(&file.sha256, have))?;
        self.left.set(self.device.expected(self.policy)?);
        self.tell()
    }

    /// Counts bytes of files that are sent, whatever comes of it: where the network costs, they are paid for.
    pub(super) fn spend(&self, bytes: u64, network: Network) -> Result<()> {
        if network == Network::Free {
            return Ok(());
        }
        let today = self.device.clock.now().date_naive();
        self.device.store.write(|tx| tx.use_data(today, bytes))
    }

    /// A line that broke is tried again at once as long as something is gained now and then; anything else ends the sync.
    pub(super) async fn again(&self, error: Error, tries: &mut u32) -> Result<()> {
        if error.code() == Code::LineStalled {
            self.change_pace(Pace::stalled);
        }
        if !matches!(error, Error::LineBroke(_)) || *tries == TRIES {
            return Err(error);
        }
        *tries += 1;
        self.report.borrow_mut().cuts += 1;
        self.line.rest(*tries).await;
        Ok(())
    }

    pub(super) fn change_pace(&self, change: impl FnOnce(&mut Pace)) {
        let mut pace = self.pace.get();
        change(&mut pace);
        self.pace.set(pace);
    }

    /// Tells how far it has come, and hears whether to go on. The time left is what is left at the rate so far.
    ///
    /// # Errors
    /// `sync_cancelled`.
    pub(super) fn tell(&self) -> Result<()> {
        let (mut left, done) = (self.left.get(), self.line.traffic().up);
        let seconds = self.began.elapsed().as_secs();
        if seconds >= 3 && done > 0 {
            let to_go = left.text_bytes + left.bytes_left;
            left.seconds_left = u32::try_from(to_go.saturating_mul(seconds) / done).ok();
        }
        (self.progress.borrow_mut())(left);
        self.stop.so_far()
    }
}

/// Whether asking where the file stands and sending from there may mend it.
fn may_be_mended(code: Code) -> bool {
    matches!(
        code,
        Code::ChecksumMismatch | Code::FileDigestMismatch | Code::UploadOffsetWrong | Code::FileNotFound
    )
}

/// Whether headquarters does not take a parcel as it is.
fn concerns_one_parcel(code: Code) -> bool {
    matches!(
        code,
        Code::ParcelUnreadable | Code::HeadquartersOlder | Code::ProtocolUnsupported | Code::FileTooLarge
    )
}

pub(super) fn concerns_one_file(code: Code) -> bool {
    matches!(
        code,
        Code::FileNotExpected
            | Code::FileTooLarge
            | Code::FileDigestMismatch
            | Code::FileUnreadable
            | Code::ChecksumMismatch
            | Code::BadInput
    )
}
