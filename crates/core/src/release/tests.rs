//! Awa collects, Modibo supervises; what their storytellers agreed to decides what leaves.

use super::*;
use crate::fold::fold;
use crate::id::{CampaignId, RecordId};
use crate::questionnaire::read::read;
use crate::record::{Act, Record};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

/// Rejected stories, too.
const REJECTED_TOO: Terms = Terms { audience: Audience::Team, rejected: true };

const PHOTO: &str = "11";
const SOUND: &str = "22";
const PAPER: &str = "33";
const VIDEO: &str = "44";
const TOLD: &str = "55";

fn questionnaire() -> Questionnaire {
    let rows = json!({
        "survey": [
            { "type": "text", "name": "worry", "label": "Une crainte ?" },
            { "type": "integer", "name": "people", "label": "Combien ?" },
            { "type": "select_one yes_no", "name": "guardian", "label": "Un tuteur ?" },
            { "type": "select_multiple yes_no", "name": "both", "label": "Lesquels ?" },
            { "type": "date", "name": "since", "label": "Depuis ?" },
            { "type": "geopoint", "name": "house", "label": "Où ?" },
            { "type": "audio", "name": "told", "label": "Le récit" },
            { "type": "text", "name": "who", "label": "Qui ?", "maps_to": "identity.name" },
            { "type": "begin_repeat", "name": "visit", "label": "Visite" },
            { "type": "text", "name": "said", "label": "Dit ?" },
            { "type": "integer", "name": "hours", "label": "Heures ?" },
            { "type": "end_repeat" }
        ],
        "choices": [
            { "list_name": "yes_no", "name": "yes", "label": "Oui" },
            { "list_name": "yes_no", "name": "no", "label": "Non" }
        ]
    });
    read(&serde_json::from_value(rows).unwrap()).unwrap()
}

fn digest(pair: &str) -> String {
    pair.repeat(32)
}

fn file(pair: &str, media_type: &str) -> Value {
    json!({ "sha256": digest(pair), "bytes": 9, "media_type": media_type })
}

/// A story in which every text says `mot`, with its own place.
fn told(consent: Value) -> Story {
    let piece = |n: u128, kind: &str, file: Value| json!({ "id": Uuid::from_u128(n), "kind": kind, "description": "mot: pièce", "strength": 3, "file": file });
    serde_json::from_value(json!({
        "title": "mot: titre",
        "context": { "date": "2022-09-14", "commune": "Karan", "village": "Kéniéro", "language": "maninka" },
        "storyteller": { "sex": "female", "age_band": "36-59", "occupation": "maraîchère" },
        "consent": consent,
        "narrative": { "before": "mot: avant", "what_happened": "mot: fait", "now": "mot: après" },
        "changes": [{
            "id": Uuid::from_u128(1), "level": "community", "who": "mot: qui", "what": "mot: quoi", "when": "mot: quand",
            "where": "mot: où", "direction": "positive", "expected": true, "importance": 4,
            "importance_reason": "mot: importance", "contribution": "high", "contribution_reason": "mot: contribution",
            "other_causes": "mot: causes", "without": "mot: sans", "project_named": "prompted",
            "evidence": [
                piece(2, "photo", file(PHOTO, "image/jpeg")),
                // A device that does not know what it has.
                piece(3, "audio", file(SOUND, "application/octet-stream")),
                piece(4, "document", file(PAPER, "application/pdf")),
                piece(5, "observation", file(VIDEO, "video/mp4")),
            ]
        }],
        "notes": { "difficulty": "Le vent", "solution": "Le vestibule" },
        "other": {
            "given": {
                "worry": "mot: crainte", "people": "7", "guardian": "yes", "both": "yes no", "since": "2022-03-01",
                "house": "12.1 -8.2 340 5", "told": digest(TOLD), "who": "Nansira", "of_old": "Nansira Camara"
            },
            "repeats": { "visit": [{ "id": Uuid::from_u128(9), "answers": { "given": { "said": "mot: dit", "hours": "2" }, "repeats": {} } }] }
        },
        "attachments": [file(TOLD, "audio/wav")]
    }))
    .unwrap()
}

fn finalise(n: u128, builds_on: &[u128], story: Story) -> Record {
    record(n, "Awa", builds_on, Act::Finalise { story: Box::new(story), note: String::new() })
}

fn record(n: u128, author: &str, builds_on: &[u128], act: Act) -> Record {
    Record {
        id: RecordId(Uuid::from_u128(n)),
        campaign: "kangaba-2022".parse::<CampaignId>().unwrap(),
        story: StoryId(Uuid::from_u128(1)),
        author: author.parse().unwrap(),
        device: None,
        clock: DateTime::parse_from_rfc3339("2022-09-14T10:00:00+00:00").unwrap(),
        builds_on: builds_on.iter().map(|n| RecordId(Uuid::from_u128(*n))).collect(),
        act,
    }
}

fn folded(records: &[Record]) -> Folded {
    fold(StoryId(Uuid::from_u128(1)), records).unwrap()
}

fn gate(story: Story) -> Result<Released, HeldBack> {
    release(&folded(&[finalise(10, &[], story)]), Some(&questionnaire()), Terms::default())
}

fn everything(released: &Released) -> String {
    format!("{released:?} {}", serde_json::to_string(released.story()).unwrap())
}

fn why(released: &Released, field: &str) -> Vec<Because> {
    released.withheld().iter().filter(|w| w.field == field).map(|w| w.because).collect()
}

#[test]
fn whoever_agreed_to_all_is_told_whole_but_for_the_place_and_the_name() {
    let released =
        gate(told(json!({ "interview": true, "audio": true, "photo": true, "quote": true }))).unwrap();
    let all = everything(&released);
    for kept in ["mot: titre", "mot: avant", "mot: qui", "mot: pièce", "mot: crainte", "mot: dit"] {
        assert!(all.contains(kept), "{kept}");
    }
    for file in [PHOTO, SOUND, PAPER, VIDEO, TOLD] {
        assert!(all.contains(&digest(file)), "{file}");
    }
    assert!(!all.contains("12.1") && !all.contains("Nansira"));
    assert_eq!(why(&released, "answers.house"), [Because::Place]);
    assert_eq!(why(&released, "answers.who"), [Because::Identity]);
    assert_eq!(why(&released, "answers.of_old"), [Because::NotAsked]);
}

#[test]
fn without_a_quote_choices_numbers_and_days_stay_and_no_word() {
    for quote in [json!(false), Value::Null] {
        let consent = json!({ "interview": true, "audio": true, "photo": true, "quote": quote });
        let released = gate(told(consent)).unwrap();
        let story = released.story();
        assert!(!everything(&released).contains("mot"), "{}", everything(&released));
        assert_eq!(story.changes[0].importance.map(u8::from), Some(4));
        assert_eq!(story.other.get("people"), "7");
        assert_eq!((story.other.get("both"), story.other.get("since")), ("yes no", "2022-03-01"));
        assert_eq!(story.other.repeats["visit"][0].answers.get("hours"), "2");
        assert_eq!(story.notes.difficulty, "Le vent", "the collector's own words");
        assert_eq!(why(&released, "narrative.now"), [Because::Quote]);
        assert_eq!(why(&released, "evidence.description").len(), 4);
        assert_eq!(why(&released, "answers.said"), [Because::Quote]);
    }
}

#[test]
fn each_file_goes_by_the_yes_that_it_needs() {
    let files = |audio: Option<bool>, photo: Option<bool>| {
        let consent = json!({ "interview": true, "audio": audio, "photo": photo, "quote": true });
        let released = gate(told(consent)).unwrap();
        let all = everything(&released);
        [PHOTO, SOUND, PAPER, VIDEO, TOLD].map(|file| all.contains(&digest(file)))
    };
    for no in [Some(false), None] {
        assert_eq!(files(no, Some(true)), [true, false, true, false, false]);
        assert_eq!(files(Some(true), no), [false, true, true, false, true]);
        assert_eq!(files(no, no), [false, false, true, false, false]);
    }
    let released = gate(told(json!({ "interview": true, "quote": true }))).unwrap();
    assert!(released.keeps_file_of(EvidenceId(Uuid::from_u128(2))));
    assert!(!released.keeps_file_of(EvidenceId(Uuid::from_u128(4))));
    assert_eq!(why(&released, "evidence.file"), [Because::Photo, Because::Audio, Because::Audio]);
}

#[test]
fn the_same_bytes_do_not_leave_under_another_name() {
    let mut story = told(json!({ "interview": true, "quote": true, "audio": true }));
    story.changes[0].evidence[2].file = story.changes[0].evidence[0].file.clone();
    assert!(!everything(&gate(story).unwrap()).contains(&digest(PHOTO)));
}

#[test]
fn practice_what_nobody_agreed_to_and_what_was_rejected_stays() {
    let yes = || told(json!({ "interview": true, "quote": true }));
    assert_eq!(gate(Story { training: true, ..yes() }).unwrap_err(), HeldBack::Training);
    assert_eq!(gate(told(json!({ "quote": true }))).unwrap_err(), HeldBack::NoConsent);
    assert_eq!(gate(told(json!({ "interview": false }))).unwrap_err(), HeldBack::NoConsent);
    let reject = record(11, "Modibo", &[10], Act::Reject { reason: "Entendu ailleurs".to_owned() });
    let rejected = folded(&[finalise(10, &[], yes()), reject]);
    assert_eq!(release(&rejected, None, Terms::default()).unwrap_err(), HeldBack::Rejected);
    assert_eq!(release(&rejected, None, REJECTED_TOO).unwrap().standing(), Standing::Rejected);
    let practice =
        folded(&[finalise(10, &[], Story { training: true, ..yes() }), finalise(12, &[10], yes())]);
    assert_eq!(release(&practice, None, REJECTED_TOO).unwrap_err(), HeldBack::Training, "for its whole life");
}

#[test]
fn of_two_newest_revisions_each_must_have_the_yes() {
    let revision = |n: u128, quote: Value| {
        finalise(n, &[10], told(json!({ "interview": true, "quote": quote, "audio": true, "photo": true })))
    };
    for (one, other) in [(json!(true), json!(false)), (json!(false), json!(true)), (json!(true), Value::Null)]
    {
        let begun = finalise(10, &[], told(json!({ "interview": true, "quote": true })));
        let apart = folded(&[begun, revision(11, one), revision(12, other)]);
        let released = release(&apart, Some(&questionnaire()), Terms::default()).unwrap();
        assert!(released.conflict() && !everything(&released).contains("mot"));
        assert_ne!(released.story().consent.quote, Some(true));
    }
    let withdrawn = folded(&[
        finalise(10, &[], told(json!({ "interview": true, "quote": true }))),
        finalise(11, &[10], told(json!({ "interview": true, "quote": false }))),
    ]);
    assert!(
        !everything(&release(&withdrawn, None, Terms::default()).unwrap()).contains("mot"),
        "the newest counts"
    );
}

#[test]
fn an_answer_that_does_not_fit_its_question_is_taken_for_words() {
    let with = |key: &str, answer: &str, quote: bool| {
        let mut story = told(json!({ "interview": true, "quote": quote }));
        story.other.set(key, answer);
        gate(story).unwrap().story().other.get(key).to_owned()
    };
    // The question was another one when this was answered.
    assert_eq!(with("people", "sept, avec moi", false), "");
    assert_eq!(with("guardian", "mon oncle", false), "");
    assert_eq!(with("both", "yes peut-être", false), "");
    assert_eq!(with("guardian", "mon oncle", true), "mon oncle");
    assert_eq!(with("worry", "12.65 -8.02 340 5", true), "", "it was a place");
    assert_eq!(with("worry", "2 ou 3 fois", true), "2 ou 3 fois");
}

#[test]
fn without_a_questionnaire_nobody_knows_what_an_answer_is() {
    let story = told(json!({ "interview": true, "audio": true, "photo": true, "quote": true }));
    let released = release(&folded(&[finalise(10, &[], story)]), None, Terms::default()).unwrap();
    assert!(released.story().other.is_empty());
    assert!(everything(&released).contains("mot: avant"));
}

#[test]
fn words_beside_a_rating_stay_and_a_verdict_of_a_verifier_goes() {
    let story = told(json!({ "interview": true, "quote": true }));
    let change = story.changes[0].id;
    let ratings = [(crate::rubric::Criterion::Importance, crate::change::Rating::try_from(2).unwrap())];
    let rate = Act::Rate { change, ratings: ratings.into(), note: "mot: elle dit".to_owned() };
    let ask = Act::AskVerification {
        change,
        verifier: "Founé".parse().unwrap(),
        question: "mot: depuis quand ?".to_owned(),
    };
    let records = [
        finalise(10, &[], Story { narrative: Default::default(), ..story }),
        record(11, "Modibo", &[10], rate),
        record(12, "Modibo", &[10], ask),
    ];
    let released = release(&folded(&records), None, Terms::default()).unwrap();
    assert_eq!(released.ratings()[0].ratings.len(), 1);
    assert_eq!(released.verified(change), Some(Verified::Asked));
    assert!(
        !everything(&released).contains("mot: elle dit") && !everything(&released).contains("mot: depuis")
    );
}

#[test]
fn a_story_goes_as_far_as_its_storyteller_said() {
    let reaches = |said: Value, asked: Audience| {
        let mut consent = json!({ "interview": true, "quote": true });
        consent["audience"] = said;
        let folded = folded(&[finalise(10, &[], told(consent))]);
        release(&folded, None, Terms { audience: asked, rejected: false }).map(|_| ())
    };
    let all = [Audience::Team, Audience::Partner, Audience::Public];
    for (said, far) in [(Value::Null, 1), (json!("team"), 1), (json!("partner"), 2), (json!("public"), 3)] {
        for (asked, place) in all.into_iter().zip(1..) {
            let expected = if place <= far { Ok(()) } else { Err(HeldBack::Audience) };
            assert_eq!(reaches(said.clone(), asked), expected, "{said} {asked:?}");
        }
    }
    // Of two newest revisions the one that says less counts, and one that does not say says the team.
    let apart = folded(&[
        finalise(10, &[], told(json!({ "interview": true }))),
        finalise(11, &[10], told(json!({ "interview": true, "audience": "public" }))),
        finalise(12, &[10], told(json!({ "interview": true }))),
    ]);
    let terms = Terms { audience: Audience::Partner, rejected: false };
    assert_eq!(release(&apart, None, terms).unwrap_err(), HeldBack::Audience);
}

#[test]
fn who_does_not_review_is_shown_a_voice_and_a_face_as_it_was_agreed() {
    let consent = |audio: bool, photo: bool| json!({ "interview": true, "audio": audio, "photo": photo });
    let shown = |role: Role, audio: bool, photo: bool| {
        let folded = folded(&[finalise(10, &[], told(consent(audio, photo)))]);
        [PHOTO, SOUND, PAPER, VIDEO, TOLD].map(|file| {
            shown_to(role, &folded, Some(&questionnaire()), &digest(file).parse().unwrap()).is_ok()
        })
    };
    for role in [Role::Analyst, Role::Admin, Role::Custodian, Role::Collector, Role::Verifier] {
        assert_eq!(shown(role, false, false), [false, false, true, false, false]);
        assert_eq!(shown(role, true, false), [false, true, true, false, true]);
        assert_eq!(shown(role, true, true), [true; 5]);
    }
    assert_eq!(
        shown(Role::Supervisor, false, false),
        [true; 5],
        "who reviews must see what a story stands on"
    );
    // One that only an older revision names is not given for that.
    let mut newer = told(consent(false, false));
    newer.changes[0].evidence.clear();
    let folded = folded(&[finalise(10, &[], told(consent(true, true))), finalise(11, &[10], newer)]);
    let photo = digest(PHOTO).parse().unwrap();
    assert_eq!(shown_to(Role::Analyst, &folded, None, &photo), Err(Because::Photo));
}

fn answer() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![Just(None), Just(Some(false)), Just(Some(true))]
}

proptest! {
    /// Whatever is written, and wherever: what is withheld is in nothing that an exporter can reach.
    #[test]
    fn nothing_that_is_withheld_can_be_reached(
        consent in (answer(), answer(), answer(), answer()),
        filled in proptest::collection::vec(any::<bool>(), 12),
        training in any::<bool>(),
        far in proptest::option::of(0..3_u8),
        asked in 0..3_u8,
    ) {
        let audience = |far: u8| [Audience::Team, Audience::Partner, Audience::Public][usize::from(far)];
        let asked = audience(asked);
        let (interview, audio, photo, quote) = consent;
        let mut story = told(json!({ "interview": interview, "audio": audio, "photo": photo, "quote": quote }));
        story.training = training;
        story.consent.audience = far.map(audience);
        let goes_so_far = story.consent.audience.unwrap_or_default() >= asked;
        let change = &mut story.changes[0];
        let texts = [
            &mut story.title, &mut story.narrative.before, &mut story.narrative.what_happened, &mut story.narrative.now,
            &mut change.who, &mut change.what, &mut change.when, &mut change.place, &mut change.importance_reason,
            &mut change.contribution_reason, &mut change.other_causes, &mut change.without,
        ];
        for (text, filled) in texts.into_iter().zip(filled) {
            if !filled {
                text.clear();
            }
        }
        let folded = folded(&[finalise(10, &[], story)]);
        match release(&folded, Some(&questionnaire()), Terms { audience: asked, rejected: false }) {
            Err(_) => prop_assert!(training || interview != Some(true) || !goes_so_far),
            Ok(released) => {
                let all = everything(&released);
                prop_assert!(!training && interview == Some(true) && goes_so_far);
                prop_assert_eq!(all.contains("mot"), quote == Some(true));
                prop_assert!(!all.contains("Nansira") && !all.contains("12.1"));
                prop_assert_eq!(all.contains(&digest(PHOTO)), photo == Some(true));
                prop_assert_eq!(all.contains(&digest(SOUND)), audio == Some(true));
                prop_assert_eq!(all.contains(&digest(TOLD)), audio == Some(true));
                prop_assert_eq!(all.contains(&digest(VIDEO)), audio == Some(true) && photo == Some(true));
                prop_assert!(all.contains(&digest(PAPER)));
            }
        }
    }
}
