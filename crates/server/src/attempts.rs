//! Who guesses passwords waits longer each time. Names are counted, not addresses: behind a proxy everybody has the same. Whoever
//! knows the password waits with the guesser, five minutes at most, and is let in then.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a password may be wrong before anybody waits: fingers slip.
const FREE: u32 = 5;

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(300);

/// After so long nobody remembers.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// The most names that are remembered: whoever tries them by the thousand meets the doorkeeper's queue first.
const NAMES: usize = 10_000;

/// How often the password of each name was wrong lately.
#[derive(Default)]
pub struct Attempts(Mutex<HashMap<String, Wrong>>);

#[derive(Clone, Copy)]
struct Wrong {
    times: u32,
    last: Instant,
}

impl Wrong {
    fn wait(self) -> Duration {
        match self.times.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(more) => Duration::from_secs(1 << more.min(20)).min(LONGEST),
        }
    }
}

impl Attempts {
    /// How long to wait before this name may be tried again; `None` where it may be now.
    pub fn wait(&self, name: &str, now: Instant) -> Option<Duration> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong = names.get(&known_as(name))?;
        let until = wrong.last + wrong.wait();
        (until > now).then(|| until - now)
    }

    /// The password of this name was wrong.
    pub fn wrong(&self, name: &str, now: Instant) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= NAMES {
            names.retain(|_, wrong| now < wrong.last + wrong.wait());
        }
        let wrong = names.entry(known_as(name)).or_insert(Wrong { times: 0, last: now });
        if now > wrong.last + REMEMBERED {
            wrong.times = 0;
        }
        *wrong = Wrong { times: wrong.times.saturating_add(1), last: now };
    }

    /// It was right: nothing is held against the name any more.
    pub fn right(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&known_as(name));
    }
}

fn known_as(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_guesses_waits_longer_each_time_and_whoever_knows_is_let_in() {
        let (attempts, mut now) = (Attempts::default(), Instant::now());
        for _ in 0..FREE - 1 {
            attempts.wrong("Modibo", now);
            assert_eq!(attempts.wait("Modibo", now), None, "fingers slip");
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            attempts.wrong(" modibo", now);
            assert_eq!(attempts.wait("Modibo", now), Some(Duration::from_secs(seconds)));
            assert_eq!(attempts.wait("Sidiki", now), None, "others do not wait");
            now += Duration::from_secs(seconds);
            assert_eq!(attempts.wait("Modibo", now), None);
        }
        attempts.right("Modibo");
        attempts.wrong("Modibo", now);
        assert_eq!(attempts.wait("Modibo", now), None);
    }

    #[test]
    fn after_an_hour_nobody_remembers_and_no_crowd_of_names_fills_the_memory() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        (0..20).for_each(|_| attempts.wrong("Modibo", now));
        let later = now + REMEMBERED + Duration::from_secs(1);
        attempts.wrong("Modibo", later);
        assert_eq!(attempts.wait("Modibo", later), None);
        for number in 0..3 * NAMES {
            attempts.wrong(&format!("nom {number}"), now);
        }
        assert!(attempts.0.lock().unwrap().len() <= NAMES);
    }
}
