//! One's own account: password, second factor, sessions, tokens. Programs have no part in it.

use super::Web;
use super::answer::{Answer, Body, Path};
use super::guard::InPerson;
use crate::sessions::session_view;
use crate::view::{
    ChangePassword, MadeToken, NewSecondFactor, NewToken, SecondFactorCode, Session, SessionLine, TokenLine,
    WithPassword,
};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete, get, post, put};
use axum::Json;
use axum::extract::State;
use axum::response::NoContent;

/// Every route of `/api/me`.
pub fn routes() -> ApiRouter<Web> {
    ApiRouter::new()
        .api_route("/api/me/sessions", get(sessions))
        .api_route("/api/me/sessions/{id}", delete(end_session))
        .api_route("/api/me/password", put(change_password))
        .api_route("/api/me/second-factor", post(offer_factor).put(take_factor))
        .api_route("/api/me/second-factor/off", post(give_up_factor))
        .api_route("/api/me/tokens", get(tokens).post(make_token))
        .api_route("/api/me/tokens/{id}", delete(revoke_token))
}

/// `GET /api/me/sessions`
async fn sessions(State(web): State<Web>, here: InPerson) -> Answer<Json<Vec<SessionLine>>> {
    let work = move |hq: &crate::Headquarters| hq.sessions_of(&here.person.name, Some(here.id));
    web.headquarters.blocking(work).await.map(Json)
}

/// `DELETE /api/me/sessions/{id}`
async fn end_session(State(web): State<Web>, here: InPerson, Path(id): Path<i64>) -> Answer<NoContent> {
    web.headquarters.blocking(move |hq| hq.end_own_session(&here.person.name, id)).await?;
    Ok(NoContent)
}

/// `PUT /api/me/password`
async fn change_password(
    State(web): State<Web>,
    here: InPerson,
    Body(ask): Body<ChangePassword>,
) -> Answer<NoContent> {
    web.doorkeeper.ask(move |hq| hq.change_password(&here.person.name, &ask, here.id)).await?;
    Ok(NoContent)
}

/// `POST /api/me/second-factor`
async fn offer_factor(
    State(web): State<Web>,
    here: InPerson,
    Body(ask): Body<WithPassword>,
) -> Answer<Json<NewSecondFactor>> {
    web.doorkeeper.ask(move |hq| hq.offer_second_factor(&here.person.name, &ask.password)).await.map(Json)
}

/// `PUT /api/me/second-factor`
async fn take_factor(
    State(web): State<Web>,
    here: InPerson,
    Body(ask): Body<SecondFactorCode>,
) -> Answer<Json<Session>> {
    let (name, csrf) = (here.person.name, here.session.csrf);
    let taken = move |hq: &crate::Headquarters| hq.take_second_factor(&name, &ask.code, here.id);
    let person = web.headquarters.blocking(taken).await?;
    Ok(Json(session_view(&person, csrf)))
}

/// `POST /api/me/second-factor/off`
async fn give_up_factor(
    State(web): State<Web>,
    here: InPerson,
    Body(ask): Body<WithPassword>,
) -> Answer<Json<Session>> {
    let (name, csrf) = (here.person.name, here.session.csrf);
    let person = web.doorkeeper.ask(move |hq| hq.give_up_second_factor(&name, &ask.password)).await?;
    Ok(Json(session_view(&person, csrf)))
}

/// `GET /api/me/tokens`
async fn tokens(State(web): State<Web>, here: InPerson) -> Answer<Json<Vec<TokenLine>>> {
    web.headquarters.blocking(move |hq| hq.tokens_of(&here.person.name)).await.map(Json)
}

/// `POST /api/me/tokens`
async fn make_token(
    State(web): State<Web>,
    here: InPerson,
    Body(new): Body<NewToken>,
) -> Answer<Json<MadeToken>> {
    web.doorkeeper.ask(move |hq| hq.make_token(&here.person.name, &new)).await.map(Json)
}

/// `DELETE /api/me/tokens/{id}`
async fn revoke_token(State(web): State<Web>, here: InPerson, Path(id): Path<i64>) -> Answer<NoContent> {
    web.headquarters.blocking(move |hq| hq.revoke_token(&here.person.name, id)).await?;
    Ok(NoContent)
}
