//! Evidence by tus 1.0.0 (<https://tus.io/protocols/resumable-upload>): core, creation, creation-with-upload, checksum,
//! expiration, termination. An upload's address is its file's SHA-256, so that no client can lose it.

use super::answer::{Answer, Path};
use super::guard::Caller;
use super::{Web, evidence};
use crate::error::Error;
use crate::store::DeviceRow;
use crate::uploads::{Checksum, Standing, let_go};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, options};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use blon_core::error::Code;
use blon_core::id::Digest;
use blon_core::parcel::PARCEL_BYTES;
use blon_core::protocol::{FILE_BYTES, TUS};
use chrono::DateTime;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// The type of a body that is a piece of a file.
const PIECE: &str = "application/offset+octet-stream";

/// Every route of `/v1/files`, and the receipts for parcels that came by it.
pub fn routes() -> Router<Web> {
    let one = get(fetch).head(standing).patch(append).delete(end).put(put_whole).post(overridden);
    Router::new()
        .route("/v1/files", options(what_is_spoken).post(create))
        .route("/v1/files/", options(what_is_spoken).post(create))
        .route("/v1/files/{sha256}", one.options(what_is_spoken))
        .layer(from_fn(speak_tus))
        .route("/v1/parcels/{sha256}", get(receipt))
}

/// `GET /v1/parcels/{sha256}`: the receipt for a parcel that this device carried.
async fn receipt(
    State(web): State<Web>,
    Caller(device): Caller,
    Path(sha256): Path<Digest>,
) -> Answer<Vec<u8>> {
    web.headquarters.blocking(move |hq| hq.receipt(&device, &sha256)).await
}

/// Every answer names the version; a request that names another is refused before anything is done.
async fn speak_tus(request: Request, next: Next) -> Response {
    let other = request.headers().get(RESUMABLE).is_some_and(|version| version != TUS);
    let mut answer = if other {
        Error::told(Code::TusUnsupported, format!("this is tus {TUS}")).into_response()
    } else {
        next.run(request).await
    };
    let headers = answer.headers_mut();
    headers.insert(RESUMABLE, HeaderValue::from_static(TUS));
    headers.insert("tus-version", HeaderValue::from_static(TUS));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// `OPTIONS /v1/files`
async fn what_is_spoken() -> impl IntoResponse {
    let spoken = [
        ("tus-extension", "creation,creation-with-upload,checksum,expiration,termination".to_owned()),
        ("tus-max-size", PARCEL_BYTES.max(FILE_BYTES).to_string()),
        ("tus-checksum-algorithm", "sha1,sha256".to_owned()),
    ];
    (StatusCode::NO_CONTENT, spoken)
}

/// `POST /v1/files`: begins an upload, perhaps with its first piece. `Upload-Metadata` names the file by its `sha256`; with
/// `parcel` beside it, it is one that the device carries for another.
async fn create(State(web): State<Web>, Caller(device): Caller, request: Request) -> Answer<Response> {
    let (head, body) = request.into_parts();
    let mut content = body.into_data_stream();
    let begun = async {
        let (sha256, checksum) = (file_named(&head.headers)?, checksum(&head.headers)?);
        let bytes = number(&head.headers, &LENGTH)?;
        let standing = if named(&head.headers, "parcel").is_some() {
            web.headquarters.begin_parcel(&device, &sha256, bytes).await?
        } else {
            web.headquarters.begin_upload(&device, &sha256, bytes).await?
        };
        Ok::<_, Error>((sha256, checksum, standing))
    };
    let (sha256, checksum, mut standing) = match begun.await {
        Ok(begun) => begun,
        Err(refused) => {
            let_go(&mut content).await;
            return Err(refused);
        }
    };
    // Relative to the address that was asked, whatever a proxy put before it.
    let folder = if head.uri.path().ends_with('/') { "" } else { "files/" };
    let location = HeaderValue::from_str(&format!("{folder}{sha256}"));
    let location = location.map_err(|e| Error::Internal(e.to_string()))?;
    let with_piece = head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == PIECE);
    if with_piece && standing.have == 0 && standing.expires.is_some() {
        standing = web.headquarters.append(device, sha256, 0, checksum, content).await?;
    } else {
        // What is there already is not taken again; the answer says where to go on.
        let_go(&mut content).await;
    }
    let mut answer = (StatusCode::CREATED, told(&standing)).into_response();
    answer.headers_mut().insert(header::LOCATION, location);
    Ok(answer)
}

/// `HEAD /v1/files/{sha256}`: where to go on.
async fn standing(
    State(web): State<Web>,
    Caller(device): Caller,
    Path(sha256): Path<Digest>,
) -> Answer<impl IntoResponse> {
    let standing = web.headquarters.upload_standing(&device, &sha256).await?;
    let mut headers = told(&standing);
    headers.insert(LENGTH, HeaderValue::from(standing.bytes));
    Ok((StatusCode::OK, headers))
}

/// `GET /v1/files/{sha256}`: the bytes, whole or in ranges, for whoever may see the story that names it.
async fn fetch(
    State(web): State<Web>,
    Caller(device): Caller,
    Path(sha256): Path<Digest>,
    headers: HeaderMap,
) -> Answer<Response> {
    let asked = sha256.clone();
    let named = web.headquarters.blocking(move |hq| hq.file_for_device(&device, &asked)).await?;
    evidence::served(&web.headquarters.files, &sha256, named.bytes, &headers).await
}

/// `PATCH /v1/files/{sha256}`: the next piece, from byte `Upload-Offset` on.
async fn append(
    State(web): State<Web>,
    Caller(device): Caller,
    Path(sha256): Path<Digest>,
    request: Request,
) -> Answer<impl IntoResponse> {
    let (head, body) = request.into_parts();
    let mut content = body.into_data_stream();
    let asked = (|| {
        if head.headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != PIECE) {
            return Err(Error::told(Code::BadInput, format!("a piece has the content-type {PIECE}")));
        }
        Ok((number(&head.headers, &OFFSET)?, checksum(&head.headers)?))
    })();
    match asked {
        Ok((at, checksum)) => {
            let standing = web.headquarters.append(device, sha256, at, checksum, content).await?;
            Ok((StatusCode::NO_CONTENT, told(&standing)))
        }
        Err(refused) => {
            let_go(&mut content).await;
            Err(refused)
        }
    }
}

/// `DELETE /v1/files/{sha256}`: gives an upload up.
async fn end(
    State(web): State<Web>,
    Caller(device): Caller,
    Path(sha256): Path<Digest>,
) -> Answer<StatusCode> {
    web.headquarters.end_upload(&device, &sha256).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/files/{sha256}` with `X-HTTP-Method-Override`: for who can send nothing else.
async fn overridden(
    state: State<Web>,
    caller: Caller,
    path: Path<Digest>,
    request: Request,
) -> Answer<Response> {
    let method = request.headers().get("x-http-method-override").and_then(|method| method.to_str().ok());
    match method {
        Some("PATCH") => append(state, caller, path, request).await.map(IntoResponse::into_response),
        Some("DELETE") => end(state, caller, path).await.map(IntoResponse::into_response),
        Some("HEAD") => standing(state, caller, path).await.map(IntoResponse::into_response),
        _ => Err(Error::told(Code::NotFound, "there is nothing to post here")),
    }
}

/// `PUT /v1/files/{sha256}`: one whole file, as version 1 of the protocol sends it. A repeat is harmless.
async fn put_whole(
    State(web): State<Web>,
    Caller(device): Caller,
    Path(sha256): Path<Digest>,
    request: Request,
) -> Answer<StatusCode> {
    let mut content = request.into_body().into_data_stream();
    match begin_anew(&web, &device, &sha256).await {
        Ok(standing) if standing.expires.is_none() => let_go(&mut content).await,
        Ok(_) => {
            let standing = web.headquarters.append(device, sha256, 0, None, content).await?;
            if standing.expires.is_some() {
                let message = format!("{} of {} bytes came", standing.have, standing.bytes);
                return Err(Error::told(Code::FileDigestMismatch, message));
            }
        }
        Err(refused) => {
            let_go(&mut content).await;
            return Err(refused);
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Begins an upload at its first byte, whatever came of it before.
async fn begin_anew(web: &Web, device: &DeviceRow, sha256: &Digest) -> Answer<Standing> {
    let hq = &web.headquarters;
    let (asking, named) = (device.clone(), sha256.clone());
    let bytes = hq.blocking(move |hq| hq.expects_file(&asking, &named)).await?.unwrap_or(0);
    let standing = hq.begin_upload(device, sha256, bytes).await?;
    if standing.have == 0 || standing.expires.is_none() {
        return Ok(standing);
    }
    hq.end_upload(device, sha256).await?;
    hq.begin_upload(device, sha256, bytes).await
}

fn told(standing: &Standing) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(OFFSET, HeaderValue::from(standing.have));
    let until = standing.expires.and_then(|expires| DateTime::from_timestamp(expires, 0));
    // As HTTP writes dates (RFC 9110, 5.6.7).
    let until = until.map(|until| until.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if let Some(until) = until.and_then(|until| HeaderValue::from_str(&until).ok()) {
        headers.insert(EXPIRES, until);
    }
    headers
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Answer<u64> {
    let number = text(headers, name).and_then(|text| text.parse().ok());
    number.ok_or_else(|| Error::told(Code::BadInput, format!("{name} must be a number")))
}

/// What `Upload-Metadata` says under this word: it holds pairs of a word and bytes in base64, with commas between them.
fn named(headers: &HeaderMap, word: &str) -> Option<Vec<u8>> {
    let mut pairs = text(headers, &METADATA)?.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let (_, encoded) = pairs.find(|(name, _)| *name == word)?;
    BASE64.decode(encoded.trim()).ok()
}

/// The file that `Upload-Metadata` names: by the bytes of its SHA-256, or by their hexadecimal digits.
fn file_named(headers: &HeaderMap) -> Answer<Digest> {
    let read = |named: Vec<u8>| match <[u8; 32]>::try_from(named) {
        Ok(bytes) => Some(Digest::from_bytes(bytes)),
        Err(digits) => String::from_utf8(digits).ok()?.parse().ok(),
    };
    named(headers, "sha256")
        .and_then(read)
        .ok_or_else(|| Error::told(Code::BadInput, format!("{METADATA} must name the file: sha256")))
}

/// `Upload-Checksum`: the name of an algorithm, and the sum in base64.
fn checksum(headers: &HeaderMap) -> Answer<Option<Checksum>> {
    let Some(given) = headers.get(CHECKSUM) else { return Ok(None) };
    let read = || {
        let (algorithm, encoded) = given.to_str().ok()?.split_once(' ')?;
        let sum = BASE64.decode(encoded.trim()).ok()?;
        match algorithm {
            "sha1" => Some(Checksum::Sha1(sum.try_into().ok()?)),
            "sha256" => Some(Checksum::Sha256(sum.try_into().ok()?)),
            _ => None,
        }
    };
    let sum =
        read().ok_or_else(|| Error::told(Code::BadInput, format!("{CHECKSUM} must be a sha1 or sha256")))?;
    Ok(Some(sum))
}
