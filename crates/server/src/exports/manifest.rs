//! What an export says of itself: what is in it, what is not, and why.

use super::Export;
use super::headings::Headings;
use super::reading::Tally;
use blon_core::consent::Audience;
use blon_core::fold::Status;
use blon_core::id::{CampaignId, Digest, PersonName};
use blon_core::release::{Because, HeldBack};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// The manifest of an export.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its full name.
    pub campaign_name: String,
    /// When it was made, by headquarters' clock.
    pub made_at: DateTime<Utc>,
    /// By whom; `null` for whoever used the tool on headquarters' own machine.
    pub made_by: Option<PersonName>,
    /// What was asked for.
    pub options: Options,
    /// What became of the stories.
    pub stories: Stories,
    /// What was withheld of those that are in it.
    pub withheld: Vec<Held>,
    /// What became of the files that may leave; for the archive with evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<FilesTold>,
    /// Every file of it but this one.
    pub entries: Vec<Entry>,
}

/// What was asked for.
#[derive(Debug, Clone, Serialize)]
pub struct Options {
    /// What stands above the columns.
    pub headings: Headings,
    /// To whom it may go: no story is in it whose storyteller did not agree to that.
    pub audience: Audience,
    /// Whether rejected stories are in it.
    pub rejected: bool,
    /// Only those told on this day or later.
    pub from: Option<NaiveDate>,
    /// Only those told on this day or before.
    pub to: Option<NaiveDate>,
    /// Only those of this status.
    pub status: Option<Status>,
}

/// How many stories are in it, and how many are not.
#[derive(Debug, Clone, Serialize)]
pub struct Stories {
    /// How many are.
    pub released: u64,
    /// How many are not, by the reason.
    pub held_back: BTreeMap<HeldBack, u64>,
}

/// A part that was withheld.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// Which.
    pub field: String,
    /// Why.
    pub because: Because,
    /// How often.
    pub count: u64,
}

/// How many files are in it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct FilesTold {
    /// How many are.
    pub included: u64,
    /// How many may leave and have not come to headquarters whole.
    pub not_here: u64,
}

/// One file of an export.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many rows or lines it has, without the headings; for tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

impl Manifest {
    /// What there is to say of an export that has gone through all stories.
    pub(super) fn of(export: &Export, tally: Tally, entries: Vec<Entry>, files: Option<FilesTold>) -> Self {
        let withheld = tally.withheld.into_iter();
        Manifest {
            campaign: export.campaign.clone(),
            campaign_name: export.name.clone(),
            made_at: export.made_at,
            made_by: export.made_by.clone(),
            options: Options {
                headings: export.headings,
                audience: export.terms.audience,
                rejected: export.terms.rejected,
                from: export.wanted.from,
                to: export.wanted.to,
                status: export.wanted.status,
            },
            stories: Stories { released: tally.released, held_back: tally.held_back },
            withheld: withheld.map(|((field, because), count)| Held { field, because, count }).collect(),
            files,
            entries,
        }
    }
}
