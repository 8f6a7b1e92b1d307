//! What devices call, but for their files ([`super::uploads`]).

use super::Web;
use super::answer::{Answer, Body, HoldsTexts};
use super::guard::Caller;
use axum::extract::State;
use axum::response::NoContent;
use axum::{Extension, Json};
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
) -> Answer<(Option<Extension<HoldsTexts>>, Json<SyncAnswer>)> {
    let answer = web.headquarters.blocking(move |hq| hq.sync(&device, ask, now())).await?;
    let holds_texts = !answer.records.is_empty() || answer.campaign.is_some();
    Ok((holds_texts.then_some(Extension(HoldsTexts)), Json(answer)))
}

/// `POST /v1/erased`
pub async fn erased(State(web): State<Web>, Caller(device): Caller) -> Answer<NoContent> {
    web.headquarters.blocking(move |hq| hq.erased(&device)).await.map(|()| NoContent)
}
