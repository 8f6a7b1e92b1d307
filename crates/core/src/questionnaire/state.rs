//! What a questionnaire comes to over given answers: what is asked, what is computed, what is right.
//!
//! Everything is computed anew after each answer. That is simple, it cannot be stale, and a bench holds it
//! under 2 ms for 200 questions.

use super::answers::Answers;
use super::expression::evaluate::{Context, compile};
use super::expression::value::{Atom, Value};
use super::form::{
    Bound, BoundExpression, Choice, Kind, Node, NodeIndex, Part, Questionnaire, Template, Texts,
};
use chrono::{DateTime, FixedOffset};
use std::borrow::Cow;
use std::cell::Cell as Mutable;
use uuid::Uuid;

/// What an evaluation takes from outside: core itself has no clock, no chance and no language.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// What `today()` and `now()` give.
    pub now: DateTime<FixedOffset>,
    /// What `random()` and `uuid()` are drawn from: 64 bits that nobody can guess.
    pub chance: u64,
    /// The language of the texts, by its code.
    pub language: String,
}

/// One repetition, or the whole.
#[derive(Debug)]
pub(crate) struct Scope {
    /// The repeat, or 0.
    pub frame: NodeIndex,
    /// The scope around it; the whole stands in itself.
    pub parent: usize,
    /// Its place among the repetitions, from 1.
    pub number: usize,
    /// The repetition's id; nil for the whole.
    pub id: Uuid,
    /// Its first cell; the others follow by [`super::form::Node::place`].
    base: usize,
}

/// A question, group or repeat in one repetition.
#[derive(Debug)]
pub(crate) struct Cell<'q> {
    pub node: NodeIndex,
    pub scope: usize,
    pub atom: Atom<'q>,
    /// The answer as it was given, where its type has another way to write it: `0.0`, `08:00`.
    pub given: Option<Cow<'q, str>>,
    pub relevant: bool,
}

impl Cell<'_> {
    /// The answer as it was given or computed.
    pub fn text(&self) -> Cow<'_, str> {
        self.given.as_deref().map_or_else(|| self.atom.text(), Cow::Borrowed)
    }
}

/// Where the answers of the whole, or of one repetition, are found.
pub(crate) trait Answered<'q>: Copy {
    /// The answer to a question; empty for none.
    fn answer(self, index: NodeIndex, question: &Node) -> Cow<'q, str>;

    /// The repetitions of a repeat, in order, each with its id.
    fn repetitions(self, index: NodeIndex, repeat: &Node) -> Vec<(Uuid, Self)>;
}

impl<'q> Answered<'q> for &'q Answers {
    fn answer(self, _: NodeIndex, question: &Node) -> Cow<'q, str> {
        self.get(&question.key).into()
    }

    fn repetitions(self, _: NodeIndex, repeat: &Node) -> Vec<(Uuid, Self)> {
        let repetitions = self.repeats.get(&repeat.key).into_iter().flatten();
        repetitions.map(|repetition| (repetition.id, &repetition.answers)).collect()
    }
}

/// A questionnaire over its answers.
#[derive(Debug)]
pub struct State<'q> {
    pub(crate) questionnaire: &'q Questionnaire,
    pub(crate) surroundings: &'q Surroundings,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) cells: Vec<Cell<'q>>,
    /// The scopes of each frame, in order.
    scopes_of: Vec<Vec<usize>>,
    chance: Mutable<u64>,
}

impl<'q> State<'q> {
    /// Evaluates the whole questionnaire over these answers.
    pub fn of(
        questionnaire: &'q Questionnaire,
        answers: &'q Answers,
        surroundings: &'q Surroundings,
    ) -> Self {
        State::over(questionnaire, answers, surroundings)
    }

    /// The same over answers that stand elsewhere.
    pub(crate) fn over(
        questionnaire: &'q Questionnaire,
        answered: impl Answered<'q>,
        surroundings: &'q Surroundings,
    ) -> Self {
        let count = questionnaire.nodes.len();
        let mut state = State {
            questionnaire,
            surroundings,
            scopes: Vec::new(),
            cells: Vec::with_capacity(count),
            scopes_of: vec![Vec::new(); count],
            chance: Mutable::new(surroundings.chance),
        };
        state.add_scope(0, 0, 1, Uuid::nil(), answered);
        for index in &questionnaire.order {
            state.compute(*index);
        }
        state
    }

    fn add_scope(
        &mut self,
        frame: NodeIndex,
        parent: usize,
        number: usize,
        id: Uuid,
        answered: impl Answered<'q>,
    ) {
        let scope = self.scopes.len();
        self.scopes.push(Scope { frame, parent, number, id, base: self.cells.len() });
        if let Some(scopes) = self.scopes_of.get_mut(frame) {
            scopes.push(scope);
        }
        let questionnaire = self.questionnaire;
        let nodes = questionnaire.nodes_in(frame);
        for node in nodes {
            let known = questionnaire.node(*node);
            let (atom, given) = match known.question() {
                Some(question) => question.answer.atom(answered.answer(*node, known)),
                None => (Atom::NOTHING, None),
            };
            self.cells.push(Cell { node: *node, scope, atom, given, relevant: false });
        }
        for node in nodes.iter().copied() {
            let known = questionnaire.node(node);
            if matches!(known.kind, Kind::Repeat { .. }) {
                for (number, (id, inside)) in (1..).zip(answered.repetitions(node, known)) {
                    self.add_scope(node, scope, number, id, inside);
                }
            }
        }
    }

    /// Computes a node in every repetition it stands in; what decides about it was computed before.
    fn compute(&mut self, index: NodeIndex) {
        if index == 0 {
            return;
        }
        let questionnaire = self.questionnaire;
        let node = questionnaire.node(index);
        let calculation = node.question().and_then(|question| question.calculation.as_ref());
        for number in 0.. {
            let Some(scope) = self.scopes_of.get(node.frame).and_then(|of| of.get(number)).copied() else {
                break;
            };
            let relevant = self.parent_is_relevant(index, scope)
                && node.relevant.as_ref().is_none_or(|r| self.evaluate(r, index, scope).truth());
            let computed = match calculation {
                Some(calculation) if relevant => Some(self.evaluate(calculation, index, scope).into_owned()),
                _ => None,
            };
            let Some(cell) = self.cell_of(index, scope) else { continue };
            let Some(cell) = self.cells.get_mut(cell) else { continue };
            cell.relevant = relevant;
            if let Some(atom) = computed {
                // What cannot be computed yet is no answer.
                let nothing = matches!(atom, Atom::Number(n) if n.is_nan());
                cell.atom = if nothing { Atom::NOTHING } else { atom };
                cell.given = None;
            }
        }
    }

    fn parent_is_relevant(&self, index: NodeIndex, scope: usize) -> bool {
        let parent = self.questionnaire.node(index).parent;
        let Some(here) = self.scopes.get(scope) else { return false };
        let scope = if parent == here.frame { here.parent } else { scope };
        parent == 0 || self.cell(parent, scope).is_some_and(|cell| cell.relevant)
    }

    /// `None` for a scope that the node does not stand in.
    fn cell_of(&self, index: NodeIndex, scope: usize) -> Option<usize> {
        let node = self.questionnaire.node(index);
        let here = self.scopes.get(scope).filter(|here| here.frame == node.frame)?;
        Some(here.base + node.place)
    }

    /// The cell of a node in one of its scopes.
    pub(crate) fn cell(&self, index: NodeIndex, scope: usize) -> Option<&Cell<'q>> {
        self.cells.get(self.cell_of(index, scope)?)
    }

    /// What an expression of this node comes to in this scope.
    pub(crate) fn value<'s>(
        &'s self,
        expression: &'s BoundExpression,
        index: NodeIndex,
        scope: usize,
    ) -> Value<'s> {
        expression.evaluate(&Here { state: self, index, scope, choice: None })
    }

    /// The same as a single value.
    pub(crate) fn evaluate<'s>(
        &'s self,
        expression: &'s BoundExpression,
        index: NodeIndex,
        scope: usize,
    ) -> Atom<'s> {
        self.value(expression, index, scope).into_atom()
    }

    /// The choices of this name that are offered, or of any, those left out that the filter leaves out.
    pub(crate) fn choices<'s>(
        &'s self,
        cell: &Cell<'_>,
        name: Option<&'s str>,
    ) -> impl Iterator<Item = &'q Choice> + use<'s, 'q> {
        let questionnaire: &'q Questionnaire = self.questionnaire;
        let question = questionnaire.node(cell.node).question();
        let choosing = question.and_then(|question| question.answer.choosing());
        let filter = question.and_then(|question| question.choice_filter.as_ref());
        let (index, scope) = (cell.node, cell.scope);
        let offered = move |choice: &&'q Choice| {
            let here = Here { state: self, index, scope, choice: Some(choice) };
            filter.is_none_or(|filter| filter.evaluate(&here).truth())
        };
        let all = choosing.into_iter().flat_map(|choosing| questionnaire.choices(choosing));
        all.filter(move |choice| name.is_none_or(|name| choice.name == name)).filter(offered)
    }

    /// A text in the language of these surroundings, with the answers that stand in it.
    pub(crate) fn text(&self, texts: &Texts, index: NodeIndex, scope: usize) -> String {
        let template = texts.get(&self.surroundings.language, &self.questionnaire.default_language);
        template.map(|template| self.written(template, index, scope)).unwrap_or_default()
    }

    fn written(&self, template: &Template, index: NodeIndex, scope: usize) -> String {
        let here = Here { state: self, index, scope, choice: None };
        let part = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Answer(bound) => here.nodes(bound).into_atom().into_text().into_owned(),
        };
        template.0.iter().map(part).collect()
    }

    /// The scope of this one's chain that belongs to `frame`: itself, or one it stands in.
    fn scope_in(&self, mut scope: usize, frame: NodeIndex) -> usize {
        while let Some(here) = self.scopes.get(scope).filter(|here| here.frame != frame && scope != 0) {
            scope = here.parent;
        }
        scope
    }

    fn is_inside(&self, mut scope: usize, around: usize) -> bool {
        while scope != around && scope != 0 {
            scope = self.scopes.get(scope).map_or(0, |here| here.parent);
        }
        scope == around
    }

    /// The scopes of `frame` inside this one, in order.
    fn scopes_inside(&self, frame: NodeIndex, around: usize) -> impl Iterator<Item = usize> {
        let scopes = self.scopes_of.get(frame).map_or(&[][..], Vec::as_slice);
        scopes.iter().copied().filter(move |scope| self.is_inside(*scope, around))
    }
}

/// A place that an expression is evaluated at.
struct Here<'s, 'q> {
    state: &'s State<'q>,
    index: NodeIndex,
    scope: usize,
    choice: Option<&'s Choice>,
}

impl<'s> Here<'s, '_> {
    fn relevant_atom(&self, node: NodeIndex, scope: usize) -> Option<Atom<'s>> {
        self.state.cell(node, scope).filter(|cell| cell.relevant).map(|cell| cell.atom.lent())
    }

    fn question_of(&self, reference: &Bound) -> NodeIndex {
        match reference {
            Bound::Node { node, .. } => *node,
            Bound::Here | Bound::Column(_) => self.index,
        }
    }
}

impl<'s> Context<'s, Bound> for Here<'s, '_> {
    fn nodes(&self, reference: &Bound) -> Value<'s> {
        let (node, within) = match reference {
            Bound::Here => return self.here().into(),
            Bound::Column(column) => {
                let cell = self.choice.and_then(|choice| choice.columns.get(column));
                return Cow::Borrowed(cell.map_or("", String::as_str)).into();
            }
            Bound::Node { node, within } => (*node, *within),
        };
        let state = self.state;
        let known = state.questionnaire.node(node);
        let around = state.scope_in(self.scope, within);
        Value::Nodes(match known.kind {
            // A repeat stands for its repetitions; they have no answer of their own.
            Kind::Repeat { .. } => state
                .scopes_inside(node, around)
                .filter(|scope| {
                    let parent = state.scopes.get(*scope).map_or(0, |here| here.parent);
                    state.cell(node, parent).is_some_and(|cell| cell.relevant)
                })
                .map(|_| Atom::NOTHING)
                .collect(),
            _ if known.frame == within => match self.relevant_atom(node, around) {
                Some(atom) => return atom.into(),
                None => Vec::new(),
            },
            _ => {
                let scopes = state.scopes_inside(known.frame, around);
                scopes.filter_map(|scope| self.relevant_atom(node, scope)).collect()
            }
        })
    }

    fn here(&self) -> Atom<'s> {
        self.state.cell(self.index, self.scope).map_or(Atom::NOTHING, |cell| cell.atom.lent())
    }

    fn position(&self, reference: Option<&Bound>) -> usize {
        let node = reference.map(|r| self.question_of(r));
        let frame = match node {
            Some(node) if matches!(self.state.questionnaire.node(node).kind, Kind::Repeat { .. }) => node,
            Some(node) => self.state.questionnaire.node(node).frame,
            None => self.state.questionnaire.node(self.index).frame,
        };
        let scope = self.state.scope_in(self.scope, frame);
        self.state.scopes.get(scope).map_or(1, |here| here.number)
    }

    fn indexed(&self, question: &Bound, repeats: &[(&Bound, usize)]) -> Vec<Atom<'s>> {
        let state = self.state;
        let question = self.question_of(question);
        let frame = state.questionnaire.node(question).frame;
        let numbered = |scope: usize| {
            repeats.iter().all(|(repeat, number)| {
                let scope = state.scope_in(scope, self.question_of(repeat));
                scope != 0 && state.scopes.get(scope).is_some_and(|here| here.number == *number)
            })
        };
        let scopes = state.scopes_inside(frame, 0).filter(|scope| numbered(*scope));
        scopes.filter_map(|scope| self.relevant_atom(question, scope)).collect()
    }

    fn choice_name(&self, reference: &Bound, value: &str) -> Option<String> {
        let question = self.question_of(reference);
        let choosing = self.state.questionnaire.node(question).question()?.answer.choosing()?;
        let choice = self.state.questionnaire.choices(choosing).iter().find(|c| c.name == value)?;
        Some(self.state.text(&choice.label, 0, 0))
    }

    fn now(&self) -> DateTime<FixedOffset> {
        self.state.surroundings.now
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): every seed is good, and the next number is a few additions away.
    fn chance(&self) -> u64 {
        let seed = self.state.chance.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.state.chance.set(seed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pattern(&self, pattern: &str) -> Option<regex::Regex> {
        self.state.questionnaire.patterns.get(pattern).or_else(|| compile(pattern))
    }
}
