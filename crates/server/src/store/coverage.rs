//! The figures of a campaign, counted over the list of its stories. Practice does not count, and what was rejected neither.

use super::lines::in_sight;
use super::{Tx, unreadable, word_of};
use crate::error::Result;
use crate::people::Sight;
use blon_core::change::Level;
use blon_core::coverage::{Apart, LevelCount, Tally, Waiting};
use blon_core::id::{CampaignId, PersonName};
use blon_core::plan::Plan;
use blon_core::review::Role;
use blon_core::story::Sex;
use rusqlite::Row;
use rusqlite::types::ToSql;
use serde::de::DeserializeOwned;

impl Tx<'_> {
    /// How many stories there are of each kind, as far as they are in sight.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tallies(&self, campaign: &CampaignId, sight: &Sight) -> Result<Vec<Tally>> {
        let rows = self.counted(
            "commune, collector, sex, age_band, count(*), sum(status = 'approved')",
            "1",
            "GROUP BY commune, collector, sex, age_band",
            (campaign, sight),
            |row| {
                let texts: [String; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
                Ok((texts, row.get(4)?, row.get(5)?))
            },
        )?;
        rows.into_iter()
            .map(|([commune, collector, sex, age_band], stories, approved)| {
                let collector = collector.parse().map_err(unreadable)?;
                let sex = if sex.is_empty() { None } else { Some(value::<Sex>(sex)?) };
                Ok(Tally { commune, collector, sex, age_band, stories, approved })
            })
            .collect()
    }

    /// The figures that go across those kinds.
    ///
    /// # Errors
    /// Those of the database.
    pub fn apart(&self, campaign: &CampaignId, sight: &Sight) -> Result<Apart> {
        let of = (campaign, sight);
        let days = self.counted("date, count(*)", "date <> ''", "GROUP BY date", of, |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?))
        })?;
        // A day that no calendar has cannot stand in a week.
        let days = days.into_iter().filter_map(|(day, count)| Some((day.parse().ok()?, count))).collect();
        let mut levels = Vec::new();
        for level in [Level::Individual, Level::Collective, Level::Community, Level::Associative] {
            let told = format!("instr(levels, ' {} ') > 0", word_of(&level)?);
            let counts = self.counted("count(*)", &told, "", of, |row| row.get(0))?;
            levels.push(LevelCount { level, stories: counts.first().copied().unwrap_or(0) });
        }
        let waiting = self.counted(
            "status, count(*), min(waiting)",
            "status <> 'approved'",
            "GROUP BY status ORDER BY status",
            of,
            |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let waiting = waiting
            .into_iter()
            .map(|(status, stories, since)| Ok(Waiting { status: value(status)?, stories, since }))
            .collect::<Result<_>>()?;
        let missing = self.counted("count(*)", "missing > 0", "", of, |row| row.get(0))?;
        Ok(Apart { days, levels, waiting, files_missing: missing.first().copied().unwrap_or(0) })
    }

    fn counted<T>(
        &self,
        what: &str,
        which: &str,
        rest: &str,
        (campaign, sight): (&CampaignId, &Sight),
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let seen = in_sight(sight).unwrap_or("1");
        let sql = format!(
            "SELECT {what} FROM line WHERE campaign = :campaign AND training = 0 AND status <> 'rejected'
             AND {which} AND {seen} {rest}"
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let (of, whose) = (campaign.as_str(), sight.whose());
        let mut given: Vec<(&str, &dyn ToSql)> = vec![(":campaign", &of), (":whose", &whose)];
        given.retain(|(name, _)| sql.contains(name));
        Ok(statement.query_map(given.as_slice(), read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The collectors in sight whose team takes part, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn collectors_in(&self, plan: &Plan, sight: &Sight) -> Result<Vec<PersonName>> {
        let people = self.people()?.into_iter();
        let collects = people.filter(|person| {
            person.role == Role::Collector
                && !person.disabled
                && plan.takes_part(&person.team)
                && sight.holds(person)
        });
        Ok(collects.map(|person| person.name).collect())
    }
}

/// The value that a word is written for in JSON.
fn value<T: DeserializeOwned>(word: String) -> Result<T> {
    Ok(serde_json::from_value(word.into())?)
}
