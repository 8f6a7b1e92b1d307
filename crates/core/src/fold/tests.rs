//! Awa collects on her phone and on the shared laptop; Modibo supervises.

use super::*;
use crate::id::CampaignId;
use crate::record::AnswerPath;
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
    let comment = Comment { answer: AnswerPath::Field("narrative.before"), text: "Quand ?".to_owned() };
    record(n, "Modibo", builds_on, Act::Return { comments: vec![comment] })
}

fn approve(n: u128, builds_on: &[u128]) -> Record {
    record(n, "Modibo", builds_on, Act::Approve { note: String::new() })
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
    assert_eq!(folded(&records).standing, Standing::Finalised);
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

/// Any set of records a bad device could send: parents anywhere, forwards, backwards, missing, in rings.
fn any_records() -> impl Strategy<Value = Vec<Record>> {
    let one = (0..3_u8, prop::collection::vec(0..12_u128, 0..4));
    prop::collection::vec(one, 1..10).prop_map(|specs| {
        let numbered = specs.into_iter().zip(0..).map(|((kind, parents), n)| match kind {
            0 => finalise(n, &parents, &format!("révision {n}")),
            1 => give_back(n, &parents),
            _ => approve(n, &parents),
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
            prop_assert_eq!(folded.revisions.len() + folded.decisions.len(), records.len());
            prop_assert!(!folded.heads.is_empty());
            prop_assert!(folded.current().is_some());
        } else {
            let told = records.iter().any(|r| matches!(r.act, Act::Finalise { .. }));
            prop_assert!(!told, "a story with a revision has a fold");
        }
    }
}
