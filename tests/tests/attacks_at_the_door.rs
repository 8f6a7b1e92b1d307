//! What somebody tries who is nobody yet, or makes somebody's browser do it: to learn who is here, to guess, to have a session that
//! was theirs before, to act through another's. Passwords that are guessed one after the other stand in `access.rs`.

use blon_server::secrets;
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::{Supervisor, http, told};
use blon_tests::wire::{enrol_by_hand, problem};
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use totp_rs::{Algorithm, Secret, TOTP};

const NOTHING: Value = Value::Null;

fn client() -> Client {
    http().build().unwrap()
}

/// All that an answer tells whoever gets it: the status, every header but the time, and the body to the byte.
fn all_of(answer: Response) -> (u16, BTreeSet<String>, String) {
    let headers = answer.headers().iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    (answer.status().as_u16(), headers, answer.text().unwrap())
}

/// Every one of these is answered the same.
fn are_told_alike(what: &str, requests: Vec<RequestBuilder>) -> u16 {
    assert!(requests.len() > 1);
    let told: Vec<_> = requests.into_iter().map(|request| all_of(request.send().unwrap())).collect();
    for one in &told {
        assert_eq!(*one, told[0], "{what}");
    }
    told[0].0
}

fn sign_in(server: &TestServer, name: &str, password: &str) -> RequestBuilder {
    client()
        .post(format!("{}/api/session", server.url()))
        .json(&json!({ "name": name, "password": password }))
}

/// People of every kind who cannot come in by this password, and somebody who is not there.
fn strangers(server: &TestServer) -> [&'static str; 5] {
    server.add("Issa", "admin");
    server.add("Modibo", "supervisor");
    server.add("Sidiki", "supervisor");
    server.add("Awa", "collector");
    server.run(&["user", "disable", "Sidiki"]);
    let issa = Supervisor::sign_in(&server.url(), "Issa");
    issa.get_granted("POST", "people", &json!([{ "name": "Nana", "role": "analyst" }]));
    issa.get_granted("POST", "people/Nana/invitation", &NOTHING);
    ["Modibo", "Sidiki", "Awa", "Nana", "Personne"]
}

#[test]
fn nobody_learns_who_is_here() {
    let server = TestServer::serving();
    let names = strangers(&server);
    let tries = || names.iter().map(|name| sign_in(&server, name, "un mot de passe faux")).collect();
    for _ in 0..5 {
        assert_eq!(are_told_alike("a wrong password", tries()), 401);
    }
    // Who guesses waits, whether or not there is anybody.
    assert_eq!(are_told_alike("guessing", tries()), 429);
    // The password of somebody who is shut out is no better than a wrong one.
    let server = TestServer::serving();
    strangers(&server);
    let shut_out = vec![sign_in(&server, "Sidiki", PASSWORD), sign_in(&server, "Personne", PASSWORD)];
    assert_eq!(are_told_alike("shut out", shut_out), 401);
}

#[test]
fn a_code_that_is_used_too_old_taken_back_or_made_up_is_just_wrong() {
    let server = TestServer::serving();
    server.add("Issa", "admin");
    server.add("Awa", "collector");
    server.add("Nana", "analyst");
    let issa = Supervisor::sign_in(&server.url(), "Issa");
    let codes = format!("campaigns/{CAMPAIGN}/codes");
    let taken_back = issa.get_granted("POST", &codes, &json!({ "people": ["Awa"] }))[0]["code"].clone();
    let open = issa.get_granted("GET", &codes, &NOTHING)[0]["id"].clone();
    issa.get_granted("DELETE", &format!("{codes}/{open}"), &NOTHING);
    let used = server.code("Awa");
    let enrol = |code: &str| {
        client().post(format!("{}/v1/enrol", server.url())).json(&json!({ "protocol": 5, "code": code }))
    };
    assert_eq!(enrol(&used).send().unwrap().status(), 200);
    let own = server.headquarters();
    let (awa, campaign) = ("Awa".parse().unwrap(), CAMPAIGN.parse().unwrap());
    let yesterday = chrono::Utc::now().timestamp() - 1;
    own.store.write(|tx| tx.add_code(&secrets::code_hash("TROPVIEUX2"), &awa, &campaign, yesterday)).unwrap();
    let wrong = [taken_back.as_str().unwrap(), &used, "TROPV-IEUX2", "AAAAA-AAAAA", "", "x"];
    assert_eq!(are_told_alike("a code", wrong.map(enrol).into()), 400);

    let invite = || issa.get_granted("POST", "people/Nana/invitation", &NOTHING)["secret"].clone();
    let (before, taken) = (invite(), invite());
    let with = json!({ "secret": taken, "password": "quatre calebasses bleues" });
    assert!(Supervisor::come_in(&server.url(), "invitations", &with).is_ok());
    for (door, password) in [("invitations/who", None), ("invitations", Some("cinq calebasses bleues"))] {
        let ask = |secret: &Value| {
            let mut with = json!({ "secret": secret });
            if let Some(password) = password {
                with["password"] = json!(password);
            }
            client().post(format!("{}/api/{door}", server.url())).json(&with)
        };
        let wrong = [&before, &taken, &json!("x"), &json!("")].map(ask);
        assert_eq!(are_told_alike("an invitation", wrong.into()), 404, "{door}");
    }
}

#[test]
fn what_is_not_ones_own_is_not_there() {
    let server = TestServer::serving();
    server.add("Modibo", "supervisor");
    server.run(&["user", "add", "Sidiki", "--role", "supervisor", "--team", "narena"]);
    let awa = blon_tests::collecting::collector(&server, "Awa", &server.url());
    let device = blon_tests::collecting::open(&awa);
    blon_tests::collecting::tell_with_file(&device, "Le registre", 9_000);
    blon_tests::collecting::sync(&device);
    server.add("Bakary", "collector");
    let (_, bakarys) = enrol_by_hand(&server, "Bakary");
    let story = &server.stories()[0];
    let (id, digest) = (story["id"].as_str().unwrap(), story["evidence"][0]["sha256"].as_str().unwrap());
    let sidiki = Supervisor::sign_in(&server.url(), "Sidiki");
    let get = |path: String| sidiki.request(Method::GET, &format!("/api/campaigns/{CAMPAIGN}/{path}"));
    let nobodys = "018f0000-0000-7000-8000-000000000000";
    let none = "ab".repeat(32);
    let stories = vec![get(format!("stories/{id}")), get(format!("stories/{nobodys}"))];
    assert_eq!(are_told_alike("a story", stories), 404);
    let files = vec![get(format!("files/{digest}")), get(format!("files/{none}"))];
    assert_eq!(are_told_alike("a file", files), 404);
    for method in [Method::GET, Method::HEAD, Method::DELETE] {
        let ask = |digest: &str| {
            let url = format!("{}/v1/files/{digest}", server.url());
            client().request(method.clone(), url).bearer_auth(&bakarys)
        };
        assert_eq!(are_told_alike("a file by a device", vec![ask(digest), ask(&none)]), 404, "{method}");
    }
}

/// The middle of what so many tries took.
fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

#[test]
fn time_does_not_tell_who_is_here_either() {
    let server = TestServer::serving();
    server.add("Issa", "admin");
    let issa = Supervisor::sign_in(&server.url(), "Issa");
    // Each name is tried thrice, so that nobody waits; in turns, so that whatever slows the machine slows all alike.
    let (turns, tries) = (0..6, 3);
    let invited: Vec<Value> =
        turns.clone().map(|n| json!({ "name": format!("Invitée {n}"), "role": "analyst" })).collect();
    issa.get_granted("POST", "people", &invited.into());
    for n in turns.clone() {
        server.add(&format!("Connue {n}"), "analyst");
        server.add(&format!("Exclue {n}"), "analyst");
        server.run(&["user", "disable", &format!("Exclue {n}")]);
    }
    let kinds = ["Connue", "Exclue", "Invitée", "Inconnue"];
    let mut took = kinds.map(|_| Vec::new());
    for n in turns {
        for _ in 0..tries {
            for (kind, took) in kinds.iter().zip(&mut took) {
                let request = sign_in(&server, &format!("{kind} {n}"), "un mot de passe faux");
                let begun = Instant::now();
                assert_eq!(request.send().unwrap().status(), 401);
                took.push(begun.elapsed());
            }
        }
    }
    let medians = took.map(median);
    for (kind, one) in kinds.iter().zip(medians) {
        // Without the work for a password it would be a tenth or less.
        let ratio = one.as_secs_f64() / medians[0].as_secs_f64();
        assert!((0.5..2.0).contains(&ratio), "{kind}: {one:?} against {:?}", medians[0]);
    }
}

/// The secret in the cookie that an answer sets, if it sets one.
fn cookie_of(answer: &Response) -> Option<String> {
    let set = answer.headers().get("set-cookie")?.to_str().unwrap();
    Some(set.split(['=', ';']).nth(1).unwrap().to_owned())
}

#[test]
fn a_session_is_new_whatever_cookie_came_with_it() {
    let server = TestServer::serving();
    server.add("Nana", "analyst");
    server.add("Issa", "admin");
    let session = |cookie: &str| {
        let request = client().get(format!("{}/api/session", server.url()));
        request.header("cookie", format!("blon_session={cookie}"))
    };
    // Somebody planted one that is nobody's, and one that is their own.
    let attackers = cookie_of(&sign_in(&server, "Issa", PASSWORD).send().unwrap()).unwrap();
    let mut before = BTreeSet::new();
    for planted in ["choisi-par-un-autre", &attackers] {
        let request = sign_in(&server, "Nana", PASSWORD).header("cookie", format!("blon_session={planted}"));
        let own = cookie_of(&request.send().unwrap()).unwrap();
        assert!(own != planted && before.insert(own.clone()), "{own}");
        assert_eq!(told(session(&own)).1["person"], "Nana");
    }
    assert_eq!(told(session("choisi-par-un-autre")).0, 401, "nobody is behind it still");
    assert_eq!(told(session(&attackers)).1["person"], "Issa", "and theirs is not hers");

    // With a second factor the password alone begins nothing, and what began without it ends once it is taken.
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    let offered = nana.get_granted("POST", "me/second-factor", &json!({ "password": PASSWORD }));
    let secret = Secret::Encoded(offered["secret"].as_str().unwrap().to_owned()).to_bytes().unwrap();
    let phone = TOTP::new(Algorithm::SHA1, 6, 0, 30, secret, None, String::new()).unwrap();
    let code = |from_now: i64| phone.generate((chrono::Utc::now().timestamp() + from_now).cast_unsigned());
    nana.get_granted("PUT", "me/second-factor", &json!({ "code": code(-30) }));
    for earlier in before {
        assert_eq!(told(session(&earlier)).0, 401);
    }
    let half = sign_in(&server, "Nana", PASSWORD).send().unwrap();
    assert_eq!(cookie_of(&half), None);
    assert_eq!(problem(half), (401, "second_factor_needed".to_owned()));
    let with = json!({ "name": "Nana", "password": PASSWORD, "code": code(0) });
    let whole = client().post(format!("{}/api/session", server.url())).json(&with).send().unwrap();
    assert!(cookie_of(&whole).is_some());
    // Nor are the six digits guessed by who has the password.
    let wrong = if code(30) == "000000" { "000001" } else { "000000" };
    let guess = || {
        let with = json!({ "name": "Nana", "password": PASSWORD, "code": wrong });
        problem(client().post(format!("{}/api/session", server.url())).json(&with).send().unwrap()).0
    };
    let guessed: Vec<u16> = (0..6).map(|_| guess()).collect();
    assert_eq!(guessed, [401, 401, 401, 401, 401, 429]);
}

#[test]
fn another_site_makes_nobodys_browser_change_anything() {
    let server = TestServer::serving();
    for (name, role) in [("Issa", "admin"), ("Modibo", "supervisor")] {
        server.add(name, role);
    }
    let described = told(client().get(format!("{}/api/openapi.json", server.url()))).1;
    let doors = ["/api/session", "/api/invitations", "/api/invitations/who", "/api/set-up"];
    let issa = cookie_of(&sign_in(&server, "Issa", PASSWORD).send().unwrap()).unwrap();
    let mut tried = 0;
    for (path, operations) in described["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            if !path.starts_with("/api/") || method == "GET" {
                continue;
            }
            let door = method == "POST" && doors.contains(&path.as_str());
            let path = path.replace("{campaign}", CAMPAIGN).replace("{name}", "Modibo").replace("{id}", "1");
            let nobodys = "01890a5d-ac96-774b-bcce-b302099a8057";
            let path = path
                .replace("{story}", nobodys)
                .replace("{device}", nobodys)
                .replace("{sha256}", &"ab".repeat(32));
            // As a form, a script and an old browser of another site send it: with the cookie, and without the word.
            let ask = |headers: &[(&str, &str)]| {
                let url = format!("{}{path}", server.url());
                let mut request = client().request(method.parse().unwrap(), url).json(&json!({}));
                request = request.header("cookie", format!("blon_session={issa}"));
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                problem(request.send().unwrap())
            };
            let mut sites = vec![
                vec![("origin", "https://ailleurs.example"), ("sec-fetch-site", "cross-site")],
                vec![("origin", "https://ailleurs.example")],
                vec![("origin", "null")],
                vec![("sec-fetch-site", "same-site")],
            ];
            if !door {
                sites.extend([vec![], vec![("x-blon-csrf", "deviné")], vec![("x-blon-csrf", "")]]);
            }
            for site in sites {
                assert_eq!(ask(&site), (403, "cross_site".to_owned()), "{method} {path} {site:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
    // Its own pages are not held up, by whatever name a browser came.
    for origin in [server.url(), "null".to_owned()] {
        let status = sign_in(&server, "Modibo", PASSWORD).header("origin", &origin).send().unwrap().status();
        assert_eq!(status, if origin == "null" { 403 } else { 200 });
    }
    let mut behind_a_proxy = TestServer::new();
    behind_a_proxy.serve_with(&["--address", "https://siege.example"]);
    behind_a_proxy.start();
    behind_a_proxy.add("Modibo", "supervisor");
    let through = sign_in(&behind_a_proxy, "Modibo", PASSWORD).header("origin", "https://siege.example");
    assert_eq!(through.send().unwrap().status(), 200);
}
