//! What somebody tries who has a device's secret, a session, or heard what went over a line: to take others' stories, to say what
//! others said, to be more than they are. The routes by themselves stand in `matrix.rs`, one's own sight in `access.rs`.

use blon_tests::collecting::{collector, open, sync, tell, tell_with_file};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::{Supervisor, http, told};
use blon_tests::uploading::token;
use blon_tests::wire::{enrol_by_hand, problem};
use reqwest::Method;
use serde_json::{Value, json};

const NOTHING: Value = Value::Null;

/// Awa's story is at headquarters; Bakary collects for the same team, and Modibo supervises it.
struct Rooms {
    server: TestServer,
    awa: TestDevice,
    bakary: TestDevice,
    modibo: Supervisor,
}

fn rooms() -> Rooms {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let (awa, bakary) =
        (collector(&server, "Awa", &server.url()), collector(&server, "Bakary", &server.url()));
    tell_with_file(&open(&awa), "Le puits", 9_000);
    sync(&open(&awa));
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    Rooms { server, awa, bakary, modibo }
}

impl Rooms {
    /// Sends these records by this secret; gives for each the code it was refused by, if it was.
    fn send(&self, token: &str, records: &[&Value]) -> Vec<Option<String>> {
        let ask = json!({ "protocol": 5, "since": 0, "records": records });
        let request = http().build().unwrap().post(format!("{}/v1/sync", self.server.url()));
        let (status, answer) = told(request.bearer_auth(token).json(&ask));
        assert_eq!(status, 200, "{answer}");
        let told = answer["acknowledged"].as_array().unwrap().iter();
        told.map(|one| one["refused"]["code"].as_str().map(str::to_owned)).collect()
    }

    /// Awa's record, exactly as it went over the line: another device of hers fetches it from the beginning.
    fn heard(&self) -> Value {
        let (_, token) = enrol_by_hand(&self.server, "Awa");
        let ask = json!({ "protocol": 5, "since": 0, "records": [] });
        let request = http().build().unwrap().post(format!("{}/v1/sync", self.server.url()));
        told(request.bearer_auth(token).json(&ask)).1["records"][0].clone()
    }
}

fn changed(record: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut record = record.clone();
    change(&mut record);
    record
}

fn refused(code: &str) -> Option<String> {
    Some(code.to_owned())
}

#[test]
fn what_was_heard_on_the_line_counts_once_and_for_nobody_else() {
    let rooms = rooms();
    let record = rooms.heard();
    let before = rooms.server.stories();
    let (awas, bakarys) = (token(&rooms.awa), token(&rooms.bakary));
    assert_eq!(rooms.send(&awas, &[&record, &record]), [None, None], "it is here already");
    assert_eq!(rooms.send(&bakarys, &[&record]), [refused("record_not_yours")]);
    assert_eq!(rooms.server.stories(), before);

    // The same bytes with one thing changed: her words, under the same name.
    let other = changed(&record, |record| record["act"]["story"]["narrative"]["now"] = "Rien.".into());
    assert_eq!(rooms.send(&awas, &[&other]), [refused("record_id_taken")]);
}

#[test]
fn nobody_signs_for_another_nor_by_anothers_device() {
    let rooms = rooms();
    let record = rooms.heard();
    let before = rooms.server.stories();
    let bakarys = token(&rooms.bakary);
    let devices = [&rooms.server.devices_of("Awa")[0]["id"], &rooms.server.devices_of("Bakary")[0]["id"]];
    let nobodys: Value = "01890a5d-ac96-774b-bcce-b302099a8057".into();
    let forged = |number: u32, author: &str, device: &Value, campaign: &str| {
        changed(&record, |record| {
            record["id"] = format!("018f0000-0000-7000-8000-{number:012}").into();
            record["story"] = format!("018f0000-0000-7000-9000-{number:012}").into();
            (record["author"], record["campaign"]) = (author.into(), campaign.into());
            record["device"] = device.clone();
        })
    };
    for (number, (author, device, campaign, code)) in (1..).zip([
        ("Awa", devices[0], CAMPAIGN, "record_not_yours"),
        ("Awa", devices[1], CAMPAIGN, "record_not_yours"),
        ("Bakary", devices[0], CAMPAIGN, "record_not_yours"),
        ("Bakary", &nobodys, CAMPAIGN, "record_not_yours"),
        ("Bakary", &NOTHING, CAMPAIGN, "record_not_yours"),
        ("Modibo", &NOTHING, CAMPAIGN, "record_not_yours"),
        ("Bakary", devices[1], "segou-2026", "record_wrong_campaign"),
    ]) {
        let forged = forged(number, author, device, campaign);
        assert_eq!(rooms.send(&bakarys, &[&forged]), [refused(code)], "{author} {device} {campaign}");
    }
    // What he may say he may: the forgeries failed by what they claim.
    assert_eq!(rooms.send(&bakarys, &[&forged(9, "Bakary", devices[1], CAMPAIGN)]), [None]);
    assert_eq!(rooms.server.stories().len(), before.len() + 1);
}

#[test]
fn a_device_that_was_shut_out_opens_nothing_and_nobody_speaks_for_it() {
    let rooms = rooms();
    let record = rooms.heard();
    let file = rooms.server.stories()[0]["evidence"][0]["sha256"].as_str().unwrap().to_owned();
    let (lost, stolen) = (rooms.server.devices_of("Awa")[0]["id"].clone(), token(&rooms.awa));
    tell(&open(&rooms.awa), "Dit par qui l'a trouvé");
    let parcel = rooms.awa.path("trouve.blon");
    rooms.awa.run(&["export", parcel.to_str().unwrap()]);
    rooms.server.run(&["device", "revoke", lost.as_str().unwrap()]);

    let client = http().build().unwrap();
    for (method, path) in [
        (Method::POST, "/v1/sync".to_owned()),
        (Method::POST, "/v1/erased".to_owned()),
        (Method::POST, "/v1/files".to_owned()),
        (Method::GET, format!("/v1/files/{file}")),
        (Method::PUT, format!("/v1/files/{file}")),
        (Method::PATCH, format!("/v1/files/{file}")),
        (Method::DELETE, format!("/v1/files/{file}")),
        (Method::GET, format!("/v1/parcels/{file}")),
    ] {
        let ask = json!({ "protocol": 5, "since": 0, "records": [record] });
        let request = client.request(method.clone(), format!("{}{path}", rooms.server.url()));
        let answer = request.bearer_auth(&stolen).json(&ask).send().unwrap();
        assert_eq!(problem(answer), (401, "device_unknown".to_owned()), "{method} {path}");
    }
    // Nor by a file that is carried, though its secret was good when it was sealed.
    let receipt = rooms.awa.path("recu");
    let carried = ["parcel", parcel.to_str().unwrap(), "--receipt", receipt.to_str().unwrap()];
    assert_eq!(rooms.server.attempt(&carried).unwrap_err().code(), "device_unknown");
    // Bakary, whose device is good, says that it happened on hers.
    let claimed = changed(&record, |record| {
        record["id"] = "018f0000-0000-7000-8000-000000000001".into();
        record["device"] = lost.clone();
    });
    let in_his_name = changed(&claimed, |record| record["author"] = "Bakary".into());
    let told = rooms.send(&token(&rooms.bakary), &[&claimed, &in_his_name]);
    assert_eq!(told, [refused("record_not_yours"), refused("record_not_yours")]);
    assert_eq!(rooms.server.stories().len(), 1);
}

#[test]
fn a_collector_does_nothing_that_is_a_supervisors() {
    let rooms = rooms();
    rooms.server.add("Founé", "verifier");
    let record = rooms.heard();
    let (_, own) = enrol_by_hand(&rooms.server, "Awa");
    let id = rooms.server.stories()[0]["id"].as_str().unwrap().to_owned();
    let page = rooms.modibo.story(&id);
    let change = page["revisions"][0]["story"]["changes"][0]["id"].clone();
    let comment = json!({ "answer": "story", "text": "Tout est vrai." });
    let thread = format!("{}/0", record["id"].as_str().unwrap());
    let findings = json!({ "finding": "agrees", "why": "Je le dis.", "informant": "moi" });
    let acts = [
        json!({ "kind": "approve", "note": "" }),
        json!({ "kind": "return", "comments": [comment] }),
        json!({ "kind": "reject", "reason": "Il ment." }),
        json!({ "kind": "reopen", "reason": "Il dit vrai." }),
        json!({ "kind": "resolve", "thread": thread }),
        json!({ "kind": "rate", "change": change, "ratings": { "quality": 5 }, "note": "" }),
        json!({ "kind": "ask_verification", "change": change, "verifier": "Founé", "question": "" }),
        json!({ "kind": "verify", "asked": record["id"], "findings": findings }),
    ];
    for (number, act) in (1..).zip(acts) {
        let forged = changed(&record, |forged| {
            forged["id"] = format!("018f0000-0000-7000-8000-{number:012}").into();
            (forged["act"], forged["builds_on"]) = (act.clone(), json!([record["id"]]));
        });
        assert_eq!(rooms.send(&own, &[&forged]), [refused("act_not_allowed")], "{act}");
    }
    assert_eq!(rooms.modibo.story(&id)["row"], page["row"], "the story stands as it stood");
    assert_eq!(rooms.modibo.story(&id)["decisions"], json!([]));
    // Nor at the pages: a collector is nobody there, even with a password.
    rooms.server.run(&["user", "password", "Awa"]);
    let with = json!({ "name": "Awa", "password": PASSWORD });
    assert_eq!(Supervisor::come_in(&rooms.server.url(), "session", &with).err().unwrap(), "sign_in_failed");
}

/// Whatever is asked to be set besides what a request is for is refused, not passed over.
#[test]
fn nobody_becomes_more_by_saying_more() {
    let rooms = rooms();
    let url = rooms.server.url();
    rooms.server.add("Issa", "admin");
    rooms.server.add("Nana", "analyst");
    let (issa, nana) = (Supervisor::sign_in(&url, "Issa"), Supervisor::sign_in(&url, "Nana"));
    let id = rooms.server.stories()[0]["id"].as_str().unwrap().to_owned();
    let page = rooms.modibo.story(&id);
    let more = |mut body: Value| {
        body.as_object_mut()
            .unwrap()
            .extend([("role".to_owned(), "admin".into()), ("admin".to_owned(), true.into())]);
        body
    };
    let story = format!("campaigns/{CAMPAIGN}/stories/{id}");
    let file = nana.get_granted("GET", &format!("campaigns/{CAMPAIGN}/file"), &NOTHING);
    let token = json!({ "name": "Tableau", "scopes": ["read"], "days": 1, "password": PASSWORD });
    let comment = json!({ "kind": "comment", "about": page["revisions"][0]["id"],
        "comment": { "answer": "story", "text": "Qui ?" } });
    for (who, method, path, body) in [
        (&nana, "PUT", "me/password", json!({ "password": PASSWORD, "new": "quatre calebasses bleues" })),
        (&nana, "POST", "me/second-factor", json!({ "password": PASSWORD })),
        (&nana, "PUT", "me/second-factor", json!({ "code": "000000" })),
        (&nana, "POST", "me/second-factor/off", json!({ "password": PASSWORD })),
        (&nana, "POST", "me/tokens", token),
        (&nana, "PUT", &format!("campaigns/{CAMPAIGN}"), file.clone()),
        (&nana, "POST", "campaigns", changed(&file, |file| file["id"] = "autre".into())),
        (&nana, "POST", &format!("campaigns/{CAMPAIGN}/questionnaire/preview"), json!({ "language": "fr" })),
        (&rooms.modibo, "POST", &format!("{story}/remarks"), comment),
        (
            &rooms.modibo,
            "POST",
            &format!("{story}/decisions"),
            json!({ "in_sight": page["in_sight"], "verdict": { "kind": "approved", "note": "" } }),
        ),
        (&issa, "PATCH", "people/Awa", json!({ "team": "narena" })),
        (&issa, "POST", &format!("campaigns/{CAMPAIGN}/codes"), json!({ "people": ["Awa"] })),
    ] {
        let mut body = more(body);
        if path == "people/Awa" {
            // Here a role may be said; not a password.
            body.as_object_mut().unwrap().insert("password".to_owned(), PASSWORD.into());
        }
        assert_eq!(who.get_refused(method, path, &body), "bad_input", "{method} {path}");
    }
    let people = json!([{ "name": "Sira", "role": "collector", "password": PASSWORD, "disabled": false }]);
    assert_eq!(issa.get_refused("POST", "people", &people), "bad_input");
    for (door, body) in [
        ("session", json!({ "name": "Nana", "password": PASSWORD })),
        ("invitations", json!({ "secret": "x", "password": PASSWORD })),
        ("invitations/who", json!({ "secret": "x" })),
        ("set-up", json!({ "token": "x", "name": "Moi", "password": PASSWORD })),
    ] {
        assert_eq!(Supervisor::come_in(&url, door, &more(body)).err().unwrap(), "bad_input", "{door}");
    }
    let all = issa.get_granted("GET", "people", &NOTHING);
    let role =
        |name: &str| all.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["role"].clone();
    assert_eq!((role("Awa"), role("Nana")), (json!("collector"), json!("analyst")));
    assert_eq!(all.as_array().unwrap().len(), 5, "nobody was added");

    // Devices may say more than this headquarters knows, since they may be newer; it gives them nothing.
    let code = rooms.server.code("Bakary");
    let ask = more(json!({ "protocol": 5, "code": code, "team": "narena", "scopes": ["manage"] }));
    let answer = told(http().build().unwrap().post(format!("{url}/v1/enrol")).json(&ask)).1;
    assert_eq!((&answer["person"], &answer["role"]), (&json!("Bakary"), &json!("collector")));
    let ask = more(json!({ "protocol": 5, "since": 0, "records": [], "person": "Awa", "author": "Awa" }));
    let request = http().build().unwrap().post(format!("{url}/v1/sync"));
    let answer = told(request.bearer_auth(answer["token"].as_str().unwrap()).json(&ask)).1;
    assert_eq!((&answer["records"], &answer["role"]), (&json!([]), &json!("collector")));
}
