//! What a story still lacks before its collector may sign it off.
//!
//! The rules stand here alone: the screens ask for them and draw the answer, and headquarters applies them
//! again on arrival. They are few on purpose. An interview cannot be had again, so only what makes a story
//! of change one at all (the method, domain.md) and what protects the storyteller holds it back.

use crate::change::Change;
use crate::consent::Consent;
use crate::evidence::{Evidence, EvidenceKind};
use crate::questionnaire::mapping::FACE;
use crate::remark::AnswerPath;
use crate::story::Story;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why an answer is not good enough yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// There is no answer.
    Missing,
    /// The storyteller said no to being interviewed: the story may not be kept.
    InterviewRefused,
    /// There is a photograph or a recording that the storyteller did not agree to.
    NotConsented,
}

/// One answer that holds a story back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Gap {
    /// Which answer.
    pub answer: AnswerPath,
    /// What is wrong with it.
    pub need: Need,
}

impl Consent {
    /// What holds a story back whose storyteller's face was photographed though they said no to that.
    pub fn face_gap(&self, photographed: bool) -> Option<Gap> {
        let refused = photographed && self.photo == Some(false);
        refused.then_some(Gap { answer: AnswerPath::Field(FACE), need: Need::NotConsented })
    }
}

impl Story {
    /// Everything that holds this story back, in the order of the questions; empty when it may be signed off.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut missing = |answer: &'static str, there: bool| {
            if !there {
                gaps.push(Gap { answer: AnswerPath::Field(answer), need: Need::Missing });
            }
        };
        missing("context.date", self.context.date.is_some());
        missing("context.commune", filled(&self.context.commune));
        missing("context.village", filled(&self.context.village));
        missing("context.kind", self.context.kind.is_some());
        for (answer, asked) in consents(&self.consent) {
            missing(answer, asked);
        }
        missing("title", filled(&self.title));
        missing("narrative.what_happened", filled(&self.narrative.what_happened));
        missing("changes", !self.changes.is_empty());
        if self.consent.interview == Some(false) {
            gaps.push(Gap { answer: AnswerPath::Field("consent.interview"), need: Need::InterviewRefused });
        }
        for change in &self.changes {
            change_gaps(change, &self.consent, &mut gaps);
        }
        gaps
    }
}

fn filled(text: &str) -> bool {
    !text.trim().is_empty()
}

fn consents(consent: &Consent) -> [(&'static str, bool); 7] {
    [
        ("consent.interview", consent.interview.is_some()),
        ("consent.audio", consent.audio.is_some()),
        ("consent.photo", consent.photo.is_some()),
        ("consent.quote", consent.quote.is_some()),
        ("consent.named", consent.named.is_some()),
        ("consent.contact_again", consent.contact_again.is_some()),
        ("consent.given_by", consent.given_by.is_some()),
    ]
}

fn change_gaps(change: &Change, consent: &Consent, gaps: &mut Vec<Gap>) {
    let needed = [
        ("level", change.level.is_some()),
        ("who", filled(&change.who)),
        ("what", filled(&change.what)),
        ("importance", change.importance.is_some()),
        ("contribution", change.contribution.is_some()),
    ];
    for (answer, there) in needed {
        if !there {
            gaps.push(Gap { answer: AnswerPath::Change(change.id, answer), need: Need::Missing });
        }
    }
    for evidence in &change.evidence {
        if let Some(need) = evidence_need(evidence, consent) {
            gaps.push(Gap { answer: AnswerPath::Evidence(change.id, evidence.id), need });
        }
    }
}

/// Any sound needs consent to be recorded. A picture needs consent to be photographed only where the picture
/// itself is the evidence: the photo of a register or of a bench shows no storyteller.
fn evidence_need(evidence: &Evidence, consent: &Consent) -> Option<Need> {
    let file = evidence.file.as_ref();
    let recorded = file.is_some_and(|f| f.is_audio());
    let photographed = file.is_some_and(|f| f.is_image()) && evidence.kind == Some(EvidenceKind::Photo);
    if (recorded && consent.audio == Some(false)) || (photographed && consent.photo == Some(false)) {
        Some(Need::NotConsented)
    } else if evidence.kind.is_none() || !(filled(&evidence.description) || file.is_some()) {
        Some(Need::Missing)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::FileRef;
    use crate::id::EvidenceId;
    use uuid::Uuid;

    fn needs(story: &Story) -> Vec<(String, Need)> {
        story.gaps().into_iter().map(|g| (g.answer.to_string(), g.need)).collect()
    }

    #[test]
    fn an_empty_story_names_every_question_that_must_be_answered() {
        let asked: Vec<String> = needs(&Story::default()).into_iter().map(|(a, _)| a).collect();
        for answer in ["title", "context.commune", "consent.interview", "narrative.what_happened", "changes"]
        {
            assert!(asked.iter().any(|a| a == answer), "{answer} not in {asked:?}");
        }
    }

    #[test]
    fn a_refused_interview_may_not_be_kept() {
        let story =
            Story { consent: Consent { interview: Some(false), ..Default::default() }, ..Default::default() };
        assert!(needs(&story).contains(&("consent.interview".into(), Need::InterviewRefused)));
    }

    #[test]
    fn a_recording_without_consent_holds_the_story_back_but_the_photo_of_a_register_does_not() {
        let file = |media_type: &str| {
            Some(FileRef {
                sha256: "ab".repeat(32).parse().unwrap(),
                bytes: 1,
                media_type: media_type.to_owned(),
                marks: Vec::new(),
            })
        };
        let evidence = |kind, file| Evidence {
            id: EvidenceId(Uuid::from_u128(2)),
            kind: Some(kind),
            description: String::new(),
            strength: None,
            file,
        };
        let refused = Consent { audio: Some(false), photo: Some(false), ..Default::default() };
        let need = |kind, media| evidence_need(&evidence(kind, file(media)), &refused);
        assert_eq!(need(EvidenceKind::Testimony, "audio/wav"), Some(Need::NotConsented));
        assert_eq!(need(EvidenceKind::Photo, "image/jpeg"), Some(Need::NotConsented));
        assert_eq!(need(EvidenceKind::Document, "image/jpeg"), None);
    }
}
