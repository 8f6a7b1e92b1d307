//! Awa and Bakary collect, Modibo supervises: who may add what.

use super::*;
use crate::fold::fold;
use crate::id::{RecordId, StoryId};
use crate::remark::AnswerPath;
use crate::story::{InterviewKind, Story};
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
    let comments = comments
        .iter()
        .map(|(a, t)| Comment { answer: a.clone(), text: (*t).to_owned(), second: None })
        .collect();
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

/// A story that may be signed off.
fn complete_story() -> Story {
    let mut story = Story { title: "Le puits".to_owned(), ..Story::default() };
    story.context.date = chrono::NaiveDate::from_ymd_opt(2022, 9, 14);
    (story.context.commune, story.context.village) = ("Karan".to_owned(), "Karan".to_owned());
    story.context.kind = Some(InterviewKind::Individual);
    story.narrative.what_happened = "Les femmes gardent le puits.".to_owned();
    story.consent = serde_json::from_value(serde_json::json!({
        "interview": true, "audio": true, "photo": true, "quote": true, "named": false, "contact_again": false,
        "given_by": "spoken"
    }))
    .unwrap();
    story.changes.push(
        serde_json::from_value(serde_json::json!({
            "id": Uuid::from_u128(5), "level": "collective", "who": "Les femmes", "what": "gardent le puits",
            "when": "", "where": "", "direction": "positive", "expected": true, "importance": 3,
            "importance_reason": "", "contribution": "high", "contribution_reason": "", "other_causes": "",
            "without": "", "project_named": "not_at_all", "evidence": []
        }))
        .unwrap(),
    );
    story
}

/// Awa's story, brought to stand so by those who may.
fn brought_to(standing: Standing) -> Vec<Record> {
    let finalise = Act::Finalise { story: Box::new(complete_story()), note: String::new() };
    let comment = Comment { answer: AnswerPath::Whole, text: "Qui ?".to_owned(), second: None };
    let reason = "Deux villages confondus.".to_owned();
    let after = match standing {
        Standing::Finalised => None,
        Standing::InReview => Some(Act::Comment { comment }),
        Standing::Returned => Some(Act::Return { comments: vec![comment] }),
        Standing::Approved => Some(Act::Approve { note: String::new() }),
        Standing::Rejected => Some(Act::Reject { reason }),
    };
    let mut records = vec![record(1, "Awa", &[], finalise)];
    records.extend(after.map(|act| record(2, "Modibo", &[1], act)));
    let own = Comment { answer: AnswerPath::Whole, text: "Je l'ai vu.".to_owned(), second: None };
    records.push(record(3, "Awa", &[1], Act::Comment { comment: own }));
    records
}

fn doing(deed: Deed, folded: &Folded) -> Record {
    let thread = ThreadId { record: RecordId(Uuid::from_u128(3)), place: 0 };
    let comment = Comment { answer: AnswerPath::Whole, text: "Quand ?".to_owned(), second: None };
    let words = "Des mots.".to_owned();
    let act = match deed {
        Deed::Finalise => Act::Finalise { story: Box::new(complete_story()), note: words },
        Deed::Return => Act::Return { comments: vec![comment] },
        Deed::Approve => Act::Approve { note: words },
        Deed::Reject => Act::Reject { reason: words },
        Deed::Reopen => Act::Reopen { reason: words },
        Deed::Comment => Act::Comment { comment },
        Deed::Reply => Act::Reply { thread, text: words },
        Deed::Resolve => Act::Resolve { thread },
    };
    let mut doing = record(9, "Modibo", &[3], act);
    doing.builds_on.extend(folded.in_sight());
    doing
}

/// The table as people agreed on it, written a second time: the letters are what the story is after (F, I, V for in review,
/// R returned, A approved, X rejected; = as before), a dot is what may not be.
const AGREED: &str = "
              finalised inreview returned approved rejected
collector finalise   F F F F F
collector comment    = = = = =
collector reply      = = = = =
supervisor return    R R R . .
supervisor approve   A A A . .
supervisor reject    X X X . .
supervisor reopen    . . . V V
supervisor comment   V = = = =
supervisor reply     V = = = =
supervisor resolve   = = = = =
";

#[test]
fn the_whole_table_is_as_agreed_and_the_fold_follows_it() {
    let agreed = |role: Role, deed: Deed, standing: Standing| {
        let column = Standing::ALL.iter().position(|s| *s == standing).unwrap();
        let word = format!("{deed:?}").to_lowercase();
        let row = AGREED.lines().find_map(|line| line.strip_prefix(&format!("{role} {word} ")));
        row.map_or(".", |row| row.split_whitespace().nth(column).unwrap())
    };
    for (role, deed, standing) in Role::ALL.into_iter().flat_map(|role| {
        Deed::ALL.into_iter().flat_map(move |deed| Standing::ALL.into_iter().map(move |s| (role, deed, s)))
    }) {
        let records = brought_to(standing);
        let folded = fold(records[0].story, &records).unwrap();
        assert_eq!(folded.standing, standing);
        let mut act = doing(deed, &folded);
        if role == Role::Collector {
            act.author = "Awa".parse().unwrap();
        }
        let allowed = may_add(&act, role, Some(&folded));
        let expected = agreed(role, deed, standing);
        let case = format!("{role} {deed:?} {standing:?}: {allowed:?}");
        assert_eq!(allowed.is_ok(), expected != ".", "{case}");
        assert_eq!(deeds(&folded, role).contains(&deed), expected != ".", "offered: {case}");
        if let Err(problem) = &allowed {
            let at_all = Standing::ALL.iter().any(|s| agreed(role, deed, *s) != ".");
            let why = if at_all { Code::ActNotNow } else { Code::ActNotAllowed };
            assert_eq!(problem.code, why, "{case}");
            continue;
        }
        let after = fold(act.story, &[records, vec![act.clone()]].concat()).unwrap().standing;
        let then = match expected {
            "F" => Standing::Finalised,
            "V" => Standing::InReview,
            "R" => Standing::Returned,
            "A" => Standing::Approved,
            "X" => Standing::Rejected,
            _ => standing,
        };
        assert_eq!(after, then, "{case}");
    }
}
