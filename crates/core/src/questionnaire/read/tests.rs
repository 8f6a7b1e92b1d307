//! What an author is told of a form that is not sound.

use super::read;
use crate::questionnaire::tests::workbook;
use crate::questionnaire::workbook::Finding;
use serde_json::{Value as Json, json};

fn findings(survey: Json, choices: Json) -> Vec<Finding> {
    read(&workbook(survey, choices)).expect_err("it is not sound")
}

/// One finding, as an author reads it.
fn finding(survey: Json, choices: Json) -> String {
    let found = findings(survey, choices);
    assert_eq!(found.len(), 1, "{found:#?}");
    found[0].to_string()
}

#[test]
fn everything_that_is_wrong_is_found_at_once_with_its_place() {
    let found: Vec<String> = findings(
        json!([
            { "type": "text", "name": "a", "label": "A", "relevant": "${b} = " },
            { "type": "select_one nowhere", "name": "c", "label": "C" },
            {},
            { "type": "begin group", "name": "g", "label": "G" },
            { "type": "integer", "name": "9a", "label": "D" },
            { "type": "video", "name": "e", "label": "E" },
            { "type": "frob", "name": "f", "label": "F", "media::image": "x.jpg" },
            { "type": "text", "name": "h" },
            { "type": "range", "name": "r", "label": "R", "parameters": "start=3 end=1" },
            { "type": "text", "name": "A", "label": "A", "question_type": "leading" },
        ]),
        json!([
            { "list_name": "l", "name": "x y", "label": "X" },
            { "list_name": "l", "name": "z" },
        ]),
    )
    .iter()
    .map(Finding::to_string)
    .collect();
    assert_eq!(
        found,
        [
            "survey, row 2, column relevant: something is missing at the end (at character 7)",
            "survey, row 3, column type: there is no list of choices \"nowhere\"",
            "survey, row 5, column type: this group does not end",
            "survey, row 6, column name: \"9a\" is no name: a letter or _, then letters, digits, - and _",
            "survey, row 7, column type: the type \"video\" is not supported",
            "survey, row 8, column media::image: this column is not supported",
            "survey, row 8, column type: there is no type \"frob\"",
            "survey, row 9, column label: there is nothing to read: the label is empty",
            "survey, row 10, column parameters: no range goes from 3 to 1 by 1",
            "survey, row 11, column question_type: \"leading\" is none of: opening, open, probing, closed, checking",
            "choices, row 2, column name: \"x y\" is no name of a choice: it is not empty and has no blanks",
            "choices, row 3, column label: there is nothing to read: the label is empty",
        ]
    );
}

#[test]
fn references_must_lead_somewhere_and_never_in_a_circle() {
    let text = |name: &str, column: &str, cell: &str| json!({ "type": "text", "name": name, "label": "?", column: cell });
    let no_choices = || json!([]);
    for (row, said) in [
        (text("a", "relevant", "${b} = 1"), "column relevant: there is no question ${b}"),
        (
            text("a", "constraint", "${A} = 1"),
            "column constraint: there is no question ${A}; did you mean ${a}?",
        ),
        (text("a", "label", "Et ${b} ?"), "column label: there is no question ${b}"),
        (text("a", "hint", "Et ${b"), "column hint: a ${ does not end"),
        (text("a", "required", "b"), "column required: \"b\" is not expected here; did you mean ${b}?"),
        (text("a", "relevant", "../b = 1"), "column relevant: there is no \"b\" in \"data\""),
        (text("a", "calculation", "${a} + 1"), "column calculation: this depends on itself"),
        (text("a", "constraint", "regex(., '(')"), "column constraint: \"(\" is no regular expression"),
    ] {
        assert_eq!(finding(json!([row]), no_choices()), format!("survey, row 2, {said}"));
    }
    let circle = json!([
        text("a", "calculation", "${b}"),
        text("b", "relevant", "${c} = 1"),
        text("c", "calculation", "${a}")
    ]);
    assert!(finding(circle, no_choices()).contains("this depends on itself, by way of ${"));
    let twins = json!([
        { "type": "begin_group", "name": "g", "label": "G" }, text("a", "hint", ""), { "type": "end_group" },
        { "type": "begin_group", "name": "h", "label": "H" }, text("a", "hint", ""), { "type": "end_group" },
        text("b", "relevant", "${a} = 1"),
    ]);
    assert_eq!(
        finding(twins, no_choices()),
        "survey, row 8, column relevant: there are several questions ${a}"
    );
    let filter =
        json!([{ "type": "select_one l", "name": "q", "label": "?", "choice_filter": "region = 1" }]);
    let list = json!([{ "list_name": "l", "name": "a", "label": "A" }]);
    assert!(finding(filter, list).ends_with("the choices have no column \"region\""));
}
