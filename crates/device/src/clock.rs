//! The device's clock and the ids made by it, passed in so that tests can set it wrong.

use crate::error::{Error, Result};
use blon_core::questionnaire::state::Surroundings;
use chrono::{DateTime, FixedOffset, Local};
use std::fmt;
use std::sync::Arc;
use uuid::{Builder, Uuid};

/// Tells the time of this device, right or wrong, and makes ids by it. Nothing is ordered by it.
#[derive(Clone)]
pub struct Clock {
    tell: Arc<dyn Fn() -> DateTime<FixedOffset> + Send + Sync>,
    chance: Arc<dyn Fn() -> Option<u64> + Send + Sync>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Clock::telling(|| Local::now().fixed_offset())
    }

    /// A clock that tells what `tell` says.
    pub fn telling(tell: impl Fn() -> DateTime<FixedOffset> + Send + Sync + 'static) -> Self {
        Clock { tell: Arc::new(tell), chance: Arc::new(|| getrandom::u64().ok()) }
    }

    /// The same with chance of the caller's own, so that a simulation can be played again.
    pub fn with_chance(self, chance: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Clock { chance: Arc::new(move || Some(chance())), ..self }
    }

    /// The time now.
    pub fn now(&self) -> DateTime<FixedOffset> {
        (self.tell)()
    }

    /// What a questionnaire takes from outside: this time, fresh chance, and the language of its texts.
    ///
    /// # Errors
    /// An internal error where the system gives no randomness.
    pub fn surroundings(&self, language: &str) -> Result<Surroundings> {
        let chance =
            (self.chance)().ok_or_else(|| Error::Internal("the system gives no randomness".to_owned()))?;
        Ok(Surroundings { now: self.now(), chance, language: language.to_owned() })
    }

    /// A new UUIDv7 of this moment. A clock before 1970 gives the ids of 1970; their random part still
    /// keeps them apart.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        match ((self.chance)(), (self.chance)()) {
            (Some(one), Some(other)) => {
                let mut random = [0; 10];
                for (to, from) in
                    random.iter_mut().zip(one.to_le_bytes().into_iter().chain(other.to_le_bytes()))
                {
                    *to = from;
                }
                Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
            }
            // The library stops the program where there is none; an id that is not unique would lose a story.
            _ => Uuid::now_v7(),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
