//! The fixtures: the Kangaba campaign and its six fictional stories.

use crate::places::project;
use blon_core::questionnaire::workbook::Workbook;
use serde_json::Value;
use std::path::PathBuf;

/// The campaign every test collects for.
pub const CAMPAIGN: &str = "kangaba-2022";

/// The campaign's file.
pub fn campaign_file() -> PathBuf {
    project().join("tests/fixtures/kangaba-2022.campaign.json")
}

/// The file of what that campaign asks.
pub fn questionnaire_file() -> PathBuf {
    project().join("tests/fixtures/kangaba-2022.questionnaire.json")
}

/// What that campaign asks, as the rows of its workbook.
pub fn questionnaire() -> Workbook {
    serde_json::from_str(&std::fs::read_to_string(questionnaire_file()).unwrap()).unwrap()
}

/// The stories, as the elements of their file.
pub fn stories() -> Vec<Value> {
    let text = std::fs::read_to_string(project().join("tests/fixtures/stories.fr.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file["stories"].as_array().unwrap().clone()
}

/// The files that a story waits for, in order: `photo` or `audio`.
pub fn wanted_files(story: &Value) -> Vec<String> {
    let changes = story["changes"].as_array().unwrap().iter();
    let evidence = changes.flat_map(|c| c["evidence"].as_array().unwrap());
    evidence.filter_map(|e| e["file"].as_str().map(str::to_owned)).collect()
}
