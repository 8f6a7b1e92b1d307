//! Every type of question that a questionnaire can ask, answered in the collector's real window: the questionnaire of
//! Kangaba has not all of them, and others will.

use blon_tests::collecting::{another_device, open};
use blon_tests::fixtures::campaign_file;
use blon_tests::interview::{give, saved, see_question};
use blon_tests::media::photo;
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::window::{Screen, unlocked_on_a_phone};
use serde_json::{Value, json};

fn survey() -> Value {
    let choices =
        ["eau", "route", "ecole"].map(|name| json!({ "list_name": "l", "name": name, "label": name }));
    json!({
        "settings": [{ "form_id": "types", "version": "1", "default_language": "fr" }],
        "choices": choices,
        "survey": [
            { "type": "begin_group", "name": "all", "label": "Tous les types" },
            { "type": "text", "name": "words", "label": "Des mots", "hint": "Une aide", "guidance_hint": "Une aide plus longue" },
            { "type": "integer", "name": "whole", "label": "Un nombre entier", "constraint": ". < 100",
              "constraint_message": "Moins de cent." },
            { "type": "decimal", "name": "part", "label": "Un nombre" },
            { "type": "date", "name": "day", "label": "Un jour" },
            { "type": "time", "name": "hour", "label": "Une heure" },
            { "type": "datetime", "name": "moment", "label": "Un moment" },
            { "type": "select_one l", "name": "one", "label": "Un choix", "required": "yes" },
            { "type": "select_one l", "name": "short", "label": "Une liste", "appearance": "minimal" },
            { "type": "select_multiple l", "name": "many", "label": "Plusieurs choix" },
            { "type": "rank l", "name": "order", "label": "Un ordre" },
            { "type": "range", "name": "few", "label": "Une échelle", "parameters": "start=0 end=2 step=0.5" },
            { "type": "range", "name": "fine", "label": "Une longue échelle", "parameters": "start=0 end=100 step=1" },
            { "type": "geopoint", "name": "place", "label": "Un lieu" },
            { "type": "image", "name": "picture", "label": "Une image" },
            { "type": "file", "name": "paper", "label": "Un fichier" },
            { "type": "acknowledge", "name": "read", "label": "Ceci est lu" },
            { "type": "begin_repeat", "name": "again", "label": "Encore" },
            { "type": "text", "name": "inside", "label": "Dedans" },
            { "type": "end_repeat" },
            { "type": "note", "name": "end", "label": "Merci, ${words}." },
            { "type": "end_group" }
        ]
    })
}

fn pick(page: &Page, name: &str, value: &str) {
    page.pick(&format!("field-{name}"), value);
    saved(page);
}

fn answer(page: &Page, name: &str) {
    match name {
        "words" => give(page, name, "Kéniéro"),
        "whole" => {
            give(page, name, "500");
            page.find("[data-testid='fault'][data-kind='constraint']");
            assert!(page.all_text().contains("Moins de cent."), "the author's own words");
            page.is_readable_and_reachable("types-fault");
            page.rewrite("field-whole", "42");
        }
        "part" => give(page, name, "0.50"),
        "day" => page.tap("today-day"),
        "hour" => pick(page, name, "08:30"),
        "moment" => pick(page, name, "2022-09-14T08:30"),
        "one" => give(page, name, "route"),
        "short" => give(page, name, "ecole"),
        "many" => ["eau", "ecole"].into_iter().for_each(|choice| page.tap(&format!("choice-many-{choice}"))),
        "order" => {
            ["route", "eau", "ecole"]
                .into_iter()
                .for_each(|choice| page.tap(&format!("choice-order-{choice}")));
        }
        "few" => give(page, name, "1.0"),
        "fine" => pick(page, name, "73"),
        "place" => {
            page.write("longitude-place", "-8,39");
            page.write("latitude-place", "11.93");
            page.run("document.activeElement.blur()");
        }
        "picture" => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("image.jpg");
            photo(&path, 5);
            page.attach("take-file", &path);
            page.see("evidence-image");
        }
        "paper" => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("liste.txt");
            std::fs::write(&path, "oignons, mil").unwrap();
            page.attach("take-file", &path);
            page.see("evidence-open");
        }
        "read" => page.tap("choice-read-OK"),
        _ => {}
    }
    saved(page);
}

#[test]
fn every_type_of_question_is_answered_on_the_screen_and_kept() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let awa = another_device(&server, "Awa", &server.url());
    let (campaign, form) = (campaign_file(), awa.path("types.json"));
    std::fs::write(&form, survey().to_string()).unwrap();
    let import =
        ["campaign", "import", campaign.to_str().unwrap(), "--questionnaire", form.to_str().unwrap()];
    server.run(&import);
    awa.enrol(&server.url(), &server.code("Awa"));

    let screen = Screen::new();
    let page = unlocked_on_a_phone(screen.open_app(&awa));
    page.tap("new-interview");
    let survey = survey();
    let rows = survey["survey"].as_array().unwrap();
    let kind = |row: &Value| row["type"].as_str().unwrap().to_owned();
    for row in rows.iter().filter(|row| !kind(row).ends_with("_group") && kind(row) != "end_repeat") {
        let name = row["name"].as_str().unwrap();
        if name == "inside" {
            continue;
        }
        see_question(&page, name);
        answer(&page, name);
        page.is_readable_and_reachable(&format!("types-{name}"));
        page.tap("next");
    }
    page.see("finalise");
    let id = page.run("return location.hash").as_str().unwrap().rsplit('/').next().unwrap().parse().unwrap();
    page.close();

    let asked = open(&awa).interview(id, "fr").unwrap();
    let kept = |name: &str| asked.items.iter().find(|item| item.path == name).unwrap().answer.clone();
    for (name, answer) in [
        ("words", "Kéniéro"),
        ("whole", "42"),
        ("part", "0.50"),
        ("one", "route"),
        ("short", "ecole"),
        ("many", "eau ecole"),
        ("order", "route eau ecole"),
        ("few", "1.0"),
        ("fine", "73"),
        ("place", "11.93 -8.39"),
        ("read", "OK"),
    ] {
        assert_eq!(kept(name), answer, "{name}");
    }
    assert!(kept("hour").starts_with("08:30:00") && kept("moment").starts_with("2022-09-14T08:30:00"));
    assert_eq!((kept("day").len(), asked.files.len()), (10, 2));
    let wrong: Vec<&str> =
        asked.items.iter().filter(|item| item.fault.is_some()).map(|item| item.path.as_str()).collect();
    assert_eq!(wrong, Vec::<&str>::new());
    assert_eq!(asked.items.last().unwrap().label, "Merci, Kéniéro.");
}
