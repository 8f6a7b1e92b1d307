//! Who is calling: a device by its token, a person by their cookie, a program by a token of theirs. A handler that takes one of these cannot
//! be reached without it.

use super::Web;
use crate::error::Error;
use crate::secrets;
use crate::store::{DeviceRow, Person};
use crate::view::{Scope, Session};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use blon_core::error::Code;
use blon_core::id::PersonName;
use blon_core::review::Role;
use std::convert::Infallible;

/// The cookie that holds a session's secret.
pub const COOKIE: &str = "blon_session";

/// The header by which a page shows that a changing request is its own.
const CSRF_HEADER: &str = "x-blon-csrf";

/// The device that calls.
pub struct Caller(pub DeviceRow);

impl FromRequestParts<Web> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        let token = device_token(&parts.headers)
            .ok_or_else(|| Error::told(Code::DeviceUnknown, "the device's token is missing"))?
            .to_owned();
        web.headquarters.blocking(move |hq| hq.device(&token)).await.map(Caller)
    }
}

/// The secret of a device's enrolment, as it came.
pub(super) fn device_token(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// What a token must be for to be let in at a route; a layer of the route. Without one, a token that may read is let in to
/// what only reads.
#[derive(Clone, Copy)]
pub struct Needs(pub Scope);

/// Whoever asks for themselves: a person by their cookie, or a program by the token of one.
pub struct SignedIn {
    /// Who.
    pub person: Person,
}

impl SignedIn {
    /// The person, if they do one of these things.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn who(self, roles: &[Role]) -> Result<PersonName, Error> {
        if roles.contains(&self.person.role) {
            return Ok(self.person.name);
        }
        Err(Error::told(Code::Forbidden, format!("this is not for somebody who is {}", self.person.role)))
    }

    /// Who administers.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn admin(self) -> Result<PersonName, Error> {
        self.who(&[Role::Admin])
    }

    /// Who sets campaigns up: administrators and analysts.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn plans(self) -> Result<PersonName, Error> {
        self.who_plans().map(|person| person.name)
    }

    /// The same, with what else is known of them.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn who_plans(self) -> Result<Person, Error> {
        let person = self.person.clone();
        self.who(&[Role::Admin, Role::Analyst]).map(|_| person)
    }
}

impl InPerson {
    /// Who administers.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn admin(self) -> Result<PersonName, Error> {
        SignedIn { person: self.person }.admin()
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        // Whoever is signed in is that person, whatever their browser sends beside it.
        let token = api_token(&parts.headers, &parts.method).filter(|_| cookie(&parts.headers).is_none());
        let Some(token) = token else {
            return InPerson::from_request_parts(parts, web)
                .await
                .map(|here| SignedIn { person: here.person });
        };
        let needed = match parts.extensions.get::<Needs>() {
            Some(Needs(scope)) => Some(*scope),
            None => reads(&parts.method).then_some(Scope::Read),
        };
        let (person, scopes) = web.headquarters.blocking(move |hq| hq.token(&token)).await?;
        if needed.is_some_and(|needed| scopes.contains(&needed)) {
            return Ok(SignedIn { person });
        }
        Err(Error::told(Code::TokenScope, "the token is not for this"))
    }
}

/// A token of the interface: as a bearer, or as the password of who can send nothing else, such as a spreadsheet. What changes
/// something is not asked so: a browser that keeps a password sends it by itself, whichever page makes it.
fn api_token(headers: &HeaderMap, method: &Method) -> Option<String> {
    let (kind, shown) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if kind.eq_ignore_ascii_case("bearer") {
        return Some(shown.trim().to_owned());
    }
    if !kind.eq_ignore_ascii_case("basic") || !reads(method) {
        return None;
    }
    let pair = String::from_utf8(BASE64.decode(shown.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// A person at headquarters' pages, by their cookie; no program. For a request that changes something, also proof that
/// headquarters' own page sent it: the session's csrf word in a header, which no other site can read or set.
pub struct InPerson {
    /// Who.
    pub person: Person,
    /// Their session.
    pub session: Session,
    /// Its number.
    pub id: i64,
    /// The cookie's secret.
    pub secret: String,
}

impl FromRequestParts<Web> for InPerson {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        let secret = cookie(&parts.headers)
            .ok_or_else(|| Error::told(Code::SignedOut, "nobody is signed in"))?
            .to_owned();
        let asked = secret.clone();
        let (person, session, id) = web.headquarters.blocking(move |hq| hq.session(&asked)).await?;
        let shown = parts.headers.get(CSRF_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !reads(&parts.method) && !secrets::same(shown, &session.csrf) {
            return Err(cross_site());
        }
        Ok(InPerson { person, session, id, secret })
    }
}

/// What the caller's browser calls itself.
pub struct Browser(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let named = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        Ok(Browser(named.unwrap_or_default().to_owned()))
    }
}

/// A request that no other site made a browser send. Only who is not signed in yet needs this check: signing in, taking an
/// invitation, setting up. Everything else that changes something shows its session's csrf word.
pub struct OwnPage;

impl FromRequestParts<Web> for OwnPage {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        let said = |name| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
        match (said(HeaderName::from_static("sec-fetch-site")), said(header::ORIGIN)) {
            (Some("same-origin" | "none"), _) | (None, None) => Ok(OwnPage),
            (Some(_), _) => Err(cross_site()),
            // A browser of before 2023: it says which site, and perhaps not of which kind.
            (None, Some(origin)) => {
                let host = said(header::HOST).unwrap_or_default();
                if origin.split_once("://").is_some_and(|(_, from)| from == host) {
                    return Ok(OwnPage);
                }
                let (origin, own) = (origin.to_owned(), web.headquarters.clone());
                // A proxy may have called this host by another name.
                let told = own.blocking(|hq| hq.address()).await?;
                if told.trim_end_matches('/') == origin { Ok(OwnPage) } else { Err(cross_site()) }
            }
        }
    }
}

fn cross_site() -> Error {
    Error::told(Code::CrossSite, "the request did not come from headquarters' own page")
}

/// The secret of a session.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split("; "))
        .find_map(|pair| pair.strip_prefix(COOKIE)?.strip_prefix('='))
}
