//! Who may add which record to a story: one rule book for headquarters and devices.

use crate::error::{Code, Problem};
use crate::fold::{Folded, Revision};
use crate::record::{Act, COMMENT_LIMIT, Comment, Record};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// What a person does in a campaign (domain.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
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
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] =
        [Role::Collector, Role::Supervisor, Role::Analyst, Role::Admin, Role::Custodian];

    /// The word on the wire and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Collector => "collector",
            Role::Supervisor => "supervisor",
            Role::Analyst => "analyst",
            Role::Admin => "admin",
            Role::Custodian => "custodian",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a role: collector, supervisor, analyst, admin or custodian")]
pub struct InvalidRole(pub String);

impl FromStr for Role {
    type Err = InvalidRole;
    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        Role::ALL.into_iter().find(|r| r.as_str() == text).ok_or_else(|| InvalidRole(text.to_owned()))
    }
}

/// Whether a person of this role may add `record` to the story as it stands (`None`: it does not exist yet).
///
/// The caller has made sure that the author is who sends it and, for a decision, that the story belongs to
/// the author's team.
///
/// # Errors
/// The code by which the record is refused for good, with a sentence for the log and the list of set-aside
/// records: `act_not_allowed`, `record_not_yours`, `record_builds_on_unknown`, `story_incomplete`,
/// `story_not_found`, `revision_not_newest`, `comment_missing`, `comment_answer_unknown`, `bad_input`.
pub fn may_add(record: &Record, role: Role, so_far: Option<&Folded>) -> Result<(), Problem> {
    match &record.act {
        Act::Finalise { story, .. } => {
            allowed(role == Role::Collector, record, role)?;
            if so_far.is_some_and(|s| s.collector != record.author) {
                return refuse(Code::RecordNotYours, "another collector began this story");
            }
            let first = so_far.and_then(|s| s.revisions.first());
            if first.is_some_and(|first| first.story.training != story.training) {
                return refuse(
                    Code::ActNotAllowed,
                    "practice stays practice, and what counts goes on counting",
                );
            }
            known_parents(record, so_far)?;
            match story.gaps().first() {
                Some(gap) => refuse(
                    Code::StoryIncomplete,
                    &format!("{} holds the story back: {:?}", gap.answer, gap.need),
                ),
                None => Ok(()),
            }
        }
        Act::Return { comments } => {
            allowed(role == Role::Supervisor, record, role)?;
            let decided = decided_revision(record, so_far)?;
            comments_hold(comments, decided)
        }
        Act::Approve { note } => {
            allowed(role == Role::Supervisor, record, role)?;
            decided_revision(record, so_far)?;
            text_fits(note)
        }
    }
}

fn refuse<T>(code: Code, message: &str) -> Result<T, Problem> {
    Err(Problem { code, message: message.to_owned() })
}

fn allowed(may: bool, record: &Record, role: Role) -> Result<(), Problem> {
    let act = match record.act {
        Act::Finalise { .. } => "finalise",
        Act::Return { .. } => "return",
        Act::Approve { .. } => "approve",
    };
    if may { Ok(()) } else { refuse(Code::ActNotAllowed, &format!("a {role} may not {act} a story")) }
}

/// A record comes after those it builds on, always; so an unknown parent never arrives later.
fn known_parents(record: &Record, so_far: Option<&Folded>) -> Result<(), Problem> {
    let known =
        |id| so_far.is_some_and(|s| s.revision(id).is_some() || s.decisions.iter().any(|d| d.id == id));
    match record.builds_on.iter().find(|id| !known(**id)) {
        Some(id) => refuse(Code::RecordBuildsOnUnknown, &format!("it builds on {id}, which is not here")),
        None => Ok(()),
    }
}

fn decided_revision<'a>(record: &Record, so_far: Option<&'a Folded>) -> Result<&'a Revision, Problem> {
    let Some(folded) = so_far else { return refuse(Code::StoryNotFound, "there is no such story") };
    known_parents(record, so_far)?;
    let decided = record.builds_on.iter().find(|id| folded.heads.contains(id));
    match decided.and_then(|id| folded.revision(*id)) {
        Some(revision) => Ok(revision),
        None => refuse(Code::RevisionNotNewest, "the decision is not about the newest revision"),
    }
}

fn comments_hold(comments: &[Comment], decided: &Revision) -> Result<(), Problem> {
    if comments.is_empty() || comments.iter().any(|c| c.text.trim().is_empty()) {
        return refuse(
            Code::CommentMissing,
            "a story goes back with at least one comment, and none is empty",
        );
    }
    for comment in comments {
        text_fits(&comment.text)?;
        if !comment.answer.exists_in(&decided.story) {
            return refuse(Code::CommentAnswerUnknown, &format!("there is no answer {}", comment.answer));
        }
    }
    Ok(())
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
