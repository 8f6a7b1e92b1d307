//! What devices call, but for their files ([`super::uploads`]).

use super::Web;
use super::answer::{Answer, Body};
use super::guard::Caller;
use axum::Json;
use axum::extract::State;
use axum::response::NoContent;
use blon_core::protocol::{EnrolAnswer, EnrolRequest, SyncAnswer, SyncRequest};
use chrono::{DateTime, SubsecRound, Utc};

/// `POST /v1/enrol`
pub async fn enrol(State(web): State<Web>, Body(ask): Body<EnrolRequest>) -> Answer<Json<EnrolAnswer>> {
    web.headquarters.blocking(move |hq| hq.enrol(&ask)).await.map(Json)
}

/// Headquarters' time, to the second: a finer one costs bytes and tells nobody anything.
fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(0)
}

/// `POST /v1/sync`
pub async fn sync(
    State(web): State<Web>,
    Caller(device): Caller,
    Body(ask): Body<SyncRequest>,
) -> Answer<Json<SyncAnswer>> {
    web.headquarters.blocking(move |hq| hq.sync(&device, &ask, now())).await.map(Json)
}

/// `POST /v1/erased`
pub async fn erased(State(web): State<Web>, Caller(device): Caller) -> Answer<NoContent> {
    web.headquarters.blocking(move |hq| hq.erased(&device)).await.map(|()| NoContent)
}
