//! Rubrics: what is rated of a change, and in which described steps (domain.md: evidence, importance and contribution are
//! assessed by the collector and again by the supervisor; where they disagree it is shown). The texts are data of the campaign.

use crate::change::{Change, Contribution, Rating};
use crate::said;
use crate::said::Said;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is rated of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// How well the claim is supported.
    Evidence,
    /// How much the project enabled it.
    Contribution,
    /// How much it matters.
    Importance,
    /// How well it is told: who, what, when and where, so that somebody else can check it.
    Quality,
}

impl Criterion {
    /// Every criterion.
    pub const ALL: [Criterion; 4] =
        [Criterion::Evidence, Criterion::Contribution, Criterion::Importance, Criterion::Quality];

    /// How many steps it has: contribution those of [`Contribution`], the others the five of [`Rating`].
    pub const fn steps(self) -> u8 {
        match self {
            Criterion::Contribution => 4,
            Criterion::Evidence | Criterion::Importance | Criterion::Quality => 5,
        }
    }

    /// What the collector said of it: the strongest of the evidence; nobody rates the quality of their own work.
    pub fn by_collector(self, change: &Change) -> Option<Rating> {
        let step = |contribution| match contribution {
            Contribution::None => 1,
            Contribution::Low => 2,
            Contribution::Medium => 3,
            Contribution::High => 4,
        };
        match self {
            Criterion::Evidence => change.evidence.iter().filter_map(|evidence| evidence.strength).max(),
            Criterion::Contribution => change.contribution.and_then(|c| Rating::try_from(step(c)).ok()),
            Criterion::Importance => change.importance,
            Criterion::Quality => None,
        }
    }
}

/// The described steps of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Rubric {
    /// Of which.
    pub criterion: Criterion,
    /// What each step means, from the least to the most: [`Criterion::steps`] of them.
    pub steps: Vec<Step>,
}

/// What one step means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Step {
    /// In French; always there.
    pub fr: String,
    /// In English; French shows where it is empty.
    #[serde(default)]
    pub en: String,
}

/// What is wrong with the rubrics of a campaign, for whoever set it up.
pub fn findings(rubrics: &[Rubric]) -> Vec<Said> {
    let mut found = Vec::new();
    for criterion in Criterion::ALL {
        // In French as the form heads it.
        let title = match criterion {
            Criterion::Evidence => "Preuve",
            Criterion::Contribution => "Contribution du projet",
            Criterion::Importance => "Importance",
            Criterion::Quality => "Qualité du récit",
        };
        let of: Vec<&Rubric> = rubrics.iter().filter(|rubric| rubric.criterion == criterion).collect();
        if of.len() > 1 {
            let many = of.len();
            found.push(said!(
                "there are {many} rubrics for {criterion:?}",
                "il y a {many} grilles « {title} »"
            ));
        }
        for rubric in of {
            if rubric.steps.len() != usize::from(criterion.steps()) {
                let (has, needs) = (rubric.steps.len(), criterion.steps());
                found.push(said!(
                    "the rubric for {criterion:?} has {has} steps and needs {needs}",
                    "nombre de degrés de la grille « {title} » : {has} au lieu de {needs}"
                ));
            }
            if rubric.steps.iter().any(|step| step.fr.trim().is_empty()) {
                found.push(said!(
                    "a step of the rubric for {criterion:?} is not described",
                    "un degré de la grille « {title} » n’est pas décrit"
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rubric_describes_every_step_once() {
        let step = |fr: &str| Step { fr: fr.to_owned(), en: String::new() };
        let rubric =
            |criterion, steps: &[&str]| Rubric { criterion, steps: steps.iter().map(|s| step(s)).collect() };
        let good = rubric(Criterion::Contribution, &["aucune", "faible", "moyenne", "forte"]);
        assert_eq!(findings(std::slice::from_ref(&good)), Vec::<Said>::new());
        assert_eq!(findings(&[good.clone(), good]).len(), 1);
        assert_eq!(findings(&[rubric(Criterion::Importance, &["peu", " "])]).len(), 2);
    }
}
