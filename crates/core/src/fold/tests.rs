//! Awa collects on her phone and on the shared laptop; Modibo supervises.

use super::*;
use crate::id::CampaignId;
use crate::record::Deed;
use crate::remark::AnswerPath;
use crate::verification::{Finding, Findings, Verified, verified};
use proptest::prelude::*;
use uuid::Uuid;

fn id(n: u128) -> RecordId {
    RecordId(Uuid::from_u128(n))
}

fn story_id() -> StoryId {
    StoryId(Uuid::from_u128(1))
}

fn record(n: u128, author: &str, builds_on: &[u128], act: Act) -> Record {
    Record {
        id: id(n),
        campaign: "kangaba-2022".parse::<CampaignId>().unwrap(),
        story: story_id(),
        author: author.parse().unwrap(),
        device: None,
        clock: DateTime::parse_from_rfc3339("2022-09-14T10:00:00+00:00").unwrap(),
        builds_on: builds_on.iter().map(|n| id(*n)).collect(),
        act,
    }
}

fn finalise(n: u128, builds_on: &[u128], title: &str) -> Record {
    let story = Story { title: title.to_owned(), ..Default::default() };
    record(n, "Awa", builds_on, Act::Finalise { story: Box::new(story), note: String::new() })
}

fn give_back(n: u128, builds_on: &[u128]) -> Record {
    let comment =
        Comment { answer: AnswerPath::Field("narrative.before"), text: "Quand ?".to_owned(), second: None };
    record(n, "Modibo", builds_on, Act::Return { comments: vec![comment] })
}

fn approve(n: u128, builds_on: &[u128]) -> Record {
    record(n, "Modibo", builds_on, Act::Approve { note: String::new() })
}

fn on(n: u128) -> ThreadId {
    ThreadId { record: id(n), place: 0 }
}

fn comment(n: u128, author: &str, builds_on: &[u128]) -> Record {
    let comment = Comment { answer: AnswerPath::Whole, text: "Qui le dit ?".to_owned(), second: Some(12) };
    record(n, author, builds_on, Act::Comment { comment })
}

fn reply(n: u128, author: &str, thread: u128, builds_on: &[u128]) -> Record {
    record(n, author, builds_on, Act::Reply { thread: on(thread), text: "La sœur du chef.".to_owned() })
}

fn resolve(n: u128, thread: u128, builds_on: &[u128]) -> Record {
    record(n, "Modibo", builds_on, Act::Resolve { thread: on(thread) })
}

fn folded(records: &[Record]) -> Folded {
    fold(story_id(), records).unwrap()
}

#[test]
fn a_story_is_told_returned_corrected_and_approved() {
    let mut records = vec![finalise(1, &[], "Le puits")];
    assert_eq!(folded(&records).standing, Standing::Finalised);
    records.push(give_back(2, &[1]));
    let returned = folded(&records);
    assert_eq!((returned.standing, returned.open_comments().len()), (Standing::Returned, 1));
    records.push(finalise(3, &[1, 2], "Le puits du bas"));
    let corrected = folded(&records);
    assert_eq!((corrected.standing, corrected.open_comments().len()), (Standing::Finalised, 0));
    assert_eq!(corrected.current().unwrap().story.title, "Le puits du bas");
    records.push(approve(4, &[3]));
    assert_eq!(folded(&records).standing, Standing::Approved);
    assert_eq!(folded(&records).revisions.len(), 2, "nothing is overwritten");
}

#[test]
fn two_heads_are_both_kept_and_reported() {
    let records = [
        finalise(1, &[], "Le puits"),
        finalise(2, &[1], "sur le téléphone"),
        finalise(3, &[1], "sur le portable"),
    ];
    let apart = folded(&records);
    assert_eq!(apart.heads, vec![id(2), id(3)]);
    assert_eq!(apart.conflicts, vec![Conflict::Revisions { heads: vec![id(2), id(3)] }]);
    let joined = folded(&[records.to_vec(), vec![finalise(4, &[2, 3], "les deux")]].concat());
    assert_eq!((joined.heads, joined.conflicts), (vec![id(4)], vec![]));
}

#[test]
fn an_approval_of_one_head_does_not_approve_the_other() {
    let records = [
        finalise(1, &[], "Le puits"),
        finalise(2, &[1], "téléphone"),
        finalise(3, &[1], "portable"),
        approve(4, &[2]),
    ];
    assert_eq!(folded(&records).standing, Standing::InReview);
}

#[test]
fn two_supervisors_who_disagree_are_both_heard() {
    let records = [finalise(1, &[], "Le puits"), give_back(2, &[1]), approve(3, &[1])];
    let disputed = folded(&records);
    assert_eq!(disputed.conflicts, vec![Conflict::Decisions { decisions: vec![id(2), id(3)] }]);
    assert_eq!(disputed.standing, Standing::Returned, "the collector still sees the comments");
    let settled = folded(&[records.to_vec(), vec![approve(4, &[1, 2, 3])]].concat());
    assert_eq!((settled.standing, settled.conflicts), (Standing::Approved, vec![]));
}

#[test]
fn a_decision_that_arrives_before_its_revision_waits() {
    assert_eq!(fold(story_id(), &[approve(2, &[1])]), None);
    assert_eq!(folded(&[approve(2, &[1]), finalise(1, &[], "Le puits")]).standing, Standing::Approved);
}

#[test]
fn a_remark_is_answered_and_resolved_and_a_word_that_nobody_had_read_opens_it_again() {
    let mut records = vec![finalise(1, &[], "Le puits"), comment(2, "Modibo", &[1])];
    let asked = folded(&records);
    assert_eq!((asked.standing, asked.open_comments().len()), (Standing::InReview, 1));
    records.push(reply(3, "Awa", 2, &[2]));
    let answered = folded(&records);
    assert_eq!(answered.open_comments().len(), 0, "the next word is the supervisor's");
    assert_eq!(answered.threads[0].replies.len(), 1);
    records.push(resolve(4, 2, &[2, 3]));
    assert_eq!(folded(&records).threads[0].resolved_by, Some("Modibo".parse().unwrap()));
    // Awa had more to say while she had no network.
    records.push(reply(5, "Awa", 2, &[2, 3]));
    assert_eq!(folded(&records).threads[0].resolved_by, None);
    records.push(resolve(6, 2, &[2, 3, 5]));
    assert_eq!(folded(&records).threads[0].resolved_by, Some("Modibo".parse().unwrap()));
}

#[test]
fn each_remark_of_a_return_is_a_thread_of_its_own() {
    let point = |text: &str| Comment { answer: AnswerPath::Whole, text: text.to_owned(), second: None };
    let act = Act::Return { comments: vec![point("Qui ?"), point("Quand ?")] };
    let records = [finalise(1, &[], "Le puits"), record(2, "Modibo", &[1], act), resolve(3, 2, &[2])];
    let returned = folded(&records);
    assert_eq!(returned.standing, Standing::Returned);
    let open: Vec<_> = returned.open_comments().iter().map(|thread| thread.id.to_string()).collect();
    assert_eq!(open, [format!("{}/1", id(2))], "the other was resolved");
}

#[test]
fn what_a_collector_says_of_her_own_story_does_not_put_it_in_review() {
    let records = [finalise(1, &[], "Le puits"), comment(2, "Awa", &[1])];
    assert_eq!(folded(&records).standing, Standing::Finalised);
}

#[test]
fn an_approval_is_taken_back_and_the_story_rejected() {
    let reason = || "Deux villages confondus.".to_owned();
    let mut records = vec![finalise(1, &[], "Le puits"), approve(2, &[1])];
    records.push(record(3, "Modibo", &[1, 2], Act::Reopen { reason: reason() }));
    assert_eq!(folded(&records).standing, Standing::InReview);
    records.push(record(4, "Modibo", &[1, 3], Act::Reject { reason: reason() }));
    assert_eq!(folded(&records).standing, Standing::Rejected);
    records.push(finalise(5, &[1, 4], "Le puits du haut"));
    assert_eq!(folded(&records).standing, Standing::Finalised, "a new telling is looked at anew");
}

/// Any set of records a bad device could send: parents anywhere, forwards, backwards, missing, in rings.
fn any_records() -> impl Strategy<Value = Vec<Record>> {
    let one = (0..11_u8, prop::collection::vec(0..12_u128, 0..4));
    prop::collection::vec(one, 1..10).prop_map(|specs| {
        let numbered = specs.into_iter().zip(0..).map(|((kind, parents), n)| match kind {
            0 => finalise(n, &parents, &format!("révision {n}")),
            1 => give_back(n, &parents),
            2 => approve(n, &parents),
            3 => comment(n, "Modibo", &parents),
            4 => reply(n, "Awa", parents.first().copied().unwrap_or(0), &parents),
            5 => resolve(n, parents.first().copied().unwrap_or(0), &parents),
            6 => rate(n, if n % 2 == 0 { "Modibo" } else { "Sidiki" }, &parents, 3),
            7 => ask(n, &parents),
            8 => report(n, parents.first().copied().unwrap_or(0), &parents),
            9 => record(n, "Modibo", &parents, Act::Reject { reason: "Deux villages.".to_owned() }),
            _ => record(n, "Modibo", &parents, Act::Reopen { reason: "Relu.".to_owned() }),
        });
        numbered.collect()
    })
}

proptest! {
    #[test]
    fn fold_is_the_same_for_any_order_and_any_repetition(
        (records, shuffled) in any_records().prop_flat_map(|records| {
            let again = [records.clone(), records.clone(), records.clone()].concat();
            let keep = prop::collection::vec(any::<bool>(), again.len());
            (Just(records.clone()), (Just(again).prop_shuffle(), keep)).prop_map(|(records, (again, keep))| {
                // Every record at least once, some two or three times, in any order.
                let mut shuffled: Vec<Record> =
                    again.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(r, _)| r).collect();
                let missing: Vec<Record> = records.iter().filter(|r| !shuffled.contains(r)).cloned().collect();
                shuffled.extend(missing);
                (records, shuffled)
            })
        })
    ) {
        prop_assert_eq!(fold(story_id(), &records), fold(story_id(), &shuffled));
    }

    #[test]
    fn fold_keeps_every_record(records in any_records()) {
        if let Some(folded) = fold(story_id(), &records) {
            let kept = records.iter().filter(|r| {
                matches!(
                    r.act.deed(),
                    Deed::Finalise | Deed::Return | Deed::Approve | Deed::Reject | Deed::Reopen
                )
            });
            prop_assert_eq!(folded.revisions.len() + folded.decisions.len(), kept.count());
            prop_assert!(records.iter().all(|r| folded.has(r.id)));
            prop_assert!(!folded.heads.is_empty());
            prop_assert!(folded.current().is_some());
        } else {
            let told = records.iter().any(|r| matches!(r.act, Act::Finalise { .. }));
            prop_assert!(!told, "a story with a revision has a fold");
        }
    }
}

fn ask(n: u128, builds_on: &[u128]) -> Record {
    let (change, verifier) = (ChangeId(Uuid::from_u128(5)), "Founé".parse().unwrap());
    record(n, "Modibo", builds_on, Act::AskVerification { change, verifier, question: String::new() })
}

fn report(n: u128, asked: u128, builds_on: &[u128]) -> Record {
    let (why, informant) = ("Elle y puise.".to_owned(), "Une voisine".to_owned());
    let findings = Findings { finding: Finding::Agrees, why, informant, sealed: None, evidence: Vec::new() };
    record(n, "Founé", builds_on, Act::Verify { asked: id(asked), findings })
}

fn rate(n: u128, author: &str, builds_on: &[u128], step: u8) -> Record {
    let ratings = [(Criterion::Evidence, Rating::try_from(step).unwrap())].into();
    record(
        n,
        author,
        builds_on,
        Act::Rate { change: ChangeId(Uuid::from_u128(5)), ratings, note: String::new() },
    )
}

#[test]
fn a_rating_takes_the_place_of_the_authors_own_and_of_no_other() {
    let records = [
        finalise(1, &[], "Le puits"),
        rate(2, "Modibo", &[1], 2),
        rate(3, "Sidiki", &[1], 4),
        rate(4, "Modibo", &[1, 2, 3], 3),
    ];
    let folded = fold(story_id(), &records).unwrap();
    let stand: Vec<_> = folded.ratings.iter().map(|rating| (rating.id, rating.author.as_str())).collect();
    assert_eq!(stand, [(id(3), "Sidiki"), (id(4), "Modibo")]);
    assert_eq!(folded.standing, Standing::InReview, "whoever rates a story has looked at it");
}

#[test]
fn the_most_doubtful_report_counts() {
    let told = |records: &[Record]| verified(&fold(story_id(), records).unwrap().verifications);
    let mut records = vec![finalise(1, &[], "Le puits")];
    assert_eq!(told(&records), None, "nobody was asked");
    records.push(ask(2, &[1]));
    assert_eq!(told(&records), Some(Verified::Asked));
    records.push(report(3, 2, &[2]));
    assert_eq!(told(&records), Some(Verified::Agrees));
    let mut other = report(4, 2, &[2]);
    if let Act::Verify { findings, .. } = &mut other.act {
        findings.finding = Finding::Disagrees;
    }
    records.push(other);
    assert_eq!(told(&records), Some(Verified::Disagrees));
}
