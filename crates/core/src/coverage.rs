//! How far a collection has come: who told and collected how much, against what was wanted, and what nobody has told yet.

use crate::campaign::Campaign;
use crate::change::Level;
use crate::fold::Status;
use crate::id::PersonName;
use crate::plan::{Plan, Target};
use crate::story::Sex;
use chrono::NaiveDate;
use serde::Serialize;
use ts_rs::TS;

/// Stories that are alike in all of this, and how many they are. Practice is none, and what was rejected neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Where they were told.
    pub commune: String,
    /// Who collected them.
    pub collector: PersonName,
    /// Who told them.
    pub sex: Option<Sex>,
    /// In which band of age; empty where it is not known.
    pub age_band: String,
    /// How many.
    pub stories: u32,
    /// How many of them are approved.
    pub approved: u32,
}

/// How many stories of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Count {
    /// Of which: a commune, a name, a value of a list; empty where it is not known.
    pub of: String,
    /// How many.
    pub stories: u32,
    /// How many of them are approved.
    pub approved: u32,
    /// How many are wanted, where targets say so.
    pub wanted: Option<u32>,
}

/// How many stories in one week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct WeekCount {
    /// Its Monday, by the day of the interview.
    pub monday: NaiveDate,
    /// How many.
    pub stories: u32,
}

/// How many stories tell a change of one level; a story may tell several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct LevelCount {
    /// Which.
    pub level: Level,
    /// How many.
    pub stories: u32,
}

/// What waits where, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Waiting {
    /// Where the stories stand.
    pub status: Status,
    /// How many.
    pub stories: u32,
    /// Since when the oldest of them stands there, in Unix seconds of headquarters' clock, where that is known.
    #[ts(type = "number | null")]
    pub since: Option<i64>,
}

/// How far a target is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Reached {
    /// Which.
    pub target: Target,
    /// How many of its stories there are.
    pub stories: u32,
}

/// Nobody of this kind has told a story there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Unheard {
    /// Where.
    pub commune: String,
    /// Who; `None` where nobody at all was heard there.
    pub sex: Option<Sex>,
    /// In which band of age; empty where nobody of that sex was heard there.
    pub age_band: String,
}

/// How far the collection has come, as far as the reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Coverage {
    /// All stories.
    pub stories: u32,
    /// How many of them are approved.
    pub approved: u32,
    /// How many are wanted in all; `None` without targets.
    pub wanted: Option<u32>,
    /// By commune, in the campaign's order, those without a story too.
    pub communes: Vec<Count>,
    /// By collector, those of the teams without a story too.
    pub collectors: Vec<Count>,
    /// By sex.
    pub sexes: Vec<Count>,
    /// By band of age, in the campaign's order.
    pub ages: Vec<Count>,
    /// By level.
    pub levels: Vec<LevelCount>,
    /// By week, from the first to the last with a story, none left out.
    pub weeks: Vec<WeekCount>,
    /// What waits where.
    pub waiting: Vec<Waiting>,
    /// How many stories name files that have not come whole.
    pub files_missing: u32,
    /// The targets, in the plan's order.
    pub targets: Vec<Reached>,
    /// What nobody has told yet, the widest gaps first.
    pub unheard: Vec<Unheard>,
}

/// The word of a sex, as in JSON.
fn word(sex: Option<Sex>) -> &'static str {
    match sex {
        Some(Sex::Female) => "female",
        Some(Sex::Male) => "male",
        Some(Sex::Mixed) => "mixed",
        None => "",
    }
}

impl Target {
    /// Whether these stories count for it.
    pub fn holds(&self, tally: &Tally) -> bool {
        (self.commune.is_empty() || self.commune == tally.commune)
            && self.collector.as_ref().is_none_or(|collector| *collector == tally.collector)
            && self.sex.is_none_or(|sex| tally.sex == Some(sex))
            && (self.age_band.is_empty() || self.age_band == tally.age_band)
    }
}

/// Counts by one property: first the values that must stand there, in their order, then what else was found.
fn counted(
    tallies: &[Tally],
    wanted: &[Target],
    first: impl IntoIterator<Item = String>,
    of: impl Fn(&Tally) -> &str,
    asks: impl Fn(&Target) -> Option<&str>,
) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    let empty = |of: String| Count { of, stories: 0, approved: 0, wanted: None };
    for value in first {
        if !counts.iter().any(|count| count.of == value) {
            counts.push(empty(value));
        }
    }
    for tally in tallies {
        let value = of(tally);
        let place = counts.iter().position(|count| count.of == value).unwrap_or_else(|| {
            counts.push(empty(value.to_owned()));
            counts.len() - 1
        });
        if let Some(count) = counts.get_mut(place) {
            count.stories += tally.stories;
            count.approved += tally.approved;
        }
    }
    for count in &mut counts {
        let asked: Vec<u32> =
            wanted.iter().filter(|t| asks(t) == Some(count.of.as_str())).map(|t| t.stories).collect();
        count.wanted = (!asked.is_empty()).then(|| asked.iter().sum());
    }
    counts
}

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// What of a coverage is counted apart from the [`Tally`]s.
#[derive(Debug, Clone, Default)]
pub struct Apart {
    /// How many stories were told on each day.
    pub days: Vec<(NaiveDate, u32)>,
    /// By level.
    pub levels: Vec<LevelCount>,
    /// What waits where.
    pub waiting: Vec<Waiting>,
    /// How many stories name files that have not come whole.
    pub files_missing: u32,
}

impl Coverage {
    /// What these tallies come to. `collectors` are those who take part, whether or not they have a story.
    pub fn of(
        campaign: &Campaign,
        plan: &Plan,
        collectors: &[PersonName],
        tallies: &[Tally],
        apart: Apart,
    ) -> Self {
        let sum = |of: fn(&Tally) -> u32| tallies.iter().map(of).sum();
        let targets: Vec<Reached> = plan
            .targets
            .iter()
            .map(|target| Reached {
                target: target.clone(),
                stories: tallies.iter().filter(|t| target.holds(t)).map(|t| t.stories).sum(),
            })
            .collect();
        Coverage {
            stories: sum(|t| t.stories),
            approved: sum(|t| t.approved),
            wanted: in_all(&plan.targets),
            communes: counted(
                tallies,
                &plan.targets,
                campaign.communes.iter().cloned(),
                |t| &t.commune,
                |t| given(&t.commune),
            ),
            collectors: counted(
                tallies,
                &plan.targets,
                collectors.iter().map(|name| name.as_str().to_owned()),
                |t| t.collector.as_str(),
                |t| t.collector.as_ref().map(PersonName::as_str),
            ),
            sexes: counted(
                tallies,
                &plan.targets,
                ["female", "male"].map(str::to_owned),
                |t| word(t.sex),
                |t| given(word(t.sex)),
            ),
            ages: counted(
                tallies,
                &plan.targets,
                campaign.age_bands.iter().map(|band| band.value.clone()),
                |t| &t.age_band,
                |t| given(&t.age_band),
            ),
            levels: apart.levels,
            weeks: weeks(&apart.days),
            waiting: apart.waiting,
            files_missing: apart.files_missing,
            targets,
            unheard: unheard(campaign, tallies),
        }
    }
}

impl Coverage {
    /// The figures of a team, with the targets and the gaps of the whole that it is a part of.
    pub fn within(self, whole: Coverage) -> Self {
        let counted =
            |counts: Vec<Count>| counts.into_iter().map(|count| Count { wanted: None, ..count }).collect();
        Coverage {
            wanted: None,
            communes: counted(self.communes),
            sexes: counted(self.sexes),
            ages: counted(self.ages),
            targets: whole.targets,
            unheard: whole.unheard,
            ..self
        }
    }
}

/// How many stories are wanted in all. Targets of the same kind add up; those of different kinds (so many of each commune, so
/// many women) are about the same stories, and the largest sum counts.
fn in_all(targets: &[Target]) -> Option<u32> {
    let kind =
        |t: &Target| (!t.commune.is_empty(), t.collector.is_some(), t.sex.is_some(), !t.age_band.is_empty());
    let sum_like = |like: &Target| targets.iter().filter(|t| kind(t) == kind(like)).map(|t| t.stories).sum();
    targets.iter().map(sum_like).max()
}

fn weeks(days: &[(NaiveDate, u32)]) -> Vec<WeekCount> {
    let monday = |day: NaiveDate| day.week(chrono::Weekday::Mon).checked_first_day();
    let mut counts: Vec<WeekCount> = Vec::new();
    let mut days: Vec<_> = days.to_vec();
    days.sort_unstable();
    for (day, stories) in days {
        let Some(monday) = monday(day) else { continue };
        // A wrong year must not make a chart of thousands of weeks.
        while let Some(last) = counts.last().map(|week| week.monday) {
            let next = last + chrono::TimeDelta::weeks(1);
            if next >= monday || (monday - last).num_weeks() > WEEKS_BETWEEN {
                break;
            }
            counts.push(WeekCount { monday: next, stories: 0 });
        }
        match counts.last_mut().filter(|week| week.monday == monday) {
            Some(week) => week.stories += stories,
            None => counts.push(WeekCount { monday, stories }),
        }
    }
    counts
}

/// How many weeks without a story are shown between two with some.
const WEEKS_BETWEEN: i64 = 60;

/// Communes where nobody was heard; else the sexes of which nobody was; else the bands of age.
fn unheard(campaign: &Campaign, tallies: &[Tally]) -> Vec<Unheard> {
    let heard = |commune: &str, sex: Option<Sex>, age: &str| {
        tallies.iter().any(|t| {
            t.stories > 0
                && t.commune == commune
                && sex.is_none_or(|sex| t.sex == Some(sex))
                && (age.is_empty() || t.age_band == age)
        })
    };
    let (mut places, mut sexes, mut ages) = (Vec::new(), Vec::new(), Vec::new());
    for commune in &campaign.communes {
        let gap = |sex, age: &str| Unheard { commune: commune.clone(), sex, age_band: age.to_owned() };
        if !heard(commune, None, "") {
            places.push(gap(None, ""));
            continue;
        }
        for sex in [Sex::Female, Sex::Male].map(Some) {
            if !heard(commune, sex, "") {
                sexes.push(gap(sex, ""));
                continue;
            }
            let bands = campaign.age_bands.iter().filter(|band| !heard(commune, sex, &band.value));
            ages.extend(bands.map(|band| gap(sex, &band.value)));
        }
    }
    [places, sexes, ages].concat()
}

#[cfg(test)]
mod tests;
