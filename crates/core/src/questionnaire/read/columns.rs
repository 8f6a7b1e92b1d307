//! The columns of a row: their names as people write them, and the languages behind them.

use crate::questionnaire::workbook::Row;
use crate::said;
use crate::said::Said;
use std::collections::BTreeMap;

/// Columns of XLSForm that mean something we do not do.
const REFUSED: &[&str] = &[
    "trigger",
    "autoplay",
    "media",
    "image",
    "audio",
    "video",
    "big-image",
    "bind",
    "instance",
    "body",
    "control",
];

/// What an author is told of such a column.
pub fn not_supported() -> Said {
    said!("this column is not supported", "cette colonne n’est pas prise en charge")
}

/// Columns that name the attribute they end in, as people wrote them who know XForms, and what they are called else.
const BOUND: &[(&str, &str)] = &[
    ("relevant", "relevant"),
    ("constraint", "constraint"),
    ("jr:constraintMsg", "constraint_message"),
    ("required", "required"),
    ("jr:requiredMsg", "required_message"),
    ("calculate", "calculation"),
    ("readonly", "read_only"),
];

/// The cells of a row under the names of columns as the rest of the reader calls them: small letters, `::`
/// before a language, one name where XLSForm allows several.
pub struct Columns(BTreeMap<String, String>);

impl Columns {
    /// The columns of this row, empty cells left out.
    pub fn of(row: &Row) -> Self {
        let cells = row.0.iter().map(|(column, cell)| (plain_name(column), cell.trim().to_owned()));
        Columns(cells.filter(|(_, cell)| !cell.is_empty()).collect())
    }

    /// A cell; empty where there is none.
    pub fn cell(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }

    /// The cells of a column in each language, by the language's code, which is empty for the column itself.
    pub fn languages_of(&self, column: &str) -> Vec<(String, String)> {
        let behind = |name: &str| match name.strip_prefix(column) {
            Some("") => Some(String::new()),
            Some(rest) => rest.strip_prefix("::").map(language_code),
            None => None,
        };
        self.0.iter().filter_map(|(name, cell)| Some((behind(name)?, cell.clone()))).collect()
    }

    /// The columns that are not supported.
    pub fn refused(&self) -> Vec<String> {
        let is_refused = |name: &&String| {
            let first = name.split("::").next().unwrap_or_default();
            REFUSED.contains(&first)
        };
        self.0.keys().filter(is_refused).cloned().collect()
    }

    /// Every cell by its column.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

fn plain_name(column: &str) -> String {
    let column = column.trim();
    // One colon was the older way to write two.
    let (name, language) = match column.split_once("::").or_else(|| column.split_once(':')) {
        Some((name, language)) => (name.trim(), Some(language.trim())),
        None => (column, None),
    };
    if let ("bind", Some(attribute)) = (name.to_lowercase().as_str(), language) {
        let (attribute, language) = match attribute.split_once("::") {
            Some((attribute, language)) => (attribute.trim(), format!("::{}", language.trim())),
            None => (attribute, String::new()),
        };
        if let Some((_, plain)) = BOUND.iter().find(|(bound, _)| bound.eq_ignore_ascii_case(attribute)) {
            return format!("{plain}{language}");
        }
    }
    let name = name.to_lowercase().replace(' ', "_");
    let name = match name.as_str() {
        "relevance" => "relevant",
        "readonly" => "read_only",
        "calculate" => "calculation",
        "constraint-msg" => "constraint_message",
        "required-msg" => "required_message",
        "repeatcount" => "repeat_count",
        "command" => "type",
        "caption" => "label",
        "count" => "repeat_count",
        "list-name" => "list_name",
        other => other,
    };
    match language {
        Some(language) => format!("{name}::{language}"),
        None => name.to_owned(),
    }
}

/// `Français (fr)` is `fr`; a language without a code is called by its name in small letters.
pub fn language_code(language: &str) -> String {
    let language = language.trim();
    let code = language.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    code.unwrap_or(language).trim().to_lowercase()
}
