//! Campaigns and questionnaires as headquarters sets them up, by the requests that its pages make, and how far they have come.

use blon_core::questionnaire::workbook::Workbook;
use blon_server::workbooks::{workbook, written};
use blon_tests::collecting::{collector, open, sync, tell};
use blon_tests::fixtures::{CAMPAIGN, questionnaire};
use blon_tests::server::{TEAM, TestServer};
use blon_tests::supervisor::{Supervisor, told};
use serde_json::{Value, json};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const NOTHING: Value = Value::Null;

/// Headquarters whose campaigns Nana sets up.
fn office() -> (TestServer, Supervisor) {
    let server = TestServer::serving();
    server.add("Nana", "analyst");
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    (server, nana)
}

/// The campaign as one file, without its questionnaire.
fn file(nana: &Supervisor) -> Value {
    let mut file = nana.get_granted("GET", &format!("campaigns/{CAMPAIGN}/file"), &NOTHING);
    file.as_object_mut().unwrap().remove("questionnaire");
    file
}

fn path(rest: &str) -> String {
    format!("campaigns/{CAMPAIGN}/{rest}")
}

#[test]
fn a_campaign_is_made_changed_carried_in_one_file_and_archived() {
    let (server, nana) = office();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let mut example = nana.get_granted("GET", "example", &NOTHING);
    assert_eq!(nana.get_refused("POST", "campaigns", &example), "campaign_taken");
    example["id"] = "narena-2026".into();
    example["domains"] = json!([{ "value": "paix", "fr": "Paix entre voisins" }]);
    example["plan"] = json!({ "teams": [TEAM], "targets": [
        { "commune": "Nouga", "sex": "female", "age_band": "18-35", "stories": 3 }, { "collector": "Awa", "stories": 10 }
    ] });
    let made = nana.get_granted("POST", "campaigns", &example);
    assert_eq!(
        (&made["campaign"]["domains"][0]["fr"], &made["plan"]["targets"][1]["stories"]),
        (&json!("Paix entre voisins"), &json!(10))
    );

    // Everything that is wrong is said at once, and nothing of it is kept.
    let mut wrong = example.clone();
    wrong["name"] = " ".into();
    wrong["communes"] = json!([]);
    wrong["plan"]["targets"][0]["stories"] = 0.into();
    wrong["custodian_keys"] = json!(["age1nobody"]);
    let (status, refused) = nana.ask("PUT", "campaigns/narena-2026", &wrong);
    assert_eq!((status, &refused["code"]), (400, &json!("bad_input")));
    let said = refused["message"].as_str().unwrap();
    assert!(
        ["no name", "no commune", "target 1", "custodian's key"].iter().all(|wrong| said.contains(wrong)),
        "{said}"
    );
    let findings = refused["findings"].as_array().unwrap();
    let told = |language: &str| -> Vec<&str> {
        findings.iter().map(|finding| finding[language].as_str().unwrap()).collect()
    };
    assert_eq!(told("en").join("; "), said);
    let french = told("fr");
    for wrong in ["pas de nom", "aucune commune", "l’objectif 1", "clé d’un gardien"] {
        assert!(french.iter().any(|finding| finding.contains(wrong)), "{wrong}: {french:?}");
    }
    let (status, refused) = nana.ask("PUT", &format!("campaigns/{CAMPAIGN}"), &example);
    assert_eq!((status, &refused["code"]), (400, &json!("bad_input")), "an id stays");
    assert_eq!(refused.get("findings"), None, "only what is wrong with a campaign is told one by one");

    // Of two who change it at once the second is told, and undoes nothing.
    let seen = made["sum"].as_str().unwrap();
    example["place"] = "Naréna".into();
    nana.get_granted("PUT", &format!("campaigns/narena-2026?seen={seen}"), &example);
    assert_eq!(
        nana.get_refused("PUT", &format!("campaigns/narena-2026?seen={seen}"), &example),
        "campaign_changed"
    );
    // Who reads stories does not say who opens what is sealed about them; and a form without the key leaves it.
    let mut sealed = example.clone();
    sealed["custodian_keys"] = json!(["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]);
    assert_eq!(nana.get_refused("PUT", "campaigns/narena-2026", &sealed), "forbidden");
    server.add("Issa", "admin");
    let issa = Supervisor::sign_in(&server.url(), "Issa");
    issa.get_granted("PUT", "campaigns/narena-2026", &sealed);
    let kept = nana.get_granted("PUT", "campaigns/narena-2026", &example);
    assert_eq!(kept["campaign"]["custodian_keys"], sealed["custodian_keys"]);

    // What is not said stays: who mends a name opens the campaign to nobody.
    let mut named = example.clone();
    named.as_object_mut().unwrap().remove("plan");
    let kept = nana.get_granted("PUT", "campaigns/narena-2026", &named);
    assert_eq!(kept["plan"]["teams"], json!([TEAM]));

    // One file holds it all: taken in elsewhere, it is the same.
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("campagne.json");
    server.run(&["campaign", "export", "narena-2026", to.to_str().unwrap()]);
    let elsewhere = TestServer::new();
    elsewhere.run(&["campaign", "import", to.to_str().unwrap()]);
    let again = folder.path().join("encore.json");
    elsewhere.run(&["campaign", "export", "narena-2026", again.to_str().unwrap()]);
    assert_eq!(std::fs::read(&to).unwrap(), std::fs::read(&again).unwrap());
    let taken = server.attempt(&["campaign", "export", "narena-2026", to.to_str().unwrap()]);
    assert_eq!(taken.unwrap_err().code(), "file_exists");

    // Once it is over nobody is taken in any more; what devices still bring is kept.
    let mut over = file(&nana);
    over["plan"]["archived"] = true.into();
    nana.get_granted("PUT", &format!("campaigns/{CAMPAIGN}"), &over);
    let refused = server.attempt(&["enrol", "Awa", "--campaign", CAMPAIGN]).unwrap_err();
    assert_eq!(refused.code(), "campaign_archived");
    tell(&awa, "Dit avant la fin");
    assert_eq!(sync(&awa).sent, 1);
}

#[test]
fn campaigns_stand_side_by_side_and_nobody_sees_into_another() {
    let (server, nana) = office();
    let mut other = nana.get_granted("GET", "example", &NOTHING);
    other["id"] = "segou-2026".into();
    other["plan"] = json!({ "teams": ["segou"] });
    nana.get_granted("POST", "campaigns", &other);
    let mut own = file(&nana);
    own["plan"]["teams"] = json!([TEAM]);
    nana.get_granted("PUT", &format!("campaigns/{CAMPAIGN}"), &own);
    server.add("Modibo", "supervisor");
    server.run(&["user", "add", "Sidiki", "--role", "supervisor", "--team", "segou"]);
    let refused = server.attempt(&["enrol", "Modibo", "--campaign", "segou-2026"]).unwrap_err();
    assert_eq!(refused.code(), "not_in_campaign");

    server.add("Awa", "collector");
    let awa = blon_tests::device::TestDevice::of("Awa");
    awa.enrol(&server.url(), server.run(&["enrol", "Awa", "--campaign", CAMPAIGN])["code"].as_str().unwrap());
    let story = tell(&open(&awa), "Le puits").to_string();
    sync(&open(&awa));
    // Whose team is taken out brings what they have, and a device of theirs hears no more of others' stories.
    server.run(&["user", "add", "Sékou", "--role", "supervisor", "--team", TEAM]);
    let sekou = blon_tests::device::TestDevice::of("Sékou");
    let code = server.run(&["enrol", "Sékou", "--campaign", CAMPAIGN])["code"].clone();
    let late = server.run(&["enrol", "Sékou", "--campaign", CAMPAIGN])["code"].clone();
    sekou.enrol(&server.url(), code.as_str().unwrap());
    server.run(&["user", "change", "Sékou", "--team", "segou"]);
    assert_eq!(sync(&open(&sekou)).received, 0);
    let refused = blon_tests::device::TestDevice::of("Sékou, autre").attempt(&[
        "enrol",
        &server.url(),
        late.as_str().unwrap(),
    ]);
    assert_eq!(refused.unwrap_err().code(), "not_in_campaign");
    let (modibo, sidiki) =
        (Supervisor::sign_in(&server.url(), "Modibo"), Supervisor::sign_in(&server.url(), "Sidiki"));
    let listed = |who: &Supervisor| {
        let campaigns = who.get_granted("GET", "campaigns", &NOTHING);
        let ids =
            campaigns.as_array().unwrap().iter().map(|c| c["campaign"]["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(listed(&modibo), [CAMPAIGN]);
    assert_eq!(listed(&sidiki), ["segou-2026"]);
    assert_eq!(listed(&nana), [CAMPAIGN, "segou-2026"]);
    for page in ["stories".to_owned(), format!("stories/{story}"), "coverage".to_owned()] {
        assert_eq!(sidiki.get_refused("GET", &path(&page), &NOTHING), "campaign_not_found", "{page}");
        assert_eq!(modibo.ask("GET", &path(&page), &NOTHING).0, 200, "{page}");
    }
    let there = nana.get_granted("GET", "campaigns/segou-2026/stories", &NOTHING);
    assert_eq!(there["stories"], json!([]));
    assert_eq!(
        nana.get_refused("GET", &format!("campaigns/segou-2026/stories/{story}"), &NOTHING),
        "story_not_found"
    );
}

/// Sends the bytes of a file as the campaign's draft.
fn upload(nana: &Supervisor, bytes: Vec<u8>) -> (u16, Value) {
    let request = nana.request("PUT".parse().unwrap(), &format!("/api/{}", path("questionnaire/draft")));
    told(request.header("content-type", "application/octet-stream").body(bytes))
}

/// The campaign's questionnaire with another version, and another first label.
fn version(name: &str, label: &str) -> Workbook {
    let mut asked = questionnaire();
    asked.settings[0].0.insert("version".to_owned(), name.to_owned());
    let row = asked.survey.iter_mut().find(|row| row.cell("name") == "check_purpose").unwrap();
    row.0.insert("label::Français (fr)".to_owned(), label.to_owned());
    asked
}

#[test]
fn a_questionnaire_is_uploaded_looked_at_published_and_fetched_and_drafts_go_on() {
    let (server, nana) = office();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let draft = awa.begin_interview("fr", false).unwrap().id;
    awa.answer(draft, "check_purpose", "yes", "fr").unwrap();

    // What cannot be asked says all that is wrong, and changes nothing.
    let broken = serde_json::from_value::<Workbook>(json!({ "survey": [
        { "type": "barcode", "name": "code", "label": "Code" },
        { "type": "select_one nowhere", "name": "sure", "label": "Sûr ?" },
        { "type": "integer", "name": "age", "label": "Âge", "constraint": ". >" }
    ] }));
    let (status, said) = upload(&nana, written(&broken.unwrap()).unwrap());
    assert_eq!((status, &said["verdict"]["ok"]), (200, &json!(false)));
    let errors = said["verdict"]["errors"].as_array().unwrap();
    assert!(errors.len() > 1 && errors.iter().all(|e| e["sheet"] == "survey" && e["row"].as_u64() > Some(1)));
    assert_eq!(said["questionnaire"]["draft"], NOTHING);
    assert_eq!(nana.get_refused("POST", &path("questionnaire/publish"), &NOTHING), "no_questionnaire");

    // The same version cannot mean another questionnaire.
    let current = said["questionnaire"]["current"]["form"]["version"].as_str().unwrap().to_owned();
    upload(&nana, written(&version(&current, "Autre chose ?")).unwrap());
    assert_eq!(nana.get_refused("POST", &path("questionnaire/publish"), &NOTHING), "version_taken");

    let next = version("2026-11", "Sauriez-vous le dire en une phrase ?");
    let (_, said) = upload(&nana, written(&next).unwrap());
    assert_eq!(said["questionnaire"]["draft"]["form"]["version"], "2026-11");
    assert_eq!(said["questionnaire"]["draft"]["by"], "Nana");
    sync(&awa);
    let asks = |awa: &blon_device::Device| {
        serde_json::to_string(&awa.interview(draft, "fr").unwrap()).unwrap().contains("en une phrase")
    };
    assert!(!asks(&awa), "a draft is nobody's but the author's");
    let page = nana.get_granted("POST", &path("questionnaire/publish"), &NOTHING);
    assert_eq!((&page["current"]["form"]["version"], &page["draft"]), (&json!("2026-11"), &NOTHING));
    assert_eq!(page["earlier"][0]["form"]["version"], current.as_str());
    sync(&awa);
    assert!(asks(&awa));
    let now = awa.interview(draft, "fr").unwrap();
    let kept = now.items.iter().find(|item| item.path.ends_with("check_purpose")).unwrap();
    assert_eq!(kept.answer, "yes", "and nothing of the interview is lost");

    // Back to a workbook: the same questionnaire.
    let back = nana.get("questionnaire.xlsx").bytes().unwrap();
    assert_eq!(workbook(&back).unwrap(), next);
}

#[test]
fn a_preview_is_what_the_device_asks_step_by_step() {
    let (server, nana) = office();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let id = awa.begin_interview("fr", false).unwrap().id;
    let mut kept = NOTHING;
    let mut step = |step: Value| {
        let body = json!({ "language": "fr", "answers": kept, "step": step, "at": "" });
        let now = nana.get_granted("POST", &path("questionnaire/preview"), &body);
        kept = now["answers"].clone();
        now
    };
    let same = |preview: &Value, device: &Value| {
        for part in ["outline", "gaps", "advice", "left_over"] {
            assert_eq!(preview["asked"][part], device[part], "{part}");
        }
        // A repetition has an id of its own on either side, and the questionnaire proposes the time.
        let told = |asked: &Value| -> Vec<String> {
            let items = asked["items"].as_array().unwrap().iter();
            items.map(|i| format!("{} {} {} {}", i["label"], i["kind"], i["required"], i["fault"])).collect()
        };
        assert_eq!(told(&preview["asked"]), told(device));
    };
    let asked = |asked: blon_core::questionnaire::asked::Asked| serde_json::to_value(asked).unwrap();
    same(&step(NOTHING), &asked(awa.interview(id, "fr").unwrap()));
    for (path, answer) in [("consent_interview", "yes"), ("story_title", "Le puits"), ("consent_audio", "no")]
    {
        let preview = step(json!({ "kind": "answer", "path": path, "answer": answer }));
        same(&preview, &asked(awa.answer(id, path, answer, "fr").unwrap()));
    }
    let added = step(json!({ "kind": "add", "path": "change" }));
    assert!(added["added"].is_string());
    let items = added["asked"]["items"].as_array().unwrap();
    assert!(items.iter().any(|i| i["path"].as_str().unwrap().contains(added["added"].as_str().unwrap())));
    let gone =
        step(json!({ "kind": "remove", "path": format!("change/{}", added["added"].as_str().unwrap()) }));
    assert!(gone["asked"]["items"].as_array().unwrap().len() < items.len());
    let body = json!({ "language": "fr", "step": { "kind": "answer", "path": "nowhere", "answer": "x" } });
    assert_eq!(nana.get_refused("POST", &path("questionnaire/preview"), &body), "answer_not_asked");
    assert_eq!(
        nana.get_granted("GET", &path("stories"), &NOTHING)["stories"],
        json!([]),
        "nothing of it stays"
    );
}

#[test]
fn a_workbook_that_means_harm_is_refused_in_words_and_headquarters_goes_on() {
    let (server, nana) = office();
    let said = |bytes: Vec<u8>| {
        let (status, said) = upload(&nana, bytes);
        assert_eq!((status, &said["verdict"]["ok"]), (200, &json!(false)), "{said}");
        said["verdict"]["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    let (status, refused) = upload(&nana, vec![b'x'; 200 * 1024 * 1024]);
    assert_eq!((status, &refused["code"]), (413, &json!("too_large")), "200 MB");
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1024 * 1024];
    (0..300).for_each(|_| bomb.write_all(&zeros).unwrap());
    assert!(said(bomb.finish().unwrap().into_inner()).contains("unpacks to more than"));
    assert!(said(b"nothing like a workbook".to_vec()).contains("no workbook"));

    // A cell that claims a place that no sheet has, and an old workbook, whose cells are believed.
    let placed = |place: &str| {
        let mut plain = ZipArchive::new(Cursor::new(written(&version("x", "Qui ?")).unwrap())).unwrap();
        let mut odd = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..plain.len() {
            let mut entry = plain.by_index(index).unwrap();
            let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
            entry.read_to_end(&mut bytes).unwrap();
            if name.ends_with("sheet1.xml") {
                let text = String::from_utf8(bytes).unwrap();
                bytes = text.replacen("r=\"A2\"", &format!("r=\"{place}\""), 1).into_bytes();
            }
            odd.start_file(name, SimpleFileOptions::default()).unwrap();
            odd.write_all(&bytes).unwrap();
        }
        odd.finish().unwrap().into_inner()
    };
    for place in ["ZZZZZZZZZZZZ1", "A4294967296", "A99999999999999999999"] {
        let (status, verdict) = upload(&nana, placed(place));
        assert_eq!((status, &verdict["verdict"]["ok"]), (200, &json!(false)), "{place}");
    }
    assert!(said(vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]).contains("save it as .xlsx"));
    // Groups in groups, as deep as the stack of the smallest telephone, and deeper.
    let nested = |deep: usize| {
        let row = |kind: &str, name: String| json!({ "type": kind, "name": name, "label": "Là" });
        let begun = (0..deep).map(|n| row("begin_group", format!("g{n}")));
        let ended = (0..deep).map(|_| row("end_group", String::new()));
        let rows: Vec<Value> = begun.chain([row("text", "fond".to_owned())]).chain(ended).collect();
        json!({ "survey": rows }).to_string().into_bytes()
    };
    assert!(said(nested(600)).contains("at most 30"));
    let (_, deep) = upload(&nana, nested(30));
    assert_eq!(deep["verdict"]["ok"], true, "{deep}");
    let body = json!({ "language": "fr" });
    nana.get_granted("POST", &path("questionnaire/preview?which=draft"), &body);

    // Macros are passed over: what is asked is read, and nothing of them runs or stays.
    let mut with_macros = ZipWriter::new(Cursor::new(Vec::new()));
    let mut plain = ZipArchive::new(Cursor::new(written(&version("macro", "Une macro ?")).unwrap())).unwrap();
    for index in 0..plain.len() {
        let mut entry = plain.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        with_macros.start_file(entry.name().unwrap(), SimpleFileOptions::default()).unwrap();
        with_macros.write_all(&bytes).unwrap();
    }
    with_macros.start_file("xl/vbaProject.bin", SimpleFileOptions::default()).unwrap();
    with_macros.write_all(b"Sub AutoOpen(): Shell \"format c:\": End Sub").unwrap();
    let (_, read) = upload(&nana, with_macros.finish().unwrap().into_inner());
    assert_eq!(read["verdict"]["ok"], true, "{read}");
    let back = nana.get("questionnaire.xlsx?which=draft").bytes().unwrap();
    assert!(!back.windows(8).any(|bytes| bytes == b"AutoOpen"));

    let twice = json!({ "survey": [
        { "type": "text", "name": "same", "label": "Un" }, { "type": "text", "name": "same", "label": "Deux" }
    ] });
    assert!(said(written(&serde_json::from_value(twice).unwrap()).unwrap()).contains("same"));
    let choices: Vec<Value> = (0..10_000)
        .map(|n| json!({ "list_name": "v", "name": format!("v{n}"), "label": format!("Village {n}") }))
        .collect();
    let survey = json!([{ "type": "select_one v", "name": "village", "label": "Où ?" }]);
    let large = serde_json::from_value(json!({ "survey": survey, "choices": choices })).unwrap();
    let (_, read) = upload(&nana, written(&large).unwrap());
    assert_eq!((&read["verdict"]["ok"], &read["verdict"]["questions"]), (&json!(true), &json!(1)));
    let body = json!({ "language": "fr" });
    let shown = nana.get_granted("POST", &path("questionnaire/preview?which=draft"), &body);
    assert_eq!(shown["asked"]["items"][0]["choices"].as_array().unwrap().len(), 10_000);
    assert!(server.serves());
}

#[test]
fn coverage_says_who_collected_how_much_against_what_was_wanted_and_what_nobody_has_told() {
    let (server, nana) = office();
    let mut planned = file(&nana);
    planned["plan"] = json!({ "teams": [TEAM], "targets": [
        { "commune": "Nouga", "stories": 2 }, { "sex": "female", "stories": 5 }, { "collector": "Awa", "stories": 1 }
    ] });
    nana.get_granted("PUT", &format!("campaigns/{CAMPAIGN}"), &planned);
    let awa = collector(&server, "Awa", &server.url());
    server.add("Bakary", "collector");
    server.add("Modibo", "supervisor");
    server.add("Issa", "admin");
    let device = open(&awa);
    let told = [tell(&device, "Le puits"), tell(&device, "Le marché"), tell(&device, "La route")];
    let practice = device.begin_interview("fr", true).unwrap().id;
    device.discard_draft(practice).unwrap();
    sync(&device);
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    modibo.approve(&told[0].to_string());
    let rejected = json!({ "kind": "rejected", "reason": "Pas un changement." });
    modibo.decision(&modibo.story(&told[1].to_string()), &rejected).send().unwrap();

    let page = nana.get_granted("GET", &path("coverage"), &NOTHING);
    let story = modibo.story(&told[0].to_string())["revisions"][0]["story"].clone();
    let (commune, sex) = (&story["context"]["commune"], &story["storyteller"]["sex"]);
    assert_eq!((&page["stories"], &page["approved"], &page["wanted"]), (&json!(2), &json!(1), &json!(5)));
    let count = |list: &str, of: &Value| {
        let lines = page[list].as_array().unwrap();
        lines.iter().find(|line| line["of"] == *of).unwrap()["stories"].clone()
    };
    assert_eq!((count("communes", commune), count("sexes", sex)), (json!(2), json!(2)));
    assert_eq!(
        (count("collectors", &json!("Awa")), count("collectors", &json!("Bakary"))),
        (json!(2), json!(0))
    );
    let reached: Vec<_> = page["targets"].as_array().unwrap().iter().map(|t| t["stories"].clone()).collect();
    assert_eq!(reached[2], 2, "Awa's");
    let waits = page["waiting"].as_array().unwrap();
    assert_eq!(
        waits.iter().map(|w| w["stories"].as_u64().unwrap()).sum::<u64>(),
        1,
        "one is approved: {waits:?}"
    );
    assert!(waits[0]["since"].is_i64());
    let elsewhere = page["unheard"].as_array().unwrap();
    assert!(elsewhere.iter().any(|gap| gap["commune"] == "Karan" && gap["sex"].is_null()), "{elsewhere:?}");
    assert!(elsewhere.iter().any(|gap| gap["commune"] == *commune && !gap["sex"].is_null()));
    assert_eq!(
        page["weeks"].as_array().unwrap().iter().map(|w| w["stories"].as_u64().unwrap()).sum::<u64>(),
        2
    );

    // Who administers counts all, a supervisor the team's, others nothing.
    let issa = Supervisor::sign_in(&server.url(), "Issa");
    assert_eq!(issa.get_granted("GET", &path("coverage"), &NOTHING)["stories"], 2);
    server.run(&["user", "change", "Awa", "--team", "narena"]);
    let own = modibo.get_granted("GET", &path("coverage"), &NOTHING);
    assert_eq!((&own["stories"], &own["collectors"][0]["of"]), (&json!(0), &json!("Bakary")));
    assert_eq!(own["unheard"], page["unheard"], "what nobody told is told of the whole campaign");
}
