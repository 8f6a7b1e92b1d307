//! Names are sealed to the keys of the campaign's custodians before they leave the device: nobody else can read them,
//! headquarters neither. What comes of it is a file of `age`, which any of its tools opens.
//!
//! Who told a story is sealed when it is signed off, or as soon as the campaign has a key. The plain words leave this device
//! once headquarters has said that it has them sealed, or when the campaign ends, as the campaign chose; the sealed ones stay, for
//! a headquarters that lost them.

use crate::Device;
use crate::attaching::{digest, whole};
use crate::error::{Error, Result};
use crate::named::named_anywhere;
use crate::photo::portrait;
use crate::store::Tx;
use age::armor::{ArmoredWriter, Format};
use age::x25519::Recipient;
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::evidence::FileRef;
use blon_core::face;
use blon_core::id::{RecordId, StoryId};
use blon_core::protocol::{SealedIdentity, SyncAnswer, SyncRequest};
use blon_core::questionnaire::mapping::without_identity;
use blon_core::sealed::{Inside, Sealed, SealedFile};
use chrono::NaiveDate;
use std::io::Write;

/// How often an identity is sealed, to send the shortest: age puts something of random length into each head, so that tools keep
/// passing over what they do not know. It costs some 65 bytes of the line, and hardly any where one of so many is chosen.
const TRIES: usize = 32;

/// Seals words to keys as `age` writes them, `age1…`, as text.
///
/// # Errors
/// `bad_input` for what is no key; an internal error if sealing fails.
pub(crate) fn seal(words: &str, keys: &[String]) -> Result<Sealed> {
    let failed = |e: std::io::Error| Error::Internal(e.to_string());
    let mut armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).map_err(failed)?;
    sealed(words.as_bytes(), keys, &mut armor)?;
    let text =
        String::from_utf8(armor.finish().map_err(failed)?).map_err(|e| Error::Internal(e.to_string()))?;
    Sealed::try_from(text).map_err(|e| Error::bad_input(e.to_string()))
}

/// Seals who told a story, and what of its words was masked, to the campaign's custodians, with the record that signs it off;
/// does nothing where there is neither, or nobody has a key.
///
/// # Errors
/// `bad_input` for what is no key; those of the store; `disk_full`.
pub(crate) fn seal_identity(tx: &Tx, campaign: &Campaign, story: StoryId, record: RecordId) -> Result<()> {
    let (identity, masked) = (tx.identity(story)?, tx.masked(story, false)?);
    if (identity.is_empty() && masked.is_empty())
        || campaign.custodian_keys.is_empty()
        || tx.identity_is_sealed(story)?
    {
        return Ok(());
    }
    let words = Inside::of(story, &identity, masked).padded()?;
    let mut tries = Vec::new();
    for _ in 0..TRIES {
        let mut bytes = Vec::new();
        sealed(&words, &campaign.custodian_keys, &mut bytes)?;
        tries.push(bytes);
    }
    let shortest = tries.into_iter().min_by_key(Vec::len).unwrap_or_default();
    let sealed = SealedFile::try_from(shortest).map_err(|e| Error::Internal(e.to_string()))?;
    let face = match &identity.face {
        Some(photo) => seal_face(tx, &campaign.custodian_keys, story, photo)?,
        None => None,
    };
    tx.add_sealed_identity(story, &SealedIdentity { record, sealed, face })
}

/// Seals a storyteller's face as a file of its own; `None` where its bytes left this device: it was evidence, too, and headquarters
/// has it as that.
fn seal_face(tx: &Tx, keys: &[String], story: StoryId, photo: &FileRef) -> Result<Option<FileRef>> {
    let bytes = match whole(tx, &photo.sha256) {
        Err(error) if error.code() == Code::FileFreed => return Ok(None),
        bytes => bytes?,
    };
    let face = face::filled_up(&portrait(&bytes)?, story)
        .ok_or_else(|| Error::Internal("a portrait is too large to be sealed".to_owned()))?;
    let mut file = Vec::new();
    sealed(&face, keys, &mut file)?;
    let key = tx.begin_file(story, face::MEDIA_TYPE, None)?;
    tx.append_file(key, &file)?;
    Ok(Some(tx.finish_file(key, &digest(tx, key)?)?))
}

/// Seals who told stories that were signed off before the campaign had a key.
///
/// # Errors
/// As for [`seal_identity`].
pub(crate) fn seal_what_is_not(tx: &Tx) -> Result<()> {
    let Some(enrolled) = tx.enrolment()? else { return Ok(()) };
    let campaign = &enrolled.enrolment.campaign;
    if campaign.custodian_keys.is_empty() {
        return Ok(());
    }
    tx.identities_to_seal()?
        .into_iter()
        .try_for_each(|(story, record)| seal_identity(tx, campaign, story, record))
}

/// Headquarters has what was sealed in this request, but for what it says it did not take.
///
/// # Errors
/// Those of the store; `disk_full`.
pub(crate) fn told(tx: &Tx, ask: &SyncRequest, answer: &SyncAnswer) -> Result<()> {
    let taken = ask.sealed.iter().map(|one| one.record).filter(|record| !answer.unsealed.contains(record));
    taken.into_iter().try_for_each(|record| tx.set_sealed_told(record))
}

impl Device {
    /// Forgets who told the stories of which headquarters has it sealed, unless the campaign keeps that until it ends. What a
    /// deleted correction still says of it goes, too. `today` is headquarters' day. What a kill leaves is forgotten after the
    /// next sync.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn forget_what_is_sealed(&self, today: NaiveDate) -> Result<()> {
        let Some(enrolled) = self.store.read(|tx| tx.enrolment())? else { return Ok(()) };
        let campaign = &enrolled.enrolment.campaign;
        let kept = campaign.keep_identities && today <= campaign.end;
        // Looked at before the questionnaire is read, which takes its time.
        if kept || self.store.read(|tx| tx.identities_to_forget())?.is_empty() {
            return Ok(());
        }
        let questionnaire = self.questionnaire().ok();
        self.store.write(|tx| {
            for story in tx.identities_to_forget()? {
                let face = tx.identity(story)?.face;
                tx.delete_identity(story)?;
                if let (Some(mut row), Some(questionnaire)) = (tx.discarded(story)?, &questionnaire)
                    && let Some(answers) = &mut row.answers
                {
                    without_identity(questionnaire, answers);
                    tx.put_discarded_answers(story, answers)?;
                }
                if face.is_some() {
                    tx.keep_only_files(story, &named_anywhere(tx, story)?)?;
                }
            }
            Ok(())
        })
    }
}

fn sealed(words: &[u8], keys: &[String], to: &mut impl Write) -> Result<()> {
    let failed = |e: std::io::Error| Error::Internal(e.to_string());
    let read = |key: &String| {
        let unreadable = |e: &str| Error::bad_input(format!("a custodian's key cannot be read: {e}"));
        key.parse::<Recipient>().map_err(unreadable)
    };
    let keys: Vec<Recipient> = keys.iter().map(read).collect::<Result<_>>()?;
    let recipients = keys.iter().map(|key| key as &dyn age::Recipient);
    let sealing = age::Encryptor::with_recipients(recipients).map_err(|e| Error::Internal(e.to_string()))?;
    let mut inside = sealing.wrap_output(to).map_err(failed)?;
    inside.write_all(words).map_err(failed)?;
    inside.finish().map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::armor::ArmoredReader;
    use age::x25519::Identity;
    use std::io::Read;

    #[test]
    fn only_the_custodian_reads_what_was_sealed() {
        let (own, other) = (Identity::generate(), Identity::generate());
        let sealed = String::from(seal("Sira Keïta, au marché", &[own.to_public().to_string()]).unwrap());
        assert!(!sealed.contains("Sira"));
        let open = |key: &Identity| {
            let inside = age::Decryptor::new(ArmoredReader::new(sealed.as_bytes())).ok()?;
            let mut words = String::new();
            inside
                .decrypt(std::iter::once(key as &dyn age::Identity))
                .ok()?
                .read_to_string(&mut words)
                .ok()?;
            Some(words)
        };
        assert_eq!(open(&own).unwrap(), "Sira Keïta, au marché");
        assert_eq!(open(&other), None);
        assert!(seal("Sira", &["age1nonsense".to_owned()]).is_err());
    }
}
