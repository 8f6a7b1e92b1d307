//! Awa and Bakary collect, Modibo supervises: who may add what.

use super::*;
use crate::fold::fold;
use crate::id::{RecordId, StoryId};
use crate::record::AnswerPath;
use crate::story::Story;
use uuid::Uuid;

fn record(n: u128, author: &str, builds_on: &[u128], act: Act) -> Record {
    Record {
        id: RecordId(Uuid::from_u128(n)),
        campaign: "kangaba-2022".parse().unwrap(),
        story: StoryId(Uuid::from_u128(1)),
        author: author.parse().unwrap(),
        device: None,
        clock: chrono::DateTime::parse_from_rfc3339("2022-09-14T10:00:00+00:00").unwrap(),
        builds_on: builds_on.iter().map(|n| RecordId(Uuid::from_u128(*n))).collect(),
        act,
    }
}

fn told() -> Folded {
    let story = Box::new(Story::default());
    let first = record(1, "Awa", &[], Act::Finalise { story: story.clone(), note: String::new() });
    let second = record(2, "Awa", &[1], Act::Finalise { story, note: String::new() });
    fold(first.story, &[first, second]).unwrap()
}

fn approve(builds_on: &[u128]) -> Record {
    record(9, "Modibo", builds_on, Act::Approve { note: String::new() })
}

fn give_back(comments: &[(AnswerPath, &str)]) -> Record {
    let comments =
        comments.iter().map(|(a, t)| Comment { answer: a.clone(), text: (*t).to_owned() }).collect();
    record(9, "Modibo", &[2], Act::Return { comments })
}

fn code(result: Result<(), Problem>) -> Option<Code> {
    result.err().map(|p| p.code)
}

#[test]
fn only_a_supervisor_decides_and_only_a_collector_finalises() {
    for role in Role::ALL {
        let decided = code(may_add(&approve(&[2]), role, Some(&told())));
        assert_eq!(decided, (role != Role::Supervisor).then_some(Code::ActNotAllowed), "{role}");
    }
    let revision = record(9, "Modibo", &[2], Act::Finalise { story: Box::default(), note: String::new() });
    assert_eq!(code(may_add(&revision, Role::Supervisor, Some(&told()))), Some(Code::ActNotAllowed));
}

#[test]
fn bakary_may_not_revise_awas_story() {
    let revision = record(9, "Bakary", &[2], Act::Finalise { story: Box::default(), note: String::new() });
    assert_eq!(code(may_add(&revision, Role::Collector, Some(&told()))), Some(Code::RecordNotYours));
}

#[test]
fn an_incomplete_story_is_refused_on_arrival_too() {
    let first = record(9, "Awa", &[], Act::Finalise { story: Box::default(), note: String::new() });
    assert_eq!(code(may_add(&first, Role::Collector, None)), Some(Code::StoryIncomplete));
}

#[test]
fn a_decision_is_about_the_newest_revision() {
    assert_eq!(code(may_add(&approve(&[1]), Role::Supervisor, Some(&told()))), Some(Code::RevisionNotNewest));
    assert_eq!(
        code(may_add(&approve(&[7]), Role::Supervisor, Some(&told()))),
        Some(Code::RecordBuildsOnUnknown)
    );
    assert_eq!(code(may_add(&approve(&[2]), Role::Supervisor, None)), Some(Code::StoryNotFound));
    assert_eq!(code(may_add(&approve(&[2]), Role::Supervisor, Some(&told()))), None);
}

#[test]
fn a_story_goes_back_with_comments_that_point_somewhere() {
    let check = |comments: &[(AnswerPath, &str)]| {
        code(may_add(&give_back(comments), Role::Supervisor, Some(&told())))
    };
    let before = AnswerPath::Field("narrative.before");
    let nowhere = AnswerPath::Change(crate::id::ChangeId(Uuid::from_u128(5)), "what");
    assert_eq!(check(&[]), Some(Code::CommentMissing));
    assert_eq!(check(&[(before.clone(), "  ")]), Some(Code::CommentMissing));
    assert_eq!(check(&[(nowhere, "Qui ?")]), Some(Code::CommentAnswerUnknown));
    assert_eq!(check(&[(before.clone(), &"x".repeat(COMMENT_LIMIT + 1))]), Some(Code::BadInput));
    assert_eq!(check(&[(before, "Depuis quand ?")]), None);
}
