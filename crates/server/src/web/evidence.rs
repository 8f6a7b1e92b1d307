//! The bytes of a file, whole or in ranges. What they are is read off them: what a collector's device says of them may be wrong, or a
//! trick. Pictures and sounds are shown; anything else, a page or a drawing that may hold scripts above all, is kept as a file.

use super::headers::EVIDENCE;
use crate::error::Error;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use blon_core::error::Code;
use std::path::Path;
use tokio::io::AsyncReadExt;
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// How many bytes tell what a file is.
const BEGINNING: u64 = 8 * 1024;

/// What is shown, of what [`infer`] can tell by the first bytes; none of them can hold a script.
const SHOWN: [&str; 15] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "audio/mpeg",
    "audio/m4a",
    "audio/aac",
    "audio/amr",
    "audio/ogg",
    "audio/opus",
    "audio/x-flac",
    "audio/x-wav",
    "video/mp4",
    "video/quicktime",
    "video/webm",
];

/// Answers with the file at this path, as the request asks for it.
///
/// # Errors
/// `file_not_found` where the disk has lost it; an internal error if the disk fails.
pub async fn served(path: &Path, request: Request) -> Result<Response, Error> {
    let shown = shown_as(&beginning(path).await.map_err(|e| missing(path, e))?);
    let served = ServeFile::new(path).oneshot(request).await;
    let mut answer = served.map_err(|e| Error::Internal(e.to_string()))?.into_response();
    let headers = answer.headers_mut();
    let kind = shown.unwrap_or("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(EVIDENCE));
    if shown.is_none() {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    Ok(answer)
}

fn missing(path: &Path, error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Error::told(Code::FileNotFound, "the file is not on the disk any more");
    }
    Error::file(path, error)
}

async fn beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    tokio::fs::File::open(path).await?.take(BEGINNING).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn shown_as(beginning: &[u8]) -> Option<&'static str> {
    let kind = infer::get(beginning)?.mime_type();
    let shown = SHOWN.into_iter().find(|shown| *shown == kind)?;
    // Browsers know these two by other names.
    Some(match shown {
        "audio/m4a" => "audio/mp4",
        "audio/opus" => "audio/ogg",
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_script_is_never_shown_whatever_it_begins_with() {
        let never: [&[u8]; 8] = [
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"\xef\xbb\xbf<html><body onload=alert(1)>",
            b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
            b"  \r\n<script>alert(1)</script>",
            b"%PDF-1.7 /JavaScript",
            b"#!/bin/sh",
            b"",
        ];
        for bytes in never {
            assert_eq!(shown_as(bytes), None, "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(shown_as(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        assert_eq!(shown_as(b"RIFF\x24\0\0\0WAVEfmt "), Some("audio/x-wav"));
        assert_eq!(shown_as(b"\0\0\0\x20ftypM4A \0\0\0\0"), Some("audio/mp4"));
    }
}
