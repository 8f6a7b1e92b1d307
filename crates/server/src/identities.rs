//! Who told the stories: sealed on the devices, kept here for the custodians, and opened where their key is, which is not here.
//!
//! A custodian takes the sealed files of a story out for a reason that is given and logged; nobody else does. Where custodians
//! change, one who still has a key seals everything anew to the keys of now ([`Headquarters::seal_anew`]).

use crate::Headquarters;
use crate::audit::What;
use crate::campaigns::campaign_for;
use crate::error::{Error, Result};
use crate::store::{Person, Tx};
use blon_core::error::Code;
use blon_core::face;
use blon_core::fold::fold;
use blon_core::id::{CampaignId, Digest, PersonName, RecordId, StoryId};
use blon_core::protocol::SyncRequest;
use blon_core::record::Act;
use blon_core::release::consent_of;
use blon_core::review::Role;
use blon_core::sealed::{SEALED_FACE_BYTES, SealedFace, SealedFile};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::Read;
use ts_rs::TS;
use uuid::Uuid;

/// The most characters of a reason.
const REASON: usize = 400;

/// A story whose storyteller is sealed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct IdentityLine {
    /// Which.
    pub story: StoryId,
    /// What the storyteller is called.
    pub storyteller: String,
    /// Who collected it.
    pub collector: PersonName,
    /// How many times it was sealed: once for each revision that said something new.
    pub copies: u32,
    /// When the last of them came.
    #[ts(type = "string")]
    pub received: DateTime<Utc>,
}

/// Who told a story, as it was sealed with one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct SealedCopy {
    /// The record.
    pub record: RecordId,
    /// The sealed file: its head as it is, what follows in base64.
    #[ts(type = "string")]
    pub sealed: SealedFile,
    /// When it came.
    #[ts(type = "string")]
    pub received: DateTime<Utc>,
    /// Their face, sealed likewise; absent where none was photographed, or it is not here yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, as = "Option<String>")]
    pub face: Option<SealedFace>,
    /// Whether a face was photographed that is not here yet: files come after texts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub face_awaited: bool,
}

/// What a custodian takes out, to be opened where their key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct TakenOut {
    /// Of which story.
    pub story: StoryId,
    /// What the storyteller is called; the same stands inside.
    pub storyteller: String,
    /// Whether they agreed to be contacted again; absent where nobody asked.
    pub contact_again: Option<bool>,
    /// What is sealed, the last one first.
    pub copies: Vec<SealedCopy>,
}

/// Why a custodian takes it out.
#[derive(Debug, Clone, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct TakeOut {
    /// In words; at least one, at most 400 characters. It stands in the audit log.
    pub reason: String,
}

/// What a custodian seals anew.
#[derive(Debug, Clone, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SealAnew {
    /// With which record it was sealed before.
    pub record: RecordId,
    /// The sealed file to put in its place.
    #[ts(type = "string")]
    pub sealed: SealedFile,
    /// The sealed face to put in the place of the one that is here; absent where there is none, or it stays as it is.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub face: Option<SealedFace>,
}

impl Headquarters {
    /// The stories of a campaign whose storyteller is sealed here.
    ///
    /// # Errors
    /// `forbidden` for who is no custodian; `campaign_not_found`.
    pub fn identities(&self, campaign: &CampaignId, who: &Person) -> Result<Vec<IdentityLine>> {
        keeps(who)?;
        self.store.read(|tx| {
            campaign_for(tx, campaign, Some(who))?;
            tx.sealed_stories(campaign)
        })
    }

    /// Takes out what is sealed of who told a story; the log says who did and why.
    ///
    /// # Errors
    /// `forbidden` for who is no custodian; `bad_input` without a reason; `campaign_not_found`; `story_not_found` where nothing
    /// is sealed of it.
    pub fn take_out(
        &self,
        campaign: &CampaignId,
        story: StoryId,
        reason: &str,
        who: &Person,
    ) -> Result<TakenOut> {
        keeps(who)?;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON {
            let message = format!("a reason has 1 to {REASON} characters");
            return Err(Error::told(Code::BadInput, message));
        }
        let storyteller = story.storyteller();
        let (copies, contact_again) = self.store.write(|tx| {
            campaign_for(tx, campaign, Some(who))?;
            let copies = tx.sealed_of(campaign, story)?;
            if copies.is_empty() {
                return Err(Error::told(Code::StoryNotFound, "nothing is sealed of such a story"));
            }
            tx.note(Some(&who.name), What::IdentityTakenOut, &format!("{campaign} {storyteller}: {reason}"))?;
            let told = fold(story, &tx.records_of(story)?);
            Ok((copies, told.and_then(|told| consent_of(&told).contact_again)))
        })?;
        let copies = copies.into_iter().map(|(copy, face)| {
            let Some(face) = face else { return copy };
            let face = self.sealed_face(&face);
            SealedCopy { face_awaited: face.is_none(), face, ..copy }
        });
        Ok(TakenOut { story, storyteller, contact_again, copies: copies.collect() })
    }

    /// The bytes of a sealed face; `None` while they are not here, and for what is none.
    fn sealed_face(&self, sha256: &Digest) -> Option<SealedFace> {
        let file = self.files.read(sha256).ok()??;
        let mut bytes = Vec::new();
        file.take(SEALED_FACE_BYTES as u64 + 1).read_to_end(&mut bytes).ok()?;
        SealedFace::try_from(bytes).ok()
    }

    /// Puts other sealed files in the place of those that are here: sealed anew to the custodians of now, by one of them. All
    /// or none.
    ///
    /// # Errors
    /// `forbidden` for who is no custodian; `campaign_not_found`; `story_not_found` for a record with which nothing was sealed.
    pub fn seal_anew(&self, campaign: &CampaignId, anew: &[SealAnew], who: &Person) -> Result<()> {
        keeps(who)?;
        // A new face counts as a file to erase until something names it: whatever a cut or a refusal leaves on the disk goes.
        let faces = || anew.iter().filter_map(|one| one.face.as_ref());
        self.store.write(|tx| faces().try_for_each(|face| tx.erase_file(&digest_of(face))))?;
        let done = self.store.write(|tx| {
            campaign_for(tx, campaign, Some(who))?;
            for SealAnew { record, sealed, face } in anew {
                if !tx.replace_sealed(campaign, *record, sealed)? {
                    return Err(Error::told(Code::StoryNotFound, "nothing was sealed with such a record"));
                }
                if let Some(face) = face {
                    let incoming = self.files.read_in(&Uuid::now_v7().to_string(), &mut face.bytes())?;
                    self.files.take_name(&incoming, &digest_of(face))?;
                    tx.replace_face(campaign, *record, &digest_of(face), face.bytes().len() as u64)?;
                }
            }
            tx.note(Some(&who.name), What::IdentitiesSealedAnew, &format!("{campaign} {}", anew.len()))
        });
        // The old ones are written over.
        self.erase_what_is_left()?;
        done
    }
}

fn digest_of(face: &SealedFace) -> Digest {
    Digest::from_bytes(Sha256::digest(face.bytes()).into())
}

fn keeps(who: &Person) -> Result<()> {
    if who.role == Role::Custodian {
        return Ok(());
    }
    Err(Error::told(Code::Forbidden, "who told a story is for the custodians alone"))
}

/// Takes the sealed identities that a device brings, each with a record of its person's own that is here by now; gives the
/// records of those that it does not take.
pub(crate) fn take(tx: &Tx, author: &PersonName, ask: &SyncRequest, now: i64) -> Result<Vec<RecordId>> {
    let mut unsealed = Vec::new();
    for one in &ask.sealed {
        let record = tx.record(one.record)?.filter(|record| record.author == *author);
        let signed = record.filter(|record| matches!(record.act, Act::Finalise { .. }));
        let Some(record) = signed.filter(|_| one.face.as_ref().is_none_or(face::may_be)) else {
            unsealed.push(one.record);
            continue;
        };
        let new = tx.put_sealed_identity(&record.campaign, record.story, one, now)?;
        if let (true, Some(face)) = (new, &one.face) {
            tx.name_file(record.story, face, author)?;
        }
    }
    Ok(unsealed)
}
