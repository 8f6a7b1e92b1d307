//! Questionnaires as workbooks: what authors make in a spreadsheet, what others made, and what nobody should be hurt by.

use blon_core::questionnaire::read::read;
use blon_core::questionnaire::workbook::Workbook;
use blon_server::workbooks::{Verdict, WORKBOOK_BYTES, workbook, written};
use blon_tests::collecting::{collector, open, sync};
use blon_tests::fixtures::{campaign_file, questionnaire, questionnaire_file};
use blon_tests::places::{binary, project};
use blon_tests::server::TestServer;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn form(rows: Value) -> Workbook {
    serde_json::from_value(rows).unwrap()
}

/// What the tool says of a file; none of its commands needs a data folder for it.
fn check(file: &Path) -> (bool, Value) {
    let output = Command::new(binary("blon-server"))
        .args(["questionnaire", "check", "--json"])
        .arg(file)
        .output()
        .unwrap();
    (output.status.success(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_kangaba_questionnaire_is_the_same_as_a_workbook_and_as_rows() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("kangaba.xlsx");
    let export = |from: &Path| {
        let mut tool = Command::new(binary("blon-server"));
        tool.args(["questionnaire", "export", "--json"]).arg(from).arg(&to).output().unwrap()
    };
    assert!(export(&questionnaire_file()).status.success());
    assert!(!export(&questionnaire_file()).status.success(), "a file that is there is left alone");
    let (from_rows, from_workbook) = (questionnaire(), workbook(&std::fs::read(&to).unwrap()).unwrap());
    assert_eq!(
        read(&from_rows).unwrap(),
        read(&from_workbook).unwrap(),
        "what is asked is the same, to the last word"
    );
    let (ok, verdict) = check(&to);
    assert!(ok && verdict["ok"] == true && verdict["errors"] == json!([]));
    assert_eq!(verdict["questions"], check(&questionnaire_file()).1["questions"]);
    assert!(verdict["questions"].as_u64().unwrap() > 40);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place() {
    let wrong = form(json!({
        "survey": [
            { "type": "text", "name": "who", "label": "Qui ?" },
            { "type": "barcode", "name": "code", "label": "Code" },
            { "type": "select_one yes_no", "name": "sure", "label": "Sûr ?" },
            { "type": "integer", "name": "age", "label": "Âge", "constraint": ". >" }
        ]
    }));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faux.xlsx");
    std::fs::write(&file, written(&wrong).unwrap()).unwrap();
    let (ok, verdict) = check(&file);
    assert!(!ok && verdict["ok"] == false);
    let places: Vec<_> =
        verdict["errors"].as_array().unwrap().iter().map(|e| (&e["row"], &e["column"])).collect();
    let expected =
        [(3, "type"), (4, "type"), (5, "constraint")].map(|(row, column)| (json!(row), json!(column)));
    assert_eq!(places, expected.iter().map(|(row, column)| (row, column)).collect::<Vec<_>>());
    let first = &verdict["errors"][0];
    assert_eq!(first["message"], "the type \"barcode\" is not supported");
    assert_eq!(first["fr"], "le type «\u{202f}barcode\u{202f}» n’est pas pris en charge");
}

fn said(file: &[u8]) -> String {
    let verdict = Verdict::of(file);
    assert!(!verdict.ok);
    for error in &verdict.errors {
        assert!(!error.fr.is_empty() && error.fr != error.message, "{error:?}");
    }
    verdict.errors[0].message.clone()
}

/// An archive that holds one file of so many zeros: a thousandth of its size.
fn bomb(bytes: usize) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1024 * 1024];
    (0..bytes / zeros.len()).for_each(|_| archive.write_all(&zeros).unwrap());
    archive.finish().unwrap().into_inner()
}

#[test]
fn files_that_mean_harm_are_refused_in_words() {
    assert!(said(b"").contains("no workbook"));
    assert!(said(b"PK but nothing more").contains("cannot be read"));
    assert!(said(&[0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]).contains("cannot be read"));
    assert!(said(&vec![b' '; WORKBOOK_BYTES + 1]).contains("at most 20 MB"));
    assert!(said(&bomb(300 * 1024 * 1024)).contains("unpacks to more than"));
    let mut cut = written(&questionnaire()).unwrap();
    cut.truncate(cut.len() / 2);
    assert!(said(&cut).contains("cannot be read"));

    // Two cells may claim a sheet of a thousand million.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Survey").unwrap();
    for (column, text) in [(0, "type"), (1, "name"), (2, "label")] {
        sheet.write_string(0, column, text).unwrap();
    }
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    assert!(said(&book.save_to_buffer().unwrap()).contains("rows"));
}

#[test]
fn ten_thousand_choices_are_no_trouble() {
    let choices: Vec<Value> = (0..10_000)
        .map(|n| json!({ "list_name": "villages", "name": format!("v{n}"), "label": format!("Village {n}") }))
        .collect();
    let large = form(json!({
        "survey": [{ "type": "select_one villages", "name": "village", "label": "Où ?" }], "choices": choices
    }));
    let verdict = Verdict::of(&written(&large).unwrap());
    assert_eq!((verdict.ok, verdict.questions), (true, 1));
}

#[test]
fn numbers_and_days_of_a_spreadsheet_are_read_as_people_see_them() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name(" SURVEY ").unwrap();
    for (column, text) in [(0, "type"), (1, "name"), (2, "label"), (3, "default"), (4, "required")] {
        sheet.write_string(0, column, text).unwrap();
    }
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (row, kind, name) in [(1, "integer", "age"), (2, "decimal", "part"), (3, "date", "day")] {
        sheet.write_string(row, 0, kind).unwrap();
        sheet.write_string(row, 1, name).unwrap();
        sheet.write_string(row, 2, name).unwrap();
    }
    sheet.write_number(1, 3, 25.0).unwrap();
    sheet.write_number(2, 3, 0.5).unwrap();
    let told = rust_xlsxwriter::ExcelDateTime::from_ymd(2022, 9, 14).unwrap();
    sheet.write_datetime_with_format(3, 3, &told, &day).unwrap();
    sheet.write_boolean(1, 4, true).unwrap();
    let read = workbook(&book.save_to_buffer().unwrap()).unwrap();
    let defaults: Vec<&str> = read.survey.iter().map(|row| row.cell("default")).collect();
    assert_eq!(defaults, ["25", "0.5", "2022-09-14"]);
    assert_eq!(read.survey[0].cell("required"), "true");
}

/// What becomes of forms that others wrote (pyxform's examples, where they lie beside the project): docs/questionnaire.md says
/// the same, with the reasons.
#[test]
fn forms_that_others_wrote_come_to_what_the_docs_say() {
    let docs = std::fs::read_to_string(project().join("docs/questionnaire.md")).unwrap();
    let listed: Vec<(&str, bool)> = docs
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split('|');
            let name = cells.next()?.trim().strip_suffix('`')?;
            Some((name, cells.next()?.contains("asked"))).filter(|_| name.contains(".xls"))
        })
        .collect();
    assert!(listed.len() >= 28, "the docs list every form: {listed:?}");
    let folder = project().join("../shared/data/xlsforms");
    for (name, asked) in listed.into_iter().filter(|_| folder.exists()) {
        let verdict = Verdict::of(&std::fs::read(folder.join(name)).unwrap());
        assert_eq!(verdict.ok, asked, "{name}: {:?}", verdict.errors);
        assert!(
            verdict.errors.iter().all(|finding| finding.row > 0 && !finding.message.is_empty()),
            "{name}"
        );
    }
}

#[test]
fn a_new_questionnaire_comes_with_a_sync_and_drafts_go_on() {
    let server = TestServer::serving();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let id = awa.begin_interview("fr", false).unwrap().id;
    awa.answer(id, "check_purpose", "yes", "fr").unwrap();
    let mut asked = questionnaire();
    let row = asked.survey.iter_mut().find(|row| row.cell("name") == "check_purpose").unwrap();
    row.0.insert("label::Français (fr)".to_owned(), "Sauriez-vous le dire en une phrase ?".to_owned());
    asked.settings[0].0.insert("version".to_owned(), "suivante".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("suivante.xlsx");
    std::fs::write(&file, written(&asked).unwrap()).unwrap();
    let files = [campaign_file().to_str().unwrap().to_owned(), file.to_str().unwrap().to_owned()];
    server.run(&["campaign", "import", &files[0], "--questionnaire", &files[1]]);
    sync(&awa);
    let now = awa.interview(id, "fr").unwrap();
    let before = now.items.iter().find(|item| item.path.ends_with("check_purpose")).unwrap();
    assert_eq!(before.answer, "yes", "nothing of the draft is lost");
    assert!(serde_json::to_string(before).unwrap().contains("Sauriez-vous le dire en une phrase ?"));
}
