//! The list of stories, with an index of their words.
//!
//! A line is made anew only when its story changed: whoever changes one calls [`Tx::make_stale`], and whoever reads the list
//! makes what is stale anew first.

use super::sql::{Value, by_name, given};
use super::words::Found;
use super::{Tx, word_of};
use crate::error::Result;
use crate::people::Sight;
use blon_core::fold::Status;
use blon_core::id::{CampaignId, Digest, PersonName, StoryId};
use blon_core::queue::{HasEvidence, QueueOrder, QueueQuery, StoryRow};

/// A line to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// As the list shows it.
    pub row: StoryRow,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// The number of its first record.
    pub arrived: i64,
    /// Who told it, as a word; empty where that is not known.
    pub sex: String,
    /// In which band of age they are; empty where that is not known.
    pub age_band: String,
    /// Every word of the story that can be searched for.
    pub words: String,
}

/// Which lines are wanted, but for their status. Only what is asked for stands in it: where nothing is, an index answers alone.
fn wanted(sight: &Sight, query: &QueueQuery, found: Option<&Found>) -> String {
    let mut all = vec!["campaign = :campaign AND training = :training"];
    all.extend(in_sight(sight));
    let asked = [
        (!query.commune.is_empty(), "commune = :commune"),
        (query.collector.is_some(), "collector = :collector"),
        (query.level.is_some(), "levels LIKE '% ' || CAST(:level AS TEXT) || ' %'"),
        (query.from.is_some(), "date >= :from"),
        (query.to.is_some(), "date <> '' AND date <= :to"),
        (query.evidence == Some(HasEvidence::Missing), "missing > 0"),
        (query.evidence == Some(HasEvidence::Whole), "files > 0 AND missing = 0"),
        (query.evidence == Some(HasEvidence::None), "files = 0"),
        (query.order == QueueOrder::Waiting, "waiting IS NOT NULL"),
    ];
    all.extend(found.map(|found| found.condition));
    all.extend(asked.into_iter().filter(|(asked, _)| *asked).map(|(_, condition)| condition));
    all.join(" AND ")
}

/// Which collectors are in sight, who stand for `:whose`; nothing to ask where all are.
pub(super) fn in_sight(sight: &Sight) -> Option<&'static str> {
    match sight {
        Sight::Own(_) => Some("collector = :whose"),
        Sight::Team(_) => Some("collector IN (SELECT name FROM person WHERE team = :whose)"),
        Sight::All => None,
        Sight::Nothing => Some("1 = 0"),
    }
}

/// Where a page of the list ended: what its last line is ordered by.
type Place = (i64, i64);

/// A page of the list.
pub struct Lines {
    /// Its lines, each with its place.
    pub lines: Vec<(Place, StoryRow)>,
    /// How many there are of each status in all.
    pub counts: Vec<(Status, u32)>,
}

impl Tx<'_> {
    /// The line of this story must be made anew before the list is shown.
    ///
    /// # Errors
    /// Those of the database.
    pub fn make_stale(&self, story: StoryId) -> Result<()> {
        self.execute("INSERT INTO stale (story) VALUES (?1) ON CONFLICT DO NOTHING", given![story])?;
        Ok(())
    }

    /// The same for all stories that name this file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn make_stale_by_file(&self, sha256: &Digest) -> Result<()> {
        let sql = "INSERT INTO stale (story) SELECT DISTINCT story FROM named_file WHERE sha256 = ?1
                   ON CONFLICT DO NOTHING";
        self.execute(sql, given![sha256])?;
        Ok(())
    }

    /// The next stories whose line must be made anew, at most so many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stale(&self, most: u32) -> Result<Vec<StoryId>> {
        self.all("SELECT story FROM stale LIMIT ?1", given![most], |row| row.get(0))
    }

    /// Keeps the line of this story; `None` where there is nothing to show of it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_line(&self, story: StoryId, line: Option<&LineRow>) -> Result<()> {
        self.execute("DELETE FROM stale WHERE story = ?1", given![story])?;
        let key: Option<i64> =
            self.one("SELECT key FROM line WHERE story = ?1", given![story], |row| row.get(0))?;
        if let Some(key) = key {
            self.forget_words(key)?;
            self.execute("DELETE FROM line_body WHERE key = ?1", given![key])?;
            self.execute("DELETE FROM line WHERE key = ?1", given![key])?;
        }
        let Some(LineRow { row, campaign, arrived, sex, age_band, words }) = line else { return Ok(()) };
        let levels = serde_json::to_value(&row.levels)?;
        let levels: Vec<&str> = levels.as_array().into_iter().flatten().filter_map(|l| l.as_str()).collect();
        let missing = row.evidence.iter().filter(|file| !file.complete).count();
        let key = self.number(
            "INSERT INTO line (story, campaign, collector, training, arrived, waiting, status, commune, date, levels,
                               files, missing, sex, age_band)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) RETURNING key",
            given![
                story,
                campaign,
                &row.collector,
                row.training,
                *arrived,
                row.waiting_since,
                word_of(&row.status)?,
                &row.commune,
                row.date.map(|date| date.to_string()).unwrap_or_default(),
                format!(" {} ", levels.join(" ")),
                row.evidence.len(),
                missing,
                sex,
                age_band
            ],
        )?;
        let body = serde_json::to_string(row)?;
        self.execute("INSERT INTO line_body (key, body) VALUES (?1, ?2)", given![key, body])?;
        self.add_words(key, words)
    }

    /// The lines that a query asks for, after this place, each with its own, at most `most`; and how many there are of each
    /// status.
    ///
    /// # Errors
    /// Those of the database.
    pub fn queue(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
        after: Option<Place>,
        most: u32,
    ) -> Result<Lines> {
        let found = self.find_words(&query.words)?;
        let lines = self.lines(campaign, sight, (query, found.as_ref()), after, most)?;
        Ok(Lines { lines, counts: self.count_lines(campaign, sight, query, found.as_ref())? })
    }

    fn lines(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        (query, found): (&QueueQuery, Option<&Found>),
        after: Option<Place>,
        most: u32,
    ) -> Result<Vec<(Place, StoryRow)>> {
        let (key, then, order) = match query.order {
            QueueOrder::Newest => ("arrived", "arrived < :after", "arrived DESC"),
            QueueOrder::Waiting => ("waiting", "(waiting, arrived) > (:first, :after)", "waiting, arrived"),
        };
        let state = if query.status.is_some() { "AND status = :status" } else { "" };
        let wanted = wanted(sight, query, found);
        let sql = format!(
            "SELECT {key}, arrived, body FROM line JOIN line_body USING (key)
             WHERE {wanted} {state} AND {then} ORDER BY {order} LIMIT :most"
        );
        let (first, last) = after.unwrap_or(match query.order {
            QueueOrder::Newest => (0, i64::MAX),
            QueueOrder::Waiting => (i64::MIN, i64::MIN),
        });
        let mut named = named(campaign, sight, query, found)?;
        named.extend([(":first", first.into()), (":after", last.into()), (":most", most.into())]);
        let (sql, given) = by_name(&sql, named);
        self.all(&sql, &given, |row| {
            let place = (row.get(0)?, row.get(1)?);
            Ok((place, serde_json::from_str(&row.get::<String>(2)?)?))
        })
    }

    /// How many lines of each status a query asks for, whatever status it asks for.
    fn count_lines(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
        found: Option<&Found>,
    ) -> Result<Vec<(Status, u32)>> {
        let wanted = wanted(sight, query, found);
        let sql = format!("SELECT status, count(*) FROM line WHERE {wanted} GROUP BY status ORDER BY status");
        let (sql, given) = by_name(&sql, named(campaign, sight, query, found)?);
        self.all(&sql, &given, |row| Ok((serde_json::from_value(row.get::<String>(0)?.into())?, row.get(1)?)))
    }

    /// How many stories there are of each state in all campaigns, and since when the one waits that waits longest. Practice does not
    /// count.
    ///
    /// # Errors
    /// Those of the database.
    pub fn states(&self) -> Result<Vec<(String, i64, Option<i64>)>> {
        let sql = "SELECT status, count(*), min(waiting) FROM line WHERE training = 0 GROUP BY status ORDER BY status";
        self.all(sql, given![], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// The collectors in sight who have stories in a campaign.
    ///
    /// # Errors
    /// Those of the database.
    pub fn collectors(&self, campaign: &CampaignId, sight: &Sight) -> Result<Vec<PersonName>> {
        let seen = in_sight(sight).unwrap_or("1 = 1");
        let sql = format!("SELECT DISTINCT collector FROM story WHERE campaign = :campaign AND {seen}");
        let (sql, given) =
            by_name(&sql, vec![(":campaign", campaign.into()), (":whose", sight.whose().into())]);
        self.all(&sql, &given, |row| row.get(0))
    }
}

/// What stands for the names in [`wanted`] and [`in_sight`].
fn named(
    campaign: &CampaignId,
    sight: &Sight,
    query: &QueueQuery,
    found: Option<&Found>,
) -> Result<Vec<(&'static str, Value)>> {
    let day = |day: Option<chrono::NaiveDate>| Value::from(day.map(|d| d.to_string()).unwrap_or_default());
    let mut named = vec![
        (":campaign", campaign.into()),
        (":training", query.training.into()),
        (":commune", (&query.commune).into()),
        (":collector", query.collector.as_ref().map_or("", PersonName::as_str).into()),
        (":level", query.level.as_ref().map(word_of).transpose()?.unwrap_or_default().into()),
        (":status", query.status.as_ref().map(word_of).transpose()?.unwrap_or_default().into()),
        (":from", day(query.from)),
        (":to", day(query.to)),
        (":whose", sight.whose().into()),
    ];
    named.extend(found.and_then(|found| found.named.clone()));
    Ok(named)
}
