//! How many lines of the list there are of each kind, kept beside it: whoever asks for a page does not count a country's stories.
//!
//! What lines are made and unmade is counted in the same transaction ([`Tx::count`]), and a kind that none is left of is forgotten: it
//! would tell that there was one.

use super::Tx;
use super::lines::{Counts, in_sight, named};
use super::sql::{Value, by_name, given};
use crate::error::Result;
use crate::people::Sight;
use blon_core::change::Level;
use blon_core::id::{CampaignId, PersonName};
use blon_core::queue::{HasEvidence, QueueOrder, QueueQuery};
use blon_core::search::asked_for;
use std::collections::BTreeSet;

/// Whether lines come or go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// They have come.
    Come = 1,
    /// They are about to go.
    Go = -1,
}

/// So many lines are quickly put in order; of more than that, those in order are looked through until a page is full.
pub(super) const FEW: i64 = 20_000;

/// Lines that are counted together: in which table, by what they are alike, and what is counted of them.
struct Kept {
    table: &'static str,
    alike: &'static str,
    counted: &'static [(&'static str, &'static str)],
}

const KEPT: [Kept; 2] = [
    Kept {
        table: "line_count",
        alike: "campaign, training, collector, commune, sex, age_band, status",
        counted: &[
            ("stories", "count(*)"),
            ("waiting", "count(waiting)"),
            ("missing", "count(*) FILTER (WHERE missing > 0)"),
            ("individual", "count(*) FILTER (WHERE levels LIKE '% individual %')"),
            ("collective", "count(*) FILTER (WHERE levels LIKE '% collective %')"),
            ("community", "count(*) FILTER (WHERE levels LIKE '% community %')"),
            ("associative", "count(*) FILTER (WHERE levels LIKE '% associative %')"),
        ],
    },
    Kept {
        table: "line_day",
        alike: "campaign, training, collector, status, date",
        counted: &[("stories", "count(*)")],
    },
];

impl Kept {
    /// All its columns.
    fn columns(&self) -> String {
        format!("{}, {}", self.alike, self.each(|column, _| column.to_owned()))
    }

    /// What stands in them by the lines that there are.
    fn lines(&self) -> String {
        let alike = self.alike;
        format!("SELECT {alike}, {} FROM line GROUP BY {alike}", self.each(|_, what| what.to_owned()))
    }

    fn each(&self, told: impl Fn(&str, &str) -> String) -> String {
        self.counted.iter().map(|(column, what)| told(column, what)).collect::<Vec<_>>().join(", ")
    }
}

impl Tx<'_> {
    /// Counts the lines of these stories, which come or go.
    pub(super) fn count(&self, stories: &[Value], lines: Lines) -> Result<()> {
        for kept in &KEPT {
            let Kept { table, alike, .. } = kept;
            let (columns, counts) = (kept.columns(), kept.each(|_, what| format!("?1 * {what}")));
            let more = kept.each(|column, _| format!("{column} = {table}.{column} + excluded.{column}"));
            // In the order of the key: two that count at once wait for each other, and never both.
            let sql = format!(
                "INSERT INTO {table} ({columns}) SELECT {alike}, {counts} FROM line WHERE story IN :these
                 GROUP BY {alike} ORDER BY {alike} ON CONFLICT ({alike}) DO UPDATE SET {more}"
            );
            self.execute_among(&sql, given![lines as i64], stories.to_vec())?;
        }
        Ok(())
    }

    /// The campaigns whose lines are not as many as was counted.
    pub(super) fn miscounted(&self) -> Result<BTreeSet<CampaignId>> {
        let mut campaigns = BTreeSet::new();
        for kept in &KEPT {
            let (lines, counted) = (kept.lines(), format!("SELECT {} FROM {}", kept.columns(), kept.table));
            let sql = format!(
                "SELECT campaign FROM ({lines} EXCEPT {counted}) AS too_few
                 UNION SELECT campaign FROM ({counted} EXCEPT {lines}) AS too_many"
            );
            campaigns.extend(self.all(&sql, given![], |row| row.get::<CampaignId>(0))?);
        }
        Ok(campaigns)
    }

    /// Counts all lines anew.
    ///
    /// # Errors
    /// Those of the database.
    pub fn recount(&self) -> Result<()> {
        for kept in &KEPT {
            let (table, columns, lines) = (kept.table, kept.columns(), kept.lines());
            self.execute(&format!("DELETE FROM {table}"), given![])?;
            self.execute(&format!("INSERT INTO {table} ({columns}) {lines}"), given![])?;
        }
        Ok(())
    }

    /// Forgets the kinds that no line is left of.
    pub(super) fn forget_kinds(&self) -> Result<()> {
        for Kept { table, .. } in &KEPT {
            self.execute(&format!("DELETE FROM {table} WHERE stories = 0"), given![])?;
        }
        Ok(())
    }

    /// How many lines of each status a query asks for, whatever status it asks for; `None` where that is not kept.
    pub(super) fn kept_counts(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
    ) -> Result<Option<Counts>> {
        let Some((table, column)) = kept(query) else { return Ok(None) };
        let mut kinds = vec!["campaign = :campaign AND training = :training"];
        kinds.extend(in_sight(sight));
        kinds.extend((!query.commune.is_empty()).then_some("commune = :commune"));
        kinds.extend(query.collector.is_some().then_some("collector = :collector"));
        kinds.extend(days(query));
        let sql = format!(
            "SELECT status, CAST(sum({column}) AS BIGINT) FROM {table} WHERE {} GROUP BY status
             HAVING sum({column}) > 0 ORDER BY status",
            kinds.join(" AND ")
        );
        let (sql, given) = by_name(&sql, named(campaign, sight, query, None)?);
        Ok(Some(self.by_status(&sql, &given)?))
    }

    /// The index by which the fewest lines are looked through for what a query asks for but its words, and at most how many that
    /// leads to.
    pub(super) fn way(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
    ) -> Result<(i64, &'static str)> {
        if query.order == QueueOrder::Waiting {
            let index = if query.status.is_some() { "line_waiting_of_status" } else { "line_waiting" };
            return Ok((i64::MAX, index));
        }
        let some = |asked: bool, condition: &'static str| asked.then_some(condition);
        // Which lines, where they are counted, the index that has them together, and whether it has them in the list's order.
        let ways = [
            (
                some(query.collector.is_some(), "collector = :collector"),
                "line_count",
                "line_of_collector",
                true,
            ),
            (some(!query.commune.is_empty(), "commune = :commune"), "line_count", "line_of_commune", true),
            (some(query.status.is_some(), "status = :status"), "line_count", "line_of_status", true),
            (
                some(query.evidence == Some(HasEvidence::Missing), "missing > 0"),
                "line_count",
                "line_missing",
                true,
            ),
            (in_sight(sight), "line_count", "line_of_collector", false),
            (days(query), "line_day", "line_of_date", false),
        ];
        let mut best = (i64::MAX, "line_in_order");
        for (condition, table, index, in_order) in ways {
            let Some(condition) = condition else { continue };
            let sql = format!(
                "SELECT coalesce(sum(stories), 0) FROM {table}
                 WHERE campaign = :campaign AND training = :training AND {condition}"
            );
            let (sql, given) = by_name(&sql, named(campaign, sight, query, None)?);
            let lines = self.number(&sql, &given)?;
            if lines < best.0 && (in_order || lines <= FEW) {
                best = (lines, index);
            }
        }
        Ok(best)
    }

    /// How many stories there are of each state in all campaigns, and since when the one waits that waits longest. Practice does not
    /// count.
    ///
    /// # Errors
    /// Those of the database.
    pub fn states(&self) -> Result<Vec<(String, i64, Option<i64>)>> {
        let sql = "SELECT status, CAST(sum(stories) AS BIGINT) FROM line_count WHERE training = 0 GROUP BY status ORDER BY status";
        let counts = self.all(sql, given![], |row| Ok((row.get::<String>(0)?, row.get(1)?)))?;
        let campaigns = self.campaigns()?;
        let with_since = |(status, stories): (String, i64)| {
            let since = campaigns.iter().map(|campaign| self.waits_since(&campaign.id, &Sight::All, &status));
            let since: Vec<Option<i64>> = since.collect::<Result<_>>()?;
            Ok((status, stories, since.into_iter().flatten().min()))
        };
        counts.into_iter().map(with_since).collect()
    }

    /// Since when the story of this state waits that waits longest, if any does.
    pub(super) fn waits_since(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        status: &str,
    ) -> Result<Option<i64>> {
        let seen = in_sight(sight).unwrap_or("1 = 1");
        let sql = format!(
            "SELECT waiting FROM line WHERE campaign = :campaign AND training = 0 AND status = :status AND waiting IS NOT NULL
             AND {seen} ORDER BY waiting LIMIT 1"
        );
        let named = vec![
            (":campaign", campaign.into()),
            (":status", status.into()),
            (":whose", sight.whose().into()),
        ];
        let (sql, given) = by_name(&sql, named);
        self.one(&sql, &given, |row| row.get(0))
    }

    /// The collectors in sight who have stories in a campaign.
    ///
    /// # Errors
    /// Those of the database.
    pub fn collectors(&self, campaign: &CampaignId, sight: &Sight) -> Result<Vec<PersonName>> {
        let seen = in_sight(sight).unwrap_or("1 = 1");
        let sql = format!(
            "SELECT DISTINCT collector FROM line_count WHERE campaign = :campaign AND {seen} ORDER BY collector"
        );
        let (sql, given) =
            by_name(&sql, vec![(":campaign", campaign.into()), (":whose", sight.whose().into())]);
        self.all(&sql, &given, |row| row.get(0))
    }
}

/// The days that a query asks for; `None` where it asks for any.
pub(super) fn days(query: &QueueQuery) -> Option<&'static str> {
    match (query.from, query.to) {
        (None, None) => None,
        (Some(_), None) => Some("date >= :from"),
        (None, Some(_)) => Some("date <> '' AND date <= :to"),
        (Some(_), Some(_)) => Some("date >= :from AND date <= :to"),
    }
}

/// The table and the column that count what a query asks for, but for its state, its commune and its collector; `None` where none does.
fn kept(query: &QueueQuery) -> Option<(&'static str, &'static str)> {
    if !asked_for(&query.words).is_empty()
        || matches!(query.evidence, Some(HasEvidence::Whole | HasEvidence::None))
    {
        return None;
    }
    let level = query.level.map(|level| match level {
        Level::Individual => "individual",
        Level::Collective => "collective",
        Level::Community => "community",
        Level::Associative => "associative",
    });
    let waiting = (query.order == QueueOrder::Waiting).then_some("waiting");
    let missing = (query.evidence == Some(HasEvidence::Missing)).then_some("missing");
    let asked: Vec<&str> = [level, waiting, missing].into_iter().flatten().collect();
    match (&asked[..], days(query)) {
        ([], None) => Some(("line_count", "stories")),
        ([one], None) => Some(("line_count", one)),
        ([], Some(_)) if query.commune.is_empty() => Some(("line_day", "stories")),
        // How many are both is not kept.
        _ => None,
    }
}
