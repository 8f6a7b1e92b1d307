//! What an expression comes to, and how one type becomes another (XPath 1.0, 4; ODK XForms, "data types").

use super::time;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use serde::Serialize;
use serde::ser::SerializeStruct;
use std::borrow::Cow;

/// A single value. A date keeps its type until somebody asks for its number, the days since 1 January 1970. Words are those of the
/// answers and of the expression themselves, as far as nothing was made of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
pub enum Atom<'v> {
    /// Words; the empty ones stand for "no answer".
    #[serde(rename = "string")]
    Text(Cow<'v, str>),
    /// A number; not-a-number where something else was asked to be one.
    #[serde(serialize_with = "number_or_word")]
    Number(f64),
    /// Yes or no.
    #[serde(rename = "boolean")]
    Bool(bool),
    /// A day.
    Date(NaiveDate),
    /// A day with its time, by the clock of where it was taken.
    #[serde(rename = "dateTime")]
    DateTime(DateTime<FixedOffset>),
    /// A time of the day.
    Time(NaiveTime),
}

/// Whole numbers stand without a point, and JSON has no word for what is not a number.
fn number_or_word<S: serde::Serializer>(number: &f64, out: S) -> Result<S::Ok, S::Error> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    if !number.is_finite() {
        return out.serialize_str(&number_text(*number));
    }
    #[allow(clippy::cast_possible_truncation)] // Whole, and well inside.
    if number.fract() == 0.0 && number.abs() < EXACT {
        out.serialize_i64(*number as i64)
    } else {
        out.serialize_f64(*number)
    }
}

/// A value: a single one, or those of all the answers that a reference found.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'v> {
    /// A single value.
    Atom(Atom<'v>),
    /// XPath's node-set, in the order of the questionnaire. A question outside of repetitions comes to a single value, or to none
    /// where it is not relevant.
    Nodes(Vec<Atom<'v>>),
}

/// `{"type","value"}`; the value of a `nodeset` is a list of such.
impl Serialize for Value<'_> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let nodes = match self {
            Value::Atom(atom) => return atom.serialize(out),
            Value::Nodes(nodes) => nodes,
        };
        let mut object = out.serialize_struct("Value", 2)?;
        object.serialize_field("type", "nodeset")?;
        object.serialize_field("value", nodes)?;
        object.end()
    }
}

impl<'v> From<Atom<'v>> for Value<'v> {
    fn from(atom: Atom<'v>) -> Self {
        Value::Atom(atom)
    }
}

impl From<bool> for Value<'_> {
    fn from(yes: bool) -> Self {
        Value::Atom(Atom::Bool(yes))
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Value::Atom(Atom::Number(number))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Atom(Atom::Text(text.into()))
    }
}

impl<'v> From<Cow<'v, str>> for Value<'v> {
    fn from(text: Cow<'v, str>) -> Self {
        Value::Atom(Atom::Text(text))
    }
}

impl<'v> Atom<'v> {
    /// No answer.
    pub const NOTHING: Atom<'static> = Atom::Text(Cow::Borrowed(""));

    /// The same value, its words lent.
    pub fn lent(&self) -> Atom<'_> {
        match self {
            Atom::Text(text) => Atom::Text(Cow::Borrowed(text)),
            Atom::Number(number) => Atom::Number(*number),
            Atom::Bool(yes) => Atom::Bool(*yes),
            Atom::Date(date) => Atom::Date(*date),
            Atom::DateTime(moment) => Atom::DateTime(*moment),
            Atom::Time(time) => Atom::Time(*time),
        }
    }

    /// The same value, its words its own.
    pub fn into_owned(self) -> Atom<'static> {
        match self {
            Atom::Text(text) => Atom::Text(Cow::Owned(text.into_owned())),
            Atom::Number(number) => Atom::Number(number),
            Atom::Bool(yes) => Atom::Bool(yes),
            Atom::Date(date) => Atom::Date(date),
            Atom::DateTime(moment) => Atom::DateTime(moment),
            Atom::Time(time) => Atom::Time(time),
        }
    }

    /// XPath's `string()`.
    pub fn text(&self) -> Cow<'_, str> {
        self.lent().into_text()
    }

    /// The same, of a value that is no longer needed.
    pub fn into_text(self) -> Cow<'v, str> {
        match self {
            Atom::Text(text) => text,
            Atom::Number(number) => number_text(number).into(),
            Atom::Bool(yes) => if yes { "true" } else { "false" }.into(),
            Atom::Date(date) => date.to_string().into(),
            Atom::DateTime(moment) => moment.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string().into(),
            Atom::Time(time) => time.format("%H:%M:%S%.3f").to_string().into(),
        }
    }

    /// XPath's `number()`; days since 1970 for a date, the part of the day for a time.
    pub fn number(&self) -> f64 {
        match self {
            Atom::Text(text) => number_of(text),
            Atom::Number(number) => *number,
            Atom::Bool(yes) => f64::from(u8::from(*yes)),
            Atom::Date(date) => time::days(*date),
            Atom::DateTime(moment) => time::days(moment.date_naive()) + time::part_of_day(moment.time()),
            Atom::Time(time) => time::part_of_day(*time),
        }
    }

    /// XPath's `boolean()`.
    pub fn truth(&self) -> bool {
        match self {
            Atom::Text(text) => !text.is_empty(),
            Atom::Number(number) => *number != 0.0 && !number.is_nan(),
            Atom::Bool(yes) => *yes,
            Atom::Date(_) | Atom::DateTime(_) | Atom::Time(_) => true,
        }
    }

    fn is_moment(&self) -> bool {
        matches!(self, Atom::Date(_) | Atom::DateTime(_) | Atom::Time(_))
    }

    /// The number to compare with `other`: beside a date, words that are one count as one.
    fn number_beside(&self, other: &Atom<'_>) -> f64 {
        match self {
            Atom::Text(text) if other.is_moment() => {
                time::moment(text).map_or(f64::NAN, |moment| moment.number())
            }
            _ => self.number(),
        }
    }

    /// Whether two single values are equal (XPath 1.0, 3.4).
    pub fn equals(&self, other: &Atom<'_>) -> bool {
        match (self, other) {
            (Atom::Bool(_), _) | (_, Atom::Bool(_)) => self.truth() == other.truth(),
            (Atom::Text(one), Atom::Text(two)) => one == two,
            _ => same(self.number_beside(other), other.number_beside(self)),
        }
    }

    /// How two single values compare as numbers; `None` where one of them is none.
    pub fn compare(&self, other: &Atom<'_>) -> Option<std::cmp::Ordering> {
        self.number_beside(other).partial_cmp(&other.number_beside(self))
    }
}

/// Equal as far as arithmetic in doubles can tell: `0.1 + 0.2 = 0.3` holds for people.
fn same(one: f64, two: f64) -> bool {
    one == two || (one - two).abs() <= f64::EPSILON * one.abs().max(two.abs())
}

impl<'v> Value<'v> {
    /// The single values: one, or those of the nodes. No node at all counts as one without an answer, so that
    /// `${x} = ''` holds for a question that is not relevant.
    pub fn atoms(&self) -> &[Atom<'v>] {
        const NOTHING: &[Atom] = &[Atom::NOTHING];
        match self {
            Value::Atom(atom) => std::slice::from_ref(atom),
            Value::Nodes(nodes) if nodes.is_empty() => NOTHING,
            Value::Nodes(nodes) => nodes,
        }
    }

    /// The value as a single one: that of the first node.
    pub fn atom(&self) -> &Atom<'v> {
        const NOTHING: &Atom = &Atom::NOTHING;
        self.atoms().first().unwrap_or(NOTHING)
    }

    /// The same, of a value that is no longer needed.
    pub fn into_atom(self) -> Atom<'v> {
        match self {
            Value::Atom(atom) => atom,
            Value::Nodes(nodes) => nodes.into_iter().next().unwrap_or(Atom::NOTHING),
        }
    }

    /// The value as words.
    pub fn text(&self) -> Cow<'_, str> {
        self.atom().text()
    }

    /// The value as a number.
    pub fn number(&self) -> f64 {
        self.atom().number()
    }

    /// The value as yes or no.
    pub fn truth(&self) -> bool {
        self.atom().truth()
    }
}

/// A number as XPath writes it: whole ones without a point, never with an exponent.
pub fn number_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if number == 0.0 {
        "0".to_owned()
    } else {
        number.to_string()
    }
}

/// The number that these words are, by XPath's grammar: digits, one point, a minus sign in front; no exponent.
pub fn number_of(text: &str) -> f64 {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain && digits.bytes().any(|b| b.is_ascii_digit()) {
        text.parse().unwrap_or(f64::NAN)
    } else {
        f64::NAN
    }
}
