//! Signing in and out.

use super::Web;
use super::answer::{Answer, Body};
use super::guard::{COOKIE, OwnPage, SignedIn};
use crate::view::{Session, SignIn};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};

type WithCookie<T> = ([(HeaderName, String); 1], T);

/// `POST /api/session`
pub async fn sign_in(
    State(web): State<Web>,
    _: OwnPage,
    Body(ask): Body<SignIn>,
) -> Answer<WithCookie<Json<Session>>> {
    let (secret, session) = web.doorkeeper.sign_in(ask).await?;
    Ok((set_cookie(&secret, web.secure, ""), Json(session)))
}

/// `GET /api/session`
pub async fn current(signed_in: SignedIn) -> Json<Session> {
    Json(signed_in.session)
}

/// `DELETE /api/session`
pub async fn sign_out(State(web): State<Web>, signed_in: SignedIn) -> Answer<WithCookie<StatusCode>> {
    web.headquarters.blocking(move |hq| hq.sign_out(&signed_in.secret)).await?;
    Ok((set_cookie("", web.secure, "; Max-Age=0"), StatusCode::NO_CONTENT))
}

fn set_cookie(secret: &str, secure: bool, rest: &str) -> [(HeaderName, String); 1] {
    let secure = if secure { "; Secure" } else { "" };
    [(header::SET_COOKIE, format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}{rest}"))]
}
