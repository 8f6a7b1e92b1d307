//! Binding: what each reference of a questionnaire names, and in which order all of it can be computed.

use super::Bindings;
use crate::questionnaire::expression::function::Function;
use crate::questionnaire::expression::parse::parse;
use crate::questionnaire::expression::{Expression, Reference};
use crate::questionnaire::form::{
    Bound, Kind, Node, NodeIndex, Part, Patterns, Questionnaire, Template, Texts,
};
use crate::questionnaire::workbook::{Finding, Sheet};
use crate::said;
use crate::said::Said;
use std::collections::BTreeMap;

/// The columns that hold expressions, each with the other names it may have.
pub const EXPRESSION_COLUMNS: [(&str, &[&str]); 9] = [
    ("relevant", &["relevant"]),
    ("required", &["required"]),
    ("constraint", &["constraint"]),
    ("calculation", &["calculation"]),
    ("default", &["default"]),
    ("choice_filter", &["choice_filter"]),
    ("read_only", &["read_only"]),
    ("repeat_count", &["repeat_count"]),
    ("exact_place", &["exact_place"]),
];

/// The expressions of one node, as they were written.
#[derive(Default)]
pub struct Unbound {
    /// By column.
    pub expressions: Vec<(&'static str, Expression<Reference>)>,
}

/// Until every name is known, an answer in a text is a column of its name.
///
/// # Errors
/// Where a `${` does not end, or is no name.
pub fn template(text: &str) -> Result<Template, Said> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once("${") {
        if !words.is_empty() {
            parts.push(Part::Words(words.to_owned()));
        }
        let (name, behind) =
            after.split_once('}').ok_or_else(|| said!("a ${{ does not end", "un ${{ n’est pas fermé"))?;
        if !super::kinds::is_name(name.trim()) {
            return Err(said!("${{{name}}} names no question", "${{{name}}} ne désigne aucune question"));
        }
        parts.push(Part::Answer(Bound::Column(name.trim().to_owned())));
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest.to_owned()));
    }
    Ok(Template(parts))
}

/// Finds what references name.
pub struct Binder<'q> {
    /// Where.
    pub questionnaire: &'q Questionnaire,
}

/// All that was bound: for each node its expressions and its texts, and the labels of choices.
pub struct AllBound {
    nodes: Vec<(Bindings, NodeTexts)>,
    choices: Vec<Vec<Texts>>,
    patterns: Patterns,
}

/// The texts of a node, in the order: label, hint, guidance_hint, required_message, constraint_message, probes.
type NodeTexts = [Texts; 6];

impl Binder<'_> {
    /// Binds everything.
    pub fn bind_all(&self, unbound: Vec<Unbound>) -> (AllBound, Vec<Finding>) {
        let (mut findings, mut patterns) = (Vec::new(), Patterns::default());
        let mut nodes = Vec::new();
        for (index, unbound) in unbound.into_iter().enumerate() {
            let row = self.questionnaire.node(index).row;
            let mut find = |column: &str, wrong: Said| {
                findings.push(Finding::new(Sheet::Survey, row, column, wrong));
            };
            let mut bound = Vec::new();
            for (column, expression) in unbound.expressions {
                for pattern in literal_patterns(&expression) {
                    patterns.add(pattern).unwrap_or_else(|wrong| find(column, wrong));
                }
                match name_choices(expression).bind(&mut |r| self.reference(index, column, r)) {
                    Ok(expression) => bound.push((column, expression)),
                    Err(wrong) => find(column, wrong),
                }
            }
            let texts = texts_of(self.questionnaire.node(index)).map(|(column, texts)| {
                self.texts(texts, index).unwrap_or_else(|wrong| {
                    find(column, wrong);
                    Texts::default()
                })
            });
            nodes.push((bound, texts));
        }
        // A choice's label may show answers too; they are those outside of repetitions.
        let mut choices = Vec::new();
        for list in &self.questionnaire.lists {
            let labels = list.choices.iter().map(|choice| {
                self.texts(&choice.label, 0).unwrap_or_else(|wrong| {
                    let (name, list) = (&choice.name, &list.name);
                    let whose = said!(
                        "the choice {name:?} of the list {list:?}: ",
                        "le choix « {name} » de la liste « {list} » : "
                    );
                    findings.push(Finding::new(Sheet::Choices, 1, "label", whose.and(&wrong)));
                    Texts::default()
                })
            });
            choices.push(labels.collect());
        }
        (AllBound { nodes, choices, patterns }, findings)
    }

    /// The texts of a repeat are read in each of its repetitions, so they show the answers of that one.
    fn texts(&self, texts: &Texts, index: NodeIndex) -> Result<Texts, Said> {
        let frames = self.frames_inside(index);
        let bind = |part: &Part| match part {
            Part::Answer(Bound::Column(name)) => self
                .find(name)
                .map(|node| Part::Answer(Bound::Node { node, within: self.common(&frames, node) })),
            other => Ok(other.clone()),
        };
        let mut bound = BTreeMap::new();
        for (language, template) in &texts.0 {
            let parts: Result<Vec<Part>, Said> = template.0.iter().map(bind).collect();
            bound.insert(language.clone(), Template(parts?));
        }
        Ok(Texts(bound))
    }

    fn reference(&self, index: NodeIndex, column: &str, reference: Reference) -> Result<Bound, Said> {
        match reference {
            Reference::Here => Ok(Bound::Here),
            Reference::Named(name) => self.find(&name).map(|node| self.seen_from(index, node)),
            Reference::Absolute(names) => {
                self.walk(0, names.get(1..).unwrap_or_default()).map(|node| self.seen_from(index, node))
            }
            Reference::Relative { up, down } => {
                let mut base = index;
                for _ in 0..up {
                    base = self.questionnaire.node(base).parent;
                }
                let node = self.walk(base, &down)?;
                Ok(Bound::Node { node, within: self.common(&self.frames_inside(base), node) })
            }
            Reference::Bare(name) if column == "choice_filter" => self.column(index, name),
            Reference::Bare(name) => Err(said!(
                "{name:?} is not expected here; did you mean ${{{name}}}?",
                "« {name} » n’est pas attendu ici ; vouliez-vous dire ${{{name}}} ?"
            )),
        }
    }

    fn column(&self, index: NodeIndex, name: String) -> Result<Bound, Said> {
        let question = self.questionnaire.node(index).question();
        let choices = question.and_then(|q| q.answer.choosing()).map(|c| self.questionnaire.choices(c));
        // An empty cell is not there, so one choice with the column is enough.
        let known = choices.is_some_and(|all| all.iter().any(|c| c.columns.contains_key(&name)));
        if known {
            Ok(Bound::Column(name))
        } else {
            Err(said!("the choices have no column {name:?}", "les choix n’ont pas de colonne « {name} »"))
        }
    }

    fn find(&self, name: &str) -> Result<NodeIndex, Said> {
        let nodes = &self.questionnaire.nodes;
        let mut found = (1..nodes.len()).filter(|node| self.questionnaire.node(*node).name == name);
        match (found.next(), found.next()) {
            (Some(node), None) => Ok(node),
            (None, _) => {
                let none = said!("there is no question ${{{name}}}", "il n’y a pas de question ${{{name}}}");
                Err(none.and(&self.meant(name)))
            }
            (Some(_), Some(_)) => Err(said!(
                "there are several questions ${{{name}}}",
                "il y a plusieurs questions ${{{name}}}"
            )),
        }
    }

    /// A question whose name differs in its case alone.
    fn meant(&self, name: &str) -> Said {
        let alike = |node: &&Node| node.name.to_lowercase() == name.to_lowercase();
        match self.questionnaire.nodes.iter().skip(1).find(alike) {
            Some(Node { name, .. }) => {
                said!("; did you mean ${{{name}}}?", " ; vouliez-vous dire ${{{name}}} ?")
            }
            None => Said::default(),
        }
    }

    fn seen_from(&self, index: NodeIndex, node: NodeIndex) -> Bound {
        Bound::Node { node, within: self.common(&self.questionnaire.frames(index), node) }
    }

    /// The repeats around what stands in `base`, which may be one itself.
    fn frames_inside(&self, base: NodeIndex) -> Vec<NodeIndex> {
        let mut frames = self.questionnaire.frames(base);
        if matches!(self.questionnaire.node(base).kind, Kind::Repeat { .. }) {
            frames.insert(0, base);
        }
        frames
    }

    /// The innermost of these repeats that `node` stands in too.
    fn common(&self, frames: &[NodeIndex], node: NodeIndex) -> NodeIndex {
        let others = self.questionnaire.frames(node);
        frames.iter().copied().find(|frame| others.contains(frame)).unwrap_or(0)
    }

    fn walk(&self, base: NodeIndex, names: &[String]) -> Result<NodeIndex, Said> {
        let mut here = base;
        for name in names {
            let mut children = self.questionnaire.children(here).iter().copied();
            let next = children.find(|child| self.questionnaire.node(*child).name == *name);
            let inside = &self.questionnaire.node(here).name;
            here = next.ok_or_else(|| {
                said!("there is no {name:?} in {inside:?}", "il n’y a pas de « {name} » dans « {inside} »")
            })?;
        }
        Ok(here)
    }
}

/// The patterns that stand in a `regex()` as they are.
fn literal_patterns(expression: &Expression<Reference>) -> Vec<&str> {
    let mut patterns = Vec::new();
    expression.walk(&mut |part| {
        if let Expression::Call(Function::Regex, arguments) = part
            && let Some(Expression::Text(pattern)) = arguments.get(1)
        {
            patterns.push(pattern.as_str());
        }
    });
    patterns
}

/// `jr:choice-name(${x}, '${x}')`: the question stands in quotation marks there, and is meant all the same.
fn name_choices(expression: Expression<Reference>) -> Expression<Reference> {
    match expression {
        Expression::Call(function, arguments) => {
            let mut arguments: Vec<_> = arguments.into_iter().map(name_choices).collect();
            if function == Function::ChoiceName
                && let Some(second) = arguments.get_mut(1)
                && let Expression::Text(text) = second
                && let Ok(reference @ Expression::Reference(_)) = parse(text)
            {
                *second = reference;
            }
            Expression::Call(function, arguments)
        }
        Expression::Binary(operator, left, right) => {
            Expression::Binary(operator, Box::new(name_choices(*left)), Box::new(name_choices(*right)))
        }
        Expression::Negative(operand) => Expression::Negative(Box::new(name_choices(*operand))),
        other => other,
    }
}

fn texts_of(node: &Node) -> [(&'static str, &Texts); 6] {
    const NONE: &Texts = &Texts(BTreeMap::new());
    let question = node.question();
    [
        ("label", &node.label),
        ("hint", &node.hint),
        ("guidance_hint", &node.guidance_hint),
        ("required_message", question.map_or(NONE, |q| &q.required_message)),
        ("constraint_message", question.map_or(NONE, |q| &q.constraint_message)),
        ("probes", question.map_or(NONE, |q| &q.probes)),
    ]
}

/// Puts everything that was bound in its place.
pub fn put_all(questionnaire: &mut Questionnaire, bound: AllBound) {
    questionnaire.patterns = bound.patterns;
    for (node, (expressions, texts)) in questionnaire.nodes.iter_mut().zip(bound.nodes) {
        let [label, hint, guidance_hint, required_message, constraint_message, probes] = texts;
        (node.label, node.hint, node.guidance_hint) = (label, hint, guidance_hint);
        if let Kind::Question(question) = &mut node.kind {
            (question.required_message, question.constraint_message, question.probes) =
                (required_message, constraint_message, probes);
        }
        for (column, expression) in expressions {
            match (&mut node.kind, column) {
                (_, "relevant") => node.relevant = Some(expression),
                (Kind::Repeat { count }, "repeat_count") => *count = Some(expression),
                (Kind::Question(question), _) => {
                    let place = match column {
                        "required" => &mut question.required,
                        "constraint" => &mut question.constraint,
                        "calculation" => &mut question.calculation,
                        "default" => &mut question.default,
                        "choice_filter" => &mut question.choice_filter,
                        "exact_place" => &mut question.exact_place,
                        _ => &mut question.read_only,
                    };
                    *place = Some(expression);
                }
                _ => {}
            }
        }
    }
    for (list, labels) in questionnaire.lists.iter_mut().zip(bound.choices) {
        for (choice, label) in list.choices.iter_mut().zip(labels) {
            choice.label = label;
        }
    }
}

/// Each node after what decides whether it is asked and what it comes to.
///
/// # Errors
/// A finding for each question that depends on itself.
pub fn order(questionnaire: &Questionnaire) -> Result<Vec<NodeIndex>, Vec<Finding>> {
    let mut sorting = Sorting {
        questionnaire,
        marks: vec![Mark::Unseen; questionnaire.nodes.len()],
        order: Vec::with_capacity(questionnaire.nodes.len()),
        findings: Vec::new(),
    };
    for index in 0..questionnaire.nodes.len() {
        sorting.visit(index);
    }
    if sorting.findings.is_empty() { Ok(sorting.order) } else { Err(sorting.findings) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Unseen,
    Open,
    Done,
}

struct Sorting<'q> {
    questionnaire: &'q Questionnaire,
    marks: Vec<Mark>,
    order: Vec<NodeIndex>,
    findings: Vec<Finding>,
}

impl Sorting<'_> {
    /// Without recursion: a chain of a thousand calculations is a long way down.
    fn visit(&mut self, first: NodeIndex) {
        let mut path: Vec<(NodeIndex, Vec<NodeIndex>)> = Vec::new();
        self.enter(first, &mut path);
        while let Some((index, left)) = path.last_mut() {
            let index = *index;
            match left.pop() {
                Some(next) => match self.marks.get(next) {
                    Some(Mark::Unseen) => self.enter(next, &mut path),
                    Some(Mark::Open) => self.circle(index, next),
                    _ => {}
                },
                None => {
                    self.mark(index, Mark::Done);
                    self.order.push(index);
                    path.pop();
                }
            }
        }
    }

    fn enter(&mut self, index: NodeIndex, path: &mut Vec<(NodeIndex, Vec<NodeIndex>)>) {
        if self.marks.get(index) == Some(&Mark::Unseen) {
            self.mark(index, Mark::Open);
            path.push((index, decides(self.questionnaire, index)));
        }
    }

    fn mark(&mut self, index: NodeIndex, mark: Mark) {
        if let Some(place) = self.marks.get_mut(index) {
            *place = mark;
        }
    }

    fn circle(&mut self, index: NodeIndex, on: NodeIndex) {
        let (node, other) = (self.questionnaire.node(index), self.questionnaire.node(on));
        let calculated = node.question().is_some_and(|q| q.calculation.is_some());
        let column = if calculated { "calculation" } else { "relevant" };
        let circle = said!("this depends on itself", "cette ligne dépend d’elle-même");
        let circle = if index == on {
            circle
        } else {
            let name = &other.name;
            circle.and(&said!(", by way of ${{{name}}}", ", en passant par ${{{name}}}"))
        };
        self.findings.push(Finding::new(Sheet::Survey, node.row, column, circle));
    }
}

/// What decides about a node: what it stands in, and what its relevance and its calculation look at.
fn decides(questionnaire: &Questionnaire, index: NodeIndex) -> Vec<NodeIndex> {
    let node = questionnaire.node(index);
    let calculation = node.question().and_then(|q| q.calculation.as_ref());
    let mut decides: Vec<NodeIndex> = [node.relevant.as_ref(), calculation]
        .into_iter()
        .flatten()
        .flat_map(Expression::references)
        .filter_map(|bound| match bound {
            // What a node stands in is above it, and asks for nothing.
            Bound::Node { node, .. } => Some(*node),
            Bound::Here | Bound::Column(_) => None,
        })
        .filter(|other| !is_above(questionnaire, *other, index))
        .collect();
    if index != 0 {
        decides.push(node.parent);
    }
    decides
}

/// `position(..)` looks at what the question stands in, which comes before it anyway.
fn is_above(questionnaire: &Questionnaire, other: NodeIndex, mut index: NodeIndex) -> bool {
    while index != 0 {
        index = questionnaire.node(index).parent;
        if index == other {
            return true;
        }
    }
    false
}
