//! The outbox as one sealed file, for where there is no network at all: on a stick, by cable, or on the device of somebody
//! who travels.
//!
//! A parcel holds all that waits; what headquarters has taken from it, the receipt says. Exporting changes nothing, so that
//! a parcel that never arrives costs nothing; sending the same by network meanwhile is harmless.

use crate::attaching::digest_of;
use crate::error::{Error, Result};
use crate::recording::FREE_TO_GO_ON;
use crate::sealing::seal_what_is_not;
use crate::store::WaitingFile;
use crate::sync::PARCEL_KEY;
use crate::sync::keeping::take_records;
use crate::sync::lost::brought_back;
use crate::view::{Carried, Parcel};
use crate::withdrawing::{hear_all, untold};
use crate::{Device, count};
use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use blon_core::error::Code;
use blon_core::id::{Digest, RecordId};
use blon_core::parcel::{self, Enclosed, Outbox, Receipt};
use blon_core::protocol::PROTOCOL;
use serde_json::value::RawValue;
use std::io::{Read, Write};
use std::path::Path;

/// Bytes of a file that are read at once.
const PIECE: usize = 256 * 1024;

/// How every sealed file begins.
const SEALED: &[u8] = b"age-encryption.org/v1";

/// How many parcels may be on their way: the receipt of an older one is not understood any more.
const UNDER_WAY: u32 = 50;

impl Device {
    /// Writes all that waits, as far as one parcel holds it, to one file, sealed to headquarters' key. Nothing changes on the device.
    ///
    /// # Errors
    /// `not_enrolled`, `parcel_key_missing`; `file_exists`; `disk_full` or `file_unreadable` if the file cannot be written.
    pub fn export_parcel(&self, to: &Path) -> Result<Parcel> {
        not_there_yet(to)?;
        let enrolled = self.enrolled()?;
        let own = Identity::generate();
        self.store.write(seal_what_is_not)?;
        let (key, records, files, withdrawals, sealed) = self.store.read(|tx| {
            let records = tx.waiting_records(parcel::PARCEL_RECORDS, parcel::PARCEL_RECORD_BYTES)?;
            let ids: Vec<RecordId> = records.iter().map(|(id, _)| *id).collect();
            let sealed = tx.sealed_to_tell(&ids, parcel::PARCEL_RECORDS)?;
            Ok((
                tx.setting::<String>(PARCEL_KEY)?,
                records,
                fitting(tx.waiting_files()?),
                untold(tx)?,
                sealed,
            ))
        })?;
        let key = key.ok_or_else(|| {
            Error::told(Code::ParcelKeyMissing, "headquarters' key is not here yet; a sync brings it")
        })?;
        let key: Recipient = key.parse().map_err(|e: &str| Error::Internal(e.to_owned()))?;
        let outbox = Outbox {
            protocol: PROTOCOL,
            device: enrolled.enrolment.device,
            token: enrolled.token,
            answer_to: own.to_public().to_string(),
            since: enrolled.since,
            mark: enrolled.mark,
            records: records
                .iter()
                .map(|(_, body)| RawValue::from_string(body.clone()))
                .collect::<serde_json::Result<_>>()?,
            withdrawals,
            sealed,
            files: files
                .iter()
                .map(|file| Enclosed { sha256: file.sha256.clone(), bytes: file.bytes })
                .collect(),
        };
        // A parcel whose receipt nobody can open must not be written: the key is kept first.
        self.store.write(|tx| tx.add_parcel(own.to_string().expose_secret()))?;
        // What a stick that was drawn out left behind must not look like a parcel.
        let unfinished = to.with_extension(format!("{}.unfinished", self.clock.new_id()));
        let written = self.write_parcel(&unfinished, &key, &outbox, &files);
        let named = written.and_then(|()| std::fs::rename(&unfinished, to).map_err(|e| Error::file(to, e)));
        if named.is_err() {
            let _ = std::fs::remove_file(&unfinished);
            self.store.write(|tx| tx.forget_parcel(own.to_string().expose_secret()))?;
        }
        named?;
        self.store.write(|tx| tx.keep_parcels(UNDER_WAY))?;
        Ok(Parcel {
            path: to.display().to_string(),
            records: count(records.len()),
            files: count(files.len()),
            bytes: std::fs::metadata(to).map_or(0, |m| m.len()),
        })
    }

    fn write_parcel(&self, to: &Path, key: &Recipient, outbox: &Outbox, files: &[WaitingFile]) -> Result<()> {
        let failed = |e: std::io::Error| Error::file(to, e);
        let head = parcel::write_head(outbox).map_err(|e| Error::Internal(e.to_string()))?;
        let sealing = age::Encryptor::with_recipients(std::iter::once(key as &dyn age::Recipient));
        let sealing = sealing.map_err(|e| Error::Internal(e.to_string()))?;
        let file = std::fs::File::create(to).map_err(failed)?;
        let mut sealed = sealing.wrap_output(std::io::BufWriter::new(file)).map_err(failed)?;
        sealed.write_all(&head).map_err(failed)?;
        for file in files {
            let mut at = 0;
            while at < file.bytes {
                // The store is held for each piece alone: the collector can go on writing.
                let piece = self.store.read(|tx| tx.piece(file, at, PIECE))?;
                if piece.is_empty() {
                    let message = format!("{} has fewer bytes here than it should", file.sha256);
                    return Err(Error::told(Code::FileUnreadable, message));
                }
                sealed.write_all(&piece).map_err(failed)?;
                at += piece.len() as u64;
            }
        }
        let file =
            sealed.finish().and_then(|w| w.into_inner().map_err(|e| e.into_error())).map_err(failed)?;
        file.sync_all().map_err(failed)
    }

    /// Takes in the receipt for a parcel: what headquarters acknowledged counts as if it had been told over the network.
    ///
    /// # Errors
    /// `not_enrolled`; `parcel_unreadable` for what is no receipt for a parcel of this device; `disk_full`.
    pub fn import_receipt(&self, receipt: impl Read) -> Result<Parcel> {
        self.enrolled()?;
        let receipt = self.open_receipt(receipt)?;
        let mut taken = Parcel::default();
        let now = self.clock.now();
        let erased = self.store.write(|tx| {
            let erased = hear_all(tx, &receipt.withdrawn, now)?;
            for acknowledged in &receipt.acknowledged {
                match (acknowledged.id, &acknowledged.refused) {
                    (Some(id), None) => {
                        tx.hold_record(id, None)?;
                        taken.records += 1;
                    }
                    // What headquarters took over the network meanwhile it cannot refuse.
                    (Some(id), Some(reason)) if tx.record_waits(id)? => tx.refuse_record(id, reason)?,
                    _ => {}
                }
            }
            for record in &receipt.sealed {
                tx.set_sealed_told(*record)?;
            }
            take_records(tx, &receipt.records)?;
            for sha256 in &receipt.whole {
                tx.confirm(sha256)?;
                taken.files += 1;
            }
            let since = tx.enrolment()?.map_or(0, |row| row.since);
            // Headquarters still has what was withdrawn here since: that is no backup.
            let agreed = untold(tx)?.is_empty();
            if agreed && receipt.since == since && brought_back(tx, None, receipt.own_sum.as_ref())? {
                receipt.whole.iter().try_for_each(|sha256| tx.confirm(sha256))?;
                tx.set_since(0, None)?;
                return Ok(erased);
            }
            // An older receipt, or one from before a new enrolment, says nothing of what lies between. One that goes back is of
            // a headquarters that was brought back from a backup.
            if receipt.since == since || (receipt.since..receipt.next).contains(&since) {
                tx.set_since(receipt.next, receipt.mark.as_deref())?;
            }
            Ok(erased)
        })?;
        self.forget_traces(&erased)?;
        Ok(taken)
    }

    fn open_receipt(&self, receipt: impl Read) -> Result<Receipt> {
        let unreadable = |why: String| {
            Error::told(
                Code::ParcelUnreadable,
                format!("this is no receipt for a parcel of this device: {why}"),
            )
        };
        let own: Vec<Identity> =
            self.store.read(|tx| tx.parcels())?.iter().filter_map(|key| key.parse().ok()).collect();
        let receipt = parcel::sealed(receipt).map_err(unreadable)?;
        let sealed = age::Decryptor::new_buffered(std::io::BufReader::new(receipt));
        let sealed = sealed.map_err(|e| unreadable(e.to_string()))?;
        let content = sealed.decrypt(own.iter().map(|key| key as &dyn age::Identity));
        let mut content = content.map_err(|e| unreadable(e.to_string()))?;
        parcel::read_head(&mut content).map_err(unreadable)
    }

    /// Takes in a parcel of somebody else, to carry it to headquarters at this device's next sync. Nobody can read it here.
    ///
    /// # Errors
    /// `parcel_unreadable` for what is no sealed file; `disk_full`.
    pub fn carry_parcel(&self, mut parcel: impl Read) -> Result<Carried> {
        let key = self.carry_begin()?;
        let mut piece = Vec::with_capacity(PIECE);
        loop {
            piece.clear();
            let read = parcel.by_ref().take(PIECE as u64).read_to_end(&mut piece);
            read.map_err(|e| Error::told(Code::FileUnreadable, format!("the parcel: {e}")))?;
            if piece.is_empty() {
                return self.carry_end(key);
            }
            self.carry_chunk(key, &piece)?;
        }
    }

    /// The same piece by piece: gives the key for the bytes.
    ///
    /// # Errors
    /// `disk_full`.
    pub fn carry_begin(&self) -> Result<i64> {
        self.store.write(|tx| tx.begin_carried())
    }

    /// Adds bytes to a parcel that is coming in.
    ///
    /// # Errors
    /// `parcel_unreadable` where the first of them are not those of a sealed file; `file_too_large`; `file_not_found`;
    /// `disk_full`, also where a recording would have no room left.
    pub fn carry_chunk(&self, key: i64, bytes: &[u8]) -> Result<()> {
        if self.free_space()? < FREE_TO_GO_ON {
            return Err(Error::DiskFull);
        }
        self.store.write(|tx| {
            let so_far = tx.append_file(key, bytes)?;
            if so_far > parcel::PARCEL_BYTES {
                let message = format!("a parcel has at most {} bytes", parcel::PARCEL_BYTES);
                return Err(Error::told(Code::FileTooLarge, message));
            }
            if so_far == bytes.len() as u64 && !bytes.starts_with(SEALED) {
                return Err(Error::told(Code::ParcelUnreadable, "this is no parcel: it is not sealed"));
            }
            Ok(())
        })
    }

    /// All bytes of a parcel are here.
    ///
    /// # Errors
    /// `file_empty`, `disk_full`.
    pub fn carry_end(&self, key: i64) -> Result<Carried> {
        // Read through chunk by chunk: a parcel may be large, and answers are to be kept meanwhile.
        let sha256 = digest_of(&self.store, key)?;
        self.store.write(|tx| tx.add_carried(key, &sha256))?;
        self.give_room_back()?;
        let mut carried = self.carried()?.into_iter();
        carried.find(|c| c.sha256 == sha256).ok_or_else(|| Error::Internal("the parcel is gone".to_owned()))
    }

    /// The parcels of others that this device carries.
    ///
    /// # Errors
    /// Those of the store.
    pub fn carried(&self) -> Result<Vec<Carried>> {
        self.store.read(|tx| tx.carried())
    }

    /// Writes the receipt for a parcel that this device carried, to be brought back to whoever made it. Says where it is.
    ///
    /// # Errors
    /// `file_not_found` while headquarters does not have the parcel; `file_exists`; `disk_full` or `file_unreadable` if the file cannot be
    /// written.
    pub fn write_carried_receipt(&self, sha256: &Digest, to: &Path) -> Result<String> {
        let receipt = self.store.read(|tx| tx.carried_receipt(sha256))?.ok_or_else(|| {
            Error::told(Code::FileNotFound, "headquarters has not answered that parcel yet")
        })?;
        // The same receipt again is no loss.
        if std::fs::read(to).is_ok_and(|there| there == receipt) {
            return Ok(to.display().to_string());
        }
        not_there_yet(to)?;
        std::fs::write(to, receipt).map_err(|e| Error::file(to, e))?;
        Ok(to.display().to_string())
    }

    /// Lets go of a parcel, delivered or not; whoever made it still has all of it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn drop_carried(&self, sha256: &Digest) -> Result<()> {
        self.store.write(|tx| tx.drop_carried(sha256))?;
        self.give_room_back()
    }
}

/// What is there already under this name may be all that is left of somebody's work.
fn not_there_yet(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        let message = format!("{} is there already; choose another name", path.display());
        return Err(Error::told(Code::FileExists, message));
    }
    Ok(())
}

/// The files that one parcel holds, the smallest first; the others wait for the next.
fn fitting(files: Vec<WaitingFile>) -> Vec<WaitingFile> {
    let mut room = parcel::PARCEL_BYTES - parcel::PACKED_BYTES as u64;
    files
        .into_iter()
        .take_while(|file| {
            let fits = file.bytes <= room;
            room = room.saturating_sub(file.bytes);
            fits
        })
        .collect()
}
