//! Any lines as the rows of a form: it is refused with places, or can be begun, filled in and judged.

#![no_main]

use blon_core::questionnaire::read::read;
use blon_core::questionnaire::state::{State, Surroundings};
use blon_core::questionnaire::workbook::{Row, Workbook};
use libfuzzer_sys::fuzz_target;

/// A row a line, a cell between tabs.
fn rows(text: &str, columns: &[&str]) -> Vec<Row> {
    let row = |line: &str| {
        let cells = columns.iter().zip(line.split('\t'));
        Row(cells.map(|(column, cell)| ((*column).to_owned(), cell.to_owned())).collect())
    };
    text.lines().map(row).collect()
}

fuzz_target!(|text: &str| {
    let (survey, choices) = text.split_once("\n\n").unwrap_or((text, ""));
    let columns = ["type", "name", "label", "relevant", "calculation", "constraint", "choice_filter", "default", "parameters"];
    let workbook = Workbook {
        survey: rows(survey, &columns),
        choices: rows(choices, &["list_name", "name", "label", "x"]),
        settings: Vec::new(),
    };
    let Ok(form) = read(&workbook) else { return };
    let surroundings = Surroundings {
        now: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
        chance: 1,
        language: "fr".to_owned(),
    };
    let answers = form.begin(&surroundings);
    let state = State::of(&form, &answers, &surroundings);
    let items = state.items();
    assert_eq!(state.is_valid(), items.iter().all(|item| item.fault.is_none()));
});
