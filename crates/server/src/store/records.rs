//! Stories and their records.

use super::lines::in_sight;
use super::{DeviceRow, Tx, unreadable};
use crate::error::Result;
use crate::people::Sight;
use blon_core::id::{CampaignId, PersonName, RecordId, StoryId};
use blon_core::record::{Deed, Record};
use rusqlite::types::ToSql;
use rusqlite::{OptionalExtension, params};

/// How a record came.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// When, in Unix seconds of headquarters' clock.
    pub at: i64,
    /// How many seconds the clock of the device that brought it was ahead, where it was told.
    pub skew: Option<i64>,
}

/// When a record came.
#[derive(Debug, Clone, Copy)]
pub struct Arrived {
    /// Which.
    pub id: RecordId,
    /// Its number in the campaign.
    pub seq: i64,
    /// When, in Unix seconds; `None` for those from before that was kept.
    pub at: Option<i64>,
}

impl Tx<'_> {
    /// The record with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record(&self, id: RecordId) -> Result<Option<Record>> {
        let body: Option<String> = self
            .0
            .prepare_cached("SELECT body FROM record WHERE id = ?1")?
            .query_row([id.to_string()], |row| row.get(0))
            .optional()?;
        body.map(|b| Ok(serde_json::from_str(&b)?)).transpose()
    }

    /// Adds a record of a story that is here, and gives it the campaign's next number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_record(&self, record: &Record, arrival: Arrival) -> Result<()> {
        let seq: i64 = self.0.query_row(
            "UPDATE campaign SET last_seq = last_seq + 1 WHERE id = ?1 RETURNING last_seq",
            [record.campaign.as_str()],
            |row| row.get(0),
        )?;
        self.0.prepare_cached("INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(
            params![
                record.campaign.as_str(),
                seq,
                record.id.to_string(),
                record.story.to_string(),
                record.device.map(|d| d.to_string()),
                serde_json::to_string(record)?,
                arrival.skew,
                arrival.at
            ],
        )?;
        self.make_stale(record.story)
    }

    /// How many seconds the clocks were ahead that came with the records of a story, where that was told.
    ///
    /// # Errors
    /// Those of the database.
    pub fn skews_of(&self, story: StoryId) -> Result<Vec<(RecordId, i64)>> {
        let sql = "SELECT id, skew FROM record WHERE story = ?1 AND skew IS NOT NULL ORDER BY seq";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement
            .query_map([story.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(id, skew)| Ok((id.parse().map_err(unreadable)?, skew))).collect()
    }

    /// When the records of a story came, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn arrivals_of(&self, story: StoryId) -> Result<Vec<Arrived>> {
        let sql = "SELECT id, seq, received FROM record WHERE story = ?1 ORDER BY seq";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement
            .query_map([story.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(id, seq, at)| Ok(Arrived { id: id.parse().map_err(unreadable)?, seq, at }))
            .collect()
    }

    /// The records of a story, in the order they came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn records_of(&self, story: StoryId) -> Result<Vec<Record>> {
        let mut statement = self.0.prepare_cached("SELECT body FROM record WHERE story = ?1 ORDER BY seq")?;
        let bodies = statement
            .query_map([story.to_string()], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
    }

    /// The records after `since` of the stories in sight, and those that the device's person made, with their numbers: at
    /// most `count`. What is kept from that person is not among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn records_after(
        &self,
        device: &DeviceRow,
        sight: &Sight,
        kept_from: &[Deed],
        since: i64,
        count: usize,
    ) -> Result<Vec<(i64, RecordId, String)>> {
        let seen = in_sight(sight).unwrap_or("1");
        let sql = format!(
            "SELECT r.seq, r.id, r.body FROM record r JOIN story s ON s.id = r.story
             WHERE r.campaign = :campaign AND r.seq > :since
                 AND ({seen} AND json_extract(r.body, '$.act.kind') NOT IN (SELECT value FROM json_each(:kept))
                      OR r.device IN (SELECT id FROM device WHERE person = :person))
             ORDER BY r.seq LIMIT :count"
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let (campaign, person, whose) = (device.campaign.as_str(), device.person.as_str(), sight.whose());
        let kept = serde_json::to_string(kept_from)?;
        let mut given: Vec<(&str, &dyn ToSql)> = vec![
            (":campaign", &campaign),
            (":person", &person),
            (":whose", &whose),
            (":since", &since),
            (":count", &count),
            (":kept", &kept),
        ];
        given.retain(|(name, _)| sql.contains(name));
        let rows = statement
            .query_map(given.as_slice(), |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(seq, id, body)| Ok((seq, id.parse().map_err(unreadable)?, body))).collect()
    }

    /// The records that a device of this person made.
    ///
    /// # Errors
    /// Those of the database.
    pub fn own_records(&self, campaign: &CampaignId, person: &PersonName) -> Result<Vec<RecordId>> {
        let mut statement = self.0.prepare_cached(
            "SELECT r.id FROM record r JOIN device d ON d.id = r.device
             WHERE r.campaign = ?1 AND d.person = ?2",
        )?;
        let ids = statement
            .query_map([campaign.as_str(), person.as_str()], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        ids.iter().map(|id| id.parse().map_err(unreadable)).collect()
    }

    /// What tells one number of a campaign from the same number before a backup was restored: the end of the record's id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mark(&self, campaign: &CampaignId, seq: i64) -> Result<Option<String>> {
        let mark = self
            .0
            .prepare_cached(
                "SELECT substr(id, -12) FROM
                     (SELECT campaign, seq, id FROM record UNION ALL SELECT campaign, seq, id FROM erased_record)
                 WHERE campaign = ?1 AND seq = ?2",
            )?
            .query_row(params![campaign.as_str(), seq], |row| row.get(0))
            .optional()?;
        Ok(mark)
    }

    /// How many records a story has of those that assess it, or of the others.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_records_of(&self, story: StoryId, assessing: bool) -> Result<usize> {
        let kinds: Vec<Deed> = Deed::ALL.into_iter().filter(|deed| deed.assesses()).collect();
        let sql = "SELECT count(*) FROM record
                   WHERE story = ?1
                       AND (json_extract(body, '$.act.kind') IN (SELECT value FROM json_each(?2))) = ?3";
        let asked = params![story.to_string(), serde_json::to_string(&kinds)?, assessing];
        let count: i64 = self.0.prepare_cached(sql)?.query_row(asked, |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Begins a story.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_story(&self, id: StoryId, campaign: &CampaignId, collector: &PersonName) -> Result<()> {
        self.0.execute(
            "INSERT INTO story VALUES (?1, ?2, ?3)",
            params![id.to_string(), campaign.as_str(), collector.as_str()],
        )?;
        Ok(())
    }

    /// The campaign and the collector of a story.
    ///
    /// # Errors
    /// Those of the database.
    pub fn story(&self, id: StoryId) -> Result<Option<(CampaignId, PersonName)>> {
        let row = self
            .0
            .prepare_cached("SELECT campaign, collector FROM story WHERE id = ?1")?
            .query_row([id.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .optional()?;
        row.map(|(c, p)| Ok((c.parse().map_err(unreadable)?, p.parse().map_err(unreadable)?))).transpose()
    }
}
