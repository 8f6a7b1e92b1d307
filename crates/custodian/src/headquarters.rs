//! The line to headquarters: a custodian's session, as the pages have it.
//!
//! Plain HTTP goes to this machine alone, redirects are not followed, and what is asked never holds a key.

use crate::problem::{Result, about, told};
use blon_core::campaign::Campaign;
use blon_core::error::{Code, Problem};
use blon_core::id::{CampaignId, PersonName, RecordId, StoryId};
use blon_core::sealed::{SealedFace, SealedFile};
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, StatusCode, Url, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait where there were too many requests.
const REST: Duration = Duration::from_secs(2);

/// How often to wait so.
const RESTS: u32 = 15;

/// Somebody who is signed in.
pub struct Headquarters {
    client: Client,
    base: String,
    cookie: Zeroizing<String>,
    csrf: Zeroizing<String>,
}

/// A story whose storyteller is sealed there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdentityLine {
    /// Which.
    pub story: StoryId,
    /// What the storyteller is called.
    pub storyteller: String,
    /// Who collected it.
    pub collector: PersonName,
    /// How many times it was sealed.
    pub copies: u32,
    /// When the last of them came.
    pub received: String,
}

/// Who told a story, as it was sealed with one record.
#[derive(Debug, Clone, Deserialize)]
pub struct SealedCopy {
    /// The record.
    pub record: RecordId,
    /// The sealed file.
    pub sealed: SealedFile,
    /// When it came.
    pub received: String,
    /// Their face, where one was photographed and is there.
    pub face: Option<SealedFace>,
    /// Whether a face was photographed that is not there yet.
    #[serde(default)]
    pub face_awaited: bool,
}

/// What is taken out of who told a story.
#[derive(Deserialize)]
pub struct TakenOut {
    /// Whether they agreed to be contacted again; absent where nobody asked.
    pub contact_again: Option<bool>,
    /// What is sealed, the last first.
    pub copies: Vec<SealedCopy>,
}

/// What is put in the place of what was sealed before.
#[derive(Debug, Clone, Serialize)]
pub struct SealAnew {
    /// With which record it was.
    pub record: RecordId,
    /// The sealed file.
    pub sealed: SealedFile,
    /// The sealed face; absent where the one that is there stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub face: Option<SealedFace>,
}

#[derive(Serialize)]
struct SignIn<'a> {
    name: &'a str,
    password: &'a str,
    code: Option<&'a str>,
}

#[derive(Deserialize)]
struct Session {
    csrf: String,
}

#[derive(Deserialize)]
struct CampaignHere {
    campaign: Campaign,
}

impl Headquarters {
    /// Signs in; `code` is asked for where there is a second factor. `certificate` is what headquarters shows where no authority
    /// vouches for it.
    ///
    /// # Errors
    /// `insecure_address`, `bad_input`, `unreachable`; those of signing in.
    pub fn sign_in(
        address: &str,
        certificate: Option<&Path>,
        name: &str,
        password: &str,
        code: impl FnOnce() -> Result<Zeroizing<String>>,
    ) -> Result<Self> {
        let base = checked(address)?;
        let mut client = Client::builder()
            .tls_backend_preconfigured(believing(certificate)?)
            .timeout(PATIENCE)
            .user_agent(concat!("blon-custodian/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none());
        if base.starts_with("http:") {
            // What may stay on this machine alone must not go through a proxy on another.
            client = client.no_proxy();
        }
        let client = client.build().map_err(|e| told(Code::Internal, e.to_string()))?;
        let come = |code: Option<&str>| {
            answered(client.post(format!("{base}/api/session")).json(&SignIn { name, password, code }))
        };
        let answer = match come(None) {
            Err(problem) if problem.code == Code::SecondFactorNeeded => come(Some(code()?.trim()))?,
            answer => answer?,
        };
        let cookie = answer.headers().get(SET_COOKIE).and_then(|set| set.to_str().ok()?.split(';').next());
        let cookie = Zeroizing::new(cookie.unwrap_or_default().to_owned());
        let Session { csrf } = read(answer)?;
        Ok(Headquarters { client, base, cookie, csrf: Zeroizing::new(csrf) })
    }

    /// Ends the session.
    ///
    /// # Errors
    /// `unreachable`, `signed_out`.
    pub fn sign_out(&self) -> Result<()> {
        answered(self.request(Method::DELETE, "session")).map(|_| ())
    }

    /// The campaign with this id, or the only one.
    ///
    /// # Errors
    /// `campaign_not_found`; `bad_input` where there are several and none is named.
    pub fn campaign(&self, id: Option<&CampaignId>) -> Result<Campaign> {
        let here: Vec<CampaignHere> = self.get("campaigns")?;
        let mut campaigns = here.into_iter().map(|here| here.campaign);
        if let Some(id) = id {
            let message = format!("there is no campaign {id}, or not for you");
            return campaigns
                .find(|campaign| campaign.id == *id)
                .ok_or_else(|| told(Code::CampaignNotFound, message));
        }
        match (campaigns.next(), campaigns.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(told(Code::CampaignNotFound, "there is no campaign for you")),
            (Some(_), Some(_)) => {
                Err(told(Code::BadInput, "there are several campaigns; name one with --campaign"))
            }
        }
    }

    /// The stories whose storyteller is sealed there.
    ///
    /// # Errors
    /// `forbidden`, `campaign_not_found`.
    pub fn identities(&self, campaign: &CampaignId) -> Result<Vec<IdentityLine>> {
        self.get(&format!("campaigns/{campaign}/identities"))
    }

    /// Takes out what is sealed of who told a story, the last first; headquarters notes the reason.
    ///
    /// # Errors
    /// `forbidden`, `bad_input` without a reason, `campaign_not_found`, `story_not_found`.
    pub fn take_out(&self, campaign: &CampaignId, story: StoryId, reason: &str) -> Result<TakenOut> {
        let path = format!("campaigns/{campaign}/identities/{story}");
        let body = serde_json::json!({ "reason": reason });
        read(answered(self.request(Method::POST, &path).json(&body))?)
    }

    /// Puts sealed files in the place of those that are there: all or none.
    ///
    /// # Errors
    /// `forbidden`, `campaign_not_found`, `story_not_found`.
    pub fn put_anew(&self, campaign: &CampaignId, anew: &[SealAnew]) -> Result<()> {
        let path = format!("campaigns/{campaign}/identities");
        answered(self.request(Method::PUT, &path).json(anew)).map(|_| ())
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        read(answered(self.request(Method::GET, path))?)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/api/{path}", self.base));
        request.header(COOKIE, self.cookie.as_str()).header("x-blon-csrf", self.csrf.as_str())
    }
}

/// An address as requests begin with it: `https://…`, or `http://` to this machine.
fn checked(address: &str) -> Result<String> {
    let bad = |why| told(Code::BadInput, format!("{address:?} {why}"));
    let url = Url::parse(address.trim().trim_end_matches('/')).map_err(|_| bad("is not an address"))?;
    let host = url.host_str().unwrap_or_default();
    let this_machine = host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        _ if url.query().is_some() || url.fragment().is_some() => Err(bad("is more than an address")),
        "http" if !this_machine => {
            Err(told(Code::InsecureAddress, "plain HTTP goes to this machine only; use https"))
        }
        "https" | "http" => Ok(url.as_str().trim_end_matches('/').to_owned()),
        _ => Err(bad("is not a web address")),
    }
}

/// What it takes to speak TLS: the web's authorities vouch, or this certificate alone is believed.
fn believing(certificate: Option<&Path>) -> Result<ClientConfig> {
    let inside = |e: rustls::Error| told(Code::Internal, e.to_string());
    let mut roots = RootCertStore::empty();
    if let Some(path) = certificate {
        let unreadable = |why: String| told(Code::BadInput, format!("{}: {why}", path.display()));
        let bytes = std::fs::read(path).map_err(|e| about(path, &e))?;
        let shown = CertificateDer::from_pem_slice(&bytes).map_err(|e| unreadable(e.to_string()))?;
        roots.add(shown).map_err(|e| unreadable(e.to_string()))?;
    } else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(builder.map_err(inside)?.with_root_certificates(roots).with_no_client_auth())
}

/// Sends a request; waits where there were too many.
fn answered(request: RequestBuilder) -> Result<Response> {
    let mut rests = 0;
    loop {
        // No body here is a stream, so each can be sent again.
        let again =
            request.try_clone().ok_or_else(|| told(Code::Internal, "a request cannot be repeated"))?;
        let answer = again.send().map_err(|e| unreachable(&e))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let problem = serde_json::from_slice::<Problem>(&answer.bytes().unwrap_or_default());
        let problem = problem.unwrap_or_else(|_| other(status));
        if problem.code != Code::TooManyRequests || rests == RESTS {
            return Err(problem);
        }
        rests += 1;
        std::thread::sleep(REST);
    }
}

fn other(status: StatusCode) -> Problem {
    let code = if status.is_server_error() { Code::ServerFault } else { Code::BadAnswer };
    told(code, format!("headquarters answered {status}"))
}

fn read<T: DeserializeOwned>(answer: Response) -> Result<T> {
    let bytes = answer.bytes().map_err(|e| unreachable(&e))?;
    serde_json::from_slice(&bytes).map_err(|e| told(Code::BadAnswer, e.to_string()))
}

fn unreachable(error: &reqwest::Error) -> Problem {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    told(Code::Unreachable, format!("headquarters cannot be reached: {text}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for (good, base) in [
            ("https://blon.example/", "https://blon.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:80", "http://[::1]"),
            ("https://blon.example/hq/", "https://blon.example/hq"),
        ] {
            assert_eq!(checked(good).unwrap(), base);
        }
        for (bad, code) in [
            ("http://blon.example", Code::InsecureAddress),
            ("http://localhost.example", Code::InsecureAddress),
            ("ftp://localhost", Code::BadInput),
            ("http://127.0.0.1:8080?x=1", Code::BadInput),
            ("blon", Code::BadInput),
        ] {
            assert_eq!(checked(bad).unwrap_err().code, code, "{bad}");
        }
    }
}
