//! What devices call.

use super::Web;
use super::answer::{Answer, Body, Path};
use super::guard::Caller;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use blon_core::id::Digest;
use blon_core::protocol::{EnrolAnswer, EnrolRequest, SyncAnswer, SyncRequest};

/// `POST /v1/enrol`
pub async fn enrol(State(web): State<Web>, Body(ask): Body<EnrolRequest>) -> Answer<Json<EnrolAnswer>> {
    web.headquarters.blocking(move |hq| hq.enrol(&ask)).await.map(Json)
}

/// `POST /v1/sync`
pub async fn sync(
    State(web): State<Web>,
    Caller(device): Caller,
    Body(ask): Body<SyncRequest>,
) -> Answer<Json<SyncAnswer>> {
    web.headquarters.blocking(move |hq| hq.sync(&device, &ask)).await.map(Json)
}

/// `PUT /v1/files/{sha256}`: one whole file. A repeat is harmless.
pub async fn put_file(
    State(web): State<Web>,
    Caller(device): Caller,
    Path(sha256): Path<Digest>,
    request: Request,
) -> Answer<StatusCode> {
    let hq = web.headquarters;
    let asked = sha256.clone();
    if let Some(bytes) = hq.blocking(move |hq| hq.expects_file(&device, &asked)).await? {
        hq.files.take_in(&sha256, bytes, request.into_body().into_data_stream()).await?;
        hq.blocking(move |hq| hq.file_is_whole(&sha256, bytes)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
