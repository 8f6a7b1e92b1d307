#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use serde_json::json;

fn campaign() -> Campaign {
    serde_json::from_value(json!({
        "id": "kangaba-2022", "name": "Kangaba", "place": "Kangaba", "start": "2022-09-01", "end": "2022-11-30",
        "communes": ["Nouga", "Karan", "Benkadi"], "languages": [], "relations": [],
        "age_bands": [{ "value": "under-25", "fr": "moins de 25 ans" }, { "value": "25+", "fr": "25 ans et plus" }],
        "consent_script": { "fr": "…" }
    }))
    .unwrap()
}

fn tally(commune: &str, sex: Sex, age: &str, stories: u32) -> Tally {
    Tally {
        commune: commune.to_owned(),
        collector: "Awa".parse().unwrap(),
        sex: Some(sex),
        age_band: age.to_owned(),
        stories,
        approved: stories / 2,
    }
}

fn target(commune: &str, sex: Option<Sex>, stories: u32) -> Target {
    Target { commune: commune.to_owned(), collector: None, sex, age_band: String::new(), stories }
}

fn covered(plan: &Plan, tallies: &[Tally], apart: Apart) -> Coverage {
    Coverage::of(&campaign(), plan, &["Awa".parse().unwrap(), "Bakary".parse().unwrap()], tallies, apart)
}

#[test]
fn what_nobody_has_told_is_named_the_widest_gap_first() {
    let tallies = [
        tally("Nouga", Sex::Female, "25+", 3),
        tally("Nouga", Sex::Male, "25+", 1),
        tally("Nouga", Sex::Male, "under-25", 1),
        tally("Karan", Sex::Male, "25+", 2),
    ];
    let gaps: Vec<String> = covered(&Plan::default(), &tallies, Apart::default())
        .unheard
        .iter()
        .map(|gap| format!("{} {} {}", gap.commune, word(gap.sex), gap.age_band))
        .collect();
    assert_eq!(gaps, ["Benkadi  ", "Karan female ", "Nouga female under-25", "Karan male under-25"]);
}

#[test]
fn stories_count_for_every_target_that_they_fit() {
    let plan = Plan {
        targets: vec![target("Nouga", None, 10), target("Karan", None, 5), target("", Some(Sex::Female), 9)],
        ..Plan::default()
    };
    let tallies = [tally("Nouga", Sex::Female, "25+", 3), tally("Karan", Sex::Male, "", 2)];
    let covered = covered(&plan, &tallies, Apart::default());
    assert_eq!(covered.targets.iter().map(|t| t.stories).collect::<Vec<_>>(), [3, 2, 3]);
    assert_eq!(covered.wanted, Some(15), "those by commune and those by sex are about the same stories");
    assert_eq!((covered.stories, covered.approved), (5, 2));
    let communes: Vec<_> = covered.communes.iter().map(|c| (c.of.as_str(), c.stories, c.wanted)).collect();
    assert_eq!(communes, [("Nouga", 3, Some(10)), ("Karan", 2, Some(5)), ("Benkadi", 0, None)]);
    let collectors: Vec<_> = covered.collectors.iter().map(|c| (c.of.as_str(), c.stories)).collect();
    assert_eq!(collectors, [("Awa", 5), ("Bakary", 0)], "who has no story yet is there too");
    assert_eq!(covered.ages.iter().map(|c| c.of.as_str()).collect::<Vec<_>>(), ["under-25", "25+", ""]);
}

#[test]
fn weeks_begin_on_monday_and_none_is_left_out() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let days =
        vec![(day("2022-09-25"), 2), (day("2022-09-05"), 1), (day("2022-09-11"), 1), (day("1970-01-01"), 1)];
    let covered = covered(&Plan::default(), &[], Apart { days, ..Apart::default() });
    let weeks: Vec<_> = covered.weeks.iter().map(|w| (w.monday.to_string(), w.stories)).collect();
    let expected = [("1969-12-29", 1), ("2022-09-05", 2), ("2022-09-12", 0), ("2022-09-19", 2)];
    assert_eq!(weeks, expected.map(|(day, stories)| (day.to_owned(), stories)));
}
