//! Awa and Bakary collect, Modibo supervises: who may add what.

use super::*;
use crate::fold::fold;
use crate::id::{RecordId, StoryId};
use crate::remark::AnswerPath;
use crate::story::{InterviewKind, Story};
use crate::verification::{Finding, Findings};
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

/// The one change of [`complete_story`].
const THE_CHANGE: ChangeId = ChangeId(Uuid::from_u128(5));

fn findings() -> Findings {
    let (why, informant) = ("Elle y puise chaque matin.".to_owned(), "Une voisine".to_owned());
    Findings { finding: Finding::Agrees, why, informant, sealed: None, evidence: Vec::new() }
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
    let finalise = || Act::Finalise { story: Box::new(complete_story()), note: String::new() };
    let comment = Comment { answer: AnswerPath::Whole, text: "Qui ?".to_owned(), second: None };
    let reason = "Deux villages confondus.".to_owned();
    let after = match standing {
        Standing::Finalised => None,
        Standing::InReview => Some(Act::Comment { comment }),
        Standing::Returned => Some(Act::Return { comments: vec![comment] }),
        Standing::Approved => Some(Act::Approve { note: String::new() }),
        Standing::Rejected => Some(Act::Reject { reason }),
    };
    let verifier = "Founé".parse().unwrap();
    let ask = Act::AskVerification { change: THE_CHANGE, verifier, question: String::new() };
    // Modibo asked about what Awa corrected since: a verification goes on all the same.
    let mut records = vec![
        record(1, "Awa", &[], finalise()),
        record(4, "Modibo", &[1], ask),
        record(5, "Awa", &[1], finalise()),
    ];
    records.extend(after.map(|act| record(2, "Modibo", &[5], act)));
    let own = Comment { answer: AnswerPath::Whole, text: "Je l'ai vu.".to_owned(), second: None };
    records.push(record(3, "Awa", &[5], Act::Comment { comment: own }));
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
        Deed::Rate => {
            let ratings = [(Criterion::Evidence, Rating::try_from(2).unwrap())].into();
            Act::Rate { change: THE_CHANGE, ratings, note: words }
        }
        Deed::AskVerification => {
            let verifier = "Founé".parse().unwrap();
            Act::AskVerification { change: THE_CHANGE, verifier, question: words }
        }
        Deed::Verify => Act::Verify { asked: RecordId(Uuid::from_u128(4)), findings: findings() },
    };
    let mut doing = record(9, "Modibo", &[3, 4], act);
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
supervisor rate      V = = = =
supervisor askverification  V = = = .
verifier verify      = = = = =
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
        match role {
            Role::Collector => act.author = "Awa".parse().unwrap(),
            Role::Verifier => act.author = "Founé".parse().unwrap(),
            _ => {}
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

#[test]
fn a_verifier_reports_on_what_they_were_asked_and_says_something() {
    let records = brought_to(Standing::Approved);
    let folded = fold(records[0].story, &records).unwrap();
    let report = |author: &str, builds_on: &[u128], findings: Findings| {
        let asked = RecordId(Uuid::from_u128(4));
        let record = record(9, author, builds_on, Act::Verify { asked, findings });
        code(may_add(&record, Role::Verifier, Some(&folded)))
    };
    assert_eq!(report("Founé", &[4], findings()), None);
    assert_eq!(report("Sira", &[4], findings()), Some(Code::RecordNotYours));
    assert_eq!(report("Founé", &[1], findings()), Some(Code::RecordNotYours));
    let blank = Findings { why: " ".to_owned(), ..findings() };
    assert_eq!(report("Founé", &[4], blank), Some(Code::CommentMissing));
    let nobody = Findings { informant: String::new(), ..findings() };
    assert_eq!(report("Founé", &[4], nobody), Some(Code::CommentMissing));
}

#[test]
fn a_rating_stays_within_its_steps_and_is_about_a_change_that_was_read() {
    let records = brought_to(Standing::InReview);
    let folded = fold(records[0].story, &records).unwrap();
    let rate = |change: ChangeId, builds_on: &[u128], ratings: &[(Criterion, u8)]| {
        let ratings = ratings.iter().map(|(c, r)| (*c, Rating::try_from(*r).unwrap())).collect();
        let act = Act::Rate { change, ratings, note: String::new() };
        code(may_add(&record(9, "Modibo", builds_on, act), Role::Supervisor, Some(&folded)))
    };
    assert_eq!(rate(THE_CHANGE, &[5], &[(Criterion::Contribution, 4), (Criterion::Quality, 5)]), None);
    assert_eq!(rate(THE_CHANGE, &[5], &[(Criterion::Contribution, 5)]), Some(Code::BadInput));
    assert_eq!(rate(THE_CHANGE, &[5], &[]), Some(Code::BadInput));
    assert_eq!(rate(THE_CHANGE, &[4], &[(Criterion::Quality, 1)]), Some(Code::RecordBuildsOnUnknown));
    let other = ChangeId(Uuid::from_u128(77));
    assert_eq!(rate(other, &[5], &[(Criterion::Quality, 1)]), Some(Code::CommentAnswerUnknown));
}

#[test]
fn what_was_lost_on_the_way_holds_nothing_up() {
    let revision = |builds_on: &[u128]| {
        let act = Act::Finalise { story: Box::new(complete_story()), note: String::new() };
        code(may_add(&record(9, "Awa", builds_on, act), Role::Collector, Some(&told())))
    };
    assert_eq!(revision(&[2, 77]), None, "the return that it answers to is gone");
    assert_eq!(revision(&[77]), Some(Code::RecordBuildsOnUnknown));
    assert_eq!(
        code(may_add(&approve(&[77]), Role::Supervisor, Some(&told()))),
        Some(Code::RecordBuildsOnUnknown)
    );
    assert_eq!(
        code(may_add(&approve(&[77, 1]), Role::Supervisor, Some(&told()))),
        Some(Code::RevisionNotNewest)
    );
}
