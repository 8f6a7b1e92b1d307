//! How supervisors rate changes, and what verifiers found.

use super::{ChangeRating, Revision, about};
use crate::record::{Act, Record};
use crate::verification::{Report, Verification};

/// The ratings that stand and the verifications of a story, from its records in causal order. A rating takes the place of those
/// of the same author and change that it builds on.
pub(super) fn assessments(
    ordered: &[&Record],
    revisions: &[Revision],
) -> (Vec<ChangeRating>, Vec<Verification>) {
    let rates: Vec<&Record> =
        ordered.iter().copied().filter(|record| matches!(record.act, Act::Rate { .. })).collect();
    let all: Vec<(&Record, ChangeRating)> =
        rates.iter().filter_map(|record| Some((*record, rating(record, revisions)?))).collect();
    let replaced = |old: &ChangeRating| {
        let by = |(record, new): &(&Record, ChangeRating)| {
            new.id != old.id
                && record.builds_on.contains(&old.id)
                && (&new.author, new.change) == (&old.author, old.change)
        };
        all.iter().any(by)
    };
    let ratings = all.iter().map(|(_, rating)| rating).filter(|rating| !replaced(rating)).cloned().collect();
    let mut verifications: Vec<Verification> =
        ordered.iter().filter_map(|record| asked(record, revisions)).collect();
    for record in ordered {
        let Act::Verify { asked, findings } = &record.act else { continue };
        let report = Report { id: record.id, clock: record.clock, findings: findings.clone() };
        if let Some(verification) = verifications.iter_mut().find(|verification| verification.id == *asked) {
            verification.reports.push(report);
        }
    }
    (ratings, verifications)
}

fn rating(record: &Record, revisions: &[Revision]) -> Option<ChangeRating> {
    let Act::Rate { change, ratings, note } = &record.act else { return None };
    Some(ChangeRating {
        id: record.id,
        about: about(record, revisions)?.id,
        change: *change,
        author: record.author.clone(),
        clock: record.clock,
        ratings: ratings.clone(),
        note: note.clone(),
    })
}

fn asked(record: &Record, revisions: &[Revision]) -> Option<Verification> {
    let Act::AskVerification { change, verifier, question } = &record.act else { return None };
    Some(Verification {
        id: record.id,
        about: about(record, revisions)?.id,
        change: *change,
        by: record.author.clone(),
        clock: record.clock,
        verifier: verifier.clone(),
        question: question.clone(),
        reports: Vec::new(),
    })
}
