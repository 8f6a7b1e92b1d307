//! The devices that were taken in, for who runs a collection: when they were last heard of, what they tell of themselves, and
//! what to do about one that was lost: shut it out, or have it erased the next time it calls.
//!
//! Shut out, it is never heard of again and keeps what it has. To be erased it must be let in once more: it brings the texts
//! that wait on it, is told nothing but that it is to erase itself, and says so when it has.

use crate::Headquarters;
use crate::audit::What;
use crate::error::{Error, Result};
use crate::store::{DeviceRow, Tx};
use crate::unix_now;
use blon_core::error::Code;
use blon_core::id::{CampaignId, DeviceId, PersonName};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// One device. What it tells of itself is absent for an app that is older than version 5 of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct DeviceLine {
    /// Which.
    pub id: DeviceId,
    /// Whose.
    pub person: PersonName,
    /// For which campaign.
    pub campaign: CampaignId,
    /// When it was taken in.
    #[ts(type = "string")]
    pub enrolled: DateTime<Utc>,
    /// When it last synced, by headquarters' clock; `None` if it never did.
    #[ts(type = "string | null")]
    pub last_sync: Option<DateTime<Utc>>,
    /// How many seconds its clock was ahead then.
    #[ts(type = "number | null")]
    pub clock_ahead: Option<i64>,
    /// The version of its app.
    pub app: Option<String>,
    /// Records that stayed on it after its last sync: what was refused, and is set aside there.
    #[ts(type = "number | null")]
    pub outbox_records: Option<u64>,
    /// Files that waited on it then.
    #[ts(type = "number | null")]
    pub outbox_files: Option<u64>,
    /// What was left of them to be sent, in bytes.
    #[ts(type = "number | null")]
    pub outbox_bytes: Option<u64>,
    /// What was free on its disk, in megabytes of 1,000,000 bytes.
    #[ts(type = "number | null")]
    pub free_mb: Option<u64>,
    /// Whether it is shut out.
    pub revoked: bool,
    /// How far its erasing has come, if somebody asked for it.
    pub erase: Option<Erasing>,
    /// When that was asked.
    #[ts(type = "string | null")]
    pub erase_asked: Option<DateTime<Utc>>,
    /// When the device was first told.
    #[ts(type = "string | null")]
    pub erase_told: Option<DateTime<Utc>>,
    /// When it said that nothing is left on it.
    #[ts(type = "string | null")]
    pub erased: Option<DateTime<Utc>>,
}

/// How far the erasing of a device has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Erasing {
    /// It has not called since.
    Asked,
    /// It was told, and has not said yet that it has.
    Told,
    /// Nothing is left on it.
    Done,
}

impl Headquarters {
    /// Every device that was taken in, by person; those of earlier enrolments too.
    ///
    /// # Errors
    /// Those of the database.
    pub fn devices(&self) -> Result<Vec<DeviceLine>> {
        self.store.read(|tx| tx.devices())
    }

    /// Shuts a device out: its secret opens nothing any more. What it brought stays, and its person may enrol another, or the
    /// same anew. It is not erased any more either, since it is never heard of again.
    ///
    /// # Errors
    /// `not_found`.
    pub fn revoke_device(&self, id: DeviceId, who: Option<&PersonName>) -> Result<()> {
        self.store.write(|tx| {
            if !tx.revoke_device(id)? {
                return Err(unknown(id));
            }
            tx.note(who, What::DeviceRevoked, &id.to_string())
        })?;
        self.changes.tell();
        Ok(())
    }

    /// Has a device erase itself the next time it calls. One that was shut out is let in once more for that. An app older than
    /// version 5 of the protocol cannot: it goes on as before, and the list goes on saying that it was asked.
    ///
    /// # Errors
    /// `not_found`; `act_not_now` for one that is erased already.
    pub fn erase_device(&self, id: DeviceId, who: Option<&PersonName>) -> Result<()> {
        self.store.write(|tx| {
            let known = tx.erasing(id)?.ok_or_else(|| unknown(id))?;
            if known == Some(Erasing::Done) {
                return Err(Error::told(Code::ActNotNow, format!("the device {id} is erased already")));
            }
            tx.ask_to_erase(id, unix_now())?;
            tx.note(who, What::DeviceEraseAsked, &id.to_string())
        })?;
        self.changes.tell();
        Ok(())
    }

    /// A device says that nothing is left on it: its secret opens nothing from now on.
    ///
    /// # Errors
    /// `act_not_now` for one that nobody asked to.
    pub fn erased(&self, device: &DeviceRow) -> Result<()> {
        self.store.write(|tx| {
            if !is_to_erase(tx, device)? {
                return Err(Error::told(Code::ActNotNow, "nobody asked this device to erase itself"));
            }
            tx.device_erased(device.id, unix_now())?;
            tx.note(Some(&device.person), What::DeviceErased, &device.id.to_string())
        })?;
        self.changes.tell();
        Ok(())
    }
}

/// Whether this device is to erase itself.
pub(crate) fn is_to_erase(tx: &Tx, device: &DeviceRow) -> Result<bool> {
    Ok(tx.erasing(device.id)?.flatten().is_some_and(|erasing| erasing != Erasing::Done))
}

fn unknown(id: DeviceId) -> Error {
    Error::told(Code::NotFound, format!("there is no device {id}"))
}
