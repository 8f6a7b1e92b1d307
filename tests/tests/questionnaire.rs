//! The Kangaba questionnaire: sound, whole in both languages, and able to tell every story that was told so far.

use blon_core::evidence::FileRef;
use blon_core::id::Digest;
use blon_core::questionnaire::answers::Answers;
use blon_core::questionnaire::check::FaultKind;
use blon_core::questionnaire::form::{AnswerType, QuestionType, Questionnaire};
use blon_core::questionnaire::mapping::{Told, answers_of};
use blon_core::questionnaire::read::read;
use blon_core::questionnaire::show::{Item, ItemKind};
use blon_core::questionnaire::state::{State, Surroundings};
use blon_core::story::{Identity, Story};
use blon_device::Device;
use blon_device::clock::Clock;
use blon_device::intake::StoryFile;
use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::fixtures::{campaign_file, questionnaire, stories};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn kangaba() -> Questionnaire {
    read(&questionnaire()).unwrap_or_else(|findings| {
        panic!("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn in_the_field(language: &str) -> Surroundings {
    Surroundings {
        now: "2022-11-20T10:00:00+00:00".parse().unwrap(),
        chance: 7,
        language: language.to_owned(),
    }
}

fn no_file(_: &Digest) -> Option<FileRef> {
    None
}

/// Each story of the fixtures as the device holds it, and who told it.
fn told_so_far() -> Vec<(Story, Identity)> {
    let awa = TestDevice::of("Awa");
    let device = Device::create(&awa.data(), PASSPHRASE, Clock::system()).unwrap();
    let take_in = |story: &Value| {
        let draft = device.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap();
        (draft.story, draft.identity)
    };
    stories().iter().map(take_in).collect()
}

#[test]
fn it_is_sound_and_asks_in_the_order_of_the_method() {
    let form = kangaba();
    assert_eq!(
        (form.id.as_str(), form.version.as_str(), form.default_language.as_str()),
        ("kangaba-2022", "1", "fr")
    );
    let sections: Vec<&str> = form.children(0).iter().map(|index| form.node(*index).name.as_str()).collect();
    assert_eq!(
        sections,
        [
            "self_check",
            "consent",
            "context",
            "storyteller",
            "identity",
            "narrative",
            "changes",
            "restitution",
            "notes"
        ]
    );
    let place = |name: &str| form.nodes.iter().position(|node| node.name == name).unwrap();
    assert!(
        place("made_possible") < place("project_named"),
        "nobody names the project before the storyteller could"
    );
}

#[test]
fn every_word_of_it_is_there_in_french_and_in_english() {
    let workbook = questionnaire();
    let both = ["Français (fr)", "English (en)"];
    let (mut bambara, mut awaited) = (0, 0);
    for row in workbook.survey.iter().chain(&workbook.choices) {
        for text in ["label", "hint", "guidance_hint", "constraint_message", "required_message", "probes"] {
            let there = both.map(|language| !row.cell(&format!("{text}::{language}")).is_empty());
            assert_eq!(there[0], there[1], "{text} of {:?}", row.cell("name"));
        }
        let texts = row.0.keys().filter_map(|column| column.strip_suffix("::Français (fr)"));
        let lacking = texts.filter(|text| row.cell(&format!("{text}::Bamanankan (bm)")).is_empty()).count();
        assert_eq!(lacking > 0, row.cell("bambara") == "attend un locuteur", "{:?}", row.cell("name"));
        awaited += usize::from(lacking > 0);
        bambara += usize::from(!row.cell("label::Bamanankan (bm)").is_empty());
    }
    assert!(bambara >= 2 && awaited >= 100, "what is certain in Bambara is there, and the rest is marked");
    for node in &kangaba().nodes {
        let Some(question) = node.question() else { continue };
        if matches!(question.answer, AnswerType::Calculate | AnswerType::Note) {
            continue;
        }
        assert!(question.question_type.is_some(), "{} has no question_type", node.name);
        let open = matches!(question.question_type, Some(QuestionType::Open | QuestionType::Opening));
        let words = question.answer == AnswerType::Text;
        assert!(!(open && words && question.probes.0.is_empty()), "{} has no probe", node.name);
    }
}

#[test]
fn its_choices_are_those_of_the_campaign() {
    let campaign: Value = serde_json::from_slice(&std::fs::read(campaign_file()).unwrap()).unwrap();
    let form = kangaba();
    let list = |name: &str| form.lists.iter().find(|list| list.name == name).unwrap();
    let labels: BTreeSet<String> = questionnaire()
        .choices
        .iter()
        .filter(|row| row.cell("list_name") == "commune")
        .map(|row| row.cell("label::Français (fr)").to_owned())
        .collect();
    let communes: BTreeSet<String> =
        campaign["communes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
    assert_eq!(labels, communes);
    let names = |name: &str| list(name).choices.iter().map(|c| c.name.clone()).collect::<BTreeSet<_>>();
    for (of_campaign, own) in [("languages", "language"), ("age_bands", "age_band")] {
        for choice in campaign[of_campaign].as_array().unwrap() {
            assert!(names(own).contains(choice["value"].as_str().unwrap()), "{choice}");
        }
    }
    for village in &list("village").choices {
        let commune = village.columns.get("commune");
        assert!(
            village.name == "other" || commune.is_some_and(|c| names("commune").contains(c)),
            "{}",
            village.name
        );
    }
}

#[test]
fn every_story_told_so_far_fits_into_it_and_comes_back_the_same() {
    let form = kangaba();
    let surroundings = in_the_field("fr");
    for (story, identity) in told_so_far() {
        let answers = answers_of(&form, &story, &identity);
        let state = State::of(&form, &answers, &surroundings);
        let Told { story: again, identity: who } = state.told(&answers, &no_file);
        let expected = Story { form: again.form.clone(), ..story };
        assert_eq!((again, who), (expected, identity));
        let faults: Vec<(String, FaultKind)> =
            state.items().into_iter().filter_map(|i| Some((i.path, i.fault?.kind))).collect();
        assert_eq!(faults, [], "what was complete is right here too");
    }
}

/// Answers questions by their names, wherever they are asked.
struct Interview<'q> {
    form: &'q Questionnaire,
    answers: Answers,
}

impl Interview<'_> {
    fn items(&self) -> Vec<Item> {
        State::of(self.form, &self.answers, &in_the_field("fr")).items()
    }

    fn asked(&self, name: &str) -> bool {
        self.items().iter().any(|item| item.path == name)
    }

    fn answer(&mut self, name: &str, answer: &str) {
        assert!(self.asked(name), "{name} is not asked");
        self.answers.set(name, answer);
    }
}

#[test]
fn a_refusal_ends_the_interview_and_an_agreement_opens_it() {
    let form = kangaba();
    let mut interview = Interview { form: &form, answers: form.begin(&in_the_field("fr")) };
    assert!(!interview.asked("story_happened"), "nothing is asked before consent");
    interview.answer("consent_interview", "no");
    assert!(interview.asked("consent_refused"));
    assert!(!interview.asked("consent_audio") && !interview.asked("story_happened"));
    interview.answer("consent_interview", "yes");
    assert!(
        interview.asked("story_happened") && !interview.asked("story_audio"),
        "no recording without consent to it"
    );
    interview.answer("consent_audio", "yes");
    assert!(interview.asked("story_audio"));
    assert_eq!(interview.answers.get("interview_date"), "2022-11-20", "today is proposed");
}

#[test]
fn villages_follow_the_commune_and_any_other_can_be_named() {
    let form = kangaba();
    let mut interview = Interview { form: &form, answers: form.begin(&in_the_field("fr")) };
    interview.answer("consent_interview", "yes");
    assert!(!interview.asked("village_choice"));
    interview.answer("commune", "Minidian");
    let offered = |interview: &Interview| -> Vec<String> {
        let items = interview.items();
        let village = items.iter().find(|i| i.path == "village_choice").unwrap();
        village.choices.iter().map(|c| c.label.clone()).collect()
    };
    let here = offered(&interview);
    assert!(here.len() >= 2 && here.iter().any(|v| v == "Kangaba"), "{here:?}");
    interview.answer("commune", "Nouga");
    assert!(!offered(&interview).iter().any(|v| v == "Kangaba"));
    interview.answer("village_choice", "other");
    interview.answer("village_other", "Balanzan");
    let told = State::of(&form, &interview.answers, &in_the_field("fr")).told(&interview.answers, &no_file);
    assert_eq!(
        (told.story.context.commune.as_str(), told.story.context.village.as_str()),
        ("Nouga", "Balanzan")
    );
}

#[test]
fn a_change_is_asked_whole_and_says_what_it_lacks() {
    let form = kangaba();
    let surroundings = in_the_field("en");
    let mut interview = Interview { form: &form, answers: form.begin(&surroundings) };
    interview.answer("consent_interview", "yes");
    assert!(interview.asked("changes_none"), "one change at least");
    let (change, piece) = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert!(form.add_repetition(&mut interview.answers, &[], "change", change, &surroundings));
    assert!(form.add_repetition(
        &mut interview.answers,
        &[("change", change)],
        "evidence",
        piece,
        &surroundings
    ));
    assert!(!interview.asked("changes_none"));
    let state = State::of(&form, &interview.answers, &surroundings);
    let items: BTreeMap<String, Item> = state.items().into_iter().map(|i| (i.path.clone(), i)).collect();
    assert_eq!(items[&format!("change/{change}")].kind, ItemKind::Repetition);
    assert!(items[&format!("change/{change}")].label.ends_with('1'), "it is numbered");
    for (name, missing) in
        [("change_level", true), ("change_who", true), ("change_when", false), ("contribution", true)]
    {
        let fault = &items[&format!("change/{change}/{name}")].fault;
        assert_eq!(fault.as_ref().is_some_and(|f| f.kind == FaultKind::Missing), missing, "{name}");
    }
    let level = &items[&format!("change/{change}/change_level")];
    assert_eq!(level.choices.len(), 4);
    assert!(items.contains_key(&format!("change/{change}/evidence/{piece}/evidence_kind")));
}
