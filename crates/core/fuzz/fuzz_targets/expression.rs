//! Any text as an expression: it is refused, or comes to something, over answers of every shape.

#![no_main]

use blon_core::questionnaire::state::Surroundings;
use blon_core::questionnaire::trial;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let surroundings = Surroundings {
        now: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
        chance: 1,
        language: "fr".to_owned(),
    };
    let answers = json!({ "a": 3, "b": "x y", "c": "2022-09-14", "r": [{ "d": 1 }, { "d": "é" }] });
    let _ = trial::evaluate(text, &answers, &surroundings);
});
