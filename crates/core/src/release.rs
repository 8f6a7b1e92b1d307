//! What of a story may be shown: the one gate that every export and feed goes through, and whoever reads at headquarters
//! without reviewing.
//!
//! Consent is given for each thing by itself (domain.md), and "not asked" is not "yes". Whoever writes an export gets a
//! [`Released`] and never the story behind it; the fields are private and [`release`] alone makes one, so an exporter cannot
//! leave the gate out by mistake. What the gate takes away is named, so that nobody takes a gap for an answer.
//!
//! - A story for practice, or without a yes to the interview in every newest revision, does not leave at all; a rejected one
//!   only where it is asked for. One that is withdrawn is not here at all: [`crate::withdrawal`].
//! - It goes as far as its storyteller said: to the team, to partners, to anybody. Who was not asked said the team.
//! - Without a yes to being quoted, no words leave that may be the storyteller's: the title, the narrative, what is written of
//!   changes and evidence, and what the questionnaire asks in words. What was chosen, counted and dated stays.
//! - Sound, pictures and video leave with their own yes alone; other files, such as minutes, stay with the story.
//! - A voice or a face is shown at headquarters to those who review, who need it; to other readers as if it left.
//! - An exact place never leaves: whoever has it stands before the storyteller's door.
//!
//! A storyteller's name cannot be in a story at all ([`crate::story::Identity`]); an answer to a question that asks for the
//! name today, and did not when the story was told, stays here as well. So does an answer to a question that is no longer in
//! the questionnaire: nobody can say any more what it is.

mod answers;
mod files;

use crate::change::Change;
use crate::consent::{Audience, Consent};
use crate::evidence::{Evidence, EvidenceKind, FileRef};
use crate::fold::{ChangeRating, Folded, Standing};
use crate::id::{ChangeId, Digest, EvidenceId, PersonName, StoryId};
use crate::questionnaire::form::Questionnaire;
use crate::review::Role;
use crate::story::Story;
use crate::verification::{Verification, Verified, verified};
use chrono::{DateTime, FixedOffset};
use files::Media;
use serde::Serialize;
use std::collections::BTreeSet;

/// Why a story does not leave headquarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBack {
    /// It was told for practice.
    Training,
    /// The storyteller has not said yes to the interview.
    NoConsent,
    /// A supervisor rejected it, and rejected stories were not asked for.
    Rejected,
    /// Its storyteller did not agree to its going so far.
    Audience,
}

/// Why a part of a story does not leave headquarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The storyteller has not said yes to being quoted.
    Quote,
    /// Nor to being recorded.
    Audio,
    /// Nor to being photographed.
    Photo,
    /// It is an exact place.
    Place,
    /// The questionnaire asks there who the storyteller is.
    Identity,
    /// The questionnaire does not ask for it any more.
    NotAsked,
}

impl Because {
    /// The word that it is written as, such as `quote`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Because::Quote => "quote",
            Because::Audio => "audio",
            Because::Photo => "photo",
            Because::Place => "place",
            Because::Identity => "identity",
            Because::NotAsked => "not_asked",
        }
    }
}

/// A part of a story that does not leave headquarters. A part that was empty anyway is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Withheld {
    /// Which, such as `narrative.before`, `changes.who`, `answers.village_other`.
    pub field: String,
    /// Why.
    pub because: Because,
}

/// What may leave headquarters of a story: made by [`release`] alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    id: StoryId,
    collector: PersonName,
    standing: Standing,
    conflict: bool,
    revisions: usize,
    revised: DateTime<FixedOffset>,
    story: Story,
    ratings: Vec<ChangeRating>,
    verified: Vec<(ChangeId, Verified)>,
    withheld: Vec<Withheld>,
    pieces_without_their_file: BTreeSet<EvidenceId>,
}

/// To whom stories go, and which.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// How far.
    pub audience: Audience,
    /// Whether rejected stories are wanted, too.
    pub rejected: bool,
}

/// What may leave headquarters of a story: its newest revision ([`Folded::current`]) without what its storyteller has not
/// agreed to. Where several revisions are the newest, each of them must have the yes. `questionnaire` is that of the
/// campaign; without one no answer beyond the model leaves.
///
/// # Errors
/// Why nothing of it may leave.
pub fn release(
    folded: &Folded,
    questionnaire: Option<&Questionnaire>,
    terms: Terms,
) -> Result<Released, HeldBack> {
    let current = folded.current().ok_or(HeldBack::NoConsent)?;
    if folded.revisions.iter().any(|revision| revision.story.training) {
        return Err(HeldBack::Training);
    }
    let consent = consent_of(folded);
    if consent.interview != Some(true) {
        return Err(HeldBack::NoConsent);
    }
    if consent.audience.unwrap_or_default() < terms.audience {
        return Err(HeldBack::Audience);
    }
    if folded.standing == Standing::Rejected && !terms.rejected {
        return Err(HeldBack::Rejected);
    }
    let mut gate = Gate { consent, questionnaire, withheld: Vec::new() };
    let mut story = current.story.clone();
    let pieces_without_their_file = gate.pass(&mut story);
    Ok(Released {
        id: folded.story,
        collector: folded.collector.clone(),
        standing: folded.standing,
        conflict: !folded.conflicts.is_empty(),
        revisions: folded.revisions.len(),
        revised: current.clock,
        verified: story.changes.iter().filter_map(|change| found(&folded.verifications, change)).collect(),
        ratings: folded.ratings.iter().filter_map(|rating| without_words(rating, &story)).collect(),
        story,
        withheld: gate.withheld,
        pieces_without_their_file,
    })
}

/// Whether a reader of this role is shown a file of a story at headquarters. Who reviews needs every one. Others see a voice or a
/// face where the storyteller agreed to be recorded or photographed; of those whom a verifier asked, who were not asked for that,
/// none.
///
/// # Errors
/// Why it is not shown.
pub fn shown_to(
    role: Role,
    folded: &Folded,
    questionnaire: Option<&Questionnaire>,
    file: &Digest,
) -> Result<(), Because> {
    if role == Role::Supervisor {
        return Ok(());
    }
    let gate = Gate { consent: consent_of(folded), questionnaire, withheld: Vec::new() };
    // One that an older revision names is still there to be asked for.
    let kept = folded.revisions.iter().find_map(|revision| gate.files(&revision.story).remove(file));
    let reported = folded.verifications.iter().flat_map(Verification::files);
    let of_a_report = reported.filter(|named| named.sha256 == *file).find_map(identifying);
    kept.or(of_a_report).map_or(Ok(()), Err)
}

/// As what a file may tell who somebody is, by what it says it is: a voice, or a face; `None` where it is neither.
pub fn identifying(file: &FileRef) -> Option<Because> {
    let media = Media::of_type(file);
    match media {
        Media { sound: true, .. } => Some(Because::Audio),
        Media { picture: true, .. } => Some(Because::Photo),
        Media { .. } => None,
    }
}

impl Released {
    /// Which story.
    pub fn id(&self) -> StoryId {
        self.id
    }

    /// Who collected it.
    pub fn collector(&self) -> &PersonName {
        &self.collector
    }

    /// How far it has come.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Whether people did something apart that somebody must look at.
    pub fn conflict(&self) -> bool {
        self.conflict
    }

    /// How many revisions were signed off.
    pub fn revisions(&self) -> usize {
        self.revisions
    }

    /// When this one was, by the clock of the device that it was signed off on.
    pub fn revised(&self) -> DateTime<FixedOffset> {
        self.revised
    }

    /// Its content, without what is withheld: texts are empty there, and files absent. The consent in it is what counts.
    pub fn story(&self) -> &Story {
        &self.story
    }

    /// How supervisors rate its changes, oldest first, without the words beside.
    pub fn ratings(&self) -> &[ChangeRating] {
        &self.ratings
    }

    /// How far the verification of this change has come; `None` where nobody was asked.
    pub fn verified(&self, change: ChangeId) -> Option<Verified> {
        self.verified.iter().find(|(of, _)| *of == change).map(|(_, verified)| *verified)
    }

    /// What was taken away, once for each time.
    pub fn withheld(&self) -> &[Withheld] {
        &self.withheld
    }

    /// Whether this piece of evidence has a file that is withheld.
    pub fn keeps_file_of(&self, piece: EvidenceId) -> bool {
        self.pieces_without_their_file.contains(&piece)
    }
}

/// What a storyteller agreed to: a yes counts where every newest revision has it; a no where one of them has it.
pub fn consent_of(folded: &Folded) -> Consent {
    let heads = || folded.heads.iter().filter_map(|id| folded.revision(*id)).map(|head| &head.story.consent);
    let all = |given: fn(&Consent) -> Option<bool>| {
        let mut answers = heads().map(given);
        match answers.next() {
            None => None,
            Some(first) => answers.fold(first, |so_far, other| match (so_far, other) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            }),
        }
    };
    Consent {
        interview: all(|consent| consent.interview),
        audio: all(|consent| consent.audio),
        photo: all(|consent| consent.photo),
        quote: all(|consent| consent.quote),
        named: all(|consent| consent.named),
        contact_again: all(|consent| consent.contact_again),
        audience: heads().map(|consent| consent.audience).min().flatten(),
        given_by: folded.current().and_then(|current| current.story.consent.given_by),
    }
}

fn found(verifications: &[Verification], change: &Change) -> Option<(ChangeId, Verified)> {
    let own: Vec<Verification> = verifications.iter().filter(|v| v.change == change.id).cloned().collect();
    Some((change.id, verified(&own)?))
}

/// What a supervisor writes beside a rating may quote the storyteller.
fn without_words(rating: &ChangeRating, story: &Story) -> Option<ChangeRating> {
    story.change(rating.change)?;
    Some(ChangeRating { note: String::new(), ..rating.clone() })
}

/// Takes away what was not agreed to, and remembers what.
struct Gate<'q> {
    consent: Consent,
    questionnaire: Option<&'q Questionnaire>,
    withheld: Vec<Withheld>,
}

impl Gate<'_> {
    /// Takes from the story what may not leave; gives the pieces of evidence that lost their file by it.
    fn pass(&mut self, story: &mut Story) -> BTreeSet<EvidenceId> {
        let kept = self.files(story);
        let mut without = BTreeSet::new();
        for piece in story.changes.iter_mut().flat_map(|change| &mut change.evidence) {
            let file = piece.file.as_ref().map(|file| &file.sha256);
            if let Some(because) = file.and_then(|file| kept.get(file)) {
                self.keep("evidence.file", *because);
                piece.file = None;
                without.insert(piece.id);
            }
        }
        let attached = std::mem::take(&mut story.attachments);
        story.attachments = attached.into_iter().filter(|file| !kept.contains_key(&file.sha256)).collect();
        let other = std::mem::take(&mut story.other);
        story.other = self.answers(other, &kept);
        if self.consent.quote != Some(true) {
            self.words(story);
        }
        story.consent = self.consent.clone();
        without
    }

    /// Every text of the model that may be in the storyteller's own words.
    fn words(&mut self, story: &mut Story) {
        self.word("title", &mut story.title);
        self.word("narrative.before", &mut story.narrative.before);
        self.word("narrative.what_happened", &mut story.narrative.what_happened);
        self.word("narrative.now", &mut story.narrative.now);
        for change in &mut story.changes {
            self.word("changes.who", &mut change.who);
            self.word("changes.what", &mut change.what);
            self.word("changes.when", &mut change.when);
            self.word("changes.where", &mut change.place);
            self.word("changes.importance_reason", &mut change.importance_reason);
            self.word("changes.contribution_reason", &mut change.contribution_reason);
            self.word("changes.other_causes", &mut change.other_causes);
            self.word("changes.without", &mut change.without);
            for piece in &mut change.evidence {
                self.word("evidence.description", &mut piece.description);
            }
        }
    }

    fn word(&mut self, field: &str, text: &mut String) {
        if !text.is_empty() {
            text.clear();
            self.keep(field, Because::Quote);
        }
    }

    fn keep(&mut self, field: &str, because: Because) {
        self.withheld.push(Withheld { field: field.to_owned(), because });
    }

    /// Why a file of this kind may not leave.
    fn refuses(&self, media: Media) -> Option<Because> {
        if media.sound && self.consent.audio != Some(true) {
            Some(Because::Audio)
        } else if media.picture && self.consent.photo != Some(true) {
            Some(Because::Photo)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests;
