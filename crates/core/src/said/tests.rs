//! Whoever sets something up in French is told as much as who does it in English. Fanta broke every rule there is.

use super::Said;
use crate::campaign::Campaign;
use crate::plan::Plan;
use crate::questionnaire::read::{ROWS_LIMIT, read};
use crate::questionnaire::workbook::{Finding, Workbook};
use chrono::NaiveDate;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

fn findings(survey: Json, choices: Json) -> Vec<Finding> {
    let workbook: Workbook = serde_json::from_value(json!({ "survey": survey, "choices": choices })).unwrap();
    read(&workbook).expect_err("it is not sound")
}

fn text(name: &str, column: &str, cell: &str) -> Json {
    let mut row = json!({ "type": "text", "name": name, "label": "?" });
    row[column] = cell.into();
    row
}

/// What is wrong with expressions, one each.
fn expressions() -> Vec<Finding> {
    let (long, deep, large) = ("1 + ".repeat(5_000), "(".repeat(300), "9".repeat(400));
    let wrong = [
        "1 +",
        "2x",
        "1 + )",
        "(1 x",
        "${1a}",
        "${a x",
        "'x",
        "/9",
        "!",
        "concat(1 2)",
        "if(1, 2)",
        "today(1)",
        "abs()",
        "coalesce(1)",
        "join()",
        "round(1, 2, 3)",
        "frobnicate()",
        "count_selected(1)",
        "pulldata('x')",
        "${a} | ${a}",
        "${a}[1]",
        "@a",
        "${a}/b",
        "//a",
        "a:b",
        "${A}",
        "${b}",
        "b",
        "../b = 1",
        "regex(., '(')",
        &long,
        &deep,
        &large,
    ];
    wrong.iter().flat_map(|cell| findings(json!([text("a", "constraint", cell)]), json!([]))).collect()
}

/// What is wrong with rows, cells and what they refer to.
fn rows() -> Vec<Finding> {
    let mut found = findings(
        json!([
            { "name": "a", "label": "?" },
            { "type": "video", "name": "b", "label": "?" },
            { "type": "begin_loop", "name": "c", "label": "?" },
            { "type": "frob", "name": "d", "label": "?", "media::image": "x.jpg" },
            { "type": "select_one", "name": "e", "label": "?" },
            { "type": "select_one two words", "name": "f", "label": "?" },
            { "type": "select_one nowhere", "name": "g", "label": "?" },
            { "type": "range", "name": "h", "label": "?", "parameters": "start" },
            { "type": "range", "name": "i", "label": "?", "parameters": "start=one" },
            { "type": "range", "name": "j", "label": "?", "parameters": "size=1" },
            { "type": "range", "name": "k", "label": "?", "parameters": "start=3 end=1" },
            { "type": "text", "label": "?" },
            { "type": "text", "name": "9a", "label": "?" },
            { "type": "text", "name": "l" },
            { "type": "text", "name": "L", "label": "?" },
            { "type": "calculate", "name": "m" },
            { "type": "text", "name": "n", "label": "?", "question_type": "leading" },
            { "type": "text", "name": "o", "label": "Et ${o" },
            { "type": "text", "name": "p", "label": "Et ${9} ?" },
            { "type": "end_group" },
            { "type": "begin_group", "name": "q", "label": "?" },
            { "type": "begin_repeat", "name": "r", "label": "?" },
            { "type": "end_group" },
            { "type": "begin_repeat", "name": "s", "label": "?" },
        ]),
        json!([
            { "name": "x", "label": "?" },
            { "list_name": "l", "name": "x y", "label": "?" },
            { "list_name": "l", "name": "z", "media::image": "x.jpg" },
            { "list_name": "l", "name": "z", "label": "Comme ${nobody} ?" },
        ]),
    );
    found.extend(findings(json!([]), json!([])));
    found.extend(findings(vec![json!({}); ROWS_LIMIT + 1].into(), json!([])));
    found.extend(findings(json!([text("a", "calculation", "${a}")]), json!([])));
    found.extend(findings(
        json!([text("a", "calculation", "${b}"), text("b", "calculation", "${a}")]),
        json!([]),
    ));
    let (begin, end) = (
        |name: &str| json!({ "type": "begin_group", "name": name, "label": "?" }),
        json!({ "type": "end_group" }),
    );
    found.extend(findings(
        json!([
            begin("g"), text("a", "hint", ""), end, begin("h"), text("a", "hint", ""), end,
            text("b", "relevant", "${a} = 1"),
            { "type": "select_one l", "name": "c", "label": "?", "choice_filter": "region = 1" },
        ]),
        json!([{ "list_name": "l", "name": "x", "label": "X" }]),
    ));
    found
}

/// What is wrong with the column `maps_to`.
fn mappings() -> Vec<Finding> {
    let mut survey = vec![
        text("a", "maps_to", "narrative"),
        text("b", "maps_to", "consent.audio"),
        text("c", "maps_to", "context.date"),
        text("d", "maps_to", "title"),
        text("e", "maps_to", "title"),
        json!({ "type": "select_one l", "name": "f", "label": "?", "maps_to": "context.kind" }),
        json!({ "type": "file", "name": "g", "label": "?", "maps_to": "narrative.now" }),
        json!({ "type": "begin_repeat", "name": "h", "label": "?", "maps_to": "changes" }),
        json!({ "type": "range", "name": "i", "label": "?", "maps_to": "importance", "parameters": "start=0 end=10" }),
        json!({ "type": "begin_repeat", "name": "j", "label": "?", "maps_to": "evidence" }),
        text("k", "maps_to", "file"),
    ];
    survey.extend([json!({ "type": "end_repeat" }), json!({ "type": "end_repeat" })]);
    findings(survey.into(), json!([{ "list_name": "l", "name": "nowhere", "label": "?" }]))
}

/// What is wrong with a campaign and its plan.
fn campaigns() -> Vec<Said> {
    let choice = |value: &str| json!({ "value": value, "fr": value });
    let step = |fr: &str| json!({ "fr": fr });
    let campaign = |communes: Json| -> Campaign {
        serde_json::from_value(json!({
            "id": "narena-2026", "name": " ", "place": "Naréna", "start": "2026-03-02", "end": "2026-03-01",
            "communes": communes, "consent_script": { "fr": " " },
            "languages": [choice("bm"), choice("bm")], "age_bands": [choice("")],
            "relations": [choice("gra"), choice("gra")], "domains": [choice(" ")],
            "rubrics": [
                { "criterion": "quality", "steps": [step("peu"), step(" ")] },
                { "criterion": "quality", "steps": [step("peu")] },
                { "criterion": "evidence", "steps": [] },
                { "criterion": "contribution", "steps": [] },
                { "criterion": "importance", "steps": [] },
            ],
            "questionnaire": { "survey": [text("a", "relevant", "${b} = 1")] },
        }))
        .unwrap()
    };
    let mut targets = vec![json!({ "stories": 1 }); 2_000];
    targets.push(json!({ "commune": "Nouga", "age_band": "18-35", "stories": 0 }));
    let plan: Plan =
        serde_json::from_value(json!({ "teams": ["kangaba", "kangaba", " "], "targets": targets })).unwrap();
    let two = campaign(json!(["Nouga", "Nouga", ""]));
    let mut found = campaign(json!([])).findings();
    found.extend(two.findings());
    found.extend(plan.findings(&campaign(json!([]))));
    found
}

fn all() -> Vec<Said> {
    let mut found = campaigns();
    found.extend([expressions(), rows(), mappings()].concat().iter().map(Finding::said));
    found
}

/// Numbers, names with a sign in them (`${a}`, `context.date`, `if()`) and what stands in quotation marks.
fn values(en: &str) -> BTreeSet<String> {
    let quoted = en.split('"').skip(1).step_by(2).map(str::to_owned);
    let signed = en.split_whitespace().map(|word| word.trim_matches(['"', ',', ';', ':', '?', '.']));
    let signed = signed.map(|word| if word.contains("()") { word } else { word.trim_matches(['(', ')']) });
    let telling =
        |word: &&str| word.contains(['$', '_', '.', '(']) || word.chars().any(|c| c.is_ascii_digit());
    quoted.chain(signed.filter(telling).map(str::to_owned)).collect()
}

#[test]
fn all_that_can_be_wrong_is_said_in_both_languages_with_the_same_values() {
    let all = all();
    let kinds: BTreeSet<&str> = all.iter().map(|said| said.en.as_str()).collect();
    assert!(kinds.len() > 100, "only {} findings were provoked", kinds.len());
    for Said { en, fr } in &all {
        assert!(!en.trim().is_empty() && !fr.trim().is_empty(), "{en} / {fr}");
        assert_ne!(en, fr);
        for value in values(en) {
            // The lists of a campaign have names of their own on the form.
            let listed = ["age_bands"].contains(&value.as_str());
            let value = value.parse().map_or(value, |day: NaiveDate| day.format("%d/%m/%Y").to_string());
            assert!(listed || fr.contains(&value), "{value:?} is missing in French:\n{en}\n{fr}");
        }
        let digits = |text: &str| -> Vec<String> {
            let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
            let mut numbers: Vec<String> = numbers.map(str::to_owned).collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(digits(en), digits(fr), "{en}\n{fr}");
    }
}

#[test]
fn french_is_typeset_and_has_no_english_in_it() {
    for Said { en, fr } in all() {
        assert!(!fr.contains("« ") && !fr.contains(" »") && !fr.contains('\''), "{fr}");
        let english = [
            "there",
            "this",
            "which",
            "stands",
            "needs",
            "is",
            "not",
            "supported",
            "row",
            "choice",
            "column",
        ];
        let words: BTreeSet<&str> = fr.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        assert!(!english.iter().any(|word| words.contains(word)), "{fr}\n{en}");
        for sign in [';', ':', '!', '?'] {
            let plain = format!(" {sign} ");
            assert!(!fr.contains(&plain) && !fr.ends_with(plain.trim_end()), "{fr}");
        }
    }
    let said = said!(
        "{} is not expected; did you mean {}?",
        "« {} » est de trop ; vouliez-vous dire {} ?",
        "!",
        "!="
    );
    assert_eq!(said.fr, "«\u{202f}!\u{202f}» est de trop\u{202f}; vouliez-vous dire !=\u{202f}?");
}

#[test]
fn a_finding_keeps_its_english_message_and_has_its_french_beside_it() {
    let found = findings(json!([text("a", "relevant", "${b} = 1")]), json!([]));
    assert_eq!(
        serde_json::to_value(&found).unwrap(),
        json!([{
            "sheet": "survey", "row": 2, "column": "relevant",
            "message": "there is no question ${b}", "fr": "il n’y a pas de question ${b}",
        }])
    );
    assert_eq!(
        found[0].said(),
        Said::new(
            "survey, row 2, column relevant: there is no question ${b}",
            "feuille survey, ligne 2, colonne relevant : il n’y a pas de question ${b}",
        )
    );
}
