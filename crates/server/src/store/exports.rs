//! Which stories an export goes through, page by page.

use super::lines::in_sight;
use super::{Tx, unreadable};
use crate::audit::What;
use crate::error::Result;
use crate::people::Sight;
use blon_core::fold::Status;
use blon_core::id::{CampaignId, PersonName, StoryId};
use chrono::NaiveDate;
use rusqlite::types::ToSql;
use rusqlite::{OptionalExtension, params};

/// Which stories are wanted. What may leave of them is not decided here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only those told on this day or later.
    pub from: Option<NaiveDate>,
    /// Only those told on this day or before.
    pub to: Option<NaiveDate>,
    /// Only those of this status.
    pub status: Option<Status>,
}

impl Tx<'_> {
    /// The next stories after this place, in the order in which they came, each with its own place. Those for practice are
    /// among them: what counts them out is not a question to the database.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stories_after(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        wanted: &Wanted,
        after: i64,
        most: u32,
    ) -> Result<Vec<(i64, StoryId)>> {
        let mut conditions = vec!["campaign = :campaign AND arrived > :after"];
        conditions.extend(in_sight(sight));
        let asked = [
            (wanted.from.is_some(), "date >= :from"),
            (wanted.to.is_some(), "date <> '' AND date <= :to"),
            (wanted.status.is_some(), "status = :status"),
        ];
        conditions.extend(asked.into_iter().filter(|(asked, _)| *asked).map(|(_, condition)| condition));
        let conditions = conditions.join(" AND ");
        // The index knows practice apart: each half comes from it in order, however far the place.
        let half = |training: u8| {
            format!(
                "SELECT * FROM (SELECT arrived, story FROM line WHERE training = {training} AND {conditions}
                 ORDER BY arrived LIMIT :most)"
            )
        };
        let sql = format!("{} UNION ALL {} ORDER BY arrived LIMIT :most", half(0), half(1));
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let status = serde_json::to_value(wanted.status)?.as_str().unwrap_or_default().to_owned();
        let (campaign, whose, from, to) =
            (campaign.as_str(), sight.whose(), day(wanted.from), day(wanted.to));
        let mut given: Vec<(&str, &dyn ToSql)> = vec![
            (":campaign", &campaign),
            (":after", &after),
            (":most", &most),
            (":whose", &whose),
            (":from", &from),
            (":to", &to),
            (":status", &status),
        ];
        given.retain(|(name, _)| sql.contains(name));
        let mut statement = self.0.prepare_cached(&sql)?;
        let rows = statement
            .query_map(given.as_slice(), |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(place, id)| Ok((place, id.parse().map_err(unreadable)?))).collect()
    }

    /// Whether the log says already that this person did the same since then, in Unix seconds.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_noted_since(&self, who: &PersonName, what: What, about: &str, since: i64) -> Result<bool> {
        let word = serde_json::to_value(what)?;
        // From the newest back: what is older than that is not looked at.
        let sql = "SELECT at FROM audit WHERE seq > (SELECT max(seq) - 1000 FROM audit)
                       AND who = ?1 AND what = ?2 AND about = ?3 ORDER BY seq DESC LIMIT 1";
        let last: Option<i64> = self
            .0
            .prepare_cached(sql)?
            .query_row(params![who.as_str(), word.as_str(), about], |row| row.get(0))
            .optional()?;
        Ok(last.is_some_and(|at| at >= since))
    }
}
