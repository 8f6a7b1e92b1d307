//! Who may add which record to a story: one rule book for headquarters and devices.

use crate::change::Rating;
use crate::error::{Code, Problem};
use crate::fold::{Folded, Revision, Standing};
use crate::id::{ChangeId, RecordId};
use crate::record::{Act, Deed, Record};
use crate::remark::{COMMENT_LIMIT, Comment, ThreadId};
use crate::rubric::Criterion;
use crate::story::Story;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// What a person does in a campaign (domain.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Interviews, and answers what a supervisor returned.
    Collector,
    /// Reads the stories of a team, returns and approves.
    Supervisor,
    /// Reads and reports.
    Analyst,
    /// Sets up campaigns, people and devices.
    Admin,
    /// Holds the key that opens sealed identities.
    Custodian,
    /// Asks somebody independent whether a change happened. Version 4.
    Verifier,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 6] =
        [Role::Collector, Role::Supervisor, Role::Analyst, Role::Admin, Role::Custodian, Role::Verifier];

    /// The word on the wire and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Collector => "collector",
            Role::Supervisor => "supervisor",
            Role::Analyst => "analyst",
            Role::Admin => "admin",
            Role::Custodian => "custodian",
            Role::Verifier => "verifier",
        }
    }
}

impl Role {
    /// Whether whoever does this signs in to headquarters' pages.
    pub fn signs_in(self) -> bool {
        self != Role::Collector
    }

    /// Whether whoever does this works with the app; the others do so at headquarters' pages alone.
    pub fn has_a_device(self) -> bool {
        matches!(self, Role::Collector | Role::Supervisor | Role::Verifier)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a role: collector, supervisor, analyst, admin, custodian or verifier")]
pub struct InvalidRole(pub String);

impl FromStr for Role {
    type Err = InvalidRole;
    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        Role::ALL.into_iter().find(|r| r.as_str() == text).ok_or_else(|| InvalidRole(text.to_owned()))
    }
}

/// The most comments in one return.
pub const COMMENTS_LIMIT: usize = 500;

/// The most reports on one request: more people than anybody asks of one claim.
pub const REPORTS_LIMIT: usize = 20;

/// The most pieces of evidence in one report.
pub const REPORT_EVIDENCE_LIMIT: usize = 50;

/// Who may do what to a story, from where, and what it is then.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What is done.
    pub deed: Deed,
    /// By whom.
    pub by: &'static [Role],
    /// How the newest revision may stand, in the sight of whoever does it: two who are apart may both decide.
    pub from: &'static [Standing],
    /// How it stands then; `None` where that does not change. What is said by others than the collector of a story that nobody had looked at
    /// puts it in review.
    pub then: Option<Standing>,
}

const ANY: &[Standing] = &Standing::ALL;
const UNDECIDED: &[Standing] = &[Standing::Finalised, Standing::InReview, Standing::Returned];
const NOT_REJECTED: &[Standing] =
    &[Standing::Finalised, Standing::InReview, Standing::Returned, Standing::Approved];
const DECIDED: &[Standing] = &[Standing::Approved, Standing::Rejected];

/// The whole of it. A collector may revise whatever a supervisor decided meanwhile: no telling is turned away because its
/// author had no network.
pub const RULES: &[Rule] = &[
    rule(Deed::Finalise, &[Role::Collector], ANY, Some(Standing::Finalised)),
    rule(Deed::Return, &[Role::Supervisor], UNDECIDED, Some(Standing::Returned)),
    rule(Deed::Approve, &[Role::Supervisor], UNDECIDED, Some(Standing::Approved)),
    rule(Deed::Reject, &[Role::Supervisor], UNDECIDED, Some(Standing::Rejected)),
    rule(Deed::Reopen, &[Role::Supervisor], DECIDED, Some(Standing::InReview)),
    rule(Deed::Comment, &[Role::Collector, Role::Supervisor], ANY, None),
    rule(Deed::Reply, &[Role::Collector, Role::Supervisor], ANY, None),
    rule(Deed::Resolve, &[Role::Supervisor], ANY, None),
    rule(Deed::Rate, &[Role::Supervisor], ANY, None),
    rule(Deed::AskVerification, &[Role::Supervisor], NOT_REJECTED, None),
    rule(Deed::Verify, &[Role::Verifier], ANY, None),
];

const fn rule(deed: Deed, by: &'static [Role], from: &'static [Standing], then: Option<Standing>) -> Rule {
    Rule { deed, by, from, then }
}

/// Whether a person of this role ever does this.
pub fn may(role: Role, deed: Deed) -> bool {
    RULES.iter().any(|rule| rule.deed == deed && rule.by.contains(&role))
}

/// What a person of this role may do to a story, who has all of it in sight.
pub fn deeds(folded: &Folded, role: Role) -> Vec<Deed> {
    let may = |rule: &&Rule| rule.by.contains(&role) && rule.fits(folded, &folded.open_decisions);
    RULES.iter().filter(may).map(|rule| rule.deed).collect()
}

impl Rule {
    /// Whether the story stands so in the sight of somebody who had these records before them. Where the decisions in sight
    /// disagree, any may be taken.
    fn fits(&self, folded: &Folded, sight: &[RecordId]) -> bool {
        folded.disagrees(sight) || self.from.contains(&folded.standing_in_sight(sight))
    }
}

/// Whether a person of this role may add `record` to the story as it stands (`None`: it does not exist yet).
///
/// The caller has made sure that the author is who sends it and, for who did not collect it, that the story is in the
/// author's sight.
///
/// # Errors
/// The code by which the record is refused for good, with a sentence for the log and the list of set-aside
/// records: `act_not_allowed`, `act_not_now`, `record_not_yours`, `record_builds_on_unknown`, `story_incomplete`,
/// `story_not_found`, `revision_not_newest`, `comment_missing`, `comment_answer_unknown`, `thread_not_found`,
/// `too_large`, `bad_input`.
pub fn may_add(record: &Record, role: Role, so_far: Option<&Folded>) -> Result<(), Problem> {
    let deed = record.act.deed();
    if !may(role, deed) {
        return refuse(Code::ActNotAllowed, &format!("a {role} may not {deed} a story"));
    }
    if role == Role::Collector && so_far.is_some_and(|s| s.collector != record.author) {
        return refuse(Code::RecordNotYours, "another collector began this story");
    }
    let Some(folded) = so_far else {
        let Act::Finalise { story, .. } = &record.act else {
            return refuse(Code::StoryNotFound, "there is no such story");
        };
        known_parents(record, None)?;
        return complete(story);
    };
    known_parents(record, so_far)?;
    holds(record, folded)?;
    let mut rules = RULES.iter().filter(|rule| rule.deed == deed && rule.by.contains(&role));
    if rules.any(|rule| rule.fits(folded, &record.builds_on)) {
        Ok(())
    } else {
        let standing = folded.standing_in_sight(&record.builds_on);
        refuse(Code::ActNotNow, &format!("one may not {deed} a story that is {standing:?}"))
    }
}

/// Whether what goes with an act is right for this story.
fn holds(record: &Record, folded: &Folded) -> Result<(), Problem> {
    match &record.act {
        Act::Finalise { story, .. } => {
            if folded.revisions.first().is_some_and(|first| first.story.training != story.training) {
                let message = "practice stays practice, and what counts goes on counting";
                return refuse(Code::ActNotAllowed, message);
            }
            complete(story)
        }
        Act::Return { comments } => comments_hold(comments, decided_revision(record, folded)?),
        Act::Approve { note } => {
            decided_revision(record, folded)?;
            text_fits(note)
        }
        Act::Reject { reason } | Act::Reopen { reason } => {
            decided_revision(record, folded)?;
            something_said(reason, "a reason")
        }
        Act::Comment { comment } => {
            comments_hold(std::slice::from_ref(comment), read_revision(record, folded)?)
        }
        Act::Reply { thread, text } => {
            in_a_thread(record, *thread, folded)?;
            something_said(text, "a reply")
        }
        Act::Resolve { thread } => in_a_thread(record, *thread, folded),
        Act::Rate { change, ratings, note } => {
            change_in_sight(record, *change, folded)?;
            ratings_hold(ratings)?;
            text_fits(note)
        }
        Act::AskVerification { change, question, .. } => {
            change_in_sight(record, *change, folded)?;
            text_fits(question)
        }
        Act::Verify { asked, findings } => {
            let verification = folded.verification(*asked).filter(|v| v.verifier == record.author);
            if verification.is_none() || !record.builds_on.contains(asked) {
                return refuse(Code::RecordNotYours, "the author was not asked to verify this");
            }
            if verification.is_some_and(|v| v.reports.len() >= REPORTS_LIMIT)
                || findings.evidence.len() > REPORT_EVIDENCE_LIMIT
            {
                let message = format!(
                    "one is asked for at most {REPORTS_LIMIT} reports, of {REPORT_EVIDENCE_LIMIT} pieces of evidence each"
                );
                return refuse(Code::TooLarge, &message);
            }
            something_said(&findings.why, "a report")?;
            something_said(
                &findings.informant,
                "a report says what makes whoever was asked fit to know, and it",
            )
        }
    }
}

fn refuse<T>(code: Code, message: &str) -> Result<T, Problem> {
    Err(Problem { code, message: message.to_owned() })
}

fn complete(story: &Story) -> Result<(), Problem> {
    match story.gaps().first() {
        Some(gap) => {
            refuse(Code::StoryIncomplete, &format!("{} holds the story back: {:?}", gap.answer, gap.need))
        }
        None => Ok(()),
    }
}

/// Something of what a record builds on must be here; what it is about, [`holds`] looks for. The rest may be lost: where
/// headquarters was brought back from a backup, nobody has its own pages' decisions any more.
fn known_parents(record: &Record, so_far: Option<&Folded>) -> Result<(), Problem> {
    let known = |id: &RecordId| so_far.is_some_and(|s| s.has(*id));
    match record.builds_on.first() {
        Some(id) if !record.builds_on.iter().any(known) => {
            refuse(Code::RecordBuildsOnUnknown, &format!("it builds on {id}, which is not here"))
        }
        _ => Ok(()),
    }
}

fn decided_revision<'a>(record: &Record, folded: &'a Folded) -> Result<&'a Revision, Problem> {
    let decided = record.builds_on.iter().find(|id| folded.heads.contains(id));
    match decided.and_then(|id| folded.revision(*id)) {
        Some(revision) => Ok(revision),
        None => refuse(Code::RevisionNotNewest, "the decision is not about the newest revision"),
    }
}

fn change_in_sight(record: &Record, change: ChangeId, folded: &Folded) -> Result<(), Problem> {
    match read_revision(record, folded)?.story.change(change) {
        Some(_) => Ok(()),
        None => refuse(Code::CommentAnswerUnknown, &format!("there is no change {change}")),
    }
}

/// The revision that whoever says something had read.
fn read_revision<'a>(record: &Record, folded: &'a Folded) -> Result<&'a Revision, Problem> {
    let about = folded.about(record);
    about.map_or_else(|| refuse(Code::RecordBuildsOnUnknown, "what is said is about a revision"), Ok)
}

fn ratings_hold(ratings: &BTreeMap<Criterion, Rating>) -> Result<(), Problem> {
    let beyond = ratings.iter().find(|(criterion, rating)| u8::from(**rating) > criterion.steps());
    match beyond {
        Some((criterion, rating)) => {
            let message = format!("{criterion:?} has {} steps, not {}", criterion.steps(), u8::from(*rating));
            refuse(Code::BadInput, &message)
        }
        None if ratings.is_empty() => refuse(Code::BadInput, "a rating rates something"),
        None => Ok(()),
    }
}

fn in_a_thread(record: &Record, thread: ThreadId, folded: &Folded) -> Result<(), Problem> {
    if folded.thread(thread).is_none() {
        return refuse(Code::ThreadNotFound, &format!("there is no thread {thread}"));
    }
    if record.builds_on.contains(&thread.record) {
        Ok(())
    } else {
        refuse(Code::RecordBuildsOnUnknown, "what is said in a thread builds on its first remark")
    }
}

fn comments_hold(comments: &[Comment], decided: &Revision) -> Result<(), Problem> {
    if comments.is_empty() {
        return refuse(Code::CommentMissing, "a story goes back with at least one comment");
    }
    if comments.len() > COMMENTS_LIMIT {
        return refuse(Code::BadInput, &format!("a story goes back with at most {COMMENTS_LIMIT} comments"));
    }
    for comment in comments {
        something_said(&comment.text, "a comment")?;
        if !comment.answer.exists_in(&decided.story) {
            return refuse(Code::CommentAnswerUnknown, &format!("there is no answer {}", comment.answer));
        }
    }
    Ok(())
}

fn something_said(text: &str, what: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return refuse(Code::CommentMissing, &format!("{what} has words"));
    }
    text_fits(text)
}

fn text_fits(text: &str) -> Result<(), Problem> {
    if text.chars().count() <= COMMENT_LIMIT {
        Ok(())
    } else {
        refuse(Code::BadInput, &format!("a remark has at most {COMMENT_LIMIT} characters"))
    }
}

#[cfg(test)]
mod tests;
