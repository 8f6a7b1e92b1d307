//! Taking out who told one story: to read it here, or as files for any of age's tools.

use crate::headquarters::{Headquarters, SealedCopy};
use crate::keys::{self, Keys};
use crate::problem::{Result, about, told};
use blon_core::error::Code;
use blon_core::id::{CampaignId, StoryId};
use blon_core::sealed::Masked;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Who told a story.
#[derive(Serialize)]
pub struct Opened {
    /// Of which story.
    pub story: StoryId,
    /// What the storyteller is called.
    pub storyteller: String,
    /// Whether they agreed to be contacted again; absent where nobody asked.
    pub contact_again: Option<bool>,
    /// What each sealing says, the last first.
    pub copies: Vec<Copy>,
    /// How many sealings no key opened.
    pub unopened: usize,
}

/// What one sealing says.
#[derive(Serialize)]
pub struct Copy {
    /// When it came.
    pub received: String,
    /// Whether it is of this storyteller: else it was put beside this story, and is another's.
    pub own: bool,
    /// Of whom it says that it is.
    pub of: String,
    /// The name of the person or the group; empty where nobody gave it.
    pub name: String,
    /// A telephone number.
    pub phone: String,
    /// An exact place.
    pub place: String,
    /// What stood in the story's words and was masked there.
    pub masked: Vec<Masked>,
    /// A photo of their face; absent where none was taken.
    pub face: Option<Face>,
}

/// A photo of a storyteller's face.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Face {
    /// Headquarters does not have it yet.
    Awaited,
    /// No key that was given opens it.
    Unopened,
    /// It is of another storyteller, or does not say of whom it is: it was put beside this story.
    Misplaced,
    /// It was opened.
    Opened {
        /// The photo.
        #[serde(skip)]
        photo: keys::Opened,
        /// Where it was written; absent where no file was named for it.
        written: Option<PathBuf>,
    },
}

/// A story as a person names it: by its id, or by what its storyteller is called.
///
/// # Errors
/// `story_not_found`; `bad_input` where two are called so; those of the line.
fn found(line: &Headquarters, campaign: &CampaignId, named: &str) -> Result<StoryId> {
    if let Ok(id) = named.trim().parse() {
        return Ok(id);
    }
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let (sought, all) = (letters(named).to_ascii_uppercase(), line.identities(campaign)?);
    let mut called = all.iter().map(|one| one.story).filter(|story| letters(&story.storyteller()) == sought);
    match (called.next(), called.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => {
            Err(told(Code::StoryNotFound, format!("nobody is called {named:?} whose identity is sealed")))
        }
        (Some(_), Some(_)) => {
            Err(told(Code::BadInput, format!("two are called {named:?}; give the story's id")))
        }
    }
}

/// Takes out and opens; the photo of a face is written to `face`, where that is named, and earlier ones beside it.
///
/// # Errors
/// `key_opens_nothing` where no key opens any of it; `file_exists`; those of the line and of writing.
pub fn open(
    line: &Headquarters,
    campaign: &CampaignId,
    named: &str,
    reason: &str,
    keys: &Keys,
    face: Option<&Path>,
) -> Result<Opened> {
    let story = found(line, campaign, named)?;
    let storyteller = story.storyteller();
    let (mut copies, mut unopened) = (Vec::new(), 0);
    let taken = line.take_out(campaign, story, reason)?;
    for copy in taken.copies {
        let photographed = face_of(&copy, &storyteller, keys);
        match keys.open(&copy.sealed).and_then(|opened| opened.inside()) {
            Some(inside) => copies.push(Copy {
                received: copy.received,
                own: inside.of == storyteller,
                of: inside.of,
                name: inside.name,
                phone: inside.phone,
                place: inside.place,
                masked: inside.masked,
                face: photographed,
            }),
            None => unopened += 1,
        }
    }
    if copies.is_empty() {
        let message = "no key that was given opens what is sealed of this story";
        return Err(told(Code::KeyOpensNothing, message));
    }
    if let Some(path) = face {
        let photos = copies.iter_mut().filter_map(|copy| match &mut copy.face {
            Some(Face::Opened { photo, written }) => Some((photo, written)),
            _ => None,
        });
        for (n, (photo, written)) in photos.enumerate() {
            *written = Some(write_new(numbered(path, n), photo.photo())?);
        }
    }
    Ok(Opened { story, storyteller, contact_again: taken.contact_again, copies, unopened })
}

fn face_of(copy: &SealedCopy, storyteller: &str, keys: &Keys) -> Option<Face> {
    let Some(face) = &copy.face else { return copy.face_awaited.then_some(Face::Awaited) };
    Some(match keys.open(face) {
        None => Face::Unopened,
        Some(photo) if photo.face_of() != Some(storyteller) => Face::Misplaced,
        Some(photo) => Face::Opened { photo, written: None },
    })
}

/// Writes a file that is not there yet; gives its path.
fn write_new(path: PathBuf, bytes: &[u8]) -> Result<PathBuf> {
    let file = std::fs::File::create_new(&path);
    file.and_then(|mut file| file.write_all(bytes)).map_err(|e| about(&path, &e))?;
    Ok(path)
}

/// Takes out and writes sealed files: the last to `to`, earlier ones beside it, and likewise the faces. Gives their paths.
///
/// # Errors
/// `file_exists` for a file that is there; those of the line and of writing.
pub fn write(
    line: &Headquarters,
    campaign: &CampaignId,
    named: &str,
    reason: &str,
    to: &Path,
) -> Result<Vec<PathBuf>> {
    let story = found(line, campaign, named)?;
    let mut written = Vec::new();
    for (n, copy) in line.take_out(campaign, story, reason)?.copies.iter().enumerate() {
        written.push(write_new(numbered(to, n), copy.sealed.bytes())?);
        if let Some(face) = &copy.face {
            written.push(write_new(numbered(&beside(to, "-face"), n), face.bytes())?);
        }
    }
    Ok(written)
}

/// `sira.age`, `sira-2.age`, …
fn numbered(path: &Path, n: usize) -> PathBuf {
    if n == 0 {
        return path.to_owned();
    }
    beside(path, &format!("-{}", n + 1))
}

/// `sira-face.age`
fn beside(path: &Path, with: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}{with}{ending}"))
}
