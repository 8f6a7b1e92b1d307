//! HTTP: what devices call (`/v1`), what the pages call (`/api`), and the pages themselves.

mod account;
mod answer;
mod campaigns;
mod devices;
mod doorkeeper;
mod evidence;
mod exports;
mod guard;
mod guests;
mod headers;
pub mod health;
mod identities;
mod limits;
mod listening;
mod live;
mod odata;
mod openapi;
mod pages;
mod people;
mod sessions;
mod stories;
mod uploads;
mod withdrawals;

use crate::Headquarters;
use crate::view::Scope;
use aide::axum::ApiRouter;
use aide::axum::routing::{get, post};
use aide::openapi::OpenApi;
use answer::BodyLimit;
use axum::Extension;
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use doorkeeper::Doorkeeper;
use guard::Needs;
use health::Ending;
use limits::Limits;
use rustls::ServerConfig;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

/// The most bytes of a request's body, but for evidence: a full batch, or one record alone, with room to spare.
const BODY_BYTES: usize = 3 * 1024 * 1024;

/// Exports at once: each holds a thread as long as its reader takes, and devices need those, too.
const EXPORTS: usize = 8;

/// Questionnaires read at once, the others wait: a workbook becomes many times its size while it is read.
const READINGS: usize = 1;

/// How long a body may stand still.
const BODY_STALL: Duration = Duration::from_secs(60);

/// What every handler shares.
#[derive(Clone)]
pub struct Web {
    headquarters: Headquarters,
    doorkeeper: Doorkeeper,
    /// How many more exports may be made now.
    exports: Arc<Semaphore>,
    /// How many more questionnaires may be read now.
    readings: Arc<Semaphore>,
    /// Whether cookies are for TLS alone.
    secure: bool,
    /// Whether headquarters is ending.
    ending: Ending,
}

/// Every route. `secure` marks cookies for TLS alone: set it wherever people reach the pages over HTTPS.
pub fn router(headquarters: Headquarters, secure: bool, ending: Ending) -> Router {
    let exports = Arc::new(Semaphore::new(EXPORTS));
    let readings = Arc::new(Semaphore::new(READINGS));
    let doorkeeper = Doorkeeper::of(&headquarters);
    let web = Web { doorkeeper, headquarters, exports, readings, secure, ending };
    let v1 = ApiRouter::new()
        .api_route("/v1/enrol", post(devices::enrol))
        .api_route("/v1/sync", post(devices::sync).layer(Extension(BodyLimit(BODY_BYTES))))
        .api_route("/v1/erased", post(devices::erased))
        .layer(from_fn(answer::pack_answers))
        // Evidence has its own limit, the size that its story names.
        .merge(ApiRouter::from(uploads::routes()));
    let review = ApiRouter::new()
        .api_route("/api/campaigns/{campaign}/stories/{story}/decisions", post(stories::decide))
        .api_route("/api/campaigns/{campaign}/stories/{story}/remarks", post(stories::remark))
        .api_route("/api/campaigns/{campaign}/files/{sha256}/ask", post(stories::ask_for_file))
        .layer(Extension(BodyLimit(BODY_BYTES)))
        .layer(Extension(Needs(Scope::Review)));
    let api = ApiRouter::new()
        .api_route("/api/session", post(sessions::sign_in).get(sessions::current).delete(sessions::sign_out))
        .api_route("/api/invitations", post(sessions::take_invitation))
        .api_route("/api/invitations/who", post(sessions::invited))
        .api_route("/api/set-up", post(sessions::set_up).get(sessions::needs_set_up))
        .api_route("/api/campaigns/{campaign}/stories", get(stories::list))
        .api_route("/api/campaigns/{campaign}/stories/{story}", get(stories::page))
        .api_route("/api/campaigns/{campaign}/files/{sha256}", get(stories::file))
        .merge(ApiRouter::from(Router::new().route("/api/changes", axum::routing::get(live::changes))))
        .merge(review)
        .merge(account::routes())
        .merge(campaigns::routes())
        .merge(exports::routes())
        .merge(people::routes())
        .merge(withdrawals::routes())
        .merge(identities::routes())
        .layer(headers::unless_set(header::CACHE_CONTROL, "no-store"));
    let mut described = OpenApi::default();
    let routes = ApiRouter::new().merge(v1).merge(api).finish_api(&mut described);
    let described = openapi::described(described);
    let rooms = Router::new()
        .merge(routes)
        .merge(openapi::routes(&described))
        .fallback(pages::page)
        .method_not_allowed_fallback(pages::not_found)
        .layer(RequestBodyTimeoutLayer::new(BODY_STALL))
        .layer(from_fn_with_state(Limits::default(), limits::limit))
        // Whoever watches is not counted among callers.
        .merge(health::routes())
        .layer(from_fn_with_state(web.clone(), health::measure));
    // Around everything else: also who is sent away is told what a browser must know.
    headers::told_to_browsers(rooms, secure)
        .layer(TraceLayer::new_for_http().make_span_with(without_what_was_asked))
        .with_state(web)
}

/// What the log calls a request: what kind it is. What stands in its address may be somebody's name, a word of a story, or a secret.
fn without_what_was_asked(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("pages", MatchedPath::as_str);
    tracing::debug_span!("request", method = %request.method(), route)
}

/// Serves until `stop` is done, then lets what is under way finish, for a while. `tls`: speaks it.
pub async fn serve(
    listener: TcpListener,
    headquarters: Headquarters,
    secure: bool,
    tls: Option<Arc<ServerConfig>>,
    stop: impl Future<Output = ()>,
) {
    let changes = Arc::clone(&headquarters.changes);
    let ending = Ending::default();
    let told = ending.clone();
    let stop = async move {
        stop.await;
        told.begin();
        // Who only listens would keep headquarters from ending.
        changes.end();
    };
    listening::serve(listener, router(headquarters, secure, ending), tls, stop).await;
}
