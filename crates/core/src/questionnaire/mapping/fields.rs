//! The parts of a story that questions can fill, and what an answer must be to fit each.

use crate::change::{Change, Contribution, Direction, Level, ProjectNamed, Rating};
use crate::consent::{Audience, ConsentForm};
use crate::evidence::{Evidence, EvidenceKind, FileRef};
use crate::id::Digest;
use crate::questionnaire::form::{AnswerType, Choice, Questionnaire};
use crate::said;
use crate::said::Said;
use crate::story::{Identity, InterviewKind, Sex, Story};
use chrono::NaiveDate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::fmt;

/// One part of a story.
pub struct Field {
    /// Its name in `maps_to`.
    pub name: &'static str,
    holds: Holds,
    told: Told,
}

/// An answer as text; empty for none.
type Answer<'t> = Cow<'t, str>;

/// Where the answer is told, and how it is read there.
#[derive(Clone, Copy)]
enum Told {
    Story(fn(&Story) -> Answer<'_>),
    Identity(fn(&Identity) -> Answer<'_>),
    Change(fn(&Change) -> Answer<'_>),
    Piece(fn(&Evidence) -> Answer<'_>),
}

/// What fields are read from: as much as stands outside of repetitions, or one of them.
#[derive(Clone, Copy)]
pub enum Part<'t> {
    Whole(&'t Story, &'t Identity),
    Change(&'t Change),
    Piece(&'t Evidence),
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

/// The word that a value is written as.
fn written<T: Serialize>(value: Option<&T>) -> Answer<'static> {
    match value.map(serde_json::to_value) {
        Some(Ok(Json::String(word))) => word.into(),
        _ => "".into(),
    }
}

fn yes_or_no(said: Option<bool>) -> Answer<'static> {
    said.map_or("", |yes| if yes { "yes" } else { "no" }).into()
}

fn rated(steps: Option<Rating>) -> Answer<'static> {
    steps.map(|steps| u8::from(steps).to_string()).unwrap_or_default().into()
}

fn file(file: Option<&FileRef>) -> Answer<'static> {
    file.map(|file| file.sha256.to_string()).unwrap_or_default().into()
}

const fn text(name: &'static str, told: Told) -> Field {
    Field { name, holds: Holds::Text, told }
}

const fn yes_no(name: &'static str, told: Told) -> Field {
    Field { name, holds: Holds::YesNo, told }
}

const fn steps(name: &'static str, told: Told) -> Field {
    Field { name, holds: Holds::Steps, told }
}

const fn word(name: &'static str, is: fn(&str) -> bool, told: Told) -> Field {
    Field { name, holds: Holds::Word(is), told }
}

/// The parts outside of changes.
pub const STORY: &[Field] = &[
    text("title", Told::Story(|story| (&story.title).into())),
    Field {
        name: "context.date",
        holds: Holds::Day,
        told: Told::Story(|story| story.context.date.map(|day| day.to_string()).unwrap_or_default().into()),
    },
    text("context.commune", Told::Story(|story| (&story.context.commune).into())),
    text("context.village", Told::Story(|story| (&story.context.village).into())),
    text("context.language", Told::Story(|story| (&story.context.language).into())),
    word("context.kind", is::<InterviewKind>, Told::Story(|story| written(story.context.kind.as_ref()))),
    word("storyteller.sex", is::<Sex>, Told::Story(|story| written(story.storyteller.sex.as_ref()))),
    text("storyteller.age_band", Told::Story(|story| (&story.storyteller.age_band).into())),
    text("storyteller.occupation", Told::Story(|story| (&story.storyteller.occupation).into())),
    text("storyteller.relation", Told::Story(|story| (&story.storyteller.relation).into())),
    yes_no("consent.interview", Told::Story(|story| yes_or_no(story.consent.interview))),
    yes_no("consent.audio", Told::Story(|story| yes_or_no(story.consent.audio))),
    yes_no("consent.photo", Told::Story(|story| yes_or_no(story.consent.photo))),
    yes_no("consent.quote", Told::Story(|story| yes_or_no(story.consent.quote))),
    yes_no("consent.named", Told::Story(|story| yes_or_no(story.consent.named))),
    yes_no("consent.contact_again", Told::Story(|story| yes_or_no(story.consent.contact_again))),
    word("consent.audience", is::<Audience>, Told::Story(|story| written(story.consent.audience.as_ref()))),
    word(
        "consent.given_by",
        is::<ConsentForm>,
        Told::Story(|story| written(story.consent.given_by.as_ref())),
    ),
    text("narrative.before", Told::Story(|story| (&story.narrative.before).into())),
    text("narrative.what_happened", Told::Story(|story| (&story.narrative.what_happened).into())),
    text("narrative.now", Told::Story(|story| (&story.narrative.now).into())),
    text("notes.difficulty", Told::Story(|story| (&story.notes.difficulty).into())),
    text("notes.solution", Told::Story(|story| (&story.notes.solution).into())),
];

/// The parts of a change.
pub const CHANGE: &[Field] = &[
    word("level", is::<Level>, Told::Change(|change| written(change.level.as_ref()))),
    text("who", Told::Change(|change| (&change.who).into())),
    text("what", Told::Change(|change| (&change.what).into())),
    text("when", Told::Change(|change| (&change.when).into())),
    text("where", Told::Change(|change| (&change.place).into())),
    word("direction", is::<Direction>, Told::Change(|change| written(change.direction.as_ref()))),
    yes_no("expected", Told::Change(|change| yes_or_no(change.expected))),
    steps("importance", Told::Change(|change| rated(change.importance))),
    text("importance_reason", Told::Change(|change| (&change.importance_reason).into())),
    word("contribution", is::<Contribution>, Told::Change(|change| written(change.contribution.as_ref()))),
    text("contribution_reason", Told::Change(|change| (&change.contribution_reason).into())),
    text("other_causes", Told::Change(|change| (&change.other_causes).into())),
    text("without", Told::Change(|change| (&change.without).into())),
    word("project_named", is::<ProjectNamed>, Told::Change(|change| written(change.project_named.as_ref()))),
];

/// The parts of a piece of evidence.
pub const EVIDENCE: &[Field] = &[
    word("kind", is::<EvidenceKind>, Told::Piece(|piece| written(piece.kind.as_ref()))),
    text("description", Told::Piece(|piece| (&piece.description).into())),
    steps("strength", Told::Piece(|piece| rated(piece.strength))),
    Field { name: "file", holds: Holds::File, told: Told::Piece(|piece| file(piece.file.as_ref())) },
];

/// Who told it.
pub const IDENTITY: &[Field] = &[
    text("identity.name", Told::Identity(|identity| (&identity.name).into())),
    text("identity.phone", Told::Identity(|identity| (&identity.phone).into())),
    text("identity.place", Told::Identity(|identity| (&identity.place).into())),
    Field { name: FACE, holds: Holds::Photo, told: Told::Identity(|identity| file(identity.face.as_ref())) },
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

    /// The answer that this part tells; none where the field stands in another.
    pub fn answer<'t>(&self, part: Part<'t>) -> Answer<'t> {
        match (self.told, part) {
            (Told::Story(read), Part::Whole(story, _)) => read(story),
            (Told::Identity(read), Part::Whole(_, identity)) => read(identity),
            (Told::Change(read), Part::Change(change)) => read(change),
            (Told::Piece(read), Part::Piece(piece)) => read(piece),
            _ => "".into(),
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
