//! The list of stories, with an index of their words.
//!
//! A line is made anew only when its story changed: whoever changes one calls [`Tx::make_stale`], and whoever reads the list
//! makes what is stale anew first.

use super::{Tx, unreadable, word_of};
use crate::error::Result;
use crate::people::Sight;
use blon_core::fold::Status;
use blon_core::id::{CampaignId, Digest, PersonName, StoryId};
use blon_core::queue::{HasEvidence, QueueOrder, QueueQuery, StoryRow};
use blon_core::search::asked_for;
use rusqlite::types::ToSql;
use rusqlite::{OptionalExtension, params};

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
fn wanted(sight: &Sight, query: &QueueQuery) -> String {
    let mut all = vec!["campaign = :campaign AND training = :training"];
    all.extend(in_sight(sight));
    let asked = [
        (!query.commune.is_empty(), "commune = :commune"),
        (query.collector.is_some(), "collector = :collector"),
        (query.level.is_some(), "instr(levels, ' ' || :level || ' ') > 0"),
        (query.from.is_some(), "date >= :from"),
        (query.to.is_some(), "date <> '' AND date <= :to"),
        (query.evidence == Some(HasEvidence::Missing), "missing > 0"),
        (query.evidence == Some(HasEvidence::Whole), "files > 0 AND missing = 0"),
        (query.evidence == Some(HasEvidence::None), "files = 0"),
        (!every_beginning(&query.words).is_empty(), "key IN (SELECT key FROM found)"),
        (query.order == QueueOrder::Waiting, "waiting IS NOT NULL"),
    ];
    all.extend(asked.into_iter().filter(|(asked, _)| *asked).map(|(_, condition)| condition));
    all.join(" AND ")
}

/// Which collectors are in sight, who stand for `:whose`; nothing to ask where all are.
pub(super) fn in_sight(sight: &Sight) -> Option<&'static str> {
    match sight {
        Sight::Own(_) => Some("collector = :whose"),
        Sight::Team(_) => Some("collector IN (SELECT name FROM person WHERE team = :whose)"),
        Sight::All => None,
        Sight::Nothing => Some("0"),
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
        self.0.prepare_cached("INSERT OR IGNORE INTO stale VALUES (?1)")?.execute([story.to_string()])?;
        Ok(())
    }

    /// The same for all stories that name this file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn make_stale_by_file(&self, sha256: &Digest) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR IGNORE INTO stale SELECT story FROM named_file WHERE sha256 = ?1")?
            .execute([sha256.as_str()])?;
        Ok(())
    }

    /// The next stories whose line must be made anew, at most so many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stale(&self, most: u32) -> Result<Vec<StoryId>> {
        let mut statement = self.0.prepare_cached("SELECT story FROM stale LIMIT ?1")?;
        let found = statement
            .query_map([most], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        found.iter().map(|story| story.parse().map_err(unreadable)).collect()
    }

    /// Keeps the line of this story; `None` where there is nothing to show of it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_line(&self, story: StoryId, line: Option<&LineRow>) -> Result<()> {
        let id = story.to_string();
        self.0.prepare_cached("DELETE FROM stale WHERE story = ?1")?.execute([&id])?;
        let key: Option<i64> = self
            .0
            .prepare_cached("SELECT key FROM line WHERE story = ?1")?
            .query_row([&id], |row| row.get(0))
            .optional()?;
        if let Some(key) = key {
            for sql in [
                "DELETE FROM line_words WHERE rowid = ?1",
                "DELETE FROM line_body WHERE key = ?1",
                "DELETE FROM line WHERE key = ?1",
            ] {
                self.0.prepare_cached(sql)?.execute([key])?;
            }
        }
        let Some(LineRow { row, campaign, arrived, sex, age_band, words }) = line else { return Ok(()) };
        let levels = serde_json::to_value(&row.levels)?;
        let levels: Vec<&str> = levels.as_array().into_iter().flatten().filter_map(|l| l.as_str()).collect();
        let missing = row.evidence.iter().filter(|file| !file.complete).count();
        self.0
            .prepare_cached(
                "INSERT INTO line VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            )?
            .execute(params![
                key,
                id,
                campaign.as_str(),
                row.collector.as_str(),
                row.training,
                arrived,
                row.waiting_since,
                word_of(&row.status)?,
                row.commune,
                row.date.map(|date| date.to_string()).unwrap_or_default(),
                format!(" {} ", levels.join(" ")),
                count(row.evidence.len()),
                count(missing),
                sex,
                age_band
            ])?;
        let key = self.0.last_insert_rowid();
        self.0
            .prepare_cached("INSERT INTO line_body VALUES (?1, ?2)")?
            .execute(params![key, serde_json::to_string(row)?])?;
        self.0
            .prepare_cached("INSERT INTO line_words (rowid, words) VALUES (?1, ?2)")?
            .execute(params![key, words])?;
        Ok(())
    }

    /// Finds the stories that have all these words, for the questions that follow in this transaction: a page and its counts
    /// ask about the same, and a word may be in most of a country's stories.
    fn find_words(&self, words: &str) -> Result<()> {
        let words = every_beginning(words);
        if words.is_empty() {
            return Ok(());
        }
        // Of this connection alone, and never on the disk.
        self.0.execute_batch(
            "PRAGMA temp_store = MEMORY;
             CREATE TEMP TABLE IF NOT EXISTS found (key INTEGER PRIMARY KEY); DELETE FROM found;",
        )?;
        self.0
            .prepare_cached("INSERT INTO found SELECT rowid FROM line_words WHERE line_words MATCH ?1")?
            .execute([words])?;
        Ok(())
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
        self.find_words(&query.words)?;
        let lines = self.lines(campaign, sight, query, after, most)?;
        Ok(Lines { lines, counts: self.count_lines(campaign, sight, query)? })
    }

    fn lines(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
        after: Option<Place>,
        most: u32,
    ) -> Result<Vec<(Place, StoryRow)>> {
        let (key, then, order) = match query.order {
            QueueOrder::Newest => ("arrived", "arrived < :after", "arrived DESC"),
            QueueOrder::Waiting => ("waiting", "(waiting, arrived) > (:first, :after)", "waiting, arrived"),
        };
        let state = if query.status.is_some() { "AND status = :status" } else { "" };
        let wanted = wanted(sight, query);
        let sql = format!(
            "SELECT {key}, arrived, body FROM line JOIN line_body USING (key)
             WHERE {wanted} {state} AND {then} ORDER BY {order} LIMIT :most"
        );
        let (first, last) = after.unwrap_or(match query.order {
            QueueOrder::Newest => (0, i64::MAX),
            QueueOrder::Waiting => (i64::MIN, i64::MIN),
        });
        let mut statement = self.0.prepare_cached(&sql)?;
        let status = status_word(query.status)?;
        let more: [(&str, &dyn ToSql); 4] =
            [(":status", &status), (":first", &first), (":after", &last), (":most", &most)];
        let named = Named::of(campaign, sight, query)?;
        let mut given = named.params();
        given.extend(more);
        given.retain(|(name, _)| sql.contains(name));
        let rows = statement
            .query_map(given.as_slice(), |row| Ok(((row.get(0)?, row.get(1)?), row.get::<_, String>(2)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(place, body)| Ok((place, serde_json::from_str(&body)?))).collect()
    }

    /// How many lines of each status a query asks for, whatever status it asks for.
    fn count_lines(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
    ) -> Result<Vec<(Status, u32)>> {
        let wanted = wanted(sight, query);
        let sql = format!("SELECT status, count(*) FROM line WHERE {wanted} GROUP BY status ORDER BY status");
        let mut statement = self.0.prepare_cached(&sql)?;
        let named = Named::of(campaign, sight, query)?;
        let mut given = named.params();
        given.retain(|(name, _)| sql.contains(name));
        let rows = statement
            .query_map(given.as_slice(), |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(word, count)| Ok((serde_json::from_value(word.into())?, count))).collect()
    }

    /// The collectors in sight who have stories in a campaign.
    ///
    /// # Errors
    /// Those of the database.
    pub fn collectors(&self, campaign: &CampaignId, sight: &Sight) -> Result<Vec<PersonName>> {
        let seen = in_sight(sight).unwrap_or("1");
        let sql = format!("SELECT DISTINCT collector FROM story WHERE campaign = :campaign AND {seen}");
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut given: Vec<(&str, &dyn ToSql)> = Vec::new();
        let (of, whose) = (campaign.as_str(), sight.whose());
        given.push((":campaign", &of));
        given.push((":whose", &whose));
        given.retain(|(name, _)| sql.contains(name));
        let names = statement
            .query_map(given.as_slice(), |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        names.iter().map(|name| name.parse().map_err(unreadable)).collect()
    }
}

/// What stands for the names in [`wanted`] and [`in_sight`].
struct Named(Vec<(&'static str, Box<dyn ToSql>)>);

impl Named {
    fn of(campaign: &CampaignId, sight: &Sight, query: &QueueQuery) -> Result<Self> {
        let text = |text: &str| -> Box<dyn ToSql> { Box::new(text.to_owned()) };
        let day = |day: Option<chrono::NaiveDate>| text(&day.map(|d| d.to_string()).unwrap_or_default());
        let level = query.level.as_ref().map(word_of).transpose()?.unwrap_or_default();
        Ok(Named(vec![
            (":campaign", text(campaign.as_str())),
            (":training", Box::new(query.training)),
            (":commune", text(&query.commune)),
            (":collector", text(query.collector.as_ref().map_or("", PersonName::as_str))),
            (":level", text(&level)),
            (":from", day(query.from)),
            (":to", day(query.to)),
            (":whose", text(sight.whose())),
        ]))
    }

    fn params(&self) -> Vec<(&str, &dyn ToSql)> {
        self.0.iter().map(|(name, value)| (*name, value.as_ref())).collect()
    }
}

fn status_word(status: Option<Status>) -> Result<String> {
    Ok(status.as_ref().map(word_of).transpose()?.unwrap_or_default())
}

/// In the language of FTS5: stories that have, for each of these words, one that begins with it.
fn every_beginning(words: &str) -> String {
    let quoted = |word: &String| format!("\"{}\"*", word.replace('"', "\"\""));
    asked_for(words).iter().map(quoted).collect::<Vec<_>>().join(" ")
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
