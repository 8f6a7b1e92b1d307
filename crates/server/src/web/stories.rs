//! What the pages call to read stories and decide on them.

use super::Web;
use super::answer::{Answer, Body, Path, Query};
use super::guard::SignedIn;
use crate::error::Error;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, NoContent, Response};
use blon_core::id::{CampaignId, Digest, RecordId, StoryId};
use blon_core::page::{Decide, Remark, StoryPage};
use blon_core::queue::{QueueQuery, StoryList};
use chrono::Local;
use tower::ServiceExt;
use tower_http::services::ServeFile;
use uuid::Uuid;

/// `GET /api/campaigns/{campaign}/stories`, with what is asked for after `?`
pub async fn list(
    State(web): State<Web>,
    reader: SignedIn,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<QueueQuery>,
) -> Answer<Json<StoryList>> {
    let work = move |hq: &crate::Headquarters| hq.stories(&campaign, Some(&reader.person), &query);
    web.headquarters.blocking(work).await.map(Json)
}

/// `GET /api/campaigns/{campaign}/stories/{story}`
pub async fn page(
    State(web): State<Web>,
    reader: SignedIn,
    Path((campaign, story)): Path<(CampaignId, StoryId)>,
) -> Answer<Json<StoryPage>> {
    web.headquarters.blocking(move |hq| hq.story(&campaign, story, &reader.person)).await.map(Json)
}

/// `POST /api/campaigns/{campaign}/stories/{story}/decisions`
pub async fn decide(
    State(web): State<Web>,
    author: SignedIn,
    Path((campaign, story)): Path<(CampaignId, StoryId)>,
    Body(decision): Body<Decide>,
) -> Answer<Json<StoryPage>> {
    let made = (RecordId(Uuid::now_v7()), Local::now().fixed_offset());
    let work = move |hq: &crate::Headquarters| hq.decide(&campaign, story, &author.person, decision, made);
    web.headquarters.blocking(work).await.map(Json)
}

/// `POST /api/campaigns/{campaign}/stories/{story}/remarks`
pub async fn remark(
    State(web): State<Web>,
    author: SignedIn,
    Path((campaign, story)): Path<(CampaignId, StoryId)>,
    Body(remark): Body<Remark>,
) -> Answer<Json<StoryPage>> {
    let made = (RecordId(Uuid::now_v7()), Local::now().fixed_offset());
    let work = move |hq: &crate::Headquarters| hq.remark(&campaign, story, &author.person, remark, made);
    web.headquarters.blocking(work).await.map(Json)
}

/// `POST /api/campaigns/{campaign}/files/{sha256}/ask`: devices send this file before others.
pub async fn ask_for_file(
    State(web): State<Web>,
    reader: SignedIn,
    Path((campaign, sha256)): Path<(CampaignId, Digest)>,
) -> Answer<NoContent> {
    web.headquarters.blocking(move |hq| hq.ask_for_file(&campaign, &sha256, &reader.person)).await?;
    Ok(NoContent)
}

/// `GET /api/campaigns/{campaign}/files/{sha256}`: the bytes, whole or in ranges. The media type comes from a
/// collector's device, so only what cannot carry a script is shown as such; anything else is a download.
pub async fn file(
    State(web): State<Web>,
    reader: SignedIn,
    Path((campaign, sha256)): Path<(CampaignId, Digest)>,
    request: Request,
) -> Answer<Response> {
    let path = web.headquarters.files.path(&sha256);
    let named = web.headquarters.blocking(move |hq| hq.file_for(&campaign, &sha256, &reader.person)).await?;
    let mut response = ServeFile::new(path)
        .oneshot(request)
        .await
        .map_err(|e| Error::Internal(e.to_string()))?
        .into_response();
    let shown = shown_as(&named.media_type);
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(shown.unwrap_or("application/octet-stream")));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if shown.is_none() {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    Ok(response)
}

fn shown_as(media_type: &str) -> Option<&'static str> {
    const SHOWN: [&str; 14] = [
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "audio/mpeg",
        "audio/mp4",
        "audio/m4a",
        "audio/aac",
        "audio/ogg",
        "audio/wav",
        "audio/x-wav",
        "audio/webm",
        "video/mp4",
        "video/webm",
    ];
    SHOWN.into_iter().find(|shown| *shown == media_type)
}
