//! A supervisor at headquarters' pages, by the same requests that the pages make.

use crate::fixtures::CAMPAIGN;
use crate::server::PASSWORD;
use reqwest::Method;
use reqwest::blocking::{Client, ClientBuilder, RequestBuilder, Response};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Somebody who is signed in.
pub struct Supervisor {
    client: Client,
    base: String,
    csrf: String,
}

/// A plain HTTP client: tests talk to loopback only, so it trusts nobody's certificate.
pub fn http() -> ClientBuilder {
    believing(RootCertStore::empty())
}

/// A client that believes this certificate, as a browser does to which it was given.
pub fn http_believing(certificate: &Path) -> ClientBuilder {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    believing(roots)
}

fn believing(roots: RootCertStore) -> ClientBuilder {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder().tls_backend_preconfigured(config)
}

/// Sends a request; gives the status, and what was answered.
pub fn told(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().unwrap();
    let (status, text) = (answer.status().as_u16(), answer.text().unwrap());
    let value = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    };
    (status, value)
}

impl Supervisor {
    /// Signs this person in.
    pub fn sign_in(url: &str, name: &str) -> Self {
        Supervisor::come_in(url, "session", &json!({ "name": name, "password": PASSWORD }))
            .unwrap_or_else(|refused| panic!("{name} does not come in: {refused}"))
    }

    /// Comes in by this door, such as `session` or `invitations`.
    ///
    /// # Errors
    /// The code of a refusal.
    pub fn come_in(url: &str, door: &str, with: &Value) -> Result<Self, String> {
        let client = http().cookie_store(true).build().unwrap();
        let (status, answer) = told(client.post(format!("{url}/api/{door}")).json(with));
        if status != 200 {
            return Err(answer["code"].as_str().unwrap().to_owned());
        }
        Ok(Supervisor { client, base: url.to_owned(), csrf: answer["csrf"].as_str().unwrap().to_owned() })
    }

    /// Listens to what changes: the next event that comes within this time.
    pub fn hears(&self, within: Duration) -> Option<String> {
        let url = format!("{}/api/changes", self.base);
        let answer = self.client.get(url).timeout(within).send().unwrap();
        let mut lines = BufReader::new(answer).lines().map_while(std::result::Result::ok);
        lines.find(|line| line.starts_with("event:"))
    }

    fn campaign(&self, path: &str) -> String {
        format!("{}/api/campaigns/{CAMPAIGN}/{path}", self.base)
    }

    /// A request to any path, with what shows that it is the page's own.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).header("x-blon-csrf", &self.csrf)
    }

    /// Sends this to a path of the interface, such as `people`; nothing for null. Gives the status, and what was answered.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(method.parse().unwrap(), &format!("/api/{path}"));
        told(if body.is_null() { request } else { request.json(body) })
    }

    /// The same for what must be granted.
    pub fn get_granted(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(method, path, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// The same for what must be refused; gives the code.
    pub fn get_refused(&self, method: &str, path: &str, body: &Value) -> String {
        let (status, answer) = self.ask(method, path, body);
        assert!((400..500).contains(&status), "{method} {path}: {status} {answer}");
        answer["code"].as_str().unwrap().to_owned()
    }

    /// Reads something of the campaign, such as `stories`.
    pub fn get(&self, path: &str) -> Response {
        self.client.get(self.campaign(path)).send().unwrap()
    }

    /// The stories in sight, the first 200 of them.
    pub fn stories(&self) -> Vec<Value> {
        self.queue("count=200")["stories"].as_array().unwrap().clone()
    }

    /// A page of the list, as what stands after the `?` asks for it.
    pub fn queue(&self, query: &str) -> Value {
        let answer = self.get(&format!("stories?{query}"));
        assert_eq!(answer.status(), 200, "{query}");
        answer.json().unwrap()
    }

    /// What is said about a story apart from a decision, ready to send.
    pub fn remark(&self, id: &str, remark: &Value) -> RequestBuilder {
        let url = self.campaign(&format!("stories/{id}/remarks"));
        self.client.post(url).header("x-blon-csrf", &self.csrf).json(remark)
    }

    /// One story, whole.
    pub fn story(&self, id: &str) -> Value {
        let answer = self.get(&format!("stories/{id}"));
        assert_eq!(answer.status(), 200);
        answer.json().unwrap()
    }

    /// A decision, ready to send: on what the page showed.
    pub fn decision(&self, page: &Value, verdict: &Value) -> RequestBuilder {
        let id = page["row"]["id"].as_str().unwrap();
        self.client
            .post(self.campaign(&format!("stories/{id}/decisions")))
            .header("x-blon-csrf", &self.csrf)
            .json(&json!({ "in_sight": page["in_sight"], "verdict": verdict }))
    }

    /// Sends a story back with one comment on one answer; gives the story as it then stands.
    pub fn give_back(&self, id: &str, answer: &str, text: &str) -> Value {
        let verdict = json!({ "kind": "returned", "comments": [{ "answer": answer, "text": text }] });
        let answer = self.decision(&self.story(id), &verdict).send().unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().unwrap()
    }

    /// Approves a story; gives the story as it then stands.
    pub fn approve(&self, id: &str) -> Value {
        let verdict = json!({ "kind": "approved", "note": "" });
        let answer = self.decision(&self.story(id), &verdict).send().unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().unwrap()
    }

    /// Asks for a file before others.
    pub fn ask_for(&self, sha256: &str) {
        let request = self.client.post(self.campaign(&format!("files/{sha256}/ask")));
        assert_eq!(request.header("x-blon-csrf", &self.csrf).send().unwrap().status(), 204);
    }

    /// The bytes of a file at headquarters.
    pub fn file(&self, sha256: &str) -> Vec<u8> {
        let answer = self.get(&format!("files/{sha256}"));
        assert_eq!(answer.status(), 200);
        answer.bytes().unwrap().to_vec()
    }
}
