//! How many requests one caller may make: a program that runs wild, or somebody who tries everything, must not keep others out.
//!
//! Who shows a secret is counted by it, everybody else by their address. What was refused for its secret counts for the address,
//! too: else whoever guesses would be somebody new each time. Behind a proxy on this machine the address is the last that the
//! proxy names.

use crate::error::Error;
use crate::secrets::token_hash;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
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

/// The same for an address from which secrets are shown that are none: an office of people who mistype stays below.
const IN_VAIN_EACH_SECOND: u32 = 5;

/// Refused secrets that may come at once.
const IN_VAIN_AT_ONCE: u32 = 1_000;

/// After so many requests what nobody uses any more is forgotten.
const SWEPT_AFTER: u32 = 10_000;

/// The address that a request came from, where it is known; put there by whoever takes connections.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Who has made how many requests lately.
#[derive(Clone)]
pub struct Limits {
    callers: Arc<DefaultKeyedRateLimiter<String>>,
    in_vain: Arc<DefaultKeyedRateLimiter<String>>,
    since_swept: Arc<AtomicU32>,
}

impl Default for Limits {
    fn default() -> Self {
        let limiter = |each_second, at_once| {
            let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::per_second(number(each_second)).allow_burst(number(at_once));
            Arc::new(RateLimiter::keyed(quota))
        };
        Limits {
            callers: limiter(EACH_SECOND, AT_ONCE),
            in_vain: limiter(IN_VAIN_EACH_SECOND, IN_VAIN_AT_ONCE),
            since_swept: Arc::default(),
        }
    }
}

/// Lets a request pass, or says that there were too many.
pub async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let address = address(&request).map(|ip| ip.to_string()).unwrap_or_default();
    let caller = secret(request.headers()).unwrap_or_else(|| address.clone());
    limits.sweep();
    if limits.callers.check_key(&caller).is_err() {
        return too_many();
    }
    let answer = next.run(request).await;
    // Whoever guesses hears no more of it.
    if answer.status() == StatusCode::UNAUTHORIZED && limits.in_vain.check_key(&address).is_err() {
        return too_many();
    }
    answer
}

fn too_many() -> Response {
    let message = "too many requests in too little time; try again in some seconds";
    let mut answer = Error::told(Code::TooManyRequests, message).into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    answer
}

/// What the caller shows, as a hash.
fn secret(headers: &HeaderMap) -> Option<String> {
    let shown = headers.get(header::AUTHORIZATION).or_else(|| headers.get(header::COOKIE))?;
    Some(token_hash(shown.to_str().ok()?))
}

fn address(request: &Request) -> Option<IpAddr> {
    let Peer(peer) = *request.extensions().get::<Peer>()?;
    if !peer.is_loopback() {
        return Some(peer);
    }
    let forwarded = request.headers().get("x-forwarded-for").and_then(|addresses| addresses.to_str().ok());
    let last = forwarded.and_then(|addresses| addresses.rsplit(',').next()?.trim().parse().ok());
    Some(last.unwrap_or(peer))
}

impl Limits {
    fn sweep(&self) {
        if self.since_swept.fetch_add(1, Ordering::Relaxed) == SWEPT_AFTER {
            self.since_swept.store(0, Ordering::Relaxed);
            self.callers.retain_recent();
            self.in_vain.retain_recent();
        }
    }
}
