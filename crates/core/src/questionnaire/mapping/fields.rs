//! The parts of a story that questions can fill, and what an answer must be to fit each.

use crate::change::{Contribution, Direction, Level, ProjectNamed, Rating};
use crate::consent::{Audience, ConsentForm};
use crate::evidence::{EvidenceKind, FileRef};
use crate::id::Digest;
use crate::questionnaire::form::{AnswerType, Choice, Questionnaire};
use crate::said;
use crate::said::Said;
use crate::story::{InterviewKind, Sex};
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::fmt;

/// One part of a story.
pub struct Field {
    /// Its name in `maps_to`.
    pub name: &'static str,
    holds: Holds,
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What a part of a story holds.
enum Holds {
    Text,
    Day,
    YesNo,
    /// 1 to 5.
    Steps,
    /// One of a closed list of words.
    Word(fn(&str) -> bool),
    File,
    /// A file that is a photo.
    Photo,
}

/// Whether a word is one of those that `T` is written as.
fn is<T: DeserializeOwned>(word: &str) -> bool {
    serde_json::from_value::<T>(json!(word)).is_ok()
}

const fn text(name: &'static str) -> Field {
    Field { name, holds: Holds::Text }
}

const fn yes_no(name: &'static str) -> Field {
    Field { name, holds: Holds::YesNo }
}

const fn steps(name: &'static str) -> Field {
    Field { name, holds: Holds::Steps }
}

const fn word(name: &'static str, is: fn(&str) -> bool) -> Field {
    Field { name, holds: Holds::Word(is) }
}

/// The parts outside of changes.
pub const STORY: &[Field] = &[
    text("title"),
    Field { name: "context.date", holds: Holds::Day },
    text("context.commune"),
    text("context.village"),
    text("context.language"),
    word("context.kind", is::<InterviewKind>),
    word("storyteller.sex", is::<Sex>),
    text("storyteller.age_band"),
    text("storyteller.occupation"),
    text("storyteller.relation"),
    yes_no("consent.interview"),
    yes_no("consent.audio"),
    yes_no("consent.photo"),
    yes_no("consent.quote"),
    yes_no("consent.named"),
    yes_no("consent.contact_again"),
    word("consent.audience", is::<Audience>),
    word("consent.given_by", is::<ConsentForm>),
    text("narrative.before"),
    text("narrative.what_happened"),
    text("narrative.now"),
    text("notes.difficulty"),
    text("notes.solution"),
];

/// The parts of a change.
pub const CHANGE: &[Field] = &[
    word("level", is::<Level>),
    text("who"),
    text("what"),
    text("when"),
    text("where"),
    word("direction", is::<Direction>),
    yes_no("expected"),
    steps("importance"),
    text("importance_reason"),
    word("contribution", is::<Contribution>),
    text("contribution_reason"),
    text("other_causes"),
    text("without"),
    word("project_named", is::<ProjectNamed>),
];

/// The parts of a piece of evidence.
pub const EVIDENCE: &[Field] = &[
    word("kind", is::<EvidenceKind>),
    text("description"),
    steps("strength"),
    Field { name: "file", holds: Holds::File },
];

/// Who told it.
pub const IDENTITY: &[Field] = &[
    text("identity.name"),
    text("identity.phone"),
    text("identity.place"),
    Field { name: FACE, holds: Holds::Photo },
];

/// The photo of a storyteller's face.
pub const FACE: &str = "identity.face";

impl Field {
    /// The value for an answer; `None` where the answer is none, or does not fit.
    pub fn value(&self, answer: &str, file: &impl Fn(&Digest) -> Option<FileRef>) -> Option<Json> {
        if answer.is_empty() {
            return None;
        }
        match self.holds {
            Holds::Text => Some(json!(answer)),
            Holds::Day => answer.parse::<NaiveDate>().ok().map(|day| json!(day)),
            Holds::YesNo => match answer {
                "yes" | "true" => Some(json!(true)),
                "no" | "false" => Some(json!(false)),
                _ => None,
            },
            Holds::Steps => {
                answer.parse::<u8>().ok().filter(|n| Rating::try_from(*n).is_ok()).map(|n| json!(n))
            }
            Holds::Word(is) => is(answer).then(|| json!(answer)),
            Holds::File | Holds::Photo => {
                answer.parse().ok().and_then(|digest| file(&digest)).map(|file| json!(file))
            }
        }
    }

    /// The answer for a value; empty for none.
    pub fn text<'j>(&self, value: &'j Json) -> Cow<'j, str> {
        match value {
            Json::Bool(true) => "yes".into(),
            Json::Bool(false) => "no".into(),
            Json::String(text) => text.into(),
            Json::Number(number) => number.to_string().into(),
            Json::Object(file) => file.get("sha256").and_then(Json::as_str).unwrap_or_default().into(),
            Json::Null | Json::Array(_) => "".into(),
        }
    }

    /// What stands there without an answer.
    pub fn nothing(&self) -> Json {
        match self.holds {
            Holds::Text => json!(""),
            _ => Json::Null,
        }
    }

    /// Puts a value of a story or an identity in its place, which need not stand there: what has no answer may not be written.
    pub fn put(&self, whole: &mut Json, value: Json) {
        let pointer = self.pointer();
        let place = pointer
            .rsplit_once('/')
            .and_then(|(part, name)| Some((whole.pointer_mut(part)?.as_object_mut()?, name.to_owned())));
        if let Some((part, name)) = place {
            part.insert(name, value);
        }
    }

    /// The value of a story or an identity.
    pub fn of<'j>(&self, whole: &'j Json) -> Option<&'j Json> {
        match self.name.split_once('.') {
            Some(("identity", name)) => whole.get("identity")?.get(name),
            Some((part, name)) => whole.get("story")?.get(part)?.get(name),
            None => whole.get("story")?.get(self.name),
        }
    }

    fn pointer(&self) -> String {
        match self.name.split_once('.') {
            Some(("identity", name)) => format!("/identity/{name}"),
            Some((part, name)) => format!("/story/{part}/{name}"),
            None => format!("/story/{}", self.name),
        }
    }

    /// Why answers of this type do not fit; `None` where they do.
    pub fn unfit(&self, questionnaire: &Questionnaire, answer: &AnswerType) -> Option<Said> {
        let part = self.name;
        let choices = answer.choosing().map(|choosing| questionnaire.choices(choosing)).unwrap_or_default();
        let misfit = |fits: fn(&str) -> bool| choices.iter().find(|choice| !fits(&choice.name));
        let one_of = |fits: fn(&str) -> bool| match answer {
            AnswerType::SelectOne(_) => misfit(fits).map(|Choice { name, .. }| {
                said!("the choice {name:?} is no {part}", "le choix « {name} » ne convient pas à {part}")
            }),
            AnswerType::Calculate | AnswerType::Hidden => None,
            _ => Some(said!(
                "{part} is chosen: it needs a select_one",
                "{part} se choisit : il faut un select_one"
            )),
        };
        match self.holds {
            Holds::Text => match answer {
                AnswerType::Note | AnswerType::Image | AnswerType::Audio | AnswerType::File => {
                    Some(said!("{part} is words", "{part} est un texte"))
                }
                _ => None,
            },
            Holds::Day => match answer {
                AnswerType::Date | AnswerType::Calculate | AnswerType::Hidden => None,
                _ => Some(said!("{part} is a date", "{part} est une date")),
            },
            Holds::YesNo => one_of(|word| matches!(word, "yes" | "no" | "true" | "false")),
            Holds::Steps => match answer {
                AnswerType::Range { start, end, step } => {
                    let fits = *start >= 1.0 && *end <= 5.0 && step.fract() == 0.0 && start.fract() == 0.0;
                    if fits { None } else { Some(said!("{part} goes from 1 to 5", "{part} va de 1 à 5")) }
                }
                AnswerType::Integer => None,
                _ => one_of(|word| matches!(word, "1" | "2" | "3" | "4" | "5")),
            },
            Holds::Word(is) => one_of(is),
            Holds::File => match answer {
                AnswerType::Image | AnswerType::Audio | AnswerType::File => None,
                _ => Some(said!("{part} is a file", "{part} est un fichier")),
            },
            Holds::Photo => match answer {
                AnswerType::Image => None,
                _ => Some(said!("{part} is a photo", "{part} est une photo")),
            },
        }
    }
}
