//! What a browser is told with every answer that can reach one: load nothing from elsewhere, run nothing that did not come as a
//! file from here, guess no types, show this nowhere else. All of it stands here, so that no page can have less by being forgotten.

use super::Web;
use super::guard::device_token;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use tower_http::set_header::SetResponseHeaderLayer;

/// What the pages may load: what came with them, pictures and sounds that they made themselves, and nothing else. No script and
/// no style stands within a page, and text becomes parts of a page only where the screens' own templates make it so.
const PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; \
     img-src 'self' blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// The same for the page that browses the interface: its pictures stand in its style sheet.
pub(super) const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Evidence is looked at and heard, and does nothing else.
pub(super) const EVIDENCE: &str = "default-src 'none'; sandbox";

/// What no page of headquarters asks of a browser.
const NO_DEVICES: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()";

/// Whoever came by TLS once comes by TLS from then on, for a year. Of other hosts beside this one it says nothing: they may be
/// somebody else's.
const TLS_FROM_NOW_ON: &str = "max-age=31536000";

/// All of it, but for what TLS brings.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, PAGES),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("permissions-policy"), NO_DEVICES),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds them to every answer that does not bring its own. `secure`: people reach headquarters by TLS.
///
/// But for a device's: it pays for each byte, would be told some six hundred with every answer, and shows none in a browser. A
/// page cannot make a browser ask like one, since its token goes along with nothing by itself.
pub(super) fn told_to_browsers(router: Router<Web>, secure: bool) -> Router<Web> {
    router.layer(from_fn(move |request: Request, next: Next| async move {
        let by_a_device =
            request.uri().path().starts_with("/v1/") && device_token(request.headers()).is_some();
        let mut answer = next.run(request).await;
        if !by_a_device {
            let over_tls = secure.then_some((header::STRICT_TRANSPORT_SECURITY, TLS_FROM_NOW_ON));
            for (name, value) in ALWAYS.into_iter().chain(over_tls) {
                answer.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
            }
        }
        answer
    }))
}

/// Adds a header where an answer does not bring its own.
pub(super) fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
