//! Whatever a storyteller said and whatever they agreed to: no kind of export holds what is withheld. Unlike the test of the gate
//! itself, in core, this one looks at the bytes that leave.

use blon_core::consent::Consent;
use blon_core::error::Code;
use blon_core::id::{RecordId, StoryId};
use blon_core::plan::CampaignFile;
use blon_core::questionnaire::answers::{Answers, Repetition};
use blon_core::record::{Act, Record};
use blon_core::review::Role;
use blon_core::story::Story;
use blon_server::Headquarters;
use blon_server::exports::headings::Headings;
use blon_server::exports::odata::Query;
use blon_server::exports::reading::Reading;
use blon_server::exports::xlsx::Book;
use blon_server::exports::{Ask, Format};
use blon_server::store::Person;
use blon_server::view::NewPerson;
use blon_tests::exporting::{parts, richer_questionnaire};
use blon_tests::fixtures::{CAMPAIGN, campaign_file};
use blon_tests::many::put;
use blon_tests::prose::{Part, Prose};
use chrono::Local;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::Cell;
use uuid::Uuid;

struct Rooms {
    headquarters: Headquarters,
    nana: Person,
    _folder: tempfile::TempDir,
}

fn rooms() -> Rooms {
    let folder = tempfile::tempdir().unwrap();
    let headquarters = Headquarters::open(&folder.path().join("data")).unwrap();
    let mut campaign: CampaignFile =
        serde_json::from_slice(&std::fs::read(campaign_file()).unwrap()).unwrap();
    campaign.campaign.questionnaire = Some(richer_questionnaire());
    headquarters.import_campaign(&campaign).unwrap();
    let awa = NewPerson { name: "Awa".parse().unwrap(), role: Role::Collector, team: "kangaba".to_owned() };
    headquarters.add_people(&[awa], None, None).unwrap();
    let nana = Person::new("Nana".parse().unwrap(), Role::Analyst, "");
    Rooms { headquarters, nana, _folder: folder }
}

impl Rooms {
    /// Puts a story into the store past every rule: what stands there may be older than a rule.
    fn put(&self, story: Story) {
        let id = StoryId(Uuid::now_v7());
        let record = Record {
            id: RecordId(Uuid::now_v7()),
            campaign: CAMPAIGN.parse().unwrap(),
            story: id,
            author: "Awa".parse().unwrap(),
            device: None,
            clock: Local::now().fixed_offset(),
            builds_on: Vec::new(),
            act: Act::Finalise { story: Box::new(story), note: String::new() },
        };
        self.headquarters.store.write(|tx| put(tx, &record)).unwrap();
    }

    /// Every byte that leaves, in every format and through the feed.
    fn everything(&self) -> String {
        let campaign = CAMPAIGN.parse().unwrap();
        let mut all = String::new();
        for format in Format::ALL {
            let export = self
                .headquarters
                .prepare_export(&campaign, Some(&self.nana), format, Ask::default())
                .unwrap();
            let mut bytes = Vec::new();
            self.headquarters.write_export(&export, format, &mut bytes, &|| false).unwrap();
            for (name, part) in parts(&bytes, format.file()) {
                all.push_str(&name);
                all.push_str(&String::from_utf8(part).unwrap());
            }
        }
        for set in ["Stories", "Changes", "Evidence", "visit"] {
            let export = self.headquarters.prepare_feed(&campaign, &self.nana, Some(set)).unwrap();
            let table = export.tables().set(set).unwrap();
            let page = self.headquarters.feed(&export, table, &Query::default()).unwrap();
            all.push_str(&serde_json::to_string(&page.rows).unwrap());
        }
        all
    }
}

/// A story as people tell them, in which every word that may be the storyteller's bears a mark.
fn marked(prose: &Prose, number: u64, mark: &str) -> Story {
    let mut told = prose.story(number);
    let put = |text: &mut Value| *text = format!("{mark} {}", text.as_str().unwrap_or_default()).into();
    ["title", "before", "what_happened", "now"].into_iter().for_each(|field| put(&mut told[field]));
    let mut changes = Vec::new();
    for (place, mut change) in (0_u128..).zip(told["changes"].as_array().unwrap().clone()) {
        for field in [
            "who",
            "what",
            "when",
            "where",
            "importance_reason",
            "contribution_reason",
            "other_causes",
            "without",
        ] {
            put(&mut change[field]);
        }
        change["id"] = json!(Uuid::from_u128(place + 1));
        let kinds = ["photo", "audio", "document", "testimony"];
        let types = ["image/jpeg", "audio/wav", "video/mp4", "application/pdf"];
        let pieces = (0_u8..4).map(|n| {
            let digest = format!("{n:02x}{place:02x}").repeat(16);
            json!({
                "id": Uuid::from_u128(u128::from(n) + 100), "kind": kinds[usize::from(n)],
                "description": format!("{mark} pièce"), "strength": 3,
                "file": { "sha256": digest, "bytes": 5, "media_type": types[usize::from(n)] }
            })
        });
        change["evidence"] = pieces.collect();
        changes.push(change);
    }
    let mut story = Story { changes: serde_json::from_value(json!(changes)).unwrap(), ..Story::default() };
    let text = |field: &str| told[field].as_str().unwrap().to_owned();
    (story.title, story.narrative.before) = (text("title"), text("before"));
    (story.narrative.what_happened, story.narrative.now) = (text("what_happened"), text("now"));
    (story.context.commune, story.context.village) = ("Karan".to_owned(), "Kéniéro".to_owned());
    let answers = |given: &[(&str, String)]| {
        let mut answers = Answers::default();
        given.iter().for_each(|(key, answer)| answers.set(key, answer));
        answers
    };
    story.other = answers(&[
        ("restitution_where", format!("{mark} sous l’arbre")),
        ("notes_impressions", format!("{mark} calme")),
        ("notes_conditions", "calm noise".to_owned()),
        ("house", "11.9412 -8.3561 340 5".to_owned()),
        ("identity_name", "Nansira Camara".to_owned()),
        ("of_another_year", format!("{mark} Nansira Camara")),
    ]);
    let visit = answers(&[("visit_said", format!("{mark} dit")), ("visit_people", "7".to_owned())]);
    story
        .other
        .repeats
        .insert("visit".to_owned(), vec![Repetition { id: Uuid::from_u128(7), answers: visit }]);
    story
}

#[test]
fn a_workbook_that_no_spreadsheet_can_hold_says_what_to_take() {
    let (rooms, prose) = (rooms(), Prose::read(Part::Measured));
    for number in 0..3 {
        let mut story = marked(&prose, number, "x");
        story.consent.interview = Some(true);
        rooms.put(story);
    }
    let (campaign, headquarters) = (CAMPAIGN.parse().unwrap(), &rooms.headquarters);
    let export = headquarters.prepare_export(&campaign, None, Format::Xlsx, Ask::default()).unwrap();
    let stories = Reading::after(headquarters, &export, 0).page().unwrap().stories;
    assert_eq!(stories.len(), 3);
    let day = "2022-09-01".parse().unwrap();
    let mut book = Book::begin(export.tables(), Headings::Fr, &headquarters.files, day, 4).unwrap();
    let refused = stories.iter().find_map(|story| book.add(story).err()).unwrap();
    assert_eq!(refused.code(), Code::TooLarge, "each story has four pieces of evidence");
    assert!(
        refused.to_string().contains("evidence has more than 4 rows") && refused.to_string().contains("CSV")
    );
}

fn said() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![Just(None), Just(Some(false)), Just(Some(true))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_export_holds_what_is_withheld(
        stories in proptest::collection::vec((said(), said(), said(), said(), any::<bool>(), any::<u64>()), 1..6),
    ) {
        let (rooms, prose, number) = (rooms(), Prose::read(Part::Measured), Cell::new(0));
        let mut told = Vec::new();
        for (interview, audio, photo, quote, training, which) in stories {
            number.set(number.get() + 1);
            let mark = format!("MARQUE{:02}", number.get());
            let mut story = marked(&prose, which % 400, &mark);
            story.consent = Consent { interview, audio, photo, quote, ..Consent::default() };
            story.training = training;
            rooms.put(story);
            told.push((mark, interview == Some(true) && !training, quote == Some(true)));
        }
        let all = rooms.everything();
        prop_assert!(!all.contains("11.9412") && !all.contains("Nansira"));
        for (mark, leaves, quoted) in told {
            prop_assert_eq!(all.contains(&mark), leaves && quoted, "{}", mark);
        }
    }
}
