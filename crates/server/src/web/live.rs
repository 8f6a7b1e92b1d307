//! Server-sent events: the pages hear that something changed.

use super::Web;
use super::guard::SignedIn;
use crate::changes::Count;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::{Instant, sleep, timeout_at};

/// How long changes are gathered before one is told of: a sync brings hundreds.
const GATHERED: Duration = Duration::from_millis(500);

/// How often a silent line shows that it is there.
const ALIVE: Duration = Duration::from_secs(20);

/// How long one listens before one must show again who one is.
const LISTENING: Duration = Duration::from_secs(600);

/// `GET /api/changes`: an event `changed` each time that something changed that pages show.
pub async fn changes(
    State(web): State<Web>,
    _: SignedIn,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let listening = (web.headquarters.changes.listen(), Instant::now() + LISTENING);
    Sse::new(unfold(listening, next)).keep_alive(KeepAlive::new().interval(ALIVE))
}

type Listening = (Receiver<Count>, Instant);

async fn next((mut count, until): Listening) -> Option<(Result<Event, Infallible>, Listening)> {
    timeout_at(until, count.changed()).await.ok()?.ok()?;
    if *count.borrow() != Count::Over {
        sleep(GATHERED).await;
    }
    let now = *count.borrow_and_update();
    match now {
        Count::Over => None,
        // Browsers pass over an event that says nothing.
        // How much goes on is nobody's to hear.
        Count::Changed(_) => Some((Ok(Event::default().event("changed").data("1")), (count, until))),
    }
}
