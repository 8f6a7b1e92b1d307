//! Who is calling: a device by its token, a person by their cookie. A handler that takes one of these cannot
//! be reached without it.

use super::Web;
use crate::error::Error;
use crate::store::{DeviceRow, Person};
use crate::view::Session;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use blon_core::error::Code;

/// The cookie that holds a session's secret.
pub const COOKIE: &str = "blon_session";

/// The header by which a page shows that a changing request is its own.
const CSRF_HEADER: &str = "x-blon-csrf";

/// The device that calls.
pub struct Caller(pub DeviceRow);

impl FromRequestParts<Web> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.strip_prefix("Bearer "))
            .ok_or_else(|| Error::told(Code::DeviceUnknown, "the device's token is missing"))?
            .to_owned();
        web.headquarters.blocking(move |hq| hq.device(&token)).await.map(Caller)
    }
}

/// The person who is signed in. For a request that changes something, also proof that headquarters' own page
/// sent it: the session's csrf word in a header, which no other site can read or set.
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// Their session.
    pub session: Session,
    /// The cookie's secret.
    pub secret: String,
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        let secret = cookie(&parts.headers)
            .ok_or_else(|| Error::told(Code::SignedOut, "nobody is signed in"))?
            .to_owned();
        let asked = secret.clone();
        let (person, session) = web.headquarters.blocking(move |hq| hq.session(&asked)).await?;
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let shown = parts.headers.get(CSRF_HEADER).and_then(|v| v.to_str().ok());
        if !reads && shown != Some(session.csrf.as_str()) {
            return Err(cross_site());
        }
        Ok(SignedIn { person, session, secret })
    }
}

/// A request that another site made a browser send. Only sign-in needs this check by itself: everything else
/// that changes something shows its session's csrf word.
pub struct OwnPage;

impl FromRequestParts<Web> for OwnPage {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Error> {
        let site = parts.headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
        match site {
            Some("cross-site" | "same-site") => Err(cross_site()),
            _ => Ok(OwnPage),
        }
    }
}

fn cross_site() -> Error {
    Error::told(Code::CrossSite, "the request did not come from headquarters' own page")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split("; "))
        .find_map(|pair| pair.strip_prefix(COOKIE)?.strip_prefix('='))
}
