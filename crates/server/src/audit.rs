//! Who did what to the collection itself, and when: people, devices, campaigns, sign-ins. What is done to stories is in their
//! records.
//!
//! Entries are only ever added, and each holds a hash over itself and the one before: whoever changes one in the database would
//! have to change all that follow. That the end was not cut off shows only to who noted the last hash elsewhere.

use crate::Headquarters;
use crate::error::{Error, Result};
use crate::view::{AuditPage, AuditQuery};
use blon_core::error::Code;
use blon_core::id::{Digest, PersonName};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use ts_rs::TS;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, rename = "AuditWhat")]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A campaign was taken in, or replaced.
    CampaignImported,
    /// A campaign was changed.
    CampaignChanged,
    /// A campaign's names are sealed to another key from now on.
    CustodianKeyChanged,
    /// A questionnaire was uploaded as a draft.
    QuestionnaireUploaded,
    /// A draft was taken back.
    QuestionnaireDropped,
    /// A questionnaire was published: devices are told of it.
    QuestionnairePublished,
    /// A person was added.
    PersonAdded,
    /// A person got another role or team.
    PersonChanged,
    /// A person may neither sign in nor sync any more.
    PersonDisabled,
    /// A person may again.
    PersonEnabled,
    /// A person got another password; their sessions ended.
    PasswordReset,
    /// A person was invited to choose a password.
    PersonInvited,
    /// A person chose a password by an invitation.
    InvitationTaken,
    /// A person changed their own password.
    PasswordChanged,
    /// A person signs in with a second factor from now on.
    SecondFactorTaken,
    /// A person signs in without one again.
    SecondFactorGivenUp,
    /// Sessions of a person were ended.
    SessionsEnded,
    /// A token for a program was made.
    TokenMade,
    /// A token was taken back.
    TokenRevoked,
    /// A one-time code for a device was made.
    CodeMade,
    /// A one-time code was taken back before anybody used it.
    CodeRevoked,
    /// A device was taken in.
    DeviceEnrolled,
    /// A device's secret opens nothing any more.
    DeviceRevoked,
    /// A device is to erase itself when it next calls.
    DeviceEraseAsked,
    /// A device said that it has; its secret opens nothing any more.
    DeviceErased,
    /// Somebody signed in.
    SignedIn,
    /// Somebody could not sign in: too many wrong passwords in a row.
    SignInHeldUp,
    /// Headquarters was set up: its first administrator.
    SetUp,
    /// Stories left headquarters as a file, or through the feed.
    Exported,
    /// A storyteller withdrew a story: it was erased, or will be as soon as it comes.
    StoryWithdrawn,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export, rename = "AuditEntry")]
pub struct Entry {
    /// Its number, from 1 on.
    #[ts(type = "number")]
    pub seq: i64,
    /// When.
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
    /// Who did it; `None` for whoever used the tool on headquarters' own machine.
    pub who: Option<PersonName>,
    /// What.
    pub what: What,
    /// To whom, or to what.
    pub about: String,
    /// SHA-256 over the hash before and all of this.
    pub hash: Digest,
}

impl Entry {
    /// The hash that an entry has after this one.
    pub(crate) fn hash_after(
        before: Option<&Digest>,
        (seq, at): (i64, i64),
        who: Option<&PersonName>,
        what: What,
        about: &str,
    ) -> Result<Digest> {
        let told = serde_json::to_vec(&(before.map(Digest::as_str), seq, at, who, what, about))?;
        Ok(Digest::from_bytes(Sha256::digest(&told).into()))
    }

    fn is_right(&self, before: Option<&Digest>) -> Result<bool> {
        let place = (self.seq, self.at.timestamp());
        let right = Entry::hash_after(before, place, self.who.as_ref(), self.what, &self.about)?;
        Ok(right == self.hash)
    }
}

/// That the log was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export, rename = "AuditVerified")]
pub struct Verified {
    /// How many entries there are.
    pub entries: usize,
    /// The hash of the last: whoever notes it elsewhere sees if the end is cut off.
    pub last: Option<Digest>,
}

impl Headquarters {
    /// The whole log, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit(&self) -> Result<Vec<Entry>> {
        self.store.read(|tx| tx.audit())
    }

    /// A page of the log, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit_page(&self, query: &AuditQuery) -> Result<AuditPage> {
        let most = query.count.unwrap_or(50).clamp(1, 200);
        let mut entries =
            self.store.read(|tx| tx.audit_before(query.before.unwrap_or(i64::MAX), most + 1))?;
        let more = entries.len() > most as usize;
        entries.truncate(most as usize);
        let next = entries.last().filter(|_| more).map(|last| last.seq);
        Ok(AuditPage { entries, next })
    }

    /// Whether every entry follows from the one before.
    ///
    /// # Errors
    /// `audit_broken` with the first that does not.
    pub fn verify_audit(&self) -> Result<Verified> {
        let entries = self.audit()?;
        let mut before = None;
        for (place, entry) in (1..).zip(&entries) {
            if entry.seq != place || !entry.is_right(before)? {
                let message = format!("entry {place} does not follow from the one before");
                return Err(Error::told(Code::AuditBroken, message));
            }
            before = Some(&entry.hash);
        }
        Ok(Verified { entries: entries.len(), last: before.cloned() })
    }
}
