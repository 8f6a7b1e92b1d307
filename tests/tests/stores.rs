//! Headquarters keeps the same in both databases: the embedded one, and a PostgreSQL that several processes share. What the suites
//! show that `cargo xtask test` runs on each of them (BLON_TEST_DATABASE) is not shown again here.

use blon_core::error::Code;
use blon_core::id::StoryId;
use blon_core::queue::{HasEvidence, QueueOrder, QueueQuery, StoryRow};
use blon_core::record::{Act, Deed, Record};
use blon_core::review::Role;
use blon_core::story::Story;
use blon_device::intake::StoryFile;
use blon_server::Headquarters;
use blon_server::people::Sight;
use blon_server::store::NEAR;
use blon_server::view::NewPerson;
use blon_tests::collecting::{collector, open, sync};
use blon_tests::fixtures::stories;
use blon_tests::many::{add, bringing, device, kangaba, last, put, record, signed_off};
use blon_tests::postgres::{Postgres, both};
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use chrono::Utc;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[test]
fn words_find_the_same_stories_in_both_whatever_accents_they_are_written_with() {
    let Some(postgres) = Postgres::shared() else { return };
    let titles = [
        "L’élève de Kéniéro",
        "Les bœufs du Œdème",
        "Ɲɛgɛnw ka baara",
        "Leau et l’eau du puits",
        "Séléfougou, 12 récoltes",
        "ELEVAGE À NOUGA",
        "Un mot: aujourd’hui-même (2022)",
        "Çà et là",
    ];
    let words = [
        "eleve",
        "élève",
        "ÉLÈV",
        "keniero",
        "kéniero",
        "boeuf",
        "bœuf",
        "oedeme",
        "ɲɛgɛn",
        "l'eau",
        "l’eau",
        "eau",
        "leau",
        "12",
        "selefougou reco",
        "recoltes sele",
        "nouga elev",
        "aujourd'hui",
        "aujourdhui",
        "hui-même",
        "2022",
        "ça",
        "ca la",
        "zébu",
        "...",
        "mot: un",
        "\"puits\"",
        "pu*",
        "les du",
        "'",
        "a & b",
        "a | b",
        "!eau",
        "eau:*",
    ];
    // PostgreSQL looks in another way for words that it knows to be in few stories: what is in one of 24 is.
    let places =
        [(None, false), (Some(postgres.new_database()), false), (Some(postgres.new_database()), true)];
    let found = places.map(|(database, is_analysed)| {
        let mut server = TestServer::keeping_in(database.clone());
        server.start();
        server.add("Modibo", "supervisor");
        let awa = open(&collector(&server, "Awa", &server.url()));
        let mut names = BTreeMap::new();
        let others: Vec<String> = (0..16).map(|number| format!("Autre {number}")).collect();
        for title in titles.into_iter().chain(others.iter().map(String::as_str)) {
            let mut story = stories()[0].clone();
            story["title"] = title.into();
            let id = awa.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
            awa.finalise(id).unwrap();
            names.insert(id.to_string(), title.to_owned());
        }
        sync(&awa);
        let modibo = Supervisor::sign_in(&server.url(), "Modibo");
        assert_eq!(modibo.stories().len(), 24);
        if is_analysed {
            note_words(&database.unwrap());
        }
        words.map(|words| {
            let query = format!("count=50&words={}", percent(words));
            let list = modibo.queue(&query);
            let mut found: Vec<String> = list["stories"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| names[row["id"].as_str().unwrap()].clone())
                .collect();
            found.sort_unstable();
            (words, found, list["counts"].clone())
        })
    });
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
    let of = |words: &str| found[0].iter().find(|(asked, ..)| *asked == words).unwrap().1.clone();
    assert_eq!(of("eleve"), ["L’élève de Kéniéro"]);
    assert_eq!(of("ɲɛgɛn"), ["Ɲɛgɛnw ka baara"]);
    assert_eq!(of("zébu"), Vec::<String>::new());
}

/// PostgreSQL notes which words are the commonest.
fn note_words(database: &str) {
    let mut client = postgres::Client::connect(database, postgres::NoTls).unwrap();
    client.batch_execute("ANALYZE line_words").unwrap();
}

/// More than are counted of one state.
const MANY: u32 = 1_600;

/// Stories of three collectors in two teams, told in turns in three communes, on two days or none, at several levels.
fn many(headquarters: &Headquarters) {
    for (name, team) in [("Awa", "kangaba"), ("Bintou", "kangaba"), ("Moussa", "kati")] {
        let person = NewPerson { name: name.parse().unwrap(), role: Role::Collector, team: team.to_owned() };
        headquarters.add_people(&[person], None, None).unwrap();
    }
    let told = |number: u32| {
        let mut record = record(number);
        // The last are alone in what they are.
        let of = |each: [&str; 3], number: u32| each[(number % 3) as usize].to_owned();
        let collector =
            if number < 1_590 { of(["Awa", "Bintou", "Awa"], number) } else { "Moussa".to_owned() };
        record.author = collector.parse().unwrap();
        let Act::Finalise { story, .. } = &mut record.act else { unreachable!() };
        story.context.commune = of(["Nouga", "Karan", ""], number / 2);
        let day = of(["2022-10-03", "2022-11-07", ""], number / 5);
        story.context.date = day.parse().ok();
        if number % 700 == 1 {
            story.context.date = "2022-12-01".parse().ok();
        }
        story.training = number.is_multiple_of(50);
        let level = |level: &str| serde_json::from_value(change(level)).unwrap();
        if number.is_multiple_of(4) {
            story.changes.push(level("individual"));
        }
        if number.is_multiple_of(6) {
            story.changes.extend([level("individual"), level("associative")]);
        }
        record
    };
    let all = headquarters.store.write(|tx| {
        (0..MANY).try_for_each(|number| {
            put(tx, &told(number))?;
            // As if others had come in between: the index of words is cut by arrivals (crates/server/src/store/words.rs).
            let last = tx.last_seq(&kangaba())?;
            if number % 400 == 399 { tx.set_last_seq(&kangaba(), last + 20_000) } else { Ok(()) }
        })
    });
    all.unwrap();
    headquarters.refresh().unwrap();
}

fn change(level: &str) -> Value {
    json!({
        "id": Uuid::now_v7(), "level": level, "who": "Les piroguiers", "what": "font passer tout le monde", "when": "depuis 2021",
        "where": "au débarcadère", "direction": "positive", "expected": false, "importance": 4, "importance_reason": "",
        "contribution": "none", "contribution_reason": "", "other_causes": "", "without": "",
        "project_named": "not_at_all", "evidence": []
    })
}

#[test]
fn a_page_and_its_counts_are_what_looking_through_every_story_gives() {
    let unnoted = both().into_iter().map(|database| (database, None));
    // PostgreSQL looks in another way for words that it knows to be in few stories, or has not noted: by the notes of all of them some
    // are, and by those of the first alone each is.
    let noted = Postgres::shared()
        .into_iter()
        .flat_map(|postgres| [1, MANY].map(|stories| (Some(postgres.new_database()), Some(stories))));
    for (database, noted) in unnoted.chain(noted) {
        let mut server = TestServer::keeping_in(database.clone());
        server.start();
        server.add("Modibo", "supervisor");
        let headquarters = server.headquarters();
        if noted == Some(1) {
            let mut other = record(MANY);
            other.author = "Modibo".parse().unwrap();
            let Act::Finalise { story, .. } = &mut other.act else { unreachable!() };
            story.title = "Autre".to_owned();
            headquarters.store.write(|tx| put(tx, &other)).unwrap();
            headquarters.refresh().unwrap();
            note_words(database.as_ref().unwrap());
        }
        many(&headquarters);
        if noted == Some(MANY) {
            note_words(database.as_ref().unwrap());
        }
        let modibo = Supervisor::sign_in(&server.url(), "Modibo");
        let first = modibo.queue("count=40&words=recit%2044");
        for row in first["stories"].as_array().unwrap() {
            modibo.approve(row["id"].as_str().unwrap());
        }
        let reader = headquarters.store.read(|tx| tx.person(&"Modibo".parse().unwrap())).unwrap().unwrap();
        let mut all = headquarters.all_stories(&kangaba(), false).unwrap().stories;
        all.extend(headquarters.all_stories(&kangaba(), true).unwrap().stories);
        assert_eq!(all.len(), MANY as usize + usize::from(noted == Some(1)));

        let asked = [
            "",
            "training",
            "commune=Nouga",
            "collector=Moussa",
            "collector=Awa status=approved",
            "collector=Bintou commune=Karan",
            "level=associative",
            "level=individual commune=Nouga",
            "status=approved",
            "order=waiting",
            "order=waiting status=approved",
            "order=waiting level=associative",
            "evidence=none",
            "evidence=missing",
            "from=2022-11-01",
            "to=2022-10-31",
            "from=2022-12-01 to=2022-12-01",
            "from=2022-10-01 to=2022-10-31 level=individual",
            "from=2022-10-01 to=2022-10-31 collector=Bintou",
            "from=2022-10-01 to=2022-10-31 words=44",
            "from=2022-12-01 to=2022-12-31 words=recit",
            "from=2022-11-30 to=2022-12-31 level=individual status=approved",
            "from=2022-12-02 to=2022-12-31 commune=Nouga",
            "from=2020-01-01 to=2022-12-31 evidence=none",
            "words=recit",
            "words=recit collector=Moussa",
            "words=recit order=waiting",
            "words=1599",
            "words=recit status=approved",
            "words=44 collector=Awa",
            "words=44 order=waiting",
            "words=4 commune=Karan status=received",
            "words=44 status=approved",
            "words=zebu",
        ];
        for (asked, reader) in asked.iter().flat_map(|asked| [(asked, None), (asked, Some(&reader))]) {
            let query = query(asked);
            let seen = |row: &&StoryRow| reader.is_none() || row.collector.as_str() != "Moussa";
            let wanted: Vec<&StoryRow> = all.iter().filter(seen).filter(|row| wants(&query, row)).collect();
            let mut counts = BTreeMap::new();
            wanted.iter().for_each(|row| *counts.entry(row.status).or_insert(0) += 1);
            let wanted: BTreeSet<StoryId> = wanted
                .iter()
                .filter(|row| query.status.is_none_or(|status| row.status == status))
                .map(|row| row.id)
                .collect();

            let (mut found, mut query) = (Vec::new(), query);
            // Of what goes on and on the first pages.
            while found.len() < 1_200 {
                let page = headquarters.stories(&kangaba(), reader, &query).unwrap();
                found.extend(page.stories.iter().map(|row| row.id));
                let counted: BTreeMap<_, u32> = page.counts.iter().copied().collect();
                match page.counted_to {
                    None => assert_eq!(counted, counts, "{asked}"),
                    // Of words that are in nearly all.
                    Some(0) => assert!(asked.starts_with("words=recit"), "{asked}"),
                    // So many of a state are counted where nobody keeps their count.
                    Some(most) => {
                        let to: BTreeMap<_, _> =
                            counts.iter().map(|(of, count)| (*of, (*count).min(most))).collect();
                        assert_eq!(counted, to, "{asked}");
                    }
                }
                let Some(next) = page.next else { break };
                query.after = next;
            }
            let whole = found.len() < 1_200;
            assert!(!whole || found.len() == wanted.len(), "{asked}: {} of {}", found.len(), wanted.len());
            let once: BTreeSet<StoryId> = found.iter().copied().collect();
            assert!(once.len() == found.len() && once.is_subset(&wanted), "{asked}");
        }
    }
}

#[test]
fn of_a_large_batch_each_record_is_judged_by_those_before_it() {
    for database in both() {
        let mut server = TestServer::keeping_in(database);
        server.start();
        let headquarters = server.headquarters();
        let teller = open(&collector(&server, "Awa", &server.url()));
        let (awas, _) = device(&server, &headquarters, "Awa");
        let story = teller.take_in(StoryFile::read(&stories()[0].to_string()).unwrap(), &[]).unwrap().id;
        teller.finalise(story).unwrap();
        let story = teller.story(story).unwrap().story;
        let told = |number| {
            let title = format!("Récit {number}");
            signed_off(Story { title, ..story.clone() }, &awas)
        };
        let mut records: Vec<Record> = (0..60).map(told).collect();
        // Once more, and as if it were another; both far from the first.
        records[20] = records[3].clone();
        records[45] = Record { id: records[2].id, ..told(45) };
        // Corrections, of a story near by and of one far away; and one of what is not here.
        for (place, of) in [(9, 8), (50, 8), (51, 30)] {
            let builds_on = vec![records[of].id];
            records[place] = Record { story: records[of].story, builds_on, ..told(place) };
        }
        records[59] = Record { story: records[40].story, builds_on: vec![records[33].id], ..told(59) };
        let mut bodies: Vec<_> = records.iter().map(|record| to_raw_value(record).unwrap()).collect();
        bodies[33] = to_raw_value(&json!({ "id": records[33].id, "act": "none" })).unwrap();

        let refused = |bodies: &[Box<RawValue>]| {
            let answer = headquarters.sync(&awas, bringing(bodies.to_vec()), Utc::now()).unwrap();
            assert_eq!(
                answer.acknowledged.iter().map(|one| one.id).collect::<Vec<_>>(),
                records.iter().map(|record| Some(record.id)).collect::<Vec<_>>()
            );
            let refused = answer.acknowledged.into_iter().map(|one| one.refused.map(|problem| problem.code));
            refused.enumerate().filter_map(|(place, code)| Some((place, code?))).collect::<Vec<_>>()
        };
        let expected =
            [(33, Code::RecordMalformed), (45, Code::RecordIdTaken), (59, Code::RecordBuildsOnUnknown)];
        assert_eq!(refused(&bodies), expected);
        assert_eq!(last(&headquarters), 56, "each that is here has a number, and no other");
        assert_eq!(refused(&bodies), expected, "what comes again is judged the same");
        assert_eq!(last(&headquarters), 56);
        let of = |place: usize| headquarters.store.read(|tx| tx.records_of(records[place].story)).unwrap();
        assert_eq!(of(8), [8, 9, 50].map(|place| records[place].clone()));
        assert_eq!(of(30), [30, 51].map(|place| records[place].clone()));
    }
}

#[test]
fn a_device_that_begins_anew_hears_the_same_as_one_that_was_there_all_the_time() {
    for database in both() {
        let mut server = TestServer::keeping_in(database);
        server.start();
        let headquarters = server.headquarters();
        many(&headquarters);
        let (moussas, _) = device(&server, &headquarters, "Moussa");
        // What their device brought is heard of by whoever has it, of whomever it is.
        let mut brought = record(MANY);
        brought.device = Some(moussas.id);
        headquarters.store.write(|tx| put(tx, &brought)).unwrap();
        let last = last(&headquarters);
        assert!(last > NEAR, "it is looked for otherwise where there is more than that");
        let name = |name: &str| name.parse().unwrap();
        let sights =
            [Sight::Own(name("Bintou")), Sight::Team("kangaba".to_owned()), Sight::Nothing, Sight::All];
        let kept = [Vec::new(), vec![Deed::Finalise]];
        for (sight, kept) in sights.iter().flat_map(|sight| kept.iter().map(move |kept| (sight, kept))) {
            let heard = |since, to, most| {
                let records =
                    headquarters.store.read(|tx| tx.records_after(&moussas, sight, kept, since, to, most));
                records.unwrap()
            };
            let mut by_and_by = heard(0, last / 2, 5_000);
            by_and_by.extend(heard(last / 2, last, 5_000));
            let at_once = heard(0, last, 5_000);
            assert_eq!(at_once.last().map(|(_, id, _)| *id), Some(brought.id));
            assert!(at_once == by_and_by, "{sight:?}: {} and {}", at_once.len(), by_and_by.len());
            assert!(heard(0, last, 7)[..] == by_and_by[..by_and_by.len().min(7)], "{sight:?}");
        }
    }
}

#[test]
fn a_story_that_cannot_be_read_keeps_nobody_from_the_others() {
    let mut server = TestServer::keeping_in(None);
    server.start();
    let headquarters = server.headquarters();
    let person = NewPerson { name: "Awa".parse().unwrap(), role: Role::Collector, team: String::new() };
    headquarters.add_people(&[person], None, None).unwrap();
    headquarters.store.write(|tx| (0..3).try_for_each(|number| add(tx, number))).unwrap();
    let database = rusqlite::Connection::open(server.data().join("headquarters.db")).unwrap();
    let broken = "UPDATE record SET body = '{' WHERE seq = 2";
    assert_eq!(database.execute(broken, []).unwrap(), 1);

    let shown = || headquarters.all_stories(&kangaba(), false).unwrap().stories.len();
    assert_eq!(shown(), 2);
    headquarters.store.write(|tx| add(tx, 4)).unwrap();
    assert_eq!(shown(), 3);
    let told = server.tool(&["doctor"]).output().unwrap();
    assert!(!told.status.success() && String::from_utf8_lossy(&told.stdout).contains("record"), "{told:?}");
}

/// A query in words that are quickly written: `commune=Nouga order=waiting`.
fn query(asked: &str) -> QueueQuery {
    let mut query = json!({ "count": 200, "training": asked == "training" });
    for (name, value) in asked.split(' ').filter_map(|word| word.split_once('=')) {
        query[name] = value.into();
    }
    serde_json::from_value(query).unwrap()
}

/// What a query asks for, but for its state, as its documentation says.
fn wants(query: &QueueQuery, row: &StoryRow) -> bool {
    let title = row.title.replace('é', "e").to_lowercase();
    let has = |word: &str| title.split(' ').any(|told| told.starts_with(word));
    row.training == query.training
        && query.words.split(' ').all(has)
        && (query.commune.is_empty() || row.commune == query.commune)
        && query.collector.as_ref().is_none_or(|name| row.collector == *name)
        && query.level.is_none_or(|level| row.levels.contains(&level))
        && query.from.is_none_or(|from| row.date.is_some_and(|date| date >= from))
        && query.to.is_none_or(|to| row.date.is_some_and(|date| date <= to))
        && query.evidence.is_none_or(|evidence| (evidence == HasEvidence::None) == row.evidence.is_empty())
        && (query.order == QueueOrder::Newest || row.waiting_since.is_some())
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let Some(postgres) = Postgres::shared() else { return };
    let (embedded, shared) = (TestServer::keeping_in(None), postgres.new_database());
    let _made = TestServer::keeping_in(Some(shared.clone()));
    let file = rusqlite::Connection::open(embedded.data().join("headquarters.db")).unwrap();
    let sql = "SELECT t.name || '.' || c.name FROM pragma_table_list t, pragma_table_info(t.name) c
               WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
    let mut statement = file.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let mut here: BTreeSet<String> = rows.map(rusqlite::Result::unwrap).collect();
    let mut client = postgres::Client::connect(&shared, postgres::NoTls).unwrap();
    let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'";
    let mut there: BTreeSet<String> = client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    // The index of words is each database's own.
    there.retain(|column| !column.starts_with("line_words."));
    here.retain(|column| !column.starts_with("line_part."));
    assert_eq!(here, there);
}

#[test]
fn a_letter_that_no_text_has_is_refused_before_any_list_is_made() {
    for database in both() {
        let mut server = TestServer::keeping_in(database);
        server.start();
        server.add("Modibo", "supervisor");
        let awa = open(&collector(&server, "Awa", &server.url()));
        let told = |title: &str| {
            let mut story = stories()[0].clone();
            story["title"] = title.into();
            let id = awa.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id;
            awa.finalise(id).unwrap();
            sync(&awa)
        };
        assert_eq!(told("Le\u{0}puits").refused, 1);
        assert_eq!(told(r"Le dossier C:\u0000 du puits").refused, 0, "people may type that");
        assert_eq!(Supervisor::sign_in(&server.url(), "Modibo").stories().len(), 1);
    }
}
