//! What can be wrong with an expression, in words.

use super::function::Function;
use super::parse::{DEPTH_LIMIT, LENGTH_LIMIT};
use crate::said;
use crate::said::Said;
use std::fmt;

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Where: the number of the character, from 1.
    pub at: usize,
    /// What.
    pub fault: Fault,
}

/// The ways in which an expression can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It ends where something must follow.
    Unfinished,
    /// Something else must stand here.
    Unexpected {
        /// What stands there.
        found: String,
        /// What should.
        wanted: Wanted,
    },
    /// A quotation mark is never closed.
    OpenQuotation,
    /// There is no function of this name.
    UnknownFunction {
        /// As it was written.
        name: String,
    },
    /// The function exists elsewhere, but not here.
    RefusedFunction {
        /// Its name.
        name: String,
    },
    /// A function got too few or too many arguments.
    Arguments {
        /// Which.
        function: Function,
        /// How many it got.
        got: usize,
    },
    /// A part of XPath that questionnaires do not have here.
    Unsupported {
        /// Which part.
        what: Foreign,
    },
    /// Past [`LENGTH_LIMIT`].
    TooLong,
    /// Past [`DEPTH_LIMIT`].
    TooDeep,
}

/// What must stand where something else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A number, a text, a question or a call.
    Value,
    /// A number that is one.
    Number,
    /// A name, of whatever.
    Name,
    /// The name in `${}`.
    Question,
    /// Behind a value.
    OperatorOrEnd,
    /// This very sign.
    Sign(&'static str),
    /// Behind an argument.
    CommaOrClose,
}

/// What XPath has and questionnaires do not have here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// `a | b`
    Union,
    /// `a[b]`
    Condition,
    /// `@a`, `*`
    AttributeOrAny,
    /// `${a}/b`
    PathBehindName,
    /// `//a`
    Descent,
    /// `a:b` that is no function.
    Prefix,
}

impl ParseError {
    /// In words.
    pub fn said(&self) -> Said {
        let at = self.at;
        self.fault.said().and(&said!(" (at character {at})", " (au caractère {at})"))
    }
}

impl Fault {
    /// In words.
    pub fn said(&self) -> Said {
        match self {
            Fault::Unfinished => said!("something is missing at the end", "il manque quelque chose à la fin"),
            Fault::Unexpected { found, wanted } => {
                let Said { en, fr } = wanted.said();
                Said::new(
                    format!("{found:?} is not expected here; {en} is"),
                    format!("« {found} » n’est pas attendu ici ; il faut {fr}"),
                )
            }
            Fault::OpenQuotation => {
                said!(
                    "the quotation that begins here does not end",
                    "le guillemet ouvert ici n’est jamais fermé"
                )
            }
            Fault::UnknownFunction { name } => {
                said!("there is no function {name}()", "il n’y a pas de fonction {name}()").and(&meant(name))
            }
            Fault::RefusedFunction { name } => {
                said!(
                    "the function {name}() is not supported",
                    "la fonction {name}() n’est pas prise en charge"
                )
            }
            Fault::Arguments { function, got } => {
                let name = function.as_str();
                said!("{name}() ", "{name}() ")
                    .and(&takes(*function))
                    .and(&said!(", not {got}", " ; il y en a {got} ici"))
            }
            Fault::Unsupported { what } => {
                let Said { en, fr } = what.said();
                Said::new(format!("{en} is not supported"), format!("{fr} : cela n’est pas pris en charge"))
            }
            Fault::TooLong => {
                said!(
                    "an expression has at most {LENGTH_LIMIT} bytes",
                    "une expression a au plus {LENGTH_LIMIT} octets"
                )
            }
            Fault::TooDeep => {
                said!(
                    "more than {DEPTH_LIMIT} parts inside one another",
                    "plus de {DEPTH_LIMIT} parties les unes dans les autres"
                )
            }
        }
    }
}

impl Wanted {
    fn said(self) -> Said {
        match self {
            Wanted::Value => said!("a value", "une valeur"),
            Wanted::Number => said!("a number", "un nombre"),
            Wanted::Name => said!("a name", "un nom"),
            Wanted::Question => said!("the name of a question", "le nom d’une question"),
            Wanted::OperatorOrEnd => said!("an operator or the end", "un opérateur ou la fin"),
            Wanted::Sign(sign) => said!("{sign:?}", "« {sign} »"),
            Wanted::CommaOrClose => said!("\",\" or \")\"", "« , » ou « ) »"),
        }
    }
}

impl Foreign {
    fn said(self) -> Said {
        match self {
            Foreign::Union => said!("joining by |", "une union par |"),
            Foreign::Condition => said!("a condition in [ ]", "une condition entre [ ]"),
            Foreign::AttributeOrAny => said!("a path with @ or *", "un chemin avec @ ou *"),
            Foreign::PathBehindName => said!("a path after ${{…}}", "un chemin après ${{…}}"),
            Foreign::Descent => said!("a path with //", "un chemin avec //"),
            Foreign::Prefix => said!("a prefix of a name", "un préfixe devant un nom"),
        }
    }
}

fn takes(function: Function) -> Said {
    match function.arguments() {
        (0, 0) => said!("takes no argument", "ne prend aucun argument"),
        (1, 1) => said!("takes 1 argument", "prend 1 argument"),
        (least, most) if least == most => said!("takes {least} arguments", "prend {least} arguments"),
        (1, usize::MAX) => said!("takes 1 argument or more", "prend 1 argument ou plus"),
        (least, usize::MAX) => said!("takes {least} arguments or more", "prend {least} arguments ou plus"),
        (least, most) => said!("takes {least} to {most} arguments", "prend de {least} à {most} arguments"),
    }
}

/// A function that is written nearly the same: with another case, or `_` for `-`.
fn meant(name: &str) -> Said {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], "");
    match Function::ALL.iter().find(|f| plain(f.as_str()) == plain(name)) {
        Some(function) => {
            let meant = function.as_str();
            said!("; did you mean {meant}()?", " ; vouliez-vous dire {meant}() ?")
        }
        None => Said::default(),
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

impl std::error::Error for ParseError {}
