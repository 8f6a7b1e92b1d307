//! Exports in programs that nobody here wrote: pandas with openpyxl, LibreOffice, and a reader of OData.

use blon_tests::exporting::{Rooms, awas, bring, interview, libreoffice, python, rooms, tell};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::server::PASSWORD;
use blon_tests::supervisor::http;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A campaign with something of everything, one story not to be quoted, one that means harm to spreadsheets.
fn told() -> Rooms {
    let rooms = rooms();
    let awa = awas(&rooms);
    for number in 0..6 {
        tell(&awa, number, u32::try_from(number).unwrap(), |_| {});
    }
    tell(&awa, 0, 9, |story| {
        story["title"] = "=1+1".into();
        story["now"] = "D’abord, \"ceci\";\n-2 sacs; =cmd|' /C calc'!A0".into();
        story["village"] = "  Séléfougou".into();
    });
    interview(&awa, false, &[]);
    interview(&awa, false, &[("consent_quote", "no"), ("notes_conditions", "calm")]);
    bring(&awa);
    rooms
}

/// The tables as CSV and the workbook, in a folder.
fn written(rooms: &Rooms) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in rooms.parts("csv.zip") {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let workbook = folder.path().join("stories.xlsx");
    std::fs::write(&workbook, rooms.export("stories.xlsx")).unwrap();
    (folder, workbook)
}

#[test]
fn pandas_reads_types_days_and_accents_and_merges_by_story() {
    let rooms = told();
    let (folder, workbook) = written(&rooms);
    let seen = python("tables.py", &[folder.path().to_str().unwrap(), workbook.to_str().unwrap()]);
    for kind in ["csv", "xlsx"] {
        let seen = &seen[kind];
        assert_eq!(
            (&seen["shape"]["stories"][0], &seen["shape"]["visit"][0]),
            (&json!(9), &json!(4)),
            "{kind}"
        );
        for (table, column, wanted) in [
            ("stories", "date", "datetime64"),
            ("stories", "conflict", "bool"),
            ("stories", "consent_quote", "bool"),
            ("stories", "revisions", "int64"),
            ("stories", "field_size", "float64"),
            ("stories", "title", "str"),
            ("changes", "importance", "int64"),
            ("changes", "change_number", "int64"),
            ("changes", "what", "str"),
            ("evidence", "strength", "int64"),
            ("visit", "visit_people", "int64"),
        ] {
            let found = seen["types"][table][column].as_str().unwrap();
            assert!(found.starts_with(wanted), "{kind}: {table}.{column} is {found}");
        }
        assert_eq!(seen["title"], "Le puits que deux familles se disputaient");
        assert_eq!((&seen["first_day"], &seen["people"]), (&json!("2022-09-14"), &json!(38)), "{kind}");
        assert_eq!((&seen["quoted"], &seen["noise"]), (&json!(7), &json!(1)));
        assert!(seen["by_commune"].as_object().unwrap().contains_key("Séléfougou"), "{}", seen["by_commune"]);
        let pieces = seen["shape"]["evidence"][0].as_u64().unwrap();
        assert!(seen["merged"].as_u64().unwrap() >= pieces);
        assert!(seen["mean_importance"].as_f64().unwrap() > 3.0);
    }
    for (table, differ) in seen["differ"].as_object().unwrap() {
        assert_eq!(differ, &json!([]), "{table} is the same as CSV and as a sheet");
    }
}

#[test]
fn libreoffice_opens_each_table_cell_by_cell() {
    let rooms = told();
    let (folder, workbook) = written(&rooms);
    let made = folder.path().join("made");
    // Every sheet of the workbook as CSV: comma, quotes, UTF-8, values as they are, all sheets.
    libreoffice(
        &workbook,
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1",
        &made,
    );
    for table in ["stories", "changes", "evidence", "visit"] {
        let ours = folder.path().join(format!("{table}.csv"));
        let from_workbook = made.join(format!("stories-{table}.csv"));
        let compared = python("sheets.py", &[ours.to_str().unwrap(), from_workbook.to_str().unwrap()]);
        assert_eq!(
            (&compared["differ"], &compared["rows"][0]),
            (&json!([]), &compared["rows"][1]),
            "{table}"
        );
        assert!(compared["cells"].as_u64().unwrap() >= 30);

        libreoffice(&ours, "xlsx", &made);
        let opened = made.join(format!("{table}.xlsx"));
        let compared = python("sheets.py", &[ours.to_str().unwrap(), opened.to_str().unwrap()]);
        // CSV says nothing of types: LibreOffice takes the age band `60+` for a number. docs/exports.md tells what to do.
        let differ: Vec<&Value> =
            compared["differ"].as_array().unwrap().iter().filter(|d| d[2] != "60+").collect();
        assert_eq!((differ, &compared["rows"][0]), (vec![], &compared["rows"][1]), "{table}");
        assert_eq!(compared["formulas"], json!([]), "{table}: nothing is computed");
    }
}

#[test]
fn a_reader_of_odata_finds_every_table_and_goes_through_all_pages() {
    let rooms = told();
    let url = format!("{}/api/campaigns/{CAMPAIGN}/odata", rooms.server.url());
    let seen = python("feed.py", &[&url, &token(&rooms, "export")]);
    let tables: Vec<&String> = seen["rows"].as_object().unwrap().keys().collect();
    assert_eq!(tables, ["Changes", "Evidence", "Stories", "visit"]);
    for (set, table) in [
        ("Stories", "stories.csv"),
        ("Changes", "changes.csv"),
        ("Evidence", "evidence.csv"),
        ("visit", "visit.csv"),
    ] {
        let (fed, written) = (seen["rows"][set].as_array().unwrap(), rooms.table(table));
        assert_eq!(fed.len(), written.len(), "{set}");
        for (fed, written) in fed.iter().zip(&written) {
            for (column, cell) in written {
                let told = match &fed[column] {
                    Value::Null => String::new(),
                    Value::String(text) if column == "revised_at" => {
                        text.replace(' ', "T").replace("+00:00", "Z")
                    }
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(told, cell.replace('\u{a0}', ""), "{set}.{column}");
            }
        }
    }
    for (set, column, kind) in [
        ("Stories", "date", "Edm.Date"),
        ("Stories", "revised_at", "Edm.DateTimeOffset"),
        ("Stories", "conflict", "Edm.Boolean"),
        ("Stories", "revisions", "Edm.Int32"),
        ("Stories", "field_size", "Edm.Double"),
        ("Changes", "importance", "Edm.Int32"),
        ("visit", "visit_people", "Edm.Int64"),
        ("visit", "visit_day", "Edm.Date"),
    ] {
        assert_eq!(seen["types"][set][column], kind, "{set}.{column}");
    }
    let ids: Vec<&Value> =
        seen["rows"]["Stories"].as_array().unwrap().iter().map(|row| &row["story_id"]).collect();
    assert_eq!(seen["limited"].as_array().unwrap().iter().collect::<Vec<_>>(), &ids[1..3]);
}

/// A token of Nana's that is for this alone.
fn token(rooms: &Rooms, scope: &str) -> String {
    let with = json!({ "name": "Tableau", "scopes": [scope], "days": 30, "password": PASSWORD });
    rooms.nana.get_granted("POST", "me/tokens", &with)["token"].as_str().unwrap().to_owned()
}

#[test]
fn the_feed_says_what_odata_asks_for() {
    let rooms = told();
    let base = format!("{}/api/campaigns/{CAMPAIGN}/odata", rooms.server.url());
    let get = |path: &str| {
        let answer = rooms.nana.get(&format!("odata{path}"));
        assert_eq!(answer.headers()["odata-version"], "4.0", "{path}");
        answer
    };
    let service: Value = get("/").json().unwrap();
    assert_eq!(service["@odata.context"], format!("{base}/$metadata"));
    assert_eq!(service["value"][0], json!({ "name": "Stories", "kind": "EntitySet", "url": "Stories" }));
    let metadata = get("/$metadata");
    assert_eq!(metadata.headers()["content-type"], "application/xml");
    assert!(metadata.text().unwrap().contains("<EntitySet Name=\"visit\" EntityType=\"Blon.visitRow\">"));

    let page: Value = get("/Changes?$top=3&$skip=1&$count=true&$select=story_id,importance").json().unwrap();
    let all = rooms.table("changes.csv");
    assert_eq!(page["@odata.count"], all.len());
    assert_eq!(page["@odata.context"], format!("{base}/$metadata#Changes(story_id,importance)"));
    assert_eq!(page["value"].as_array().unwrap().len(), 3);
    assert!(page.get("@odata.nextLink").is_none(), "three were asked for");
    for (row, written) in page["value"].as_array().unwrap().iter().zip(&all[1..]) {
        assert_eq!(
            row,
            &json!({ "story_id": written["story_id"], "importance": written["importance"].parse::<u8>().unwrap() })
        );
    }
    assert_eq!(get("/Changes/$count").text().unwrap(), all.len().to_string());
    assert_eq!(get("/Stories?$top=0").json::<Value>().unwrap()["value"], json!([]));

    for (path, status, code) in [
        ("/Stories?$filter=commune%20eq%20'Karan'", 501, "not_implemented"),
        ("/Stories?$orderby=date", 501, "not_implemented"),
        ("/Stories?%24expand=Changes", 501, "not_implemented"),
        ("/Stories('x')", 501, "not_implemented"),
        ("/Stories?$top=many", 400, "bad_input"),
        ("/Stories?$select=nothing", 400, "bad_input"),
        ("/Nothing", 404, "not_found"),
        ("/Nothing/$count", 404, "not_found"),
    ] {
        let answer = get(path);
        assert_eq!(answer.status(), status, "{path}");
        let said: Value = answer.json().unwrap();
        assert_eq!(said["error"]["code"], code, "{path}");
        assert!(!said["error"]["message"].as_str().unwrap().is_empty());
    }
    let nobody = http().build().unwrap();
    for path in ["", "/", "/$metadata", "/Stories", "/Stories/$count"] {
        let answer = nobody.get(format!("{base}{path}")).send().unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["odata-version"]),
            (401, &"4.0".parse().unwrap())
        );
        let how = answer.headers()["www-authenticate"].to_str().unwrap();
        assert!(how.starts_with("Basic realm=\"Blon\""), "a spreadsheet asks only then: {how}");
    }
    let reads = nobody.get(format!("{base}/Stories")).basic_auth("blon", Some(token(&rooms, "read")));
    assert_eq!(reads.send().unwrap().status(), 403, "a token to read takes nothing out of headquarters");
    // Elsewhere a browser would show a window of its own.
    let pages = nobody.get(format!("{}/api/session", rooms.server.url())).send().unwrap();
    assert!(pages.headers().get("www-authenticate").is_none());
    let names: BTreeSet<&str> =
        service["value"].as_array().unwrap().iter().map(|set| set["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 4);
}
