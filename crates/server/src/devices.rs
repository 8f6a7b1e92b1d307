//! The devices that were taken in, for who runs a collection: when they were last heard of, and how to shut one out that was lost.

use crate::Headquarters;
use crate::audit::What;
use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::id::{CampaignId, DeviceId, PersonName};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// One device.
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
    /// Whether it is shut out.
    pub revoked: bool,
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
    /// same anew.
    ///
    /// # Errors
    /// `not_found`.
    pub fn revoke_device(&self, id: DeviceId, who: Option<&PersonName>) -> Result<()> {
        self.store.write(|tx| {
            if !tx.revoke_device(id)? {
                return Err(Error::told(Code::NotFound, format!("there is no device {id}")));
            }
            tx.note(who, What::DeviceRevoked, &id.to_string())
        })
    }
}
