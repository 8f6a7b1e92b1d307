//! Withdrawals, and erasing the story that one is for.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::withdrawing::{Told, WithdrawalLine};
use blon_core::id::{CampaignId, DeviceId, Digest, StoryId};
use blon_core::withdrawal::WithdrawalCode;
use rusqlite::{OptionalExtension, Row, params};

/// The setting that is there while a withdrawal is not at its end: what it erased can still be read on the disk.
const ERASING: &str = "erasing";

/// What goes with a story, each before what it refers to; `?1` is the story.
const OF_A_STORY: &[&str] = &[
    "INSERT OR IGNORE INTO erased_record SELECT campaign, seq, id FROM record WHERE story = ?1",
    "INSERT OR IGNORE INTO file_to_erase SELECT sha256 FROM named_file WHERE story = ?1",
    "DELETE FROM named_file WHERE story = ?1",
    "DELETE FROM sealed_identity WHERE story = ?1",
    "DELETE FROM task WHERE story = ?1",
    "DELETE FROM line_body WHERE key = (SELECT key FROM line WHERE story = ?1)",
    "DELETE FROM line_words WHERE rowid = (SELECT key FROM line WHERE story = ?1)",
    "DELETE FROM line WHERE story = ?1",
    "DELETE FROM stale WHERE story = ?1",
];

const STILL_NAMED: &str = "DELETE FROM file_to_erase WHERE sha256 IN (SELECT sha256 FROM named_file)";

/// What goes with a file whose bytes are to leave the disk.
const OF_FILES: &[&str] = &[
    // What another story names as well is still needed.
    STILL_NAMED,
    "DELETE FROM brought_file WHERE sha256 IN (SELECT sha256 FROM file_to_erase)",
    "DELETE FROM asked_file WHERE sha256 IN (SELECT sha256 FROM file_to_erase)",
    "DELETE FROM file WHERE sha256 IN (SELECT sha256 FROM file_to_erase)",
    "DELETE FROM upload WHERE parcel = 0 AND sha256 IN (SELECT sha256 FROM file_to_erase)",
];

const LINE: &str = "campaign, code, taken, by, device, clock, erased, files";

impl Tx<'_> {
    /// Keeps a withdrawal; one that is known stays as it was told first. Gives whether it is new.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_withdrawal(&self, campaign: &CampaignId, code: WithdrawalCode, told: &Told) -> Result<bool> {
        let sql = "INSERT OR IGNORE INTO withdrawal VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, 0)";
        let added = self.0.execute(
            sql,
            params![
                campaign.as_str(),
                code.to_string(),
                told.at,
                told.by.as_ref().map(|by| by.as_str()),
                told.device.map(|device| device.to_string()),
                told.clock
            ],
        )?;
        self.set(ERASING, "1")?;
        Ok(added == 1)
    }

    /// Whether a story with this code was withdrawn.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_withdrawn(&self, campaign: &CampaignId, code: WithdrawalCode) -> Result<bool> {
        let sql = "SELECT 1 FROM withdrawal WHERE campaign = ?1 AND code = ?2";
        Ok(self.0.prepare_cached(sql)?.exists([campaign.as_str(), &code.to_string()])?)
    }

    /// Every withdrawal of a campaign, by its code.
    ///
    /// # Errors
    /// Those of the database.
    pub fn withdrawal_codes(&self, campaign: &CampaignId) -> Result<Vec<WithdrawalCode>> {
        let mut statement =
            self.0.prepare_cached("SELECT code FROM withdrawal WHERE campaign = ?1 ORDER BY code")?;
        let codes = statement
            .query_map([campaign.as_str()], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        codes.iter().map(|code| code.parse().map_err(unreadable)).collect()
    }

    /// How many withdrawals came from this device for which no story ever was here.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_idle_withdrawals(&self, device: DeviceId) -> Result<u32> {
        let sql = "SELECT count(*) FROM withdrawal WHERE device = ?1 AND erased IS NULL";
        Ok(self.0.prepare_cached(sql)?.query_row([device.to_string()], |row| row.get(0))?)
    }

    /// Every withdrawal of every campaign, in the order of when they were taken.
    ///
    /// # Errors
    /// Those of the database.
    pub fn all_withdrawals(&self) -> Result<Vec<WithdrawalLine>> {
        let mut statement =
            self.0.prepare(&format!("SELECT {LINE} FROM withdrawal ORDER BY taken, rowid"))?;
        statement.query_map([], read)?.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().map(line).collect()
    }

    /// The withdrawal with this code.
    ///
    /// # Errors
    /// Those of the database.
    pub fn withdrawal(&self, campaign: &CampaignId, code: WithdrawalCode) -> Result<Option<WithdrawalLine>> {
        let sql = format!("SELECT {LINE} FROM withdrawal WHERE campaign = ?1 AND code = ?2");
        let row = self.0.query_row(&sql, [campaign.as_str(), &code.to_string()], read).optional()?;
        row.map(line).transpose()
    }

    /// The stories of a campaign, to look for the one with a code: that is seldom, and no column need be kept for it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stories_of(&self, campaign: &CampaignId) -> Result<Vec<StoryId>> {
        let mut statement = self.0.prepare_cached("SELECT id FROM story WHERE campaign = ?1")?;
        let ids = statement
            .query_map([campaign.as_str()], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        ids.iter().map(|id| id.parse().map_err(unreadable)).collect()
    }

    /// Erases a story, whatever is known of it. The bytes of its files, [`Tx::files_to_erase`], are still on the disk then.
    ///
    /// # Errors
    /// Those of the database.
    pub fn erase_story(
        &self,
        campaign: &CampaignId,
        code: WithdrawalCode,
        story: StoryId,
        now: i64,
    ) -> Result<()> {
        let id = story.to_string();
        for sql in OF_A_STORY {
            self.0.execute(sql, [&id])?;
        }
        for sql in OF_FILES {
            self.0.execute(sql, [])?;
        }
        self.0.execute("DELETE FROM record WHERE story = ?1", [&id])?;
        self.0.execute("DELETE FROM story WHERE id = ?1", [&id])?;
        self.0.execute(
            "UPDATE withdrawal SET erased = ?3, files = (SELECT count(*) FROM file_to_erase)
             WHERE campaign = ?1 AND code = ?2",
            params![campaign.as_str(), code.to_string(), now],
        )?;
        Ok(())
    }

    /// Lets go of a file; its bytes leave the disk with what is left of withdrawals. One that a story still names stays.
    ///
    /// # Errors
    /// Those of the database.
    pub fn erase_file(&self, sha256: &Digest) -> Result<()> {
        self.0.execute("INSERT OR IGNORE INTO file_to_erase VALUES (?1)", [sha256.as_str()])?;
        for sql in OF_FILES {
            self.0.execute(sql, [])?;
        }
        self.set(ERASING, "1")
    }

    /// Whether a withdrawal is not at its end.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_erasing(&self) -> Result<bool> {
        Ok(self.setting(ERASING)?.is_some())
    }

    /// The files whose bytes are to leave the disk. One that a story names again by now is not among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn files_to_erase(&self) -> Result<Vec<Digest>> {
        self.0.execute(STILL_NAMED, [])?;
        let mut statement = self.0.prepare("SELECT sha256 FROM file_to_erase")?;
        let found =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        found.iter().map(|sha256| sha256.parse().map_err(unreadable)).collect()
    }

    /// Their bytes have left it. The words of what was erased leave the index with this; until then they only count as gone.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_erasing(&self) -> Result<()> {
        self.0.execute("DELETE FROM file_to_erase", [])?;
        self.0.execute("INSERT INTO line_words (line_words) VALUES ('optimize')", [])?;
        self.0.execute("DELETE FROM setting WHERE name = ?1", [ERASING])?;
        Ok(())
    }
}

type Read = (String, String, i64, Option<String>, Option<String>, Option<i64>, Option<i64>, u32);

fn read(row: &Row<'_>) -> rusqlite::Result<Read> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
    ))
}

fn line((campaign, code, taken, by, device, clock, erased, files): Read) -> Result<WithdrawalLine> {
    Ok(WithdrawalLine {
        campaign: campaign.parse().map_err(unreadable)?,
        code: code.parse().map_err(unreadable)?,
        taken: moment(taken),
        by: by.map(|by| by.parse().map_err(unreadable)).transpose()?,
        device: device.map(|device| device.parse().map_err(unreadable)).transpose()?,
        clock: clock.map(moment),
        erased: erased.map(moment),
        files,
    })
}
