//! What the cells `type`, `parameters`, `name` and `question_type` may say.

use crate::questionnaire::form::{AnswerType, Choosing, List, QuestionType};
use crate::said;
use crate::said::Said;

/// What a row is.
pub enum RowType {
    /// `begin_group`, `begin_repeat`
    Begin(&'static str),
    /// `end_group`, `end_repeat`
    End(&'static str),
    /// A question.
    Question {
        /// What is answered.
        answer: AnswerType,
        /// Whether "other" is offered, and asked for behind it.
        or_other: bool,
    },
}

/// Types of other tools that are refused by name.
const REFUSED: &[&str] = &[
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "email",
    "simserial",
    "subscriberid",
    "audit",
    "start-geopoint",
    "background-audio",
    "background-geopoint",
    "geotrace",
    "geoshape",
    "barcode",
    "video",
    "select_one_from_file",
    "select_multiple_from_file",
    "csv-external",
    "xml-external",
    "osm",
    "entity",
    "select_one_external",
    "include",
    "loop",
];

/// The type that a cell names.
///
/// # Errors
/// What is wrong with it.
pub fn row_type(cell: &str, lists: &[List]) -> Result<RowType, Said> {
    let words: Vec<&str> = cell.split_whitespace().collect();
    let small: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let small: Vec<&str> = small.iter().map(String::as_str).collect();
    let plain = |answer| Ok(RowType::Question { answer, or_other: false });
    match small.as_slice() {
        [] => Err(said!("there is no type", "il manque le type")),
        ["begin_group"] | ["begin", "group"] => Ok(RowType::Begin("group")),
        ["end_group"] | ["end", "group"] => Ok(RowType::End("group")),
        ["begin_repeat"] | ["begin", "repeat"] => Ok(RowType::Begin("repeat")),
        ["end_repeat"] | ["end", "repeat"] => Ok(RowType::End("repeat")),
        ["text" | "string" | "phonenumber"] | ["phone", "number"] => plain(AnswerType::Text),
        ["note"] => plain(AnswerType::Note),
        ["integer" | "int"] => plain(AnswerType::Integer),
        ["decimal"] => plain(AnswerType::Decimal),
        ["date"] => plain(AnswerType::Date),
        ["time"] => plain(AnswerType::Time),
        ["datetime"] => plain(AnswerType::DateTime),
        ["range"] => plain(AnswerType::Range { start: 1.0, end: 10.0, step: 1.0 }),
        ["geopoint" | "gps" | "location"] => plain(AnswerType::Geopoint),
        ["image" | "photo"] => plain(AnswerType::Image),
        ["audio"] => plain(AnswerType::Audio),
        ["file"] => plain(AnswerType::File),
        ["calculate"] => plain(AnswerType::Calculate),
        ["hidden"] => plain(AnswerType::Hidden),
        ["acknowledge" | "trigger"] => plain(AnswerType::Acknowledge),
        ["select_one" | "select_one_from" | "select1", ..] => {
            selecting(&words, 1, lists, AnswerType::SelectOne)
        }
        ["select", "one", "from", ..] => selecting(&words, 3, lists, AnswerType::SelectOne),
        ["select", "one", ..] => selecting(&words, 2, lists, AnswerType::SelectOne),
        ["select_multiple", ..] => selecting(&words, 1, lists, AnswerType::SelectMultiple),
        ["select", "all", "that", "apply", "from", ..] => {
            selecting(&words, 5, lists, AnswerType::SelectMultiple)
        }
        ["select", "multiple", "from", ..] => selecting(&words, 3, lists, AnswerType::SelectMultiple),
        ["select", "multiple", ..] => selecting(&words, 2, lists, AnswerType::SelectMultiple),
        ["rank", ..] => selecting(&words, 1, lists, AnswerType::Rank),
        [first, ..] if REFUSED.contains(first) => {
            Err(said!("the type {cell:?} is not supported", "le type « {cell} » n’est pas pris en charge"))
        }
        ["begin" | "end" | "begin_loop" | "end_loop", ..] => {
            Err(said!("{cell:?} is not supported", "« {cell} » n’est pas pris en charge"))
        }
        _ => Err(said!("there is no type {cell:?}", "le type « {cell} » n’existe pas")),
    }
}

fn selecting(
    words: &[&str],
    before: usize,
    lists: &[List],
    answer: fn(Choosing) -> AnswerType,
) -> Result<RowType, Said> {
    let (name, or_other) = match words.get(before..).unwrap_or_default() {
        [name] => (*name, false),
        [name, "or_other"] | [name, "or", "specify", "other"] => (*name, true),
        [] => {
            return Err(said!(
                "the name of a list of choices is missing",
                "il manque le nom d’une liste de choix"
            ));
        }
        more => {
            let more = more.join(" ");
            return Err(said!(
                "{more:?} is not the name of a list of choices",
                "« {more} » n’est pas le nom d’une liste de choix"
            ));
        }
    };
    let name_of_list = if or_other { super::choices::with_other(name) } else { name.to_owned() };
    match lists.iter().position(|list| list.name == name_of_list) {
        Some(list) => Ok(RowType::Question { answer: answer(Choosing { list }), or_other }),
        None => {
            Err(said!("there is no list of choices {name:?}", "il n’y a pas de liste de choix « {name} »"))
        }
    }
}

/// `start=0 end=10 step=1`
///
/// # Errors
/// What is wrong with it.
pub fn range(parameters: &str) -> Result<AnswerType, Said> {
    let (mut start, mut end, mut step) = (1.0, 10.0, 1.0);
    for word in parameters.split([' ', ';', ',']).filter(|word| !word.is_empty()) {
        let (name, number) = word
            .split_once('=')
            .ok_or_else(|| said!("{word:?} is not name=number", "« {word} » ne s’écrit pas nom=nombre"))?;
        let number: f64 = number
            .parse()
            .map_err(|_| said!("{number:?} is not a number", "« {number} » n’est pas un nombre"))?;
        match name.to_lowercase().as_str() {
            "start" => start = number,
            "end" => end = number,
            "step" => step = number,
            _ => {
                return Err(said!("there is no parameter {name:?}", "il n’y a pas de paramètre « {name} »"));
            }
        }
    }
    let sound = [start, end, step].iter().all(|n| n.is_finite()) && start < end && step > 0.0;
    if sound && (end - start) / step <= 1000.0 {
        Ok(AnswerType::Range { start, end, step })
    } else {
        Err(said!(
            "no range goes from {start} to {end} by {step}",
            "aucun range ne va de {start} à {end} par pas de {step}"
        ))
    }
}

/// Whether this can be the name of a question.
pub fn is_name(name: &str) -> bool {
    name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The kind of question in the method.
///
/// # Errors
/// What is wrong with it.
pub fn question_type(cell: &str) -> Result<Option<QuestionType>, Said> {
    if cell.is_empty() {
        return Ok(None);
    }
    match QuestionType::ALL.iter().find(|(_, word)| *word == cell) {
        Some((question_type, _)) => Ok(Some(*question_type)),
        None => {
            let known: Vec<&str> = QuestionType::ALL.iter().map(|(_, word)| *word).collect();
            let known = known.join(", ");
            Err(said!("{cell:?} is none of: {known}", "« {cell} » n’est aucun de ceux-ci : {known}"))
        }
    }
}
