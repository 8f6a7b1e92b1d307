//! A form as an author of the field would write it, read, filled in, and got wrong.

use super::answers::{Answers, Repetition};
use super::check::FaultKind;
use super::form::Questionnaire;
use super::outline::outline;
use super::read::read;
use super::show::{Item, ItemKind};
use super::state::{State, Surroundings};
use super::trial::tests::in_kangaba;
use super::workbook::Workbook;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

pub(super) fn workbook(survey: Json, choices: Json) -> Workbook {
    serde_json::from_value(json!({
        "survey": survey,
        "choices": choices,
        "settings": [{ "form_title": "Essai", "form_id": "essai", "version": "1", "default_language": "Français (fr)" }],
    }))
    .unwrap()
}

fn sound(survey: Json, choices: Json) -> Questionnaire {
    read(&workbook(survey, choices)).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn given(pairs: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    pairs.iter().for_each(|(key, answer)| answers.set(key, answer));
    answers
}

fn items(questionnaire: &Questionnaire, answers: &Answers) -> Vec<Item> {
    State::of(questionnaire, answers, &in_kangaba()).items()
}

fn item(questionnaire: &Questionnaire, answers: &Answers, path: &str) -> Item {
    let items = items(questionnaire, answers);
    items.into_iter().find(|i| i.path == path).unwrap_or_else(|| panic!("{path} is not asked"))
}

fn fault(questionnaire: &Questionnaire, answers: &Answers, path: &str) -> Option<FaultKind> {
    item(questionnaire, answers, path).fault.map(|f| f.kind)
}

/// A household with its members: what the rules of XLSForm are mostly tried on.
fn household() -> Questionnaire {
    sound(
        json!([
            { "type": "text", "name": "head", "label::Français (fr)": "Qui parle ?", "label::English (en)": "Who speaks?", "required": "yes",
              "required_message::fr": "Il faut un nom." },
            { "type": "select_one yes_no", "name": "more", "label": "D'autres personnes ?", "default": "yes" },
            { "type": "begin_repeat", "name": "members", "label": "Membre ${member}", "relevant": "${more} = 'yes'" },
            { "type": "text", "name": "member", "label": "Nom" },
            { "type": "integer", "name": "age", "label": "Quel âge a ${member} ?", "constraint": ". >= 0 and . < 120",
              "constraint_message": "De 0 à 119.", "default": "18" },
            { "type": "begin_group", "name": "child", "label": "Enfant", "relevant": "${age} < 18" },
            { "type": "select_one school", "name": "school", "label": "Quelle école ?", "choice_filter": "commune = ${commune}" },
            { "type": "end_group" },
            { "type": "calculate", "name": "place", "calculation": "position(..)" },
            { "type": "end_repeat" },
            { "type": "calculate", "name": "children", "calculation": "count-non-empty(${school}) + 0 * coalesce(${eldest}, 0)" },
            { "type": "calculate", "name": "eldest", "calculation": "max(${age})" },
            { "type": "note", "name": "told", "label": "${children} à l'école, l'aîné a ${eldest} ans." },
            { "type": "select_one commune", "name": "commune", "label": "Commune" },
        ]),
        json!([
            { "list_name": "yes_no", "name": "yes", "label": "Oui" },
            { "list_name": "yes_no", "name": "no", "label": "Non" },
            { "list_name": "commune", "name": "narena", "label": "Naréna" },
            { "list_name": "commune", "name": "nouga", "label": "Nouga" },
            { "list_name": "school", "name": "a", "label": "École A", "commune": "narena" },
            { "list_name": "school", "name": "b", "label": "École B", "commune": "nouga" },
        ]),
    )
}

const AWA: Uuid = Uuid::from_u128(1);
const BAKARY: Uuid = Uuid::from_u128(2);

fn family() -> Answers {
    let member = |id, pairs: &[(&str, &str)]| Repetition { id, answers: given(pairs) };
    let mut answers = given(&[("head", "Sira"), ("more", "yes"), ("commune", "nouga")]);
    answers.repeats.insert(
        "members".to_owned(),
        vec![
            member(AWA, &[("member", "Awa"), ("age", "34")]),
            member(BAKARY, &[("member", "Bakary"), ("age", "9"), ("school", "b")]),
        ],
    );
    answers
}

#[test]
fn what_is_asked_follows_the_answers() {
    let form = household();
    let paths = |answers: &Answers| items(&form, answers).into_iter().map(|i| i.path).collect::<Vec<_>>();
    assert_eq!(paths(&given(&[("more", "no")])), ["head", "more", "told", "commune"]);
    let asked = paths(&family());
    let of = |id: Uuid, name: &str| format!("members/{id}/{name}");
    assert!(asked.contains(&of(BAKARY, "school")) && !asked.contains(&of(AWA, "school")), "{asked:?}");
    let school = item(&form, &family(), &of(BAKARY, "school"));
    let offered: Vec<&str> = school.choices.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(offered, ["École B"], "only the schools of the commune");
    assert_eq!(item(&form, &family(), &of(AWA, "age")).label, "Quel âge a Awa ?");
    assert_eq!(item(&form, &family(), &format!("members/{BAKARY}")).label, "Membre Bakary");
    assert_eq!(item(&form, &family(), "told").label, "1 à l'école, l'aîné a 34 ans.");
}

#[test]
fn what_is_not_asked_counts_for_nothing() {
    let form = household();
    let mut answers = family();
    answers.set("more", "no");
    assert_eq!(
        item(&form, &answers, "told").label,
        "0 à l'école, l'aîné a  ans.",
        "its members are not there now"
    );
    answers.set("more", "yes");
    assert_eq!(
        item(&form, &answers, "told").label,
        "1 à l'école, l'aîné a 34 ans.",
        "and are not lost either"
    );
}

#[test]
fn an_answer_is_judged_where_it_is_asked() {
    let form = household();
    let mut answers = family();
    assert!(State::of(&form, &answers, &in_kangaba()).is_valid());
    answers.set("head", "");
    let missing = item(&form, &answers, "head").fault.unwrap();
    assert_eq!((missing.kind, missing.message.as_str()), (FaultKind::Missing, "Il faut un nom."));
    answers.set("commune", "narena");
    let school = format!("members/{BAKARY}/school");
    assert_eq!(fault(&form, &answers, &school), Some(FaultKind::NotOffered), "that school lies elsewhere");
    let age = format!("members/{AWA}/age");
    for (text, expected) in [
        ("120", Some(FaultKind::Constraint)),
        ("-1", Some(FaultKind::Constraint)),
        ("3.5", Some(FaultKind::NotOfType)),
        ("beaucoup", Some(FaultKind::NotOfType)),
        ("119", None),
        ("", None),
    ] {
        answers.repeats.get_mut("members").unwrap()[0].answers.set("age", text);
        assert_eq!(fault(&form, &answers, &age), expected, "{text:?}");
    }
    assert!(!State::of(&form, &answers, &in_kangaba()).is_valid());
}

#[test]
fn each_type_knows_its_own_answers() {
    let list = json!([
        { "list_name": "l", "name": "a", "label": "A" }, { "list_name": "l", "name": "b", "label": "B" },
        { "list_name": "l", "name": "c", "label": "C" },
    ]);
    let digest = "ab".repeat(32);
    for (kind, right, wrong) in [
        ("integer", vec!["3", "-12"], vec!["3.2", "x", "1e5"]),
        ("decimal", vec!["3.2", ".5"], vec!["3,2", "NaN"]),
        ("date", vec!["2022-09-14"], vec!["14/09/2022", "2022-02-30"]),
        ("time", vec!["08:30", "08:30:00.000+00:00"], vec!["25:00"]),
        ("datetime", vec!["2022-09-14T08:30:00Z"], vec!["2022-09-14"]),
        ("select_one l", vec!["a"], vec!["d", "a b"]),
        ("select_multiple l", vec!["a", "c a"], vec!["a d", "a a"]),
        ("rank l", vec!["b a c"], vec!["a b", "a b c c", "a a b"]),
        ("range", vec!["1", "10"], vec!["0", "11", "2.5", "x"]),
        ("geopoint", vec!["12.65 -8.02 340 5", "12 -8"], vec!["95 0", "12", "12 -8; 12 -8"]),
        ("image", vec![digest.as_str()], vec!["photo.jpg"]),
        ("acknowledge", vec!["OK"], vec!["yes"]),
    ] {
        let form = sound(json!([{ "type": kind, "name": "q", "label": "?" }]), list.clone());
        for answer in right {
            assert_eq!(fault(&form, &given(&[("q", answer)]), "q"), None, "{kind}: {answer}");
        }
        for answer in wrong {
            assert!(fault(&form, &given(&[("q", answer)]), "q").is_some(), "{kind}: {answer}");
        }
    }
}

#[test]
fn an_interview_begins_with_its_defaults_and_so_does_each_repetition() {
    let form = household();
    let mut answers = form.begin(&in_kangaba());
    assert_eq!(answers, given(&[("more", "yes")]));
    assert!(form.add_repetition(&mut answers, &[], "members", AWA, &in_kangaba()));
    assert_eq!(answers.repeats["members"][0].answers, given(&[("age", "18")]));
    assert!(!form.add_repetition(&mut answers, &[], "nowhere", BAKARY, &in_kangaba()));
    assert!(!form.add_repetition(&mut answers, &[("members", BAKARY)], "members", AWA, &in_kangaba()));
    let dated =
        sound(json!([{ "type": "date", "name": "on", "label": "?", "default": "today()" }]), json!([]));
    assert_eq!(dated.begin(&in_kangaba()).get("on"), "2022-08-20");
}

#[test]
fn repetitions_stand_in_repetitions() {
    let form = sound(
        json!([
            { "type": "begin_repeat", "name": "changes", "label": "Changement" },
            { "type": "text", "name": "what", "label": "Quoi ?" },
            { "type": "begin_repeat", "name": "evidence", "label": "Preuve ${shown} de « ${what} »", "repeat_count": "2" },
            { "type": "text", "name": "shown", "label": "Que montre-t-elle ?" },
            { "type": "calculate", "name": "nth", "calculation": "concat(position(../..), '.', position(..))" },
            { "type": "note", "name": "which", "label": "${nth}" },
            { "type": "end_repeat" },
            { "type": "calculate", "name": "pieces", "calculation": "count(${evidence})" },
            { "type": "end_repeat" },
            { "type": "note", "name": "all", "label": "${total}, ${second}" },
            { "type": "calculate", "name": "total", "calculation": "sum(${pieces})" },
            { "type": "calculate", "name": "second", "calculation": "indexed-repeat(${shown}, ${changes}, 2, ${evidence}, 1)" },
        ]),
        json!([]),
    );
    let mut answers = form.begin(&in_kangaba());
    let ids: Vec<Uuid> = (10..20).map(Uuid::from_u128).collect();
    let path = |step: Uuid| [("changes", step)];
    for change in [0, 1] {
        form.add_repetition(&mut answers, &[], "changes", ids[change], &in_kangaba());
    }
    form.add_repetition(&mut answers, &path(ids[0]), "evidence", ids[2], &in_kangaba());
    form.add_repetition(&mut answers, &path(ids[1]), "evidence", ids[3], &in_kangaba());
    form.add_repetition(&mut answers, &path(ids[1]), "evidence", ids[4], &in_kangaba());
    super::begin::repetition(&mut answers, &[("changes", ids[1]), ("evidence", ids[3])])
        .unwrap()
        .set("shown", "le cahier");
    let inner = |change: usize, piece: usize| format!("changes/{}/evidence/{}", ids[change], ids[piece]);
    assert_eq!(item(&form, &answers, &format!("{}/which", inner(1, 4))).label, "2.2");
    assert_eq!(item(&form, &answers, &format!("{}/which", inner(0, 2))).label, "1.1");
    assert_eq!(item(&form, &answers, "all").label, "3, le cahier");
    let repeat = item(&form, &answers, &format!("changes/{}/evidence", ids[0]));
    assert_eq!((repeat.kind, repeat.wanted), (ItemKind::Repeat, Some(2)));
}

#[test]
fn answers_outlive_the_questionnaire_they_were_given_to() {
    let answers = family();
    let next = sound(
        json!([
            { "type": "begin_group", "name": "start", "label": "Début" },
            { "type": "text", "name": "head", "label": "Qui ?" },
            { "type": "end_group" },
            { "type": "begin_repeat", "name": "members", "label": "Membre" },
            { "type": "text", "name": "member", "label": "Nom" },
            { "type": "end_repeat" },
            { "type": "text", "name": "new", "label": "Nouveau" },
        ]),
        json!([]),
    );
    assert_eq!(item(&next, &answers, "head").answer, "Sira", "a question that moved keeps its answer");
    let left: Vec<(String, String)> =
        next.left_over(&answers).into_iter().map(|l| (l.path, l.answer)).collect();
    let of = |id: Uuid, name: &str| format!("members/{id}/{name}");
    let expected = [
        ("commune".to_owned(), "nouga"),
        ("more".to_owned(), "yes"),
        (of(AWA, "age"), "34"),
        (of(BAKARY, "age"), "9"),
        (of(BAKARY, "school"), "b"),
    ];
    assert_eq!(left, expected.map(|(path, answer)| (path, answer.to_owned())));
    assert_eq!(household().left_over(&answers), []);
    let without = sound(json!([{ "type": "text", "name": "members", "label": "?" }]), json!([]));
    assert_eq!(
        without.left_over(&answers).len(),
        8,
        "a repeat that became a question leaves all of its answers"
    );
}

#[test]
fn texts_show_in_the_language_asked_for_else_in_the_forms_own() {
    let form = household();
    let label = |language: &str| {
        let surroundings = Surroundings { language: language.to_owned(), ..in_kangaba() };
        State::of(&form, &family(), &surroundings).items()[0].label.clone()
    };
    assert_eq!(
        (label("fr").as_str(), label("en").as_str(), label("bm").as_str()),
        ("Qui parle ?", "Who speaks?", "Qui parle ?")
    );
}

#[test]
fn or_other_asks_which() {
    let form = sound(
        json!([{ "type": "select_one l or_other", "name": "q", "label": "?" }]),
        json!([{ "list_name": "l", "name": "a", "label": "A" }]),
    );
    let asked =
        |answer: &str| items(&form, &given(&[("q", answer)])).into_iter().map(|i| i.path).collect::<Vec<_>>();
    assert_eq!(asked("a"), ["q"]);
    assert_eq!(asked("other"), ["q", "q_other"]);
}

#[test]
fn the_next_question_is_the_one_behind() {
    let shown = items(&household(), &family());
    let outline = outline(&shown);
    let next = |path: &str| outline.page_of(&shown, path).unwrap().next.clone();
    assert_eq!(next("head").unwrap(), "more");
    assert_eq!(next("commune"), None);
}

#[test]
fn a_number_is_shown_as_it_is_typed() {
    let form = sound(json!([{ "type": "decimal", "name": "share", "label": "?" }]), json!([]));
    for typed in ["0.", "0.0", "0.05", "00.5"] {
        assert_eq!(items(&form, &given(&[("share", typed)]))[0].answer, typed);
    }
}

#[test]
fn twins_in_two_groups_are_kept_apart() {
    let form = sound(
        json!([
            { "type": "begin_group", "name": "g", "label": "G" }, { "type": "text", "name": "a", "label": "?" }, { "type": "end_group" },
            { "type": "begin_group", "name": "h", "label": "H" }, { "type": "text", "name": "a", "label": "?" }, { "type": "end_group" },
        ]),
        json!([]),
    );
    let answers = given(&[("g/a", "one"), ("h/a", "two")]);
    assert_eq!(item(&form, &answers, "g/a").answer, "one");
    assert_eq!(item(&form, &answers, "h/a").answer, "two");
}

#[test]
fn older_ways_to_write_a_form_are_read_too() {
    let form = sound(
        json!([
            { "Type": "select one from l", "NAME": "q", "label:English": "Which?", "Read only": "yes", "relevance": "yes" },
            { "type": "begin group", "name": "g", "caption": "G" },
            { "type": "int", "name": "n", "caption": "N" },
            { "type": "end group" },
        ]),
        json!([{ "list name": "l", "name": "1", "label": "A" }]),
    );
    let q = item(&form, &given(&[("q", "1")]), "q");
    assert_eq!((q.label.as_str(), q.read_only, q.fault), ("Which?", true, None));
    assert_eq!(form.languages, ["english"]);
}

fn any_cell() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "text",
        "integer",
        "begin_group",
        "end_group",
        "begin_repeat",
        "end_repeat",
        "select_one l",
        "select_multiple l or_other",
        "calculate",
        "note",
        "range",
        "a",
        "b",
        "c",
        "${a}",
        "${b} + 1",
        "count(${c})",
        "position(..)",
        "yes",
        "no",
        "1",
        ". > 1",
        "x = ${a}",
        "l",
        "indexed-repeat(${a}, ${c}, 1)",
        "../b",
        "once(${a})",
        "start=1 end=3",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    /// Whatever stands in the cells: it is refused with places, or it can be evaluated.
    #[test]
    fn a_workbook_of_anything_is_refused_or_works(
        rows in prop::collection::vec(prop::collection::vec(any_cell(), 8), 1..12),
        answers in prop::collection::btree_map("[abc]", "[a-c1-9 ]{0,4}", 0..4),
    ) {
        let columns = ["type", "name", "label", "relevant", "calculation", "constraint", "choice_filter", "parameters"];
        let row = |cells: &Vec<String>| {
            let cells = columns.iter().zip(cells).map(|(column, cell)| ((*column).to_owned(), json!(cell)));
            Json::Object(cells.collect())
        };
        let survey: Vec<Json> = rows.iter().map(row).collect();
        let choices = json!([{ "list_name": "l", "name": "a", "label": "A", "x": "1" }]);
        match read(&workbook(json!(survey), choices)) {
            Ok(form) => {
                let mut given = form.begin(&in_kangaba());
                answers.iter().for_each(|(key, answer)| given.set(key, answer));
                form.add_repetition(&mut given, &[], "c", AWA, &in_kangaba());
                let surroundings = in_kangaba();
                let state = State::of(&form, &given, &surroundings);
                let shown = state.items();
                prop_assert_eq!(state.is_valid(), shown.iter().all(|i| i.fault.is_none()));
            }
            Err(findings) => prop_assert!(findings.iter().all(|f| f.row >= 1 && !f.message.is_empty())),
        }
    }
}
