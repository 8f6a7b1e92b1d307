//! Exports over HTTP, sent while they are made.
//!
//! The work blocks, so it has a thread of its own and hands pieces over by a short queue: a slow reader slows it down, and one
//! who goes away ends it. The answer begins with the first piece; what goes wrong before that is told as any error is. What goes
//! wrong after breaks the line: a reader must not take a part for the whole.

use super::answer::{Answer, Path, Query, attachment};
use super::guard::{Needs, SignedIn};
use super::{Web, odata};
use crate::error::{Error, Result};
use crate::exports::{Ask, Format};
use crate::view::Scope;
use aide::axum::ApiRouter;
use aide::axum::routing::get;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, routing as plain};
use blon_core::error::Code;
use blon_core::id::CampaignId;
use futures_util::stream::unfold;
use std::io::{ErrorKind, Result as IoResult, Write};
use std::sync::Arc;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How many bytes are handed over at once.
const PIECE: usize = 64 * 1024;

/// How many pieces may wait for the reader.
const PIECES: usize = 4;

/// Every route by which stories leave headquarters.
pub fn routes() -> ApiRouter<Web> {
    let feed = Router::new()
        .route("/api/campaigns/{campaign}/odata", plain::get(odata::service))
        .route("/api/campaigns/{campaign}/odata/", plain::get(odata::service))
        .route("/api/campaigns/{campaign}/odata/$metadata", plain::get(odata::metadata))
        .route("/api/campaigns/{campaign}/odata/{set}", plain::get(odata::entities))
        .route("/api/campaigns/{campaign}/odata/{set}/$count", plain::get(odata::count));
    ApiRouter::from(feed)
        .api_route("/api/campaigns/{campaign}/exports/{file}", get(export))
        .layer(Extension(Needs(Scope::Export)))
}

/// `GET /api/campaigns/{campaign}/exports/{file}`, with how it is wanted after `?`
async fn export(
    State(web): State<Web>,
    reader: SignedIn,
    Path((campaign, file)): Path<(CampaignId, String)>,
    Query(ask): Query<Ask>,
) -> Answer<Response> {
    let format = Format::ALL.into_iter().find(|format| format.file() == file);
    let format = format.ok_or_else(|| Error::told(Code::NotFound, "there is no such export"))?;
    let person = reader.person;
    let room = Arc::clone(&web.exports).try_acquire_owned();
    let room = room
        .map_err(|_| Error::told(Code::TooManyRequests, "others take exports now; try again in a minute"))?;
    let work = move |hq: &crate::Headquarters| hq.prepare_export(&campaign, Some(&person), format, ask);
    let export = web.headquarters.blocking(work).await?;
    let named = attachment(&export.file_name(format));
    let (pieces, mut coming) = channel(PIECES);
    let headquarters = web.headquarters.clone();
    tokio::task::spawn_blocking(move || {
        let (out, end) = (Pieces { pieces: pieces.clone(), piece: Vec::with_capacity(PIECE) }, pieces);
        let _room = room;
        let written = headquarters.write_export(&export, format, out, &|| end.is_closed());
        // Whoever has gone hears nothing any more.
        let _ = end.blocking_send(written.map(|_| Piece::End));
    });
    let first = coming.recv().await.unwrap_or_else(broken)?;
    let body = match first {
        Piece::Bytes(bytes) => Body::from_stream(unfold(Coming::After(bytes, coming), next)),
        Piece::End => Body::empty(),
    };
    Ok((named, [(header::CONTENT_TYPE, format.media_type())], body).into_response())
}

/// What is handed over.
enum Piece {
    Bytes(Bytes),
    /// That was all: without it, what came is not whole.
    End,
}

/// Hands over what is written, piece by piece.
struct Pieces {
    pieces: Sender<Result<Piece>>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE)));
        self.pieces.blocking_send(Ok(Piece::Bytes(piece))).map_err(|_| ErrorKind::BrokenPipe.into())
    }
}

/// What the reader is to get.
enum Coming {
    After(Bytes, Receiver<Result<Piece>>),
    Then(Receiver<Result<Piece>>),
    Nothing,
}

async fn next(coming: Coming) -> Option<(Result<Bytes>, Coming)> {
    let mut coming = match coming {
        Coming::After(bytes, coming) => return Some((Ok(bytes), Coming::Then(coming))),
        Coming::Then(coming) => coming,
        Coming::Nothing => return None,
    };
    match coming.recv().await.unwrap_or_else(broken) {
        Ok(Piece::Bytes(bytes)) => Some((Ok(bytes), Coming::Then(coming))),
        Ok(Piece::End) => None,
        Err(error) => {
            tracing::error!("an export broke off: {error}");
            Some((Err(error), Coming::Nothing))
        }
    }
}

/// The thread ended without a word.
fn broken() -> Result<Piece> {
    Err(Error::Internal("an export ended before its end".to_owned()))
}
