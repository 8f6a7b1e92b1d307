//! What devices call.

use super::Web;
use super::answer::{Answer, Body, Path};
use super::guard::Caller;
use axum::Json;
use axum::body::BodyDataStream;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use blon_core::id::Digest;
use blon_core::protocol::{EnrolAnswer, EnrolRequest, FILE_BYTES, SyncAnswer, SyncRequest};
use futures_util::StreamExt;

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
///
/// A body that is not wanted is read all the same, and let go: a device that is still sending would take an early
/// answer for a broken line.
pub async fn put_file(
    State(web): State<Web>,
    Caller(device): Caller,
    Path(sha256): Path<Digest>,
    request: Request,
) -> Answer<StatusCode> {
    let hq = web.headquarters;
    let asked = sha256.clone();
    let mut content = request.into_body().into_data_stream();
    match hq.blocking(move |hq| hq.expects_file(&device, &asked)).await {
        Ok(Some(bytes)) => {
            let taken = hq.files.take_in(&sha256, bytes, &mut content).await;
            if taken.is_err() {
                let_go(content).await;
            }
            taken?;
            hq.blocking(move |hq| hq.file_is_whole(&sha256, bytes)).await?;
        }
        Ok(None) => let_go(content).await,
        Err(refused) => {
            let_go(content).await;
            return Err(refused);
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Reads a body to its end, but no more of it than a file may have.
async fn let_go(mut content: BodyDataStream) {
    let mut left = FILE_BYTES;
    while let Some(Ok(piece)) = content.next().await {
        left = left.saturating_sub(piece.len() as u64);
        if left == 0 {
            return;
        }
    }
}
