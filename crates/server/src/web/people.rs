//! Running a collection: people, devices, codes, and the log of who did what.

use super::Web;
use super::answer::{Answer, Body, BodyLimit, Path, Query};
use super::guard::{InPerson, Needs, SignedIn};
use crate::audit::Verified;
use crate::devices::DeviceLine;
use crate::enrolment::EnrolmentCode;
use crate::view::{
    AuditPage, AuditQuery, ChangePerson, NewCodes, NewPerson, OpenCode, PersonInvitation, PersonLine, Scope,
    SessionLine,
};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete, get, patch, post};
use axum::extract::State;
use axum::response::NoContent;
use axum::{Extension, Json};
use blon_core::id::{CampaignId, DeviceId, PersonName};

/// The most bytes that set something up, but for workbooks.
const SET_UP_BYTES: usize = 256 * 1024;

/// Every route for who administers. What opens somebody's account, or makes more of it, is done in person: no token takes one over.
pub fn routes() -> ApiRouter<Web> {
    ApiRouter::new()
        .api_route("/api/people", get(people).post(add))
        .api_route("/api/people/{name}", patch(change))
        .api_route("/api/people/{name}/invitation", post(invite))
        .api_route("/api/people/{name}/second-factor", delete(remove_factor))
        .api_route("/api/people/{name}/sessions", get(sessions).delete(end_sessions))
        .api_route("/api/devices", get(devices))
        .api_route("/api/devices/{device}/revoke", post(revoke_device))
        .api_route("/api/devices/{device}/erase", post(erase_device))
        .api_route("/api/campaigns/{campaign}/codes", get(codes).post(make_codes))
        .api_route("/api/campaigns/{campaign}/codes/{id}", delete(revoke_code))
        .api_route("/api/audit", get(audit))
        .api_route("/api/audit/verified", get(verify_audit))
        .layer(Extension(BodyLimit(SET_UP_BYTES)))
        .layer(Extension(Needs(Scope::Manage)))
}

/// `GET /api/people`
async fn people(State(web): State<Web>, reader: SignedIn) -> Answer<Json<Vec<PersonLine>>> {
    reader.admin()?;
    web.headquarters.blocking(|hq| hq.people()).await.map(Json)
}

/// `POST /api/people`: all or none.
async fn add(
    State(web): State<Web>,
    author: SignedIn,
    Body(people): Body<Vec<NewPerson>>,
) -> Answer<Json<Vec<PersonLine>>> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.add_people(&people, None, Some(&who))).await.map(Json)
}

/// `PATCH /api/people/{name}`
async fn change(
    State(web): State<Web>,
    author: InPerson,
    Path(name): Path<PersonName>,
    Body(to): Body<ChangePerson>,
) -> Answer<Json<PersonLine>> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.change_person(&name, &to, Some(&who))).await.map(Json)
}

/// `POST /api/people/{name}/invitation`
async fn invite(
    State(web): State<Web>,
    author: InPerson,
    Path(name): Path<PersonName>,
) -> Answer<Json<PersonInvitation>> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.invite(&name, Some(&who))).await.map(Json)
}

/// `DELETE /api/people/{name}/second-factor`
async fn remove_factor(
    State(web): State<Web>,
    author: InPerson,
    Path(name): Path<PersonName>,
) -> Answer<Json<PersonLine>> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.remove_second_factor(&name, Some(&who))).await.map(Json)
}

/// `GET /api/people/{name}/sessions`
async fn sessions(
    State(web): State<Web>,
    reader: SignedIn,
    Path(name): Path<PersonName>,
) -> Answer<Json<Vec<SessionLine>>> {
    reader.admin()?;
    web.headquarters.blocking(move |hq| hq.sessions_of(&name, None)).await.map(Json)
}

/// `DELETE /api/people/{name}/sessions`
async fn end_sessions(
    State(web): State<Web>,
    author: InPerson,
    Path(name): Path<PersonName>,
) -> Answer<NoContent> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.end_sessions(&name, Some(&who))).await?;
    Ok(NoContent)
}

/// `GET /api/devices`
async fn devices(State(web): State<Web>, reader: SignedIn) -> Answer<Json<Vec<DeviceLine>>> {
    reader.admin()?;
    web.headquarters.blocking(|hq| hq.devices()).await.map(Json)
}

/// `POST /api/devices/{device}/revoke`
async fn revoke_device(
    State(web): State<Web>,
    author: SignedIn,
    Path(device): Path<DeviceId>,
) -> Answer<NoContent> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.revoke_device(device, Some(&who))).await?;
    Ok(NoContent)
}

/// `POST /api/devices/{device}/erase`
async fn erase_device(
    State(web): State<Web>,
    author: SignedIn,
    Path(device): Path<DeviceId>,
) -> Answer<NoContent> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.erase_device(device, Some(&who))).await?;
    Ok(NoContent)
}

/// `GET /api/campaigns/{campaign}/codes`
async fn codes(
    State(web): State<Web>,
    reader: SignedIn,
    Path(campaign): Path<CampaignId>,
) -> Answer<Json<Vec<OpenCode>>> {
    reader.admin()?;
    web.headquarters.blocking(move |hq| hq.open_codes(&campaign)).await.map(Json)
}

/// `POST /api/campaigns/{campaign}/codes`: all or none.
async fn make_codes(
    State(web): State<Web>,
    author: SignedIn,
    Path(campaign): Path<CampaignId>,
    Body(new): Body<NewCodes>,
) -> Answer<Json<Vec<EnrolmentCode>>> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.make_codes(&new.people, &campaign, &who)).await.map(Json)
}

/// `DELETE /api/campaigns/{campaign}/codes/{id}`
async fn revoke_code(
    State(web): State<Web>,
    author: SignedIn,
    Path((campaign, id)): Path<(CampaignId, i64)>,
) -> Answer<NoContent> {
    let who = author.admin()?;
    web.headquarters.blocking(move |hq| hq.revoke_code(&campaign, id, Some(&who))).await?;
    Ok(NoContent)
}

/// `GET /api/audit`
async fn audit(
    State(web): State<Web>,
    reader: SignedIn,
    Query(query): Query<AuditQuery>,
) -> Answer<Json<AuditPage>> {
    reader.admin()?;
    web.headquarters.blocking(move |hq| hq.audit_page(&query)).await.map(Json)
}

/// `GET /api/audit/verified`
async fn verify_audit(State(web): State<Web>, reader: SignedIn) -> Answer<Json<Verified>> {
    reader.admin()?;
    web.headquarters.blocking(|hq| hq.verify_audit()).await.map(Json)
}
