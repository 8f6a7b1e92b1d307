//! What a screen draws: the items of a questionnaire that are asked now, in order, ready to read.

use super::answers::Answers;
use super::check::Fault;
use super::expression::value::Atom;
use super::form::{AnswerType, Kind, NodeIndex, Question, Questionnaire};
use super::state::{Cell, State};
use serde::Serialize;
use ts_rs::TS;

/// The kinds of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // XLSForm's own words.
pub enum ItemKind {
    Group,
    Repeat,
    Repetition,
    Text,
    Note,
    Integer,
    Decimal,
    Date,
    Time,
    DateTime,
    SelectOne,
    SelectMultiple,
    Rank,
    Range,
    Geopoint,
    Image,
    Audio,
    File,
    Acknowledge,
}

/// A choice that is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Offered {
    /// What is kept.
    pub name: String,
    /// What people read.
    pub label: String,
}

/// Something that is asked, read or stood in, in the language of the evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Item {
    /// Where its answer is kept: `title`, `changes/<id>/level`; unique among the items.
    pub path: String,
    /// What it is.
    pub kind: ItemKind,
    /// In how many groups, repeats and repetitions it stands.
    pub depth: u32,
    /// What people read.
    pub label: String,
    /// A short help.
    pub hint: String,
    /// A longer help.
    pub guidance_hint: String,
    /// XLSForm's words for how it looks.
    pub appearance: String,
    /// The answer as text; empty where there is none.
    pub answer: String,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether it may not be changed by hand.
    pub read_only: bool,
    /// What is wrong with the answer.
    pub fault: Option<Fault>,
    /// The choices that are offered.
    pub choices: Vec<Offered>,
    /// The scale of a range: start, end, step.
    pub scale: Option<(f64, f64, f64)>,
    /// What to ask when the answer stays thin.
    pub probes: Vec<String>,
    /// The technique card that helps.
    pub technique: String,
    /// The part of a story that it fills; empty for a question of the questionnaire alone.
    pub maps_to: String,
    /// For a repeat: how many repetitions the questionnaire asks for, if it says so.
    pub wanted: Option<u32>,
}

/// An answer whose question is not, or no longer, in the questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LeftOver {
    /// Where it is kept.
    pub path: String,
    /// The answer.
    pub answer: String,
}

/// The question that comes after the one at `path`; the first where `path` is not asked.
pub fn next<'i>(items: &'i [Item], path: &str) -> Option<&'i Item> {
    let after = items.iter().position(|item| item.path == path).map_or(0, |place| place + 1);
    let stands_around = [ItemKind::Group, ItemKind::Repeat, ItemKind::Repetition];
    items.iter().skip(after).find(|item| !stands_around.contains(&item.kind))
}

impl State<'_> {
    /// Everything that is asked now, in the order of the questionnaire.
    pub fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        self.items_in(0, 0, "", 0, &mut items);
        items
    }

    /// Whether everything that is asked is answered rightly.
    pub fn is_valid(&self) -> bool {
        self.cells.iter().all(|cell| self.fault(cell).is_none())
    }

    fn items_in(&self, parent: NodeIndex, scope: usize, before: &str, depth: u32, items: &mut Vec<Item>) {
        for child in self.questionnaire.children(parent).iter().copied() {
            let Some(cell) = self.cell(child, scope).filter(|cell| cell.relevant) else { continue };
            let node = self.questionnaire.node(child);
            let path = format!("{before}{}", node.key);
            match &node.kind {
                Kind::Group => {
                    items.push(self.item(cell, ItemKind::Group, path, depth));
                    self.items_in(child, scope, before, depth + 1, items);
                }
                Kind::Repeat { count } => {
                    let mut item = self.item(cell, ItemKind::Repeat, path.clone(), depth);
                    item.wanted = count.as_ref().and_then(|c| whole(&self.evaluate(c, child, scope)));
                    items.push(item);
                    for (inner, around) in self.scopes.iter().enumerate() {
                        if around.frame != child || around.parent != scope {
                            continue;
                        }
                        let path = format!("{path}/{}", around.id);
                        let mut item = self.item(cell, ItemKind::Repetition, path.clone(), depth + 1);
                        item.label = self.text(&node.label, child, inner);
                        items.push(item);
                        self.items_in(child, inner, &format!("{path}/"), depth + 2, items);
                    }
                }
                Kind::Question(question) => {
                    if let Some(kind) = kind(&question.answer) {
                        items.push(self.question(cell, question, kind, path, depth));
                    }
                }
            }
        }
    }

    fn item(&self, cell: &Cell, kind: ItemKind, path: String, depth: u32) -> Item {
        let node = self.questionnaire.node(cell.node);
        let text = |texts| self.text(texts, cell.node, cell.scope);
        Item {
            path,
            kind,
            depth,
            label: text(&node.label),
            hint: text(&node.hint),
            guidance_hint: text(&node.guidance_hint),
            appearance: node.appearance.clone(),
            answer: cell.atom.text(),
            required: false,
            read_only: false,
            fault: None,
            choices: Vec::new(),
            scale: None,
            probes: Vec::new(),
            technique: String::new(),
            maps_to: node.maps_to.clone(),
            wanted: None,
        }
    }

    fn question(&self, cell: &Cell, question: &Question, kind: ItemKind, path: String, depth: u32) -> Item {
        let choices = self.choices(cell);
        let offered = |choice: &super::form::Choice| Offered {
            name: choice.name.clone(),
            label: self.text(&choice.label, 0, 0),
        };
        let evaluated =
            |e: &Option<_>| e.as_ref().is_some_and(|e| self.evaluate(e, cell.node, cell.scope).truth());
        let probes = self.text(&question.probes, cell.node, cell.scope);
        Item {
            required: self.required(cell, question),
            read_only: evaluated(&question.read_only) || question.calculation.is_some(),
            fault: self.fault_among(cell, &choices),
            choices: choices.into_iter().map(offered).collect(),
            scale: match question.answer {
                AnswerType::Range { start, end, step } => Some((start, end, step)),
                _ => None,
            },
            probes: probes
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
            technique: question.technique.clone(),
            ..self.item(cell, kind, path, depth)
        }
    }
}

fn whole(atom: &Atom) -> Option<u32> {
    let number = atom.number();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Inside the range of both.
    (0.0..=1000.0).contains(&number).then_some(number as u32)
}

fn kind(answer: &AnswerType) -> Option<ItemKind> {
    Some(match answer {
        AnswerType::Text => ItemKind::Text,
        AnswerType::Note => ItemKind::Note,
        AnswerType::Integer => ItemKind::Integer,
        AnswerType::Decimal => ItemKind::Decimal,
        AnswerType::Date => ItemKind::Date,
        AnswerType::Time => ItemKind::Time,
        AnswerType::DateTime => ItemKind::DateTime,
        AnswerType::SelectOne(_) => ItemKind::SelectOne,
        AnswerType::SelectMultiple(_) => ItemKind::SelectMultiple,
        AnswerType::Rank(_) => ItemKind::Rank,
        AnswerType::Range { .. } => ItemKind::Range,
        AnswerType::Geopoint => ItemKind::Geopoint,
        AnswerType::Image => ItemKind::Image,
        AnswerType::Audio => ItemKind::Audio,
        AnswerType::File => ItemKind::File,
        AnswerType::Acknowledge => ItemKind::Acknowledge,
        AnswerType::Calculate | AnswerType::Hidden => return None,
    })
}

impl Questionnaire {
    /// The answers that no question of this version asks for. They are kept in the draft, and shown apart.
    pub fn left_over(&self, answers: &Answers) -> Vec<LeftOver> {
        let mut found = Vec::new();
        self.left_over_in(0, answers, "", &mut found);
        found
    }

    fn left_over_in(&self, frame: NodeIndex, answers: &Answers, before: &str, found: &mut Vec<LeftOver>) {
        for (key, answer) in &answers.given {
            if self.keyed(key, frame).is_none_or(|index| self.node(index).question().is_none()) {
                found.push(LeftOver { path: format!("{before}{key}"), answer: answer.clone() });
            }
        }
        for (key, repetitions) in &answers.repeats {
            let repeat =
                self.keyed(key, frame).filter(|index| matches!(self.node(*index).kind, Kind::Repeat { .. }));
            // In a repeat that is gone everything is left over: no question stands in the frame of its number.
            let frame = repeat.unwrap_or(self.nodes.len());
            for repetition in repetitions {
                let before = format!("{before}{key}/{}/", repetition.id);
                self.left_over_in(frame, &repetition.answers, &before, found);
            }
        }
    }
}
