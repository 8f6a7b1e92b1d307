//! A questionnaire as its author writes it: the three sheets of an XLSForm workbook, cell by cell.
//!
//! The same reader serves a real workbook and our own JSON of it: `{"survey":[{column: cell}], "choices":[…],
//! "settings":[…]}`. Nothing is understood here; [`super::read`] does that.

use crate::said;
use crate::said::Said;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use ts_rs::TS;

/// The sheets of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Sheet {
    /// The questions, one a row.
    Survey,
    /// The choices of the lists, one a row.
    Choices,
    /// One row about the whole.
    Settings,
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sheet::Survey => "survey",
            Sheet::Choices => "choices",
            Sheet::Settings => "settings",
        })
    }
}

/// One row: its cells by column. Empty cells are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Row(pub BTreeMap<String, String>);

/// A whole workbook. The first row after the headings is number 2, as a spreadsheet shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Workbook {
    /// The questions.
    pub survey: Vec<Row>,
    /// The choices.
    #[serde(default)]
    pub choices: Vec<Row>,
    /// About the whole.
    #[serde(default)]
    pub settings: Vec<Row>,
}

/// Something wrong with a workbook, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export, rename = "FormFinding")]
pub struct Finding {
    /// On which sheet.
    pub sheet: Sheet,
    /// In which row, as a spreadsheet counts; 1 are the headings.
    pub row: usize,
    /// In which column; empty where the whole row is meant.
    pub column: String,
    /// What is wrong, in English.
    pub message: String,
    /// The same in French.
    pub fr: String,
}

impl Finding {
    /// What is wrong in this row of this sheet; `column` is empty where the whole row is meant.
    pub fn new(sheet: Sheet, row: usize, column: impl Into<String>, wrong: Said) -> Self {
        Finding { sheet, row, column: column.into(), message: wrong.en, fr: wrong.fr }
    }

    /// What is wrong and where, as one sentence.
    pub fn said(&self) -> Said {
        let Finding { sheet, row, column, message, fr } = self;
        let place = said!("{sheet}, row {row}", "feuille {sheet}, ligne {row}");
        let place = match column.as_str() {
            "" => place,
            column => place.and(&said!(", column {column}", ", colonne {column}")),
        };
        place.and(&Said::new(format!(": {message}"), format!(" : {fr}")))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

impl Row {
    /// A cell without the blanks around it; empty where there is none.
    pub fn cell(&self, column: &str) -> &str {
        self.0.get(column).map_or("", |cell| cell.trim())
    }

    /// Whether the row holds nothing at all, as rows between sections do.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|cell| cell.trim().is_empty())
    }
}

/// The rows with their numbers, empty ones left out.
pub fn numbered(rows: &[Row]) -> impl Iterator<Item = (usize, &Row)> {
    (2..).zip(rows).filter(|(_, row)| !row.is_empty())
}
