//! The bytes of a file, whole or in ranges. What they are is read off them: what a collector's device says of them may be wrong, or a
//! trick. Pictures and sounds are shown; anything else, a page or a drawing that may hold scripts above all, is kept as a file.

use super::headers::EVIDENCE;
use crate::error::Error;
use crate::files::Files;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use blon_core::error::Code;
use blon_core::id::Digest;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use http_range_header::parse_range_header;
use std::ops::Range;
use tokio_util::bytes::Bytes;

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

/// Answers with a file of this many bytes, as the request asks for it.
///
/// # Errors
/// `file_not_found` where the disk has lost it; `store_unavailable`; an internal error if the disk fails.
pub async fn served(
    files: &Files,
    sha256: &Digest,
    bytes: u64,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    let beginning = part(files, sha256, 0..bytes.min(BEGINNING)).await?;
    let beginning: Vec<Bytes> = beginning.try_collect().await.map_err(|e| Error::file(sha256.as_str(), e))?;
    let shown = shown_as(&beginning.concat());
    let named = format!("\"{sha256}\"");
    let asked = asked(headers, bytes, &named);
    let (status, range) = match &asked {
        Asked::Whole => (StatusCode::OK, 0..bytes),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range.clone()),
        Asked::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
    };
    let mut answer = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, shown.unwrap_or("application/octet-stream"))
        .header(header::CONTENT_LENGTH, range.end - range.start)
        .header(header::CONTENT_SECURITY_POLICY, EVIDENCE)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ETAG, named);
    if shown.is_none() {
        answer = answer.header(header::CONTENT_DISPOSITION, "attachment");
    }
    answer = match &asked {
        Asked::Whole => answer,
        Asked::Part(Range { start, end }) => {
            answer.header(header::CONTENT_RANGE, format!("bytes {start}-{}/{bytes}", end - 1))
        }
        Asked::Nothing => answer.header(header::CONTENT_RANGE, format!("bytes */{bytes}")),
    };
    let body =
        if range.is_empty() { Body::empty() } else { Body::from_stream(part(files, sha256, range).await?) };
    answer.body(body).map_err(|e| Error::Internal(e.to_string()))
}

async fn part(
    files: &Files,
    sha256: &Digest,
    range: Range<u64>,
) -> Result<BoxStream<'static, std::io::Result<Bytes>>, Error> {
    let part = files.range(sha256, range).await?;
    part.ok_or_else(|| Error::told(Code::FileNotFound, "the file is not on the disk any more"))
}

/// What of a file is asked for.
enum Asked {
    Whole,
    Part(Range<u64>),
    /// What no part of it is.
    Nothing,
}

/// Reads `Range` and `If-Range` (RFC 9110, 14.2 and 13.1.5). What cannot be read, and several ranges at once, ask for the whole.
fn asked(headers: &HeaderMap, bytes: u64, named: &str) -> Asked {
    let other = headers.get(header::IF_RANGE).is_some_and(|known| known.as_bytes() != named.as_bytes());
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).filter(|_| !other);
    let Some(Ok(parsed)) = range.map(parse_range_header) else { return Asked::Whole };
    if parsed.ranges.len() > 1 {
        return Asked::Whole;
    }
    match parsed.validate(bytes).as_deref() {
        Ok([range]) => Asked::Part(*range.start()..range.end() + 1),
        _ => Asked::Nothing,
    }
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
