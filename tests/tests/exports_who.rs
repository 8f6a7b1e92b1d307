//! Who takes stories out of headquarters, how: over HTTP, with a word in the log, and with the tool.

use blon_tests::collecting::{another_device, collector, open};
use blon_tests::exporting::{FORMATS, awas, bring, parts, rooms, rows, tell};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::media::sha256;
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::uploading::token;
use reqwest::Method;
use serde_json::{Value, json};

#[test]
fn analysts_take_all_supervisors_their_team_and_it_stands_in_the_log() {
    let rooms = rooms();
    let awa = awas(&rooms);
    tell(&awa, 1, 1, |_| {});
    bring(&awa);
    rooms.server.run(&["user", "add", "Bakary", "--role", "collector", "--team", "narena"]);
    let bakary = another_device(&rooms.server, "Bakary", &rooms.server.url());
    tell(&open(&bakary), 2, 2, |_| {});
    bring(&open(&bakary));
    rooms.server.run(&["user", "add", "Sidiki", "--role", "supervisor", "--team", "narena"]);
    rooms.server.run(&["user", "add", "Issa", "--role", "admin"]);
    let collectors = |who: &str| -> Vec<String> {
        let person = Supervisor::sign_in(&rooms.server.url(), who);
        let answer = person.get("exports/stories.csv");
        assert_eq!(answer.status(), 200, "{who}");
        let table = rows(&answer.bytes().unwrap());
        let feed: Value = person.get("odata/Stories").json().unwrap();
        let fed =
            feed["value"].as_array().unwrap().iter().map(|row| row["collector"].as_str().unwrap().to_owned());
        let all: Vec<String> = table.iter().map(|row| row["collector"].clone()).collect();
        assert_eq!(all, fed.collect::<Vec<_>>());
        all
    };
    assert_eq!(collectors("Nana"), ["Awa", "Bakary"]);
    assert_eq!(collectors("Modibo"), ["Awa"]);
    assert_eq!(collectors("Sidiki"), ["Bakary"]);
    let issa = Supervisor::sign_in(&rooms.server.url(), "Issa");
    for path in ["exports/stories.csv", "odata/Stories", "odata"] {
        let refused = issa.get(path);
        assert_eq!(refused.status(), 403, "{path}");
        assert!(refused.text().unwrap().contains("\"forbidden\""));
    }
    for _ in 0..3 {
        rooms.nana.get("odata/Stories");
    }
    let log = rooms.server.run(&["audit", "list"]);
    let exported: Vec<_> = log
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["what"] == "exported")
        .map(|entry| (entry["who"].as_str().unwrap(), entry["about"].as_str().unwrap()))
        .collect();
    let expected = ["Nana", "Modibo", "Sidiki"]
        .map(|who| [(who, "kangaba-2022 stories.csv"), (who, "kangaba-2022 odata/Stories")]);
    assert_eq!(exported, expected.concat(), "a feed that is read again and again is told once an hour");
    rooms.server.run(&["audit", "verify"]);
}

#[test]
fn an_export_is_a_download_with_a_telling_name() {
    let rooms = rooms();
    let today = chrono::Utc::now().format("%F");
    for format in FORMATS {
        let answer = rooms.nana.get(&format!("exports/{format}"));
        let name = format!("attachment; filename=\"kangaba-2022-{today}.{format}\"");
        assert_eq!(answer.headers()["content-disposition"], name.as_str());
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["cache-control"]),
            (200, &"no-store".parse().unwrap())
        );
        let parts = parts(&answer.bytes().unwrap(), format);
        assert!(!parts.is_empty(), "{format} is whole without a story, too");
    }
    assert_eq!(rooms.nana.get("exports/stories.ods").status(), 404);
    let other = rooms.nana.request(Method::GET, "/api/campaigns/nowhere/exports/csv.zip").send().unwrap();
    assert_eq!(
        (other.status().as_u16(), other.json::<Value>().unwrap()["code"].clone()),
        (404, json!("campaign_not_found"))
    );
}

#[test]
fn the_tool_writes_the_same_and_leaves_what_is_there() {
    let rooms = rooms();
    let awa = awas(&rooms);
    tell(&awa, 0, 1, |_| {});
    tell(&awa, 3, 2, |_| {});
    bring(&awa);
    let folder = tempfile::tempdir().unwrap();
    for (format, same_as) in [
        ("csv", "csv.zip"),
        ("stories", "stories.csv"),
        ("xlsx", "stories.xlsx"),
        ("jsonl", "stories.jsonl"),
        ("evidence", "evidence.zip"),
    ] {
        let to = folder.path().join(same_as);
        let file = to.to_str().unwrap();
        let beside = format!("{file}.manifest.json");
        let arguments =
            ["export", "--campaign", CAMPAIGN, "--format", format, "--to", file, "--manifest", &beside];
        let told = rooms.server.run(&arguments);
        let bytes = std::fs::read(&to).unwrap();
        let (mut written, mut fetched) = (parts(&bytes, same_as), rooms.parts(same_as));
        // When it was made, and by whom.
        written.remove("manifest.json");
        fetched.remove("manifest.json");
        assert_eq!(written, fetched, "{format}");
        let manifest: Value = serde_json::from_slice(&std::fs::read(&beside).unwrap()).unwrap();
        assert_eq!((&manifest["made_by"], &manifest), (&Value::Null, &told["manifest"]));
        if !same_as.ends_with("zip") {
            assert_eq!(manifest["entries"][0]["sha256"], sha256(&bytes));
        }
        let refused = rooms.server.attempt(&arguments).unwrap_err();
        assert_eq!((refused.code(), std::fs::read(&to).unwrap() == bytes), ("file_exists", true));
    }
    let unknown = folder.path().join("x.csv");
    let arguments = ["export", "--campaign", "nowhere", "--format", "csv", "--to", unknown.to_str().unwrap()];
    assert_eq!(rooms.server.attempt(&arguments).unwrap_err().code(), "campaign_not_found");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.len() == 10 && left.iter().all(|name| !name.to_string_lossy().contains("half")), "{left:?}");
    let to = folder.path().join("words.csv");
    let words = [
        "export",
        "--campaign",
        CAMPAIGN,
        "--format",
        "stories",
        "--headings",
        "fr",
        "--to",
        to.to_str().unwrap(),
    ];
    rooms.server.run(&words);
    assert!(rows(&std::fs::read(&to).unwrap())[0].contains_key("La situation avant"));
}

#[test]
fn a_devices_secret_opens_no_export() {
    let rooms = rooms();
    let device = collector(&rooms.server, "Bintou", &rooms.server.url());
    let secret = token(&device);
    for path in ["exports/csv.zip", "odata/Stories"] {
        let url = format!("{}/api/campaigns/{CAMPAIGN}/{path}", rooms.server.url());
        let answer = http().build().unwrap().get(url).bearer_auth(&secret).send().unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
}
