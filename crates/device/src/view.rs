//! What the device tells a screen or a script; every shape here is also a TypeScript type.

mod syncing;

pub use syncing::{
    Carried, Cause, Clocks, DataUse, Freeable, Parcel, PastSync, SyncNews, SyncProgress, SyncReport,
};

use blon_core::campaign::Campaign;
use blon_core::change::Level;
use blon_core::error::Problem;
use blon_core::evidence::{Evidence, FileRef};
use blon_core::fold::{Conflict, Decision, Status, Thread};
pub use blon_core::gaps::Gap;
use blon_core::id::{DeviceId, PersonName, StoryId};
use blon_core::joining::Clash;
pub use blon_core::questionnaire::asked::Asked;
use blon_core::review::Role;
use blon_core::story::{Identity, Story};
use blon_core::verification::{Finding, Findings, Task};
use blon_core::withdrawal::WithdrawalCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far the app may go: what the first screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// There is no store yet: choose a passphrase.
    New,
    /// There is a store: unlock it.
    Locked,
    /// The store is open, but headquarters does not know this device: enrol.
    Unenrolled,
    /// Ready to work.
    Ready,
}

/// Whose device this is and what it collects for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Enrolment {
    /// Headquarters' address.
    pub url: String,
    /// The device's name at headquarters.
    pub device: DeviceId,
    /// Whose it is.
    pub person: PersonName,
    /// What they do: another role sees other screens.
    pub role: Role,
    /// The collection, with the choices it offers.
    pub campaign: Campaign,
}

impl Enrolment {
    /// The same without what screens never look at.
    pub fn for_screens(mut self) -> Self {
        self.campaign = self.campaign.without_questionnaire();
        self
    }
}

/// What the first screen needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeviceState {
    /// How far the app may go.
    pub phase: Phase,
    /// Whose device it is; known once the store is open.
    pub enrolment: Option<Enrolment>,
    /// The draft that was on the screen when the app ended or was locked.
    pub on_screen: Option<StoryId>,
    /// Seconds until the next try of a passphrase is heard; 0 where none waits.
    pub wait: u32,
    /// How many wrong tries are left before the device erases itself, where its person has set that.
    pub tries_left: Option<u32>,
    /// That this device was erased, until a new store is made.
    pub erased: Option<Erased>,
}

/// What a person has chosen for the protection of their own device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Protection {
    /// Minutes without a touch after which the app locks itself.
    pub lock_after: u32,
    /// How many wrong passphrases in a row erase everything; none do where it is not set.
    pub erase_after: Option<u32>,
    /// Whether a passphrase for duress is set.
    pub duress: bool,
}

/// That everything on a device was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Erased {
    /// When.
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
    /// Why.
    pub why: Why,
}

/// Why everything on a device was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, rename = "ErasedWhy")]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Headquarters asked for it.
    Headquarters,
    /// The passphrase was wrong as often as the device's person had set.
    Attempts,
}

/// What headquarters has of a story, from its own acknowledgements only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Receipt {
    /// Signed-off revisions that headquarters has not acknowledged yet.
    pub texts_waiting: u32,
    /// Evidence files of the story.
    pub files: u32,
    /// Evidence files that headquarters confirmed.
    pub files_confirmed: u32,
    /// Why a revision was refused for good; it is kept here, set aside.
    pub refused: Option<Problem>,
}

/// Where a story stands in the list: what asks for something comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Shelf {
    /// Returned by the supervisor, or with a question that waits for an answer.
    Returned,
    /// Being written or corrected.
    Drafts,
    /// Signed off, with something that headquarters does not have yet, or refused.
    Waiting,
    /// Headquarters has all of it.
    There,
}

impl Shelf {
    /// Every shelf, in order.
    pub const ALL: [Shelf; 4] = [Shelf::Returned, Shelf::Drafts, Shelf::Waiting, Shelf::There];
}

/// Which stories are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct StoryQuery {
    /// Beginnings of words, in any order, accents or none; empty for all.
    pub words: String,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those with a change of this level.
    pub level: Option<Level>,
    /// Only those of this commune; empty for all.
    pub commune: String,
    /// Practice interviews, or those that count.
    pub training: bool,
    /// How many lines to give.
    pub count: u32,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StoriesFound {
    /// The lines asked for, by shelf and then the newest first.
    pub lines: Vec<StoryLine>,
    /// How many there are on each shelf that is not empty.
    pub counts: Vec<(Shelf, u32)>,
}

/// A draft that was deleted and can be brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Discarded {
    /// Which story.
    pub id: StoryId,
    /// Its title; may be empty.
    pub title: String,
    /// Where it was told.
    pub village: String,
    /// When it was deleted, by this device's clock.
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
}

/// One story in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StoryLine {
    /// Which story.
    pub id: StoryId,
    /// Whether it is practice.
    pub training: bool,
    /// Where it stands in the list.
    pub shelf: Shelf,
    /// Where it is in its life.
    pub status: Status,
    /// Its title; may be empty in a draft.
    pub title: String,
    /// The levels of its changes, each once.
    pub levels: Vec<Level>,
    /// Where it was told.
    pub commune: String,
    /// Where it was told.
    pub village: String,
    /// The day of the interview.
    pub date: Option<NaiveDate>,
    /// How many changes it tells.
    pub changes: u32,
    /// A draft or a correction is open on this device.
    pub draft: bool,
    /// Comments that wait for the collector.
    pub comments: u32,
    /// What headquarters has of it.
    pub receipt: Receipt,
}

/// A story that was signed off, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StoryView {
    /// As in the list.
    #[serde(flatten)]
    #[ts(flatten)]
    pub line: StoryLine,
    /// The newest signed-off content, or the draft if nothing was signed off yet.
    pub story: Story,
    /// Where it was revised in two places: the other newest contents, to be read beside it.
    pub apart: Vec<Story>,
    /// Who told it; leaves the device only sealed.
    pub identity: Identity,
    /// What they are called at headquarters: a code.
    pub storyteller: String,
    /// What the storyteller is given to withdraw with.
    pub withdrawal: WithdrawalCode,
    /// Whether headquarters has who told it, sealed to the custodians.
    pub sealed: bool,
    /// How many revisions were signed off.
    pub revisions: u32,
    /// Every decision, oldest first.
    pub decisions: Vec<Decision>,
    /// What was said about it: every thread.
    pub threads: Vec<Thread>,
    /// The threads in which the collector's word is waited for.
    pub open_comments: Vec<Thread>,
    /// What people did apart.
    pub conflicts: Vec<Conflict>,
    /// Where its files are.
    pub files: Vec<FileReceipt>,
}

/// A story that is being written or corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Draft {
    /// Which story.
    pub id: StoryId,
    /// The answers so far.
    pub story: Story,
    /// Who tells it.
    pub identity: Identity,
    /// The collector's note on a correction; empty for a first telling.
    pub note: String,
    /// Whether an earlier revision was signed off.
    pub correcting: bool,
    /// The threads that it answers to.
    pub comments: Vec<Thread>,
    /// Where two revisions that it joins say otherwise: both texts stand in it, and of two choices one.
    pub clashes: Vec<Clash>,
    /// What still holds it back.
    pub gaps: Vec<Gap>,
}

/// Where one file of a story is, from headquarters' own acknowledgements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FileReceipt {
    /// What is known of the file.
    pub file: FileRef,
    /// Bytes of it that headquarters said it has.
    pub have: u64,
    /// Headquarters said it has it whole.
    pub confirmed: bool,
    /// Its bytes are on this device.
    pub here: bool,
}

/// What a look at the store's health found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Health {
    /// Whether the database passed every check.
    pub sound: bool,
    /// What is wrong, in SQLite's words; empty when sound.
    pub findings: Vec<String>,
    /// The version of the store's schema.
    pub schema: u32,
    /// Drafts on the device.
    pub drafts: u32,
    /// Records that wait to be sent.
    pub records_waiting: u32,
    /// Records that were refused and set aside.
    pub records_refused: u32,
    /// Files that wait to be sent.
    pub files_waiting: u32,
    /// Size of the database in bytes.
    pub bytes: u64,
}

/// A claim that a verifier was asked to check, with what has come of it on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TaskView {
    /// What is asked.
    #[serde(flatten)]
    #[ts(flatten)]
    pub task: Task,
    /// How far it is.
    pub state: TaskState,
    /// Whether it is asked for no longer; what was begun can still be signed off, or erased.
    pub withdrawn: bool,
    /// Why headquarters refused the last report; its words are the draft again.
    pub refused: Option<Problem>,
    /// What is being written of it.
    pub draft: Option<ReportDraft>,
    /// What that still lacks.
    pub lacks: Vec<ReportLack>,
    /// What this device signed off, oldest first, without names.
    pub signed: Vec<Findings>,
    /// How many reports this device signed off.
    pub reports: u32,
    /// How many of them headquarters has not acknowledged yet.
    pub waiting: u32,
    /// Who was asked, where that stays on this device.
    pub names: Vec<String>,
}

/// How far a verifier is with a task: what asks for something comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Headquarters refused a report.
    Refused,
    /// A report is being written.
    Writing,
    /// Nobody was asked yet.
    Todo,
    /// A report waits to be sent.
    Waiting,
    /// Headquarters has a report.
    Sent,
}

/// What must be in a report before it is signed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ReportLack {
    /// Whether the claim holds.
    Finding,
    /// Why.
    Why,
    /// What makes whoever was asked fit to know.
    Informant,
}

/// What is being written of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct ReportDraft {
    /// Whether the claim holds.
    pub finding: Option<Finding>,
    /// Why, in the words of whoever was asked.
    pub why: String,
    /// What makes them fit to know, without a name.
    pub informant: String,
    /// Who they are. It is sealed when the report is signed off, or stays on this device.
    pub name: String,
    /// What supports what they say.
    pub evidence: Vec<Evidence>,
}

/// A storyteller's withdrawal that was taken on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WithdrawalView {
    /// The code of the story.
    pub code: WithdrawalCode,
    /// When, by the clock of this device.
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
    /// Whether headquarters said that it knows.
    pub told: bool,
    /// Whether something of the story was on this device and was erased just now.
    pub erased: bool,
}

/// The room that the evidence of others takes on a supervisor's device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewSpace {
    /// Bytes that it may take.
    pub most: u64,
    /// Bytes that it takes.
    pub used: u64,
}
