//! Figures of how headquarters runs, as Prometheus reads them. No label says who: routes as they are written down, with no id in them.

use crate::Headquarters;
use crate::error::Result;
use crate::store::Kind;
use crate::unix_now;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u32,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Of {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    status: String,
}

/// What was counted since headquarters began to serve.
pub struct Measured {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram>,
    store: Family<Of, Histogram>,
    batches: Counter,
    records: Family<Of, Counter>,
    bytes: Family<Of, Counter>,
    stories: Family<State, Gauge>,
    waiting: Family<State, Gauge>,
    connections: Family<Of, Gauge>,
}

/// From a millisecond to some half a minute.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 15))
}

impl Default for Measured {
    fn default() -> Self {
        let mut measured = Measured {
            registry: Registry::with_prefix("blon"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            store: Family::new_with_constructor(seconds),
            batches: Counter::default(),
            records: Family::default(),
            bytes: Family::default(),
            stories: Family::default(),
            waiting: Family::default(),
            connections: Family::default(),
        };
        let Measured {
            registry,
            requests,
            seconds,
            store,
            batches,
            records,
            bytes,
            stories,
            waiting,
            connections,
        } = &mut measured;
        registry.register("requests", "Requests answered, by route", requests.clone());
        registry.register_with_unit("request", "How long they took", Unit::Seconds, seconds.clone());
        registry.register_with_unit(
            "store",
            "How long transactions took, with waiting for their turn",
            Unit::Seconds,
            store.clone(),
        );
        registry.register("sync_batches", "Batches that devices sent", batches.clone());
        registry.register("sync_records", "Records in them, taken or refused", records.clone());
        registry.register_with_unit(
            "bodies",
            "Bytes of bodies, taken in and given out",
            Unit::Bytes,
            bytes.clone(),
        );
        registry.register("stories", "Stories in the list, by their state", stories.clone());
        registry.register_with_unit(
            "oldest_waiting",
            "How long the story has waited that waits longest, by its state",
            Unit::Seconds,
            waiting.clone(),
        );
        registry.register("database_connections", "Connections to the database", connections.clone());
        measured
    }
}

impl Measured {
    /// A request was answered.
    pub(crate) fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let [method, route] = [method, route].map(str::to_owned);
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Request { method, route, status: status.into() }).inc();
    }

    /// A transaction ended.
    pub(crate) fn transaction(&self, kind: Kind, took: Duration) {
        let kind = match kind {
            Kind::Write | Kind::Share => "write",
            Kind::Read => "read",
        };
        self.store.get_or_create(&Of { kind }).observe(took.as_secs_f64());
    }

    /// A device sent a batch.
    pub(crate) fn batch(&self, taken: usize, refused: usize) {
        self.batches.inc();
        for (kind, count) in [("taken", taken), ("refused", refused)] {
            self.records.get_or_create(&Of { kind }).inc_by(count as u64);
        }
    }

    /// Bytes came in, or went out.
    pub(crate) fn bytes(&self, kind: &'static str, count: u64) {
        self.bytes.get_or_create(&Of { kind }).inc_by(count);
    }
}

impl Headquarters {
    /// The figures, in the text that Prometheus reads.
    ///
    /// # Errors
    /// Those of the database.
    pub fn figures(&self) -> Result<String> {
        let now = unix_now();
        self.measured.stories.clear();
        self.measured.waiting.clear();
        for (status, stories, since) in self.store.read(|tx| tx.states())? {
            let state = State { status };
            self.measured.stories.get_or_create(&state).set(stories);
            if let Some(since) = since {
                self.measured.waiting.get_or_create(&state).set(now - since);
            }
        }
        for (kind, count) in self.store.connections() {
            self.measured.connections.get_or_create(&Of { kind }).set(count.into());
        }
        let mut written = String::new();
        text::encode(&mut written, &self.measured.registry)
            .map_err(|e| crate::Error::Internal(e.to_string()))?;
        Ok(written)
    }
}
