//! The figures of a campaign, from the counts that are kept beside the list of its stories. Practice does not count, and what was rejected neither.

use super::Tx;
use super::lines::in_sight;
use super::sql::{Row, by_name};
use crate::error::Result;
use crate::people::Sight;
use blon_core::change::Level;
use blon_core::coverage::{Apart, LevelCount, Tally, Waiting};
use blon_core::id::{CampaignId, PersonName};
use blon_core::plan::Plan;
use blon_core::review::Role;
use blon_core::story::Sex;
use serde::de::DeserializeOwned;

impl Tx<'_> {
    /// How many stories there are of each kind, as far as they are in sight.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tallies(&self, campaign: &CampaignId, sight: &Sight) -> Result<Vec<Tally>> {
        self.counted(
            "commune, collector, sex, age_band, CAST(sum(stories) AS BIGINT),
             CAST(coalesce(sum(stories) FILTER (WHERE status = 'approved'), 0) AS BIGINT) FROM line_count",
            "GROUP BY commune, collector, sex, age_band",
            (campaign, sight),
            |row| {
                let sex: String = row.get(2)?;
                Ok(Tally {
                    commune: row.get(0)?,
                    collector: row.get(1)?,
                    sex: if sex.is_empty() { None } else { Some(value::<Sex>(sex)?) },
                    age_band: row.get(3)?,
                    stories: row.get(4)?,
                    approved: row.get(5)?,
                })
            },
        )
    }

    /// The figures that go across those kinds.
    ///
    /// # Errors
    /// Those of the database.
    pub fn apart(&self, campaign: &CampaignId, sight: &Sight) -> Result<Apart> {
        let of = (campaign, sight);
        let days = "date, CAST(sum(stories) AS BIGINT) FROM line_day";
        let days = self.counted(days, "AND date <> '' GROUP BY date", of, |row| {
            Ok((row.get::<String>(0)?, row.get(1)?))
        })?;
        // A day that no calendar has cannot stand in a week.
        let days = days.into_iter().filter_map(|(day, count)| Some((day.parse().ok()?, count))).collect();
        let sums = ["individual", "collective", "community", "associative", "missing"]
            .map(|column| format!("CAST(coalesce(sum({column}), 0) AS BIGINT)"));
        let sums = format!("{} FROM line_count", sums.join(", "));
        let sums = self.counted(&sums, "", of, |row| (0..5).map(|column| row.get(column)).collect())?;
        let sums: Vec<u32> = sums.into_iter().next().unwrap_or_default();
        let sum = |column: usize| sums.get(column).copied().unwrap_or(0);
        let levels = [Level::Individual, Level::Collective, Level::Community, Level::Associative];
        let levels =
            levels.into_iter().zip(&sums).map(|(level, stories)| LevelCount { level, stories: *stories });
        let states = "status, CAST(sum(stories) AS BIGINT) FROM line_count";
        let rest = "AND status <> 'approved' GROUP BY status ORDER BY status";
        let states = self.counted(states, rest, of, |row| Ok((row.get::<String>(0)?, row.get(1)?)))?;
        let waiting = states.into_iter().map(|(status, stories)| {
            let since = self.waits_since(campaign, sight, &status)?;
            Ok(Waiting { status: value(status)?, stories, since })
        });
        let waiting = waiting.collect::<Result<_>>()?;
        Ok(Apart { days, levels: levels.collect(), waiting, files_missing: sum(4) })
    }

    fn counted<T>(
        &self,
        what: &str,
        rest: &str,
        (campaign, sight): (&CampaignId, &Sight),
        read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let seen = in_sight(sight).unwrap_or("1 = 1");
        let sql = format!(
            "SELECT {what} WHERE campaign = :campaign AND training = 0 AND status <> 'rejected' AND {seen} {rest}"
        );
        let (sql, given) =
            by_name(&sql, vec![(":campaign", campaign.into()), (":whose", sight.whose().into())]);
        self.all(&sql, &given, read)
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
