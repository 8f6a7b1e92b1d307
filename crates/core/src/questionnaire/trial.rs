//! Trying an expression out, for authors: what does it come to over these answers?
//!
//! There is no questionnaire then, so one is made from the answers: each of their names becomes a question of
//! the type that its value has, a list of objects becomes a repeat, an object a group.

use super::answers::{Answers, Repetition};
use super::expression::time;
use super::expression::value::{Atom, Value};
use super::form::{NodeIndex, Questionnaire};
use super::read::read;
use super::state::{State, Surroundings};
use super::workbook::{Row, Workbook};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The question that the expression belongs to; no answer can have this name.
const TRIED: &str = "_tried";

/// What an expression comes to over `answers`, a JSON object by question names. Its values are strings, numbers,
/// `true`/`false`, lists of strings (several choices), objects (groups) and lists of objects (repeats); a string
/// that is a day counts as one. A reference that finds a single answer comes to that answer.
///
/// # Errors
/// In words: what is wrong with the expression, or with the answers.
pub fn evaluate(
    expression: &str,
    answers: &Json,
    surroundings: &Surroundings,
) -> Result<Value<'static>, String> {
    let Json::Object(given) = answers else { return Err("the answers are no JSON object".to_owned()) };
    let mut made = Made::default();
    let answers = made.object(given, 1)?;
    made.row("calculate", TRIED, Some(expression));
    let workbook = Workbook { survey: made.rows, ..Workbook::default() };
    let questionnaire = read(&workbook).map_err(|findings| {
        let messages: Vec<String> = findings.iter().map(|finding| finding.message.clone()).collect();
        messages.join("; ")
    })?;
    let state = State::of(&questionnaire, &answers, surroundings);
    Ok(tried(&questionnaire, &state))
}

fn tried(questionnaire: &Questionnaire, state: &State) -> Value<'static> {
    let index: NodeIndex = questionnaire.nodes.len().saturating_sub(1);
    let calculation = questionnaire.node(index).question().and_then(|q| q.calculation.as_ref());
    match calculation.map(|calculation| state.value(calculation, index, 0)) {
        Some(Value::Nodes(nodes)) if nodes.len() > 1 => {
            Value::Nodes(nodes.into_iter().map(Atom::into_owned).collect())
        }
        Some(value) => value.into_atom().into_owned().into(),
        None => Atom::NOTHING.into(),
    }
}

#[derive(Default)]
struct Made {
    rows: Vec<Row>,
    ids: u128,
}

/// The deepest nesting of groups and repeats.
const DEPTH_LIMIT: usize = 20;

impl Made {
    fn row(&mut self, kind: &str, name: &str, calculation: Option<&str>) {
        let mut cells = BTreeMap::from([
            ("type".to_owned(), kind.to_owned()),
            ("name".to_owned(), name.to_owned()),
            ("label".to_owned(), name.to_owned()),
        ]);
        if let Some(calculation) = calculation {
            cells.insert("calculation".to_owned(), calculation.to_owned());
        }
        self.rows.push(Row(cells));
    }

    fn object(&mut self, given: &serde_json::Map<String, Json>, depth: usize) -> Result<Answers, String> {
        if depth > DEPTH_LIMIT {
            return Err(format!("answers stand in at most {DEPTH_LIMIT} groups"));
        }
        let mut answers = Answers::default();
        for (name, value) in given {
            match value {
                Json::Object(group) => {
                    self.row("begin_group", name, None);
                    let inside = self.object(group, depth + 1)?;
                    self.row("end_group", "", None);
                    answers.given.extend(inside.given);
                    answers.repeats.extend(inside.repeats);
                }
                Json::Array(list) if list.iter().any(Json::is_object) => {
                    answers.repeats.insert(name.clone(), self.repeat(name, list, depth)?);
                }
                value => {
                    let (kind, text) = single(name, value)?;
                    self.row(kind, name, None);
                    answers.set(name, &text);
                }
            }
        }
        Ok(answers)
    }

    /// The questions of a repeat are those of all its repetitions together.
    fn repeat(&mut self, name: &str, list: &[Json], depth: usize) -> Result<Vec<Repetition>, String> {
        let mut all = serde_json::Map::new();
        for repetition in list {
            let Json::Object(given) = repetition else {
                return Err(format!("{name} holds more than objects"));
            };
            for (key, value) in given {
                all.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        self.row("begin_repeat", name, None);
        self.object(&all, depth + 1)?;
        self.row("end_repeat", "", None);
        let mut repetitions = Vec::new();
        for repetition in list {
            let Json::Object(given) = repetition else { continue };
            // The rows are there already; only the answers count now.
            let mut apart = Made { rows: Vec::new(), ids: self.ids };
            let answers = apart.object(given, depth + 1)?;
            self.ids = apart.ids + 1;
            repetitions.push(Repetition { id: Uuid::from_u128(self.ids), answers });
        }
        Ok(repetitions)
    }
}

/// The type of a question with this answer, and the answer as text.
fn single(name: &str, value: &Json) -> Result<(&'static str, String), String> {
    match value {
        Json::String(text) if time::date(text).is_some() => Ok(("date", text.clone())),
        Json::String(text) => Ok(("text", text.clone())),
        Json::Number(number) => {
            Ok(("decimal", Atom::Number(number.as_f64().unwrap_or(f64::NAN)).into_text().into_owned()))
        }
        Json::Bool(yes) => Ok(("text", yes.to_string())),
        Json::Null => Ok(("text", String::new())),
        Json::Array(list) => {
            let words: Option<Vec<&str>> = list.iter().map(Json::as_str).collect();
            words
                .map(|words| ("text", words.join(" ")))
                .ok_or_else(|| format!("{name} holds more than strings"))
        }
        Json::Object(_) => Err(format!("{name} is an object")),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    /// Kangaba on the last day of the training, by a clock without an offset (Mali is on UTC).
    pub(crate) fn in_kangaba() -> Surroundings {
        Surroundings {
            now: "2022-08-20T16:30:15.250+00:00".parse().unwrap(),
            chance: 42,
            language: "fr".to_owned(),
        }
    }

    #[test]
    fn an_expression_is_tried_over_answers_of_every_shape() {
        let answers = json!({
            "age": 34, "name": "Awa", "born": "1988-03-01", "roles": ["gra", "women"], "told": true,
            "place": { "village": "Naréna" },
            "changes": [{ "level": "individual", "weight": 2 }, { "level": "community", "evidence": [{ "kind": "photo" }] }],
        });
        let value = |expression: &str| {
            serde_json::to_value(evaluate(expression, &answers, &in_kangaba()).unwrap()).unwrap()
        };
        for (expression, expected) in [
            ("${age} + 1", json!({ "type": "number", "value": 35 })),
            ("${age} div 8", json!({ "type": "number", "value": 4.25 })),
            ("${name}", json!({ "type": "string", "value": "Awa" })),
            ("${born} < today()", json!({ "type": "boolean", "value": true })),
            ("selected(${roles}, 'women')", json!({ "type": "boolean", "value": true })),
            ("${village}", json!({ "type": "string", "value": "Naréna" })),
            ("count(${changes})", json!({ "type": "number", "value": 2 })),
            ("sum(${weight})", json!({ "type": "number", "value": 2 })),
            ("count(${kind})", json!({ "type": "number", "value": 1 })),
            ("today()", json!({ "type": "date", "value": "2022-08-20" })),
            ("1 div 0", json!({ "type": "number", "value": "Infinity" })),
            (
                "${level}",
                json!({ "type": "nodeset", "value": [
                    { "type": "string", "value": "individual" }, { "type": "string", "value": "community" }] }),
            ),
        ] {
            assert_eq!(value(expression), expected, "{expression}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let said =
            |expression: &str, answers: Json| evaluate(expression, &answers, &in_kangaba()).unwrap_err();
        assert_eq!(said("1 +", json!({})), "something is missing at the end (at character 4)");
        assert_eq!(said("${Age}", json!({ "age": 1 })), "there is no question ${Age}; did you mean ${age}?");
        assert_eq!(said("1", json!([])), "the answers are no JSON object");
        assert!(said("1", json!({ "a": [1, 2] })).contains("more than strings"));
    }
}
