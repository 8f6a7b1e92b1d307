//! `blon-server export`: the files of headquarters' exports, without HTTP.

use crate::print;
use blon_core::consent::Audience;
use blon_core::id::CampaignId;
use blon_server::Headquarters;
use blon_server::error::{Error, Result};
use blon_server::exports::headings::Headings;
use blon_server::exports::{Ask, Format};
use blon_server::whole::{not_there, whole};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use std::io::Write;
use std::path::PathBuf;

/// How an export is wanted.
#[derive(Args)]
pub struct Export {
    /// The campaign.
    #[arg(long)]
    campaign: CampaignId,
    /// What to write.
    #[arg(long, value_enum)]
    format: Kind,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// What stands above the columns: their names, or words: name, fr or en.
    #[arg(long, default_value = "name")]
    headings: Headings,
    /// To whom it goes: team, partner or public. Stories whose storytellers did not agree to that are not in it.
    #[arg(long, value_enum, default_value = "team")]
    audience: Whom,
    /// Rejected stories, too.
    #[arg(long)]
    rejected: bool,
    /// Only those told on this day or later.
    #[arg(long, value_name = "DAY")]
    since: Option<NaiveDate>,
    /// Only those told on this day or before.
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
    /// Also write the manifest: what is in the file and what is not, with digests. A ZIP has its own inside.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

/// To whom an export can go.
#[derive(Clone, Copy, ValueEnum)]
enum Whom {
    /// Those who work on the collection.
    Team,
    /// Partners as well.
    Partner,
    /// Anybody.
    Public,
}

impl Whom {
    fn audience(self) -> Audience {
        match self {
            Whom::Team => Audience::Team,
            Whom::Partner => Audience::Partner,
            Whom::Public => Audience::Public,
        }
    }
}

/// What can be written.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Every table as CSV, in a ZIP.
    Csv,
    /// The flat file alone: one row a story, as CSV.
    Stories,
    /// A workbook, with a sheet for each table.
    Xlsx,
    /// One story a line, nested, as JSON.
    Jsonl,
    /// Tables, lines and the files of evidence, in a ZIP.
    Evidence,
}

impl Kind {
    fn format(self) -> Format {
        match self {
            Kind::Csv => Format::Csv,
            Kind::Stories => Format::Stories,
            Kind::Xlsx => Format::Xlsx,
            Kind::Jsonl => Format::JsonLines,
            Kind::Evidence => Format::Evidence,
        }
    }
}

/// Writes an export, and its manifest where that is wanted.
///
/// # Errors
/// `file_exists`, `campaign_not_found`, `too_large`, `disk_full`.
pub fn export(json: bool, headquarters: &Headquarters, wanted: &Export) -> Result<()> {
    for file in [Some(&wanted.to), wanted.manifest.as_ref()].into_iter().flatten() {
        not_there(file)?;
    }
    let ask = Ask {
        headings: wanted.headings,
        audience: wanted.audience.audience(),
        rejected: wanted.rejected,
        from: wanted.since,
        to: wanted.until,
        status: None,
    };
    let format = wanted.format.format();
    let export = headquarters.prepare_export(&wanted.campaign, None, format, ask)?;
    let manifest = whole(&wanted.to, |out| headquarters.write_export(&export, format, out, &|| false))?;
    if let Some(file) = &wanted.manifest {
        whole(file, |out| {
            let written = serde_json::to_vec_pretty(&manifest)?;
            out.write_all(&written).map_err(|e| Error::file(file, e))?;
            Ok(manifest.clone())
        })?;
    }
    print::exported(json, &wanted.to, &manifest)
}
