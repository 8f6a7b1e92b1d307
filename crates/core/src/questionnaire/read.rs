//! From a workbook to a [`Questionnaire`], or to everything that is wrong with it.
//!
//! An author mends a form in a spreadsheet, so all findings come at once, each with its sheet, row and column.
//! What we do not support is refused by name; a column that XLSForm does not know either is the author's own
//! note and left alone.

mod bind;
mod choices;
mod columns;
mod kinds;

use super::expression::parse::parse;
use super::expression::{Expression, Reference};
use super::form::{
    AnswerType, BoundExpression, Kind, List, Node, NodeIndex, Patterns, Question, QuestionType,
    Questionnaire, Texts,
};
use super::mapping::{self, Mapped};
use super::workbook::{Finding, Row, Sheet, Workbook, numbered};
use crate::said;
use crate::said::Said;
use bind::{Binder, Unbound};
use columns::{Columns, language_code};
use kinds::RowType;
use std::collections::{BTreeMap, BTreeSet};

/// The most rows of a sheet: beyond any form people can answer, and a bound for what a reader may cost.
pub const ROWS_LIMIT: usize = 20_000;

/// The deepest that groups and repeats stand within each other: each level is one of the stack, also on the smallest telephone.
pub const DEPTH_LIMIT: usize = 30;

/// What an author is told of a sheet past [`ROWS_LIMIT`].
pub fn too_many_rows() -> Said {
    said!("a sheet has at most {ROWS_LIMIT} rows", "une feuille a au plus {ROWS_LIMIT} lignes")
}

/// Reads a workbook.
///
/// # Errors
/// Everything that is wrong with it, in the order of the rows.
pub fn read(workbook: &Workbook) -> Result<Questionnaire, Vec<Finding>> {
    let mut reader = Reader::default();
    for (sheet, rows) in [
        (Sheet::Survey, &workbook.survey),
        (Sheet::Choices, &workbook.choices),
        (Sheet::Settings, &workbook.settings),
    ] {
        if rows.len() > ROWS_LIMIT {
            reader.find(sheet, ROWS_LIMIT + 2, "", too_many_rows());
            return Err(reader.findings);
        }
    }
    let settings = workbook.settings.first().cloned().unwrap_or_default();
    let lists = choices::lists(&workbook.choices, &mut reader);
    let root = reader.root(&settings);
    reader.nodes.push(root);
    reader.survey(&workbook.survey, &lists);
    reader.name_keys();
    reader.finish(&settings, lists)
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    nodes: Vec<Node>,
    /// For each node, its expressions as they were written.
    unbound: Vec<Unbound>,
    findings: Vec<Finding>,
    languages: BTreeSet<String>,
    /// How many nodes stand in each frame.
    places: BTreeMap<NodeIndex, usize>,
    /// The names in each group, so that two of the same stand out.
    names: BTreeMap<(NodeIndex, String), usize>,
}

impl Reader {
    fn find(&mut self, sheet: Sheet, row: usize, column: &str, wrong: Said) {
        self.findings.push(Finding::new(sheet, row, column, wrong));
    }

    fn root(&mut self, settings: &Row) -> Node {
        self.unbound.push(Unbound::default());
        let label = self.texts(&Columns::of(settings), Sheet::Settings, 2, "form_title");
        Node {
            name: "data".to_owned(),
            key: String::new(),
            row: 1,
            parent: 0,
            frame: 0,
            place: 0,
            kind: Kind::Group,
            label,
            hint: Texts::default(),
            guidance_hint: Texts::default(),
            relevant: None,
            appearance: String::new(),
            maps_to: String::new(),
        }
    }

    /// Reads the rows into nodes, and sees to it that what begins also ends.
    fn survey(&mut self, rows: &[Row], lists: &[List]) {
        let mut open: Vec<(NodeIndex, &'static str, usize)> = Vec::new();
        for (row, cells) in numbered(rows) {
            let cells = Columns::of(cells);
            for column in cells.refused() {
                self.find(Sheet::Survey, row, &column, columns::not_supported());
            }
            let parent = open.last().map_or(0, |(node, ..)| *node);
            match kinds::row_type(cells.cell("type"), lists) {
                Err(wrong) => self.find(Sheet::Survey, row, "type", wrong),
                Ok(RowType::Begin(word)) => {
                    let kind = if word == "repeat" { Kind::Repeat { count: None } } else { Kind::Group };
                    if open.len() == DEPTH_LIMIT {
                        let wrong = said!(
                            "groups and repeats stand in at most {DEPTH_LIMIT} others",
                            "des groupes et des répétitions se tiennent dans {DEPTH_LIMIT} autres au plus"
                        );
                        self.find(Sheet::Survey, row, "type", wrong);
                    }
                    let node = self.node(row, &cells, parent, kind);
                    open.push((node, word, row));
                }
                Ok(RowType::End(word)) => match open.pop() {
                    Some((_, begun, _)) if begun == word => {}
                    Some((_, begun, at)) => {
                        let wrong = said!(
                            "the {begun} that begins in row {at} must end first",
                            "le begin_{begun} de la ligne {at} doit d’abord être fermé par end_{begun}"
                        );
                        self.find(Sheet::Survey, row, "type", wrong);
                    }
                    None => {
                        let wrong =
                            said!("there is no {word} to end", "il n’y a aucun begin_{word} à fermer ici");
                        self.find(Sheet::Survey, row, "type", wrong);
                    }
                },
                Ok(RowType::Question { answer, or_other }) => {
                    let question = self.question(row, &cells, answer);
                    let node = self.node(row, &cells, parent, Kind::Question(Box::new(question)));
                    if or_other {
                        self.other(row, node);
                    }
                }
            }
        }
        for (_, word, at) in open {
            let wrong = said!("this {word} does not end", "ce begin_{word} n’est fermé par aucun end_{word}");
            self.find(Sheet::Survey, at, "type", wrong);
        }
        if !self.nodes.iter().any(|node| node.question().is_some()) {
            self.find(Sheet::Survey, 1, "", said!("there is no question", "il n’y a aucune question"));
        }
    }

    /// Adds a node, and keeps its expressions for later, when every name is known.
    fn node(&mut self, row: usize, cells: &Columns, parent: NodeIndex, kind: Kind) -> NodeIndex {
        let name = cells.cell("name").to_owned();
        if !kinds::is_name(&name) {
            let wrong = if name.is_empty() {
                said!("there is no name", "il manque le nom")
            } else {
                said!(
                    "{name:?} is no name: a letter or _, then letters, digits, - and _",
                    "« {name} » n’est pas un nom possible : une lettre ou _, puis des lettres, des chiffres, - et _"
                )
            };
            self.find(Sheet::Survey, row, "name", wrong);
        } else if let Some(other) = self.names.insert((parent, name.to_lowercase()), row) {
            let wrong =
                said!("{name:?} stands in row {other} already", "« {name} » est déjà à la ligne {other}");
            self.find(Sheet::Survey, row, "name", wrong);
        }
        let mut unbound = Unbound::default();
        for (column, aliases) in bind::EXPRESSION_COLUMNS {
            let text = aliases.iter().map(|a| cells.cell(a)).find(|cell| !cell.is_empty()).unwrap_or("");
            if let Some(expression) = self.expression(row, column, text) {
                unbound.expressions.push((column, expression));
            }
        }
        let label = self.texts(cells, Sheet::Survey, row, "label");
        let asked = matches!(&kind, Kind::Question(q) if q.answer.is_asked() || q.answer == AnswerType::Note);
        if asked && label.0.is_empty() && cells.cell("appearance").is_empty() {
            self.find(Sheet::Survey, row, "label", nothing_to_read());
        }
        let frame = match self.nodes.get(parent) {
            Some(Node { kind: Kind::Repeat { .. }, .. }) => parent,
            Some(node) => node.frame,
            None => 0,
        };
        self.unbound.push(unbound);
        let count = self.places.entry(frame).or_default();
        let place = *count;
        *count += 1;
        let node = Node {
            key: name.clone(),
            name,
            row,
            parent,
            frame,
            place,
            kind,
            label,
            hint: self.texts(cells, Sheet::Survey, row, "hint"),
            guidance_hint: self.texts(cells, Sheet::Survey, row, "guidance_hint"),
            relevant: None,
            appearance: cells.cell("appearance").to_owned(),
            maps_to: cells.cell("maps_to").to_owned(),
        };
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn question(&mut self, row: usize, cells: &Columns, answer: AnswerType) -> Question {
        let question_type = match kinds::question_type(cells.cell("question_type")) {
            Ok(question_type) => question_type,
            Err(wrong) => {
                self.find(Sheet::Survey, row, "question_type", wrong);
                None
            }
        };
        let answer = match answer {
            AnswerType::Range { .. } => kinds::range(cells.cell("parameters")).unwrap_or_else(|wrong| {
                self.find(Sheet::Survey, row, "parameters", wrong);
                answer
            }),
            answer => answer,
        };
        if answer == AnswerType::Calculate
            && cells.cell("calculation").is_empty()
            && cells.cell("default").is_empty()
        {
            let wrong = said!(
                "a calculate needs a calculation",
                "une ligne calculate a besoin d’un calcul (calculation)"
            );
            self.find(Sheet::Survey, row, "calculation", wrong);
        }
        let exact = cells.cell("exact_place");
        if !exact.is_empty() && answer != AnswerType::Geopoint {
            let wrong = said!("only a geopoint has an exact_place", "seul un geopoint a un exact_place");
            self.find(Sheet::Survey, row, "exact_place", wrong);
        } else if !exact.is_empty() && !exact.contains("${") {
            let wrong = said!(
                "exact_place must look at what the storyteller agreed to, such as ${{agrees}} = 'yes'",
                "exact_place doit regarder ce que la personne a accepté, par exemple ${{accord}} = 'yes'"
            );
            self.find(Sheet::Survey, row, "exact_place", wrong);
        }
        Question {
            answer,
            required: None,
            required_message: self.texts(cells, Sheet::Survey, row, "required_message"),
            constraint: None,
            constraint_message: self.texts(cells, Sheet::Survey, row, "constraint_message"),
            calculation: None,
            default: None,
            choice_filter: None,
            read_only: None,
            exact_place: None,
            question_type,
            probes: self.texts(cells, Sheet::Survey, row, "probes"),
            technique: cells.cell("technique").to_owned(),
        }
    }

    /// XLSForm's `or_other`: the question behind it that asks which.
    fn other(&mut self, row: usize, select: NodeIndex) {
        let Some(Node { name, parent, .. }) = self.nodes.get(select) else { return };
        let (name, parent) = (name.clone(), *parent);
        let cell = |column: &str, text: String| (column.to_owned(), text);
        let cells = Row(BTreeMap::from([
            cell("name", format!("{name}_other")),
            cell("relevant", format!("selected(../{name}, '{}')", choices::OTHER)),
            cell("label::fr", "Précisez".to_owned()),
            cell("label::en", "Please specify".to_owned()),
        ]));
        let cells = Columns::of(&cells);
        let question = self.question(row, &cells, AnswerType::Text);
        self.node(row, &cells, parent, Kind::Question(Box::new(question)));
    }

    /// A text in each language. The answers in it are bound later.
    fn texts(&mut self, cells: &Columns, sheet: Sheet, row: usize, column: &str) -> Texts {
        let mut texts = Texts::default();
        for (language, text) in cells.languages_of(column) {
            let template = bind::template(&text).unwrap_or_else(|wrong| {
                self.find(sheet, row, column, wrong);
                Default::default()
            });
            if !language.is_empty() {
                self.languages.insert(language.clone());
            }
            texts.0.insert(language, template);
        }
        texts
    }

    /// The expression in a cell; `None` where there is none, or what stands there was found wrong.
    fn expression(&mut self, row: usize, column: &'static str, text: &str) -> Option<Expression<Reference>> {
        let yes_or_no = matches!(column, "required" | "read_only" | "relevant");
        let text = match text.to_lowercase().as_str() {
            "" => return None,
            "yes" | "true" if yes_or_no => "true()",
            "no" | "false" if yes_or_no => "false()",
            // A default is a value as it stands, unless something in it is to be computed.
            _ if column == "default"
                && !(text.contains("${") || text.contains("()") || text.ends_with(')')) =>
            {
                return Some(Expression::Text(text.to_owned()));
            }
            _ => text,
        };
        match parse(text) {
            Ok(expression) => Some(expression),
            Err(error) => {
                self.find(Sheet::Survey, row, column, error.said());
                None
            }
        }
    }

    /// Where two questions share a name, each is kept under the names down to it.
    fn name_keys(&mut self) {
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for node in &self.nodes {
            *count.entry(&node.name).or_default() += 1;
        }
        let shared: BTreeSet<String> =
            count.into_iter().filter(|(_, n)| *n > 1).map(|(name, _)| name.to_owned()).collect();
        let path = |mut index: NodeIndex| {
            let mut names = Vec::new();
            while let Some(node) = self.nodes.get(index).filter(|_| index != 0) {
                names.push(node.name.clone());
                index = node.parent;
            }
            names.reverse();
            names.join("/")
        };
        let keys: Vec<(NodeIndex, String)> = (1..)
            .zip(self.nodes.iter().skip(1))
            .filter(|(_, node)| shared.contains(&node.name))
            .map(|(index, _)| (index, path(index)))
            .collect();
        for (index, key) in keys {
            if let Some(node) = self.nodes.get_mut(index) {
                node.key = key;
            }
        }
    }

    /// Binds every reference, and finds an order for all of it.
    fn finish(mut self, settings: &Row, lists: Vec<List>) -> Result<Questionnaire, Vec<Finding>> {
        let title = self.nodes.first().map(|root| root.label.clone()).unwrap_or_default();
        let (mut children, mut in_frame) =
            (vec![Vec::new(); self.nodes.len()], vec![Vec::new(); self.nodes.len()]);
        for (index, node) in self.nodes.iter().enumerate().skip(1) {
            children.get_mut(node.parent).into_iter().for_each(|c| c.push(index));
            in_frame.get_mut(node.frame).into_iter().for_each(|f| f.push(index));
        }
        let mut questionnaire = Questionnaire {
            id: settings.cell("form_id").to_owned(),
            version: settings.cell("version").to_owned(),
            title,
            languages: self.languages.into_iter().collect(),
            default_language: language_code(settings.cell("default_language")),
            nodes: self.nodes,
            lists,
            order: Vec::new(),
            patterns: Patterns::default(),
            mapped: Mapped::default(),
            children,
            in_frame,
        };
        let binder = Binder { questionnaire: &questionnaire };
        let (bound, found) = binder.bind_all(self.unbound);
        self.findings.extend(found);
        bind::put_all(&mut questionnaire, bound);
        match bind::order(&questionnaire) {
            Ok(order) => questionnaire.order = order,
            Err(found) => self.findings.extend(found),
        }
        questionnaire.mapped = Mapped::of(&questionnaire);
        self.findings.extend(mapping::findings(&questionnaire));
        if self.findings.is_empty() {
            return Ok(questionnaire);
        }
        self.findings.sort_by_key(|f| (f.sheet, f.row));
        self.findings.dedup();
        Err(self.findings)
    }
}

/// What an author is told of a row without a label.
fn nothing_to_read() -> Said {
    said!(
        "there is nothing to read: the label is empty",
        "il n’y a rien à lire : le libellé (label) est vide"
    )
}

/// The expressions of a node by the column they stand in.
type Bindings = Vec<(&'static str, BoundExpression)>;

impl QuestionType {
    /// The words of the column `question_type`.
    pub const ALL: [(QuestionType, &'static str); 5] = [
        (QuestionType::Opening, "opening"),
        (QuestionType::Open, "open"),
        (QuestionType::Probing, "probing"),
        (QuestionType::Closed, "closed"),
        (QuestionType::Checking, "checking"),
    ];
}

#[cfg(test)]
mod tests;
