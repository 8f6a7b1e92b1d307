//! Withdrawals, and erasing the story that one is for.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::StoryId;
use blon_core::withdrawal::WithdrawalCode;
use chrono::{DateTime, FixedOffset, Utc};
use rusqlite::params;

/// A withdrawal that this device knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithdrawalRow {
    /// The code of the story.
    pub code: WithdrawalCode,
    /// When it was taken here, or heard of.
    pub clock: DateTime<FixedOffset>,
    /// Whether it was taken on this device.
    pub here: bool,
    /// Whether headquarters said that it knows.
    pub told: bool,
}

/// Whatever is of a story, each before what it refers to; `?1` is the story.
const OF_A_STORY: &[&str] = &[
    "DELETE FROM report_draft WHERE task IN (SELECT id FROM task WHERE json_extract(body, '$.story') = ?1)",
    "DELETE FROM task WHERE json_extract(body, '$.story') = ?1",
    "DELETE FROM informant WHERE record IN (SELECT id FROM record WHERE story = ?1)",
    "DELETE FROM named_file WHERE record IN (SELECT id FROM record WHERE story = ?1)",
    "DELETE FROM wanted_file WHERE sha256 IN (SELECT sha256 FROM file WHERE story = ?1)
         AND sha256 NOT IN (SELECT sha256 FROM named_file)",
    "DELETE FROM sent_part WHERE sha256 IN (SELECT sha256 FROM file WHERE story = ?1)
         AND sha256 NOT IN (SELECT sha256 FROM named_file)",
    "DELETE FROM confirmed_file WHERE sha256 IN (SELECT sha256 FROM file WHERE story = ?1)
         AND sha256 NOT IN (SELECT sha256 FROM named_file)",
    "DELETE FROM file WHERE story = ?1",
    "DELETE FROM record WHERE story = ?1",
    "DELETE FROM unread_record WHERE json_extract(body, '$.story') = ?1",
    "DELETE FROM draft WHERE story = ?1",
    "DELETE FROM discarded_draft WHERE story = ?1",
    "DELETE FROM unasked WHERE story = ?1",
    "DELETE FROM identity WHERE story = ?1",
    "DELETE FROM masked WHERE story = ?1",
    "DELETE FROM sealed_identity WHERE story = ?1",
    "DELETE FROM review_line WHERE story = ?1",
    // What was being written about it.
    "DELETE FROM setting WHERE name = 'review/' || ?1",
];

/// Every story of which something is here.
const STORIES: &str =
    "SELECT story FROM record UNION SELECT story FROM draft UNION SELECT story FROM discarded_draft
    UNION SELECT story FROM identity UNION SELECT story FROM file UNION SELECT story FROM line
    UNION SELECT json_extract(body, '$.story') FROM task
    UNION SELECT json_extract(body, '$.story') FROM unread_record";

impl Tx<'_> {
    /// Keeps a withdrawal; gives whether it is new. One that was only heard of and is taken here now is that from now on.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_withdrawal(&self, row: &WithdrawalRow) -> Result<bool> {
        let WithdrawalRow { code, clock, here, told } = row;
        let added = self.0.execute(
            "INSERT OR IGNORE INTO withdrawal VALUES (?1, ?2, ?3, ?4)",
            params![code.to_string(), clock.to_rfc3339(), here, told],
        )?;
        if added == 0 && *here {
            let sql = "UPDATE withdrawal SET here = 1, clock = ?2 WHERE code = ?1 AND here = 0";
            self.0.execute(sql, params![code.to_string(), clock.to_rfc3339()])?;
        }
        Ok(added == 1)
    }

    /// Every withdrawal that this device knows, the last first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn withdrawals(&self) -> Result<Vec<WithdrawalRow>> {
        let sql = "SELECT code, clock, here, told FROM withdrawal ORDER BY rowid DESC";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(code, clock, here, told)| {
                let clock = DateTime::parse_from_rfc3339(&clock).map_err(unreadable)?;
                Ok(WithdrawalRow { code: code.parse().map_err(unreadable)?, clock, here, told })
            })
            .collect()
    }

    /// Whether a story with this code was withdrawn.
    ///
    /// # Errors
    /// Those of the store.
    pub fn is_withdrawn(&self, code: WithdrawalCode) -> Result<bool> {
        Ok(self.0.prepare_cached("SELECT 1 FROM withdrawal WHERE code = ?1")?.exists([code.to_string()])?)
    }

    /// Headquarters said whether it knows this one.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn set_withdrawal_told(&self, code: WithdrawalCode, told: bool) -> Result<()> {
        let sql = "UPDATE withdrawal SET told = ?2 WHERE code = ?1 AND told <> ?2";
        self.0.prepare_cached(sql)?.execute(params![code.to_string(), told])?;
        Ok(())
    }

    /// The stories of which something is here, to look for those with a code.
    ///
    /// # Errors
    /// Those of the store.
    pub fn every_story(&self) -> Result<Vec<StoryId>> {
        let mut statement = self.0.prepare_cached(STORIES)?;
        let ids = statement
            .query_map([], |row| row.get::<_, Option<String>>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        // What others than stories keep bytes here belongs to none.
        Ok(ids.into_iter().flatten().filter_map(|id| id.parse().ok()).collect())
    }

    /// Erases whatever is here of a story.
    ///
    /// # Errors
    /// Those of the store.
    pub fn erase_story(&self, story: StoryId) -> Result<()> {
        for sql in OF_A_STORY {
            self.0.execute(sql, [story.to_string()])?;
        }
        // The list forgets it last: what goes before makes it stale.
        self.put_line(story, None)?;
        self.forget_words()
    }
}

impl WithdrawalRow {
    /// As it is told to headquarters.
    pub fn told_as(&self) -> blon_core::protocol::Withdrawal {
        blon_core::protocol::Withdrawal { code: self.code, clock: self.clock.with_timezone(&Utc) }
    }
}
