//! Stories and their records.

use super::lines::in_sight;
use super::sql::{by_name, given};
use super::{DeviceRow, Tx, word_of};
use crate::error::Result;
use crate::people::Sight;
use blon_core::id::{CampaignId, PersonName, RecordId, StoryId};
use blon_core::record::{Deed, Record};

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
        let body: Option<String> =
            self.one("SELECT body FROM record WHERE id = ?1", given![id], |row| row.get(0))?;
        body.map(|b| Ok(serde_json::from_str(&b)?)).transpose()
    }

    /// Adds a record of a story that is here, and gives it the campaign's next number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_record(&self, record: &Record, arrival: Arrival) -> Result<()> {
        let seq = self.number(
            "UPDATE campaign SET last_seq = last_seq + 1 WHERE id = ?1 RETURNING last_seq",
            given![&record.campaign],
        )?;
        self.execute(
            "INSERT INTO record (campaign, seq, id, story, device, body, skew, received, kind)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            given![
                &record.campaign,
                seq,
                record.id,
                record.story,
                record.device,
                serde_json::to_string(record)?,
                arrival.skew,
                arrival.at,
                word_of(&record.act.deed())?
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
        self.all(sql, given![story], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// When the records of a story came, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn arrivals_of(&self, story: StoryId) -> Result<Vec<Arrived>> {
        let sql = "SELECT id, seq, received FROM record WHERE story = ?1 ORDER BY seq";
        self.all(sql, given![story], |row| Ok(Arrived { id: row.get(0)?, seq: row.get(1)?, at: row.get(2)? }))
    }

    /// The records of a story, in the order they came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn records_of(&self, story: StoryId) -> Result<Vec<Record>> {
        self.all("SELECT body FROM record WHERE story = ?1 ORDER BY seq", given![story], |row| {
            Ok(serde_json::from_str(&row.get::<String>(0)?)?)
        })
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
        let seen = in_sight(sight).unwrap_or("1 = 1");
        let sql = format!(
            "SELECT r.seq, r.id, r.body FROM record r JOIN story s ON s.id = r.story
             WHERE r.campaign = :campaign AND r.seq > :since
                 AND ({seen} AND CAST(:kept AS TEXT) NOT LIKE '% ' || r.kind || ' %'
                      OR r.device IN (SELECT id FROM device WHERE person = :person))
             ORDER BY r.seq LIMIT :count"
        );
        let (sql, given) = by_name(
            &sql,
            vec![
                (":campaign", (&device.campaign).into()),
                (":person", (&device.person).into()),
                (":whose", sight.whose().into()),
                (":since", since.into()),
                (":count", count.into()),
                (":kept", words(kept_from)?.into()),
            ],
        );
        self.all(&sql, &given, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// The records that a device of this person made.
    ///
    /// # Errors
    /// Those of the database.
    pub fn own_records(&self, campaign: &CampaignId, person: &PersonName) -> Result<Vec<RecordId>> {
        let sql = "SELECT r.id FROM record r JOIN device d ON d.id = r.device
                   WHERE r.campaign = ?1 AND d.person = ?2";
        self.all(sql, given![campaign, person], |row| row.get(0))
    }

    /// What tells one number of a campaign from the same number before a backup was restored: the end of the record's id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mark(&self, campaign: &CampaignId, seq: i64) -> Result<Option<String>> {
        let sql = "SELECT substr(id, length(id) - 11) FROM
                       (SELECT campaign, seq, id FROM record
                        UNION ALL SELECT campaign, seq, id FROM erased_record) AS numbered
                   WHERE campaign = ?1 AND seq = ?2";
        self.one(sql, given![campaign, seq], |row| row.get(0))
    }

    /// How many records a story has of those that assess it, or of the others.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_records_of(&self, story: StoryId, assessing: bool) -> Result<usize> {
        let kinds: Vec<Deed> = Deed::ALL.into_iter().filter(|deed| deed.assesses()).collect();
        let are = if assessing { "LIKE" } else { "NOT LIKE" };
        let sql = format!(
            "SELECT count(*) FROM record WHERE story = ?1 AND CAST(?2 AS TEXT) {are} '% ' || kind || ' %'"
        );
        Ok(usize::try_from(self.number(&sql, given![story, words(&kinds)?])?).unwrap_or(0))
    }

    /// Begins a story.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_story(&self, id: StoryId, campaign: &CampaignId, collector: &PersonName) -> Result<()> {
        let sql = "INSERT INTO story (id, campaign, collector) VALUES (?1, ?2, ?3)";
        self.execute(sql, given![id, campaign, collector])?;
        Ok(())
    }

    /// The campaign and the collector of a story.
    ///
    /// # Errors
    /// Those of the database.
    pub fn story(&self, id: StoryId) -> Result<Option<(CampaignId, PersonName)>> {
        self.one("SELECT campaign, collector FROM story WHERE id = ?1", given![id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

/// The words of deeds, each between blanks, to be looked for with `LIKE`.
fn words(deeds: &[Deed]) -> Result<String> {
    let words = deeds.iter().map(word_of).collect::<Result<Vec<_>>>()?;
    Ok(format!(" {} ", words.join(" ")))
}
