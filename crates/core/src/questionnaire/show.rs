//! What a screen draws: the items of a questionnaire that are asked now, in order, ready to read.

use super::answers::{Answers, Repetition};
use super::check::Fault;
use super::expression::value::Atom;
use super::form::{AnswerType, Choice, Kind, Node, NodeIndex, Question, QuestionType, Questionnaire};
use super::mapping::Fills;
use super::state::{Cell, State};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// The kinds of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Offered {
    /// What is kept.
    pub name: String,
    /// What people read.
    pub label: String,
}

/// Something that is asked, read or stood in, in the language of the evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// The kind of question in the method.
    pub question_type: Option<QuestionType>,
    /// The technique card that helps.
    pub technique: String,
    /// The answer of a story that it fills, as comments point at it: `narrative.before`, `changes/<id>/what`; empty
    /// for a question of the questionnaire alone. One change is `changes/<id>`, and a name `identity.name`.
    pub fills: String,
    /// For a repeat: how many repetitions the questionnaire asks for, if it says so.
    pub wanted: Option<u32>,
}

/// An answer whose question is not, or no longer, in the questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct LeftOver {
    /// Where it is kept.
    pub path: String,
    /// The answer.
    pub answer: String,
}

impl ItemKind {
    /// Whether it is no question but what questions stand in.
    pub fn stands_around(self) -> bool {
        matches!(self, ItemKind::Group | ItemKind::Repeat | ItemKind::Repetition)
    }
}

impl State<'_> {
    /// Everything that is asked now, in the order of the questionnaire.
    pub fn items(&self) -> Vec<Item> {
        let fills = Fills::of(self.questionnaire);
        let mut walk = Walk { state: self, fills, offered: BTreeMap::new(), items: Vec::new() };
        walk.items_in(0, 0, "", 0);
        walk.items
    }

    /// Whether everything that is asked is answered rightly.
    pub fn is_valid(&self) -> bool {
        self.is_valid_but_for(|_| false)
    }

    /// The same where some questions may be answered wrongly.
    pub(crate) fn is_valid_but_for(&self, may_be_wrong: impl Fn(&Node) -> bool) -> bool {
        let mut cells = self.cells.iter();
        cells.all(|cell| self.fault(cell).is_none() || may_be_wrong(self.questionnaire.node(cell.node)))
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
            answer: cell.text().into_owned(),
            required: false,
            read_only: false,
            fault: None,
            choices: Vec::new(),
            scale: None,
            probes: Vec::new(),
            question_type: None,
            technique: String::new(),
            fills: String::new(),
            wanted: None,
        }
    }

    fn question(&self, cell: &Cell, question: &Question, kind: ItemKind, path: String, depth: u32) -> Item {
        let evaluated =
            |e: &Option<_>| e.as_ref().is_some_and(|e| self.evaluate(e, cell.node, cell.scope).truth());
        let probes = self.text(&question.probes, cell.node, cell.scope);
        Item {
            required: self.required(cell, question),
            read_only: evaluated(&question.read_only) || question.calculation.is_some(),
            fault: self.fault(cell),
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
            question_type: question.question_type,
            technique: question.technique.clone(),
            ..self.item(cell, kind, path, depth)
        }
    }
}

/// The way through all that is asked.
struct Walk<'s, 'q> {
    state: &'s State<'q>,
    fills: Fills<'q>,
    /// What is offered of each list that nothing filters: one such as "yes, no" is asked for many times.
    offered: BTreeMap<usize, Vec<Offered>>,
    items: Vec<Item>,
}

impl Walk<'_, '_> {
    fn items_in(&mut self, parent: NodeIndex, scope: usize, before: &str, depth: u32) {
        let state = self.state;
        for child in state.questionnaire.children(parent).iter().copied() {
            let Some(cell) = state.cell(child, scope).filter(|cell| cell.relevant) else { continue };
            let node = state.questionnaire.node(child);
            let path = format!("{before}{}", node.key);
            let fills = self.fills.node(state, child, scope);
            let shown = |item: Item| Item { fills, ..item };
            match &node.kind {
                Kind::Group => {
                    self.items.push(shown(state.item(cell, ItemKind::Group, path, depth)));
                    self.items_in(child, scope, before, depth + 1);
                }
                Kind::Repeat { count } => {
                    let wanted = count.as_ref().and_then(|c| whole(&state.evaluate(c, child, scope)));
                    let item = state.item(cell, ItemKind::Repeat, path.clone(), depth);
                    self.items.push(Item { wanted, ..shown(item) });
                    self.repetitions(child, scope, &path, depth + 1);
                }
                Kind::Question(question) => {
                    if let Some(kind) = kind(&question.answer) {
                        let choices = self.offered(cell, question);
                        self.items.push(Item {
                            choices,
                            ..shown(state.question(cell, question, kind, path, depth))
                        });
                    }
                }
            }
        }
    }

    fn offered(&mut self, cell: &Cell, question: &Question) -> Vec<Offered> {
        let state = self.state;
        let written = || {
            let offered = |choice: &Choice| Offered {
                name: choice.name.clone(),
                label: state.text(&choice.label, 0, 0),
            };
            state.choices(cell, None).map(offered).collect()
        };
        match question.answer.choosing() {
            None => Vec::new(),
            Some(_) if question.choice_filter.is_some() => written(),
            Some(choosing) => self.offered.entry(choosing.list).or_insert_with(written).clone(),
        }
    }

    fn repetitions(&mut self, repeat: NodeIndex, around: usize, path: &str, depth: u32) {
        let state = self.state;
        for (scope, here) in state.scopes.iter().enumerate() {
            if here.frame != repeat || here.parent != around {
                continue;
            }
            let Some(cell) = state.cell(repeat, around) else { continue };
            let path = format!("{path}/{}", here.id);
            let mut item = state.item(cell, ItemKind::Repetition, path.clone(), depth);
            item.label = state.text(&state.questionnaire.node(repeat).label, repeat, scope);
            item.fills = self.fills.repetition(state, repeat, scope);
            self.items.push(item);
            self.items_in(repeat, scope, &format!("{path}/"), depth + 1);
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
    /// The answers that no question of this version asks for, by themselves. They never leave the device: nobody can
    /// say any more what they are.
    pub fn unasked(&self, answers: &Answers) -> Answers {
        self.unasked_in(Some(0), answers)
    }

    /// The same in a frame; in a repeat that is gone nothing is asked.
    fn unasked_in(&self, frame: Option<NodeIndex>, answers: &Answers) -> Answers {
        let keyed = |key: &str| frame.and_then(|frame| self.keyed(key, frame));
        let mut found = Answers::default();
        for (key, answer) in &answers.given {
            if keyed(key).is_none_or(|index| self.node(index).question().is_none()) {
                found.set(key, answer);
            }
        }
        for (key, repetitions) in &answers.repeats {
            let repeat = keyed(key).filter(|index| matches!(self.node(*index).kind, Kind::Repeat { .. }));
            let unasked = |repetition: &Repetition| {
                let answers = self.unasked_in(repeat, &repetition.answers);
                (!answers.is_empty()).then_some(Repetition { id: repetition.id, answers })
            };
            let kept: Vec<Repetition> = repetitions.iter().filter_map(unasked).collect();
            if !kept.is_empty() {
                found.repeats.insert(key.clone(), kept);
            }
        }
        found
    }

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
