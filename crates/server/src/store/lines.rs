//! The list of stories, with an index of their words.
//!
//! A line is made anew only when its story changed: whoever changes one calls [`Tx::make_stale`], and whoever reads the list
//! makes what is stale anew first.

use super::counts::days;
use super::sql::{Dialect, Value, by_name, given};
use super::words::{Found, Reach};
use super::{Tx, counts, word_of};
use crate::error::Result;
use crate::people::Sight;
use blon_core::fold::Status;
use blon_core::id::{CampaignId, Digest, PersonName, StoryId};
use blon_core::queue::{HasEvidence, QueueOrder, QueueQuery, StoryRow};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The most lines of one status that are counted where nobody kept their count: to know that there are more is enough.
const COUNTED: u32 = 1_000;

/// Of at most how many days it is looked up when the first and the last of their stories arrived.
const BOUND_DAYS: i64 = 366;

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
pub(super) fn wanted(sight: &Sight, query: &QueueQuery, found: Option<&Found>) -> String {
    let mut all = vec!["campaign = :campaign AND training = :training"];
    all.extend(in_sight(sight));
    let asked = [
        (!query.commune.is_empty(), "commune = :commune"),
        (query.collector.is_some(), "collector = :collector"),
        (query.level.is_some(), "levels LIKE '% ' || CAST(:level AS TEXT) || ' %'"),
        (query.evidence == Some(HasEvidence::Missing), "missing > 0"),
        (query.evidence == Some(HasEvidence::Whole), "files > 0 AND missing = 0"),
        (query.evidence == Some(HasEvidence::None), "files = 0"),
        (query.order == QueueOrder::Waiting, "waiting IS NOT NULL"),
    ];
    all.extend(found.map(|found| found.condition));
    all.extend(days(query));
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

/// How many lines of each status.
pub type Counts = Vec<(Status, u32)>;

/// Where a page of the list ended: what its last line is ordered by.
type Place = (i64, i64);

/// A page of the list.
pub struct Lines {
    /// Its lines, each with its place.
    pub lines: Vec<(Place, StoryRow)>,
    /// How many there are of each status in all.
    pub counts: Counts,
    /// Where counting ended, if it did: of what has so many there may be more.
    pub counted_to: Option<u32>,
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

    /// The line of this story stays as it is until something changes it once more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn leave_line(&self, story: StoryId) -> Result<()> {
        self.execute("DELETE FROM stale WHERE story = ?1", given![story])?;
        Ok(())
    }

    /// The line of every story must be made anew before the list is shown.
    ///
    /// # Errors
    /// Those of the database.
    pub fn make_all_stale(&self) -> Result<()> {
        let sql = "INSERT INTO stale SELECT id FROM story WHERE true ON CONFLICT DO NOTHING";
        self.execute(sql, given![])?;
        Ok(())
    }

    /// The stories of a campaign that have no line, and are not to have one.
    pub(super) fn unlisted(&self, campaign: &CampaignId) -> Result<BTreeSet<StoryId>> {
        let sql = "SELECT id FROM story WHERE campaign = ?1
                       AND NOT EXISTS (SELECT 1 FROM line l JOIN line_body b ON b.key = l.key WHERE l.story = story.id)
                       AND NOT EXISTS (SELECT 1 FROM stale WHERE stale.story = story.id)";
        Ok(self.all(sql, given![campaign], |row| row.get(0))?.into_iter().collect())
    }

    /// Keeps the lines of these stories; `None` where there is nothing to show of one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_lines(&self, lines: &[(StoryId, Option<LineRow>)]) -> Result<()> {
        let stories: Vec<Value> = lines.iter().map(|(story, _)| (*story).into()).collect();
        self.execute_among("DELETE FROM stale WHERE story IN :these", given![], stories.clone())?;
        let before = self.keys_of(&stories)?;
        if !before.is_empty() {
            let keys: Vec<Value> = before.into_values().map(Value::from).collect();
            let gone = lines.iter().filter(|(_, line)| line.is_none());
            let gone: Vec<Value> = gone.map(|(story, _)| (*story).into()).collect();
            self.count(&stories, counts::Lines::Go)?;
            self.forget_words(&stories, &gone)?;
            self.execute_among("DELETE FROM line_body WHERE key IN :these", given![], keys.clone())?;
            self.execute_among("DELETE FROM line WHERE key IN :these", given![], keys)?;
        }
        let lines = || lines.iter().filter_map(|(story, line)| Some((*story, line.as_ref()?)));
        let rows = lines().map(|(story, line)| line_row(story, line)).collect::<Result<_>>()?;
        self.insert(INTO_LINE, LINE_COLUMNS, rows)?;
        let keys = self.keys_of(&stories)?;
        let kept = || lines().filter_map(|(story, line)| Some((*keys.get(&story)?, line)));
        let body =
            |(key, line): (i64, &LineRow)| Ok(vec![key.into(), serde_json::to_string(&line.row)?.into()]);
        let bodies = kept().map(body).collect::<Result<_>>()?;
        self.insert("INSERT INTO line_body (key, body) VALUES", 2, bodies)?;
        self.add_words(kept())?;
        self.count(&stories, counts::Lines::Come)?;
        self.forget_kinds()
    }

    fn keys_of(&self, stories: &[Value]) -> Result<BTreeMap<StoryId, i64>> {
        let sql = "SELECT story, key FROM line WHERE story IN";
        let keys = self.among(sql, given![], stories.to_vec(), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(keys.into_iter().collect())
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
        let reach = Reach { before: after.map_or(i64::MAX, |(_, arrived)| arrived), most };
        let found = self.find_words(campaign, sight, query, &reach)?;
        let lines = match &found {
            Some(found) if found.by_stretch => {
                self.lines_by_stretch(campaign, sight, (query, found), after, most)?
            }
            found => {
                let from = self.from(campaign, sight, query, found.as_ref())?;
                self.lines(&from, campaign, sight, (query, found.as_ref()), after, most)?
            }
        };
        if let Some(counts) = self.kept_counts(campaign, sight, query)? {
            return Ok(Lines { lines, counts, counted_to: None });
        }
        let (counts, counted_to) = match found {
            Some(found) if found.noted => self.count_found(campaign, sight, query)?,
            Some(found) if found.by_stretch => self.count_by_stretch(campaign, sight, query, &found)?,
            found => self.count_lines(campaign, sight, query, found.as_ref())?,
        };
        Ok(Lines { lines, counts, counted_to })
    }

    /// Where the lines that a query asks for are read from.
    fn from(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
        found: Option<&Found>,
    ) -> Result<String> {
        Ok(match self.0.dialect() {
            // What was found is little, and each leads to its line.
            Dialect::Sqlite if found.is_some() => "found CROSS JOIN line USING (key)".to_owned(),
            Dialect::Sqlite => format!("line INDEXED BY {}", self.way(campaign, sight, query)?.1),
            // It knows by itself.
            Dialect::Postgres => "line".to_owned(),
        })
    }

    fn lines(
        &self,
        from: &str,
        campaign: &CampaignId,
        sight: &Sight,
        (query, found): (&QueueQuery, Option<&Found>),
        after: Option<Place>,
        most: u32,
    ) -> Result<Vec<(Place, StoryRow)>> {
        let (key, then, order, page) = match query.order {
            QueueOrder::Newest => {
                ("arrived", "arrived < :after AND arrived >= :earliest", "arrived DESC", "arrived DESC")
            }
            QueueOrder::Waiting => {
                ("waiting", "(waiting, arrived) > (:first, :after)", "waiting, arrived", "first, arrived")
            }
        };
        let state = if query.status.is_some() { "AND status = :status" } else { "" };
        let wanted = wanted(sight, query, found);
        let sql = format!(
            "SELECT first, arrived, body FROM (
                 SELECT key, {key} AS first, arrived FROM {from} WHERE {wanted} {state} AND {then}
                 ORDER BY {order} LIMIT :most
             ) AS page JOIN line_body USING (key) ORDER BY {page}"
        );
        let mut named = named(campaign, sight, query, found)?;
        let (first, last) = match query.order {
            QueueOrder::Newest => {
                let arrivals = self.arrivals(campaign, query)?;
                named.push((":earliest", arrivals.start.into()));
                (0, after.map_or(arrivals.end, |(_, arrived)| arrived.min(arrivals.end)))
            }
            QueueOrder::Waiting => after.unwrap_or((i64::MIN, i64::MIN)),
        };
        named.extend([(":first", first.into()), (":after", last.into()), (":most", most.into())]);
        let (sql, given) = by_name(&sql, named);
        self.all(&sql, &given, |row| {
            let place = (row.get(0)?, row.get(1)?);
            Ok((place, serde_json::from_str(&row.get::<String>(2)?)?))
        })
    }

    /// The same by what is found of one stretch of the list after the other, where the list has the newest first.
    fn lines_by_stretch(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        (query, found): (&QueueQuery, &Found),
        after: Option<Place>,
        most: u32,
    ) -> Result<Vec<(Place, StoryRow)>> {
        let of = |stretch: &Range<i64>, most| {
            self.lines("line", campaign, sight, (query, Some(&found.of(stretch))), after, most)
        };
        if query.order == QueueOrder::Waiting {
            return of(&(0..i64::MAX), most);
        }
        let (mut lines, before) = (Vec::new(), after.map_or(i64::MAX, |(_, arrived)| arrived));
        for stretch in self.stretches(campaign, query, before)? {
            let left = most.saturating_sub(u32::try_from(lines.len()).unwrap_or(u32::MAX));
            if left == 0 {
                break;
            }
            lines.extend(of(&stretch, left)?);
        }
        Ok(lines)
    }

    /// Between which arrivals the stories of the days came that a query asks for; between any, where it does not say from when to when.
    /// The list mostly has the order of their days: without this, those of a month long ago are looked for from the newest story on.
    pub(super) fn arrivals(&self, campaign: &CampaignId, query: &QueueQuery) -> Result<Range<i64>> {
        let any = 0..i64::MAX;
        let (Some(from), Some(to)) = (query.from, query.to) else { return Ok(any) };
        if (to - from).num_days() > BOUND_DAYS {
            return Ok(any);
        }
        let of_day = |which: &str| {
            format!(
                "SELECT {which}(arrived) FROM line WHERE campaign = ?1 AND training = ?2 AND line.date = day.date"
            )
        };
        let sql = format!(
            "SELECT min(first), max(last) FROM (
                 SELECT ({}) AS first, ({}) AS last FROM (
                     SELECT DISTINCT date FROM line_day WHERE campaign = ?1 AND training = ?2 AND date BETWEEN ?3 AND ?4
                 ) AS day
             ) AS each_day",
            of_day("min"),
            of_day("max")
        );
        let days = given![campaign, query.training, from.to_string(), to.to_string()];
        let bounds =
            self.one(&sql, days, |row| Ok((row.get::<Option<i64>>(0)?, row.get::<Option<i64>>(1)?)))?;
        Ok(match bounds {
            Some((Some(first), Some(last))) => first..last + 1,
            _ => 0..0,
        })
    }

    /// How many lines of each status a query asks for, whatever status it asks for and from the first on, by what is found of its words.
    fn count_found(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
    ) -> Result<(Counts, Option<u32>)> {
        let any = QueueQuery { status: None, ..query.clone() };
        let found = self.find_words(campaign, sight, &any, &Reach { before: i64::MAX, most: COUNTED })?;
        let sql =
            "SELECT status, count(*) FROM found CROSS JOIN line USING (key) GROUP BY status ORDER BY status";
        let counts = self.by_status(sql, given![])?;
        Ok((counts, found.filter(|found| found.at_least).map(|_| 0)))
    }

    /// The same by what is found of one stretch of the list after the other.
    fn count_by_stretch(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
        found: &Found,
    ) -> Result<(Counts, Option<u32>)> {
        let (mut counts, mut left) = (BTreeMap::new(), COUNTED);
        for stretch in self.stretches(campaign, query, i64::MAX)? {
            let found = found.of(&stretch);
            let wanted = wanted(sight, query, Some(&found));
            let sql = format!(
                "SELECT status, count(*) FROM (SELECT status FROM line WHERE {wanted} LIMIT {left}) AS counted
                 GROUP BY status"
            );
            let (sql, given) = by_name(&sql, named(campaign, sight, query, Some(&found))?);
            for (status, count) in self.by_status(&sql, &given)? {
                counts.entry(word_of(&status)?).or_insert((status, 0)).1 += count;
                left -= count;
            }
            if left == 0 {
                break;
            }
        }
        Ok((counts.into_values().collect(), (left == 0).then_some(0)))
    }

    /// How many there are of each status, by a question that tells it so.
    pub(super) fn by_status(&self, sql: &str, given: &[Value]) -> Result<Counts> {
        self.all(sql, given, |row| Ok((status(&row.get::<String>(0)?)?, row.get(1)?)))
    }

    /// The same by looking through them: each status by the shortest way, and no further than is worth knowing.
    fn count_lines(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
        found: Option<&Found>,
    ) -> Result<(Counts, Option<u32>)> {
        let sql =
            "SELECT DISTINCT status FROM line_count WHERE campaign = ?1 AND training = ?2 ORDER BY status";
        let states = self.all(sql, given![campaign, query.training], |row| status(&row.get::<String>(0)?))?;
        let (wanted, arrivals) = (wanted(sight, query, found), self.arrivals(campaign, query)?);
        let mut counts = Vec::new();
        for status in states {
            let query = QueueQuery { status: Some(status), ..query.clone() };
            let from = self.from(campaign, sight, &query, None)?;
            let sql = format!(
                "SELECT count(*) FROM (SELECT 1 FROM {from} WHERE {wanted} AND status = :status AND arrived >= :earliest
                     AND arrived < :latest LIMIT {COUNTED}) AS counted"
            );
            let mut named = named(campaign, sight, &query, found)?;
            named.extend([(":earliest", arrivals.start.into()), (":latest", arrivals.end.into())]);
            let (sql, given) = by_name(&sql, named);
            let count = u32::try_from(self.number(&sql, &given)?).unwrap_or(COUNTED);
            counts.extend((count > 0).then_some((status, count)));
        }
        let all = counts.iter().all(|(_, count)| *count < COUNTED);
        Ok((counts, (!all).then_some(COUNTED)))
    }
}

/// The status that a word is written for.
fn status(word: &str) -> Result<Status> {
    Ok(serde_json::from_value(word.into())?)
}

const INTO_LINE: &str =
    "INSERT INTO line (story, campaign, collector, training, arrived, waiting, status, commune, date, levels,
                                           files, missing, sex, age_band) VALUES";
const LINE_COLUMNS: usize = 14;

fn line_row(story: StoryId, line: &LineRow) -> Result<Vec<Value>> {
    let row = &line.row;
    let levels = row.levels.iter().map(word_of).collect::<Result<Vec<_>>>()?;
    let missing = row.evidence.iter().filter(|file| !file.complete).count();
    Ok(vec![
        story.into(),
        (&line.campaign).into(),
        (&row.collector).into(),
        row.training.into(),
        line.arrived.into(),
        row.waiting_since.into(),
        word_of(&row.status)?.into(),
        (&row.commune).into(),
        row.date.map(|date| date.to_string()).unwrap_or_default().into(),
        format!(" {} ", levels.join(" ")).into(),
        row.evidence.len().into(),
        missing.into(),
        (&line.sex).into(),
        (&line.age_band).into(),
    ])
}

/// What stands for the names in [`wanted`] and [`in_sight`].
pub(super) fn named(
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
    named.extend(found.into_iter().flat_map(|found| found.named.clone()));
    Ok(named)
}
