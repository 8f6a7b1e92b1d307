//! The coach: what a story still lacks, and what to ask next. It advises and never holds a story back; what does
//! is in [`crate::gaps`] and in the questionnaire.
//!
//! The rules are those of the method (domain.md): a change says who, what, when, where and for whom it matters and
//! why; a claim has evidence, and every piece says what it shows and how strong it is; a contribution is asked
//! about openly, other causes and the world without the project included; and consent comes before all.

use crate::change::{Change, Contribution};
use crate::questionnaire::show::Item;
use crate::remark::AnswerPath;
use crate::story::Story;
use serde::Serialize;
use ts_rs::TS;

/// What is lacking. What to say of each stands in the screens' catalogues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Each is the answer of its name.
pub enum Lack {
    Consent,
    Before,
    WhatHappened,
    Now,
    Changes,
    Level,
    Who,
    What,
    When,
    Where,
    Direction,
    Importance,
    ImportanceReason,
    Evidence,
    EvidenceDescription,
    EvidenceStrength,
    ProjectNamed,
    Contribution,
    ContributionReason,
    OtherCauses,
    Without,
    Title,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Advice {
    /// What is lacking.
    pub lack: Lack,
    /// The answer of the story that would help.
    pub about: AnswerPath,
    /// Where the questionnaire asks for it, by the item's path.
    pub path: String,
    /// The change it is about, counted from 1; `None` outside of changes.
    pub change: Option<u32>,
    /// The questionnaire's own probe; empty where it has none, and the screen's general one serves.
    pub probe: String,
}

/// What the story lacks, in the order in which an interview comes to it.
pub fn lacks(story: &Story) -> Vec<(AnswerPath, Lack)> {
    let mut found = Vec::new();
    let mut lack = |answer: &'static str, lack: Lack, lacking: bool| {
        if lacking {
            found.push((AnswerPath::Field(answer), lack));
        }
    };
    let consent = &story.consent;
    let open = [
        ("consent.interview", consent.interview),
        ("consent.audio", consent.audio),
        ("consent.photo", consent.photo),
        ("consent.quote", consent.quote),
        ("consent.named", consent.named),
        ("consent.contact_again", consent.contact_again),
    ];
    if let Some((answer, _)) = open.into_iter().find(|(_, said)| said.is_none()) {
        lack(answer, Lack::Consent, true);
    }
    lack("narrative.before", Lack::Before, is_empty(&story.narrative.before));
    lack("narrative.what_happened", Lack::WhatHappened, is_empty(&story.narrative.what_happened));
    lack("narrative.now", Lack::Now, is_empty(&story.narrative.now));
    lack("changes", Lack::Changes, story.changes.is_empty());
    for change in &story.changes {
        change_lacks(change, &mut found);
    }
    if is_empty(&story.title) {
        found.push((AnswerPath::Field("title"), Lack::Title));
    }
    found
}

/// The advice on a story, where the questionnaire asks for what would help.
pub fn advise(story: &Story, items: &[Item]) -> Vec<Advice> {
    let number = |about: &AnswerPath| {
        let (AnswerPath::Change(id, _) | AnswerPath::Evidence(id, _)) = about else { return None };
        story.changes.iter().position(|change| change.id == *id).and_then(|n| u32::try_from(n + 1).ok())
    };
    let found = lacks(story).into_iter().filter_map(|(about, lack)| {
        let wanted = about.to_string();
        let item = items.iter().find(|item| item.fills == wanted)?;
        let probe = item.probes.first().cloned().unwrap_or_default();
        Some(Advice { lack, change: number(&about), about, path: item.path.clone(), probe })
    });
    found.collect()
}

fn change_lacks(change: &Change, found: &mut Vec<(AnswerPath, Lack)>) {
    let helped = !matches!(change.contribution, None | Some(Contribution::None));
    let lacking = [
        ("level", Lack::Level, change.level.is_none()),
        ("who", Lack::Who, is_empty(&change.who)),
        ("what", Lack::What, is_empty(&change.what)),
        ("when", Lack::When, is_empty(&change.when)),
        ("where", Lack::Where, is_empty(&change.place)),
        ("direction", Lack::Direction, change.direction.is_none()),
        ("importance", Lack::Importance, change.importance.is_none()),
        ("importance_reason", Lack::ImportanceReason, is_empty(&change.importance_reason)),
        ("evidence", Lack::Evidence, change.evidence.is_empty()),
        ("project_named", Lack::ProjectNamed, change.project_named.is_none()),
        ("contribution", Lack::Contribution, change.contribution.is_none()),
        ("contribution_reason", Lack::ContributionReason, helped && is_empty(&change.contribution_reason)),
        ("other_causes", Lack::OtherCauses, is_empty(&change.other_causes)),
        ("without", Lack::Without, is_empty(&change.without)),
    ];
    for (answer, lack, lacking) in lacking {
        if lacking {
            found.push((AnswerPath::Change(change.id, answer), lack));
        }
        if answer == "evidence" {
            for piece in &change.evidence {
                let about = AnswerPath::Evidence(change.id, piece.id);
                if is_empty(&piece.description) {
                    found.push((about, Lack::EvidenceDescription));
                } else if piece.strength.is_none() {
                    found.push((about, Lack::EvidenceStrength));
                }
            }
        }
    }
}

fn is_empty(text: &str) -> bool {
    text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::Consent;
    use crate::evidence::Evidence;
    use crate::id::{ChangeId, EvidenceId};
    use crate::story::Narrative;
    use uuid::Uuid;

    fn change() -> Change {
        let id = Uuid::from_u128(1);
        serde_json::from_value(serde_json::json!({
            "id": id, "level": "collective", "who": "Les piroguiers", "what": "font passer tout le monde",
            "when": "depuis 2021", "where": "au débarcadère", "direction": "positive", "expected": false,
            "importance": 4, "importance_reason": "Le marché nourrit.", "contribution": "none",
            "contribution_reason": "", "other_causes": "Le chef", "without": "la même chose",
            "project_named": "not_at_all", "evidence": []
        }))
        .unwrap()
    }

    fn story(change: Change) -> Story {
        let yes = Some(true);
        Story {
            title: "Le marché".to_owned(),
            consent: Consent {
                interview: yes,
                audio: yes,
                photo: yes,
                quote: yes,
                named: yes,
                contact_again: yes,
                audience: None,
                given_by: None,
            },
            narrative: Narrative { before: "a".into(), what_happened: "b".into(), now: "c".into() },
            changes: vec![change],
            ..Story::default()
        }
    }

    fn lacking(story: &Story) -> Vec<Lack> {
        lacks(story).into_iter().map(|(_, lack)| lack).collect()
    }

    #[test]
    fn an_empty_story_lacks_consent_before_all() {
        assert_eq!(
            lacking(&Story::default()),
            [Lack::Consent, Lack::Before, Lack::WhatHappened, Lack::Now, Lack::Changes, Lack::Title]
        );
    }

    #[test]
    fn a_change_without_evidence_lacks_only_that_and_none_is_a_good_contribution() {
        assert_eq!(lacking(&story(change())), [Lack::Evidence]);
        let helped = Change { contribution: Some(Contribution::Low), ..change() };
        assert_eq!(lacking(&story(helped)), [Lack::Evidence, Lack::ContributionReason]);
    }

    #[test]
    fn evidence_says_what_it_shows_before_how_strong_it_is() {
        let piece = |description: &str| Evidence {
            id: EvidenceId(Uuid::from_u128(2)),
            kind: None,
            description: description.to_owned(),
            strength: None,
            file: None,
        };
        let with = |piece| story(Change { evidence: vec![piece], ..change() });
        assert_eq!(lacking(&with(piece(" "))), [Lack::EvidenceDescription]);
        assert_eq!(
            lacks(&with(piece("Un registre")))[0],
            (
                AnswerPath::Evidence(ChangeId(Uuid::from_u128(1)), EvidenceId(Uuid::from_u128(2))),
                Lack::EvidenceStrength
            )
        );
    }
}
