//! What in a story's words tells who told it: a name, a telephone number, where they live, an address.
//!
//! The storyteller has no field in a story, but free text has room for everything. So it is read over, on the device against
//! who told it, and at headquarters, which knows nobody, for what merely looks like it. Others may be named in a story with
//! reason: what is found here is a warning, and holds nothing back (ADR 47).

mod names;
mod numbers;
mod words;

use crate::questionnaire::answers::Answers;
use crate::questionnaire::show::{Item, ItemKind};
use crate::remark::AnswerPath;
use crate::story::{Identity, Story};
use serde::Serialize;
use ts_rs::TS;

/// What a passage tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Telling {
    /// What somebody is called.
    Name,
    /// A telephone number.
    Phone,
    /// Exactly where somebody lives.
    Place,
    /// An e-mail address.
    Email,
}

/// One such passage of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What it tells.
    pub kind: Telling,
    /// Whether it is known to tell who told the story; else it looks like something of the kind.
    pub known: bool,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// One such passage of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Leak {
    /// The answer, as comments point at it; the whole story for a question of the questionnaire alone.
    pub answer: AnswerPath,
    /// Where the answer is kept: on a device the item's path, in a story the key among the other answers, or as `answer`.
    pub path: String,
    /// What it tells.
    pub kind: Telling,
    /// Whether it is known to tell who told the story.
    pub known: bool,
    /// Where in the answer it begins, in bytes of UTF-8.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What stands before it, at most some words.
    pub before: String,
    /// The passage.
    pub words: String,
    /// What stands after it, at most some words.
    pub after: String,
}

/// Against what a text is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Against<'a> {
    /// Who told it, where that is known.
    pub identity: Option<&'a Identity>,
    /// Where the story is from, which it may say: commune and village.
    pub places: [&'a str; 2],
}

/// What of the surroundings of a passage is shown, in characters to each side.
const AROUND: usize = 32;

/// What stands for a passage that was masked, in the language of the screen.
pub fn mask(kind: Telling, language: &str) -> &'static str {
    let [french, english] = match kind {
        Telling::Name => ["[nom]", "[name]"],
        Telling::Phone => ["[numéro]", "[number]"],
        Telling::Place => ["[lieu]", "[place]"],
        Telling::Email => ["[adresse]", "[address]"],
    };
    if language.starts_with("en") { english } else { french }
}

/// Every mask, whatever the language.
const MASKS: [&str; 8] =
    ["[nom]", "[name]", "[numéro]", "[number]", "[lieu]", "[place]", "[adresse]", "[address]"];

/// Everything in a text that tells who told it or looks like it, in order; none overlaps another.
pub fn find(text: &str, against: &Against<'_>) -> Vec<Found> {
    let words = words::words(text);
    let mut found = numbers::find(text, against.identity);
    found.extend(names::find(text, &words, against));
    found.sort_by_key(|one| (one.start, one.end));
    let mut apart: Vec<Found> = Vec::new();
    for one in found {
        match apart.last_mut() {
            Some(last) if one.start < last.end => {
                if one.known && !last.known {
                    last.kind = one.kind;
                }
                last.known |= one.known;
                last.end = last.end.max(one.end);
            }
            _ => apart.push(one),
        }
    }
    apart
}

/// A text with these passages of it masked. They are in order, and none overlaps another.
pub fn masked(text: &str, found: &[Found], language: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for one in found {
        kept.push_str(text.get(from..one.start).unwrap_or_default());
        kept.push_str(mask(one.kind, language));
        from = one.end;
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}

impl Story {
    /// What of this story's words looks as if it told who told it, for those who do not know that; in the order of a story.
    pub fn leaks(&self) -> Vec<Leak> {
        let mut texts = Vec::new();
        let mut field = |answer: &'static str, text| {
            texts.push((AnswerPath::Field(answer), answer.to_owned(), text));
        };
        field("title", self.title.as_str());
        field("storyteller.occupation", &self.storyteller.occupation);
        field("narrative.before", &self.narrative.before);
        field("narrative.what_happened", &self.narrative.what_happened);
        field("narrative.now", &self.narrative.now);
        for change in &self.changes {
            let own = [
                ("who", &change.who),
                ("what", &change.what),
                ("when", &change.when),
                ("where", &change.place),
                ("importance_reason", &change.importance_reason),
                ("contribution_reason", &change.contribution_reason),
                ("other_causes", &change.other_causes),
                ("without", &change.without),
            ];
            let own = own.map(|(name, text)| (AnswerPath::Change(change.id, name), text.as_str()));
            let pieces = change
                .evidence
                .iter()
                .map(|piece| (AnswerPath::Evidence(change.id, piece.id), piece.description.as_str()));
            texts.extend(
                own.into_iter()
                    .chain(pieces)
                    .map(|(answer, text)| (answer.clone(), answer.to_string(), text)),
            );
        }
        let notes = [("notes.difficulty", &self.notes.difficulty), ("notes.solution", &self.notes.solution)];
        texts.extend(notes.map(|(name, text)| (AnswerPath::Field(name), name.to_owned(), text.as_str())));
        other_texts(&self.other, "", &mut texts);
        let against = Against { identity: None, places: [&self.context.commune, &self.context.village] };
        texts.iter().flat_map(|(answer, path, text)| leaks_in(answer, path, text, &against)).collect()
    }
}

fn other_texts<'a>(answers: &'a Answers, within: &str, texts: &mut Vec<(AnswerPath, String, &'a str)>) {
    for (key, answer) in &answers.given {
        texts.push((AnswerPath::Whole, format!("{within}{key}"), answer));
    }
    for (key, repetitions) in &answers.repeats {
        for one in repetitions {
            other_texts(&one.answers, &format!("{within}{key}/{}/", one.id), texts);
        }
    }
}

/// What of an interview's answers tells who told it, or looks like it. Who did is among the answers, too.
pub fn leaks_among(items: &[Item], story: &Story) -> Vec<Leak> {
    let said = |fills: &str| {
        items.iter().find(|item| item.fills == fills).map(|item| item.answer.clone()).unwrap_or_default()
    };
    let identity = Identity {
        name: said("identity.name"),
        phone: said("identity.phone"),
        place: said("identity.place"),
        face: None,
    };
    let against =
        Against { identity: Some(&identity), places: [&story.context.commune, &story.context.village] };
    let read = items.iter().filter(|item| is_read(item));
    read.flat_map(|item| {
        let answer = item.fills.parse().unwrap_or(AnswerPath::Whole);
        leaks_in(&answer, &item.path, &item.answer, &against)
    })
    .collect()
}

/// Whether an item holds words that leave the device and that its collector wrote.
fn is_read(item: &Item) -> bool {
    let village = ["context.village", "context.commune", "context.language"].contains(&item.fills.as_str());
    item.kind == ItemKind::Text && !item.read_only && !item.fills.starts_with("identity.") && !village
}

fn leaks_in(answer: &AnswerPath, path: &str, text: &str, against: &Against<'_>) -> Vec<Leak> {
    let found = find(text, against).into_iter();
    found
        .map(|one| Leak {
            answer: answer.clone(),
            path: path.to_owned(),
            kind: one.kind,
            known: one.known,
            start: u32::try_from(one.start).unwrap_or(u32::MAX),
            end: u32::try_from(one.end).unwrap_or(u32::MAX),
            before: last_of(text.get(..one.start).unwrap_or_default()),
            words: text.get(one.start..one.end).unwrap_or_default().to_owned(),
            after: first_of(text.get(one.end..).unwrap_or_default()),
        })
        .collect()
}

/// The end of a text, from a word on.
fn last_of(text: &str) -> String {
    match text.char_indices().rev().nth(AROUND) {
        None => text.to_owned(),
        Some((from, _)) => {
            let rest = text.get(from..).unwrap_or_default();
            format!("…{}", rest.split_once(char::is_whitespace).map_or(rest, |(_, words)| words))
        }
    }
}

/// The beginning of a text, up to the end of a word.
fn first_of(text: &str) -> String {
    match text.char_indices().nth(AROUND) {
        None => text.to_owned(),
        Some((to, _)) => {
            let rest = text.get(..to).unwrap_or_default();
            format!("{}…", rest.rsplit_once(char::is_whitespace).map_or(rest, |(words, _)| words))
        }
    }
}

#[cfg(test)]
mod tests;
