//! Errors on the wire: a status and a problem (RFC 9457) with its code. What went wrong inside is logged, not sent.

use crate::error::Error;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use blon_core::error::Code;
use blon_core::said::Said;
use blon_core::wire::{DICTIONARY, ENCODING, Unpacking, is_known, pack, pack_quickly, unpack};
use futures_util::StreamExt;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The result of a handler.
pub type Answer<T> = Result<T, Error>;

/// A JSON body; one that cannot be read is a 4xx with a code.
pub struct Body<T>(pub T);

/// The most bytes that a route's body may have; a layer of the route. Without one, what a stranger may send.
#[derive(Clone, Copy)]
pub struct BodyLimit(pub usize);

/// The most bytes that somebody may send whom nobody knows yet: a code, or a name and a password.
const STRANGER_BYTES: usize = 16 * 1024;

/// The most bytes of theirs that are read and let go.
const STRANGER_LET_GO_BYTES: usize = 1024 * 1024;

/// How long theirs may take: the slowest line there is carries so much in half of that.
const STRANGER_TIME: Duration = Duration::from_secs(120);

/// The most bytes of a body that is too large that are read and let go, so that its sender hears why: who is still
/// sending takes an early answer for a broken line.
const LET_GO_BYTES: usize = 32 * 1024 * 1024;

/// The bytes of a file, whatever kind it is; the route says how many there may be.
pub struct FileBytes(pub Vec<u8>);

/// The most bytes of a file that is too large that are read and let go: people try to upload whole films.
const FILE_LET_GO_BYTES: usize = 1024 * 1024 * 1024;

impl<S: Send + Sync> FromRequest<S> for FileBytes {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let limit = request.extensions().get::<BodyLimit>().map_or(STRANGER_BYTES, |limit| limit.0);
        Ok(FileBytes(content(request, limit, FILE_LET_GO_BYTES, Duration::MAX).await?))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let known = request.extensions().get::<BodyLimit>().map(|limit| limit.0);
        let limit = known.unwrap_or(STRANGER_BYTES);
        // Of a stranger no more is let go than an honest mistake may have, and for no longer than a code or a password takes.
        let let_go = if known.is_some() { LET_GO_BYTES } else { STRANGER_LET_GO_BYTES };
        let patience = if known.is_some() { Duration::MAX } else { STRANGER_TIME };
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_json =
            kind.is_some_and(|kind| kind.split(';').next().unwrap_or_default().trim() == "application/json");
        let packed = packed_with(request.headers());
        let bytes = content(request, limit, let_go, patience).await?;
        let bytes = match packed {
            Some(dictionary) => unpack(&bytes, dictionary, limit).map_err(|e| match e {
                Unpacking::UnknownDictionary(_) => Error::told(Code::DictionaryUnknown, e.to_string()),
                Unpacking::TooLarge => too_large(limit),
                Unpacking::Broken(_) => Error::told(Code::BadInput, e.to_string()),
            })?,
            None => bytes,
        };
        if !is_json {
            return Err(Error::told(
                Code::BadInput,
                "the body must be JSON, with content-type application/json",
            ));
        }
        // The slower way tells where it broke off.
        let value =
            serde_json::from_slice(&bytes).or_else(|_| Json::from_bytes(&bytes).map(|Json(value)| value))?;
        Ok(Body(value))
    }
}

/// The body of a request, if it has at most `limit` bytes; up to `let_go` are read to hear it out.
async fn content(
    request: Request,
    limit: usize,
    let_go: usize,
    patience: Duration,
) -> Result<Vec<u8>, Error> {
    let (mut content, mut bytes, mut size) = (request.into_body().into_data_stream(), Vec::new(), 0);
    let read = async {
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|e| Error::told(Code::BadInput, format!("the body broke off: {e}")))?;
            size += piece.len();
            if size <= limit {
                bytes.extend_from_slice(&piece);
            } else if size > let_go {
                break;
            }
        }
        Ok::<_, Error>(())
    };
    let slow = |_| Error::told(Code::BadInput, "the body took too long");
    tokio::time::timeout(patience, read).await.map_err(slow)??;
    if size > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

fn too_large(limit: usize) -> Error {
    Error::told(Code::TooLarge, format!("a body has at most {limit} bytes here"))
}

/// The dictionary that a body was packed with, 0 for none; `None` where it was not packed.
fn packed_with(headers: &HeaderMap) -> Option<u32> {
    let packed = headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == ENCODING);
    packed.then(|| dictionary_of(headers))
}

/// The dictionary that a device names, 0 for none.
fn dictionary_of(headers: &HeaderMap) -> u32 {
    let named = headers.get(DICTIONARY).and_then(|number| number.to_str().ok());
    named.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// An answer with texts in it, which are worth the work of packing them as small as may be.
#[derive(Clone, Copy)]
pub struct HoldsTexts;

/// Packs what goes to a device that can unpack it, with the dictionary that it names where that is known here.
pub async fn pack_answers(request: Request, next: Next) -> Response {
    let takes = request.headers().get(header::ACCEPT_ENCODING).is_some_and(|takes| takes == ENCODING);
    let dictionary = Some(dictionary_of(request.headers())).filter(|number| is_known(*number)).unwrap_or(0);
    let answer = next.run(request).await;
    if !takes || answer.status() == StatusCode::NO_CONTENT {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    // Answers to devices are made whole in memory before they are sent.
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return Error::Internal("an answer broke off".to_owned()).into_response();
    };
    let packed = if head.extensions.get::<HoldsTexts>().is_some() {
        pack(&bytes, dictionary)
    } else {
        pack_quickly(&bytes, dictionary)
    };
    match packed {
        Ok(packed) => {
            head.headers.remove(header::CONTENT_LENGTH);
            head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(ENCODING));
            head.headers.insert(DICTIONARY, HeaderValue::from(dictionary));
            Response::from_parts(head, packed.into())
        }
        Err(_) => Response::from_parts(head, bytes.into()),
    }
}

/// The parts of a path; those that cannot be read name nothing that exists.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

/// What stands after the `?` of an address.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Error))]
pub struct Query<T>(pub T);

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Self {
        Error::told(Code::BadInput, rejection.body_text())
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        Error::told(Code::BadInput, rejection.body_text())
    }
}

impl From<PathRejection> for Error {
    fn from(rejection: PathRejection) -> Self {
        Error::told(Code::NotFound, rejection.body_text())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let code = self.code();
        let (status, message) = (status(code), told(&self));
        // HTTP has no words of its own for what tus answers where bytes were changed.
        let title = status.canonical_reason().unwrap_or("Checksum Mismatch").to_owned();
        let findings = if let Error::Unusable(findings) = self { findings } else { Vec::new() };
        let told = Told { title, status: status.as_u16(), code, detail: message.clone(), message, findings };
        let mut answer = (status, [(header::CONTENT_TYPE, PROBLEM)], Json(told)).into_response();
        answer.extensions_mut().insert(code);
        if status == StatusCode::TOO_MANY_REQUESTS {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        answer
    }
}

/// Has a browser keep an answer as a file of this name, which is of plain letters, digits, points and hyphens.
pub fn attachment(name: &str) -> [(header::HeaderName, String); 1] {
    [(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))]
}

/// The type of an error's body (RFC 9457).
pub const PROBLEM: &str = "application/problem+json";

/// An error as it is answered.
#[derive(Serialize, JsonSchema)]
pub struct Told {
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What to switch on.
    pub code: Code,
    /// A sentence for people and logs, in English.
    detail: String,
    /// The same: devices have always read it here.
    message: String,
    /// All that is wrong with a campaign that was refused, one by one; otherwise it is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Said>,
}

/// What the caller is told of an error. What went wrong inside is logged.
pub(super) fn told(error: &Error) -> String {
    let code = error.code();
    match error {
        Error::Told { message, .. } => message.clone(),
        Error::Unusable(_) => error.to_string(),
        inside if code == Code::StoreUnavailable => {
            tracing::warn!(%code, "{inside}");
            "headquarters cannot reach its data just now; nothing was done, and asking again later is right"
                .to_owned()
        }
        inside if code == Code::DiskFull => {
            tracing::error!(%code, "{inside}");
            "headquarters' disk is full; nothing was lost here, and sending again later is right".to_owned()
        }
        inside => {
            tracing::error!(%code, "{inside}");
            "headquarters had a fault; its log says more".to_owned()
        }
    }
}

pub(super) fn status(code: Code) -> StatusCode {
    match code {
        Code::DeviceUnknown
        | Code::SignedOut
        | Code::SignInFailed
        | Code::SecondFactorNeeded
        | Code::SecondFactorWrong
        | Code::TokenUnknown => StatusCode::UNAUTHORIZED,
        Code::Forbidden
        | Code::CrossSite
        | Code::ActNotAllowed
        | Code::RecordNotYours
        | Code::SetUpTokenWrong
        | Code::TokenScope => StatusCode::FORBIDDEN,
        Code::NotFound
        | Code::StoryNotFound
        | Code::FileNotFound
        | Code::FileNotExpected
        | Code::ThreadNotFound
        | Code::CampaignNotFound
        | Code::InvitationInvalid
        | Code::NoQuestionnaire
        | Code::PersonNotFound => StatusCode::NOT_FOUND,
        Code::RevisionNotNewest
        | Code::ActNotNow
        | Code::NameTaken
        | Code::CampaignTaken
        | Code::CampaignArchived
        | Code::NotInCampaign
        | Code::VersionTaken
        | Code::LastAdmin
        | Code::SetUpAlready
        | Code::AuditBroken
        | Code::CampaignChanged
        | Code::RecordIdTaken
        | Code::UploadOffsetWrong => StatusCode::CONFLICT,
        Code::TooManyAttempts | Code::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        Code::TusUnsupported => StatusCode::PRECONDITION_FAILED,
        // What tus answers where bytes were changed on their way.
        Code::ChecksumMismatch | Code::FileDigestMismatch => {
            StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
        }
        Code::TooLarge | Code::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::Internal | Code::ServerFault => StatusCode::INTERNAL_SERVER_ERROR,
        Code::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        Code::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}
