//! One code for each thing a person can act on. Screens choose their words by the code, never by the text.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use ts_rs::TS;

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// What went wrong, in one word that programs can switch on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[ts(export)]
        pub enum Code {
            $($(#[$doc])+ #[serde(rename = $text)] $name,)+
        }

        impl Code {
            /// Every code, for tables that must cover them all.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The word on the wire, such as `wrong_passphrase`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),+ }
            }
        }
    };
}

codes! {
    // The device's own store.
    /// The passphrase does not open this store.
    WrongPassphrase = "wrong_passphrase",
    /// A new passphrase is shorter than it may be.
    PassphraseTooShort = "passphrase_too_short",
    /// The passphrase is the one that is entered under duress, or the other way round; they must be two.
    PassphraseTaken = "passphrase_taken",
    /// The passphrase was wrong too often in a row; the next try is heard after a wait.
    MustWait = "must_wait",
    /// The store is locked; unlock it first.
    Locked = "locked",
    /// The database was damaged; it has been moved aside, and the message says where.
    StoreDamaged = "store_damaged",
    /// The key file of the database is missing or unreadable; nothing was changed.
    KeyMissing = "key_missing",
    /// The database was written by a newer version of the app.
    StoreNewer = "store_newer",
    /// No space is left on the device; what was saved before is safe.
    DiskFull = "disk_full",
    /// The device is not enrolled yet.
    NotEnrolled = "not_enrolled",
    /// The device is enrolled already.
    AlreadyEnrolled = "already_enrolled",

    // Stories and drafts.
    /// There is no story with this id here.
    StoryNotFound = "story_not_found",
    /// The story has no draft that could be changed or signed off.
    DraftNotFound = "draft_not_found",
    /// The story still lacks something that must be there before it is signed off.
    StoryIncomplete = "story_incomplete",
    /// What was given cannot be read: a wrong shape, a value out of range.
    BadInput = "bad_input",
    /// The campaign has no questionnaire.
    NoQuestionnaire = "no_questionnaire",
    /// The campaign's questionnaire cannot be read by this app: it is newer, or broken.
    QuestionnaireUnreadable = "questionnaire_unreadable",
    /// The questionnaire keeps nothing at this place.
    AnswerNotAsked = "answer_not_asked",
    /// The file is not here.
    FileNotFound = "file_not_found",
    /// The file could not be read from the disk.
    FileUnreadable = "file_unreadable",
    /// There is a file of that name already; it is not overwritten.
    FileExists = "file_exists",
    /// The file is empty.
    FileEmpty = "file_empty",
    /// The picture cannot be read, so what it tells beside its points cannot be taken out.
    ImageUnreadable = "image_unreadable",
    /// A picture was handed over as a plain file.
    PictureNotPrepared = "picture_not_prepared",
    /// The storyteller has not agreed to be recorded.
    RecordingNotConsented = "recording_not_consented",
    /// A recording has not ended yet.
    RecordingRunning = "recording_running",
    /// The file is larger than evidence may be.
    FileTooLarge = "file_too_large",
    /// The bytes that arrived are not those that were announced.
    FileDigestMismatch = "file_digest_mismatch",
    /// No record of this collector names that file.
    FileNotExpected = "file_not_expected",

    // The line between device and headquarters.
    /// Headquarters cannot be reached now.
    Unreachable = "unreachable",
    /// Nothing has passed for a minute; the line is given up, and what was acknowledged stays so.
    LineStalled = "line_stalled",
    /// The address is not one the app may use: plain HTTP goes to this machine only.
    InsecureAddress = "insecure_address",
    /// Headquarters answered with something this app does not understand.
    BadAnswer = "bad_answer",
    /// Headquarters had a fault of its own; trying later is right.
ServerFault = "server_fault",
    /// Headquarters cannot reach its database just now, or another of its processes takes in the same file; nothing was done, and asking
    /// again later may do.
    StoreUnavailable = "store_unavailable",
    /// The app speaks a version of the protocol that headquarters no longer understands: the app must be updated.
    ProtocolUnsupported = "protocol_unsupported",
    /// The app speaks a newer version of the protocol than headquarters knows: headquarters must be updated.
    HeadquartersOlder = "headquarters_older",
    /// The enrolment code is unknown, used or past its time.
    CodeInvalid = "code_invalid",
    /// The line that was given is no invitation, or not the whole of one.
    InvitationUnreadable = "invitation_unreadable",
    /// There is no QR code in the picture, or none that can be read.
    QrUnreadable = "qr_unreadable",
    /// Who answers shows another key than the one that this device was told of; nothing was sent.
    ServerKeyWrong = "server_key_wrong",
    /// Nobody whom this device trusts vouches for who answers; nothing was sent.
    ServerUntrusted = "server_untrusted",
    /// Headquarters had this device erased.
    DeviceErased = "device_erased",
    /// The device's token is unknown or was revoked.
    DeviceUnknown = "device_unknown",
    /// What was sent was packed with a dictionary that is not known here.
    DictionaryUnknown = "dictionary_unknown",
    /// Another sync is going on.
    SyncRunning = "sync_running",
    /// The person stopped the sync; what was acknowledged before stays so.
    SyncCancelled = "sync_cancelled",
    /// The piece does not begin where the bytes that headquarters has end.
    UploadOffsetWrong = "upload_offset_wrong",
    /// The bytes of a piece are not those that its checksum was made of.
    ChecksumMismatch = "checksum_mismatch",
    /// The uploading client speaks another version of tus than 1.0.0.
    TusUnsupported = "tus_unsupported",
    /// The file left this device once headquarters had confirmed it; its bytes are there alone.
    FileFreed = "file_freed",
    /// The parcel is broken, or was sealed for somebody else.
    ParcelUnreadable = "parcel_unreadable",
    /// Headquarters has no key yet to which a parcel could be sealed; a sync brings it.
    ParcelKeyMissing = "parcel_key_missing",

    // Why a record is refused for good.
    /// The record cannot be read.
    RecordMalformed = "record_malformed",
    /// Another record has this id already.
    RecordIdTaken = "record_id_taken",
    /// The record's author or device is not the one that sends it.
    RecordNotYours = "record_not_yours",
    /// The record belongs to another campaign.
    RecordWrongCampaign = "record_wrong_campaign",
    /// The record builds on one that headquarters does not have.
    RecordBuildsOnUnknown = "record_builds_on_unknown",
    /// The act is not this person's to do.
    ActNotAllowed = "act_not_allowed",
    /// The story does not stand so that this could be done to it.
    ActNotNow = "act_not_now",
    /// There is no such thread about the story.
    ThreadNotFound = "thread_not_found",
    /// The decision is about a revision that is no longer the newest.
    RevisionNotNewest = "revision_not_newest",
    /// The story's storyteller withdrew it: nothing of it is taken in any more.
    StoryWithdrawn = "story_withdrawn",
    /// What was given is no withdrawal code: a letter is wrong or missing.
    WithdrawalCodeWrong = "withdrawal_code_wrong",
    /// A story goes back only with at least one comment.
    CommentMissing = "comment_missing",
    /// A comment points at an answer that the story does not have.
    CommentAnswerUnknown = "comment_answer_unknown",

    // Headquarters' pages and tools.
    /// Name or password is wrong.
    SignInFailed = "sign_in_failed",
    /// The password of this name was wrong too often; waiting is right.
    TooManyAttempts = "too_many_attempts",
    /// A new password is too easy to guess.
    PasswordWeak = "password_weak",
    /// The name and the password are right, and a code of the second factor must come with them.
    SecondFactorNeeded = "second_factor_needed",
    /// The code of the second factor is wrong, or was used before.
    SecondFactorWrong = "second_factor_wrong",
    /// The invitation is unknown, used or past its time.
    InvitationInvalid = "invitation_invalid",
    /// What was given is no custodian's key.
    KeyUnreadable = "key_unreadable",
    /// The custodian's key opens nothing of what is sealed of who told the story.
    KeyOpensNothing = "key_opens_nothing",
    /// The last administrator cannot be shut out, nor become something else.
    LastAdmin = "last_admin",
    /// Headquarters has been set up already.
    SetUpAlready = "set_up_already",
    /// The token is not the one that the terminal shows.
    SetUpTokenWrong = "set_up_token_wrong",
    /// The token is unknown, was taken back or is past its time.
    TokenUnknown = "token_unknown",
    /// The token is not for this.
    TokenScope = "token_scope",
    /// There were too many requests in too little time; waiting is right.
    TooManyRequests = "too_many_requests",
    /// Nobody is signed in.
    SignedOut = "signed_out",
    /// The request did not come from headquarters' own page.
    CrossSite = "cross_site",
    /// The person may not do this.
    Forbidden = "forbidden",
    /// There is no such campaign.
    CampaignNotFound = "campaign_not_found",
    /// There is a campaign with this id already.
    CampaignTaken = "campaign_taken",
    /// Somebody changed the campaign after it was read; reading it again is right.
    CampaignChanged = "campaign_changed",
    /// The campaign is over: nobody is taken in any more.
    CampaignArchived = "campaign_archived",
    /// The person's team takes no part in the campaign.
    NotInCampaign = "not_in_campaign",
    /// Another questionnaire was published under this version; a changed one needs a version of its own.
    VersionTaken = "version_taken",
    /// There is no such person.
    PersonNotFound = "person_not_found",
    /// Somebody has this name already.
    NameTaken = "name_taken",
    /// The audit log was changed after it was written.
    AuditBroken = "audit_broken",
    /// Another process serves this headquarters' folder, or uses its database.
    AlreadyServing = "already_serving",
    /// There is no such page or resource.
    NotFound = "not_found",
    /// The request is larger than headquarters takes.
    TooLarge = "too_large",
    /// Something inside failed; the log says what.
    Internal = "internal",
}

// By hand: a code that a newer side sends is a refusal all the same, and must not make its whole message unreadable.
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let word = String::deserialize(input)?;
        Ok(Code::ALL.iter().copied().find(|code| code.as_str() == word).unwrap_or(Code::Internal))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error as it leaves a tool, the app's bridge or the server: `{"code","message"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Problem {
    /// What to switch on.
    pub code: Code,
    /// A sentence for people and logs, in English; screens have their own words for the code.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_word_everywhere() {
        for code in Code::ALL {
            let json = serde_json::to_value(code).unwrap();
            assert_eq!(json, code.as_str());
            assert_eq!(serde_json::from_value::<Code>(json).unwrap(), *code);
        }
        assert_eq!(serde_json::from_str::<Code>("\"of_next_year\"").unwrap(), Code::Internal);
    }
}
