//! Evidence that comes in piece by piece, over days and over lines that break.
//!
//! Each device has one upload for each file that its stories name. What a piece brought is kept even where the line
//! broke in its middle, unless the piece has a checksum that does not match; how much is durable stands in the
//! database. A file is headquarters' own once it is whole and its SHA-256 is right.

mod turns;

use crate::error::{Error, Result};
use crate::files::Incoming;
use crate::store::{DeviceRow, UploadRow};
use crate::{Headquarters, unix_now};
use blon_core::error::Code;
use blon_core::id::{DeviceId, Digest};
use blon_core::parcel::PARCEL_BYTES;
use blon_core::protocol::FILE_BYTES;
use futures_util::{Stream, StreamExt};
use sha1::Sha1;
use sha2::Digest as _;
use sha2::Sha256;
use std::time::Duration;
pub use turns::Turns;
use turns::somebody_later;

/// How long the part of a file is kept to which no further piece comes: collectors may be away for weeks.
const KEPT_SECONDS: i64 = 60 * 24 * 3600;

/// How long bytes may fail to come before an upload gives way to a later request.
const LAST_BYTES: Duration = Duration::from_millis(150);

/// How many parcels a device may have begun to bring and not ended; one more lets go of the one that has waited longest.
const OPEN_PARCELS: u32 = 4;

/// Room on the disk that evidence leaves to texts: this many bytes, or a twentieth of a small disk.
const ROOM_FOR_TEXTS: u64 = 256 * 1024 * 1024;

/// How an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Bytes of the whole file.
    pub bytes: u64,
    /// How many of them are durable here.
    pub have: u64,
    /// Until when they are kept without another piece, in Unix seconds; `None` once the file is whole.
    pub expires: Option<i64>,
}

/// What the bytes of a piece must come to.
pub enum Checksum {
    /// By SHA-1, which tus clients know best.
    Sha1([u8; 20]),
    /// By SHA-256.
    Sha256([u8; 32]),
}

/// Makes the checksum of a piece as it comes.
enum Summing {
    Nothing,
    Sha1(Sha1, [u8; 20]),
    Sha256(Sha256, [u8; 32]),
}

impl Summing {
    fn to(checksum: Option<Checksum>) -> Self {
        match checksum {
            None => Summing::Nothing,
            Some(Checksum::Sha1(wanted)) => Summing::Sha1(Sha1::new(), wanted),
            Some(Checksum::Sha256(wanted)) => Summing::Sha256(Sha256::new(), wanted),
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        match self {
            Summing::Nothing => {}
            Summing::Sha1(sum, _) => sum.update(bytes),
            Summing::Sha256(sum, _) => sum.update(bytes),
        }
    }

    fn came_out_right(self) -> bool {
        match self {
            Summing::Nothing => true,
            Summing::Sha1(sum, wanted) => <[u8; 20]>::from(sum.finalize()) == wanted,
            Summing::Sha256(sum, wanted) => <[u8; 32]>::from(sum.finalize()) == wanted,
        }
    }
}

impl Headquarters {
    /// Begins a device's upload of a file of this size, or finds the one that is there.
    ///
    /// # Errors
    /// `file_not_expected`, `file_too_large`; `bad_input` if the stories say another size.
    pub async fn begin_upload(&self, device: &DeviceRow, sha256: &Digest, bytes: u64) -> Result<Standing> {
        self.begin(device, sha256, bytes, false).await
    }

    /// The same for a parcel that the device carries for another.
    ///
    /// # Errors
    /// `file_too_large`.
    pub async fn begin_parcel(&self, device: &DeviceRow, sha256: &Digest, bytes: u64) -> Result<Standing> {
        self.begin(device, sha256, bytes, true).await
    }

    async fn begin(&self, device: &DeviceRow, sha256: &Digest, bytes: u64, parcel: bool) -> Result<Standing> {
        let (device, sha256) = (device.clone(), sha256.clone());
        self.blocking(move |hq| {
            let expected = if parcel {
                hq.expects_parcel(&device, &sha256, bytes)?
            } else {
                hq.expects_file(&device, &sha256)?
            };
            let Some(expected) = expected else {
                return Ok(Standing { bytes, have: bytes, expires: None });
            };
            if expected != bytes {
                let message = format!("the stories say that {sha256} has {expected} bytes, not {bytes}");
                return Err(Error::told(Code::BadInput, message));
            }
            let (standing, given_up) = hq.store.write(|tx| {
                let expires = unix_now() + KEPT_SECONDS;
                let have = tx.upload(device.id, &sha256)?.map_or(0, |row| row.have);
                tx.put_upload(device.id, &sha256, UploadRow { bytes, have, expires, parcel })?;
                let given_up = if parcel {
                    tx.drop_oldest_parcels(device.id, &sha256, OPEN_PARCELS)?
                } else {
                    Vec::new()
                };
                Ok((Standing { bytes, have, expires: Some(expires) }, given_up))
            })?;
            for sha256 in given_up {
                hq.files.drop_incoming(&upload_name(device.id, &sha256))?;
            }
            Ok(standing)
        })
        .await
    }

    /// How a device's upload stands, once whoever writes to it has given way.
    ///
    /// # Errors
    /// `file_not_found` if it was not begun, or has expired; `store_unavailable` where another process does not let go of it.
    pub async fn upload_standing(&self, device: &DeviceRow, sha256: &Digest) -> Result<Standing> {
        let turn = self.turns.of((device.id, sha256.clone()));
        let _turn = turn.take().await;
        self.files.others_give_way(&upload_name(device.id, sha256)).await?;
        self.standing(device, sha256).await
    }

    async fn standing(&self, device: &DeviceRow, sha256: &Digest) -> Result<Standing> {
        let (device, sha256) = (device.clone(), sha256.clone());
        self.blocking(move |hq| {
            let row = hq.store.read(|tx| tx.upload(device.id, &sha256))?;
            if let Some(mut row) = row.filter(|row| row.expires > unix_now()) {
                let remembered = hq.store.read(|tx| tx.has_file(&sha256))?;
                if !row.parcel && !remembered && hq.files.has(&sha256, row.bytes)? {
                    // It took its name, and headquarters fell before it was remembered.
                    hq.store.write(|tx| {
                        tx.add_file(&sha256, row.bytes, &device.person)?;
                        tx.drop_upload(device.id, &sha256)
                    })?;
                    return Ok(Standing { bytes: row.bytes, have: row.bytes, expires: None });
                }
                if hq.files.incoming_bytes(&upload_name(device.id, &sha256))? < row.have {
                    // The disk lost what the database remembers, as after a restored backup: the file begins anew.
                    row.have = 0;
                    hq.store.write(|tx| tx.put_upload(device.id, &sha256, row))?;
                }
                return Ok(Standing { bytes: row.bytes, have: row.have, expires: Some(row.expires) });
            }
            hq.whole(&device, &sha256)?
                .map(|bytes| Standing { bytes, have: bytes, expires: None })
                .ok_or_else(|| Error::told(Code::FileNotFound, "there is no such upload"))
        })
        .await
    }

    /// The size a file must have for this device to send it, or `None` if headquarters has it already.
    ///
    /// # Errors
    /// `file_not_expected` if no story of the device's person names it; `file_too_large` if the story says
    /// that it is larger than evidence may be.
    pub fn expects_file(&self, device: &DeviceRow, sha256: &Digest) -> Result<Option<u64>> {
        let (bytes, remembered) = self.store.read(|tx| {
            let named = tx.named(&device.campaign, sha256)?;
            let own = named.iter().find(|n| n.person == device.person);
            let own = own.ok_or_else(|| {
                Error::told(Code::FileNotExpected, format!("no record of {} names {sha256}", device.person))
            })?;
            Ok((own.bytes, tx.has_file_of(sha256, &device.person)?))
        })?;
        if bytes > FILE_BYTES {
            return Err(Error::told(Code::FileTooLarge, format!("a file has at most {FILE_BYTES} bytes")));
        }
        // A disk may have lost what the database remembers.
        let whole = remembered && self.files.has(sha256, bytes)?;
        Ok(if whole { None } else { Some(bytes) })
    }

    /// The size of a parcel that is still to come; `None` if it came before.
    fn expects_parcel(&self, device: &DeviceRow, sha256: &Digest, bytes: u64) -> Result<Option<u64>> {
        if bytes > PARCEL_BYTES {
            let message = format!("a parcel has at most {PARCEL_BYTES} bytes");
            return Err(Error::told(Code::FileTooLarge, message));
        }
        let came = self.store.read(|tx| tx.received_parcel(device.id, sha256))?;
        Ok(Some(bytes).filter(|_| came.is_none()))
    }

    /// The size of a file that headquarters has whole and that the device's stories name, or of a parcel that it brought.
    fn whole(&self, device: &DeviceRow, sha256: &Digest) -> Result<Option<u64>> {
        let (parcel, file) = self.store.read(|tx| {
            let own = tx.named(&device.campaign, sha256)?.into_iter().find(|n| n.person == device.person);
            let here = tx.has_file_of(sha256, &device.person)?;
            let parcel = tx.received_parcel(device.id, sha256)?.map(|(bytes, _)| bytes);
            Ok((parcel, own.map(|named| named.bytes).filter(|_| here)))
        })?;
        match (parcel, file) {
            (None, Some(bytes)) => Ok(self.files.has(sha256, bytes)?.then_some(bytes)),
            (parcel, _) => Ok(parcel),
        }
    }

    /// Adds a piece that begins at byte `at`. It is run to its end even if its sender goes away: what came is kept.
    ///
    /// # Errors
    /// `file_not_found`; `upload_offset_wrong` if the piece begins elsewhere; `checksum_mismatch`, and nothing of the piece
    /// is kept; `file_digest_mismatch` if the whole is another file, and nothing of it is kept; `too_large` for more
    /// bytes than the file has; `unreachable` if the line broke; `disk_full`; `store_unavailable` where another process does not let go of
    /// the file.
    pub async fn append<B, E>(
        &self,
        device: DeviceRow,
        sha256: Digest,
        at: u64,
        checksum: Option<Checksum>,
        content: impl Stream<Item = std::result::Result<B, E>> + Send + Unpin + 'static,
    ) -> Result<Standing>
    where
        B: AsRef<[u8]> + Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let hq = self.clone();
        let work = async move { hq.append_in_turn(&device, &sha256, at, checksum, content).await };
        tokio::spawn(work).await.map_err(|e| Error::Internal(e.to_string()))?
    }

    async fn append_in_turn<B, E>(
        &self,
        device: &DeviceRow,
        sha256: &Digest,
        at: u64,
        checksum: Option<Checksum>,
        mut content: impl Stream<Item = std::result::Result<B, E>> + Unpin,
    ) -> Result<Standing>
    where
        B: AsRef<[u8]>,
        E: std::fmt::Display,
    {
        let turn = self.turns.of((device.id, sha256.clone()));
        let (writing, mut later) = turn.take().await;
        let (before, mut incoming) = match self.go_on(device, sha256, at).await {
            Ok(opened) => opened,
            Err(refused) => {
                // Who is refused holds nobody up while the rest of the piece comes.
                drop(writing);
                let_go(&mut content).await;
                return Err(refused);
            }
        };
        let mut sum = Summing::to(checksum);
        let mut broken = None;
        loop {
            let piece = tokio::select! {
                biased;
                piece = content.next() => piece,
                () = somebody_later(&mut later, &incoming) => match tokio::time::timeout(LAST_BYTES, content.next()).await {
                    // What came before the line died is still on its way through the system.
                    Ok(piece) => {
                        later.mark_changed();
                        piece
                    }
                    Err(_) => {
                        broken = Some("another request took its place".to_owned());
                        break;
                    }
                },
            };
            let kept = match piece {
                Some(Ok(piece)) if incoming.size() + piece.as_ref().len() as u64 > before.bytes => {
                    incoming.cut_to(at).await?;
                    Err(Error::told(Code::TooLarge, "the piece goes past the end of the file"))
                }
                Some(Ok(piece)) => {
                    sum.add(piece.as_ref());
                    incoming.write(piece.as_ref()).await
                }
                Some(Err(e)) => {
                    broken = Some(e.to_string());
                    break;
                }
                None => break,
            };
            if let Err(refused) = kept {
                // What is not durable is no use, and the disk may need its room.
                let _ = incoming.cut_to(at).await;
                drop((incoming, writing));
                let_go(&mut content).await;
                return Err(refused);
            }
        }
        if broken.is_none() && !sum.came_out_right() {
            incoming.cut_to(at).await?;
            return Err(Error::told(Code::ChecksumMismatch, "the piece was changed on its way"));
        }
        incoming.make_durable(before.bytes).await?;
        let standing = self.keep_standing(device, sha256, before.bytes, incoming).await?;
        match broken {
            None => Ok(standing),
            Some(why) => Err(Error::told(Code::Unreachable, format!("the line broke: {why}"))),
        }
    }

    /// Opens an upload for a piece that begins at byte `at`, and says how it stands.
    async fn go_on(&self, device: &DeviceRow, sha256: &Digest, at: u64) -> Result<(Standing, Incoming)> {
        self.standing_at(device, sha256, at).await?;
        self.files.leaves_room(ROOM_FOR_TEXTS)?;
        let mut incoming = self.files.continue_incoming(&upload_name(device.id, sha256), at).await?;
        // Another process may have taken a piece in while it was waited for.
        let before = self.standing_at(device, sha256, at).await?;
        incoming.cut_to(at).await?;
        Ok((before, incoming))
    }

    /// How an upload stands that has so many bytes and waits for more.
    async fn standing_at(&self, device: &DeviceRow, sha256: &Digest, at: u64) -> Result<Standing> {
        let standing = self.standing(device, sha256).await?;
        if standing.have == at && standing.expires.is_some() {
            return Ok(standing);
        }
        let message = format!("headquarters has {} bytes; the piece begins at {at}", standing.have);
        Err(Error::told(Code::UploadOffsetWrong, message))
    }

    /// Remembers how far the upload has come; the last byte makes it a file, if it is the right one.
    async fn keep_standing(
        &self,
        device: &DeviceRow,
        sha256: &Digest,
        bytes: u64,
        incoming: Incoming,
    ) -> Result<Standing> {
        let (device, sha256) = (device.clone(), sha256.clone());
        let in_its_place = incoming.is_in_its_place().await?;
        self.blocking(move |hq| {
            let have = incoming.size();
            let row = hq.store.read(|tx| tx.upload(device.id, &sha256))?;
            if !in_its_place || (row.is_none() && have < bytes) {
                return Err(Error::told(Code::FileNotFound, "the upload was ended meanwhile"));
            }
            let parcel = row.is_some_and(|row| row.parcel);
            if have < bytes {
                let expires = unix_now() + KEPT_SECONDS;
                let row = UploadRow { bytes, have, expires, parcel };
                hq.store.write(|tx| tx.put_upload(device.id, &sha256, row))?;
                return Ok(Standing { bytes, have, expires: Some(expires) });
            }
            let taken = if parcel {
                hq.take_parcel(&device, &incoming, &sha256)
            } else {
                hq.files.take_name(&incoming, &sha256)
            };
            // A fault of headquarters' own, such as a full disk, costs the device one byte: with it the upload ends again.
            if taken.as_ref().is_err_and(Error::is_own_fault) {
                let have = hq.files.keep_incoming(&incoming, bytes - 1);
                let row = UploadRow { bytes, have, expires: unix_now() + KEPT_SECONDS, parcel };
                hq.store.write(|tx| tx.put_upload(device.id, &sha256, row))?;
                return taken.map(|()| Standing { bytes, have, expires: None });
            }
            hq.store.write(|tx| {
                if taken.is_ok() && !parcel {
                    tx.add_file(&sha256, bytes, &device.person)?;
                }
                // Wrong bytes are of no use to anybody: the device begins anew.
                tx.drop_upload(device.id, &sha256)
            })?;
            hq.changes.tell();
            taken.map(|()| Standing { bytes, have, expires: None })
        })
        .await
    }

    /// Ends an upload and lets go of what came of it. A file that is whole stays.
    ///
    /// # Errors
    /// `file_not_found` if there is none.
    pub async fn end_upload(&self, device: &DeviceRow, sha256: &Digest) -> Result<()> {
        let turn = self.turns.of((device.id, sha256.clone()));
        let _turn = turn.take().await;
        let (id, sha256) = (device.id, sha256.clone());
        self.blocking(move |hq| {
            if !hq.store.write(|tx| tx.drop_upload(id, &sha256))? {
                return Err(Error::told(Code::FileNotFound, "there is no such upload"));
            }
            hq.files.drop_incoming(&upload_name(id, &sha256))
        })
        .await
    }

    /// Lets go of uploads to which no piece came for too long, and of what they left in the folder; forgets files that the disk
    /// has lost, so that they are asked for again, and remembers those that it has. Of what is in nobody's upload only what was `untouched` for so
    /// long is let go: a parcel may be being opened.
    ///
    /// # Errors
    /// Those of the database and of the folder.
    pub fn sweep_uploads(&self, now: i64, untouched: Duration) -> Result<()> {
        let lost = self.store.read(|tx| tx.files())?;
        // Read after what is remembered: a file is here before it is.
        let here = self.files.all()?;
        let is_here = |sha256: &Digest, bytes: u64| here.get(sha256) == Some(&bytes);
        let lost: Vec<_> = lost.into_iter().filter(|(sha256, bytes)| !is_here(sha256, *bytes)).collect();
        if !lost.is_empty() {
            tracing::warn!(
                "{} files are not on the disk any more; devices are asked for them again",
                lost.len()
            );
            self.store.write(|tx| lost.iter().try_for_each(|(sha256, _)| tx.forget_file(sha256)))?;
        }
        // And what is there, though the database forgot it: as after one of the two was brought back from a backup, or a disk
        // was away for a while.
        let forgotten = self.store.read(|tx| tx.named_and_not_here())?;
        let found: Vec<_> =
            forgotten.into_iter().filter(|(sha256, bytes, _)| is_here(sha256, *bytes)).collect();
        self.store.write(|tx| {
            found.iter().try_for_each(|(sha256, bytes, person)| tx.add_file(sha256, *bytes, person))
        })?;
        let kept = self.store.write(|tx| {
            tx.drop_expired_uploads(now)?;
            tx.uploads()
        })?;
        let kept = kept.iter().map(|(device, sha256)| upload_name(*device, sha256)).collect();
        self.files.sweep(&kept, untouched)
    }
}

/// The name under which the bytes of an upload lie until they are whole.
pub(crate) fn upload_name(device: DeviceId, sha256: &Digest) -> String {
    format!("{device}-{sha256}")
}

/// Reads a body to its end and lets go of it, but no more than a file may have: who is still sending would take an early
/// answer for a broken line.
pub(crate) async fn let_go<B: AsRef<[u8]>, E>(
    content: &mut (impl Stream<Item = std::result::Result<B, E>> + Unpin),
) {
    let mut left = FILE_BYTES;
    while let Some(Ok(piece)) = content.next().await {
        left = left.saturating_sub(piece.as_ref().len() as u64);
        if left == 0 {
            return;
        }
    }
}
