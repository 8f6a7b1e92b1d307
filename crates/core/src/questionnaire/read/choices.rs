//! The sheet of choices.

use super::columns::{self, Columns};
use super::{Reader, nothing_to_read};
use crate::questionnaire::form::{Choice, List, Part, Template, Texts};
use crate::questionnaire::workbook::{Row, Sheet, numbered};
use crate::said;
use crate::said::Said;
use std::collections::BTreeMap;

/// What is kept when "other" is chosen behind `or_other`.
pub const OTHER: &str = "other";

/// The name of the list that has "other" at its end.
pub fn with_other(list: &str) -> String {
    format!("{list} or_other")
}

/// Every list, in the order in which they begin, and behind each the same with "other".
pub fn lists(rows: &[Row], reader: &mut Reader) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for (row, cells) in numbered(rows) {
        let cells = Columns::of(cells);
        let mut miss = |column: &str, wrong: Said| reader.find(Sheet::Choices, row, column, wrong);
        let (list, name) = (cells.cell("list_name"), cells.cell("name"));
        if list.is_empty() {
            miss("list_name", said!("there is no name of a list", "il manque le nom de la liste"));
            continue;
        }
        if name.is_empty() || name.contains(char::is_whitespace) {
            let wrong = said!(
                "{name:?} is no name of a choice: it is not empty and has no blanks",
                "« {name} » n’est pas un nom de choix possible : il n’est pas vide et n’a pas d’espace"
            );
            miss("name", wrong);
            continue;
        }
        let place = lists.iter().position(|known| known.name == list).unwrap_or_else(|| {
            lists.push(List { name: list.to_owned(), choices: Vec::new() });
            lists.len() - 1
        });
        let label = reader.texts(&cells, Sheet::Choices, row, "label");
        if label.0.is_empty() {
            reader.find(Sheet::Choices, row, "label", nothing_to_read());
        }
        for column in cells.refused() {
            reader.find(Sheet::Choices, row, &column, columns::not_supported());
        }
        let Some(known) = lists.get_mut(place) else { continue };
        if known.choices.iter().any(|choice| choice.name == name) {
            let wrong = said!(
                "{name:?} is in the list {list:?} already",
                "« {name} » est déjà dans la liste « {list} »"
            );
            reader.find(Sheet::Choices, row, "name", wrong);
        }
        known.choices.push(Choice { name: name.to_owned(), label, columns: cells.all().clone() });
    }
    let others: Vec<List> = lists.iter().map(other).collect();
    lists.extend(others);
    lists
}

fn other(list: &List) -> List {
    let words = |text: &str| Template(vec![Part::Words(text.to_owned())]);
    let label = Texts(BTreeMap::from([("fr".to_owned(), words("Autre")), ("en".to_owned(), words("Other"))]));
    let mut choices = list.choices.clone();
    if !choices.iter().any(|choice| choice.name == OTHER) {
        choices.push(Choice { name: OTHER.to_owned(), label, columns: BTreeMap::new() });
    }
    List { name: with_other(&list.name), choices }
}
