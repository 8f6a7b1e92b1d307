//! The line to headquarters: what is said, over HTTP, and how many bytes it took.
//!
//! Plain HTTP goes to this machine alone; redirects are not followed, so the device's secret reaches only
//! the address it was enrolled at. Trust comes from the bundled web roots, the same on every system.
//!
//! A line is given up when it *stalls*, never after a total time: on 2G a batch may take minutes, and every byte
//! of it was paid for. The requests run on a small runtime of their own, so callers stay synchronous.

use crate::error::{Error, Result};
use crate::view::{Enrolment, SyncReport};
use blon_core::error::{Code, Problem};
use blon_core::id::{Digest, PersonName};
use blon_core::protocol::{EnrolAnswer, EnrolRequest, PROTOCOL, SyncAnswer, SyncRequest};
use blon_core::wire;
use futures_util::stream;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use reqwest::{Body, Client, RequestBuilder, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::future::Future;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long to wait for a first byte to be possible at all.
const CONNECT: Duration = Duration::from_secs(30);

/// How long a line may stand still. A piece of [`PIECE`] bytes passes in a third of that on a tenth of 2G.
const STALL: Duration = Duration::from_secs(60);

/// The most bytes that an answer may come to once it is unpacked: a full batch of records, many times over.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// Bytes of a body that are handed to the line at once.
const PIECE: usize = 8 * 1024;

/// A line to headquarters that counts what passes.
pub struct Headquarters {
    runtime: Runtime,
    client: Client,
    base: Url,
    token: Option<String>,
    /// The dictionary that both sides know; 0 once headquarters said that it knows none of ours.
    dictionary: Cell<u32>,
}

/// Reads an address that a person typed: `https://…`, or `http://` to this machine.
///
/// # Errors
/// `insecure_address`, `bad_input`.
pub fn address(text: &str) -> Result<Url> {
    let url = Url::parse(text.trim().trim_end_matches('/'))
        .map_err(|_| Error::told(Code::BadInput, format!("{text:?} is not an address")))?;
    let host = url.host_str().unwrap_or_default();
    let this_machine = host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        _ if url.query().is_some() || url.fragment().is_some() => {
            Err(Error::told(Code::BadInput, format!("{text:?} is more than an address")))
        }
        "https" => Ok(url),
        "http" if this_machine => Ok(url),
        "http" => Err(Error::told(Code::InsecureAddress, "plain HTTP goes to this machine only; use https")),
        _ => Err(Error::told(Code::BadInput, format!("{text:?} is not a web address"))),
    }
}

impl Headquarters {
    /// A line to this address; `token` once the device is enrolled. Nothing is sent yet.
    ///
    /// # Errors
    /// `insecure_address`, `bad_input`.
    pub fn at(url: &str, token: Option<String>) -> Result<Self> {
        let base = address(url)?;
        let inside = |e: String| Error::Internal(e);
        let mut client = Client::builder()
            .tls_backend_preconfigured(trust()?)
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none());
        if base.scheme() == "http" {
            // What may stay on this machine alone must not go through a proxy on another.
            client = client.no_proxy();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Headquarters {
            runtime: runtime.map_err(|e| inside(e.to_string()))?,
            client: client.build().map_err(|e| inside(e.to_string()))?,
            base,
            token,
            dictionary: Cell::new(wire::newest()),
        })
    }

    /// Asks to be taken in with a one-time code; `person` is who the device belongs to already.
    ///
    /// # Errors
    /// `code_invalid`, `already_enrolled`, `protocol_unsupported`, `unreachable`, `bad_answer`, `server_fault`.
    pub fn enrol(&self, code: &str, person: Option<PersonName>) -> Result<(Enrolment, String)> {
        let ask = EnrolRequest { protocol: PROTOCOL, code: code.trim().to_owned(), person };
        let body = serde_json::to_vec(&ask)?;
        let answer: EnrolAnswer = self.post("v1/enrol", body, &mut SyncReport::default())?;
        let enrolment = Enrolment {
            url: self.base.to_string().trim_end_matches('/').to_owned(),
            device: answer.device,
            person: answer.person,
            campaign: answer.campaign,
        };
        Ok((enrolment, answer.token))
    }

    /// Sends records and fetches others; `report` counts the bytes.
    ///
    /// # Errors
    /// `device_unknown`, `protocol_unsupported`, `unreachable`, `bad_answer`, `server_fault`.
    pub fn sync(&self, ask: &SyncRequest, report: &mut SyncReport) -> Result<SyncAnswer> {
        self.post("v1/sync", serde_json::to_vec(ask)?, report)
    }

    /// Sends one whole file; when it returns, headquarters has it and checked its digest.
    ///
    /// # Errors
    /// `file_not_expected`, `file_too_large`, `file_digest_mismatch`, `device_unknown`, `unreachable`,
    /// `server_fault`.
    pub fn put_file(
        &self,
        sha256: &Digest,
        bytes: u64,
        content: impl Read + Send + 'static,
        report: &mut SyncReport,
    ) -> Result<()> {
        let request = self.client.put(self.url(&format!("v1/files/{sha256}"))?);
        self.send(request, content, bytes, report)?;
        Ok(())
    }

    fn url(&self, path: &str) -> Result<Url> {
        let text = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|e| Error::Internal(e.to_string()))
    }

    fn post<T: DeserializeOwned>(&self, path: &str, body: Vec<u8>, report: &mut SyncReport) -> Result<T> {
        let answer = match self.post_packed(path, &body, report) {
            Err(error) if error.code() == Code::DictionaryUnknown && self.dictionary.get() != 0 => {
                self.dictionary.set(0);
                self.post_packed(path, &body, report)?
            }
            answer => answer?,
        };
        serde_json::from_slice(&answer).map_err(|e| Error::told(Code::BadAnswer, e.to_string()))
    }

    fn post_packed(&self, path: &str, body: &[u8], report: &mut SyncReport) -> Result<Vec<u8>> {
        let dictionary = self.dictionary.get();
        let packed = wire::pack(body, dictionary).map_err(|e| Error::Internal(e.to_string()))?;
        let size = packed.len() as u64;
        let request = self
            .client
            .post(self.url(path)?)
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_ENCODING, wire::ENCODING)
            .header(ACCEPT_ENCODING, wire::ENCODING)
            .header(wire::DICTIONARY, dictionary);
        self.send(request, std::io::Cursor::new(packed), size, report)
    }

    fn send(
        &self,
        request: RequestBuilder,
        content: impl Read + Send + 'static,
        bytes: u64,
        report: &mut SyncReport,
    ) -> Result<Vec<u8>> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let pulse = Pulse::default();
        let body = pieces(content, pulse.clone());
        let request = request.header(CONTENT_LENGTH, bytes).body(body).build();
        let request = request.map_err(|e| Error::Internal(e.to_string()))?;
        report.requests += 1;
        report.bytes_up += bytes + request.url().as_str().len() as u64 + header_bytes(request.headers());
        let (mut content, mut headers, mut packed) = (Vec::new(), 0, None);
        let answered = async {
            let mut answer = self.client.execute(request).await.map_err(|e| unreachable(&e))?;
            headers = header_bytes(answer.headers());
            packed = packed_with(answer.headers());
            while let Some(piece) = answer.chunk().await.map_err(|e| broke(&e))? {
                content.extend_from_slice(&piece);
                pulse.beat();
            }
            Ok(answer.status())
        };
        let status = self.runtime.block_on(unless_it_stalls(&pulse, answered));
        report.bytes_down += headers + content.len() as u64;
        let status = status?;
        if let Some(dictionary) = packed {
            content = wire::unpack(&content, dictionary, ANSWER_BYTES)
                .map_err(|e| Error::told(Code::BadAnswer, e.to_string()))?;
        }
        if status.is_success() { Ok(content) } else { Err(problem(status, &content)) }
    }
}

/// When something last passed.
#[derive(Clone)]
struct Pulse(Arc<Mutex<Instant>>);

impl Default for Pulse {
    fn default() -> Self {
        Pulse(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Pulse {
    fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does `work` until it is done, or until nothing has passed for [`STALL`].
async fn unless_it_stalls<T>(pulse: &Pulse, work: impl Future<Output = Result<T>>) -> Result<T> {
    let stalled = async {
        loop {
            let until = pulse.last() + STALL;
            if Instant::now() >= until {
                return Error::told(Code::Unreachable, "the line stands still");
            }
            tokio::time::sleep_until(until.into()).await;
        }
    };
    tokio::select! {
        done = work => done,
        error = stalled => Err(error),
    }
}

/// A body in pieces, each of which is a sign of life. Reading the store takes no time beside the line.
fn pieces(content: impl Read + Send + 'static, pulse: Pulse) -> Body {
    let next = move |mut content: Box<dyn Read + Send>| {
        pulse.beat();
        let mut piece = Vec::with_capacity(PIECE);
        let read = content.by_ref().take(PIECE as u64).read_to_end(&mut piece);
        async move {
            match read {
                Ok(0) => Ok(None),
                Ok(_) => Ok(Some((piece, content))),
                Err(error) => Err(error),
            }
        }
    };
    let content: Box<dyn Read + Send> = Box::new(content);
    Body::wrap_stream(stream::try_unfold(content, next))
}

fn unreachable(error: &reqwest::Error) -> Error {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    Error::told(Code::Unreachable, format!("headquarters cannot be reached: {text}"))
}

fn broke(error: &reqwest::Error) -> Error {
    Error::told(Code::Unreachable, format!("the line broke: {error}"))
}

/// What an answer that is no success says: headquarters' own words, or those of whatever stands between.
fn problem(status: StatusCode, content: &[u8]) -> Error {
    match serde_json::from_slice::<Problem>(content) {
        Ok(problem) => Error::told(problem.code, problem.message),
        Err(_) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Error::told(Code::ServerFault, format!("headquarters answered {status}"))
        }
        Err(_) => Error::told(Code::BadAnswer, format!("headquarters answered {status}")),
    }
}

/// The dictionary that an answer was packed with, 0 for none; `None` where it was not packed.
fn packed_with(headers: &HeaderMap) -> Option<u32> {
    let packed = headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == wire::ENCODING);
    let number = headers.get(wire::DICTIONARY).and_then(|number| number.to_str().ok()?.parse().ok());
    packed.then(|| number.unwrap_or(0))
}

/// Name, value, and the four bytes around them on each line.
fn header_bytes(headers: &HeaderMap) -> u64 {
    headers.iter().map(|(name, value)| (name.as_str().len() + value.len() + 4) as u64).sum()
}

fn trust() -> Result<rustls::ClientConfig> {
    let roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::Internal(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for good in
            ["https://blon.example", "http://127.0.0.1:8080/", "http://localhost:1", "http://[::1]:80"]
        {
            assert!(address(good).is_ok(), "{good}");
        }
        for (bad, code) in [
            ("http://blon.example", Code::InsecureAddress),
            ("http://10.0.0.1", Code::InsecureAddress),
            ("http://localhost.example", Code::InsecureAddress),
            ("ftp://localhost", Code::BadInput),
            ("http://127.0.0.1:8080?x=1", Code::BadInput),
            ("blon", Code::BadInput),
        ] {
            assert_eq!(address(bad).err().unwrap().code(), code, "{bad}");
        }
    }
}
