//! The expressions of a questionnaire: `${age} > 17 and selected(${roles}, 'gra')`.
//!
//! The syntax is that of XLSForm, which is XPath 1.0 with `${name}` for "the question of that name". Where the
//! ODK XForms specification leaves no choice we follow it; `docs/questionnaire.md` lists where we differ.
//!
//! - [`parse`]: text to [`Expression`], or what is wrong and where;
//! - [`fault`]: that, in words;
//! - [`function`]: the functions there are, and those that are refused by name;
//! - [`value`]: what an expression comes to;
//! - [`evaluate`]: from the one to the other, given a [`Context`](evaluate::Context).

pub mod evaluate;
pub mod fault;
pub mod function;
pub(crate) mod geo;
pub mod parse;
mod text;
pub(crate) mod time;
pub mod value;

use function::Function;

/// A parsed expression. `R` is what a reference has become: a [`Reference`] as it was written, or what a
/// questionnaire bound it to.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression<R = Reference> {
    /// `'words'`
    Text(String),
    /// `12.5`
    Number(f64),
    /// `${name}`, `.`, `../x`
    Reference(R),
    /// `selected(a, b)`; the number of arguments is one that the function takes.
    Call(Function, Vec<Expression<R>>),
    /// `a + b`
    Binary(Operator, Box<Expression<R>>, Box<Expression<R>>),
    /// `- a`
    Negative(Box<Expression<R>>),
}

/// What stands between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `div`
    Div,
    /// `mod`
    Mod,
}

impl Operator {
    /// Every operator, the longer of two that begin alike first.
    pub const ALL: [Operator; 13] = [
        Operator::Or,
        Operator::And,
        Operator::NotEqual,
        Operator::LessOrEqual,
        Operator::GreaterOrEqual,
        Operator::Equal,
        Operator::Less,
        Operator::Greater,
        Operator::Plus,
        Operator::Minus,
        Operator::Times,
        Operator::Div,
        Operator::Mod,
    ];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Operator::Or => "or",
            Operator::And => "and",
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::Div => "div",
            Operator::Mod => "mod",
        }
    }

    /// How strongly it binds; the strongest has the highest number (XPath 1.0, 3.5).
    pub const fn strength(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Equal | Operator::NotEqual => 3,
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => 4,
            Operator::Plus | Operator::Minus => 5,
            Operator::Times | Operator::Div | Operator::Mod => 6,
        }
    }
}

/// How an expression names the answers it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `.`: the answer of the question that the expression belongs to.
    Here,
    /// `${name}`: the question of that name, in the same repetition where there is one.
    Named(String),
    /// `../../name`, `..`: up this many groups, then down by these names.
    Relative {
        /// How many times `..` stands there, at least once.
        up: usize,
        /// The names after it.
        down: Vec<String>,
    },
    /// `/form/group/name`: from the top, whose own name counts as the first.
    Absolute(Vec<String>),
    /// A bare `name`: in a `choice_filter` a column of the choice, elsewhere a question beneath this one.
    Bare(String),
}

impl<R> Expression<R> {
    /// The same expression with every reference replaced, or the first error of `bind`.
    ///
    /// # Errors
    /// Those of `bind`.
    pub fn bind<S, E>(self, bind: &mut impl FnMut(R) -> Result<S, E>) -> Result<Expression<S>, E> {
        Ok(match self {
            Expression::Text(text) => Expression::Text(text),
            Expression::Number(number) => Expression::Number(number),
            Expression::Reference(reference) => Expression::Reference(bind(reference)?),
            Expression::Call(function, arguments) => {
                let bound: Result<Vec<_>, E> = arguments.into_iter().map(|a| a.bind(bind)).collect();
                Expression::Call(function, bound?)
            }
            Expression::Binary(operator, left, right) => {
                Expression::Binary(operator, Box::new(left.bind(bind)?), Box::new(right.bind(bind)?))
            }
            Expression::Negative(operand) => Expression::Negative(Box::new(operand.bind(bind)?)),
        })
    }

    /// Every reference in the expression, from left to right.
    pub fn references(&self) -> Vec<&R> {
        let mut found = Vec::new();
        self.walk(&mut |part| {
            if let Expression::Reference(reference) = part {
                found.push(reference);
            }
        });
        found
    }

    /// Shows every part of the expression, the whole first, then from left to right.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expression<R>)) {
        visit(self);
        match self {
            Expression::Text(_) | Expression::Number(_) | Expression::Reference(_) => {}
            Expression::Call(_, arguments) => arguments.iter().for_each(|a| a.walk(visit)),
            Expression::Binary(_, left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            Expression::Negative(operand) => operand.walk(visit),
        }
    }
}

#[cfg(test)]
mod tests;
