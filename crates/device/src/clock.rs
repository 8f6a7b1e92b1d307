//! The device's clock and the ids made by it, passed in so that tests can set it wrong.

use crate::error::{Error, Result};
use blon_core::questionnaire::state::Surroundings;
use chrono::{DateTime, FixedOffset, Local};
use std::fmt;
use std::sync::Arc;
use uuid::{NoContext, Timestamp, Uuid};

/// Tells the time of this device, right or wrong. Nothing is ordered by it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<FixedOffset> + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Clock(Arc::new(|| Local::now().fixed_offset()))
    }

    /// A clock that tells what `tell` says.
    pub fn telling(tell: impl Fn() -> DateTime<FixedOffset> + Send + Sync + 'static) -> Self {
        Clock(Arc::new(tell))
    }

    /// The time now.
    pub fn now(&self) -> DateTime<FixedOffset> {
        (self.0)()
    }

    /// What a questionnaire takes from outside: this time, fresh chance, and the language of its texts.
    ///
    /// # Errors
    /// An internal error where the system gives no randomness.
    pub fn surroundings(&self, language: &str) -> Result<Surroundings> {
        let chance = getrandom::u64().map_err(|e| Error::Internal(format!("no randomness: {e}")))?;
        Ok(Surroundings { now: self.now(), chance, language: language.to_owned() })
    }

    /// A new UUIDv7 of this moment. A clock before 1970 gives the ids of 1970; their random part still
    /// keeps them apart.
    pub fn new_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
