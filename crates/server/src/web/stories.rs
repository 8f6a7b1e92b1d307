//! What the pages call to read stories and decide on them.

use super::answer::{Answer, Body, Path, Query};
use super::guard::SignedIn;
use super::{Web, evidence};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{NoContent, Response};
use blon_core::id::{CampaignId, Digest, RecordId, StoryId};
use blon_core::page::{Decide, Remark, StoryPage};
use blon_core::queue::{QueueQuery, StoryList};
use chrono::Local;
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

/// `GET /api/campaigns/{campaign}/files/{sha256}`: the bytes, whole or in ranges.
pub async fn file(
    State(web): State<Web>,
    reader: SignedIn,
    Path((campaign, sha256)): Path<(CampaignId, Digest)>,
    headers: HeaderMap,
) -> Answer<Response> {
    let asked = sha256.clone();
    let named = web.headquarters.blocking(move |hq| hq.file_for(&campaign, &asked, &reader.person)).await?;
    evidence::served(&web.headquarters.files, &sha256, named.bytes, &headers).await
}
