//! Whether headquarters lives and can work, for whoever watches over processes; and its figures, for this machine alone.

use super::Web;
use super::answer::Answer;
use crate::Headquarters;
use crate::error::{Error, Result};
use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use blon_core::error::Code;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use tokio::net::TcpListener;

/// Whether headquarters takes work: not while it is ending.
#[derive(Clone, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// It takes none any more.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Both questions; anybody may ask, and learns nothing else.
pub fn routes() -> Router<Web> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

/// `GET /health/live`: the process answers.
async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// `GET /health/ready`: the database answers, and it is not ending.
async fn ready(State(web): State<Web>) -> Answer<Json<Value>> {
    if web.ending.0.load(Ordering::Relaxed) {
        return Err(Error::told(Code::StoreUnavailable, "headquarters is ending"));
    }
    web.headquarters.blocking(|hq| hq.store.read(|tx| tx.setting("address"))).await?;
    Ok(Json(json!({ "status": "ready" })))
}

/// Counts a request, and the bytes of its body and its answer where their length is known beforehand.
pub async fn measure(State(web): State<Web>, request: Request, next: Next) -> Response {
    let measured = Arc::clone(&web.headquarters.measured);
    let begun = Instant::now();
    // Whatever a client calls a method, there are few figures.
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let route = request.extensions().get::<MatchedPath>().map_or("pages", MatchedPath::as_str).to_owned();
    measured.bytes("in", request.body().size_hint().exact().unwrap_or(0));
    let response = next.run(request).await;
    measured.bytes("out", response.body().size_hint().exact().unwrap_or(0));
    measured.request(&method, &route, response.status().as_u16(), begun.elapsed());
    response
}

/// Gives the figures at `/metrics` of this listener, as long as the runtime lives.
///
/// # Errors
/// `bad_input` where it cannot listen there, or that is open to other machines: figures are nobody else's.
pub async fn serve_figures(listen: SocketAddr, headquarters: Headquarters) -> Result<()> {
    if !listen.ip().is_loopback() {
        let message = format!("figures are given to this machine alone, and {listen} is open to others");
        return Err(Error::told(Code::BadInput, message));
    }
    let taken = |e| Error::told(Code::BadInput, format!("cannot listen at {listen}: {e}"));
    let listener = TcpListener::bind(listen).await.map_err(taken)?;
    let figures = move || {
        let headquarters = headquarters.clone();
        async move {
            match headquarters.blocking(Headquarters::figures).await {
                Ok(text) => {
                    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
                    ([(CONTENT_TYPE, kind)], text).into_response()
                }
                Err(error) => super::answer::status(error.code()).into_response(),
            }
        }
    };
    let router = Router::new().route("/metrics", get(figures));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}
