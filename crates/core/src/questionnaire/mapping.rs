//! Which part of a story of change a question fills: the column `maps_to`.

use super::form::Questionnaire;
use super::workbook::Finding;

/// What is wrong with the column `maps_to`.
pub fn findings(_questionnaire: &Questionnaire) -> Vec<Finding> {
    Vec::new()
}
