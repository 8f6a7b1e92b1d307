//! Custodians change: everything that a key still opens is sealed to the campaign's keys of now.
//!
//! What is put back is put back in batches, so that this can be stopped at any moment and begun again; nothing is lost by doing it
//! twice. What no key opens is left as it is, and named.

use crate::headquarters::{Headquarters, SealAnew};
use crate::keys::{Keys, recipients};
use crate::problem::{Result, told};
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use serde::Serialize;
use std::collections::BTreeSet;

/// How many identities are put back at once.
const BATCH: usize = 50;

/// What was done.
#[derive(Debug, Default, Serialize)]
pub struct Done {
    /// The keys that open from now on.
    pub keys: Vec<String>,
    /// How many sealings were made anew.
    pub sealed: usize,
    /// Storytellers of whom something is left as it was: no key opened it.
    pub left: BTreeSet<String>,
    /// Storytellers beside whose story another's identity was put: sealed anew as it is.
    pub misplaced: BTreeSet<String>,
}

/// Does so. `expected` are the keys that the custodian means: where they are given, they must be the campaign's. `progress` hears
/// how many stories of how many were done.
///
/// # Errors
/// `bad_input` where the campaign has no key, or others than were expected; those of the line. What was put back stays so.
pub fn seal_anew(
    line: &Headquarters,
    campaign: &Campaign,
    reason: &str,
    keys: &Keys,
    expected: &[String],
    mut progress: impl FnMut(usize, usize),
) -> Result<Done> {
    let now = &campaign.custodian_keys;
    let set = |keys: &[String]| keys.iter().map(|key| key.trim().to_owned()).collect::<BTreeSet<_>>();
    if now.is_empty() {
        return Err(told(Code::BadInput, "the campaign has no custodian's key to seal to"));
    }
    if !expected.is_empty() && set(expected) != set(now) {
        let message = format!("the campaign's keys are others: {}; nothing was sealed anew", now.join(" "));
        return Err(told(Code::BadInput, message));
    }
    let to = recipients(now)?;
    let stories = line.identities(&campaign.id)?;
    let mut done = Done { keys: now.clone(), ..Done::default() };
    let mut batch = Vec::new();
    for (n, story) in stories.iter().enumerate() {
        let copies = match line.take_out(&campaign.id, story.story, reason) {
            // Withdrawn meanwhile.
            Err(problem) if problem.code == Code::StoryNotFound => continue,
            taken => taken?.copies,
        };
        let storyteller = story.story.storyteller();
        for copy in copies {
            let Some(opened) = keys.open(&copy.sealed) else {
                done.left.insert(storyteller.clone());
                continue;
            };
            if opened.inside().is_none_or(|inside| inside.of != storyteller) {
                done.misplaced.insert(storyteller.clone());
            }
            let opened_face = copy.face.as_ref().map(|face| keys.open(face));
            // One that is still to come is sealed to the keys of before.
            if copy.face_awaited || matches!(opened_face, Some(None)) {
                done.left.insert(storyteller.clone());
            }
            let face = opened_face.flatten();
            if face.as_ref().is_some_and(|face| face.face_of() != Some(&storyteller)) {
                done.misplaced.insert(storyteller.clone());
            }
            let face = face.map(|face| face.sealed_to(&to)).transpose()?;
            batch.push(SealAnew { record: copy.record, sealed: opened.sealed_to(&to)?, face });
        }
        if batch.len() >= BATCH {
            done.sealed += put(line, campaign, &std::mem::take(&mut batch))?;
        }
        progress(n + 1, stories.len());
    }
    done.sealed += put(line, campaign, &batch)?;
    Ok(done)
}

/// Puts a batch back; gives how many. One that was withdrawn meanwhile does not hold the others up.
fn put(line: &Headquarters, campaign: &Campaign, batch: &[SealAnew]) -> Result<usize> {
    match line.put_anew(&campaign.id, batch) {
        _ if batch.is_empty() => Ok(0),
        Ok(()) => Ok(batch.len()),
        Err(problem) if problem.code == Code::StoryNotFound && batch.len() > 1 => {
            batch.iter().map(|one| put(line, campaign, std::slice::from_ref(one))).sum()
        }
        Err(problem) if problem.code == Code::StoryNotFound => Ok(0),
        Err(problem) => Err(problem),
    }
}
