//! A workbook for spreadsheets: a sheet for each table, every cell with its type, and words never a formula.
//!
//! Rows go to the disk as they come (rust_xlsxwriter's constant memory), so that a large campaign needs no more memory than a
//! small one; the file itself is made at the end.

use super::cell::{Cell, moment_text};
use super::counted::Counted;
use super::headings::Headings;
use super::manifest::Entry;
use super::reading::Outgoing;
use super::tables::{Table, Tables};
use crate::error::{Error, Result};
use crate::files::Files;
use blon_core::error::Code;
use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::io::Write;

/// The name of the file.
pub const NAME: &str = "stories.xlsx";

/// How many rows a sheet has below its headings: what Excel can.
pub const ROWS: u32 = 1_048_575;

/// The most of a text that a cell holds, in the units that Excel counts: it can 32,767, and the mark must fit.
const CELL: usize = 32_700;

/// What stands at the end of a text that is longer.
const CUT: &str = " […] (texte coupé : il est entier dans le CSV)";

/// A workbook on its way out.
pub struct Book<'t> {
    tables: &'t Tables,
    book: Workbook,
    /// How many rows each sheet has, its headings with it.
    rows: Vec<u32>,
    most: u32,
    day: Format,
}

impl<'t> Book<'t> {
    /// Begins with the headings of every sheet. `most` is how many rows may stand below them; `made` is the date that the file
    /// bears: the same content is the same bytes.
    ///
    /// # Errors
    /// `disk_full`, or an internal error.
    pub fn begin(
        tables: &'t Tables,
        headings: Headings,
        files: &Files,
        made: NaiveDate,
        most: u32,
    ) -> Result<Self> {
        let mut book = Workbook::new();
        book.set_tempdir(files.aside()).map_err(failed)?;
        let made = ExcelDateTime::parse_from_str(&made.to_string()).map_err(failed)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let bold = Format::new().set_bold();
        for table in &tables.all {
            let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
            sheet.set_name(sheet_name(table)).map_err(failed)?;
            sheet.set_freeze_panes(1, 0).map_err(failed)?;
            for (column, heading) in (0_u16..).zip(headings.of(&table.columns)) {
                sheet.write_string_with_format(0, column, cut(&heading), &bold).map_err(failed)?;
            }
        }
        let day = Format::new().set_num_format("yyyy-mm-dd");
        Ok(Book { rows: vec![1; tables.all.len()], tables, book, most, day })
    }

    /// Adds what each sheet has of a story.
    ///
    /// # Errors
    /// `too_large` where a sheet would have more rows than a spreadsheet can; `disk_full`.
    pub fn add(&mut self, outgoing: &Outgoing) -> Result<()> {
        for (index, (table, next)) in self.tables.all.iter().zip(&mut self.rows).enumerate() {
            for row in self.tables.rows(table, outgoing) {
                if *next > self.most {
                    let message = format!(
                        "{} has more than {} rows, which no spreadsheet can hold: take the CSV",
                        table.name, self.most
                    );
                    return Err(Error::told(Code::TooLarge, message));
                }
                let sheet = self.book.worksheet_from_index(index).map_err(failed)?;
                for (column, cell) in (0_u16..).zip(&row) {
                    put(sheet, (*next, column), cell, &self.day).map_err(failed)?;
                }
                *next += 1;
            }
        }
        Ok(())
    }

    /// Writes the file; gives what it is as an entry.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end<W: Write + Send>(mut self, out: W) -> Result<Entry> {
        let mut out = Counted::new(out);
        self.book.save_to_writer(&mut out).map_err(failed)?;
        out.flush().map_err(|e| Error::file(NAME, e))?;
        let rows = self.rows.first().map(|rows| u64::from(*rows) - 1);
        Ok(Entry { rows, ..out.entry(NAME.to_owned()).0 })
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    day: &Format,
) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, cut(text)),
        // A spreadsheet's numbers are exact to 15 digits; a longer one would become another.
        Cell::Number(number) if number.unsigned_abs() >= 1_000_000_000_000_000 => {
            sheet.write_string(row, column, number.to_string())
        }
        #[allow(clippy::cast_precision_loss)] // Small enough to be exact.
        Cell::Number(number) => sheet.write_number(row, column, *number as f64),
        Cell::Decimal(number) => sheet.write_number(row, column, *number),
        Cell::Date(date) => match ExcelDateTime::parse_from_str(&date.to_string()) {
            Ok(date) => sheet.write_datetime_with_format(row, column, &date, day),
            // Spreadsheets know no day before 1900.
            Err(_) => sheet.write_string(row, column, date.to_string()),
        },
        Cell::Moment(moment) => sheet.write_string(row, column, moment_text(moment)),
        Cell::YesNo(yes) => sheet.write_boolean(row, column, *yes),
    }?;
    Ok(())
}

/// The text, or as much of it as a cell holds, and a word that it was cut.
fn cut(text: &str) -> String {
    if text.encode_utf16().count() <= CELL {
        return text.to_owned();
    }
    let (mut units, mut kept) = (CUT.encode_utf16().count(), String::new());
    for letter in text.chars() {
        units += letter.len_utf16();
        if units > CELL {
            break;
        }
        kept.push(letter);
    }
    kept + CUT
}

/// A sheet's name has at most 31 letters, and Excel keeps one for itself.
fn sheet_name(table: &Table) -> String {
    let reserved = if table.name.eq_ignore_ascii_case("history") { "_" } else { "" };
    format!("{}{reserved}", table.name)
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => Error::file(NAME, error),
        other => Error::Internal(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_no_cell_holds_is_cut_and_says_so() {
        let long = "é".repeat(40_000);
        let written = cut(&long);
        assert!(written.ends_with(CUT) && written.encode_utf16().count() <= CELL);
        assert_eq!(cut("court"), "court");
    }
}
