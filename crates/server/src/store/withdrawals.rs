//! Withdrawals, and erasing the story that one is for.

use super::sql::{Row, given};
use super::{Tx, unreadable};
use crate::error::Result;
use crate::withdrawing::{Told, WithdrawalLine};
use blon_core::id::{CampaignId, DeviceId, Digest, StoryId};
use blon_core::withdrawal::WithdrawalCode;
use uuid::Uuid;

/// The setting that is there while a withdrawal is not at its end: what it erased can still be read on the disk.
const ERASING: &str = "erasing";

/// What goes with a story beside its line, each before what it refers to; `?1` is the story.
const OF_A_STORY: &[&str] = &[
    "INSERT INTO erased_record (campaign, seq, id) SELECT campaign, seq, id FROM record WHERE story = ?1
     ON CONFLICT DO NOTHING",
    "INSERT INTO file_to_erase (sha256) SELECT sha256 FROM named_file WHERE story = ?1
     ON CONFLICT DO NOTHING",
    "DELETE FROM made WHERE person IN
         (SELECT d.person FROM record r JOIN device d ON d.id = r.device WHERE r.story = ?1)",
    "DELETE FROM named_file WHERE story = ?1",
    "DELETE FROM sealed_identity WHERE story = ?1",
    "DELETE FROM task WHERE story = ?1",
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
        let added = self.execute(
            "INSERT INTO withdrawal (campaign, code, taken, by, device, clock, erased, files)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, 0) ON CONFLICT DO NOTHING",
            given![campaign, code.to_string(), told.at, told.by.as_ref(), told.device, told.clock],
        )?;
        self.set(ERASING, &Uuid::now_v7().to_string())?;
        Ok(added == 1)
    }

    /// Whether a story with this code was withdrawn.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_withdrawn(&self, campaign: &CampaignId, code: WithdrawalCode) -> Result<bool> {
        let sql = "SELECT 1 FROM withdrawal WHERE campaign = ?1 AND code = ?2";
        self.exists(sql, given![campaign, code.to_string()])
    }

    /// Which of these codes were withdrawn in a campaign.
    ///
    /// # Errors
    /// Those of the database.
    pub fn withdrawn_among(
        &self,
        campaign: &CampaignId,
        codes: &[WithdrawalCode],
    ) -> Result<Vec<WithdrawalCode>> {
        let codes = codes.iter().map(|code| code.to_string().into()).collect();
        self.among(
            "SELECT code FROM withdrawal WHERE campaign = ?1 AND code IN",
            given![campaign],
            codes,
            |row| row.get::<String>(0)?.parse().map_err(unreadable),
        )
    }

    /// Every withdrawal of a campaign, by its code.
    ///
    /// # Errors
    /// Those of the database.
    pub fn withdrawal_codes(&self, campaign: &CampaignId) -> Result<Vec<WithdrawalCode>> {
        let sql = "SELECT code FROM withdrawal WHERE campaign = ?1 ORDER BY code";
        self.all(sql, given![campaign], |row| row.get::<String>(0)?.parse().map_err(unreadable))
    }

    /// How many withdrawals came from this device for which no story ever was here.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_idle_withdrawals(&self, device: DeviceId) -> Result<u32> {
        let sql = "SELECT count(*) FROM withdrawal WHERE device = ?1 AND erased IS NULL";
        Ok(u32::try_from(self.number(sql, given![device])?).unwrap_or(u32::MAX))
    }

    /// Every withdrawal of every campaign, in the order of when they were taken.
    ///
    /// # Errors
    /// Those of the database.
    pub fn all_withdrawals(&self) -> Result<Vec<WithdrawalLine>> {
        let sql = format!("SELECT {LINE} FROM withdrawal ORDER BY taken, campaign, code");
        self.all(&sql, given![], line)
    }

    /// The withdrawal with this code.
    ///
    /// # Errors
    /// Those of the database.
    pub fn withdrawal(&self, campaign: &CampaignId, code: WithdrawalCode) -> Result<Option<WithdrawalLine>> {
        let sql = format!("SELECT {LINE} FROM withdrawal WHERE campaign = ?1 AND code = ?2");
        self.one(&sql, given![campaign, code.to_string()], line)
    }

    /// The stories of a campaign, to look for the one with a code: that is seldom, and no column need be kept for it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stories_of(&self, campaign: &CampaignId) -> Result<Vec<StoryId>> {
        self.all("SELECT id FROM story WHERE campaign = ?1", given![campaign], |row| row.get(0))
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
        self.put_lines(&[(story, None)])?;
        for sql in OF_A_STORY {
            self.execute(sql, given![story])?;
        }
        for sql in OF_FILES {
            self.execute(sql, given![])?;
        }
        self.execute("DELETE FROM record WHERE story = ?1", given![story])?;
        self.execute("DELETE FROM story WHERE id = ?1", given![story])?;
        self.execute(
            "UPDATE withdrawal SET erased = ?3, files = (SELECT count(*) FROM file_to_erase)
             WHERE campaign = ?1 AND code = ?2",
            given![campaign, code.to_string(), now],
        )?;
        Ok(())
    }

    /// Lets go of a file; its bytes leave the disk with what is left of withdrawals. One that a story still names stays.
    ///
    /// # Errors
    /// Those of the database.
    pub fn erase_file(&self, sha256: &Digest) -> Result<()> {
        let sql = "INSERT INTO file_to_erase (sha256) VALUES (?1) ON CONFLICT DO NOTHING";
        self.execute(sql, given![sha256])?;
        for sql in OF_FILES {
            self.execute(sql, given![])?;
        }
        self.set(ERASING, &Uuid::now_v7().to_string())
    }

    /// What tells the last withdrawal that is not at its end from those before it; `None` where there is none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_erasing(&self) -> Result<Option<String>> {
        self.setting(ERASING)
    }

    /// The files whose bytes are to leave the disk. One that a story names again by now is not among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn files_to_erase(&self) -> Result<Vec<Digest>> {
        self.execute(STILL_NAMED, given![])?;
        self.all("SELECT sha256 FROM file_to_erase", given![], |row| row.get(0))
    }

    /// The bytes of these have left the disk. The words of what was erased leave the index with this; until then they only count as
    /// gone.
    ///
    /// # Errors
    /// Those of the database.
    pub fn erased_files(&self, files: &[Digest]) -> Result<()> {
        for sha256 in files {
            self.execute("DELETE FROM file_to_erase WHERE sha256 = ?1", given![sha256])?;
        }
        self.tidy_words()
    }

    /// Nothing of what was withdrawn can be read on the disk any more, unless more was withdrawn meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_erasing(&self, erasing: &str) -> Result<()> {
        let sql = "DELETE FROM setting WHERE name = ?1 AND value = ?2";
        self.execute(sql, given![ERASING, erasing])?;
        Ok(())
    }
}

fn line(row: &Row) -> Result<WithdrawalLine> {
    Ok(WithdrawalLine {
        campaign: row.get(0)?,
        code: row.get::<String>(1)?.parse().map_err(unreadable)?,
        taken: row.get(2)?,
        by: row.get(3)?,
        device: row.get(4)?,
        clock: row.get(5)?,
        erased: row.get(6)?,
        files: row.get(7)?,
    })
}
