//! One value of a table, and how each kind of file writes it.

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Value, json};

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, or one of a list of words.
    Text,
    /// A small whole number: a count or a rating.
    Number,
    /// A whole number of any size, such as the answer to a question.
    Long,
    /// A number with a fraction.
    Decimal,
    /// A day.
    Date,
    /// A moment, in universal time.
    Moment,
    /// Yes or no.
    YesNo,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing: not answered, or withheld.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A number.
    Decimal(f64),
    /// A day.
    Date(NaiveDate),
    /// A moment.
    Moment(DateTime<FixedOffset>),
    /// Yes or no.
    YesNo(bool),
}

impl Cell {
    /// Words; none where there are none.
    pub fn text(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
    }

    /// The word that a value is written as in JSON.
    pub fn word(value: Option<impl Serialize>) -> Cell {
        let word = value.and_then(|value| serde_json::to_value(value).ok());
        word.and_then(|word| word.as_str().map(Cell::text)).unwrap_or(Cell::Empty)
    }

    /// Yes, no, or not answered.
    pub fn yes_no(answer: Option<bool>) -> Cell {
        answer.map_or(Cell::Empty, Cell::YesNo)
    }

    /// How many.
    pub fn count(count: usize) -> Cell {
        Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// The answer to a question, as its column holds it. One that does not fit stays as it was written: nothing is dropped.
    pub fn answer(kind: Kind, answer: &str) -> Cell {
        let typed = match kind {
            Kind::Long | Kind::Number => answer.trim().parse().ok().map(Cell::Number),
            Kind::Decimal => answer.trim().parse().ok().filter(|n: &f64| n.is_finite()).map(Cell::Decimal),
            Kind::Date => answer.parse().ok().map(Cell::Date),
            Kind::Text | Kind::Moment | Kind::YesNo => None,
        };
        typed.unwrap_or_else(|| Cell::text(answer))
    }

    /// As a CSV file has it; words that a spreadsheet would take for a formula are made harmless.
    pub fn in_csv(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => harmless(text),
            Cell::Number(number) => number.to_string(),
            Cell::Decimal(number) => number.to_string(),
            Cell::Date(day) => day.to_string(),
            Cell::Moment(moment) => moment_text(moment),
            Cell::YesNo(yes) => yes.to_string(),
        }
    }

    /// As JSON has it, in a column of this kind; nothing where it is of another kind, since a feed has promised the kind.
    pub fn in_feed(&self, kind: Kind) -> Value {
        match (self, kind) {
            (Cell::Text(text), Kind::Text) => json!(text),
            (Cell::Number(number), Kind::Number) => json!(i32::try_from(*number).ok()),
            (Cell::Number(number), Kind::Long) => json!(number),
            (Cell::Number(number), Kind::Decimal) => json!(number),
            (Cell::Decimal(number), Kind::Decimal) => json!(number),
            (Cell::Date(day), Kind::Date) => json!(day),
            (Cell::Moment(moment), Kind::Moment) => json!(moment_text(moment)),
            (Cell::YesNo(yes), Kind::YesNo) => json!(yes),
            _ => Value::Null,
        }
    }
}

/// A moment as files write it.
pub fn moment_text(moment: &DateTime<FixedOffset>) -> String {
    moment.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What stands before a sign that would begin a formula: a blank that no spreadsheet takes away, and that `str.strip` does.
pub const HARMLESS: char = '\u{a0}';

/// Makes words harmless that a spreadsheet would take for a formula: whoever tells a story could have the reader's own
/// spreadsheet run something. Not only at the beginning: where the list separator is `;`, as in French, a spreadsheet that is
/// handed a file with commas cuts a cell at `;` and at the end of a line, whatever quotes stand around it.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at_beginning = true;
    for letter in text.chars() {
        if at_beginning && matches!(letter, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            out.push(HARMLESS);
        }
        if out.is_empty() && matches!(letter, '\t' | '\r' | '\n') {
            out.push(HARMLESS);
        }
        out.push(letter);
        let cuts = matches!(letter, ';' | '\t' | '\r' | '\n');
        at_beginning = cuts || (at_beginning && (letter.is_whitespace() || letter == '"'));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_a_formula_is_words() {
        for (told, written) in [
            ("=1+1", "\u{a0}=1+1"),
            ("+223 70 00 00 11", "\u{a0}+223 70 00 00 11"),
            ("-2 sacs", "\u{a0}-2 sacs"),
            ("@SUM(A1)", "\u{a0}@SUM(A1)"),
            ("  =1+1", "  \u{a0}=1+1"),
            ("\t=1", "\u{a0}\t\u{a0}=1"),
            ("\rcmd", "\u{a0}\rcmd"),
            ("＝1", "\u{a0}＝1"),
            ("avant;=cmd|' /C calc'!A0;après", "avant;\u{a0}=cmd|' /C calc'!A0;après"),
            ("un\n=1+1", "un\n\u{a0}=1+1"),
            ("\"=1+1", "\"\u{a0}=1+1"),
            ("peut-être + rien", "peut-être + rien"),
            ("", ""),
        ] {
            assert_eq!(harmless(told), written, "{told:?}");
            let back: String = written.chars().filter(|c| *c != HARMLESS).collect();
            assert_eq!(back, told, "whoever takes the blank away has what was told");
        }
    }

    #[test]
    fn numbers_stay_numbers_and_what_fits_no_kind_stays_words() {
        assert_eq!(Cell::answer(Kind::Long, "-5").in_csv(), "-5");
        assert_eq!(Cell::answer(Kind::Decimal, "0.50").in_csv(), "0.5");
        assert_eq!(Cell::answer(Kind::Long, "sept").in_csv(), "sept");
        assert_eq!(Cell::answer(Kind::Date, "2022-09-14"), Cell::Date("2022-09-14".parse().unwrap()));
        assert_eq!(Cell::answer(Kind::Long, "sept").in_feed(Kind::Long), Value::Null);
        assert_eq!(Cell::Number(i64::MAX).in_feed(Kind::Number), Value::Null);
    }
}
