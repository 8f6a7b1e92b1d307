//! JSON Lines: one story a line, nested as the model is.

use super::counted::Counted;
use super::manifest::Entry;
use super::reading::Outgoing;
use crate::error::{Error, Result};
use blon_core::fold::{ChangeRating, Status};
use blon_core::id::{CampaignId, ChangeId, Digest, PersonName, StoryId};
use blon_core::release::Withheld;
use blon_core::story::Story;
use blon_core::verification::Verified;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// The name of the file.
pub const NAME: &str = "stories.jsonl";

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    story_id: StoryId,
    /// The storyteller's code.
    storyteller: String,
    campaign: &'a CampaignId,
    collector: &'a PersonName,
    status: Status,
    conflict: bool,
    revisions: usize,
    /// When the newest was signed off, by the device's clock.
    revised_at: String,
    /// The content that may leave; where something is withheld, texts are empty and files absent.
    story: &'a Story,
    /// How supervisors rate its changes.
    ratings: &'a [ChangeRating],
    /// What verifiers found, by change.
    verified: BTreeMap<ChangeId, Verified>,
    /// What was withheld, and why.
    withheld: &'a [Withheld],
    /// Which of its files headquarters has whole.
    files_at_headquarters: &'a BTreeSet<Digest>,
}

/// The lines on their way out.
pub struct JsonLines<W: Write> {
    out: Counted<W>,
    lines: u64,
}

impl<W: Write> JsonLines<W> {
    /// Begins.
    pub fn begin(out: W) -> Self {
        JsonLines { out: Counted::new(out), lines: 0 }
    }

    /// Adds a story.
    ///
    /// # Errors
    /// Those of what it is written to.
    pub fn add(&mut self, outgoing: &Outgoing) -> Result<()> {
        let released = &outgoing.released;
        let here = released.story().files().map(|file| &file.sha256);
        let here: BTreeSet<Digest> = here.filter(|file| outgoing.whole.contains(file)).cloned().collect();
        let changes = released.story().changes.iter().map(|change| change.id);
        let line = Line {
            story_id: released.id(),
            storyteller: released.id().storyteller(),
            campaign: &outgoing.campaign,
            collector: released.collector(),
            status: outgoing.status,
            conflict: released.conflict(),
            revisions: released.revisions(),
            revised_at: super::cell::moment_text(&released.revised()),
            story: released.story(),
            ratings: released.ratings(),
            verified: changes.filter_map(|id| Some((id, released.verified(id)?))).collect(),
            withheld: released.withheld(),
            files_at_headquarters: &here,
        };
        let mut line = serde_json::to_vec(&line)?;
        line.push(b'\n');
        self.out.write_all(&line).map_err(|e| Error::file(NAME, e))?;
        self.lines += 1;
        Ok(())
    }

    /// Ends; gives what it is as an entry, and where it was written to.
    ///
    /// # Errors
    /// Those of what it is written to.
    pub fn end(mut self) -> Result<(Entry, W)> {
        self.out.flush().map_err(|e| Error::file(NAME, e))?;
        let (entry, out) = self.out.entry(NAME.to_owned());
        Ok((Entry { rows: Some(self.lines), ..entry }, out))
    }
}
