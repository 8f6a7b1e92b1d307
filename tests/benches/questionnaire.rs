//! A questionnaire of 200 questions after one answer: all of it evaluated anew, as a phone does it between two
//! questions. The limit of 2 ms is the issue's; a phone may be five times slower and nobody would notice.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_core::questionnaire::answers::Answers;
use blon_core::questionnaire::form::Questionnaire;
use blon_core::questionnaire::read::read;
use blon_core::questionnaire::state::{State, Surroundings};
use blon_core::questionnaire::workbook::Workbook;
use blon_tests::bench::{Report, Times, times};
use serde_json::{Value, json};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;
use uuid::Uuid;

const QUESTIONS: usize = 200;

/// Ten sections of twenty questions, as forms have them: conditions on earlier answers, rules, choices filtered
/// by an earlier choice, sums, labels that show an answer; the last section may be asked for several people.
fn survey() -> Vec<Value> {
    let mut rows = Vec::new();
    for section in 0..10 {
        let kind = if section == 9 { "repeat" } else { "group" };
        let relevant = if section == 0 { "true()" } else { "${q0_0} != 'never'" };
        rows.push(json!({ "type": format!("begin_{kind}"), "name": format!("s{section}"), "label": "Partie", "relevant": relevant }));
        for number in 0..20 {
            let name = format!("q{section}_{number}");
            let before = format!("q{section}_{}", if number < 5 { 0 } else { number - 5 });
            rows.push(match number % 5 {
                0 => json!({ "type": "text", "name": name, "label": "Que s'est-il passé ?", "constraint": "string-length(.) < 4000" }),
                1 => json!({ "type": "integer", "name": name, "label": "Combien ?", "required": "yes", "constraint": ". >= 0 and . < 150",
                    "relevant": format!("${{{before}}} != ''") }),
                2 => json!({ "type": "select_one commune", "name": name, "label": format!("Où, ${{{before}}} ?"),
                    "choice_filter": "region = 'k' or name = 'other'" }),
                3 => json!({ "type": "select_multiple commune", "name": name, "label": "Lesquels ?",
                    "relevant": format!("selected(${{q{section}_2}}, 'c1') or ${{q{section}_1}} > 3"), "constraint": "count-selected(.) <= 3" }),
                _ => json!({ "type": "calculate", "name": name,
                    "calculation": format!("if(${{q{section}_1}} > 17, concat(${{q{section}_0}}, ' ', today()), coalesce(${{q{section}_2}}, 'x'))") }),
            });
        }
        rows.push(json!({ "type": format!("end_{kind}") }));
    }
    rows
}

fn form() -> Questionnaire {
    let choices: Vec<Value> = (0..30)
        .map(|n| json!({ "list_name": "commune", "name": format!("c{n}"), "label": "Commune", "region": if n % 2 == 0 { "k" } else { "b" } }))
        .collect();
    let workbook: Workbook =
        serde_json::from_value(json!({ "survey": survey(), "choices": choices })).unwrap();
    read(&workbook).unwrap()
}

fn answers(form: &Questionnaire, repetitions: u128, surroundings: &Surroundings) -> Answers {
    let mut answers = form.begin(surroundings);
    for number in 0..repetitions {
        assert!(form.add_repetition(&mut answers, &[], "s9", Uuid::from_u128(number), surroundings));
    }
    let fill = |given: &mut Answers, section: usize| {
        for number in 0..20 {
            let text = ["Les deux comités se sont assis ensemble.", "12", "c2", "c2 c4", ""][number % 5];
            given.set(&format!("q{section}_{number}"), text);
        }
    };
    (0..9).for_each(|section| fill(&mut answers, section));
    answers.repeats.values_mut().flatten().for_each(|repetition| fill(&mut repetition.answers, 9));
    answers
}

fn main() -> ExitCode {
    let form = form();
    let questions = form.nodes.iter().filter(|node| node.question().is_some()).count();
    assert_eq!(questions, QUESTIONS);
    let surroundings = Surroundings {
        now: "2022-09-14T10:00:00+00:00".parse().unwrap(),
        chance: 1,
        language: "fr".to_owned(),
    };
    let mut report = Report::of("questionnaire");
    let limit = Duration::from_millis(2);
    let once = one_answer(&form, 1, &surroundings);
    report.below("one answer, each question once (median)", once.quantile(0.5), limit);
    report.below("one answer, each question once (99 of 100)", once.quantile(0.99), limit);
    let often = one_answer(&form, 8, &surroundings);
    println!("  the last 20 asked 8 times (median): {:.2?}", often.quantile(0.5));
    report.end()
}

/// How long it takes to evaluate everything anew after one answer, and to say what is asked.
fn one_answer(form: &Questionnaire, repetitions: u128, surroundings: &Surroundings) -> Times {
    let mut answers = answers(form, repetitions, surroundings);
    let mut count = 0;
    times(2_000, || {
        count += 1;
        answers.set("q0_1", if count % 2 == 0 { "3" } else { "40" });
        let state = State::of(form, &answers, surroundings);
        black_box(state.items());
    })
}
