//! Which files of a story leave headquarters.
//!
//! A file is sound or a picture by whatever says so: its media type, the kind of evidence that it is, or the question that
//! asked for it. Its media type alone comes from a device, and a device may not know it.

use super::{Because, Evidence, EvidenceKind, FileRef, Gate};
use crate::id::Digest;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::form::{AnswerType, NodeIndex, Questionnaire};
use crate::story::Story;
use std::collections::BTreeMap;

/// What a file shows or lets hear.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Media {
    /// A voice may be in it.
    pub sound: bool,
    /// A face may be in it.
    pub picture: bool,
}

impl Media {
    fn and(self, other: Media) -> Media {
        Media { sound: self.sound || other.sound, picture: self.picture || other.picture }
    }

    pub(super) fn of_type(file: &FileRef) -> Media {
        let media_type = file.media_type.to_ascii_lowercase();
        // An Ogg file may hold either; its registered name does not tell.
        let video = media_type.starts_with("video/") || media_type == "application/ogg";
        Media {
            sound: video || media_type.starts_with("audio/"),
            picture: video || media_type.starts_with("image/"),
        }
    }

    fn of_evidence(piece: &Evidence) -> Media {
        Media {
            sound: piece.kind == Some(EvidenceKind::Audio),
            picture: piece.kind == Some(EvidenceKind::Photo),
        }
    }

    pub(super) fn of_answer(answer: &AnswerType) -> Media {
        Media { sound: *answer == AnswerType::Audio, picture: *answer == AnswerType::Image }
    }
}

impl Gate<'_> {
    /// The files of a story that may not leave, and why. A file that stands in two places is what either says.
    pub(super) fn files(&self, story: &Story) -> BTreeMap<Digest, Because> {
        let mut found: BTreeMap<Digest, Media> = BTreeMap::new();
        let mut see = |digest: &Digest, media: Media| {
            let known = found.entry(digest.clone()).or_default();
            *known = known.and(media);
        };
        for piece in story.evidence() {
            if let Some(file) = &piece.file {
                see(&file.sha256, Media::of_type(file).and(Media::of_evidence(piece)));
            }
        }
        for file in &story.attachments {
            see(&file.sha256, Media::of_type(file));
        }
        if let Some(questionnaire) = self.questionnaire {
            answered(questionnaire, 0, &story.other, &mut see);
        }
        found.into_iter().filter_map(|(digest, media)| Some((digest, self.refuses(media)?))).collect()
    }
}

/// The files that questions of this frame asked for, and those of the repeats in it.
fn answered(
    questionnaire: &Questionnaire,
    frame: NodeIndex,
    answers: &Answers,
    see: &mut impl FnMut(&Digest, Media),
) {
    for (key, answer) in &answers.given {
        let question = questionnaire.keyed(key, frame).and_then(|index| questionnaire.node(index).question());
        if let Some(question) = question.filter(|question| question.answer.is_file())
            && let Ok(digest) = answer.parse()
        {
            see(&digest, Media::of_answer(&question.answer));
        }
    }
    for (key, repetitions) in &answers.repeats {
        if let Some(repeat) = questionnaire.keyed(key, frame) {
            repetitions.iter().for_each(|one| answered(questionnaire, repeat, &one.answers, see));
        }
    }
}
