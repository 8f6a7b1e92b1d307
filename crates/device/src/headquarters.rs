//! The line to headquarters: what is said, over HTTP, and how many bytes it took.
//!
//! Plain HTTP goes to this machine alone; redirects are not followed, so the device's secret reaches only
//! the address it was enrolled at. Who answers there must be believed first ([`crate::trust`]).
//!
//! A line is given up when it *stalls*, never after a total time: on 2G a batch may take minutes, and every byte
//! of it was paid for. The requests run on a small runtime of their own, so callers stay synchronous. Files go by tus 1.0.

use crate::error::{Error, Result};
use crate::sync::line::{Line, Traffic};
use crate::trust;
use crate::view::Enrolment;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use blon_core::error::{Code, Problem};
use blon_core::id::{DeviceId, Digest, PersonName};
use blon_core::invitation::Pin;
use blon_core::protocol::{
    EARLIER_DEVICES, ERASED, EnrolAnswer, EnrolRequest, FILES, PROTOCOL, SyncAnswer, SyncRequest, TUS, apart,
};
use blon_core::wire;
use futures_util::stream;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RANGE};
use reqwest::{Body, Client, Method, RequestBuilder, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::cell::Cell;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long to wait for a first byte to be possible at all.
const CONNECT: Duration = Duration::from_secs(30);

/// How long a line may stand still. A piece of [`PIECE`] bytes passes in a third of that on a tenth of 2G.
const STALL: Duration = Duration::from_secs(60);

/// How long a device that has erased itself tries to say so: whoever holds it must not wait for a screen.
const SAYING_ERASED: Duration = Duration::from_secs(20);

/// The most bytes that an answer may come to once it is unpacked: a full batch of records, many times over.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// A file that costs little to send again, were its end found to be wrong: it needs no sum of its own.
const SMALL: u64 = 64 * 1024;

/// Bytes of a body that are handed to the line at once.
const PIECE: usize = 8 * 1024;

/// A line to headquarters that counts what passes.
pub struct Headquarters {
    runtime: Runtime,
    client: Client,
    base: Url,
    token: Option<String>,
    /// Whether one key alone is believed.
    pinned: bool,
    /// The dictionary that both sides know; 0 once headquarters said that it knows none of ours.
    dictionary: Cell<u32>,
    traffic: Cell<Traffic>,
}

/// What headquarters answered, with a status of success.
struct Answer {
    headers: HeaderMap,
    content: Vec<u8>,
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
    /// A line to this address; `token` once the device is enrolled, `pin` where headquarters is known by its key. Nothing is sent
    /// yet.
    ///
    /// # Errors
    /// `insecure_address`, `bad_input`.
    pub fn at(url: &str, token: Option<String>, pin: Option<Pin>) -> Result<Self> {
        let base = address(url)?;
        let inside = |e: String| Error::Internal(e);
        let mut client = Client::builder()
            .tls_backend_preconfigured(trust::config(pin)?)
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
            pinned: pin.is_some(),
            dictionary: Cell::new(wire::newest()),
            traffic: Cell::default(),
        })
    }

    /// Runs what is to be done over this line.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Asks to be taken in with a one-time code; `person` is who the device belongs to already, `earlier` are the names under
    /// which their records were made. Gives the enrolment, the
    /// device's secret, and the key to which parcels are sealed.
    ///
    /// # Errors
    /// `code_invalid`, `already_enrolled`, `protocol_unsupported`, `headquarters_older`, `unreachable`, `server_key_wrong`,
    /// `server_untrusted`, `bad_answer`, `server_fault`.
    pub fn enrol(
        &self,
        code: &str,
        person: Option<PersonName>,
        mut earlier: Vec<DeviceId>,
    ) -> Result<(Enrolment, String, Option<String>)> {
        earlier.truncate(EARLIER_DEVICES);
        let ask = EnrolRequest { protocol: PROTOCOL, code: code.trim().to_owned(), person, earlier };
        let answer: EnrolAnswer = self.runtime.block_on(self.post("v1/enrol", &serde_json::to_vec(&ask)?))?;
        let enrolment = Enrolment {
            url: self.base.to_string().trim_end_matches('/').to_owned(),
            device: answer.device,
            person: answer.person,
            role: answer.role,
            campaign: answer.campaign,
        };
        Ok((enrolment, answer.token, answer.parcel_key))
    }

    fn url(&self, path: &str) -> Result<Url> {
        let text = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|e| Error::Internal(e.to_string()))
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Result<T> {
        let answer = match self.post_packed(path, body).await {
            Err(error) if error.code() == Code::DictionaryUnknown && self.dictionary.get() != 0 => {
                self.dictionary.set(0);
                self.post_packed(path, body).await?
            }
            answer => answer?,
        };
        serde_json::from_slice(&answer.content).map_err(|e| Error::told(Code::BadAnswer, e.to_string()))
    }

    async fn post_packed(&self, path: &str, body: &[u8]) -> Result<Answer> {
        let dictionary = self.dictionary.get();
        let packed =
            wire::pack_apart(body, apart(body), dictionary).map_err(|e| Error::Internal(e.to_string()))?;
        let request = self
            .client
            .post(self.url(path)?)
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_ENCODING, wire::ENCODING)
            .header(ACCEPT_ENCODING, wire::ENCODING)
            .header(wire::DICTIONARY, dictionary);
        self.send(request, packed).await
    }

    /// A request of tus.
    async fn upload(
        &self,
        method: Method,
        path: &str,
        piece: Option<Vec<u8>>,
        named: &[(&str, String)],
    ) -> Result<u64> {
        let mut request = self.client.request(method, self.url(path)?).header("tus-resumable", TUS);
        for (name, value) in named {
            request = request.header(*name, value);
        }
        if piece.is_some() {
            request = request.header(CONTENT_TYPE, "application/offset+octet-stream");
        }
        let answer = self.send(request, piece.unwrap_or_default()).await?;
        let offset =
            answer.headers.get("upload-offset").and_then(|offset| offset.to_str().ok()?.parse().ok());
        offset.ok_or_else(|| Error::told(Code::BadAnswer, "headquarters did not say how much it has"))
    }

    async fn send(&self, request: RequestBuilder, content: Vec<u8>) -> Result<Answer> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let (pulse, bytes) = (Pulse::default(), content.len() as u64);
        let request = if content.is_empty() {
            request
        } else {
            request.header(CONTENT_LENGTH, bytes).body(pieces(content, pulse.clone()))
        };
        let request = request.build().map_err(|e| Error::Internal(e.to_string()))?;
        self.count(1, bytes + request.url().as_str().len() as u64 + header_bytes(request.headers()), 0);
        let answered = async {
            let mut answer = self.client.execute(request).await.map_err(|e| unreachable(&e, self.pinned))?;
            self.count(0, 0, header_bytes(answer.headers()));
            let mut content = Vec::new();
            while let Some(piece) = answer.chunk().await.map_err(|e| Error::LineBroke(e.to_string()))? {
                self.count(0, 0, piece.len() as u64);
                content.extend_from_slice(&piece);
                pulse.beat();
                if content.len() > ANSWER_BYTES {
                    return Err(Error::told(Code::BadAnswer, "the answer is larger than may be"));
                }
            }
            Ok((answer.status(), Answer { headers: answer.headers().clone(), content }))
        };
        let (status, mut answer) = unless_it_stalls(&pulse, answered).await?;
        if let Some(dictionary) = packed_with(&answer.headers) {
            answer.content = wire::unpack(&answer.content, dictionary, ANSWER_BYTES)
                .map_err(|e| Error::told(Code::BadAnswer, e.to_string()))?;
        }
        if status.is_success() { Ok(answer) } else { Err(problem(status, &answer.content)) }
    }

    fn count(&self, requests: u32, up: u64, down: u64) {
        let before = self.traffic.get();
        self.traffic.set(Traffic {
            requests: before.requests + requests,
            up: before.up + up,
            down: before.down + down,
        });
    }
}

impl Line for Headquarters {
    async fn exchange(&self, ask: &SyncRequest) -> Result<SyncAnswer> {
        self.post("v1/sync", &serde_json::to_vec(ask)?).await
    }

    async fn standing(&self, sha256: &Digest) -> Result<Option<u64>> {
        match self.upload(Method::HEAD, &format!("{FILES}/{sha256}"), None, &[]).await {
            Ok(have) => Ok(Some(have)),
            // An answer to HEAD has no body that could say more.
            Err(error) if matches!(error.code(), Code::FileNotFound | Code::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn begin(&self, sha256: &Digest, bytes: u64, piece: Vec<u8>, parcel: bool) -> Result<u64> {
        let beside = if parcel { ",parcel MQ==" } else { "" };
        let metadata = format!("sha256 {}{beside}", BASE64.encode(sha256.to_bytes()));
        let mut named = vec![("upload-length", bytes.to_string()), ("upload-metadata", metadata)];
        // A file that goes whole needs no other sum than its name.
        if (piece.len() as u64) < bytes {
            named.push(("upload-checksum", checksum(&piece)));
        }
        self.upload(Method::POST, FILES, Some(piece), &named).await
    }

    async fn append(&self, sha256: &Digest, bytes: u64, at: u64, piece: Vec<u8>) -> Result<u64> {
        let mut named = vec![("upload-offset", at.to_string())];
        // The end of a small file is proved by the file's own name soon enough.
        if bytes > SMALL || at + (piece.len() as u64) < bytes {
            named.push(("upload-checksum", checksum(&piece)));
        }
        self.upload(Method::PATCH, &format!("{FILES}/{sha256}"), Some(piece), &named).await
    }

    async fn fetch(&self, sha256: &Digest, at: u64, most: u64) -> Result<Vec<u8>> {
        let range = format!("bytes={at}-{}", at + most.max(1) - 1);
        let request = self.client.get(self.url(&format!("{FILES}/{sha256}"))?).header(RANGE, range);
        Ok(self.send(request, Vec::new()).await?.content)
    }

    async fn receipt(&self, parcel: &Digest) -> Result<Vec<u8>> {
        let request = self.client.get(self.url(&format!("v1/parcels/{parcel}"))?);
        Ok(self.send(request, Vec::new()).await?.content)
    }

    async fn erased(&self) -> Result<()> {
        let request = self.client.post(self.url(ERASED)?);
        let told = tokio::time::timeout(SAYING_ERASED, self.send(request, Vec::new())).await;
        told.map_err(|_| Error::told(Code::LineStalled, "headquarters did not answer in time"))?.map(|_| ())
    }

    async fn rest(&self, tries: u32) {
        // Whoever was cut off together does not come back together; the first time at once, or nearly.
        let least = 10_u64 << (2 * tries.saturating_sub(1).min(4));
        let chance = u64::from(getrandom::u32().unwrap_or(0)) % (2 * least);
        tokio::time::sleep(Duration::from_millis(least + chance)).await;
    }

    fn traffic(&self) -> Traffic {
        self.traffic.get()
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
                return Error::told(Code::LineStalled, "nothing has passed for a minute");
            }
            tokio::time::sleep_until(until.into()).await;
        }
    };
    tokio::select! {
        done = work => done,
        error = stalled => Err(error),
    }
}

/// A body in pieces, each of which is a sign of life.
fn pieces(content: Vec<u8>, pulse: Pulse) -> Body {
    let next = move |(content, at): (Vec<u8>, usize)| {
        pulse.beat();
        let piece = content.get(at..(at + PIECE).min(content.len())).unwrap_or_default().to_vec();
        let next = (content, at + piece.len());
        async move { Ok::<_, std::io::Error>(Some((piece, next)).filter(|(piece, _)| !piece.is_empty())) }
    };
    Body::wrap_stream(stream::try_unfold((content, 0), next))
}

/// The sum by which headquarters knows a piece that was changed on its way.
fn checksum(piece: &[u8]) -> String {
    format!("sha256 {}", BASE64.encode(Sha256::digest(piece)))
}

fn unreachable(error: &reqwest::Error, pinned: bool) -> Error {
    if let Some(refused) = trust::refused(error, pinned) {
        return refused;
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    if error.is_connect() {
        Error::told(Code::Unreachable, format!("headquarters cannot be reached: {text}"))
    } else {
        Error::LineBroke(text)
    }
}

/// What an answer that is no success says: headquarters' own words, or those of whatever stands between.
fn problem(status: StatusCode, content: &[u8]) -> Error {
    match serde_json::from_slice::<Problem>(content) {
        // Its own fault, and none of this device's: its full disk is not ours.
        Ok(problem) if status.is_server_error() => Error::told(Code::ServerFault, problem.message),
        Ok(problem) => Error::told(problem.code, problem.message),
        Err(_) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Error::told(Code::ServerFault, format!("headquarters answered {status}"))
        }
        Err(_) if status == StatusCode::UNAUTHORIZED => {
            Error::told(Code::DeviceUnknown, format!("headquarters answered {status}"))
        }
        Err(_) if status == StatusCode::NOT_FOUND => {
            Error::told(Code::NotFound, format!("headquarters answered {status}"))
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
