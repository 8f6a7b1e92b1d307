//! What verifiers are asked for, and who can be asked.

use crate::error::{Error, Result};
use crate::store::{DeviceRow, Tx};
use blon_core::error::Code;
use blon_core::fold::{Revision, Standing, fold};
use blon_core::id::{CampaignId, PersonName};
use blon_core::review::Role;
use blon_core::verification::{Claim, Task};

/// Whether this person can be asked to verify in a campaign.
pub(crate) fn can_verify(tx: &Tx, campaign: &CampaignId, name: &PersonName) -> Result<()> {
    if verifiers_of(tx, campaign)?.contains(name) {
        return Ok(());
    }
    Err(Error::told(Code::PersonNotFound, format!("no verifier is called {name}")))
}

/// Who can be asked to verify in a campaign, by name.
pub(crate) fn verifiers_of(tx: &Tx, campaign: &CampaignId) -> Result<Vec<PersonName>> {
    let plan = tx.plan(campaign)?;
    let mut names = Vec::new();
    for name in tx.people_who(Role::Verifier)? {
        if tx.person(&name)?.is_some_and(|person| plan.takes_part(&person.team)) {
            names.push(name);
        }
    }
    Ok(names)
}

/// What a verifier is asked for: the claims, and nothing else of the stories.
pub(crate) fn tasks(tx: &Tx, device: &DeviceRow) -> Result<Vec<Task>> {
    let mut tasks = Vec::new();
    for (id, story) in tx.tasks(&device.campaign, &device.person)? {
        let Some(folded) = fold(story, &tx.records_of(story)?) else { continue };
        let Some(asked) = folded.verification(id) else { continue };
        // As it is told now: what was taken out since, a name perhaps, is nobody's to hear.
        let heads = folded.heads.iter().rev().filter_map(|head| folded.revision(*head));
        let told = |revision: &'_ Revision| revision.story.change(asked.change).is_some();
        let Some(revision) = heads.clone().find(|revision| told(revision)) else { continue };
        let Some(change) = revision.story.change(asked.change) else { continue };
        // What will not count need not be asked about any more.
        if folded.standing == Standing::Rejected {
            continue;
        }
        tasks.push(Task {
            id,
            story,
            training: revision.story.training,
            claim: Claim::of(&revision.story, change),
            question: asked.question.clone(),
            by: asked.by.clone(),
            reported: !asked.reports.is_empty(),
        });
    }
    Ok(tasks)
}
