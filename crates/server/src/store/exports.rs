//! Which stories an export goes through, page by page.

use super::lines::in_sight;
use super::sql::by_name;
use super::{Tx, word_of};
use crate::error::Result;
use crate::people::Sight;
use blon_core::fold::Status;
use blon_core::id::{CampaignId, StoryId};
use chrono::NaiveDate;

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
                 ORDER BY arrived LIMIT :most) AS half"
            )
        };
        let sql = format!("{} UNION ALL {} ORDER BY arrived LIMIT :most", half(0), half(1));
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let status = wanted.status.as_ref().map(word_of).transpose()?.unwrap_or_default();
        let named = vec![
            (":campaign", campaign.into()),
            (":after", after.into()),
            (":most", most.into()),
            (":whose", sight.whose().into()),
            (":from", day(wanted.from).into()),
            (":to", day(wanted.to).into()),
            (":status", status.into()),
        ];
        let (sql, given) = by_name(&sql, named);
        self.all(&sql, &given, |row| Ok((row.get(0)?, row.get(1)?)))
    }
}
