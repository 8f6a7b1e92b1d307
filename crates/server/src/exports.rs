//! What leaves headquarters: stories as files for analysis, and as a feed.
//!
//! - [`reading`]: the stories, page by page, each through the gate of [`blon_core::release`]; nothing else here sees one before.
//! - [`tables`], [`fields`], [`headings`], [`cell`]: which tables there are, their columns, what those are called, their values.
//! - [`csv`], [`xlsx`], [`jsonl`], [`archive`]: the kinds of files; [`counted`]: their bytes; [`manifest`]: what they say of
//!   themselves.
//! - [`odata`]: the feed.
//!
//! docs/exports.md tells people what is in each, and why something is not.

pub mod archive;
pub mod cell;
pub mod counted;
pub mod csv;
pub mod fields;
pub mod headings;
pub mod jsonl;
pub mod manifest;
pub mod odata;
pub mod reading;
pub mod tables;
pub mod xlsx;

use crate::Headquarters;
use crate::audit::What;
use crate::campaigns::campaign_for;
use crate::error::{Error, Result};
use crate::people::Sight;
use crate::store::{Person, Wanted};
use blon_core::consent::Audience;
use blon_core::error::Code;
use blon_core::fold::Status;
use blon_core::id::{CampaignId, PersonName};
use blon_core::questionnaire::read::read;
use blon_core::release::Terms;
use blon_core::review::Role;
use chrono::{DateTime, NaiveDate, Utc};
use csv::CsvTable;
use headings::Headings;
use jsonl::JsonLines;
use manifest::Manifest;
use reading::Reading;
use schemars::JsonSchema;
use serde::Deserialize;
use std::io::{Write, sink};
use tables::Tables;
use xlsx::Book;

/// What an export can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The flat file: one row a story.
    Stories,
    /// That, and every other table, in a ZIP.
    Csv,
    /// All tables as a workbook.
    Xlsx,
    /// One story a line, nested.
    JsonLines,
    /// Tables, lines and the files of evidence, in a ZIP.
    Evidence,
    /// What such an export says of itself, without the export.
    Manifest,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 6] =
        [Format::Stories, Format::Csv, Format::Xlsx, Format::JsonLines, Format::Evidence, Format::Manifest];

    /// The name of its file.
    pub const fn file(self) -> &'static str {
        match self {
            Format::Stories => "stories.csv",
            Format::Csv => "csv.zip",
            Format::Xlsx => xlsx::NAME,
            Format::JsonLines => jsonl::NAME,
            Format::Evidence => "evidence.zip",
            Format::Manifest => archive::MANIFEST,
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Stories => "text/csv; charset=utf-8; header=present",
            Format::Csv | Format::Evidence => "application/zip",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::JsonLines => "application/jsonl; charset=utf-8",
            Format::Manifest => "application/json",
        }
    }
}

/// How an export is wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ask {
    /// What stands above the columns.
    pub headings: Headings,
    /// To whom it goes: stories whose storytellers did not agree to that are not in it.
    pub audience: Audience,
    /// Whether rejected stories are wanted, too.
    pub rejected: bool,
    /// Only those told on this day or later.
    pub from: Option<NaiveDate>,
    /// Only those told on this day or before.
    pub to: Option<NaiveDate>,
    /// Only those of this status.
    pub status: Option<Status>,
}

/// An export that may be made: who asks for it may, and it stands in the audit log.
pub struct Export {
    campaign: CampaignId,
    name: String,
    start: NaiveDate,
    made_at: DateTime<Utc>,
    made_by: Option<PersonName>,
    sight: Sight,
    wanted: Wanted,
    terms: Terms,
    headings: Headings,
    tables: Tables,
}

impl Headquarters {
    /// Gets an export ready, and notes it in the audit log. `reader` is `None` for whoever can read the data folder anyway.
    ///
    /// # Errors
    /// `forbidden` for who does not analyse or supervise; `campaign_not_found`.
    pub fn prepare_export(
        &self,
        campaign: &CampaignId,
        reader: Option<&Person>,
        format: Format,
        ask: Ask,
    ) -> Result<Export> {
        let export = self.export_of(campaign, reader, ask)?;
        let about = format!("{campaign} {}", format.file());
        self.store.write(|tx| tx.note(export.made_by.as_ref(), What::Exported, &about))?;
        self.refresh()?;
        Ok(export)
    }

    /// The same without a word in the log.
    fn export_of(&self, campaign: &CampaignId, reader: Option<&Person>, ask: Ask) -> Result<Export> {
        let sight = reader.map_or(Ok(Sight::All), sight_of)?;
        let campaign = self.store.read(|tx| campaign_for(tx, campaign, reader))?;
        // A questionnaire that cannot be read tells nobody what an answer is: then none beyond the model leaves.
        let asked = campaign.questionnaire.as_ref().and_then(|workbook| read(workbook).ok());
        let Ask { headings, audience, rejected, from, to, status } = ask;
        Ok(Export {
            campaign: campaign.id,
            name: campaign.name,
            start: campaign.start,
            made_at: Utc::now(),
            made_by: reader.map(|reader| reader.name.clone()),
            sight,
            wanted: Wanted { from, to, status },
            terms: Terms { audience, rejected },
            headings,
            tables: Tables::of(asked),
        })
    }

    /// Writes an export, and gives its manifest. `gone` says whether nobody waits for it any more: then the work ends.
    ///
    /// # Errors
    /// Those of `out` and of the database; `too_large` for what no spreadsheet holds; `disk_full`.
    pub fn write_export(
        &self,
        export: &Export,
        format: Format,
        out: impl Write + Send,
        gone: &dyn Fn() -> bool,
    ) -> Result<Manifest> {
        let mut reading = Reading::after(self, export, 0);
        let (tables, headings) = (&export.tables, export.headings);
        let entries = match format {
            Format::Csv => return archive::write(self, export, false, out, gone),
            Format::Evidence => return archive::write(self, export, true, out, gone),
            Format::Manifest => {
                let manifest = self.measured(export, gone)?;
                let mut out = out;
                let failed = |e| Error::file(archive::MANIFEST, e);
                out.write_all(&serde_json::to_vec_pretty(&manifest)?).map_err(failed)?;
                out.flush().map_err(failed)?;
                return Ok(manifest);
            }
            Format::Stories => {
                let stories = tables.all.first().ok_or_else(|| Error::Internal("no table".to_owned()))?;
                let mut table = CsvTable::begin(tables, stories, headings, out)?;
                reading.each(gone, |outgoing| table.add(outgoing))?;
                table.end()?.0
            }
            Format::JsonLines => {
                let mut lines = JsonLines::begin(out);
                reading.each(gone, |outgoing| lines.add(outgoing))?;
                lines.end()?.0
            }
            Format::Xlsx => {
                let mut book = Book::begin(tables, headings, &self.files, export.start, xlsx::ROWS)?;
                reading.each(gone, |outgoing| book.add(outgoing))?;
                book.end(out)?
            }
        };
        Ok(Manifest::of(export, reading.tally, vec![entries], None))
    }

    /// The manifest of every single file that would be made now, the tables of the ZIP among them.
    fn measured(&self, export: &Export, gone: &dyn Fn() -> bool) -> Result<Manifest> {
        let (tables, mut reading) = (&export.tables, Reading::after(self, export, 0));
        let begin = |table| CsvTable::begin(tables, table, export.headings, sink());
        let mut all: Vec<CsvTable<_>> = tables.all.iter().map(begin).collect::<Result<_>>()?;
        let mut lines = JsonLines::begin(sink());
        let mut book = Some(Book::begin(tables, export.headings, &self.files, export.start, xlsx::ROWS)?);
        reading.each(gone, |outgoing| {
            all.iter_mut().try_for_each(|table| table.add(outgoing))?;
            match book.as_mut().map(|book| book.add(outgoing)) {
                // There is none to measure.
                Some(Err(error)) if error.code() == Code::TooLarge => book = None,
                Some(Err(error)) => return Err(error),
                Some(Ok(())) | None => {}
            }
            lines.add(outgoing)
        })?;
        let mut entries: Vec<_> = all.into_iter().map(|table| Ok(table.end()?.0)).collect::<Result<_>>()?;
        entries.push(lines.end()?.0);
        entries.extend(book.map(|book| book.end(sink())).transpose()?);
        Ok(Manifest::of(export, reading.tally, entries, None))
    }
}

impl Export {
    /// What its file is called, such as `kangaba-2022-2026-11-26.csv.zip`.
    pub fn file_name(&self, format: Format) -> String {
        format!("{}-{}.{}", self.campaign, self.made_at.format("%F"), format.file())
    }
}

/// Whose stories somebody may take away with them: analysts everybody's, supervisors those of their team, others nobody's, not
/// even their own.
fn sight_of(reader: &Person) -> Result<Sight> {
    match reader.role {
        Role::Analyst | Role::Supervisor => Ok(Sight::of(reader)),
        Role::Collector | Role::Verifier | Role::Admin | Role::Custodian => {
            let message = "only analysts and supervisors take stories out of headquarters";
            Err(Error::told(Code::Forbidden, message))
        }
    }
}
