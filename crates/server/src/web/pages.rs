//! The pages, built by `cargo xtask` and carried inside the binary.

use super::answer::Answer;
use crate::error::Error;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use blon_core::error::Code;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../ui/dist/headquarters"]
#[allow_missing = true]
struct Pages;

/// Any other path: a file of the pages, or a code for what is not there.
pub async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Answer<Response> {
    let name = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let called_by_program = name.starts_with("api/") || name.starts_with("v1/");
    if !matches!(method, Method::GET | Method::HEAD) || called_by_program {
        return not_found().await;
    }
    match Pages::get(name) {
        Some(file) => Ok(fresh_or_known(name, file, &headers)),
        None if name == "index.html" => {
            Err(Error::told(Code::NotFound, "this build carries no pages: build it with `cargo xtask build`"))
        }
        None => not_found().await,
    }
}

/// There is nothing here, or not by this method.
pub async fn not_found() -> Answer<Response> {
    Err(Error::told(Code::NotFound, "there is nothing at this address"))
}

/// Built files carry a digest in their name and never change; the entry page is asked for again each time,
/// but its bytes travel only when they changed, since the office's line may be slow too.
fn fresh_or_known(name: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let digest = blon_core::id::Digest::from_bytes(file.metadata.sha256_hash());
    let tag = format!("\"{digest}\"");
    let age = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let cache = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, age.to_owned())];
    if headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()) == Some(tag.as_str()) {
        return (axum::http::StatusCode::NOT_MODIFIED, cache).into_response();
    }
    let kind = mime_guess::from_path(name).first_or_octet_stream().to_string();
    (cache, [(header::CONTENT_TYPE, kind)], file.data.into_owned()).into_response()
}
