//! Which tables an export has, and their columns: those of the model, and what the campaign's questionnaire asks beyond it.

use super::cell::{Cell, Kind};
use super::fields::{CHANGE, EVIDENCE, Field, REPETITION, Row, STORY};
use super::headings::words;
use super::reading::Outgoing;
use blon_core::questionnaire::answers::Answers;
use blon_core::questionnaire::form::{AnswerType, Kind as NodeKind, NodeIndex, Part, Questionnaire, Texts};
use std::collections::BTreeSet;

/// A table: one row for each thing of its kind.
pub struct Table {
    /// Its name: that of its file, without the end.
    pub name: String,
    /// What the feed calls it.
    pub set: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The columns that together are never the same in two rows.
    pub key: &'static [&'static str],
    of: Of,
}

/// What a row of a table stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Story,
    Change,
    Evidence,
    /// A repetition of this repeat.
    Repeat(NodeIndex),
}

/// A column.
pub struct Column {
    /// Its name: a letter or `_`, then letters, digits and `_`; no two of a table differ in capitals alone.
    pub name: String,
    /// What people read, in French.
    pub fr: String,
    /// And in English.
    pub en: String,
    /// What it holds.
    pub kind: Kind,
    source: Source,
}

enum Source {
    Field(fn(&Row) -> Cell),
    /// The answer under this key.
    Answer(String),
}

/// The tables of a campaign.
pub struct Tables {
    /// Stories first, then changes, evidence, and a table for each repeat that is neither.
    pub all: Vec<Table>,
    questionnaire: Option<Questionnaire>,
    changes: Option<NodeIndex>,
    evidence: Option<NodeIndex>,
}

impl Tables {
    /// The tables of a campaign that asks this.
    pub fn of(questionnaire: Option<Questionnaire>) -> Tables {
        let mapped = |name: &str| {
            let nodes = questionnaire.iter().flat_map(|asked| asked.nodes.iter().enumerate());
            let is = |node: &NodeKind| matches!(node, NodeKind::Repeat { .. });
            nodes.filter(|(_, node)| is(&node.kind) && node.maps_to == name).map(|(index, _)| index).next()
        };
        let (changes, evidence) = (mapped("changes"), mapped("evidence"));
        let mut all = vec![
            Table::new("stories", "Stories", Of::Story, STORY, &["story_id"]),
            Table::new("changes", "Changes", Of::Change, CHANGE, &["story_id", "change_id"]),
            Table::new("evidence", "Evidence", Of::Evidence, EVIDENCE, &["story_id", "evidence_id"]),
        ];
        if let Some(asked) = &questionnaire {
            for (table, frame) in all.iter_mut().zip([Some(0), changes, evidence]) {
                if let Some(frame) = frame {
                    table.columns.extend(asked_in(asked, frame));
                }
            }
            let mut taken: BTreeSet<String> = all.iter().map(|table| table.name.clone()).collect();
            for (index, node) in asked.nodes.iter().enumerate() {
                let own = matches!(node.kind, NodeKind::Repeat { .. })
                    && Some(index) != changes
                    && Some(index) != evidence;
                if own {
                    let name = unique(&node.key, "repeat", &mut taken);
                    let key = &["story_id", "repetition_id"];
                    let mut table = Table::new(&name, &name, Of::Repeat(index), REPETITION, key);
                    let around = asked.frames(index);
                    let stands_in = |frame: Option<NodeIndex>| frame.is_some_and(|f| around.contains(&f));
                    let in_another =
                        around.iter().any(|f| *f != 0 && Some(*f) != changes && Some(*f) != evidence);
                    table.columns.retain(|column| match column.name.as_str() {
                        "change_id" => stands_in(changes),
                        "evidence_id" => stands_in(evidence),
                        "around_id" => in_another,
                        _ => true,
                    });
                    table.columns.extend(asked_in(asked, index));
                    all.push(table);
                }
            }
        }
        for table in &mut all {
            let mut taken = BTreeSet::new();
            for column in &mut table.columns {
                column.name = unique(&column.name, "asked", &mut taken);
            }
        }
        Tables { all, changes, evidence, questionnaire }
    }

    /// What the campaign asks.
    pub fn questionnaire(&self) -> Option<&Questionnaire> {
        self.questionnaire.as_ref()
    }

    /// The rows that a story has in a table.
    pub fn rows(&self, table: &Table, outgoing: &Outgoing) -> Vec<Vec<Cell>> {
        let story = outgoing.released.story();
        let whole = Row {
            outgoing,
            change: None,
            piece: None,
            repetition: None,
            around: None,
            answers: Some(&story.other),
        };
        let mut rows = Vec::new();
        match table.of {
            Of::Story => rows.push(table.row(&whole)),
            Of::Repeat(repeat) => {
                if let Some(asked) = &self.questionnaire {
                    let mut found = |row: &Row| rows.push(table.row(row));
                    self.repetitions(asked, 0, repeat, &whole, &mut found);
                }
            }
            Of::Change | Of::Evidence => {
                for (number, change) in (1..).zip(&story.changes) {
                    let answers = self.inside(&story.other, self.changes, change.id.0);
                    let row = Row { change: Some((number, change)), answers, ..whole };
                    if table.of == Of::Change {
                        rows.push(table.row(&row));
                        continue;
                    }
                    for (number, piece) in (1..).zip(&change.evidence) {
                        let answers =
                            answers.and_then(|answers| self.inside(answers, self.evidence, piece.id.0));
                        rows.push(table.row(&Row { piece: Some((number, piece)), answers, ..row }));
                    }
                }
            }
        }
        rows
    }

    /// The answers of the repetition with this id.
    fn inside<'a>(
        &self,
        answers: &'a Answers,
        repeat: Option<NodeIndex>,
        id: uuid::Uuid,
    ) -> Option<&'a Answers> {
        let key = &self.questionnaire.as_ref()?.node(repeat?).key;
        answers.repeats.get(key)?.iter().find(|one| one.id == id).map(|one| &one.answers)
    }

    /// Goes through the repetitions of a repeat, wherever it stands.
    fn repetitions(
        &self,
        asked: &Questionnaire,
        frame: NodeIndex,
        wanted: NodeIndex,
        around: &Row,
        found: &mut impl FnMut(&Row),
    ) {
        for repeat in asked.nodes_in(frame).iter().copied() {
            let node = asked.node(repeat);
            if !(repeat == wanted || asked.frames(wanted).contains(&repeat)) {
                continue;
            }
            let given = around.answers.and_then(|answers| answers.repeats.get(&node.key));
            for (number, one) in (1..).zip(given.into_iter().flatten()) {
                let mut row = Row { answers: Some(&one.answers), ..*around };
                if Some(repeat) == self.changes {
                    let mut changes = (1..).zip(&around.outgoing.released.story().changes);
                    row.change = changes.find(|(_, change)| change.id.0 == one.id);
                } else if Some(repeat) == self.evidence {
                    let pieces = around.change.into_iter().flat_map(|(_, change)| &change.evidence);
                    row.piece = (1..).zip(pieces).find(|(_, piece)| piece.id.0 == one.id);
                } else {
                    row.around = around.repetition.map(|(_, id)| id);
                    row.repetition = Some((number, one.id));
                }
                if repeat == wanted {
                    found(&row);
                } else {
                    self.repetitions(asked, repeat, wanted, &row, found);
                }
            }
        }
    }
}

impl Table {
    fn new(name: &str, set: &str, of: Of, fields: &[Field], key: &'static [&'static str]) -> Table {
        let column = |field: &Field| {
            let (fr, en) = words(field.name).unwrap_or((field.name, field.name));
            Column {
                name: field.name.to_owned(),
                fr: fr.to_owned(),
                en: en.to_owned(),
                kind: field.kind,
                source: Source::Field(field.get),
            }
        };
        let columns = fields.iter().map(column).collect();
        Table { name: name.to_owned(), set: set.to_owned(), columns, key, of }
    }

    fn row(&self, row: &Row) -> Vec<Cell> {
        let cell = |column: &Column| match &column.source {
            Source::Field(get) => get(row),
            Source::Answer(key) => {
                row.answers.map_or(Cell::Empty, |answers| Cell::answer(column.kind, answers.get(key)))
            }
        };
        self.columns.iter().map(cell).collect()
    }
}

/// The columns for what is asked in this frame and fills no part of the model. What is never kept, or never leaves, has none.
fn asked_in(asked: &Questionnaire, frame: NodeIndex) -> impl Iterator<Item = Column> {
    asked.nodes_in(frame).iter().filter_map(move |index| {
        let node = asked.node(*index);
        let question = node.question().filter(|_| node.maps_to.is_empty())?;
        let kind = match question.answer {
            AnswerType::Note | AnswerType::Geopoint => return None,
            AnswerType::Integer => Kind::Long,
            AnswerType::Range { start, step, .. } if start.fract() == 0.0 && step.fract() == 0.0 => {
                Kind::Long
            }
            AnswerType::Decimal | AnswerType::Range { .. } => Kind::Decimal,
            AnswerType::Date => Kind::Date,
            _ => Kind::Text,
        };
        if question.calculation.is_some() {
            return None;
        }
        Some(Column {
            name: node.key.clone(),
            fr: label(&node.label, "fr", asked),
            en: label(&node.label, "en", asked),
            kind,
            source: Source::Answer(node.key.clone()),
        })
    })
}

/// A label as one line; where an answer stands in it, three dots do.
fn label(texts: &Texts, language: &str, asked: &Questionnaire) -> String {
    let template = texts.get(language, &asked.default_language);
    let parts = template.iter().flat_map(|template| &template.0);
    parts.map(|part| if let Part::Words(words) = part { words } else { "…" }).collect()
}

/// The name as columns, files and the feed can bear it, and that no other has: with `mark` before it where one does, as where
/// a question is called what a part of the model is.
fn unique(name: &str, mark: &str, taken: &mut BTreeSet<String>) -> String {
    let letter = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '_' };
    let mut plain: String = name.chars().map(letter).take(100).collect();
    if !plain.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        plain.insert(0, '_');
    }
    let mut found = plain.clone();
    for number in 1_u32.. {
        if taken.insert(found.to_lowercase()) {
            break;
        }
        found = if number == 1 { format!("{mark}_{plain}") } else { format!("{mark}_{plain}_{number}") };
    }
    found
}
