//! Headquarters' office, by the requests that its pages make: the first start, people, sessions, second factors, codes, tokens.

use blon_tests::device::TestDevice;
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::{Supervisor, http, told};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

const NOTHING: Value = Value::Null;

/// Headquarters that Issa administers.
fn office() -> (TestServer, Supervisor) {
    let server = TestServer::serving();
    server.add("Issa", "admin");
    let issa = Supervisor::sign_in(&server.url(), "Issa");
    (server, issa)
}

#[test]
fn an_empty_headquarters_is_set_up_by_who_reads_the_terminal() {
    let server = TestServer::empty();
    let token = server.set_up_token().expect("the terminal shows a token");
    let url = server.url();
    assert_eq!(told(http().build().unwrap().get(format!("{url}/api/set-up"))).1, json!({ "needed": true }));
    let first = |token: &str, password: &str| {
        let with = json!({ "token": token, "name": "Issa", "password": password });
        Supervisor::come_in(&url, "set-up", &with)
    };
    assert_eq!(first("AAAAA-AAAAA", PASSWORD).err().unwrap(), "set_up_token_wrong");
    assert_eq!(first(&token, "mot de passe").err().unwrap(), "password_weak");
    let issa = first(&token.to_lowercase(), PASSWORD).unwrap();
    assert_eq!(issa.get_granted("GET", "session", &NOTHING)["role"], "admin");
    assert_eq!(first(&token, PASSWORD).err().unwrap(), "set_up_already", "it is good once");
    assert_eq!(told(http().build().unwrap().get(format!("{url}/api/set-up"))).1, json!({ "needed": false }));

    // Everything else is done as by any administrator: a campaign from the example, people, their codes.
    let example = issa.get_granted("GET", "example", &NOTHING);
    assert_eq!(issa.get_granted("POST", "campaigns", &example)["form"]["id"], "kangaba-2022");
    let awa = json!([{ "name": "Awa", "role": "collector", "team": "kangaba" }]);
    issa.get_granted("POST", "people", &awa);
    let codes =
        issa.get_granted("POST", &format!("campaigns/{CAMPAIGN}/codes"), &json!({ "people": ["Awa"] }));
    let phone = TestDevice::of("Awa");
    phone.enrol(&url, codes[0]["code"].as_str().unwrap());
}

#[test]
fn people_come_in_by_an_invitation_and_choose_a_password_that_nobody_guesses() {
    let (server, issa) = office();
    let url = server.url();
    let people: Vec<Value> = (1..=25)
        .map(|n| json!({ "name": format!("Collecteur {n}"), "role": "collector", "team": "kangaba" }))
        .chain([json!({ "name": "Nana", "role": "analyst" })])
        .collect();
    assert_eq!(issa.get_granted("POST", "people", &people.clone().into()).as_array().unwrap().len(), 26);
    let some = json!([{ "name": "Sira", "role": "collector" }, { "name": "Nana", "role": "admin" }]);
    assert_eq!(issa.get_refused("POST", "people", &some), "name_taken");
    let all = issa.get_granted("GET", "people", &NOTHING);
    assert!(!all.to_string().contains("Sira"), "all or none");
    assert!(!all.to_string().contains("argon2"), "no hash leaves headquarters");

    assert_eq!(issa.get_refused("POST", "people/Collecteur 1/invitation", &NOTHING), "bad_input");
    assert_eq!(issa.get_refused("POST", "people/Personne/invitation", &NOTHING), "person_not_found");
    let earlier = issa.get_granted("POST", "people/Nana/invitation", &NOTHING);
    let invitation = issa.get_granted("POST", "people/Nana/invitation", &NOTHING);
    let secret = invitation["secret"].as_str().unwrap();
    let take = |secret: &str, password: &str| {
        Supervisor::come_in(&url, "invitations", &json!({ "secret": secret, "password": password }))
    };
    assert_eq!(take(earlier["secret"].as_str().unwrap(), PASSWORD).err().unwrap(), "invitation_invalid");
    let who = http().build().unwrap().post(format!("{url}/api/invitations/who"));
    assert_eq!(told(who.json(&json!({ "secret": secret }))), (200, json!("Nana")));
    for weak in ["court", "aaaaaaaaaaaa", "nana nana nana", "motdepasse1"] {
        assert_eq!(take(secret, weak).err().unwrap(), "password_weak", "{weak}");
    }
    let nana = take(secret, "quatre calebasses bleues").unwrap();
    assert_eq!(nana.get_granted("GET", "session", &NOTHING)["person"], "Nana");
    assert_eq!(take(secret, "quatre calebasses bleues").err().unwrap(), "invitation_invalid", "once");
    assert_eq!(nana.get_refused("GET", "people", &NOTHING), "forbidden");

    // The log says who did all that.
    let log = issa.get_granted("GET", "audit?count=5", &NOTHING);
    let told: Vec<_> = log["entries"].as_array().unwrap().iter().map(|e| (&e["who"], &e["what"])).collect();
    assert_eq!(told[0], (&json!("Nana"), &json!("signed_in")));
    assert_eq!(told[1], (&json!("Nana"), &json!("invitation_taken")));
    assert_eq!(told[2], (&json!("Issa"), &json!("person_invited")));
    let next = log["next"].as_i64().unwrap();
    let more = issa.get_granted("GET", &format!("audit?before={next}&count=200"), &NOTHING);
    assert!(more["entries"].as_array().unwrap().len() >= 26 && more["next"].is_null());
    assert!(issa.get_granted("GET", "audit/verified", &NOTHING)["entries"].as_u64().unwrap() > 30);
}

#[test]
fn people_change_and_are_shut_out_but_never_the_last_who_administers() {
    let (server, issa) = office();
    server.add("Modibo", "supervisor");
    let modibo = Supervisor::sign_in(&server.url(), "Modibo");
    let changed = issa.get_granted("PATCH", "people/Modibo", &json!({ "team": "narena" }));
    assert_eq!((&changed["team"], &changed["role"]), (&json!("narena"), &json!("supervisor")));
    assert_eq!(modibo.get_refused("GET", "session", &NOTHING), "signed_out", "he comes in anew");
    issa.get_granted("PATCH", "people/Modibo", &json!({ "disabled": true }));
    let with = json!({ "name": "Modibo", "password": PASSWORD });
    assert_eq!(Supervisor::come_in(&server.url(), "session", &with).err().unwrap(), "sign_in_failed");
    issa.get_granted("PATCH", "people/Modibo", &json!({ "disabled": false }));
    assert!(Supervisor::come_in(&server.url(), "session", &with).is_ok());

    // Who was added and never chose a password administers nothing.
    issa.get_granted("POST", "people", &json!([{ "name": "Bientôt", "role": "admin" }]));
    for change in [json!({ "disabled": true }), json!({ "role": "analyst" })] {
        assert_eq!(issa.get_refused("PATCH", "people/Issa", &change), "last_admin");
    }
    assert_eq!(issa.get_granted("GET", "session", &NOTHING)["role"], "admin", "nothing of it was done");
    assert_eq!(issa.get_refused("PATCH", "people/Issa", &json!({ "role": "emperor" })), "bad_input");
    assert_eq!(issa.get_refused("PATCH", "people/Issa", &json!({ "password": "x" })), "bad_input");
}

#[test]
fn nobody_is_taken_for_somebody_else_and_an_invitation_ends_with_the_role() {
    let (server, issa) = office();
    server.add("Nana", "analyst");
    for alike in ["nana", "NANA"] {
        let person = json!([{ "name": alike, "role": "collector" }]);
        assert_eq!(issa.get_refused("POST", "people", &person), "name_taken", "{alike}");
    }
    for unseen in ["Na\u{200b}na", "N\u{202e}ana", "..", "Nana\n"] {
        let person = json!([{ "name": unseen, "role": "collector" }]);
        assert_eq!(issa.get_refused("POST", "people", &person), "bad_input", "{unseen:?}");
    }
    let long = json!([{ "name": "Sira", "role": "collector", "team": "x".repeat(250_000) }]);
    assert_eq!(issa.get_refused("POST", "people", &long), "bad_input");
    for change in [json!({ "disabled": true }), json!({ "role": "collector" })] {
        let invitation = issa.get_granted("POST", "people/Nana/invitation", &NOTHING);
        issa.get_granted("PATCH", "people/Nana", &change);
        let with = json!({ "secret": invitation["secret"], "password": "quatre calebasses bleues" });
        let refused = Supervisor::come_in(&server.url(), "invitations", &with).err().unwrap();
        assert_eq!(refused, "invitation_invalid", "{change}");
        issa.get_granted("PATCH", "people/Nana", &json!({ "disabled": false, "role": "analyst" }));
    }
}

#[test]
fn sessions_are_seen_and_ended_by_their_owner_and_by_who_administers() {
    let (server, issa) = office();
    server.add("Nana", "analyst");
    let (here, elsewhere) =
        (Supervisor::sign_in(&server.url(), "Nana"), Supervisor::sign_in(&server.url(), "Nana"));
    let sessions = here.get_granted("GET", "me/sessions", &NOTHING);
    let other = sessions.as_array().unwrap().iter().find(|line| line["here"] == false).unwrap();
    here.get_granted("DELETE", &format!("me/sessions/{}", other["id"]), &NOTHING);
    assert_eq!(elsewhere.get_refused("GET", "session", &NOTHING), "signed_out");
    assert_eq!(here.get_refused("DELETE", &format!("me/sessions/{}", other["id"]), &NOTHING), "not_found");
    let own = issa.get_granted("GET", "me/sessions", &NOTHING)[0]["id"].clone();
    assert_eq!(here.get_refused("DELETE", &format!("me/sessions/{own}"), &NOTHING), "not_found", "not hers");

    let change = |with: Value| here.ask("PUT", "me/password", &with);
    let (new, wrong) = ("quatre calebasses bleues", "cinq calebasses bleues");
    assert_eq!(change(json!({ "password": wrong, "new": new })).1["code"], "sign_in_failed");
    assert_eq!(change(json!({ "password": PASSWORD, "new": "azertyuiop" })).1["code"], "password_weak");
    let elsewhere = Supervisor::sign_in(&server.url(), "Nana");
    assert_eq!(change(json!({ "password": PASSWORD, "new": new })).0, 204);
    assert_eq!(elsewhere.get_refused("GET", "session", &NOTHING), "signed_out");
    here.get_granted("GET", "session", &NOTHING);

    assert_eq!(issa.get_granted("GET", "people/Nana/sessions", &NOTHING).as_array().unwrap().len(), 1);
    issa.get_granted("DELETE", "people/Nana/sessions", &NOTHING);
    assert_eq!(here.get_refused("GET", "session", &NOTHING), "signed_out");
}

#[test]
fn a_second_factor_is_asked_for_and_each_code_opens_once() {
    let (server, issa) = office();
    server.add("Nana", "analyst");
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    let refused = nana.get_refused("POST", "me/second-factor", &json!({ "password": "x" }));
    assert_eq!(refused, "sign_in_failed");
    let offered = nana.get_granted("POST", "me/second-factor", &json!({ "password": PASSWORD }));
    assert!(offered["qr"].as_str().unwrap().contains("<svg"));
    let secret = Secret::Encoded(offered["secret"].as_str().unwrap().to_owned()).to_bytes().unwrap();
    let phone = TOTP::new(Algorithm::SHA1, 6, 0, 30, secret, None, String::new()).unwrap();
    let code = |from_now: i64| phone.generate((chrono::Utc::now().timestamp() + from_now).cast_unsigned());
    assert!(
        Supervisor::come_in(&server.url(), "session", &json!({ "name": "Nana", "password": PASSWORD }))
            .is_ok()
    );
    let wrong = if code(0) == "000000" { "000001" } else { "000000" };
    assert_eq!(nana.get_refused("PUT", "me/second-factor", &json!({ "code": wrong })), "second_factor_wrong");
    let now = nana.get_granted("PUT", "me/second-factor", &json!({ "code": code(-30) }));
    assert_eq!(now["second_factor"], true);

    let come = |code: Option<String>| {
        let with = json!({ "name": "Nana", "password": PASSWORD, "code": code });
        Supervisor::come_in(&server.url(), "session", &with)
    };
    assert_eq!(come(None).err().unwrap(), "second_factor_needed");
    assert_eq!(come(Some(wrong.to_owned())).err().unwrap(), "second_factor_wrong");
    let used = code(0);
    assert!(come(Some(used.clone())).is_ok());
    assert_eq!(come(Some(used)).err().unwrap(), "second_factor_wrong", "it was seen over a shoulder");
    let with = json!({ "name": "Nana", "password": "x", "code": code(30) });
    assert_eq!(Supervisor::come_in(&server.url(), "session", &with).err().unwrap(), "sign_in_failed");

    // Her telephone is lost: who administers lets her in without.
    issa.get_granted("DELETE", "people/Nana/second-factor", &NOTHING);
    assert!(come(None).is_ok());
}

#[test]
fn codes_are_made_for_a_whole_team_and_taken_back() {
    let (server, issa) = office();
    for name in ["Awa", "Bakary"] {
        server.add(name, "collector");
    }
    let path = format!("campaigns/{CAMPAIGN}/codes");
    let make = |people: Value| issa.ask("POST", &path, &json!({ "people": people }));
    assert_eq!(make(json!(["Awa", "Issa"])).1["code"], "bad_input", "who administers has no device");
    assert_eq!(issa.get_granted("GET", &path, &NOTHING), json!([]), "all or none");
    let (_, codes) = make(json!(["Awa", "Bakary"]));
    assert_eq!((&codes[0]["person"], &codes[1]["person"]), (&json!("Awa"), &json!("Bakary")));
    let open = issa.get_granted("GET", &path, &NOTHING);
    assert!(!open.to_string().contains(codes[0]["code"].as_str().unwrap()), "only its hash is kept");
    issa.get_granted("DELETE", &format!("{path}/{}", open[0]["id"]), &NOTHING);
    let refused =
        TestDevice::of("Awa").attempt(&["enrol", &server.url(), codes[0]["code"].as_str().unwrap()]);
    assert_eq!(refused.unwrap_err().code(), "code_invalid");
    TestDevice::of("Bakary").enrol(&server.url(), codes[1]["code"].as_str().unwrap());
    assert_eq!(issa.get_granted("GET", &path, &NOTHING), json!([]), "used");
    assert_eq!(issa.get_granted("GET", "devices", &NOTHING)[0]["person"], "Bakary");
}

fn manage_token(who: &Supervisor) -> String {
    let with = json!({ "name": "Gestion", "scopes": ["manage"], "days": 1, "password": PASSWORD });
    who.get_granted("POST", "me/tokens", &with)["token"].as_str().unwrap().to_owned()
}

#[test]
fn no_token_takes_an_account_over_and_whatever_shuts_sessions_shuts_tokens() {
    let (server, issa) = office();
    server.add("Nana", "analyst");
    let token = manage_token(&issa);
    let by = |token: &str, method: &str, path: &str, body: Value| {
        let url = format!("{}/api/{path}", server.url());
        let request = http().build().unwrap().request(method.parse().unwrap(), url).bearer_auth(token);
        told(request.json(&body))
    };
    assert_eq!(by(&token, "GET", "people", NOTHING).0, 200);
    for (method, path) in [
        ("POST", "people/Issa/invitation"),
        ("PATCH", "people/Nana"),
        ("DELETE", "people/Nana/second-factor"),
        ("DELETE", "people/Nana/sessions"),
    ] {
        assert_eq!(
            by(&token, method, path, json!({ "role": "admin" })).1["code"],
            "signed_out",
            "{method} {path}"
        );
    }
    let with = json!({ "name": "Volé", "scopes": ["read"], "days": 366, "password": "x" });
    assert_eq!(issa.get_refused("POST", "me/tokens", &with), "sign_in_failed", "a session alone makes none");

    let nana = Supervisor::sign_in(&server.url(), "Nana");
    let token = manage_token(&nana);
    assert_eq!(by(&token, "GET", "example", NOTHING).0, 200);
    issa.get_granted("DELETE", "people/Nana/sessions", &NOTHING);
    assert_eq!(by(&token, "GET", "example", NOTHING).1["code"], "token_unknown");
}

#[test]
fn an_invitation_does_not_go_past_a_second_factor() {
    let (server, issa) = office();
    server.add("Nana", "analyst");
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    let offered = nana.get_granted("POST", "me/second-factor", &json!({ "password": PASSWORD }));
    let secret = Secret::Encoded(offered["secret"].as_str().unwrap().to_owned()).to_bytes().unwrap();
    let phone = TOTP::new(Algorithm::SHA1, 6, 0, 30, secret, None, String::new()).unwrap();
    let code = |from_now: i64| phone.generate((chrono::Utc::now().timestamp() + from_now).cast_unsigned());
    nana.get_granted("PUT", "me/second-factor", &json!({ "code": code(-30) }));
    let invitation = issa.get_granted("POST", "people/Nana/invitation", &NOTHING);
    let new = "quatre calebasses bleues";
    let with = json!({ "secret": invitation["secret"], "password": new });
    let refused = Supervisor::come_in(&server.url(), "invitations", &with).err().unwrap();
    assert_eq!(refused, "second_factor_needed");
    let with = json!({ "name": "Nana", "password": new, "code": code(0) });
    assert!(Supervisor::come_in(&server.url(), "session", &with).is_ok(), "the password is the new one");
}

#[test]
fn a_program_does_what_its_token_says_and_no_more() {
    let (server, issa) = office();
    server.add("Nana", "analyst");
    let nana = Supervisor::sign_in(&server.url(), "Nana");
    let make = |scopes: Value, days: u32| {
        let with = json!({ "name": "Tableau", "scopes": scopes, "days": days, "password": PASSWORD });
        nana.ask("POST", "me/tokens", &with)
    };
    assert_eq!(make(json!([]), 30).1["code"], "bad_input");
    assert_eq!(make(json!(["read"]), 3000).1["code"], "bad_input");
    assert_eq!(make(json!(["everything"]), 30).1["code"], "bad_input");
    let (_, made) = make(json!(["read"]), 30);
    let token = made["token"].as_str().unwrap();
    let by = |token: &str, method: &str, path: &str| {
        let url = format!("{}/api/{path}", server.url());
        let request = http().build().unwrap().request(method.parse().unwrap(), url).bearer_auth(token);
        let (status, answer) = told(request.json(&json!({})));
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    };
    let scope = || (403, "token_scope".to_owned());
    assert_eq!(by(token, "GET", &format!("campaigns/{CAMPAIGN}/stories")).0, 200);
    assert_eq!(by(token, "GET", &format!("campaigns/{CAMPAIGN}/coverage")).0, 200);
    assert_eq!(by(token, "PUT", &format!("campaigns/{CAMPAIGN}")), scope());
    assert_eq!(by(token, "GET", "people"), scope(), "reading people is managing them");
    assert_eq!(by(token, "GET", "me/tokens").0, 401, "a token makes no tokens");
    assert_eq!(by("blon_of-nobody", "GET", "campaigns"), (401, "token_unknown".to_owned()));
    let basic = http().build().unwrap().get(format!("{}/api/campaigns", server.url()));
    assert_eq!(told(basic.basic_auth("excel", Some(token))).0, 200, "as a spreadsheet sends it");

    let changes = http()
        .build()
        .unwrap()
        .post(format!("{}/api/campaigns/{CAMPAIGN}/questionnaire/publish", server.url()));
    let changed = told(changes.basic_auth("excel", Some(manage_token(&nana))));
    assert_eq!((changed.0, &changed.1["code"]), (401, &json!("signed_out")), "Basic changes nothing");

    // It does no more than its owner may.
    let (_, manages) = make(json!(["manage"]), 1);
    assert_eq!(by(manages["token"].as_str().unwrap(), "GET", "people"), (403, "forbidden".to_owned()));
    assert!(nana.get_granted("GET", "me/tokens", &NOTHING)[0]["used"].is_string());
    nana.get_granted("DELETE", &format!("me/tokens/{}", made["line"]["id"]), &NOTHING);
    assert_eq!(by(token, "GET", "campaigns"), (401, "token_unknown".to_owned()));
    issa.get_granted("PATCH", "people/Nana", &json!({ "disabled": true }));
    assert_eq!(by(manages["token"].as_str().unwrap(), "GET", "campaigns").0, 401, "its owner is shut out");
}
