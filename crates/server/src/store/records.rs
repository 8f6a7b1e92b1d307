//! Stories and their records.

use super::lines::in_sight;
use super::sql::{Value, by_name, given};
use super::{DeviceRow, Tx, word_of};
use crate::error::Result;
use crate::people::Sight;
use blon_core::id::{CampaignId, PersonName, RecordId, StoryId};
use blon_core::protocol::IdSum;
use blon_core::record::{Deed, Record};
use std::collections::BTreeMap;

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

/// Among so many numbers what a device lacks is looked for one after another. Where there are more, as for one that begins anew in a
/// country's campaign, a collector's few stories are looked up instead: others wait meanwhile.
pub const NEAR: i64 = 20_000;

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

    /// Adds a record of a story that is here, as JSON, with the campaign's next number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_record(&self, record: &Record, body: &str, seq: i64, arrival: Arrival) -> Result<()> {
        self.insert(INTO_RECORD, RECORD_COLUMNS, vec![record_row(record, body, seq, arrival)?])?;
        self.make_stale(record.story)
    }

    /// Adds stories that nobody knew, each with its first record, as JSON, and its number: in few statements, whatever their
    /// number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_stories(&self, new: &[(&Record, &str, i64)], arrival: Arrival) -> Result<()> {
        let each = |row: fn(&Record) -> Vec<Value>| new.iter().map(|(record, ..)| row(record)).collect();
        let stories =
            each(|record| vec![record.story.into(), (&record.campaign).into(), (&record.author).into()]);
        self.insert("INSERT INTO story (id, campaign, collector) VALUES", 3, stories)?;
        let records = new.iter().map(|(record, body, seq)| record_row(record, body, *seq, arrival));
        self.insert(INTO_RECORD, RECORD_COLUMNS, records.collect::<Result<_>>()?)?;
        self.insert("INSERT INTO stale (story) VALUES", 1, each(|record| vec![record.story.into()]))
    }

    /// The last number of a campaign's records is this one from now on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_last_seq(&self, campaign: &CampaignId, last: i64) -> Result<()> {
        self.execute("UPDATE numbered SET last = ?2 WHERE campaign = ?1", given![campaign, last])?;
        Ok(())
    }

    /// Which of these records are here.
    ///
    /// # Errors
    /// Those of the database.
    pub fn records_here(&self, ids: &[RecordId]) -> Result<Vec<RecordId>> {
        let ids = ids.iter().map(|id| Value::from(*id)).collect();
        self.among("SELECT id FROM record WHERE id IN", given![], ids, |row| row.get(0))
    }

    /// Which of these stories are here.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stories_here(&self, ids: &[StoryId]) -> Result<Vec<StoryId>> {
        let ids = ids.iter().map(|id| Value::from(*id)).collect();
        self.among("SELECT id FROM story WHERE id IN", given![], ids, |row| row.get(0))
    }

    /// How many records the devices of a person made, and which.
    ///
    /// # Errors
    /// Those of the database.
    pub fn made(&self, campaign: &CampaignId, person: &PersonName) -> Result<(u64, IdSum)> {
        let sql = "SELECT records, sum FROM made WHERE campaign = ?1 AND person = ?2";
        let kept = self.one(sql, given![campaign, person], |row| Ok((row.get(0)?, row.get::<String>(1)?)))?;
        if let Some((records, sum)) = kept {
            return Ok((records, sum.into()));
        }
        let all = self.own_records(campaign, person)?;
        let (records, sum) = (all.len() as u64, all.into_iter().collect::<IdSum>());
        let sql = "INSERT INTO made (campaign, person, records, sum) VALUES (?1, ?2, ?3, ?4)";
        self.execute(sql, given![campaign, person, records, sum.as_str()])?;
        Ok((records, sum))
    }

    /// Devices of a person made these, too. Where it was not counted before, that is left to [`Tx::made`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn made_more(&self, campaign: &CampaignId, person: &PersonName, more: &[RecordId]) -> Result<()> {
        let sql = "SELECT sum FROM made WHERE campaign = ?1 AND person = ?2";
        let kept: Option<String> = self.one(sql, given![campaign, person], |row| row.get(0))?;
        if let Some(sum) = kept.map(|sum| IdSum::from(sum).with(more.iter().copied())) {
            let sql = "UPDATE made SET records = records + ?3, sum = ?4 WHERE campaign = ?1 AND person = ?2";
            self.execute(sql, given![campaign, person, more.len(), sum.as_str()])?;
        }
        Ok(())
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

    /// The records of these stories, in the order they came, as they lie here: whoever reads them can pass over one that cannot be
    /// read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn bodies_of(&self, stories: &[StoryId]) -> Result<BTreeMap<StoryId, Vec<(Arrived, String)>>> {
        let sql = "SELECT story, id, seq, received, body FROM record WHERE story IN";
        let stories = stories.iter().map(|story| (*story).into()).collect();
        let rows = self.among(sql, given![], stories, |row| {
            let arrived = Arrived { id: row.get(1)?, seq: row.get(2)?, at: row.get(3)? };
            Ok((row.get(0)?, (arrived, row.get::<String>(4)?)))
        })?;
        let mut bodies = BTreeMap::<_, Vec<_>>::new();
        rows.into_iter().for_each(|(story, body)| bodies.entry(story).or_default().push(body));
        bodies.values_mut().for_each(|bodies| bodies.sort_by_key(|(arrived, _)| arrived.seq));
        Ok(bodies)
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

    /// The records after number `since`, up to `last`, of the stories in sight, and those that the device's person made, with their
    /// numbers: at most `count`. What is kept from that person is not among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn records_after(
        &self,
        device: &DeviceRow,
        sight: &Sight,
        kept_from: &[Deed],
        since: i64,
        last: i64,
        count: usize,
    ) -> Result<Vec<(i64, RecordId, String)>> {
        let seen = in_sight(sight).unwrap_or("1 = 1");
        let asked = "r.campaign = :campaign AND r.seq > :since AND r.seq <= :last";
        let is_told = "CAST(:kept AS TEXT) NOT LIKE '% ' || r.kind || ' %'";
        let own = "r.device IN (SELECT id FROM device WHERE person = :person)";
        let is_little = matches!(sight, Sight::Own(_) | Sight::Nothing);
        let sql = if !is_little || last - since <= NEAR {
            format!(
                "SELECT r.seq, r.id, r.body FROM record r JOIN story s ON s.id = r.story
                 WHERE {asked} AND ({seen} AND {is_told} OR {own}) ORDER BY r.seq LIMIT :count"
            )
        } else {
            // Read in this order, by the indexes of stories and of devices: what is asked of numbers, written so, leads past theirs.
            let asked = "r.campaign || '' = :campaign AND r.seq + 0 > :since AND r.seq + 0 <= :last";
            format!(
                "SELECT seq, id, body FROM record WHERE campaign = :campaign AND seq IN (
                     SELECT r.seq FROM story s CROSS JOIN record r
                     WHERE s.campaign = :campaign AND {seen} AND r.story = s.id AND {asked} AND {is_told}
                     UNION SELECT r.seq FROM device d CROSS JOIN record r
                     WHERE d.person = :person AND r.device = d.id AND {asked}
                     ORDER BY seq LIMIT :count
                 ) ORDER BY seq"
            )
        };
        let (sql, given) = by_name(
            &sql,
            vec![
                (":campaign", (&device.campaign).into()),
                (":person", (&device.person).into()),
                (":whose", sight.whose().into()),
                (":since", since.into()),
                (":last", last.into()),
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
    fn own_records(&self, campaign: &CampaignId, person: &PersonName) -> Result<Vec<RecordId>> {
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

const INTO_RECORD: &str =
    "INSERT INTO record (campaign, seq, id, story, device, body, skew, received, kind) VALUES";
const RECORD_COLUMNS: usize = 9;

fn record_row(record: &Record, body: &str, seq: i64, arrival: Arrival) -> Result<Vec<Value>> {
    Ok(vec![
        (&record.campaign).into(),
        seq.into(),
        record.id.into(),
        record.story.into(),
        record.device.into(),
        body.into(),
        arrival.skew.into(),
        arrival.at.into(),
        word_of(&record.act.deed())?.into(),
    ])
}

/// The words of deeds, each between blanks, to be looked for with `LIKE`.
fn words(deeds: &[Deed]) -> Result<String> {
    let words = deeds.iter().map(word_of).collect::<Result<Vec<_>>>()?;
    Ok(format!(" {} ", words.join(" ")))
}
