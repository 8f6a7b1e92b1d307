//! Signing in and out: by a password, an invitation, or as the first of all.

use super::Web;
use super::answer::{Answer, Body};
use super::guard::{Browser, COOKIE, InPerson, OwnPage};
use crate::error::Error;
use crate::view::{FirstAdmin, Invited, Session, SetUp, SignIn, TakeInvitation};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, NoContent, Response};
use blon_core::error::Code;
use blon_core::id::PersonName;

/// An answer that sets the cookie of a session.
pub struct WithCookie<T>([(HeaderName, String); 1], pub T);

impl<T: IntoResponse> IntoResponse for WithCookie<T> {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

/// `POST /api/session`
pub async fn sign_in(
    State(web): State<Web>,
    _: OwnPage,
    Browser(browser): Browser,
    Body(ask): Body<SignIn>,
) -> Answer<WithCookie<Json<Session>>> {
    let signed = web.doorkeeper.ask(move |hq| hq.sign_in(&ask, &browser)).await?;
    Ok(signed_in(&web, signed))
}

/// `GET /api/session`
pub async fn current(here: InPerson) -> Json<Session> {
    Json(here.session)
}

/// `DELETE /api/session`
pub async fn sign_out(State(web): State<Web>, here: InPerson) -> Answer<WithCookie<NoContent>> {
    web.headquarters.blocking(move |hq| hq.sign_out(&here.secret)).await?;
    Ok(WithCookie(set_cookie("", web.secure, "; Max-Age=0"), NoContent))
}

/// `POST /api/invitations/who`: whom an invitation is for. Its secret stands in no address, since those are logged.
pub async fn invited(
    State(web): State<Web>,
    _: OwnPage,
    Body(ask): Body<Invited>,
) -> Answer<Json<PersonName>> {
    web.headquarters.blocking(move |hq| hq.invited(&ask.secret)).await.map(Json)
}

/// `POST /api/invitations`
pub async fn take_invitation(
    State(web): State<Web>,
    _: OwnPage,
    Browser(browser): Browser,
    Body(ask): Body<TakeInvitation>,
) -> Answer<WithCookie<Json<Session>>> {
    let work = move |hq: &crate::Headquarters| {
        let person = hq.take_invitation(&ask.secret, &ask.password)?;
        // An invitation chooses a password; a second factor is shown where one signs in.
        if person.second_factor.is_some() {
            let message = "the password is chosen; sign in with it and the second factor";
            return Err(Error::told(Code::SecondFactorNeeded, message));
        }
        hq.begin_session(&person, &browser)
    };
    let signed = web.doorkeeper.ask(work).await?;
    Ok(signed_in(&web, signed))
}

/// `GET /api/set-up`
pub async fn needs_set_up(State(web): State<Web>) -> Answer<Json<SetUp>> {
    let needed = web.headquarters.blocking(|hq| hq.needs_set_up()).await?;
    Ok(Json(SetUp { needed }))
}

/// `POST /api/set-up`
pub async fn set_up(
    State(web): State<Web>,
    _: OwnPage,
    Browser(browser): Browser,
    Body(first): Body<FirstAdmin>,
) -> Answer<WithCookie<Json<Session>>> {
    let work = move |hq: &crate::Headquarters| {
        let person = hq.set_up(&first)?;
        hq.begin_session(&person, &browser)
    };
    let signed = web.doorkeeper.ask(work).await?;
    Ok(signed_in(&web, signed))
}

fn signed_in(web: &Web, (secret, session): (String, Session)) -> WithCookie<Json<Session>> {
    WithCookie(set_cookie(&secret, web.secure, ""), Json(session))
}

fn set_cookie(secret: &str, secure: bool, rest: &str) -> [(HeaderName, String); 1] {
    let secure = if secure { "; Secure" } else { "" };
    [(header::SET_COOKIE, format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}{rest}"))]
}
