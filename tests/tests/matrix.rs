//! Who may do what at headquarters: every route against everybody who may knock, in one table.

use blon_core::id::StoryId;
use blon_core::withdrawal::WithdrawalCode;
use blon_tests::collecting::{another_device, collector, open, sync, tell_with_file};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::server::TestServer;
use blon_tests::supervisor::{Supervisor, http};
use blon_tests::uploading::token;
use blon_tests::wire::routes;
use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Who knocks: nobody in particular; the devices of Awa, whose story it is, and of Bakary; Modibo, who supervises their team,
/// and Sidiki, who supervises another; Nana analyses, Issa administers, Fanta keeps the identities, Founé verifies; and the
/// devices of Modibo and of Founé, whom nobody has asked anything.
const CALLERS: [&str; 11] = [
    "nobody",
    "awa",
    "bakary",
    "modibo",
    "sidiki",
    "nana",
    "issa",
    "fanta",
    "foune",
    "modibos-phone",
    "founes-phone",
];

/// For each route the status for each of them. A story outside of somebody's sight is 404, as if it were not there; what is in
/// sight and not theirs to do is 403.
const TABLE: &str = "
                                                        nobody awa bakary modibo sidiki nana issa fanta foune modibos-phone founes-phone
GET    /api/session                                     401 401 401 200 200 200 200 200 200 401 401
GET    /api/set-up                                      200 200 200 200 200 200 200 200 200 200 200
GET    /api/me/sessions                                 401 401 401 200 200 200 200 200 200 401 401
DELETE /api/me/sessions/{id}                            401 401 401 404 404 404 404 404 404 401 401
PUT    /api/me/password                                 401 401 401 400 400 400 400 400 400 401 401
POST   /api/me/second-factor                            401 401 401 400 400 400 400 400 400 401 401
PUT    /api/me/second-factor                            401 401 401 400 400 400 400 400 400 401 401
POST   /api/me/second-factor/off                        401 401 401 400 400 400 400 400 400 401 401
GET    /api/me/tokens                                   401 401 401 200 200 200 200 200 200 401 401
POST   /api/me/tokens                                   401 401 401 400 400 400 400 400 400 401 401
DELETE /api/me/tokens/{id}                              401 401 401 404 404 404 404 404 404 401 401
GET    /api/people                                      401 401 401 403 403 403 200 403 403 401 401
POST   /api/people                                      401 401 401 403 403 403 200 403 403 401 401
PATCH  /api/people/{name}                               401 401 401 403 403 403 200 403 403 401 401
POST   /api/people/{name}/invitation                    401 401 401 403 403 403 400 403 403 401 401
DELETE /api/people/{name}/second-factor                 401 401 401 403 403 403 200 403 403 401 401
GET    /api/people/{name}/sessions                      401 401 401 403 403 403 200 403 403 401 401
DELETE /api/people/{name}/sessions                      401 401 401 403 403 403 204 403 403 401 401
GET    /api/devices                                     401 401 401 403 403 403 200 403 403 401 401
POST   /api/devices/{device}/revoke                     401 401 401 403 403 403 404 403 403 401 401
POST   /api/devices/{device}/erase                      401 401 401 403 403 403 404 403 403 401 401
GET    /api/campaigns/{campaign}/codes                  401 401 401 403 403 403 200 403 403 401 401
POST   /api/campaigns/{campaign}/codes                  401 401 401 403 403 403 200 403 403 401 401
GET    /api/campaigns/{campaign}/withdrawals            401 401 401 200 200 200 200 200 403 401 401
POST   /api/campaigns/{campaign}/withdrawals            401 401 401 200 200 200 200 200 403 401 401
GET    /api/campaigns/{campaign}/identities             401 401 401 403 403 403 403 200 403 401 401
PUT    /api/campaigns/{campaign}/identities             401 401 401 403 403 403 403 204 403 401 401
POST   /api/campaigns/{campaign}/identities/{story}     401 401 401 403 403 403 403 404 403 401 401
DELETE /api/campaigns/{campaign}/codes/{id}             401 401 401 403 403 403 404 403 403 401 401
GET    /api/audit                                       401 401 401 403 403 403 200 403 403 401 401
GET    /api/audit/verified                              401 401 401 403 403 403 200 403 403 401 401
POST   /api/campaigns                                   401 401 401 403 403 409 409 403 403 401 401
PUT    /api/campaigns/{campaign}                        401 401 401 403 403 200 200 403 403 401 401
GET    /api/campaigns/{campaign}/file                   401 401 401 403 403 200 200 403 403 401 401
GET    /api/example                                     401 401 401 403 403 200 200 403 403 401 401
GET    /api/campaigns/{campaign}/questionnaire          401 401 401 403 403 200 200 403 403 401 401
PUT    /api/campaigns/{campaign}/questionnaire/draft    401 401 401 403 403 200 200 403 403 401 401
POST   /api/campaigns/{campaign}/questionnaire/publish  401 401 401 403 403 404 404 403 403 401 401
DELETE /api/campaigns/{campaign}/questionnaire/draft    401 401 401 403 403 200 200 403 403 401 401
GET    /api/campaigns/{campaign}/questionnaire.xlsx     401 401 401 403 403 200 200 403 403 401 401
POST   /api/campaigns/{campaign}/questionnaire/preview  401 401 401 403 403 200 200 403 403 401 401
GET    /api/campaigns/{campaign}/coverage               401 401 401 200 200 200 200 403 403 401 401
GET    /api/changes                                     401 401 401 200 200 200 200 200 200 401 401
GET    /api/campaigns                                   401 401 401 200 200 200 200 200 200 401 401
GET    /api/campaigns/{campaign}/stories                401 401 401 200 200 200 200 200 200 401 401
GET    /api/campaigns/{campaign}/stories/{story}        401 401 401 200 404 200 404 404 404 401 401
GET    /api/campaigns/{campaign}/files/{sha256}         401 401 401 200 404 200 404 404 404 401 401
POST   /api/campaigns/{campaign}/files/{sha256}/ask     401 401 401 204 404 204 404 404 404 401 401
GET    /api/campaigns/{campaign}/exports/{file}         401 401 401 200 200 200 403 403 403 401 401
GET    /api/campaigns/{campaign}/odata                  401 401 401 200 200 200 403 403 403 401 401
GET    /api/campaigns/{campaign}/odata/                 401 401 401 200 200 200 403 403 403 401 401
GET    /api/campaigns/{campaign}/odata/$metadata        401 401 401 200 200 200 403 403 403 401 401
GET    /api/campaigns/{campaign}/odata/{set}            401 401 401 200 200 200 403 403 403 401 401
GET    /api/campaigns/{campaign}/odata/{set}/$count     401 401 401 200 200 200 403 403 403 401 401
POST   /api/campaigns/{campaign}/stories/{story}/remarks    401 401 401 200 404 403 404 404 404 401 401
POST   /api/campaigns/{campaign}/stories/{story}/decisions  401 401 401 200 404 403 404 404 404 401 401
POST   /v1/sync                                         401 200 200 401 401 401 401 401 401 200 200
POST   /v1/erased                                       401 409 409 401 401 401 401 401 401 409 409
OPTIONS /v1/files                                       204 204 204 204 204 204 204 204 204 204 204
OPTIONS /v1/files/                                      204 204 204 204 204 204 204 204 204 204 204
OPTIONS /v1/files/{sha256}                              204 204 204 204 204 204 204 204 204 204 204
POST   /v1/files                                        401 201 404 401 401 401 401 401 401 404 404
POST   /v1/files/                                       401 201 404 401 401 401 401 401 401 404 404
GET    /v1/files/{sha256}                               401 404 404 401 401 401 401 401 401 200 404
HEAD   /v1/files/{sha256}                               401 200 404 401 401 401 401 401 401 404 404
PATCH  /v1/files/{sha256}                               401 409 404 401 401 401 401 401 401 404 404
PUT    /v1/files/{sha256}                               401 204 404 401 401 401 401 401 401 404 404
POST   /v1/files/{sha256}                               401 404 404 401 401 401 401 401 401 404 404
DELETE /v1/files/{sha256}                               401 404 404 401 401 401 401 401 401 404 404
GET    /v1/parcels/{sha256}                             401 404 404 401 401 401 401 401 401 404 404
DELETE /api/session                                     401 401 401 204 204 204 204 204 204 401 401
";

struct Rooms {
    server: TestServer,
    /// The secrets of devices, by whom they are.
    devices: Vec<(&'static str, String)>,
    people: Vec<Supervisor>,
    story: Value,
    /// The campaign as one file.
    campaign: Value,
}

fn rooms() -> Rooms {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    let (awa, bakary) =
        (collector(&server, "Awa", &server.url()), collector(&server, "Bakary", &server.url()));
    tell_with_file(&open(&awa), "Le registre", 9_000);
    sync(&open(&awa));
    for (name, role) in [
        ("Sidiki", "supervisor"),
        ("Nana", "analyst"),
        ("Issa", "admin"),
        ("Fanta", "custodian"),
        ("Founé", "verifier"),
    ] {
        server.run(&["user", "add", name, "--role", role, "--team", "narena"]);
    }
    let people = ["Modibo", "Sidiki", "Nana", "Issa", "Fanta", "Founé"];
    let people: Vec<_> = people.iter().map(|name| Supervisor::sign_in(&server.url(), name)).collect();
    let id = server.stories()[0]["id"].as_str().unwrap().to_owned();
    let story = people[0].story(&id);
    let (modibo, foune) =
        (another_device(&server, "Modibo", &server.url()), another_device(&server, "Founé", &server.url()));
    let devices = [("awa", &awa), ("bakary", &bakary), ("modibos-phone", &modibo), ("founes-phone", &foune)];
    let devices = devices.map(|(name, device)| (name, token(device))).to_vec();
    let campaign = people[2].get_granted("GET", &format!("campaigns/{CAMPAIGN}/file"), &Value::Null);
    Rooms { devices, people, story, campaign, server }
}

impl Rooms {
    /// The request of this caller, without what it says.
    fn knock(&self, caller: &str, method: Method, path: &str) -> RequestBuilder {
        let by_token = |token: &str| {
            http()
                .build()
                .unwrap()
                .request(method.clone(), format!("{}{path}", self.server.url()))
                .bearer_auth(token)
        };
        if let Some((_, token)) = self.devices.iter().find(|(name, _)| *name == caller) {
            return by_token(token);
        }
        match CALLERS.iter().position(|one| *one == caller).unwrap() {
            0 => http().build().unwrap().request(method, format!("{}{path}", self.server.url())),
            person => self.people[person - 3].request(method, path),
        }
    }

    /// What somebody would say there who may.
    fn says(&self, request: RequestBuilder, method: &str, route: &str) -> RequestBuilder {
        let file = &self.story["row"]["evidence"][0];
        let revision = &self.story["revisions"][0]["id"];
        match (method, route) {
            ("POST", "/v1/sync") => request.json(&json!({ "protocol": 1, "since": 0, "records": [] })),
            ("POST", "/v1/files" | "/v1/files/") => {
                let named = blon_tests::uploading::base64(file["sha256"].as_str().unwrap().as_bytes());
                request
                    .header("upload-length", file["bytes"].to_string())
                    .header("upload-metadata", format!("sha256 {named}"))
            }
            ("PATCH", route) if route.starts_with("/v1/") => request
                .header("content-type", "application/offset+octet-stream")
                .header("upload-offset", "0")
                .body("x"),
            ("POST", "/api/people") => request.json(&json!([])),
            ("POST", "/api/campaigns") | ("PUT", "/api/campaigns/{campaign}") => request.json(&self.campaign),
            ("PATCH", "/api/people/{name}") => request.json(&json!({})),
            ("POST", route) if route.ends_with("/codes") => request.json(&json!({ "people": [] })),
            // A code of which there is no story: whoever may takes it, and the other rows still have theirs.
            ("POST", route) if route.ends_with("/withdrawals") => {
                let nowhere = WithdrawalCode::of(StoryId(uuid::Uuid::nil()));
                request.json(&json!({ "code": nowhere }))
            }
            ("POST", route) if route.ends_with("/preview") => request.json(&json!({ "language": "fr" })),
            ("PUT" | "POST", route) if route.starts_with("/api/me/") => request.json(&json!({})),
            ("POST", route) if route.ends_with("/remarks") => {
                let comment = json!({ "answer": "story", "text": "Qui le dit ?" });
                request.json(&json!({ "kind": "comment", "about": revision, "comment": comment }))
            }
            ("POST", route) if route.ends_with("/decisions") => request.json(&json!({
                "in_sight": self.story["in_sight"], "verdict": { "kind": "approved", "note": "" }
            })),
            ("PUT", route) if route.ends_with("/identities") => request.json(&json!([])),
            ("POST", route) if route.ends_with("/identities/{story}") => {
                request.json(&json!({ "reason": "Elle a demandé à être rappelée." }))
            }
            ("PUT", _) => request.body("x"),
            _ => request,
        }
    }
}

#[test]
fn every_route_answers_everybody_as_the_table_says() {
    let rooms = rooms();
    let digest = rooms.story["row"]["evidence"][0]["sha256"].as_str().unwrap();
    let id = rooms.story["row"]["id"].as_str().unwrap();
    for line in TABLE.lines().skip(2) {
        let mut words = line.split_whitespace();
        let (method, route) = (words.next().unwrap(), words.next().unwrap());
        let path = route.replace("{campaign}", CAMPAIGN).replace("{story}", id).replace("{sha256}", digest);
        let path = path.replace("{name}", "Awa").replace("{id}", "0");
        let path = path.replace("{device}", "01890a5d-ac96-774b-bcce-b302099a8057");
        let path = path.replace("{file}", "evidence.zip").replace("{set}", "Stories");
        for (caller, expected) in CALLERS.iter().zip(words) {
            let request = rooms.knock(caller, method.parse().unwrap(), &path);
            let answer = rooms.says(request, method, route).send().unwrap();
            assert_eq!(answer.status().as_str(), expected, "{method} {route} by {caller}");
        }
    }
}

/// What needs no table: who signs in and who enrols is nobody yet, and what there is to ask is no secret.
const OPEN: [&str; 11] = [
    "/health/live",
    "/health/ready",
    // Of a listener that is this machine's alone.
    "/metrics",
    "/v1/enrol",
    "/api/session",
    "/api/invitations",
    "/api/invitations/who",
    "/api/openapi.json",
    "/api/docs",
    "/api/docs/page.css",
    "/api/docs/page.js",
];

#[test]
fn the_table_knows_every_route() {
    let routes = routes();
    assert!(routes.len() > 10, "{routes:?}");
    let known: BTreeSet<&str> =
        TABLE.lines().skip(2).filter_map(|line| line.split_whitespace().nth(1)).chain(OPEN).collect();
    let unknown: Vec<_> = routes.iter().filter(|route| !known.contains(route.as_str())).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "a route that the table does not know");
}
