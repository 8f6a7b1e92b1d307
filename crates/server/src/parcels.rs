//! What comes without any network: a device's outbox as one sealed file, and the receipt that goes back.
//!
//! A parcel is opened by headquarters' own key, believed by the device's secret inside, and its records are judged by the
//! same rules as any other. Opening it again is harmless.

use crate::error::{Error, Result};
use crate::files::Incoming;
use crate::store::{DeviceRow, Tx};
use crate::whole::{not_there, whole};
use crate::{Headquarters, uploads};
use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use blon_core::error::Code;
use blon_core::id::Digest;
use blon_core::parcel::{self, Enclosed, Outbox, Receipt};
use blon_core::protocol::{BATCH_RECORDS, SyncRequest};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::PoisonError;
use uuid::Uuid;

/// The setting that holds the key to which devices seal parcels. It is headquarters' own and opens no identity.
const KEY: &str = "parcel_key";

/// What came in a parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// Records that are here now.
    pub records: u32,
    /// Records that were refused for good.
    pub refused: u32,
    /// Files that are whole here now.
    pub files: u32,
}

/// The key to which devices seal parcels, made when it is first asked for.
pub(crate) fn key(tx: &Tx) -> Result<Identity> {
    if let Some(kept) = tx.setting(KEY)? {
        return kept.parse().map_err(|e: &str| Error::Internal(format!("the key of parcels: {e}")));
    }
    let made = Identity::generate();
    tx.set(KEY, made.to_string().expose_secret())?;
    Ok(made)
}

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::told(Code::ParcelUnreadable, format!("this is no parcel for this headquarters: {why}"))
}

impl Headquarters {
    /// Takes in all that a parcel holds, and writes the receipt for the device.
    ///
    /// # Errors
    /// `parcel_unreadable`; `device_unknown`; `protocol_unsupported`, `headquarters_older`; `disk_full`. What was taken in
    /// before stays; opening the parcel again is right.
    pub fn open_parcel(&self, sealed: impl Read, receipt: impl Write, now: DateTime<Utc>) -> Result<Opened> {
        let key = self.store.write(key)?;
        // One at a time: a head may take as much memory as many stories.
        let _alone = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let sealed = parcel::sealed(sealed).map_err(unreadable)?;
        let mut content = age::Decryptor::new_buffered(std::io::BufReader::new(sealed))
            .and_then(|sealed| sealed.decrypt(std::iter::once(&key as &dyn age::Identity)))
            .map_err(unreadable)?;
        let outbox: Outbox = parcel::read_head(&mut content).map_err(unreadable)?;
        let device = self.device(&outbox.token)?;
        if device.id != outbox.device {
            return Err(unreadable("its secret is another device's"));
        }
        if outbox.records.len() > parcel::PARCEL_RECORDS || outbox.files.len() > parcel::PARCEL_FILES {
            return Err(unreadable("it holds more than a parcel may"));
        }
        let answer_to: Recipient = outbox.answer_to.parse().map_err(unreadable)?;
        let mut answer = self.records_of_parcel(&device, &outbox, now)?;
        let mut opened = Opened::default();
        for file in &outbox.files {
            if self.file_of_parcel(&device, file, &mut content)? {
                answer.whole.push(file.sha256.clone());
                opened.files += 1;
            }
        }
        let refused = answer.acknowledged.iter().filter(|a| a.refused.is_some()).count();
        opened.refused = u32::try_from(refused).unwrap_or(u32::MAX);
        opened.records = u32::try_from(answer.acknowledged.len() - refused).unwrap_or(u32::MAX);
        seal(&answer, &answer_to, receipt)?;
        Ok(opened)
    }

    /// Judges the records batch by batch, as if they had come over the network.
    fn records_of_parcel(&self, device: &DeviceRow, outbox: &Outbox, now: DateTime<Utc>) -> Result<Receipt> {
        let mut receipt = Receipt {
            since: outbox.since,
            acknowledged: Vec::new(),
            records: Vec::new(),
            next: outbox.since,
            mark: outbox.mark.clone(),
            own_sum: None,
            withdrawn: Vec::new(),
            sealed: Vec::new(),
            whole: Vec::new(),
        };
        let mut bytes = 0;
        let mut batches = outbox.records.chunks(BATCH_RECORDS);
        loop {
            let batch = batches.next();
            let ask = SyncRequest {
                protocol: outbox.protocol,
                since: receipt.next,
                mark: receipt.mark.take(),
                records: batch.unwrap_or_default().to_vec(),
                most: BATCH_RECORDS,
                files: batches.len() == 0,
                // Days old by now, it says nothing of how wrong the device's clock is.
                clock: None,
                parcel_key: None,
                campaign: None,
                about: None,
                withdrawals: outbox.withdrawals.clone(),
                withdrawn: None,
                // By the last batch all records are here.
                sealed: if batches.len() == 0 { outbox.sealed.clone() } else { Vec::new() },
            };
            receipt.sealed = ask.sealed.iter().map(|one| one.record).collect();
            let answer = self.sync(device, ask, now)?;
            receipt.sealed.retain(|id| !answer.unsealed.contains(id));
            receipt.acknowledged.extend(answer.acknowledged);
            (receipt.next, receipt.mark) = (answer.next, answer.mark);
            receipt.own_sum = answer.own_sum;
            receipt.withdrawn = answer.withdrawn.unwrap_or_default();
            bytes += answer.records.iter().map(|body| body.get().len()).sum::<usize>();
            receipt.records.extend(answer.records);
            // What there is more comes with the receipt of the next parcel.
            let full = bytes > parcel::RECEIPT_RECORD_BYTES;
            if batches.len() == 0 && (full || !answer.more) {
                return Ok(receipt);
            }
        }
    }

    /// Takes the bytes of one file; gives whether it is whole here now. One that no story names is passed over.
    fn file_of_parcel(&self, device: &DeviceRow, file: &Enclosed, content: &mut impl Read) -> Result<bool> {
        let mut bytes = content.by_ref().take(file.bytes);
        let expected = match self.expects_file(device, &file.sha256) {
            Ok(Some(expected)) if expected == file.bytes => true,
            Ok(None) => {
                pass_over(&mut bytes)?;
                return Ok(true);
            }
            Ok(Some(_)) | Err(Error::Told { .. }) => false,
            Err(fault) => return Err(fault),
        };
        if !expected {
            pass_over(&mut bytes)?;
            return Ok(false);
        }
        let incoming = match self.files.read_in(&Uuid::now_v7().to_string(), &mut bytes) {
            Err(Error::Told { message, .. }) => return Err(unreadable(message)),
            incoming => incoming?,
        };
        match self.files.take_name(&incoming, &file.sha256) {
            Ok(()) => {
                self.store.write(|tx| {
                    tx.add_file(&file.sha256, file.bytes, &device.person)?;
                    tx.drop_upload(device.id, &file.sha256)
                })?;
                let _ = self.files.drop_incoming(&uploads::upload_name(device.id, &file.sha256));
                Ok(true)
            }
            Err(Error::Told { .. }) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Opens a parcel that a device carried here over the network, and keeps the receipt for it.
    pub(crate) fn take_parcel(
        &self,
        carrier: &DeviceRow,
        incoming: &Incoming,
        sha256: &Digest,
    ) -> Result<()> {
        let bytes = incoming.size();
        let whole = self.files.gathered(incoming, sha256)?;
        let sealed = std::fs::File::open(whole.path()).map_err(|e| Error::file(whole.path(), e))?;
        let mut receipt = Vec::new();
        let opened = self.open_parcel(sealed, &mut receipt, Utc::now());
        let kept = match opened {
            Ok(_) => self.store.write(|tx| tx.add_received_parcel(carrier.id, sha256, bytes, &receipt)),
            Err(fault) if fault.is_own_fault() => return Err(fault),
            Err(Error::Told { code, message }) => Err(match code {
                Code::ParcelUnreadable | Code::HeadquartersOlder | Code::ProtocolUnsupported => {
                    Error::told(code, message)
                }
                // What is wrong with a parcel is not the fault of who carried it.
                _ => unreadable(format!("{code}: {message}")),
            }),
            Err(fault) => return Err(fault),
        };
        // What could not be kept is opened again once the device has sent its last byte again.
        if !kept.as_ref().is_err_and(Error::is_own_fault) {
            self.files.drop_incoming(&uploads::upload_name(carrier.id, sha256))?;
        }
        kept
    }

    /// The receipt for a parcel that this device carried.
    ///
    /// # Errors
    /// `file_not_found`.
    pub fn receipt(&self, carrier: &DeviceRow, sha256: &Digest) -> Result<Vec<u8>> {
        let received = self.store.read(|tx| tx.received_parcel(carrier.id, sha256))?;
        received
            .map(|(_, receipt)| receipt)
            .ok_or_else(|| Error::told(Code::FileNotFound, "there is no receipt for such a parcel"))
    }

    /// As [`Headquarters::open_parcel`], for a parcel and a receipt that are files.
    ///
    /// # Errors
    /// As for [`Headquarters::open_parcel`]; `file_exists`, `file_unreadable`.
    pub fn open_parcel_file(&self, parcel: &Path, receipt: &Path, now: DateTime<Utc>) -> Result<Opened> {
        let failed = |path: &Path, e: std::io::Error| {
            Error::told(Code::FileUnreadable, format!("{}: {e}", path.display()))
        };
        // The parcel itself, to begin with.
        not_there(receipt)?;
        let sealed = std::fs::File::open(parcel).map_err(|e| failed(parcel, e))?;
        let mut written = Vec::new();
        let opened = self.open_parcel(sealed, &mut written, now)?;
        whole(receipt, |out| out.write_all(&written).map_err(|e| Error::file(receipt, e)))?;
        Ok(opened)
    }
}

fn pass_over(bytes: &mut impl Read) -> Result<()> {
    std::io::copy(bytes, &mut std::io::sink()).map(|_| ()).map_err(unreadable)
}

fn seal(answer: &Receipt, to: &Recipient, receipt: impl Write) -> Result<()> {
    let failed = |e: std::io::Error| Error::Internal(format!("the receipt could not be written: {e}"));
    let head = parcel::write_head(answer).map_err(failed)?;
    let sealing = age::Encryptor::with_recipients(std::iter::once(to as &dyn age::Recipient));
    let sealing = sealing.map_err(|e| Error::Internal(e.to_string()))?;
    let mut sealed = sealing.wrap_output(receipt).map_err(failed)?;
    sealed.write_all(&head).map_err(failed)?;
    sealed.finish().map_err(failed)?;
    Ok(())
}
