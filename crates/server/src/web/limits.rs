//! How many requests one caller may make: a program that runs wild, or somebody who tries everything, must not keep others out.
//!
//! Who shows a secret is counted by it, and everybody by their address, too: else whoever makes secrets up would be somebody new each
//! time. Whatever opens nothing counts once more for the address, and so does coming to the door, where a password is checked. Behind
//! a proxy on this machine the address is the last that the proxy names.

use super::guard::cookie;
use super::guests::home;
use crate::error::Error;
use crate::secrets::token_hash;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use blon_core::error::Code;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Requests a second that go on and on: a device that sends hundreds of small files over a good line stays below.
const EACH_SECOND: u32 = 100;

/// Requests that may come at once.
const AT_ONCE: u32 = 1_000;

/// How much more than one caller an address may do: an office has many behind one.
const FOR_AN_ADDRESS: u32 = 10;

/// Secrets that open nothing, a second and at once: an office of people who mistype stays below.
const IN_VAIN: (u32, u32) = (5, 1_000);

/// Comings to the door, a second and at once: each costs a check of a password, of which some twenty can be made in a second.
const AT_THE_DOOR: (u32, u32) = (2, 100);

/// After so many requests what nobody uses any more is forgotten.
const SWEPT_AFTER: u32 = 10_000;

/// The address that a request came from, where it is known; put there by whoever takes connections.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Counts by a name.
type Counted = Arc<DefaultKeyedRateLimiter<String>>;

/// Who has made how many requests lately.
#[derive(Clone)]
pub struct Limits {
    callers: Counted,
    addresses: Counted,
    in_vain: Counted,
    door: Counted,
    since_swept: Arc<AtomicU32>,
}

impl Default for Limits {
    fn default() -> Self {
        let limiter = |(each_second, at_once)| {
            let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::per_second(number(each_second)).allow_burst(number(at_once));
            Arc::new(RateLimiter::keyed(quota))
        };
        Limits {
            callers: limiter((EACH_SECOND, AT_ONCE)),
            addresses: limiter((EACH_SECOND * FOR_AN_ADDRESS, AT_ONCE * FOR_AN_ADDRESS)),
            in_vain: limiter(IN_VAIN),
            door: limiter(AT_THE_DOOR),
            since_swept: Arc::default(),
        }
    }
}

/// Lets a request pass, or says that there were too many.
pub async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    limits.sweep();
    let address = address(&request).map(|ip| home(ip).to_string()).unwrap_or_default();
    let shown = secret(request.headers());
    let beyond = |counted: &Counted, name: &String| counted.check_key(name).is_err();
    if beyond(&limits.addresses, &address)
        || shown.is_some_and(|shown| beyond(&limits.callers, &shown))
        || (is_at_the_door(&request) && beyond(&limits.door, &address))
    {
        return too_many();
    }
    let answer = next.run(request).await;
    let vain = answer.extensions().get::<Code>().is_some_and(|code| opens_nothing(*code));
    if vain && beyond(&limits.in_vain, &address) { too_many() } else { answer }
}

/// Where passwords are checked, by whoever comes.
fn is_at_the_door(request: &Request) -> bool {
    let path = request.uri().path();
    let door =
        ["/api/session", "/api/invitations", "/api/set-up"].contains(&path) || path.starts_with("/api/me/");
    door && matches!(*request.method(), Method::POST | Method::PUT)
}

/// Whether what was shown was no secret of anybody's.
fn opens_nothing(code: Code) -> bool {
    matches!(
        code,
        Code::DeviceUnknown
            | Code::SignedOut
            | Code::SignInFailed
            | Code::SecondFactorWrong
            | Code::TokenUnknown
            | Code::CodeInvalid
            | Code::InvitationInvalid
            | Code::SetUpTokenWrong
    )
}

fn too_many() -> Response {
    let message = "too many requests in too little time; try again in some seconds";
    Error::told(Code::TooManyRequests, message).into_response()
}

/// What the caller shows, as a hash.
fn secret(headers: &HeaderMap) -> Option<String> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|shown| shown.to_str().ok());
    authorization.or_else(|| cookie(headers)).map(token_hash)
}

fn address(request: &Request) -> Option<IpAddr> {
    let Peer(peer) = *request.extensions().get::<Peer>()?;
    if !peer.is_loopback() {
        return Some(peer);
    }
    // The proxy's own word comes last, whatever lines came before.
    let lines = request.headers().get_all("x-forwarded-for").iter().next_back();
    let forwarded = lines.and_then(|addresses| addresses.to_str().ok());
    let last = forwarded.and_then(|addresses| addresses.rsplit(',').next()?.trim().parse().ok());
    Some(last.unwrap_or(peer))
}

impl Limits {
    fn sweep(&self) {
        if self.since_swept.fetch_add(1, Ordering::Relaxed) == SWEPT_AFTER {
            self.since_swept.store(0, Ordering::Relaxed);
            for counted in [&self.callers, &self.addresses, &self.in_vain, &self.door] {
                counted.retain_recent();
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn counted_as(peer: &str, forwarded: Option<&str>) -> String {
        let mut request = Request::new(axum::body::Body::empty());
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        if let Some(forwarded) = forwarded {
            request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        home(address(&request).unwrap()).to_string()
    }

    #[test]
    fn nobody_is_somebody_new_by_another_address_of_the_same_network_or_by_saying_so() {
        assert_eq!(counted_as("2001:db8::1", None), counted_as("2001:db8::ffff:2", None));
        assert_ne!(counted_as("192.0.2.1", None), counted_as("192.0.2.2", None));
        assert_eq!(counted_as("192.0.2.1", Some("198.51.100.7")), "192.0.2.1", "who is no proxy here");
        assert_eq!(
            counted_as("127.0.0.1", Some("198.51.100.7, 192.0.2.1")),
            "192.0.2.1",
            "the proxy's own word"
        );
        assert_eq!(counted_as("127.0.0.1", Some("2001:db8::7")), "2001:db8::");
        assert_eq!(counted_as("127.0.0.1", Some("nonsense")), "127.0.0.1");
    }
}
