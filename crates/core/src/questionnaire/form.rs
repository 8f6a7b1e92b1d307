//! A questionnaire that was read and found sound: its questions as a tree, every reference bound to what it
//! names, and an order in which all of it can be computed.

use super::expression::Expression;
use super::expression::evaluate::compile;
use super::expression::value::Atom;
use super::mapping::Mapped;
use crate::said;
use crate::said::Said;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use ts_rs::TS;

/// A question, group or repeat by its place in [`Questionnaire::nodes`]; 0 is the whole.
pub type NodeIndex = usize;

/// What a reference of an expression was bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// The answer of the question that the expression belongs to.
    Here,
    /// The answers of `node`, in the same repetition of the repeat `within` (0: in the whole).
    Node {
        /// What is named.
        node: NodeIndex,
        /// The repeat whose repetition both share.
        within: NodeIndex,
    },
    /// A column of the choice that is looked at.
    Column(String),
}

/// An expression of a sound questionnaire.
pub type BoundExpression = Expression<Bound>;

/// A text for people in which answers may stand: `Combien d'années ${name} a-t-elle été membre ?`
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template(pub Vec<Part>);

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Words as they stand.
    Words(String),
    /// An answer.
    Answer(Bound),
}

/// A text in each language it was written in, by the language's code: `fr`, `en`, `bm`. The code is empty for a
/// column without a language.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts(pub BTreeMap<String, Template>);

/// A whole questionnaire.
#[derive(Debug, Clone, PartialEq)]
pub struct Questionnaire {
    /// The short name that its versions share.
    pub id: String,
    /// Which version.
    pub version: String,
    /// What people call it.
    pub title: Texts,
    /// The codes of its languages, in the order of the columns' names.
    pub languages: Vec<String>,
    /// The language that shows where another is missing.
    pub default_language: String,
    /// Everything in it, parents before children, in the order of the sheet. The first is the whole.
    pub nodes: Vec<Node>,
    /// The lists of choices.
    pub lists: Vec<List>,
    /// The nodes in an order in which each comes after all that decide about it.
    pub order: Vec<NodeIndex>,
    /// The patterns that expressions give as they stand.
    pub patterns: Patterns,
    /// Where the parts of a story are asked.
    pub(crate) mapped: Mapped,
    /// What stands directly in each node, in order.
    pub(crate) children: Vec<Vec<NodeIndex>>,
    /// What stands in each frame but not in a repeat inside it, in order; empty for what is no frame.
    pub(crate) in_frame: Vec<Vec<NodeIndex>>,
}

/// Regular expressions that were compiled when the questionnaire was read, by their text.
#[derive(Debug, Clone, Default)]
pub struct Patterns(BTreeMap<String, regex::Regex>);

impl Patterns {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Where it is none, in words.
    pub fn add(&mut self, pattern: &str) -> Result<(), Said> {
        if self.0.contains_key(pattern) {
            return Ok(());
        }
        let compiled = compile(pattern).ok_or_else(|| {
            said!("{pattern:?} is no regular expression", "« {pattern} » n’est pas une expression régulière")
        })?;
        self.0.insert(pattern.to_owned(), compiled);
        Ok(())
    }

    /// The compiled pattern.
    pub fn get(&self, pattern: &str) -> Option<regex::Regex> {
        self.0.get(pattern).cloned()
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.0.keys().eq(other.0.keys())
    }
}

/// A question, a group, a repeat or the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// As expressions call it.
    pub name: String,
    /// Under which answers keep it: the name, or where two questions share one, the names down to it.
    pub key: String,
    /// The row of the survey sheet.
    pub row: usize,
    /// What it stands in; the whole stands in itself.
    pub parent: NodeIndex,
    /// The innermost repeat around it, or the whole.
    pub frame: NodeIndex,
    /// Its place among the nodes of that frame.
    pub place: usize,
    /// What it is.
    pub kind: Kind,
    /// What people read.
    pub label: Texts,
    /// A short help beneath it.
    pub hint: Texts,
    /// A longer help for those who learn.
    pub guidance_hint: Texts,
    /// When it is asked; always, where there is none.
    pub relevant: Option<BoundExpression>,
    /// How it should look, in XLSForm's words.
    pub appearance: String,
    /// Which part of a story of change it fills; see [`super::mapping`].
    pub maps_to: String,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Questions that belong together.
    Group,
    /// Questions that are asked again and again.
    Repeat {
        /// How many times; where there is none, as often as people add one.
        count: Option<BoundExpression>,
    },
    /// A question.
    Question(Box<Question>),
}

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is answered.
    pub answer: AnswerType,
    /// When it must be answered; never, where there is none.
    pub required: Option<BoundExpression>,
    /// What people read where the answer is missing.
    pub required_message: Texts,
    /// What must hold of the answer.
    pub constraint: Option<BoundExpression>,
    /// What people read where it does not.
    pub constraint_message: Texts,
    /// What the answer is computed from.
    pub calculation: Option<BoundExpression>,
    /// The answer it begins with.
    pub default: Option<BoundExpression>,
    /// Which choices are offered.
    pub choice_filter: Option<BoundExpression>,
    /// When it may not be changed by hand.
    pub read_only: Option<BoundExpression>,
    /// When a place is told as it was measured ([`crate::place`]); never, where there is none.
    pub exact_place: Option<BoundExpression>,
    /// The kind of question in the method.
    pub question_type: Option<QuestionType>,
    /// What to ask when the answer stays thin, one a line.
    pub probes: Texts,
    /// The technique card that helps with it.
    pub technique: String,
}

/// The kinds of questions that collectors learn to tell apart (domain.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum QuestionType {
    /// Opens the talk.
    Opening,
    /// Leaves the answer open.
    Open,
    /// Goes deeper.
    Probing,
    /// Offers answers to choose from.
    Closed,
    /// Makes sure of what was understood.
    Checking,
}

/// What a question's answer is.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerType {
    /// Words.
    Text,
    /// Nothing: it is read, not answered.
    Note,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// A day with its time.
    DateTime,
    /// One choice.
    SelectOne(Choosing),
    /// Any number of choices.
    SelectMultiple(Choosing),
    /// All choices, in an order.
    Rank(Choosing),
    /// A number on a scale.
    Range {
        /// The least.
        start: f64,
        /// The most.
        end: f64,
        /// From one to the next.
        step: f64,
    },
    /// A place: latitude, longitude, altitude, accuracy in metres.
    Geopoint,
    /// A picture, by its digest.
    Image,
    /// A recording, by its digest.
    Audio,
    /// Any file, by its digest.
    File,
    /// Computed, and never shown.
    Calculate,
    /// Kept, and never shown.
    Hidden,
    /// "I have read this."
    Acknowledge,
}

/// Among which choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosing {
    /// Which list, by its place in [`Questionnaire::lists`].
    pub list: usize,
}

/// A list of choices.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// As rows of the survey sheet call it.
    pub name: String,
    /// In the order of the sheet.
    pub choices: Vec<Choice>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What is kept.
    pub name: String,
    /// What people read.
    pub label: Texts,
    /// Every cell of its row, for `choice_filter`.
    pub columns: BTreeMap<String, String>,
}

impl AnswerType {
    /// Whether there is something for people to answer.
    pub fn is_asked(&self) -> bool {
        !matches!(self, AnswerType::Note | AnswerType::Calculate | AnswerType::Hidden)
    }

    /// Whether the answer is a file, by its digest.
    pub fn is_file(&self) -> bool {
        matches!(self, AnswerType::Image | AnswerType::Audio | AnswerType::File)
    }

    /// The choices, where there are some.
    pub fn choosing(&self) -> Option<&Choosing> {
        match self {
            AnswerType::SelectOne(c) | AnswerType::SelectMultiple(c) | AnswerType::Rank(c) => Some(c),
            _ => None,
        }
    }

    /// The answer's text as expressions see it: with its type, where the text is of that type, and then the text beside it.
    pub fn atom<'t>(&self, text: Cow<'t, str>) -> (Atom<'t>, Option<Cow<'t, str>>) {
        use super::expression::{time, value::number_of};
        let typed = match self {
            AnswerType::Integer | AnswerType::Decimal | AnswerType::Range { .. } => {
                Some(number_of(&text)).filter(|n| !n.is_nan()).map(Atom::Number)
            }
            AnswerType::Date => time::date(&text).map(Atom::Date),
            AnswerType::DateTime => time::date_time(&text, time::offset_of_none()).map(Atom::DateTime),
            AnswerType::Time => time::time(&text).map(Atom::Time),
            _ => None,
        };
        match typed {
            Some(atom) => (atom, Some(text)),
            None => (Atom::Text(text), None),
        }
    }
}

impl Questionnaire {
    /// The node of this index. Indexes come from the questionnaire itself, so there always is one; the whole
    /// stands in for one that comes from elsewhere.
    #[allow(clippy::indexing_slicing)] // The whole is always there: the reader puts it first.
    pub fn node(&self, index: NodeIndex) -> &Node {
        self.nodes.get(index).unwrap_or_else(|| &self.nodes[0])
    }

    /// The nodes that stand directly in this one, in order.
    pub fn children(&self, index: NodeIndex) -> &[NodeIndex] {
        self.children.get(index).map_or(&[], Vec::as_slice)
    }

    /// The nodes of this frame, in order.
    pub fn nodes_in(&self, frame: NodeIndex) -> &[NodeIndex] {
        self.in_frame.get(frame).map_or(&[], Vec::as_slice)
    }

    /// The repeats around a node, the innermost first, and the whole at the end.
    pub fn frames(&self, index: NodeIndex) -> Vec<NodeIndex> {
        let mut frames = vec![self.node(index).frame];
        while let Some(last) = frames.last().copied().filter(|last| *last != 0) {
            frames.push(self.node(last).frame);
        }
        frames
    }

    /// What is kept under this key in this frame.
    pub fn keyed(&self, key: &str, frame: NodeIndex) -> Option<NodeIndex> {
        self.nodes_in(frame).iter().copied().find(|index| self.node(*index).key == key)
    }

    /// The choices of a list.
    pub fn choices(&self, choosing: &Choosing) -> &[Choice] {
        self.lists.get(choosing.list).map_or(&[], |list| &list.choices)
    }
}

impl Node {
    /// The question, where it is one.
    pub fn question(&self) -> Option<&Question> {
        match &self.kind {
            Kind::Question(question) => Some(question),
            Kind::Group | Kind::Repeat { .. } => None,
        }
    }
}

impl Texts {
    /// The text in this language, else in the fallback, else in any.
    pub fn get(&self, language: &str, fallback: &str) -> Option<&Template> {
        let texts = &self.0;
        texts.get(language).or_else(|| texts.get(fallback)).or_else(|| texts.values().next())
    }
}
