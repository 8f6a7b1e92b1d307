//! Whose device this is.

use super::Tx;
use crate::error::Result;
use crate::view::Enrolment;
use blon_core::campaign::Campaign;
use blon_core::invitation::Pin;
use blon_core::review::Role;
use rusqlite::{OptionalExtension, params};

/// The setting that holds the mark of the place that the next sync fetches from.
const MARK: &str = "mark";

/// The setting that holds the key by which headquarters is known.
const PIN: &str = "pin";

/// The enrolment with what only the sync may see.
pub struct EnrolmentRow {
    /// What screens may see.
    pub enrolment: Enrolment,
    /// The device's secret.
    pub token: String,
    /// Headquarters' `next` of the last sync.
    pub since: u64,
    /// The mark that came with it.
    pub mark: Option<String>,
    /// The key by which headquarters is known, if the invitation named one.
    pub pin: Option<Pin>,
}

impl Tx<'_> {
    /// What this device's person does, once it is enrolled.
    ///
    /// # Errors
    /// Those of the store.
    pub fn role(&self) -> Result<Option<Role>> {
        let sql = "SELECT role FROM enrolment";
        let role: Option<String> = self.0.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
        role.map(|role| role.parse().map_err(super::unreadable)).transpose()
    }

    /// The enrolment, once there is one.
    ///
    /// # Errors
    /// Those of the store.
    pub fn enrolment(&self) -> Result<Option<EnrolmentRow>> {
        let row = self
            .0
            .query_row("SELECT url, token, device, person, campaign, role, since FROM enrolment", [], |row| {
                let texts: [String; 6] =
                    [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
                Ok((texts, row.get::<_, i64>(6)?))
            })
            .optional()?;
        let Some(([url, token, device, person, campaign, role], since)) = row else { return Ok(None) };
        let enrolment = Enrolment {
            url,
            device: device.parse().map_err(super::unreadable)?,
            person: person.parse().map_err(super::unreadable)?,
            role: role.parse().map_err(super::unreadable)?,
            campaign: serde_json::from_str(&campaign)?,
        };
        let since = u64::try_from(since).unwrap_or(0);
        let mark = self.setting::<String>(MARK)?.filter(|_| since > 0);
        Ok(Some(EnrolmentRow { enrolment, token, since, mark, pin: self.setting(PIN)? }))
    }

    /// Keeps the enrolment with the key by which headquarters is known; a new one for the same person replaces the old, key
    /// and all, and fetches from the start.
    ///
    /// # Errors
    /// Those of the store.
    pub fn put_enrolment(&self, enrolment: &Enrolment, token: &str, pin: Option<Pin>) -> Result<()> {
        self.0.execute(
            "INSERT OR REPLACE INTO enrolment VALUES (1, ?1, ?2, ?3, ?4, ?5, 0, ?6)",
            params![
                enrolment.url,
                token,
                enrolment.device.to_string(),
                enrolment.person.as_str(),
                serde_json::to_string(&enrolment.campaign)?,
                enrolment.role.as_str()
            ],
        )?;
        match pin {
            Some(pin) => self.set(PIN, &pin),
            None => self.forget(PIN),
        }
    }

    /// What this device's person does now; gives whether that is another thing than before.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn set_role(&self, role: Role) -> Result<bool> {
        let sql = "UPDATE enrolment SET role = ?1 WHERE role <> ?1";
        let changed = self.0.execute(sql, [role.as_str()])? > 0;
        if changed {
            self.0.execute("INSERT OR IGNORE INTO stale SELECT story FROM record", [])?;
        }
        Ok(changed)
    }

    /// What headquarters set up since. Drafts go on by what is asked now: an answer that nobody asks for any more is kept.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_campaign(&self, campaign: &Campaign) -> Result<()> {
        self.0.execute("UPDATE enrolment SET campaign = ?1", [serde_json::to_string(campaign)?])?;
        Ok(())
    }

    /// Remembers where the next sync fetches from, and the mark of that place.
    ///
    /// # Errors
    /// Those of the store.
    pub fn set_since(&self, since: u64, mark: Option<&str>) -> Result<()> {
        self.0.execute("UPDATE enrolment SET since = ?1", [i64::try_from(since).unwrap_or(i64::MAX)])?;
        match mark {
            Some(mark) => self.set(MARK, &mark),
            None => self.forget(MARK),
        }
    }
}
