//! Campaigns, what they ask, and how far they have come.

use super::Web;
use super::answer::{Answer, Body, BodyLimit, FileBytes, Path, Query, attachment};
use super::guard::{Needs, SignedIn};
use crate::Headquarters;
use crate::error::Error;
use crate::exports::Format;
use crate::view::{CampaignHere, QuestionnairePage, Scope, SeenQuery, Uploaded, WhichQuery};
use crate::workbooks::{self, WORKBOOK_BYTES};
use aide::axum::ApiRouter;
use aide::axum::routing::{get, post, put};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use blon_core::coverage::Coverage;
use blon_core::error::Code;
use blon_core::id::CampaignId;
use blon_core::plan::CampaignFile;
use blon_core::questionnaire::preview::{Preview, Previewed};
use blon_core::review::Role;
use std::sync::Arc;

/// The most bytes of a campaign with its questionnaire's rows.
const CAMPAIGN_BYTES: usize = 8 * 1024 * 1024;

/// Every route about campaigns.
pub fn routes() -> ApiRouter<Web> {
    let manage = ApiRouter::new()
        .api_route("/api/campaigns", post(create))
        .api_route("/api/campaigns/{campaign}", put(change))
        .api_route("/api/campaigns/{campaign}/file", get(file))
        .api_route("/api/campaigns/{campaign}/questionnaire", get(questionnaire))
        .api_route("/api/campaigns/{campaign}/questionnaire/publish", post(publish))
        .api_route("/api/campaigns/{campaign}/questionnaire.xlsx", get(workbook))
        .api_route("/api/campaigns/{campaign}/questionnaire/preview", post(preview))
        .api_route("/api/example", get(example))
        .layer(Extension(BodyLimit(CAMPAIGN_BYTES)))
        .layer(Extension(Needs(Scope::Manage)));
    let upload = ApiRouter::new()
        .api_route("/api/campaigns/{campaign}/questionnaire/draft", put(upload).delete(drop_draft))
        .layer(Extension(BodyLimit(WORKBOOK_BYTES)))
        .layer(Extension(Needs(Scope::Manage)));
    ApiRouter::new()
        .api_route("/api/campaigns", get(campaigns))
        .api_route("/api/campaigns/{campaign}/coverage", get(coverage))
        .merge(manage)
        .merge(upload)
}

/// `GET /api/campaigns`
async fn campaigns(State(web): State<Web>, reader: SignedIn) -> Answer<Json<Vec<CampaignHere>>> {
    web.headquarters.blocking(move |hq| hq.campaigns_of(&reader.person)).await.map(Json)
}

/// `POST /api/campaigns`
async fn create(
    State(web): State<Web>,
    author: SignedIn,
    Body(file): Body<CampaignFile>,
) -> Answer<Json<CampaignHere>> {
    let author = author.who_plans()?;
    web.headquarters.blocking(move |hq| hq.create_campaign(&file, &author)).await.map(Json)
}

/// `PUT /api/campaigns/{campaign}`
async fn change(
    State(web): State<Web>,
    author: SignedIn,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<SeenQuery>,
    Body(file): Body<CampaignFile>,
) -> Answer<Json<CampaignHere>> {
    let author = author.who_plans()?;
    if file.campaign.id != campaign {
        return Err(Error::told(Code::BadInput, "a campaign keeps its id"));
    }
    let work = move |hq: &Headquarters| hq.change_campaign(&file, query.seen.as_deref(), &author);
    web.headquarters.blocking(work).await.map(Json)
}

/// `GET /api/campaigns/{campaign}/file`
async fn file(
    State(web): State<Web>,
    reader: SignedIn,
    Path(campaign): Path<CampaignId>,
) -> Answer<Response> {
    reader.plans()?;
    let name = format!("{campaign}.campaign.json");
    let file = web.headquarters.blocking(move |hq| hq.campaign_file(&campaign)).await?;
    Ok((attachment(&name), Json(file)).into_response())
}

/// `GET /api/example`
async fn example(reader: SignedIn) -> Answer<Json<CampaignFile>> {
    reader.plans()?;
    Headquarters::example().map(Json)
}

/// `GET /api/campaigns/{campaign}/questionnaire`
async fn questionnaire(
    State(web): State<Web>,
    reader: SignedIn,
    Path(campaign): Path<CampaignId>,
) -> Answer<Json<QuestionnairePage>> {
    reader.plans()?;
    web.headquarters.blocking(move |hq| hq.questionnaire(&campaign)).await.map(Json)
}

/// `PUT /api/campaigns/{campaign}/questionnaire/draft`: the bytes of a workbook.
async fn upload(
    State(web): State<Web>,
    author: SignedIn,
    Path(campaign): Path<CampaignId>,
    FileBytes(bytes): FileBytes,
) -> Answer<Json<Uploaded>> {
    let who = author.plans()?;
    let turn = Arc::clone(&web.readings).acquire_owned().await;
    let work = move |hq: &Headquarters| {
        let _turn = turn;
        hq.upload_questionnaire(&campaign, &bytes, &who)
    };
    web.headquarters.blocking(work).await.map(Json)
}

/// `DELETE /api/campaigns/{campaign}/questionnaire/draft`
async fn drop_draft(
    State(web): State<Web>,
    author: SignedIn,
    Path(campaign): Path<CampaignId>,
) -> Answer<Json<QuestionnairePage>> {
    let who = author.plans()?;
    web.headquarters.blocking(move |hq| hq.drop_questionnaire(&campaign, &who)).await.map(Json)
}

/// `POST /api/campaigns/{campaign}/questionnaire/publish`
async fn publish(
    State(web): State<Web>,
    author: SignedIn,
    Path(campaign): Path<CampaignId>,
) -> Answer<Json<QuestionnairePage>> {
    let who = author.plans()?;
    web.headquarters.blocking(move |hq| hq.publish_questionnaire(&campaign, &who)).await.map(Json)
}

/// `GET /api/campaigns/{campaign}/questionnaire.xlsx`
async fn workbook(
    State(web): State<Web>,
    reader: SignedIn,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<WhichQuery>,
) -> Answer<Response> {
    reader.plans()?;
    let name = format!("{campaign}.xlsx");
    let work = move |hq: &Headquarters| workbooks::written(&hq.questionnaire_rows(&campaign, query.which)?);
    let bytes = web.headquarters.blocking(work).await?;
    Ok((attachment(&name), [(header::CONTENT_TYPE, Format::Xlsx.media_type())], bytes).into_response())
}

/// `POST /api/campaigns/{campaign}/questionnaire/preview`
async fn preview(
    State(web): State<Web>,
    author: SignedIn,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<WhichQuery>,
    Body(ask): Body<Preview>,
) -> Answer<Json<Previewed>> {
    author.plans()?;
    web.headquarters.blocking(move |hq| hq.preview(&campaign, query.which, ask)).await.map(Json)
}

/// `GET /api/campaigns/{campaign}/coverage`
async fn coverage(
    State(web): State<Web>,
    reader: SignedIn,
    Path(campaign): Path<CampaignId>,
) -> Answer<Json<Coverage>> {
    let person = reader.person;
    if !matches!(person.role, Role::Admin | Role::Analyst | Role::Supervisor) {
        return Err(Error::told(Code::Forbidden, "figures are for who plans and who supervises"));
    }
    web.headquarters.blocking(move |hq| hq.coverage(&campaign, &person)).await.map(Json)
}
