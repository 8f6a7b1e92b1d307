//! Stories that come as a file: one element of `stories` in the format of `tests/fixtures/stories.fr.json`.
//!
//! The file is read at the edge and never trusted further in: a field it does not know is refused by name.

use crate::attaching::{append, digest};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::{DraftRow, Tx};
use crate::view::Draft;
use crate::writing::{draft_view, open_draft};
use crate::{Device, photo};
use blon_core::change::{Change, Contribution, Direction, Level, ProjectNamed, Rating};
use blon_core::consent::Consent;
use blon_core::error::Code;
use blon_core::evidence::{Evidence, EvidenceKind, FileRef};
use blon_core::id::{ChangeId, EvidenceId, StoryId};
use blon_core::story::{Context, FieldNotes, Identity, InterviewKind, Narrative, Sex, Story, Storyteller};
use chrono::NaiveDate;
use serde::Deserialize;
use std::io::Read;
use std::path::{Path, PathBuf};

/// One story as it stands in a file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoryFile {
    /// Who collected it; the enrolled person signs it whatever stands here.
    pub collector: String,
    commune: String,
    village: String,
    date: Option<NaiveDate>,
    interview_language: String,
    interview_kind: Option<InterviewKind>,
    storyteller: StorytellerFile,
    consent: Consent,
    title: String,
    before: String,
    what_happened: String,
    now: String,
    changes: Vec<ChangeFile>,
    difficulty: String,
    solution: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StorytellerFile {
    name: String,
    phone: String,
    place: String,
    sex: Option<Sex>,
    age_band: String,
    occupation: String,
    relation: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ChangeFile {
    level: Option<Level>,
    who: String,
    what: String,
    when: String,
    r#where: String,
    direction: Option<Direction>,
    expected: Option<bool>,
    importance: Option<Rating>,
    importance_reason: String,
    contribution: Option<Contribution>,
    contribution_reason: String,
    other_causes: String,
    without: String,
    project_named: Option<ProjectNamed>,
    evidence: Vec<EvidenceFile>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EvidenceFile {
    kind: Option<EvidenceKind>,
    description: String,
    strength: Option<Rating>,
    file: Option<Wanted>,
}

/// The kind of file that a piece of evidence waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    Photo,
    Audio,
}

impl StoryFile {
    /// Reads a story from the JSON text of its file.
    ///
    /// # Errors
    /// `bad_input`, with the line and what was expected there.
    pub fn read(json: &str) -> Result<Self> {
        let not_a_story = |e: String| Error::told(Code::BadInput, format!("not a story: {e}"));
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(json).map_err(|e| not_a_story(e.to_string()))?;
        if fields.is_empty() {
            return Err(not_a_story("it has no fields".to_owned()));
        }
        serde_json::from_str(json).map_err(|e| not_a_story(e.to_string()))
    }

    fn identity(&self) -> Identity {
        let StorytellerFile { name, phone, place, .. } = &self.storyteller;
        Identity { name: name.clone(), phone: phone.clone(), place: place.clone(), face: None }
    }

    /// The story, with ids for its changes and evidence: those of the same ones in `before`, so that a correction
    /// keeps what comments point at and the files already taken in, and new ones elsewhere.
    fn story(self, before: &Story, clock: &Clock) -> Story {
        let teller = self.storyteller;
        Story {
            title: self.title,
            context: Context {
                date: self.date,
                commune: self.commune,
                village: self.village,
                language: self.interview_language,
                kind: self.interview_kind,
            },
            storyteller: Storyteller {
                sex: teller.sex,
                age_band: teller.age_band,
                occupation: teller.occupation,
                relation: teller.relation,
            },
            consent: self.consent,
            narrative: Narrative { before: self.before, what_happened: self.what_happened, now: self.now },
            changes: {
                let same = |c: &Change, file: &ChangeFile| c.who == file.who && c.what == file.what;
                let kept = counterparts(&before.changes, &self.changes, same);
                self.changes
                    .into_iter()
                    .zip(kept)
                    .map(|(change, before)| change.change(before, clock))
                    .collect()
            },
            notes: FieldNotes { difficulty: self.difficulty, solution: self.solution },
            training: before.training,
            form: before.form.clone(),
            other: before.other.clone(),
            attachments: before.attachments.clone(),
        }
    }

    /// What each piece of evidence waits for, in the order of [`Story::evidence`].
    fn wanted(&self) -> Vec<Option<Wanted>> {
        self.changes.iter().flat_map(|c| c.evidence.iter().map(|e| e.file)).collect()
    }
}

/// For each item of a file the one that it was before: the one that says the same; else, where as many are left
/// as were there, the one at its place. A file that was taken in must not end up beside other words.
fn counterparts<'b, B, F>(before: &'b [B], after: &[F], same: impl Fn(&B, &F) -> bool) -> Vec<Option<&'b B>> {
    let mut taken = vec![false; before.len()];
    let mut found: Vec<Option<&B>> = Vec::with_capacity(after.len());
    for item in after {
        let place = before.iter().zip(&taken).position(|(b, taken)| !taken && same(b, item));
        if let Some(taken) = place.and_then(|place| taken.get_mut(place)) {
            *taken = true;
        }
        found.push(place.and_then(|place| before.get(place)));
    }
    if before.len() == after.len() {
        let free = before.iter().zip(taken);
        for (kept, (b, taken)) in found.iter_mut().zip(free) {
            if kept.is_none() && !taken {
                *kept = Some(b);
            }
        }
    }
    found
}

impl ChangeFile {
    fn change(self, before: Option<&Change>, clock: &Clock) -> Change {
        Change {
            id: before.map_or_else(|| ChangeId(clock.new_id()), |c| c.id),
            level: self.level,
            who: self.who,
            what: self.what,
            when: self.when,
            place: self.r#where,
            direction: self.direction,
            expected: self.expected,
            importance: self.importance,
            importance_reason: self.importance_reason,
            contribution: self.contribution,
            contribution_reason: self.contribution_reason,
            other_causes: self.other_causes,
            without: self.without,
            project_named: self.project_named,
            evidence: {
                let same = |e: &Evidence, file: &EvidenceFile| {
                    e.kind == file.kind && e.description == file.description
                };
                let before = before.map_or(&[][..], |change| &change.evidence);
                let kept = counterparts(before, &self.evidence, same);
                // A file that the new words do not speak of stays: whoever takes evidence away does so in the interview.
                let mentioned: Vec<EvidenceId> = kept.iter().flatten().map(|piece| piece.id).collect();
                let unmentioned = |piece: &&Evidence| piece.file.is_some() && !mentioned.contains(&piece.id);
                let unmentioned: Vec<Evidence> = before.iter().filter(unmentioned).cloned().collect();
                let told = self.evidence.into_iter().zip(kept);
                told.map(|(piece, before)| piece.evidence(before, clock)).chain(unmentioned).collect()
            },
        }
    }
}

impl EvidenceFile {
    fn evidence(self, before: Option<&Evidence>, clock: &Clock) -> Evidence {
        Evidence {
            id: before.map_or_else(|| EvidenceId(clock.new_id()), |e| e.id),
            kind: self.kind,
            description: self.description,
            strength: self.strength,
            file: before.and_then(|e| e.file.clone()),
        }
    }
}

impl Device {
    /// Takes in a story from a file, with its evidence files, as a new draft: all of it or nothing.
    ///
    /// Each evidence file goes to the first piece of evidence that waits for its kind; where none does, it
    /// becomes a new piece of evidence of the last change.
    ///
    /// # Errors
    /// `bad_input` for evidence without a change to support; `file_unreadable`,
    /// `file_empty`, `file_too_large`, `disk_full`.
    pub fn take_in(&self, file: StoryFile, evidence: &[PathBuf]) -> Result<Draft> {
        self.tells_stories()?;
        let id = StoryId(self.clock.new_id());
        let (identity, wanted) = (file.identity(), file.wanted());
        let mut content = file.story(&Story::default(), &self.clock);
        self.store.write(|tx| {
            for path in evidence {
                place(&mut content, &wanted, store_file(tx, id, path)?, &self.clock)?;
            }
            let row = DraftRow { content, ..DraftRow::default() };
            tx.put_draft(id, &row, self.clock.now())?;
            tx.put_identity(id, &identity)?;
            draft_view(tx, id)
        })
    }

    /// Replaces the answers of a story's draft by those of a file, opening a correction if there is none. Evidence files stay
    /// with their change, spoken of or not; a change that is not told any more takes its own along.
    ///
    /// # Errors
    /// `story_not_found`, `disk_full`.
    pub fn revise(&self, id: StoryId, file: StoryFile, note: &str) -> Result<Draft> {
        self.correct(id)?;
        self.store.write(|tx| {
            // A file shows no face; the one that was photographed stays.
            let identity = Identity { face: tx.identity(id)?.face, ..file.identity() };
            let before = open_draft(tx, id)?;
            let content = file.story(&before.content, &self.clock);
            let row = DraftRow { content, answers: None, note: note.to_owned(), ..before };
            tx.put_draft(id, &row, self.clock.now())?;
            tx.put_identity(id, &identity)?;
            draft_view(tx, id)
        })
    }
}

fn store_file(tx: &Tx, story: StoryId, path: &Path) -> Result<FileRef> {
    let unreadable = |e| Error::file(path, e);
    let named = |e: Error| match e {
        Error::Told { code, message } => Error::told(code, format!("{}: {message}", path.display())),
        other => other,
    };
    // A pipe would be waited for while the store is held, and can be read but once.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unreadable(std::io::Error::other("this is not a file")));
    }
    let mut source = std::fs::File::open(path).map_err(unreadable)?;
    let mut piece = Vec::with_capacity(crate::store::CHUNK_BYTES);
    let mut next = |piece: &mut Vec<u8>| {
        piece.clear();
        source.by_ref().take(crate::store::CHUNK_BYTES as u64).read_to_end(piece).map_err(unreadable)
    };
    next(&mut piece)?;
    if photo::is_picture(&piece) {
        let mut whole = std::mem::take(&mut piece);
        source.take(photo::BYTES as u64).read_to_end(&mut whole).map_err(unreadable)?;
        let key = tx.begin_file(story, photo::MEDIA_TYPE, None)?;
        append(tx, key, &photo::prepare(&whole).map_err(named)?)?;
        return tx.finish_file(key, &digest(tx, key)?);
    }
    let media_type = media_type(path, &piece);
    if media_type.starts_with("image/") && !piece.is_empty() {
        // It says that it is a picture, and what is in it cannot be read, so it cannot be silenced either.
        let message = "it is called a picture and cannot be read as one";
        return Err(named(Error::told(Code::ImageUnreadable, message)));
    }
    let key = tx.begin_file(story, &media_type, None)?;
    while !piece.is_empty() {
        append(tx, key, &piece)?;
        next(&mut piece)?;
    }
    tx.finish_file(key, &digest(tx, key).map_err(named)?)
}

/// Gives `file` to the piece of evidence that waits for its kind, else adds one to the last change.
fn place(story: &mut Story, wanted: &[Option<Wanted>], file: FileRef, clock: &Clock) -> Result<()> {
    let kind = if file.is_image() { Some(Wanted::Photo) } else { file.is_audio().then_some(Wanted::Audio) };
    let waiting = story
        .changes
        .iter_mut()
        .flat_map(|c| c.evidence.iter_mut())
        .zip(wanted)
        .find(|(evidence, wanted)| evidence.file.is_none() && wanted.is_some() && **wanted == kind);
    if let Some((evidence, _)) = waiting {
        evidence.file = Some(file);
        return Ok(());
    }
    let change = story
        .changes
        .last_mut()
        .ok_or_else(|| Error::told(Code::BadInput, "evidence supports a change, and the story has none"))?;
    // Nobody said what the picture shows, so it does not claim to be a photograph of the storyteller.
    let kind = if file.is_audio() { EvidenceKind::Audio } else { EvidenceKind::Document };
    change.evidence.push(Evidence {
        id: EvidenceId(clock.new_id()),
        kind: Some(kind),
        description: String::new(),
        strength: None,
        file: Some(file),
    });
    Ok(())
}

/// The media type by the file's first bytes, because phones and people misname files; else by its ending.
fn media_type(path: &Path, head: &[u8]) -> String {
    let guessed = infer::get(head).map(|kind| kind.mime_type().to_owned());
    guessed.unwrap_or_else(|| mime_guess::from_path(path).first_or_octet_stream().to_string())
}
