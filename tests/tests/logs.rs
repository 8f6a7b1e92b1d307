//! Logs are read by whoever runs the machine, sent to whoever helps, and kept by who knows whom: nobody's name, words, secrets
//! or whereabouts stand in them, however much is logged.

use blon_core::withdrawal::WithdrawalCode;
use blon_tests::device::{PASSPHRASE, TestDevice, one_document};
use blon_tests::fixtures::{CAMPAIGN, stories};
use blon_tests::media::{photo, sha256, sound};
use blon_tests::server::{PASSWORD, TEAM, TestServer};
use blon_tests::supervisor::{Supervisor, http, told};
use blon_tests::uploading::{base64, token};
use serde_json::{Value, json};

const NOTHING: Value = Value::Null;

/// Where a caller says that it is, as a proxy on this machine would.
const ADDRESS: &str = "203.0.113.77";

/// Names that stand in no word of any log by chance.
const AWA: &str = "Awa Doumbia";
const MODIBO: &str = "Modibo Kéita";
const ISSA: &str = "Issa Diarra";

/// What must not be in the log, with what it is.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn keep(&mut self, what: &'static str, text: impl Into<String>) -> String {
        let text = text.into();
        assert!(text.chars().count() >= 5, "{what}: {text:?} may stand anywhere");
        self.0.push((what, text.clone()));
        text
    }

    fn are_not_in(&self, log: &str) {
        for (what, text) in &self.0 {
            let at = log.find(text.as_str());
            assert_eq!(
                at,
                None,
                "{what} is in the log: {}",
                &log[at.unwrap_or_default()..].lines().next().unwrap()
            );
        }
    }
}

#[test]
fn a_whole_journey_leaves_nothing_of_anybody_in_the_log() {
    let mut server = TestServer::new();
    server.log_everything();
    server.start();
    let mut secrets = Secrets::default();
    for (name, role) in
        [(AWA, "collector"), (MODIBO, "supervisor"), (ISSA, "admin"), ("Nana Sidibé", "analyst")]
    {
        server.run(&["user", "add", name, "--role", role, "--team", TEAM]);
        secrets.keep("a name", name);
    }
    secrets.keep("a password", PASSWORD);
    secrets.keep("a passphrase", PASSPHRASE);

    let awa = collects_and_sends(&server, &mut secrets);
    reviews_and_exports(&server, &mut secrets);
    administers(&server, &mut secrets);
    withdraws(&server, &mut secrets);
    goes_wrong(&server, &awa, &mut secrets);
    server.stop();

    let log = server.log();
    for proof in ["/api/campaigns/{campaign}/stories/{story}", "/v1/sync", "/v1/files/{sha256}", "DEBUG"] {
        assert!(
            log.contains(proof),
            "{proof} is not logged: the log is not talkative enough to prove anything"
        );
    }
    secrets.are_not_in(&log);
    // Nor anything that was asked: neither where a caller is, nor what stands after the `?` of an address.
    for shape in ["words=", "?", "127.0.0.1", "Bearer ", "blon_session", CAMPAIGN] {
        assert!(!log.contains(shape), "{shape} is in the log");
    }
}

/// Awa collects a story with a photo and a recording, and sends it; her tool says nothing beside what it was asked.
fn collects_and_sends(server: &TestServer, secrets: &mut Secrets) -> TestDevice {
    let awa = TestDevice::of(AWA);
    let code = secrets.keep("a code", server.code(AWA));
    awa.enrol(&server.url(), &code);
    let story = stories().into_iter().find(|story| story["storyteller"]["phone"] != "").unwrap();
    for answer in ["name", "phone"] {
        secrets.keep("a storyteller", story["storyteller"][answer].as_str().unwrap());
    }
    for answer in ["title", "village", "before", "what_happened"] {
        secrets.keep("a story", story[answer].as_str().unwrap());
    }
    let files = [awa.path("1.jpg"), awa.path("2.wav")];
    photo(&files[0], 1);
    sound(&files[1], 1, 5);
    let mut story = story;
    let piece = |kind: &str| json!({ "kind": kind, "description": kind, "strength": 3, "file": kind });
    story["changes"].as_array_mut().unwrap().truncate(1);
    story["changes"][0]["evidence"] = json!([piece("photo"), piece("audio")]);
    let id = awa.new_story(&story, &files);
    awa.run(&["finalise", &id]);
    let mut sync = awa.command(&["sync"]);
    let output = sync.env("RUST_LOG", "trace").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "the tool logs nothing");
    assert_eq!(one_document(&output).unwrap()["sent"], 1);
    secrets.keep("a device's token", token(&awa));
    secrets.keep("a file", sha256(&std::fs::read(&files[1]).unwrap()));
    secrets.keep("a story's id", id);
    awa
}

/// Modibo searches, reads, returns with a comment, and approves; Nana takes exports and follows the feed.
fn reviews_and_exports(server: &TestServer, secrets: &mut Secrets) {
    let modibo = Supervisor::sign_in(&server.url(), MODIBO);
    let word = secrets.keep("a search", "cadenas");
    modibo.queue(&format!("words={word}&collector={}", AWA.replace(' ', "%20")));
    let id = modibo.stories()[0]["id"].as_str().unwrap().to_owned();
    let comment = secrets.keep("a comment", "Depuis quelle année exactement ?");
    let page = modibo.give_back(&id, "narrative.before", &comment);
    for file in page["row"]["evidence"].as_array().unwrap() {
        modibo.file(&secrets.keep("a file", file["sha256"].as_str().unwrap()));
    }
    let nana = Supervisor::sign_in(&server.url(), "Nana Sidibé");
    for export in ["stories.csv", "csv.zip", "evidence.zip"] {
        let path = format!("campaigns/{CAMPAIGN}/exports/{export}?from=2022-01-01");
        let (status, _) = told(nana.request(reqwest::Method::GET, &format!("/api/{path}")));
        assert_eq!(status, 200, "{export}");
    }
    let with = json!({ "name": "Tableau", "scopes": ["export"], "days": 1, "password": PASSWORD });
    let made = nana.get_granted("POST", "me/tokens", &with);
    let token = secrets.keep("a token", made["token"].as_str().unwrap());
    let feed = format!("{}/api/campaigns/{CAMPAIGN}/odata/Stories?$top=5", server.url());
    let client = http().build().unwrap();
    assert_eq!(told(client.get(feed).basic_auth("excel", Some(token))).0, 200);
}

/// Issa invites, makes codes, takes a second factor, changes a password; each shows a secret once.
fn administers(server: &TestServer, secrets: &mut Secrets) {
    let with = json!({ "name": ISSA, "password": PASSWORD });
    let client = http().build().unwrap();
    let request = client.post(format!("{}/api/session", server.url())).json(&with);
    let answer = request.header("x-forwarded-for", secrets.keep("an address", ADDRESS));
    let answer =
        answer.header("user-agent", secrets.keep("a browser", "Navigateur-de-Issa/7")).send().unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    secrets.keep("a cookie", cookie.split(['=', ';']).nth(1).unwrap());
    secrets.keep("a csrf word", answer.json::<Value>().unwrap()["csrf"].as_str().unwrap());
    let issa = Supervisor::sign_in(&server.url(), ISSA);
    let team =
        json!([{ "name": secrets.keep("a name", "Sira Bagayoko"), "role": "analyst", "team": "narena" }]);
    issa.get_granted("POST", "people", &team);
    let invitation = issa.get_granted("POST", "people/Sira%20Bagayoko/invitation", &NOTHING);
    let secret = secrets.keep("an invitation", invitation["secret"].as_str().unwrap());
    let password = secrets.keep("a password", "quatre calebasses bleues");
    let with = json!({ "secret": secret, "password": password });
    assert!(Supervisor::come_in(&server.url(), "invitations", &with).is_ok());
    let codes = issa.get_granted("POST", &format!("campaigns/{CAMPAIGN}/codes"), &json!({ "people": [AWA] }));
    secrets.keep("a code", codes[0]["code"].as_str().unwrap());
    let offered = issa.get_granted("POST", "me/second-factor", &json!({ "password": PASSWORD }));
    secrets.keep("a second factor", offered["secret"].as_str().unwrap());
    issa.get_granted("GET", "audit?count=5", &NOTHING);
    issa.get_granted("GET", "people/Awa%20Doumbia/sessions", &NOTHING);
}

/// What fails says no more than what succeeds.
fn goes_wrong(server: &TestServer, awa: &TestDevice, secrets: &mut Secrets) {
    let (client, url) = (http().build().unwrap(), server.url());
    for (name, password) in [
        (MODIBO.to_owned(), secrets.keep("a wrong password", "un mot de passe faux")),
        (secrets.keep("a name that nobody has", "Personne Inconnue"), PASSWORD.to_owned()),
    ] {
        for _ in 0..7 {
            let with = json!({ "name": name, "password": password });
            told(client.post(format!("{url}/api/session")).json(&with));
        }
    }
    let code = secrets.keep("a wrong code", "QQQQQ-WWWWW");
    told(client.post(format!("{url}/v1/enrol")).json(&json!({ "protocol": 5, "code": code })));
    let secret = secrets.keep("a wrong token", "un-jeton-de-personne");
    told(client.post(format!("{url}/v1/sync")).bearer_auth(&secret).json(&json!({})));
    told(client.get(format!("{url}/api/people")).header("cookie", format!("blon_session={secret}")));
    let word = secrets.keep("what a bad body held", "Nansira-dans-un-corps");
    let bodies = [format!("{{\"{word}\": 1}}"), format!("[\"{word}\""), word.clone()];
    for (path, body) in ["v1/sync", "v1/enrol", "api/session"].into_iter().zip(bodies) {
        let request = client.post(format!("{url}/{path}")).bearer_auth(token(awa));
        told(request.header("content-type", "application/json").body(body));
    }
    // A record that cannot be read, and one that is refused.
    let records = json!([{ "id": 7, "title": word }, { "note": word }]);
    let ask = json!({ "protocol": 5, "since": 0, "records": records });
    assert_eq!(told(client.post(format!("{url}/v1/sync")).bearer_auth(token(awa)).json(&ask)).0, 200);
    for path in
        [format!("api/nowhere/{word}"), format!("{word}?name={word}"), format!("api/people/{word}?x={word}")]
    {
        told(client.get(format!("{url}/{path}")));
    }
    let named = format!("filename {},sha256 {}", base64(word.as_bytes()), base64(b"x"));
    let begun = client.post(format!("{url}/v1/files")).bearer_auth(token(awa)).header("upload-length", "7");
    told(begun.header("upload-metadata", named));
}

/// The storyteller takes it all back, by the code of the story.
fn withdraws(server: &TestServer, secrets: &mut Secrets) {
    let modibo = Supervisor::sign_in(&server.url(), MODIBO);
    let id = modibo.stories()[0]["id"].as_str().unwrap().parse().unwrap();
    let code = secrets.keep("a withdrawal's code", WithdrawalCode::of(id).to_string());
    modibo.get_granted("POST", &format!("campaigns/{CAMPAIGN}/withdrawals"), &json!({ "code": code }));
    assert!(modibo.stories().is_empty());
}
