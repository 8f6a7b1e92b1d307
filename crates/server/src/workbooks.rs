//! Workbooks as people make them in a spreadsheet, read into the rows that core understands: `.xlsx`, the old `.xls`, and our
//! own JSON of the same.
//!
//! A file from elsewhere is held to bounds before anything of it is believed: a small archive may unpack to more than any
//! memory holds, and two cells may claim a sheet of a thousand million. Macros are passed over; nothing of a workbook is run.

use crate::error::Error;
use blon_core::questionnaire::form::{Kind, Questionnaire};
use blon_core::questionnaire::read::{ROWS_LIMIT, read, too_many_rows};
use blon_core::questionnaire::workbook::{Finding, Row, Sheet, Workbook};
use blon_core::said;
use blon_core::said::Said;
use calamine::{Data, DataRef, ExcelDateTime, Reader, Xls, Xlsx};
use rust_xlsxwriter::Format;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use ts_rs::TS;
use zip::ZipArchive;

/// The most bytes of a workbook: a hundred times the largest form that people answer.
pub const WORKBOOK_BYTES: usize = 20 * 1024 * 1024;

/// The most bytes that it may unpack to.
const UNPACKED_BYTES: u64 = 64 * 1024 * 1024;

/// The most columns of a sheet: XLSForm knows some sixty, each in a few languages.
const COLUMNS_LIMIT: usize = 1_000;

/// The most cells of a sheet: rows enough, with fifty columns each.
const CELLS_LIMIT: usize = 50 * ROWS_LIMIT;

/// What becomes of a workbook: whether it can be asked, and if not, all that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export, rename = "FormVerdict")]
pub struct Verdict {
    /// Whether it can be asked.
    pub ok: bool,
    /// How many questions it asks.
    pub questions: u32,
    /// What is wrong, in the order of the rows.
    pub errors: Vec<Finding>,
}

impl Verdict {
    /// What becomes of the bytes of a file.
    pub fn of(file: &[u8]) -> Self {
        let questionnaire = workbook(file).and_then(|workbook| read(&workbook));
        Verdict::of_read(questionnaire.as_ref())
    }

    /// What becomes of a workbook that was read, or not.
    pub(crate) fn of_read(read: Result<&Questionnaire, &Vec<Finding>>) -> Self {
        match read {
            Ok(questionnaire) => {
                Verdict { ok: true, questions: questions(questionnaire), errors: Vec::new() }
            }
            Err(errors) => Verdict { ok: false, questions: 0, errors: errors.clone() },
        }
    }
}

/// How many questions it asks.
pub(crate) fn questions(questionnaire: &Questionnaire) -> u32 {
    let asked = questionnaire.nodes.iter().filter(|node| matches!(node.kind, Kind::Question(_))).count();
    u32::try_from(asked).unwrap_or(u32::MAX)
}

/// Reads the bytes of a file as a workbook, whichever kind of file it is.
///
/// # Errors
/// What makes it unreadable.
pub fn workbook(file: &[u8]) -> Result<Workbook, Vec<Finding>> {
    if file.len() > WORKBOOK_BYTES {
        let most = WORKBOOK_BYTES / 1024 / 1024;
        return Err(unreadable(said!("a workbook has at most {most} MB", "un classeur a au plus {most} Mo")));
    }
    if file.starts_with(b"PK") {
        unwound(|| xlsx(file))
    } else if file.starts_with(&OLD) {
        unwound(|| xls(file))
    } else {
        json(file)
    }
}

/// The same for what comes over the network. Old `.xls` files are left to the tool: what reads them believes what a cell says of its
/// own place, and one wrong byte may ask for more memory than there is.
///
/// # Errors
/// What makes it unreadable.
pub fn from_outside(file: &[u8]) -> Result<Workbook, Vec<Finding>> {
    if file.starts_with(&OLD) {
        return Err(unreadable(said!(
            "this is an old .xls workbook: save it as .xlsx and send that",
            "c’est un ancien classeur .xls : enregistrez-le en .xlsx, puis envoyez celui-ci"
        )));
    }
    workbook(file)
}

/// How an old workbook begins.
const OLD: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];

/// The columns of a sheet in the order in which people read them; what else there is comes after, by name.
const ORDER: [&str; 16] = [
    "list_name",
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "choice_filter",
    "default",
    "appearance",
    "parameters",
    "repeat_count",
];

/// Writes a workbook as a spreadsheet opens it: every cell a text, as it is kept.
///
/// # Errors
/// An internal error if it cannot be written.
pub fn written(workbook: &Workbook) -> Result<Vec<u8>, Error> {
    let failed = |e: rust_xlsxwriter::XlsxError| Error::Internal(e.to_string());
    let (mut book, heading) = (rust_xlsxwriter::Workbook::new(), Format::new().set_bold());
    let sheets = [
        (Sheet::Survey, &workbook.survey),
        (Sheet::Choices, &workbook.choices),
        (Sheet::Settings, &workbook.settings),
    ];
    for (sheet, rows) in sheets {
        let page = book.add_worksheet().set_name(sheet.to_string()).map_err(failed)?;
        page.set_freeze_panes(1, 0).map_err(failed)?;
        let names: BTreeSet<&String> = rows.iter().flat_map(|row| row.0.keys()).collect();
        let mut names: Vec<&String> = names.into_iter().collect();
        names.sort_by_key(|name| {
            let word = name.split(':').next().unwrap_or_default();
            ORDER.iter().position(|known| *known == word).unwrap_or(ORDER.len())
        });
        for (column, name) in (0_u16..).zip(names) {
            page.write_string_with_format(0, column, name, &heading).map_err(failed)?;
            for (row, cells) in (1_u32..).zip(rows) {
                if let Some(text) = cells.0.get(name) {
                    page.write_string(row, column, text).map_err(failed)?;
                }
            }
        }
    }
    book.save_to_buffer().map_err(failed)
}

/// A library that falls over a broken file takes nobody with it.
fn unwound(
    read: impl FnOnce() -> Result<Workbook, Vec<Finding>> + std::panic::UnwindSafe,
) -> Result<Workbook, Vec<Finding>> {
    std::panic::catch_unwind(read).unwrap_or_else(|_| Err(broken("it is broken")))
}

fn unreadable(wrong: Said) -> Vec<Finding> {
    vec![Finding::new(Sheet::Survey, 1, "", wrong)]
}

/// What the libraries say of a broken file is English; it is kept for whoever is asked for help.
fn broken(error: impl std::fmt::Display) -> Vec<Finding> {
    unreadable(said!(
        "the workbook cannot be read: {error}",
        "le classeur ne peut pas être lu (détail technique : {error})"
    ))
}

fn json(file: &[u8]) -> Result<Workbook, Vec<Finding>> {
    let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    serde_json::from_slice(text).map_err(|error| {
        unreadable(said!(
            "this is no workbook (.xlsx, .xls), and no JSON of one: {error}",
            "ce n’est ni un classeur (.xlsx, .xls), ni le JSON d’un classeur (détail technique : {error})"
        ))
    })
}

fn xlsx(file: &[u8]) -> Result<Workbook, Vec<Finding>> {
    unpacks_to_little(file)?;
    let mut book = Xlsx::new(Cursor::new(file)).map_err(broken)?;
    let names = book.sheet_names();
    sheets(&names, |name| {
        let mut cells = book.worksheet_cells_reader(name).map_err(broken)?;
        let mut found = Vec::new();
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            // A file of 20 MB may hold as many cells as no memory does.
            if found.len() == CELLS_LIMIT {
                return Err(unreadable(said!(
                    "a sheet has at most {CELLS_LIMIT} cells",
                    "une feuille a au plus {CELLS_LIMIT} cellules"
                )));
            }
            found.push((cell.get_position(), shared(cell.get_value())));
        }
        Ok(found)
    })
}

fn xls(file: &[u8]) -> Result<Workbook, Vec<Finding>> {
    let mut book = Xls::new(Cursor::new(file)).map_err(broken)?;
    let names = book.sheet_names();
    sheets(&names, |name| {
        let range = book.worksheet_range(name).map_err(broken)?;
        let (top, left) = range.start().unwrap_or_default();
        let place = |(row, column): (usize, usize)| {
            (top + u32::try_from(row).unwrap_or(u32::MAX), left + u32::try_from(column).unwrap_or(u32::MAX))
        };
        Ok(range.used_cells().map(|(row, column, value)| (place((row, column)), plain(value))).collect())
    })
}

/// Whatever an archive says of itself, it is unpacked once, and what comes out is counted.
fn unpacks_to_little(file: &[u8]) -> Result<(), Vec<Finding>> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(broken)?;
    let mut left = UNPACKED_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(broken)?;
        let bytes = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(broken)?;
        left = left.checked_sub(bytes).ok_or_else(|| {
            let most = UNPACKED_BYTES / 1024 / 1024;
            unreadable(said!(
                "the workbook unpacks to more than {most} MB, which no questionnaire does",
                "le classeur contient plus de {most} Mo une fois décompressé, ce qu’aucun questionnaire ne fait"
            ))
        })?;
    }
    Ok(())
}

type Cells = Vec<((u32, u32), String)>;

/// The three sheets by their names, in any case.
fn sheets(
    names: &[String],
    mut cells_of: impl FnMut(&str) -> Result<Cells, Vec<Finding>>,
) -> Result<Workbook, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut rows_of = |sheet: Sheet| -> Result<Option<Vec<Row>>, Vec<Finding>> {
        let wanted = sheet.to_string();
        let Some(name) = names.iter().find(|name| name.trim().eq_ignore_ascii_case(&wanted)) else {
            return Ok(None);
        };
        Ok(Some(rows(sheet, cells_of(name)?, &mut findings)))
    };
    let survey = rows_of(Sheet::Survey)?;
    let (choices, settings) = (rows_of(Sheet::Choices)?, rows_of(Sheet::Settings)?);
    match survey {
        None => {
            let there = names.join(", ");
            Err(unreadable(said!(
                "there is no sheet \"survey\" among {there}",
                "il n’y a pas de feuille « survey » parmi {there}"
            )))
        }
        Some(_) if !findings.is_empty() => Err(findings),
        Some(survey) => Ok(Workbook {
            survey,
            choices: choices.unwrap_or_default(),
            settings: settings.unwrap_or_default(),
        }),
    }
}

/// The rows under the headings, which are the first row that holds anything.
fn rows(sheet: Sheet, cells: Cells, findings: &mut Vec<Finding>) -> Vec<Row> {
    let mut headings: BTreeMap<u32, String> = BTreeMap::new();
    let mut rows = Vec::new();
    let mut found = |row: u32, column: &str, wrong: Said| {
        let row = usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
        findings.push(Finding::new(sheet, row, column, wrong));
    };
    for ((row, column), text) in cells {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if row == 0 {
            if headings.len() == COLUMNS_LIMIT {
                let wrong = said!(
                    "a sheet has at most {COLUMNS_LIMIT} columns",
                    "une feuille a au plus {COLUMNS_LIMIT} colonnes"
                );
                found(0, "", wrong);
                break;
            }
            if headings.values().any(|heading| heading == text) {
                let wrong =
                    said!("the heading {text:?} stands there twice", "l’en-tête « {text} » est là deux fois");
                found(0, text, wrong);
            }
            headings.insert(column, text.to_owned());
            continue;
        }
        let place = usize::try_from(row - 1).unwrap_or(usize::MAX);
        if place >= ROWS_LIMIT {
            found(row, "", too_many_rows());
            break;
        }
        // What stands under no heading is a note of its author's.
        let Some(heading) = headings.get(&column) else { continue };
        if rows.len() <= place {
            rows.resize_with(place + 1, Row::default);
        }
        if let Some(row) = rows.get_mut(place) {
            row.0.insert(heading.clone(), text.to_owned());
        }
    }
    rows
}

fn shared(value: &DataRef) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        other => plain(&Data::from(other.clone())),
    }
}

/// A cell as people see it: whole numbers without a point, days as they are written in forms.
fn plain(value: &Data) -> String {
    match value {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(yes) => yes.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::DateTime(moment) => day(moment),
    }
}

fn day(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}
