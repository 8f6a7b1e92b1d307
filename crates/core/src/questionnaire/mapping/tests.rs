//! A questionnaire and the story it yields are two faces of one interview: nothing is lost on the way there and
//! back.

use super::fields::{CHANGE, EVIDENCE, Field, IDENTITY, Part, STORY};
use super::{AsTold, answers_of, faults};
use crate::evidence::FileRef;
use crate::id::Digest;
use crate::questionnaire::answers::{Answers, Repetition};
use crate::questionnaire::form::Questionnaire;
use crate::questionnaire::mapping::Told;
use crate::questionnaire::read::read;
use crate::questionnaire::state::State;
use crate::questionnaire::trial::tests::in_kangaba;
use crate::questionnaire::workbook::Workbook;
use crate::story::Identity;
use crate::story::Story;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

fn workbook(survey: Json) -> Workbook {
    let list = |list: &str, names: &[&str]| -> Vec<Json> {
        names.iter().map(|name| json!({ "list_name": list, "name": name, "label": name })).collect()
    };
    let choices = [
        list("yes_no", &["yes", "no"]),
        list("level", &["individual", "collective", "community", "associative"]),
        list("kind", &["photo", "audio", "testimony"]),
        list("village", &["Naréna", "other"]),
    ];
    serde_json::from_value(json!({
        "survey": survey, "choices": choices.concat(), "settings": [{ "form_id": "essai", "version": "3" }],
    }))
    .unwrap()
}

/// The least form that fills a story, with questions of its own beside the mapped ones.
fn form() -> Questionnaire {
    let survey = json!([
        { "type": "text", "name": "name", "label": "Nom", "maps_to": "identity.name" },
        { "type": "select_one yes_no", "name": "agrees", "label": "D'accord ?", "maps_to": "consent.interview" },
        { "type": "date", "name": "on", "label": "Quand ?", "maps_to": "context.date" },
        { "type": "select_one village", "name": "choice", "label": "Où ?" },
        { "type": "text", "name": "elsewhere", "label": "Lequel ?", "relevant": "${choice} = 'other'" },
        { "type": "calculate", "name": "village", "maps_to": "context.village",
          "calculation": "if(${choice} = 'other', ${elsewhere}, if(${choice} = '', ., ${choice}))" },
        { "type": "begin_group", "name": "told", "label": "Récit", "relevant": "${agrees} = 'yes'" },
        { "type": "text", "name": "title", "label": "Titre", "maps_to": "title" },
        { "type": "text", "name": "mood", "label": "Ambiance" },
        { "type": "begin_repeat", "name": "changes", "label": "Changement", "maps_to": "changes" },
        { "type": "select_one level", "name": "level", "label": "Niveau", "maps_to": "level" },
        { "type": "text", "name": "who", "label": "Qui ?", "maps_to": "who" },
        { "type": "range", "name": "weight", "label": "Importance", "parameters": "start=1 end=5", "maps_to": "importance" },
        { "type": "text", "name": "own_view", "label": "Votre avis" },
        { "type": "begin_repeat", "name": "evidence", "label": "Preuve", "maps_to": "evidence" },
        { "type": "select_one kind", "name": "kind", "label": "Genre", "maps_to": "kind" },
        { "type": "file", "name": "file", "label": "Fichier", "maps_to": "file" },
        { "type": "text", "name": "found", "label": "Trouvé où ?" },
        { "type": "end_repeat" },
        { "type": "end_repeat" },
        { "type": "end_group" },
    ]);
    read(&workbook(survey)).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn given(pairs: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    pairs.iter().for_each(|(key, answer)| answers.set(key, answer));
    answers
}

fn repetition(id: u128, pairs: &[(&str, &str)]) -> Repetition {
    Repetition { id: Uuid::from_u128(id), answers: given(pairs) }
}

fn photo() -> FileRef {
    FileRef {
        sha256: "ab".repeat(32).parse().unwrap(),
        bytes: 7,
        media_type: "image/jpeg".to_owned(),
        marks: vec![1200],
    }
}

fn interview() -> Answers {
    let digest = photo().sha256.to_string();
    let mut first = repetition(
        1,
        &[("level", "community"), ("who", "Les deux comités"), ("weight", "4"), ("own_view", "net")],
    );
    first.answers.repeats.insert(
        "evidence".to_owned(),
        vec![
            repetition(11, &[("kind", "photo"), ("file", &digest), ("found", "au puits")]),
            repetition(12, &[]),
        ],
    );
    let mut answers = given(&[
        ("name", "Awa"),
        ("agrees", "yes"),
        ("on", "2022-09-14"),
        ("choice", "other"),
        ("elsewhere", "Kéniéro"),
        ("village", "Kéniéro"),
        ("title", "Le puits"),
        ("mood", "calme"),
    ]);
    answers.repeats.insert("changes".to_owned(), vec![first, repetition(2, &[])]);
    answers
}

fn told(form: &Questionnaire, answers: &Answers) -> Told {
    let known = |digest: &Digest| Some(photo()).filter(|file| file.sha256 == *digest);
    State::of(form, answers, &in_kangaba()).told(answers, &known)
}

#[test]
fn an_interview_yields_a_structured_story_and_the_rest_beside_it() {
    let Told { story, identity } = told(&form(), &interview());
    assert_eq!(identity, Identity { name: "Awa".to_owned(), ..Identity::default() });
    assert_eq!((story.title.as_str(), story.context.village.as_str()), ("Le puits", "Kéniéro"));
    assert_eq!((story.consent.interview, story.consent.audio), (Some(true), None));
    let change = &story.changes[0];
    assert_eq!(
        (change.id.0, change.who.as_str(), change.importance.map(u8::from)),
        (Uuid::from_u128(1), "Les deux comités", Some(4))
    );
    assert_eq!(change.evidence.iter().map(|e| e.file.clone()).collect::<Vec<_>>(), [Some(photo()), None]);
    assert_eq!(story.changes.len(), 2);
    assert_eq!(story.form.as_ref().map(|f| (f.id.as_str(), f.version.as_str())), Some(("essai", "3")));
    let mut other = given(&[("choice", "other"), ("elsewhere", "Kéniéro"), ("mood", "calme")]);
    let mut first = repetition(1, &[("own_view", "net")]);
    first.answers.repeats.insert("evidence".to_owned(), vec![repetition(11, &[("found", "au puits")])]);
    other.repeats.insert("changes".to_owned(), vec![first]);
    assert_eq!(story.other, other, "no mapped answer stands there twice");
    assert!(!serde_json::to_string(&story).unwrap().contains("Awa"), "no name is in a story");
}

#[test]
fn nothing_is_lost_on_the_way_there_and_back() {
    let form = form();
    let Told { story, identity } = told(&form, &interview());
    let back = answers_of(&form, &story, &identity);
    assert_eq!(back, interview());
    assert_eq!(told(&form, &back), Told { story, identity });
}

#[test]
fn a_story_is_judged_by_the_answers_that_tell_it() {
    let form = form();
    let Told { mut story, identity } = told(&form, &interview());
    let both = |story: &Story| {
        let (answers, now) = (answers_of(&form, story, &identity), in_kangaba());
        let written = format!("{:?}", State::of(&form, &answers, &now));
        let read = format!("{:?}", State::over(&form, AsTold::of(&form, story, &identity), &now));
        assert_eq!(read, written);
        read
    };
    let whole = both(&story);
    // An older version asked more of it, and of a change and of a piece that are gone.
    let mut gone = repetition(77, &[("own_view", "vague"), ("who", "Personne")]);
    gone.answers.repeats.insert("evidence".to_owned(), vec![repetition(78, &[("found", "nulle part")])]);
    story.other.set("title", "Un autre");
    let changes = story.other.repeats.entry("changes".to_owned()).or_default();
    changes.insert(0, gone);
    changes[1]
        .answers
        .repeats
        .entry("evidence".to_owned())
        .or_default()
        .insert(0, repetition(79, &[("found", "ici")]));
    let more = both(&story);
    assert!(more.contains("Personne") && more.contains("nulle part") && !more.contains("Un autre"), "{more}");
    assert_ne!(more, whole);
    both(&Story::default());
}

#[test]
fn what_is_not_asked_is_not_told_nor_what_nobody_asks_any_more_since_it_may_be_a_name() {
    let form = form();
    let mut answers = interview();
    answers.set("agrees", "no");
    answers.set("of_an_older_version", "x");
    let Told { story, .. } = told(&form, &answers);
    assert_eq!((story.title.as_str(), story.changes.len()), ("", 0));
    assert_eq!(story.other.get("of_an_older_version"), "");
    let unasked = form.unasked(&answers);
    assert_eq!((unasked.given.len(), unasked.get("of_an_older_version")), (1, "x"));
    let mut back = answers_of(&form, &story, &Identity::default());
    back.add_missing(&unasked);
    assert_eq!(back.get("of_an_older_version"), "x");
    assert_eq!(story.other.get("mood"), "");
    assert!(!story.other.repeats.contains_key("changes"), "{:?}", story.other);
}

#[test]
fn a_story_that_came_as_a_file_becomes_answers_too() {
    let form = form();
    let story = crate::story::Story {
        title: "Le marché".to_owned(),
        context: crate::story::Context { village: "Figuira".to_owned(), ..Default::default() },
        consent: crate::consent::Consent { interview: Some(true), ..Default::default() },
        ..Default::default()
    };
    let answers = answers_of(&form, &story, &Identity::default());
    let again = told(&form, &answers).story;
    assert_eq!((again.title.as_str(), again.context.village.as_str()), ("Le marché", "Figuira"));
}

#[test]
fn a_mapping_that_cannot_work_is_refused() {
    let found = |survey: Json| -> Vec<String> {
        read(&workbook(survey)).expect_err("unsound").iter().map(ToString::to_string).collect()
    };
    let said = "survey, row 2, column maps_to: ";
    for (row, message) in [
        (
            json!({ "type": "text", "maps_to": "narrative" }),
            "\"narrative\" is no part of a story that can stand here",
        ),
        (
            json!({ "type": "text", "maps_to": "level" }),
            "\"level\" is no part of a story that can stand here",
        ),
        (
            json!({ "type": "text", "maps_to": "consent.audio" }),
            "consent.audio is chosen: it needs a select_one",
        ),
        (json!({ "type": "text", "maps_to": "context.date" }), "context.date is a date"),
        (
            json!({ "type": "select_one level", "maps_to": "context.kind" }),
            "the choice \"collective\" is no context.kind",
        ),
        (json!({ "type": "file", "maps_to": "title" }), "title is words"),
    ] {
        let mut row = row;
        row["name"] = "q".into();
        row["label"] = "?".into();
        assert_eq!(found(json!([row])), [format!("{said}{message}")]);
    }
    let twice = json!([
        { "type": "text", "name": "a", "label": "?", "maps_to": "title" },
        { "type": "text", "name": "b", "label": "?", "maps_to": "title" },
    ]);
    assert_eq!(found(twice), ["survey, row 3, column maps_to: row 2 fills title already"]);
}

#[test]
fn a_place_is_told_as_coarse_as_a_commune_unless_it_is_needed_and_agreed_to() {
    let survey = |exact: Option<&str>| {
        let mut house = json!({ "type": "geopoint", "name": "house", "label": "Où ?",
            "constraint": "number(selected-at(., 3)) < 20" });
        if let Some(exact) = exact {
            house["exact_place"] = exact.into();
        }
        json!([
            { "type": "select_one yes_no", "name": "may_locate", "label": "Peut-on noter le lieu ?" },
            house,
            { "type": "geopoint", "name": "market", "label": "Le marché ?", "maps_to": "context.village" },
            { "type": "begin_repeat", "name": "visits", "label": "Visites" },
            { "type": "geopoint", "name": "there", "label": "Où ?" },
            { "type": "end_repeat" },
        ])
    };
    let measured = "12.651432 -8.023119 340.0 4.8";
    let answers = |agrees: &str| {
        let mut answers = given(&[("may_locate", agrees), ("house", measured), ("market", measured)]);
        answers.repeats.insert("visits".to_owned(), vec![repetition(1, &[("there", measured)])]);
        answers
    };
    let told_by = |exact: Option<&str>, agrees: &str| {
        let form = read(&workbook(survey(exact))).unwrap();
        let story = told(&form, &answers(agrees)).story;
        assert_eq!(faults(&form, &story, &in_kangaba()), [], "headquarters takes it as it is told");
        assert_eq!(story.context.village, "12.7 -8.0", "also where it fills a field");
        assert_eq!(story.other.repeats["visits"][0].answers.get("there"), "12.7 -8.0", "also in a repeat");
        story.other.get("house").to_owned()
    };
    let agreed = Some("${may_locate} = 'yes'");
    assert_eq!(told_by(None, "yes"), "12.7 -8.0", "nobody needs more");
    assert_eq!(told_by(agreed, "no"), "12.7 -8.0", "somebody does, and it was not agreed to");
    assert_eq!(told_by(agreed, ""), "12.7 -8.0", "nor was it asked");
    assert_eq!(told_by(agreed, "yes"), measured);
    // Nobody can leave the storyteller out of it, or mean another kind of question.
    assert!(read(&workbook(survey(Some("true()")))).is_err());
    assert!(read(&workbook(survey(Some("yes")))).is_err());
    let elsewhere = json!([{ "type": "text", "name": "a", "label": "A", "exact_place": "${a} = 'yes'" }]);
    assert!(read(&workbook(elsewhere)).is_err());
}

#[test]
fn what_is_put_into_a_field_is_read_from_it_though_nothing_was_written_there() {
    let digest = "0f".repeat(32);
    let file = |sha256: &Digest| {
        Some(FileRef {
            sha256: sha256.clone(),
            bytes: 1,
            media_type: "image/jpeg".to_owned(),
            marks: Vec::new(),
        })
    };
    // The first that fits: of words a field tells which it takes.
    let said = |field: &Field| {
        let answers = [
            "2022-09-14",
            "3",
            digest.as_str(),
            "yes",
            "individual",
            "female",
            "team",
            "spoken",
            "positive",
            "high",
            "prompted",
            "photo",
            "said",
        ];
        let value = |answer: &&str| field.value(answer, &file).map(|value| ((*answer).to_owned(), value));
        answers.iter().find_map(value).unwrap()
    };
    for field in STORY.iter().chain(IDENTITY) {
        let mut whole = json!({ "story": Story::default(), "identity": Identity::default() });
        let (answer, value) = said(field);
        field.put(&mut whole, value);
        let story = serde_json::from_value(whole["story"].take()).unwrap();
        let identity = serde_json::from_value(whole["identity"].take()).unwrap();
        assert_eq!(field.answer(Part::Whole(&story, &identity)), answer, "{field:?}");
        assert_eq!(field.answer(Part::Whole(&Story::default(), &Identity::default())), "", "{field:?}");
    }
    let told = |fields: &'static [Field], own: &Field, value: Json| {
        let mut object =
            Map::from_iter([("id".to_owned(), json!(Uuid::nil())), ("evidence".to_owned(), json!([]))]);
        object.extend(fields.iter().map(|field| (field.name.to_owned(), field.nothing())));
        object.insert(own.name.to_owned(), value);
        object
    };
    for field in CHANGE {
        let (answer, value) = said(field);
        let change = serde_json::from_value(Json::Object(told(CHANGE, field, value))).unwrap();
        assert_eq!(field.answer(Part::Change(&change)), answer, "{field:?}");
    }
    for field in EVIDENCE {
        let (answer, value) = said(field);
        let mut object = told(EVIDENCE, field, value);
        object.remove("evidence");
        let piece = serde_json::from_value(Json::Object(object)).unwrap();
        assert_eq!(field.answer(Part::Piece(&piece)), answer, "{field:?}");
    }
}
