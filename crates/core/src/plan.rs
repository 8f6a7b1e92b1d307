//! What headquarters plans for a campaign: who takes part, how many stories are wanted of whom, and whether it is over. Devices
//! have no need of it, and it costs them no bytes.

use crate::campaign::{Campaign, SHORT, is_short};
use crate::id::PersonName;
use crate::said;
use crate::said::Said;
use crate::story::Sex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// The plan of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// The teams that take part; empty where all do. Whoever is in another team has nothing to see of the campaign.
    pub teams: Vec<String>,
    /// How many stories are wanted, and of whom.
    pub targets: Vec<Target>,
    /// Whether it is over: no device is taken in any more. What devices still bring is kept.
    pub archived: bool,
}

/// So many stories of such storytellers. What is left open may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// One of the campaign's communes; empty for any.
    #[serde(default)]
    pub commune: String,
    /// Who collects them.
    #[serde(default)]
    pub collector: Option<PersonName>,
    /// Who tells them.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// One of the campaign's age bands; empty for any.
    #[serde(default)]
    pub age_band: String,
    /// How many: 1 to 1,000,000.
    pub stories: u32,
}

/// A campaign with its plan, as it is set up, exported and taken in: one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct CampaignFile {
    /// What devices are told.
    #[serde(flatten)]
    #[ts(flatten)]
    pub campaign: Campaign,
    /// What headquarters keeps to itself; where it is not said, it stays as it is.
    #[serde(default)]
    #[ts(as = "Plan")]
    pub plan: Option<Plan>,
}

/// The most stories of one target.
const STORIES_LIMIT: u32 = 1_000_000;

/// The most teams.
const TEAMS_LIMIT: usize = 500;

/// The most targets: each commune of a large region, by sex and age.
const TARGETS_LIMIT: usize = 2_000;

impl Plan {
    /// Whether somebody of this team takes part.
    pub fn takes_part(&self, team: &str) -> bool {
        self.teams.is_empty() || self.teams.iter().any(|one| one == team)
    }

    /// What is wrong with it, for whoever made it; nothing when it can be used.
    pub fn findings(&self, campaign: &Campaign) -> Vec<Said> {
        let mut found = Vec::new();
        if self.teams.iter().any(|team| team.trim().is_empty() || team.trim() != team) {
            found.push(said!(
                "a team has no name, or blanks around it",
                "une équipe n’a pas de nom, ou des espaces autour de son nom"
            ));
        }
        if !self.teams.iter().all(|team| is_short(team)) || self.teams.len() > TEAMS_LIMIT {
            found.push(said!(
                "there are at most {TEAMS_LIMIT} teams, each of at most {SHORT} plain characters",
                "il y a au plus {TEAMS_LIMIT} équipes, chacune d’au plus {SHORT} caractères ordinaires"
            ));
        }
        if self.teams.iter().collect::<BTreeSet<_>>().len() < self.teams.len() {
            found.push(said!("a team stands there twice", "une équipe est citée deux fois"));
        }
        if self.targets.len() > TARGETS_LIMIT {
            found.push(said!(
                "there are at most {TARGETS_LIMIT} targets",
                "il y a au plus {TARGETS_LIMIT} objectifs"
            ));
        }
        for (number, target) in (1..).zip(&self.targets) {
            if target.stories == 0 || target.stories > STORIES_LIMIT {
                found.push(said!(
                    "target {number} is of 1 to {STORIES_LIMIT} stories",
                    "l’objectif {number} doit être de 1 à {STORIES_LIMIT} récits"
                ));
            }
            let Target { commune, age_band, .. } = target;
            if !commune.is_empty() && !campaign.communes.contains(commune) {
                found.push(said!(
                    "target {number}: {commune:?} is none of the communes",
                    "objectif {number} : « {commune} » n’est pas une des communes"
                ));
            }
            if !age_band.is_empty() && !campaign.age_bands.iter().any(|band| band.value == *age_band) {
                found.push(said!(
                    "target {number}: {age_band:?} is none of the age bands",
                    "objectif {number} : « {age_band} » n’est pas une des tranches d’âge"
                ));
            }
        }
        found
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_team_takes_part_that_is_named_or_where_none_is() {
        let plan = Plan { teams: vec!["kangaba".to_owned()], ..Plan::default() };
        assert!(plan.takes_part("kangaba") && !plan.takes_part("narena"));
        assert!(Plan::default().takes_part("narena"));
    }

    #[test]
    fn a_file_that_says_what_nobody_knows_is_refused_and_one_that_was_written_is_read() {
        let written = include_str!("../../../tests/fixtures/kangaba-2022.campaign.json");
        let mut file: serde_json::Value = serde_json::from_str(written).unwrap();
        let read: CampaignFile = serde_json::from_value(file.clone()).unwrap();
        assert_eq!(
            serde_json::from_value::<CampaignFile>(serde_json::to_value(&read).unwrap()).unwrap(),
            read
        );
        // As files were written when a campaign had one custodian.
        file["custodian_key"] = "age1".into();
        let old: CampaignFile = serde_json::from_value(file.clone()).unwrap();
        assert_eq!(old.campaign.custodian_keys, ["age1"]);
        file["custodian"] = "Fanta".into();
        let refused = serde_json::from_value::<CampaignFile>(file).unwrap_err().to_string();
        assert!(refused.contains("`custodian`"), "{refused}");
    }
}
