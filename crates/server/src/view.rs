//! What headquarters tells its pages of who works with it and of what is set up; stories are shown as [`blon_core::page`] says.
//! Every shape here is also a TypeScript type.

use crate::audit::Entry;
use crate::workbooks::Verdict;
use blon_core::campaign::Campaign;
use blon_core::id::PersonName;
use blon_core::plan::Plan;
use blon_core::review::Role;
use blon_core::story::FormVersion;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// Name and password of somebody who signs in.
#[derive(Deserialize, TS, JsonSchema)]
#[ts(export, optional_fields)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The person's name.
    pub name: String,
    /// The password.
    pub password: String,
    /// Six digits of the second factor, for who has one.
    #[serde(default)]
    pub code: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct Session {
    /// The person.
    pub person: PersonName,
    /// What they do.
    pub role: Role,
    /// Their team; may be empty.
    pub team: String,
    /// Whether they sign in with a second factor.
    pub second_factor: bool,
    /// Sent back in the `x-blon-csrf` header of every request that changes something.
    pub csrf: String,
}

/// Somebody's session, as they or an administrator see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct SessionLine {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// Since when.
    #[ts(type = "string")]
    pub begun: DateTime<Utc>,
    /// When it was last used, to the minute.
    #[ts(type = "string")]
    pub used: DateTime<Utc>,
    /// What the browser calls itself; at most 200 characters.
    pub browser: String,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// Somebody who works with headquarters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct PersonLine {
    /// Their name.
    pub name: PersonName,
    /// What they do.
    pub role: Role,
    /// Their team; empty for those without one.
    pub team: String,
    /// Whether they may neither sign in nor sync.
    pub disabled: bool,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether they sign in with a second factor.
    pub second_factor: bool,
    /// Until when they may choose a password by an invitation; `None` where none is open.
    #[ts(type = "string | null")]
    pub invited_until: Option<DateTime<Utc>>,
    /// How many devices of theirs may sync.
    pub devices: u32,
    /// How often they are signed in.
    pub sessions: u32,
}

/// Somebody to add.
#[derive(Debug, Clone, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Their name.
    pub name: PersonName,
    /// What they do.
    pub role: Role,
    /// Their team; may be empty.
    #[serde(default)]
    pub team: String,
}

/// What changes of a person; what is not there stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, optional_fields)]
#[serde(default, deny_unknown_fields)]
pub struct ChangePerson {
    /// What they do from now on.
    pub role: Option<Role>,
    /// Their team from now on.
    pub team: Option<String>,
    /// Whether they are shut out.
    pub disabled: Option<bool>,
}

/// A way for a person to choose their own password, once. Nobody else knows it then.
#[derive(Debug, Clone, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct PersonInvitation {
    /// For whom.
    pub person: PersonName,
    /// Goes after `#/invitation/` in the address of the pages.
    pub secret: String,
    /// Until when.
    #[ts(type = "string")]
    pub expires: DateTime<Utc>,
}

/// Whom an invitation is for.
#[derive(Debug, Clone, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// The secret of the invitation.
    pub secret: String,
}

/// Somebody takes an invitation, with a password of their own; they are signed in then.
#[derive(Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct TakeInvitation {
    /// The secret of the invitation.
    pub secret: String,
    /// The password from now on.
    pub password: String,
}

/// Somebody changes their own password; their other sessions end.
#[derive(Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password until now.
    pub password: String,
    /// The password from now on.
    pub new: String,
}

/// The password of whoever does something that a stolen session must not do alone.
#[derive(Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct WithPassword {
    /// The password.
    pub password: String,
}

/// A second factor that somebody is about to take: it counts once a code of it was shown.
#[derive(Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct NewSecondFactor {
    /// The secret, in base 32, for who types it.
    pub secret: String,
    /// The same as an `otpauth://` address.
    pub uri: String,
    /// The same as a picture to photograph: SVG.
    pub qr: String,
}

/// Six digits of a second factor.
#[derive(Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorCode {
    /// The digits.
    pub code: String,
}

/// For whom one-time codes are made; all in the same campaign.
#[derive(Debug, Clone, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct NewCodes {
    /// Their names: at most 200.
    pub people: Vec<PersonName>,
}

/// A one-time code that nobody has used yet; what it is, only the one it was made for knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct OpenCode {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// For whom.
    pub person: PersonName,
    /// Until when.
    #[ts(type = "string")]
    pub expires: DateTime<Utc>,
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None` after the last.
    #[ts(type = "number | null")]
    pub next: Option<i64>,
}

/// A page of the audit log is asked for.
#[derive(Debug, Clone, Default, Deserialize, TS, JsonSchema)]
#[ts(export, optional_fields)]
#[serde(default, deny_unknown_fields)]
pub struct AuditQuery {
    /// Only entries before this one.
    #[ts(type = "number")]
    pub before: Option<i64>,
    /// How many at most: 1 to 200; 50 where it is not said.
    pub count: Option<u32>,
}

/// What a program may do with a token.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read what its owner may read.
    Read,
    /// Take exports, and follow them live.
    Export,
    /// Review stories.
    Review,
    /// Set up campaigns, people and devices.
    Manage,
}

/// Takes a storyteller's withdrawal.
#[derive(Debug, Clone, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// The code of the story, as people write it.
    pub code: String,
}

/// A token for a program: it acts as its owner does, within its scopes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct TokenLine {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// Since when.
    #[ts(type = "string")]
    pub made: DateTime<Utc>,
    /// Until when.
    #[ts(type = "string")]
    pub expires: DateTime<Utc>,
    /// When it was last used, to the minute; `None` if never.
    #[ts(type = "string | null")]
    pub used: Option<DateTime<Utc>>,
}

/// A token to make.
#[derive(Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is called: 1 to 64 characters.
    pub name: String,
    /// What it may do: at least one.
    pub scopes: BTreeSet<Scope>,
    /// For how many days: 1 to 366.
    pub days: u32,
    /// Its owner's password: a session alone, which may be stolen, makes nothing that outlasts it.
    pub password: String,
}

/// A token as it is handed over, this once.
#[derive(Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct MadeToken {
    /// What programs send: `Authorization: Bearer …`, or as the password of Basic.
    pub token: String,
    /// How it stands in the list.
    pub line: TokenLine,
}

/// What a campaign asks, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asks {
    /// Which questionnaire.
    pub form: FormVersion,
    /// How many questions it has.
    pub questions: u32,
    /// The codes of its languages, its own first.
    pub languages: Vec<String>,
}

/// A campaign as the pages list it.
#[derive(Debug, Clone, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct CampaignHere {
    /// What devices are told, without the questionnaire.
    pub campaign: Campaign,
    /// What headquarters plans.
    pub plan: Plan,
    /// Which questionnaire is asked.
    pub form: Option<FormVersion>,
    /// What tells this state of it from another: sent back by whoever changes it.
    pub sum: String,
}

/// Whoever changes a campaign says what they had read.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SeenQuery {
    /// [`CampaignHere::sum`]; whatever it is now where it is not said.
    pub seen: Option<String>,
}

/// One version of a campaign's questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct VersionLine {
    /// Its number, from 1 on.
    #[ts(type = "number")]
    pub number: i64,
    /// What it calls itself.
    pub form: FormVersion,
    /// How many questions it asks.
    pub questions: u32,
    /// When it was uploaded.
    #[ts(type = "string")]
    pub uploaded: DateTime<Utc>,
    /// Who uploaded it; `None` for whoever used the tool.
    pub by: Option<PersonName>,
    /// When devices began to be told of it; `None` for a draft.
    #[ts(type = "string | null")]
    pub published: Option<DateTime<Utc>>,
}

/// The questionnaire of a campaign: what is asked now, what is about to be, and what was before.
#[derive(Debug, Clone, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct QuestionnairePage {
    /// What is asked now.
    pub current: Option<VersionLine>,
    /// What was uploaded and is not published yet.
    pub draft: Option<VersionLine>,
    /// What was asked before, newest first.
    pub earlier: Vec<VersionLine>,
    /// The languages of what is about to be asked, or else is: the first is its own.
    pub languages: Vec<String>,
}

/// What became of an upload: where it cannot be asked, all that is wrong with it, and the draft before stays.
#[derive(Debug, Clone, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct Uploaded {
    /// Whether it can be asked.
    pub verdict: Verdict,
    /// How the questionnaire stands now.
    pub questionnaire: QuestionnairePage,
}

/// Which questionnaire of a campaign is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// What is asked now.
    #[default]
    Current,
    /// What is about to be.
    Draft,
}

/// The same after the `?` of an address.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WhichQuery {
    /// Which.
    pub which: Which,
}

/// Whether headquarters has been set up.
#[derive(Debug, Clone, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct SetUp {
    /// Whether nobody can sign in yet: the first administrator is asked for.
    pub needed: bool,
}

/// The first administrator, by the token that the terminal shows; signed in then.
#[derive(Deserialize, TS, JsonSchema)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct FirstAdmin {
    /// What `blon-server serve` printed.
    pub token: String,
    /// The administrator's name.
    pub name: PersonName,
    /// Their password.
    pub password: String,
}
