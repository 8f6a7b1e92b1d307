//! Headquarters' rooms in a real browser: set up from nothing, people and their telephones, questionnaires, coverage.

use blon_core::questionnaire::workbook::Workbook;
use blon_server::workbooks::written;
use blon_tests::browser::{self, enter, sign_in};
use blon_tests::collecting::{collector, open, sync, tell};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::{CAMPAIGN, questionnaire};
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::Supervisor;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

const NOTHING: Value = Value::Null;

/// A telephone's page, and an office's.
const SIZES: [(u32, u32); 2] = [(360, 640), (1280, 800)];

fn names() -> String {
    (1..=25).map(|n| format!("Collecteur {n}\n")).collect()
}

#[test]
fn from_an_empty_folder_to_25_telephones_without_any_command() {
    let server = TestServer::empty();
    let page = browser::open(&server.url(), 1280, 800);
    page.write("setup-token", &server.set_up_token().unwrap());
    page.write("setup-name", "Issa");
    page.write("new-password", PASSWORD);
    page.write("new-password-again", PASSWORD);
    page.shot("setup-1-first");
    page.tap("setup-begin");

    page.see("why-campaign");
    page.tap("start-example");
    page.shot("setup-2-campaign");
    page.tap("campaign-save");
    page.see("why-key");
    page.tap("key-make");
    page.tap("key-save");
    page.tap("key-kept");
    page.shot("setup-4-key");
    page.tap("key-use");
    page.see("setup-ready");
    page.shot("setup-5-ready");

    page.tap("next-people");
    page.tap("add-people");
    page.write("new-names", &names());
    page.write("new-team", "kangaba");
    page.tap("add-people-now");
    page.until_there_are("[data-testid='person']", 26);
    page.shot("setup-6-people");

    enter(&page, "devices");
    // On the first morning it is open by itself who is to have one.
    page.tap("codes-make");
    page.until_there_are("[data-testid='code-card']", 25);
    page.shot("setup-7-sheet");
    // Awa's telephone photographs her card.
    let card = page.shot_of("[data-testid='code-card'][data-person='Collecteur 7']");
    let phone = TestDevice::of("Collecteur 7");
    let photo = phone.path("photo.png");
    std::fs::write(&photo, card).unwrap();
    phone.run(&["enrol", "--qr", photo.to_str().unwrap()]);
    let device = open(&phone);
    tell(&device, "Le puits");
    sync(&device);
    page.tap("sheet-close");
    page.until_there_are("[data-testid='open-code']", 24);
    page.until_there_are("[data-testid='device']", 1);
    assert!(page.all_text().contains("Collecteur 7"));
    page.shot("setup-8-devices");

    // What was set up is what headquarters has: nothing of the custodian's key but its public half.
    let issa = Supervisor::sign_in(&server.url(), "Issa");
    let here = issa.get_granted("GET", "campaigns", &NOTHING);
    assert!(here[0]["campaign"]["custodian_keys"][0].as_str().unwrap().starts_with("age1"));
    assert_eq!(here[0]["form"]["id"], "kangaba-2022");
}

#[test]
fn whoever_is_invited_chooses_a_password_and_a_second_factor() {
    let server = TestServer::serving();
    server.add("Issa", "admin");
    let page = browser::open(&server.url(), 1280, 800);
    sign_in(&page, "Issa");
    enter(&page, "people");
    page.tap("add-people");
    page.write("new-names", "Nana\nNana\n");
    page.tap("add-people-now");
    page.see("name-faults");
    page.rewrite("new-names", "Nana");
    page.choose("new-role", "analyst");
    page.tap("add-people-now");
    page.tap_on("[data-testid='person'][data-person='Nana']");
    page.tap("invite");
    let link = page.text("invitation-link");
    page.shot("people-invitation");

    let nanas = browser::open(&link, 360, 640);
    nanas.see("invitation-take");
    assert!(
        !nanas.run("return location.href").as_str().unwrap().contains("/invitation/"),
        "gone from the address"
    );
    nanas.write("new-password", "motdepasse1");
    nanas.write("new-password-again", "motdepasse1");
    nanas.tap("invitation-take");
    nanas.find("[data-code='password_weak']");
    nanas.rewrite("new-password", PASSWORD);
    nanas.rewrite("new-password-again", PASSWORD);
    nanas.is_readable_and_reachable("invitation");
    nanas.tap("invitation-take");
    nanas.see("menu");

    enter(&nanas, "account");
    nanas.tap("second-begin");
    nanas.write("second-password", PASSWORD);
    nanas.tap("second-go");
    let secret = nanas.text("second-secret").replace(char::is_whitespace, "");
    let bytes = Secret::Encoded(secret).to_bytes().unwrap();
    let phone = TOTP::new(Algorithm::SHA1, 6, 0, 30, bytes, None, String::new()).unwrap();
    let code = |from_now: i64| phone.generate((chrono::Utc::now().timestamp() + from_now).cast_unsigned());
    nanas.write("second-code", &code(-30));
    nanas.tap("second-take");
    nanas.see("second-on");
    nanas.is_readable_and_reachable("account");

    let elsewhere = browser::open(&server.url(), 1280, 800);
    elsewhere.write("sign-in-name", "Nana");
    elsewhere.write("sign-in-password", PASSWORD);
    elsewhere.tap("sign-in");
    elsewhere.write("sign-in-code", &code(0));
    elsewhere.tap("sign-in");
    elsewhere.see("sign-out");
    enter(&elsewhere, "account");
    elsewhere.until_there_are("[data-testid='session']", 2);
    elsewhere.tap_on("[data-testid='session'][data-here='false'] [data-testid='session-end']");
    elsewhere.until_there_are("[data-testid='session']", 1);
}

/// A workbook in a file.
fn workbook(folder: &tempfile::TempDir, name: &str, rows: &Workbook) -> std::path::PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, written(rows).unwrap()).unwrap();
    path
}

#[test]
fn a_questionnaire_is_uploaded_tried_as_a_collector_will_and_published() {
    let server = TestServer::serving();
    server.add("Nana", "analyst");
    let awa = open(&collector(&server, "Awa", &server.url()));
    let folder = tempfile::tempdir().unwrap();
    let page = browser::open(&server.url(), 1280, 800);
    sign_in(&page, "Nana");
    enter(&page, "questionnaire");
    let wrong = json!({ "survey": [
        { "type": "barcode", "name": "code", "label": "Code" },
        { "type": "integer", "name": "age", "label": "Âge", "constraint": ". >" }
    ] });
    let wrong = workbook(&folder, "faux.xlsx", &serde_json::from_value(wrong).unwrap());
    page.attach("questionnaire-file", &wrong);
    page.see("verdict-wrong");
    page.until_there_are("[data-testid='finding']", 2);
    let told = page.text("findings");
    assert!(
        told.contains("n’est pas pris en charge") && !told.contains("supported"),
        "in Nana's language: {told}"
    );
    page.shot("questionnaire-wrong");

    let mut next = questionnaire();
    next.settings[0].0.insert("version".to_owned(), "2026-11".to_owned());
    page.attach("questionnaire-file", &workbook(&folder, "suivant.xlsx", &next));
    page.see("verdict-ok");
    page.shot("questionnaire-draft");

    // The collector's own screens, by the collector's own engine.
    page.tap("preview-draft");
    page.see("preview");
    for _ in 0..40 {
        if page.count("[data-testid='preview'] [data-testid^='choice-consent_interview']") > 0 {
            break;
        }
        page.tap("next");
    }
    page.shot("questionnaire-preview");
    page.tap_on("[data-testid='preview'] [data-testid='choice-consent_interview-no']");
    page.see("refused-interview");
    page.tap("preview-restart");
    page.gone("[data-testid='refused-interview']");
    page.tap("preview-close");

    page.tap("publish");
    page.tap("confirm");
    page.see("questionnaire-done");
    page.shot("questionnaire-published");
    sync(&awa);
    assert_eq!(awa.questionnaire().unwrap().version, "2026-11");
}

/// Headquarters with stories, targets, and everybody who works in its rooms.
fn campaign_under_way() -> TestServer {
    let server = TestServer::serving();
    for (name, role) in
        [("Issa", "admin"), ("Nana", "analyst"), ("Modibo", "supervisor"), ("Fanta", "custodian")]
    {
        server.add(name, role);
    }
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    let path = format!("campaigns/{CAMPAIGN}");
    let mut file = nana.get_granted("GET", &format!("{path}/file"), &NOTHING);
    file.as_object_mut().unwrap().remove("questionnaire");
    file["plan"] = json!({ "teams": ["kangaba"], "targets": [
        { "commune": "Nouga", "stories": 4 }, { "commune": "Karan", "stories": 4 }, { "sex": "female", "stories": 5 }
    ] });
    nana.get_granted("PUT", &path, &file);
    for name in ["Awa", "Bakary"] {
        let device = open(&collector(&server, name, &server.url()));
        let told = [tell(&device, "Le puits"), tell(&device, "Le marché")];
        sync(&device);
        Supervisor::sign_in(&server.url(), "Modibo").approve(&told[0].to_string());
    }
    server
}

#[test]
fn coverage_says_in_words_figures_and_pictures_what_is_there_and_what_is_missing() {
    let server = campaign_under_way();
    for (width, height) in SIZES {
        let page = browser::open(&server.url(), width, height);
        sign_in(&page, "Nana");
        enter(&page, "coverage");
        assert!(page.text("figure-stories").contains('4'));
        assert!(page.text("figure-approved").contains('2'));
        page.see("unheard");
        let unheard = page.all_text();
        assert!(unheard.contains("Aucun récit à Karan"), "{unheard}");
        assert!(unheard.contains("femme") || unheard.contains("homme"), "{unheard}");
        page.until_there_are("canvas", page.count("[data-testid^='picture-']"));
        assert!(page.count("canvas") >= 5);
        // What a picture shows stands in a table, too.
        assert!(page.count("[data-testid^='picture-'] table") >= 5);
        page.is_readable_and_reachable(&format!("coverage-{width}"));
    }
}

#[test]
fn every_room_can_be_read_and_reached_by_telephone_and_in_the_office() {
    let server = campaign_under_way();
    for (width, height) in SIZES {
        for (name, rooms) in [
            (
                "Issa",
                ["campaign", "questionnaire", "people", "people/Awa", "devices", "audit", "account"]
                    .as_slice(),
            ),
            ("Nana", ["exports", "campaign"].as_slice()),
            ("Fanta", ["account", "withdrawals", "identities"].as_slice()),
        ] {
            let page = browser::open(&server.url(), width, height);
            sign_in(&page, name);
            for room in rooms {
                enter(&page, room);
                page.find("main h1");
                page.gone("[aria-busy='true']");
                page.is_readable_and_reachable(&format!("room-{}-{width}", room.replace('/', "-")));
            }
        }
    }
}

#[test]
fn a_lost_telephone_is_shut_out_or_erased_from_its_card() {
    let server = TestServer::serving();
    server.add("Issa", "admin");
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    let id = tell(&device, "Le puits");
    sync(&device);
    let page = browser::open(&server.url(), 1280, 800);
    sign_in(&page, "Issa");
    enter(&page, "devices");
    page.until_there_are("[data-testid='device']", 1);
    assert!(!page.text("app").is_empty() && !page.text("free").is_empty());
    page.tap("erase");
    page.shot("devices-erase");
    page.tap("confirm");
    page.find("[data-testid='device'][data-standing='asked']");
    let told = tell(&device, "Dit avant l'effacement");
    assert_ne!(id, told);
    let _ = device.sync(|_| {});
    page.find("[data-testid='device'][data-standing='done']");
    assert_eq!(server.stories().len(), 2, "what was told on it came first");
}

#[test]
fn a_campaign_is_written_from_nothing_put_right_ended_and_brought_in_from_a_file() {
    let server = TestServer::serving();
    server.add("Nana", "analyst");
    let page = browser::open(&server.url(), 360, 640);
    sign_in(&page, "Nana");
    enter(&page, "campaign");
    page.tap("campaign-new");
    page.tap("start-empty");
    page.pick("campaign-start", "2026-12-31");
    page.pick("campaign-end", "2026-01-01");
    page.tap("campaign-save");
    // What cannot even be sent is said where it stands, in her language whatever the browser's.
    let said = page.run("return document.activeElement.validationMessage");
    assert_eq!(said, "Donnez un nom à la campagne.");
    page.write("campaign-name", "Récits de Ségou 2026");
    page.rewrite("campaign-id", "Ségou 2026");
    page.tap("campaign-save");
    let said = page.run("return document.activeElement.validationMessage");
    assert!(said.as_str().unwrap().contains("sans accent"), "{said}");
    page.rewrite("campaign-id", "segou-2026");
    page.tap("campaign-save");
    page.until_there_are("[data-testid='finding']", 3);
    let told = page.text("campaign-findings");
    for wrong in ["elle finit le 01/01/2026", "aucune commune", "texte de consentement"] {
        assert!(told.contains(wrong), "{wrong}: {told}");
    }
    page.is_readable_and_reachable("campaign-wrong");

    // What was typed stays, and is put right where it stands.
    page.pick("campaign-end", "2027-03-31");
    page.write("campaign-place", "Ségou");
    page.write("communes", "Pelengana\nSébougou\n");
    page.write("consent-fr", "Acceptez-vous que nous parlions ?");
    page.rewrite("maker-number", "3");
    page.tap("make-commune_sex");
    page.until_there_are("[data-testid='target']", 4);
    page.tap("campaign-save");
    page.see("campaign-done");
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    let file = nana.get_granted("GET", "campaigns/segou-2026/file", &NOTHING);
    assert_eq!(file["communes"], json!(["Pelengana", "Sébougou"]));
    assert_eq!(file["plan"]["targets"][3]["stories"], 3);
    assert_eq!(file["plan"]["targets"][3]["commune"], "Sébougou");

    page.tap("campaign-archive");
    page.tap("confirm");
    page.see("campaign-archived");
    page.tap("campaign-bring-back");
    page.gone("[data-testid='campaign-archived']");

    // Its file, as the room gives it, makes the same elsewhere: here, under another name.
    let folder = tempfile::tempdir().unwrap();
    let torn = folder.path().join("dechire.json");
    std::fs::write(&torn, "{ \"name\": \"Récits de").unwrap();
    let mut taken = file.clone();
    taken["id"] = json!("koulikoro");
    taken["name"] = json!("Récits de Koulikoro");
    let whole = folder.path().join("campagne.json");
    std::fs::write(&whole, taken.to_string()).unwrap();
    page.tap("campaign-new");
    page.attach("start-file", &torn);
    page.see("file-unreadable");
    page.attach("start-file", &whole);
    assert!(page.text("file-holds").contains("Récits de Koulikoro"));
    page.tap("file-begin");
    page.tap("campaign-save");
    page.see("campaign-done");
    let brought = nana.get_granted("GET", "campaigns/koulikoro/file", &NOTHING);
    assert_eq!(brought["plan"], file["plan"]);
}

#[test]
fn an_administrator_shuts_somebody_out_takes_a_code_back_and_checks_the_log() {
    let server = TestServer::serving();
    server.add("Issa", "admin");
    server.add("Awa", "collector");
    server.add("Nana", "analyst");
    server.code("Awa");
    let page = browser::open(&server.url(), 360, 640);
    sign_in(&page, "Issa");
    let nanas = browser::open(&server.url(), 360, 640);
    sign_in(&nanas, "Nana");

    enter(&page, "people/Nana");
    page.tap("disable");
    page.tap("confirm");
    page.see("enable");
    enter(&nanas, "coverage");
    nanas.see("sign-in");

    enter(&page, "devices");
    page.tap("open-codes");
    page.until_there_are("[data-testid='open-code']", 1);
    page.tap("take-back");
    page.until_there_are("[data-testid='open-code']", 0);

    enter(&page, "audit");
    page.tap("verify");
    assert!(page.text("verified").contains("intact"), "{}", page.text("verified"));
    page.is_readable_and_reachable("audit-verified");
}
